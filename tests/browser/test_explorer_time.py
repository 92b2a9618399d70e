"""The explorer over training time: its numbers against the package, the picture as it is used."""

import csv
import io
import re

import numpy as np
import pytest
from explorer_shared import from_print

import rfscale as rf
from rfscale.explorer import page as explorer_page

LOSSES = ("test", "signal", "noise", "train")
# Both take the contour that leaves 3e-13 of the loss at ridges near 1/tau, of which a few digits
# are lost in differences; sums here are good to 1e-10.
AGREEMENT = 1e-8
ROUNDING = 1e-11  # of the losses at the start: what a decayed loss is off by where there is a ridge


def package_says(query):
    spectrum = rf.PowerLaw(query["alpha"], query["M"])
    model = rf.ScalingModel(spectrum, sigma_eps=query["sigma_eps"])
    training = rf.GradientFlow(tau=query["tau"], ridge=query["ridge"])
    return rf.predict(model, query["N"], query["T"], training=training)


def one_query(rng):
    M = int(10 ** rng.uniform(0.4, rng.choice([3.5, 12.0])))
    N, T = (float(np.rint(10 ** rng.uniform(0, min(12, np.log10(M) + 2)))) for _ in range(2))
    sizes = [(N, T), (N, N), (N + 1, N), (float(M), T), (N, float(M)), (float(M), float(M))]
    N, T = sizes[rng.choice(6, p=[0.75, 0.06, 0.06, 0.05, 0.05, 0.03])]
    alpha = float(rng.choice([0.05, 1.0, 2.0, 5.0, rng.uniform(0.05, 5)]))
    tau = 10 ** rng.uniform(-3, np.log10(min(N, T, M)) * (1 + alpha) + 2)
    return {
        "alpha": alpha,
        "M": M,
        "sigma_eps": float(rng.choice([0.0, 10 ** rng.uniform(-6, 1)])),
        "N": N,
        "T": T,
        "ridge": [0.0, 10 ** rng.uniform(-14, 4)][rng.integers(2)],
        "tau": float(tau),
    }


@pytest.fixture(scope="module")
def grid():
    """Queries over all that the sliders reach, with the corners, and the package's answers."""
    rng = np.random.default_rng(3)
    queries = [one_query(rng) for _ in range(400)]
    # a decayed signal, a decayed training error, and the end of training
    queries += [
        {"alpha": 1.0, "M": 60, "sigma_eps": 0.0, "N": 80.0, "T": 90.0, "ridge": 0.0, "tau": 7e5},
        {"alpha": 1.0, "M": 600, "sigma_eps": 0.1, "N": 80.0, "T": 20.0, "ridge": 0.0, "tau": 3e3},
        {"alpha": 1.0, "M": 600, "sigma_eps": 0.1, "N": 80.0, "T": 20.0, "ridge": 0.0, "tau": 1e9},
    ]
    return queries, [package_says(query) for query in queries]


def largest_difference(page, queries, answers):
    """The largest difference in any of the losses, over what it may be."""
    largest = 0.0
    found = page.evaluate("(queries) => queries.map(rfscale.predict)", queries)
    for query, ours, wanted in zip(queries, found, answers, strict=True):
        noise = query["sigma_eps"] ** 2
        signal = float(rf.PowerLaw(query["alpha"], query["M"]).trace()) / query["M"]
        for name in LOSSES:
            start = noise * (name != "signal") + signal * (name != "noise")
            if query["ridge"] == 0 and name in ("signal", "train"):
                start = 0.0
            value = float(getattr(wanted, name))
            allowed = AGREEMENT * abs(value) + ROUNDING * start + 1e-60
            largest = max(largest, abs(float(ours[name]) - value) / allowed)
    return largest


def test_losses_at_a_time_agree_with_the_package(page, grid):
    assert largest_difference(page, *grid) < 1.0


