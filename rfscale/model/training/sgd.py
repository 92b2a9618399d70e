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

from rfscale.model.training.base import Training
from rfscale.model.training.checks import amount, whole
from rfscale.support.arguments import Floats
from rfscale.support.described import described
from rfscale.support.sealed import sealed


@sealed
@dataclass(frozen=True, eq=False)
class SGD(Training):
    """Stochastic gradient descent from zero in one pass, with fresh samples at each step.

    Parameters
    ----------
    steps : array_like of int
        k >= 0. T has to be at least steps times batch, as each sample is used once.
    batch : array_like of int
        B >= 1, samples a step.
    step_size : array_like, optional
        eta > 0, on the gradient of the mean loss of a batch. Those of `GradientDescent` are for a
        sum over samples: it has the step eta/T where this one has eta.
    relative_step : array_like, optional
        In place of `step_size`: eta sigma_u^2 lambda_+ N/M, without a unit, the step in the largest
        direction if N is large. It is the one to use for N = infinity.

    Raises
    ------
    ValueError
        If a number is out of its range, or not exactly one step is given.

    Examples
    --------
    >>> SGD(steps=[10, 100], batch=4, step_size=0.1).samples.tolist()
    [40.0, 400.0]
    """

    steps: Any
    batch: Any
    step_size: Any = None
    relative_step: Any = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", whole("steps", self.steps))
        object.__setattr__(self, "batch", whole("batch", self.batch, least=1))
        if (self.step_size is None) == (self.relative_step is None):
            raise ValueError(
                "one of step_size and relative_step must be given, got "
                f"step_size = {described(self.step_size)} and "
                f"relative_step = {described(self.relative_step)}"
            )
        name = "step_size" if self.relative_step is None else "relative_step"
        object.__setattr__(self, name, amount(name, getattr(self, name), zero=False))

    def filter(self, s: Floats) -> Floats:
        """None: ValueError."""
        raise ValueError(
            "training must be a filter of the kernel here, got SGD: what it leaves of a direction "
            "depends on the samples one by one"
        )

    @property
    def samples(self) -> Floats:
        """How many samples are seen, steps times batch."""
        return np.asarray(np.multiply(self.steps, self.batch, dtype=np.float64))

    def relative_to(self, unit: Floats) -> Floats:
        """The step in a unit, sigma_u^2 lambda_+ N/M, of eigenvalues of the features' covariance.

        `inf` for a `step_size` > 0 and an infinite unit.
        """
        if self.step_size is None:
            return np.array(self.relative_step, dtype=np.float64)
        return np.array(self.step_size * unit, dtype=np.float64)

    def require_samples(self, T: Floats) -> None:
        """Raise ValueError unless T, which broadcasts with the fields, is enough for all steps."""
        needed, given = np.broadcast_arrays(self.samples, T)
        lacking = given < needed
        if np.any(lacking):
            raise ValueError(
                f"T must be at least steps times batch, {needed[lacking].flat[0]:g}, as no sample "
                f"is seen twice, got {given[lacking].flat[0]:g}"
            )
