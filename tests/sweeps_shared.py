"""What the tests of sweeps and of stores have in common."""

import contextlib
import sqlite3

import numpy as np

import rfscale as rf
from rfscale.simulation.estimate import Estimate

MODELS = {
    "one": rf.ScalingModel(rf.PowerLaw(1.0, 300), sigma_eps=0.1),
    "half": rf.ScalingModel(rf.PowerLaw(0.5, 900)),
}
GRID = {"N": [10, 20, 60], "T": [15, 30], "ridge": [0.0, 1e-2], "draws": 8, "seed": 1}


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
