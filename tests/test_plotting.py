"""What the figures show: the data they were given, labelled."""

from dataclasses import replace

import matplotlib

matplotlib.use("agg")

import matplotlib.pyplot as plt
import numpy as np
import pytest

import rfscale as rf
from rfscale import plotting
from rfscale.cli import main_job
from rfscale.plotting.axes import label_losses
from rfscale.plotting.curve_names import curve_labels

MODEL = rf.ScalingModel(rf.PowerLaw(1.0, 50))
N = np.array([5, 10, 20, 40])


@pytest.fixture(autouse=True)
def _close_figures():
    yield
    plt.close("all")


def legend(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_loss_curve_shows_theory_as_lines_and_simulation_as_points():
    ridges = np.array([[1e-3], [1e-1]])
    prediction = rf.predict(MODEL, N, 20, ridges)
    estimate = rf.simulate(MODEL, N, 20, ridges, draws=3, seed=1)
    axes = plotting.loss_curve(prediction, estimate)
    lines = [line for line in axes.lines if line.get_linestyle() == "-"]
    assert len(lines) == 2
    for line, row in zip(lines, prediction.test, strict=True):
        np.testing.assert_array_equal(line.get_xydata(), np.stack([N, row], axis=1))
    points = [c for c in axes.containers if len(c.lines[0].get_xdata()) == 4]
    for container, row in zip(points, estimate.test.mean, strict=True):
        np.testing.assert_array_equal(container.lines[0].get_ydata(), row)
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlabel() == "number of features $N$"
    assert axes.get_ylabel() == "test loss $L$"
    assert legend(axes) == [r"$\gamma$ = 0.001", r"$\gamma$ = 0.1", "simulation"]
    assert [line.get_marker() for line in axes.get_legend().legend_handles[:2]] == ["o", "s"]
    assert [line.get_markevery() for line in lines] == [[], []]  # the curves themselves have none
    alone = plotting.loss_curve(
        rf.predict(MODEL, N, 20, 0.1), rf.simulate(MODEL, N, 20, 0.1, draws=3, seed=1)
    )
    assert legend(alone) == ["theory", "simulation"]
    assert alone.get_legend().legend_handles[0].get_marker() == "None"


def test_curves_are_named_by_what_differs():
    prediction = rf.predict(MODEL, np.array([[5.0], [9.0], [np.inf]]), N, 0.1)
    axes = plotting.loss_curve(prediction, x="T", suffix="here")
    assert legend(axes) == ["$N$ = 5, here", "$N$ = 9, here", r"$N$ = $\infty$, here"]
    assert axes.get_xlabel() == "number of samples $T$"
    with pytest.raises(ValueError, match=r"^x must be one of N, T, ridge, got 'M'"):
        plotting.loss_curve(prediction, x="M")


BY_DELTA = [r"$\delta$ = 0.001", r"$\delta$ = 1"]
BY_GAMMA = [r"$\gamma$ = 0.002", r"$\gamma$ = 2"]


@pytest.mark.parametrize(
    ("sizes", "x", "names"),
    [
        ((N, 30), "N", BY_DELTA),
        (([*N, np.inf], 30), "N", BY_DELTA),
        ((np.inf, N), "T", BY_DELTA),
        ((100.0, N), "T", BY_GAMMA),  # delta N/M, M = 50
    ],
)
def test_curves_that_differ_by_the_ridge_of_the_kernel_are_named(sizes, x, names):
    prediction = rf.predict(MODEL, *sizes, kernel_ridge=[[1e-3], [1.0]])
    assert curve_labels(prediction, x) == names
    stored = replace(prediction, kernel_ridge=None)  # as earlier versions did
    assert curve_labels(stored, x) == (BY_GAMMA if names == BY_GAMMA else ["", ""])


def test_estimates_at_a_ridge_of_the_kernel_are_named_in_spite_of_rounding():
    N = [7, 11, 13, 29, 37]
    model = rf.ScalingModel(rf.PowerLaw(1.0, 50), sigma_u=0.7)
    estimate = rf.simulate(model, N, 5, kernel_ridge=[[1e-3], [1.0]], draws=2, seed=1)
    assert np.ptp(estimate.kernel_ridge, axis=1).max() > 0
    assert curve_labels(estimate, "N") == BY_DELTA


def test_one_ridge_of_the_kernel_names_no_curve():
    sizes = np.array([[5.0], [np.inf]])
    assert curve_labels(rf.predict(MODEL, sizes, N, kernel_ridge=0.1), "T") == [
        "$N$ = 5",
        r"$N$ = $\infty$",
    ]
    assert curve_labels(rf.predict(MODEL, N, N[:, None], kernel_ridge=0.1), "N") == [
        f"$T$ = {T}" for T in N
    ]


def test_infinite_and_vanishing_losses_are_gaps():
    axes = plotting.loss_curve(rf.predict(MODEL, [10, 20, 30, 60], [20, 20, 20, 60]))
    assert np.isnan(axes.lines[0].get_ydata()).tolist() == [False, True, False, True]


def test_nothing_to_show_is_said():
    axes = plotting.loss_curve(rf.predict(MODEL, 20, 20))
    assert [text.get_text() for text in axes.texts] == ["all losses are 0 or infinite"]
    with pytest.raises(ValueError, match=r"^prediction must hold a finite loss > 0"):
        plotting.loss_map(rf.predict(MODEL, [[60, 70]], [[80], [90]]))


def test_more_curves_than_colours():
    axes = plotting.loss_curve(rf.predict(MODEL, N, np.arange(20, 30)[:, None], 0.1))
    assert len({(line.get_color(), line.get_linestyle()) for line in axes.lines}) == 10


def test_double_descent_marks_the_peak():
    axes = plotting.double_descent(rf.predict(MODEL, N, 20, 1e-5))
    assert [text.get_text() for text in axes.texts] == ["$N = T$"]
    assert axes.lines[-1].get_xdata()[0] == 20


def test_breakdown_draws_the_closed_forms():
    prediction = rf.predict(MODEL, N, 200)
    axes = plotting.breakdown(
        prediction, closed_forms={"power law": prediction.test * 2, "talk": prediction.test * 3}
    )
    assert legend(axes) == ["theory", "power law", "talk"]
    np.testing.assert_array_equal(axes.lines[2].get_ydata(), prediction.test * 3)
    assert [text.get_text() for text in axes.texts] == ["$N = M$"]


@pytest.mark.parametrize("ridge", [0.0, "optimal"])
def test_loss_map_names_its_regimes(ridge):
    size = np.geomspace(5, 500, 24)
    axes = plotting.loss_map(rf.predict(MODEL, size[None, :], size[:, None], ridge))
    assert [text.get_text() for text in axes.texts] == ["features", "data", "latent", "peak"]
    axes.figure.canvas.draw()
    with pytest.raises(
        ValueError, match=r"^prediction must be on an \(N, T\) grid for one M, got shape \(24,\)"
    ):
        plotting.loss_map(rf.predict(MODEL, size, 5))


@pytest.mark.parametrize("across", [True, False])
def test_loss_map_is_the_same_picture_however_the_grid_lies(across):
    """The image behind the axes has N to the right and T upwards."""
    N = np.geomspace(5, 500, 20)
    T = np.geomspace(6, 90, 13)
    points = (N, T[:, None]) if across else (N[:, None], T)
    axes = plotting.loss_map(rf.predict(MODEL, *points, 1e-3))
    shown = axes.child_axes[0].images[0].get_array()
    loss = rf.predict(MODEL, N, T[:, None], 1e-3).test
    np.testing.assert_allclose(10**shown, np.clip(loss, 0, np.quantile(loss, 0.999)), rtol=1e-12)
    assert axes.get_xlim() == pytest.approx((5, 500))


def test_loss_map_of_an_uneven_grid_with_a_path():
    size = np.array([5.0, 6.0, 9.0, 20.0, 70.0, 500.0])
    path = rf.compute_optimal(MODEL, np.geomspace(25, 2.5e5, 30), "optimal")
    axes = plotting.loss_map(rf.predict(MODEL, size, size[:, None], "optimal"), path)
    assert len(axes.collections) >= 2  # the mesh and the contours
    assert "compute-optimal at fixed $NT$" in legend(axes)
    axes.figure.canvas.draw()


@pytest.mark.parametrize("N", [[[5.0, 5.0]], [[7.0, 5.0, 6.0]], [[5.0, np.inf]], [[5.0]]])
def test_loss_map_needs_a_grid(N):
    with pytest.raises(
        ValueError,
        match=r"^prediction must be on an \(N, T\) grid of two or more finite, increasing",
    ):
        plotting.loss_map(rf.predict(MODEL, N, [[5.0], [7.0]]))


def test_what_cannot_be_drawn():
    with pytest.raises(ValueError, match=r"^prediction or estimate must be given"):
        plotting.loss_curve()
    with pytest.raises(ValueError, match=r"^prediction must be for one M"):
        plotting.breakdown(rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, [[10], [20]])), N, 20))


