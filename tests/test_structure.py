"""The house rules: who may import whom, small files, documented names, exact dependencies, no
traces of a machine.
"""

import ast
import inspect
import re
import tomllib
from pathlib import Path

import pytest

import rfscale

ROOT = Path(__file__).parents[1]
MODULES = sorted((ROOT / "rfscale").rglob("*.py"))


def imports(path):
    """Dotted names of the package's modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text())):
        assert getattr(node, "level", 0) == 0, (
            f"{path.name} has a relative import, which this test cannot follow"
        )
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("rfscale"):
            yield from [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.startswith("rfscale"))


def room(path):
    return path.relative_to(ROOT / "rfscale").parts[0].removesuffix(".py")


# What each room may know of the others: data flows one way.
MODEL = {"support", "traces", "model", "deprecated"}
BASE = MODEL | {"results"}
ALLOWED = {
    "support": set(),
    "deprecated": set(),
    "version": set(),
    "traces": {"support"},
    "model": {"support", "traces", "deprecated"},
    "results": MODEL,
    "theory": BASE,
    "simulation": BASE | {"version"},
    "comparison": BASE | {"theory", "simulation"},
    "plotting": BASE | {"theory", "simulation", "comparison"},
    "explorer": {"version"},
    "cli": BASE
    | {"theory", "simulation", "comparison", "plotting", "explorer", "version", "asymptotics"}
    | {"symbolic"},
    "exact": {"model", "support"},
    "symbolic": {"exact", "support"},
    "__main__": {"cli"},
    "__init__": BASE | {"theory", "simulation", "comparison", "plotting", "version"},
}


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_data_flows_one_way(path):
    for name in imports(path):
        other = name.split(".")[1] if "." in name else None
        if other is not None and other != room(path):
            assert other in ALLOWED[room(path)], f"{path.name} imports {name}"


def test_only_comparison_and_what_shows_results_knows_both_theory_and_simulation():
    for path in MODULES:
        known = {name.split(".")[1] for name in imports(path) if "." in name}
        if {"theory", "simulation"} <= known:
            assert room(path) in {"comparison", "plotting", "cli", "__init__"}, path


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_files_are_small_and_say_what_they_are(path):
    text = path.read_text()
    assert text.count("\n") <= 250
    assert ast.get_docstring(ast.parse(text))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "rfscale" / "explorer").glob("*.*")), ids=lambda p: p.name
)
def test_the_files_of_the_explorer_are_small(path):
    assert path.read_text(encoding="utf-8").count("\n") <= 250


def test_public_names_have_docstrings_with_examples():
    for name in rfscale.__all__:
        thing = getattr(rfscale, name)
        assert inspect.getdoc(thing), name
        if inspect.isfunction(thing):
            assert ">>>" in inspect.getdoc(thing), name
            for section in ("Parameters", "Returns", "Raises", "Examples"):
                assert section in inspect.getdoc(thing), (name, section)


@pytest.mark.parametrize("name", rfscale.asymptotics.__all__)
def test_closed_forms_have_examples(name):
    assert ">>>" in inspect.getdoc(getattr(rfscale.asymptotics, name))


def test_core_dependencies_are_the_seven():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.match(r"\w+", line)[0] for line in project["dependencies"]}
    assert names == {"numpy", "scipy", "mpmath", "sympy", "numba", "matplotlib", "tqdm"}
    assert f"version: {rfscale.__version__}\n" in (ROOT / "CITATION.cff").read_text()
