r"""
8. Double descent
=================

**The question.** Without ridge the loss diverges where N = T. What does a small ridge make of that
peak: where is it, how high and how wide? And why is there no divergence at any ridge above zero?

**What we find.** Near N = T signal and noise share one curve, :math:`1/\sqrt{(N-T)^2 + 4h^2}`,
whose only scale is :math:`h = \sqrt{\gamma/\Delta}`. The peak is as high as 1/2h, of a width
proportional to h, and sits at N = T up to order :math:`h^2`. In every single draw the ridge bounds
the noise that can be learned, by :math:`\mathrm{tr}\,C/4\gamma`. At the best ridge there is no
peak: the planar loss then falls with N and with T, always.

Measure the ridge at the resolution it leads to. Let n be the smaller and m the larger of N and T,
and b what is unused of n,

.. math:: h^2 = \frac{\gamma}{\Delta}, \qquad b\,(b + m - n) = h^2, \qquad b = n - \mathrm{df}_1,
          \tag{8.1}

which is (4.7). The quadratic is solved by a sum of both unused resources that is even in N - T,

.. math:: \omega = N + T - 2\,\mathrm{df}_1 = \sqrt{(N - T)^2 + 4h^2}, \tag{8.2}

and (5.7) is :math:`D = h^2 + \omega\,(\mathrm{df}_1 - \mathrm{df}_2)`. So at any ridge, with
nothing left out,

.. math:: \mathcal{S} = \frac{\Delta\,N T}{\omega + h^2/(\mathrm{df}_1 - \mathrm{df}_2)}. \tag{8.3}

Where h and N - T are small beside :math:`\mathrm{df}_1 - \mathrm{df}_2` only :math:`\omega` counts.
In the noise (5.9) the numerator is :math:`\mathrm{df}_2 (N - \mathrm{df}_1) + \mathrm{df}_1
(\mathrm{df}_1 - \mathrm{df}_2)`, its first term is small at the peak, and both losses have one
shape,

.. math:: \mathcal{S} \to \frac{\Delta\,N T}{\sqrt{(N - T)^2 + 4h^2}}, \qquad
          \mathcal{V} \to \frac{T}{\sqrt{(N - T)^2 + 4h^2}}. \tag{8.4}
"""

import matplotlib.pyplot as plt
import mpmath as mp
import numpy as np
import scipy
import sympy as sp
from common import (
    Delta,
    N,
    T,
    below,
    by_order,
    df,
    df1,
    df2,
    draw,
    equal,
    gamma,
    identity,
    losses,
    planar,
    power_law,
)
from common import resolution, sampled, show, slope, traces, unit_model

import rfscale as rf

rng = np.random.default_rng(8)
lam = power_law(0.8, 60)
gap = df1 - df2  # written s in the text

b, excess, square = sp.symbols("b excess square", positive=True)  # m - n and h^2
omega = N + T - 2 * df1
at_fixed_point = {gamma: Delta * (N - df1) * (T - df1)}
identity(
    "8.1",
    "the fixed point",
    (b * (b + excess)).subs({b: N - df1, excess: T - N}) - (gamma / Delta).subs(at_fixed_point),
)
root = sp.solve(b * (b + excess) - square, b)[0]
identity(
    "8.2", "omega, by b and the excess", omega - (2 * b + excess).subs({b: N - df1, excess: T - N})
)
identity("8.2", "the root", 2 * root + excess - sp.sqrt(excess**2 + 4 * square))
signal, noise = losses(N, T, Delta, df1, df2)
identity(
    "8.3",
    "the signal",
    signal
    - (Delta * N * T / (omega + square / gap)).subs(square, (gamma / Delta)).subs(at_fixed_point),
)

