r"""
How many latent dimensions do my data have?
===========================================

At which M does a power law end? The eigenvalues of T = 0.1 M samples tell it to some percent at
:math:`\alpha = 1` (``rf.fit_spectrum``). Test losses tell less. The likelihood of six by six, known
to 2 %, with N and T up to 0.1 M, is flat to infinity: as far as they go all M have the same power
law. Below 0.3 M "M is beyond N and T" is all they say: an interval shows it, a standard error not.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import minimize_scalar

import rfscale as rf

alpha, M, noise, limit = 1.0, 10_000, 0.02, 3.84
rng = np.random.default_rng(1)
law = rf.PowerLaw(alpha, M)


# %%
# The misfit is minus twice the logarithm of the likelihood, at its least over amplitude, which the
# mean of the logarithms takes, and exponent. An interval of 95 % is where it rises by up to 3.84.
def least_misfit(N, T, losses, M):
    def misfit(alpha):
        said = rf.predict(rf.ScalingModel(rf.PowerLaw(alpha, M)), N, T, "optimal").test
        return losses.size * np.var(np.log(losses / said)) / noise**2

    return minimize_scalar(misfit, bounds=(0.2, 3.0), options={"xatol": 1e-5}).fun


figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.4), layout="constrained")
found = {"losses": [], "spectrum": []}
looks = [(0.03, "#CC79A7", "-"), (0.1, "#E69F00", "--"), (0.3, "#0072B2", "-.")]
for share, colour, dash in [*looks, (0.9, "black", "-")]:
    size = share * M
    N = np.geomspace(size / 30, size, 6)
    T = N[:, None]
    losses = rf.predict(rf.ScalingModel(law), N, T, "optimal").test
    losses = losses * np.exp(noise * rng.standard_normal(losses.shape))
    tried = np.round(size * (1 + np.geomspace(0.01, 1e4, 90)))  # M is above the largest N and T
    misfits = np.array([least_misfit(N, T, losses, int(m)) for m in tried])
    rise = misfits - misfits.min()
    left.semilogx(tried, rise, dash, color=colour, label=f"N, T up to {share:g} M")
    inside = tried[rise < limit]
    high = np.inf if inside[-1] == tried[-1] else inside[-1]
    found["losses"].append((share, inside[0], high))
for share in (0.01, 0.03, 0.1):
    T = round(share * M)
    x = rng.standard_normal((T, M)) * np.sqrt(law.eigenvalues)
    fit = rf.fit_spectrum(np.linalg.eigvalsh(x @ x.T / T), T)
    found["spectrum"].append((share, *fit.M_interval))

# %%
# An arrow is an interval without an upper end.
for (name, intervals), colour in zip(found.items(), ("#0072B2", "#E69F00"), strict=True):
    for share, low, high in intervals:
        print(f"{name} up to {share:g} M: M = {M} is between {low:.0f} and {high:.0f}")
        x = share * (0.9 if name == "losses" else 1.1)
        right.loglog([x, x], [low, min(high, 1e6)], lw=3, color=colour)
        right.plot(x, min(high, 1e6), "^" if high == np.inf else "", ms=9, color=colour)
    right.plot([], [], lw=3, color=colour, label=name)
left.axhline(limit, color="0.6", lw=0.8)
left.set(xlabel="latent dimensions $M$", ylabel="rise of the misfit", xlim=(1e3, 1e6), ylim=(0, 8))
right.axhline(M, color="0.6", lw=0.8, zorder=0)
right.set(xlabel="largest $N$ and $T$, or $T$ of the spectrum, over $M$", ylabel="interval of $M$")
for axes in (left, right):
    axes.legend(frameon=False, loc="upper right", fontsize="small")
plt.show()
