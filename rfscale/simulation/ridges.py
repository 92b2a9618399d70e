r"""The ridge of an experiment: gamma, or that of the kernel u^T u M/(sigma_u^2 N),

.. math:: \delta = \frac{\gamma M}{\sigma_u^2 N},

whose unit is that of the eigenvalues (1.19), for any number of features.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import ScalingModel
from rfscale.support.arguments import Floats, is_optimal, numeric, ridges
from rfscale.support.products import scaled_product

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
    def checked(cls, ridge: ArrayLike | str, kernel_ridge: ArrayLike | None) -> GivenRidge:
        """From a user's arguments, of which only one may be given."""
        if kernel_ridge is None:
            return cls("ridge", None if is_optimal(ridge) else ridges(ridge))
        if isinstance(ridge, str) or not np.array_equal(ridge, 0.0):
            raise ValueError(
                "ridge and kernel_ridge cannot both be given, "
                f"got ridge = {ridge!r} and kernel_ridge = {kernel_ridge!r}"
            )
        return cls("kernel_ridge", _kernel_ridges(kernel_ridge))

    def gamma(self, values: Floats, model: ScalingModel, N: ArrayLike) -> Floats:
        """The ridge gamma for some of the values, at N features: delta sigma_u^2 N/M."""
        if self.name == "ridge":
            return values
        with np.errstate(over="ignore", under="ignore"):
            product = scaled_product([model.sigma_u, model.sigma_u, values, N], [model.M])
            return np.asarray(np.ldexp(*product))


def _kernel_ridges(value: ArrayLike) -> Floats:
    array = numeric("kernel_ridge", value, ">= 0")
    if array.size == 0:
        raise ValueError("kernel_ridge is empty; it must hold at least one value")
    if not np.all(array >= 0):
        raise ValueError(f"kernel_ridge must be >= 0, got {array[~(array >= 0)].flat[0]:g}")
    return array
