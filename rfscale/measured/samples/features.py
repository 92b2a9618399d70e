r"""Random features of samples, and their kernels: the mean over the random weights,

.. math:: k(x, z) = \langle \varphi(x)\, \varphi(z) \rangle_u, \qquad
          \varphi = u \cdot x: \; x \cdot z, \qquad
          \varphi = (u \cdot x)_+: \; \frac{|x| |z|}{2\pi} (\sin t + (\pi - t) \cos t)

with u ~ N(0, 1) and t the angle between x and z. Derived here: only the part of u in the plane of x
and z matters, with a length r whose mean square is 2 and an angle a that is uniform, so that
k = (2/2 pi) times the integral of cos(a) cos(a - t) over the angles where both are positive, a half
of the bracket. This is the arc-cosine kernel of order 1.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from rfscale.model.checks import refuse_names
from rfscale.support.arguments import Floats, numeric
from rfscale.support.described import described
from rfscale.support.stored import Stored

Map = Callable[[Floats], Floats]
Kernel = Callable[[Floats, Floats], Floats]
OPEN = frozenset({"kernel", "draw", "centred"})  # members that a subclass may have of its own
ALLOWED = '"linear", "relu", a SampleFeatures, or a kernel, which is a function of (X, Z)'


class SampleFeatures(Stored, ABC):
    """Random features of samples. Derive from it to use features of your own.

    A subclass is a frozen dataclass with two methods: `draw`, what an experiment trains on, and
    `kernel`, what theory knows of it, its mean.

    Attributes
    ----------
    centred : bool
        Whether the samples are centred by their mean before they are mapped. True, the default:
        where all samples lie far to one side of the origin, many neurons are 0, or linear, on all
        of them, and features differ too much from each other for a theory that knows their mean.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import numpy as np, rfscale as rf
    >>> @dataclass(frozen=True)
    ... class Waves(rf.SampleFeatures):
    ...     '''sqrt(2) cos(u x + a), whose kernel is Gaussian.'''
    ...     width: float
    ...     def kernel(self, X, Z):
    ...         squares = (X**2).sum(1)[:, None] + (Z**2).sum(1) - 2 * X @ Z.T
    ...         return np.exp(-squares / (2 * self.width**2))
    ...     def draw(self, rng, N, inputs):
    ...         u = rng.standard_normal((inputs, N)) / self.width
    ...         phase = rng.uniform(0, 2 * np.pi, N)
    ...         return lambda X: np.sqrt(2) * np.cos(X @ u + phase)
    >>> X = np.array([[0.0, 0.0], [1.0, 2.0]])
    >>> phi = Waves(3.0).draw(np.random.default_rng(1), N=100_000, inputs=2)(X)
    >>> print(np.round(phi @ phi.T / 100_000, 1), np.round(Waves(3.0).kernel(X, X), 1))
    [[1.  0.8]
     [0.8 1. ]] [[1.  0.8]
     [0.8 1. ]]
    """

    centred: ClassVar[bool] = True

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        refuse_names(cls, SampleFeatures, OPEN)

    @property
    def name(self) -> str:
        """As tables say it: the word for it, or its class."""
        return str(vars(type(self)).get("_word", type(self).__name__))

    @abstractmethod
    def kernel(self, X: Floats, Z: Floats) -> Floats:
        """Mean of phi(x) phi(z) over the random weights of a feature.

        Parameters
        ----------
        X, Z : ndarray
            Samples, shapes (P, inputs) and (Q, inputs).

        Returns
        -------
        ndarray
            Shape (P, Q).
        """

    @abstractmethod
    def draw(self, rng: np.random.Generator, N: int, inputs: int) -> Map:
        """A function from samples (P, inputs) to N features of each, (P, N).

        Parameters
        ----------
        rng : numpy.random.Generator
            The only source of random numbers.
        N, inputs : int
            Numbers of features, and of components of a sample.
        """


@dataclass(frozen=True, eq=False)
class LinearMap:
    """Features that are linear in the samples: with weights, so are predictions."""

    u: Floats  # (inputs, N)

    def __call__(self, X: Floats) -> Floats:
        """The features (P, N) of samples (P, inputs)."""
        return np.asarray(X @ self.u)


@dataclass(frozen=True)
class LinearSampleFeatures(SampleFeatures):
    """phi = u x with u ~ N(0, 1), whose kernel is x z.

    Examples
    --------
    >>> LinearSampleFeatures().kernel(np.eye(2), np.array([[3.0, 4.0]])).tolist()
    [[3.0], [4.0]]
    """

    _word: ClassVar[str] = "linear"

    def kernel(self, X: Floats, Z: Floats) -> Floats:
        """Inner products."""
        return np.asarray(X @ Z.T)

    def draw(self, rng: np.random.Generator, N: int, inputs: int) -> Map:
        """The products with N normal vectors."""
        return LinearMap(rng.standard_normal((inputs, N)))


@dataclass(frozen=True)
class ReluSampleFeatures(SampleFeatures):
    """phi = max(u x, 0) with u ~ N(0, 1), whose kernel is the arc-cosine kernel of order 1.

    Examples
    --------
    >>> X = np.array([[2.0, 0.0], [-2.0, 0.0]])
    >>> ReluSampleFeatures().kernel(X[:1] / 2, X).tolist()
    [[1.0, 0.0]]
    """

    _word: ClassVar[str] = "relu"

    def kernel(self, X: Floats, Z: Floats) -> Floats:
        """The mean over u: 0 for opposite vectors, and half the square for equal ones."""
        x, x_length = _unit_and_length(X)
        z, z_length = _unit_and_length(Z)
        cosine = np.clip(x @ z.T, -1.0, 1.0)  # its slope is finite, so that rounding does not grow
        angle = np.arccos(cosine)
        bracket = np.sin(angle) + (np.pi - angle) * cosine
        lengths = np.outer(x_length, z_length / (2 * np.pi))
        return np.asarray(lengths * np.maximum(bracket, 0.0))

    def draw(self, rng: np.random.Generator, N: int, inputs: int) -> Map:
        """The positive parts of the products with N normal vectors."""
        u = rng.standard_normal((inputs, N))
        return lambda X: np.maximum(X @ u, 0.0)


@dataclass(frozen=True, eq=False)
class GivenKernel(SampleFeatures):
    """A kernel alone: theory needs no more, while an experiment has no features to draw."""

    function: Kernel

    @property
    def name(self) -> str:
        """Of the function."""
        return getattr(self.function, "__name__", type(self.function).__name__)

    def kernel(self, X: Floats, Z: Floats) -> Floats:
        """The values of the function, which have to be finite numbers of the right shape."""
        shape = (len(X), len(Z))
        allowed = f"a function that returns finite numbers of shape {shape}"
        values = numeric("features", self.function(X, Z), allowed)
        if values.shape != shape:
            raise ValueError(f"features must be {allowed}, got {described(values)}")
        if not np.isfinite(values).all():
            worst = values[~np.isfinite(values)][0]
            raise ValueError(f"features must be {allowed}, got {worst} from {self.name}")
        return values

    def draw(self, rng: np.random.Generator, N: int, inputs: int) -> Map:
        """A kernel has no features: ValueError."""
        raise ValueError(
            'features must be "linear", "relu" or a SampleFeatures, which can be drawn, in an '
            f"experiment, got the kernel {self.name}"
        )


def checked_features(features: SampleFeatures | Kernel | str) -> SampleFeatures:
    """The features that a user names, or gives.

    Parameters
    ----------
    features : str, SampleFeatures or callable
        "linear", "relu", features, or a kernel: a function of samples (P, inputs) and (Q, inputs)
        that returns (P, Q), of which nothing can be drawn.

    Raises
    ------
    ValueError
        If they are none of these.

    Examples
    --------
    >>> checked_features("relu")
    ReluSampleFeatures()
    >>> checked_features(lambda X, Z: (1 + X @ Z.T) ** 2).kernel(np.eye(2), np.eye(2)).tolist()
    [[4.0, 1.0], [1.0, 4.0]]
    """
    named = {"linear": LinearSampleFeatures, "relu": ReluSampleFeatures}
    if isinstance(features, str) and features in named:
        return named[features]()
    if isinstance(features, SampleFeatures):
        return features
    if callable(features) and not isinstance(features, type):
        return GivenKernel(features)
    raise ValueError(f"features must be {ALLOWED}, got {described(features)}")


def _unit_and_length(samples: Floats) -> tuple[Floats, Floats]:
    """Samples of length 1, or 0, and their lengths."""
    lengths = np.linalg.norm(samples, axis=1)
    return samples / np.where(lengths > 0, lengths, 1.0)[:, None], lengths
