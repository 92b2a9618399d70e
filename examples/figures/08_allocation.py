r"""
Grow the model, the data, or both?
==================================

Training costs about N T multiplications. From :math:`N = T = 20` on, this budget is spent on features alone, on samples
alone, or on both. Either one alone runs into the plateau of the other. Together, with the best ridge and N = T, the
loss falls as :math:`(NT)^{-\alpha/2}`. Without a ridge equal sizes are the worst choice, as the peak is there. The best
is then N/T or T/N near :math:`\alpha/(2 + \alpha)`, and costs some 30 percent more at :math:`\alpha = 1` (step 13 of
the derivations).
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha, start = 1.0, 20
model = rf.ScalingModel(rf.PowerLaw(alpha, M=2000))
budget = np.geomspace(start**2, 1e5, 60)
simulated_at = np.s_[:46:9]
root, rest = np.sqrt(budget), budget / start
shared = rf.compute_optimal(model, budget)  # without a ridge

# %%
# N, T and whether there is a ridge. The simulation rounds the sizes, and takes the ridge that is best in theory.

ways = {
    "features alone": (rest, np.full(60, start), True),
    "samples alone": (np.full(60, start), rest, True),
    "both, best ridge, $N = T$": (root, root, True),
    "both, no ridge, best $N/T$": (shared.N, shared.T, False),
}
figure, axes = plt.subplots(figsize=(6, 4.4), layout="constrained")
losses = []
looks = [("#0072B2", "-", "o"), ("#E69F00", "--", "x"), ("#009E73", "-", "D"), ("#D55E00", "-.", "s")]
for (name, (N, T, with_ridge)), (colour, dash, marker) in zip(ways.items(), looks, strict=True):
    losses.append(rf.predict(model, N, T, "optimal" if with_ridge else 0.0).test)
    axes.plot(budget, losses[-1], dash, color=colour)
    N, T = (np.rint(sizes[simulated_at]).astype(int) for sizes in (N, T))
    ridge = rf.optimal_ridge(model, N, T).ridge if with_ridge else 0.0
    simulated = rf.simulate(model, N, T, ridge, draws=40, seed=1).test
    look = {"ms": 5, "mfc": "none", "capsize": 2, "color": colour}
    axes.errorbar(N * T, simulated.mean, simulated.stderr, marker=marker, ls="", **look)
    axes.errorbar([], [], [], marker=marker, ls=dash, label=name, **look)
axes.set(xscale="log", yscale="log", xlabel="budget $N T$", ylabel="test loss $L$", ylim=(1e-6, 1e-4))
axes.yaxis.set_minor_formatter("")
axes.text(9e3, 8.5e-6, r"slope $-\alpha/2$", color="#009E73", ha="right")
axes.legend(frameon=False, title=rf"$\alpha = {alpha:g},\ M = {model.M}$", loc="lower left")

slope = np.polyfit(np.log(budget), np.log(losses[2]), 1)[0]
print(f"alpha/(2 + alpha) = {alpha / (2 + alpha):.2f}")
print(f"both: slope {slope:.2f}; without a ridge N/T = {shared.N[-1] / shared.T[-1]:.2f},", end=" ")
print(f"and the loss {losses[3][-1] / losses[2][-1] - 1:.0%} higher")
plt.show()
