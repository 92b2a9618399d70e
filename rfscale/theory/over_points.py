"""Running a compiled loop over all points: broadcasting, arrays of spectra, all cores."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple, TypeVar, get_type_hints

import numpy as np

from rfscale.model.spectra import Spectrum
from rfscale.support.arguments import Floats, broadcast
from rfscale.support.compiled import run_in_chunks

CHUNK = 2**18  # eigenvalues or nodes summed in one go: some milliseconds of work
Record = TypeVar("Record", bound=tuple[Any, ...])


class Points(NamedTuple):
    """Spectra and sizes, flat arrays of one entry a point."""

    alpha: Floats
    M: Floats
    N: Floats
    T: Floats


def broadcast_shape(spectrum: Spectrum, **arrays: Floats) -> tuple[int, ...]:
    """The shape of all points; a ValueError names the arrays that do not broadcast."""
    spectra = {"spectrum": spectrum.kernel_parameters()[1]} if spectrum.shape else {}
    return broadcast(**arrays, **spectra)[0].shape


def over_points(
    kernel: Callable[..., None],
    record: type[Record],
    spectrum: Spectrum,
    sizes: tuple[Floats, Floats],
    columns: tuple[Floats, ...],
    *options: Any,
) -> Record:
    """The results of kernel(nodes, *options, points, *columns, start, stop, out), written to out.

    Parameters
    ----------
    kernel : compiled function
        It fills the entries start, ..., stop - 1 of the arrays in `out`.
    record : class
        The type of `out`: a NamedTuple of arrays, or of other such records.
    spectrum : Spectrum
    sizes : tuple of ndarray
        N and T.
    columns : tuple of ndarray
        What else a point needs. They broadcast with sizes and spectra.
    options
        Further arguments of the kernel.

    Returns
    -------
    record
        Its arrays have the broadcast shape.
    """
    arrays = np.broadcast_arrays(*spectrum.kernel_parameters(), *sizes, *columns)
    # copied, so that they are always writeable: one type to compile for
    flat = [np.array(array, order="C").ravel() for array in arrays]
    points = Points(*flat[:4])
    out = _empty(record, points.N.size)
    nodes = spectrum.nodes

    def task(start: int, stop: int) -> None:
        kernel(nodes, *options, points, *flat[4:], start, stop, out)

    run_in_chunks(task, points.N.size, max(1, CHUNK // nodes.roots.size))
    return _reshaped(out, arrays[0].shape)


def _empty(record: type[Record], count: int) -> Record:
    """A record of arrays that are to be filled."""
    fields = (
        _empty(kind, count) if hasattr(kind, "_fields") else np.empty(count)
        for kind in _kinds(record)
    )
    return record(*fields)


@cache
def _kinds(record: type) -> tuple[Any, ...]:
    """The types of the fields."""
    return tuple(get_type_hints(record).values())


def _reshaped(record: Record, shape: tuple[int, ...]) -> Record:
    """The same record of arrays of this shape."""
    fields = (
        field.reshape(shape) if isinstance(field, np.ndarray) else _reshaped(field, shape)
        for field in record
    )
    return type(record)(*fields)
