r"""
Grow the model, the data, or both?
==================================

One pass over the data costs about N T multiplications. From :math:`N = T = 20` on, this budget is
spent on features alone, on samples alone, or on both. Either one alone runs into the plateau of the
other. Together, with the best ridge and N = T, the loss falls as :math:`(NT)^{-\alpha/2}`. Without
a ridge equal sizes are the worst choice, as the peak is there. The best is then N/T or T/N near
:math:`\alpha/(2 + \alpha)`, and the loss some 30 percent higher at :math:`\alpha = 1` (step 13 of
the derivations).
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha, start = 1.0, 20
model = rf.ScalingModel(rf.PowerLaw(alpha, M=2000))


# %%
# N, T and the ridge that each way makes of a budget.
def ways(budget):
    shared = rf.compute_optimal(model, budget)  # without a ridge
    return {
        "features alone": (budget / start, start, "optimal"),
        "samples alone (same curve, by duality)": (start, budget / start, "optimal"),
        "both, best ridge, $N = T$": (np.sqrt(budget), np.sqrt(budget), "optimal"),
        "both, no ridge, best $N/T$": (shared.N, shared.T, 0.0),
    }


# %%
# The simulation rounds N and T, with the ridge that is best in theory.
budget, few_budgets = np.geomspace(start**2, 1e5, 60), np.geomspace(start**2, 3e4, 6)
in_theory, to_simulate = ways(budget), ways(few_budgets)
looks = [
    ("#0072B2", "-", "o", 8),
    ("#E69F00", "--", "x", 5),
    ("#009E73", "-", "D", 5),
    ("#D55E00", "-.", "s", 5),
]
_, axes = plt.subplots(figsize=(6, 4.4), layout="constrained")
losses = {}
for name, (colour, dash, marker, size) in zip(in_theory, looks, strict=True):
    losses[name] = rf.predict(model, *in_theory[name]).test
    N, T, ridge = to_simulate[name]
    N, T = np.rint(N).astype(int), np.rint(T).astype(int)
    ridge = rf.optimal_ridge(model, N, T).ridge if ridge == "optimal" else 0.0
    test = rf.simulate(model, N, T, ridge, draws=40, seed=1).test
    look = {"marker": marker, "ms": size, "mfc": "none", "capsize": 2, "color": colour}
    axes.plot(budget, losses[name], dash, color=colour)
    axes.errorbar(N * T, test.mean, test.stderr, ls="", **look)
    axes.errorbar([], [], [], ls=dash, label=name, **look)
axes.set(xscale="log", yscale="log", ylim=(1e-6, 1e-4))
axes.set(xlabel="budget $N T$", ylabel="test loss $L$")
axes.yaxis.set_minor_formatter("")
axes.text(9e3, 8.5e-6, r"slope $-\alpha/2$", color="#009E73", ha="right")
axes.legend(frameon=False, title=rf"$\alpha = {alpha:g},\ M = {model.M}$", loc="lower left")

best, ridgeless = losses["both, best ridge, $N = T$"], losses["both, no ridge, best $N/T$"]
N, T, _ = in_theory["both, no ridge, best $N/T$"]
slope = np.polyfit(np.log(budget), np.log(best), 1)[0]
print(f"both: slope {slope:.2f}; without a ridge N/T = {N[-1] / T[-1]:.2f},", end=" ")
print(f"near {alpha / (2 + alpha):.2f}, and the loss {ridgeless[-1] / best[-1] - 1:.0%} higher")
plt.show()
