"""The explorer in a browser: its numbers against the package and 50 digits, and its pictures
against its numbers.
"""

import base64
import csv
import io
import math

import numpy as np
import oracle
import pytest
from explorer_shared import DIGITS, from_print, package_says
from matplotlib.colors import to_rgb
from matplotlib.image import imread

import rfscale as rf
from rfscale.explorer import page as explorer_page

LOSSES = ("test", "signal", "noise", "train", "delta", "df1", "df2", "ridge")
# Two implementations of one theory, each with a relative error of some 1e-12, see `predict`.
AGREEMENT = 1e-10


@pytest.fixture(scope="module")
def grid():
    """Queries over all that the sliders reach, with the corners N = T, N = M and T = M, and the
    package's answers.
    """
    rng = np.random.default_rng(1)
    queries = []
    for _ in range(600):
        M = int(10 ** rng.uniform(0.4, rng.choice([3.5, 12.0])))
        N, T = (float(np.rint(10 ** rng.uniform(0, min(12, np.log10(M) + 2)))) for _ in range(2))
        N, T = [(N, T), (N, N), (N + 1, N), (float(M), T), (N, float(M)), (float(M), float(M))][
            rng.choice(6, p=[0.75, 0.06, 0.06, 0.05, 0.05, 0.03])
        ]
        ridge = [0.0, "optimal", 10 ** rng.uniform(-14, 4)][rng.integers(3)]
        sigma_eps = float(rng.choice([0.0, 10 ** rng.uniform(-6, 1)]))
        alpha = float(rng.choice([0.05, 1.0, 2.0, 5.0, rng.uniform(0.05, 5)]))
        queries.append(
            {"alpha": alpha, "M": M, "sigma_eps": sigma_eps, "N": N, "T": T, "ridge": ridge}
        )
    return queries, [package_says(query) for query in queries]


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
    """Also at the best ridge: the losses at the ridge that the browser found, which is the least of
    its neighbours.
    """
    for alpha, M, N, T in (
        (0.5, 150, 20, 40),
        (1.0, 10**6, 300, 200),
        (2.0, 10**9, 77, 77),
        (1.3, 60, 100, 80),
    ):
        for ridge in (1e-9, 1e-4, 0.1, "optimal"):
            query = {"alpha": alpha, "M": M, "sigma_eps": sigma_eps, "N": N, "T": T, "ridge": ridge}
            if ridge == "optimal" and sigma_eps == 0 and min(N, T) >= M:
                continue  # without ridge nothing is lost
            (found,) = browser_says(page, [query])
            exact = oracle.losses_of_power_law(alpha, M, N, T, found["ridge"], sigma_eps=sigma_eps)
            for name in ("signal", "noise", "train", "delta", "df1", "df2"):
                assert found[name] == pytest.approx(float(exact[name]), rel=1e-11, abs=0), (
                    query,
                    name,
                )
            if ridge == "optimal":
                for factor in (0.99, 1.01):
                    near = oracle.losses_of_power_law(
                        alpha, M, N, T, found["ridge"] * factor, sigma_eps=sigma_eps
                    )
                    assert near["signal"] + near["noise"] > exact["signal"] + exact["noise"]


def rows_of_curves(page):
    with page.expect_download() as started:
        page.get_by_role("button", name="Curves as CSV").click()
    return list(csv.DictReader(io.StringIO(started.value.path().read_text())))


def test_the_exported_curves_are_those_of_the_package(open_at):
    page = open_at("#alpha=0.7&M=500&N=60&T=90&sigma_eps=0.05&ridge=1e-4&range=2000")
    rows = rows_of_curves(page)
    assert {row["curve"] for row in rows} == {"L(N)", "L(T)", "L(tau)"}
    rows = [row for row in rows if row["curve"] != "L(tau)"]
    for row in rows:
        query = {name: float(row[name]) for name in ("alpha", "sigma_eps", "N", "T", "ridge")} | {
            "M": int(row["M"])
        }
        fixed = ("T", 90) if row["curve"] == "L(N)" else ("N", 60)
        assert query[fixed[0]] == fixed[1]
        assert query["ridge"] == 1e-4
        wanted = package_says(query)
        assert row["regime"] == wanted.regime
        for name in LOSSES:
            assert float(row[name]) == pytest.approx(
                float(getattr(wanted, name)), rel=AGREEMENT, abs=0
            ), name
    sizes = [float(row["N"]) for row in rows if row["curve"] == "L(N)"]
    assert (min(sizes), max(sizes)) == (1, 2000)


