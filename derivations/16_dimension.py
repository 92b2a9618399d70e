r"""
16. The dimension puzzle
========================

**The question.** Exponents of real learners have been tied to the dimension d of the data,
:math:`\alpha = \#/d`, with :math:`\#` between 1 and 4. The model here has M latent dimensions, as
many as one likes, and an :math:`\alpha` that has nothing to do with M. Which dimension would one
measure on samples of the model itself, and is :math:`\# = \alpha d` a number?

**What we find.** A nearest neighbour sees :math:`2\,\mathrm{df}_1 - \mathrm{df}_2` dimensions, at a
resolution that T samples improve only as a power of log T. So :math:`\# \simeq 2\log T` at any
:math:`\alpha`: it is not a number, it drifts, while the exponent of the loss does not. What a
neighbour resolves and what a linear learner resolves are different things.

Where # comes from: [MRS] recall that for natural data d is measured to be :math:`\#/\alpha`; # is 4
in the argument of Sharma and Kaplan, and 1 to 2 in that of Bahri et al. Both are about functions on
a d-dimensional manifold, where samples come closer as :math:`r \sim T^{-1/d}`. All of this step is
derived here.

Let x be one point of the model and x' another, :math:`r^2 = \|x - x'\|^2`, and :math:`y_J =
x_J^2/\lambda_J`. A direction's Gaussian integral over x', with the square completed, gives

.. math:: E\big[e^{-\theta r^2}\big|\,x\big] = e^{K(\theta)} = \prod_J (1 + 2\theta\lambda_J)^{-1/2}
          \exp\Big(\!-\frac{\theta x_J^2}{1 + 2\theta\lambda_J}\Big). \tag{16.1}

Write :math:`\Delta = 1/(2\theta)`. Then the fractions :math:`p_J = \lambda_J/(\lambda_J + \Delta) =
1 - q_J` of the earlier steps are here again,

.. math:: K = -\tfrac12 \sum_J \Big[\log\Big(1 + \frac{\lambda_J}{\Delta}\Big) + y_J p_J\Big].
          \tag{16.2}

For the mean over x, the typical point, :math:`y_J` is 1 and the last sum is
:math:`\mathrm{df}_1(\Delta)`. As y has the variance 2, points scatter about it by

.. math:: \mathrm{Var}\,K = \tfrac12\,\mathrm{df}_2(\Delta). \tag{16.3}
"""

import matplotlib.pyplot as plt
import mpmath as mp
import numpy as np
import sympy as sp
from common import (
    bent_line,
    by_order,
    c_of,
    df,
    df1,
    df2,
    df3,
    df4,
    equal,
    identity,
    inverted,
    k_of,
    of_typical_point,
    power_law,
    sampled,
    show,
    slope,
    unit_model,
)
from scipy.special import gammaln, zeta
from scipy.stats import chi2

import rfscale as rf

rng = np.random.default_rng(16)


def exponent(lam, y, delta):
    """K (16.2), for points y (..., M)."""
    return -(np.sum(np.log1p(lam / delta)) + y @ (lam / (lam + delta))) / 2


def one_direction(theta, variance, point):
    weight = mp.quad(
        lambda z: mp.npdf(z, 0, mp.sqrt(variance)) * mp.exp(-theta * (point - z) ** 2),
        [-9, 0, 1, 9],
    )
    return float(mp.log(weight))


lam, values = np.array([1.4, 0.3]), np.array([0.8, -0.5])
theta = 1.7
product = -np.log(1 + 2 * theta * lam) / 2 - theta * values**2 / (1 + 2 * theta * lam)
equal(
    "16.1",
    "each direction, integrated",
    [one_direction(theta, *pair) for pair in zip(lam, values, strict=True)],
    product,
)
equal("16.2", "in terms of Delta", exponent(lam, values**2 / lam, 1 / (2 * theta)), product.sum())
lam, delta = power_law(0.7, 300), 0.01
K = exponent(lam, rng.standard_normal((20_000, 300)) ** 2, delta)
typical = exponent(lam, np.ones(300), delta)
sampled("16.2", "the mean over points is the typical point", K, typical, 0.01)
sampled("16.3", "the scatter", (K - typical) ** 2, df(2, lam, delta) / 2, 0.07)

