"""What the figures of measured losses show: runs, the law, intervals, rows held out."""

import dataclasses

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

import rfscale as rf
from rfscale import plotting
from rfscale.plotting import loss_fits

N = np.repeat(np.geomspace(1e7, 1e9, 5), 4)
T = np.tile(np.geomspace(1e9, 1e11, 4), 5)
L = (1.8 + 480 / N**0.35 + 2100 / T**0.37) * np.exp(
    0.01 * np.random.default_rng(3).standard_normal(20)
)
L[[2, 13]] *= [1.3, 0.8]  # far from any law


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def fit():
    return rf.fit_losses(N, T, L, intervals="sandwich")


@pytest.fixture(scope="module")
def comparison():
    return rf.compare_laws(N, T, L, laws=("chinchilla", "tied"), resamples=20)


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def corners(collection):
    """The points (n, 2) of a filled area."""
    return collection.get_paths()[0].vertices


def is_beside_the_data(axes):
    """Whether no point of the legend is within the axes."""
    axes.figure.canvas.draw()
    within = axes.get_window_extent()
    box = axes.get_legend().get_window_extent()
    return box.x0 >= within.x1 or box.y0 >= within.y1


# --- curves ------------------------------------------------------------------------------------


def test_curves_are_the_law_at_the_sizes_of_the_table(fit):
    """A curve for each T, of which there are fewest, and the runs of this T as points."""
    axes = plotting.fitted_curves(fit, unit="nats")
    points, curves = axes.lines[::2], axes.lines[1::2]
    assert len(curves) == 4
    for value, runs, curve in zip(np.unique(T), points, curves, strict=True):
        np.testing.assert_array_equal(runs.get_xydata(), np.stack([N, L], axis=1)[value == T])
        x, y = curve.get_data()
        # a mean of equal logarithms is the value to some 1e-15
        np.testing.assert_allclose(y, fit.predict(x, value).value, rtol=1e-12, atol=0)
        assert runs.get_color() == curve.get_color()
    assert axes.get_xlabel() == "model size $N$ (parameters)"
    assert axes.get_ylabel() == "loss $L$ (nats)"
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert legend(axes)[0] == r"$1.0 \times 10^{9}$"
    assert is_beside_the_data(axes)
    assert not axes.collections
    assert axes.get_title() == ""


@pytest.mark.parametrize(("x", "at"), [("T", "N"), ("C", "N"), ("C", "T"), ("N", "C"), ("T", "C")])
def test_curves_over_other_sizes(fit, x, at):
    axes = plotting.fitted_curves(fit, x, at)
    curve = axes.lines[1]
    given = loss_fits.sizes_of(fit.table)
    level = loss_fits.levels(given[at])[0]
    position = curve.get_xdata()
    sizes = {x: position, at: level.value}
    if "C" in sizes:
        (other,) = {"N", "T"} - sizes.keys()
        (known,) = sizes.keys() - {"C"}
        sizes[other] = sizes["C"] / (6 * sizes[known])
    expected = fit.predict(sizes["N"], sizes["T"]).value
    np.testing.assert_allclose(curve.get_ydata(), expected, rtol=1e-12, atol=0)
    np.testing.assert_array_equal(axes.lines[0].get_xdata(), given[x][level.rows])


def test_sizes_with_many_values_are_in_bins():
    """Of about as many rows, with the law at the ends of each bin as its band."""
    table = rf.published_losses("chinchilla")
    dense = rf.fit_losses(table, intervals="sandwich")
    axes = plotting.fitted_curves(dense)
    each = loss_fits.levels(table.N)
    assert len(axes.collections) == len(each) == loss_fits.BINS
    rows = [level.rows.sum() for level in each]
    assert sum(rows) == table.rows
    assert max(rows) <= 1.5 * table.rows / loss_fits.BINS  # equal but for ties
    for level, band in zip(each, axes.collections, strict=True):
        x, y = corners(band).T
        at = level.low, level.high
        expected = [dense.losses(np.full(x.size, end), x, dense.best[None])[0] for end in at]
        is_end = np.min(np.abs(np.log(y / np.array(expected))), axis=0)
        assert is_end.max() < 1e-12
    assert axes.get_legend().get_title().get_text() == "means of $N$"


def test_colours_of_neighbours_differ_in_grey():
    """By Rec. 709 of the linear values: by a tenth of white at least, what the eye tells apart."""
    from matplotlib.colors import to_rgb

    linear = np.array([to_rgb(colour) for colour in loss_fits.ORDERED]) ** 2.2
    grey = linear @ [0.2126, 0.7152, 0.0722]
    assert np.abs(np.diff(grey)).min() > 0.1


