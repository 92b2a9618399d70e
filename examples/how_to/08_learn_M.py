"""
How many latent dimensions do my data have?
===========================================

The power law of a spectrum ends at M. From the eigenvalues of T samples M is known to a few percent
once T is a tenth to a fifth of it; from test losses only where N or T are of its order. Below that
there is a lower end and no upper one, so that an interval must be allowed to reach infinity.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import brentq, least_squares

import rfscale as rf

alpha, M, rng = 1.0, 2000, np.random.default_rng(1)
lam = rf.PowerLaw(alpha, M).eigenvalues

# %%
# From a spectrum: ``fit_spectrum`` knows how the eigenvalues of samples scatter.
shares, fits = np.array([0.02, 0.05, 0.1, 0.2, 0.4]), []
for T in (shares * M).astype(int):
    x = rng.standard_normal((T, M)) * np.sqrt(lam)
    values = np.linalg.eigvalsh(x @ x.T / T)[::-1]
    fits.append(rf.fit_spectrum(values, T))
    print(T, "samples:", fits[-1].summary())


# %%
# From losses, known to 2 percent each at the best ridge on a grid of N and T up to X: the M for
# which the best alpha and amplitude are off by chi^2 < 3.84. Without noise, the best there can be.
def log_losses(alpha, M, sizes):
    model = rf.ScalingModel(rf.PowerLaw(alpha, round(M)))
    return np.log(rf.optimal_ridge(model, sizes[:, None], sizes).prediction.test).ravel()


def above(log_M, sizes, truth):
    def left(values):
        return (log_losses(values[0], np.exp(log_M), sizes) + values[1] - truth) / 0.02

    best = least_squares(left, [alpha, log_M - np.log(M)], max_nfev=12, diff_step=1e-4)
    return 2 * best.cost - 3.84


reached, intervals, far = np.array([0.03, 0.12, 0.3, 0.9]), [], np.log(100 * M)
for share in reached:
    sizes = np.geomspace(share * M / 30, share * M, 5)
    data, least = (sizes, log_losses(alpha, M, sizes)), np.log(1.01 * sizes[-1])
    low = brentq(above, least, np.log(M), args=data, xtol=1e-3)
    high = brentq(above, np.log(M), far, args=data, xtol=1e-3) if above(far, *data) > 0 else np.inf
    intervals.append(np.exp([low, high]))
    print(f"losses up to N = T = {share:g} M: M {np.exp(low):.0f} to {np.exp(high):.0f}")

# %%
# Left: the last fit. Right: intervals of 95 percent; an arrow has no upper end.
_, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
fitted = fits[-1].spectrum.eigenvalues
shown = {"population": lam, "800 samples": values, "the fit to them": fitted}
for (name, y), style in zip(shown.items(), ("-", ".", "--"), strict=True):
    left.loglog(np.arange(1, len(y) + 1), y, style, label=name)
left.set(xlabel="rank $J$", ylabel=r"eigenvalue $\lambda_J$", ylim=(1e-8, 2))
of_spectra = shares, [fit.M_interval for fit in fits], "spectrum of T samples"
for x, ends, name in (of_spectra, (reached, intervals, "losses up to N = T")):
    low, high = np.transpose(ends) / M
    length = np.array([np.zeros(x.size), np.minimum(high, 30) - low])
    right.errorbar(x, low, length, ls="", marker="_", lw=3, lolims=np.isinf(high), label=name)
right.set(xscale="log", yscale="log", xlabel="T/M", ylabel="M that is found, over M")
left.legend(), right.legend()
plt.show()