# %%
# How many points are near
# ------------------------
# The Laplace transform of a step is :math:`1/\theta`, so the probability that a point x' is within
# r is
#
# .. math:: P(r) = \frac{1}{2\pi i} \int \frac{d\theta}{\theta}\, e^{\theta r^2 + K(\theta)},
#           \tag{16.4}
#
# along any line to the right of 0. It is best to go through the minimum of :math:`\Psi = \theta r^2
# + K - \log\theta` on the real axis. There :math:`r^2 = 1/\theta - K'`, and, with the derivatives
# of (16.2),
#
# .. math:: -\theta K' = \tfrac12\sum_J p_J(1 + y_J q_J), \qquad
#           \theta^2 K'' = \sum_J p_J^2\Big(\tfrac12 + y_J q_J\Big), \tag{16.5}
#
# for the typical point :math:`-\theta K' = \mathrm{df}_1 - \tfrac12\mathrm{df}_2`, :math:`\theta^2
# K'' = \tfrac32\mathrm{df}_2 - \mathrm{df}_3`, the distance is
#
# .. math:: r^2 = \Delta\,(2\,\mathrm{df}_1 - \mathrm{df}_2 + 2). \tag{16.6}
#
# A direction with :math:`\lambda \gg \Delta` adds :math:`\Delta` to it: the neighbour is chosen,
# and is near there. One with :math:`\lambda \ll \Delta` adds :math:`2\lambda`, as for any two
# points. The Gaussian integral along the line, of :math:`\exp(\Psi'' (i\,\mathrm{Im}\theta)^2/2)`,
# gives
#
# .. math:: P \simeq \frac{e^\Psi}{\sqrt{2\pi\Psi''}} = \frac{e^{\theta r^2 + K}}{\sqrt{2\pi B}},
#           \qquad B = \theta^2\Psi'' = \tfrac32\mathrm{df}_2 - \mathrm{df}_3 + 1. \tag{16.7}
#
# The next term is of relative order 1/d, where d is the dimension to which we come now.

th, lam_, y_ = sp.symbols("theta lambda y", positive=True)
one, p_ = (
    -(sp.log(1 + 2 * th * lam_) + y_ * 2 * th * lam_ / (1 + 2 * th * lam_)) / 2,
    2 * th * lam_ / (1 + 2 * th * lam_),
)
identity("16.5", "first derivative", -th * sp.diff(one, th) - p_ * (1 + y_ * (1 - p_)) / 2)
identity(
    "16.5",
    "second derivative",
    th**2 * sp.diff(one, th, 2) - p_**2 * (sp.Rational(1, 2) + y_ * (1 - p_)),
)


def neighbours(lam, y, deltas):
    """r^2 and log P (16.5-16.7), for points y (Q, M), or one y, on a grid of Delta."""
    p = lam[:, None] / (lam[:, None] + deltas)
    q = 1 - p
    radius = deltas * (y @ (p * q) + p.sum(0) + 2)
    B = y @ (p * p * q) + np.sum(p * p, 0) / 2 + 1
    K = -(np.sum(np.log1p(lam[:, None] / deltas), 0) + y @ p) / 2
    return radius, radius / (2 * deltas) + K - np.log(2 * np.pi * B) / 2


def transform(z):
    """Of the distance to the centre, with sixteen directions of variance 0.6."""
    return -8 * np.log(1 + 2 * z * 0.6)


