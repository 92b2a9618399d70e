"""A model and its sizes as mpmath numbers, of the working precision."""

from __future__ import annotations

from typing import Any, NamedTuple

import mpmath as mp

from rfscale.exact.numbers import exact_number
from rfscale.model import ScalingModel
from rfscale.model.spectra import PowerLaw, Variances
from rfscale.model.teachers import GivenWeights
from rfscale.support.described import described


class Problem(NamedTuple):
    """All that the equations need, as mpmath numbers of the working precision."""

    eigenvalues: list[Any]
    rho: list[Any]  # lambda'/lambda
    weights: list[Any]  # E w^2
    N: Any
    T: Any
    kappa: Any  # gamma M/sigma_u^2
    noise: Any  # sigma_eps^2

    @property
    def smaller(self) -> Any:
        """n = min(N, T)."""
        return min(self.N, self.T)

    @property
    def share(self) -> Any:
        """n/m, and 1 where both are infinite."""
        return mp.mpf(1) if self.N == self.T else self.smaller / max(self.N, self.T)

    @property
    def gap(self) -> Any:
        """1 - n/m, with the digits of the difference."""
        larger = max(self.N, self.T)
        if self.N == self.T:
            return mp.mpf(0)
        return mp.mpf(1) if mp.isinf(larger) else (larger - self.smaller) / larger

    @property
    def per_sizes(self) -> Any:
        """kappa/(N T), below which Delta never falls."""
        return self.kappa / self.N / self.T


def stated(model: ScalingModel, N: Any, T: Any, ridge: Any) -> Problem:
    """The problem, or ValueError for an argument that is out of its range."""
    N = _positive("N", N, "> 0 (inf is allowed)")
    T = _positive("T", T, "> 0 (inf is allowed)")
    ridge = _positive("ridge", ridge, ">= 0", zero=True)
    if mp.isinf(ridge) and (mp.isinf(N) or mp.isinf(T)):
        raise ValueError("ridge must be finite where N or T is inf, got inf")
    eigenvalues = _variances(model.spectrum)
    test = eigenvalues if model.test_spectrum is None else _variances(model.test_spectrum)
    return Problem(
        eigenvalues=eigenvalues,
        rho=[shifted / own for shifted, own in zip(test, eigenvalues, strict=True)],
        weights=_weights(model),
        N=N,
        T=T,
        kappa=ridge * model.M / mp.mpf(model.sigma_u) ** 2,
        noise=mp.mpf(model.sigma_eps) ** 2,
    )


def _positive(name: str, value: Any, allowed: str, *, zero: bool = False) -> Any:
    """One number > 0, or >= 0 with `zero`."""
    number = exact_number(name, value)
    if not (number > 0 or (zero and number == 0)):
        raise ValueError(f"{name} must be {allowed}, got {described(value)}")
    return number


def _variances(spectrum: Any) -> list[Any]:
    """Eigenvalues of a spectrum, or variances of test data."""
    if isinstance(spectrum, PowerLaw):
        scale = mp.mpf(spectrum.scale)
        power = -1 - mp.mpf(spectrum.alpha)
        return [scale * mp.mpf(J) ** power for J in range(1, spectrum.M + 1)]
    array = spectrum.array if isinstance(spectrum, Variances) else spectrum.positive
    return [mp.mpf(float(value)) for value in array]


def _weights(model: ScalingModel) -> list[Any]:
    """E w_J^2 of the teacher."""
    teacher = model.teacher
    square = mp.mpf(model.sigma_w) ** 2
    if teacher.power is not None:
        power = -mp.mpf(teacher.power)
        return [square / model.M * mp.mpf(J) ** power for J in range(1, model.rank + 1)]
    if isinstance(teacher, GivenWeights):
        return [square * mp.mpf(float(weight)) ** 2 for weight in teacher.array]
    unit = square / model.M if teacher.largest is None else square * mp.mpf(teacher.largest) ** 2
    return [unit * mp.mpf(float(w)) ** 2 for w in teacher.relative(0, model.rank)]
