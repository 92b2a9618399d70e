"""The cache of compiled functions: numba's, which does not trust what it finds.

numba unpickles its index (.nbi) and data files (.nbc) as they are. A file that a full disk, a crash
or a broken copy left empty or cut off is an EOFError or UnpicklingError at every later start. A
flipped bit in a data file is worse: it holds machine code, and the process crashes or computes
something else. An index can also name a data file of an older source, where the process was killed
after writing the one and before the other.

So data are stored with a checksum and with the source and the signature that they belong to. All
are compared before use, and after any error while loading the function is compiled anew. Where
nothing can be written the compiled function is used all the same. The files have names of their
own, so that numba without these checks does not read them.

To numba the source is the function's own file. But the code of the functions that it calls is part
of its own, so here the source is that of all compiled functions of the package: after a change in
one of these files all of them are compiled anew.

A process that begins to compile says so in a line on standard error, as it may take minutes: once,
and in a pool of processes the first one for all. The environment variable RFSCALE_QUIET=1 leaves
this line out. What is broken is reported in any case.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import multiprocessing
import os
import pickle
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numba
from numba.core.caching import FunctionCache, IndexDataCacheFile, NullCache

COMPILING = "rfscale: compiling, once in an installation: some seconds, on a busy machine minutes"
UNCACHED = (
    "rfscale: compiling, in each process anew, as {folder} cannot be written to; "
    "the environment variable NUMBA_CACHE_DIR names another folder"
)
DAMAGED = "rfscale: compiled code in {folder} is damaged and is compiled anew ({error})"
NOT_KEPT = "rfscale: compiled code cannot be kept in {folder} ({error})"

COMPILES = b"rfscale.support.compiled import"  # a line of each file with compiled functions

_said: set[str] = set()


def cache_of(function: Any) -> CheckedCache | Uncached:
    """The cache of a function, or none where no folder can be written to."""
    try:
        return CheckedCache(function)
    except RuntimeError as error:
        if "cannot cache function" not in str(error):
            raise
        return Uncached(function)


def folder_of(function: Any) -> str | None:
    """Where the code of a compiled function is kept, or would be; None if the JIT is disabled."""
    cache = getattr(function, "_cache", None)
    return None if cache is None else str(cache.cache_path)


class CheckedCache(FunctionCache):
    """numba's cache of one function, for which a broken file is a missing one."""

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self._cache_file = CheckedFiles(
            cache_path=self.cache_path,
            filename_base=f"{self._impl.filename_base}.checked",
            source_stamp=(self._impl.locator.get_source_stamp(), _source_of_callees(function)),
        )

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """The compiled code of a signature, or None if there is none that can be trusted."""
        try:
            found = super().load_overload(sig, target_context)
        except Exception as error:  # damaged pickles raise almost anything
            _say_once(DAMAGED, folder=self.cache_path, error=_reason(error))
            self._start_anew()
            return None
        if found is None and _speaks():
            _say_once(COMPILING)
        return found

    def save_overload(self, sig: Any, data: Any) -> None:
        """Keep compiled code, if the folder lets us."""
        try:
            super().save_overload(sig, data)
        except OSError as error:
            _say_once(NOT_KEPT, folder=self.cache_path, error=_reason(error))

    def _start_anew(self) -> None:
        """Remove the index; data files are overwritten when new ones are saved."""
        try:
            self._cache_file.index.unlink(missing_ok=True)
        except OSError:  # not ours, or not a file: saving would stumble over it
            self.disable()


class Uncached(NullCache):
    """No cache: all processes compile."""

    def __init__(self, function: Any) -> None:
        beside = Path(function.__code__.co_filename).parent / "__pycache__"
        self._folder = numba.config.CACHE_DIR or str(beside)

    @property
    def cache_path(self) -> str:
        """The folder that was tried."""
        return self._folder

    def load_overload(self, sig: Any, target_context: Any) -> None:
        """Nothing; says once that this will be so the next time, too."""
        if _is_first_of_pool():
            _say_once(UNCACHED, folder=self.cache_path)


class CheckedFiles(IndexDataCacheFile):
    """Index and data files; each entry is stored with its checksum and with what it belongs to."""

    def __init__(self, cache_path: str, filename_base: str, source_stamp: Any) -> None:
        super().__init__(cache_path, filename_base, source_stamp)
        self.index = Path(cache_path, f"{filename_base}.nbi")
        self._source = (numba.__version__, source_stamp)

    def save(self, key: Any, data: Any) -> None:
        """Write data with their checksum."""
        content = self._dump((self._source, key, data))
        super().save(key, (hashlib.sha256(content).digest(), content))

    def load(self, key: Any) -> Any:
        """Data whose checksum is right and that belong to this key and source; else None."""
        stored = super().load(key)
        if stored is None:
            return None
        checksum, content = stored
        if hashlib.sha256(content).digest() != checksum:
            raise ValueError("wrong checksum")
        source, own_key, data = pickle.loads(content)
        if source != self._source:  # its successor is missing, or is being written right now
            return None
        if own_key != key:
            raise ValueError("code of another signature")
        return data


def _source_of_callees(function: Any) -> str:
    """A hash of what a function may call: all compiled functions of its package."""
    package = sys.modules.get(function.__module__.partition(".")[0])
    return _compiled_sources(tuple(getattr(package, "__path__", ())))


@functools.cache
def _compiled_sources(folders: tuple[str, ...]) -> str:
    """A hash of the files in these folders that hold compiled functions, read once in a process.

    By content: times of files may be equal in two versions, or differ in two copies of one.
    """
    found = []
    for path in (os.path.join(*place) for folder in folders for place in _modules(folder)):
        with contextlib.suppress(OSError), open(path, "rb") as file:  # an editor's link to nothing
            content = file.read()
            if COMPILES in content:
                found.append(hashlib.sha256(content).digest())
    return hashlib.sha256(b"".join(sorted(found))).hexdigest()


def _modules(folder: str) -> Iterator[tuple[str, str]]:
    """Folder and name of each module."""
    for at, _, names in os.walk(folder):
        yield from ((at, name) for name in names if name.endswith(".py"))


def _speaks() -> bool:
    return _is_first_of_pool() and os.environ.get("RFSCALE_QUIET", "0") == "0"


def _is_first_of_pool() -> bool:
    """Whether this is no process of a pool, or its first: their names end with "-1", "-2", ..."""
    number = multiprocessing.current_process().name.rpartition("-")[2]
    return number == "1" or not number.isdigit()


def _reason(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _say_once(message: str, **values: object) -> None:
    """Write one line to stderr, the first time that `message` comes up in this process."""
    if message in _said:
        return
    _said.add(message)
    with contextlib.suppress(OSError, ValueError):  # stderr may be closed
        print(message.format(**values), file=sys.stderr, flush=True)