@pytest.mark.parametrize(
    ("formula", "changed"),
    [
        ("C.less(other.weighted, one.weighted)", "C.less(one.weighted, other.weighted)"),
        ("C.less(one.unlearned, other.unlearned)", "C.less(other.unlearned, one.unlearned)"),
        ("const spare = C.add(C.scaled(yN, 1 / T)", "const spare = C.add(C.scaled(yN, 1 / N)"),
        ("const train = quadratic(pairs, seen, 1);", "const train = quadratic(pairs, seen, 0);"),
        ("C.add(C.of(1), v)), C.scaled(psi, 1 - s)", "C.add(C.of(1), v)), C.scaled(psi, s)"),
        ("const rest = (x * sum + y * y) * norm;", "const rest = (x * sum - y * y) * norm;"),
        ("const shift = SHIFT * smallest;", "const shift = 1.1 * smallest;"),
        ("(yn / m + ym / n), delta * yn * ym]", "(yn / n + ym / m), 4 * delta * yn * ym]"),
        ("const OVER = 40;", "const OVER = 4;"),
        ("2), C.add(C.of(gap), root))", "2), C.less(C.of(gap), root))"),
    ],
)
def test_a_changed_formula_of_time_shows(visit, tmp_path, grid, formula, changed):
    text = explorer_page()
    assert text.count(formula) == 1
    wrong = tmp_path / "wrong.html"
    wrong.write_text(text.replace(formula, changed), encoding="utf-8")
    page = visit().page
    page.goto(wrong.as_uri())
    assert not largest_difference(page, *grid) < 100.0


def values_of(page):
    rows = page.locator("#times tr").all()
    return {row.locator("th").text_content(): row.locator("td").text_content() for row in rows}


def test_numbers_and_words_over_time(open_at):
    query = {"alpha": 0.7, "M": 400, "N": 60, "T": 90, "sigma_eps": 0.05, "ridge": 1e-5, "tau": 50}
    page = open_at("#" + "&".join(f"{name}={value}" for name, value in query.items()))
    shown, wanted = values_of(page), package_says(query)
    names = {"test loss L": "test", "signal": "signal", "noise": "noise", "training error": "train"}
    for text, name in names.items():
        value = float(getattr(wanted, name))
        assert from_print(shown[f"{text} at τ = 50"]) == pytest.approx(value, rel=1e-5, abs=0)
    best = from_print(shown["best time τ"])
    loss = from_print(shown["test loss at the best time"])
    # Four digits of the time, of which the loss depends quadratically, and six of the loss.
    at = [float(package_says(query | {"tau": best * factor}).test) for factor in (0.99, 1, 1.01)]
    assert loss == pytest.approx(at[1], rel=1e-5, abs=0)
    assert at[1] < min(at[0], at[2])
    model = rf.ScalingModel(rf.PowerLaw(0.7, 400), sigma_eps=0.05)
    end = float(rf.predict(model, 60, 90, ridge=1e-5).test)
    least = float(rf.predict(model, 60, 90, ridge="optimal").test)
    printed = shown["at the end of training"], shown["at the end, with the optimal ridge"]
    assert [from_print(text) for text in printed] == pytest.approx([end, least], rel=1e-5, abs=0)
    said = page.locator("#seen").text_content()
    assert f"L falls as τ−{0.7 / 1.7:.2f}" in said
    found = re.search(r"τ = (\S+), where L is (\S+) % above .* rises by a factor of (\S+)\.", said)
    assert from_print(found[1]) == pytest.approx(best, rel=5e-3, abs=0)  # three digits
    assert float(found[2]) == pytest.approx(100 * (loss / least - 1), rel=0.05, abs=0)  # two
    assert float(found[3]) == pytest.approx(end / loss, rel=5e-3, abs=0)
    exec(
        page.locator("#python").text_content().replace("rf.predict", "found = rf.predict"),
        python := {},
    )
    assert python["found"] == wanted.test


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("N=300&T=300", "Later the peak at N ≈ T is reached: L diverges."),
        ("N=100&T=300", "Later L rises by 10 %."),
        ("sigma_eps=0.02", "Later label noise is learned: L rises by a factor of 3.11."),
        ("M=50", "Longer training never hurts."),
        ("ridge=optimal", "it is at its plateau, and longer training does not hurt."),
        ("N=2000&T=3000&ridge=1e-14", "it is at its plateau, and longer training does not hurt."),
        ("alpha=0.05&N=1e9&T=3e9&M=1e12", "below that of the optimal ridge"),
    ],
)
def test_what_is_seen_over_time_in_words(open_at, fragment, said):
    assert said in open_at("#" + fragment).locator("#seen").text_content()


