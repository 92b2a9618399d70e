r"""
14. Label noise
===============

**The question.** The labels of the training samples are noisy. How much of the noise does the
learner take up, and by which power does the loss then fall?

**What we find.** Without a ridge and with many features the loss stops at
:math:`\sigma_\epsilon^2\alpha/2`: noise is taken up in proportion to the very exponent with which
the loss falls without noise. With the best ridge the loss goes on falling, as
:math:`T^{-\alpha/(1+\alpha)}` instead of :math:`T^{-\alpha}`, and fewer features suffice, :math:`N
\sim T^{1/(1+\alpha)}`. At :math:`\alpha = 1` the law :math:`k(1/N + 1/T)` becomes a quadratic
equation for the loss, with the noise in it. The losses without a ridge, (14.1), are in [MRS]; the
rest is derived here. A loss that label noise keeps above zero by a finite multiple of its variance
is called tempered; benign, if the multiple vanishes; catastrophic, if it diverges.
"""

import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import scipy
import sympy as sp
from common import (
    N,
    T,
    Delta,
    alpha,
    best_ridge_condition,
    by_order,
    c_of,
    df,
    df1,
    df2,
    df3,
    df4,
    equal,
    identity,
)
from common import losses, power_law, resolution, s, sampled, show, slope, unit_model

import rfscale as rf

# %%
# No ridge
# --------
# In the noise (5.9) set :math:`\mathrm{df}_1 = \min(N, T)`, as in (7.3) and (7.4):
#
# .. math:: \mathcal{V} = \frac{N}{T - N} \quad (N < T), \qquad \mathcal{V} = \frac{T}{N - T} +
#           \frac{\mathrm{df}_2}{T - \mathrm{df}_2} \quad (T < N). \tag{14.1}
#
# The signal is the same for N and T exchanged (2.10). The noise is not, and by how much is simple
# at any ridge,
#
# .. math:: \mathcal{V}(N, T) - \mathcal{V}(T, N) = \frac{(N - T)\,\mathrm{df}_2}{D}. \tag{14.2}
#
# The peak of step 8 is equally high on both sides. But with fewer features than samples the noise
# falls to zero with more samples, while with fewer samples than features there remains, for
# :math:`N \to \infty`,
#
# .. math:: \mathcal{V} = \frac{\mathrm{df}_2}{T - \mathrm{df}_2} = -\frac{d\log(T\Delta)}{d\log T}.
#           \tag{14.3}
#
# It is the local exponent (13.6) of the plateau :math:`T\Delta` of the signal: who learns fast from
# more samples also learns their noise. For a power law, where :math:`\mathrm{df}_1 = c\Delta^{-s} -
# 1/2` up to terms :math:`\propto \Delta` (step 9), and :math:`\mathrm{df}_1 - \mathrm{df}_2 =
# s(\mathrm{df}_1 + 1/2)` by (4.8),
#
# .. math:: \mathcal{V} = \alpha - \frac{1+\alpha}{2T+1} + O(T^{-(2+\alpha)}). \tag{14.4}
#
# So the loss has the floor :math:`\sigma_\epsilon^2\alpha/2`, which more samples do not remove, as
# long as there are fewer than M. It is low for small alpha (nearly benign), and high for large
# alpha: a spectrum that falls fast has no weak directions in which noise could be fitted at little
# harm.

S, V = losses(N, T, Delta, df1, df2)
A, B = N - df1, T - df1
D = A * B + (A + B) * (df1 - df2)
floor = df2 / (T - df2)
identity("14.1", "noise without ridge, N < T", V.subs(df1, N) - N / (T - N))
identity("14.1", "noise without ridge, T < N", V.subs(df1, T) - T / (N - T) - floor)
identity("14.2", "the noise is not dual", V - losses(T, N, Delta, df1, df2)[1] - (N - T) * df2 / D)
identity(
    "14.3",
    "the floor is an exponent",
    floor.subs(T, df1) + slope(sp.log(df1 * Delta)) / slope(sp.log(df1)),
)


def model(alpha, M, eta):
    """Its test loss is S + eta V."""
    return dataclasses.replace(unit_model(rf.PowerLaw(alpha, M)), sigma_eps=np.sqrt(2 * eta))


few = np.array([20, 40])
noise = rf.predict(model(1.5, 10**15, 1.0), np.inf, few).noise
by_order("14.4", "the floor", few, noise - (1.5 - 2.5 / (2 * few + 1)), 3.5)

