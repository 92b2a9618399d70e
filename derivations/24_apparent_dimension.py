r"""
24. What estimators of a dimension see
======================================

**The question.** Estimators of an intrinsic dimension look at the distances to nearest neighbours.
Step 16 has what one finds for Gaussian data of any spectrum, as a mean over points and distances.
Is there one formula for it, without a mean, and at which neighbours does each estimator look?

**What we find.** :math:`d = 2\,\mathrm{df}_1 - \mathrm{df}_2`, at the resolution where a ball holds
k of T points. It is known from small balls, to leading order: a power law has :math:`d =
(2/\alpha)\log T`, whatever M. Estimators differ in k, and for the nearest neighbour log k is minus
Euler's constant. So :math:`\#` in :math:`d = \#/\alpha` is :math:`2\log T`, and d has nothing to
do with the number of latent dimensions.

The number has another name. A smoother that shrinks each direction by :math:`p_J`, such as a ridge
:math:`\Delta`, is a matrix S with :math:`\mathrm{tr}\,(2S - SS^T) = 2\,\mathrm{df}_1 -
\mathrm{df}_2`. These are the degrees of freedom that it takes from the errors (Hastie and
Tibshirani, *Generalized Additive Models*, 1990).

The leading order of balls around the centre is due to Sytaya (1974); see Nazarov, arXiv:0805.1773.
Step 16 has balls around points of the data. There the pole :math:`1/\theta` of (16.4) was part of
the exponent and moved its saddle point. Here it is not. At the minimum :math:`\theta =
1/(2\Delta)` of :math:`\theta r^2 + K` the typical point has, by (16.5),

.. math:: r^2 = \Delta\,(2\,\mathrm{df}_1 - \mathrm{df}_2), \qquad -\log P \simeq
          \tfrac12\Big[\sum_J\log\Big(1 + \frac{\lambda_J}{\Delta}\Big) - \mathrm{df}_1 +
          \mathrm{df}_2 + \log 2\pi B\Big], \tag{24.1}

where :math:`B = \theta^2K'' = \tfrac32\mathrm{df}_2 - \mathrm{df}_3` is of the order of d. What
does the pole cost? On the line :math:`\theta(1 + iy)` it is :math:`1 - iy - y^2 + \ldots`, and the
exponent is :math:`-\tfrac12By^2 + \tfrac16\kappa_3(iy)^3 + \tfrac1{24}\kappa_4y^4 + \ldots` with
:math:`\kappa_n = \theta^nK^{(n)}`, that is :math:`\kappa_3 = 3\,\mathrm{df}_4 - 4\,\mathrm{df}_3`
and :math:`\kappa_4 = 15\,\mathrm{df}_4 - 12\,\mathrm{df}_5`. The means of :math:`y^2, y^4, y^6` are
:math:`1/B, 3/B^2, 15/B^3`, so the next order multiplies P by :math:`1 - 1/B - \kappa_3/(2B^2) +
\kappa_4/(8B^2) - 5\kappa_3^2/(24B^3)`. The pole makes :math:`-1/B`, of its :math:`-y^2`, and the
next term, of its :math:`-iy` beside the cubic one. They are of relative order 1/d, as are the
others, which any saddle point leaves out: to leading order the pole costs nothing.

For M equal eigenvalues P is known: :math:`r^2` has the noncentral :math:`\chi^2` distribution of M
degrees of freedom. For others the integral (16.4) is done numerically. Without the next order the
gaps fall as 1/d, with it as :math:`1/d^2`.
"""

import numpy as np
import sympy as sp
from common import (
    below,
    bent_line,
    by_order,
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
    slope,
)
from scipy.optimize import brentq
from scipy.special import binom, digamma
from scipy.stats import chi2, ncx2

import rfscale as rf


