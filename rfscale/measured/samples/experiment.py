"""`experiment`: random features trained on some of the samples, and tested on others.

It never imports the theory, which is held against it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.measured.samples.experiment_cell import SampleOutcome, SampleTask
from rfscale.measured.samples.experiment_estimate import ExperimentEstimate
from rfscale.measured.samples.experiment_plan import SamplePlan, SampleStore
from rfscale.measured.samples.features import Kernel, SampleFeatures, checked_features
from rfscale.measured.samples.one_draw import mapped
from rfscale.measured.samples.samples import checked_samples, require_scales
from rfscale.measured.samples.splits import rows_of_split, split_samples
from rfscale.simulation.draw_options import DrawOptions
from rfscale.simulation.loss_statistics import STATISTICS, LossStatistics
from rfscale.simulation.running.kept import completed
from rfscale.simulation.running.runner import Runner
from rfscale.simulation.running.versions import versions
from rfscale.simulation.statistics import distribution, mean_losses
from rfscale.support.arguments import Floats, integer
from rfscale.support.machine import require_memory


def experiment(
    X: ArrayLike,
    y: ArrayLike,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike,
    *,
    features: SampleFeatures | Kernel | str = "linear",
    draws: int = 16,
    seed: int = 1,
    holdout: float = 0.3,
    split: int = 0,
    target_stderr: float | None = None,
    max_draws: int | None = None,
    executor: Executor | None = None,
    workers: int | None = None,
    store: str | Path | None = None,
    progress: bool = False,
) -> ExperimentEstimate:
    """Train random features on samples, test them on others, and average over draws.

    A part of the samples is held out. Each draw takes T of the others, without replacement, and N
    new random features phi, and finds the weights theta with the least sum of squared errors
    y - theta phi on the training samples, plus gamma times the square of theta. All ridges gamma of
    an (N, T) share its draws, so that points that differ in the ridge alone are correlated.

    Parameters
    ----------
    X : array_like
        Samples, shape (P, inputs), P >= 20.
    y : array_like
        Labels, shape (P,) or (P, outputs).
    N, T : array_like of int
        Numbers of features and of training samples, >= 1; T at most the number of samples that are
        not held out.
    ridge : array_like
        gamma >= 0, broadcast with N and T; in the unit of the model's with sigma_u = sqrt(M), as
        features are u x with u ~ N(0, 1). 0 is the solution of least norm, which real samples
        punish: their least eigenvalues belong to a few of them.
    features : str or SampleFeatures
        "linear", phi = u x; "relu", phi = max(u x, 0); or features of your own.
    draws : int
        Independent draws of training samples and features at each (N, T), >= 2.
    seed : int
        Root of all random numbers, >= 0. The same seed gives the same numbers for any number of
        workers, and for an (N, T) in any grid; with other ridges beside it the last digits may
        differ.
    holdout : float
        The share of the samples to test on, in (0, 1).
    split : int
        Another number holds other samples out.
    target_stderr, max_draws
        As in `simulate`, of the mean squared error: more draws until its standard error over draws,
        relative to it, is at most this.
    executor, workers, store, progress
        As in `sweep`. A store keeps each (N, T) when it is finished, and the same call goes on; it
        holds a fingerprint of the samples, not the samples.

    Returns
    -------
    ExperimentEstimate
        `mse` on the labels as they are, without 1/2 and summed over outputs, `train_mse`, and
        `learned`, each at the points; `holdout_stderr`, the error that is due to the choice of the
        held-out samples, is apart from the standard error over draws.

    Raises
    ------
    ValueError
        If an argument is out of its range, samples are not finite numbers, the shapes do not
        broadcast, features are a kernel alone or return no finite numbers, the memory would not
        suffice, or the store is damaged or holds another experiment.
    BrokenExecutor
        If the executor loses a worker; it says what is in the store.

    Warns
    -----
    UserWarning
        Where more than 1 % of the samples are copies of others, and where `target_stderr` was not
        reached.

    Notes
    -----
    Samples and labels are centred by the means of those that are not held out, samples unless the
    features say otherwise; features are not centred. The labels of each held-out sample are
    compared with its prediction, one by one.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> rng = np.random.default_rng(1)
    >>> X = rng.standard_normal((500, 20)) / np.arange(1, 21)
    >>> y = X @ rng.standard_normal(20) + 0.1 * rng.standard_normal(500)
    >>> estimate = rf.experiment(X, y, N=[5, 10, 20], T=100, ridge=1.0)
    >>> print(np.round(estimate.mse.mean, 3))
    [0.377 0.213 0.048]
    >>> print(estimate.held_out, estimate.pool)
    150 350
    """
    if y is None:
        raise ValueError("y must be labels, of shape (P,) or (P, outputs), got None")
    samples = checked_samples(X, y)
    require_scales(samples)
    given = checked_features(features)
    probe = given.draw(np.random.default_rng(0), 1, samples.inputs)
    mapped(probe, samples.X[:2], 1, given)
    options = DrawOptions(
        draws=draws,
        target_stderr=target_stderr,
        max_draws=max_draws,
        seed=integer("seed", seed, least=0),
    )
    runner = Runner.checked(workers, executor, progress)
    index = integer("split", split, least=0)
    rows = rows_of_split(samples.P, holdout, options.seed, index)
    parts = split_samples(samples, rows, given.centred)
    plan = SamplePlan.checked(parts, index, given, N, T, ridge, options)
    outcomes = _outcomes(plan, runner, store)
    plan.warn_of_targets(outcomes)
    return _estimate(plan, outcomes, float(holdout))


def _outcomes(plan: SamplePlan, runner: Runner, store: str | Path | None) -> list[SampleOutcome]:
    """Compute what the store does not hold."""
    cells = plan.cells()
    tasks = [SampleTask(cell, runner.workers) for cell in cells]
    runner.require_memory(tasks)
    points = plan.N.size
    held_out = len(plan.split.test_y)
    require_memory(24.0 * points * held_out, f"the errors of {held_out} samples at {points} points")
    if store is None:
        return completed(runner, cells, tasks, None)
    with closing(SampleStore(store, plan, versions())) as file:
        return completed(runner, cells, tasks, file)


def _estimate(
    plan: SamplePlan, outcomes: Sequence[SampleOutcome], holdout: float
) -> ExperimentEstimate:
    """The outcomes of the cells, in the shape of the points, with what they were made of."""
    split = plan.split
    mse, train_mse = _at_points(plan, [_statistics(outcome) for outcome in outcomes])
    errors = _at_points(plan, [outcome.errors for outcome in outcomes])
    return ExperimentEstimate(
        N=plan.N[()],
        T=plan.T[()],
        ridge=plan.ridge[()],
        mse=_of_loss(mse),
        train_mse=_of_loss(train_mse),
        holdout_stderr=errors.std(axis=0, ddof=1) / np.sqrt(len(errors)),
        draws=_at_points(plan, [np.array(len(outcome.mse)) for outcome in outcomes]),
        variance=float((split.test_y**2).sum(axis=1).mean()),
        mse_draws=_at_points(plan, _filled([outcome.mse for outcome in outcomes])),
        train_mse_draws=_at_points(plan, _filled([outcome.train_mse for outcome in outcomes])),
        sample_errors=errors,
        features=plan.features,
        pool=len(split.X),
        held_out=len(split.test_X),
        inputs=split.X.shape[1],
        outputs=split.y.shape[1],
        seed=plan.options.seed,
        split=plan.index,
        holdout=holdout,
    )


def _statistics(outcome: SampleOutcome) -> Floats:
    """Those of both losses at the ridges of a cell, (2, `STATISTICS`, R)."""
    means, _ = mean_losses(outcome.paths)
    return np.concatenate([means, distribution(outcome.paths)], axis=1)


def _of_loss(values: Iterable[Floats]) -> LossStatistics:
    return LossStatistics(**dict(zip(STATISTICS, values, strict=True)))


def _filled(by_cell: Sequence[Floats]) -> list[Floats]:
    """As many draws in each cell, NaN those that were not made."""
    most = max(map(len, by_cell))
    return [
        np.concatenate([made, np.full((most - len(made), made.shape[1]), np.nan)])
        for made in by_cell
    ]


def _at_points(plan: SamplePlan, by_cell: Sequence[NDArray[Any]]) -> Any:
    """Arrays (..., R) of the cells as one (..., *shape of the points)."""
    first = by_cell[0]
    found = np.empty((*first.shape[:-1], plan.N.size), dtype=first.dtype)
    for group, values in zip(plan.groups, by_cell, strict=True):
        found[..., group] = values
    return found.reshape((*found.shape[:-1], *plan.N.shape))[()]
