r"""Superposition and the shape of a transformer: the accounting of Katta's note, corrected.

The note counts parameters, neurons and features of two transformers of one size and different
aspect ratios, and asks how the wider one can be as good with half the neurons. Corrected here:

1. Kaplan's law has D_c/D inside its bracket, not (D_c/D)^(alpha_D): in the note's form the loss
   falls with the data alone as D^(-alpha_D^2), 0.0106 in place of 0.103 (`kaplan_loss_in_note`).
2. The bound is n/m < 1/(-C p ln p). Without its minus sign it is negative.
3. p = 1 - S, the share of inputs in which a feature is on, is the density; the sparsity is S.
4. It is a bound. A wider network at constant parameters contradicts the narrow one only if that
   one sits on it; features then have to be sparser by 2 to 3.75 (`doubling_factor`). Below it
   nothing has to be explained.
5. At constant parameters neurons fall as the aspect ratio to the power -1/3; over all sizes they
   are (parameters/12)^(2/3) ratio^(-1/3) (27.11).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from rfscale.neighbours.toy_inputs import sparsities
from rfscale.support.arguments import Floats, broadcast, number, numbers
from rfscale.support.stored import Stored

LEAST_SPARSE = 1 - math.exp(-1)  # below it -p ln p grows with S
STEPS = 4  # of Newton's method, which doubles the digits


@dataclass(frozen=True, eq=False)
class TransformerShape(Stored):
    """Width and depth of a transformer, and what they cost.

    Parameters
    ----------
    d : array_like
        Width: the size of the residual stream, > 0.
    layers : array_like
        Number of layers, > 0; any real, so that shapes can be widened. It broadcasts with d.

    Raises
    ------
    ValueError
        If one is not > 0 and finite, or the shapes do not broadcast.

    Examples
    --------
    The shape of GPT-2 XL, and one of twice the width at the same number of parameters.

    >>> import rfscale as rf
    >>> narrow = rf.neighbours.TransformerShape(d=1600, layers=48)
    >>> print(f"{narrow.parameters:,.0f} {narrow.neurons:,.0f} {narrow.aspect_ratio:.1f}")
    1,474,560,000 76,800 33.3
    >>> narrow.widened(2)
    TransformerShape(d=3200.0, layers=12.0)
    """

    d: Any
    layers: Any

    def __post_init__(self) -> None:
        for name in ("d", "layers"):
            object.__setattr__(self, name, numbers(name, getattr(self, name)))
        broadcast(d=np.asarray(self.d), layers=np.asarray(self.layers))

    @property
    def parameters(self) -> Any:
        """12 d^2 layers (27.11), without embeddings."""
        return 12 * self.d**2 * self.layers

    @property
    def neurons(self) -> Any:
        """d layers (27.11): the width of all layers together, as the note counts."""
        return self.d * self.layers

    @property
    def aspect_ratio(self) -> Any:
        """d/layers (27.11)."""
        return self.d / self.layers

    def features_per_layer(self, features: ArrayLike) -> Any:
        """Of so many features, spread evenly over the layers."""
        return numbers("features", features) / self.layers

    def features_per_neuron(self, features: ArrayLike) -> Any:
        """Of so many features, spread evenly over the neurons."""
        return numbers("features", features) / self.neurons

    def widened(self, factor: ArrayLike) -> TransformerShape:
        """The shape of `factor` times the width and as many parameters (27.12).

        Layers are fewer by the factor squared, neurons by the factor, and the aspect ratio is
        larger by its cube.
        """
        by = numbers("factor", factor)
        return TransformerShape(d=by * self.d, layers=self.layers / by**2)


def most_features_per_neuron(S: ArrayLike, C: float = 1.0) -> Floats:
    r"""The most features that a neuron can hold, by the bound of compressed sensing.

    .. math:: \rho = \frac nm < \frac1{-C p\ln p}, \qquad p = 1 - S

    which is (27.13): m neurons hold n features that are on in a share p of the inputs.

    Parameters
    ----------
    S : array_like
        Sparsity, the share of inputs in which a feature is off, in [1 - 1/e, 1): there the bound
        rises with it.
    C : float
        The constant of the bound, > 0. Nobody knows it; 1 by default.

    Returns
    -------
    ndarray
        Features per neuron, >= e/C.

    Raises
    ------
    ValueError
        If S or C is out of its range.

    Notes
    -----
    A bound, up to a constant: it does not say what a network holds. Elhage et al., Toy models of
    superposition, 2022, have it as an order.

    Examples
    --------
    >>> import rfscale as rf
    >>> print(rf.neighbours.most_features_per_neuron([0.9, 0.99, 0.999]).round(2))
    [  4.34  21.71 144.76]
    """
    S = sparsities(S)
    C = number("C", C)
    if np.any(S < LEAST_SPARSE):
        least = S[S < LEAST_SPARSE].flat[0]
        raise ValueError(f"S must be in [1 - 1/e, 1), got {least:g}")
    return np.asarray(-1 / (C * xlogy(1 - S, 1 - S)))[()]


def largest_density(features_per_neuron: ArrayLike, C: float = 1.0) -> Floats:
    r"""The density that features may have at most for so many of them to fit on a neuron.

    .. math:: p = e^{W_{-1}(-1/(C\rho))}

    the inverse of that bound, with the lower branch of Lambert's W (27.14).

    Parameters
    ----------
    features_per_neuron : array_like
        n/m, >= e/C and finite. With fewer the bound allows any density.
    C : float
        The constant of the bound, > 0.

    Returns
    -------
    ndarray
        p = 1 - S, in (0, 1/e].

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> import rfscale as rf
    >>> print(rf.neighbours.largest_density([5, 10, 100]).round(4))
    [0.0787 0.028  0.0015]
    """
    C = number("C", C)
    ratio = np.asarray(numbers("features_per_neuron", features_per_neuron), dtype=np.float64)
    least = math.e / C
    if np.any(ratio < least):
        few = ratio[ratio < least].flat[0]
        raise ValueError(
            f"features_per_neuron must be >= e/C = {least:g}, as below it the bound allows any "
            f"density, got {few:g}"
        )
    return np.asarray(np.exp(_lower_lambert(np.log(C * ratio))))[()]


def _lower_lambert(x: Floats) -> Floats:
    """W_{-1}(-e^-x) for x >= 1, by Newton's method from below: scipy's fails near x = 1."""
    excess = np.maximum(x - 1, 0)
    v = np.sqrt(2 * excess) + excess  # -1 - W, which solves v - log(1 + v) = excess
    for _ in range(STEPS):
        v = np.where(v > 0, v - (v - np.log1p(v) - excess) * (1 + v) / np.where(v > 0, v, 1), 0)
    return np.asarray(-1 - v)


def doubling_factor(features_per_neuron: ArrayLike, C: float = 1.0) -> Floats:
    """How much sparser features have to be for twice as many of them to fit on a neuron.

    Parameters
    ----------
    features_per_neuron : array_like
        n/m before they are doubled, >= e/C and finite.
    C : float
        The constant of the bound, > 0.

    Returns
    -------
    ndarray
        p(n/m)/p(2 n/m) with p of (27.14): it falls towards 2.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> import rfscale as rf
    >>> print(rf.neighbours.doubling_factor([3, 5, 10, 30, 100, 1000]).round(2))
    [3.75 2.81 2.52 2.34 2.25 2.17]
    """
    ratio = np.asarray(numbers("features_per_neuron", features_per_neuron), dtype=np.float64)
    return np.asarray(largest_density(ratio, C) / largest_density(2 * ratio, C))[()]
