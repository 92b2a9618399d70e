"""What a trained toy model has learned: directions of features, of samples, or neither."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.neighbours.dimensionality import dimensionality
from rfscale.results import Result
from rfscale.support.arguments import Floats, numeric

LEARNED = 0.15  # of a dimension, that a feature has
HALF = 0.5  # of the dimensions that each sample would have if they shared them evenly


@dataclass(frozen=True, eq=False)
class ToyRun(Result):
    """A trained ReLU-output toy model; its table is the history of its losses.

    All losses are sums over the features, averaged over samples, whatever the training used.

    Attributes
    ----------
    W : ndarray
        Shape (m, n); its columns are the directions of the features.
    b : ndarray
        Shape (n,).
    hidden : ndarray
        W x of the samples that differ, shape (m, samples).
    repeats : ndarray
        How often each of these was among the samples, shape (samples,).
    train, test : float
        The losses after the last step.
    constant : float
        Loss of the best constant predictor on the test samples, if all features are alike:
        1 - n (mean of x_i)^2.
    step, train_history, test_history : ndarray
        Steps after which was recorded, and the losses then.
    steps, warm_up : int
        Of the training.
    learning_rate, weight_decay, eps : float
        Of AdamW.
    over : str
        "sum" or "mean": what the loss that was trained is over the features.
    seed : int
        Of the start.
    """

    W: Floats
    b: Floats
    hidden: Floats
    repeats: NDArray[np.int64]
    train: float
    test: float
    constant: float
    step: NDArray[np.int64]
    train_history: Floats
    test_history: Floats
    steps: int
    warm_up: int
    learning_rate: float
    weight_decay: float
    eps: float
    over: str
    seed: int

    @property
    def T(self) -> int:
        """Number of samples, repeats among them."""
        return int(self.repeats.sum())

    @property
    def W_norm(self) -> float:
        """Frobenius norm of W."""
        return float(np.linalg.norm(self.W))

    @property
    def b_norm(self) -> float:
        """Length of b."""
        return float(np.linalg.norm(self.b))

    @cached_property
    def feature_dimensionalities(self) -> Floats:
        """The share of the m dimensions that each feature has, shape (n,)."""
        return dimensionality(self.W)

    @cached_property
    def sample_dimensionalities(self) -> Floats:
        """That of each sample that differs from the others, shape (samples,)."""
        return dimensionality(self.hidden)

    @property
    def sample_share(self) -> float:
        """Median dimensionality of the samples, in units of m/T: 1 if they share them evenly."""
        m, samples = self.hidden.shape
        return float(np.median(self.sample_dimensionalities) * samples / m)

    @property
    def regime(self) -> str:
        """ "features" if the test loss is below that of the best constant predictor and a feature
        has 0.15 of a dimension; "samples" if not, and each sample has a direction of its own
        (`sample_share` >= 0.5); otherwise "between".

        From which T on it is which depends on the optimiser. It says where a run is, not whether
        training has come to an end.
        """
        if self.test < self.constant and self.feature_dimensionalities.max() >= LEARNED:
            return "features"
        return "samples" if self.sample_share >= HALF else "between"

    def gaps(self) -> Floats:
        """Angles between neighbouring samples, in degrees, in order of their directions (m = 2).

        Raises
        ------
        ValueError
            If m is not 2.
        """
        return gaps(self.hidden)

    def summary(self) -> str:
        """Sizes and losses in a few words."""
        m, n = self.W.shape
        return (
            f"{type(self).__name__} with n = {n}, m = {m}, T = {self.T}, {self.steps} steps, "
            f"train {self.train:.4g}, test {self.test:.4g}, learned: {self.regime}"
        )

    def _table(self) -> dict[str, Any]:
        return {"step": self.step, "train": self.train_history, "test": self.test_history}


def gaps(vectors: ArrayLike) -> Floats:
    """Angles between neighbours among vectors in the plane, in degrees.

    Parameters
    ----------
    vectors : array_like
        Shape (2, vectors).

    Returns
    -------
    ndarray
        Shape (vectors,), counter-clockwise from the direction of the negative first axis; their
        sum is 360.

    Raises
    ------
    ValueError
        If the vectors are not of this shape.

    Examples
    --------
    >>> from rfscale.neighbours.trained import toy
    >>> print(toy.gaps([[1.0, 0.0, -1.0], [0.0, 1.0, 0.0]]))
    [ 90.  90. 180.]
    """
    plane = numeric("vectors", vectors, "finite numbers")
    if plane.ndim != 2 or len(plane) != 2 or plane.size == 0:
        raise ValueError(f"vectors must have the shape (2, vectors), got {plane.shape}")
    angles = np.sort(np.degrees(np.arctan2(plane[1], plane[0])))
    return np.diff(np.append(angles, angles[0] + 360))
