"""Training in blocks of steps: recorded after each, kept in a file, taken up again from there."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.neighbours.trained.checkpoint import Checkpoint, Records
from rfscale.neighbours.trained.libraries import jax_and_optax
from rfscale.support.progress_bar import LINE, kind_of_bar

SECONDS = 10.0  # between two writes of a checkpoint


def marks(steps: int, records: int) -> list[int]:
    """The steps after which is recorded, the last one among them; evenly spaced."""
    return [int(step) for step in np.unique(np.linspace(0, steps, records + 1).round())[1:]]


def trained(
    advance: Callable[[Any, int, int], Any],
    record: Callable[[Any], dict[str, NDArray[Any]]],
    start: Any,
    at: list[int],
    checkpoint: Checkpoint,
    progress: bool,
) -> tuple[Any, dict[str, NDArray[Any]]]:
    """Train from a start, or from where a checkpoint is.

    Parameters
    ----------
    advance : callable
        (state, step, steps): the state after so many steps from this step on.
    record : callable
        What is recorded of a state, arrays by name.
    start : pytree
        The state before the first step.
    at : list of int
        The steps after which is recorded.
    checkpoint : Checkpoint
        Written every ten seconds, at the end, and if training is interrupted: then up to the last
        mark.
    progress : bool
        Whether a bar is shown.

    Returns
    -------
    state, records
        The last state, and the records along their first axis.
    """
    jax, _ = jax_and_optax("training")
    shape = jax.tree.structure(start)
    first = jax.tree.leaves(start)
    leaves, records = checkpoint.read() or (first, [])
    if [np.shape(leaf) for leaf in leaves] != [np.shape(leaf) for leaf in first]:
        raise ValueError(f"checkpoint {checkpoint.path} holds arrays of another shape")
    done: tuple[Any, Records] = (jax.tree.unflatten(shape, map(jax.numpy.asarray, leaves)), records)
    written = time.monotonic()
    bar, quiet = kind_of_bar(progress)
    with closing(bar(total=at[-1], desc="steps", bar_format=LINE, disable=quiet)) as shown:
        try:
            for first, last in list(zip([0, *at], at, strict=False))[len(records) :]:
                shown.update(first - shown.n)
                state = advance(done[0], first, last - first)
                done = (state, [*done[1], record(state)])
                shown.update(last - shown.n)
                if time.monotonic() - written > SECONDS:
                    checkpoint.write(_arrays(done[0]), done[1])
                    written = time.monotonic()
        finally:
            checkpoint.write(_arrays(done[0]), done[1])
    names = done[1][0]
    return done[0], {name: np.stack([each[name] for each in done[1]]) for name in names}


def _arrays(state: Any) -> list[NDArray[Any]]:
    jax, _ = jax_and_optax("training")
    return [np.asarray(leaf) for leaf in jax.tree.leaves(state)]
