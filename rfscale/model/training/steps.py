r"""Trainings in steps: gradient descent, with momentum or without.

.. math:: \theta_{k+1} = \theta_k - \eta\,\partial L_A/\partial\theta + \beta\,(\theta_k -
          \theta_{k-1}), \qquad r = \frac{\gamma + s\,\rho_k(s+\gamma)}{s+\gamma}, \qquad
          \rho_{k+1} = (1 - \eta\sigma + \beta)\,\rho_k - \beta\,\rho_{k-1}

from theta = 0, with rho_0 = 1 and rho_1 = 1 - eta sigma (19.2).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model.training.base import Training, Whole
from rfscale.model.training.checks import amount, below_one, whole
from rfscale.model.training.mixtures import (
    Mixtures,
    Steps,
    few_and_many,
    is_many,
    many_step_mixtures,
    step_mixtures,
)
from rfscale.support.arguments import Floats
from rfscale.support.sealed import sealed


@sealed
@dataclass(frozen=True, eq=False)
class HeavyBall(Training):
    """Gradient descent with momentum (Polyak's heavy ball) from zero.

    Parameters
    ----------
    steps : array_like of int
        k >= 0.
    step_size : array_like
        eta > 0, of a loss that is a sum over samples. Stable if eta (s + gamma) < 2 (1 + beta) for
        the largest eigenvalue s of phi phi^T.
    momentum : array_like
        beta in [0, 1); 0 is `GradientDescent`.
    ridge : array_like
        gamma >= 0 of the training loss.

    Examples
    --------
    >>> import numpy as np
    >>> print(HeavyBall(steps=2, step_size=0.5, momentum=0.5).residual(np.array([1.0])))
    [0.]
    """

    steps: Any
    step_size: Any
    momentum: Any = 0.9
    ridge: Any = 0.0
    POWERS = {"step_size": 1, "ridge": -1}  # noqa: RUF012

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", whole("steps", self.steps))
        object.__setattr__(self, "step_size", amount("step_size", self.step_size, zero=False))
        object.__setattr__(self, "momentum", below_one("momentum", self.momentum))
        object.__setattr__(self, "ridge", amount("ridge", self.ridge))

    def filter(self, s: Floats) -> Floats:
        """(1 - rho_k(s + gamma))/(s + gamma)."""
        total = s + self.ridge
        return np.asarray((1.0 - self._left(total)) / total)

    def residual(self, s: Floats) -> Floats:
        """(gamma + s rho_k(s + gamma))/(s + gamma)."""
        share = self.ridge / (s + self.ridge) if self.ridge > 0 else 0.0
        return np.asarray(share + (1.0 - share) * self._left(s + self.ridge))

    def _left(self, total: Floats) -> Floats:
        """rho_k."""
        return np.asarray(polynomial(int(self.steps), self.step_size * total, self.momentum))

    def require_stable(self, largest: ArrayLike) -> None:
        """Raise ValueError if it diverges where this is the largest eigenvalue of phi phi^T."""
        if np.any(np.isinf(largest)):
            raise ValueError("N and T must be finite where a training is in steps, got inf")
        total = np.asarray(largest) + self.ridge
        most = 2.0 * (1.0 + np.asarray(self.momentum)) / total
        step, most, total = np.broadcast_arrays(self.step_size, most, total)
        bad = np.flatnonzero(step > most)
        if bad.size:
            i = bad[0]
            raise ValueError(
                f"step_size must be at most {most.flat[i]:.6g} for steps to converge, "
                f"2 (1 + momentum) over the largest eigenvalue {total.flat[i]:.6g} of phi phi^T + "
                f"ridge, got {step.flat[i]:g}"
            )

    def as_ridge(self) -> Floats:
        """`inf` before the first step."""
        return np.where(np.equal(self.steps, 0), np.inf, np.nan)

    def mixtures(self, group: Whole) -> Mixtures:
        """The coefficient of x^k of a generating function, or a contour as of flow."""
        at = self._flat_steps(group.shape)
        return (many_step_mixtures if np.all(is_many(at)) else step_mixtures)(at, group)

    def parts(self, shape: tuple[int, ...]) -> list[Whole]:
        """Points of few steps, and of many."""
        return few_and_many(is_many(self._flat_steps(shape)))

    def _flat_steps(self, shape: tuple[int, ...]) -> Steps:
        fields = self.steps, self.step_size, self.momentum, self.ridge
        return Steps(*(np.broadcast_to(v, shape).astype(float).ravel() for v in fields))


@sealed
@dataclass(frozen=True, eq=False)
class GradientDescent(Training):
    """Gradient descent from zero.

    Parameters
    ----------
    steps : array_like of int
        k >= 0.
    step_size : array_like
        eta > 0, of a loss that is a sum over samples. Stable if eta (s + gamma) < 2 for the largest
        eigenvalue s of phi phi^T.
    ridge : array_like
        gamma >= 0 of the training loss.

    Examples
    --------
    >>> import numpy as np
    >>> print(GradientDescent(steps=2, step_size=0.5).residual(np.array([1.0])))
    [0.25]
    """

    steps: Any
    step_size: Any
    ridge: Any = 0.0
    POWERS = {"step_size": 1, "ridge": -1}  # noqa: RUF012

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", whole("steps", self.steps))
        object.__setattr__(self, "step_size", amount("step_size", self.step_size, zero=False))
        object.__setattr__(self, "ridge", amount("ridge", self.ridge))

    @property
    def _with_momentum(self) -> HeavyBall:
        return HeavyBall(self.steps, self.step_size, 0.0, self.ridge)

    def filter(self, s: Floats) -> Floats:
        """(1 - (1 - eta (s + gamma))^k)/(s + gamma)."""
        total = s + self.ridge
        x = np.asarray(self.step_size * total)
        small = -np.expm1(self.steps * np.log1p(-np.minimum(x, 0.5)))
        return np.asarray(np.where(x <= 0.5, small, 1.0 - (1.0 - x) ** self.steps) / total)

    def residual(self, s: Floats) -> Floats:
        """(gamma + s (1 - eta (s + gamma))^k)/(s + gamma)."""
        return self._with_momentum.residual(s)

    def require_stable(self, largest: ArrayLike) -> None:
        """Raise ValueError if it diverges where this is the largest eigenvalue of phi phi^T."""
        self._with_momentum.require_stable(largest)

    def as_ridge(self) -> Floats:
        """As of `HeavyBall`."""
        return self._with_momentum.as_ridge()

    def mixtures(self, group: Whole) -> Mixtures:
        """As of `HeavyBall`."""
        return self._with_momentum.mixtures(group)

    def parts(self, shape: tuple[int, ...]) -> list[Whole]:
        """As of `HeavyBall`."""
        return self._with_momentum.parts(shape)


def polynomial(steps: int, x: Any, momentum: float) -> Any:
    """rho_k at x = eta sigma, by its recursion."""
    x = np.asarray(x)
    if momentum == 0.0:
        return (1.0 - x) ** steps
    before = np.ones_like(x)
    now = 1.0 - x
    if steps == 0:
        return before
    for _ in range(steps - 1):
        before, now = now, (1.0 - x + momentum) * now - momentum * before
    return now
