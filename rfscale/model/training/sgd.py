r"""Stochastic gradient descent in one pass: no sample is seen twice.

.. math:: \theta_{k+1} = \theta_k - \frac{\eta}{B} \sum_{b=1}^{B} (\theta_k \varphi_b - y_b)\,
          \varphi_b^T

from theta = 0, with B fresh samples a step (21.1). It is no filter of a kernel: what it leaves of a
direction depends on the samples one by one, not on their kernel alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rfscale.model.training.base import TrainingFields
from rfscale.model.training.checks import amount, whole
from rfscale.support.arguments import Floats
from rfscale.support.sealed import sealed


@sealed
@dataclass(frozen=True, eq=False)
class SGD(TrainingFields):
    """Stochastic gradient descent from zero in one pass, with fresh samples at each step.

    Parameters
    ----------
    steps : array_like of int
        k >= 0. T has to be at least steps times batch, as each sample is used once.
    batch : array_like of int
        B >= 1, samples a step.
    step_size : array_like
        eta > 0, on the gradient of the mean loss of a batch. Those of `GradientDescent` are for a
        sum over samples: it has the step eta/T where this one has eta.

    Raises
    ------
    ValueError
        If a number is out of its range, or shapes do not broadcast.

    Examples
    --------
    >>> SGD(steps=[10, 100], batch=4, step_size=0.1).samples.tolist()
    [40.0, 400.0]
    """

    steps: Any
    batch: Any
    step_size: Any

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", whole("steps", self.steps))
        object.__setattr__(self, "batch", whole("batch", self.batch, least=1))
        object.__setattr__(self, "step_size", amount("step_size", self.step_size, zero=False))

    @property
    def samples(self) -> Floats:
        """How many samples are seen, steps times batch."""
        return np.multiply(self.steps, self.batch, dtype=np.float64)

    def require_samples(self, T: Floats) -> None:
        """Raise ValueError unless T, which broadcasts with the fields, is enough for all steps."""
        needed, given = np.broadcast_arrays(self.samples, T)
        lacking = given < needed
        if np.any(lacking):
            raise ValueError(
                f"T must be at least steps times batch, {needed[lacking].flat[0]:g}, as no sample "
                f"is seen twice, got {given[lacking].flat[0]:g}"
            )
