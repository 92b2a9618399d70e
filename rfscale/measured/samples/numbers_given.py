"""Arrays and frames of real numbers, as they are given; what is none says how to make it one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.support.described import cut, described, holds_masked, is_real

ALLOWED = "real numbers in an array or a frame of pandas"
ONE_HOT = "(labels[:, None] == numpy.unique(labels)).astype(float)"
ONE_HOT_OF_PANDAS = "pandas.get_dummies(labels, dtype=float)"
SHOWN = 5  # names of columns in an error


def given_numbers(name: str, value: Any) -> NDArray[Any]:
    """The numbers of an array or a frame in its own type, not copied where that is possible.

    Raises
    ------
    ValueError
        For text, True and False, complex numbers, dates and other objects; of a frame the columns
        that hold them are named.
    """
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        return _of_frame(name, value)
    if hasattr(value, "toarray"):
        raise ValueError(f"{name} must be {ALLOWED}, got a sparse matrix: give {name}.toarray()")
    if holds_masked(value):
        raise ValueError(f"{name} must be {ALLOWED}, got {described(value)}")
    try:
        array = np.asarray(value)
    except Exception as error:  # an __array__ may fail in any way
        cause = None if isinstance(error, ValueError) else error
        raise ValueError(f"{name} must be {ALLOWED}, got {described(value)}") from cause
    if array.dtype.kind == "O" and array.ndim:
        array = _of_objects(name, value, array)
    if array.dtype.kind not in "iuf":
        raise ValueError(f"{name} must be {ALLOWED}, got {described(value)}{_advice(value, array)}")
    return array


def _of_objects(name: str, value: Any, array: NDArray[Any]) -> NDArray[Any]:
    """Objects that are all real numbers, as float64; the first that is none is named."""
    for place, item in np.ndenumerate(array):
        if not is_real(item):
            where = f"{name}[{', '.join(map(str, place))}]"
            advice = _advice(value, np.asarray(item)) if isinstance(item, str | bool) else ""
            raise ValueError(f"{name} must be {ALLOWED}, but {where} is {described(item)}{advice}")
    return array.astype(np.float64)


def _of_frame(name: str, frame: Any) -> NDArray[Any]:
    columns = {str(column): _column(frame, i) for i, column in enumerate(frame.columns)}
    bad = {column: array for column, array in columns.items() if array.dtype.kind not in "iuf"}
    if bad:
        named = ", ".join(repr(cut(column)) for column in list(bad)[:SHOWN])
        more = f" and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        kinds = " and ".join(sorted({_kind(array) for array in bad.values()}))
        raise ValueError(
            f"{name} must be {ALLOWED}, got a frame with {kinds} in the columns {named}{more}"
            f"{_advice(frame, next(iter(bad.values())))}"
        )
    kind = np.result_type(*columns.values()) if columns else np.float64
    return np.asarray(frame.to_numpy(dtype=kind))


def _column(frame: Any, i: int) -> NDArray[Any]:
    """One column; missing values of nullable types are NaN."""
    array = np.asarray(frame.iloc[:, i].to_numpy())
    if array.dtype.kind == "O" and frame.dtypes.iloc[i].kind in "iuf":
        return np.asarray(frame.iloc[:, i].to_numpy(dtype=np.float64, na_value=np.nan))
    if array.dtype.kind == "O" and all(map(is_real, array)):
        return array.astype(np.float64)
    return array


def _kind(array: NDArray[Any]) -> str:
    return {"b": "True and False", "c": "complex numbers", "M": "dates"}.get(
        array.dtype.kind, "text or other objects"
    )


def _advice(given: Any, array: NDArray[Any]) -> str:
    """How to make numbers of what the array holds, by the means of what is given."""
    one_hot = ONE_HOT_OF_PANDAS if hasattr(given, "to_numpy") else ONE_HOT
    if array.dtype.kind == "b":
        return f"; give numbers by .astype(float), or classes by {one_hot}"
    if array.dtype.kind in "OUT":
        return f"; give a column of 0 and 1 for each class: {one_hot}"
    return ""
