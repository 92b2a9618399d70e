r"""
Which law do losses of language models follow?
==============================================

Seven laws are fitted to four published tables of losses. Above: how much worse than the best of
them each is on the rows that it was fitted to (AICc, 0 is the best). In the middle: its error on
the 30 percent of runs of the largest N T, of a fit to the others. The first says little of the
second, and no law is the best of all tables. All of them together, pooled, come within half of the
best, and unlike single laws their bands hold all new runs here. Below: the least loss E with
intervals of 95 percent. It is a property of the law: on the Chinchilla table, the largest, those of
two laws need not meet.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

tables = {"chinchilla": ("#0072B2", "o"), "openlm-c4": ("#E69F00", "s")}
tables |= {"openlm-redpajama": ("#009E73", "^"), "openlm-refinedweb": ("black", "D")}

# %%
figure, axes = plt.subplots(3, 1, figsize=(8, 8.5), layout="constrained", sharex=True)
rank, error, floor = axes
for k, (name, (colour, marker)) in enumerate(tables.items()):
    table = rf.published_losses(name)
    found = rf.compare_laws(table.N, table.T, table.loss, resamples=100)
    x = np.arange(len(found.laws) + 1) + 0.16 * (k - 1.5)
    look = {"fmt": marker, "ms": 7, "color": colour, "mec": "white"}
    rank.errorbar(x[:-1], found.AICc, **look)
    errors = 100 * np.append(found.extrapolation_error, found.pooled_error)
    error.errorbar(x, errors, **look)
    each = [found.fits[law]["E"] for law in found.laws]
    values = np.array([one.value for one in each])
    ends = np.abs(np.array([[one.low, one.high] for one in each]).T - values)
    floor.errorbar(x[:-1], values, ends, label=name, **look)
    fits, predicts = np.argmin(found.AICc), np.argmin(found.extrapolation_error)
    print(f"{name}: {found.laws[fits]} fits best, {found.laws[predicts]} predicts best, ", end="")
    print(
        f"{errors[predicts]:.2g} %, pooled {errors[-1]:.2g} %; bands of single laws hold ", end=""
    )
    print(f"{100 * found.coverage.mean():.0f} % of new runs, pooled {found.pooled_coverage:.0%}")
rank.set_yscale("symlog", linthresh=10)
rank.set(ylabel="AICc above the best", ylim=(-2, 1000))
error.set(ylabel="error on held-out runs (%)", yscale="log")
error.set_yticks([1, 2, 5, 10], [1, 2, 5, 10])
floor.set_ylabel("least loss $E$")
floor.set_xticks(range(len(found.laws) + 1), [*found.laws, "pooled"], rotation=20, ha="right")
for panel in axes:
    panel.set_xlabel("law")
    panel.set_xticks(np.arange(len(found.laws)) + 0.5, minor=True)
    panel.grid(axis="x", which="minor", color="0.9")
    panel.tick_params(axis="x", which="minor", length=0)
figure.legend(loc="outside upper center", ncols=4, frameon=False)
plt.show()
