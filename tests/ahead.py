"""What tests run in processes of their own, two at a time, before the tests ask for it."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager


@contextmanager
def started(tasks):
    """For each name of a task a function that gives its result.

    A worker of pytest-xdist does not run ahead: which tests it gets is not known, and another
    worker keeps the other core busy.
    """
    if "PYTEST_XDIST_WORKER" in os.environ:
        yield tasks
        return
    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(task).result for name, task in tasks.items()}
