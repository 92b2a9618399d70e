r"""
12. The optimal ridge
=====================

**The question.** Of all ridges, which gives the least test loss, how small is that loss, and is it
the law :math:`k(1/N + 1/T)^\alpha` that is used to describe measured losses?

**What we find.** The loss depends on the ridge through Delta alone, so the search is in one
dimension, and the slope of the loss is exact for any spectrum. At the best ridge there is no double
descent. For a power law the best ridge and its loss are closed forms. At :math:`\alpha = 1` the law
above is exact, with one ridge for all N and T; for other alpha it has the right limits and is wrong
in between by a factor that we give. The law and its constant k are of [MRS]; the rest is derived
here.

Throughout, A and B are the features and the samples that are not used up,

.. math:: A = N - \mathrm{df}_1, \qquad B = T - \mathrm{df}_1, \qquad D = AB + (A + B)(\mathrm{df}_1
          - \mathrm{df}_2). \tag{12.1}
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
    below,
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
from common import kappa, losses, planar, power_law, s, sampled, show, slope, unit_model

import rfscale as rf

S, V = losses(N, T, Delta, df1, df2)
A, B = N - df1, T - df1
D = A * B + (A + B) * (df1 - df2)
identity("12.1", "D is that of (5.7)", D - Delta * N * T * (df1 - df2) / S)

# %%
# The slope of the loss
# ---------------------
# Take :math:`\Delta\,d/d\Delta` of everything, by (4.8). A and B both have the slope
# :math:`\mathrm{df}_1 - \mathrm{df}_2`. The numerator of the signal has a slope that is as simple,
#
# .. math:: \Delta\frac{d}{d\Delta}\big[\Delta(\mathrm{df}_1 - \mathrm{df}_2)\big]
#           = 2\Delta(\mathrm{df}_2 - \mathrm{df}_3), \tag{12.2}
#
# because :math:`\mathrm{df}_1 - \mathrm{df}_2` has the slope :math:`-(\mathrm{df}_1 -
# \mathrm{df}_2) + 2(\mathrm{df}_2 - \mathrm{df}_3)`. With that, D has the slope
# :math:`2(\mathrm{df}_1 - \mathrm{df}_2)^2 + 2(A + B)(\mathrm{df}_2 - \mathrm{df}_3)`. In
# :math:`d\log\mathcal{S} = d\log[\Delta(\mathrm{df}_1 - \mathrm{df}_2)] - d\log D`, brought over
# one denominator, the terms :math:`(A + B)(\mathrm{df}_1 - \mathrm{df}_2)(\mathrm{df}_2 -
# \mathrm{df}_3)` cancel:
#
# .. math:: \frac{d\log\mathcal{S}}{d\log\Delta} = \frac{2}{(\mathrm{df}_1 - \mathrm{df}_2)\,D}
#           \big[(\mathrm{df}_2 - \mathrm{df}_3)AB - (\mathrm{df}_1 - \mathrm{df}_2)^3\big].
#           \tag{12.3}
#
# Without a ridge, for n < M, the smaller of A and B vanishes, :math:`\mathrm{df}_1 = n`, and of the
# slope remains
#
# .. math:: \frac{d\log\mathcal{S}}{d\log\Delta} = -\frac{2(n - \mathrm{df}_2)}{m - n}, \qquad
#           n = \min(N, T),\; m = \max(N, T), \tag{12.4}
#
# which is negative: some ridge is better than none. (For n > M the signal without a ridge is zero,
# (7.6), and no ridge is best.) The ridge cannot grow for ever: for large Delta :math:`\mathrm{df}_2
# - \mathrm{df}_3` falls as :math:`\Delta^{-2}` and :math:`(\mathrm{df}_1 - \mathrm{df}_2)^3` as
# :math:`\Delta^{-3}`, so that the slope is positive. In between is the optimum,
#
# .. math:: (\mathrm{df}_2 - \mathrm{df}_3)(N - \mathrm{df}_1)(T - \mathrm{df}_1) = (\mathrm{df}_1 -
#           \mathrm{df}_2)^3. \tag{12.5}
#
# There the fixed point (4.7) says which ridge that is, and (5.8) what the loss is,
#
# .. math:: \gamma^* = \Delta\,\frac{(\mathrm{df}_1 - \mathrm{df}_2)^3}{\mathrm{df}_2 -
#           \mathrm{df}_3}, \tag{12.6}
#
# .. math:: \mathcal{S}^* = \frac{\Delta N T}{N + T - 2\mathrm{df}_1
#           + (\mathrm{df}_1 - \mathrm{df}_2)^2/(\mathrm{df}_2 - \mathrm{df}_3)}. \tag{12.7}

slope_S = 2 * ((df2 - df3) * A * B - (df1 - df2) ** 3) / ((df1 - df2) * D)
optimality = (df2 - df3) * (N - df1) * (T - df1) - (df1 - df2) ** 3
best_gamma = Delta * (df1 - df2) ** 3 / (df2 - df3)
best_S = Delta * N * T / (N + T - 2 * df1 + (df1 - df2) ** 2 / (df2 - df3))

identity("12.2", "the slope of the numerator", slope(Delta * (df1 - df2)) - 2 * Delta * (df2 - df3))
identity("12.3", "the slope of the loss", slope(sp.log(S)) - slope_S)
identity("12.4", "and at no ridge", slope_S.subs(N, df1) + 2 * (df1 - df2) / (T - df1))
N_best = sp.solve(optimality, N)[0]
identity("12.5", "the slope vanishes there", slope(S).subs(N, N_best))
identity("12.6", "the ridge there, by (4.7)", (Delta * A * B - best_gamma).subs(N, N_best))
identity("12.7", "the loss there, by (5.8)", (S - best_S).subs(N, N_best))

# %%
# For a finite spectrum the root of (12.5) is found in numbers. It must be where the loss, solved
# for many ridges, is least.

lam = power_law(0.7, 60)
numbers = sp.lambdify((N, T, Delta, df1, df2, df3), [optimality, best_gamma, best_S])


def at(lam, N, T, delta, of=numbers):
    return of(N, T, delta, *(df(k, lam, delta) for k in (1, 2, 3)))


def optimum(lam, N, T):
    """Delta, gamma and S at the root of (12.5)."""
    low = planar(lam, N, T, 0)[0]
    delta = scipy.optimize.brentq(
        lambda d: at(lam, N, T, d)[0], low, 100 * lam[0], xtol=1e-300, rtol=1e-15
    )
    return delta, *at(lam, N, T, delta)[1:]


delta_best, gamma_best, S_best = optimum(lam, 20, 13)
search = scipy.optimize.minimize_scalar(
    lambda z: planar(lam, 20, 13, np.exp(z))[1], bounds=(-9, 9), options={"xatol": 1e-9}
)
equal("12.5-12.7", "the least loss, searched", search.fun, S_best)
equal("12.5-12.7", "and its ridge", np.exp(search.x), gamma_best, rel=1e-6)

# %%
# Label noise
# -----------
# The numerator of the noise is :math:`A\,\mathrm{df}_2 + \mathrm{df}_1(\mathrm{df}_1 -
# \mathrm{df}_2)` and its slope :math:`-2(A - \mathrm{df}_1)(\mathrm{df}_2 - \mathrm{df}_3) -
# 2(\mathrm{df}_1 - \mathrm{df}_2)^2`. In the slope of the quotient, times :math:`D^2`, collect the
# terms with :math:`\mathrm{df}_2 - \mathrm{df}_3`, which are :math:`-2A^2(B + \mathrm{df}_1)` times
# it, and the others, :math:`-2(A + \mathrm{df}_1 - \mathrm{df}_2)(B + \mathrm{df}_1)` times
# :math:`(\mathrm{df}_1 - \mathrm{df}_2)^2`. As :math:`B + \mathrm{df}_1 = T`,
#
# .. math:: \Delta\frac{d\mathcal{V}}{d\Delta} = -\frac{2T}{D^2}\big[(\mathrm{df}_2 -
#           \mathrm{df}_3)A^2 + (\mathrm{df}_1 - \mathrm{df}_2)^2 A + (\mathrm{df}_1 -
#           \mathrm{df}_2)^3\big]: \tag{12.8}
#
# the noise always falls with the ridge. The loss is
#
# .. math:: L = \frac{\sigma_w^2\lambda_+}{2M}\,(\mathcal{S} + \eta\mathcal{V}), \qquad
#           \eta = \frac{\sigma_\epsilon^2 M}{\sigma_w^2\lambda_+}, \tag{12.9}
#
# and its slope vanishes, by (12.3) and (12.8), where
#
# .. math:: \Delta N\big[(\mathrm{df}_2 - \mathrm{df}_3)AB - (\mathrm{df}_1 - \mathrm{df}_2)^3\big]
#           = \eta \big[(\mathrm{df}_2 - \mathrm{df}_3)A^2 + (\mathrm{df}_1 - \mathrm{df}_2)^2 A +
#           (\mathrm{df}_1 - \mathrm{df}_2)^3\big]. \tag{12.10}
#
# The right side is positive, so with noise the slope of the signal is positive at the best ridge:
# noise asks for more ridge. That (12.10) has one root only we cannot prove for every spectrum, but
# know of no exception.

eta = sp.Symbol("eta", positive=True)
noisy = best_ridge_condition(N, T, Delta, df1, df2, df3, eta)
identity("12.8", "the slope of the noise", slope(V) - 2 * T * sp.diff(noisy, eta) / D**2)
identity("12.10", "the slope of both", slope(S + eta * V) - 2 * T * noisy / D**2)

# %%
# No double descent
# -----------------
# How does the best loss change with N? At the optimum a small change of Delta costs nothing, so
# that only the explicit N in (5.8) counts. At fixed Delta, D grows with N as :math:`B +
# \mathrm{df}_1 - \mathrm{df}_2`, and
#
# .. math:: \frac{\partial\log\mathcal{S}}{\partial\log N}\Big|_\Delta = -\frac{T\,\mathrm{df}_2 -
#           2\,\mathrm{df}_1\mathrm{df}_2 + \mathrm{df}_1^2}{D} = -\mathcal{V}(T, N). \tag{12.11}
#
# The right side is the noise (5.9) with N and T exchanged, and so negative. As the signal is the
# same for N and T exchanged (2.10), the other derivative is the noise itself: at the best ridge
# without label noise
#
# .. math:: \frac{\partial\log\mathcal{S}^*}{\partial\log N} = -\mathcal{V}^*(T, N), \qquad
#           \frac{\partial\log\mathcal{S}^*}{\partial\log T} = -\mathcal{V}^*(N, T). \tag{12.12}
#
# For any spectrum the best loss falls with both: the peak is gone altogether. And how fast it falls
# with T is how much of a little label noise the learner would take up.

identity(
    "12.11",
    "the derivative by N at fixed Delta",
    N * sp.diff(sp.log(S), N) + losses(T, N, Delta, df1, df2)[1],
)
step = 1e-4
falls = [
    np.log(optimum(lam, *upper)[2] / optimum(lam, *lower)[2]) / (2 * step)
    for upper, lower in (
        ((20 * np.exp(step), 13), (20 * np.exp(-step), 13)),
        ((20, 13 * np.exp(step)), (20, 13 * np.exp(-step))),
    )
]
taken_up = [planar(lam, 13, 20, gamma_best)[2], planar(lam, 20, 13, gamma_best)[2]]
equal("12.12", "the best loss falls with N and T", falls, [-noise for noise in taken_up], rel=1e-7)

# %%
# A power law
# -----------
# For :math:`M \to \infty` and sizes much larger than 1, step 9 found :math:`\mathrm{df}_1 =
# c\Delta^{-s}`, with :math:`s = 1/(1+\alpha)`, :math:`c = \pi s/\sin \pi s` and :math:`C =
# c^{1+\alpha}`. All slopes follow from (4.8): :math:`\mathrm{df}_1` has the slope
# :math:`-s\,\mathrm{df}_1`, which is (9.19), and :math:`\mathrm{df}_1 - \mathrm{df}_2`, a multiple
# of it, the slope :math:`-s(\mathrm{df}_1 - \mathrm{df}_2)`, which is :math:`-(\mathrm{df}_1 -
# \mathrm{df}_2) + 2(\mathrm{df}_2 - \mathrm{df}_3)`. So
#
# .. math:: \mathrm{df}_1 - \mathrm{df}_2 = s\,\mathrm{df}_1, \qquad
#           \mathrm{df}_2 - \mathrm{df}_3 = \tfrac12 s(1-s)\,\mathrm{df}_1. \tag{12.13}
#
# Let a be :math:`\mathrm{df}_1` at the optimum. (12.5) becomes a quadratic equation,
#
# .. math:: (N - a)(T - a) = \kappa a^2, \qquad \kappa = \frac{2s^2}{1-s} =
#           \frac{2}{\alpha(1+\alpha)}. \tag{12.14}
#
# Its left side falls with a and its right side rises, so it has one root below min(N, T); written
# such that it does not fail at :math:`\kappa = 1`,
#
# .. math:: a = \frac{2NT}{N + T + \sqrt{(N-T)^2 + 4\kappa NT}}. \tag{12.15}
#
# (12.6) and (12.7) with :math:`\Delta = C a^{-(1+\alpha)}`, and in the loss :math:`(\mathrm{df}_1 -
# \mathrm{df}_2)^2/(\mathrm{df}_2 - \mathrm{df}_3) = 2a/\alpha` and :math:`NT = a[N + T -
# (1-\kappa)a]` from (12.14), are the best ridge and its loss,
#
# .. math:: \gamma^* = \kappa\, C a^{1-\alpha}, \tag{12.16}
#
# .. math:: \mathcal{S}^* = C a^{-\alpha}\, \frac{N + T - (1-\kappa)a}{N + T - 2(1 - 1/\alpha)a}.
#           \tag{12.17}
#
# The slope (12.3) vanishes there from below. Its bracket is :math:`\frac12 s(1-s)a` times :math:`AB
# - \kappa a^2`, whose slope is :math:`sa(A + B + 2\kappa a)`, and D is :math:`\kappa a^2 + sa(A +
# B)`, so that, with :math:`A + B = N + T - 2a`,
#
# .. math:: \frac{d^2\log\mathcal{S}}{d(\log\Delta)^2} = \frac{\alpha}{1+\alpha}\,
#           \frac{N + T - 2(1-\kappa)a}{N + T - 2(1-1/\alpha)a} > 0. \tag{12.18}
#
# At :math:`\alpha = 1` it is 1/2 for all N and T: a Delta that is wrong by a factor of 2 costs a
# quarter of :math:`(\log 2)^2`, 12 percent. One need not know the best ridge well: at N = T (5.10)
# is 1/2 there, so that this is a ridge that is wrong by a factor of 4.

a, c = sp.symbols("a c", positive=True)
C = c_of(alpha) ** (1 + alpha)
one = c * Delta**-s
two = one + Delta * sp.diff(one, Delta)
three = two + Delta * sp.diff(two, Delta) / 2
identity(
    "12.13", "differences for a power law", one - two - s * one, two - three - s * (1 - s) / 2 * one
)

law = {df1: a, df2: a - s * a}
law[df3] = law[df2] - s * (1 - s) / 2 * a
law[df4] = law[df3] * (1 - s / 3)
N_of_a = a + kappa * a**2 / (T - a)
identity("12.14", "the quadratic equation", optimality.subs(law).subs(N, N_of_a))
a_best = 2 * N * T / (N + T + sp.sqrt((N - T) ** 2 + 4 * kappa * N * T))
identity("12.15", "its root", (N - a_best) * (T - a_best) - kappa * a_best**2)
gamma_law = kappa * C * a ** (1 - alpha)
S_law = C * a**-alpha * (N + T - (1 - kappa) * a) / (N + T - 2 * (1 - 1 / alpha) * a)
of_a = {Delta: C * a ** -(1 + alpha)}
identity("12.16", "the ridge, from (12.6)", best_gamma.subs(law).subs(of_a) / gamma_law - 1)
identity(
    "12.17", "the loss, from (12.7)", (best_S.subs(law).subs(of_a) / S_law - 1).subs(N, N_of_a)
)
curvature = alpha / (1 + alpha) * (N + T - 2 * (1 - kappa) * a) / (N + T - 2 * (1 - 1 / alpha) * a)
identity("12.18", "the curvature", (slope(slope_S).subs(law) - curvature).subs(N, N_of_a))

# %%
# **Why alpha = 1 is special.** There :math:`\kappa = 1`, the terms with :math:`a^2` on both sides
# of (12.14) cancel, and
#
# .. math:: a = \frac{NT}{N+T}, \qquad \gamma^* = \frac{\pi^2}{4}, \qquad
#           \mathcal{S}^* = \frac{\pi^2}{4}\Big(\frac1N + \frac1T\Big). \tag{12.19}
#
# One ridge is the best for all N and T, and the loss is a sum of what few features and what few
# samples cost.

identity("12.19", "the root of (12.15) is taken", (N - T) ** 2 + 4 * N * T - (N + T) ** 2)
taken = {sp.sqrt((N - T) ** 2 + 4 * N * T): N + T}
special = [form.subs(a, a_best).subs(alpha, 1).subs(taken) for form in (a, gamma_law, S_law)]
for form, value in zip(
    special, (N * T / (N + T), sp.pi**2 / 4, sp.pi**2 / 4 * (1 / N + 1 / T)), strict=True
):
    identity("12.19", "at alpha = 1", form - value)

# %%
# The phenomenological law
# ------------------------
# Loss measurements are described by [MRS]
#
# .. math:: \mathcal{S} \approx C\Big(\frac1N + \frac1T\Big)^\alpha, \tag{12.20}
#
# with the constant that makes it right when the other resource is infinite. Is it the best loss?
# For :math:`N \gg T` the root (12.15) is :math:`a = T(1 - \kappa T/N)`, and
#
# .. math:: \mathcal{S}^* = C\,T^{-\alpha}\Big[1 + \frac TN + O\Big(\frac{T^2}{N^2}\Big)\Big]:
#           \tag{12.21}
#
# the limit is that of (12.20), but the first correction of (12.20) is :math:`\alpha T/N`. (It is
# T/N without a ridge, too: the ridge only helps from the second order on.) As the ratio is
# symmetric in N and T, it is extreme at N = T, and the figure shows no other extremum. There
# :math:`a = N/(1 + \sqrt\kappa)`, the fraction in (12.17) is :math:`(1 +
# \sqrt\kappa)^2/2(\sqrt\kappa + 1/\alpha)`, and the ratio of the best loss to (12.20) is
#
# .. math:: R(\alpha) = \frac{(1 + \sqrt\kappa)^{2+\alpha}}{2^{1+\alpha}\,(\sqrt\kappa + 1/\alpha)}.
#           \tag{12.22}
#
# It is 1 at :math:`\alpha = 1` and for :math:`\alpha \to 0`. For larger alpha the law is too high,
# in the end exponentially: with :math:`\sqrt\kappa \to \sqrt2/\alpha`,
#
# .. math:: R \to \frac{e^{\sqrt2}}{1 + \sqrt2}\,\alpha\, 2^{-(1+\alpha)} \qquad (\alpha \to
#           \infty). \tag{12.23}
#
# The figure shows how the ratio interpolates. It also says what the optimum makes of the peak at N
# = T, where the loss without a ridge is infinite: it is :math:`2^\alpha R` times the loss of as
# many samples with infinitely many features, 2 at :math:`\alpha = 1`.

closed = sp.lambdify((alpha, N, T), [form.subs(a, a_best) for form in (a, gamma_law, S_law)])
phenomenological = sp.lambdify((alpha, N, T), C * (1 / N + 1 / T) ** alpha)
R = (1 + sp.sqrt(kappa)) ** (2 + alpha) / (2 ** (1 + alpha) * (sp.sqrt(kappa) + 1 / alpha))
ratio = sp.lambdify(alpha, R)

for value in (0.4, 2.3):
    far = np.array([300.0, 3000.0])
    limit = phenomenological(value, np.inf, 1.0)
    gaps = closed(value, far, 1.0)[2] / (limit * (1 + 1 / far)) - 1
    by_order("12.21", f"N >> T, alpha = {value}", far, gaps, 2)
    equal(
        "12.22",
        "N = T",
        closed(value, 7.0, 7.0)[2] / phenomenological(value, 7.0, 7.0),
        ratio(value),
    )
table = {0.25: 1.100, 0.5: 1.095, 1.0: 1.0, 1.5: 0.862, 2.0: 0.718, 3.0: 0.467}
equal(
    "12.20",
    "the ratio, to three digits",
    [round(ratio(value), 3) for value in table],
    list(table.values()),
)
large = np.array([100.0, 200.0])
limit = np.exp(np.sqrt(2)) / (1 + np.sqrt(2)) * large * 2 ** -(1 + large)
by_order("12.23", "large alpha", large, ratio(large) / limit - 1, 1)

# %%
# Finite sizes
# ------------
# The next term of :math:`\mathrm{df}_1` in step 9 is the constant :math:`-1/2`. A constant has no
# slope: with a, N and T each larger by 1/2 the differences (12.13), :math:`N - a` and :math:`T - a`
# are what they were, and so is the derivation up to the factor NT of (12.7). So the closed forms
# hold with
#
# .. math:: N, T \to N + \tfrac12,\, T + \tfrac12, \qquad
#           \mathcal{S}^* \to \frac{NT}{(N + \frac12)(T + \frac12)}\,\mathcal{S}^*, \tag{12.24}
#
# up to terms of relative order :math:`T^{-(2+\alpha)}`, from the next one in step 9, :math:`\propto
# \Delta`.
#
# That is still planar. One loop adds :math:`\mathcal{L}_1`, of relative order 1/size, to the planar
# loss :math:`\mathcal{L}_0`, and the slope of the sum vanishes where :math:`\mathcal{L}_0''\,
# \delta\log\gamma + \mathcal{L}_1' = 0`, with derivatives in :math:`\log\gamma` at the planar
# optimum:
#
# .. math:: \delta\log\gamma^* = -\frac{\mathcal{L}_1'}{\mathcal{L}_0''} + O(\text{size}^{-2}).
#           \tag{12.25}
#
# The loss changes by half of :math:`\mathcal{L}_1'\,\delta\log\gamma`, which is of relative order
# :math:`1/\text{size}^2`: who takes the planar ridge loses next to nothing. With infinitely many
# features and an isotropic teacher there is no shift at all, because the best ridge is the
# posterior mean's for each draw, as step 14 shows.
#
# The package
# -----------
# `rf.optimal_ridge` solves (12.10) for any spectrum, and with `order="one-loop"` adds (12.25);
# `rf.asymptotics.optimal_ridge_power_law` is (12.15) to (12.17).


def best(model, N, T, noise=0.0):
    found = rf.optimal_ridge(dataclasses.replace(model, sigma_eps=np.sqrt(2 * noise)), N, T)
    return np.array([found.ridge, found.prediction.test])


few = np.array([20, 40])
for value in (0.6, 1.5):
    endless = unit_model(rf.PowerLaw(value, 10**15 if value > 1 else 10**18))
    exact, plain = (
        best(endless, 200 * few, 100 * few),
        np.array(closed(value, 200 * few, 100 * few)[1:]),
    )
    by_order("12.16", f"rfscale.optimal_ridge, alpha = {value}", few, plain[0] / exact[0] - 1, 1)
    by_order("12.17", "and its loss", few, plain[1] / exact[1] - 1, 1)
exact, (_, ridge, loss) = best(endless, 2 * few, few), closed(1.5, 2 * few + 0.5, few + 0.5)
by_order("12.24", "with 1/2 more, the ridge", few, ridge / exact[0] - 1, 3.5)
loss *= 2 * few * few / ((2 * few + 0.5) * (few + 0.5))
by_order("12.24", "and the loss", few, loss / exact[1] - 1, 3.5)

scaled = rf.ScalingModel(rf.PowerLaw(0.7, 60, scale=1.7), sigma_w=0.8, sigma_u=1.3, sigma_eps=0.4)
strength, (_, signal, noise) = 0.4**2 * 60 / (0.8**2 * 1.7), planar(lam, 20, 13, 0.05)
in_units = 0.8**2 * 1.7 / (2 * 60) * (signal + strength * noise)
equal("12.9", "in any units", rf.predict(scaled, 20, 13, 0.05 * 1.3**2 * 1.7 / 60).test, in_units)

theirs = rf.asymptotics.optimal_ridge_power_law(
    dataclasses.replace(endless, sigma_eps=0.0), 700, 400
)
equal("12.15-12.16", "rfscale's closed form, the ridge", theirs[0], closed(1.5, 700.0, 400.0)[1])
equal("12.17", "rfscale's closed form, the loss", theirs[1], closed(1.5, 700.0, 400.0)[2])
endless = dataclasses.replace(unit_model(rf.PowerLaw(1.0, 10**15)), sigma_eps=0.0)
theirs = rf.asymptotics.optimal_ridge_power_law(endless, 700, 400)
equal("12.19", "and at alpha = 1", theirs, np.pi**2 / 4 * np.array([1, 1 / 700 + 1 / 400]))

finite = unit_model(rf.PowerLaw(0.7, 60))
for sizes in ((20, 13), (13, 20), (31, 30)):
    equal(
        "12.5-12.7",
        f"rfscale.optimal_ridge, N, T = {sizes}",
        best(finite, *sizes),
        optimum(lam, *sizes)[1:],
    )
    noisy_slope = sp.lambdify((N, T, Delta, df1, df2, df3), noisy.subs(eta, 0.3))
    low = planar(lam, *sizes, 0)[0]
    root = scipy.optimize.brentq(
        lambda d, sizes=sizes, slope=noisy_slope: at(lam, *sizes, d, slope),
        low,
        100,
        xtol=1e-300,
        rtol=1e-15,
    )
    ridge = root * np.prod([size - df(1, lam, root) for size in sizes])
    loss = np.dot(planar(lam, *sizes, ridge)[1:], [1, 0.3])
    equal("12.9-12.10", "and with label noise", best(finite, *sizes, noise=0.3), [ridge, loss])

# %%
# For (12.25) the sum of both is minimised by other means, at sizes that grow with M while the
# ridge and the noise keep their strength; and draws are simulated at ridges around the planar one,
# whose means are a quartic in its logarithm.


def at_scale(factor):
    """A noisy model and sizes, all `factor` times as large."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60 * factor), sigma_eps=0.1 / factor)
    return model, 12 * factor, 30 * factor


