"""The main job of the package: `rfscale compare` without arguments.

Two experiments, theory against simulation: a loss curve through the double-descent peak at N = T,
without ridge, with a weak one and with the best one; and a loss curve through the breakdown of the
power law as N approaches M.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rfscale import asymptotics, plotting
from rfscale.comparison import Comparison, compare
from rfscale.model import RegimeWarning, ScalingModel
from rfscale.model.spectra import PowerLaw
from rfscale.support.arguments import Floats
from rfscale.theory.predict import predict

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PEAK_MODEL = ScalingModel(PowerLaw(alpha=1.0, M=1000))
PEAK_T = 150
PEAK_N = np.array([15, 26, 45, 75, 105, 127, 142, 150, 159, 177, 214, 300, 500, 900], dtype=float)
PEAK_RIDGES = np.array([0.0, 1e-5])

BREAKDOWN_MODEL = ScalingModel(PowerLaw(alpha=1.0, M=300))
BREAKDOWN_T = 1200
BREAKDOWN_N = np.array([10, 17, 30, 52, 90, 150, 200, 240, 265, 280, 290], dtype=float)


@dataclass(frozen=True)
class MainJob:
    """The finished comparisons.

    Attributes
    ----------
    peak : Comparison
        Shape (2, 14): ridge 0 and a weak one.
    tamed : Comparison
        Shape (14,): the optimal ridge.
    breakdown : Comparison
        Shape (11,): no ridge, N up to M.
    """

    peak: Comparison
    tamed: Comparison
    breakdown: Comparison

    @property
    def parts(self) -> dict[str, Comparison]:
        """The comparisons under their titles."""
        return {
            f"Through the peak: alpha = 1, M = {PEAK_MODEL.M}, T = {PEAK_T}": self.peak,
            f"The same with the optimal ridge: alpha = 1, M = {PEAK_MODEL.M}, T = {PEAK_T}": self.tamed,
            f"Through the breakdown: alpha = 1, M = {BREAKDOWN_MODEL.M}, T = {BREAKDOWN_T}": self.breakdown,
        }


def run(
    draws: int = 32, seed: int | None = 1, workers: int | None = None, progress: bool = False
) -> MainJob:
    """Simulate and predict the main job: about half a minute on two cores."""

    def experiment(model: ScalingModel, N: Floats, T: int, ridge: Floats | str) -> Comparison:
        return compare(
            model, N, T, ridge, draws=draws, seed=seed, workers=workers, progress=progress
        )

    return MainJob(
        experiment(PEAK_MODEL, PEAK_N, PEAK_T, PEAK_RIDGES[:, None]),
        experiment(PEAK_MODEL, PEAK_N, PEAK_T, "optimal"),
        experiment(BREAKDOWN_MODEL, BREAKDOWN_N, BREAKDOWN_T, np.zeros(1)),
    )


def figure(job: MainJob) -> Figure:
    """One picture of the main job: the peak, the breakdown, and what finite sizes add."""
    from matplotlib.figure import Figure

    picture = Figure(figsize=(16, 4.6), layout="constrained")
    left, right, last = picture.subplots(1, 3)
    N = np.unique(
        np.concatenate([np.geomspace(PEAK_N[0], PEAK_N[-1], 300), np.linspace(110, 200, 400)])
    )
    labels = ["no ridge", r"$\gamma = 10^{-5}$"]
    ridges = PEAK_RIDGES[:, None]
    plotting.double_descent(
        predict(PEAK_MODEL, N, PEAK_T, ridges), job.peak.estimate, labels=labels, ax=left
    )
    optimal = predict(PEAK_MODEL, N, PEAK_T, "optimal")
    plotting.loss_curve(
        optimal, job.tamed.estimate, labels=["optimal ridge"], first_colour=2, ax=left
    )
    left.set_title(
        rf"Double descent, planar: $\alpha = 1$, $M = {PEAK_MODEL.M}$, $T = {PEAK_T}$",
        fontsize="medium",
    )
    left.set_ylim(top=1e-2)
    N = np.unique(np.concatenate([np.geomspace(10, 270, 200), 300 - np.geomspace(30, 1, 60)]))
    exact = predict(BREAKDOWN_MODEL, N, BREAKDOWN_T)
    plotting.breakdown(
        exact, job.breakdown.estimate, breakdown_forms(N), labels=["planar theory"], ax=right
    )
    title = rf"Breakdown at $N \to M$: $\alpha = 1$, $M = {BREAKDOWN_MODEL.M}$, $T = {BREAKDOWN_T}$"
    right.set_title(title, fontsize="medium")
    plotting.corrections(job.peak, labels=labels, ax=last)
    plotting.corrections(job.tamed, labels=["optimal ridge"], first_colour=2, ax=last)
    last.set_title("Finite sizes: one loop, at the sizes of the first picture", fontsize="medium")
    return picture


def breakdown_forms(N: Floats) -> dict[str, Floats]:
    """The pure power law and the talk's formula for the breakdown, as losses."""
    spectrum = BREAKDOWN_MODEL.spectrum
    assert isinstance(spectrum, PowerLaw)
    loss_of_delta = BREAKDOWN_MODEL.units.signal / spectrum.scale * N / (1 - N / BREAKDOWN_T)
    with warnings.catch_warnings(
        action="ignore", category=RegimeWarning
    ):  # the figure shows where they fail
        return {
            "pure power law": loss_of_delta * asymptotics.delta_power_law(spectrum, N),
            r"talk: $\propto (1/N - 1/M)^\alpha$": loss_of_delta
            * asymptotics.delta_breakdown(spectrum, N),
        }
