r"""
How many draws do I need?
=========================

The standard error of a simulated loss falls as one over the root of the number of draws. For 1 %
some tens are enough with a ridge and some hundred without one at these sizes, but thousands near
:math:`N = T`, where rare draws have a large loss and a few draws understate their error. At
:math:`N = T` without ridge no number is enough: the loss has a median, but no mean, of
which ``simulate`` warns. :func:`rfscale.draws_needed` says the number beforehand, from the theory
of the scatter and the error of that, which is large near :math:`N = T`; ``target_stderr`` finds it
by itself, a different one for each seed.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha, M, T, target = 1.0, 400, 40, 0.01
model = rf.ScalingModel(rf.PowerLaw(alpha, M))
cases = {"$N = T$, no ridge": (40, 0.0), "$N = 0.9\\,T$, no ridge": (36, 0.0)}
cases |= {"$N = T/2$, no ridge": (20, 0.0), "$N = T$, ridge 0.003": (40, 3e-3)}
looks = [("#CC79A7", "^"), ("#D55E00", "s"), ("#0072B2", "o"), ("#009E73", "v")]
counts, ends = 2 ** np.arange(3, 12), np.array([8, 10_000])

# %%
# Points: the relative standard error that the draws themselves report. Lines: that of theory. Where
# ``target_stderr`` stops depends on the seed, as it knows no more than the draws.
_, axes = plt.subplots(figsize=(6.5, 4.5), layout="constrained")
for (name, (N, ridge)), (colour, marker) in zip(cases.items(), looks, strict=True):
    with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):  # at N = T
        tests = [rf.simulate(model, N, T, ridge, draws=int(n), seed=1).test for n in counts]
    errors, last = [100 * test.stderr / test.mean for test in tests], tests[-1]
    axes.loglog(counts, errors, marker, color=colour, ms=5, label=name)
    print(f"N = {N}, ridge = {ridge:g}: mean/median = {last.mean / last.median:.3g},", end=" ")
    low, high = last.q05 / last.median, last.q95 / last.median
    print(f"nine draws of ten between {low:.2g} and {high:.2g} of the median")
    if name != "$N = T$, no ridge":
        until = {"draws": 16, "target_stderr": target}
        enough = rf.simulate(model, N, T, ridge, seed=1, **until)
        error = 100 * enough.test.stderr / enough.test.mean
        others = [rf.simulate(model, N, T, ridge, seed=seed, **until) for seed in (2, 3, 4)]
        print(f"   stopped after {enough.draws} draws; other seeds:", *[n.draws for n in others])
        theory = rf.predict(model, N, T, ridge)
        with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):  # at N = 0.9 T
            needed = rf.draws_needed(model, N, T, ridge, relative_error=target)
        print(f"   needed by theory: {needed:.0f}, from a std known to {theory.std_error:.0%}")
        axes.loglog(ends, 100 * theory.std / theory.test / np.sqrt(ends), color=colour, lw=1)
        axes.plot(enough.draws, error, "o", ms=10, mfc="none", color=colour)
axes.plot([], [], color="0.4", lw=1, label=r"theory, std$/\sqrt{\mathrm{draws}}$")
axes.plot([], [], "o", ms=10, mfc="none", color="0.4", label="stopped by target_stderr")
axes.axhline(100 * target, color="0.6", lw=0.8, ls=":", zorder=0)
axes.text(6.5, 60 * target, f"target_stderr = {target}", color="0.35", fontsize="small")
axes.yaxis.set_major_formatter("{x:g}")
axes.xaxis.set_major_formatter("{x:g}")
axes.set(xlabel="number of draws", ylabel="standard error of the mean test loss (%)")
axes.set_ylim(0.015, 150)
axes.set_title(rf"$\alpha = {alpha:g},\ M = {M},\ T = {T}$", fontsize="medium")
axes.legend(frameon=False, fontsize="small", loc="lower left")
plt.show()
