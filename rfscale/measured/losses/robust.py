r"""What a residual costs: its square, Huber's function, or Tukey's.

.. math:: \rho = \tfrac12 r^2 \;(|r| \le \delta), \quad \delta(|r| - \tfrac12\delta) \;(|r| >
          \delta); \qquad
          \rho = \tfrac16 \delta^2 \left[1 - (1 - r^2/\delta^2)^3\right] \;(|r| \le \delta), \quad
          \tfrac16 \delta^2

of Huber (1964) and of Beaton and Tukey (1974); derived here from neither: they are definitions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from rfscale.support.arguments import Floats

OUTSIDE = 0.01  # curvature of Huber's function outside its zone, where it has none
OF_SIGMA = {"huber": 1.345, "tukey": 4.685}  # delta that loses 5 percent for normal residuals
ZONE = 2.0  # times sigma n^(-1/3): the least one whose points tell the curvature
TO_SIGMA = 1.482602218505602  # of the median absolute value of normal residuals


@dataclass(frozen=True)
class Robust:
    """A cost of residuals: "squares", "huber" or "tukey" with its delta."""

    kind: str
    delta: float = np.inf

    def total(self, residuals: Floats, weights: Floats) -> Floats:
        """sum_i w_i rho(r_i) of each fit; infinite where one that counts is."""
        cost = self.cost(residuals)
        counted = np.multiply(weights, cost, where=weights > 0, out=np.zeros(cost.shape))
        return np.asarray(np.sum(counted, axis=1))

    def cost(self, r: Floats) -> Floats:
        """rho."""
        size = np.abs(r)
        if self.kind == "huber":
            near = np.minimum(size, self.delta)
            return near * (size - near / 2)
        if self.kind == "tukey":
            inside = 1 - np.minimum(size / self.delta, 1.0) ** 2
            return np.where(np.isfinite(r), self.delta**2 / 6 * (1 - inside**3), np.inf)
        with np.errstate(over="ignore"):
            return np.asarray(size**2 / 2)

    def slopes(self, r: Floats) -> tuple[Floats, Floats]:
        """rho', and a second derivative >= 0 for the steps."""
        if self.kind == "huber":
            return np.clip(r, -self.delta, self.delta), np.where(
                np.abs(r) <= self.delta, 1.0, OUTSIDE
            )
        if self.kind == "tukey":
            inside = 1 - np.minimum(np.abs(r) / self.delta, 1.0) ** 2
            return r * inside**2, inside**2
        return r, np.ones(r.shape)

    def curvature(self, r: Floats, weights: Floats) -> Floats:
        """The second derivative of each residual (n,), whose mean is that of its expectation.

        A zone of Huber's function that holds few points is widened to 2 sigma n^(-1/3) and counts
        less by as much, as if the density of residuals were the same in it: a definition, like the
        kernels that errors of medians need.
        """
        size = np.abs(r)
        if self.kind == "huber":
            counted = r[weights > 0]
            zone = max(ZONE * robust_sigma(counted) / np.cbrt(counted.size), self.delta)
            return np.where(size <= zone, self.delta / zone, 0.0)
        _, curvature = self.slopes(r)
        return np.where(curvature > OUTSIDE, curvature, 0.0)


def robust_sigma(residuals: Floats) -> float:
    """The standard deviation of the middle ones: their median absolute value, as of normal ones."""
    return float(TO_SIGMA * np.median(np.abs(residuals)))
