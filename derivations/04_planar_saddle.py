r"""
4. The planar saddle and its fixed point
========================================

**The question.** Step 3 gave the inverse of K on average. Step 2 asks for the mean of :math:`F =
\log\det K` with its sources. Which function is it, and how many unknowns does one have to solve
for?

**What we find.** To leading order in the size, F is the stationary value of a function of just two
numbers, a and b. Without sources these follow from a single one, the resolution Delta, and that is
the root of one equation: every planar result is had from it.
"""

import mpmath as mp
import numpy as np
import sympy as sp
from common import (
    DF,
    F0,
    Delta,
    N,
    T,
    by_order,
    derivative,
    df,
    df1,
    draw,
    equal,
    equivalents,
    gamma,
    identity,
)
from common import power_law, resolution, slope, unit_model

import rfscale as rf

# %%
# The saddle
# ----------
# Consider, for two numbers a and b,
#
# .. math:: \Phi(a, b) = \mathrm{tr}\log\big[\gamma + (a\Lambda + s\Lambda')(b + tW)\big] + a -
#           T\log a + b - N\log b. \tag{4.1}
#
# All matrices in it are diagonal, so the trace is a sum over J. Its derivatives in a and b,
#
# .. math:: a\,\partial_a\Phi = \mathrm{tr}\,a\Lambda\,(b + tW)\bar R + a - T, \qquad
#           b\,\partial_b\Phi = \mathrm{tr}\,(a\Lambda + s\Lambda')\,b\bar R + b - N, \tag{4.2}
#
# with :math:`\bar R` of (3.9), vanish exactly where (3.10) holds. And where they vanish, only the
# explicit gamma counts in a derivative of :math:`\Phi` with respect to gamma,
#
# .. math:: \frac{d}{d\gamma}\,\Phi(a, b; \gamma) = \mathrm{tr}\,\bar R, \tag{4.3}
#
# which is what :math:`\partial_\gamma E F = E\,\mathrm{tr}\,K^{-1}` is to leading order. So F and
# the stationary value of :math:`\Phi` differ by a constant. It is found at :math:`\gamma \to
# \infty`, where F is :math:`M\log\gamma`, a = T and b = N:
#
# .. math:: F_0 = \Phi(a, b) - (T - T\log T) - (N - N\log N). \tag{4.4}
#
# This is the **planar** approximation, exact when all sizes go to infinity together. (The name is
# that of the diagrams of the talk: of all Gaussian contractions of the expanded inverse those
# survive that can be drawn without crossings; the term HAH of (3.3) belongs to the others. Why the
# stationary point is called a saddle is seen in step 6, where F is an integral over a and b.)

a, b, s, t = sp.symbols("a b s t", positive=True)
lam, test, W = (sp.symbols(f"{name}_1:3", positive=True) for name in ("lambda", "rho", "W"))
K = [gamma + (a * i + s * j) * (b + t * k) for i, j, k in zip(lam, test, W, strict=True)]
Phi = sum(map(sp.log, K)) + a - T * sp.log(a) + b - N * sp.log(b)
in_a = sum(a * i * (b + t * k) / each for i, k, each in zip(lam, W, K, strict=True)) + a - T
in_b = sum((a * i + s * j) * b / each for i, j, each in zip(lam, test, K, strict=True)) + b - N
identity("4.2", "slopes of Phi", a * sp.diff(Phi, a) - in_a, b * sp.diff(Phi, b) - in_b)
identity(
    "4.3", "the explicit derivative in gamma", sp.diff(Phi, gamma) - sum(1 / each for each in K)
)

base, base_test, base_W = (
    power_law(0.6, 4),
    np.array([1.5, 0.8, 0.1, 0.6]),
    np.array([1.5, 0.4, 2.0, 0.8]),
)
resolvent = equivalents(base, base_test, base_W, 5, 7, 3.0, 0.0, 0.0)[2]


def planar_F(*sources):
    return F0(base, base_test, base_W, 5, 7, *sources)


