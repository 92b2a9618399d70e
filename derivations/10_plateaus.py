r"""
10. Plateaus, and which resource bounds which
=============================================

**The question.** Give the learner more and more of one resource, and keep the others. Where does
the loss stop, how fast does it get there, and which of features, samples, latent directions and
ridge decides it?

**What we find.** The scarcer of features and samples decides, and the other enters by a factor. The
signal has the same plateau for both. The noise does not: more samples average it away, more
features never do, and leave a floor of :math:`\alpha` for a power law. A ridge is a third bound, at
:math:`\Delta = \gamma/NT`.

Write :math:`\Delta(n)` for the root of :math:`\mathrm{df}_1(\Delta) = n`. By (7.2), with one of N
and T at infinity, the signal without ridge is set by the other alone, and is approached as

.. math:: \mathcal{S}(N, T) = N \Delta(N)\,\Big[1 + \frac NT + \dots\Big] \;(T \to \infty), \qquad
          \mathcal{S}(N, T) = T \Delta(T)\,\Big[1 + \frac TN + \dots\Big] \;(N \to \infty).
          \tag{10.1}

These are the plateaus of [MRS]. They are far off where the two resources are equal: with N/T = 1/2
the loss is twice its plateau, and within ten percent of it only from T = 11 N on. A ridge that is
kept does not move them, since (4.7) gives

.. math:: N - \mathrm{df}_1 \to \frac{\gamma}{T\,\Delta(N)}, \qquad T \to \infty. \tag{10.2}

The noise has two different limits, by (7.3) and (7.4):

.. math:: \mathcal{V} \to \frac NT \to 0 \;(T \to \infty), \qquad \mathcal{V} \to
          \frac{\mathrm{df}_2}{T - \mathrm{df}_2}\Big|_{\mathrm{df}_1 = T} \;(N \to \infty).
          \tag{10.3}

Many samples average the noise of N numbers that are to be learned. Many features are only a better
view of the same T labels, which are fitted with their noise; that does harm in the directions that
the samples resolve.
"""

import matplotlib.pyplot as plt
import numpy as np
import scipy
import sympy as sp
from common import (
    sampled,
    N,
    T,
    Delta,
    alpha,
    by_order,
    c_of,
    df,
    df1,
    df2,
    draw,
    equal,
    identity,
    losses,
    planar,
    power_law,
)
from common import resolution, show, slope, traces, unit_model

import rfscale as rf

rng = np.random.default_rng(10)
lam = power_law(0.8, 60)
many = np.array([1e4, 1e5])

alone = resolution(lam, 12, np.inf, 0)
floor = df(2, lam, alone) / (12 - df(2, lam, alone))
first = (
    [planar(lam, 12, m, 0)[1] / (12 * alone) - 1 for m in many],
    [planar(lam, m, 12, 0)[1] / (12 * alone) - 1 for m in many],
)
by_order("10.1", "the approach, in T", many, np.array(first[0]) / (12 / many) - 1, 1)
by_order("10.1", "the approach, in N", many, np.array(first[1]) / (12 / many) - 1, 1)
by_order(
    "10.1",
    "the plateau, at a ridge",
    many,
    [planar(lam, 12, m, 0.3)[1] / (12 * alone) - 1 for m in many],
    1,
)
unused = [12 - df(1, lam, resolution(lam, 12, m, 0.3)) for m in many]
by_order(
    "10.2",
    "features that a ridge leaves unused",
    many,
    np.array(unused) / (0.3 / (many * alone)) - 1,
    1,
)
by_order(
    "10.3", "the noise, in T", many, [planar(lam, 12, m, 0.3)[2] / (12 / m) - 1 for m in many], 1
)
by_order("10.3", "the noise, in N", many, [planar(lam, m, 12, 0.3)[2] / floor - 1 for m in many], 1)

