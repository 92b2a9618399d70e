r"""The ridge of an experiment: gamma, or that of the kernel u^T u M/(sigma_u^2 N),

.. math:: \delta = \frac{\gamma M}{\sigma_u^2 N},

whose unit is that of the eigenvalues (1.19), for any number of features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats, given_ridge

Ridges = Floats | Literal["optimal"]


@dataclass(frozen=True, eq=False)
class GivenRidge:
    """A ridge as the user gave it: gamma, the kernel's delta = gamma M/(sigma_u^2 N), or the best.

    Attributes
    ----------
    name : str
        "ridge" or "kernel_ridge".
    values : ndarray or None
        None for the best.
    """

    name: str
    values: Floats | None

    @classmethod
    def checked(cls, ridge: ArrayLike | str | None, kernel_ridge: ArrayLike | None) -> GivenRidge:
        """From a user's arguments, of which only one may be given."""
        return cls(*given_ridge(ridge, kernel_ridge))

    def gamma(self, values: Floats, model: ScalingModel, N: ArrayLike) -> Floats:
        """The ridge gamma for some of the values, at N features: delta sigma_u^2 N/M."""
        if self.name == "ridge":
            return values
        return model.units.ridge(values, N)
