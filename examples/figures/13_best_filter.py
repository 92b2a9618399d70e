r"""
Is any filter better than a ridge?
==================================

Ridge, early stopping, principal components: each is a filter, which learns the share
:math:`s\,h(s)` of an eigenvector of the kernel with eigenvalue s (19.1). The error of the best of
all filters is known: the harmonic mean of the label power over the eigenvectors (19.11). At
:math:`\alpha = 1` this power is linear in s, and the best filter is a ridge for all :math:`N` and
:math:`T` far below M (19.16). At other :math:`\alpha` it gains no more than 1.6 percent over the
best ridge (left), as different as they look (right). Early stopping beats the best ridge for slow
spectra, no filter beats the best one. The labels have no noise here.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

N, M = 40, 10**18
alphas = np.array([0.1, 0.15, 0.25, 0.45, 0.7, 1.0, 1.7, 3.0])
every_alpha = np.geomspace(0.1, 3.0, 40)
model = rf.ScalingModel(rf.PowerLaw(alphas, M))

# %%
# Left: the bound was computed at the circles. From alpha = 0.2 on, larger sizes change little; at
# 0.1 the gain at N = T grows to 1.4 percent with them.

figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
for T, dash, fill in [(N, "-", "full"), (4 * N, "--", "none")]:
    best = rf.best_filter(model, N, T)
    percent = 100 * (1 / best.best_ridge_over_best - 1)
    time = rf.optimal_time(rf.ScalingModel(rf.PowerLaw(every_alpha, M)), N, T).over_best_ridge
    name = "$T = N$" if T == N else "$T = 4N$"
    left.plot(every_alpha, 100 * (time - 1), dash, color="#D55E00", label=f"best time, {name}")
    look = {"ls": dash, "marker": "o", "ms": 4, "fillstyle": fill, "color": "#0072B2"}
    left.plot(alphas, percent, **look, label=f"best filter, {name}")
    for value in (0.15, 1.0, 3.0):
        gain = -percent[alphas == value].item()
        print(f"alpha = {value:g}, {name.strip('$')}: the best filter gains {abs(gain):.2f} %")
left.axhline(0, color="#009E73", lw=1.4, ls=":", label="best ridge")
left.set(xscale="log", xlabel=r"exponent $\alpha$", ylabel="loss beyond that of the best ridge (%)")
left.set_xticks([0.1, 0.3, 1, 3], ["0.1", "0.3", "1", "3"])
left.minorticks_off()
left.legend(frameon=False, loc="upper left")

# %%
# Right: what the three learn at alpha = 3, on the eigenvalues of a kernel.

steep = rf.ScalingModel(rf.PowerLaw(3.0, M=10**6))
ridge = float(rf.optimal_ridge(steep, N, N).ridge)
s = ridge * np.geomspace(1e-3, 1e3, 200)
trainings = [
    ("best filter", "#0072B2", "-", rf.best_filter(steep, N, N).training),
    ("best ridge", "#009E73", ":", rf.Ridge(ridge)),
    ("best time", "#D55E00", "-.", rf.GradientFlow(time=float(rf.optimal_time(steep, N, N).time))),
]
for name, colour, dash, training in trainings:
    right.plot(s / ridge, 1 - training.residual(s), dash, color=colour, label=name)
right.set(xscale="log", xlabel=r"eigenvalue $s$ of $\phi\phi^{\mathrm{T}}$ / best ridge")
right.set(ylabel="share that is learned, $s\\,h(s)$")
right.legend(frameon=False, title=rf"$\alpha = 3,\ N = T = {N}$", loc="upper left")
plt.show()