# %%
# The floor of a power law
# ------------------------
# For :math:`\lambda_J = J^{-(1+\alpha)}` and M = infinity, (9.14) and (9.19) are, with :math:`s =
# 1/(1+\alpha)` and up to terms that are smaller by :math:`\Delta/\mathrm{df}_1`,
#
# .. math:: \mathrm{df}_1 \simeq c\,\Delta^{-s} - \frac12, \qquad c = \frac{\pi s}{\sin\pi s},
#           \tag{10.4}
#
# .. math:: \mathrm{df}_1 - \mathrm{df}_2 \simeq s\,c\,\Delta^{-s} \simeq s\,\Big(\mathrm{df}_1 +
#           \frac12\Big): \tag{10.5}
#
# a fixed share of all degrees of freedom is half-resolved. With :math:`\mathrm{df}_1 = T` the floor
# is
#
# .. math:: \mathcal{V}(\infty, T) = \frac{T}{\mathrm{df}_1 - \mathrm{df}_2} - 1 \simeq \alpha
#           - \frac{1 + \alpha}{2 T + 1} \to \alpha. \tag{10.6}
#
# However many samples there are, with more features than samples the noise costs :math:`\alpha`
# times its variance.

steep, s, c = power_law(2.0, 400_000), 1 / (1 + 2.0), c_of(2.0)
fine = np.array([1e-2, 1e-3])
count = np.array([df(1, steep, d) for d in fine])
by_order("10.4", "the sum", 1 / fine, count / (c * fine**-s - 1 / 2) - 1, 1 + s)
half_resolved = count - [df(2, steep, d) for d in fine]
by_order(
    "10.5", "half-resolved directions", 1 / fine, half_resolved / (s * c * fine**-s) - 1, 1 + s
)
by_order("10.5", "as a share", 1 / fine, half_resolved / (s * (count + 1 / 2)) - 1, 1 + s)
few = np.array([10, 20])
floors = []
for n in few:
    two = df(2, steep, resolution(steep, n, np.inf, 0))
    floors.append(two / (n - two))
by_order("10.6", "the floor", few + 1 / 2, floors / (2.0 - (1 + 2.0) / (2 * few + 1)) - 1, 2 + 2.0)

# %%
# Two of three scales
# -------------------
# The signal without ridge is :math:`n\Delta(n)`, a function of n and M, times :math:`1/(1 - n/m)`,
# a function of n and m. For n << M the latent dimension does not matter either: directions beyond M
# would add to :math:`\mathrm{df}_1` a tail of :math:`\int_M^\infty dX/\Delta X^{1+\alpha} =
# M^{-\alpha}/\alpha\Delta`, and :math:`\Delta(n)` is as much lower as :math:`\mathrm{df}_1` needs
# to make up for it, by :math:`\mathrm{df}_1 - \mathrm{df}_2` for each unit of :math:`\log\Delta`,
#
# .. math:: \frac{\Delta(n; M)}{\Delta(n; \infty)} - 1 \to
#           -\frac{M^{-\alpha}}{\alpha\,\Delta\,(\mathrm{df}_1 - \mathrm{df}_2)} \to -\frac{1 +
#           \alpha}{\alpha\,C} \Big(\frac nM\Big)^\alpha, \qquad C = c^{1+\alpha}, \tag{10.7}
#
# the latter from (10.4), (10.5) for large n. (With M + 1/2, the end of the last cell, for M it
# holds to the next order as well; step 9 has it in full.) The smaller :math:`\alpha`, the longer M
# is felt. For M <= N, T all is learned, and the signal has no plateau above zero (7.6).

for_M = np.array([200, 400])
full = resolution(steep, 5, np.inf, 0)
lower = np.array([resolution(steep[:m], 5, np.inf, 0) for m in for_M]) / full - 1
gap = 5 - df(2, steep, full)
by_order(
    "10.7", "the cutoff at M", for_M, lower / -((for_M + 1 / 2) ** -2.0 / (2.0 * full * gap)) - 1, 2
)
forms = []
for n in few:
    full = resolution(steep, n, np.inf, 0)
    forms.append(
        1 / (2.0 * full * (n - df(2, steep, full))) / ((1 + 2.0) / (2.0 * c ** (1 + 2.0)) * n**2.0)
        - 1
    )
by_order("10.7", "its constant", few, forms, 1)