# %%
# **One loop.** The mean over draws differs from the planar floor by a term of order 1/T, too. For
# :math:`N \to \infty` the :math:`F_1` of (6.9) is :math:`\frac12\log(1 - u^2\mathrm{df}_2/T)`, in
# coordinates u and Delta in which
#
# .. math:: \sigma = (T - u\,\mathrm{df}_1)\Big(\frac1u - 1\Big), \qquad
#           \frac{\gamma}{N} = \frac{\Delta}{u}\,(T - u\,\mathrm{df}_1), \tag{14.5}
#
# where :math:`\sigma` is the source that couples to :math:`\Lambda`, (6.8) without features. The
# noise is :math:`\mathcal{V} = \partial_\gamma(\gamma\,\partial_\sigma F)` at :math:`\sigma = 0`,
# as in step 2. That is u = 1 at any Delta: so :math:`\partial_\sigma` is a derivative by u in which
# Delta follows such that gamma stays, and :math:`\gamma\,\partial_\gamma` one by Delta alone. At u
# = 1 :math:`\partial_u F_1 = -\mathrm{df}_2/(T-\mathrm{df}_2)`, :math:`\Delta\,\partial_\Delta F_1
# = (\mathrm{df}_2-\mathrm{df}_3)/(T-\mathrm{df}_2)`, :math:`d\sigma/du = -(T-\mathrm{df}_1)`, and
# gamma stays if :math:`d\log\Delta/du = T/(T-\mathrm{df}_2)`. So
#
# .. math:: \partial_\sigma F_1 = \frac{Y}{T-\mathrm{df}_1}, \qquad
#           Y = \frac{T\,\mathrm{df}_3-\mathrm{df}_2^2}{(T-\mathrm{df}_2)^2}, \qquad
#           \mathcal{V}_1 = \frac{Y + \Delta\,dY/d\Delta}{T-\mathrm{df}_2}, \tag{14.6}
#
# the latter with :math:`d\log\Delta/d\log\gamma = (T-\mathrm{df}_1)/(T-\mathrm{df}_2)`. For a power
# law, :math:`\mathrm{df}_{k+1} = (1 - s/k)\,\mathrm{df}_k`, and :math:`\mathrm{df}_1 = T`, Y is
# :math:`\alpha/2` and its slope :math:`-(1-s)/2`: together :math:`(1-s)^2/2s`, which over sT is
# :math:`\alpha^2/2T`. With (14.4)
#
# .. math:: E\,\mathcal{V} = \alpha + \frac{\alpha^2 - \alpha - 1}{2T} + O(T^{-2}). \tag{14.7}

u, r = sp.symbols("u r", positive=True)
source, log_ridge, F_1 = (
    (T - u * df1) * (1 / u - 1),
    sp.log(Delta / u * (T - u * df1)),
    sp.log(1 - u**2 * df2 / T) / 2,
)
at_fixed_ridge = sp.diff(F_1, u) - slope(F_1) * sp.diff(log_ridge, u) / slope(log_ridge)
by_source = (at_fixed_ridge / sp.diff(source, u)).subs(u, 1)
one_loop = by_source + slope(by_source) / slope(log_ridge).subs(u, 1)
Y = (T * df3 - df2**2) / (T - df2) ** 2
identity("14.6", "by the source", by_source - Y / (T - df1))
identity("14.6", "the noise", one_loop - (Y + slope(Y)) / (T - df2))
any_ridge = sp.lambdify((T, df1, df2, df3, df4), one_loop)
lam = power_law(0.7, 60)
delta = scipy.optimize.brentq(
    lambda d: d * (23 - df(1, lam, d)) - 0.2, 1e-9, 1, xtol=1e-300, rtol=1e-15
)
orders = [
    rf.predict(model(0.7, 60, 1.0), 1e12, 23, 0.2e12, order=order).noise
    for order in ("one-loop", "planar")
]
more = any_ridge(23, *(df(k, lam, delta) for k in (1, 2, 3, 4)))
equal("14.5", "rfscale.predict, N infinite, any ridge", orders[0] - orders[1], more, rel=1e-9)

for form, value in ((df4, (1 - r / 3) * df3), (df3, (1 - r / 2) * df2), (df2, (1 - r) * df1)):
    one_loop = one_loop.subs(form, value)