def test_curves_of_several_spectra_are_named_by_what_differs():
    models = rf.ScalingModel(rf.PowerLaw([[0.5], [1.0]], [[100], [1000]]))
    axes = plotting.loss_curve(rf.predict(models, N, 20, 1e-3))
    assert legend(axes) == [r"$\alpha$ = 0.5, $M$ = 100", r"$\alpha$ = 1, $M$ = 1000"]


def test_labels_of_ticks_are_at_one_height():
    axes = plotting.loss_curve(rf.predict(MODEL, N, 20, 0.1))
    axes.figure.canvas.draw()
    ticks = axes.xaxis.get_major_ticks() + axes.xaxis.get_minor_ticks()
    heights = {
        round(tick.label1.get_window_extent().y1, 3) for tick in ticks if tick.label1.get_text()
    }
    assert len(heights) == 1


def test_axes_can_be_given():
    _, (left, right) = plt.subplots(1, 2)
    assert plotting.loss_curve(rf.predict(MODEL, N, 20), ax=right) is right
    assert not left.lines


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
def test_main_figure(monkeypatch):
    monkeypatch.setattr(main_job, "PEAK_N", np.array([15.0, 150.0, 300.0]))
    monkeypatch.setattr(main_job, "BREAKDOWN_N", np.array([10.0, 100.0]))
    job = main_job.run(draws=2, seed=1)
    picture = main_job.figure(job)
    left, right = picture.axes[:2]
    assert legend(left) == ["no ridge", r"$\gamma = 10^{-5}$", "optimal ridge", "simulation"]
    assert len(legend(right)) == 4
    picture.canvas.draw()


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
def test_corrections_show_one_loop_and_simulation_beyond_planar_theory():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    comparison = rf.compare(model, [10, 20, 40], 40, [[0.0], [1e-2]], draws=50, seed=1)
    axes = rf.plotting.corrections(comparison)
    lines = [line for line in axes.lines if line.get_label() in axes.get_legend_handles_labels()[1]]
    assert [line.get_label() for line in lines] == [r"$\gamma$ = 0", r"$\gamma$ = 0.01"]
    assert legend(axes) == [
        r"$\gamma$ = 0",
        r"$\gamma$ = 0.01",
        "theory's error, estimated",
        "simulation",
    ]
    assert [line.get_marker() for line in axes.get_legend().legend_handles[:2]] == ["o", "s"]
    percent = 100 * (comparison.prediction.test[1] / comparison.planar.test[1] - 1)
    np.testing.assert_allclose(lines[1].get_ydata(), percent)
    assert np.isnan(lines[0].get_ydata()[2])  # N = T without ridge
    with pytest.raises(ValueError, match=r"^x must be one of N, T, ridge, got 'M'"):
        rf.plotting.corrections(comparison, x="M")


