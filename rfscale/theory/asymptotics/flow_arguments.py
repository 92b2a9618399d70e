r"""What the laws of training time share: their arguments, and the errors that they state.

Times are tau = t N T lambda_+ sigma_u^2/M, of gradient flow of a sum over samples. The sum over J
is its integral less 1/2 (9.14), so that N + 1/2 and T + 1/2 stand for N and T, with the losses

.. math:: \mathcal S \to \frac{NT\,\mathcal S}{(N+\frac12)(T+\frac12)}, \qquad
          \mathcal V \to \frac{T \mathcal V - \frac12}{T + \frac12}.

which is (20.2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.model.spectra import PowerLaw
from rfscale.support.arguments import Floats, broadcast, number, numeric, sizes
from rfscale.support.described import shortened
from rfscale.theory.asymptotics.errors import (
    discreteness_error,
    power_law_constant,
    require_power_law,
)


@dataclass(frozen=True)
class Flow:
    """Sizes and times at their common shape, and the half that the sum over J adds to sizes."""

    spectrum: PowerLaw
    N: Floats  # with the half
    T: Floats
    tau: Floats  # with these sizes
    given_N: Floats
    given_T: Floats

    @property
    def alpha(self) -> float:
        """Of the spectrum."""
        return float(self.spectrum.alpha)

    @property
    def shared(self) -> Floats:
        """1/N + 1/T."""
        return 1 / self.N + 1 / self.T

    def signal(self, S: Floats) -> Floats:
        """The signal of the sum over J from that of the integral."""
        return S * _share(self.given_N, self.N) * _share(self.given_T, self.T)

    def noise(self, V: Floats) -> Floats:
        """The noise of the sum over J from that of the integral."""
        return V * _share(self.given_T, self.T) - 0.5 / self.T

    def error(self, S: Floats) -> Floats:
        """The relative error of a loss S by a finite M, an early time, and a small size."""
        alpha = self.alpha
        tail = float(self.spectrum.M) ** -alpha / alpha
        cutoff = tail * ((1 + alpha) / S + self.tau * self.shared)
        n = np.minimum(self.given_N, self.given_T)
        return cutoff + early_error(alpha, self.tau) + discreteness_error(self.spectrum, n)


def flow(model: ScalingModel, tau: ArrayLike, **given: ArrayLike) -> Flow:
    """The checked arguments of a law of training time; a size that is not given is infinite."""
    require_model(model, single=True, plain=True)
    if not isinstance(model.spectrum, PowerLaw):
        raise ValueError(f"model must have a PowerLaw spectrum, got {shortened(model)}")
    spectrum = require_power_law(model.spectrum)
    each = {name: sizes(name, value) for name, value in given.items()}
    arrays = broadcast(tau=times_of_flow(tau), **each)
    named = dict(zip(["tau", *each], arrays, strict=True))
    infinite = np.full(arrays[0].shape, np.inf)
    N, T = (named.get(name, infinite) for name in "NT")
    longer = named["tau"] / _share(N, N + 0.5) / _share(T, T + 0.5)
    return Flow(spectrum, N + 0.5, T + 0.5, longer, N, T)


def early_error(alpha: float, tau: Floats) -> Floats:
    """What the integral over J misses of a sum at early times, exponentially small in tau (20.3).

    4 exp(-2 pi (1 + 1/a) sin(pi/(2a + 2)) (a tau/(2 pi))^(1/(a+1))) with a = 1 + alpha.
    """
    a = 1 + alpha
    place = (a * tau / (2 * np.pi)) ** (1 / (a + 1))
    return 4 * np.exp(-2 * np.pi * (1 + 1 / a) * np.sin(np.pi / (2 * a + 2)) * place)


def times_of_flow(tau: ArrayLike) -> Floats:
    """Times in (0, inf)."""
    values = numeric("tau", tau, "finite and > 0")
    bad = ~((values > 0) & np.isfinite(values))
    if values.size == 0:
        raise ValueError("tau is empty; it must hold at least one value")
    if np.any(bad):
        raise ValueError(f"tau must be finite and > 0, got {values[bad].flat[0]:g}")
    return values


def exponent_and_constant(alpha: float) -> tuple[float, float]:
    """s = 1/(1 + alpha) and c of df1 = c Delta^-s (9.5)."""
    alpha = number("alpha", alpha)
    s = 1 / (1 + alpha)
    return s, float(power_law_constant(alpha) ** s)


def _share(size: Floats, larger: Floats) -> Floats:
    """size/larger, 1 where both are infinite."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(size), 1.0, size / larger)
