"""Two shapes of a transformer side by side: parameters, neurons, features per layer and neuron."""

from __future__ import annotations

from dataclasses import dataclass
from math import e
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.neighbours.accounting import TransformerShape, largest_density
from rfscale.results import Result
from rfscale.support.arguments import number, require_kind


@dataclass(frozen=True, eq=False)
class ShapeComparison(Result):
    """Two shapes, quantity by quantity.

    Attributes
    ----------
    A, B : TransformerShape
    quantity : ndarray
        Their names.
    of_A, of_B, ratio : ndarray
        The values, and those of B over those of A.
    """

    A: TransformerShape
    B: TransformerShape
    quantity: NDArray[np.str_]
    of_A: Any
    of_B: Any
    ratio: Any

    def summary(self) -> str:
        """The two shapes."""
        shapes = " and ".join(f"d = {x.d:g} in {x.layers:g} layers" for x in (self.A, self.B))
        return f"ShapeComparison of {shapes}"

    def _table(self) -> dict[str, Any]:
        return {"quantity": self.quantity, "A": self.of_A, "B": self.of_B, "B/A": self.ratio}


def compare_shapes(
    A: TransformerShape, B: TransformerShape, features: float | None = None, C: float = 1.0
) -> ShapeComparison:
    """Katta's accounting for two shapes of a transformer (27.11).

    Parameters
    ----------
    A, B : TransformerShape
        Each of one width and one depth.
    features : float, optional
        Number of features of the network, > 0, the same for both and spread evenly. Without it a
        layer and a neuron have a share of them.
    C : float
        Constant of the bound, as of `largest_density`, > 0. Only with `features`.

    Returns
    -------
    ShapeComparison
        Width, layers, parameters, neurons, aspect ratio, features per layer and per neuron, and,
        with `features`, the largest density by the bound; 1 where it allows any.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    The wider network has half the neurons, and each holds twice as many features.

    >>> import rfscale as rf
    >>> A = rf.neighbours.TransformerShape(d=1600, layers=48)
    >>> print(rf.neighbours.compare_shapes(A, A.widened(2), features=1e6))
    ShapeComparison of d = 1600 in 48 layers and d = 3200 in 12 layers
    quantity                      A           B      B/A
    width d                    1600        3200        2
    layers                       48          12     0.25
    parameters           1474560000  1474560000        1
    neurons                   76800       38400      0.5
    aspect ratio             33.333      266.67        8
    features per layer        20833       83333        4
    features per neuron      13.021      26.042        2
    largest density        0.019507   0.0079409  0.40707
    """
    for name, shape in (("A", A), ("B", B)):
        require_kind(name, shape, TransformerShape)
        if np.ndim(shape.neurons):
            raise ValueError(f"{name} must have one width and one depth, got {shape!r}")
    held = None if features is None else number("features", features)
    quantities = _quantities(A, held, number("C", C))
    of_A = np.array(list(quantities.values()))
    of_B = np.array(list(_quantities(B, held, C).values()))
    return ShapeComparison(
        A=A, B=B, quantity=np.array(list(quantities)), of_A=of_A, of_B=of_B, ratio=of_B / of_A
    )


def _quantities(shape: TransformerShape, features: float | None, C: float) -> dict[str, float]:
    word = "share of features" if features is None else "features"
    held = 1.0 if features is None else features
    quantities = {
        "width d": shape.d,
        "layers": shape.layers,
        "parameters": shape.parameters,
        "neurons": shape.neurons,
        "aspect ratio": shape.aspect_ratio,
        f"{word} per layer": shape.features_per_layer(held),
        f"{word} per neuron": shape.features_per_neuron(held),
    }
    if features is not None:
        ratio = quantities[f"{word} per neuron"]
        quantities["largest density"] = float(largest_density(ratio, C)) if ratio >= e / C else 1.0
    return quantities