equal(
    "16.4",
    "chi^2 of 16 degrees of freedom",
    inverted(transform, 5.0, 1.2, 30),
    chi2.cdf(5.0 / 0.6, 16),
    1e-10,
)
lam, own, step = power_law(0.7, 30), rng.standard_normal(30) ** 2, 1e-4
near = 0.01 * np.exp(step * np.array([-1, 0, 1]))  # log theta is -log 2 Delta
K = np.array([exponent(lam, own, delta) for delta in near]) + np.log(2 * near)  # K - log theta
first, second = (K[0] - K[2]) / (2 * step), (K[0] - 2 * K[1] + K[2]) / step**2
radius, log_P = neighbours(lam, own, near[1:2])
equal("16.6", "for a point of its own y", radius[0] / (2 * near[1]), -first, 1e-7)
saddle = (
    radius[0] / (2 * near[1])
    + exponent(lam, own, near[1])
    - np.log(2 * np.pi * (second - first)) / 2
)
equal("16.7", "for a point of its own y", log_P[0], saddle, 1e-7)
lam = power_law(2.0, 400)
deltas = np.array([1e-4, 1e-5, 1e-6])
two = np.array([2 * df(1, lam, delta) - df(2, lam, delta) for delta in deltas])
B = np.array([1.5 * df(2, lam, delta) - df(3, lam, delta) + 1 for delta in deltas])
radius, log_P = neighbours(lam, np.ones(400), deltas)
equal("16.6", "for the typical point", deltas * (two + 2), radius)
K = np.array([exponent(lam, np.ones(400), delta) for delta in deltas])
equal(
    "16.7",
    "for the typical point",
    np.exp(radius / (2 * deltas) + K) / np.sqrt(2 * np.pi * B),
    np.exp(log_P),
)

pairs = zip(radius, 1 / (2 * deltas), strict=True)
exact = [inverted(of_typical_point(lam), r2, theta, 30) for r2, theta in pairs]
by_order("16.7", "the saddle point", two, np.exp(log_P) / exact - 1, 1)

# %%
# The dimension
# -------------
# If points fill d dimensions evenly, P grows as :math:`r^d`. So :math:`d = d\log P/d\log r` is the
# dimension at the scale r. :math:`\Psi` is stationary: in :math:`\log P = \Psi + \log\theta -
# \tfrac12\log(2\pi B)` its :math:`\theta` does not count, and, with :math:`d\log r^2/d\log\theta =
# -\Psi''\theta/r^2`,
#
# .. math:: d = (2\,\mathrm{df}_1 - \mathrm{df}_2 + 2)\Big[1 - \frac1B\Big(1 -
#           \frac{3}{2B}(\mathrm{df}_2 - 2\,\mathrm{df}_3 + \mathrm{df}_4)\Big)\Big]. \tag{16.8}
#
# The first terms, :math:`2\,\mathrm{df}_1 - \mathrm{df}_2`, are large, the rest is of order 1: the
# dimension counts the latent directions with :math:`\lambda > \Delta`.
#
# How is it measured? Let :math:`r_1 < r_2` be the distances to the nearest two of T samples.
# Exactly one sample is inside r with the probability :math:`TP(1 - P)^{T-1}`, which is what the
# distributions of :math:`r_1` and :math:`r_2` differ by. So, with :math:`d\log r = dP/(P\,d)`,
#
# .. math:: E\log\frac{r_2}{r_1} = \int TP\,(1 - P)^{T-1}\, d\log r = \int_0^1 \frac{T(1 -
#           P)^{T-1}}{d(P)}\, dP, \tag{16.9}
#
# the mean of 1/d at the distance of the nearest neighbour, where P is about 1/T. If d is constant
# it is 1/d, and as :math:`P(r_1)/P(r_2)` is evenly distributed between 0 and 1, the logarithm is an
# exponential variable.

scale, bend = 2 * df1 - df2 + 2, sp.Rational(3, 2) * df2 - df3 + 1
in_radius = (1 + slope(scale) / scale) / 2  # d log r/d log Delta, with r^2 = Delta scale
in_P = slope(scale / 2) + (df1 + df1 - df2) / 2 - slope(bend) / bend / 2
dimension = scale * (1 - (1 - 3 * (df2 - 2 * df3 + df4) / (2 * bend)) / bend)
identity("16.8", "the dimension", in_P / in_radius - dimension)
by_hand = [
    float(dimension.subs({DF: df(k, lam, 1e-4) for k, DF in enumerate((df1, df2, df3, df4), 1)}))
]
radius, log_P = neighbours(lam, np.ones(400), 1e-4 * np.exp([1e-4, -1e-4]))
equal("16.8", "in numbers", by_hand, 2 * np.diff(log_P) / np.diff(np.log(radius)), 1e-7)


