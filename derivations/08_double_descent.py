r"""
8. Double descent
=================

**The question.** Without ridge the loss diverges where N = T. What does a small ridge make of that
peak: where is it, how high and how wide? And why is there no divergence at any ridge above zero?

**What we find.** Near N = T signal and noise share one curve, :math:`1/\sqrt{(N-T)^2 + 4h^2}`,
whose only scale is :math:`h = \sqrt{\gamma/\Delta}`. The peak is as high as 1/2h, of a width
proportional to h, and sits at N = T up to order :math:`h^2`. In every single draw the ridge bounds
the noise that can be learned, by :math:`\mathrm{tr}\,C/4\gamma`. At the best ridge there is no
peak: the planar loss then falls with N and with T, always. At finite size the few smallest singular
values make the peak, and their exact law gives its height where one loop fails: pi/2 times the
planar one at N = T.

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

import warnings

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
    measured,
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
# The peak at finite size
# -----------------------
# One loop expands in 1/\|N - T\|, and at the peak there is nothing to expand in. But only the few
# smallest singular values matter there, and their law is known at any N - T. Let N <= T. At a ridge
# (7.13) becomes, with the same z,
#
# .. math:: \mathcal{V} = \mathrm{tr}\,(\gamma C^{-1} + z z^T)^{-1} z z^T (\gamma C^{-1}
#           + z z^T)^{-1}, \qquad E\,\mathrm{tr}\,C^{-1} \to \frac1\Delta. \tag{8.16}
#
# The second is planar: :math:`\mathrm{tr}\,(g + C)^{-1} = (N - \mathrm{df}_1)/g` at infinitely many
# samples, where :math:`\Delta (N - \mathrm{df}_1) = g`. An eigenvector of :math:`z z^T` points
# anywhere, so :math:`\gamma C^{-1}` is :math:`\gamma/\Delta N = h^2/N` to a single one, and with
# the smallest eigenvalues :math:`\xi_k/N` the noise is :math:`N \sum_k \xi_k/(\xi_k + h^2)^2`. For
# real matrices, :math:`\nu = |N - T|` and :math:`\xi = x^2/4` the density of x is, at large N,
#
# .. math:: \rho_\nu(x) = \frac x2 \big[J_\nu^2 - J_{\nu+1} J_{\nu-1}\big]
#           + \frac{J_\nu}{2} \Big[1 - \int_0^x J_\nu(t)\,dt\Big] \tag{8.17}
#
# with Bessel functions at x (Forrester, Nagao and Honner, Nucl. Phys. B 553 (1999); Edelman, 1988,
# for the smallest one). Far from the edge it is the planar :math:`1/\pi`, which gives (8.4). The
# noise over the planar one is its integral with :math:`4 x^2/(x^2 + w^2)^2`, w = 2h, and has a
# closed form in modified Bessel functions at w,
#
# .. math:: E_\nu(w) = \omega \Big\{I_\nu K_\nu + \Big[I_\nu' + \frac{I_\nu}{w}\Big]
#           \int_w^\infty K_\nu(t)\,dt\Big\}, \qquad \omega = \sqrt{\nu^2 + w^2}. \tag{8.18}
#
# It depends on N, T, spectrum and ridge by two numbers only. Without ridge it is the factor of
# the inverse Wishart matrix (7.16), at N = T the planar peak is too low by a factor that no size
# takes away,
#
# .. math:: E_\nu(0) = \frac{\nu}{\nu - 1}, \quad \nu > 1; \qquad
#           E_0(w) \to \frac\pi2, \quad w \to 0, \tag{8.19}
#
# and away from the peak, with :math:`t = \nu/\omega`, it is an expansion, whose first term is what
# one loop has of it,
#
# .. math:: E_\nu(w) = 1 + \frac{t^2}{\omega} + \frac{35 t^4 - 30 t^2 + 3}{8\,\omega^2} + \dots
#           \tag{8.20}
#
# So one loop is resummed by taking its term out and putting the whole law in. With the relative
# change c by one loop,
#
# .. math:: \frac{L}{L_0} = \big[1 + w_L (E - 1)\big]\,\Big(1 + c - w_L \frac{t^2}{\omega}\Big),
#           \tag{8.21}
#
# where the weight is the share of the pole, :math:`\omega s/D` by (8.3) for the noise, and n/m of
# it for the signal, whose factor is :math:`1 + \mathcal{V}` by (7.12). (8.21) is one loop to its
# order. Without ridge it is (7.16) and (7.22).
#
# The noise has the same pole where all latent directions are learned, in T - M by (7.18). There
# :math:`T - \mathrm{df}_1` and :math:`M - \mathrm{df}_1` are the unused parts, and their product is
# the ridge. Its weight is the share in the noise (5.9) of the first term of the numerator, and of
# :math:`(N - \mathrm{df}_1)(T - \mathrm{df}_2)` in D,
#
# .. math:: E_{|T - M|}\big(2\sqrt{(T - \mathrm{df}_1)(M - \mathrm{df}_1)}\big), \qquad
#           \frac{(N - \mathrm{df}_1)(T - \mathrm{df}_2)}{D} \cdot \frac{(N -
#           \mathrm{df}_1)\,\mathrm{df}_2}{(N - \mathrm{df}_1)\,\mathrm{df}_2 + s\,\mathrm{df}_1},
#           \tag{8.22}
#
# a second factor like that of (8.21).


def edge(nu, w):
    """E of (8.18), by quadrature."""

    def integrand(u):
        return np.exp(-w * np.cosh(u)) * np.cosh(nu * u) / np.cosh(u)

    tail = scipy.integrate.quad(integrand, 0, np.arccosh(1 + 700 / w), epsabs=0, epsrel=1e-12)[0]
    first, second = scipy.special.iv(nu, w), scipy.special.kv(nu, w)
    return np.hypot(nu, w) * (first * second + (scipy.special.ivp(nu, w) + first / w) * tail)


def density(nu, x):
    """(8.17); the integral is twice the sum of J of the orders nu + 1, nu + 3, ..."""
    orders = nu + 1 + 2 * np.arange(int(x[-1] / 2) + 40)
    below_x = 2 * np.sum(scipy.special.jv(orders[:, None], x), 0)
    J, higher, lower = (scipy.special.jv(nu + k, x) for k in (0, 1, -1))
    return x / 2 * (J**2 - higher * lower) + J / 2 * (1 - below_x)


def edge_sums(nu, size, draws, y):
    """Eigenvalues of size z z^T that are below y, and the sum of xi/(xi + y)^2, in each draw.

    z z^T has the eigenvalues of a tridiagonal matrix of chi^2 variables: pivots of what is left of
    it after -y, and +y, with their first two derivatives in y, as the sum is a derivative.
    """
    diagonal = rng.chisquare(np.arange(size + nu, nu, -1.0), (draws, size))
    beside = rng.chisquare(np.arange(size - 1.0, 0, -1), (draws, size - 1))
    step = y / size
    count, trace, slope_of_trace = np.zeros((3, draws))
    sturm, pivot, first, second = (np.full(draws, value) for value in (np.inf, np.inf, 0.0, 0.0))
    for k in range(size):
        entry = diagonal[:, k] + (beside[:, k - 1] if k else 0)
        coupled = diagonal[:, k - 1] * beside[:, k - 1] if k else 0
        second = coupled * (second - 2 * first**2 / pivot) / pivot**2
        first = 1 + coupled * first / pivot**2
        pivot = entry + step - coupled / pivot
        sturm = entry - step - coupled / sturm
        count += sturm < 0
        trace += first / pivot
        slope_of_trace += second / pivot - (first / pivot) ** 2
    return count, (trace + step * slope_of_trace) / size


u, x = draw(rng, lam[:20], 4, 6)
C = u @ np.diag(lam[:20]) @ u.T
z = np.linalg.solve(np.linalg.cholesky(C), u @ x)
root = np.linalg.cholesky(C)
rotated = np.linalg.inv(0.1 * np.linalg.inv(root) @ np.linalg.inv(root).T + z @ z.T)
equal(
    "8.16",
    "the noise of one draw",
    np.trace(rotated @ z @ z.T @ rotated),
    traces(u, x, lam[:20], 0.1)[1],
)
doubled = np.array([100.0, 200.0])  # features of 3 times as many equal directions: (7.15), exact
planar_trace = [1 / resolution(np.ones(3 * int(n)), n, np.inf, 0) for n in doubled]
by_order("8.16", "tr 1/C", doubled, doubled / (2 * doubled - 1) / planar_trace - 1, 1)

points, weights = np.polynomial.legendre.leggauss(800)
x = 150 * (points + 1)
for nu, w in ((0, 0.3), (1, 0.5), (2.5, 1.0), (3, 4.0)):
    kernel = 4 * x**2 / (x**2 + w**2) ** 2
    integral = np.sum(150 * weights * kernel * (density(nu, x) - 1 / np.pi)) + 1 / w
    equal("8.18", f"the integral at {nu:g}, {w:g}", np.hypot(nu, w) * integral, edge(nu, w), 1e-6)
for nu in (0, 2):
    counts, sums = edge_sums(nu, 300, 3000, 4.0)
    x = points + 1  # to twice the root of 4.0
    within = np.sum(2 * weights * density(nu, 2 * x))
    sampled("8.17", f"eigenvalues near the edge, nu = {nu}", counts, within, 0.1)
    apart = nu + 4.0 / 300
    bulk = (2 * 300 + apart) / np.sqrt(apart**2 + 4 * 4.0) - 1  # planar, beyond the edge too
    sampled("8.18", f"the sum, nu = {nu}", sums, edge(nu, 4.0) * bulk / (2 * 300), 0.05)

weak_widths = np.array([1e-2, 1e-3])
gaps = [edge(5, w) / (5 / 4) - 1 for w in weak_widths]
by_order("8.19", "no ridge", 1 / weak_widths, gaps, 2)
gaps = [edge(0, w) / (np.pi / 2) - 1 for w in weak_widths**2]
by_order("8.19", "N = T", 1 / weak_widths**2, gaps, 1, within=0.2)  # w log w
far, t = np.array([20.0, 40.0]), 0.6
terms = 1 + t**2 / far + (35 * t**4 - 30 * t**2 + 3) / (8 * far**2)
gaps = [edge(t * omega, np.sqrt(1 - t**2) * omega) for omega in far] - terms
by_order("8.20", "far from the peak", far, gaps, 3)


def one_loop_resummed(model, N, T, ridge):
    """(8.21) for the noise of N < T, and the signal, from planar and one-loop losses."""
    zeroth, first = (rf.predict(model, N, T, ridge, order=o) for o in ("planar", "one-loop"))
    square, s = ridge / zeroth.delta, zeroth.df1 - zeroth.df2
    nu = abs(N - T)
    omega = np.sqrt(nu**2 + 4 * square)
    share = omega * s / (square + omega * s)
    law, term = edge(nu, 2 * np.sqrt(square)), nu**2 / omega**3
    weights = min(N, T) / max(N, T) * share, share
    pairs = (first.signal, zeroth.signal), (first.noise, zeroth.noise)
    return [
        planar_loss * (1 + w * (law - 1)) * (loss / planar_loss - w * term)
        for w, (loss, planar_loss) in zip(weights, pairs, strict=True)
    ]


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

# `order="resummed"` is (8.21). Where M is far above N and T the second factor (8.22) hardly differs
# from one. Away from the peak its gap to one loop is of second order in 1/size; at the peak
# simulations agree with it, where one loop is off by a fifth.

warnings.simplefilter("ignore", rf.RegimeWarning)  # one loop at the peak
wide = unit_model(rf.PowerLaw(0.8, 4000))
for at in ((20, 23, 1e-4), (20, 20, 1e-4), (23, 20, 1e-2)):
    resummed = rf.predict(wide, *at, order="resummed")
    name = "rf.predict, resummed, N = {}, T = {}, gamma = {:g}".format(*at)
    expected = one_loop_resummed(wide, *at)
    equal("8.18, 8.21", name, resummed.signal, expected[0], 1e-9)
    if at[0] <= at[1]:
        equal("8.18, 8.21", name, resummed.noise, expected[1], 1e-4)
few = unit_model(rf.PowerLaw(0.8, 12))
exact = rf.predict(few, [8, 16], 15, order="resummed").noise
equal("8.19, 8.22", "rf.predict, resummed, no ridge", exact, [8 / (15 - 8 - 1), 12 / (15 - 12 - 1)])
doubling = np.array([200, 400])
apart = [
    rf.predict(few_or_many, size, 1.5 * size, 0.5 * size**0.2, order=order).test
    for order in ("resummed", "one-loop")
    for size in doubling
    for few_or_many in [unit_model(rf.PowerLaw(0.8, 8 * size))]
]
by_order("8.21", "and one loop", doubling, np.array(apart[:2]) / apart[2:] - 1, 2)
many = unit_model(rf.PowerLaw(0.8, 60))
at_peak = 20, 20, 0.1 * resolution(lam, 20, 20, 0)
simulated = rf.simulate(many, *at_peak, draws=20_000, seed=8)
for name in ("signal", "noise"):
    value = getattr(rf.predict(many, *at_peak, order="resummed"), name)
    of_draws = getattr(simulated, name)
    measured("8.21", f"the {name} at the peak", of_draws.mean, of_draws.stderr, value, 0.05)

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
