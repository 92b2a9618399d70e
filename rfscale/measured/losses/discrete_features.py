r"""The loss of the random-feature model at the optimal ridge with M latent dimensions, exactly.

.. math:: L = \frac{\sigma_w^2 \lambda_+}{2M} \left[ \mathcal{S} + q\,\mathcal{V} \right], \qquad
          q = \frac{\sigma_\epsilon^2 M}{\sigma_w^2 \lambda_+},

of (5.8) at the ridge of (12.10), for eigenvalues J^-(1+alpha), J = 1..M: nothing but the planar
theory. Between whole M the loss is interpolated.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rfscale.measured.losses.laws import Law, Published
from rfscale.model import ScalingModel
from rfscale.model.spectra import PowerLaw
from rfscale.support.arguments import Floats
from rfscale.theory.assembly import inverse_trace, root_delta, signal_unit
from rfscale.theory.kernels import OptimumRows, optimum_points
from rfscale.theory.over_points import over_points

EXPONENT = (0.02, 3.0)
USUAL = (0.1, 2.0)
LOG_RATIO = (-12.0, 12.0)
USUAL_RATIO = (-6.0, 6.0)
LOG_M = (-1.0, 20.0)  # of M over the central N
USUAL_LOG_M = (1.0, 8.0)
LOG_NOISE = (-40.0, 10.0)
USUAL_LOG_NOISE = (-14.0, 0.0)
LOG_UNIT = (-60.0, 60.0)
USUAL_LOG_UNIT = (-12.0, -2.0)
MOST = 1e15  # M, which floats count up to


def discrete_loss(N: Any, T: Any, M: Any, alpha: Any, noise: Any) -> Floats:
    """S + q V at the optimal ridge, for M from 1 to 1e15; `noise` is q > 0."""
    N, T, M, alpha, noise = np.broadcast_arrays(N, T, M, alpha, noise)
    M = np.clip(M, 1.0, MOST)
    whole = np.floor(M)
    ends = np.stack([whole, whole + 1])
    low, high = _at_whole(N, T, ends, alpha, noise)
    return np.asarray(low + (M - whole) * (high - low))


def _at_whole(N: Floats, T: Floats, M: Any, alpha: Any, noise: Floats) -> Floats:
    spectrum = PowerLaw(alpha, M.astype(np.int64))
    columns = inverse_trace(ScalingModel(spectrum), N, T), np.log(noise)
    rows = over_points(optimum_points, OptimumRows, spectrum, (N, T), columns).losses
    unit = signal_unit(rows.log_delta, root_delta(rows.log_delta))
    return np.asarray(unit * rows.signal + noise * rows.noise)


def _constant(alpha: Any) -> Any:
    """C, of L = (sigma_w^2 lambda_+/2M) C N^-alpha for N << T, M (9.5)."""
    s = 1 / (1 + alpha)
    return (np.pi * s / np.sin(np.pi * s)) ** (1 / s)


def _at_centre(
    x: Any, y: Any, alpha: Any, log_r: Any, log_M: Any, log_unit: Any, log_noise: Any
) -> Floats:
    """At sizes x, y in units of the centre."""
    N0 = np.exp(-log_unit)
    return discrete_loss(
        x * N0, y * np.exp(-log_r) * N0, np.exp(log_M) * N0, alpha, np.exp(log_noise)
    )


EXACT = Law(
    name="random-features exact",
    formula="k f(N, T/r, M; alpha) + sigma_eps^2 v(N, T/r, M; alpha), N of features, r = 1",
    linear=("K",),
    nonlinear={
        "alpha": EXPONENT,
        "log_r": LOG_RATIO,
        "log_M": LOG_M,
        "log_unit": LOG_UNIT,
        "log_noise": LOG_NOISE,
    },
    starts={
        "alpha": USUAL,
        "log_r": USUAL_RATIO,
        "log_M": USUAL_LOG_M,
        "log_unit": USUAL_LOG_UNIT,
        "log_noise": USUAL_LOG_NOISE,
    },
    terms=lambda x, y, *theta: (_at_centre(x, y, *theta),),
    published=(
        Published(
            "k",
            of="K",
            factor=lambda N0, T0, *theta: _constant(theta[0]) / _at_centre(1.0, 1.0, *theta),
        ),
        Published(
            "sigma_eps",
            of="K",
            factor=lambda N0, T0, *theta: 2 * np.exp(theta[-1]) / _at_centre(1.0, 1.0, *theta),
            root=lambda *theta: 2.0,
        ),
        Published("r", of="log_r", factor=lambda N0, T0, *theta: T0 / N0, is_exponential=True),
        Published("M", of="log_M", factor=lambda N0, T0, *theta: N0, is_exponential=True),
        Published("unit", of="log_unit", factor=lambda N0, T0, *theta: N0, is_exponential=True),
    ),
    analytic=False,
    hidden=("log_noise",),
    floor=None,
    fixed={"r": 1.0, "unit": 1.0},
)