one_loop = sp.cancel(one_loop).subs(T, df1).subs(r, s)
identity("14.6", "one loop adds", one_loop - alpha**2 / (2 * df1))
mean = sp.lambdify((alpha, T), alpha + (alpha**2 - alpha - 1) / (2 * T))
theirs = rf.asymptotics.ridgeless_finite_size_noise(model(1.5, 10**15, 1.0), np.inf, 10 * few)
by_order("14.7", "rfscale's finite size noise", few, theirs - mean(1.5, 10 * few), 2)


def kernel(lam, x, ridge):
    """Traces S and V of one draw with infinite N: u^T u/N is 1, the ridge is gamma/N."""
    predictor = np.linalg.solve(x.T @ x + ridge * np.eye(x.shape[1]), x.T)
    return np.sum((np.eye(len(lam)) - x @ predictor) ** 2 * lam), np.sum(predictor**2 * lam)


rng = np.random.default_rng(14)


def data(lam, T):
    """T samples."""
    return np.sqrt(lam)[:, None] * rng.standard_normal((len(lam), T))


lam = power_law(3.0, 120)
noises = [kernel(lam, data(lam, 20), 0)[1] for _ in range(4000)]
sampled("14.7", "the floor, simulated at T = 20, alpha = 3", noises, mean(3.0, 20.0), 0.02)

# %%
# The best ridge, many features
# -----------------------------
# For :math:`N \to \infty` at a given :math:`\gamma/N` the fixed point and the losses are
#
# .. math:: \Delta(T - \mathrm{df}_1) = \frac\gamma N, \qquad
#           \mathcal{S} = \frac{\Delta T(\mathrm{df}_1 - \mathrm{df}_2)}{T - \mathrm{df}_2}, \qquad
#           \mathcal{V} = \frac{\mathrm{df}_2}{T - \mathrm{df}_2}. \tag{14.8}
#
# On both sides of the condition (12.10) for the best ridge, terms with :math:`N^2(\mathrm{df}_2 -
# \mathrm{df}_3)` dominate:
#
# .. math:: \Delta(T - \mathrm{df}_1) = \eta, \qquad \text{hence} \qquad \frac\gamma N = \eta,
#           \tag{14.9}
#
# for any spectrum. In (14.8) this makes :math:`\eta\,\mathrm{df}_2 = \Delta(T -
# \mathrm{df}_1)\mathrm{df}_2`, the numerators add up to :math:`\Delta\,\mathrm{df}_1(T -
# \mathrm{df}_2)`, and the loss, in units of :math:`\sigma_w^2\lambda_+/2M`, is
#
# .. math:: E = \mathcal{S} + \eta\mathcal{V} = \Delta\,\mathrm{df}_1 = T\Delta - \eta. \tag{14.10}
#
# **Why eta.** The learner that sees all of x and knows that teacher and noise are Gaussian with
# variances 1 and eta does best with the posterior mean, which is ridge regression with the ridge
# eta. What it has left is the posterior variance,
#
# .. math:: \mathcal{S} + \eta\mathcal{V} = \mathrm{tr}\,\Lambda\Big(1 + \frac{x
#           x^T}{\eta}\Big)^{-1} \quad\text{at}\quad \frac\gamma N = \eta, \tag{14.11}
#
# for each draw of x. So (14.9) is right at any size, not only in the planar limit.

eta, ell = sp.symbols("eta ell", positive=True)
noisy = best_ridge_condition(N, T, Delta, df1, df2, df3, eta)
many = [Delta * T * (df1 - df2) / (T - df2), df2 / (T - df2)]
identity(
    "14.8",
    "losses, N to infinity",
    *(sp.limit(form, N, sp.oo) - value for form, value in zip((S, V), many, strict=True)),
)
identity(
    "14.9", "the best ridge", sp.limit(noisy / N**2, N, sp.oo) - (df2 - df3) * (Delta * B - eta)
)
identity("14.9", "by the fixed point (4.7)", sp.limit(Delta * A * B / N, N, sp.oo) - Delta * B)
identity("14.10", "the loss", (many[0] + eta * many[1]).subs(eta, Delta * B) - Delta * df1)
identity("14.10", "again", (T * Delta - eta).subs(eta, Delta * B) - Delta * df1)

x = data(lam, 20)
variance = np.sum(lam * np.diag(np.linalg.inv(np.eye(120) + x @ x.T / 0.03)))
equal("14.11", "the posterior variance", np.dot(kernel(lam, x, 0.03), [1, 0.03]), variance)
search = scipy.optimize.minimize_scalar(
    lambda z: np.dot(kernel(lam, x, np.exp(z)), [1, 0.03]), bounds=(-9, 2)
)
equal("14.11", "the best ridge of this draw", np.exp(search.x), 0.03, rel=1e-4)

