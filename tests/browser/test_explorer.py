"""The explorer in a browser: its numbers, its address, its files, its keys, and that it asks for nothing."""

import csv
import io
import math
import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import oracle
import pytest
from axe_playwright_python.sync_playwright import Axe

import rfscale as rf
from rfscale.explorer import page as explorer_page

LOSSES = ("test", "signal", "noise", "train", "delta", "df1", "df2", "ridge")
# Two implementations of one theory, each with a relative error of some 1e-12, see `predict`.
AGREEMENT = 1e-10


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("explorer") / "explorer.html"
    path.write_text(explorer_page(), encoding="utf-8")
    return path.as_uri()


@pytest.fixture
def open_at(visit, address):
    """Open the explorer with the parameters of a fragment; no page may ask or complain about anything."""
    visits = []

    def opened(fragment="", **options):
        visits.append(visit(**options))
        visits[-1].page.goto(address + fragment)
        return visits[-1].page

    yield opened
    for visitor in visits:
        assert visitor.complaints == []
        assert [url for url in visitor.requests if not url.startswith((address, "data:", "blob:"))] == []


@pytest.fixture
def page(open_at):
    return open_at()


@pytest.fixture(scope="module")
def grid():
    """Queries over all that the sliders reach, with the corners N = T, N = M and T = M, and the package's answers."""
    rng = np.random.default_rng(1)
    queries = []
    for _ in range(2000):
        M = int(10 ** rng.uniform(0.4, rng.choice([3.5, 12.0])))
        N, T = (float(np.rint(10 ** rng.uniform(0, min(12, np.log10(M) + 2)))) for _ in range(2))
        N, T = [(N, T), (N, N), (N + 1, N), (float(M), T), (N, float(M)), (float(M), float(M))][
            rng.choice(6, p=[0.75, 0.06, 0.06, 0.05, 0.05, 0.03])
        ]
        ridge = [0.0, "optimal", 10 ** rng.uniform(-14, 4)][rng.integers(3)]
        sigma_eps = float(rng.choice([0.0, 10 ** rng.uniform(-6, 1)]))
        alpha = float(rng.choice([0.05, 1.0, 2.0, 5.0, rng.uniform(0.05, 5)]))
        queries.append({"alpha": alpha, "M": M, "sigma_eps": sigma_eps, "N": N, "T": T, "ridge": ridge})
    return queries, [package_says(query) for query in queries]


def package_says(query):
    model = rf.ScalingModel(rf.PowerLaw(query["alpha"], query["M"]), sigma_eps=query["sigma_eps"])
    return rf.predict(model, query["N"], query["T"], query["ridge"])


def browser_says(page, queries):
    return page.evaluate("(queries) => queries.map(rfscale.predict)", queries)


def largest_difference(page, queries, answers):
    """The largest relative difference between browser and package in any of the losses."""
    largest = 0.0
    for query, found, wanted in zip(queries, browser_says(page, queries), answers, strict=True):
        assert found["regime"] == wanted.regime, query
        for name in LOSSES:
            a, b = float(found[name]), float(getattr(wanted, name))
            if a != b:
                largest = max(largest, abs(a - b) / abs(b) if b and np.isfinite(b) else math.inf)
    return largest


def test_numbers_agree_with_the_package_over_a_random_grid(page, grid):
    assert largest_difference(page, *grid) < AGREEMENT


@pytest.mark.parametrize(
    ("formula", "changed"),
    [
        ("share = 1 / (variances[k] + delta)", "share = 1 / (variances[k] + 1.00001 * delta)"),
        ("return [-q, M - K - q - pq, pq, ppq]", "return [-q, M - K - q + pq, pq, ppq]"),
        ("(unit * (q ** 2 + s * psi2)) / 2", "(unit * (q ** 2 - s * psi2)) / 2"),
        ("const D = yN * yT + s * (yN / T + yT / N)", "const D = yN * yT + s * (yN / N + yT / T)"),
        ("(df2 * yN + (df1 * s) / N) / (T * D)", "(df2 * yN + (df2 * s) / N) / (T * D)"),
        ("2 * test + sigmaEps ** 2", "2 * test + sigmaEps"),
        ("const ratio = s / c;", "const ratio = c / s;"),
        ("total[1] += unit * w ** 2 * psi2(2 + s);", "total[1] += unit * w ** 2 * psi2(1 + s);"),
        ("? M / 6 / inverseVariances(nodes)", "? M / 3 / inverseVariances(nodes)"),
    ],
)
def test_a_changed_formula_shows(visit, tmp_path, grid, formula, changed):
    text = explorer_page()
    assert text.count(formula) == 1
    wrong = tmp_path / "wrong.html"
    wrong.write_text(text.replace(formula, changed), encoding="utf-8")
    page = visit().page
    page.goto(wrong.as_uri())
    assert largest_difference(page, *grid) > 1e-6


