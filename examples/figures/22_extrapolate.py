r"""
Do laws of losses predict larger runs?
======================================

Laws are fitted to the 70 percent of runs of the smallest N T (grey) and asked for the others
(colour), which they have not seen. Shown are measured losses relative to the prediction, and the
band in which 95 percent of new runs should be. One law's band (left) contains the errors of its
parameters and the scatter of runs. It contains no other law, and on the Chinchilla table it holds
two thirds of the new runs. The band of seven laws pooled (right) holds all; it is wide where the
laws differ, also inside the data, where the laws that fit badly widen it. Pooling makes the
prediction no better. It says how good it is.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

names = ("chinchilla", "openlm-refinedweb")

# %%
figure, axes = plt.subplots(2, 2, figsize=(10, 6.5), layout="constrained", sharey="row")
for name, row in zip(names, axes, strict=True):
    table = rf.published_losses(name)
    order = np.argsort(table.N * table.T, kind="stable")
    N, T, loss = table.N[order], table.T[order], table.loss[order]
    few = round(0.7 * loss.size)
    found = rf.compare_laws(N[:few], T[:few], loss[:few], resamples=200)
    single = found.fits["chinchilla"]
    for axis, of, title in zip(row, (single, found), ("one law", "seven laws"), strict=True):
        with warnings.catch_warnings():  # that says what this figure shows
            warnings.simplefilter("ignore", rf.RegimeWarning)
            known = of.predict(N[:few], T[:few], "run")
            new = of.predict(N[few:], T[few:], "run")
        gap = 100 * np.log(loss[few:] / new.value)
        inside = (new.low < loss[few:]) & (loss[few:] < new.high)
        C = 6 * N * T
        axis.semilogx(C[:few], 100 * np.log(loss[:few] / known.value), "o", ms=3, color="0.65")
        for band, of_C in ((known, C[:few]), (new, C[few:])):
            low, high = (100 * np.log(end / band.value) for end in (band.low, band.high))
            axis.vlines(of_C, low, high, color="#56B4E9", alpha=0.35, lw=3)
        axis.plot(C[few:][inside], gap[inside], "o", ms=4, color="#0072B2", label="new, inside")
        axis.plot(C[few:][~inside], gap[~inside], "x", ms=5, color="#D55E00", label="outside")
        axis.axhline(0, color="black", lw=0.8)
        axis.set(title=f"{name}, {title}", xlabel="operations $C = 6NT$")
        error = np.sqrt(np.mean(gap**2))
        print(f"{name}, {title}: error {error:.2g} %, the band holds {inside.mean():.0%}")
    row[0].set_ylabel("measured over predicted (%)")
    row[1].set_ylabel("measured over predicted (%)")
axes[0, 0].legend(frameon=False, loc="lower left", fontsize="small")
plt.show()
