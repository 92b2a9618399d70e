r"""The random-feature model of neural scaling laws: solved, simulated and compared.

The test loss of N random features trained by ridge regression on T samples of M-dimensional data,

.. math:: L(N, T, M) = \frac{\sigma_w^2}{2M} \frac{\Delta\,N T\,(\mathrm{df}_1 - \mathrm{df}_2)}{D}
          + \text{noise}, \qquad \Delta\,(N - \mathrm{df}_1)(T - \mathrm{df}_1) = \gamma
          M/\sigma_u^2

which is (5.8) with the fixed point (4.7).

>>> import rfscale as rf
>>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=1000))
>>> print(rf.predict(model, N=100, T=[50, 200]).test)
[4.64e-05 2.24e-05]
"""

from typing import TYPE_CHECKING

from rfscale import deprecated, plotting
from rfscale.comparison import Comparison, compare
from rfscale.model import RegimeWarning, ScalingModel
from rfscale.model.spectra import Eigenvalues, PowerLaw, Spectrum
from rfscale.model.teachers import GivenWeights, Isotropic, SourceCondition, Teacher
from rfscale.simulation.estimate import Estimate, LossStatistics, Sweep
from rfscale.simulation.one_draw.experiment import Estimator, Experiment
from rfscale.simulation.one_draw.linear_features import LinearFeatures
from rfscale.simulation.simulate import simulate
from rfscale.simulation.sweep import resume_sweep, sweep
from rfscale.theory import asymptotics
from rfscale.theory.bias_variance import BiasVariance, bias_variance
from rfscale.theory.compute_optimal import compute_optimal
from rfscale.theory.optimal_ridge import OptimalRidge, optimal_ridge
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction
from rfscale.version import __version__

__all__ = [
    "BiasVariance",
    "Comparison",
    "Eigenvalues",
    "Estimate",
    "Estimator",
    "Experiment",
    "GivenWeights",
    "Isotropic",
    "LinearFeatures",
    "LossStatistics",
    "OptimalRidge",
    "PowerLaw",
    "Prediction",
    "RegimeWarning",
    "ScalingModel",
    "SourceCondition",
    "Spectrum",
    "Sweep",
    "Teacher",
    "__version__",
    "asymptotics",
    "bias_variance",
    "compare",
    "compute_optimal",
    "exact",
    "optimal_ridge",
    "plotting",
    "predict",
    "resume_sweep",
    "simulate",
    "sweep",
    "symbolic",
]


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


if not TYPE_CHECKING:  # which would take every name for a known one
    # mpmath and sympy, which `exact` and `symbolic` need, are slow to import
    __getattr__ = deprecated.old_names(__name__, deprecated.NAMES, lazy=("exact", "symbolic"))
