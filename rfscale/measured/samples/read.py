"""Files of samples: arrays of numpy, tables as text or in parquet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.measured.samples.csv_table import Table, read_csv_table
from rfscale.measured.samples.numbers_given import given_numbers
from rfscale.support.archive import numpy_file, reason
from rfscale.support.arguments import file_name
from rfscale.support.described import shortened
from rfscale.support.machine import require_memory
from rfscale.support.warned import warn_caller

Numbers = NDArray[Any]
SHOWN = 10  # names in an error


def read_samples(
    path: str | PathLike[str],
    y: str | PathLike[str] | None = None,
    y_column: str | int | None = None,
) -> tuple[Numbers, Numbers | None]:
    """Inputs and labels from files, to be given to the functions of measured data.

    Parameters
    ----------
    path : str or Path
        Inputs, one row a sample. By its suffix:

        - .npy, a matrix, left on disk and mapped into memory;
        - .npz, an archive with the arrays X and, maybe, y;
        - .csv, text with or without a line of names, which may begin with #; fields are separated
          by commas, semicolons, tabs or white space;
        - .parquet, which needs pandas and pyarrow.
    y : str, Path or None
        A file with the labels alone, in one of the same formats. It counts before those of an
        archive.
    y_column : str, int or None
        The column of a table that holds the labels: its name, or its number from 0, from the end
        if negative, as an int or in digits. The others are the inputs.

    Returns
    -------
    X : ndarray
        Of shape (P, inputs), in the file's own type, True and False as 1 and 0. That numbers
        are finite is known of tables; of arrays it is checked where they are used.
    y : ndarray or None
        Of shape (P,) or (P, outputs); None if there are no labels.

    Raises
    ------
    ValueError
        For text, missing values, another shape, labels of another length, an unknown suffix or
        column, a damaged file: with file, line and column where there are some.
    FileNotFoundError
        If there is no such file.
    ImportError
        For .parquet without pandas or pyarrow (``pip install "rfscale[frames]" pyarrow``).

    Warns
    -----
    UserWarning
        If the first column of a text file has no name, or the name "Unnamed: 0", and counts the
        rows from 0 or 1, as pandas writes its index: it is taken out.

    Examples
    --------
    >>> import tempfile, rfscale as rf
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     table = Path(folder) / "houses.csv"
    ...     written = table.write_text("area,rooms,price\\n52,2,100.5\\n75,3,141\\n40,1,88\\n")
    ...     X, y = rf.read_samples(table, y_column="price")
    >>> print(X.tolist(), y)
    [[52.0, 2.0], [75.0, 3.0], [40.0, 1.0]] [100.5 141. 88. ]
    """
    if y is not None and y_column is not None:
        raise ValueError(
            f"y and y_column must not both be given, got {shortened(y)} and {shortened(y_column)}"
        )
    X, labels = _read("path", path, "X", y_column)
    if X.ndim != 2:
        raise ValueError(
            f"{path} must hold X of two dimensions, samples by inputs, got the shape {X.shape}"
        )
    if y is not None:
        labels = _read("y", y, "y", None)[0]
    if labels is not None and (labels.ndim == 0 or len(labels) != len(X)):
        held = "one number" if labels.ndim == 0 else f"{len(labels)}"
        raise ValueError(f"y must hold a label for each of the {len(X)} rows of X, got {held}")
    return X, labels


def _read(
    name: str, given: Any, wanted: str, y_column: str | int | None
) -> tuple[Numbers, Numbers | None]:
    """The array that is wanted, X or y, of a file; with X the labels that are there, too."""
    path = file_name(name, given)
    suffix = path.suffix.lower()
    if path.is_dir():
        raise ValueError(f"{name} must be a file, but {path} is a folder")
    if suffix not in SUFFIXES:
        raise ValueError(f"{name} must end in {', '.join(SUFFIXES)}, got {shortened(str(path))}")
    if suffix in TABLES:
        return _from_table(path, wanted, TABLES[suffix](path), y_column)
    if y_column is not None:
        raise ValueError(
            f"y_column is for tables, {' and '.join(TABLES)}, got {shortened(y_column)} for {path}"
        )
    return ARRAYS[suffix](path, wanted)


def _from_npy(path: Path, wanted: str) -> tuple[Numbers, None]:
    array = numpy_file(path, mapped=True)
    if not isinstance(array, np.ndarray):
        raise ValueError(f"{path} is an archive of several arrays: name it .npz")
    return _real(path, wanted, array), None


def _from_npz(path: Path, wanted: str) -> tuple[Numbers, Numbers | None]:
    with open(path, "rb") as file:
        archive = numpy_file(path, ".npz", file=file)
        if isinstance(archive, np.ndarray):
            raise ValueError(f"{path} is a single array: name it .npy")
        if wanted not in archive.files:
            raise ValueError(f"{path} must hold the array {wanted}, got {_listed(archive.files)}")
        require_memory(sum(part.file_size for part in archive.zip.infolist()), f"reading {path}")
        try:
            arrays = {name: archive[name] for name in {wanted, "y"} & {*archive.files}}
        except Exception as error:  # a damaged archive fails in many ways
            raise ValueError(f"{path} is not a .npz file of numbers: {reason(error)}") from None
    numbers = {name: _real(path, name, array) for name, array in arrays.items()}
    return numbers[wanted], numbers.get("y")


def _from_table(
    path: Path, wanted: str, table: Table, y_column: str | int | None
) -> tuple[Numbers, Numbers | None]:
    if table.row_numbers:
        warn_caller(f"the first column of {path} has no name and counts the rows: it is taken out")
    if y_column is None:
        if wanted == "y":
            _require_no_flags(path, table, range(table.numbers.shape[1]))
        return table.numbers, None
    column = _number_of_column(path, table, y_column)
    _require_no_flags(path, table, [column])
    return np.delete(table.numbers, column, axis=1), table.numbers[:, column].copy()


def _require_no_flags(path: Path, table: Table, labels: Iterable[int]) -> None:
    """Raise ValueError for labels of True and False: whether they are numbers is for users."""
    for column in sorted({*labels} & {*table.flags}):
        named = repr(table.names[column]) if table.names else column + 1
        raise ValueError(
            f"{path}: column {named} of the labels holds True and False; give numbers, or classes "
            "as a column of 0 and 1 for each"
        )


def _number_of_column(path: Path, table: Table, y_column: str | int) -> int:
    """The number of the column: a name that is a number counts as a name."""
    columns = int(table.numbers.shape[1])
    names = list(table.names or ())
    if names.count(str(y_column)) == 1:
        return names.index(str(y_column))
    if names.count(str(y_column)) > 1:
        raise ValueError(f"y_column must be one column, got {y_column!r}, a name of several")
    if _is_whole(y_column) and -columns <= int(y_column) < columns:
        return int(y_column) % columns
    known = f"{_listed(names)}, or a" if names else "a"
    raise ValueError(
        f"y_column must be {known} number from {-columns} to {columns - 1}, got "
        f"{shortened(y_column)} for {path}"
    )


def _is_whole(column: object) -> bool:
    if isinstance(column, str):
        return column.removeprefix("-").isdecimal()
    return isinstance(column, int) and not isinstance(column, bool)


def _from_parquet(path: Path) -> Table:
    try:
        import pandas as pd
        import pyarrow
    except ImportError:
        raise ImportError(
            'files of .parquet need pandas and pyarrow: pip install "rfscale[frames]" pyarrow'
        ) from None
    try:
        frame = pd.read_parquet(path, engine="pyarrow")
    except (pyarrow.ArrowException, ValueError) as error:
        raise ValueError(f"{path} is not a file of parquet: {reason(error)}") from None
    numbers = _real(path, "X", frame)
    names = tuple(map(str, frame.columns))
    for row, column in np.argwhere(~np.isfinite(numbers))[:1]:
        raise ValueError(
            f"{path}, row {row}: column {names[column]!r} is {numbers[row, column]:g}, no finite "
            "number; take the row out, or fill it"
        )
    flags = tuple(i for i, kind in enumerate(frame.dtypes) if kind.kind == "b")
    return Table(numbers=numbers, names=names, flags=flags)


def _real(path: Path, name: str, array: Any) -> Numbers:
    return given_numbers(f"{name} of {path}", array, flags=name == "X")


def _listed(names: list[str]) -> str:
    shown = ", ".join(map(repr, names[:SHOWN]))
    return f"{shown} and {len(names) - SHOWN} more" if len(names) > SHOWN else shown or "none"


ARRAYS: dict[str, Callable[[Path, str], tuple[Numbers, Numbers | None]]] = {
    ".npy": _from_npy,
    ".npz": _from_npz,
}
TABLES: dict[str, Callable[[Path], Table]] = {".csv": read_csv_table, ".parquet": _from_parquet}
SUFFIXES = (*ARRAYS, *TABLES)
