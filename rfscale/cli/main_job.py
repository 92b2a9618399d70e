"""The main job of the package: `rfscale compare` without arguments.

Theory against simulation: a loss curve through the double-descent peak at N = T, without ridge,
with a weak one and with the best one, and with label noise; and a loss curve through the breakdown
of the power law as N approaches M.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rfscale import plotting
from rfscale.comparison import Comparison, compare, judged_together
from rfscale.model import RegimeWarning, ScalingModel
from rfscale.model.spectra import PowerLaw
from rfscale.support.arguments import Floats
from rfscale.theory import asymptotics
from rfscale.theory.predict import predict

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PEAK_M = 1000
PEAK_T = 150
PEAK_N = np.array([15, 26, 45, 75, 105, 127, 142, 150, 159, 177, 214, 300, 500, 900], dtype=float)
PEAK_RIDGES = np.array([0.0, 1e-5])
PEAK_LABELS = ["no ridge", r"$\gamma = 10^{-5}$"]
CUT = 120  # the peak is not shown beyond this multiple of the largest loss at the best ridge
TAMED_LABELS = ["optimal ridge"]

NOISY_SIGMA = 0.005  # noise and signal are of the same order at alpha = 1
NOISY_N = np.array([26, 75, 127, 177, 300, 900], dtype=float)
NOISY_RIDGE = 1e-4

BREAKDOWN_M = 300
BREAKDOWN_T = 1200
BREAKDOWN_N = np.array([10, 17, 30, 52, 90, 150, 200, 240, 265, 280, 290], dtype=float)


@dataclass(frozen=True)
class MainJob:
    """The finished comparisons.

    Attributes
    ----------
    alpha : float
        Exponent of all spectra.
    peak : Comparison
        Shape (2, 14): ridge 0 and a weak one.
    tamed : Comparison
        Shape (14,): the optimal ridge.
    noisy : Comparison
        Shape (6,): label noise and a weak ridge.
    breakdown : Comparison
        Shape (11,): no ridge, N up to M.
    """

    alpha: float
    peak: Comparison
    tamed: Comparison
    noisy: Comparison
    breakdown: Comparison

    @property
    def parts(self) -> dict[str, Comparison]:
        """The comparisons under their titles."""
        peak = f"alpha = {self.alpha:g}, M = {PEAK_M}, T = {PEAK_T}"
        breakdown = f"alpha = {self.alpha:g}, M = {BREAKDOWN_M}, T = {BREAKDOWN_T}"
        return {
            f"Through the peak: {peak}": self.peak,
            f"The same with the optimal ridge: {peak}": self.tamed,
            f"With label noise, sigma_eps = {NOISY_SIGMA:g}: {peak}": self.noisy,
            f"Through the breakdown: {breakdown}": self.breakdown,
        }


def run(
    draws: int = 32,
    seed: int | None = 1,
    workers: int | None = None,
    alpha: float = 1.0,
    *,
    progress: bool = False,
) -> MainJob:
    """Simulate and predict the main job: about half a minute on two cores."""

    def experiment(
        model: ScalingModel, N: Floats, T: int, ridge: Floats | float | str
    ) -> Comparison:
        return compare(
            model, N, T, ridge, draws=draws, seed=seed, workers=workers, progress=progress
        )

    peak = ScalingModel(PowerLaw(alpha=alpha, M=PEAK_M))
    breakdown = ScalingModel(PowerLaw(alpha=alpha, M=BREAKDOWN_M))
    through_peak = experiment(peak, PEAK_N, PEAK_T, PEAK_RIDGES[:, None])
    tamed = experiment(peak, PEAK_N, PEAK_T, "optimal")
    noise = ScalingModel(PowerLaw(alpha=alpha, M=PEAK_M), sigma_eps=NOISY_SIGMA)
    noisy = experiment(noise, NOISY_N, PEAK_T, NOISY_RIDGE)
    through_breakdown = experiment(breakdown, BREAKDOWN_N, BREAKDOWN_T, np.zeros(1))
    parts = judged_together([through_peak, tamed, noisy, through_breakdown])
    return MainJob(alpha=alpha, peak=parts[0], tamed=parts[1], noisy=parts[2], breakdown=parts[3])


def figure(job: MainJob) -> Figure:
    """One picture of the main job: the peak, the breakdown, and what finite sizes add."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(16, 4.6), layout="constrained")
    left, middle, right = picture.subplots(1, 3)
    _draw_peak(job, left)
    _draw_breakdown(job, middle)
    plotting.corrections(job.peak, labels=PEAK_LABELS, ax=right)
    plotting.corrections(job.tamed, labels=TAMED_LABELS, first_colour=2, ax=right)
    right.set_title("Finite sizes, at the sizes of the first picture", fontsize="medium")
    return picture


def _draw_peak(job: MainJob, axes: Axes) -> None:
    even = np.geomspace(PEAK_N[0], PEAK_N[-1], 300)
    N = np.unique(np.concatenate([even, np.linspace(110, 200, 400)]))
    model = job.peak.prediction.model
    theory = predict(model, N, PEAK_T, PEAK_RIDGES[:, None])
    plotting.double_descent(theory, job.peak.estimate, labels=PEAK_LABELS, ax=axes)
    tamed = predict(model, N, PEAK_T, "optimal")
    plotting.loss_curve(tamed, job.tamed.estimate, labels=TAMED_LABELS, first_colour=2, ax=axes)
    sizes = rf"$\alpha = {job.alpha:g}$, $M = {PEAK_M}$, $T = {PEAK_T}$"
    axes.set_title(f"Double descent, planar: {sizes}", fontsize="medium")
    axes.set_ylim(top=CUT * job.tamed.prediction.test.max())


def _draw_breakdown(job: MainJob, axes: Axes) -> None:
    N = np.unique(np.concatenate([np.geomspace(10, 270, 200), 300 - np.geomspace(30, 1, 60)]))
    model = job.breakdown.prediction.model
    theory = predict(model, N, BREAKDOWN_T)
    labels = ["planar theory"]
    forms = breakdown_forms(model, N)
    plotting.breakdown(theory, job.breakdown.estimate, forms, labels=labels, ax=axes)
    sizes = rf"$\alpha = {job.alpha:g}$, $M = {BREAKDOWN_M}$, $T = {BREAKDOWN_T}$"
    axes.set_title(rf"Breakdown at $N \to M$: {sizes}", fontsize="medium")


def breakdown_forms(model: ScalingModel, N: Floats) -> dict[str, Floats]:
    """The losses of the pure power law, and of the talk's formula for the breakdown."""
    spectrum = model.spectrum
    assert isinstance(spectrum, PowerLaw)
    loss_of_delta = model.units.signal / spectrum.scale * N / (1 - N / BREAKDOWN_T)
    with warnings.catch_warnings(action="ignore", category=RegimeWarning):  # shown where they fail
        pure = asymptotics.delta_power_law(spectrum, N)
        talk = asymptotics.delta_breakdown(spectrum, N)
    return {
        "pure power law": loss_of_delta * pure,
        r"talk: $\propto (1/N - 1/M)^\alpha$": loss_of_delta * talk,
    }
