"""Changes of a derivation's formulas, one at a time: what its checks have to see.

`changes` lists every change of an operator, of an exponent and of a sign in a script. Left alone is
what is no formula of the theory: figures, printed text, draws of random numbers, keyword arguments
(tolerances, numbers of draws).

    python tests/perturbations.py derivations/07_ridgeless.py
        all changes: prints those that go unnoticed
    python tests/perturbations.py derivations/07_ridgeless.py 20 1
        20 of them, by chance, with seed 1
    python tests/perturbations.py derivations/07_ridgeless.py pairs
        those given as JSON on the standard input, [[old text, new text], ...], of a script that
        passes as it is, which is not tried here
"""

import ast
import copy
import hashlib
import importlib
import json
import os
import sys
import types
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


def outcome(source, common=None):
    """What a script does in a process of its own that shares what is imported already.

    It "passes", a check "fails", it "breaks" with another exception, "timed out", or "crashes".
    `common`, if given, is the changed source of the shared definitions.
    """
    child = os.fork()
    if child == 0:
        _run(source, common)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if cpu_limit.timed_out(code):
        return "timed out"
    return {0: "passes", 1: "fails", 2: "breaks"}.get(code, "crashes")


def _run(source, common):
    """Run the script, without output, and leave with the code of its outcome."""
    cpu_limit.limit_this_process(CPU_LIMIT)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    try:
        if common is not None:
            module = sys.modules["common"] = types.ModuleType("common")
            exec(compile(common, "common", "exec"), module.__dict__)
        exec(compile(source, "derivation", "exec"), {"__name__": "__main__"})
    except AssertionError:
        os._exit(1)
    except BaseException:
        os._exit(2)
    os._exit(0)


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
    unchanged = "passes" if "pairs" in how else outcome(Path(path).read_text())
    if unchanged != "passes":
        sys.exit(f"{path} does not pass as it is: {unchanged}")
    accepted = {"fails"} if "pairs" in how else {"fails", "breaks"}
    tried, missed = 0, 0
    for description, source, common in _chosen(Path(path), list(how)):
        tried += 1
        result = outcome(source, common)
        if result not in accepted:
            missed += 1
            print(f"{result}: {description}", flush=True)
    print(f"{tried - missed} of {tried} caught")
    return 0 if tried and not missed else 1


if __name__ == "__main__":
    sys.path.insert(0, str(DERIVATIONS))
    sys.exit(main(*sys.argv[1:]))
