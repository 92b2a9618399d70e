r"""
How do I run a sweep on a cluster that may fail?
================================================

``rf.sweep`` computes a grid of experiments on any executor and writes each finished cell, all
ridges at one :math:`(N, T)`, to a file. Here the worker is lost halfway. ``rf.resume_sweep``
computes on others only what is missing, and the numbers are those of a sweep without interruption,
bit for bit.
"""

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf


# %%
# An executor whose worker is lost after five tasks. With several workers, cells that others still
# compute are lost too.
class Unreliable(ThreadPoolExecutor):
    left = 5

    def submit(self, *task):
        self.left -= 1
        return super().submit(*task) if self.left >= 0 else super().submit(self.lost)

    def lost(self):
        raise ConnectionError("the worker is lost")


# %%
# On a cluster ``with Client("tcp://HOST:PORT").get_executor() as executor:`` takes the place of the
# thread pool, where ``from dask.distributed import Client``. Process pools, loky's and mpi4py's
# will do as well.
spectra = [rf.PowerLaw(alpha, M=1000) for alpha in (0.5, 1.0)]
models = {rf"$\alpha = {spectrum.alpha}$": rf.ScalingModel(spectrum) for spectrum in spectra}
N, T, ridge = np.array([20, 40, 80, 160, 320]), 100, np.geomspace(1e-5, 1e-1, 13)
with TemporaryDirectory() as folder, ThreadPoolExecutor(2) as good, Unreliable(1) as bad:
    store = f"{folder}/sweep.db"
    try:
        rf.sweep(models, N, T, ridge, seed=1, executor=bad, store=store)
    except ConnectionError as error:
        with closing(sqlite3.connect(store)) as file:
            (saved,) = file.execute("select count(*) from cells").fetchone()
        print(f"{error}, {saved} of 10 cells are in the file")
    sweep = rf.resume_sweep(store, executor=good)
whole = rf.sweep(models, N, T, ridge, seed=1)
print("as without interruption:", np.array_equal(sweep.test.mean, whole.test.mean))

# %%
# The loss against the ridge. Names with an underscore do not enter the legend again.
_, axes = plt.subplots(figsize=(6.5, 4.5), layout="constrained")
for again, (name, model) in zip(("", "_"), models.items(), strict=True):
    theory = rf.predict(model, N[:, None], T, np.geomspace(1e-5, 1e-1, 100), order="one-loop")
    labels = [f"{again}$N = {n}$" for n in N]
    estimate = sweep.estimate(name, along="ridge")
    rf.plotting.loss_curve(theory, estimate, x="ridge", labels=labels, ax=axes)
    best = rf.optimal_ridge(model, N, T)
    axes.plot(best.ridge, best.prediction.test, "kx", ms=7, zorder=4, label=f"{again}best ridge")
    axes.text(2e-3, best.prediction.test[0] * 1.35, name)
axes.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False, title=f"$T = {T}$")
plt.show()
