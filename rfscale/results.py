"""Results as tables and as files."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.model import ScalingModel
from rfscale.model.model_columns import identified, model_columns
from rfscale.support.archive import opened_archive, reason
from rfscale.support.arguments import file_name
from rfscale.support.files import replacing
from rfscale.support.html_table import html_table, paragraphs
from rfscale.support.short_repr import LONGEST, cut, extent
from rfscale.support.stored import Stored, UndefinedClassError, pack, unpack
from rfscale.support.text_table import text_table

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 3
READ = (2, 3)  # formats that are read
SHOWN = 10  # rows of what is printed


@dataclass(frozen=True, eq=False)
class Result(Stored):
    """A frozen dataclass of arrays that broadcast together, nested results and plain values."""

    OF_MEANS: ClassVar[frozenset[str]] = frozenset()  # columns that a mean is needed for
    OF_ERRORS: ClassVar[frozenset[str]] = frozenset()  # and those that a variance is needed for

    def __post_init__(self) -> None:
        for field in fields(self):
            array = getattr(self, field.name)
            while isinstance(array, np.ndarray):  # and what it is a view of
                array.flags.writeable = False
                array = array.base

    __eq__ = object.__eq__  # large arrays are compared by who wants to
    __hash__ = object.__hash__

    def __repr__(self) -> str:
        try:
            return cut(f"<{'; '.join(filter(None, [self.summary(), self._about()]))}>", LONGEST)
        except Exception:  # half made, or of a class that fails: nothing may keep it from showing
            return f"<{type(self).__name__}>"

    def __str__(self) -> str:
        lines = [self.summary(), self._about(), text_table(self.short_columns(), SHOWN).rstrip()]
        return "\n".join(filter(None, [*lines, *self._below()]))

    def _repr_html_(self) -> str:
        """The table of `print`, typeset, as notebooks show it."""
        above = paragraphs([self.summary(), self._about()])
        below = paragraphs(self._below())
        return "\n".join([*above, html_table(self.short_columns(), SHOWN), *below])

    def summary(self) -> str:
        """What it is, and how many points it has, in a few words."""
        shape = next(iter(self.short_columns().values())).shape
        points = f"{' x '.join(map(str, shape))} points" if shape else "1 point"
        return f"{type(self).__name__} of {points}{self._extent()}"

    def _extent(self) -> str:
        """The least and the largest loss."""
        loss = self.short_columns().get("test")
        known = [] if loss is None else [value for value in loss.flat if value is not None]
        return f", test loss {extent(known)}" if known else ""

    def _below(self) -> list[str]:
        """What stands below the table."""
        return self.remarks()

    def _about(self) -> str:
        """What it is about: the model."""
        return repr(self.model) if hasattr(self, "model") else ""

    def columns(self) -> dict[str, NDArray[Any]]:
        """The result as flat columns of equal length, one entry a point.

        The parameters of the model are among them, so that tables can be told apart and joined.
        Nested names are joined by "_".
        """
        return {name: column.ravel() for name, column in self.broadcast_columns().items()}

    def broadcast_columns(self) -> dict[str, NDArray[Any]]:
        """The columns before they are flat, of the points' shape.

        They are views, which take no memory, but for those that have None where a mean over draws,
        or a standard error, does not exist.
        """
        return self._without_means(_broadcast(self._table()))

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
        columns = self.columns()
        names = (self.OF_MEANS | self.OF_ERRORS) & columns.keys()
        numbers = {name: columns[name].astype(np.float64) for name in names}
        return pd.DataFrame(columns | numbers)  # None is NaN there

    def save(self, path: str | Path) -> None:
        """Write the result to `path` as a numpy .npz archive, readable without this package.

        Arrays are stored under dotted names ("test.mean"); "header" holds the rest as JSON.

        The file is written whole or not at all: one that exists is only replaced by a whole one.

        Raises
        ------
        ValueError
            If no file can be made there.
        OSError
            If it cannot be written.
        """
        arrays: dict[str, Any] = {}
        header = {"format": FORMAT, "result": pack(self, arrays)}
        with replacing(
            file_name("path", path)
        ) as file:  # an open file: savez appends .npz to names that lack it
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

    def short_columns(self) -> dict[str, NDArray[Any]]:
        """The columns that a person reads, of the points' shape: sizes, loss, its error."""
        return self._without_means(_broadcast(self._short()))

    def _without_means(self, columns: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """The columns, None where they need a mean or a variance that does not exist."""
        missing = [(self.OF_MEANS, self.has_no_mean()), (self.OF_ERRORS, self.has_no_variance())]
        for names, where in missing:
            if where.any():
                columns |= {n: blank(columns[n], where) for n in names & columns.keys()}
        return columns

    def has_no_mean(self) -> NDArray[np.bool_]:
        """Where the test loss has no mean over draws: nowhere, of theory."""
        return np.zeros((), dtype=bool)

    def has_no_variance(self) -> NDArray[np.bool_]:
        """Where it has no variance, so that standard errors say nothing: nowhere, of theory."""
        return np.zeros((), dtype=bool)

    def remarks(self) -> list[str]:
        """What has to be said below these columns, one line each."""
        return []

    def _short(self) -> dict[str, Any]:
        """The short columns, of shapes that broadcast."""
        return self._table()

    def _table(self) -> dict[str, Any]:
        """The columns, of shapes that broadcast: the model's, the sizes, the losses."""
        return self._flat("")

    def _flat(self, prefix: str) -> dict[str, Any]:
        flat: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Result):
                flat |= value._flat(f"{prefix}{field.name}_")
            elif isinstance(value, ScalingModel):
                flat |= model_columns(value)
            elif isinstance(value, Stored):
                flat[prefix + field.name] = identified(value)
            elif value is not None:
                flat[prefix + field.name] = value
        return flat


def _broadcast(columns: dict[str, Any]) -> dict[str, NDArray[Any]]:
    arrays = {name: _as_array(value) for name, value in columns.items()}
    shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    return {name: np.broadcast_to(array, shape) for name, array in arrays.items()}


def _as_array(value: Any) -> NDArray[Any]:
    return np.array(None, dtype=object) if value is None else np.asarray(value)


def blank(values: ArrayLike, where: ArrayLike) -> NDArray[Any]:
    """The values, None where they say nothing."""
    return np.where(np.asarray(where), np.array(None, dtype=object), np.asarray(values))


def points(model: ScalingModel, N: Any, T: Any, ridge: Any) -> dict[str, Any]:
    """Columns that say where a loss is: M, what varies of arrays of power laws, and sizes."""
    spectrum = model.spectrum
    varied = {} if not spectrum.shape else spectrum.stored_fields()
    varied = {name: value for name, value in varied.items() if np.size(value) > 1}
    return varied | {"M": spectrum.M, "N": N, "T": T, "ridge": ridge}
