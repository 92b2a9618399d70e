"""The explorer is one file beside the pages of the book, with a way back to them."""

from pathlib import Path

from rfscale.explorer import page

BACK = '<p class="back"><a href="index.html" target="_top">← The book</a></p>'


def write_explorer(app, exception):
    if exception is None and app.builder.format == "html":
        text = page().replace("<header>", f"<header>\n{BACK}", 1)
        (Path(app.outdir) / "explorer.html").write_text(text, encoding="utf-8")


def setup(app):
    app.connect("build-finished", write_explorer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
