"""How a model is trained: `Ridge`, `GradientFlow`, `GradientDescent`, `HeavyBall`, `IteratedRidge`,
`PrincipalComponents`, `RidgeMixture`, `SGD`, and filters of one's own.
"""

from rfscale.model.training.base import Training
from rfscale.model.training.filters import (
    GradientFlow,
    IteratedRidge,
    PrincipalComponents,
    Ridge,
)
from rfscale.model.training.mixtures import Mixtures
from rfscale.model.training.ridge_mixture import RidgeMixture
from rfscale.model.training.sgd import SGD
from rfscale.model.training.steps import GradientDescent, HeavyBall
from rfscale.model.training.user_filter import Filter

__all__ = [
    "SGD",
    "Filter",
    "GradientDescent",
    "GradientFlow",
    "HeavyBall",
    "IteratedRidge",
    "Mixtures",
    "PrincipalComponents",
    "Ridge",
    "RidgeMixture",
    "Training",
]
