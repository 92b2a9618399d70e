"""Files of format 2, read as if they had been written today: under the names of today.

Format 2 had one class `Teacher` for all teachers, None for the isotropic one, and the class
`Mean`.
"""

from __future__ import annotations

from typing import Any

RENAMED = {"Mean": "LossStatistics"}
RENAMED_FIELDS = {"Prediction": {"residual": "delta_error"}}


def modern(packed: dict[str, Any]) -> dict[str, Any]:
    """A packed object under the names of today."""
    kind = packed["kind"]
    if kind == "Teacher":
        return _teacher(packed["fields"])
    names = RENAMED_FIELDS.get(kind, {})
    stored = {names.get(name, name): value for name, value in packed["fields"].items()}
    return packed | {"kind": RENAMED.get(kind, kind), "fields": stored}


def _teacher(stored: dict[str, Any]) -> dict[str, Any]:
    array = stored["array"]
    array = array["value"] if isinstance(array, dict) and "value" in array else array
    if array is not None:
        return {"kind": "GivenWeights", "fields": {"array": array}}
    return {"kind": "SourceCondition", "fields": {"beta": stored["exponent"]}}
