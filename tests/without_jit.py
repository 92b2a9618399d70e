"""A plugin of pytest for runs with the JIT disabled, `pytest -p without_jit`: `make coverage`.

Plain Python takes a hundred times as long as compiled code. A test that takes longer than LIMIT is
stopped and counts as skipped; what it reached until then counts for coverage.
"""

import importlib
import signal

import pytest

LIMIT = 3.0  # seconds
# They measure compiled code, or run in processes of their own, which coverage does not see.
LEFT_OUT = {"test_compiled.py", "test_compiled_cache.py", "test_derivations.py", "test_examples.py"}
# A stop in the middle of their import leaves them half imported.
IMPORTED_FIRST = ("distributed", "loky", "matplotlib.pyplot", "pandas", "scipy.optimize")
NEED_THE_JIT = {"test_memory_is_what_is_asked_for"}


def pytest_configure(config):
    # compiled code divides by zero without a word, numpy's scalars do not
    config.addinivalue_line("filterwarnings", "ignore::RuntimeWarning")
    # what a stopped test leaves open
    config.addinivalue_line("filterwarnings", "ignore::ResourceWarning")
    config.addinivalue_line("filterwarnings", "ignore::pytest.PytestUnraisableExceptionWarning")
    for name in IMPORTED_FIRST:
        importlib.import_module(name)


def pytest_ignore_collect(collection_path):
    return True if collection_path.name in LEFT_OUT else None


def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if getattr(item, "originalname", "") not in NEED_THE_JIT]


def limited():
    def stop(*_):
        pytest.skip("takes too long without the JIT")

    signal.signal(signal.SIGALRM, stop)
    # again every second, where the first was lost in a destructor
    signal.setitimer(signal.ITIMER_REAL, LIMIT, 1.0)
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


pytest_runtest_setup = pytest.hookimpl(wrapper=True)(limited)
pytest_runtest_call = pytest.hookimpl(wrapper=True)(limited)
