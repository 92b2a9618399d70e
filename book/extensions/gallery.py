"""What the galleries do differently from what sphinx-gallery does by itself."""

import sys

from docutils import nodes
from sphinx.addnodes import download_reference
from sphinx_gallery.directives import imgsgnode
from sphinx_gallery.scrapers import matplotlib_scraper


def fresh_start(gallery_conf, fname):
    """`common` of the derivations is imported anew by each script, as in a process of its own."""
    sys.modules.pop("common", None)


def pictures(block, block_vars, gallery_conf, **options):
    """Figures are taken where they are shown: one may be made in several blocks."""
    return (
        matplotlib_scraper(block, block_vars, gallery_conf, **options)
        if "show(" in block.content
        else ""
    )


def tidy(app, doctree):
    """One link to download a script, at its end: neither a note about it above, nor an archive of
    one file.

    Pictures have a box in which they can be wider than a phone, and the question that they answer
    as description.
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


def setup(app):
    app.connect("doctree-read", tidy)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
