r"""
25. Laws of measured losses
===========================

**The question.** Losses of networks with N parameters, trained on T tokens, are described by short
formulas with a least loss E. Which of them follow from something, which are guesses, and by what do
they differ?

**What we find.** Most agree where one resource is plentiful,

.. math:: L(N, \infty) = E + A\,N^{-\alpha}, \qquad L(\infty, T) = E + B\,T^{-\beta}, \tag{25.1}

and are guesses of how the two plateaus are joined. For random features at the best ridge it is
known, with one exponent for both. A finite number M of latent dimensions acts as a negative E where
N and T are small beside it. So what a table of losses says of M is a lower bound.

One form has the guesses in use, with one exponent more, g, for how fast a plateau is reached:

.. math:: L = E + \big[(A\,N^{-\alpha})^g + (B\,T^{-\beta})^g\big]^{1/g}: \tag{25.2}

the sum of Hoffmann et al. (arXiv:2203.15556), called Chinchilla, at g = 1, and the larger of both
for infinite g. At fixed N and large T

.. math:: L - L(N, \infty) = \frac1g\,(A\,N^{-\alpha})^{1-g}\,(B\,T^{-\beta})^g + \ldots, \tag{25.3}

a power of T that is g times that of the other plateau. Chinchilla's sum says that many samples
gain the same for each N. A loss that is smooth in 1/T, as are those of random features (12.21), has
:math:`g = 1/\beta`. This is the law of Kaplan et al. (arXiv:2001.08361), who chose it for that,

.. math:: L = \big[(N_c/N)^{\alpha/\beta} + T_c/T\big]^\beta, \qquad A = N_c^\alpha, \quad B =
          T_c^\beta, \tag{25.4}

there without E. It matters which exponent is inside. A note of Katta has
:math:`(T_c/T)^\beta` there. Its plateau is another one,

.. math:: \big[(N_c/N)^{\alpha/\beta} + (T_c/T)^\beta\big]^\beta \to (T_c/T)^{\beta^2} \qquad (N \to
          \infty): \tag{25.5}

with Kaplan's :math:`\beta = 0.103` an exponent of 0.011, as if data hardly helped. With one
exponent, :math:`\alpha = \beta`, (25.4) is the law of the talk [MRS], (12.20) with units of its own
for N and T,

.. math:: L = E + k\,\Big(\frac1N + \frac rT\Big)^\alpha, \qquad k = A, \quad r =
          \Big(\frac BA\Big)^{1/\alpha}. \tag{25.6}
"""

import mpmath as mp
import numpy as np
import sympy as sp
from common import Delta, N, T, alpha, by_order, c_of, df1, df2, equal, identity
from common import kappa, losses, s, slope
from scipy.optimize import minimize_scalar

import rfscale as rf

mp.mp.dps = 40
A, B, g, beta = sp.symbols("A B g beta", positive=True)
coupled = ((A * N**-alpha) ** g + (B * T**-beta) ** g) ** (1 / g)
approach = (A * N**-alpha) ** (1 - g) * (B * T**-beta) ** g / g
example = {A: 3, B: 2, alpha: mp.mpf("0.4"), beta: mp.mpf("0.3"), g: mp.mpf("1.7")}


def at(form, n, t, **others):
    """A form in numbers, of the example."""
    values = example | {N: mp.mpf(n), T: mp.mpf(t)}
    values |= {globals()[name]: value for name, value in others.items()}
    return sp.lambdify(list(values), form, "mpmath")(*values.values())


def law(name, n, t, *parameters):
    """The package's law with 1 for the units of N and T: coefficients, then the others."""
    known = rf.Law.from_stored({"name": name})
    return known.losses(n, t, np.array([parameters], dtype=float))[0]


