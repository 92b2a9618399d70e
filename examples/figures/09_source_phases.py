r"""
How fast does the loss of a smooth teacher fall?
================================================

If the teacher's weights fall as :math:`w_J^2 \sim J^{-\beta}`, there is not one exponent. For
:math:`\beta > 1` the plane of features and samples has three phases: features bound the loss below
:math:`N = T`, samples above :math:`N_* \sim T^{\min(\beta,\,2+\alpha)}`, and between them the
choice of the features adds a variance of :math:`T^{-\alpha}/N`. Many features are not enough to see
the exponent of the data: at a thousand samples it takes a million (step 15 of the derivations).
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha, beta = 1.0, 2.0
model = rf.ScalingModel(rf.PowerLaw(alpha, M=10**15), teacher=rf.SourceCondition(beta))
phases = rf.asymptotics.source_phases(alpha, beta)
_, variance, data = phases


# %%
# The local exponents without ridge, from steps of two percent, and the boundary with its amplitude.
def exponents(N, T):
    here, more_N, more_T = (rf.predict(model, N * a, T * b).test for a, b in STEPS)
    return np.log(here / np.array([more_N, more_T])) / np.log(1.02)


STEPS = ((1, 1), (1.02, 1), (1, 1.02))
T, N = np.geomspace(30, 1e5, 120), np.geomspace(30, 1e10, 240)
with np.errstate(invalid="ignore"):
    in_T = exponents(N[:, None], T)[1]
boundary = variance.amplitude / data.amplitude * T**data.above

figure, (plane, cut) = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained")
figure.get_layout_engine().set(wspace=0.06)
image = plane.pcolormesh(T, N, in_T, vmin=0, vmax=3, cmap="viridis", rasterized=True)
plt.colorbar(image, ax=plane, label="local exponent in $T$, without ridge")
plane.plot(T, T, "w--", T, boundary, "k-")
places = ((2e4, 200, "w"), (6e3, 5e5, "w"), (150, 2e8, "k"))
laws = ("$N^{-2}$", "$N^{-1}\\,T^{-1}$", "$T^{-3}$")
for (x, y, colour), phase, law in zip(places, phases, laws, strict=True):
    plane.text(x, y, f"{phase.name}\n{law}", color=colour, ha="center", va="center")
for x, y, colour, line in ((1.2e4, 2.5e4, "w", "$N = T$"), (6e3, 5e7, "k", "$N_*$")):
    plane.text(x, y, line, color=colour, ha="right", va="bottom")
plane.set(xscale="log", yscale="log", ylim=N[[0, -1]], xlabel="samples $T$", ylabel="features $N$")
plane.set_title(rf"$\alpha = {alpha:g}$, $\beta = {beta:g}$", fontsize="medium")

# %%
# Across the plane at two numbers of samples: the steps become sharp slowly.
edges = np.array([0.5, *(phase.above for phase in phases[1:]), 3.0])
for i, (name, colour) in enumerate((("N", "#0072B2"), ("T", "#D55E00"))):
    steps = [(phase.in_N, phase.in_T)[i] for phase in phases]
    cut.stairs(steps, edges, baseline=None, color=colour, lw=1.5, label=f"in ${name}$, predicted")
    for samples, marker in ((1e3, "o"), (1e6, "x")):
        share = np.array([*np.arange(0.5, 0.9, 0.1), *np.arange(1.15, 3.0, 0.1)])
        found = exponents(samples**share, samples)[i]
        label = rf"in ${name}$, $T = 10^{{{np.log10(samples):g}}}$"
        cut.plot(share, found, marker, mfc="none", ms=5, color=colour, label=label)
cut.set(xlabel=r"$\log N/\log T$", ylabel="local exponent of the loss", ylim=(-0.3, 4.6))
cut.legend(frameon=False, ncols=2, fontsize="small", loc="upper left")

for features in (1e5, 1e6, np.inf):
    print(f"T = 1000, N = {features:g}: the loss falls as T^-{exponents(features, 1e3)[1]:.2f}")
print(f"N_* = {variance.amplitude / data.amplitude * 1e3**data.above:.2g}")
plt.show()
