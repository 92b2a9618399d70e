"""The ReLU-output toy model on finitely many samples (Henighan et al. 2023), trained.

With few samples it stores them, each in a direction of its own; with many it finds a few features;
in between its test loss has a peak at which the training loss is far from 0, other than that of
random features, which is where the training loss vanishes first.

With 500 and 1,000 features and any seed that was tried: five samples become a regular pentagon
without training loss; at T (1 - S) = 4 the test loss is above that of no output at all; from
T (1 - S) = 10 on it is below the best constant's; at 20 exactly five features have directions. With
10,000 features and a loss that is a sum the third needed 10 to 20, and with a mean the second does
not hold. Height and place of the peak, and the norms of W and b before it, depend on the number of
steps, the weight decay, the seed and Adam's eps (`train`): no value of theirs is more than one of a
run.

As a program it trains at several T: ``python -m rfscale.neighbours.trained.toy --help``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.neighbours.trained.checkpoint import Checkpoint, digest
from rfscale.neighbours.trained.libraries import jax_and_optax
from rfscale.neighbours.trained.toy_model import ToyTraining, block_size, blocks, toy_steps
from rfscale.neighbours.trained.toy_run import ToyRun, gaps
from rfscale.neighbours.trained.toy_samples import samples
from rfscale.neighbours.trained.training import marks, trained
from rfscale.support.arguments import choice, file_name, flag, integer, number, numeric

LARGEST = 1e6  # of inputs, which are of length 1
MOST_SEEDS = 2**32

__all__ = ["ToyRun", "gaps", "samples", "train"]


def train(
    x: ArrayLike,
    test: ArrayLike,
    m: int = 2,
    *,
    steps: int = 10_000,
    warm_up: int | None = None,
    learning_rate: float = 1e-3,
    weight_decay: float = 1e-2,
    over: str = "sum",
    eps: float = 1e-8,
    seed: int = 0,
    records: int = 20,
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> ToyRun:
    """Train the toy model on samples.

    Parameters
    ----------
    x : array_like
        Samples, shape (T, n), such as `samples` draws; repeated ones are allowed.
    test : array_like
        Others of as many features, some thousands.
    m : int
        Number of hidden dimensions.
    steps : int
        Of AdamW over all samples at once.
    warm_up : int, optional
        Steps in which the learning rate rises from 0; then it falls to 0 along a cosine. By
        default a twentieth of `steps`.
    learning_rate, weight_decay, eps : float
        Of AdamW. The weight decay also holds for b.
    over : {"sum", "mean"}
        Whether the loss that is trained is a sum over the features or a mean. Adam divides by the
        size of gradients, so that the n between them only matters beside `eps`: "mean" is "sum"
        with an eps n times as large. At n = 10,000 this moves the peak of the test loss by a
        factor of several in T, and its height from 1.1 to hundreds.
    seed : int
        Of the start: W is uniform (Xavier), b is 0.
    records : int
        How many times losses are recorded, at evenly spaced steps.
    checkpoint : str or Path, optional
        A file that keeps the run: if it is there, training goes on from it, and ends with the same
        bits, on the same machine, as without a break. It is written every ten seconds, at the end,
        and if the run is interrupted.
    progress : bool
        Whether a bar is shown.

    Returns
    -------
    ToyRun
        With `W`, `b`, `hidden`, `train`, `test`, the history, and `regime`.

    Raises
    ------
    ValueError
        If an argument is out of its range, or the checkpoint is of another run.
    ImportError
        If JAX or optax is not installed (``pip install "rfscale[trained]"``).

    Notes
    -----
    Henighan et al., Superposition, memorization, and double descent (2023): n = 10,000, S = 0.999,
    50,000 steps with 2,500 of warm-up. On a GPU the same code runs there.

    Examples
    --------
    >>> from rfscale.neighbours.trained import toy
    >>> x = toy.samples(T=5, n=300, sparsity=0.97, seed=3)
    >>> run = toy.train(x, toy.samples(T=500, n=300, sparsity=0.97, seed=2), steps=4000)
    >>> print(run.regime, run.train < 0.02, run.gaps().round(-1))
    samples True [70. 70. 70. 70. 70.]
    """
    steps = integer("steps", steps)
    training = ToyTraining(
        steps=steps,
        warm_up=_warm_up(warm_up, steps),
        learning_rate=number("learning_rate", learning_rate),
        weight_decay=number("weight_decay", weight_decay, zero=True),
        over=choice("over", over, ("sum", "mean")),
        eps=number("eps", eps),
    )
    seed = _checked_seed(seed)
    data = _checked("x", x)
    fresh = _checked("test", test, data.shape[1])
    at = marks(steps, integer("records", records))
    identity = vars(training) | {"m": integer("m", m), "seed": seed, "records": len(at)}
    identity |= {"samples": digest(data, fresh)}
    file = None if checkpoint is None else file_name("checkpoint", checkpoint)
    kept = Checkpoint(file, identity)
    shown = flag("progress", progress)
    return _trained(training, data, fresh, int(identity["m"]), seed, at, kept, shown)


def _trained(
    training: ToyTraining,
    x: NDArray[np.float32],
    test: NDArray[np.float32],
    m: int,
    seed: int,
    at: list[int],
    kept: Checkpoint,
    progress: bool,
) -> ToyRun:
    jax, _ = jax_and_optax("training the toy model")
    functions = toy_steps(training)
    n = x.shape[1]
    sets = {"train": x, "test": test}
    parts = {name: jax.device_put(blocks(each, block_size(n))) for name, each in sets.items()}
    T = {name: float(len(each)) for name, each in sets.items()}

    def advance(state: Any, _: int, count: int) -> Any:
        return functions.advance(state, parts["train"], count, T["train"])

    def record(state: Any) -> dict[str, NDArray[Any]]:
        found = {name: functions.loss(state[0], parts[name], T[name]) for name in parts}
        return {name: np.asarray(loss, np.float64) for name, loss in found.items()}

    start = functions.start(jax.random.key(seed), m, n)
    state, losses = trained(advance, record, start, at, kept, progress)
    if not all(np.isfinite(values).all() for values in losses.values()):
        raise ValueError(
            "training diverged: learning_rate and the samples must be smaller, got "
            f"learning_rate = {training.learning_rate:g}"
        )
    W, b = (np.asarray(part, np.float64) for part in state[0])
    rows, repeats = _distinct(x)
    return ToyRun(
        W=W,
        b=b,
        hidden=W @ rows.T,
        repeats=repeats,
        train=float(losses["train"][-1]),
        test=float(losses["test"][-1]),
        constant=1 - n * float(test.mean(dtype=np.float64)) ** 2,
        step=np.array(at),
        train_history=losses["train"],
        test_history=losses["test"],
        seed=seed,
        **vars(training),
    )


def _checked_seed(value: int) -> int:
    found = integer("seed", value, least=0)
    if found >= MOST_SEEDS:
        raise ValueError(f"seed must be an integer from 0 to 2^32 - 1, got {found}")
    return found


def _distinct(x: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """The samples that differ, in order, and how often each is there."""
    first: dict[bytes, int] = {}
    kind = [first.setdefault(row.tobytes(), number) for number, row in enumerate(x)]
    rows, repeats = np.unique(kind, return_counts=True)
    return x[rows], repeats


def _warm_up(value: int | None, steps: int) -> int:
    """Steps of warm-up, fewer than all."""
    found = steps // 20 if value is None else integer("warm_up", value, least=0)
    if found >= steps:
        raise ValueError(f"warm_up must be less than steps = {steps}, got {found}")
    return found


def _checked(name: str, value: ArrayLike, n: int | None = None) -> NDArray[np.float32]:
    """Finite samples of n features."""
    array = numeric(name, value, "finite numbers")
    if array.ndim != 2 or array.size == 0 or (n is not None and array.shape[1] != n):
        features = "n" if n is None else n
        raise ValueError(f"{name} must have the shape (samples, {features}), got {array.shape}")
    is_good = np.abs(array) <= LARGEST
    if not is_good.all():
        allowed = f"finite numbers of size up to {LARGEST:g}"
        raise ValueError(f"{name} must be {allowed}, got {array[~is_good][0]:g}")
    return array.astype(np.float32)


if __name__ == "__main__":
    from rfscale.neighbours.trained.toy_program import main

    main()
