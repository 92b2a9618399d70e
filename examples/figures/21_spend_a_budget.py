r"""
How should a budget be spent on parameters and tokens?
======================================================

The Chinchilla table (dots, colours are losses). Left: contours of the fitted law, and where a
budget of C = 6NT operations is spent best, with its interval of 95 percent; dashed is the best with
the cost of ten trillion tokens that the model will write later: a smaller one, trained for longer.
Right: the best tokens per parameter under several laws. Laws with one exponent, such as "tied", say
that it never changes, and their band is narrow for that reason alone; pooled over seven laws it is
wide, and that is what the table says. Beyond the data (dotted line) all bands hold only if one of
the laws is right there.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

table = rf.published_losses("chinchilla")
fit = rf.fit_losses(table, resamples=200)
everything = rf.compare_laws(table.N, table.T, table.loss, resamples=100)
C = np.geomspace(1e18, 1e25, 22)

# %%
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.8), layout="constrained")
N, T = np.geomspace(2e7, 1e12, 120), np.geomspace(2e8, 1e13, 120)[:, None]
with warnings.catch_warnings():
    warnings.simplefilter("ignore", rf.RegimeWarning)  # of losses beyond the table
    loss = fit.predict(N, T).value
levels = [1.9, 2.0, 2.2, 2.5, 3.0, 4.0]
lines = left.contour(N, T.ravel(), loss, levels, colors="0.6", linewidths=0.8)
left.clabel(lines, fmt="%.1f", fontsize="small")
dots = left.scatter(table.N, table.T, c=table.loss, s=10, cmap="cividis", norm="log")
bar = figure.colorbar(dots, ax=left, ticks=[2.2, 2.5, 3], format="%g", label="loss")
bar.ax.minorticks_off()
best = fit.allocate(C)
left.loglog(best.N.value, best.T.value, color="#0072B2", lw=2, label="best for 6NT")
left.fill_betweenx(best.T.value, best.N.low, best.N.high, color="#0072B2", alpha=0.2, lw=0)
later = fit.allocate(C[C > 1e21], lambda N, T: 6 * N * T + 2 * N * 1e13)
left.loglog(later.N.value, later.T.value, "--", color="#D55E00", lw=2, label="and 10T tokens later")
left.set(xlabel="parameters $N$", ylabel="tokens $T$", xlim=(2e7, 1e12), ylim=(2e8, 1e13))
figure.legend(loc="outside upper left", ncols=2, frameon=False)

# %%
laws = {"chinchilla": ("#0072B2", "--"), "tied": ("#E69F00", "-")}
laws |= {"coupled": ("#009E73", "-."), "pooled": ("black", "-")}
for name, (colour, dash) in laws.items():
    of = everything if name == "pooled" else everything.fits[name]
    ratio = of.allocate(C).ratio
    right.loglog(C, ratio.value, dash, color=colour, label=name, lw=2)
    right.loglog(C, np.transpose([ratio.low, ratio.high]), dash, color=colour, lw=1)
    right.fill_between(C, ratio.low, ratio.high, color=colour, alpha=0.1, lw=0)
    at = of.allocate(5.76e23)
    print(f"{name}: 5.76e23 operations buy N = {at.N.value:.3g} ({at.N.low:.2g} to ", end="")
    print(f"{at.N.high:.2g}), T/N = {at.ratio.value:.1f} ({at.ratio.low:.2g} to ", end="")
    print(f"{at.ratio.high:.2g}), N as C to the {at.exponent.value:.3f}")
right.axvline((6 * table.N * table.T).max(), ls=":", color="0.5")
right.set(xlabel="operations $C$", ylabel="tokens per parameter $T/N$", ylim=(3, 150))
right.set_yticks([5, 10, 20, 50, 100], [5, 10, 20, 50, 100])
right.legend(frameon=False, loc="lower left")
plt.show()
