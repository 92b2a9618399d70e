r"""The random-feature model: everything that is assumed, in one frozen object.

.. math:: y = w x + \epsilon, \quad \varphi = u x, \quad
          L_A = \tfrac12 \|\theta\varphi - y\|^2 + \tfrac{\gamma}{2}\|\theta\|^2, \quad
          x_J \sim N(0, \lambda_J),\; w_J \sim N(0, \sigma_w^2/M),\; u_{iJ} \sim N(0, \sigma_u^2/M),\;
          \epsilon \sim N(0, \sigma_\epsilon^2)

The ridge gamma is not divided by T, and test losses carry the factor 1/2 and clean labels.
Source: [MRS], with its normalisations; references are listed in `rfscale.theory`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from rfscale.arguments import Floats, number
from rfscale.products import log_product, scaled_product
from rfscale.spectrum import Spectrum


class RegimeWarning(UserWarning):
    """An approximate formula was used outside the regime in which its stated error holds."""


def require_model(model: object, *, single: bool = False) -> None:
    """Raise ValueError if the argument is not a ScalingModel, or not one of a single spectrum where that is needed."""
    if not isinstance(model, ScalingModel):
        raise ValueError(f"model must be a ScalingModel, got {model!r}")
    if single and model.spectrum.shape:
        raise ValueError(f"model must have a single spectrum here, got an array of shape {model.spectrum.shape}")


@dataclass(frozen=True)
class ScalingModel:
    """Latent spectrum, teacher, features and label noise of the random-feature model.

    Parameters
    ----------
    spectrum : Spectrum
        `PowerLaw` or `Eigenvalues`; its M is the number of latent dimensions. An array of power laws stands for as
        many models in `predict` and `optimal_ridge`.
    sigma_w : float
        Teacher: w_J ~ N(0, sigma_w^2/M), >= 0.
    sigma_u : float
        Features: u_iJ ~ N(0, sigma_u^2/M), > 0.
    sigma_eps : float
        Standard deviation of the noise on the training labels, >= 0.

    Raises
    ------
    ValueError
        If a parameter is out of its range.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> ScalingModel(PowerLaw(alpha=1.0, M=1000), sigma_eps=0.1).M
    1000
    """

    spectrum: Spectrum
    sigma_w: float = 1.0
    sigma_u: float = 1.0
    sigma_eps: float = 0.0

    def __post_init__(self) -> None:
        if not isinstance(self.spectrum, Spectrum):
            raise ValueError(f"spectrum must be a PowerLaw or Eigenvalues, got {self.spectrum!r}")
        object.__setattr__(self, "sigma_w", number("sigma_w", self.sigma_w, zero=True))
        object.__setattr__(self, "sigma_u", number("sigma_u", self.sigma_u))
        object.__setattr__(self, "sigma_eps", number("sigma_eps", self.sigma_eps, zero=True))

    @property
    def M(self) -> int:
        """Number of latent dimensions."""
        return self.spectrum.M

    @property
    def signal_unit(self) -> Floats:
        """sigma_w^2 lambda_+ / (2M): the signal loss per unit of trace in units of lambda_+."""
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(*scaled_product([self.sigma_w, self.sigma_w, self.spectrum.scale], [2, self.M]))[()]

    @property
    def noise_unit(self) -> float:
        """sigma_eps^2 / 2: the noise loss per unit of its trace."""
        return self.sigma_eps * self.sigma_eps / 2

    def log_reduced_ridge(self, ridge: ArrayLike, *, per: tuple[ArrayLike, ...] = ()) -> Floats:
        """log of gamma M / (sigma_u^2 lambda_+), divided by the sizes in `per`: all the losses depend on.

        A logarithm, because the ratio itself may lie beyond the range of float64.
        """
        return log_product([ridge, self.M], [self.sigma_u, self.sigma_u, self.spectrum.scale, *per])
