"""The house rules: who may import whom, small files, documented names, exact dependencies, no
traces of a machine.
"""

import ast
import inspect
import re
import tomllib
from pathlib import Path

import pytest
import versions_check
from checked_equations import TAG, Script, along, checked, displayed, listed

import rfscale

ROOT = Path(__file__).parents[1]
FORMS = rfscale.asymptotics.__all__
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
    "homes": set(),
    "traces": {"support"},
    "model": {"support", "traces", "deprecated"},
    "results": MODEL,
    "theory": BASE,
    "simulation": BASE | {"version"},
    "neighbours": {"model", "results", "support"},  # the model's warning
    "measured": BASE | {"theory", "simulation", "version"},  # a file knows one of them at most
    "comparison": BASE | {"theory", "simulation", "measured"},
    "plotting": BASE | {"theory", "simulation", "comparison", "measured"},
    "explorer": {"version"},
    "cli": BASE
    | {"theory", "simulation", "comparison", "plotting", "explorer", "version", "asymptotics"}
    | {"symbolic", "measured", "neighbours"},
    "exact": {"model", "support"},
    "symbolic": {"exact", "support"},
    "__main__": {"cli"},
    "__init__": BASE
    | {"theory", "simulation", "comparison", "plotting", "exact", "symbolic", "version"}
    | {"measured", "neighbours", "homes"},
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


def reached(start):
    """The modules that one module imports, by way of however many others, and their packages."""
    paths = {path.relative_to(ROOT).with_suffix("").as_posix(): path for path in MODULES}
    found = set()
    ahead = [start]
    while ahead:
        name = ahead.pop()
        place = name.replace(".", "/")
        path = paths.get(place, paths.get(f"{place}/__init__"))
        if path is not None and name not in found | {"rfscale"}:
            found.add(name)
            ahead += [*imports(path), name.rpartition(".")[0]]
    return found


def test_the_experiment_on_samples_is_made_without_the_theory():
    """By whatever way, so that the one can be held against the other."""
    others = reached("rfscale.measured.samples.experiment")
    assert not [name for name in others if name.startswith("rfscale.theory")]


def test_modules_are_followed_by_way_of_others():
    """Each is reached: a name that a package holds, a module, and what only another imports."""
    others = reached("rfscale.comparison.parts")
    assert {"rfscale.comparison", "rfscale.theory.predict", "rfscale.simulation"} <= others
    assert "rfscale.theory.equations.losses" in others


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


@pytest.mark.parametrize("name", FORMS)
def test_closed_forms_have_examples(name):
    assert ">>>" in inspect.getdoc(getattr(rfscale.asymptotics, name))


def cited(docstring):
    """The tags of equations in a docstring, such as (5.7), outside its examples."""
    prose = re.sub(r"^ *(>>>|\.\.\.) .*$", "", docstring.split("Examples\n--")[0], flags=re.M)
    return set(re.findall(rf"\(({TAG})\)", prose))


