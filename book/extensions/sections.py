"""Sections of a README of the project, where a page says `<!-- section PATH: TITLE -->`; without a
title the first.
"""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = re.compile(r"<!-- section (\S+):(.*) -->")


def section(path, title):
    """What stands below a heading, up to the next."""
    heading = f"## {re.escape(title)}" if title else r"# [^\n]*"
    found = re.search(
        rf"^{heading}\n(.*?)(?=^## |\Z)", (ROOT / path).read_text(encoding="utf-8"), re.M | re.S
    )
    if found is None:
        raise ValueError(f"{path} has no section {title!r}")
    return linked(found[1].strip())


def linked(text):
    """Names of derivations as links to their pages, of functions as links to the reference."""
    text = re.sub(r"\]\((\d\d_\w+)\.py\)", r"](/derivations/\1)", text)
    text = re.sub(
        r"`(\d\d)_\w+\.py`",
        lambda name: f"[step {int(name[1])}](/derivations/{name[0][1:-4]})",
        text,
    )
    text = text.replace(
        "[common.py](common.py)", "{download}`common.py <../derivations/common.py>`"
    )
    return re.sub(r"`rfscale\.([\w.]+)`", r"{py:obj}`~rfscale.\1`", text)


def fill(app, page, source):
    text = PLACE.sub(lambda place: section(place[1], place[2].strip()), source[0])
    if "<!-- section" in text:
        asked = text[text.index("<!-- sec") :][:80]
        raise ValueError(f"{page} asks for a section in a way that is not understood: {asked}")
    if page == "index":  # doctests end in an empty line
        text = text.replace("\n\n```\n", "\n```\n")
    source[0] = text


def setup(app):
    app.connect("source-read", fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