# %%
# The slower law
# --------------
# For a power law :math:`E = \Delta\,\mathrm{df}_1 = c\,\Delta^{1-s}`, that is :math:`\Delta =
# (E/c)^{1+1/\alpha}`, and (14.10) is one equation for the loss at all T and eta,
#
# .. math:: T\Big(\frac Ec\Big)^{1+1/\alpha} = E + \eta. \tag{14.12}
#
# Without noise it is :math:`E = CT^{-\alpha}`. When the loss is far below eta,
#
# .. math:: E \to c\,\Big(\frac\eta T\Big)^{\alpha/(1+\alpha)}. \tag{14.13}
#
# The one becomes the other where the law without noise comes down to the noise, at
# :math:`T_\times`,
#
# .. math:: T_\times = \Big(\frac C\eta\Big)^{1/\alpha}, \qquad t = \frac{T}{T_\times}, \; \ell =
#           \frac E\eta: \qquad t = (1 + \ell)\,\ell^{-(1+1/\alpha)}. \tag{14.14}
#
# At :math:`\alpha = 1` and :math:`T_\times` the loss is the golden ratio, :math:`\ell^2 = 1 +
# \ell`. Without a ridge it is :math:`t^{-\alpha} + \alpha = 2`. The ridge gains a factor of 1.24
# there, and without bound later.

t_of_ell = (1 + ell) * ell ** -(1 + 1 / alpha)
golden = (1 + sp.sqrt(5)) / 2
identity("14.14", "the golden ratio", t_of_ell.subs({alpha: 1, ell: golden}) - 1)
equal("14.14", "what the ridge gains there", round(float(2 / golden), 2), 1.24)
value, loss, noise = 0.6, 0.3, 0.2
samples = (loss + noise) / (loss / c_of(value)) ** (1 + 1 / value)
shares = (
    samples / (c_of(value) ** (1 + value) / noise) ** (1 / value),
    t_of_ell.subs({alpha: value, ell: loss / noise}),
)
equal("14.14", "in units of the crossover", *shares)


def best(value, N, T, noises):
    """The package's E, at each T with its own noise."""
    found = [
        rf.optimal_ridge(model(value, 10**18, noise), N, T)
        for N, T, noise in np.broadcast(N, T, noises)
    ]
    return np.array([float(point.prediction.test) for point in found])


for value in (0.6, 1.5):
    sizes = np.array([200, 400])
    noises = 0.4 * c_of(value) ** (1 + value) * (sizes / 3) ** -value
    found = best(value, np.inf, sizes, noises)
    left = sizes * (found / c_of(value)) ** (1 + 1 / value)
    by_order(
        "14.12", f"rfscale.optimal_ridge, alpha = {value}", sizes, left / (found + noises) - 1, 1
    )
late = np.array([1e12, 4e12])
by_order(
    "14.13",
    "late",
    late,
    best(0.6, np.inf, late, 0.3) / (c_of(0.6) * (0.3 / late) ** (0.6 / 1.6)) - 1,
    0.6 / 1.6,
)

# %%
# How many features are needed?
# -----------------------------
# Expand the loss in 1/N. At the optimum the change of Delta does not count, so that Delta is that
# of (14.9). With :math:`B = T - \mathrm{df}_1`, (13.1) is :math:`D = N(T - \mathrm{df}_2) - X`,
# :math:`X = B\,\mathrm{df}_2 + \mathrm{df}_1(\mathrm{df}_1 - \mathrm{df}_2)`. It makes the loss
# (14.10) larger by :math:`X/N(T - \mathrm{df}_2)` of it, while the numerator of
# :math:`\eta\mathcal{V}` becomes smaller by :math:`\Delta\,\mathrm{df}_1 B(2\,\mathrm{df}_2 -
# \mathrm{df}_1)/N`. What is left of :math:`X - B(2\,\mathrm{df}_2 - \mathrm{df}_1)` is
# :math:`T(\mathrm{df}_1 - \mathrm{df}_2)`,
#
# .. math:: E = \Delta\,\mathrm{df}_1\Big[1 + \frac{T\,(\mathrm{df}_1 - \mathrm{df}_2)}{N\,(T -
#           \mathrm{df}_2)} + O(N^{-2})\Big]. \tag{14.15}
#
# For a power law and late, where :math:`\mathrm{df}_1 \ll T`, that is :math:`1 +
# s\,\mathrm{df}_1/N`. Features do not limit once they are more than :math:`\mathrm{df}_1 =
# c(T/\eta)^s`: no longer as many as samples, as in step 13, but :math:`N \sim T^{1/(1+\alpha)}`.
# What noise hides from the learner needs no features.

