r"""
From a table of runs to a decision
==================================

You have a file with a line for each checkpoint: parameters, tokens, loss, and the run that it is
from. Which law holds, what would a run cost that reaches a loss of 2.4, and how large should its
model be? Here the file is made up, of a known law (dotted), to see whether the answer is right.
Checkpoints of one run are not independent: the fit says so if it is not told.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf


def true_loss(N, T):
    return 1.9 + 700 / N**0.37 + 900 / T**0.34


rng = np.random.default_rng(9)
lines = ["run,params,tokens,val_loss"]
for run, N in enumerate(np.geomspace(2e7, 2e9, 24)):
    luck = 0.008 * rng.standard_normal()  # of the whole run
    for T in N * np.geomspace(3, 60, 6) * rng.uniform(0.5, 2):
        loss = true_loss(N, T) * np.exp(luck + 0.002 * rng.standard_normal())
        lines.append(f"{run},{N:.0f},{T:.0f},{loss:.4f}")
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "runs.csv"
    path.write_text("\n".join(lines))
    table = rf.read_losses(path)

# %%
# The columns that were taken, the runs among them, and what a fit says that does not know the runs.
print(table.source)
columns = table.N, table.T, table.loss
unaware = rf.fit_losses(*columns, resamples=200)
for note in unaware.notes:
    print(f"{note.code}: {note.message}")

# %%
# With them, intervals are wider. No law is the law: decide by several of them together.
aware = rf.fit_losses(table, resamples=200)
print("alpha by checkpoints and by runs:", unaware["alpha"], aware["alpha"], sep="\n    ")
found = rf.compare_laws(table, resamples=100)
print(found)
print(found.budget_for(2.4))

# %%
C = np.geomspace(1e18, 1e23, 16)
best = found.allocate(C)
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.4), layout="constrained")
left.semilogx(6 * table.N * table.T, table.loss, ".", color="0.65", label="checkpoints")
left.plot(C, best.loss.value, color="#0072B2", label="at the best sizes, all laws")
left.fill_between(C, best.loss.low, best.loss.high, color="#0072B2", alpha=0.2, lw=0)
left.axhline(2.4, color="0.5", lw=0.8)
rf.plotting.allocation(found, C, ax=right)
N = np.geomspace(1e8, 1e11, 3000)
truth = np.array([N[np.argmin(true_loss(N, c / (6 * N)))] for c in C])
right.plot(C, np.transpose([truth, C / 6 / truth]), ":", color="black", zorder=4)
left.plot(C, true_loss(truth, C / 6 / truth), ":", color="black", label="true law")
left.legend(frameon=False)
left.set(xlabel=right.get_xlabel(), ylabel="loss")
plt.show()
