"""Samples in blocks of rows, of arrays that need not fit in memory or of iterables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from numpy.typing import NDArray

from rfscale.measured.samples.numbers_given import given_numbers
from rfscale.support.described import described

Block = tuple[NDArray[Any], NDArray[Any] | None]
WHOLE = (list, tuple, str, bytes, dict, set)  # are no streams, though one can run over them


def blocks_of(X: Any, y: Any, rows: int) -> Iterator[Block]:
    """Blocks of at most so many rows of inputs, (n, inputs), and of labels, (n, outputs) or None.

    Raises
    ------
    ValueError
        For what are no real numbers, other shapes, and labels of another number.
    """
    if is_stream(X):
        if y is not None:
            raise ValueError(
                "y must be None where X is an iterable: let it give pairs of inputs and labels, "
                f"got {described(y)}"
            )
        return _of_stream(X, rows)
    inputs = _sliceable("X", X)
    if len(inputs.shape) != 2 or 0 in inputs.shape:
        raise ValueError(
            f"X must have two dimensions, samples by inputs, got an array of shape {inputs.shape}"
        )
    if y is None:
        return _of_arrays(inputs, None, rows)
    labels = _sliceable("y", y)
    P = inputs.shape[0]
    if len(labels.shape) not in (1, 2) or labels.shape[0] != P:
        raise ValueError(
            f"y must hold a label for each of the {P} rows of X, got an array of shape "
            f"{labels.shape}"
        )
    return _of_arrays(inputs, labels, rows)


def is_stream(X: Any) -> bool:
    """Whether X gives blocks one after the other, of a number that is not known before."""
    array_like = hasattr(X, "__array__") or hasattr(X, "shape") or isinstance(X, WHOLE)
    return isinstance(X, Iterable) and not array_like


def _sliceable(name: str, value: Any) -> Any:
    """An array on disk or in memory as it is; a frame or a list as an array."""
    sliceable = hasattr(value, "shape") and hasattr(value, "dtype") and not hasattr(value, "iloc")
    return value if sliceable else given_numbers(name, value, flags=name == "X")


def _of_arrays(X: Any, y: Any, rows: int) -> Iterator[Block]:
    for start in range(0, X.shape[0], rows):
        part = slice(start, start + rows)
        yield _checked(X[part], None if y is None else y[part])


def _of_stream(stream: Iterable[Any], rows: int) -> Iterator[Block]:
    for item in stream:
        X, y = item if isinstance(item, tuple) and len(item) == 2 else (item, None)
        inputs, labels = _checked(X, y)
        for start in range(0, len(inputs), rows):
            part = slice(start, start + rows)
            yield inputs[part], None if labels is None else labels[part]


def _checked(X: Any, y: Any) -> Block:
    """The numbers of a block; labels as a matrix."""
    inputs = given_numbers("X", X, flags=True)
    if inputs.ndim != 2:
        raise ValueError(f"each block of X must have two dimensions, got shape {inputs.shape}")
    if y is None:
        return inputs, None
    labels = given_numbers("y", y)
    if labels.ndim not in (1, 2) or len(labels) != len(inputs):
        raise ValueError(
            f"each block of y must hold a label for each of the {len(inputs)} rows of its X, got "
            f"shape {labels.shape}"
        )
    return inputs, labels[:, None] if labels.ndim == 1 else labels
