"""Sections of a README of the project, where a page says `<!-- section PATH: TITLE -->`; without a title the first."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = re.compile(r"<!-- section (\S+):(.*) -->")
GREEK = "alpha|beta|gamma|delta|Delta|epsilon|eta|theta|kappa|lambda|Lambda|sigma|Sigma"
SYMBOL = re.compile(
    rf"(?<![\w\\$^-])({GREEK}|df(?=_?\d)|[A-Za-z](?=[_^]))(\d|_\w+|_\+)?(\^(?:-?\w+|-?\([^()]*\)))?(?!\w)"
)


def section(path, title):
    """What stands below a heading, up to the next."""
    heading = f"## {re.escape(title)}" if title else r"# [^\n]*"
    found = re.search(rf"^{heading}\n(.*?)(?=^## |\Z)", (ROOT / path).read_text(encoding="utf-8"), re.M | re.S)
    if found is None:
        raise ValueError(f"{path} has no section {title!r}")
    parts = re.split(r"(`[^`]*`)", found[1].strip())  # every second one is code
    parts[::2] = (SYMBOL.sub(typeset, part) for part in parts[::2])
    return linked("".join(parts))


def linked(text):
    """Names of derivations as links to their pages, those of functions as links to the reference."""
    text = re.sub(r"\]\((\d\d_\w+)\.py\)", r"](/derivations/\1)", text)
    text = re.sub(r"`(\d\d)_\w+\.py`", lambda name: f"[step {int(name[1])}](/derivations/{name[0][1:-4]})", text)
    text = text.replace("[common.py](common.py)", "{download}`common.py <../derivations/common.py>`")
    return re.sub(r"`rfscale\.([\w.]+)`", r"{py:obj}`rfscale.\1`", text)


def typeset(symbol):
    r"""lambda_J^2 as $\lambda_{J}^{2}$."""
    name, below, above = symbol[1], (symbol[2] or "").lstrip("_"), (symbol[3] or "").lstrip("^")
    name = r"\mathrm{df}" if name == "df" else tex(name)
    return f"${name}{f'_{{{tex(below)}}}' if below else ''}{f'^{{{tex(above)}}}' if above else ''}$"


def tex(text):
    return re.sub(rf"\b({GREEK})\b", r"\\\1", text)


def fill(app, page, source):
    text = PLACE.sub(lambda place: section(place[1], place[2].strip()), source[0])
    source[0] = text.replace("\n\n```\n", "\n```\n")  # doctests end in an empty line


def setup(app):
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
