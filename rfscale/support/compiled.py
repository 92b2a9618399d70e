"""How functions are compiled: without the interpreter's lock, with IEEE division, cached between
processes.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numba

from rfscale.support.compiled_cache import cache_of
from rfscale.support.machine import available_cores

Function = TypeVar("Function", bound=Callable[..., Any])

# lets sums run in the lanes of the processor; infinities stay exact
REORDERED = {"reassoc", "nsz", "contract"}


def compiled(function: Function) -> Function:
    """Compile a function of numbers and arrays when it is first called."""
    return _compile(function, fastmath=False)


def inlined(function: Function) -> Function:
    """Compile into its caller, where passing its arguments would take longer than what it does."""
    return _compile(function, inline="always")


def compiled_sum(function: Function) -> Function:
    """Compile a loop of sums whose terms hardly cancel, so that their order does not matter."""
    return _compile(function, fastmath=REORDERED)


def _compile(function: Function, **options: Any) -> Function:
    dispatcher: Function = numba.njit(nogil=True, error_model="numpy", **options)(function)
    if dispatcher is function:  # the JIT is disabled
        return function
    dispatcher._cache = cache_of(function)  # type: ignore[attr-defined]
    return dispatcher


def run_in_chunks(task: Callable[[int, int], None], count: int, chunk: int) -> None:
    """task(start, stop) over 0, ..., count - 1, on all cores: for compiled functions that write
    their results.

    Plain threads, as these release the interpreter's lock: unlike numba's own, they survive a fork
    of the process and may be used from several threads at once.
    """
    starts = range(0, count, chunk)
    if len(starts) <= 1 or available_cores() == 1:
        for start in starts:
            task(start, min(start + chunk, count))
        return
    pool = ThreadPoolExecutor(available_cores())
    try:
        list(pool.map(lambda start: task(start, min(start + chunk, count)), starts))
    finally:
        pool.shutdown(cancel_futures=True)
