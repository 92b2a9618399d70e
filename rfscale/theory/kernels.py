"""Compiled functions over all points: broadcasting, spectra that differ from point to point, all
cores.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rfscale.model.spectra import Spectrum
from rfscale.support.arguments import Floats, broadcast
from rfscale.support.compiled import run_in_chunks

CHUNK = 2**18  # eigenvalues or nodes summed in one go: some milliseconds of work


def broadcast_shape(spectrum: Spectrum, **arrays: Floats) -> tuple[int, ...]:
    """The shape of all points; a ValueError names the arrays that do not broadcast."""
    spectra = {"spectrum": spectrum.kernel_parameters()[1]} if spectrum.shape else {}
    return broadcast(**arrays, **spectra)[0].shape


def over_points(
    kernel: Callable[..., None],
    spectrum: Spectrum,
    columns: tuple[Floats, ...],
    rows: int,
    *options: Any,
) -> Floats:
    """The results of kernel(nodes, *options, alpha, M, *columns, start, stop, out), filling out[:,
    start:stop].

    Parameters
    ----------
    kernel : compiled function
        Of flat arrays, one entry a point, and `out` of shape (rows, points).
    spectrum : Spectrum
    columns : tuple of ndarray
        They broadcast with each other and with the spectra.
    rows : int
        Number of results.
    options
        Further arguments of the kernel.

    Returns
    -------
    ndarray
        Shape (rows, *broadcast shape).
    """
    arrays: list[Any] = list(np.broadcast_arrays(*spectrum.kernel_parameters(), *columns))
    flat = [
        np.array(array, order="C").ravel() for array in arrays
    ]  # always writeable: one type to compile for
    out, nodes = np.empty((rows, flat[0].size)), spectrum.nodes

    def task(start: int, stop: int) -> None:
        kernel(nodes, *options, *flat, start, stop, out)

    run_in_chunks(task, flat[0].size, max(1, CHUNK // nodes.roots.size))
    return out.reshape((rows, *arrays[0].shape))
