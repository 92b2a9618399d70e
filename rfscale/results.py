"""What every result can do: become a table, be saved to a file and be loaded again."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from rfscale.model import ScalingModel
from rfscale.model.spectra import Eigenvalues, PowerLaw, Spectrum, Variances
from rfscale.model.teachers import Teacher

if TYPE_CHECKING:
    import pandas as pd

_KINDS: dict[str, type[Any]] = {}
_FORMAT = 2


@dataclass(frozen=True, eq=False)
class Result:
    """A frozen dataclass of arrays that broadcast together, nested results and plain values."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        _KINDS[cls.__name__] = cls

    def columns(self) -> dict[str, Any]:
        """The result as flat columns of equal length, one entry a point; nested names are joined by
        "_".
        """
        arrays = {name: np.asarray(value) for name, value in self._flat("").items()}
        shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
        return {name: np.broadcast_to(array, shape).ravel() for name, array in arrays.items()}

    def to_frame(self) -> pd.DataFrame:
        """The columns as a pandas DataFrame, one row a point.

        Raises
        ------
        ImportError
            If pandas is not installed (``pip install "rfscale[frames]"``).
        """
        try:
            import pandas as pd
        except ImportError:
            raise ImportError('to_frame needs pandas: pip install "rfscale[frames]"') from None
        return pd.DataFrame(self.columns())

    def save(self, path: str | Path) -> None:
        """Write the result to `path` as a numpy .npz archive, readable without this package.

        Arrays are stored under dotted names ("test.mean"); "header" holds the rest as JSON.

        Raises
        ------
        ValueError
            If no file can be made there.
        """
        check_writable(path)
        arrays: dict[str, Any] = {}
        header = {"format": _FORMAT, "result": pack(self, "", arrays)}
        with open(
            path, "wb"
        ) as file:  # an open file, since savez appends .npz to names that lack it
            np.savez_compressed(file, header=np.array(json.dumps(header)), **arrays)

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a result of this class that `save` wrote.

        Raises
        ------
        ValueError
            If the file does not hold one.
        """
        try:
            with open(path, "rb") as file, np.load(file, allow_pickle=False) as archive:
                header = json.loads(str(archive["header"]))
                if header["format"] != _FORMAT:
                    raise ValueError(f"format {header['format']}, this version reads {_FORMAT}")
                result = unpack(header["result"], archive)
        except FileNotFoundError:
            raise
        except Exception as error:  # a damaged archive fails in many ways
            raise ValueError(f"{path} is not a saved result: {error}") from None
        if not isinstance(result, cls):
            raise ValueError(f"{path} holds a {type(result).__name__}, not a {cls.__name__}")
        return result

    def _flat(self, prefix: str) -> dict[str, Any]:
        flat: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Result):
                flat |= value._flat(f"{prefix}{field.name}_")
            elif (
                isinstance(value, ScalingModel)
                and isinstance(value.spectrum, PowerLaw)
                and value.spectrum.shape
            ):
                flat |= {f.name: getattr(value.spectrum, f.name) for f in fields(value.spectrum)}
            elif not isinstance(value, ScalingModel | Spectrum) and value is not None:
                flat[prefix + field.name] = value
        return flat


def check_writable(path: str | Path) -> None:
    """Raise ValueError if a file cannot be made there."""
    folder = Path(path).parent
    if not folder.is_dir():
        raise ValueError(f"cannot write {path}: the folder {folder} does not exist")
    if not str(path) or Path(path).is_dir():
        raise ValueError(f"cannot write {str(path)!r}: it is not the name of a file")
    if not os.access(path if Path(path).exists() else folder, os.W_OK):
        raise ValueError(f"cannot write {path}: permission denied")


def pack(value: Any, name: str, arrays: dict[str, Any]) -> Any:
    """`value` as JSON; its arrays go into `arrays` under their dotted names. A model and its
    spectrum have none.
    """
    if isinstance(value, Eigenvalues | Variances):
        return {"kind": type(value).__name__, "fields": {"array": value.array.tolist()}}
    if isinstance(value, Teacher):
        array = None if value.array is None else value.array.tolist()
        return {"kind": "Teacher", "fields": {"exponent": value.exponent, "array": array}}
    if is_dataclass(value) and not isinstance(value, type):
        prefix = f"{name}." if name else ""
        packed = {
            f.name: pack(getattr(value, f.name), prefix + f.name, arrays) for f in fields(value)
        }
        return {"kind": type(value).__name__, "fields": packed}
    if isinstance(value, np.ndarray | np.generic):
        arrays[name] = np.asarray(value)
        return {"array": name}
    if isinstance(value, tuple):
        return {"items": [pack(item, f"{name}.{i}", arrays) for i, item in enumerate(value)]}
    return {"value": value}


def unpack(packed: Any, archive: Any) -> Any:
    """What was packed; `archive` maps the names of arrays to them."""
    if not isinstance(packed, dict):
        return packed
    if "array" in packed:
        return archive[packed["array"]][()]
    if "value" in packed:
        return packed["value"]
    if "items" in packed:
        return tuple(unpack(item, archive) for item in packed["items"])
    kinds = _KINDS | {
        kind.__name__: kind for kind in (PowerLaw, Eigenvalues, Variances, Teacher, ScalingModel)
    }
    return kinds[packed["kind"]](**{k: unpack(v, archive) for k, v in packed["fields"].items()})
