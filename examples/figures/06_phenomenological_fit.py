r"""
Is the loss a power of 1/N + 1/T?
=================================

Measured losses are often fitted by :math:`L = k\,(1/N + 1/T)^\alpha`. At :math:`\alpha = 1` the
model with the best ridge gives this law, with a k that is derived and one ridge,
:math:`(\pi/2)^2/M`, for all :math:`N` and :math:`T`. For other :math:`\alpha` the law and its k are
right where N and T are far apart. At :math:`N = T` the loss is up to ten percent above the law for
:math:`\alpha < 1`, and falls below it for :math:`\alpha > 1`, by more than a factor of two at
:math:`\alpha = 3`. The best ridge, too, changes with N and T (step 12 of the derivations).
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf


def law(model, N, T):
    alpha = model.spectrum.alpha
    C = rf.asymptotics.power_law_constant(alpha)  # k is C sigma_w^2 lambda_+/2M
    return model.units.signal * C * (1 / N + 1 / T) ** alpha


_, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 4), layout="constrained")
colours = {0.25: "#E69F00", 0.5: "#0072B2", 1.0: "#D55E00"}
colours |= {1.5: "#56B4E9", 2.0: "#009E73", 3.0: "#CC79A7"}

# %%
# At sizes that can be simulated, at the best ridge in theory. The law is high for alpha = 1, too.
N, T, every_N = np.array([8, 14, 24, 42, 75, 130, 240, 420]), 60, np.geomspace(8, 420, 200)
for alpha, marker in [(1.0, "o"), (2.0, "s")]:
    model = rf.ScalingModel(rf.PowerLaw(alpha, M=2000))
    theory, fit = rf.predict(model, every_N, T, "optimal").test, law(model, every_N, T)
    ridge = rf.optimal_ridge(model, N, T).ridge
    simulated = rf.simulate(model, N, T, ridge, draws=100, seed=1).test
    look = {"fmt": marker, "ms": 4.5, "capsize": 2, "color": colours[alpha]}
    look["label"] = rf"simulation, $\alpha = {alpha:g}$"
    left.plot(every_N, theory, color=colours[alpha])
    left.plot(every_N, fit, "--k", lw=1)
    left.errorbar(N, simulated.mean, simulated.stderr, **look)
    high = fit / theory - 1
    print(f"M = 2000, T = {T}, alpha = {alpha:g}: the law is", end=" ")
    print(f"{high.min():.0%} to {high.max():.0%} too high")
left.plot([], [], "0.4", label="planar theory")
left.plot([], [], "--k", lw=1, label=r"$k\,(1/N + 1/T)^\alpha$")
left.legend(frameon=False, title=f"$M = 2000,\\ T = {T}$, best ridge", loc="lower left")
left.set(xscale="log", yscale="log", ylim=(1e-9, 3e-4))
left.set(xlabel="number of features $N$", ylabel="test loss $L$")

# %%
# At large sizes loss/law depends on N/T alone. The best ridge does not depend on it at alpha = 1.
ratio = np.geomspace(0.01, 100, 201)
for alpha, colour in colours.items():
    model, name = rf.ScalingModel(rf.PowerLaw(alpha, M=10**18)), rf"$\alpha = {alpha:g}$"
    for T, dash in [(1e3, "--"), (1e5, "-")]:
        best = rf.optimal_ridge(model, ratio * T, T)
        right.loglog(ratio, model.M * best.ridge, dash, color=colour)
    off = best.prediction.test / law(model, ratio * T, T)
    middle.semilogx(ratio, off, color=colour)
    above = 0.008 if alpha in (0.25, 1.0) else -0.035
    middle.text(1, off[100] + above, name, color=colour, ha="center")
    right.text(120, model.M * best.ridge[-1], name, color=colour, va="center")
    print(f"alpha = {alpha:g}: at N = T = {T:g} loss/law = {off[100]:.3f},", end=" ")
    print(f"M ridge = {model.M * best.ridge[100]:.3g}")
right.text(0.013, 1e-14, "dashed: $T = 10^3$\nsolid: $T = 10^5$")
per_sample = "features per sample $N/T$"
middle.set(xlabel=per_sample, ylabel="loss with the best ridge / law", ylim=(0.4, 1.18))
right.set(xlabel=per_sample, ylabel=r"$M \times$ best ridge", xlim=(0.008, 3e3), ylim=(1e-15, 1e7))
plt.show()
