"""The laws of one-pass SGD on a power law: its loss while it learns, and its best step (21.12),
(21.13).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import brentq
from scipy.special import gamma, rgamma

from rfscale.model import ScalingModel, require_model
from rfscale.model.spectra import PowerLaw
from rfscale.model.training import SGD
from rfscale.support.arguments import Floats, broadcast, require_kind, sizes
from rfscale.support.described import shortened
from rfscale.theory.asymptotics.errors import power_law_constant
from rfscale.theory.asymptotics.regime import check_regime
from rfscale.traces.complex_sums import WideNodes, complex_traces, wide_power_law


def sgd_power_law(model: ScalingModel, N: ArrayLike, training: SGD) -> Floats:
    r"""The test loss of one-pass SGD on a power law before N features are learned (21.12).

    That of gradient flow, over 1 - G, and what is learned of the label noise:

    .. math:: L = \frac{\sigma_w^2\lambda_+}{2M} \frac{\rho\, \Gamma(1 - \rho)\, (2 \tau)^{-\alpha
              \rho}}{1 - G} + \frac{\sigma_\epsilon^2}{2} \frac{G}{1 - G}, \qquad G = \frac1B \sum_J
              \frac{h \lambda_J}{2 - h (1 + 1/B) \lambda_J}

    after k steps, with rho = 1/(1+alpha), h = eta sigma_u^2 N/M and tau = k h lambda_+. G is the
    share of the loss that the noise of the gradient adds at each time; for h lambda_+ << 2 it is x
    = eta tr C/2B.

    Regime 1 << 2 tau << N^(1+alpha), M^(1+alpha). The relative error, of the signal where there is
    label noise, is estimated from the next term in each: of N, of M, of G, which is smaller in
    early times, of the steps, and what the first direction leaves. Others add 0.2 percent at 2 tau
    = 30, less later. Warns above 10 percent.

    Parameters
    ----------
    model : ScalingModel
        With a `PowerLaw` spectrum and an isotropic teacher.
    N : array_like
        Numbers of features > 0, which broadcast with the fields of the training.
    training : SGD

    Raises
    ------
    ValueError
        For another model or training, no steps, or a step that is too large: G >= 1.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(PowerLaw(alpha=1.0, M=10**9))
    >>> training = SGD(steps=100_000, batch=1, relative_step=0.4)
    >>> law = sgd_power_law(model, 1e6, training)
    >>> print(law / rf.predict(model, 1e6, np.inf, training=training).test)
    0.9996
    """
    spectrum = _power_law(model)
    require_kind("training", training, SGD)
    N = sizes("N", N)
    step = training.relative_to(_unit(model, N))
    fields = {"steps": np.asarray(training.steps), "batch": np.asarray(training.batch)}
    N, step, steps, batch = broadcast(N=N, step=step, **fields)
    if np.any(steps == 0):
        raise ValueError("steps must be >= 1, got 0")
    G = _share(spectrum, step, batch)
    regime = "1 << 2 tau << N^(1 + alpha), M^(1 + alpha)"
    check_regime("sgd_power_law", regime, _error(spectrum, N, steps, step, batch, G))
    rho = 1.0 / (1.0 + spectrum.alpha)
    signal = rho * gamma(1.0 - rho) * (2.0 * steps * step) ** (rho - 1.0) / (1.0 - G)
    return np.asarray(model.units.signal * signal + model.units.noise * G / (1.0 - G))[()]


def best_sgd_step(model: ScalingModel, N: ArrayLike, batch: ArrayLike = 1) -> Floats:
    r"""The step of one-pass SGD that makes the most of many samples, on a power law (21.13).

    Where `sgd_power_law` is least for T = k B samples, without label noise,

    .. math:: \sum_J \frac{\lambda_J z}{(z - \lambda_J)^2} = \frac{\alpha}{1 + \alpha} \Big[B + 1 -
              \sum_J \frac{\lambda_J}{z - \lambda_J}\Big], \qquad \eta = \frac{M}{\sigma_u^2 N}
              \frac{2B}{(B + 1) z}

    for any number of samples. If the step is small for all directions, x = eta tr C/2B is alpha/(1
    + 2 alpha); on a power law with alpha = 1 it is not, and x is 0.23 for B = 1, not 1/3, and less
    for larger batches. Regime and error of the loss as for `sgd_power_law`, which gives it.
    `rfscale.optimal_sgd_step` is the best step of any model, N and T.

    Parameters
    ----------
    model : ScalingModel
        With a `PowerLaw` spectrum, an isotropic teacher and sigma_eps = 0.
    N, batch : array_like
        Numbers of features, finite, and of samples a step, which broadcast.

    Returns
    -------
    step_size : ndarray

    Raises
    ------
    ValueError
        For another model, sigma_eps > 0 or infinite N.

    Examples
    --------
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=10**9))
    >>> print(best_sgd_step(model, N=1e5, batch=[1, 10]) * 1e5 / 1e9)  # in the largest direction
    [0.2758 1.1104]
    """
    spectrum = _power_law(model)
    if model.sigma_eps:
        raise ValueError(f"model must have sigma_eps = 0, got {shortened(model)}")
    N, batch = broadcast(N=sizes("N", N), batch=sizes("batch", batch, whole=True))
    if np.any(np.isinf(N)):
        raise ValueError("N must be finite, got inf")
    wide = wide_power_law(spectrum.alpha, float(spectrum.M))
    relative = [_best_relative(wide, spectrum.alpha, size) for size in batch.flat]
    return np.asarray(np.reshape(relative, N.shape) / _unit(model, N))[()]


def _power_law(model: ScalingModel) -> PowerLaw:
    """The spectrum of a plain model, if it is a power law."""
    require_model(model, single=True, plain=True)
    if not isinstance(model.spectrum, PowerLaw):
        raise ValueError(f"model must have a PowerLaw spectrum, got {shortened(model)}")
    return model.spectrum


def _unit(model: ScalingModel, N: Floats) -> Floats:
    """sigma_u^2 lambda_+ N/M."""
    return np.exp(-model.units.log_ridge(1.0, per=(N,)))


def _sums(wide: WideNodes, z: float) -> tuple[float, float]:
    """The sums of lambda/(z - lambda) and of its square."""
    at = complex_traces(wide, complex(-z))
    return -at.df1.real, (at.df1 - at.df1_minus_df2).real


def _share(spectrum: PowerLaw, step: Floats, batch: Floats) -> Floats:
    """G, below 1."""
    wide = wide_power_law(spectrum.alpha, float(spectrum.M))
    z = 2.0 * batch / (step * (batch + 1.0))
    sums = [_sums(wide, at)[0] if at > 1.0 else np.inf for at in z.flat]
    G = np.reshape(sums, z.shape) / (batch + 1.0)
    if not np.all(G < 1):
        raise ValueError(
            f"step_size must be such that G < 1, from where on SGD is not stable, got {np.max(G):g}"
        )
    return G


def _best_relative(wide: WideNodes, alpha: float, batch: float) -> float:
    """The best step in units of M/(sigma_u^2 lambda_+ N)."""

    def excess(log_v: float) -> float:  # z = 1 + v
        first, second = _sums(wide, 1.0 + np.exp(log_v))
        return first + second - alpha / (1.0 + alpha) * (batch + 1.0 - first)

    # between where the first direction alone, and where all together, are as large as they may be
    high = np.log(1.0 + 4.0 * wide.nodes.trace * (1.0 + alpha) / alpha)
    v = np.exp(brentq(excess, -np.log(batch + 1.0) - 1.0, high, xtol=1e-14))
    return float(2.0 * batch / ((batch + 1.0) * (1.0 + v)))


def _error(
    spectrum: PowerLaw, N: Floats, steps: Floats, step: Floats, batch: Floats, G: Floats
) -> Floats:
    """The relative error of the signal, from the next term in each small number."""
    alpha = spectrum.alpha
    rho = 1.0 / (1.0 + alpha)
    q = alpha * rho
    c = power_law_constant(alpha) ** rho
    twice = 2.0 * steps * step
    of_N = (1.0 - rho) * c * gamma(rho) * rgamma(2.0 * rho) * twice**rho / N
    early = step / (2.0 * batch) / (1.0 - G) * c * gamma(rho) * np.abs(rgamma(2.0 * rho - 1.0))
    of_M = gamma(rho) / c / alpha * (twice**rho / spectrum.M) ** alpha
    of_steps = np.abs(1.0 - 1.0 / batch) * q * (q + 1.0) / (4.0 * steps)
    first = np.abs(1.0 - 2.0 * step + (1.0 + 2.0 / batch) * step**2) ** steps
    of_first = first * twice**q / (rho * gamma(1.0 - rho))
    return np.asarray(of_N + early * twice ** (rho - 1.0) + of_M + of_steps + of_first)
