r"""
What happens when N approaches M?
=================================

The power law of the loss holds while :math:`N` is far below the number of latent directions
:math:`M`. At :math:`N = M` there is nothing left to learn, and the loss without noise is zero. Of
the short forms for what happens in between, the talk's, :math:`(1/N - 1/M)^\alpha`, is far too high
near M for the smaller :math:`\alpha` and far too low for the larger one. The uniform form,
:math:`N^{-\alpha} - M^{-\alpha}`, which is the same at :math:`\alpha = 1`, stays within a quarter
of the loss here (step 11 of the derivations).
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

M, T = 200, 800
N = np.array([8, 13, 21, 34, 55, 85, 120, 150, 170, 184, 193, 198])
every_N = np.concatenate([np.geomspace(7, 170, 150), M - np.geomspace(29, 1, 80)])

# %%
# Each closed form of Delta is one of the loss without ridge. Those that know their limits warn
# outside of them. How far off they then are is shown here.

forms = {
    r"pure power law, $N^{-\alpha}$": rf.asymptotics.delta_power_law,
    r"talk, $(1/N - 1/M)^\alpha$": rf.asymptotics.delta_breakdown,
    r"uniform, $N^{-\alpha} - M^{-\alpha}$": rf.asymptotics.delta_uniform,
}
figure, both = plt.subplots(1, 2, figsize=(9.5, 4.2), layout="constrained")
for axes, alpha in zip(both, [0.5, 2.0], strict=True):
    model = rf.ScalingModel(rf.PowerLaw(alpha, M))
    theory = rf.predict(model, every_N, T)
    losses = {}
    for name, delta in forms.items():
        with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
            closed = delta(model.spectrum, every_N)
        losses[name] = model.units.signal * every_N * closed / (1 - every_N / T)
        off = losses[name] / theory.test
        print(f"alpha = {alpha:g}: {name.split(',')[0]},", end=" ")
        print(f"{off.min():.2g} to {off.max():.3g} times the planar loss")
    simulated = rf.simulate(model, N, T, draws=40, seed=1)
    rf.plotting.breakdown(theory, simulated, losses, labels=["planar theory"], ax=axes)
    axes.set_title(rf"$\alpha = {alpha:g},\ M = {M},\ T = {T}$, no ridge", fontsize="medium")
plt.show()