far = [mp.mpf("1e12"), mp.mpf("1e14")]
gaps = [at(coupled, 7, x) / at(A * N**-alpha, 7, x) - 1 for x in far]
by_order("25.1", "many samples", far, gaps, 0.51)
gaps = [at(coupled, x, 7) / at(B * T**-beta, x, 7) - 1 for x in far]
by_order("25.1", "many parameters", far, gaps, 0.68)
gaps = [(at(coupled, 7, x) - at(A * N**-alpha, 7, x)) / at(approach, 7, x) - 1 for x in far]
by_order("25.3", "the approach", far, gaps, 0.51)
ratio = np.log(2 / 3)
K = [(3**power + 2**power) ** (1 / power) for power in (1.7, 1 / 0.3, 2.5)]  # at the centre
theirs = law("coupled", 7, 11, 0.1, K[0], 0.4, 0.3, 1.7 * ratio, 1.7)
equal("25.2", "rfscale.Law, coupled", theirs, 0.1 + at(coupled, 7, 11))
theirs = law("chinchilla", 7, 11, 0.1, 3, 2, 0.4, 0.3)
equal("25.2", "rfscale.Law, chinchilla", theirs, 0.1 + at(coupled, 7, 11, g=1))
larger = [at(coupled, 7, 99, g=1000), at(coupled, 99, 7, g=1000)]
equal("25.2", "infinite g", larger, [3 / 7**0.4, 2 / 7**0.3])

N_c, T_c = sp.symbols("N_c T_c", positive=True)
kaplan = ((N_c / N) ** (alpha / beta) + T_c / T) ** beta
identity("25.4", "g = 1/beta", kaplan - coupled.subs({g: 1 / beta, A: N_c**alpha, B: T_c**beta}))
theirs = law("kaplan", 7, 11, 0.1, K[1], 0.4, 0.3, ratio / 0.3)
equal("25.4", "rfscale.Law, kaplan", theirs, 0.1 + at(coupled, 7, 11, g=1 / example[beta]))
with_beta = ((N_c / N) ** (alpha / beta) + (T_c / T) ** beta) ** beta
identity("25.5", "N = infinity", sp.limit(with_beta, N_c, 0) - (T_c / T) ** (beta**2))
published = {alpha: 0.076, beta: 0.103, N_c: 6.4e13, T_c: 1.8e13, T: 1e10}
for size, said in ((1e9, [2.42, 2.319]), (sp.oo, [2.164, 1.083])):
    found = [float(form.subs(published).subs(N, size)) for form in (kaplan, with_beta)]
    equal("25.5", f"both forms at T = 1e10, N = {size}", np.round(found, 3), said)
talk = A * (1 / N + (B / A) ** (1 / alpha) / T) ** alpha
identity("25.6", "g = 1/alpha", talk - coupled.subs(beta, alpha).subs(g, 1 / alpha))
theirs = law("talk", 7, 11, 0.1, K[2], 0.4, ratio / 0.4)
equal("25.6", "rfscale.Law, talk", theirs, 0.1 + at(talk, 7, 11))

# %%
# Random features
# ---------------
# Take a parameter for a feature and r tokens for a sample. At the best ridge and for infinitely
# many latent dimensions (12.15) and (12.17) are the law
#
# .. math:: L = E + k\,f\Big(N, \frac Tr\Big), \qquad f(N, T) = a^{-\alpha}\,\frac{N + T -
#           (1-\kappa)a}{N + T - 2(1 - 1/\alpha)a}, \tag{25.7}
#
# with a that of (12.15) and :math:`\kappa = 2/\alpha(1+\alpha)`. It has as many parameters as the
# talk's law and, like that, takes a factor :math:`b^{-\alpha}` where N and T take one b. What is a
# guess here is that networks are like this: E, k and r are not derived. Beyond the plateau the
# three laws with one exponent say
#
# .. math:: \frac{L - E}{k\,N^{-\alpha}} = 1 + \frac{rN}T \;\text{(random features)}, \quad 1 +
#           \alpha\frac{rN}T \;\text{(talk)}, \quad 1 + \Big(\frac{rN}T\Big)^\alpha
#           \;\text{(a sum)}, \tag{25.8}
#
# which agree at :math:`\alpha = 1`, where all of them are one law (12.19). :math:`N^p` in place of
# N, in "random-features power", is a guess that parameters are not features one by one. Without a
# ridge the law is (9.17), with a pole at N = T/r that no table shows.

