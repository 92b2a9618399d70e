r"""
Where does a loss curve stop?
=============================

With more features :math:`N` the test loss falls as :math:`N^{-\alpha}`, with the :math:`\alpha` of the spectrum, until
the number of samples :math:`T` stops it at a plateau. The plateau has a closed form, the loss at :math:`N = \infty`,
and falls as :math:`T^{-\alpha}` in turn (steps 9 and 10 of the derivations). With the best ridge at each point no
peak of double descent is in the way.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha = 1.0
model = rf.ScalingModel(rf.PowerLaw(alpha, M=2000))
N, T = np.array([5, 9, 16, 28, 50, 90, 160, 280, 480]), np.array([[12], [40], [120]])

# %%
# The simulation is made at the ridge that is best in theory. A plateau is one number for each :math:`T`.

simulated = rf.simulate(model, N, T, rf.optimal_ridge(model, N, T).ridge, draws=40, seed=1)
plateau = rf.asymptotics.plateau_data(model, T[:, 0])

every_N = np.geomspace(4.5, 3000, 200)
theory = rf.predict(model, every_N, T, "optimal")
few = every_N[every_N < 300]  # far below M
limit = rf.predict(model, few, np.inf)

figure, axes = plt.subplots(figsize=(6, 4.4), layout="constrained")
axes.plot(few, limit.test, ":k", lw=1.6)
axes.text(220, limit.test[-1], r"$T = \infty$: slope $-\alpha$", ha="right", va="top")
for k, (colour, marker, dash) in enumerate([("#0072B2", "o", "-"), ("#D55E00", "s", "--"), ("#009E73", "D", "-.")]):
    mean, stderr = simulated.test.mean[k], simulated.test.stderr[k]
    axes.plot(every_N, theory.test[k], dash, color=colour)
    axes.errorbar(N, mean, stderr, marker=marker, ms=4.5, ls="", capsize=2, color=colour)
    axes.plot([N[k + 2], 3000], [plateau[k]] * 2, color="0.5", lw=0.8, zorder=0)
    axes.text(3000, 0.94 * plateau[k], f"$T = {T[k, 0]}$", color=colour, va="top", ha="right")
axes.plot([], [], "k", label="planar theory")
axes.errorbar([], [], [], marker="o", ms=4.5, ls="", capsize=2, color="k", label="simulation")
axes.plot([], [], color="0.5", lw=0.8, label="plateau, closed form")
axes.set(xscale="log", yscale="log", xlabel="number of features $N$", ylabel="test loss $L$", ylim=(1e-6, 2.6e-4))
axes.legend(frameon=False, title=rf"$\alpha = {alpha:g},\ M = {model.M}$, optimal ridge", loc="upper right")

middle = (few > 15) & (few < 150)
slope = np.polyfit(np.log(few[middle]), np.log(limit.test[middle]), 1)[0]
print(f"slope of the loss in N, for 15 < N < 150: {slope:.2f}")
slope = np.polyfit(np.log(T[:, 0]), np.log(plateau), 1)[0]
print(f"slope of the plateaus in T: {slope:.2f}")
plt.show()