# --- residuals ---------------------------------------------------------------------------------


def test_residuals_over_sizes_with_the_rows_far_off(fit):
    panels = plotting.residuals(fit)
    assert set(fit.outliers) == {2, 13}
    sizes = loss_fits.sizes_of(fit.table)
    for axes, name in zip(panels, "NTC", strict=True):
        near, far = axes.lines[1:3]
        kept = np.setdiff1d(np.arange(20), [2, 13])
        expected = np.stack([sizes[name], 100 * fit.residuals], axis=1)
        np.testing.assert_array_equal(near.get_xydata(), expected[kept])
        np.testing.assert_array_equal(far.get_xydata(), expected[[2, 13]])
        assert {text.get_text() for text in axes.texts} == {"2", "13"}
        assert axes.get_xscale() == "log"
    assert panels[2].get_xlabel() == "training compute $C = 6NT$ (FLOP)"
    assert panels[0].get_ylabel() == "residual of log loss (%)"
    middle = panels[0].lines[3].get_xydata()
    rows = np.isclose(N, middle[1, 0])
    assert middle[1, 1] == np.median(100 * fit.residuals[rows])
    band = panels[0].patches[0].get_extents().transformed(panels[0].transData.inverted())
    np.testing.assert_allclose(band.intervaly, [-100 * fit.sigma, 100 * fit.sigma], rtol=1e-9)


def test_linear_residuals_have_the_unit_of_the_loss():
    linear = rf.fit_losses(N, T, L, residual="linear", intervals="sandwich")
    panels = plotting.residuals(linear, ax=plt.figure().subplots(3))
    assert panels[0].get_ylabel() == "residual of the loss"
    drawn = np.concatenate([line.get_ydata() for line in panels[0].lines[1:3]])
    np.testing.assert_array_equal(np.sort(drawn), np.sort(linear.residuals))


# --- contours ----------------------------------------------------------------------------------


def test_contours_runs_and_the_best_path(fit):
    axes = plotting.iso_loss(fit, unit="bits")
    contours, runs = axes.collections
    for level, path in zip(contours.levels, contours.get_paths(), strict=True):
        at = path.vertices
        # linear between points of the grid, 0.04 apart in log N: the curvature's share is ~ 1e-3
        np.testing.assert_allclose(fit.losses(*at.T, fit.best[None])[0], level, rtol=1e-3)
    np.testing.assert_array_equal(runs.get_offsets(), np.stack([N, T], axis=1))
    np.testing.assert_array_equal(runs.get_array(), L)
    bar = axes.figure.axes[1]
    assert bar.get_ylabel() == "loss $L$ (bits)"
    (line,) = axes.lines
    C = np.geomspace((6 * N * T).min(), (6 * N * T).max(), 25)
    best = fit.allocate(C)
    np.testing.assert_allclose(line.get_xydata(), np.stack([best.N.value, best.T.value], axis=1))
    corner = axes.patches[0].get_xy()
    np.testing.assert_allclose(corner[:25, 0], best.N.low)
    np.testing.assert_allclose(corner[25:50, 0], best.N.high[::-1])
    np.testing.assert_allclose(6 * corner[:25].prod(axis=1), C)
    assert legend(axes) == ["least loss for $C = 6NT$", "95% interval"]
    assert is_beside_the_data(axes)


# --- rows held out -----------------------------------------------------------------------------


def test_rows_held_out_beside_their_band(comparison):
    axes = plotting.extrapolation(comparison)
    band = comparison.extrapolated
    rows = comparison.held_out
    product = N * T
    assert set(rows) == set(np.flatnonzero(product > np.quantile(product, 0.7)))
    order = rows[np.argsort(product[rows], kind="stable")]
    drawn = np.concatenate([line.get_xydata() for line in axes.lines[1:]])
    drawn = drawn[np.argsort(drawn[:, 0])]
    assert drawn[:, 0].tolist() == list(range(rows.size))
    predicted = dict(zip(rows, band.value, strict=True))
    expected = [100 * (L[row] / predicted[row] - 1) for row in order]
    np.testing.assert_allclose(drawn[:, 1], expected, rtol=1e-9)
    within = (band.low <= L[rows]) & (L[rows] <= band.high)
    assert within.mean() == comparison.pooled_coverage
    assert legend(axes)[:2] == [
        "95% of runs, all laws together",
        f"measured, within it: {within.sum()} of {rows.size}",
    ]
    top = corners(axes.collections[0])[:, 1].max()
    assert top == pytest.approx(100 * (band.high / band.value - 1).max(), rel=1e-9, abs=0)
    assert is_beside_the_data(axes)
    alone = dataclasses.replace(comparison, laws=("tied",))
    assert legend(plotting.extrapolation(alone))[0] == "95% of runs, law tied"


