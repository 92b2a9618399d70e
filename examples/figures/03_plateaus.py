r"""
Where does a loss curve stop?
=============================

With more features :math:`N` the test loss falls as :math:`N^{-\alpha}`, with the :math:`\alpha` of
the spectrum, until the number of samples :math:`T` stops it at a plateau. The plateau has a closed
form, the loss at :math:`N = \infty`, and falls as :math:`T^{-\alpha}` in turn (steps 9 and 10 of
the derivations). With the best ridge at each point no peak of double descent is in the way.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha = 1.0
model = rf.ScalingModel(rf.PowerLaw(alpha, M=2000))
N, T = np.array([5, 9, 16, 28, 50, 90, 160, 280, 480]), np.array([[12], [40], [120]])

# %%
# The simulation is made at the ridge that is best in theory. Lines are to one loop, as sizes are
# small: at T = 12 the loss is some percent above the plateau of large sizes.

simulated = rf.simulate(model, N, T, rf.optimal_ridge(model, N, T).ridge, draws=40, seed=1)
plateau = rf.asymptotics.plateau_data(model, T[:, 0])
theory = rf.predict(model, np.geomspace(4.5, 3000, 200), T, "optimal", order="one-loop")
below_M = np.geomspace(4.5, 300, 100)
limit = rf.predict(model, below_M, np.inf).test

figure, axes = plt.subplots(figsize=(6, 4.4), layout="constrained")
rf.plotting.loss_curve(theory, simulated, labels=[f"$T = {value}$" for value in T[:, 0]], ax=axes)
axes.plot(below_M, limit, ":k", lw=1.6)
axes.text(220, limit[-1], r"$T = \infty$", ha="right", va="top")
for k, value in enumerate(plateau):
    name = "_" * k + "plateau, closed form"  # once in the legend
    axes.plot([N[k + 3], 3000], [value, value], color="0.5", lw=0.8, zorder=0, label=name)
axes.set_ylim(1e-6, 2e-4)
title = rf"$\alpha = {alpha:g},\ M = {model.M}$, optimal ridge"
axes.legend(frameon=False, title=title, loc="lower left")

# %%
# The exponent is that of sizes between 1 and M, far from both. Here, with fewer decades, the slope
# still changes.

large, sizes = rf.ScalingModel(rf.PowerLaw(alpha, M=10**12)), np.array([1e4, 2e4])
for name, losses in [
    ("loss in N", rf.predict(large, sizes, np.inf).test),
    ("plateau in T", rf.asymptotics.plateau_data(large, sizes)),
]:
    print(f"slope of the {name} at M = 1e12: {np.diff(np.log(losses))[0] / np.log(2):.3f}")
slope = np.gradient(np.log(limit), np.log(below_M))
print(f"slope of the dotted line at M = {model.M}: from {slope[0]:.2f} to {slope[-1]:.2f}")
plt.show()
