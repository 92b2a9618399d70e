"""Products of numbers whose intermediate results may lie beyond the range of float64."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.support.arguments import Floats


def log_product(numerator: Sequence[ArrayLike], denominator: Sequence[ArrayLike]) -> Floats:
    """log of a quotient of products of numbers in [0, inf], which itself may be beyond float64's
    range.
    """
    mantissa, exponent = scaled_product(numerator, denominator)
    with np.errstate(divide="ignore"):
        logarithm: Floats = np.log(mantissa) + exponent * np.log(2.0)
    return logarithm


def scaled_product(
    numerator: Sequence[ArrayLike], denominator: Sequence[ArrayLike]
) -> tuple[Floats, NDArray[np.int64]]:
    """Mantissa m and exponent e of a quotient of products, m 2^e; no intermediate is out of
    range.
    """
    mantissa: Floats = np.ones(())
    exponent: NDArray[np.int64] = np.zeros((), dtype=np.int64)
    with np.errstate(divide="ignore"):
        for factor in numerator:
            m, e = np.frexp(np.asarray(factor, dtype=np.float64))
            mantissa = mantissa * m
            exponent = exponent + e
        for factor in denominator:
            m, e = np.frexp(np.asarray(factor, dtype=np.float64))
            mantissa = mantissa / m
            exponent = exponent - e
    return mantissa, exponent


def times(factor: ArrayLike, values: ArrayLike) -> Floats:
    """factor * values, where a vanishing factor or value wins over an infinite one."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        return np.where(
            np.equal(factor, 0.0) | np.equal(values, 0.0), 0.0, np.multiply(factor, values)
        )
