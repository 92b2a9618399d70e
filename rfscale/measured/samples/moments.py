r"""First and second moments of samples that are read once, block by block (derived here).

.. math:: n\,C = n_1 C_1 + n_2 C_2 + \frac{n_1 n_2}{n} (m_1 - m_2)(m_1 - m_2)^\top

for the covariances C_i about the means m_i of two parts with n_i samples. The means are taken about
that of the first block, which is the same number for all: nothing cancels, wherever the mean is.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.samples.blocks import blocks_of, is_stream
from rfscale.measured.samples.samples import FEWEST, require_finite_rows
from rfscale.support.arguments import Floats, flag, integer
from rfscale.support.machine import require_memory
from rfscale.support.progress_bar import LINE, kind_of_bar
from rfscale.support.short_repr import Shown

MOST_COLUMNS = 20_000
MATRICES = 3  # of the covariance's shape at a time
BLOCKS = 4  # as float64, of a block's shape


@dataclass(frozen=True, eq=False, repr=False)
class Moments(Shown):
    """Means and covariances of P samples, about the mean and over P, not P - 1.

    Attributes
    ----------
    P : int
        The number of samples.
    mean : ndarray
        Of the inputs, of shape (inputs,).
    covariance : ndarray
        Of the inputs, of shape (inputs, inputs).
    label_mean : ndarray
        Of shape (outputs,), which is (0,) without labels.
    cross_covariance : ndarray
        Of inputs and labels, of shape (inputs, outputs).
    label_variance : float
        Of the labels, summed over outputs.
    """

    P: int
    mean: Floats
    covariance: Floats
    label_mean: Floats
    cross_covariance: Floats
    label_variance: float

    @cached_property
    def eigenvalues(self) -> Floats:
        """The eigenvalues of the covariance, the largest first; rounding below 0 is 0."""
        values: Floats = np.maximum(np.linalg.eigvalsh(self.covariance)[::-1], 0)
        values.flags.writeable = False
        return values

    @property
    def constant_columns(self) -> int:
        """How many inputs are the same for all samples; their variances are 0 without rounding."""
        return int(np.count_nonzero(np.diag(self.covariance) == 0))


def sample_moments(X: Any, y: Any = None, block: int = 4096, progress: bool = False) -> Moments:
    """Means, covariance and its eigenvalues of samples that need not fit in memory.

    Rows are read once, a block at a time, and all products are of float64: those of float32 lose
    eigenvalues below 1e-7 of the largest. It takes P inputs^2 multiplications, and the memory of
    three matrices of inputs x inputs.

    Parameters
    ----------
    X : array_like, DataFrame or iterable
        Inputs of shape (P, inputs), at least 20 samples and at most 20 000 inputs: an array, one
        on disk (``numpy.load(path, mmap_mode="r")``, which `read_samples` does), or an iterable of
        blocks of rows, of any lengths; with labels, of pairs (X, y). True and False are 1 and 0.
    y : array_like or None
        Labels of shape (P,) or (P, outputs). None for an iterable.
    block : int
        Rows at a time.
    progress : bool
        Whether to show a progress bar on standard error, if that is a terminal or a notebook.

    Returns
    -------
    Moments
        With `mean`, `covariance`, `eigenvalues`, `cross_covariance` and `label_variance`.

    Raises
    ------
    ValueError
        For rows that are not finite, named by their number in the stream; for constant inputs or
        labels, other shapes, too few samples, too many inputs, and what does not fit in memory.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> X = np.random.default_rng(1).standard_normal((1000, 3)) * [3.0, 2.0, 1.0] + 100.0
    >>> moments = rf.sample_moments(X, X[:, 0])
    >>> print(moments.eigenvalues)
    [9.00 3.75 1.03]
    >>> blocks = (X[start : start + 100] for start in range(0, 1000, 100))
    >>> print(rf.sample_moments(blocks).eigenvalues)
    [9.00 3.75 1.03]
    """
    blocks = blocks_of(X, y, integer("block", block))
    bar, quiet = kind_of_bar(flag("progress", progress))
    total = None if is_stream(X) else len(X)
    line = LINE if total else None
    sums: _Sums | None = None
    with closing(bar(total=total, desc="samples", bar_format=line, disable=quiet)) as shown:
        for inputs, labels in blocks:
            targets = np.empty((len(inputs), 0)) if labels is None else labels
            sums = sums or _Sums(inputs.shape[1], targets.shape[1], len(inputs))
            sums.add(inputs, targets)
            shown.update(len(inputs))
    if sums is None or sums.P < FEWEST:
        raise ValueError(
            f"X must hold at least {FEWEST} samples (rows), got {sums.P if sums else 0}"
        )
    return sums.moments()


class _Sums:
    """Moments of what was added so far: means, and sums of products about them."""

    def __init__(self, inputs: int, outputs: int, rows: int) -> None:
        if inputs > MOST_COLUMNS:
            raise ValueError(
                f"X must have at most {MOST_COLUMNS} columns for their covariance, got {inputs}: "
                "for fewer samples than that, X X^T / P about the mean has the same eigenvalues"
            )
        needed = 8.0 * (MATRICES * inputs * (inputs + outputs) + BLOCKS * rows * inputs)
        require_memory(needed, f"the covariance of {inputs} inputs")
        self.P = 0
        self._inputs = inputs
        self._origin: Floats | None = None
        self._mean = np.zeros(inputs + outputs)  # from the origin
        self._products = np.zeros((inputs, inputs))
        self._cross = np.zeros((inputs, outputs))
        self._squares = np.zeros(outputs)

    def add(self, X: NDArray[Any], y: NDArray[Any]) -> None:
        """Take in the samples of a block."""
        self._check(X, y)
        if not len(X):
            return
        if self._origin is None:
            self._origin = np.concatenate([np.mean(part, axis=0, dtype=float) for part in (X, y)])
        origin_x, origin_y = np.split(self._origin, [self._inputs])
        mean_x, about_x = _centred(X, origin_x)
        mean_y, about_y = _centred(y, origin_y)
        total = self.P + len(X)
        shift = np.concatenate([mean_x, mean_y]) - self._mean
        weighted = np.sqrt(self.P * (len(X) / total)) * shift
        shift_x, shift_y = np.split(weighted, [self._inputs])
        self._products += about_x.T @ about_x
        self._products += np.outer(shift_x, shift_x)
        self._cross += about_x.T @ about_y + np.outer(shift_x, shift_y)
        self._squares += np.square(about_y).sum(axis=0) + np.square(shift_y)
        self._mean += shift * (len(X) / total)
        self.P = total

    def _check(self, X: NDArray[Any], y: NDArray[Any]) -> None:
        if X.shape[1] != self._inputs or y.shape[1] != self._cross.shape[1]:
            raise ValueError(
                f"each block must have {self._inputs} inputs and {self._cross.shape[1]} outputs as "
                f"the first, got {X.shape[1]} and {y.shape[1]} at row {self.P}"
            )
        require_finite_rows("X", X, self.P)
        require_finite_rows("y", y, self.P)

    def moments(self) -> Moments:
        """The moments of all samples."""
        assert self._origin is not None
        mean, label_mean = np.split(self._origin + self._mean, [self._inputs])
        self._products /= self.P
        moments = Moments(
            P=self.P,
            mean=mean,
            covariance=self._products,
            label_mean=label_mean,
            cross_covariance=self._cross / self.P,
            label_variance=float(self._squares.sum() / self.P),
        )
        if moments.constant_columns == self._inputs:
            raise ValueError("X must hold different inputs, but all rows are the same")
        if len(label_mean) and moments.label_variance == 0:
            raise ValueError("y must hold different labels, but all of them are the same")
        for array in (mean, label_mean, moments.covariance, moments.cross_covariance):
            array.flags.writeable = False
        return moments


def _centred(block: NDArray[Any], origin: Floats) -> tuple[Floats, Floats]:
    """Mean of the rows from the origin, and the rows about it.

    Equal numbers are a few units of their last place from the origin, so that their sum and mean
    are exact, and what is left is 0.
    """
    about = np.subtract(block, origin, dtype=np.float64)
    mean = about.mean(axis=0)
    about -= mean
    return mean, about
