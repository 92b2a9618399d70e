"""Changes of a derivation's formulas, one at a time: what the checks in it have to see.

`changes` lists every change of an operator, of an exponent and of a sign in a script. Left alone is what is no formula:
figures, printed text, keyword arguments (tolerances, numbers of draws) and subscripts with a colon.
"""

import ast
import copy
import os
import signal
import sys
from pathlib import Path

DERIVATIONS = Path(__file__).parent.parent / "derivations"
SWAPPED = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult}
FIGURE_NAMES = {"ax", "axes", "figure", "plt"}


def changes(source):
    """(line, description, changed source) of each change."""
    tree = ast.parse(source)
    count = sum(1 for _ in _sites(tree))
    for index in range(count):
        changed = copy.deepcopy(tree)
        node = list(_sites(changed))[index]
        before = ast.unparse(node)
        line = node.lineno
        _change(node)
        yield line, f"{before} -> {ast.unparse(node)}", ast.unparse(ast.fix_missing_locations(changed))


def _sites(node):
    """Operators of formulas, in order."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.JoinedStr | ast.keyword | ast.Slice | ast.Import | ast.ImportFrom):
            continue
        if isinstance(child, ast.stmt) and not isinstance(child, ast.FunctionDef | ast.For | ast.With) and _draws(child):
            continue
        if isinstance(child, ast.BinOp) and (type(child.op) in SWAPPED or isinstance(child.op, ast.Pow)):
            yield child
        elif isinstance(child, ast.UnaryOp) and isinstance(child.op, ast.USub):
            yield child
        yield from _sites(child)


def _draws(statement):
    return any(isinstance(n, ast.Name) and n.id in FIGURE_NAMES for n in ast.walk(statement))


def _change(node):
    if isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd()
    elif isinstance(node.op, ast.Pow):
        node.right = ast.BinOp(node.right, ast.Add(), ast.Constant(1))
    else:
        node.op = SWAPPED[type(node.op)]()


def is_caught(source, limit=60):
    """Whether a script fails, run in a process of its own that shares what is imported already."""
    child = os.fork()
    if child == 0:
        _run(source, limit)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0


def _run(source, limit):
    """Run the script, with no output, and leave with 1 if it raises; the alarm ends it if it hangs."""
    signal.alarm(limit)
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    try:
        exec(compile(source, "derivation", "exec"), {"__name__": "__main__"})
    except BaseException:
        os._exit(1)
    os._exit(0)


def main(paths):
    """Try every change of the given scripts and print those that go unnoticed."""
    for path in map(Path, paths):
        total, missed = 0, 0
        for line, description, source in changes(path.read_text()):
            total += 1
            if not is_caught(source):
                missed += 1
                print(f"{path.name}:{line}: {description}", flush=True)
        print(f"{path.name}: {total - missed} of {total} changes are caught", flush=True)


if __name__ == "__main__":
    import matplotlib
    import mpmath
    import numba
    import scipy.special
    import sympy

    import rfscale

    matplotlib.use("agg")
    sys.path.insert(0, str(DERIVATIONS))
    import common

    main(sys.argv[1:])