def test_the_curve_over_time_is_the_one_of_the_package(open_at):
    page = open_at("#alpha=0.7&M=500&N=60&T=90&sigma_eps=0.05&ridge=1e-4")
    with page.expect_download() as started:
        page.get_by_role("button", name="Curves as CSV").click()
    rows = list(csv.DictReader(io.StringIO(started.value.path().read_text())))
    rows = [row for row in rows if row["curve"] == "L(tau)"]
    assert len(rows) == 160
    columns = {name: np.array([float(row[name]) for row in rows]) for name in ("tau", *LOSSES)}
    query = {"alpha": 0.7, "M": 500, "sigma_eps": 0.05, "N": 60, "T": 90, "ridge": 1e-4}
    wanted = package_says(query | {"tau": columns["tau"]})
    for name in LOSSES:
        np.testing.assert_allclose(columns[name], getattr(wanted, name), rtol=AGREEMENT)


def test_the_curve_over_time_under_the_pointer_and_the_keys(page):
    chart = page.locator("#chart-tau")
    box = chart.bounding_box()
    at = round(box["x"] + 0.6 * box["width"]), round(box["y"] + 0.3 * box["height"])
    page.mouse.move(*at)
    lines = chart.locator(".overlay text").all_text_contents()
    query = {"alpha": 1.0, "M": 1000, "sigma_eps": 0.0, "N": 100, "T": 300, "ridge": 0.0}
    tau = from_print(lines[0].removeprefix("τ = "))
    loss = float(package_says(query | {"tau": tau}).test)
    assert from_print(lines[1].removeprefix("L = ")) == pytest.approx(loss, rel=1e-5, abs=0)
    page.mouse.click(*at)
    assert float(page.locator("#tau").input_value()) == tau
    chart.focus()
    page.keyboard.press("ArrowRight")
    after = float(page.locator("#tau").input_value())
    assert after == pytest.approx(tau * 10**0.02, rel=5e-3, abs=0)  # three digits
    loss = float(package_says(query | {"tau": after}).test)
    said = chart.get_attribute("aria-valuetext")
    assert float(re.search(r"test loss (\S+), learning", said)[1]) == pytest.approx(loss, rel=1e-3)
    page.keyboard.press("Home")
    assert page.locator("#tau").input_value() == "0.01"
    page.keyboard.press("End")
    assert chart.get_attribute("aria-valuenow") == chart.get_attribute("aria-valuemax") == "1000000"


def test_the_curve_over_time_is_redrawn_with_the_slider(page):
    """In the same task as the slider's event, in some milliseconds."""
    took = page.evaluate(
        """() => {
          const slider = document.getElementById("alpha-slider");
          const plot = document.querySelector("#chart-tau .plot");
          return [...Array(20).keys()].map((k) => {
            const before = plot.innerHTML;
            const start = performance.now();
            slider.value = 1.1 + k / 20;
            slider.dispatchEvent(new Event("input"));
            return plot.innerHTML === before ? Infinity : performance.now() - start;
          });
        }"""
    )
    # All four panels, the coarse map included; a busy machine is several times slower than one at
    # rest, where the curve takes 6 and all of them 30 ms.
    assert min(took) < 200


def ticks_of(page, place, coordinate, shift):
    """log10 of the ticks with a text, as a line through their pixels."""
    found = page.evaluate(
        """([place, at]) => [...document.querySelectorAll(place)]
              .map(text => [text.textContent, +text.getAttribute(at)])""",
        [place, coordinate],
    )
    logs = [np.log10(from_print(text)) for text, _ in found]
    return np.polyfit(logs, [pixel + shift for _, pixel in found], 1)


