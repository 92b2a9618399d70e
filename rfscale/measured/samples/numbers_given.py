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


def given_numbers(name: str, value: Any, *, flags: bool = False) -> NDArray[Any]:
    """The numbers of an array or a frame in its own type, not copied where that is possible.

    With `flags`, as of inputs, True and False are 1 and 0; of labels they may be classes.

    Raises
    ------
    ValueError
        For text, complex numbers, dates and other objects, without `flags` for True and False; of
        a frame the columns that hold them are named.
    """
    if hasattr(value, "columns") and hasattr(value, "iloc"):
        return _without_flags(_of_frame(name, value, flags))
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
        array = _of_objects(name, value, array, flags)
    if array.dtype.kind not in _kinds(flags):
        raise ValueError(f"{name} must be {ALLOWED}, got {described(value)}{_advice(value, array)}")
    return _without_flags(array)


def _kinds(flags: bool) -> str:
    """The kinds of numpy's types that are allowed."""
    return "iufb" if flags else "iuf"


def _without_flags(array: NDArray[Any]) -> NDArray[Any]:
    """True and False as 1 and 0, in the same memory."""
    return array.view(np.uint8) if array.dtype.kind == "b" else array


def _is_number(item: object, flags: bool) -> bool:
    return is_real(item) or (flags and isinstance(item, bool | np.bool_))


def _of_objects(name: str, value: Any, array: NDArray[Any], flags: bool) -> NDArray[Any]:
    """Objects that are all real numbers, as float64; the first that is none is named."""
    for place, item in np.ndenumerate(array):
        if not _is_number(item, flags):
            where = f"{name}[{', '.join(map(str, place))}]"
            advice = _advice(value, np.asarray(item)) if isinstance(item, str | bool) else ""
            raise ValueError(f"{name} must be {ALLOWED}, but {where} is {described(item)}{advice}")
    return array.astype(np.float64)


def _of_frame(name: str, frame: Any, flags: bool) -> NDArray[Any]:
    columns = [_column(frame, i, flags) for i in range(len(frame.columns))]
    names = [
        str(name)
        for name, array in zip(frame.columns, columns, strict=True)
        if array.dtype.kind not in _kinds(flags)
    ]
    bad = [array for array in columns if array.dtype.kind not in _kinds(flags)]
    if bad:
        named = ", ".join(repr(cut(name)) for name in names[:SHOWN])
        more = f" and {len(bad) - SHOWN} more" if len(bad) > SHOWN else ""
        kinds = " and ".join(sorted({_kind(array) for array in bad}))
        raise ValueError(
            f"{name} must be {ALLOWED}, got a frame with {kinds} in the columns {named}{more}"
            f"{_advice(frame, bad[0])}"
        )
    kind = np.result_type(*columns) if columns else np.float64
    return np.asarray(frame.to_numpy(dtype=kind))


def _column(frame: Any, i: int, flags: bool) -> NDArray[Any]:
    """One column; missing values of nullable types are NaN."""
    array = np.asarray(frame.iloc[:, i].to_numpy())
    if array.dtype.kind == "O" and frame.dtypes.iloc[i].kind in _kinds(flags):
        return np.asarray(frame.iloc[:, i].to_numpy(dtype=np.float64, na_value=np.nan))
    if array.dtype.kind == "O" and all(_is_number(item, flags) for item in array):
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
