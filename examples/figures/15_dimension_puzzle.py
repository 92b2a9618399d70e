r"""
What has the dimension of data to do with their exponent?
=========================================================

Exponents of learning curves have been tied to the dimension of the data, :math:`\alpha = \#/d`.
Here the data are Gaussian with a power law of variances, the dimension d is measured on T of them
by their nearest neighbours (marks), and :math:`\#` is :math:`\alpha d`. Lines are the formula
:math:`d = 2\,\mathrm{df}_1 - \mathrm{df}_2`, which knows the spectrum alone (24.6). To leading
order :math:`\#` is :math:`2\log T` for all :math:`\alpha` (dotted): not a constant, but what a
number of samples lets one see. M = 1000 latent dimensions look as 30 do where the variances fall
fast, and neither is found. Estimators differ because they look at other neighbours: the nearest
(left), and twenty of them (right), which are further away and show less.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

samples = [300, 1000, 3000]
T = np.geomspace(200, 5000, 40)
latents = {1000: ("-", "full"), 30: ("--", "none")}
estimators = [("two-nn", "TwoNN", 1), ("mle", "Levina and Bickel, 20 neighbours", 20 / np.e + 0.3)]

# %%
# The samples of each size are a random part of those of the largest.

figure, both = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained", sharey=True)
looks = [(0.5, "#0072B2", "o"), (1.0, "#D55E00", "s"), (2.0, "#E69F00", "^")]
for alpha, colour, marker in looks:
    for M, (dash, fill) in latents.items():
        law = rf.PowerLaw(alpha, M)
        x = np.random.default_rng(15).standard_normal((max(samples), M)) * law.eigenvalues**0.5
        for axes, (method, name, k) in zip(both, estimators, strict=True):
            found = [rf.intrinsic_dimension(x, method, T=size) for size in samples]
            values = alpha * np.array([one.value for one in found])
            errors = alpha * np.array([one.stderr for one in found])
            said = alpha * rf.apparent_dimension(law, T, k)
            axes.plot(T, said, dash, color=colour)
            look = {"marker": marker, "ms": 5, "fillstyle": fill, "color": colour}
            axes.errorbar(samples, values, errors, ls="", **look)
            last = rf.apparent_dimension(law, samples[-1], k)
            print(f"{name}, alpha = {alpha}, M = {M}, T = {samples[-1]}: ", end="")
            print(f"d = {found[-1].value:.1f} +- {found[-1].stderr:.1f}, formula {last:.1f}")
        both[0].plot([], [], dash, **look, label=rf"$\alpha$ = {alpha:g}, M = {M}")
for axes, (_, name, _) in zip(both, estimators, strict=True):
    axes.plot(T, 2 * np.log(T), color="black", lw=1, ls=":", label=r"$2\log T$")
    axes.set(
        xscale="log", xlabel="samples $T$", ylabel=r"$\# = \alpha d$", title=name, ylim=(0, 22)
    )
    axes.set_xticks(samples, [str(size) for size in samples])
    axes.minorticks_off()
both[0].legend(frameon=False, ncols=2, fontsize=9, loc="lower right")
plt.show()
