"""`.. command-help:: predict` shows what `rfscale predict --help` prints."""

import contextlib
import io
import os

from docutils import nodes
from sphinx.util.docutils import SphinxDirective

from rfscale.cli import main


def printed(arguments):
    """What the command line prints, 80 columns wide and without colours."""
    os.environ |= {"COLUMNS": "80", "NO_COLOR": "1"}
    text = io.StringIO()
    with contextlib.redirect_stdout(text), contextlib.suppress(SystemExit):
        main(arguments)
    if not text.getvalue():
        raise ValueError(f"rfscale {' '.join(arguments)} prints nothing")
    return text.getvalue()


class CommandHelp(SphinxDirective):
    optional_arguments = 1

    def run(self):
        text = printed([*self.arguments, "--help"])
        return [nodes.literal_block(text, text, language="text")]


def setup(app):
    app.add_directive("command-help", CommandHelp)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
