"""A run of training on disk: the state of model and optimiser, and what was recorded so far.

A numpy archive: `header` holds as JSON what the run is of, `state.0`, `state.1`, ... are the arrays
of the state, `record.NAME` what was recorded under a name, one entry a mark. The arrays are stored
bit by bit, so that a run that is taken up again ends as one that was never interrupted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.support.archive import opened_archive, reason
from rfscale.support.files import check_writable, replacing

FORMAT = 1
Arrays = list[NDArray[Any]]
Records = list[dict[str, NDArray[Any]]]


@dataclass(frozen=True)
class Checkpoint:
    """The file of a run, or no file.

    Parameters
    ----------
    path : Path, optional
        Of the file; without it nothing is kept.
    identity : mapping
        Names and plain values that tell this run from others.
    """

    path: Path | None
    identity: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.path is not None:
            check_writable(self.path)

    def read(self) -> tuple[Arrays, Records] | None:
        """The arrays of the state and the records; None if there is no file yet.

        Raises
        ------
        ValueError
            If the file is of another run, or no checkpoint.
        """
        if self.path is None or not self.path.exists():
            return None
        try:
            run, state, records = _contents(self.path)
        except Exception as error:  # a damaged archive fails in many ways
            raise ValueError(f"checkpoint {self.path} cannot be read: {reason(error)}") from None
        self._check_same(run)
        return state, records

    def write(self, state: Arrays, records: Records) -> None:
        """Replace the file by one of this state."""
        if self.path is None or not records:
            return
        names = list(records[0])
        header = {"format": FORMAT, "run": dict(self.identity), "names": names}
        header |= {"marks": len(records), "arrays": len(state)}
        arrays = {f"state.{i}": array for i, array in enumerate(state)}
        arrays |= {f"record.{name}": np.stack([each[name] for each in records]) for name in names}
        with replacing(self.path) as file:
            np.savez(file, allow_pickle=False, header=np.array(json.dumps(header)), **arrays)

    def _check_same(self, there: dict[str, Any]) -> None:
        for name, value in self.identity.items():
            if there.get(name) != value:
                raise ValueError(
                    f"checkpoint {self.path} is of another run: {name} is {there.get(name)} "
                    f"there and {value} here"
                )


def _contents(path: Path) -> tuple[dict[str, Any], Arrays, Records]:
    """What the run is of, its state and its records."""
    with opened_archive(path) as archive:
        header = json.loads(str(archive["header"]))
        if header.get("format") != FORMAT:
            raise ValueError("it is another archive")
        state = [archive[f"state.{i}"] for i in range(header["arrays"])]
        named = {name: archive[f"record.{name}"] for name in header["names"]}
        marks = {len(values) for values in named.values()}
        if marks != {header["marks"]}:
            raise ValueError(f"it has {header['marks']} records and arrays of {sorted(marks)}")
        records = [{name: named[name][i] for name in named} for i in range(header["marks"])]
        return dict(header["run"]), state, records


def digest(*arrays: NDArray[Any]) -> str:
    """Sixteen characters that tell arrays apart."""
    sums = sha256()
    for array in arrays:
        sums.update(f"{array.shape} {array.dtype.str}".encode())
        sums.update(np.ascontiguousarray(array).tobytes())
    return sums.hexdigest()[:16]
