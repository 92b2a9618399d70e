"""The closed forms. Each states its regime and its error, and warns outside the regime.

The warning is a `RegimeWarning`. Ridgeless losses (any spectrum): `ridgeless`,
`ridgeless_finite_size_signal`, `ridgeless_finite_size_noise`, `plateau_features`, `plateau_data`,
`peak`. The resolution Delta of a power law at df1(Delta) = n: `delta_power_law`,
`delta_infinite_M`, `delta_finite_M`, `delta_scaling`, `delta_linear`, `delta_breakdown`,
`delta_uniform`. The optimum: `optimal_ridge_power_law`. A teacher with a source condition:
`loss_exponents`, `source_phases`, `source_compute_optimal`.
"""

from rfscale.theory.asymptotics.best_ridge import optimal_ridge_power_law
from rfscale.theory.asymptotics.errors import (
    cutoff_error,
    discreteness_error,
    power_law_constant,
    uniform_error,
)
from rfscale.theory.asymptotics.exponents import loss_exponents
from rfscale.theory.asymptotics.phase import Phase as Phase  # a result, no closed form
from rfscale.theory.asymptotics.phases import source_compute_optimal, source_phases
from rfscale.theory.asymptotics.power_law import (
    delta_breakdown,
    delta_finite_M,
    delta_infinite_M,
    delta_linear,
    delta_power_law,
    delta_scaling,
    delta_uniform,
    scaling_function,
)
from rfscale.theory.asymptotics.ridgeless import (
    peak,
    plateau_data,
    plateau_features,
    ridgeless,
    ridgeless_finite_size_noise,
    ridgeless_finite_size_signal,
)

__all__ = [
    "cutoff_error",
    "delta_breakdown",
    "delta_finite_M",
    "delta_infinite_M",
    "delta_linear",
    "delta_power_law",
    "delta_scaling",
    "delta_uniform",
    "discreteness_error",
    "loss_exponents",
    "optimal_ridge_power_law",
    "peak",
    "plateau_data",
    "plateau_features",
    "power_law_constant",
    "ridgeless",
    "ridgeless_finite_size_noise",
    "ridgeless_finite_size_signal",
    "scaling_function",
    "source_compute_optimal",
    "source_phases",
    "uniform_error",
]
