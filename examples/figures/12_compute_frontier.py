r"""
A larger model, or longer training?
===================================

On endless data a unit of the time :math:`\tau` costs N operations, so training costs
:math:`\mathcal{C} = N\tau`. A small model is ahead for little compute and stops at its plateau, a
large one learns slowly. The envelope of all sizes (left) is the law :math:`L = k\,
\mathcal{C}^{-\alpha/(2+\alpha)}`, (20.25), with k in units of :math:`\sigma_w^2\lambda_+/2M`. Each
N touches it once, at :math:`\mathcal{C} = x\,N^{2+\alpha}`, where its loss is still well above the
plateau: to train a model to its end wastes compute. In units of the law all N have one curve
(right), with its minimum k at x.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

N = np.array([[10], [30], [100], [300], [1000]])
models = {alpha: rf.ScalingModel(rf.PowerLaw(alpha, M=10**12)) for alpha in (0.5, 1.0, 2.0)}


def loss_at(model, N, compute):
    """In units of sigma_w^2 lambda_+/2M, on infinitely many samples."""
    flow = rf.GradientFlow(tau=compute / N)
    return rf.predict(model, N, np.inf, training=flow).test / model.units.signal


# %%
# Simulated are two sizes, with 2000 samples and M = 2000: in these units M hardly matters. Points
# are means of 20 draws, with standard errors below their size.

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.3), layout="constrained")
compute, few = np.geomspace(30, 1e9, 150), np.geomspace(40, 4e6, 8)
small, alpha = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=2000)), 1.0
flow = rf.GradientFlow(tau=few / N[:2])
simulated = rf.simulate(small, N[:2], 2000, training=flow, draws=20, seed=1).test.mean
colours = plt.get_cmap("viridis")(np.linspace(0, 0.85, N.size))
for k, (size, colour) in enumerate(zip(N[:, 0], colours, strict=True)):
    left.plot(compute, loss_at(models[alpha], size, compute), color=colour)
    if k < len(simulated):
        left.plot(few, simulated[k] / small.units.signal, "o", ms=4, color=colour)
    left.plot(
        [], [], "o-" if k < len(simulated) else "-", ms=4, color=colour, label=f"$N = {size}$"
    )
x, _ = rf.asymptotics.compute_optimal_constants(alpha)
best = rf.asymptotics.compute_optimal_time(models[alpha], x * np.r_[N[2:, 0], 3000.0] ** 3)
signal = best.signal / models[alpha].units.signal
left.plot(best.N * best.tau, signal, "o--k", mfc="none", lw=2, label="law (20.25)")
left.set(xscale="log", yscale="log", xlabel=r"compute $\mathcal{C} = N\tau$")
left.set(ylabel=r"test loss $L$, in units of $\sigma_w^2\lambda_+/2M$")
left.legend(frameon=False, title=rf"$\alpha = {alpha:g}$", loc="lower left")

per_size = np.geomspace(1e-4, 3, 60)
for alpha, colour, dash in [(0.5, "#0072B2", "-."), (1.0, "#D55E00", "-"), (2.0, "#009E73", "--")]:
    power = alpha / (2 + alpha)
    for size, width in ((1e3, 4), (1e5, 1.2)):
        compute = per_size * size ** (2 + alpha)
        curve = loss_at(models[alpha], size, compute) * compute**power
        right.plot(per_size, curve, dash, color=colour, lw=width, alpha=1.2 / width)
    x, k = rf.asymptotics.compute_optimal_constants(alpha)
    name = rf"$\alpha = {alpha:g}$: $L \sim \mathcal{{C}}^{{-{power:.2f}}}$"
    right.plot(x, k, "o", color=colour, label=name)
    print(f"alpha = {alpha:g}: C^-{power:.2f}, x = {x:.4f}, k = {k:.4f}")
right.set(xscale="log", yscale="log", ylim=(0.8, 11), xlabel=r"$\mathcal{C}/N^{2+\alpha}$")
right.set_yticks([1, 2, 4, 8], ["1", "2", "4", "8"])
right.yaxis.set_minor_formatter("")
right.set(ylabel=r"$\mathcal{C}^{\alpha/(2+\alpha)}\,L$, in the same units")
right.legend(frameon=False, title="wide: $N = 10^3$, narrow: $N = 10^5$", loc="upper center")
plt.show()