def spacing(P, log_r, T, weight=1.0):
    """(16.9), the first form, along the last axis; with log P in the place of log r, the mean of a
    weight at r_1.
    """
    return np.trapezoid(weight * T * P * (1 - P) ** (T - 1), log_r)


# P of the nearest two of T = 5, for P = (r + r^3)/2
two_slopes = np.sort(rng.random((40_000, 5)))[:, :2]
r_grid, P_grid, d_grid = bent_line()
logs = np.log(np.interp(two_slopes, P_grid, r_grid))
mean_inverse = np.trapezoid(5 * (1 - P_grid) ** 4 / d_grid, P_grid)
equal("16.9", "its two forms", spacing(P_grid, np.log(r_grid), 5), mean_inverse, 1e-6)
sampled("16.9", "five samples in a line that bends", logs[:, 1] - logs[:, 0], mean_inverse, 0.04)

# %%
# The power law
# -------------
# For :math:`\lambda_J = J^{-m}`, :math:`m = 1 + \alpha`, M infinite, (15.13) is
# :math:`\mathrm{df}_1 = X - \tfrac12` up to :math:`O(\Delta)`, with :math:`X = c\,\Delta^{-1/m}`
# and :math:`c = (\pi/m)/\sin(\pi/m)`, and by (4.8) each further power in df takes off a factor. The
# sum of logarithms has :math:`-\mathrm{df}_1` as its derivative in :math:`\log\Delta`, so it is
# :math:`mX + \tfrac12\log\Delta` and a constant, for which (15.12) is integrated over y:
# :math:`\log(1 + 1/y)` has the Mellin transform :math:`\pi/(w\sin\pi w)`, the pole at w = 0 is
# double, and its residue has :math:`m\zeta'(0) = -\tfrac m2\log 2\pi` beside
# :math:`-\zeta(0)\log\Delta`. In all,
#
# .. math:: \mathrm{df}_1 = X - \tfrac12, \qquad \mathrm{df}_{k+1} + \tfrac12 = \Big(1 -
#           \frac1{km}\Big)\Big(\mathrm{df}_k + \tfrac12\Big), \qquad \sum_J\log\Big(1 +
#           \frac{\lambda_J}{\Delta}\Big) = mX + \tfrac12\log\Delta - \tfrac m2\log 2\pi.
#           \tag{16.10}
#
# Let :math:`z = (1 + 1/m)X`, so that :math:`2\,\mathrm{df}_1 - \mathrm{df}_2 = z - \tfrac12`; B is
# :math:`\frac{\alpha}{2m}z + \tfrac34`. T samples have a neighbour where :math:`TP = 1`. Put into
# (16.7), :math:`\log T = \tfrac12\sum\log(1 + \lambda/\Delta) - \tfrac12(\mathrm{df}_1 -
# \mathrm{df}_2) - 1 + \tfrac12\log 2\pi B`, or
#
# .. math:: \log T = \frac\alpha2 z + \frac{1 - \alpha}4\log z + k_\alpha - 1 + O\Big(\frac1z\Big),
#           \qquad k_\alpha = \tfrac12\log \frac{\pi\alpha}{m} - \frac m4\log\frac{2\pi m}{c(1 +
#           m)}, \tag{16.11}
#
# while (16.8) is :math:`d = z - \tfrac12 - 1/\alpha + O(1/z)`. With z eliminated,
#
# .. math:: \alpha d = 2\log T - \frac{1 - \alpha}2\log d + 1 - \frac\alpha2 - 2k_\alpha +
#           O\Big(\frac1d\Big). \tag{16.12}
#
# This is the answer. To leading order :math:`\# = \alpha d` is :math:`2\log T`: it does not depend
# on :math:`\alpha`, so d is inversely proportional to :math:`\alpha`, as in the data; but it grows
# with T. It is 4 at T = 7, and 2 or 1 at T below 3.