# %%
# Where more of a resource helps
# ------------------------------
# The logarithmic slopes of (7.2) for N < T, with :math:`d\log\Delta/d\log N = -N/(\mathrm{df}_1 -
# \mathrm{df}_2)` by (4.8), are
#
# .. math:: \frac{\partial\log\mathcal{S}}{\partial\log T} = -\frac{N}{T - N}, \qquad
#           \frac{\partial\log\mathcal{S}}{\partial\log N} = 1 - \frac{N}{\mathrm{df}_1 -
#           \mathrm{df}_2} + \frac{N}{T - N} \to -\alpha + \frac{N}{T - N}, \tag{10.8}
#
# the latter for a power law. On the plateau, N << T, samples give nothing and features all. Nearer
# to N = T features begin to harm. Without a ridge equal steps in both resources are equally good at
# the first of the following shares; from there on more features still help, up to the second, where
# the loss at given T is lowest:
#
# .. math:: \frac NT = \frac{\alpha}{2 + \alpha} \;\;\text{(equal slopes)}, \qquad
#           \frac NT = \frac{\alpha}{1 + \alpha} \;\;\text{(lowest loss at given T)}. \tag{10.9}
#
# The first is the best way to share N T without ridge (step 13). The slopes add up to
# :math:`-\alpha` in any case.

share = sp.Symbol("x", positive=True)  # N/T
signal = losses(N, T, Delta, N, df2)[0]
in_N = N * sp.diff(sp.log(signal), N) + N / slope(df1) * Delta * sp.diff(sp.log(signal), Delta)
identity("10.8", "in T", sp.simplify(T * sp.diff(sp.log(signal), T)) + N / (T - N))
identity("10.8", "in N", in_N - (1 - N / (df1 - df2) + N / (T - N)))
law = in_N.subs(df2, df1 - N / (1 + alpha)).subs(N, share * T)
identity("10.8", "a power law", law - (-alpha + share / (1 - share)))
identity("10.9", "the lowest loss", sp.solve(sp.simplify(law), share)[0] - alpha / (1 + alpha))
identity(
    "10.9",
    "equal slopes",
    sp.solve(sp.simplify(law + share / (1 - share)), share)[0] - alpha / (2 + alpha),
)

# The power law in numbers: the lowest ridgeless loss at T samples.
samples, lowest = np.array([40, 80]), []
for t in samples:
    found = scipy.optimize.minimize_scalar(
        lambda z, t=t: planar(steep[:20_000], z, t, 0)[1], bounds=(t / 4, 0.9 * t)
    )
    lowest.append(found.x / t / (2 / (1 + 2)) - 1)
by_order("10.9", "the lowest loss, in numbers", samples, lowest, 1)

# %%
# The ridge as a third bound
# --------------------------
# As :math:`(N - \mathrm{df}_1)(T - \mathrm{df}_1) \le N T`, the fixed point bounds the resolution
# by :math:`\Delta \ge \gamma/NT`. So there are three upper bounds on the effective dimension
# :math:`\mathrm{df}_1`: N, T, and what the ridge allows, :math:`\mathrm{df}_1(\gamma/NT)`. The
# smallest decides. When it is the last, expand (4.7) and (5.8) in 1/N and 1/T,
#
# .. math:: \Delta = \frac{\gamma}{N T}\Big[1 + \mathrm{df}_1 \Big(\frac1N + \frac1T\Big) +
#           \dots\Big], \qquad \mathcal{S} = \Delta\,(\mathrm{df}_1 - \mathrm{df}_2)\Big[1 +
#           \mathrm{df}_2\Big(\frac1N + \frac1T\Big) + \dots\Big], \qquad \mathcal{V} =
#           \frac{\mathrm{df}_2}{T} + \dots, \tag{10.10}
#
# and for the signal only N T matters, however it is shared; the noise is averaged by samples alone.
# For a power law (10.5) makes this
#
# .. math:: \mathcal{S} \to s\,c\,\Big(\frac{\gamma}{N T}\Big)^{\alpha/(1+\alpha)}. \tag{10.11}
#
# With N = T and a fixed ridge that is :math:`T^{-2\alpha/(1+\alpha)}`, against :math:`T^{-\alpha}`
# of the plateaus: the slower one is seen. For :math:`\alpha > 1` a fixed ridge will be too strong
# in the end, for :math:`\alpha < 1` too weak, and only at :math:`\alpha = 1` can one ridge do for
# all sizes. Step 12 finds that it does.

