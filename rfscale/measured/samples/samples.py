"""Samples of inputs and labels, checked once: every function of measured data begins here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.samples.copies import copies_of_rows
from rfscale.measured.samples.numbers_given import given_numbers
from rfscale.support.arguments import Floats
from rfscale.support.machine import require_memory
from rfscale.support.short_repr import Shown
from rfscale.support.warned import warn_caller

FEWEST = 20  # samples
LARGEST = 1e150  # the squares are in the range of float64
MATRICES = 2  # of the shape of what is given: the copy, and one while it is checked
LEAST_SCALE = 1e-140  # squares of squares are in the range of float64
LARGEST_SCALE = 1e140
FEW_COPIES = 0.01  # of the samples: more are warned of

CONVENTION = (
    "mse: mean squared error on the labels as they are, summed over outputs, without 1/2; with the "
    "losses of a ScalingModel it is 2 test + sigma_eps^2"
)


@dataclass(frozen=True, eq=False, repr=False)
class Samples(Shown):
    """Samples that have been checked; the arrays are copies, and read-only.

    Attributes
    ----------
    X : ndarray
        The inputs as they were given, not centred, of shape (P, inputs).
    y : ndarray
        The labels, of shape (P, outputs); (P, 0) where none were given.
    copies : ndarray of bool
        Of shape (P,): which samples repeat an earlier one to 1e-9 of its distance from the mean.
    constant_columns : int
        How many inputs are the same for all samples. They do no harm and say nothing.
    """

    X: Floats
    y: Floats
    copies: NDArray[np.bool_]
    constant_columns: int

    @property
    def P(self) -> int:
        """The number of samples."""
        return len(self.X)

    @property
    def inputs(self) -> int:
        """The number of inputs, N_in."""
        return int(self.X.shape[1])

    @property
    def outputs(self) -> int:
        """The number of labels of a sample, 0 without labels."""
        return int(self.y.shape[1])

    @property
    def duplicates(self) -> int:
        """The number of samples that repeat an earlier one."""
        return int(np.count_nonzero(self.copies))


def checked_samples(X: Any, y: Any = None) -> Samples:
    """Samples from arrays or frames of pandas; without y for what inputs alone tell.

    Parameters
    ----------
    X : array_like or DataFrame
        Inputs, one row a sample, of shape (P, inputs) with P >= 20; True and False are 1 and 0.
    y : array_like, DataFrame, Series or None
        Labels, of shape (P,) or (P, outputs). Classes as text or as True and False are refused, as
        they are no numbers: a column for each is. Integers are taken as the numbers that they are.

    Raises
    ------
    ValueError
        If they are no real numbers, not finite, out of the range of float64 when squared, constant,
        too few, of different lengths, or more than fits in memory.

    Warns
    -----
    UserWarning
        With y, if more than 1 % of the samples repeat others: a copy predicts its sample, so that
        leaving one out does not.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.random.default_rng(1).standard_normal((30, 4))
    >>> samples = checked_samples(X, X @ [1.0, 2.0, 0.0, 0.0])
    >>> samples.P, samples.inputs, samples.outputs, samples.duplicates
    (30, 4, 1, 0)
    >>> checked_samples(X, y=np.ones(30))
    Traceback (most recent call last):
    ValueError: y must hold different labels, but all of them are 1
    """
    inputs = _matrix("X", X)
    labels = np.empty((len(inputs), 0)) if y is None else _labels(y, len(inputs))
    copies = copies_of_rows(inputs)
    samples = Samples(
        X=inputs,
        y=labels,
        copies=copies,
        constant_columns=int(np.count_nonzero(np.ptp(inputs, axis=0) == 0)),
    )
    for array in (inputs, labels, copies):
        array.flags.writeable = False
    if y is not None and samples.duplicates > FEW_COPIES * samples.P:
        warn_caller(_said_of_copies(samples))
    return samples


def require_scales(samples: Samples) -> None:
    """Raise ValueError if squares of what varies would leave the range of float64."""
    for name, values in (("X", samples.X), ("y", samples.y)):
        scale = float(np.max(np.ptp(values, axis=0))) if values.size else 1.0
        if not LEAST_SCALE <= scale <= LARGEST_SCALE:
            raise ValueError(
                f"{name} must vary by {LEAST_SCALE:g} to {LARGEST_SCALE:g}, got {scale:.3g}: give "
                "it in other units"
            )


def _matrix(name: str, value: Any) -> Floats:
    given = given_numbers(name, value, flags=True)
    if given.ndim != 2 or given.shape[1] == 0:
        raise ValueError(
            f"{name} must have two dimensions, samples by inputs, got an array of shape "
            f"{given.shape}"
        )
    if len(given) < FEWEST:
        raise ValueError(f"{name} must hold at least {FEWEST} samples (rows), got {len(given)}")
    return _finite(name, given)


def _labels(value: Any, P: int) -> Floats:
    given = given_numbers("y", value)
    if given.ndim not in (1, 2) or 0 in given.shape[1:]:
        raise ValueError(f"y must be of shape (P,) or (P, outputs), got {given.shape}")
    if len(given) != P:
        raise ValueError(f"y must hold a label for each of the {P} rows of X, got {len(given)}")
    return _finite("y", given.reshape(P, -1))


def _finite(name: str, given: NDArray[Any]) -> Floats:
    """A copy as float64 in which all is finite, and not all rows are the same."""
    purpose = f"{name} of {given.shape[0]} x {given.shape[1]} numbers"
    require_memory(MATRICES * 8.0 * given.size, purpose)
    array = np.array(given, dtype=np.float64, order="C")
    require_finite_rows(name, array)
    spread = np.ptp(array, axis=0)
    if not spread.any():
        what = "inputs" if name == "X" else "labels"
        same = (
            f"all of them are {array[0, 0]:g}" if array.shape[1] == 1 else "all rows are the same"
        )
        raise ValueError(f"{name} must hold different {what}, but {same}")
    return array


def require_finite_rows(name: str, array: NDArray[Any], first: int = 0) -> None:
    """Raise ValueError if rows hold nan, inf or numbers beyond 1e150: their count and the first.

    `first` is the index of the first row, where the array is a part of a longer one.
    """
    if array.dtype.kind != "f":
        return
    largest = min(LARGEST, float(np.finfo(array.dtype).max))  # a larger one is inf in that type
    with np.errstate(invalid="ignore"):
        bad = ~(np.abs(array) <= largest)
    if not bad.any():
        return
    rows = np.flatnonzero(bad.any(axis=1))
    row = int(rows[0])
    column = int(np.flatnonzero(bad[row])[0])
    count = "1 row holds" if len(rows) == 1 else f"{len(rows)} rows hold"
    raise ValueError(
        f"{name} must hold finite numbers up to {LARGEST:g}, but {count} others; the first is "
        f"{name}[{first + row}, {column}] = {array[row, column]:g}"
    )


def _said_of_copies(samples: Samples) -> str:
    return (
        f"{samples.duplicates} of {samples.P} samples repeat an earlier one: a copy predicts its "
        "sample, so errors from leaving one out are too small; to drop them, keep the rows "
        "numpy.sort(numpy.unique(X, axis=0, return_index=True)[1]) of X and y"
    )