def docstrings(path):
    """(name, docstring) of a module and what is defined in it."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef):
            yield getattr(node, "name", "the module"), ast.get_docstring(node) or ""


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_cited_equations_are_derived_and_checked_against_the_package(path):
    """A tag in a docstring exists, the table of the derivations names a function for it, and a
    derivation checks that equation against this function.
    """
    for name, docstring in docstrings(path):
        for tag in cited(docstring):
            where = f"({tag}), cited by {name} in {path.name},"
            assert tag in displayed(), f"{where} is not in the derivations"
            assert listed().get(tag), f"{where} has no function in derivations/README.md"
            functions = {thing for function in listed()[tag] for thing in along(function)}
            assert functions & checked().get(tag, set()), (
                f"{where} is checked against none of {listed()[tag]}"
            )


UNTAGGED = {"comparison", "symbolic"}  # a rule of this package, not an equation that is derived


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_docstrings_with_equations_cite_them(path):
    """Or say that no step derives them; symbolic formulas have their tags among their fields."""
    for name, docstring in docstrings(path):
        if ".. math::" in docstring and room(path) not in UNTAGGED:
            said = " ".join(docstring.split()).lower()
            assert cited(docstring) or "derived here" in said, f"{name} in {path.name}"


def public_functions():
    """(name, function) of functions and of the methods of classes."""
    neighbours = (rfscale.neighbours, rfscale.neighbours.__all__)
    for owner, names in ((rfscale, rfscale.__all__), (rfscale.asymptotics, FORMS), neighbours):
        for name in names:
            thing = getattr(owner, name)
            if inspect.isfunction(thing):
                yield name, thing
            elif inspect.isclass(thing):
                yield from inspect.getmembers(thing, inspect.isfunction)


def test_public_functions_are_checked_with_the_equations_that_they_cite():
    """Each by itself: in the table, and in a check of a derivation that carries the tag."""
    count = 0
    for name, function in public_functions():
        for tag in cited(inspect.getdoc(function) or ""):
            in_table = {thing for other in listed().get(tag, ()) for thing in along(other)}
            assert function in in_table, f"derivations/README.md does not name {name} for ({tag})"
            assert function in checked().get(tag, set()), f"no check ({tag}) is about {name}"
            count += 1
    assert count > 30


def test_the_reader_of_checks_follows_names_functions_and_loops():
    """And tells apart the rows of a table that a loop runs over."""
    script = Script()
    script.run(
        ast.parse(
            "model = make(rf.PowerLaw(1.0, 60))\n"
            "def best(m):\n    found = rf.optimal_ridge(m, 3, 4)\n    return found.ridge\n"
            "tools = rf.asymptotics\n"
            "rows = [('1.1', tools.peak), ('1.2', tools.ridgeless)]\n"
            "for tag, form in rows:\n    equal(tag, 'x', form(model), 0)\n"
            "gaps = []\ngaps.append(best(model))\n"
            "by_order('2.1-2.2, 2.4', 'x', [1, 2], gaps, 1)\n"
            "gaps = 0\nequal('3.1', 'x', gaps, [rf.predict(m, 3, 4).test for m in models])\n"
        ).body
    )
    pairs = {(tag, name.removesuffix(".ridge")) for tag, name in script.pairs if "rLaw" not in name}
    assert pairs == {
        ("1.1", "rfscale.asymptotics.peak"),
        ("1.2", "rfscale.asymptotics.ridgeless"),
        *((tag, "rfscale.optimal_ridge") for tag in ("2.1", "2.2", "2.4")),
        ("3.1", "rfscale.predict.test"),
    }


def test_core_dependencies_are_the_eight():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = {re.match(r"\w+", line)[0] for line in project["dependencies"]}
    numerics = {"numpy", "scipy", "mpmath", "sympy", "numba", "threadpoolctl"}
    assert names == numerics | {"matplotlib", "tqdm"}
    assert f"version: {rfscale.__version__}\n" in (ROOT / "CITATION.cff").read_text()


def test_the_oldest_versions_are_the_lower_bounds():
    """Of the core and of what the extra "test" brings; and there is a pin of all that is pinned."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    asked = project["dependencies"] + [
        line for e in ("dask", "frames", "data", "trained", "versions") for line in extras[e]
    ]
    bounds = dict(line.split(">=") for line in asked if not line.startswith("rfscale["))
    lines = (ROOT / "constraints-oldest.txt").read_text().splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))
    assert len(bounds) > 10
    for name, bound in bounds.items():
        assert re.fullmatch(rf"{re.escape(bound)}(\.0)*", pins[name]), name


def test_the_classifiers_name_the_versions_that_are_tested():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    named = re.findall(r"Python :: (3\.\d+)", " ".join(project["classifiers"]))
    tested = {version for version, _ in versions_check.PLAN + versions_check.REST}
    assert set(named) == tested | {project["requires-python"].removeprefix(">=")}