def ball(lam, delta):
    """r^2 and -log P (24.1), and the next order, which multiplies P."""
    one, two, three, four, five = (df(k, lam, delta) for k in range(1, 6))
    B, third, fourth = 1.5 * two - three, 3 * four - 4 * three, 15 * four - 12 * five
    log_share = (np.log1p(lam / delta).sum() - one + two + np.log(2 * np.pi * B)) / 2
    pole = -1 / B - third / (2 * B**2)
    others = fourth / (8 * B**2) - 5 * third**2 / (24 * B**3)
    return delta * (2 * one - two), log_share, 1 + pole + others


def compared(name, sizes, balls, exact):
    """P by (24.1) alone, and with the next order."""
    _, log_share, next_order = np.transpose(balls)
    P = np.exp(-log_share)
    by_order("24.1", name, sizes, P / exact - 1, 1)
    by_order("24.1", f"{name}, with the next order", sizes, P * next_order / exact - 1, 2)


sizes = [40, 80]
balls = [ball(np.ones(M), 0.3) for M in sizes]
exact = [ncx2.cdf(r2, M, M) for M, (r2, *_) in zip(sizes, balls, strict=True)]
compared("equal eigenvalues", sizes, balls, exact)
lam, deltas = power_law(1.0, 2000), np.array([2e-4, 5e-5])
balls = np.array([ball(lam, delta) for delta in deltas])
pairs = zip(balls[:, 0], 1 / (2 * deltas), strict=True)
exact = [inverted(of_typical_point(lam), r2, theta, 4) for r2, theta in pairs]
compared("a power law", balls[:, 0] / deltas, balls, exact)

# %%
# The dimension
# -------------
# With :math:`d\log r/d\log\Delta = B/(2\,\mathrm{df}_1 - \mathrm{df}_2)` the slope of P is
#
# .. math:: \frac{d\log P}{d\log r} = (2\,\mathrm{df}_1 - \mathrm{df}_2)\Big[1 + \frac{3}{2B^2}
#           (\mathrm{df}_2 - 2\,\mathrm{df}_3 + \mathrm{df}_4)\Big]. \tag{24.2}
#
# The exponent of (24.1) alone gives the first factor, exactly; what the root of B adds to it is of
# order 1. For a power law and large d it is :math:`1/\alpha`, by (16.10); where :math:`\Delta` is
# below all eigenvalues it is 0, and d = M. Points that are not typical, whose :math:`y_J` of (16.1)
# scatter, take off a term of the same order, in the samples below about half as large. Both are
# left out here.

first, B = 2 * df1 - df2, sp.Rational(3, 2) * df2 - df3
in_radius = (1 + slope(first) / first) / 2
identity("24.2", "d log r/d log Delta", in_radius - B / first)
of_exponent = (df1 + slope(df1 - df2)) / 2  # the sum of logarithms has the slope -df1
identity("24.2", "the exponent alone", of_exponent / in_radius - first)
whole = first * (1 + sp.Rational(3, 2) * (df2 - 2 * df3 + df4) / B**2)
identity("24.2", "with the root of B", (of_exponent - slope(B) / B / 2) / in_radius - whole)
near = [ball(lam, delta)[:2] for delta in np.geomspace(0.009999, 0.010001, 2)]
(radius, log_share), (radius_2, log_share_2) = near
DFS = {name: df(k, lam, 0.01) for k, name in enumerate((df1, df2, df3, df4), 1)}
found = 2 * (log_share - log_share_2) / np.log(radius_2 / radius)
equal("24.2", "in numbers", found, float(whole.subs(DFS)), 1e-7)

