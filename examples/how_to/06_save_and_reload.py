r"""
How do I save a result, and what is in the file?
================================================

Every result has ``save`` and ``load``. The file is a numpy archive of its arrays, its model and its
seed: figures are drawn from it, and the simulation is run again from it, to the same bits on the
same kind of processor. Here it is the comparison of theory and simulation, shown relative to the
theory of infinite sizes.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=300), sigma_eps=0.01)
sizes = np.array([10, 13, 16, 20, 25, 30, 37, 45, 55, 70, 90, 120])
computed = rf.compare(model, N=sizes, T=30, ridge=1e-3, draws=1000, seed=1)

# %%
# The archive is read by this package, and by numpy alone. A table, for pandas, would be
# ``loaded.to_frame()``.
with TemporaryDirectory() as folder:
    path = Path(folder) / "comparison.npz"
    computed.save(path)
    print(f"{path.stat().st_size / 1000:.0f} kB")
    loaded = rf.Comparison.load(path)
    with np.load(path) as archive:
        print("arrays in the file:", ", ".join(archive.files[:8]), "...")
        print("read by numpy:", archive["estimate.test.mean"][:3])

# %%
# Its table is that of what was saved, and it holds all that is needed to compute it again.
saved = computed.columns()
same = all(np.array_equal(column, saved[name]) for name, column in loaded.columns().items())
print("loaded as it was saved:", same)
made = loaded.estimate
print(f"{made.model}, seed {made.seed}, {made.draws.max()} draws")
draws = int(made.draws.max())
again = rf.simulate(made.model, made.N, made.T, made.ridge, draws=draws, seed=made.seed)
print("computed again to the same bits:", np.array_equal(again.test.mean, made.test.mean))

# %%
# The figure, from the loaded result alone: one loop with the size of what it leaves out, and the
# simulation.
_, axes = plt.subplots(figsize=(6, 4), layout="constrained")
rf.plotting.corrections(loaded, ax=axes).set_title("$T = 30$, ridge 0.001", fontsize="medium")
plt.show()