a = 2 * N * T / (N + T + sp.sqrt((N - T) ** 2 + 4 * kappa * N * T))
best = a**-alpha * (N + T - (1 - kappa) * a) / (N + T - 2 * (1 - 1 / alpha) * a)
one_less = (at(best, 7, 11 / mp.mpf(2)), at(best, 1, 1 / mp.mpf(2)))
theirs = law("random-features", 7, 11, 0.1, 3 * one_less[1], 0.4, np.log(2))
equal("25.7", "rfscale.Law, random-features", theirs, 0.1 + 3 * one_less[0])
theirs = law("random-features power", 7, 11, 0.1, 3 * one_less[1], 0.4, np.log(2), 0.8)
equal("25.7", "and of N^p", theirs, 0.1 + 3 * at(best, mp.mpf(7) ** 0.8, 11 / mp.mpf(2)))
theirs = law("ridgeless", 7, 11, 0.1, 3 / (1 - 0.2), 0.4, np.log(0.2))
equal("9.17", "rfscale.Law, ridgeless", theirs, 0.1 + 3 * 7**-0.4 / (1 - 7 / 55))
for name, form, near in (
    ("random features", best, 1 + N / T),
    ("talk", (1 / N + 1 / T) ** alpha, 1 + alpha * N / T),
):
    gaps = [(at(form * N**alpha, 2, x) - 1) / (at(near, 2, x) - 1) - 1 for x in far]
    by_order("25.8", name, far, gaps, 1)
identity("25.8", "a sum", (N**-alpha + T**-alpha) * N**alpha - 1 - (N / T) ** alpha)

# %%
# A finite M
# ----------
# In the limit of large sizes (11.6) has the degrees of freedom. With N, T and all of these in units
# of M, :math:`\tau = \Delta M^{1+\alpha}`, :math:`s = 1/(1+\alpha)` and :math:`p = 1/(1 + \tau)`,
# (11.9) and its slope, by (4.8), are
#
# .. math:: \mathrm{df}_1 = {}_2F_1(1, s; 1+s; -\tau), \qquad s_1 = \mathrm{df}_1 - \mathrm{df}_2 =
#           s\,(\mathrm{df}_1 - p), \qquad c = \mathrm{df}_2 - \mathrm{df}_3 = \tfrac12\big[s_1(1-s)
#           + s\,p(1-p)\big], \tag{25.9}
#
# .. math:: \frac{d\,\mathrm{df}_1}{d\log\tau} = -s_1, \qquad \frac{ds_1}{d\log\tau} = 2c - s_1.
#           \tag{25.10}
#
# Nothing else is needed for the best ridge (12.5) and for the loss there (5.8),
#
# .. math:: c\,(N - \mathrm{df}_1)(T - \mathrm{df}_1) = s_1^3, \qquad M^\alpha\,\mathcal{S} = \frac{
#           \tau NT s_1}{(N - \mathrm{df}_1)(T - \mathrm{df}_1) + (N + T - 2\,\mathrm{df}_1)s_1}.
#           \tag{25.11}
#
# Sums over J differ from these integrals by terms of order 1/N.
#
# **Far below M.** By (11.11) :math:`\mathrm{df}_1` is less than for infinite M by
# :math:`1/\alpha\tau`, to leading order. This is :math:`1/\Delta` up to a factor and drops out of
# :math:`\mathrm{df}_2`. At the best ridge a change of :math:`\tau` costs nothing, so that what
# remains of the change of (5.8) is its derivative by :math:`\mathrm{df}_1`, at which D changes by
# :math:`-2s_1`:
#
# .. math:: \mathcal{S} = C f(N, T) - h\,M^{-\alpha} + \ldots, \qquad h = \frac{NT\,(D +
#           2s_1^2)}{\alpha D^2}, \qquad h(N, \infty) = \frac{1+\alpha}\alpha, \tag{25.12}
#
# with :math:`s_1 = sa` and :math:`D = \kappa a^2 + sa\,(N + T - 2a)` of infinite M. It depends on
# N/T alone, and little: from an infinite N or T to N = T it grows by 8 percent for :math:`\alpha =
# 0.3`, and by 25 for 1. So a finite M is a negative E: a fit of (25.7) finds about :math:`E -
# (k/C)\,h M^{-\alpha}` in place of E. Only the next order, smaller by :math:`(N/M)^\alpha`, tells M
# from E, and what a table says of M is a bound from below unless its N come near to M.