@pytest.mark.parametrize("sigma_eps", [0.0, 0.1])
def test_numbers_agree_with_fifty_digits(page, sigma_eps):
    """Also at the best ridge: the losses at the ridge that the browser found, which is the least of its neighbours."""
    for alpha, M, N, T in ((0.5, 150, 20, 40), (1.0, 10**6, 300, 200), (2.0, 10**9, 77, 77), (1.3, 60, 100, 80)):
        for ridge in (1e-9, 1e-4, 0.1, "optimal"):
            query = {"alpha": alpha, "M": M, "sigma_eps": sigma_eps, "N": N, "T": T, "ridge": ridge}
            if ridge == "optimal" and sigma_eps == 0 and min(N, T) >= M:
                continue  # without ridge nothing is lost
            (found,) = browser_says(page, [query])
            exact = oracle.losses_of_power_law(alpha, M, N, T, found["ridge"], sigma_eps=sigma_eps)
            for name in ("signal", "noise", "train", "delta", "df1", "df2"):
                assert found[name] == pytest.approx(float(exact[name]), rel=1e-11, abs=0), (query, name)
            if ridge == "optimal":
                for factor in (0.99, 1.01):
                    near = oracle.losses_of_power_law(alpha, M, N, T, found["ridge"] * factor, sigma_eps=sigma_eps)
                    assert near["signal"] + near["noise"] > exact["signal"] + exact["noise"]


def rows_of_curves(page):
    with page.expect_download() as started:
        page.get_by_role("button", name="Curves as CSV").click()
    return list(csv.DictReader(io.StringIO(started.value.path().read_text())))


def test_the_exported_curves_are_those_of_the_package(open_at):
    page = open_at("#alpha=0.7&M=500&N=60&T=90&sigma_eps=0.05&ridge=1e-4&range=2000")
    rows = rows_of_curves(page)
    assert {row["curve"] for row in rows} == {"L(N)", "L(T)"}
    for row in rows:
        query = {name: float(row[name]) for name in ("alpha", "sigma_eps", "N", "T", "ridge")} | {"M": int(row["M"])}
        fixed = ("T", 90) if row["curve"] == "L(N)" else ("N", 60)
        assert query[fixed[0]] == fixed[1]
        assert query["ridge"] == 1e-4
        assert float(row["test"]) == pytest.approx(float(package_says(query).test), rel=AGREEMENT, abs=0)
    sizes = [float(row["N"]) for row in rows if row["curve"] == "L(N)"]
    assert (min(sizes), max(sizes)) == (1, 2000)


def test_what_is_drawn_is_the_loss(open_at):
    """The drawn curve, from pixels back to losses by the ticks of its axis, is the exported one."""
    page = open_at("#M=500&T=90&N=30&ridge=1e-3&range=1000")
    path = page.locator("#chart-N .plot path[clip-path]").last.get_attribute("d")
    drawn = np.array([part.split() for part in path.replace("M", "L").split("L") if part], dtype=float)
    ticks = page.evaluate(
        """() => [...document.querySelectorAll("#chart-N .plot text[text-anchor=end]")]
              .filter((text) => text.textContent.startsWith("10"))
              .map((text) => [text.textContent, +text.getAttribute("y") - 4])"""
    )
    digits = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
    powers = {int(text[2:].translate(digits)): y for text, y in ticks}
    (low, y_low), (high, y_high) = min(powers.items()), max(powers.items())
    logs = low + (drawn[:, 1] - y_low) / (y_high - y_low) * (high - low)
    wanted = np.log10([float(row["test"]) for row in rows_of_curves(page) if row["curve"] == "L(N)"])
    pixel = (high - low) / abs(y_high - y_low)
    assert np.abs(logs - wanted).max() < 0.2 * pixel  # positions are written to a tenth of a pixel


