"""Draws in parallel with one BLAS thread a worker, which also fixes the bits of the result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any, TypeVar

import scipy
from threadpoolctl import ThreadpoolController

from rfscale.support.arguments import integer
from rfscale.support.machine import available_cores

Item = TypeVar("Item")
Result = TypeVar("Result")
Map = Callable[[Callable[[Item], Result], Iterable[Item]], Iterator[Result]]

_lock = Lock()
_users = 0
_limit: Any = None


def worker_count(workers: int | None) -> int:
    """The argument checked; by default the cores that this process may use."""
    return available_cores() if workers is None else integer("workers", workers)


@contextmanager
def workers_map(workers: int) -> Iterator[Map[Any, Any]]:
    """A `map` over this many threads, in order, with one BLAS thread each.

    In the end what has not started is dropped.
    """
    with single_threaded_blas():
        if workers == 1:
            yield map
            return
        pool = ThreadPoolExecutor(workers)
        try:
            yield pool.map
        finally:
            pool.shutdown(cancel_futures=True)


@contextmanager
def single_threaded_blas() -> Iterator[None]:
    """BLAS uses one thread in the whole process while anyone is in here.

    Users are counted, as the limit is that of the process: the first of several simulations to end
    must not lift it for the others.
    """
    global _users, _limit
    controller = blas_controller()
    with _lock:
        _users += 1
        if _users == 1:
            _release(controller)
            _limit = controller.limit(limits=1)
    try:
        yield
    finally:
        with _lock:
            _users -= 1
            if _users == 0:
                _release(controller)
                _limit.restore_original_limits()
                _release(controller)
                _limit = None


def _release(controller: ThreadpoolController) -> None:
    """Take BLAS from the thread that controls it: threadpoolctl ignores all others silently."""
    for library in controller.lib_controllers:
        if hasattr(library, "clear_controlling_thread"):  # since threadpoolctl 3.6
            library.clear_controlling_thread(force=True)


@cache
def blas_controller() -> ThreadpoolController:
    """threadpoolctl's controller of numpy's and scipy's BLAS."""
    scipy.linalg  # noqa: B018  loads its BLAS
    return ThreadpoolController()