# %%
# Which neighbours
# ----------------
# Let :math:`r_k` be the distance to the k-th nearest of T samples. The probability of its ball is
# the k-th smallest of T evenly distributed numbers, whatever the data, so that
#
# .. math:: E\log P(r_k) = \psi(k) - \psi(T + 1) \simeq \psi(k) - \log T, \tag{24.3}
#
# with the digamma function :math:`\psi(k) = -0.577, 0.423, 0.923, \ldots`, about :math:`\log(k -
# \tfrac12)`. In the mean over log r, on which the dimension depends smoothly, the ball holds not k
# points but :math:`e^{\psi(k)}`, for the nearest neighbour 0.56: it is that much closer. As in
# (16.9), exactly k samples are inside r where the k-th is and the next is not,
#
# .. math:: E\log\frac{r_{k+1}}{r_k} = \int\binom Tk P^k (1 - P)^{T-k}\, d\log r = \frac1k
#           E\Big[\frac1{d(P(r_k))}\Big]. \tag{24.4}
#
# TwoNN (Facco, d'Errico, Rodriguez and Laio 2017), in its form of maximum likelihood, is one over
# the mean of :math:`\log(r_2/r_1)`: it sees k = 1. The estimator of Levina and Bickel (2004) with K
# neighbours is the same of :math:`\frac1{K-1}\sum_{j<K}\log(r_K/r_j)`, averaged over points. Each
# such logarithm is a sum of those of (24.4), in which the one of :math:`r_{k+1}/r_k` occurs k
# times, so that
#
# .. math:: \frac1{K-1}\sum_{j<K} E\log\frac{r_K}{r_j} = \frac1{K-1}\sum_{k=1}^{K-1}
#           E\Big[\frac1{d(P(r_k))}\Big]. \tag{24.5}
#
# It sees the neighbours 1 to K - 1 alike. The mean of their :math:`\psi(k)` is :math:`\psi(K) - 1`,
# that of :math:`k \simeq K/e + 0.3`. Dimensions from the correlation integral are slopes of the
# mean of P, where points near the centre count most, and are lower.

rng = np.random.default_rng(24)
T, K = 40, 6
shares = np.sort(rng.random((40_000, T)), axis=1)[:, :K]
for k in (1, 4):
    exact = digamma(k) - digamma(T + 1)
    sampled("24.3", f"the neighbour {k}", np.log(shares[:, k - 1]), exact, 0.02)
r_grid, P_grid, d_grid = bent_line()
radii = np.interp(shares, P_grid, r_grid)
inverse = 1 / np.interp(radii, r_grid, d_grid)
k, P = 4, P_grid
weights = binom(T, k) * P**k * (1 - P) ** (T - k)
mean, same = np.trapezoid(weights, np.log(r_grid)), np.trapezoid(weights / d_grid / P, P)
equal("24.4", "its two integrals", mean, same, 1e-6)
ratios = np.log(radii[:, k] / radii[:, k - 1])
sampled("24.4", "in a line that bends", ratios, mean, 0.04)
sampled("24.4", "the mean of 1/d", inverse[:, k - 1] / k, mean, 0.02)
logs = np.log(radii[:, K - 1 :] / radii[:, : K - 1]).mean(1)
sampled("24.5", "Levina and Bickel", logs / inverse[:, : K - 1].mean(), 1, 0.02)
for K in (3, 20):
    equal("24.5", f"{K} neighbours", digamma(np.arange(1, K)).mean(), digamma(K) - 1)
seen = 20 / np.e + 0.3
equal("24.5", "K/e + 0.3", digamma(seen), digamma(20) - 1, 1e-3)

# %%
# The formula
# -----------
# What the k-th of T neighbours shows is, up to a relative error of order 1/d,
#
# .. math:: d(T, k) = 2\,\mathrm{df}_1 - \mathrm{df}_2 \quad\text{at}\quad \log T - \psi(k) = -\log
#           P(\Delta), \tag{24.6}
#
# with P from (24.1). For M equal eigenvalues all means can be done: over points, whose
# :math:`\sum_J y_J` has a :math:`\chi^2` distribution, and over shares of the neighbour. With log T
# in proportion to M the formula is approached as 1/M. For a power law it is tried on samples: the
# two estimators differ from it by less than the term :math:`1/\alpha` of (24.2).


