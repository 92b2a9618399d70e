"""A network that learns tasks by their own counts: multitask sparse parity (Michaud et al. 2023).

Tasks are learned in the order of their frequencies, each after about as many samples of its own:
against these, the losses of all tasks lie on one curve, and the mean loss is close to that of as
many learned quanta. These hold for any seed that was tried. How many samples that takes, the shape
of the curve and how the number of learned tasks grows with the width depend on the optimiser and
the number of steps: with 15,000 steps it grew with the width to the power 0.65, not 1.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.neighbours.trained.checkpoint import Checkpoint
from rfscale.neighbours.trained.libraries import jax_and_optax
from rfscale.neighbours.trained.parity_curve import ParityCurve, collapse
from rfscale.neighbours.trained.parity_model import parity_steps
from rfscale.neighbours.trained.parity_run import ParityRun
from rfscale.neighbours.trained.parity_tasks import ParityTasks
from rfscale.neighbours.trained.training import marks, trained
from rfscale.support.arguments import file_name, flag, integer, number, require_kind

__all__ = ["ParityCurve", "ParityRun", "ParityTasks", "collapse", "sweep", "train"]


def train(
    tasks: ParityTasks,
    width: int = 256,
    samples: int | None = None,
    *,
    steps: int = 10_000,
    batch: int = 1000,
    learning_rate: float = 1e-3,
    per_task: int = 200,
    seed: int = 0,
    records: int = 50,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> ParityRun:
    """Train a network of one hidden ReLU layer on sparse parity by Adam.

    Parameters
    ----------
    tasks : ParityTasks
        The tasks.
    width : int
        Of the hidden layer.
    samples : int, optional
        Size of the pool that all batches are drawn from, at random. By default each batch is new.
    steps : int
        Of Adam, with `learning_rate`.
    batch : int
        Samples of one step.
    learning_rate : float
        Of Adam, > 0.
    per_task : int
        Fresh samples of each task that its loss is measured on, always the same ones.
    seed : int
        Of start and samples.
    records : int
        How many times losses are recorded, at evenly spaced steps.
    checkpoint : str or Path, optional
        A file that keeps the run, as of `toy.train`.
    progress : bool
        Whether a bar is shown.

    Returns
    -------
    ParityRun
        With `losses`, `step`, `mean`, `seen`, `learned`.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the checkpoint is of another run.
    ImportError
        If JAX or optax is not installed (``pip install "rfscale[trained]"``).

    Examples
    --------
    >>> from rfscale.neighbours.trained import parity
    >>> tasks = parity.ParityTasks(tasks=5, n=8, k=2, alpha=0.4)
    >>> run = parity.train(tasks, width=32, steps=2000, batch=100, records=10)
    >>> print(run.learned[-1] >= 2, abs(run.mean - run.loss_of_learned)[-1] < 0.1)
    True True
    """
    require_kind("tasks", tasks, ParityTasks)
    sizes = {
        "width": integer("width", width),
        "samples": None if samples is None else integer("samples", samples),
        "steps": integer("steps", steps),
        "batch": integer("batch", batch),
        "per_task": integer("per_task", per_task),
        "seed": integer("seed", seed, least=0),
        "learning_rate": number("learning_rate", learning_rate),
    }
    at = marks(steps, integer("records", records))
    identity = sizes | tasks.stored_fields() | {"records": len(at), "seed of tasks": tasks.seed}
    identity["seed"] = sizes["seed"]
    file = None if checkpoint is None else file_name("checkpoint", checkpoint)
    return _trained(tasks, sizes, at, Checkpoint(file, identity), flag("progress", progress))


def _trained(
    tasks: ParityTasks, sizes: dict[str, Any], at: list[int], kept: Checkpoint, progress: bool
) -> ParityRun:
    jax, _ = jax_and_optax("training on sparse parity")
    fixed = {name: sizes[name] for name in ("batch", "per_task", "learning_rate")}
    functions = parity_steps(tasks, **fixed)
    of_start, of_pool, of_steps, of_tests = jax.random.split(jax.random.key(sizes["seed"]), 4)
    pool = None if sizes["samples"] is None else functions.pool(of_pool, sizes["samples"])

    def advance(state: Any, first: int, count: int) -> Any:
        return functions.advance(state, of_steps, first, count, pool)

    def record(state: Any) -> dict[str, NDArray[Any]]:
        return {"losses": np.asarray(functions.losses(state[0], of_tests), np.float64)}

    start = functions.start(of_start, sizes["width"])
    _, found = trained(advance, record, start, at, kept, progress)
    described = ("width", "batch", "samples", "learning_rate", "seed")
    return ParityRun(
        tasks=tasks,
        losses=found["losses"],
        step=np.array(at),
        **{name: sizes[name] for name in described},
    )


def sweep(
    tasks: ParityTasks,
    widths: Sequence[int] = (256,),
    samples: Sequence[int | None] = (None,),
    *,
    folder: str | Path | None = None,
    **options: Any,
) -> list[ParityRun]:
    """Train networks of several widths, each on pools of several sizes.

    Parameters
    ----------
    tasks : ParityTasks
        The tasks.
    widths : sequence of int
        Of the hidden layers.
    samples : sequence of int or None
        Sizes of the pools; None: all batches are new.
    folder : str or Path, optional
        Where each run has its checkpoint: a sweep that is interrupted goes on from there.
    **options
        Of `train`.

    Returns
    -------
    list of ParityRun
        By width, and by size of the pool in each.

    Raises
    ------
    ValueError, ImportError
        As `train`.

    Examples
    --------
    >>> from rfscale.neighbours.trained import parity
    >>> tasks = parity.ParityTasks(tasks=5, n=8, k=2, alpha=0.4)
    >>> runs = parity.sweep(tasks, widths=[2, 32], steps=2000, batch=100, records=10)
    >>> print([int(run.learned[-1]) for run in runs][0] < runs[1].learned[-1])
    True
    """

    def file(width: int, size: int | None) -> Path | None:
        name = f"width{width}_{'new' if size is None else size}.npz"
        return None if folder is None else file_name("folder", folder) / name

    return [
        train(tasks, width, size, checkpoint=file(width, size), **options)
        for width in widths
        for size in samples
    ]
