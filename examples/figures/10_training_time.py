r"""
How does the loss fall while it trains?
=======================================

Gradient flow learns the latent direction J when :math:`\tau\lambda_J/\lambda_+` is about one, with
the time :math:`\tau = NT\,t\,\lambda_+\sigma_u^2/M`. Three things happen in turn (step 20 of the
derivations). At first neither :math:`N` nor :math:`T` matters: the loss falls as
:math:`\tau^{-\alpha/(1+\alpha)}` (20.6). After :math:`\tau \sim N^{1+\alpha}` nothing is left that
:math:`N` features can resolve: a plateau. And where :math:`N` is close to the number of samples
:math:`T`, the model overfits: the loss rises again, at :math:`N = T` as :math:`\sqrt\tau` without
an end (20.23). More than half of that is label noise here, but it does not need any.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha, T = 1.0, 200
model = rf.ScalingModel(rf.PowerLaw(alpha, M=2000), sigma_eps=0.003)
N = np.array([[8], [40], [200]])
every_tau, tau = np.geomspace(1, 3e6, 160), np.geomspace(1, 3e6, 14)

# %%
# All times of a draw come from its one decomposition. Points are means of 30 draws with their
# standard errors; lines are planar theory, dashed without the label noise.

theory = rf.predict(model, N, T, training=rf.GradientFlow(tau=every_tau))
simulated = rf.simulate(model, N, T, training=rf.GradientFlow(tau=tau), draws=30, seed=1).test
early = np.geomspace(1.5, 3e4, 60)
with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):  # too early, too late
    guide, _ = rf.asymptotics.undertrained_loss(model, np.inf, np.inf, early)

figure, axes = plt.subplots(figsize=(6.4, 4.6), layout="constrained")
looks = [("#0072B2", "o"), ("#009E73", "D"), ("#D55E00", "s")]
for k, (colour, marker) in enumerate(looks):
    look = {"marker": marker, "ms": 4.5, "capsize": 2, "color": colour}
    name = f"$N = {N[k, 0]}$" + (" $= T$" if N[k, 0] == T else "")
    axes.plot(every_tau, theory.test[k], color=colour)
    axes.plot(every_tau, theory.signal[k], "--", color=colour, lw=0.9)
    axes.errorbar(tau, simulated.mean[k], simulated.stderr[k], ls="", **look)
    axes.errorbar([], [], [], ls="-", label=name, **look)
    best = np.argmin(theory.test[k])
    print(f"{name.replace('$', '')}: least loss {theory.test[k, best]:.2e}", end=" ")
    print(f"at tau = {every_tau[best]:.0f}, at the end {theory.test[k, -1]:.2e}")
axes.plot(early, guide, ":k", lw=1.4, label=r"$N, T, M = \infty$ (20.6)")
axes.plot([], [], "--", color="0.4", lw=0.9, label="without label noise")
axes.text(1.2e4, 1.7e-6, r"slope $-\alpha/(1 + \alpha)$", color="0.25")
axes.set(xscale="log", yscale="log", xlabel=r"training time $\tau$", ylabel="test loss $L$")
title = rf"$\alpha = {alpha:g},\ T = {T},\ M = {model.M}$"
axes.legend(frameon=False, title=title, loc="lower left")

slope = np.gradient(np.log(theory.test[2]), np.log(every_tau))
print(f"N = T: slope {slope[every_tau < 30][-1]:.2f} at tau = 30,", end=" ")
print(f"{slope[-10:].mean():.2f} at the end")
plt.show()