# Sizes that differ by h, and h falling: the rest is of relative order h.
ridges = np.array([1e-8, 1e-10])
start, found = resolution(lam, 20, 20, 0), []
for weak in ridges:
    apart = np.sqrt(weak / start)
    delta, *both = planar(lam, 20 + apart, 20 - 2 * apart, weak)
    width = np.sqrt((3 * apart) ** 2 + 4 * weak / delta)
    found.append(np.array(both) * width / [delta * 20**2, 20] - 1)
for name, gaps in zip(("signal", "noise"), np.transpose(found), strict=True):
    by_order("8.4", f"the {name} at the peak", 1 / ridges, gaps, 1 / 2)

# %%
# Height and width
# ----------------
# At N = T the curve (8.4) is 1/2h high. With :math:`\Delta` taken where :math:`\mathrm{df}_1 = N`,
# as without ridge,
#
# .. math:: \mathcal{S}_\mathrm{peak} = \frac{\Delta N^2}{2h}\Big[1 + \frac{h}{s} + \dots\Big]
#           = \frac{\Delta^{3/2} N^2}{2\sqrt\gamma} + \dots, \qquad
#           \mathcal{V}_\mathrm{peak} = \frac{N}{2}\sqrt{\frac{\Delta}{\gamma}} + \dots, \qquad
#           s = \mathrm{df}_1 - \mathrm{df}_2. \tag{8.5}
#
# The bracket: at N = T :math:`\mathrm{df}_1 = N - h` exactly, and since :math:`\Delta` changes
# :math:`\mathrm{df}_1` by -s (4.8), Delta is larger by the fraction h/s, which makes
# :math:`\Delta^{3/2}` larger by 3h/2s, while (8.3) takes h/2s off. The curve is at half of its
# height where :math:`\omega = 4h`, so
#
# .. math:: |N - T| = 2\sqrt3\,h, \qquad \text{full width} = 4\sqrt3\,h = 4\sqrt{3\gamma/\Delta}.
#           \tag{8.6}
#
# Weaker ridges make the peak higher and narrower in the same ratio, but its area still grows,
# because of the tails 1/\|N - T\|:
#
# .. math:: \int_{-X}^{X} \frac{dy}{\sqrt{y^2 + 4h^2}} = 2\,\mathrm{arsinh}\frac{X}{2h}
#           \to \log\frac{X^2}{h^2}. \tag{8.7}
#
# Beyond the width the ridge is not felt: the tails are the ridgeless losses (7.2).

delta = resolution(lam, 20, 20, 0)
scales, half_resolved = np.sqrt(ridges / delta), 20 - df(2, lam, delta)  # h and s
heights, noises = np.transpose([planar(lam, 20, 20, weak)[1:] for weak in ridges])
expanded = delta**1.5 * 20**2 / (2 * np.sqrt(ridges)) * (1 + scales / half_resolved)
by_order("8.5", "the height", 1 / ridges, heights / expanded - 1, 1)
by_order(
    "8.5",
    "the height of the noise",
    1 / ridges,
    noises / (20 / 2 * np.sqrt(delta / ridges)) - 1,
    1 / 2,
)


def reach(weak, height, far):
    """How far from T the signal is half as high."""
    return scipy.optimize.brentq(
        lambda many: planar(lam, 20 + many, 20, weak)[1] - height / 2, 0, far
    )


widths = [
    reach(weak, height, 9 * far) - reach(weak, height, -9 * far)
    for weak, height, far in zip(ridges, heights, scales, strict=True)
]
by_order(
    "8.6",
    "the full width at half height",
    1 / ridges,
    widths / (4 * np.sqrt(3) * scales) - 1,
    1 / 2,
)
y, h, X = sp.symbols("y h X", positive=True)
identity("8.6", "half of the height", (y**2 + 4 * h**2).subs(y, 2 * sp.sqrt(3) * h) - (4 * h) ** 2)
area = 2 * sp.asinh(X / (2 * h))
identity("8.7", "the area", sp.diff(area, X) - 2 / sp.sqrt(X**2 + 4 * h**2))
identity("8.7", "the area starts at zero", area.subs(X, 0))
identity("8.7", "and grows", sp.limit(area.rewrite(sp.log) - sp.log(X**2 / h**2), h, 0))

