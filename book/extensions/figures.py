"""Each figure is shown on light pages as it was drawn, on dark pages with its lightness inverted.

A picture is stored with a palette, in a third of the space; its dark twin, `NAME_dark.png`, is the
same picture with another palette. Hues stay, so that a text may say "the orange line".
"""

from pathlib import Path

import numpy as np
from docutils import nodes
from PIL import Image
from sphinx_gallery.directives import imgsgnode

DARK = "_dark"
PAGE = np.array([[0x13, 0x14, 0x16]]) / 255  # furo's dark pages, which white becomes
INK = 0.9  # the lightness in Oklab that black becomes
BRIGHTER = 0.6  # a power below one: lines stay as visible as they were on white

# Oklab (https://bottosson.github.io/posts/oklab)
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def to_oklab(colours):
    linear = np.where(colours > 0.04045, ((colours + 0.055) / 1.055) ** 2.4, colours / 12.92)
    return np.cbrt(linear @ TO_CONES.T) @ TO_LAB.T


def from_oklab(lab):
    linear = (lab @ np.linalg.inv(TO_LAB).T) ** 3 @ np.linalg.inv(TO_CONES).T
    linear = np.clip(linear, 0, 1)
    return np.where(linear > 0.0031308, 1.055 * linear ** (1 / 2.4) - 0.055, 12.92 * linear)


def darkened(colours):
    """Colours on a white page, 0 to 1, as colours on a dark one: (n, 3) to (n, 3)."""
    lab = to_oklab(colours)
    (page,) = to_oklab(PAGE)
    darkness = np.clip(1 - lab[:, :1], 0, 1) ** BRIGHTER
    hues = lab[:, 1:] + (1 - darkness) * page[1:]
    return from_oklab(np.hstack([page[0] + (INK - page[0]) * darkness, hues]))


def twin(path):
    """Where the dark twin of a picture is."""
    return path.with_stem(path.stem + DARK)


def store(picture, path):
    """A picture and its dark twin, as files."""
    light = picture.convert("RGB").quantize(
        256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
    )
    palette = np.array(light.getpalette()).reshape(-1, 3) / 255
    dark = light.copy()
    dark.putpalette(np.rint(255 * darkened(palette)).astype(int).ravel().tolist())
    light.save(path, optimize=True)
    dark.save(twin(path), optimize=True)


def store_new(paths):
    """Twins for the pictures that have none yet, or an old one."""
    for path in paths:
        if path.stem.endswith(DARK):
            continue
        if not twin(path).is_file() or twin(path).stat().st_mtime < path.stat().st_mtime:
            with Image.open(path) as picture:
                store(picture, path)


def show_twins(app, doctree):
    """Both pictures are in the page, and the theme shows one of them."""
    page = app.env.docname
    for image in list(doctree.findall(lambda it: isinstance(it, nodes.image | imgsgnode))):
        if twin(Path(app.env.relfn2path(image["uri"], page)[1])).is_file():
            linked = isinstance(image.parent, nodes.reference)
            shown = image.parent if linked else image
            copy = shown.deepcopy()
            shown.parent.insert(shown.parent.index(shown) + 1, copy)
            mark(shown, "only-light")
            mark(copy, "only-dark")
            darken(copy[0] if linked else copy)


def darken(image):
    """Name the dark twin in place of the picture."""
    for key in ("uri", "srcset"):
        if image.get(key):
            image[key] = image[key].replace(".png", f"{DARK}.png")


def mark(node, name):
    """Add a class; the pictures of the galleries keep theirs in another place."""
    node["classes"].append(name)
    if isinstance(node, imgsgnode):
        node["class"] = [" ".join([*(node["class"] or []), name])]


def setup(app):
    # before sphinx collects the pictures of a page, which it does at 500
    app.connect("doctree-read", show_twins, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
