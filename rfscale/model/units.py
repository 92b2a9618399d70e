r"""The factors between a model and the equations, which know neither units nor amplitudes (1.19).

.. math:: L_\mathrm{signal} = \frac{\sigma_w^2 \lambda_+}{2M}\, \mathcal{S}, \qquad
          L_\mathrm{noise} = \frac{\sigma_\epsilon^2}{2}\, \mathcal{V}, \qquad
          \text{both of}\;\; \frac{\gamma M}{\sigma_u^2 \lambda_+}

Products whose factors may be out of the range of float64 where the result is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.support.arguments import Floats, sizes, strengths
from rfscale.support.described import described
from rfscale.support.products import log_product, scaled_product

if TYPE_CHECKING:
    from rfscale.model.scaling_model import ScalingModel


class Units:
    """The units of the losses and of the ridge of a model."""

    def __init__(self, model: ScalingModel) -> None:
        self._model = model

    @cached_property
    def signal(self) -> Floats:
        """Signal loss per unit of trace in units of lambda_+, sigma_w^2 lambda_+ / (2M).

        For given weights the largest w_J^2 takes the place of sigma_w^2/M.
        """
        return self._signal(self._model.spectrum.largest)

    @cached_property
    def test_signal(self) -> Floats:
        """The same for errors weighted with the test spectrum, in units of its largest variance."""
        return self._signal(self._model.tested_on.largest)

    @property
    def noise(self) -> float:
        """Noise loss per unit of its trace, sigma_eps^2 / 2."""
        return self._model.sigma_eps * self._model.sigma_eps / 2

    @cached_property
    def test_noise(self) -> Floats:
        """The same with the test spectrum, in units of its largest variance."""
        model = self._model
        if model.test_spectrum is None:
            return np.asarray(self.noise)[()]
        squares = [model.sigma_eps, model.sigma_eps, model.tested_on.largest]
        return _product(squares, [2, model.spectrum.largest])

    @property
    def log_noise_to_signal(self) -> Floats:
        """log of eta = sigma_eps^2 M/sigma_w^2 in units of lambda_+ (12.9).

        -inf without noise, inf without teacher, NaN without both.
        """
        model = self._model
        noise = [model.sigma_eps, model.sigma_eps, model.M]
        with np.errstate(invalid="ignore"):
            return log_product(noise, [model.sigma_w, model.sigma_w, model.spectrum.largest])

    def log_ridge(self, ridge: ArrayLike, *, per: tuple[ArrayLike, ...] = ()) -> Floats:
        """log of gamma M/(sigma_u^2 lambda_+) over the sizes in `per`: all that losses depend on.

        A logarithm, because the ratio itself may lie beyond the range of float64. ValueError if an
        argument is out of its range, as for the other three.
        """
        model = self._model
        unit: list[Any] = [model.sigma_u, model.sigma_u, model.spectrum.largest]
        return log_product([strengths("ridge", ridge), model.M], [*unit, *_sizes(per)])

    def log_kernel_ridge(
        self, kernel_ridge: ArrayLike, *, per: tuple[ArrayLike, ...] = ()
    ) -> Floats:
        """The same of delta = gamma M/(sigma_u^2 N), the ridge of the kernel u^T u M/(sigma_u^2 N).

        That is log of delta/lambda_+ over the sizes in `per`, N not among them.
        """
        delta = strengths("kernel_ridge", kernel_ridge)
        return log_product([delta], [self._model.spectrum.largest, *_sizes(per)])

    def ridge(self, kernel_ridge: ArrayLike, N: ArrayLike) -> Floats:
        """gamma = delta sigma_u^2 N/M; 0 without a ridge, also where N is infinite."""
        model = self._model
        delta = strengths("kernel_ridge", kernel_ridge)
        gamma = _product([delta, model.sigma_u, model.sigma_u, sizes("N", N)], [model.M])
        return np.where(np.equal(delta, 0.0), 0.0, gamma)[()]

    def kernel_ridge(self, ridge: ArrayLike, N: ArrayLike) -> Floats:
        """delta = gamma M/(sigma_u^2 N)."""
        model = self._model
        gamma = strengths("ridge", ridge)
        N = sizes("N", N)
        if np.any(np.isinf(gamma) & np.isinf(N)):
            raise ValueError("ridge must be finite where N is inf, got inf")
        return _product([gamma, model.M], [model.sigma_u, model.sigma_u, N])

    def _signal(self, largest: ArrayLike) -> Floats:
        model = self._model
        weight = model.teacher.largest
        count = model.M if weight is None else 1
        amplitude = 1.0 if weight is None else weight
        factors = [model.sigma_w, model.sigma_w, amplitude, amplitude, largest]
        return _product(factors, [2, count])


def _sizes(per: tuple[ArrayLike, ...]) -> list[Floats]:
    if not isinstance(per, tuple):
        raise ValueError(f"per must be a tuple of sizes, got {described(per)}")
    return [sizes("per", values) for values in per]


def _product(numerator: Sequence[ArrayLike], denominator: Sequence[ArrayLike]) -> Floats:
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return np.ldexp(*scaled_product(numerator, denominator))[()]
