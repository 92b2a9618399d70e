r"""
Which data does the model learn from?
=====================================

The one assumption on data is that their spectrum is a power law: there are :math:`M` latent
directions, the J-th with the variance :math:`\lambda_J = \lambda_+ J^{-(1+\alpha)}` (step 1 of the
derivations). Here such data are drawn, and the eigenvalues of their sample covariance are laid over
the law. The larger :math:`\alpha`, the fewer directions matter. The last points lie low because
:math:`T` is finite: see the next example.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

M, T, draws = 400, 4000, 6
rng = np.random.default_rng(seed=1)
J = np.unique(np.geomspace(1, M, 22).round().astype(int))

# %%
# A spectrum is an object of its own. Points are means over six data sets, with their standard
# errors.

figure, axes = plt.subplots(figsize=(6, 4.2), layout="constrained")
for alpha, colour, marker in [(0.5, "#0072B2", "o"), (1.0, "#D55E00", "s"), (2.0, "#009E73", "D")]:
    spectrum = rf.PowerLaw(alpha, M)
    axes.plot(np.arange(1, M + 1), spectrum.eigenvalues, color=colour, lw=1.4)
    samples = np.sqrt(spectrum.eigenvalues)[:, None] * rng.standard_normal((draws, M, T))
    found = np.linalg.eigvalsh(samples @ samples.transpose(0, 2, 1) / T)[:, ::-1]
    mean, stderr = found.mean(axis=0), found.std(axis=0, ddof=1) / np.sqrt(draws)
    look = {"marker": marker, "ms": 4.5, "ls": "", "capsize": 2, "color": colour}
    axes.errorbar(J, mean[J - 1], stderr[J - 1], label=rf"$\alpha = {alpha:g}$", **look)

    few = np.arange(1, 101)
    slope = np.polyfit(np.log(few), np.log(mean[few - 1]), 1)[0]
    share = spectrum.eigenvalues[:10].sum() / spectrum.trace()
    print(f"alpha = {alpha:g}: sampled slope {slope:.2f},", end=" ")
    print(f"share of the variance in ten directions {share:.1%}")
axes.set(xscale="log", yscale="log", xlabel="latent direction $J$", ylabel=r"variance $\lambda_J$")
axes.text(30, 30**-1.25, r"slope $-(1+\alpha)$", color="0.35")
title = f"$M = {M},\\ T = {T}$\nlines: law, points: sample"
axes.legend(frameon=False, title=title, loc="lower left")
plt.show()
