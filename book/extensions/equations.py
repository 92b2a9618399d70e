r"""Displayed equations with \tag{k.n} can be linked to, and "(k.n)" in the text is a link to them."""

import re
from functools import cache
from itertools import pairwise
from pathlib import Path

from docutils import nodes

DERIVATIONS = Path(__file__).parents[2] / "derivations"
TAG = re.compile(r"\\tag\{(\d+)\.(\d+)\}")
MENTION = re.compile(r"(?<![\w.])(\d{1,2})\.(\d{1,2})(?![\w.]*\d)")
QUOTED = (nodes.literal, nodes.literal_block, nodes.math, nodes.math_block, nodes.reference, nodes.title)
SPEAKS_OF_EQUATIONS = ("derivations", "formulas", "notation")


def name_equations(app, doctree):
    """A target before each equation of a page."""
    for block in list(doctree.findall(nodes.math_block)):
        targets = [nodes.target(ids=[f"equation-{step}-{number}"]) for step, number in TAG.findall(block.astext())]
        block.parent.replace(block, [*targets, block])


@cache
def places():
    """Where each equation is: (step, number) to page."""
    return {
        (int(step), int(number)): f"derivations/{path.stem}"
        for path in DERIVATIONS.glob("[0-9]*.py")
        for step, number in TAG.findall(path.read_text(encoding="utf-8"))
    }


def link_equations(app, doctree, page):
    """Numbers of equations become links."""
    if not page.startswith(SPEAKS_OF_EQUATIONS):
        return
    for text in list(doctree.findall(nodes.Text)):
        ancestor = text.parent
        while ancestor is not None and not isinstance(ancestor, QUOTED):
            ancestor = ancestor.parent
        if ancestor is None:
            text.parent.replace(text, list(pieces(app, page, text.astext())))


def pieces(app, page, text):
    """The text, with references in place of the numbers of equations."""
    equations = places()
    in_brackets = [match.span() for match in re.finditer(r"\([^()]*\)|^[\d., -]+$", text)]
    mentions = [
        match
        for match in MENTION.finditer(text)
        if (int(match[1]), int(match[2])) in equations
        and any(start <= match.start() and match.end() <= end for start, end in in_brackets)
    ]
    ends = [0, *(edge for match in mentions for edge in match.span()), len(text)]
    for k, (start, end) in enumerate(pairwise(ends)):
        if k % 2 == 0:
            if start < end:
                yield nodes.Text(text[start:end])
            continue
        step, number = (int(part) for part in text[start:end].split("."))
        there, anchor = equations[step, number], f"#equation-{step}-{number}"
        address = anchor if there == page else app.builder.get_relative_uri(page, there) + anchor
        yield nodes.reference("", text[start:end], refuri=address, internal=True)


def setup(app):
    app.connect("doctree-read", name_equations)
    app.connect("doctree-resolved", link_equations)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
