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

from importlib import import_module
from threading import RLock

from rfscale.homes import HOMES as _HOMES
from rfscale.homes import MODULES as _MODULES
from rfscale.version import __version__

TYPE_CHECKING = False  # as in `typing`, which is slow to import
if TYPE_CHECKING:  # at work, `homes` says where each name is
    from rfscale import exact, neighbours, plotting, symbolic
    from rfscale.comparison import Comparison, SampleComparison, compare
    from rfscale.measured.losses.allocation import Allocation, Budget
    from rfscale.measured.losses.band import Band
    from rfscale.measured.losses.compare_laws import LAWS_DEFAULT, compare_laws
    from rfscale.measured.losses.fit import fit_losses
    from rfscale.measured.losses.law_comparison import LawComparison
    from rfscale.measured.losses.laws import Law
    from rfscale.measured.losses.loss_fit import LossFit
    from rfscale.measured.losses.loss_profile import LossProfile
    from rfscale.measured.losses.loss_table import LossTable
    from rfscale.measured.losses.note import Note
    from rfscale.measured.losses.profile import profile
    from rfscale.measured.losses.published_losses import published_losses
    from rfscale.measured.losses.read import read_losses
    from rfscale.measured.losses.spread import Interval
    from rfscale.measured.samples.dimension import IntrinsicDimension, intrinsic_dimension
    from rfscale.measured.samples.experiment import experiment
    from rfscale.measured.samples.experiment_estimate import ExperimentEstimate
    from rfscale.measured.samples.features import SampleFeatures
    from rfscale.measured.samples.judge import SpectrumShape, spectrum_shape
    from rfscale.measured.samples.measure import measure
    from rfscale.measured.samples.measured_prediction import MeasuredPrediction
    from rfscale.measured.samples.measured_samples import Measured
    from rfscale.measured.samples.moments import Moments, sample_moments
    from rfscale.measured.samples.power_law_fit import PowerLawFit
    from rfscale.measured.samples.read import read_samples
    from rfscale.measured.samples.spectra import fit_spectrum
    from rfscale.model import RegimeWarning, ScalingModel
    from rfscale.model.spectra import Eigenvalues, PowerLaw, Spectrum
    from rfscale.model.teachers import GivenWeights, Isotropic, SourceCondition, Teacher
    from rfscale.model.training import (
        SGD,
        Filter,
        GradientDescent,
        GradientFlow,
        HeavyBall,
        IteratedRidge,
        PrincipalComponents,
        Ridge,
        RidgeMixture,
        Training,
    )
    from rfscale.simulation.estimate import Estimate, Sweep
    from rfscale.simulation.loss_statistics import LossStatistics
    from rfscale.simulation.one_draw.experiment import Estimator, Experiment
    from rfscale.simulation.one_draw.linear_features import LinearFeatures
    from rfscale.simulation.simulate import simulate
    from rfscale.simulation.sweep import resume_sweep, sweep
    from rfscale.theory import asymptotics
    from rfscale.theory.best_filter import BestFilter, best_filter
    from rfscale.theory.bias_variance import BiasVariance, bias_variance
    from rfscale.theory.compute_optimal import compute_optimal
    from rfscale.theory.covariance import LossCovariance, loss_covariance
    from rfscale.theory.dimension import apparent_dimension
    from rfscale.theory.draws_needed import draws_needed
    from rfscale.theory.leveraged import LeveragedPrediction
    from rfscale.theory.one_run import OneRunEstimate, estimate_test_loss
    from rfscale.theory.optimal_ridge import OptimalRidge, optimal_ridge
    from rfscale.theory.optimal_sgd import OptimalStep, optimal_sgd_step
    from rfscale.theory.optimal_time import OptimalTime, optimal_time
    from rfscale.theory.predict import predict
    from rfscale.theory.prediction import Prediction
    from rfscale.theory.sample_spectrum import SampleSpectrum, sample_spectrum
    from rfscale.theory.trained_prediction import TrainedPrediction

__all__ = [
    "LAWS_DEFAULT",
    "SGD",
    "Allocation",
    "Band",
    "BestFilter",
    "BiasVariance",
    "Budget",
    "Comparison",
    "Eigenvalues",
    "Estimate",
    "Estimator",
    "Experiment",
    "ExperimentEstimate",
    "Filter",
    "GivenWeights",
    "GradientDescent",
    "GradientFlow",
    "HeavyBall",
    "Interval",
    "IntrinsicDimension",
    "Isotropic",
    "IteratedRidge",
    "Law",
    "LawComparison",
    "LeveragedPrediction",
    "LinearFeatures",
    "LossCovariance",
    "LossFit",
    "LossProfile",
    "LossStatistics",
    "LossTable",
    "Measured",
    "MeasuredPrediction",
    "Moments",
    "Note",
    "OneRunEstimate",
    "OptimalRidge",
    "OptimalStep",
    "OptimalTime",
    "PowerLaw",
    "PowerLawFit",
    "Prediction",
    "PrincipalComponents",
    "RegimeWarning",
    "Ridge",
    "RidgeMixture",
    "SampleComparison",
    "SampleFeatures",
    "SampleSpectrum",
    "ScalingModel",
    "SourceCondition",
    "Spectrum",
    "SpectrumShape",
    "Sweep",
    "Teacher",
    "TrainedPrediction",
    "Training",
    "__version__",
    "apparent_dimension",
    "asymptotics",
    "best_filter",
    "bias_variance",
    "compare",
    "compare_laws",
    "compute_optimal",
    "draws_needed",
    "estimate_test_loss",
    "exact",
    "experiment",
    "fit_losses",
    "fit_spectrum",
    "intrinsic_dimension",
    "loss_covariance",
    "measure",
    "neighbours",
    "optimal_ridge",
    "optimal_sgd_step",
    "optimal_time",
    "plotting",
    "predict",
    "profile",
    "published_losses",
    "read_losses",
    "read_samples",
    "resume_sweep",
    "sample_moments",
    "sample_spectrum",
    "simulate",
    "spectrum_shape",
    "sweep",
    "symbolic",
]


_HOME = {name: home for home, names in _HOMES.items() for name in names}
_loading = RLock()  # two threads that import parts of one package at once may block each other


def __dir__() -> list[str]:
    return sorted({*__all__, *_MODULES, *(name for name in globals() if name.startswith("__"))})


if not TYPE_CHECKING:  # which would take every name for a known one

    def __getattr__(name):
        if name in _MODULES:
            with _loading:
                found = import_module(_MODULES[name])
        elif name in _HOME:
            with _loading:
                found = getattr(import_module(_HOME[name]), name)
        else:
            from rfscale.deprecated import old_name

            return old_name(__name__, name)
        globals()[name] = found  # and is not asked for again
        return found