def mean_inverse(M, log_T):
    """E[1/d] at the nearest neighbour of many samples, for M equal eigenvalues."""
    points = chi2.ppf((np.arange(40) + 0.5) / 40, M)
    shares = np.exp(-log_T) * -np.log((np.arange(40) + 0.5) / 40)  # exponential: T is large
    rows = []
    for y in points:
        grid = np.linspace(-14, 0, 500) + np.log(y)  # log r^2
        log_P = np.log(ncx2.cdf(np.exp(grid), M, y))
        found = np.interp(np.log(shares), log_P, np.gradient(grid / 2, log_P))
        rows.append(found.mean())
    return np.mean(rows)


sizes, gaps = [20, 40, 80], []
for M in sizes:
    d = rf.apparent_dimension(rf.Eigenvalues(np.ones(M)), np.exp(M / 2))
    gaps.append(d * mean_inverse(M, M / 2) - 1)
by_order("24.6", "rfscale.apparent_dimension, equal eigenvalues", sizes, gaps, 1)
lam = power_law(0.7, 50)
delta = brentq(lambda delta: ball(lam, delta)[1] - np.log(300) + digamma(3), 1e-6, 1e2, xtol=1e-16)
d = 2 * df(1, lam, delta) - df(2, lam, delta)
equal("24.6", "by bisection", rf.apparent_dimension(rf.PowerLaw(0.7, 50), 300, 3), d)


def estimates(lam, T, K=20):
    """TwoNN and Levina and Bickel's, of one set of samples."""
    x = np.sqrt(lam) * rng.standard_normal((T, len(lam)))
    squares = np.sum(x**2, 1)
    r2 = squares[:, None] + squares - 2 * x @ x.T
    np.fill_diagonal(r2, np.inf)
    log_r = np.log(np.sort(np.partition(r2, K, 1)[:, :K], 1)) / 2
    return 1 / np.mean(log_r[:, 1] - log_r[:, 0]), 1 / np.mean(log_r[:, -1:] - log_r[:, :-1])


for alpha in (0.5, 1.0, 2.0):
    law = rf.PowerLaw(alpha, 400)
    found = np.mean([estimates(law.eigenvalues, 1000) for _ in range(4)], axis=0)
    said = [rf.apparent_dimension(law, 1000, k) for k in (1, seen)]
    print(f"alpha = {alpha}: TwoNN, Levina and Bickel {found.round(1)}, ", end="")
    print(f"formula {np.round(said, 1)}")
    below("24.5, 24.6", f"what is left out, alpha = {alpha}", np.abs(found - said), 1 / alpha)

# %%
# The power law
# -------------
# By the sums of (16.10), with z for :math:`2\,\mathrm{df}_1 - \mathrm{df}_2 + \tfrac12`, the right
# side of (24.6) is that of (16.11) without the -1, and
#
# .. math:: \alpha d = 2\,[\log T - \psi(k)] - \frac{1 - \alpha}2\log d - \frac\alpha2 - 2k_\alpha +
#           O\Big(\frac1d\Big). \tag{24.7}
#
# As in (16.12) :math:`\#` is :math:`2\log T` to leading order; the constant is another one by what
# (24.2) leaves out. M counts only where :math:`\Delta` is near :math:`\lambda_M`: with
# :math:`\alpha = 1` and T = 2000 thirty latent dimensions show four fifths of what infinitely many
# do.


T = np.array([1e100, 1e300])
for alpha in (0.5, 1.6):
    d = rf.apparent_dimension(rf.PowerLaw(alpha, int(1e18)), T, 3)
    law = 2 * (np.log(T) - digamma(3)) - (1 - alpha) / 2 * np.log(d) - alpha / 2 - 2 * k_of(alpha)
    by_order("24.7", f"rfscale.apparent_dimension, alpha = {alpha}", d, law - alpha * d, 1)
few, many = (rf.apparent_dimension(rf.PowerLaw(1.0, M), 2000) for M in (30, int(1e18)))
equal("24.7", "thirty latent dimensions", few / many, 0.8, 0.02)
