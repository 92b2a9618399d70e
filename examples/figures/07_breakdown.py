r"""
What happens when N approaches M?
=================================

The power law of the loss holds while :math:`N` is far below the number of latent directions :math:`M`. At
:math:`N = M` there is nothing left to learn, and the loss without noise is zero. Of the short forms for what happens in
between, the talk's, :math:`(1/N - 1/M)^\alpha`, is far too high near M for the smaller :math:`\alpha` and far too low
for the larger one. The uniform form, :math:`N^{-\alpha} - M^{-\alpha}`, which is the same at :math:`\alpha = 1`, stays
within a quarter of the loss here (step 11 of the derivations).
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

M, T = 200, 800
N = np.array([8, 13, 21, 34, 55, 85, 120, 150, 170, 184, 193, 198])
every_N = np.concatenate([np.geomspace(7, 170, 150), M - np.geomspace(29, 1, 80)])

# %%
# Each closed form of Delta is one of the loss without ridge. All know their limits and warn outside, which is what is
# shown here.

forms = {
    r"pure power law, $N^{-\alpha}$": (rf.asymptotics.delta_power_law, "#D55E00", "--"),
    r"talk, $(1/N - 1/M)^\alpha$": (rf.asymptotics.delta_breakdown, "#009E73", ":"),
    r"uniform, $N^{-\alpha} - M^{-\alpha}$": (rf.asymptotics.delta_uniform, "#CC79A7", "-."),
}
figure, both = plt.subplots(1, 2, figsize=(9.5, 4.2), layout="constrained")
for axes, alpha in zip(both, [0.5, 2.0], strict=True):
    model = rf.ScalingModel(rf.PowerLaw(alpha, M))
    exact = rf.predict(model, every_N, T).test
    axes.plot(every_N, exact, color="#0072B2", label="planar theory")
    for name, (delta, colour, dash) in forms.items():
        with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
            loss = model.signal_unit * every_N * delta(model.spectrum, every_N) / (1 - every_N / T)
        axes.plot(every_N, loss, dash, color=colour, label=name, zorder=1)
        off = loss / exact
        print(f"alpha = {alpha:g}: {name.split(',')[0]}, {off.min():.2g} to {off.max():.3g} times the planar loss")
    simulated = rf.simulate(model, N, T, draws=40, seed=1).test
    look = {"marker": "o", "ms": 4.5, "ls": "", "capsize": 2, "color": "k"}
    axes.errorbar(N, simulated.mean, simulated.stderr, label="simulation", **look)
    axes.axvline(M, color="0.6", lw=0.8, ls=":", zorder=0)
    axes.text(M * 1.04, 0.97, "$N = M$", color="0.35", va="top", transform=axes.get_xaxis_transform())
    axes.set(xscale="log", yscale="log", xlabel="number of features $N$", ylabel="test loss $L$", xlim=(6, 370))
    axes.set_title(rf"$\alpha = {alpha:g},\ M = {M},\ T = {T}$, no ridge", fontsize="medium")
    axes.set_xticks([10, 20, 50, 100, 200], ["10", "20", "50", "100", "200"])
    axes.tick_params(axis="x", which="minor", bottom=False)
both[0].legend(frameon=False, loc="lower left")
plt.show()