def ticks_of(page, place, coordinate, shift):
    """Values of the ticks with a text, and their pixels."""
    found = page.evaluate(
        """([place, at]) => [...document.querySelectorAll(place)]
              .map(text => [text.textContent, +text.getAttribute(at)])""",
        [place, coordinate],
    )
    return np.array([[np.log10(from_print(text)), pixel + shift] for text, pixel in found])


@pytest.mark.parametrize("along", ["N", "T"])
def test_every_curve_that_is_drawn_is_what_the_legend_calls_it(open_at, along):
    """From pixels back to losses, by the ticks of the axes; a curve belongs to the name beside a
    line of its colour.
    """
    page = open_at("#M=500&T=90&N=30&ridge=1e-3&range=1000&sigma_eps=0.01")
    plot = f"#chart-{along} .plot"
    x_of, y_of = (
        np.polyfit(*ticks_of(page, f"{plot} .{at}-tick", at, shift).T, 1)
        for at, shift in (("x", 0), ("y", -4))
    )
    curves = page.evaluate(
        """plot => {
          const all = (what) => [...document.querySelectorAll(`${plot} ${what}`)];
          return Object.fromEntries(all('path[d*="h20"]').map((line) => {
            const colour = line.getAttribute("stroke");
            const [drawn] = all(`path[clip-path][stroke="${colour}"]`);
            const left = +line.getAttribute("d").match(/M([\\d.]+)/)[1];
            const names = all('text[font-size="11"]');
            const name = names.find(text => +text.getAttribute("x") === left + 25);
            return [name.textContent, drawn.getAttribute("d")];
          }));
        }""",
        plot,
    )
    assert set(curves) == {"L", "signal", "noise", "optimal ridge"}
    model = rf.ScalingModel(rf.PowerLaw(1.0, 500), sigma_eps=0.01)
    for name, path in curves.items():
        pixels = np.array(
            [part.split() for part in path.replace("M", "L").split("L") if part], dtype=float
        )
        heights = []
        # Pixels are written to a tenth, which is 0.05 of one in x and y; and so are the ticks,
        # which adds 0.05 to x and, as curves go beyond the last tick, 0.1 to y. A loss that is a
        # hundredth off is 0.3 or more away.
        for shift in (-0.1, 0.0, 0.1):
            size = 10 ** ((pixels[:, 0] + shift - x_of[1]) / x_of[0])
            sizes = {"N": 30, "T": 90} | {along: size}
            wanted = rf.predict(
                model, sizes["N"], sizes["T"], "optimal" if name == "optimal ridge" else 1e-3
            )
            loss = getattr(wanted, name if name in ("signal", "noise") else "test")
            heights.append(y_of[0] * np.log10(loss) + y_of[1])
        visible = (pixels[:, 1] > 0) & (pixels[:, 1] < 340)  # in the panel
        assert visible.sum() > 50, name
        assert np.all(pixels[visible, 1] > np.min(heights, axis=0)[visible] - 0.15), name
        assert np.all(pixels[visible, 1] < np.max(heights, axis=0)[visible] + 0.15), name


@pytest.mark.parametrize("ridge", ["0", "1e-3", "optimal"])
def test_the_colours_of_the_map_are_the_losses(open_at, ridge):
    page = open_at(f"#M=300&ridge={ridge}&sigma_eps=0.01&range=3000&N=3&T=2000")
    page.wait_for_selector("body[data-map=fine]")
    address = page.locator("#chart-map .plot image").get_attribute("href")
    picture = imread(io.BytesIO(base64.b64decode(address.partition(",")[2])))
    pixels = picture[::-1, :, :3]  # T upwards
    stops = page.locator("#viridis stop").evaluate_all(
        "stops => stops.map(stop => stop.getAttribute('stop-color'))"
    )
    scale = np.linspace(0, 1, 2001)
    colours = np.stack(
        [
            np.interp(scale, np.linspace(0, 1, len(stops)), c)
            for c in np.array([to_rgb(stop) for stop in stops]).T
        ],
        axis=1,
    )
    bar = page.locator("#chart-map rect[fill='url(#viridis)']")
    top, tall = (float(bar.get_attribute(name)) for name in ("y", "height"))
    slope, shift = np.polyfit(*ticks_of(page, "#chart-map .tick", "y", -4)[:, ::-1].T, 1)
    at = np.arange(7, len(pixels), 23)
    size = 3000 ** (at / (len(pixels) - 1))
    model = rf.ScalingModel(rf.PowerLaw(1.0, 300), sigma_eps=0.01)
    N, T = size[None, :], size[:, None]
    wanted = np.log10(rf.predict(model, N, T, ridge if ridge == "optimal" else float(ridge)).test)
    shown = pixels[np.ix_(at, at)]
    distance = np.linalg.norm(shown[..., None, :] - colours, axis=-1)
    is_contour = distance.min(axis=-1) > 0.02  # these are lighter than the scale
    logs = slope * (top + tall * (1 - scale[distance.argmin(axis=-1)])) + shift
    smooth = (
        ~is_contour
        & (np.abs(np.log(N / T)) > 0.2)
        & (np.abs(np.log(T / 300)) > 0.2)
        & (np.abs(np.log(N / 300)) > 0.2)
    )
    span = slope * tall
    assert smooth.sum() > 0.5 * smooth.size
    errors = np.abs(logs - wanted)[smooth] / abs(span)
    # Half a step of 8 bits in each of three channels is 0.0034; the scale's colour moves by 1.5 or
    # more along its length: 0.0023 of it. A contour's colour may by chance be near another of the
    # scale: those few may be off by more.
    assert np.quantile(errors, 0.99) < 0.0035
    assert errors.max() < 0.02


