r"""Displayed equations with \tag{k.n} can be linked to; "(k.n)" is a link to them, "step k" one to
its page, as is each number of "steps k, l and m".
"""

import re
from functools import cache
from pathlib import Path

from docutils import nodes

DERIVATIONS = Path(__file__).parents[2] / "derivations"
TAG = re.compile(r"\\tag\{(\d+)\.(\d+)\}")
MENTION = re.compile(r"(?<![\w.])(\d{1,2})\.([1-9]\d?)(?![\w.]*\d)")
# Numbers and nothing else in brackets, (4.7) or (7.2-7.4, 7.6); or alone in a cell of the table of
# all equations
IN_BRACKETS = re.compile(r"\((?:\d{1,2}(?:\.[1-9]\d?)?(?:[-,;] ?| and | to )?)+\)")
ALONE = re.compile(r"^[\d., -]+$")
TABLE_OF_EQUATIONS = "formulas"
STEP = re.compile(r"\b[Ss]tep (\d{1,2})\b")
STEPS = re.compile(r"\b[Ss]teps \d{1,2}\b(?:(?:, and |, | and | or | to |-)\d{1,2}\b)+")
QUOTED = (
    nodes.literal,
    nodes.literal_block,
    nodes.math,
    nodes.math_block,
    nodes.reference,
    nodes.title,
)
LINKED = ("derivations", "formulas", "notation", "examples/", "index")


def name_equations(app, doctree):
    """A target before each equation of a page."""
    for block in list(doctree.findall(nodes.math_block)):
        targets = [
            nodes.target(ids=[f"equation-{step}-{number}"])
            for step, number in TAG.findall(block.astext())
        ]
        block.parent.replace(block, [*targets, block])


@cache
def places():
    """Where each equation is: (step, number) to page."""
    return {
        (int(step), int(number)): f"derivations/{path.stem}"
        for path in DERIVATIONS.glob("[0-9]*.py")
        for step, number in TAG.findall(path.read_text(encoding="utf-8"))
    }


@cache
def steps():
    """The page of each step."""
    return {
        int(path.name[:2]): f"derivations/{path.stem}" for path in DERIVATIONS.glob("[0-9]*.py")
    }


def link_mentions(app, doctree, page):
    """Numbers of equations and of steps become links."""
    if not page.startswith(LINKED):
        return
    for text in list(doctree.findall(nodes.Text)):
        ancestor = text.parent
        while ancestor is not None and not isinstance(ancestor, QUOTED):
            ancestor = ancestor.parent
        if ancestor is None:
            text.parent.replace(text, list(pieces(app, page, text.astext())))


def mentions(page, text):
    """Where in a text which page and anchor are meant: (start, end, page, anchor)."""
    for start, end, step in steps_named(text):
        if steps().get(step, page) != page:
            yield start, end, steps()[step], ""
    patterns = (IN_BRACKETS, ALONE) if page == TABLE_OF_EQUATIONS else (IN_BRACKETS,)
    spans = [match.span() for pattern in patterns for match in pattern.finditer(text)]
    for match in MENTION.finditer(text):
        there = places().get((int(match[1]), int(match[2])))
        if there and any(start <= match.start() and match.end() <= end for start, end in spans):
            yield *match.span(), there, f"#equation-{match[1]}-{match[2]}"


def steps_named(text):
    """Where a text names which step: "step 8" as a whole, of "steps 8 and 12" the numbers."""
    for match in STEP.finditer(text):
        yield *match.span(), int(match[1])
    for list_of_steps in STEPS.finditer(text):
        for number in re.compile(r"\d+").finditer(text, *list_of_steps.span()):
            yield *number.span(), int(number[0])


def pieces(app, page, text):
    """The text, with references in place of what is mentioned."""
    done = 0
    for start, end, there, anchor in sorted(mentions(page, text)):
        if start > done:
            yield nodes.Text(text[done:start])
        address = anchor if there == page else app.builder.get_relative_uri(page, there) + anchor
        yield nodes.reference("", text[start:end], refuri=address, internal=True)
        done = end
    if done < len(text):
        yield nodes.Text(text[done:])


def setup(app):
    app.connect("doctree-read", name_equations)
    app.connect("doctree-resolved", link_mentions)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