def counts(alpha, tau):
    """df1, s_1 and c (25.9)."""
    s, p = 1 / (1 + alpha), 1 / (1 + tau)
    one = mp.hyp2f1(1, s, 1 + s, -tau)
    s_1 = s * (one - p)
    return one, s_1, (s_1 * (1 - s) + s * p * (1 - p)) / 2


def integral(k, alpha, tau):
    """df_k in units of M."""
    return mp.quad(lambda x: (1 + tau * x ** (1 + alpha)) ** -k, [0, 0.2, 0.5, 1])


def best_at(alpha, N, T):
    """M^alpha S (25.11)."""
    start = mp.log(c_of(mp.mpf(alpha)) / at(a, N, T, alpha=alpha)) * (1 + alpha)

    def condition(z):
        one, s_1, c = counts(alpha, mp.exp(z))
        return mp.log(c * (N - one) * (T - one) / s_1**3)

    tau = mp.exp(mp.findroot(condition, start, tol=1e-30))
    one, s_1, _ = counts(alpha, tau)
    return tau * N * T * s_1 / ((N - one) * (T - one) + (N + T - 2 * one) * s_1)


example_tau = mp.mpf("0.7")
one, two, three = (integral(k, 0.4, example_tau) for k in (1, 2, 3))
_, s_1, c = counts(0.4, example_tau)
equal("25.9", "three integrals", counts(0.4, example_tau), [one, one - two, two - three])
slopes = [mp.diff(lambda z, k=k: counts(0.4, mp.exp(z))[k], mp.log(example_tau)) for k in (0, 1)]
equal("25.10", "differences", slopes, [-s_1, 2 * c - s_1])


def loss_of(z):
    """M^alpha S of integrals, at a resolution that need not be the best."""
    one, two = (integral(k, 0.4, mp.exp(z)) for k in (1, 2))
    return float(losses(0.3, 0.5, mp.exp(z), one, two)[0])


low = float(mp.findroot(lambda z: counts(0.4, mp.exp(z))[0] - 0.3, 2))  # without a ridge
found = minimize_scalar(loss_of, bounds=(low, low + 4), options={"xatol": 1e-7}).fun
equal("25.11", "the least of (5.8)", found, best_at(0.4, mp.mpf("0.3"), mp.mpf("0.5")))
share = best_at(0.4, mp.mpf(7) / 20, mp.mpf(11) / 40) / best_at(0.4, 1 / mp.mpf(20), 1 / mp.mpf(40))
theirs = law("random-features M", 7, 11, 0.1, 3, 0.4, np.log(2), np.log(20))
equal("25.9-25.11", "rfscale.Law, random-features M", theirs, 0.1 + 3 * share)
gaps, many = [], np.array([4000, 8000])
for M in many:
    model = rf.ScalingModel(rf.PowerLaw(0.4, int(M)), sigma_w=np.sqrt(2 * M))
    exact = rf.optimal_ridge(model, 0.3 * M, 0.5 * M).prediction.test * M**0.4
    gaps.append(exact / found - 1)
by_order("25.9-25.11", "rfscale.optimal_ridge", many, gaps, 1)

S = losses(N, T, Delta, df1, df2)[0]
D = Delta * N * T * (df1 - df2) / S
change = -N * T * (D + 2 * (df1 - df2) ** 2) / (alpha * D**2)
identity("25.12", "the change of S", change + sp.diff(S, df1) / (alpha * Delta))
identity("25.12", "df2 does not change", slope(1 / Delta) + 1 / Delta)
taken = {df1: a, df2: a - s * a}
D_0 = kappa * a**2 + s * a * (N + T - 2 * a)
h = N * T * (D_0 + 2 * s**2 * a**2) / (alpha * D_0**2)
equal("25.12", "h, of N/T alone", at(h, 7, 11), at(-change.subs(taken), 70, 110))
for value, middle in ((0.3, 1.08), (1.0, 1.25)):
    over_end = [at(h, 1, x, alpha=value) / ((1 + value) / value) for x in (1, 1e3, 1e6)]
    by_order("25.12", "h(N, infinity)", [1e3, 1e6], np.subtract(over_end[1:], 1), 1)
    equal("25.12", "h(N, N) over it", over_end[0], middle, 0.005)
    gaps, parts = [], (1e-4, 1e-5)
    for nu in parts:
        of_M = best_at(value, nu, nu), value, 0.0, -np.log(nu)
        lost = c_of(value) ** (1 + value) * at(best, nu, 2 * nu, alpha=value)
        lost -= law("random-features M", 1, 2, 0, *of_M)[0]
        gaps.append(lost / at(h, 1, 2, alpha=value) - 1)
    by_order("25.12", f"rfscale.Law, alpha = {value}", np.divide(1, parts), gaps, value)