# %%
# Where exactly?
# --------------
# At fixed T and ridge, let :math:`\Delta` run: with :math:`b = T - \mathrm{df}_1`, whichever is
# scarcer, :math:`N = \mathrm{df}_1 + h^2/b` by (8.1), and (8.3) is a function of :math:`\Delta`
# alone. Its slope follows from (4.8). With :math:`b = h\,(1 + \beta h)`, that is :math:`N - T =
# h^2/b - b = -2\beta h^2` to leading order, it is
#
# .. math:: \Delta\frac{\partial\log\mathcal{S}}{\partial\Delta} = \frac32 - \frac{2 s}{T} - \beta s
#           + O(h), \tag{8.8}
#
# which vanishes at the top of the peak,
#
# .. math:: N_\mathrm{peak} - T = h^2\,\Big(\frac4T - \frac3s\Big) + O(h^3). \tag{8.9}
#
# The peak is at N = T to a small part of its width. For a power law :math:`s = T/(1+\alpha)` (step
# 10), and the shift is :math:`(1 - 3\alpha)\,h^2/T`: to fewer features if :math:`\alpha > 1/3`.

beta, spread = sp.symbols("beta s", positive=True)
curve = losses(df1 + gamma / (Delta * (T - df1)), T, Delta, df1, df2)[0]
near = {gamma: h**2 * Delta, df1: T - h * (1 + beta * h)}
top = sp.limit(sp.together(slope(sp.log(curve)).subs(df2, df1 - spread).subs(near)), h, 0)
identity(
    "8.8", "the slope near the peak", top - (sp.Rational(3, 2) - 2 * spread / T - beta * spread)
)
identity("8.9", "the top", (-2 * sp.solve(top, beta)[0]) - (4 / T - 3 / spread))

shifts, strengths = [], [mp.mpf(10) ** -8, mp.mpf(10) ** -10]
with mp.workdps(40):
    numbers = np.array([mp.mpf(value) for value in lam[:25]])
    for strength in strengths:

        def degrees(z, k):
            return df(k, numbers, mp.exp(z))

        def features(z, g=strength):
            return degrees(z, 1) + g / mp.exp(z) / (10 - degrees(z, 1))

        def log_signal(z):
            return mp.log(losses(features(z), 10, mp.exp(z), degrees(z, 1), degrees(z, 2))[0])

        start = mp.findroot(lambda z, g=strength: 10 - degrees(z, 1) - mp.sqrt(g / mp.exp(z)), -4.0)
        z = mp.findroot(lambda z: mp.diff(log_signal, z), (start, start + mp.mpf(10) ** -9))
        predicted = strength / mp.exp(z) * (mp.mpf(4) / 10 - 3 / (degrees(z, 1) - degrees(z, 2)))
        shifts.append(float((features(z) - 10) / predicted - 1))
        same = planar(lam[:25], float(features(z)), 10, float(strength))[1]
        equal("8.3", "the signal there", float(mp.exp(log_signal(z))), same, 1e-8)
by_order("8.9", "the place of the peak", [1 / float(g) for g in strengths], shifts, 1 / 2)

