"""Models, a grid and estimators that the tests of sweeps, stores and estimators share."""

import contextlib
import os
import signal
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import reference

import rfscale as rf
from rfscale.simulation.estimate import Estimate

MODELS = {
    "one": rf.ScalingModel(rf.PowerLaw(1.0, 300), sigma_eps=0.1),
    "half": rf.ScalingModel(rf.PowerLaw(0.5, 900)),
}
GRID = {"N": [10, 20, 60], "T": [15, 30], "ridge": [0.0, 1e-2], "draws": 8, "seed": 1}


@dataclass(frozen=True)
class PlainNumpy(rf.Estimator):
    """The learner of the model by the normal equations, one draw and one ridge after the other.

    A subclass of a user, as the tests of the package write it: `factor` multiplies the ridge.
    """

    factor: float = 1.0

    def losses(self, experiment, draws, ridge):
        model = experiment.model
        N = experiment.N
        T = experiment.T
        eigenvalues = model.spectrum.eigenvalues
        found = np.zeros((len(draws), 2, 4, ridge.size))
        for i, draw in enumerate(draws):
            generator = experiment.generator(draw)
            u = generator.standard_normal((N, model.M)) * model.sigma_u / np.sqrt(model.M)
            x = generator.standard_normal((model.M, T)) * np.sqrt(eigenvalues)[:, None]
            # where normal equations would be singular or infinite there is no ridge, or all of it
            within = np.where(ridge < 1e-10, 0.0, np.minimum(ridge, 1e9))
            for k, gamma in enumerate(self.factor * within):
                signal, noise, train = reference.losses(
                    u, x, eigenvalues, gamma, model.sigma_w, model.sigma_eps
                )
                found[i, 0, :, k] = signal + noise, signal, noise, train
        return found


@dataclass(frozen=True)
class Deadly(PlainNumpy):
    """Kills its process at (N, T) = (20, 30) while a file is there."""

    trigger: str = ""

    def losses(self, experiment, draws, ridge):
        if (experiment.N, experiment.T) == (20, 30) and Path(self.trigger).exists():
            os.kill(os.getpid(), signal.SIGKILL)
        return super().losses(experiment, draws, ridge)


def forget(path, which):
    """Remove cells from a store."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.execute(f"delete from cells where {which}")


def assert_same(a, b):
    """Bit for bit."""
    for name in ("N", "T", "ridge", "draws"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    for name in Estimate.LOSSES:
        assert np.array_equal(getattr(a, name).mean, getattr(b, name).mean), name
        assert np.array_equal(getattr(a, name).stderr, getattr(b, name).stderr), name
    assert (a.models, a.labels, a.seed) == (b.models, b.labels, b.seed)


@contextlib.contextmanager
def children_hear_ctrl_c():
    """What is started in the background may have been told to ignore it, and its children, too."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
