"""What the galleries do differently from what sphinx-gallery does by itself.

The examples are checked as `tests/test_examples.py` does: a warning is an error, a figure has names
on its axes and data in view, something is printed, and no file is left behind.
"""

import re
import sys
import warnings
from pathlib import Path

import numpy as np
from docutils import nodes
from figures import KEPT, save, store_new, twin
from matplotlib import pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from PIL import Image, ImageOps
from run_example import check_figure
from sphinx.addnodes import download_reference
from sphinx_gallery.directives import imgsgnode
from sphinx_gallery.scrapers import matplotlib_scraper

EXAMPLES = ("examples/figures", "examples/how_to")
FOLDERS = ("derivations", *EXAMPLES)
ROOT = Path(__file__).parents[2]
THUMBNAIL = (440, 308)  # pixels, twice as many as are shown
MARGIN = 0.06  # inches around a panel


def fresh_start(gallery_conf, fname):
    """`common` of the derivations is imported anew by each script, as in a process of its own, and
    a warning of an example is an error; the derivations, which come first, have that in the tests.
    """
    sys.modules.pop("common", None)
    if fname is not None and any(Path(ROOT, folder, fname).is_file() for folder in EXAMPLES):
        warnings.simplefilter("error")


def pictures(block, block_vars, gallery_conf, **options):
    """Figures are taken where they are shown: one may be made in several blocks."""
    if "show(" not in block.content:
        return ""
    if not plt.get_fignums():
        return matplotlib_scraper(block, block_vars, gallery_conf, **options)
    figure = plt.figure(plt.get_fignums()[0])
    figure.canvas.draw()
    template = str(block_vars["image_path_iterator"].image_path)
    save_panel(figure, Path(template.replace("{0:03}", "panel")))
    options["metadata"] = {KEPT: ";".join(map_boxes(figure))}
    is_example = Path(block_vars["src_file"]).parents[1].name == "examples"
    assert not is_example or len(plt.get_fignums()) == 1, f"{len(plt.get_fignums())} figures"
    shown = matplotlib_scraper(block, block_vars, gallery_conf, **options)
    if is_example:
        FigureCanvasAgg(figure)  # a closed figure has lost its own
        check_figure(figure)
    return shown


def save_panel(figure, path):
    """The first panel of a figure that has several side by side."""
    panels = [axes for axes in figure.axes if axes.get_label() != "<colorbar>"]
    if len(panels) > 1:
        box = panels[0].get_tightbbox().transformed(figure.dpi_scale_trans.inverted())
        figure.savefig(path, bbox_inches=box.padded(MARGIN), dpi=2 * figure.dpi)


def map_boxes(figure):
    """Where maps and their colour bars are: fractions of the figure from its upper left corner."""
    for axes in figure.axes:
        if any(
            isinstance(artist, ScalarMappable) and np.size(artist.get_array()) > 1
            for artist in axes.get_children()
        ):
            box = axes.get_window_extent().transformed(figure.transFigure.inverted())
            yield f"{box.x0:.5f} {1 - box.y1:.5f} {box.x1:.5f} {1 - box.y0:.5f}"


def store_pictures(app):
    """After the scripts ran: dark twins of all figures, and thumbnails of one panel each."""
    for folder in FOLDERS:
        images = Path(app.srcdir, folder, "images")
        store_new(images.glob("sphx_glr_*_???.png"))
        store_new(images.glob("sphx_glr_*_2_00x.png"))
        store_new(images.glob("sphx_glr_*_panel.png"))
        for path in images.glob("thumb/sphx_glr_*_thumb.png"):
            name = path.name.removesuffix("_thumb.png")
            sources = [images / f"{name}_panel.png", images / f"{name}_001_2_00x.png"]
            for source in filter(Path.is_file, sources):
                save_small(source, path)
                save_small(twin(source), twin(path))
                break


def check_examples(app):
    """Each of them printed something, showed its figure to the end, and left no file behind."""
    for folder in EXAMPLES:
        sources = Path(ROOT, folder)
        others = [path.name for path in sources.iterdir() if path.suffix not in (".py", ".rst")]
        assert set(others) <= {"__pycache__"}, f"left behind in {folder}: {others}"
        for script in sources.glob("*.py"):
            page = Path(app.srcdir, folder, script.stem).with_suffix(".rst").read_text()
            assert "sphx-glr-script-out" in page, f"{script.name} prints nothing"
            assert page.count("image-sg::") == 1, f"{script.name} does not show one figure"


def save_small(source, path):
    with Image.open(source) as picture:
        picture = picture.convert("RGB")
        ground = picture.getpixel((0, 0))
        save(ImageOps.pad(picture, THUMBNAIL, Image.Resampling.LANCZOS, color=ground), path)


def tidy(app, doctree):
    """One link to download a script, at its end: neither a note about it above, nor an archive of
    one file.

    Pictures have a box in which they can be wider than a phone, and the question that they answer
    as description. What hovers over a thumbnail would be the source of the page below it, with its
    equations as they are typed.
    """
    for note in list(doctree.findall(nodes.note)):
        if "sphx-glr-download-link-note" in note["classes"]:
            note.parent.remove(note)
    for link in list(doctree.findall(download_reference)):
        if link["reftarget"].endswith(".zip"):
            link.parent.parent.remove(link.parent)
    for image in list(doctree.findall(imgsgnode)):
        image["alt"] = f"Figure: {next(doctree.findall(nodes.title)).astext()}"
        image.replace_self(nodes.container("", image.deepcopy(), classes=["picture"]))
    for html in list(doctree.findall(nodes.raw)):
        if "sphx-glr-thumbcontainer" in html.astext():
            html[:] = [nodes.Text(re.sub(r' tooltip="[^"]*"', "", html.astext()))]


def setup(app):
    app.connect("builder-inited", check_examples, priority=800)  # the scripts run at 500
    app.connect("builder-inited", store_pictures, priority=900)
    app.connect("doctree-read", tidy, priority=300)  # before the dark twins are put in
    return {"parallel_read_safe": True, "parallel_write_safe": True}