def numbers_of(page):
    rows = page.locator("#values tr")
    return {
        row.locator("th").text_content(): row.locator("td").text_content() for row in rows.all()
    }


def test_the_numbers_beside_the_pictures(open_at):
    fragment = {"alpha": 0.7, "M": 400, "N": 60, "T": 90, "sigma_eps": 0.05, "ridge": 1e-3}
    page = open_at("#" + "&".join(f"{name}={value}" for name, value in fragment.items()))
    shown, wanted = numbers_of(page), package_says(fragment)
    names = {
        "test loss L": "test",
        "signal": "signal",
        "noise": "noise",
        "ridge γ": "ridge",
        "resolution Δ": "delta",
    }
    names |= {"df1": "df1", "df2": "df2", "training error, on noisy labels, without ½": "train"}
    for text, name in names.items():
        assert from_print(shown[text]) == pytest.approx(
            float(getattr(wanted, name)), rel=1e-5, abs=0
        ), text
    for size in ("N", "T"):
        more, less = (
            package_says(fragment | {size: fragment[size] * (1 + h)}).test for h in (1e-5, -1e-5)
        )
        slope = float(np.log(more / less) / 2e-5)
        assert float(shown[f"d log L / d log {size}"].translate(DIGITS)) == pytest.approx(
            slope, abs=1e-3
        )
    lines = page.locator("#python").text_content().partition("training =")[0]
    exec(lines.replace("rf.predict", "found = rf.predict"), found := {})
    assert found["found"] == wanted.test


@pytest.mark.parametrize(
    ("fragment", "size", "slope"),
    [
        ("N=299&T=300", "T", -299.0),  # L ~ 1/(1 - N/T): -(N/T)/(1 - N/T)
        ("N=300&T=299", "N", -299.0),
        ("N=999&T=3000&M=1000", "T", -0.4993),  # -(333/1000)/(667/1000)
        ("N=2000&T=1001&M=1000&sigma_eps=0.1", "T", -1001.0),  # L ~ 1/(T - M)
        ("N=300&T=300", "T", None),
        ("N=2000&T=3000", "N", None),  # L = 0
        ("N=1000&T=1000&sigma_eps=0.1", "T", None),
    ],
)
def test_slopes_near_what_is_singular(open_at, fragment, size, slope):
    shown = numbers_of(open_at("#" + fragment))[f"d log L / d log {size}"]
    if slope is None:
        assert shown == "–"
    else:
        assert float(shown.translate(DIGITS)) == pytest.approx(slope, rel=1e-3)


@pytest.mark.parametrize(
    ("fragment", "said"),
    [
        ("N=100&T=300", "features: N < T: the features bound the signal"),
        ("N=300&T=100", "data: T < N: the samples bound the signal"),
        ("N=300&T=301&ridge=optimal", "peak: N ≈ T"),
        ("N=300&T=300", "peak: The loss diverges"),
        ("N=2000&T=3000", "latent: Everything is learned"),
        ("N=1000&T=1000", "latent: N = T = M: nothing is short and nothing spare"),
        ("N=2000&T=3000&ridge=1e-6", "latent: N, T ≥ M: every direction can be learned"),
        (
            "N=100&T=300&ridge=1e4",
            "ridge: The ridge, not the sizes, limits what is learned: df₁ = 0.0049",
        ),
        ("N=100&T=300&sigma_eps=0.1", "noise: Most of the loss is label noise that is learned"),
    ],
)
def test_what_bounds_the_loss_in_words(open_at, fragment, said):
    assert open_at("#" + fragment).locator("#regime").text_content().startswith(said)
