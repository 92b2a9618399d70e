"""Each figure is shown on light pages as it was drawn, on dark pages with its lightness inverted.

The dark twin of a picture is `NAME_dark.png`. Hues stay, so that a text may say "the orange line";
and so do all colours of maps, whose scale runs from dark to light.
"""

from pathlib import Path

import numpy as np
from docutils import nodes
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from sphinx_gallery.directives import imgsgnode

DARK = "_dark"
KEPT = "kept"  # what a picture says in its file of the parts whose colours stay
FRAME = 1  # pixels, the half of a line around an axes
PAGE = np.array([[0x13, 0x14, 0x16]]) / 255  # furo's dark pages, which white becomes
INK = 0.9  # the lightness in Oklab that black becomes
BRIGHTER = 0.6  # a power below one: lines stay as visible as they were on white
VIVID = 4.0  # and light ones, such as yellow, are as far from the ground as their colour is strong

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
    chroma = np.hypot(lab[:, 1:2], lab[:, 2:])
    darkness = np.clip(1 - lab[:, :1], 0, 1) ** BRIGHTER
    darkness = np.clip(np.maximum(darkness, VIVID * chroma), 0, 1)
    hues = lab[:, 1:] + (1 - darkness) * page[1:]
    return from_oklab(np.hstack([page[0] + (INK - page[0]) * darkness, hues]))


def twin(path):
    """Where the dark twin of a picture is."""
    return path.with_stem(path.stem + DARK)


def store(picture, path):
    """A picture and its dark twin, as files."""
    kept = picture.info.get(KEPT, "")
    light = picture.convert("RGB")
    dark = Image.fromarray(np.rint(255 * darkened_picture(light)).astype(np.uint8))
    for box in boxes(kept, light.size):
        dark.paste(light.crop(box), box)
    save(light, path, kept)
    save(dark, twin(path), kept)


def darkened_picture(picture):
    """Each of its colours is worked out once."""
    packed = np.asarray(picture) @ np.array([1 << 16, 1 << 8, 1])
    colours, places = np.unique(packed, return_inverse=True)
    split = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=-1)
    return darkened(split / 255)[places]


def boxes(kept, size):
    """Rectangles in pixels, of fractions of the size from its upper left corner."""
    width, height = size
    for box in filter(None, kept.split(";")):
        left, top, right, bottom = map(float, box.split())
        yield (
            round(left * width) + FRAME,
            round(top * height) + FRAME,
            round(right * width) - FRAME,
            round(bottom * height) - FRAME,
        )


def save(picture, path, kept=""):
    """With a palette, in a third of the space."""
    said = PngInfo()
    if kept:
        said.add_text(KEPT, kept)
    few = picture.quantize(256, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True, pnginfo=said)


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