def large_T(alpha, delta):
    """z, and by (16.10) df1 to df4 and the sum of logarithms."""
    m = 1 + alpha
    X = c_of(alpha) * delta ** (-1 / m)
    dfs = X * np.cumprod([1, 1 - 1 / m, 1 - 1 / (2 * m), 1 - 1 / (3 * m)]) - 1 / 2
    return (1 + 1 / m) * X, dfs, m * X + np.log(delta) / 2 - m / 2 * np.log(2 * np.pi)


ranks = np.arange(1.0, 1e6)
deltas = np.array([1e-2, 1e-3])
for alpha in (0.5, 1.6):
    lam, gaps = ranks ** -(1 + alpha), []
    for delta in deltas:
        # of the directions beyond, where p is lambda/Delta
        rest = zeta(1 + alpha, len(ranks) + 1) / delta
        exact = [df(k, lam, delta) for k in (1, 2, 3, 4)] + np.array([rest, 0, 0, 0])
        _, dfs, logarithms = large_T(alpha, delta)
        gaps.append([*(exact - dfs), np.log1p(lam / delta).sum() + rest - logarithms])
    for name, gap in zip(
        ("df1", "df2", "df3", "df4", "logarithms"), np.transpose(gaps), strict=True
    ):
        by_order("16.10", f"{name}, alpha = {alpha}", 1 / deltas, gap, 1)
for alpha in (0.5, 1.6):
    points = []
    for delta in (1e-9, 1e-10):
        z, dfs, logarithms = large_T(alpha, delta)
        d, at_bend = (
            float(form.subs(dict(zip((df1, df2, df3, df4), dfs, strict=True))))
            for form in (dimension, bend)
        )
        log_T = (logarithms - dfs[0] + dfs[1]) / 2 - 1 + np.log(2 * np.pi * at_bend) / 2
        in_z = alpha / 2 * z + (1 - alpha) / 4 * np.log(z) + k_of(alpha) - 1
        law = 2 * log_T - (1 - alpha) / 2 * np.log(d) + 1 - alpha / 2 - 2 * k_of(alpha)
        points.append([z, in_z - log_T, d - (z - 1 / 2 - 1 / alpha), law - alpha * d])
    z, *gaps = np.transpose(points)
    for tag, name, gap in zip(
        ("16.11", "16.12", "16.12"), ("log T", "d in terms of z", "#"), gaps, strict=True
    ):
        by_order(tag, f"{name}, alpha = {alpha}", z, gap, 1)

# %%
# What M does
# -----------
# All this is for M infinite, or for T that do not see M. At fixed M and :math:`\Delta \ll
# \lambda_M` all :math:`\mathrm{df}_k` are M: then (16.8) is d = M exactly, and P is the volume of a
# ball times the density at the typical point,
#
# .. math:: P = \frac{(r^2/2)^{M/2}\, e^{-M/2}}{\Gamma(M/2 + 1)\prod_J\lambda_J^{1/2}}. \tag{16.13}
#
# So for :math:`T \to \infty` first, # is :math:`\alpha M`; for :math:`M \to \infty` first it is
# :math:`2\log T`, without end. The two meet where :math:`\Delta` is near :math:`\lambda_M`, at log
# T of the order of M: no set of samples is ever large enough to see M = 100 dimensions.

identity(
    "16.8",
    "d = M at the end",
    dimension.subs(dict.fromkeys((df1, df2, df3, df4), sp.Symbol("M"))) - sp.Symbol("M"),
)
gaps, sizes = [], [20, 40, 80]
for M in sizes:
    lam = power_law(0.5, M)
    radius, log_P = neighbours(lam, np.ones(M), np.array([1e-12]))
    ball = M / 2 * np.log(radius / 2) - M / 2 - gammaln(M / 2 + 1) - np.log(lam).sum() / 2
    gaps.append(np.exp(log_P - ball)[0] - 1)
by_order("16.13", "the smallest distances", sizes, gaps, 1)

