"""The closed form of the optimal ridge of a power law, (12.15) to (12.17)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.model.spectra import PowerLaw
from rfscale.support.arguments import Floats, broadcast, sizes
from rfscale.support.described import shortened
from rfscale.theory.asymptotics.errors import cutoff_error, power_law_constant
from rfscale.theory.asymptotics.regime import check_regime


def optimal_ridge_power_law(
    model: ScalingModel, N: ArrayLike, T: ArrayLike
) -> tuple[Floats, Floats]:
    r"""The optimal ridge and its test loss, for M -> infinity without label noise.

    With kappa = 2/(alpha (1 + alpha)), and a the degrees of freedom df1 at the optimum, (12.15),
    (12.16) and (12.17) are

    .. math:: a = \frac{2NT}{N + T + \sqrt{(N-T)^2 + 4\kappa NT}}, \qquad
              \gamma = \frac{\sigma_u^2\lambda_+}{M} \kappa C a^{1-\alpha}, \qquad
              L = \frac{\sigma_w^2\lambda_+}{2M} C a^{-\alpha}
              \frac{N + T - (1 - \kappa) a}{N + T - 2 (1 - 1/\alpha) a}

    At alpha = 1 the ridge is (sigma_u^2 lambda_+/M)(pi/2)^2 for all N and T, and L = k (1/N + 1/T),
    the phenomenological law (12.19) with k = (sigma_w^2 lambda_+/2M)(pi/2)^2.

    Regime 1 + alpha << a << M; with e = (1+alpha)/(2a) and f = `cutoff_error` at a, the relative
    error is at most 1.25 e + 2 f for the loss and 2 e + 7 f for the ridge, on which the loss
    depends little. Warns where the latter is above 10 percent.

    Parameters
    ----------
    model : ScalingModel
        With a `PowerLaw` spectrum and sigma_eps = 0.
    N, T : array_like
        Finite numbers of features and samples > 0.

    Returns
    -------
    ridge, test : ndarray

    Raises
    ------
    ValueError
        For another spectrum, sigma_eps > 0, or infinite sizes.

    Examples
    --------
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=100_000))
    >>> ridge, test = optimal_ridge_power_law(model, N=100, T=50)
    >>> print(ridge * 100_000)  # (pi/2)^2
    2.4674
    """
    require_model(model, single=True, plain=True)
    spectrum = model.spectrum
    if not isinstance(spectrum, PowerLaw) or model.sigma_eps:
        said = shortened(model)
        raise ValueError(f"model must have a PowerLaw spectrum and sigma_eps = 0, got {said}")
    N, T = broadcast(N=sizes("N", N), T=sizes("T", T))
    if np.any(np.isinf(N) | np.isinf(T)):
        raise ValueError("N and T must be finite, got inf")
    alpha = spectrum.alpha
    C = power_law_constant(alpha)
    a = best_df1(N, T, alpha)
    error = (1 + alpha) / a + 7 * cutoff_error(spectrum, a)
    check_regime("optimal_ridge_power_law", "1 + alpha << df1 << M at the optimum", error)
    unit = model.sigma_u * spectrum.scale * model.sigma_u / model.M
    ridge = unit * kappa(alpha) * C * a ** (1 - alpha)
    return ridge[()], (model.units.signal * C * best_loss(N, T, alpha))[()]


def kappa(alpha: Any) -> Any:
    """2/(alpha (1 + alpha)), of (12.15) to (12.17)."""
    return 2 / (alpha * (1 + alpha))


def best_df1(N: Any, T: Any, alpha: Any) -> Any:
    """The degrees of freedom a at the optimum (12.15), homogeneous in N and T."""
    return 2 * N * T / (N + T + np.sqrt((N - T) ** 2 + 4 * kappa(alpha) * N * T))


def best_loss(N: Any, T: Any, alpha: Any) -> Any:
    """The least loss (12.17) over its constant, homogeneous: b^-alpha times it at (bN, bT)."""
    a = best_df1(N, T, alpha)
    return a**-alpha * (N + T - (1 - kappa(alpha)) * a) / (N + T - 2 * (1 - 1 / alpha) * a)