def test_losses_are_drawn_against_what_their_training_has():
    prediction = rf.predict(MODEL, 10, 20, training=rf.PrincipalComponents([1e-3, 1e-2]))
    assert plotting.loss_curve(prediction, x="cutoff").get_xlabel().endswith("$s_0$")
    with pytest.raises(ValueError, match="x must be one of N, T, cutoff, got 'ridge'"):
        plotting.loss_curve(prediction, x="ridge")
    flow = rf.GradientFlow(tau=[1.0, 10.0], ridge=[[0.0], [0.1]])
    axes = plotting.loss_curve(rf.predict(MODEL, 10, 20, training=flow), x="tau")
    assert legend(axes) == [r"$\gamma$ = 0", r"$\gamma$ = 0.1"]


# --- measured samples --------------------------------------------------------------------------

RNG = np.random.default_rng(1)
SAMPLES = RNG.standard_normal((120, 30)) / np.arange(1, 31)
DATA = rf.measure(SAMPLES, SAMPLES.sum(axis=1) + 0.1 * RNG.standard_normal(120))


def test_errors_on_samples_have_bands_and_bars():
    comparison = rf.compare(DATA, [5, 10, 20], [[10], [20]], draws=2)
    prediction, estimate = comparison.prediction, comparison.estimate
    axes = plotting.loss_curve(prediction, estimate)
    lines = [line for line in axes.lines if line.get_linestyle() == "-"]
    np.testing.assert_array_equal([line.get_ydata() for line in lines], prediction.mse)
    for band, mse, stderr in zip(axes.collections, prediction.mse, prediction.stderr, strict=False):
        ends = band.get_paths()[0].vertices[:, 1]
        # the ends are sums of two numbers, rounded once
        np.testing.assert_allclose(
            [ends.min(), ends.max()], [(mse - stderr).min(), (mse + stderr).max()], rtol=1e-15
        )
    shown = [c for c in axes.containers if len(c.lines[0].get_xdata()) == 3]
    np.testing.assert_array_equal([c.lines[0].get_ydata() for c in shown], estimate.mse.mean)
    for container, mean, first, second in zip(
        shown, estimate.mse.mean, estimate.mse.stderr, estimate.holdout_stderr, strict=True
    ):
        low = [segment[0, 1] for segment in container.lines[2][0].get_segments()]
        np.testing.assert_allclose(low, mean - np.sqrt(first**2 + second**2), rtol=1e-14)
    assert axes.get_ylabel() == "mean squared error"
    assert legend(axes) == ["$T$ = 10", "$T$ = 20", "error of the pool", "measured"]
    without = plotting.loss_curve(DATA.predict([5, 10, 20], 20, stderr=False))
    assert legend(without) == ["predicted"]