# %%
# A measurement
# -------------
# Draw T samples of the model and a hundred points more, and find for each of these the nearest two
# samples. The mean of :math:`\log(r_2/r_1)` is an estimate of 1/d. It is compared with (16.9) and
# the saddle point (16.5-16.7) at each point's own :math:`y_J`, averaged over points. What the
# saddle point misses is of the order of a percent, the statistical power is a few percent for d,
# and one to three percent for the squared distance.

alphas, samples, M = (0.5, 1.0, 2.0), (125, 400, 1300, 4000), 400
deltas = np.geomspace(3e-4, 30, 120)
# of log(r2/r1) and of r1^2
found, theory = (np.zeros((2, 60, len(alphas), len(samples))) for _ in range(2))
for cloud in range(60):
    at, near = rng.standard_normal((100, M)), rng.standard_normal((max(samples), M))
    for i, alpha in enumerate(alphas):
        lam = rf.PowerLaw(alpha, M).eigenvalues
        squares = at**2 @ lam
        distances = squares[:, None] + near**2 @ lam - 2 * (at * lam) @ near.T
        radius, log_P = neighbours(lam, at**2, deltas)
        P = np.minimum(np.exp(log_P), 1.0)
        for j, T in enumerate(samples):
            first, second = np.partition(distances[:, :T], 1, axis=1)[:, :2].T
            found[:, cloud, i, j] = np.mean(np.log(second / first)) / 2, np.mean(first)
            theory[0, cloud, i, j] = np.mean(spacing(P, np.log(radius) / 2, T))
            theory[1, cloud, i, j] = np.mean(spacing(P, log_P, T, radius))
mean, many = theory.mean(1, keepdims=True), rng.standard_normal((500, M))
off = (mean + found - theory) / mean
for i, alpha in enumerate(alphas):
    sampled("16.6", f"distances, alpha = {alpha}", off[1, :, i].mean(1), 1, 0.035)
    sampled("16.9", f"dimensions, alpha = {alpha}", off[0, :, i].mean(1), 1, 0.06)
    drift, expected = found[0, :, i, 0] - found[0, :, i, -1], mean[0, 0, i, 0] - mean[0, 0, i, -1]
    sampled("16.9", f"their drift, alpha = {alpha}", drift, expected, 0.25)
    radius, log_P = neighbours(rf.PowerLaw(alpha, M).eigenvalues, many**2, deltas)
    P, few = np.minimum(np.exp(log_P), 1.0), np.arange(2, 10)
    curve = [alpha / np.mean(spacing(P, np.log(radius) / 2, T)) for T in few]
    crossing = np.interp(4, curve, few)
    passed = {0.5: 6.1, 1.0: 3.8, 2.0: 2.35}[alpha]
    equal("16.9", f"# passes 4 at T = {passed}, alpha = {alpha}", crossing, passed, rel=0.03)
    measured, error = alpha / found[0, :, i].mean(0), off[0, :, i].std(0, ddof=1) / np.sqrt(60)
    for j, T in enumerate(samples):
        print(
            f"alpha = {alpha}, T = {T}: # = {measured[j]:.2f} +- {measured[j] * error[j]:.2f}, ",
            end="",
        )
        print(f"theory {alpha / theory[0, :, i, j].mean():.2f}, 2 log T = {2 * np.log(T):.2f}")