grown, at = np.array([1e3, 1e4]), 0.02
one, two = df(1, lam, at), df(2, lam, at)
ridges = at * (2 * grown - one) * (3 * grown - one)
both = 1 / (2 * grown) + 1 / (3 * grown)
bounded = np.array(
    [planar(lam, 2 * g, 3 * g, ridge) for g, ridge in zip(grown, ridges, strict=True)]
)
by_order(
    "10.10",
    "the resolution",
    grown,
    ridges / (2 * grown * 3 * grown) * (1 + one * both) / bounded[:, 0] - 1,
    2,
)
by_order("10.10", "the signal", grown, at * (one - two) * (1 + two * both) / bounded[:, 1] - 1, 2)
by_order("10.10", "the noise", grown, two / (3 * grown) / bounded[:, 2] - 1, 1)
limit = s * c * fine ** (2.0 / (1 + 2.0))
wide = [planar(steep, 1e12, 3e12, d * 1e12 * 3e12)[1] for d in fine]
by_order("10.11", "the law of a fixed ridge", 1 / fine, wide / limit - 1, 1 + s)

# %%
# The package
# -----------
# `plateau_features` and `plateau_data` are the limits (10.1) and (10.3) with the noise, and warn
# where the other resource is not large; `cutoff_error` is (10.7); `rf.predict` says in `regime`
# which resource bounds: the scarcer of N and T, "peak" where they are close, "latent" where both
# exceed M.

model = unit_model(rf.PowerLaw(0.8, 60))
equal(
    "10.1",
    "rf.asymptotics.plateau_features",
    rf.asymptotics.plateau_features(model, 12),
    12 * alone,
)
equal(
    "10.1, 10.3",
    "rf.asymptotics.plateau_data",
    rf.asymptotics.plateau_data(model, 12),
    12 * alone + floor,
)
limits = rf.predict(model, [12, np.inf], [np.inf, 12], 0.3)
equal("10.1", "rf.predict, signal", limits.signal, [12 * alone, 12 * alone])
equal("10.3", "rf.predict, noise", limits.noise[1], floor)
error = rf.asymptotics.cutoff_error(rf.PowerLaw(2.0, 400), 5)
equal(
    "10.7",
    "rf.asymptotics.cutoff_error",
    error,
    (1 + 2.0) / (2.0 * c ** (1 + 2.0)) * (5 / 400) ** 2.0,
)
regimes = rf.predict(model, [12, 40, 40, 70], [40, 12, 41, 80]).regime
if list(regimes) != ["features", "data", "peak", "latent"]:
    raise AssertionError(f"regimes {regimes}")

# %%
# Lines are the planar loss at the best ridge without label noise, points simulations, and dashes
# the plateaus :math:`T\Delta(T)`. The dotted line is the plateau in T, :math:`N\Delta(N)`: a loss
# leaves the one for the other at N = T.

lam, sizes = power_law(1.0, 400), [5, 10, 20, 40, 80, 160]
curve = np.geomspace(4, 250, 60)
signal_only = rf.ScalingModel(rf.PowerLaw(1.0, 400), sigma_w=np.sqrt(2 * 400), sigma_u=np.sqrt(400))
figure, axes = plt.subplots(figsize=(7, 4.6))
axes.plot(
    curve,
    rf.asymptotics.plateau_features(signal_only, curve),
    ":",
    color="#000000",
    label=r"$N\Delta(N)$",
)
axes.plot([], [], "--", lw=1, color="#000000", label=r"$T\Delta(T)$")
axes.plot([], [], "o", ms=4, color="#000000", label="24 draws")
for t, colour in zip((8, 24, 72), ("#D55E00", "#0072B2", "#009E73"), strict=True):
    axes.plot(
        curve, rf.predict(signal_only, curve, t, "optimal").test, color=colour, label=f"$T = {t}$"
    )
    axes.axhline(float(rf.asymptotics.plateau_data(signal_only, t)), ls="--", lw=1, color=colour)
    best = rf.optimal_ridge(signal_only, sizes, t).ridge
    theory = rf.predict(signal_only, sizes[2:], t, best[2:], order="one-loop").test
    points = np.array(
        [
            [traces(*draw(rng, lam, n, t), lam, r)[0] for n, r in zip(sizes, best, strict=True)]
            for _ in range(24)
        ]
    )
    sampled(
        "10.1", f"the points with T = {t}", np.mean(points[:, 2:] / theory, axis=1), 1.0, power=0.25
    )
    axes.errorbar(
        sizes, points.mean(0), points.std(0, ddof=1) / np.sqrt(24), fmt="o", ms=4, color=colour
    )
axes.set(xscale="log", yscale="log", xlabel="features $N$", ylabel=r"signal $\mathcal{S}$")
axes.legend(frameon=False)
show(figure)
