"""Changes of a derivation's formulas, one at a time: what its checks have to see.

`changes` lists every change of an operator, of an exponent and of a sign in a script. Left alone is
what is no formula of the theory: figures, printed text, draws of random numbers, keyword arguments
(tolerances, numbers of draws).

    python tests/perturbations.py derivations/07_ridgeless.py
        all changes: prints those that go unnoticed
    python tests/perturbations.py derivations/07_ridgeless.py 20 1
        20 of them, by chance, with seed 1
    python tests/perturbations.py derivations/07_ridgeless.py pairs
        those given as JSON on the standard input, [[old text, new text], ...], after what the
        script prints as it is

The script runs once, as it is. Where a change begins, a process forks off that runs the changed
rest of it: all that goes before is shared.
"""

import ast
import contextlib
import copy
import hashlib
import importlib
import io
import json
import os
import sys
import types
import warnings
from pathlib import Path

import cpu_limit

DERIVATIONS = Path(__file__).parent.parent / "derivations"
SWAPPED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
NO_FORMULA = {"ax", "axes", "figure", "plt", "rng"}
SHARED = ["matplotlib", "mpmath", "numpy", "scipy.special", "scipy.optimize", "sympy", "rfscale"]
SHARED += ["common"]  # imported once, for all processes
CPU_LIMIT = 120  # seconds; on an idle machine a script takes 2 to 8


def changes(source):
    """(line, description, changed source) of each change."""
    tree = ast.parse(source)
    for index in range(len(list(_sites(tree)))):
        changed = copy.deepcopy(tree)
        node = list(_sites(changed))[index]
        before = ast.unparse(node)
        _change(node)
        yield (
            node.lineno,
            f"{before} -> {ast.unparse(node)}",
            ast.unparse(ast.fix_missing_locations(changed)),
        )


def _sites(node):
    """Operators of formulas, in order."""
    for child in ast.iter_child_nodes(node):
        simple = isinstance(child, ast.stmt) and not hasattr(child, "body")
        if isinstance(child, ast.JoinedStr | ast.keyword) or (simple and _is_no_formula(child)):
            continue
        swapped = isinstance(child, ast.BinOp) and isinstance(child.op, (*SWAPPED, ast.Pow))
        if swapped or (isinstance(child, ast.UnaryOp) and isinstance(child.op, ast.USub)):
            yield child
        yield from _sites(child)


def _is_no_formula(statement):
    return any(isinstance(node, ast.Name) and node.id in NO_FORMULA for node in ast.walk(statement))


def _change(node):
    if isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd()
    elif isinstance(node.op, ast.Pow):
        node.right = ast.BinOp(node.right, ast.Add(), ast.Constant(1))
    else:
        node.op = SWAPPED[type(node.op)]()


def replaced(source, old, new):
    """The source with the one occurrence of `old` replaced."""
    if source.count(old) != 1:
        raise ValueError(f"{old!r} must occur once, found {source.count(old)} times")
    return source.replace(old, new)


def outcome(script, common=None, namespace=None):
    """What a script does in a process of its own that shares what is there already.

    It "passes", a check "fails", it "breaks" with another exception, "timed out", or "crashes".
    `common`, if given, is the changed source of the shared definitions.
    """
    child = os.fork()
    if child == 0:
        _run(script, common, namespace or {"__name__": "__main__"})
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if cpu_limit.timed_out(code):
        return "timed out"
    return {0: "passes", 1: "fails", 2: "breaks"}.get(code, "crashes")


def _run(script, common, namespace):
    """Run the script, without output, and leave with the code of its outcome."""
    cpu_limit.limit_this_process(CPU_LIMIT)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    warnings.simplefilter("ignore")
    try:
        if common is not None:
            module = sys.modules["common"] = types.ModuleType("common")
            exec(compile(common, "common", "exec"), module.__dict__)
        exec(compile(script, "derivation", "exec"), namespace)
    except AssertionError:
        os._exit(1)
    except BaseException:
        os._exit(2)
    os._exit(0)


def outcomes(path, changed):
    """(description, outcome) of each change of a script, which runs as it is on the way."""
    statements = ast.parse(path.read_text()).body
    namespace = {"__name__": "__main__"}
    waiting = [_begun(statements, *change) for change in changed]
    for index, statement in enumerate(statements):
        for first, description, rest, common in waiting:
            if first == index:
                yield description, outcome(rest, common, namespace)
        exec(compile(ast.Module([statement], []), path, "exec"), namespace)


def _begun(statements, description, source, common):
    """The number of the first statement that a change alters, and the changed rest from there."""
    changed = ast.parse(source).body
    same = [ast.dump(a) == ast.dump(b) for a, b in zip(statements, changed, strict=True)]
    first = 0 if common is not None else same.index(False)
    return first, description, ast.Module(changed[first:], []), common


def _chosen(path, how):
    """(description, changed source, changed common) of what the command line asks for."""
    source = path.read_text()
    if how == ["pairs"]:
        for old, new, *where in json.load(sys.stdin):
            if where:
                shared = (DERIVATIONS / where[0]).read_text()
                yield f"{old} -> {new}", source, replaced(shared, old, new)
            else:
                yield f"{old} -> {new}", replaced(source, old, new), None
        return
    every = list(changes(source))
    if how:  # in an order by chance; a change's place in it does not depend on the rest
        every.sort(key=lambda change: hashlib.sha256((how[1] + change[1]).encode()).digest())
    for line, what, changed in every[: int(how[0])] if how else every:
        yield f"line {line}: {what}", changed, None


def main(path, *how):
    """Try changes of one script and print those that go unnoticed."""
    for name in SHARED:
        importlib.import_module(name)
    sys.modules["matplotlib"].use("agg")
    accepted = {"fails"} if "pairs" in how else {"fails", "breaks"}
    tried, missed = 0, []
    with contextlib.nullcontext() if "pairs" in how else contextlib.redirect_stdout(io.StringIO()):
        for description, result in outcomes(Path(path), _chosen(Path(path), list(how))):
            tried += 1
            if result not in accepted:
                missed.append(f"{result}: {description}")
    print(*missed, f"{tried - len(missed)} of {tried} caught", sep="\n")
    return 0 if tried and not missed else 1


if __name__ == "__main__":
    sys.path.insert(0, str(DERIVATIONS))
    sys.exit(main(*sys.argv[1:]))
