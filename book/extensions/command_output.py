"""`.. command-output:: rfscale predict --N 100 --T 300` shows a command and what it prints.

It runs while the book is built. A picture that it draws is shown below. The content, if there is
any, is Python code that writes the files it reads; it is shown before.
"""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from figures import store
from PIL import Image
from sphinx.util.docutils import SphinxDirective

WIDTH = 100  # columns, as wide as the code of the book


def ran(command, folder):
    """What a command prints, on the screen of a person who typed it in a folder."""
    program, *arguments = shlex.split(command)
    if program != "rfscale":
        raise ValueError(f"a command of the book must begin with rfscale, got {command!r}")
    done = subprocess.run(
        [sys.executable, "-m", program, *arguments],
        cwd=folder,
        env=os.environ | {"COLUMNS": str(WIDTH), "NO_COLOR": "1", "PYTHONPATH": search_path()},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    if done.returncode != 0 or not done.stdout.strip():
        raise ValueError(f"{command} ended with status {done.returncode}: {done.stderr.strip()}")
    return done.stdout.rstrip("\n")


def search_path():
    """The package is found in the folder of a command as it is in that of the book."""
    return os.pathsep.join(str(Path(place).absolute()) for place in sys.path if place)


class CommandOutput(SphinxDirective):
    """`:alt:` describes the picture, if there is one; the content is run before."""

    has_content = True
    required_arguments = 1
    final_argument_whitespace = True
    option_spec = {"alt": directives.unchanged_required}  # noqa: RUF012 - as docutils spells it

    def run(self):
        command = " ".join(self.arguments[0].split())
        code = "\n".join(self.content)
        with tempfile.TemporaryDirectory() as folder:
            if code:
                subprocess.run([sys.executable, "-c", code], cwd=folder, check=True)
            text = f"$ {command}\n{ran(command, folder)}"
            shown = [self.picture(path) for path in sorted(Path(folder).glob("*.png"))]
        before = [nodes.literal_block(code, code, language="python")] if code else []
        output = nodes.literal_block(text, text, language="console", classes=["command"])
        return [*before, output, *shown]

    def picture(self, path):
        """A picture, kept beside what else is known of the pages."""
        kept = Path(self.env.doctreedir, "pictures", path.name)
        kept.parent.mkdir(exist_ok=True)
        with Image.open(path) as drawn:
            store(drawn, kept)
        address = "/" + os.path.relpath(kept, self.env.srcdir)
        image = nodes.image(uri=address, alt=self.options["alt"])
        return nodes.container("", image, classes=["picture"])


def setup(app):
    app.add_directive("command-output", CommandOutput)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
