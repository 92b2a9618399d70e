r"""The best size and time of training for a given amount of compute, for a power law.

.. math:: \min_{N \tau = \mathcal C} \mathcal S = k\, \mathcal C^{-\alpha/(2+\alpha)}, \qquad
          \min_{N T \tau = \mathcal C} \mathcal S = k\, \mathcal C^{-\alpha/(3+\alpha)}

(20.25) and (20.26): S = n^-alpha f(tau/n^(1+alpha)) on infinitely many samples, and at N = T, where
the least loss for N T tau is found. Exponents: [Bordelon], [Paquette]; constants k: derived here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
import scipy  # loads its parts when they are first used
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.model.training.mixtures import Complexes, talbot
from rfscale.support.arguments import Floats, choice, number
from rfscale.support.products import times
from rfscale.theory.asymptotics.errors import cutoff_error
from rfscale.theory.asymptotics.flow_arguments import (
    positive,
    power_law_of,
)
from rfscale.theory.asymptotics.flow_edge import exponent_and_constant
from rfscale.theory.asymptotics.flow_one_resource import scaled_signal
from rfscale.theory.asymptotics.regime import check_regime

COSTS = {"N tau": 2, "N T tau": 3}  # the cost is x n^(alpha + this), x = tau/n^(1+alpha)
RANGE = (-20.0, 1.0)  # of log10 of the best x
REAL_STEPS = 20  # of Newton's method, on the positive axis
TURNS = 8  # from there to the contour
TURN_STEPS = 4  # after each turn


class BestFlow(NamedTuple):
    """Sizes, time and loss at the best use of compute.

    Attributes
    ----------
    N, T : ndarray
        Features and samples; T is infinite for the cost N tau.
    tau : ndarray
        t N T lambda_+ sigma_u^2/M.
    signal : ndarray
        The test loss, in the units of the model.
    """

    N: Floats
    T: Floats
    tau: Floats
    signal: Floats


def compute_optimal_time(model: ScalingModel, compute: ArrayLike, cost: str = "N tau") -> BestFlow:
    """The N, T and tau at which gradient flow has the least signal loss, (20.25) and (20.26).

    Where a sample is used once, and samples are free, the cost of a unit of tau is N operations; of
    a full batch it is N T, and the best is N = T. Neither has a ridge or label noise. Regime N >> 1
    + alpha and N << M; relative error (2 + 2 alpha)/N + 4 `cutoff_error` at N, warns above 10
    percent. For a finite M and all else: `predict` with `training`.

    Parameters
    ----------
    model : ScalingModel
        With a single `PowerLaw` spectrum.
    compute : array_like
        The cost > 0, finite.
    cost : {"N tau", "N T tau"}
        Population flow, or a full batch.

    Returns
    -------
    BestFlow

    Raises
    ------
    ValueError
        For another spectrum or cost, or arguments out of range.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=10**9), sigma_w=2e9**0.5)
    >>> best = compute_optimal_time(model, 1e9)
    >>> print(best.N, best.tau, best.signal * 1e9 ** (1 / 3))
    2971. 3.365e+05 1.5458
    """
    require_model(model, single=True, plain=True)
    spectrum = power_law_of(model)
    compute = positive("compute", compute)
    alpha = float(spectrum.alpha)
    x, _ = compute_optimal_constants(alpha, cost)
    N = (compute / x) ** (1 / (COSTS[cost] + alpha))
    tau = x * N ** (1 + alpha)
    error = (2 + 2 * alpha) / N + 4 * cutoff_error(spectrum, N)
    check_regime("compute_optimal_time", "1 + alpha << N << M at the optimum", error)
    S = _loss(cost)(alpha, np.asarray(x)) * N**-alpha
    T = np.full(N.shape, np.inf) if cost == "N tau" else N
    return BestFlow(N[()], T[()], tau[()], times(model.units.signal, S)[()])


def compute_optimal_constants(alpha: float, cost: str = "N tau") -> tuple[float, float]:
    """x and k at the best use of compute, tau = x N^(1+alpha) and S = k C^-e, (20.25), (20.26).

    e = alpha/(2 + alpha) of the cost N tau, alpha/(3 + alpha) of N T tau; S is the signal loss in
    units of sigma_w^2 lambda_+/(2M). alpha in [0.01, 20]; relative error 1e-8 of k, 1e-4 of x,
    the place of a minimum.

    Examples
    --------
    >>> x, k = compute_optimal_constants(1.0)
    >>> print(f"{x:.5f} {k:.5f}")
    0.03813 1.54581
    """
    alpha = number("alpha", alpha)
    choice("cost", cost, COSTS)
    if not 0.01 <= alpha <= 20:
        raise ValueError(f"alpha must be in [0.01, 20], got {alpha:g}")
    return _constants(alpha, cost)


@cache
def _constants(alpha: float, cost: str) -> tuple[float, float]:
    power = alpha / (COSTS[cost] + alpha)

    def loss(y: float) -> float:
        return float(power * y + np.log(_loss(cost)(alpha, np.exp(np.asarray(y)))))

    grid = np.log(10.0) * np.arange(RANGE[0], RANGE[1] + 0.5, 0.5)
    best = grid[int(np.argmin([loss(y) for y in grid]))]
    around = (best - 1.2, best, best + 1.2)
    found = scipy.optimize.minimize_scalar(loss, bracket=around, tol=1e-9)
    return float(np.exp(found.x)), float(np.exp(found.fun))


def _loss(cost: str) -> Callable[[float, Floats], Floats]:
    """f(x) of the cost."""
    return scaled_signal if cost == "N tau" else full_batch_signal


def full_batch_signal(alpha: float, x: Floats) -> Floats:
    """f(x) of S = N^-alpha f(tau/N^(1+alpha)) at N = T, one x > 0: the contour (20.1).

    In y = log(d/(1 - d)), d = df1/N, the fixed point Delta (1 - d)^2 = g, Delta = (c/d)^(1+alpha),
    is found by Newton's method, from real ridges on arcs to those of the contour.
    """
    s, c = exponent_and_constant(alpha)
    z, w = talbot()
    ridges = z / x
    y = np.zeros(z.shape, dtype=complex)
    turns = np.r_[np.zeros(REAL_STEPS), np.repeat(np.arange(1, TURNS + 1), TURN_STEPS)] / TURNS
    for turn in turns:
        used, left = _logarithms(y)
        miss = (1 + alpha) * (np.log(c) - used) + 2 * left
        miss = miss - np.log(np.abs(ridges)) - 1j * turn * np.angle(ridges)
        step = miss / ((1 + alpha) * np.exp(left) + 2 * np.exp(used))
        y = y + step * np.minimum(1.0, 3.0 / np.maximum(np.abs(step), 1e-300))
    used, left = _logarithms(y)
    d, b, Delta, v, g = (
        np.concatenate([part, np.conj(part)])
        for part in (
            np.exp(used),
            np.exp(left),
            np.exp((1 + alpha) * (np.log(c) - used)),
            w * np.exp(z) / z,
            ridges,
        )
    )
    same = np.eye(g.size, dtype=bool)
    apart = np.where(same, 1.0, g[:, None] - g)
    slope = -s * d / (Delta * b * (b + 2 * s * d))  # of df1 by the ridge
    quotients = np.where(same, slope, (d[:, None] - d) / apart)
    return np.asarray(-(v * Delta) @ quotients @ (v * Delta)).real


def _logarithms(y: Complexes) -> tuple[Complexes, Complexes]:
    """log d and log(1 - d)."""
    return -np.log1p(np.exp(-y)), -np.log1p(np.exp(y))
