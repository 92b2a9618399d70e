"""Columns as a table in HTML, which notebooks show, with symbols that they typeset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

import numpy as np

from rfscale.support.text_table import cells

SYMBOLS = {
    "alpha": r"$\alpha$",
    "beta": r"$\beta$",
    "scale": r"$\lambda_+$",
    "M": "$M$",
    "N": "$N$",
    "T": "$T$",
    "ridge": r"$\gamma$",
    "kernel_ridge": r"$\delta$",
    "test": "$L$",
    "predicted": r"$L_\mathrm{theory}$",
    "simulated": r"$L_\mathrm{simulated}$",
}


def html_table(columns: Mapping[str, Any], rows: int | None = None) -> str:
    """The same as `text_table`, in HTML without styles: a notebook's own look suits any theme.

    Examples
    --------
    >>> print(html_table({"N": [1, 2]}))
    <table><thead><tr><th>$N$</th></tr></thead><tbody>
    <tr><td>1</td></tr>
    <tr><td>2</td></tr>
    </tbody></table>
    """
    size = max((np.size(column) for column in columns.values()), default=0)
    shown = cells(columns, rows).values()
    names = [symbol(name) for name in columns]
    lines = [f"<table><thead><tr>{_cells('th', names)}</tr></thead><tbody>"]
    lines += [f"<tr>{_cells('td', map(plain, row))}</tr>" for row in zip(*shown, strict=True)]
    count = f"<p>{size} rows</p>" if rows is not None and size > rows else ""
    return "\n".join([*lines, f"</tbody></table>{count}"])


def paragraphs(texts: Iterable[str]) -> list[str]:
    """Plain texts as paragraphs."""
    return [f"<p>{plain(text)}</p>" for text in texts if text]


def symbol(name: str) -> str:
    """The symbol of a column or a field, or its name."""
    return SYMBOLS.get(name, plain(name))


def plain(text: str) -> str:
    """Text in which a dollar is no beginning of a formula."""
    return escape(text).replace("$", "<span>$</span>")


def _cells(tag: str, texts: Iterable[str]) -> str:
    return "".join(f"<{tag}>{text}</{tag}>" for text in texts)