# %%
# Why it diverges without ridge
# -----------------------------
# By step 7 the noise without ridge is a sum of terms :math:`1/\chi^2_k`, k = T - N + 1: inverse
# squares of the distances of one row of z from the span of the others. The sum over them is also
# that over the inverse squares of the singular values :math:`\varsigma` of z,
#
# .. math:: \mathrm{tr}\,(z z^T)^{-1} = \sum_{i=1}^N \frac{1}{\varsigma_i^2} = \sum_{i=1}^N
#           \frac{1}{d_i^2}. \tag{8.10}
#
# With T much larger than N all rows are far from each other's span. With T = N they fill all
# dimensions, each is as close to the span of the others as a single normal number is to zero, and
# one singular value is very small. To fit the labels along it the learner divides by it; what it so
# learns of noise, and of unseen directions, is multiplied by :math:`1/\varsigma` on test data. More
# samples, or more features, make it larger: the second descent. Near the peak the distribution has
# a tail,
#
# .. math:: P\Big(\frac{1}{\chi^2_1} > y\Big) = \mathrm{erf}\frac{1}{\sqrt{2y}} \to
#           \sqrt{\frac{2}{\pi y}}, \qquad P\Big(\frac{1}{\chi^2_2} > y\Big) = 1 - e^{-1/2y} \to
#           \frac{1}{2y}. \tag{8.11}
#
# Both have an infinite mean, so that the mean loss is infinite for \|N - T\| <= 1 (if both are at
# most M), while half of all draws have :math:`1/\chi^2_1 < 2.2`. A simulation without ridge at N =
# T has no mean to converge to.

z = rng.standard_normal((4, 9))
distances = []
for i in range(4):
    others = np.delete(z, i, axis=0)
    distances.append(np.sum((z[i] - z[i] @ np.linalg.pinv(others) @ others) ** 2))
singular = np.linalg.svd(z, compute_uv=False)
equal(
    "8.10",
    "distances and singular values",
    np.sum(1 / np.array(distances)),
    np.sum(1 / singular**2),
)
equal("8.10", "and the trace", np.trace(np.linalg.inv(z @ z.T)), np.sum(1 / singular**2))
far = np.array([1e2, 1e3])
for k, tail in ((1, np.sqrt(2 / (np.pi * far))), (2, 1 / (2 * far))):
    by_order(
        "8.11", f"the tail of 1/chi^2_{k}", far, scipy.stats.chi2(k).cdf(1 / far) / tail - 1, 1
    )
for k, exact in ((1, scipy.special.erf(1 / np.sqrt(2 * 0.4))), (2, 1 - np.exp(-1 / (2 * 0.4)))):
    wide = rng.standard_normal((20_000, 5, 4 + k))
    entries = np.linalg.inv(wide @ wide.transpose(0, 2, 1))[:, 0, 0]
    sampled("8.11", f"entries above 0.4 at T = N + {k - 1}", entries > 0.4, exact, 0.03)

# %%
# Why any ridge removes it
# ------------------------
# A singular value :math:`\varsigma` of phi becomes :math:`\varsigma/(\gamma + \varsigma^2)` in P,
# which is small not only for large ones,
#
# .. math:: \frac{1}{2\sqrt\gamma} - \frac{\varsigma}{\gamma + \varsigma^2}
#           = \frac{(\varsigma - \sqrt\gamma)^2}{2\sqrt\gamma\,(\gamma + \varsigma^2)}
#           \ge 0. \tag{8.12}
#
# So in every draw, with \|P\| the largest singular value of P, the noise is bounded, and its mean
# at any N and T,
#
# .. math:: \mathcal{V} = \mathrm{tr}\,P C P^T \le \|P\|^2\,\mathrm{tr}\,C \le
#           \frac{\mathrm{tr}\,C}{4\gamma}, \qquad E\,\mathcal{V} \le
#           \frac{N\,\mathrm{tr}\,\Lambda}{4\gamma}, \tag{8.13}
#
# and by the triangle inequality for the Frobenius norm of :math:`\mathcal{E}\Lambda^{1/2} = (x P u
# - 1)\,\Lambda^{1/2}`, the signal is bounded, too (and from below by the difference of the two
# terms),
#
# .. math:: \sqrt{\mathcal{S}} \le \sqrt{\mathrm{tr}\,\Lambda}
#           + \frac{\sqrt{\mathrm{tr}\,x x^T\;\mathrm{tr}\,C}}{2\sqrt\gamma}. \tag{8.14}
#
# The planar theory has the same factor: :math:`\omega \ge 2h` in (8.3) gives :math:`\mathcal{S} \le
# \Delta^{3/2} N T/2\sqrt\gamma` for all N and T, the height of the peak (8.5). The bound (8.13) is
# reached where all singular values are :math:`\sqrt\gamma`, the second term of (8.14) where M = 1
# and the one singular value is :math:`\sqrt\gamma`.


