"""Widths of screens, and what the tests of the book ask of pictures and pages."""

from pathlib import Path

import numpy as np
from matplotlib.image import imread

PHONE, DESK = 360, 1280
ROOT = Path(__file__).parents[2]
LOCAL = ("file:", "data:", "blob:", "about:")

# What reaches beyond the right edge of the window, and is not in a box of its own that scrolls.
SIDEWAYS = """[...document.querySelectorAll('body *')].filter(it => {
  const box = it.getBoundingClientRect()
  if (!box.width || !box.height || box.right <= innerWidth + 1) return false
  if (it.closest('mjx-assistive-mml, .sidebar-drawer, .toc-drawer')) return false
  for (let outer = it.parentElement; outer !== document.body; outer = outer.parentElement) {
    const scrolls = ['auto', 'scroll'].includes(getComputedStyle(outer).overflowX)
    const inside = outer.getBoundingClientRect().right <= innerWidth + 1
    if (scrolls && inside && !outer.querySelector('article')) return false
  }
  return true
}).map(it => it.outerHTML.slice(0, 120))"""


def coloured(path):
    """The share of a picture that is neither black nor white nor grey: axes without curves have
    none.
    """
    pixels = imread(path)[..., :3]
    return float(np.mean(np.ptp(pixels, axis=-1) > 0.2))
