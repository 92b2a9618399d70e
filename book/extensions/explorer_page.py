"""The explorer is one file beside the pages of the book."""

from pathlib import Path

from rfscale.explorer import page


def write_explorer(app, exception):
    if exception is None and app.builder.format == "html":
        (Path(app.outdir) / "explorer.html").write_text(page(), encoding="utf-8")


def setup(app):
    app.connect("build-finished", write_explorer)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