def least(around, losses):
    """Where the polynomial through the losses at these log ridges is least, near 0."""
    slope_of_it = np.polynomial.Polynomial.fit(around, losses, len(around) - 1).deriv()
    roots = slope_of_it.roots()
    return roots[np.argmin(abs(roots))].real


scales = np.array([4, 8])
steps = np.linspace(-0.5, 0.5, 9)
misses = []
for scale in scales:
    planar_ridge = rf.optimal_ridge(*at_scale(scale)).ridge
    one_loop = rf.predict(*at_scale(scale), planar_ridge * np.exp(steps), order="one-loop").test
    shift = rf.optimal_ridge(*at_scale(scale), order="one-loop").shift
    misses.append(shift / least(steps, one_loop) - 1)
by_order("12.25", "rfscale.optimal_ridge, the least loss to one loop", scales, misses, 1)
posterior = rf.optimal_ridge(at_scale(1)[0], np.inf, [5, 30], order="one-loop")
below("12.25", "no shift with all features", abs(posterior.shift), 1e-8)

coarse = np.linspace(-1, 1, 5)
tried = rf.optimal_ridge(*at_scale(1)).ridge * np.exp(coarse)
samples = [
    least(coarse, rf.simulate(*at_scale(1), tried, draws=1000, seed=k).test.mean) for k in range(40)
]
shift = rf.optimal_ridge(*at_scale(1), order="one-loop").shift
of_the_quartic = least(coarse, rf.predict(*at_scale(1), tried).test)
sampled("12.25", "simulated", samples - of_the_quartic, shift, power=0.3)

# %%
# The best loss, relative to (12.20).

figure, axes = plt.subplots(figsize=(6, 4))
shares = np.geomspace(1e-3, 1e3, 241)
for value, colour in zip(
    table, ("#0072B2", "#56B4E9", "#000000", "#E69F00", "#D55E00", "#CC79A7"), strict=True
):
    ratios = closed(value, shares, 1.0)[2] / phenomenological(value, shares, 1.0)
    equal("12.20", f"the middle of the curve, alpha = {value}", round(ratios[120], 3), table[value])
    axes.semilogx(shares, ratios, color=colour, label=rf"$\alpha = {value:g}$")
axes.set(xlabel=r"$N/T$", ylabel=r"$S^*\,/\,C(1/N + 1/T)^\alpha$", ylim=(0.4, 1.15))
axes.legend(loc="lower left")
show(figure)
