"""Columns, code and the embedded explorer at the widths of desks, and what is copied."""

import re

import pytest
from book_shared import DESK, ROOT, SIDEWAYS


@pytest.mark.parametrize("width", [DESK, 1440])
def test_code_of_100_columns_fits_on_a_desk(book, visit, width):
    visitor = visit(width)
    for path in sorted((ROOT / "derivations").glob("[0-9]*.py")):
        page = visitor.open(book / "derivations" / f"{path.stem}.html")
        cut = page.locator(".highlight-Python pre, .highlight-python pre").evaluate_all(
            "all => all.filter(it => it.scrollWidth > it.clientWidth).map(it => it.textContent)"
        )
        assert not cut, f"{path.name}: {cut[0][:200]}"


def test_the_columns_of_a_page_fit_beside_each_other(book, visit):
    """At every width, around those where a column appears."""
    page = visit(DESK).open(book / "derivations" / "05_losses.html")
    for width in (*range(600, 1700, 20), 1008, 1009, 1168, 1169, 1312, 1313, 1552, 1553):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        wide = page.evaluate(SIDEWAYS)
        assert not wide, f"wider than {width} pixels: {wide[:3]}"


def test_what_is_typed_is_copied_and_what_is_printed_is_not(book, visit):
    page = visit(DESK).open(book / "index.html")
    page.evaluate(
        "document.addEventListener('copy', () => { window.copied = document.activeElement.value })"
    )
    for language, first in (("console", "rfscale compare "), ("python", "import rfscale as rf\n")):
        block = page.locator(f".highlight-{language}", has=page.locator(".copybtn")).first
        block.hover()
        block.locator(".copybtn").click()
        copied = page.evaluate("window.copied")
        assert copied.startswith(first)
        assert not re.search(r"^(>>>|\$|\[|theory|  )", copied, re.MULTILINE)
    page = visit(DESK).open(book / "derivations" / "08_double_descent.html")
    assert page.locator(".highlight-Python .copybtn").count() > 3
    assert page.locator(".sphx-glr-script-out .copybtn").count() == 0


@pytest.mark.parametrize("width", [900, 1010, DESK, 1440, 1600])
@pytest.mark.parametrize("name", ["index", "explore"])
def test_nothing_of_the_embedded_explorer_is_cut(book, visit, name, width):
    page = visit(width).open(book / f"{name}.html")
    page.locator("iframe.explorer").scroll_into_view_if_needed()
    page.frame_locator("iframe.explorer").locator("#alpha").wait_for()
    (frame,) = page.main_frame.child_frames
    frame.wait_for_function("document.documentElement.scrollHeight <= innerHeight")
    assert frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    below = frame.evaluate(
        "innerHeight - Math.max(...[...document.querySelectorAll('.control')]"
        ".map(it => it.getBoundingClientRect().bottom))"
    )
    assert below >= 0
