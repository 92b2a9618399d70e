"""`fit_losses`: a law fitted to a table of losses, the least of a robust cost of log L."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

import numpy as np

from rfscale.measured.losses.global_fit import adapted, global_minima
from rfscale.measured.losses.held import centred, problem_of, slopes_of_centred
from rfscale.measured.losses.laws import Law, law_called
from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.loss_table import LARGEST, LossTable
from rfscale.measured.losses.problem import Problem
from rfscale.measured.losses.reach import check_work
from rfscale.measured.losses.resampling import resampled
from rfscale.measured.losses.robust import Robust
from rfscale.measured.losses.sandwich import sandwich
from rfscale.measured.losses.solver import Minima
from rfscale.measured.losses.spread import Resamples, Sandwich, Spread
from rfscale.support.arguments import Floats, choice, flag, fraction, integer, number
from rfscale.support.progress_bar import LINE, kind_of_bar

COSTS = ("huber", "squares", "tukey")
RESIDUALS = ("log", "linear")
INTERVALS = ("bootstrap", "sandwich")
FEWEST_RESAMPLES = 20
RIVALS = 2  # minima from which each resample is fitted
NEAR = 0.1  # of the objective, within which another minimum is a rival


def fit_losses(
    N: Any,
    T: Any = None,
    L: Any = None,
    law: str | Law = "chinchilla",
    *,
    loss: str = "huber",
    delta: float | None = None,
    residual: str = "log",
    weights: Any = None,
    groups: Any = None,
    hold: Mapping[str, float] | None = None,
    intervals: str = "bootstrap",
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 1,
    progress: bool = False,
) -> LossFit:
    """Fit a law to measured losses.

    Parameters
    ----------
    N, T, L : array_like
        Sizes of the model (parameters, or features), sizes of the data (tokens, or samples) and
        losses of the same runs, one number a row, finite and > 0. Or a `LossTable` for N, such as
        `read_losses` makes, without T and L.
    law : str or Law
        One of the package's laws by name, or one's own: see `rf.Law`.
    loss : str
        What a residual costs: "huber", squares up to `delta` and absolute values beyond; "squares";
        or "tukey", nothing more beyond `delta`, for outliers that should not count.
    delta : float, optional
        Of "huber" and "tukey"; by default 1.345 and 4.685 times the spread of the residuals, which
        is found along with the fit. Much of the literature has 0.001.
    residual : str
        "log", log L - log of the law, or "linear", L - the law.
    weights : array_like, optional
        Of the rows, >= 0.
    groups : array_like, optional
        A label for each row, the same for checkpoints of one run: these are not independent, and
        intervals are too narrow without it. At least two more groups than fitted parameters.
    hold : dict, optional
        Parameters that are not fitted, and their values, by the names that results show or those
        at the centre; {"E": 0} leaves out the least loss of laws that have one to leave out.
    intervals : str
        "bootstrap", percentiles of fits to resampled tables, or "sandwich", at once, from slopes.
    level : float
        Of the intervals, in (0, 1).
    resamples : int
        Of the bootstrap, at least 20.
    seed : int
        Of the resamples.
    progress : bool
        Whether to show a progress bar on standard error, if that is a terminal or a notebook.

    Returns
    -------
    LossFit

    Raises
    ------
    ValueError
        For an argument out of its range, too few rows, groups or sizes, or a table on which no
        start of the fit has a finite cost.

    Notes
    -----
    Least squares minima from 64 quasi-random starts, each followed to the cost that is asked for.
    Intervals are those of the fit if its law is right; see `compare_laws` for predictions of larger
    runs.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> N = np.repeat(np.geomspace(1e7, 1e9, 6), 6)
    >>> T = np.tile(np.geomspace(1e9, 1e11, 6), 6)
    >>> noise = np.exp(0.005 * np.random.default_rng(1).standard_normal(36))
    >>> L = (1.8 + 480 / N**0.35 + 2100 / T**0.37) * noise
    >>> fit = rf.fit_losses(N, T, L)
    >>> print(fit["alpha"])
    0.357 (0.341 to 0.372)
    """
    table = LossTable.checked(N, T, L, weights, groups)
    chosen = law_called("law", law)
    problem = problem_of(table, chosen, hold, choice("residual", residual, RESIDUALS))
    width = None if delta is None else _checked_delta(problem, delta)
    kind = choice("loss", loss, COSTS)
    is_bootstrap = choice("intervals", intervals, INTERVALS) == "bootstrap"
    count = integer("resamples", resamples, least=FEWEST_RESAMPLES)
    start = integer("seed", seed, least=0)
    size = fraction("level", level)
    shown = flag("progress", progress)
    check_work(table, count if is_bootstrap else 0)
    found, robust = _fitted(problem, table.weights, kind, width)
    spread: Spread
    if is_bootstrap:
        spread = _resamples(problem, table, robust, found, count, start, size, shown)
    else:
        spread = _sandwich(problem, table, robust, found, size)
    return _result(problem, table, robust, found, spread)


def _fitted(
    problem: Problem, weights: Floats, kind: str, delta: float | None
) -> tuple[Minima, Robust]:
    """The minima, the best first, and the cost, with its delta."""
    if kind == "squares":
        robust = Robust("squares")
        found = global_minima(problem, weights, robust)
    elif delta is None or kind == "tukey":
        found, robust = adapted(problem, weights, kind, delta)
    else:
        robust = Robust(kind, delta)
        found = global_minima(problem, weights, robust)
    return found, robust


def _checked_delta(problem: Problem, delta: float) -> float:
    """From the rounding of residuals to where squares overflow."""
    value = number("delta", delta)
    if not problem.rounding <= value <= LARGEST:
        raise ValueError(
            f"delta must be from {problem.rounding:.2g}, the rounding of residuals, to "
            f"{LARGEST:g}, got {value:g}"
        )
    return value


def _resamples(
    problem: Problem,
    table: LossTable,
    robust: Robust,
    found: Minima,
    resamples: int,
    seed: int,
    level: float,
    progress: bool,
) -> Resamples:
    is_near = found.objective <= found.objective[0] * (1 + NEAR)
    bar, quiet = kind_of_bar(progress)
    with closing(bar(total=resamples, desc="resamples", bar_format=LINE, disable=quiet)) as shown:
        samples = resampled(
            problem,
            table.weights,
            table.groups,
            robust,
            found.parameters[is_near][:RIVALS],
            resamples=resamples,
            seed=seed,
            progress=lambda done: shown.update(done - shown.n),
        )
    return Resamples(samples=centred(problem, samples), level=level)


def _sandwich(
    problem: Problem, table: LossTable, robust: Robust, found: Minima, level: float
) -> Sandwich:
    best = found.parameters[0]
    covariance = sandwich(problem, table.weights, table.groups, robust, best)
    slopes = slopes_of_centred(problem, best)
    return Sandwich(
        covariance=slopes @ covariance @ slopes.T,
        freedom=max(np.unique(table.groups[table.counted]).size - problem.free, 1),
        level=level,
    )


def _result(
    problem: Problem, table: LossTable, robust: Robust, found: Minima, spread: Spread
) -> LossFit:
    best = found.parameters[0]
    is_held = problem.lower == problem.upper
    at_lower = (best <= problem.lower) & ~is_held
    at_upper = (best >= problem.upper) & ~is_held
    parameters = problem.law.parameters
    return LossFit(
        table=table,
        law=problem.law,
        best=centred(problem, best[None])[0],
        N0=problem.N0,
        T0=problem.T0,
        cost=robust.kind,
        delta=robust.delta,
        residual="log" if problem.is_log else "linear",
        objective=float(found.objective[0]),
        converged=bool(found.converged[0]),
        spread=spread,
        held=tuple(problem.held.items()),
        at_lower=tuple(name for name, at in zip(parameters, at_lower, strict=True) if at),
        at_upper=tuple(name for name, at in zip(parameters, at_upper, strict=True) if at),
    )
