"""Which functions of the package the derivations check, with which tags, read from the scripts.

A check is a call such as `equal("5.8", statement, left, right)`. The functions that it is about are
those in its arguments, or in what was assigned to the names there, or in what local functions
called there call.
"""

import ast
import inspect
import re
from functools import cache
from pathlib import Path

import rfscale

DERIVATIONS = Path(__file__).parents[1] / "derivations"
CHECKS = {"identity", "equal", "by_order", "sampled", "measured", "below"}
TAG = r"\d+\.\d+"


def tags_of(label):
    """The tags of "5.8", "5.8-5.9", or "5.8, 5.12-5.14"."""
    found = set()
    for first, last in re.findall(rf"({TAG})(?:-({TAG}))?", label):
        step, start = map(int, first.split("."))
        stop = int((last or first).split(".")[1])
        found |= {f"{step}.{k}" for k in range(start, stop + 1)}
    return found


@cache
def displayed():
    """The tags of all equations of the derivations."""
    texts = [path.read_text() for path in DERIVATIONS.glob("[0-9]*.py")]
    return {tag for text in texts for tag in re.findall(rf"\\tag\{{({TAG})\}}", text)}


@cache
def listed():
    """For each tag, the functions that the table of the README names."""
    table = {}
    for row in re.findall(r"^\| (.*) \|$", (DERIVATIONS / "README.md").read_text(), re.M):
        cells = row.split(" | ")
        for tag in tags_of(cells[0]) if len(cells) == 5 else ():
            table.setdefault(tag, set()).update(re.findall(r"`(rfscale\.[\w.]+)`", cells[3]))
    return table


@cache
def checked():
    """For each tag, the functions and classes of the package in the checks that carry it."""
    found = {}
    for path in sorted(DERIVATIONS.glob("[0-9]*.py")):
        script = Script()
        script.run(ast.parse(path.read_text()).body)
        for tag, name in script.pairs:
            found.setdefault(tag, set()).update(along(name))
    return found


def along(name):
    """The functions and classes in a dotted name; in "rfscale.predict.delta" it is `predict`."""
    thing = rfscale
    for part in name.split(".")[1:]:
        thing = getattr(thing, part, None)
        if inspect.isfunction(thing) or inspect.isclass(thing):
            yield thing


class Script:
    """A script, read statement by statement."""

    def __init__(self):
        self.values = {"rf": {"rfscale"}}  # of each name: functions and tags that its value is from
        self.lists = {}  # of each name: a tuple or list that is written down
        self.pairs = set()

    def run(self, body):
        for statement in body:
            self._statement(statement)

    def _statement(self, node):
        if isinstance(node, ast.FunctionDef):
            self._function(node)
        elif isinstance(node, ast.For):
            for element in _elements(self.lists.get(getattr(node.iter, "id", ""), node.iter)):
                self._assign(node.target, element)
                self.run(node.body)
        elif isinstance(node, ast.If | ast.While | ast.With):
            self.run(node.body + getattr(node, "orelse", []))
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                self._assign(target, node.value)
        elif isinstance(node, ast.AugAssign):
            self._add(node.target, self._of(node.value))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            self._call(node.value)

    def _function(self, node):
        """What it is from, and the checks in it; its arguments are not followed."""
        inner = Script()
        bound = {argument.arg for argument in node.args.args}
        inner.values = {name: value for name, value in self.values.items() if name not in bound}
        inner.run(node.body)
        self.pairs |= inner.pairs
        before = self.values
        self.values = inner.values
        found = set().union(*(self._of(statement) for statement in node.body))
        self.values = before
        self.values[node.name] = found

    def _call(self, node):
        function = node.func
        if isinstance(function, ast.Name) and function.id in CHECKS:
            tags = {tag for label in self._labels(node.args[0]) for tag in tags_of(label)}
            about = set().union(*(self._of(argument) for argument in node.args[1:]))
            self.pairs |= {(tag, name) for tag in tags for name in about if _is_name(name)}
        elif isinstance(function, ast.Attribute):  # such as gaps.append(...)
            self._add(function.value, set().union(*map(self._of, node.args), set()))

    def _labels(self, node):
        """The tags that a check may carry."""
        if isinstance(node, ast.Constant):
            return {node.value}
        return {value for value in self._of(node) if not _is_name(value)}

    def _assign(self, target, value):
        if isinstance(target, ast.Tuple | ast.List):
            parts = value.elts if isinstance(value, ast.Tuple | ast.List) else []
            together = len(parts) != len(target.elts)
            for i, part in enumerate(target.elts):
                self._assign(part, value if together else parts[i])
        elif isinstance(target, ast.Name):
            self.values[target.id] = self._of(value)
            self.lists.pop(target.id, None)
            if isinstance(value, ast.Tuple | ast.List):
                self.lists[target.id] = value
        else:
            self._add(target, self._of(value))

    def _add(self, target, found):
        """To a name, or to the one that is indexed."""
        while isinstance(target, ast.Attribute | ast.Subscript | ast.Starred):
            target = target.value
        if isinstance(target, ast.Name) and target.id != "rf":
            self.values[target.id] = self.values.get(target.id, set()) | found

    def _of(self, node):
        """The functions and tags that an expression is from."""
        if isinstance(node, ast.Constant):
            text = node.value if isinstance(node.value, str) else ""
            return {text} if re.fullmatch(rf"{TAG}[\d., -]*", text) else set()
        if isinstance(node, ast.Name):
            return self.values.get(node.id, set()) - {"rfscale"}
        if isinstance(node, ast.Attribute):
            below = self._dotted(node)
            return {below} if below else self._of(node.value)
        bound = {
            name.id
            for generator in getattr(node, "generators", [])
            for name in ast.walk(generator.target)
            if isinstance(name, ast.Name)
        }
        hidden = {name: self.values.pop(name) for name in bound & self.values.keys()}
        found = set().union(*(self._of(child) for child in ast.iter_child_nodes(node)))
        self.values |= hidden
        return found

    def _dotted(self, node):
        """`rf.x.y`, also where rf.x has a name of its own, and methods of `rf.x(...)`."""
        owner = node.value.func if isinstance(node.value, ast.Call) else node.value
        if isinstance(owner, ast.Attribute):
            above = self._dotted(owner)
        else:
            values = self.values.get(owner.id, set()) if isinstance(owner, ast.Name) else set()
            above = next(iter(values)) if len(values) == 1 else None
        return f"{above}.{node.attr}" if above and _is_name(above) else None


def _is_name(value):
    return value.startswith("rfscale")


def _elements(node):
    """What a loop runs over, one by one where that is written down, also in a zip."""
    if isinstance(node, ast.Tuple | ast.List):
        return node.elts
    if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "zip":
        lists = [arg.elts if isinstance(arg, ast.Tuple | ast.List) else None for arg in node.args]
        counts = {len(elements) for elements in lists if elements is not None}
        if len(counts) == 1:
            rows = range(counts.pop())
            picked = zip(node.args, lists, strict=True)
            columns = [[arg] * len(rows) if some is None else some for arg, some in picked]
            return [ast.Tuple([column[i] for column in columns]) for i in rows]
    return [node]