# %%
# By the same theory # passes 4 between T = 2.3 (for :math:`\alpha = 2`) and T = 6.1 (for 0.5),
# where nobody measures a dimension; at T = 4000 it is 15 to 20, and still grows. That it is
# constant, no drift, is excluded by more than 20 standard errors, though the size of the drift is
# known to a quarter only. So # = 4, 2 or 1 is not a law of this model.
#
# Why the exponent does not know the dimension
# --------------------------------------------
# The arguments with :math:`\alpha = \#/d` are about learners that interpolate between neighbours.
# Let such a learner give a test point the label of the nearest sample. For the isotropic teacher
# its mean loss is
#
# .. math:: \tfrac12 E_w (wx - wx')^2 = \frac{\sigma_w^2}{2M}\, r_1^2, \tag{16.14}
#
# so :math:`r_1^2` is what S is for a random-feature learner. By (16.6) and (16.10), with :math:`d
# \simeq z`,
#
# .. math:: r^2 = \Big(\frac{c\,(2 + \alpha)}{1 + \alpha}\Big)^{1+\alpha} d^{-\alpha}\Big[1 +
#           O\Big(\frac1d\Big)\Big], \qquad d \simeq \frac2\alpha\log T. \tag{16.15}
#
# Its loss falls with the exponent :math:`\alpha` in log T! Locally it is the power
# :math:`T^{-2/d}`, with the d at T: the geometric law, # = 2, holds for this learner at each T, and
# it learns hardly anything. A linear learner has :math:`\mathrm{df}_1 (\Delta) = T` and resolves as
# many directions as it has samples, where a neighbour resolves some log T. Its plateau is
# :math:`T\Delta \sim T^{-\alpha}` (step 10), at any T and with nothing that drifts. The spectrum,
# not a dimension, sets the exponent of the loss: the local exponent of `rf.predict` differs from
# :math:`\alpha` by a term of order 1/T only.

apart, sigma_w = rng.standard_normal(30), 1.4
misses = sigma_w / np.sqrt(30) * rng.standard_normal((200_000, 30)) @ apart  # w (x - x')
sampled(
    "16.14",
    "the label of a neighbour",
    misses**2 / 2,
    sigma_w**2 / (2 * 30) * np.sum(apart**2),
    0.02,
)
for alpha in (0.5, 1.6):
    points = []
    for delta in (1e-9, 1e-10):
        _, dfs, _ = large_T(alpha, delta)
        d, r2 = (
            float(form.subs(dict(zip((df1, df2, df3, df4), dfs, strict=True))))
            for form in (dimension, scale)
        )
        points.append(
            [
                d,
                (c_of(alpha) * (2 + alpha) / (1 + alpha)) ** (1 + alpha) * d**-alpha / (delta * r2)
                - 1,
            ]
        )
    by_order("16.15", f"r^2, alpha = {alpha}", *np.transpose(points), 1)
T = np.array([1e3, 1e4])
for alpha in alphas:
    model = unit_model(rf.PowerLaw(alpha, 10**18))
    plateau = [rf.predict(model, N=np.inf, T=size).signal for size in (T, 2 * T)]
    by_order(
        "16.15",
        f"the exponent of the loss, alpha = {alpha}",
        T,
        np.log2(plateau[0] / plateau[1]) - alpha,
        1,
    )

# %%
# Measured points and the theory for the same spectrum, as T grows. The dashed lines are the
# constants proposed.

figure, axes = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
for i, (alpha, color, marker) in enumerate(
    zip(alphas, ("#0072B2", "#009E73", "#D55E00"), "os^", strict=True)
):
    lam, y = rf.PowerLaw(alpha, M).eigenvalues, rng.standard_normal((300, M)) ** 2
    radius, log_P = neighbours(lam, y, deltas)
    sizes = np.geomspace(30, 10_000, 40)
    line = [
        alpha / np.mean(spacing(np.minimum(np.exp(log_P), 1.0), np.log(radius) / 2, size))
        for size in sizes
    ]
    axes.plot(sizes, line, color=color, lw=1.2)
    number = alpha / found[0, :, i].mean(0)
    error = number * off[0, :, i].std(0, ddof=1) / np.sqrt(60)
    axes.errorbar(
        samples, number, error, fmt=marker, ms=5, color=color, label=rf"$\alpha$ = {alpha}"
    )
axes.plot(sizes, 2 * np.log(sizes), color="black", lw=1, ls=":", label=r"$2\log T$")
for number in (4, 2, 1):
    axes.axhline(
        number, color="gray", lw=0.8, ls="--", label=r"$\# = 4, 2, 1$" if number == 4 else None
    )
axes.set(xscale="log", xlabel="samples $T$", ylabel=r"$\# = \alpha d$", ylim=(0, 23))
axes.legend(frameon=False, loc="upper left")
show(figure)
