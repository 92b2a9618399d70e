"""Numbers as they are given, without rounding: binary floats, decimal strings, fractions."""

from __future__ import annotations

from decimal import Decimal
from numbers import Rational
from typing import Any

import mpmath as mp
import numpy as np

from rfscale.support.described import described, is_real


def exact_number(name: str, value: Any) -> Any:
    """An mpmath number: the binary one of a float, the decimal one of a string."""
    if isinstance(value, np.ndarray) and value.ndim == 0 and not np.ma.isMaskedArray(value):
        value = value[()]
    try:
        return _converted(value)
    except (TypeError, ValueError, ArithmeticError):
        raise ValueError(f"{name} must be a single number, got {described(value)}") from None


def _converted(value: Any) -> Any:
    if isinstance(value, bool):
        raise TypeError
    if isinstance(value, Rational):  # also int, and numpy's and sympy's
        return mp.mpf(int(value.numerator)) / int(value.denominator)
    if isinstance(value, str | Decimal):
        return mp.mpf(str(value))
    if hasattr(value, "_mpf_"):  # mpmath's and sympy's
        return mp.mpf(value)
    if is_real(value):
        return mp.mpf(float(value))
    raise TypeError


def given_digits(*values: Any) -> int:
    """How many digits the longest of the numbers has that are not floats."""
    long = [len(str(value)) for value in values if isinstance(value, str | Decimal)]
    long += [int(value.bit_length() / 3) for value in values if isinstance(value, int)]
    long += [int(value._mpf_[3] / 3) for value in values if hasattr(value, "_mpf_")]
    return max(long, default=0)