@pytest.mark.parametrize(("chart", "size"), [("N", {"T": 300}), ("T", {"N": 100})])
def test_the_value_under_the_pointer(page, chart, size):
    box = page.locator(f"#chart-{chart}").bounding_box()
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 0.5 * box["height"])
    lines = page.locator(f"#chart-{chart} .overlay text").all_text_contents()
    name, value = lines[0].split(" = ")
    assert name == chart
    loss = package_says({"alpha": 1.0, "M": 1000, "sigma_eps": 0.0, "ridge": 0.0, chart: float(value)} | size).test
    mantissa, power = lines[1].removeprefix("L = ").split("·10")
    shown = float(mantissa) * 10.0 ** int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")))
    assert shown == pytest.approx(float(loss), rel=1e-5, abs=0)  # six digits
    page.mouse.move(0, 0)
    assert page.locator(f"#chart-{chart} .overlay text").count() == 0


def test_a_click_on_the_map_takes_both_sizes(page):
    box = page.locator("#chart-map").bounding_box()
    page.mouse.click(box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"])
    N, T = (float(page.locator(f"#{name}").input_value()) for name in ("N", "T"))
    assert N < 100 < 300 < T
    assert f"N={N:g}&T={T:g}" in page.url


def test_curves_and_map_are_redrawn_at_once(page):
    """In the same task as the slider's event, without waiting for anything."""
    changed = page.evaluate(
        """() => {
          const plots = [...document.querySelectorAll(".plot")], before = plots.map((plot) => plot.innerHTML);
          const slider = document.getElementById("alpha-slider");
          slider.value = 2;
          slider.dispatchEvent(new Event("input"));
          return plots.map((plot, k) => plot.innerHTML !== before[k]);
        }"""
    )
    assert changed == [True, True, True]
    page.wait_for_selector("body[data-map=fine]")


def test_the_address_holds_the_parameters(open_at, address):
    fragment = "#alpha=0.35&M=123456&N=77&T=1234&sigma_eps=0.02&ridge=optimal&range=50000"
    page = open_at(fragment)
    assert page.url == address + fragment
    assert page.locator("#M").input_value() == "123456"
    assert page.get_by_role("radio", name="optimal").is_checked()
    page.locator("#sigma_eps").fill("1e-3")
    page.keyboard.press("Enter")
    assert "sigma_eps=0.001&" in page.url
    page.get_by_role("radio", name="fixed").check()
    assert "ridge=1e-5&" in page.url
    page.evaluate("location.hash = '#alpha=2&ridge=0'")  # as with a bookmark, or the way back
    page.wait_for_function("document.getElementById('alpha').value === '2'")
    assert page.get_by_role("radio", name="none").is_checked()
    assert page.locator("#complaints").text_content() == ""


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("#N=-2", 'N must be a number from 1 to 1e12, got "-2"'),
        ("#M=2.5", 'M must be a whole number from 2 to 1e12, got "2.5"'),
        ("#alpha=", 'alpha must be a number from 0.05 to 5, got ""'),
        ("#sigma_eps=x", 'sigma_eps must be 0 or a number from 1e-6 to 10, got "x"'),
        ("#ridge=best", 'ridge must be a number from 1e-14 to 10000, got "best"'),
        ("#T=NaN", 'T must be a number from 1 to 1e12, got "NaN"'),
        ("#%3Cimg%3E=1", 'no parameter is called "<img>"'),
        ("#toString=1", 'no parameter is called "toString"'),
    ],
)
def test_a_bad_address_is_named_and_the_rest_is_used(open_at, fragment, said):
    page = open_at(fragment + "&range=500")
    assert said in page.locator("#complaints").text_content()
    assert page.locator("#range").input_value() == "500"
    assert page.locator("#chart-N .plot path").count() > 5