slope_of_F = derivative(planar_F, 3, 1, 0, 0)
equal("4.3", "the derivative of F_0 along the saddle", slope_of_F, 3 * np.sum(resolvent), rel=1e-9)
with mp.workdps(40):
    excess = [
        float(planar_F(mp.log(g), 0, 0) - 4 * mp.log(g)) for g in (mp.mpf(10) ** 8, mp.mpf(10) ** 9)
    ]
by_order("4.4", "F_0 against M log gamma", (1, 10), excess, order=1, within=1e-6)

# Its size against draws: F is of the order of the size, and what F_0 leaves out is of order 1.
rng = np.random.default_rng(4)
misses, stderrs = [], []
for k in (2, 4):
    repeated = [np.repeat(values, k) for values in (base, base_test, base_W)]
    sources = mp.log(3.0 * k**2), 1.5 * k, 0.7 * k
    logs = []
    for _ in range(24_000):
        u, x = draw(rng, repeated[0], 5 * k, 7 * k)
        data, features = (
            x @ x.T + np.diag(sources[1] * repeated[1]),
            u.T @ u + np.diag(sources[2] * repeated[2]),
        )
        logs.append(np.linalg.slogdet(3.0 * k**2 * np.eye(4 * k) + data @ features)[1])
    misses.append((np.mean(logs) - float(F0(*repeated, 5 * k, 7 * k, *sources))) / k)
    stderrs.append(np.std(logs) / np.sqrt(len(logs)) / k)
by_order(
    "4.1", "log det against Phi, per size", (2, 4), misses, order=1, within=0.3, stderrs=stderrs
)

# %%
# One unknown
# -----------
# Without sources the saddle is (3.11), and a and b are had from
#
# .. math:: \Delta = \frac{\gamma}{a b}. \tag{4.5}
#
# All that enters of the spectrum are sums over powers of :math:`p_J = \lambda_J/(\lambda_J +
# \Delta)`, the **degrees of freedom**
#
# .. math:: \mathrm{df}_k(\Delta) = \sum_J \Big(\frac{\lambda_J}{\lambda_J + \Delta}\Big)^k.
#           \tag{4.6}
#
# Multiply :math:`a = T - \mathrm{df}_1` and :math:`b = N - \mathrm{df}_1`: Delta is the root of
#
# .. math:: \Delta\,(N - \mathrm{df}_1)(T - \mathrm{df}_1) = \gamma, \qquad \mathrm{df}_1 < \min(N,
#           T). \tag{4.7}
#
# **What Delta means.** By (2.3) and (3.9) the mean of the error matrix is :math:`-\gamma\bar R`,
# with elements :math:`-\Delta/(\lambda_J + \Delta) = -(1 - p_J)`. A latent direction is learned to
# the fraction :math:`p_J`, which is near 1 where :math:`\lambda_J \gg \Delta` and near 0 where
# :math:`\lambda_J \ll \Delta`: Delta is the **resolution**. Their sum :math:`\mathrm{df}_1` is the
# effective number of directions that are learned. Each of them costs one sample and one feature:
# what is spare of both, times Delta, balances the ridge.
#
# **One root.** As :math:`dp_J/d\Delta = -\lambda_J/(\lambda_J + \Delta)^2 = -p_J(1 - p_J)/\Delta`,
#
# .. math:: \Delta\,\frac{d\,\mathrm{df}_k}{d\Delta} = -k\,(\mathrm{df}_k - \mathrm{df}_{k+1}).
#           \tag{4.8}
#
# The left side of (4.7) rises with Delta, and so does its logarithm:
#
# .. math:: \frac{d \log \Delta (N - \mathrm{df}_1)(T - \mathrm{df}_1)}{d\log\Delta}
#           = 1 + \frac{\mathrm{df}_1 - \mathrm{df}_2}{N - \mathrm{df}_1}
#           + \frac{\mathrm{df}_1 - \mathrm{df}_2}{T - \mathrm{df}_1}. \tag{4.9}
#
# All three terms are positive where both factors are. The left side starts at 0, where
# :math:`\mathrm{df}_1` is min(N, T), or at Delta = 0 if M is not above that, and it has no upper
# end. So there is one root for each gamma > 0.