correction = T * (df1 - df2) / (T - df2)
expansion = (S + eta * V).subs(eta, Delta * B) / (Delta * df1) - 1
identity("14.15", "few features", sp.limit(sp.cancel(N * expansion), N, sp.oo) - correction)

# %%
# All of it at alpha = 1
# ----------------------
# There :math:`\mathrm{df}_2 = \frac12\mathrm{df}_1` and :math:`\mathrm{df}_3 =
# \frac38\mathrm{df}_1`. In (12.10) the brackets become :math:`\frac18\mathrm{df}_1(AB -
# \mathrm{df}_1^2)` and :math:`\frac18\mathrm{df}_1(A + \mathrm{df}_1)^2 = \frac18\mathrm{df}_1
# N^2`, so that the optimum is at :math:`\Delta[NT - (N+T)\mathrm{df}_1] = \eta N`. The numerator of
# :math:`\mathcal{V}` is :math:`\frac12 N\mathrm{df}_1`, so that of the loss is
# :math:`\frac12\mathrm{df}_1(\Delta NT + \eta N) = \Delta\,\mathrm{df}_1[NT -
# \frac12(N+T)\mathrm{df}_1]`, and the last bracket is D: the loss is :math:`E =
# \Delta\,\mathrm{df}_1` for all N and T. With :math:`\Delta = C/\mathrm{df}_1^2`, that is
# :math:`\Delta = E^2/C`, the condition is an equation for the loss,
#
# .. math:: \frac{E^2}{C} = \Big(\frac1N + \frac1T\Big)E + \frac\eta T, \qquad C = \frac{\pi^2}{4}.
#           \tag{14.16}
#
# Without noise it is :math:`E = C(1/N + 1/T)`, (12.19): here is what noise makes of the
# phenomenological law.

half = {df2: df1 / 2, df3: 3 * df1 / 8}
eta_best = sp.solve(noisy.subs(half), eta)[0]
E = (S + eta * V).subs(half).subs(eta, eta_best)
identity("14.16", "the loss is Delta df1", E - Delta * df1)
quadratic = E**2 / (sp.pi**2 / 4) - (1 / N + 1 / T) * E - eta_best / T
identity("14.16", "the quadratic equation", quadratic.subs(Delta, sp.pi**2 / 4 / df1**2))
sizes = np.array([200, 400])
found = best(1.0, 3 * sizes, sizes, 7 / sizes)
left = found**2 / (np.pi**2 / 4) / ((1 / (3 * sizes) + 1 / sizes) * found + 7 / sizes**2)
by_order("14.16", "rfscale.optimal_ridge", sizes, left - 1, 1)

# %%
# Allocation, with noise
# ----------------------
# The best shares of a budget P = N T are :math:`T/N = 1 + \eta/E` (13.4). When the loss is far
# below eta there are many more samples than features, and for :math:`T \gg N` only :math:`\eta/T`
# is left of T and eta in (12.10) and in the loss: by the scaling of a power law E is
# :math:`(\eta/T)^{1-s}` times a function of :math:`N(\eta/T)^s`. If :math:`N \sim T^s` the loss has
# the power of (14.13), and that is what (13.4) says as well: :math:`N = TE/\eta \sim
# T^{1/(1+\alpha)}`. Then :math:`P \sim T^{(2+\alpha)/(1+\alpha)}`, and
#
# .. math:: E \sim P^{-\alpha/(2+\alpha)}, \qquad N \sim P^{1/(2+\alpha)}, \qquad T \sim
#           P^{(1+\alpha)/(2+\alpha)}. \tag{14.17}
#
# At :math:`\alpha = 1` the constant is simple. In (14.16) :math:`E/N = ET/P` and :math:`\eta/T`,
# with :math:`T^2 = P\eta/E`, are both :math:`\sqrt{E\eta/P}`, and E/T is small: :math:`E^2 =
# 2C\sqrt{E\eta/P}`, or
#
# .. math:: E \to \Big(\frac{\pi^4\eta}{4P}\Big)^{1/3}. \tag{14.18}

