"""The figures of the book on light and dark pages, and their thumbnails."""

import re
from pathlib import Path

import numpy as np
import pytest
from book_shared import DESK
from matplotlib.image import imread


def test_a_figure_is_as_light_as_its_page(book, visit):
    """Of the two pictures of a figure that is shown whose ground is that of the page."""
    for scheme, is_dark in (("light", False), ("dark", True)):
        page = visit(DESK, color_scheme=scheme).open(
            book / "examples" / "figures" / "04_double_descent.html"
        )
        shown = page.locator(".picture img:visible")
        assert shown.count() == 1
        picture = imread(book / "_images" / Path(shown.get_attribute("src")).name)[..., :3]
        # Most of a figure is ground. Colours are numbers of 8 bits: half a step is 0.002.
        ground = np.median(picture, axis=(0, 1))
        page_colour = page.evaluate(
            "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)"
        )
        assert ground == pytest.approx(np.array(page_colour[:3]) / 255, abs=0.006)
        assert (ground.max() < 0.25) == is_dark


def test_both_pictures_of_a_figure_are_described_alike(book):
    text = (book / "examples" / "figures" / "04_double_descent.html").read_text(encoding="utf-8")
    pictures = re.findall(r'<img src="([^"]*)"[^>]*alt="([^"]*)"[^>]*only-(light|dark)', text)
    assert [scheme for *_, scheme in pictures] == ["light", "dark"]
    assert (
        pictures[0][1] == pictures[1][1] == "Figure: What is double descent, and what removes it?"
    )
    assert pictures[1][0] == pictures[0][0].replace(".png", "_dark.png")


def test_a_colour_keeps_its_hue_on_a_dark_page(book):
    """A text may say "the orange line": of red, green and blue the largest stays the largest."""
    name = "sphx_glr_04_double_descent_001"
    light, dark = (imread(book / "_images" / f"{name}{kind}.png") for kind in ("", "_dark"))
    strong = np.ptp(light[..., :3], axis=-1) > 0.4  # lines and markers, not their soft edges
    assert strong.sum() > 1000
    largest = [picture[..., :3][strong].argmax(axis=-1) for picture in (light, dark)]
    assert np.mean(largest[0] == largest[1]) > 0.99


def test_thumbnails_show_one_panel(book):
    """Three panels side by side are three times as wide as high; on a thumbnail the ground beside a
    single one is what is left of its width.
    """
    path = book / "_images" / "sphx_glr_06_phenomenological_fit_thumb.png"
    drawn = imread(path)[..., :3].min(axis=-1) < 0.9
    rows, columns = (np.flatnonzero(drawn.any(axis=axis)) for axis in (1, 0))
    height, width = (np.ptp(lines) + 1 for lines in (rows, columns))
    assert height > 0.9 * drawn.shape[0]
    assert width < 1.4 * height  # the whole figure is 3 times as wide as it is high
