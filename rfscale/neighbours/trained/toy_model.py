r"""The ReLU-output toy model and its full-batch training.

.. math:: \hat x = \mathrm{ReLU}(W^T W x + b), \qquad L = \frac1T \sum_t |x_t - \hat x_t|^2

with W of shape (m, n): no step is derived here. On a CPU the plain loss is summed over blocks of
250 samples, of which the n outputs stay in the cache; on a GPU over blocks as large as fit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rfscale.neighbours.trained.libraries import jax_and_optax

ON_CPU = 250  # samples
ON_GPU = 2**28  # outputs, 1 GiB


@dataclass(frozen=True)
class ToyTraining:
    """AdamW over all samples at once: a linear warm-up to `learning_rate`, then a cosine to 0.

    `over` is what the loss is over the features, "sum" or "mean"; `eps` is Adam's.
    """

    steps: int
    warm_up: int
    learning_rate: float
    weight_decay: float
    over: str
    eps: float


@dataclass(frozen=True)
class ToySteps:
    """Compiled functions of one training: the start, steps, and the loss of samples."""

    start: Callable[..., Any]
    advance: Callable[..., Any]
    loss: Callable[..., Any]


def block_size(n: int) -> int:
    """How many samples one block has on the device that there is."""
    jax, _ = jax_and_optax("training the toy model")
    return ON_CPU if jax.default_backend() == "cpu" else max(1, ON_GPU // n)


def blocks(x: NDArray[Any], size: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Samples of shape (blocks, size, n), and weights: what fills the last block weighs 0."""
    T, n = x.shape
    size = min(size, T)
    count = -(-T // size)
    padded = np.zeros((count * size, n), np.float32)
    padded[:T] = x
    weights = np.zeros((count * size, 1), np.float32)
    weights[:T] = 1
    return padded.reshape(count, size, n), weights.reshape(count, size, 1)


@cache
def toy_steps(training: ToyTraining) -> ToySteps:
    """The functions of a training; compiled once for each shape of samples."""
    jax, optax = jax_and_optax("training the toy model")
    jnp = jax.numpy
    schedule = optax.warmup_cosine_decay_schedule(
        0.0, training.learning_rate, training.warm_up, training.steps
    )
    optimiser = optax.adamw(schedule, eps=training.eps, weight_decay=training.weight_decay)

    def block_loss(parameters: Any, x: Any, weight: Any) -> Any:
        W, b = parameters
        hidden = jnp.matmul(x, W.T, precision="highest")
        output = jax.nn.relu(jnp.matmul(hidden, W, precision="highest") + b)
        return jnp.sum(weight * jnp.square(x - output))

    def summed(of_block: Any, zero: Any, data: Any) -> Any:
        def add(total: Any, block: Any) -> Any:
            return jax.tree.map(jnp.add, total, of_block(*block)), None

        return jax.lax.scan(add, zero, data)[0]

    def start(key: Any, m: int, n: int) -> Any:
        bound = (6 / (m + n)) ** 0.5  # Xavier
        W = jax.random.uniform(key, (m, n), minval=-bound, maxval=bound)
        parameters = (W, jnp.zeros(n))
        return parameters, optimiser.init(parameters)

    @jax.jit  # type: ignore[untyped-decorator]
    def advance(state: Any, data: Any, count: Any, samples: Any) -> Any:
        features = data[0].shape[-1] if training.over == "mean" else 1
        of_block = jax.grad(block_loss)

        def step(_: Any, state: Any) -> Any:
            parameters, memory = state
            zero = jax.tree.map(jnp.zeros_like, parameters)
            total = summed(lambda *block: of_block(parameters, *block), zero, data)
            gradient = jax.tree.map(lambda g: g / (samples * features), total)
            update, memory = optimiser.update(gradient, memory, parameters)
            return optax.apply_updates(parameters, update), memory

        return jax.lax.fori_loop(0, count, step, state)

    @jax.jit  # type: ignore[untyped-decorator]
    def loss(parameters: Any, data: Any, samples: Any) -> Any:
        return summed(lambda *block: block_loss(parameters, *block), 0.0, data) / samples

    return ToySteps(start=start, advance=advance, loss=loss)