budgets = np.array([1e16, 1e18])
for value in (0.8, 1.7):
    found = rf.compute_optimal(model(value, 10**18, 0.7), budgets, "optimal")
    powers = [
        np.log(sizes[1] / sizes[0]) / np.log(budgets[1] / budgets[0])
        for sizes in (found.test, found.N, found.T)
    ]
    expected = [-value / (2 + value), 1 / (2 + value), (1 + value) / (2 + value)]
    equal(
        "14.17", f"rfscale.compute_optimal, powers at alpha = {value}", powers, expected, rel=1e-4
    )
found = rf.compute_optimal(model(1.0, 10**18, 0.7), budgets, "optimal").test
by_order(
    "14.18",
    "its loss at alpha = 1",
    budgets,
    found / (np.pi**4 * 0.7 / (4 * budgets)) ** (1 / 3) - 1,
    1 / 3,
    within=0.03,
)

# %%
# The package
# -----------
# `rf.predict` and `rf.asymptotics.plateau_data` have the floor, `rf.optimal_ridge` the loss beyond
# it; here for a finite spectrum, and with finitely many features for (14.15).

lam, T_0, noise = power_law(0.7, 60), 13, 0.05
finite = model(0.7, 60, noise)
delta = resolution(lam, 31, T_0, 0)
two = df(2, lam, delta)
equal(
    "14.3",
    "rfscale.asymptotics.plateau_data",
    rf.asymptotics.plateau_data(finite, T_0),
    T_0 * delta + noise * two / (T_0 - two),
)
bare = rf.predict(finite, [9, 31], T_0)
equal(
    "14.1",
    "rfscale.predict",
    bare.noise / noise,
    [9 / (T_0 - 9), T_0 / (31 - T_0) + two / (T_0 - two)],
)

delta = scipy.optimize.brentq(
    lambda d: d * (T_0 - df(1, lam, d)) - noise, 1e-9, 1, xtol=1e-300, rtol=1e-15
)
one, two = df(1, lam, delta), df(2, lam, delta)
limit = rf.optimal_ridge(finite, np.inf, T_0).prediction
equal("14.9", "rfscale.optimal_ridge, N infinite", limit.delta, delta)
equal("14.10", "and its loss", limit.test, delta * one)
features = np.array([1e3, 2e3])
tests = rf.optimal_ridge(finite, features, T_0).prediction.test
by_order(
    "14.15",
    "N finite",
    features,
    tests / (delta * one) - 1 - T_0 * (one - two) / (features * (T_0 - two)),
    2,
)

# %%
# The loss of infinitely many features in units of eta, at :math:`\alpha = 1`: theory (lines) and
# means of 8 draws (points).

figure, axes = plt.subplots(figsize=(6, 4))
lam, noise = power_law(1.0, 600), 0.05
crossing = c_of(1.0) ** 2 / noise
drawn = np.geomspace(30, 0.2, 99)
times = sp.lambdify(ell, t_of_ell.subs(alpha, 1))(drawn)
curves = (
    (noise, drawn, "#0072B2", "-", "best ridge"),
    (0.0, 1 / times + 1, "#D55E00", "--", "no ridge"),
    (None, 1 / times, "#000000", ":", "no noise"),
)
draws = {T_0: [data(lam, T_0) for _ in range(8)] for T_0 in (12, 30, 75)}
for ridge, losses_drawn, colour, dashes, label in curves:
    shares = []
    axes.loglog(times, losses_drawn, dashes, color=colour, label=label)
    for T_0 in draws if ridge is not None else ():
        points, time = (
            [np.dot(kernel(lam, x, ridge), [1, noise]) / noise for x in draws[T_0]],
            T_0 / crossing,
        )
        axes.errorbar(time, np.mean(points), scipy.stats.sem(points), fmt="o", color=colour)
        one_loop = (
            rf.predict(model(1.0, 600, noise), 1e12, T_0, ridge * 1e12, order="one-loop").test
            / noise
        )
        shares.append(points / one_loop)
    if shares:
        sampled("14.14", f"{label}, simulated", np.mean(shares, axis=0), 1.0, power=0.25)
    at_two = {"best ridge": 1, "no ridge": 1 + 1 / 2, "no noise": 1 / 2}[label]
    equal(
        "14.14",
        f"{label}, at t = 2",
        np.interp(np.log(2), np.log(times), losses_drawn),
        at_two,
        rel=0.01,
    )
axes.set(xlabel=r"$T/T_\times$", ylabel=r"$E/\eta$", ylim=(0.1, 60))
axes.legend(loc="lower left")
show(figure)
