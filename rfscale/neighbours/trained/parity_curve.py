"""The one curve on which the losses of all tasks lie, against the samples of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize
from scipy.special import gammaincc

from rfscale.neighbours.trained.parity_run import ParityRun
from rfscale.results import Result
from rfscale.support.arguments import Floats, require_kind


@dataclass(frozen=True, eq=False)
class ParityCurve(Result):
    """The curve f(y) = Q(tau, y/y0), fitted to the losses of all tasks at all times.

    Attributes
    ----------
    tau : float
        Shape: Q is the regularised upper incomplete gamma function.
    y0 : float
        Samples of a task.
    rms : float
        Root mean square of loss beyond curve, in bits, over tasks and records.
    mean_rms : float
        That of the logarithm of the mean loss beyond sum_k p_k f(D p_k), where the mean loss is
        below 0.8 bit; 0 where it never is.
    """

    tau: float
    y0: float
    rms: float
    mean_rms: float

    def loss(self, seen: Floats) -> Floats:
        """Bits of a task of which so many samples were seen."""
        return np.asarray(gammaincc(self.tau, np.asarray(seen) / self.y0))

    def summary(self) -> str:
        """The curve and its error."""
        return f"Q({self.tau:.3g}, y/{self.y0:.3g}), off by {self.rms:.2g} bit"


def collapse(run: ParityRun) -> ParityCurve:
    """Fit one curve to the losses of all tasks of a run, by least squares.

    Parameters
    ----------
    run : ParityRun
        Of new samples: where they are drawn from a pool, tasks are learned by what they generalise
        from, not by how many samples were seen.

    Returns
    -------
    ParityCurve
        With `tau`, `y0`, `rms` and `mean_rms`.

    Raises
    ------
    ValueError
        If the run is of another class, or no task was learned.

    Examples
    --------
    >>> from rfscale.neighbours.trained import parity
    >>> tasks = parity.ParityTasks(tasks=5, n=8, k=2, alpha=0.4)
    >>> run = parity.train(tasks, width=32, steps=2000, batch=100, records=20)
    >>> curve = parity.collapse(run)
    >>> print(curve.rms < 0.2, curve.tau > 1)
    True True
    """
    require_kind("run", run, ParityRun)
    when = run.seen_when_learned()
    if not np.isfinite(when).any():
        raise ValueError("run must have learned at least one task, got none")
    losses = np.clip(run.losses, 0, 1)

    def gap(logs: Floats) -> Floats:
        tau, y0 = np.exp(logs)
        return np.asarray(gammaincc(tau, run.seen / y0) - losses)

    first = np.log([3.0, np.median(when[np.isfinite(when)]) / 3])
    found = minimize(lambda logs: (gap(logs) ** 2).sum(), first, method="Nelder-Mead")
    tau, y0 = (float(value) for value in np.exp(found.x))
    law = gammaincc(tau, run.seen / y0) @ run.tasks.p
    below = run.mean < 0.8
    logs = np.log(law[below] / run.mean[below])
    return ParityCurve(
        tau=tau,
        y0=y0,
        rms=float(np.sqrt(np.mean(gap(found.x) ** 2))),
        mean_rms=float(np.sqrt(np.mean(logs**2))) if below.any() else 0.0,
    )
