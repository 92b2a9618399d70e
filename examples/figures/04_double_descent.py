r"""
What is double descent, and what removes it?
============================================

With more and more features :math:`N` the test loss falls, rises to a peak where :math:`N` is the
number of samples :math:`T`, and falls again. The peak is a matter of the ridge: without one the
mean loss at :math:`N = T` is infinite, a weak one makes it finite, and with the best one for each
:math:`N` there is no peak at all (steps 8 and 12 of the derivations). The labels have no noise
here: the peak does not need it.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

model, T = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=500)), 60


def three_ridges(N):
    """No ridge, a weak one, and for each N the best one."""
    return np.array([np.zeros(N.size), np.full(N.size, 1e-5), rf.optimal_ridge(model, N, T).ridge])


every_N = np.unique(np.concatenate([np.geomspace(7, 420, 200), T + np.linspace(-15, 15, 301)]))
N = np.array([8, 13, 21, 33, 44, 51, 55, 60, 65, 71, 84, 105, 150, 240, 380])
theory = rf.predict(model, every_N, T, three_ridges(every_N))
with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):  # at N = T, left out
    simulated = rf.simulate(model, N, T, three_ridges(N), draws=400, seed=1)

# %%
# Each point is the mean of 400 draws, with its standard error. Without a ridge :math:`N = T` is
# left out: a mean that is infinite has no error bar, and ``simulate`` warns of it. Lines are planar
# theory; beside the peak finite sizes add to it (step 7).

figure, axes = plt.subplots(figsize=(6, 4.2), layout="constrained")
names = ["no ridge", r"weak ridge, $\gamma = 10^{-5}$", "optimal ridge"]
looks = [("#0072B2", "o", "-", 8), ("#D55E00", "s", "--", 4), ("#009E73", "D", "-.", 4)]
for k, loss in enumerate(theory.test):
    shown = (N != T) | (k > 0)
    mean, stderr = simulated.test.mean[k, shown], simulated.test.stderr[k, shown]
    colour, marker, dash, size = looks[k]
    axes.plot(every_N, loss, dash, color=colour)
    look = {"marker": marker, "ms": size, "ls": dash, "capsize": 2, "color": colour}
    look["mfc"] = "none" if k == 0 else colour
    axes.errorbar([], [], [], label=names[k], **look)
    axes.errorbar(N[shown], mean, stderr, **(look | {"ls": ""}))
axes.axvline(T, color="0.6", lw=0.8, ls=":", zorder=0)
axes.text(T * 1.03, 2.3e-5, "$N = T$", color="0.35")
axes.set(xscale="log", yscale="log", ylim=(2e-5, 5e-3))
axes.set(xlabel="number of features $N$", ylabel="test loss $L$")
axes.set_xticks([10, 20, 50, 100, 200], ["10", "20", "50", "100", "200"])
axes.minorticks_off()
title = rf"$\alpha = 1,\ M = {model.M},\ T = {T}$" + "\nlines: theory, points: simulation"
axes.legend(frameon=False, title=title, loc="upper right")

at_peak = rf.predict(model, T, T, three_ridges(np.array([T]))).test.ravel()
words = "no ridge {:.2g}, weak ridge {:.2g}, optimal ridge {:.2g}"
print("theory at N = T:", words.format(*at_peak))
falls = bool(np.all(np.diff(theory.test[2]) < 0))
print("with the optimal ridge the loss falls at every step in N:", falls)
plt.show()
