"""Draws in parallel, without multiplying threads: one BLAS thread a worker, which also fixes the bits of the result."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext
from typing import Any, TypeVar

import scipy

from rfscale.compiled import available_cores

Result = TypeVar("Result")


def default_workers() -> int:
    """The cores this process may use; 1 without threadpoolctl, since BLAS then runs threads of its own."""
    return 1 if _threadpool_limits() is None else available_cores()


def single_threaded_blas() -> AbstractContextManager[Any]:
    """A context in which BLAS uses one thread; does nothing without threadpoolctl."""
    limits = _threadpool_limits()
    scipy.linalg  # noqa: B018  loads its BLAS now: only what is loaded can be limited
    return nullcontext() if limits is None else limits(limits=1)


def map_indices(task: Callable[[int], Result], count: int, workers: int) -> Iterator[Result]:
    """task(0), ..., task(count - 1) in this order; what has not started is dropped when the caller stops."""
    if workers == 1:
        yield from map(task, range(count))
        return
    pool = ThreadPoolExecutor(workers)
    try:
        yield from pool.map(task, range(count))
    finally:
        pool.shutdown(cancel_futures=True)


def _threadpool_limits() -> Callable[..., AbstractContextManager[Any]] | None:
    try:
        from threadpoolctl import threadpool_limits
    except ImportError:
        return None
    limits: Callable[..., AbstractContextManager[Any]] = threadpool_limits
    return limits
