"""`import rfscale` imports no library; each public name is loaded when it is first used."""

import ast
import copy
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import rfscale

HEAVY = ("numpy", "scipy", "numba", "matplotlib", "mpmath", "sympy", "tqdm")


def python(code):
    """What a fresh interpreter prints."""
    line = [sys.executable, "-c", code]
    return subprocess.run(line, capture_output=True, text=True, check=True).stdout


def test_importing_the_package_imports_no_library():
    assert python(f"import sys, rfscale; print([n for n in {HEAVY} if n in sys.modules])") == "[]\n"


def test_the_names_of_type_checkers_are_those_at_work():
    """The table of homes, the imports that type checkers read, and __all__ say the same."""
    read = {}
    for node in ast.walk(ast.parse(Path(rfscale.__file__).read_text())):
        if isinstance(node, ast.ImportFrom) and node.module.startswith("rfscale"):
            read |= {alias.name: node.module for alias in node.names}
    for own in ("old_name", "HOMES", "MODULES"):
        del read[own]
    table = {name: home for home, names in rfscale.homes.HOMES.items() for name in names}
    modules = {
        name: home.rpartition(".")[0]
        for name, home in rfscale.homes.MODULES.items()
        if name in rfscale.__all__
    }
    assert read == table | modules | {"__version__": "rfscale.version"}
    assert sorted(read) == sorted(rfscale.__all__)  # in the order of ruff


def test_every_public_name_is_found_once_and_kept():
    code = """
import rfscale, sys
for name in rfscale.__all__:
    found = getattr(rfscale, name)
    assert vars(rfscale)[name] is found, name
assert rfscale.predict is sys.modules["rfscale.theory.predict"].predict
assert rfscale.exact is sys.modules["rfscale.exact"]
assert rfscale.asymptotics is sys.modules["rfscale.theory.asymptotics"]
"""
    assert python(code) == ""


@pytest.mark.parametrize("name", ["comparison", "model", "results", "theory", "traces"])
def test_rooms_are_found_without_importing_them(name):
    assert python(f"import rfscale; print(rfscale.{name}.__name__)") == f"rfscale.{name}\n"


@pytest.mark.parametrize(
    "statement",
    [
        "from rfscale import PowerLaw",
        "from rfscale import *; PowerLaw; predict; exact; plotting",
        "import rfscale.plotting; rfscale.plotting.loss_curve",
        "import rfscale.exact as exact; exact.predict",
        "import rfscale; assert set(rfscale.__all__) <= set(dir(rfscale))",
    ],
)
def test_ways_to_import(statement):
    python(statement)


def test_objects_of_lazy_classes_are_pickled_and_copied():
    model = rfscale.ScalingModel(rfscale.PowerLaw(alpha=1.0, M=50))
    assert pickle.loads(pickle.dumps(model)) == model
    assert copy.deepcopy(model) == model
    code = f"import pickle; print(pickle.loads({pickle.dumps(model)!r}).M)"
    assert python(code) == "50\n"


def test_threads_may_touch_the_package_at_once():
    code = """
import sys
import threading
import rfscale as rf

sys.setswitchinterval(1e-5)
names = [name for name in rf.__all__ if name not in vars(rf)]
start = threading.Barrier(len(names))
failed = []

def touch(name):
    start.wait()
    try:
        getattr(rf, name)
    except BaseException as error:
        failed.append((name, error))

threads = [threading.Thread(target=touch, args=(name,)) for name in names]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(failed)
"""
    assert python(code) == "[]\n"
