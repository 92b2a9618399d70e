"""`Allocating`: a law, or several, by which costs are spent, and the sizes that follow from it."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.measured.losses.allocation import Allocation, Budget
from rfscale.measured.losses.budget_ends import FAR, interval_of_least_costs, least_costs
from rfscale.measured.losses.cost import Cost, CostOf
from rfscale.measured.losses.notes_on_allocations import notes_of_allocation, unreached
from rfscale.measured.losses.optimal_sizes import MOST, CostedLaw, exponents, optimum
from rfscale.measured.losses.spread import Interval, Sandwich
from rfscale.support.arguments import Floats, numbers

if TYPE_CHECKING:
    from rfscale.measured.losses.loss_fit import LossFit

SAME = 1e-5  # between exponents of all resamples, which then are built into the law

OfFit = Callable[["LossFit", Floats], Floats]  # a fit, and parameters (fits, p) of its law


class Allocating:
    """Laws whose best sizes are asked for."""

    @abstractmethod
    def joined_fits(self) -> list[LossFit]:
        """The fits, of one table."""

    @abstractmethod
    def interval_over(self, derived: OfFit) -> Interval:
        """The interval of what is derived from each law and its parameters."""

    def allocate(self, C: ArrayLike, cost: CostOf | None = None) -> Allocation:
        """The N and T at which the law is least for a cost.

        Parameters
        ----------
        C : array_like
            Costs > 0, finite: floating point operations by default.
        cost : callable, optional
            Of arrays N and T, > 0 and increasing in T; by default 6 N T.

        Returns
        -------
        Allocation
            With log N to 1e-8 where the law is smooth.

        Raises
        ------
        ValueError
            For an argument out of its range.

        Examples
        --------
        Of a table without noise, for training alone, and with the cost of 1e12 tokens that the
        model will write:

        >>> import numpy as np, rfscale as rf
        >>> N = np.repeat(np.geomspace(1e7, 1e9, 6), 6)
        >>> T = np.tile(np.geomspace(1e9, 1e11, 6), 6)
        >>> fit = rf.fit_losses(N, T, 1.8 + 480 / N**0.35 + 2100 / T**0.37, resamples=20)
        >>> print(f"{fit.allocate(1e21).N.value:.3g}")
        2.94e+09
        >>> print(f"{fit.allocate(1e21, lambda N, T: 6 * N * T + 2 * N * 1e12).N.value:.3g}")
        3.39e+08
        """
        return _allocation(self, C, cost)

    def budget_for(self, loss: ArrayLike, cost: CostOf | None = None) -> Budget:
        """The least cost at which the law reaches a loss, and its sizes.

        Parameters
        ----------
        loss : array_like
            Losses > 0.
        cost : callable, optional
            As for `allocate`.

        Returns
        -------
        Budget
            With `inf` where no size reaches the loss: at or below E. By the sandwich the ends of C
            are where the loss is an end of the interval of the best one: see `allocate`. The upper
            one is inf for a loss that E may be above.

        Raises
        ------
        ValueError
            For an argument out of its range.

        Examples
        --------
        >>> import numpy as np, rfscale as rf
        >>> N = np.repeat(np.geomspace(1e7, 1e9, 6), 6)
        >>> T = np.tile(np.geomspace(1e9, 1e11, 6), 6)
        >>> fit = rf.fit_losses(N, T, 1.8 + 480 / N**0.35 + 2100 / T**0.37, resamples=20)
        >>> print(fit.budget_for([1.8, 2.2]).C.value)
        [     inf 2.01e+21]
        """
        return _budget(self, loss, cost)


def _allocation(of: Allocating, C: ArrayLike, cost: Any) -> Allocation:
    fits = of.joined_fits()
    given = np.asarray(numbers("C", C))
    known = Cost.checked(cost, fits[0].N0, fits[0].T0)
    logs = np.log(given).ravel()
    _check_least(known, fits[0].N0, logs)
    found = of.interval_over(lambda fit, parameters: _best(_costed(fit, parameters, known), logs))
    parts = [_part(found, j, given.shape) for j in range(5)]
    built_in = [fit.law.name for fit in fits if _is_built_in(fit, known)]
    N, T, ratio, loss = (_exponential(part) for part in parts[:4])
    return Allocation(
        C=given,
        N=N,
        T=T,
        ratio=ratio,
        loss=loss,
        exponent=parts[4],
        cost=known.name,
        notes=notes_of_allocation(fits, known, logs, N, built_in),
    )


def _budget(of: Allocating, loss: ArrayLike, cost: Any) -> Budget:
    fits = of.joined_fits()
    given = np.asarray(numbers("loss", loss))
    known = Cost.checked(cost, fits[0].N0, fits[0].T0)
    losses = given.ravel()
    first = fits[0]
    found = (
        interval_of_least_costs(
            first.spread, first.best, lambda parameters: _costed(first, parameters, known), losses
        )
        if isinstance(first.spread, Sandwich)
        else of.interval_over(
            lambda fit, parameters: least_costs(_costed(fit, parameters, known), losses)
        )
    )
    C, N, T = (_exponential(_part(found, j, given.shape)) for j in range(3))
    return Budget(loss=given, C=C, N=N, T=T, cost=known.name, notes=unreached(C))


def _costed(fit: LossFit, parameters: Floats, cost: Cost) -> CostedLaw:
    return CostedLaw(fit.law, parameters, fit.N0, fit.T0, cost)


def _best(costed: CostedLaw, log_costs: Floats) -> Floats:
    """log N, log T, log T/N, log loss and the exponent: (fits, 5, costs)."""
    return np.stack([_best_for(costed, log_cost) for log_cost in log_costs], axis=-1)


def _best_for(costed: CostedLaw, log_cost: Floats) -> Floats:
    best = optimum(costed, log_cost)
    exponent = exponents(costed, log_cost, best)
    log_N = np.where(best.edge == 0, best.log_N, FAR * best.edge)
    log_T = np.where(best.edge == 0, best.log_T, -FAR * best.edge)
    with np.errstate(divide="ignore"):
        loss = np.log(costed.floor + np.exp(best.log_excess))
    columns = [log_N, log_T, log_T - log_N, np.clip(loss, -FAR, FAR), exponent]
    return np.stack(columns, axis=1)


def _part(interval: Interval, j: int, shape: tuple[int, ...]) -> Interval:
    value, low, high = (
        np.reshape(end[j], shape)[()] for end in (interval.value, interval.low, interval.high)
    )
    return Interval(value, low, high, interval.level)


def _exponential(interval: Interval) -> Interval:
    with np.errstate(over="ignore", under="ignore"):
        value, low, high = (np.exp(end) for end in (interval.value, interval.low, interval.high))
    return Interval(value, low, high, interval.level)


def _is_built_in(fit: LossFit, cost: Cost) -> bool:
    """Whether the exponent of N, at the cost of the centre, is that of all parameters."""

    def derived(parameters: Floats) -> Floats:
        costed = _costed(fit, parameters, cost)
        return _best_for(costed, np.array(costed.central_cost))[:, 4]

    exponent = fit.spread.interval(derived, fit.best)
    return bool(exponent.high - exponent.low < SAME)


def _check_least(cost: Cost, N0: float, log_costs: Floats) -> None:
    """ValueError for budgets below what the smallest model costs without data."""
    smallest = np.array([np.log(N0) - 2 * MOST])
    is_less = [bool(np.isneginf(cost.log_T(smallest, one)).all()) for one in log_costs]
    if any(is_less):
        value = np.exp(log_costs[int(np.argmax(is_less))])
        raise ValueError(f"C must be more than any model costs without data, got {value:g}")