def test_too_few_rows_have_no_extrapolation():
    few = rf.compare_laws(N[::2], T[::2], L[::2], laws="tied", holdout=0.8, resamples=20)
    with pytest.raises(ValueError, match="comparison must have rows to extrapolate from"):
        plotting.extrapolation(few)


# --- best sizes --------------------------------------------------------------------------------


def test_best_sizes_over_cost(fit, comparison):
    C = np.geomspace(1e17, 1e22, 4)
    for found in (fit, comparison):
        axes = plotting.allocation(found, C[::-1])
        best = found.allocate(C)
        for line, band, sizes in zip(axes.lines, axes.collections, (best.N, best.T), strict=False):
            np.testing.assert_array_equal(line.get_xydata(), np.stack([C, sizes.value], axis=1))
            ends = corners(band)[:, 1]
            assert ends.min() == pytest.approx(sizes.low.min(), rel=1e-12, abs=0)
            assert ends.max() == pytest.approx(sizes.high.max(), rel=1e-12, abs=0)
        assert legend(axes) == ["parameters $N$", "tokens $T$"]
        assert axes.lines[2].get_xdata()[0] == (6 * N * T).max()
        assert axes.texts[0].get_text() == "largest run"
        assert is_beside_the_data(axes)


def test_best_sizes_of_another_cost(fit):
    def served(N, T):
        return 6 * N * T + 2e12 * N

    axes = plotting.allocation(fit, [1e21, 1e23], served)
    assert axes.lines[0].get_ydata().tolist() == fit.allocate([1e21, 1e23], served).N.value.tolist()
    assert axes.get_xlabel() == "cost $C$"


def test_laws_of_one_size_alone_have_no_best_sizes():
    """All is spent on this size: nothing is on a logarithmic axis, and the figures are whole."""
    law = rf.Law(
        "of N alone",
        "E + A/N^alpha",
        ("E", "A"),
        {"alpha": (0.02, 3.0)},
        lambda x, y, alpha: (1.0, x**-alpha + 0 * y),
    )
    found = rf.fit_losses(N, T, 1.8 + 480 / N**0.35, law, intervals="sandwich")
    axes = plotting.allocation(found, [1e18, 1e20])
    assert axes.texts[0].get_text() == "all of one size: the other is 0"
    assert plotting.iso_loss(found).lines[0].get_xdata().min() == np.inf
    assert plotting.residuals(found)[0].get_ylim()[1] > 0  # of residuals of 1e-16


# --- input -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("draw", "said"),
    [
        (lambda fit, _: plotting.fitted_curves(5), "^fit must be a LossFit, got 5"),
        (lambda fit, _: plotting.fitted_curves(fit, "M"), "^x must be one of N, T, C, got 'M'"),
        (lambda fit, _: plotting.fitted_curves(fit, at="Q"), "^at must be one of N, T, C, got"),
        (lambda fit, _: plotting.fitted_curves(fit, "N", "N"), "^at must be another size than x"),
        (lambda fit, _: plotting.fitted_curves(fit, unit=5), "^unit must be a str, got 5"),
        (lambda fit, _: plotting.residuals(fit, ax=plt.gca()), "^ax must be 3 Axes, got"),
        (lambda _, both: plotting.residuals(both), "^fit must be a LossFit, got a LawComparison"),
        (lambda _, both: plotting.iso_loss(both), "^fit must be a LossFit, got a LawComparison"),
        (lambda fit, _: plotting.iso_loss(fit, ax=3), "^ax must be an Axes, got 3"),
        (lambda fit, _: plotting.extrapolation(fit), "^comparison must be a LawComparison, got a"),
        (lambda fit, _: plotting.allocation(fit, 1e20), "^C must be at least two costs, got 1"),
        (lambda fit, _: plotting.allocation(fit, [1, -1]), "^C must be a finite number > 0"),
        (lambda fit, _: plotting.allocation(fit, "x"), "^C must be a finite number > 0"),
    ],
)
def test_what_is_refused(fit, comparison, draw, said):
    with pytest.raises(ValueError, match=said):
        draw(fit, comparison)
