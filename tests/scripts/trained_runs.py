"""Train small networks, and print as JSON what they have learned.

python trained_runs.py toy|parity|resume

In a process of its own: JAX starts threads, after which the forks of other tests warn.
"""

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

from rfscale.neighbours.trained import parity, toy, training

TASKS = parity.ParityTasks(tasks=20, n=20, k=2, alpha=0.4)


def toy_run(n, T, steps, seed, repeats=1, **options):
    """A run with n (1 - S) = 10 features in a sample, the first of which is repeated."""
    x = toy.samples(T, n, 1 - 10 / n, seed=10 * seed + 1)
    x = np.concatenate([np.repeat(x[:1], repeats, axis=0), x[1:]])
    fresh = toy.samples(4000, n, 1 - 10 / n, seed=10 * seed + 2)
    return toy.train(x, fresh, steps=steps, seed=seed, records=4, **options)


def described(run):
    largest = np.sort(run.feature_dimensionalities)[::-1]
    return {
        "train": run.train,
        "test": run.test,
        "constant": run.constant,
        "W": run.W_norm,
        "D": largest[:6].tolist(),
        "first": run.sample_dimensionalities[0],
        "share": run.sample_share,
        "regime": run.regime,
        "T": run.T,
        "hidden": np.linalg.norm(run.hidden, axis=0).tolist() if run.T < 10 else [],
        "gaps": run.gaps().tolist() if run.T < 10 else [],
    }


def toys():
    cases = {
        "five": [toy_run(1000, 5, 10_000, seed) for seed in range(3)],
        "peak": [toy_run(500, 150, 10_000, seed) for seed in range(3)],
        "decayed": [toy_run(500, 150, 10_000, 0, weight_decay=1.0)],
        "many": [toy_run(500, 1000, 5000, seed) for seed in range(2)],
        "repeated": [toy_run(500, 500, 5000, 0, repeats=R) for R in (1, 5)],
    }
    return {name: [described(run) for run in runs] for name, runs in cases.items()}


def parities():
    new = [parity.train(TASKS, 64, steps=4000, batch=250, seed=seed) for seed in range(2)]
    few, *_ = parity.sweep(TASKS, [64], [500], steps=1000, batch=250, per_task=50)
    curve = parity.collapse(new[0])
    return {
        "runs": [
            {
                "p": run.tasks.p.tolist(),
                "when": [None if np.isinf(y) else y for y in run.seen_when_learned()],
                "mean": run.mean.tolist(),
                "law": run.loss_of_learned.tolist(),
                "learned": run.learned.tolist(),
            }
            for run in new
        ],
        "few": few.mean.tolist(),
        "curve": {"tau": curve.filter.tau, "rms": curve.rms, "mean_rms": curve.mean_rms},
    }


class Interrupting(training.kind_of_bar(False)[0]):
    """A bar at whose fifth update the user has had enough."""

    updates = 0

    def update(self, n=1):
        Interrupting.updates += 1
        if Interrupting.updates == 5:
            raise KeyboardInterrupt
        return super().update(n)


def interrupted(train, path):
    """The run that is interrupted and taken up again, and at how many records that was."""
    usual = training.kind_of_bar
    training.kind_of_bar = lambda shown: (Interrupting, True)
    Interrupting.updates = 0
    try:
        train(path)
    except KeyboardInterrupt:
        training.kind_of_bar = usual
        with np.load(path) as archive:
            return train(path), json.loads(str(archive["header"]))["marks"]
    raise AssertionError("it was not interrupted")


def refused(train, path):
    try:
        train(path)
    except ValueError as error:
        return str(error).replace(path, "FILE")
    return ""


def same(one, other):
    """Whether all arrays of two results are the same, bit by bit."""
    arrays = {name: value for name, value in vars(one).items() if isinstance(value, np.ndarray)}
    return all(value.tobytes() == getattr(other, name).tobytes() for name, value in arrays.items())


def resumed():
    x = toy.samples(30, 100, 0.9, seed=1)
    trains = {
        "toy": lambda path, steps=70: toy.train(x, x, steps=steps, records=7, checkpoint=path),
        "parity": lambda path, steps=70: parity.train(
            TASKS, 8, steps=steps, batch=20, records=7, checkpoint=path
        ),
    }
    said = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, train in trains.items():
            path = str(Path(folder) / f"{name}.npz")
            again, marks = interrupted(train, path)
            whole = train(None)
            at_once = train(path)
            said[name] = {
                "marks": marks,
                "same": same(whole, again),
                "read": same(whole, at_once),
                "refused": refused(lambda path, train=train: train(path, 80), path),
            }
            whole.save(path)
            said[name]["loaded"] = repr(type(whole).load(path)) == repr(whole)
            said[name]["another"] = refused(train, path)
    return said


if __name__ == "__main__":
    print(json.dumps({"toy": toys, "parity": parities, "resume": resumed}[sys.argv[1]]()))
