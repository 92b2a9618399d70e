r"""
Do a spectrum's exponents depend on how sparse the data are?
============================================================

Samples with r directions each, drawn by their frequencies :math:`p_k \sim k^{-(1 + \alpha)}`, have
the same covariance for every r. Points are least-norm fits of drawn samples. One-hot samples
(r = 1) are quanta, with the loss :math:`\sum_k p_k (1 - p_k)^T` exactly (26.15) and the exponent
:math:`\alpha/(1 + \alpha)`: a direction is learned by its own count. Dense ones are the random
features of the planar theory, with the exponent :math:`\alpha`: T samples are T equations on all
directions at once. Between them the loss is near the larger of the dense loss and that of r T
one-hot samples (lines), an observation (26.16), and below it by up to a third where the two cross,
at :math:`T^* \sim r^{1/\alpha}` (ticks). So a spectrum fixes no exponent in T. It fixes that in N:
what N features leave is the same for every r.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha, M = 1.0, 2000
T, every = np.array([10, 20, 40, 80, 160, 320]), np.geomspace(8, 400, 200)
p = rf.neighbours.Quanta(alpha, M).probability(np.arange(1, M + 1))
model = rf.ScalingModel(rf.Eigenvalues(p), sigma_w=np.sqrt(2 * M))  # a loss of 1 at T = 0


def dense(T):
    return rf.predict(model, np.inf, T).test


# %%
# Means of 12 draws; their standard errors are mostly hidden by the marks.

figure, axes = plt.subplots(figsize=(6.4, 4.8), layout="constrained")
looks = {1: ("o", "#000000"), 4: ("s", "#0072B2"), 16: ("D", "#009E73"), 64: ("^", "#E69F00")}
for r, (marker, colour) in (looks | {np.inf: ("v", "#D55E00")}).items():
    drawn = rf.neighbours.simulate_sparse(T, r, alpha, M, draws=12, seed=25)
    name = "dense" if np.isinf(r) else f"r = {r}"
    look = {"marker": marker, "ms": 5, "capsize": 2, "color": colour}
    axes.errorbar(T, drawn.mean, drawn.stderr, ls="", **look, label=name)
    losses = [dense(every), dense(T)]
    if np.isfinite(r):
        losses = [rf.neighbours.sparse_loss(at, r, dense, alpha, M) for at in (every, T)]
    dash = "--" if np.isinf(r) else "-"
    axes.plot(every, losses[0], dash, color=colour, lw=1.2, zorder=1 if np.isfinite(r) else 3)
    if r in (4, 16, 64):
        crossing = rf.neighbours.sparse_crossing(r, alpha)
        axes.plot(crossing, dense(crossing), "|", ms=16, mew=1.5, color=colour)
    slope = np.polyfit(np.log(T), np.log(drawn.mean), 1)[0]
    gap = drawn.mean / losses[1] - 1
    print(f"{name}: slope {slope:.2f}, {gap.min():+.0%} to {gap.max():+.0%} of the lines")
axes.text(130, 0.07, r"slope $-\alpha/(1 + \alpha)$")
axes.text(140, 0.0043, r"slope $-\alpha$", ha="right")
axes.set(xscale="log", yscale="log", xlabel="samples $T$", ylabel="test loss $L$")
axes.set_title("as dense data before $T^*$, as one-hot data after it")
axes.legend(frameon=False, loc="lower left", title=rf"$\alpha$ = {alpha:g}, M = {M}")
plt.show()
