"""A network with one hidden ReLU layer on multitask sparse parity, and its training by Adam.

Its inputs are the task, one-hot, and n random bits; its loss is logistic, in bits. The one-hot part
of the first layer is a row that is looked up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from rfscale.neighbours.trained.libraries import jax_and_optax
from rfscale.neighbours.trained.parity_tasks import ParityTasks


@dataclass(frozen=True)
class ParitySteps:
    """Compiled functions of one training: the start, a pool of samples, steps, losses of tasks."""

    start: Callable[..., Any]
    pool: Callable[..., Any]
    advance: Callable[..., Any]
    losses: Callable[..., Any]


@cache
def parity_steps(
    tasks: ParityTasks, batch: int, per_task: int, learning_rate: float
) -> ParitySteps:
    """The functions of a training; compiled once for each width and size of the pool."""
    jax, optax = jax_and_optax("training on sparse parity")
    jnp = jax.numpy
    optimiser = optax.adam(learning_rate)
    subsets = jnp.asarray(tasks.bits)
    cumulative = jnp.asarray(np.cumsum(tasks.p), jnp.float32)

    def labelled(key: Any, task: Any) -> Any:
        bits = jax.random.bernoulli(key, 0.5, (len(task), tasks.n)).astype(jnp.float32)
        own = jnp.take_along_axis(bits, subsets[task], axis=1)
        return task, bits, 2 * (own.sum(axis=1) % 2) - 1

    def drawn(key: Any, count: int) -> Any:
        of_task, of_bits = jax.random.split(key)
        task = jnp.searchsorted(cumulative, jax.random.uniform(of_task, (count,)))
        return labelled(of_bits, jnp.minimum(task, tasks.tasks - 1))

    def bits_of_loss(parameters: Any, task: Any, bits: Any, label: Any) -> Any:
        E, U, c, v, d = parameters
        hidden = jax.nn.relu(bits @ U + E[task] + c)
        return jax.nn.softplus(-label * (hidden @ v + d)) / jnp.log(2)

    def mean_loss(*arguments: Any) -> Any:
        return bits_of_loss(*arguments).mean()

    def start(key: Any, width: int) -> Any:
        inputs = tasks.tasks + tasks.n
        shapes = [(tasks.tasks, width), (tasks.n, width), (width,), (width,), ()]
        fans = [inputs, inputs, inputs, width, width]
        keys = jax.random.split(key, len(shapes))
        parameters = tuple(
            jax.random.uniform(k, shape, minval=-1, maxval=1) * fan**-0.5
            for k, shape, fan in zip(keys, shapes, fans, strict=True)
        )
        return parameters, optimiser.init(parameters)

    @jax.jit  # type: ignore[untyped-decorator]
    def advance(state: Any, key: Any, first: Any, count: Any, pool: Any) -> Any:
        def samples(key: Any) -> Any:
            if pool is None:
                return drawn(key, batch)
            rows = jax.random.randint(key, (batch,), 0, len(pool[0]))
            return tuple(each[rows] for each in pool)

        def step(number: Any, state: Any) -> Any:
            parameters, memory = state
            of_step = jax.random.fold_in(key, number)
            gradient = jax.grad(mean_loss)(parameters, *samples(of_step))
            update, memory = optimiser.update(gradient, memory, parameters)
            return optax.apply_updates(parameters, update), memory

        return jax.lax.fori_loop(first, first + count, step, state)

    @jax.jit  # type: ignore[untyped-decorator]
    def losses(parameters: Any, key: Any) -> Any:
        task = jnp.repeat(jnp.arange(tasks.tasks), per_task)
        each = bits_of_loss(parameters, *labelled(key, task))
        return each.reshape(tasks.tasks, per_task).mean(axis=1)

    return ParitySteps(start=start, pool=drawn, advance=advance, losses=losses)