def test_every_line_of_the_picture_is_what_the_legend_calls_it(open_at):
    """From pixels back to losses, by the ticks; a line belongs to the name beside its like."""
    page = open_at("#M=500&T=90&N=60&ridge=1e-5&sigma_eps=0.01")
    plot = "#chart-tau .plot"
    x_of = ticks_of(page, f"{plot} .x-tick", "x", 0)
    y_of = ticks_of(page, f"{plot} .y-tick", "y", -4)
    drawn = page.evaluate(
        """plot => {
          const all = (what) => [...document.querySelectorAll(`${plot} ${what}`)];
          const like = (it) => it.getAttribute("stroke") + it.getAttribute("stroke-dasharray");
          return Object.fromEntries(all('path[d*="h20"]').map((line) => {
            const same = all("path[clip-path]").filter((it) => like(it) === like(line));
            const left = +line.getAttribute("d").match(/M([\\d.]+)/)[1];
            const texts = all('text[font-size="11"]');
            const name = texts.find((text) => +text.getAttribute("x") === left + 25
              && text.getAttribute("y") == +line.getAttribute("d").match(/ ([\\d.]+)h/)[1] + 4);
            return [name.textContent, same.map((it) => it.getAttribute("d"))];
          }));
        }""",
        plot,
    )
    query = {"alpha": 1.0, "M": 500, "sigma_eps": 0.01, "N": 60, "T": 90, "ridge": 1e-5}
    model = rf.ScalingModel(rf.PowerLaw(1.0, 500), sigma_eps=0.01)
    end = rf.predict(model, 60, 90, ridge=1e-5).test
    least = rf.predict(model, 60, 90, ridge="optimal").test
    columns = {
        "L": lambda row: row.test,
        "signal": lambda row: row.signal,
        "noise": lambda row: row.noise,
        "½ training error": lambda row: row.train / 2,
        "end of training": lambda row: end + 0 * row.test,
        "optimal ridge": lambda row: least + 0 * row.test,
    }
    assert set(drawn) == set(columns)
    for name, (path,) in drawn.items():
        points = [part.split() for part in path.replace("M", "L").split("L") if part]
        pixels = np.array(points, dtype=float)
        heights = []
        # as in the picture of L(N): 0.1 pixels in x, 0.15 in y
        for shift in (-0.1, 0.0, 0.1):
            tau = 10 ** ((pixels[:, 0] + shift - x_of[1]) / x_of[0])
            loss = columns[name](package_says(query | {"tau": tau}))
            heights.append(y_of[0] * np.log10(loss) + y_of[1])
        visible = (pixels[:, 1] > 0) & (pixels[:, 1] < 440)
        assert visible.any(), name
        assert np.all(pixels[visible, 1] > np.min(heights, axis=0)[visible] - 0.15), name
        assert np.all(pixels[visible, 1] < np.max(heights, axis=0)[visible] + 0.15), name
    mark = page.locator(f"{plot} text", has_text="best time")
    best = from_print(values_of(page)["best time τ"])
    said = from_print(mark.text_content().removeprefix("best time "))
    assert said == pytest.approx(best, rel=5e-3, abs=0)  # three digits
    x = x_of[0] * np.log10(best) + x_of[1]
    assert float(mark.get_attribute("x")) - 3 == pytest.approx(x, abs=0.2)


def test_phases_along_the_time(open_at):
    page = open_at("#sigma_eps=0.02")
    chart = page.locator("#chart-tau")
    for tau, said in ((1, "learning"), (429, "near the best"), (1e5, "overfitting")):
        page.locator("#tau").fill(str(tau))
        page.keyboard.press("Enter")
        assert chart.get_attribute("aria-valuetext").endswith(f", {said}")
    page.get_by_role("radio", name="optimal").check()
    assert chart.get_attribute("aria-valuetext").endswith(", plateau")