# %%
# Spending a budget
# -----------------
# Training costs about C = 6NT operations. At a given P = NT the slope of (25.2) by log N vanishes
# where :math:`\alpha(AN^{-\alpha})^g = \beta(BT^{-\beta})^g`, so that
#
# .. math:: N = \Big(\frac{\alpha A^g}{\beta B^g}\Big)^{\frac1{g(\alpha+\beta)}}
#           P^{\frac\beta{\alpha+\beta}}, \qquad L - E = A N^{-\alpha}\Big(1 +
#           \frac\alpha\beta\Big)^{1/g} \propto P^{-\frac{\alpha\beta}{\alpha+\beta}}. \tag{25.13}
#
# The exponents do not depend on g, which is in a power of :math:`\alpha/\beta` alone. A law with
# one exponent has N proportional to :math:`\sqrt P` by construction, whatever the table. (25.7) is
# the same for N and T/r exchanged: T = rN is best (13.2). With :math:`N^p` the best :math:`rN^p/T`
# is a number, which is all that a common factor leaves free, and
#
# .. math:: N \propto P^{1/(1+p)}, \qquad T \propto P^{p/(1+p)}. \tag{25.14}

P = sp.Symbol("P", positive=True)
N_best = (alpha * A**g / (beta * B**g)) ** (1 / (g * (alpha + beta))) * P ** (beta / (alpha + beta))
on_line = coupled.subs(T, P / N)
of_N, of_T = (A * N**-alpha) ** g, (B * (P / N) ** -beta) ** g
log_slope = (beta * of_T - alpha * of_N) / (of_N + of_T)
identity("25.13", "the slope by log N", N * sp.diff(sp.log(on_line), N) - log_slope)
best_N = at(N_best.subs(P, 77), 1, 1)
equal("25.13", "vanishes", at(alpha * of_N, best_N, 1), at((beta * of_T).subs(P, 77), best_N, 1))
best_loss = A * N**-alpha * (1 + alpha / beta) ** (1 / g)
equal("25.13", "the loss there", at(coupled, best_N, 77 / best_N), at(best_loss, best_N, 1))
twice = [at(N_best.subs(P, x), 1, 1) ** -0.4 for x in (77, 154)]
equal("25.13", "over P", mp.log(twice[0] / twice[1], 2), 0.12 / 0.7)

sizes = np.geomspace(1e2, 1e4, 5)
grid = np.tile(sizes, 5), np.repeat(sizes, 5)
table = np.array([0.1 + at(coupled, x, y) for x, y in zip(*grid, strict=True)], dtype=float)
spent = rf.fit_losses(*grid, table, "coupled", resamples=20).allocate(6e8)
best_N = at(N_best.subs(P, 10**8), 1, 1)
found = [spent.N.value / best_N, spent.loss.value / (0.1 + at(best_loss, best_N, 1))]
equal("25.13", "rfscale.fit_losses", [*found, spent.exponent.value], [1, 1, 3 / 7], 1e-6)
table = [0.1 + at(best, mp.mpf(x) ** 0.8, y) for x, y in zip(*grid, strict=True)]
of_power = rf.fit_losses(*grid, np.array(table, dtype=float), "random-features power", resamples=20)
found = np.log(of_power.allocate([6e8, 6e10]).N.value)
equal("25.14", "rfscale.fit_losses", np.diff(found) / np.log(100), 1 / 1.8, 1e-6)
