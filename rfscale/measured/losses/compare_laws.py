"""`compare_laws`: which laws fit a table of losses, and which predict its largest runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import closing
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.losses.band import Band
from rfscale.measured.losses.fit import fit_losses
from rfscale.measured.losses.held import problem_of
from rfscale.measured.losses.held_out import in_sample, largest, size_error, weighted_rms
from rfscale.measured.losses.law_comparison import LawComparison
from rfscale.measured.losses.laws import Law, law_called
from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.loss_table import LossTable
from rfscale.measured.losses.pooled import pooled_losses
from rfscale.measured.losses.spread import Interval
from rfscale.support.arguments import Floats, flag, fraction
from rfscale.support.described import described
from rfscale.support.progress_bar import LINE, kind_of_bar

LAWS_DEFAULT = (
    "chinchilla",
    "tied",
    "kaplan",
    "talk",
    "random-features",
    "random-features power",
    "coupled",
)


def compare_laws(
    N: Any,
    T: Any = None,
    L: Any = None,
    laws: Iterable[str | Law] | str | Law = LAWS_DEFAULT,
    *,
    holdout: float = 0.3,
    loss: str = "huber",
    delta: float | None = None,
    groups: Any = None,
    weights: Any = None,
    hold: Mapping[str, float] | None = None,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 1,
    progress: bool = False,
) -> LawComparison:
    """Fit several laws to measured losses, and predict with all of them together.

    Parameters
    ----------
    N, T, L : array_like
        As in `fit_losses`; or a `LossTable` for N alone.
    laws : sequence of str or Law
        At least one, by default the seven of `rfscale.LAWS_DEFAULT`, each with its least loss E.
        "saturating" is worth adding where the loss of knowing nothing, L0, is known and held.
    holdout : float
        The part of the rows, with the largest N T, that is predicted from the others, in (0, 1).
    loss, delta : str, float, optional
        As in `fit_losses`, the same for all laws; not of the criteria, see below.
    groups, weights : array_like, optional
        As in `fit_losses`.
    hold : dict, optional
        Parameters that are not fitted in the laws that have them: {"E": 0}, or {"L0": log of the
        vocabulary} with the law "saturating".
    level, resamples, seed, progress : float, int, int, bool
        As in `fit_losses`; of each law there are that many resamples.

    Returns
    -------
    LawComparison

    Raises
    ------
    ValueError
        For an argument out of its range, or too few rows or sizes for one of the laws.

    Notes
    -----
    AICc and BIC are those of least squares in log L, whatever `loss` is: they need a likelihood,
    which Tukey's cost has not, and one spread for all laws, which a `delta` that follows the
    residuals of each has not. So rows that `loss` sets aside count in them, and in the errors on
    rows held out: leave out rows that are known to be wrong. All else is of fits by `loss`.

    No law may be called "the" law: ranks on the rows of a table do not carry over to larger runs.
    `predict` and `allocate` of the result join the resamples of all laws.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> N = np.repeat(np.geomspace(1e7, 1e9, 6), 6)
    >>> T = np.tile(np.geomspace(1e9, 1e11, 6), 6)
    >>> noise = np.exp(0.005 * np.random.default_rng(1).standard_normal(36))
    >>> L = (1.8 + 480 / N**0.35 + 2100 / T**0.37) * noise
    >>> found = rf.compare_laws(N, T, L, ["chinchilla", "talk"], resamples=50)
    >>> print(np.round(found.AICc))
    [  0. 147.]
    >>> band = found.predict(4e9, 4e11, of="run")
    >>> print(bool(band.low < 1.8 + 480 / 4e9**0.35 + 2100 / 4e11**0.37 < band.high))
    True
    """
    table = LossTable.checked(N, T, L, weights, groups)
    chosen = _checked_laws(laws)
    part = fraction("holdout", holdout)
    options: dict[str, Any] = {"loss": loss, "delta": delta, "level": level}
    options |= {"resamples": resamples, "seed": seed}
    options["hold"] = _checked_hold(hold, chosen)
    bar, quiet = kind_of_bar(flag("progress", progress))
    steps = 3 * len(chosen)
    with closing(bar(total=steps, desc="laws", bar_format=LINE, disable=quiet)) as shown:
        each = tuple(_stepped(shown, _fit_named, table, law, options) for law in chosen)
        sizes = [_stepped(shown, size_error, fit) for fit in each]
        is_held = largest(table, part)
        lower = table.part(~is_held)
        earlier = [_stepped(shown, _fit_or_none, lower, law, options) for law in chosen]
    return _result(table, each, sizes, earlier, is_held, part)


def _stepped(shown: Any, function: Any, *arguments: Any) -> Any:
    found = function(*arguments)
    shown.update(1)
    return found


def _checked_laws(laws: Any) -> list[Law]:
    given = [laws] if isinstance(laws, str | Law) else laws
    if not isinstance(given, Iterable) or isinstance(given, bytes):
        raise ValueError(f"laws must be names of laws, or laws, got {described(laws)}")
    chosen = [law_called("laws", law) for law in given]
    names = [law.name for law in chosen]
    if not names or len(set(names)) < len(names):
        raise ValueError(f"laws must be at least one, each once, got {', '.join(names) or 'none'}")
    return chosen


def _checked_hold(hold: Any, laws: list[Law]) -> Mapping[str, float]:
    if hold is None:
        return {}
    if not isinstance(hold, Mapping):
        raise ValueError(f"hold must be a dict of parameters and values, got {described(hold)}")
    for name in hold:
        if not any(name in law.names for law in laws):
            raise ValueError(f"hold must name parameters of one of the laws, got {name!r}")
    return hold


def _fit(table: LossTable, law: Law, options: dict[str, Any]) -> LossFit:
    own = options | {"hold": _held_of(law, options["hold"])}
    return fit_losses(table, law=law, **own)


def _held_of(law: Law, hold: Mapping[str, float]) -> dict[str, float]:
    return {name: value for name, value in hold.items() if name in law.names}


def _fit_named(table: LossTable, law: Law, options: dict[str, Any]) -> LossFit:
    try:
        problem_of(table, law, _held_of(law, options["hold"]))
    except ValueError as error:
        raise ValueError(f"laws must not have {law.name}: {error}") from None
    return _fit(table, law, options)


def _fit_or_none(table: LossTable, law: Law, options: dict[str, Any]) -> LossFit | None:
    """None where too few rows or sizes are left."""
    try:
        return _fit(table, law, options)
    except ValueError:
        return None


def _result(
    table: LossTable,
    each: tuple[LossFit, ...],
    sizes: list[float],
    earlier: list[LossFit | None],
    is_held: NDArray[np.bool_],
    holdout: float,
) -> LawComparison:
    inside = [in_sample(table, fit.law, dict(fit.held)) for fit in each]
    AICc = np.array([one.AICc for one in inside])
    BIC = np.array([one.BIC for one in inside])
    new = table.part(is_held)
    judged = [_judged(new, _predicted(new, [fit])) for fit in earlier]
    band = _predicted(new, earlier)
    pooled = _judged(new, band)
    return LawComparison(
        laws=tuple(fit.law.name for fit in each),
        each=each,
        k=np.array([one.k for one in inside]),
        rms=np.array([one.rms for one in inside]),
        AICc=_beyond_least(AICc),
        BIC=_beyond_least(BIC),
        size_error=np.array(sizes),
        extrapolation_error=np.array([error for error, _ in judged]),
        coverage=np.array([coverage for _, coverage in judged]),
        pooled_error=pooled[0],
        pooled_coverage=pooled[1],
        holdout=holdout,
        held_out=np.flatnonzero(is_held),
        extrapolated=band,
    )


def _predicted(new: LossTable, fits: list[LossFit | None]) -> Band:
    """The band of runs of the fits together on new rows; NaN if one of them is missing."""
    known = [fit for fit in fits if fit is not None]
    nothing = np.full(new.rows, np.nan)
    found = Interval(nothing, nothing, nothing)
    if len(known) == len(fits):
        found = pooled_losses(known, new.N, new.T, of_runs=True)
    return Band(new.N, new.T, found.value, found.low, found.high, level=found.level, of="run")


def _beyond_least(criteria: Floats) -> Floats:
    """Differences from the best; `inf` where a law has too many parameters for the rows."""
    known = np.isfinite(criteria)
    least = criteria[known].min(initial=np.inf)
    return np.where(known, criteria - (least if known.any() else 0.0), np.inf)


def _judged(new: LossTable, band: Band) -> tuple[float, float]:
    """The error of a band on new rows, and the part of these within it."""
    if np.isnan(band.value).any() or not new.weights.any():
        return np.nan, np.nan
    is_within = (band.low <= new.loss) & (new.loss <= band.high)
    error = weighted_rms(np.log(new.loss / band.value), new.weights)
    return error, float(np.average(is_within, weights=new.weights))
