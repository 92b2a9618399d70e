r"""
Does the theory predict the loss of a regression?
=================================================

Draw features and data at random, train by ridge regression, measure the test loss: that is the
experiment. The theory is a formula without a parameter to fit. Here they meet for three spectra,
numbers of features :math:`N` and of samples :math:`T`, at one weak ridge. Planar theory, for
infinite sizes (step 5 of the derivations), is too low by some percent at these small ones. With the
terms of relative order 1/size (one loop, step 6) little is left to see, except at the peak of
:math:`\alpha = 0.5`, where the next order counts.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

T, M, ridge, every_N = np.array([[25], [80]]), 400, 1e-4, np.geomspace(7, 230, 200)
N_by_T = [[8, 12, 16, 20, 22, 25, 30, 40, 60, 80, 120, 200]]
N_by_T += [[8, 12, 18, 25, 40, 60, 70, 80, 92, 120, 150, 200]]
N = np.array(N_by_T)

# %%
# Left: planar theory. Then for each T what one loop adds to it, and what the simulation finds.
# Points are means of 300 draws with their standard errors. One loop warns where its next order may
# count, beside N = T.

figure, (left, *others) = plt.subplots(1, 3, figsize=(11, 4), layout="constrained")
others[1].sharey(others[0])
looks = [(0.5, "#0072B2", "o"), (1.0, "#D55E00", "s"), (2.0, "#009E73", "D")]
for seed, (alpha, colour, marker) in enumerate(looks):
    model = rf.ScalingModel(rf.PowerLaw(alpha, M))
    comparison = rf.compare(model, N, T, ridge, draws=300, seed=seed)
    simulated, planar = comparison.estimate.test, rf.predict(model, every_N, T, ridge).test
    with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
        added = 100 * (rf.predict(model, every_N, T, ridge, order="one-loop").test / planar - 1)
    stderr = 100 * simulated.stderr / comparison.planar.test
    look = {"marker": marker, "ms": 4.5, "ls": "", "capsize": 2, "lw": 1, "color": colour}
    name = rf"$\alpha = {alpha:g}$"
    for i, (right, dash, fill) in enumerate(
        zip(others, ("-", "--"), (colour, "white"), strict=True)
    ):
        look["mfc"] = fill
        left.plot(every_N, planar[i], dash, color=colour, lw=1.4)
        left.errorbar(N[i], simulated.mean[i], simulated.stderr[i], **look)
        right.plot(every_N, added[i], dash, color=colour, lw=1.4)
        right.errorbar(N[i], comparison.planar_gap[i], stderr[i], label=name, **look)
    left.text(245, planar[:, -1].mean(), name, color=colour, va="center")
    judged = comparison.judged
    agreeing = comparison.agrees[judged].sum()
    print(f"alpha = {alpha:g}: one loop agrees at {agreeing} of {judged.sum()} points,", end=" ")
    print(f"with gaps up to {abs(comparison.gap).max():.1f} %;", end=" ")
    print(f"planar: {abs(comparison.planar_gap).max():.1f} %")

for value, dash, fill in [(25, "-", "0.3"), (80, "--", "white")]:
    left.plot([], [], "o" + dash, color="0.3", mfc=fill, ms=4.5, label=f"$T = {value}$")
left.set(yscale="log", ylabel="test loss $L$", xlim=(6.5, 550), ylim=(2e-8, 2e-2))
left.legend(frameon=False, title=rf"$M = {M},\ \gamma = 10^{{-4}}$", loc="lower left")
for axes, value in zip(others, T[:, 0], strict=True):
    axes.set(ylabel="test loss beyond planar theory (%)", title=f"$T = {value}$")
others[1].legend(frameon=False, title="lines: one loop\npoints: simulation")
for axes in (left, *others):
    axes.set(xscale="log", xlabel="number of features $N$")
    axes.set_xticks([10, 20, 50, 100, 200], [10, 20, 50, 100, 200])
    axes.minorticks_off()
plt.show()
