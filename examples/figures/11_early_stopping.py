r"""
Does early stopping remove double descent?
==========================================

Training to the end without a ridge has its peak at :math:`N = T`. The best ridge removes it, and so
does gradient flow that is stopped at its best time (left; lines: theory, points: simulation). Both
leave the small eigenvalues of the kernel unfitted, which make the peak: by (18.1) a time t acts as
a mixture of ridges of about 1/t. Which of the two has the smaller loss depends on :math:`\alpha`
(right): early stopping for the slowest spectra, by a percent, the best ridge for the others.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

model, T = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=500)), 60
every_N = np.unique(np.concatenate([np.geomspace(7, 420, 60), T + np.linspace(-15, 15, 121)]))
N = np.array([8, 13, 21, 33, 45, 54, 60, 66, 75, 105, 150, 240, 380])

# %%
# Each point is a mean of 80 draws, with its standard error, at the ridge or the time that is best
# in theory. Without either, N = T is left out, where the mean is infinite.


def trainings(N):
    flow = rf.GradientFlow(tau=rf.optimal_time(model, N, T).tau)
    return [rf.Ridge(0.0), rf.Ridge(rf.optimal_ridge(model, N, T).ridge), flow]


figure, (left, right) = plt.subplots(1, 2, figsize=(9.8, 4.2), layout="constrained")
looks = [
    ("no ridge, to the end", "#0072B2", "o", "-", 8),
    ("best ridge", "#009E73", "D", "-.", 7),
    ("no ridge, best time", "#D55E00", "s", "--", 4),
]
in_theory, at_points = trainings(every_N), trainings(N)
for k, (name, colour, marker, dash, size) in enumerate(looks):
    loss = rf.predict(model, every_N, T, training=in_theory[k]).test
    with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):  # N = T, left out
        test = rf.simulate(model, N, T, training=at_points[k], draws=80, seed=1).test
    shown = (N != T) | (k > 0)
    left.plot(every_N, loss, dash, color=colour)
    look = {"marker": marker, "ms": size, "mfc": "none", "capsize": 2, "color": colour}
    left.errorbar(N[shown], test.mean[shown], test.stderr[shown], ls="", **look)
    left.errorbar([], [], [], ls=dash, label=name, **look)
left.text(T * 1.03, 2.3e-5, "$N = T$", color="0.35")
left.set(xscale="log", yscale="log", ylim=(2e-5, 5e-3), ylabel="test loss $L$")
title = rf"$\alpha = 1,\ M = {model.M},\ T = {T}$"
left.legend(frameon=False, title=title, loc="upper left")

# %%
# Right: the ratio of the two best losses in theory, for three spectra.
few = np.geomspace(T / 7, T * 7, 41)
for alpha, colour, dash in [(0.25, "#CC79A7", "-"), (1.0, "#D55E00", "--"), (3.0, "#56B4E9", "-.")]:
    best = rf.optimal_time(rf.ScalingModel(rf.PowerLaw(alpha, M=10**9)), few, T)
    percent = 100 * (best.over_best_ridge - 1)
    right.plot(few, percent, dash, color=colour, label=rf"$\alpha = {alpha:g}$")
    print(f"alpha = {alpha:g}: at N = T the best time is {percent[20]:+.2f} % from the best ridge")
for line in (left.axvline(T), right.axhline(0)):
    line.set(color="0.6", lw=0.8, zorder=0)
right.set(xscale="log", ylim=(-3.2, 4.2), ylabel="loss of best time beyond best ridge (%)")
right.legend(frameon=False, title=rf"$M = 10^9,\ T = {T}$", ncols=3, loc="lower center")
for axes in (left, right):
    axes.set_xlabel("number of features $N$")
    axes.set_xticks([10, 20, 50, 100, 200], ["10", "20", "50", "100", "200"])
    axes.minorticks_off()
plt.show()