for J in range(4):
    delta = 0.3 * base[J]
    learned = base[J] / (base[J] + delta)
    equal(
        "4.6", f"one direction, lambda = {base[J]:.2f}", df(3, base[J : J + 1], delta), learned**3
    )
found_a, found_b, _ = equivalents(base, base_test, base_W, 5, 7, 3.0, 0.0, 0.0)
delta = resolution(base, 5, 7, 3.0)
equal("4.5", "Delta of the saddle", 3.0 / (found_a * found_b), delta)
equal("4.7", "the fixed point", delta * (5 - df(1, base, delta)) * (7 - df(1, base, delta)), 3.0)

p = lam[0] / (lam[0] + Delta)
identity("4.8", "what is learned, and what is not", 1 - p - Delta / (lam[0] + Delta))
for k in (1, 2, 3):
    identity("4.8", f"how df_{k} changes", Delta * sp.diff(p**k, Delta) + k * (p**k - p ** (k + 1)))
    identity(
        "4.8", f"the shared function `slope` of df_{k}", slope(DF[k - 1]) + k * (DF[k - 1] - DF[k])
    )
product = slope(sp.log(Delta * (N - df1) * (T - df1)))
spread = df1 - DF[1]
identity("4.9", "the left side rises", product - (1 + spread / (N - df1) + spread / (T - df1)))

# %%
# Limits
# ------
# **A large ridge** leaves nothing to learn: :math:`\mathrm{df}_1 \to 0`. In (4.7), divided by
# :math:`(N - \mathrm{df}_1)(T - \mathrm{df}_1)`, :math:`\Delta = \frac{\gamma}{NT}\big[1 + (\frac1N
# + \frac1T)\, \mathrm{df}_1 + \dots\big]`, and as :math:`\Delta\,\mathrm{df}_1 \to
# \mathrm{tr}\,\Lambda`
#
# .. math:: \Delta = \frac{\gamma}{NT} + \Big(\frac1N + \frac1T\Big)\mathrm{tr}\,\Lambda +
#           O(1/\gamma). \tag{4.10}
#
# **Infinitely many features,** :math:`N \to \infty` with :math:`\gamma/N` fixed, are ridge
# regression on the latent data, and
#
# .. math:: \Delta\,(T - \mathrm{df}_1) = \gamma/N. \tag{4.11}
#
# **No ridge** is the subject of step 7.

ridges = np.array([1e5, 1e6])
rests = [resolution(base, 5, 7, g) - (g / (5 * 7) + (1 / 5 + 1 / 7) * np.sum(base)) for g in ridges]
by_order("4.10", "a large ridge, what is left", ridges, rests, order=1, within=1e-3)
features = np.array([1e5, 1e6])
gaps = []
for n in features:
    delta = resolution(base, n, 7, 0.3 * n)
    gaps.append(delta * (7 - df(1, base, delta)) / 0.3 - 1)
by_order("4.11", "many features", features, gaps, order=1, within=1e-3)

# %%
# The package
# -----------
# `rfscale.predict` solves (4.7) for any spectrum, sizes and ridge, in logarithms and without the
# differences of large numbers that (4.7) has at its ends.

spectrum = rf.PowerLaw(0.6, 50)
for kind in (spectrum, rf.Eigenvalues(spectrum.eigenvalues)):
    three = [df(k, kind.eigenvalues, 0.02) for k in (1, 2, 3)]
    equal(
        "4.6", f"df of rfscale.{type(kind).__name__}", [kind.df(k, 0.02) for k in (1, 2, 3)], three
    )
    equal("4.8", "and its df1_minus_df2", kind.df1_minus_df2(0.02), three[0] - three[1])
for sizes in [(5, 7, 3.0), (30, 20, 1e-3), (60, 80, 1e-2), (12, 12, 1e-6), (200, 10, 1e4)]:
    ours, theirs = (
        resolution(spectrum.eigenvalues, *sizes),
        rf.predict(unit_model(spectrum), *sizes).delta,
    )
    equal("4.7", "rfscale.predict, N = {}, T = {}, gamma = {:g}".format(*sizes), theirs, ours)