def test_a_bad_number_in_a_field_is_refused_in_words(page):
    field = page.get_by_role("textbox", name="features")
    for text in ("0", "many", "", "1e400", "-5"):
        field.fill(text)
        page.keyboard.press("Tab")
        assert page.locator("#error-N").text_content() == f'N must be a number from 1 to 1e12, got "{text}"'
        assert field.get_attribute("aria-invalid") == "true"
        assert "N=100&" in page.url
    field.fill("50")
    page.keyboard.press("Enter")
    assert page.locator("#error-N").text_content() == ""
    assert "N=50&" in page.url


def test_everything_is_reached_by_the_keyboard(page):
    seen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate("document.activeElement.id || document.activeElement.name || ''"))
        if seen[-1] == "copy-python":
            break
    names = ("alpha", "M", "N", "T", "sigma_eps", "ridge", "range")
    charts = [f"chart-{name}" for name in ("N", "T", "map")]
    assert {*names, *(f"{name}-slider" for name in names), *charts, "link", "csv", "svg", "png", "mode"} <= set(seen)


def test_sliders_charts_and_ridge_follow_the_keys(page):
    page.locator("#alpha-slider").focus()
    page.keyboard.press("ArrowRight")
    assert "alpha=1.05&" in page.url
    page.locator("#sigma_eps-slider").focus()
    page.keyboard.press("ArrowRight")
    assert "sigma_eps=0.000001&" in page.url or "sigma_eps=1e-6&" in page.url
    page.keyboard.press("ArrowLeft")
    assert "sigma_eps=0&" in page.url
    page.get_by_role("radio", name="none").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert "ridge=optimal&" in page.url
    page.locator("#chart-N").focus()
    page.keyboard.press("ArrowRight")
    assert "N=105&" in page.url
    text = page.locator("#chart-N").get_attribute("aria-valuetext")
    loss = package_says({"alpha": 1.05, "M": 1000, "sigma_eps": 0.0, "N": 105, "T": 300, "ridge": "optimal"}).test
    before, value, after = re.fullmatch(r"(.*loss )(.*)(, .*)", text).groups()
    assert (before, after) == ("N 105: test loss ", ", features")
    assert float(value) == pytest.approx(float(loss), rel=1e-3, abs=0)  # four digits
    page.locator("#chart-map").focus()
    page.keyboard.press("ArrowDown")
    assert "T=286&" in page.url


def test_pictures_to_take_away(page):
    with page.expect_download() as started:
        page.get_by_role("button", name="Picture as SVG").click()
    picture = ElementTree.fromstring(started.value.path().read_text(encoding="utf-8"))
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    words = " ".join(text.text or "" for text in picture.iter("{http://www.w3.org/2000/svg}text"))
    for word in ("number of features N", "number of samples T", "test loss L", "M = 1000", "latent"):
        assert word in words
    ids = [part.get("id") for part in picture.iter() if part.get("id")]
    assert len(ids) == len(set(ids))
    with page.expect_download() as started:
        page.get_by_role("button", name="as PNG").click()
    content = started.value.path().read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    assert [int.from_bytes(content[k : k + 4], "big") for k in (16, 20)] == [2880, 908]


@pytest.mark.parametrize("width", [320, 360, 390, 768, 1400])
def test_the_page_fits(open_at, width):
    page = open_at("#ridge=optimal&sigma_eps=0.1", width=width)
    for name in ("N", "T", "map"):
        view = page.locator(f"#views input[value={name}]")
        if view.is_visible() or width < 900:
            view.check(force=True)
        assert page.locator(f"#chart-{name}").is_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        outside = page.evaluate(
            """(name) => {
              const plot = document.querySelector(`#chart-${name} .plot svg`), frame = plot.getBoundingClientRect();
              return [...plot.querySelectorAll("text")].filter((text) => {
                const box = text.getBoundingClientRect();
                return box.left < frame.left - 1 || box.right > frame.right + 1;
              }).map((text) => text.textContent);
            }""",
            name,
        )
        assert outside == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_hinders_a_screen_reader(open_at, scheme):
    violations = Axe().run(open_at(color_scheme=scheme)).response["violations"]
    assert [(violation["id"], node["target"]) for violation in violations for node in violation["nodes"]] == []
