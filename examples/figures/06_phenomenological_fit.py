r"""
Is the loss k (1/N + 1/T)^alpha?
================================

Measured losses are often fitted by :math:`L = k\,(1/N + 1/T)^\alpha`. At :math:`\alpha = 1` the model with the best
ridge gives this law, for all :math:`N` and :math:`T`, with one ridge for all of them and with a k that is derived. For
other :math:`\alpha` the law and its k are right where N and T are far apart. At :math:`N = T` they are off: by ten
percent for small :math:`\alpha`, by a factor of two at :math:`\alpha = 3` (step 12 of the derivations).
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf


def law(model, N, T):
    k = model.signal_unit * rf.asymptotics.power_law_constant(model.spectrum.alpha)  # sigma_w^2 lambda_+/2M times C
    return k * (1 / N + 1 / T) ** model.spectrum.alpha


figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.2), layout="constrained")
colours = {0.25: "#E69F00", 0.5: "#0072B2", 1.0: "#D55E00", 1.5: "#56B4E9", 2.0: "#009E73", 3.0: "#CC79A7"}

# %%
# At sizes that can be simulated, with the ridge that is best in theory. The law is one for large sizes: here it is a
# few percent high for :math:`\alpha = 1` too.

N, T, every_N = np.array([8, 14, 24, 42, 75, 130, 240, 420]), 60, np.geomspace(7, 500, 200)
for alpha in (1.0, 2.0):
    model = rf.ScalingModel(rf.PowerLaw(alpha, M=2000))
    left.plot(every_N, rf.predict(model, every_N, T, "optimal").test, color=colours[alpha])
    left.plot(every_N, law(model, every_N, T), "--k", lw=1)
    simulated = rf.simulate(model, N, T, rf.optimal_ridge(model, N, T).ridge, draws=100, seed=1).test
    left.errorbar(N, simulated.mean, simulated.stderr, marker="o", ms=4.5, ls="", capsize=2, color=colours[alpha])
    left.text(10, 0.5 * simulated.mean[1], rf"$\alpha = {alpha:g}$", color=colours[alpha])
left.plot([], [], "0.4", label="planar theory, best ridge")
left.errorbar([], [], [], marker="o", ms=4.5, ls="", capsize=2, color="0.4", label="simulation")
left.plot([], [], "--k", lw=1, label=r"$k\,(1/N + 1/T)^\alpha$, $k$ derived")
left.legend(frameon=False, title=f"$M = 2000,\\ T = {T}$")
left.set(xscale="log", yscale="log", xlabel="number of features $N$", ylabel="test loss $L$", ylim=(5e-8, 4e-4))

# %%
# At large sizes, where only N/T matters:

T, ratio = 1e5, np.geomspace(0.01, 100, 201)
for alpha, colour in colours.items():
    model = rf.ScalingModel(rf.PowerLaw(alpha, M=10**18))
    best = rf.optimal_ridge(model, ratio * T, T)
    off = best.prediction.test / law(model, ratio * T, T)
    right.plot(ratio, off, color=colour)
    place = {"xytext": (0, 4 if alpha in (0.25, 1.0) else -13), "textcoords": "offset points", "ha": "center"}
    right.annotate(rf"$\alpha = {alpha:g}$", (1, off[100]), color=colour, **place)
    low, high = model.M * best.ridge.min(), model.M * best.ridge.max()
    print(f"alpha = {alpha:g}: loss at N = T {off[100]:.3f} of the law; M times the best ridge {low:.3g} to {high:.3g}")
right.set(xscale="log", xlabel="features per sample $N/T$", ylabel="loss with the best ridge / law", ylim=(0.4, 1.18))
plt.show()
