r"""What the laws of training time share: their arguments, and the errors that they state.

Times are tau = t N T lambda_+ sigma_u^2/M, of gradient flow of a sum over samples. The sum over J
is its integral less 1/2 (9.14), so that N + 1/2 and T + 1/2 stand for N and T, with the losses

.. math:: \mathcal S \to \frac{NT\,\mathcal S}{(N+\frac12)(T+\frac12)}, \qquad
          \mathcal V \to \frac{T \mathcal V - \frac12}{T + \frac12}.

which is (20.3).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.model.spectra import PowerLaw
from rfscale.model.teachers import SourceCondition
from rfscale.support.arguments import Floats, broadcast, numeric, sizes
from rfscale.support.described import shortened
from rfscale.support.products import times
from rfscale.theory.asymptotics.errors import (
    discreteness_error,
    require_power_law,
)
from rfscale.theory.asymptotics.flow_edge import lower_edge


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
        return S * share(self.given_N, self.N) * share(self.given_T, self.T)

    def noise(self, V: Floats) -> Floats:
        """The noise of the sum over J from that of the integral."""
        return V * share(self.given_T, self.T) - 0.5 / self.T

    @property
    def ordered(self) -> tuple[Floats, Floats]:
        """n = min(N, T), and n/max(N, T), 1 where both are infinite."""
        n = np.minimum(self.N, self.T)
        return n, share(n, np.maximum(self.N, self.T))

    def error(self, S: Floats) -> Floats:
        """The relative error of a signal S by a finite M, an early time, and a small size.

        (1/(alpha M^alpha)) ((1 + alpha)/S + tau (1/N + 1/T)) is what no feature sees, and does,
        until the smallest eigenvalue is learned.
        """
        alpha = self.alpha
        tail = float(self.spectrum.M) ** -alpha / alpha
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            relaxed = 1 / lower_edge(alpha, *self.ordered).sigma
            # at N = T there is no edge above 0
            late = np.where(self.ordered[1] < 1, np.minimum(self.tau, relaxed), self.tau)
        cutoff = tail * ((1 + alpha) / S + late * self.shared)
        n = np.minimum(self.given_N, self.given_T)
        return cutoff + early_error(alpha, self.tau) + discreteness_error(self.spectrum, n)

    def noise_error(self, S: Floats, V: Floats) -> Floats:
        """The same of the noise V, where small alpha and few samples leave small differences."""
        with np.errstate(divide="ignore", invalid="ignore"):
            few = np.where(np.isinf(self.T), 0.0, 1 / (self.T * np.maximum(V, 0.0)))
        return 4 * (1 + 1 / self.alpha) * (1 + few) * self.error(S)

    def losses(self, model: ScalingModel, S: Floats, V: Floats) -> tuple[Floats, Floats]:
        """Both in the units of the model."""
        noise = times(model.units.noise, np.maximum(V, 0.0))
        return times(model.units.signal, S)[()], noise[()]


def worse(model: ScalingModel, signal_error: Floats, noise_error: Floats) -> Floats:
    """The larger of both errors, that of the noise only where there is label noise."""
    return np.maximum(signal_error, noise_error) if model.sigma_eps else signal_error


def flow(model: ScalingModel, tau: ArrayLike, source: bool = False, **given: ArrayLike) -> Flow:
    """The checked arguments of a law of training time; a size that is not given is infinite.

    With `source` the teacher may be a source condition.
    """
    of_source = source and isinstance(model, ScalingModel) and _has_source_condition(model)
    require_model(model, single=True, plain=not of_source)
    spectrum = power_law_of(model)
    each = {name: sizes(name, value) for name, value in given.items()}
    arrays = broadcast(tau=positive("tau", tau), **each)
    named = dict(zip(["tau", *each], arrays, strict=True))
    infinite = np.full(arrays[0].shape, np.inf)
    N, T = (named.get(name, infinite) for name in "NT")
    longer = named["tau"] / share(N, N + 0.5) / share(T, T + 0.5)
    return Flow(spectrum, N + 0.5, T + 0.5, longer, N, T)


def power_law_of(model: ScalingModel) -> PowerLaw:
    """Its spectrum, or ValueError if that is not a single PowerLaw."""
    if not isinstance(model.spectrum, PowerLaw):
        raise ValueError(f"model must have a PowerLaw spectrum, got {shortened(model)}")
    return require_power_law(model.spectrum)


def early_error(alpha: float, tau: Floats) -> Floats:
    """What the integral over J misses of a sum at early times, exponentially small in tau (20.4).

    6 exp(-2 pi (1 + 1/a) sin(pi/(2a + 2)) (a tau/(2 pi))^(1/(a+1))) with a = 1 + alpha.
    """
    a = 1 + alpha
    place = (a * tau / (2 * np.pi)) ** (1 / (a + 1))
    return 6 * np.exp(-2 * np.pi * (1 + 1 / a) * np.sin(np.pi / (2 * a + 2)) * place)


def positive(name: str, given: ArrayLike) -> Floats:
    """Times, or costs, in (0, inf)."""
    values = numeric(name, given, "finite and > 0")
    bad = ~((values > 0) & np.isfinite(values))
    if values.size == 0:
        raise ValueError(f"{name} is empty; it must hold at least one value")
    if np.any(bad):
        raise ValueError(f"{name} must be finite and > 0, got {values[bad].flat[0]:g}")
    return values


def _has_source_condition(model: ScalingModel) -> bool:
    """Whether that is all that is not plain; ValueError where its sum does not converge."""
    if model.test_spectrum is not None or not isinstance(model.teacher, SourceCondition):
        return False
    beta = model.teacher.beta
    alpha = getattr(model.spectrum, "alpha", np.inf)
    if not np.all(beta > -alpha):
        raise ValueError(f"model must have beta > -alpha, got {beta:g} with alpha = {alpha:g}")
    return True


def share(size: Floats, larger: Floats) -> Floats:
    """size/larger, 1 where both are infinite."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isinf(size), 1.0, size / larger)
