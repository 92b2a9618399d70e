"""`Cost`: the cost of a run, 6 N T or a function of N and T, solved for T."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from rfscale.measured.losses.roots import increasing_roots
from rfscale.support.arguments import Floats
from rfscale.support.described import described

FLOPS = 6.0  # of training, for each parameter and token: 2 forward, 4 back
REACH = 350.0  # of log T on both sides of the centre

CostOf = Callable[[Any, Any], Any]  # of arrays N and T


@dataclass(frozen=True)
class Cost:
    """A cost that increases with T; `of` is None for 6 N T."""

    of: CostOf | None
    T0: float

    @classmethod
    def checked(cls, given: Any, N0: float, T0: float) -> Cost:
        """ValueError for what is no function of arrays that increases with T."""
        cost = cls(given, T0)
        if given is None:
            return cost
        if not callable(given):
            raise ValueError(f"cost must be a function of N and T, got {described(given)}")
        few = T0 * np.array([0.5, 1.0, 2.0])
        try:
            values = np.asarray(given(np.full(3, N0), few), dtype=np.float64)
            shape = np.shape(given(np.full((2, 1), N0), np.full((2, 1), T0)))
        except Exception as error:
            raise ValueError(
                f"cost must take arrays N and T, and fails on them: {error}"
            ) from error
        if (values.shape, shape) != ((3,), (2, 1)) or not (
            np.all(values > 0) and np.all(np.diff(values) > 0)
        ):
            raise ValueError(
                "cost must be > 0, of the shape of N and T, and increase with T, got "
                f"{described(values.tolist())} at N = {N0:.3g}, T = {few[0]:.3g}, {few[1]:.3g}, "
                f"{few[2]:.3g}"
            )
        return cost

    @property
    def name(self) -> str:
        """For people."""
        return "6 N T" if self.of is None else getattr(self.of, "__name__", "given")

    def log(self, log_N: Floats, log_T: Floats) -> Floats:
        """log of the cost."""
        if self.of is None:
            return np.asarray(np.log(FLOPS) + log_N + log_T)
        with np.errstate(all="ignore"):
            return np.asarray(np.log(self.of(np.exp(log_N), np.exp(log_T))), dtype=np.float64)

    def log_T(self, log_N: Floats, log_cost: Floats) -> Floats:
        """log T at this cost: -inf where N alone costs more, inf where no T costs as much."""
        if self.of is None:
            return np.asarray(log_cost - np.log(FLOPS) - log_N)
        middle = np.full(np.broadcast_shapes(log_N.shape, np.shape(log_cost)), np.log(self.T0))
        N = np.broadcast_to(log_N, middle.shape)
        return increasing_roots(
            lambda log_T: self.log(N, log_T) - log_cost, middle - REACH, middle + REACH
        )
