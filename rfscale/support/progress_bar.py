"""The kind of progress bar that suits where the code runs; tqdm draws it."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tqdm import tqdm

LINE = "{desc} {percentage:3.0f}%|{bar}| [{elapsed}<{remaining}]"


def kind_of_bar(shown: bool) -> tuple[type[tqdm[Any]], bool | None]:
    """The kind of bar, and whether it is quiet; None asks whether standard error is a terminal.

    A notebook shows one though it is none: its own where the widgets for it are installed, or else
    a line of text.
    """
    from tqdm import tqdm

    if not shown:
        return tqdm, True
    if not in_notebook():
        return tqdm, None
    if find_spec("ipywidgets") is None:
        return tqdm, False
    from tqdm.notebook import tqdm_notebook

    return tqdm_notebook, False


def in_notebook() -> bool:
    """Whether the code runs in a kernel of Jupyter."""
    interactive = sys.modules.get("IPython")
    shell = None if interactive is None else interactive.get_ipython()
    return shell is not None and "IPKernelApp" in shell.config
