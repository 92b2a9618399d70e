"""The closed forms. Each states its regime and its error, and warns outside the regime.

The warning is a `RegimeWarning`. Ridgeless losses (any spectrum): `ridgeless`,
`ridgeless_finite_size_signal`, `ridgeless_finite_size_noise`, `plateau_features`, `plateau_data`,
`peak`. The resolution Delta of a power law at df1(Delta) = n: `delta_power_law`,
`delta_infinite_M`, `delta_finite_M`, `delta_scaling`, `delta_linear`, `delta_breakdown`,
`delta_uniform`. The optimum: `optimal_ridge_power_law`. A teacher with a source condition:
`loss_exponents`, `source_phases`, `source_compute_optimal`. Training time: `undertrained_loss`,
`population_flow`, `kernel_flow`, `plateau_approach`, `peak_growth`, `flow_alpha_one`,
`best_time_alpha_one`, `compute_optimal_time`, `compute_optimal_constants`. One-pass SGD:
`sgd_power_law`, `best_sgd_step`.
"""

from rfscale.theory.asymptotics.best_ridge import optimal_ridge_power_law
from rfscale.theory.asymptotics.errors import (
    cutoff_error,
    discreteness_error,
    power_law_constant,
    uniform_error,
)
from rfscale.theory.asymptotics.exponents import loss_exponents
from rfscale.theory.asymptotics.flow_at_alpha_one import flow_alpha_one
from rfscale.theory.asymptotics.flow_best_time import best_time_alpha_one
from rfscale.theory.asymptotics.flow_compute import (
    compute_optimal_constants,
    compute_optimal_time,
)
from rfscale.theory.asymptotics.flow_early import undertrained_loss
from rfscale.theory.asymptotics.flow_late import peak_growth, plateau_approach
from rfscale.theory.asymptotics.flow_one_resource import kernel_flow, population_flow
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
from rfscale.theory.asymptotics.sgd import best_sgd_step, sgd_power_law

__all__ = [
    "best_sgd_step",
    "best_time_alpha_one",
    "compute_optimal_constants",
    "compute_optimal_time",
    "cutoff_error",
    "delta_breakdown",
    "delta_finite_M",
    "delta_infinite_M",
    "delta_linear",
    "delta_power_law",
    "delta_scaling",
    "delta_uniform",
    "discreteness_error",
    "flow_alpha_one",
    "kernel_flow",
    "loss_exponents",
    "optimal_ridge_power_law",
    "peak",
    "peak_growth",
    "plateau_approach",
    "plateau_data",
    "plateau_features",
    "population_flow",
    "power_law_constant",
    "ridgeless",
    "ridgeless_finite_size_noise",
    "ridgeless_finite_size_signal",
    "scaling_function",
    "sgd_power_law",
    "source_compute_optimal",
    "source_phases",
    "undertrained_loss",
    "uniform_error",
]
