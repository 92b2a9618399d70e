"""The one curve on which the losses of all tasks lie, against the samples of each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import least_squares

from rfscale.neighbours.thresholds import Threshold
from rfscale.neighbours.trained.parity_run import ParityRun
from rfscale.support.arguments import Floats, require_kind
from rfscale.support.stored import Stored


@dataclass(frozen=True)
class ParityCurve(Stored):
    """The curve Q(tau, y/scale), fitted to the losses of all tasks at all times.

    Attributes
    ----------
    filter : Threshold
        The curve, with `tau` and `scale`, in samples of a task.
    rms : float
        Root mean square of loss beyond curve, in bits, over tasks and records.
    mean_rms : float
        That of the mean loss beyond sum_k p_k f(D p_k), in bits, over records.
    """

    filter: Threshold
    rms: float
    mean_rms: float


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
        With `filter`, `rms` and `mean_rms`.

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
    >>> print(curve.rms < 0.2, curve.filter.tau > 1)
    True True
    """
    require_kind("run", run, ParityRun)
    when = run.seen_when_learned()
    if not np.isfinite(when).any():
        raise ValueError("run must have learned at least one task, got none")
    start = np.log([3.0, np.median(when[np.isfinite(when)]) / 3])
    least = [0.0, -np.inf]  # of log tau, log scale

    def gaps(logs: Floats) -> Floats:
        return _beyond(run, logs).ravel()

    found = least_squares(gaps, start, bounds=(least, np.inf))
    beyond = _beyond(run, found.x)
    return ParityCurve(
        filter=_filter(found.x),
        rms=float(np.sqrt(np.mean(beyond**2))),
        mean_rms=float(np.sqrt(np.mean((beyond @ run.tasks.p) ** 2))),
    )


def _beyond(run: ParityRun, logs: Floats) -> Floats:
    """Losses beyond the curve of these logarithms."""
    return np.asarray(run.losses - _filter(logs).unlearned(run.seen))


def _filter(logs: Floats) -> Threshold:
    tau, scale = np.exp(logs)
    return Threshold(max(float(tau), 1.0), scale=float(scale))