def shares_of_bounds(u, x, lam, ridge):
    """The noise in units of its bound (8.13), and what sqrt(S) is off the first term of (8.14), of
    the second.
    """
    signal, noise = traces(u, x, lam, ridge)[:2]
    trace_C = np.sum(u**2 * lam)
    distance = abs(np.sqrt(signal) - np.sqrt(np.sum(lam)))
    return noise / (trace_C / (4 * ridge)), distance / (
        np.sqrt(np.sum(x**2) * trace_C) / (2 * np.sqrt(ridge))
    )


value = sp.Symbol("s", positive=True)
missing = 1 / (2 * sp.sqrt(gamma)) - value / (gamma + value**2)
identity(
    "8.12",
    "as a square",
    missing - (value - sp.sqrt(gamma)) ** 2 / (2 * sp.sqrt(gamma) * (gamma + value**2)),
)

small = lam[:8]
u, x = draw(rng, small, 4, 9)
balanced = x @ np.linalg.pinv(u @ x) @ np.linalg.qr(rng.standard_normal((9, 4)))[0].T * np.sqrt(0.3)
equal("8.13", "reached", shares_of_bounds(u, balanced, small, 0.3)[0], 1)
line = np.array([0.7])
u, x = draw(rng, line, 4, 9)
squared = np.sum(u**2) * np.sum(x**2)  # of the one singular value
equal("8.14", "reached, from below", shares_of_bounds(u, x, line, squared)[1], 1)
drawn = [draw(rng, small, 6, 6) for _ in range(4000)]
for weak in (1e-1, 1e-4):
    noises, signals = np.transpose([shares_of_bounds(u, x, small, weak) for u, x in drawn])
    below("8.13", f"noise of all draws at N = T, ridge {weak:g}", noises, 1)
    below("8.14", f"signal of all draws at N = T, ridge {weak:g}", signals, 1)
sampled(
    "8.13",
    "the mean of tr C",
    [np.sum(u**2 * small) for u, _ in drawn],
    6 * np.sum(small),
    power=0.05,
)

# %%
# No peak at the best ridge
# -------------------------
# The planar losses depend on the ridge through :math:`\Delta` alone, so the best ridge is a best
# :math:`\Delta`, among those with :math:`\mathrm{df}_1(\Delta) < \min(N, T)`. Keep :math:`\Delta`
# and add features, or samples:
#
# .. math:: \frac{\partial}{\partial N}\frac{1}{\mathcal{S}} = \frac{(T -
#           \mathrm{df}_1)\,\mathrm{df}_2 + s\,\mathrm{df}_1}{\Delta\,s\,T N^2}, \qquad
#           \frac{\partial\mathcal{V}}{\partial N} = -\frac{s^2\,T}{D^2}, \qquad
#           \frac{\partial}{\partial T}\frac{1}{\mathcal{V}} = \frac{N - \mathrm{df}_2}
#           {N\,\mathrm{df}_2 - 2\,\mathrm{df}_1\mathrm{df}_2 + \mathrm{df}_1^2}. \tag{8.15}
#
# At fixed :math:`\Delta` signal and noise fall with N and with T (the signal in T by duality): all
# terms are positive. More features or samples only add to the :math:`\Delta` to choose from. So the
# smallest loss falls with N and with T, for any spectrum and any label noise (derived here, in
# planar theory): double descent is a ridge that is too weak for its N and T.

D = (N - df1) * (T - df1) + (N + T - 2 * df1) * gap
falls = ((T - df1) * df2 + gap * df1) / (Delta * gap * T * N**2)
identity("8.15", "the signal in N", sp.diff(1 / signal, N) - falls)
identity("8.15", "the noise in N", sp.diff(noise, N) + gap**2 * T / D**2)
identity(
    "8.15", "the noise in T", sp.diff(1 / noise, T) - (N - df2) / (N * df2 - 2 * df1 * df2 + df1**2)
)