def test_losses_of_a_model_and_errors_on_samples_are_not_drawn_together():
    with pytest.raises(ValueError, match="must all be of a model or all of samples"):
        plotting.loss_curve(
            DATA.predict(N, 20, stderr=False), rf.simulate(MODEL, N, 20, 0.1, draws=2)
        )


def test_the_spectrum_of_samples():
    fit = DATA.power_law()
    axes = plotting.measured_spectrum(DATA, fit)
    eigenvalues, sample, population, line = axes.lines
    np.testing.assert_array_equal(eigenvalues.get_ydata(), DATA.eigenvalues)
    df1, delta = sample.get_data()
    given = DATA.eigenvalues / (DATA.eigenvalues + delta[:, None])
    np.testing.assert_allclose(df1, given.sum(axis=1), rtol=1e-13)  # 30 terms, rounded
    known = (DATA.df1 > 0.7) & (DATA.df1 <= 60) & (DATA.kappa >= DATA.eigenvalues[-1])
    np.testing.assert_array_equal(population.get_data(), [DATA.df1[known], DATA.kappa[known]])
    ranks = line.get_xdata()
    assert ranks[[0, -1]] == pytest.approx(fit.window, rel=1e-12, abs=0)
    np.testing.assert_allclose(line.get_ydata(), fit.scale * ranks ** -(1 + fit.alpha), rtol=1e-12)
    assert legend(axes)[-1].endswith(fit.verdict)
    with pytest.raises(ValueError, match="data must be a Measured"):
        plotting.measured_spectrum(fit)


@pytest.mark.parametrize(("ends", "labels"), [((0.32, 0.61), "456"), ((0.11, 0.9), "25")])
def test_losses_within_a_decade_are_labelled(ends, labels):
    axes = plotting.loss_curve(rf.predict(MODEL, N, 20, 0.1))
    axes.set_ylim(*ends)
    label_losses(axes)
    low, high = ends
    ticks = [(t, axes.yaxis.get_minor_formatter()(t)) for t in axes.yaxis.get_minorticklocs()]
    shown = [label for tick, label in ticks if label and low <= tick <= high]
    assert shown == [f"0.{digit}" for digit in labels]
