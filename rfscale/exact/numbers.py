"""Numbers as they are given, without rounding: binary floats, decimal strings."""

from __future__ import annotations

from typing import Any

import mpmath as mp
import numpy as np


def exact_number(name: str, value: Any) -> Any:
    """An mpmath number: the binary one of a float, the decimal one of a string."""
    try:
        if isinstance(value, bool) or np.ndim(value):
            raise TypeError
        return mp.mpf(value if isinstance(value, str | int | mp.mpf) else float(value))
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a single number, got {value!r}") from None


def given_digits(*values: Any) -> int:
    """How many digits the longest of the numbers has that are not floats."""
    long = [len(str(value)) for value in values if isinstance(value, str | int)]
    long += [int(value.bc / 3) for value in values if isinstance(value, mp.mpf)]
    return max(long, default=0)
