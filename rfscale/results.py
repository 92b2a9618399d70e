"""Results as tables and as files."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from rfscale.model import ScalingModel
from rfscale.support.archive import opened_archive, reason
from rfscale.support.arguments import file_name
from rfscale.support.stored import Stored, UndefinedClassError, pack, unpack

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 3
READ = (2, 3)  # formats that are read


@dataclass(frozen=True, eq=False)
class Result(Stored):
    """A frozen dataclass of arrays that broadcast together, nested results and plain values."""

    def __post_init__(self) -> None:
        for field in fields(self):
            array = getattr(self, field.name)
            while isinstance(array, np.ndarray):  # and what it is a view of
                array.flags.writeable = False
                array = array.base

    __eq__ = object.__eq__  # large arrays are compared by who wants to
    __hash__ = object.__hash__

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
        check_writable(file_name("path", path))
        arrays: dict[str, Any] = {}
        header = {"format": FORMAT, "result": pack(self, arrays)}
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
        path = file_name("path", path)
        try:
            with opened_archive(path) as archive:
                header = json.loads(str(archive["header"]))
                if header["format"] not in READ:
                    raise ValueError(f"format {header['format']}, this version reads {READ}")
                result = unpack(header["result"], archive)
        except FileNotFoundError:
            raise
        except UndefinedClassError as error:
            raise UndefinedClassError(f"{path} cannot be loaded: {error}") from None
        except Exception as error:  # a damaged archive fails in many ways
            raise ValueError(f"{path} is not a saved result of rfscale: {reason(error)}") from None
        if not isinstance(result, cls):
            raise ValueError(f"{path} holds a {type(result).__name__}, not a {cls.__name__}")
        return result

    def _flat(self, prefix: str) -> dict[str, Any]:
        flat: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Result):
                flat |= value._flat(f"{prefix}{field.name}_")
            elif isinstance(value, ScalingModel) and value.spectrum.shape:
                flat |= value.spectrum.stored_fields()
            elif not isinstance(value, Stored) and value is not None:
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