def best(many, few):
    """The smallest sum of signal and noise, by search over the ridge."""
    search = scipy.optimize.minimize_scalar(
        lambda z: sum(planar(lam, many, few, np.exp(z))[1:]), bounds=(-8, 8)
    )
    return search.fun


around = [5, 12, 18, 20, 22, 30, 90]
optimum = [best(many, 20) for many in around]
equal("8.15", "the loss at the best ridge falls", np.sign(np.diff(optimum)), -np.ones(6))

# %%
# The package
# -----------
# `rf.asymptotics.peak` is the height (8.5), with its relative error h/s; `rf.predict` is (8.3), and
# `rf.optimal_ridge` has no peak.

model = unit_model(rf.PowerLaw(0.8, 60))
delta = resolution(lam, 20, 20, 0)
equal(
    "8.5",
    "rf.asymptotics.peak",
    rf.asymptotics.peak(model, 20, ridges),
    delta**1.5 * 20**2 / (2 * np.sqrt(ridges)),
)
sizes = np.array([19.9, 20, 20.1])
near_peak = rf.predict(model, sizes, 20, 1e-4)
squares, steps = 1e-4 / near_peak.delta, near_peak.df1 - near_peak.df2
formula = (
    near_peak.delta * sizes * 20 / (np.sqrt((sizes - 20) ** 2 + 4 * squares) + squares / steps)
)
equal("8.3", "rf.predict near the peak", near_peak.signal, formula, 1e-10)
equal("8.15", "rf.optimal_ridge", rf.optimal_ridge(model, around, 20).prediction.test, optimum)

# %%
# The signal at T = 40: lines are the planar theory, points simulations. The bar is the full width
# (8.6) at half of the height (8.5), for the weaker ridge.

lam, sizes = power_law(1.0, 120), [12, 20, 30, 36, 40, 44, 54, 70]
shown = np.sort(
    np.append(
        np.geomspace(10, 100, 120), 40 + np.array([-1, 1]) * np.geomspace(0.02, 2, 20)[:, None]
    )
)
signal_only = rf.ScalingModel(rf.PowerLaw(1.0, 120), sigma_w=np.sqrt(2 * 120), sigma_u=np.sqrt(120))
figure, axes = plt.subplots(figsize=(7, 4.6))
axes.plot(shown, rf.predict(signal_only, shown, 40).test, color="#000000", label="no ridge")
for weak, colour in ((1e-3, "#D55E00"), (5e-2, "#0072B2")):
    axes.plot(
        shown,
        rf.predict(signal_only, shown, 40, weak).test,
        color=colour,
        label=rf"$\gamma = {weak:g}$",
    )
    points = [[traces(*draw(rng, lam, n, 40), lam, weak)[0] for _ in range(25)] for n in sizes]
    axes.errorbar(
        sizes,
        np.mean(points, 1),
        np.std(points, 1, ddof=1) / np.sqrt(25),
        fmt="o",
        ms=4,
        color=colour,
    )
axes.plot(
    shown,
    rf.predict(signal_only, shown, 40, "optimal").test,
    "--",
    color="#009E73",
    label="best ridge",
)
middle, width = (
    rf.asymptotics.peak(signal_only, 40, 1e-3) / 2,
    4 * np.sqrt(3e-3 / resolution(lam, 40, 40, 0)),
)
axes.hlines(middle, 40 - width / 2, 40 + width / 2, color="#E69F00", lw=3, label="full width")
axes.set(
    xscale="log",
    yscale="log",
    xlabel="features $N$",
    ylabel=r"signal $\mathcal{S}$ at $T = 40$",
    ylim=(0.05, 20),
)
axes.legend(frameon=False)
show(figure)
