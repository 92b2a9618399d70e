"""`published_losses`: tables of measured losses that ship with the package."""

from __future__ import annotations

import csv
from importlib.resources import files

from rfscale.measured.losses.loss_table import LossTable
from rfscale.support.arguments import choice

OPENLM = {"openlm-c4": "c4_original", "openlm-redpajama": "rpj", "openlm-refinedweb": "rw_original"}
NAMES = ("chinchilla", *OPENLM)


def published_losses(name: str) -> LossTable:
    """A table of losses of language models, in nats, over parameters N and tokens T.

    Parameters
    ----------
    name : str
        "chinchilla": 234 runs, read off figure 4 of Hoffmann et al. (arXiv:2203.15556) by
        kyo-takano/chinchilla, Apache-2.0. "openlm-c4", "openlm-redpajama" and "openlm-refinedweb":
        runs of Gadre et al. (arXiv:2403.08540) on three sets of texts, mlfoundations/scaling, MIT;
        all parameters count, embeddings too, and the loss is that on C4.

    Returns
    -------
    LossTable

    Raises
    ------
    ValueError
        For another name.

    Examples
    --------
    >>> import rfscale as rf
    >>> table = rf.published_losses("chinchilla")
    >>> print(table.rows, table.loss.min())
    234 2.0774
    """
    if choice("name", name, NAMES) == "chinchilla":
        rows = _rows("chinchilla.csv")
        columns = ("N", "D", "loss")
    else:
        rows = [row for row in _rows("openlm.csv") if row["dataset"] == OPENLM[name]]
        columns = ("params", "tokens", "loss_c4_val")
    return LossTable.checked(*([float(row[column]) for row in rows] for column in columns))


def _rows(name: str) -> list[dict[str, str]]:
    text = files("rfscale.measured.losses").joinpath("published", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
