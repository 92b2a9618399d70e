r"""
What is one pass over the data worth?
=====================================

Stochastic gradient descent that sees each of :math:`T` samples once gets as far as gradient flow in
the time :math:`\tau \sim T`: with its best step the loss falls as :math:`T^{-\alpha/(1+\alpha)}`
(21.12, 21.13). Fitted to the end with the best ridge, the same samples give :math:`T^{-\alpha}`, as
directions up to :math:`J \sim T` can be told from them, which takes :math:`\tau \sim T^{1+\alpha}`.
So it takes about :math:`T^\alpha` passes to use data up: p of them are as good as any number while
:math:`T^\alpha` is smaller than p, and have the exponent of one pass beyond.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha, N = 1.0, 1e7
model = rf.ScalingModel(rf.PowerLaw(alpha, M=10**12))
T, few = np.geomspace(8, 3e4, 40).round(), np.array([10, 20, 40, 80])

# %%
# Theory is for many features. Several passes are gradient flow on all samples, for the time that
# SGD takes for so many. Losses are in units of sigma_w^2 lambda_+/2M.

best = rf.optimal_sgd_step(model, N, T)
full = rf.optimal_ridge(model, N, T).prediction.test
one_pass = best.step_size * N * T / model.M  # tau
figure, axes = plt.subplots(figsize=(6.4, 4.6), layout="constrained")
lines = [("SGD, one pass, best step", "#D55E00", "s", "-", best.test)]
for passes, colour, dash in [(10, "#E69F00", "--"), (100, "#56B4E9", "-.")]:
    flow = rf.GradientFlow(tau=passes * one_pass)
    lines.append(
        (f"{passes} passes", colour, "", dash, rf.predict(model, N, T, training=flow).test)
    )
lines.append(("best ridge, to the end", "#0072B2", "o", "-", full))
for name, colour, marker, dash, loss in lines:
    look = {"marker": marker, "ms": 5, "ls": dash, "color": colour}
    axes.plot(T, loss / model.units.signal, dash, color=colour)
    axes.errorbar([], [], [], capsize=2, label=name, **look)

# %%
# Simulated are N = 800 and M = 3000: means of 16 draws with their standard errors.

small = rf.ScalingModel(rf.PowerLaw(alpha, M=3000))
step = rf.optimal_sgd_step(small, 800, few).step_size
ridge = rf.optimal_ridge(small, 800, few).ridge
trainings = [
    (rf.SGD(few, batch=1, step_size=step), "#D55E00", "s"),
    (rf.Ridge(ridge), "#0072B2", "o"),
]
for training, colour, marker in trainings:
    test = rf.simulate(small, 800, few, training=training, draws=16, seed=1).test
    mean, stderr = test.mean / small.units.signal, test.stderr / small.units.signal
    axes.errorbar(few, mean, stderr, fmt=marker, ms=5, capsize=2, color=colour)
axes.text(3e3, 4e-2, r"slope $-\alpha/(1 + \alpha)$", color="#D55E00")
axes.text(1.2e3, 1.2e-3, r"slope $-\alpha$", color="#0072B2", ha="right")
axes.set(xscale="log", yscale="log", xlabel="number of samples $T$")
axes.set(ylabel=r"test loss $L$, in units of $\sigma_w^2\lambda_+/2M$")
title = rf"$\alpha = {alpha:g}$, lines: theory, points: simulation"
axes.legend(frameon=False, title=title, loc="lower left")

for name, *_, loss in lines:
    slope = np.diff(np.log(loss[[-9, -1]])) / np.diff(np.log(T[[-9, -1]]))
    print(f"{name}: exponent {-slope.item():.2f} at T = {T[-1]:g}")
plt.show()
