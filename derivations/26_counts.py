r"""
26. Counts
==========

**The question.** Quanta of skill, ridges, label noise and one pass over the data all give the
exponent :math:`\alpha/(1+\alpha)` in the number of samples. Why this one, and why have random
features without a ridge another?

**What we find.** Wherever a direction is learned by its own count, the exponent is
:math:`\alpha/(1+\alpha)`, whatever learning does with the count: this is known (Hutter,
arXiv:2102.04074). Only the prefactor depends on it, and is a Mellin transform. Random features
without a ridge learn by equations, not by counts. The covariance of the data does not tell which:
data of one direction a sample are learned by counts, dense data of the same covariance by
equations, and sparse ones are in between. What N features cost depends on the covariance alone,
so that there quanta and random features differ by a factor.

A sample shows the direction k with probability :math:`p_k`, or with this variance. After T samples
:math:`f(Tp_k)` of its loss is left:

.. math:: L(T) = \sum_k p_k\,f(Tp_k), \qquad p_k = \lambda_+k^{-(1+\alpha)}, \qquad f(0) = 1, \quad
          0 \le f \le 1. \tag{26.1}

In an integral over k the count :math:`y = Tp` is the better variable. With :math:`s =
\alpha/(1+\alpha)`, here the exponent of data and not that of (9.2), :math:`dk =
-(1-s)\,\lambda_+^{1-s}\,p^{s-2}\,dp`:

.. math:: \int_x^\infty p\,f(Tp)\,dk = (1-s)\,\lambda_+^{1-s}\,T^{-s} \int_0^{Tp(x)}
          y^{s-1} f(y)\,dy. \tag{26.2}

The sum over :math:`k > H` is this integral from :math:`x = H + \frac12`, and for a finite number K
of directions up to :math:`K + \frac12`, with the ends of Euler and Maclaurin's midpoint rule,

.. math:: \sum_{k=H+1}^K g(k) = \int_{H+1/2}^{K+1/2} g\,dx - \Big[\frac{g'}{24} -
          \frac{7\,g'''}{5760} + \ldots\Big]_{H+1/2}^{K+1/2}. \tag{26.3}
"""

from itertools import product

import mpmath as mp
import numpy as np
import sympy as sp
from common import below, by_order, c_of, equal, identity, measured, sampled
from scipy.optimize import minimize_scalar

import rfscale as rf

mp.mp.dps = 30
HALF = mp.mpf("0.5")
quanta = rf.neighbours.Quanta


def brute(left, alpha, scale, T, K=np.inf, head=400):
    """The sum (26.1): a head, and (26.2) by quadrature."""
    s = alpha / (1 + alpha)
    k = np.arange(1.0, min(head, K) + 1)
    p = scale * k ** -(1 + alpha)
    total = np.sum(p * left(T * p))
    if head >= K:
        return total
    y = T * scale * (head + 0.5) ** -(1 + alpha)
    integral = mp.quad(lambda u: left(float(u ** (1 / s))) / s, [0, y**s])
    y_slope = -(1 + alpha) / (head + 0.5) * y
    near = y * np.array([1 - 1e-4, 1 + 1e-4])
    end = np.diff(near * left(near))[0] / (2e-4 * y) * y_slope / T
    return total + float((1 - s) * scale ** (1 - s) * T**-s * integral + end / 24)


ridge = rf.neighbours.FixedRidge(3.0)
for f in (rf.neighbours.OnePass(0.3), ridge):
    found = f.loss([50.0, 2e4], 0.7, scale=2.0)
    by_hand = [brute(f.unlearned, 0.7, 2.0, T) for T in (50.0, 2e4)]
    equal("26.1", "rfscale, a sum", found, by_hand)
p_of = lambda k: 2 * k ** -mp.mpf("1.7")  # noqa: E731
by_k = mp.quad(lambda t: p_of(mp.exp(t)) * (1 + 9 * p_of(mp.exp(t))) ** -2 * mp.exp(t), [2, 20, 99])
s = mp.mpf("0.7") / mp.mpf("1.7")
by_y = mp.quad(lambda y: y ** (s - 1) * (1 + y) ** -2, [0, 9 * p_of(mp.exp(2))])
equal("26.2", "two ways", by_k, (1 - s) * 2 ** (1 - s) * mp.mpf(9) ** -s * by_y)
share = rf.neighbours.FixedRidge(1.0).below(float(s), float(9 * p_of(mp.exp(2))))
equal("26.2", "rfscale, its transform", share, by_y)
gaps, heads = [], (40, 80)
for H in heads:
    x, a = H + HALF, mp.mpf("1.7")
    ends = x ** (1 - a) / (a - 1) - a * x ** (-a - 1) / 24
    ends += 7 * a * (a + 1) * (a + 2) * x ** (-a - 3) / 5760
    gaps.append(mp.zeta(a, H + 1) / ends - 1)
by_order("26.3", "of powers", heads, gaps, 6)
equal("26.3", "rfscale, n of infinitely many", quanta(0.7).loss(n=10), mp.zeta(a, 11) / mp.zeta(a))

# %%
# The law
# -------
# Where many directions are learned the sum is its integral from 0,
#
# .. math:: L \simeq (1-s)\,\lambda_+^{1-s}\,M_f(s)\,T^{-s}, \qquad M_f(s) = \int_0^\infty y^{s-1}
#           f(y)\,dy, \qquad s = \frac{\alpha}{1+\alpha}, \tag{26.4}
#
# for every f that falls faster than :math:`y^{-s}`. The direction at the edge has :math:`Tp_k` of
# order one, so that :math:`k \sim T^{1/(1+\alpha)}` are learned, and what is beyond is
# :math:`k^{-\alpha}`. As :math:`p f(Tp)` rises with k to one maximum and falls, sum and integral
# differ by less than this maximum,
#
# .. math:: \big|L - \text{law}\big| \le \frac1T \max_y y f(y) \;\propto\; T^{-1}, \tag{26.5}
#
# which is :math:`T^{-1/(1+\alpha)}` of the law. For :math:`f = 1/(1+y)` half of it is missed: the
# first terms are 1/T each, and the integral has half of one more. The transforms of filters are
#
# .. math:: Q(\tau, y): \frac{\Gamma(\tau+s)}{s\,\Gamma(\tau)}, \quad 1_{y<\tau}:
#           \frac{\tau^s}{s}, \quad \Big(1 + \frac yg\Big)^{-2}: g^s\,\Gamma(s)\,\Gamma(2-s), \quad
#           \Big(1 + \frac yg\Big)^{-1}: \frac{\pi g^s}{\sin\pi s}, \quad e^{-2\eta y}:
#           \frac{\Gamma(s)}{(2\eta)^s}, \tag{26.6}
#
# in this order: a threshold of :math:`\tau` examples, where counts scatter or not; a fixed ridge;
# label noise at the best ridge; gradient flow, or one pass with steps :math:`\eta`. One
# trained network, on many tasks of parity, had Q(3.26, y/58,000) of each task left.

sizes = np.array([1e6, 1e8])
for alpha in (0.5, 1.4):
    best = rf.neighbours.BestRidge(1.0)
    law = best.asymptote(sizes, alpha, scale=1.0)
    gaps = best.loss(sizes, alpha, scale=1.0) / law - 1
    by_order("26.4", f"rfscale, alpha = {alpha}", sizes, gaps, 1 / (1 + alpha), 0.02)
    bound = best.asymptote_error(sizes, alpha, scale=1.0)
    below("26.5", "the largest error", abs(gaps), bound)
    equal("26.5", "half of the bound is missed", gaps * law, -0.5 / sizes, 0.05)
    equal("26.5", "the bound", bound * law, 1 / sizes, 0.01)
sharp = rf.neighbours.SharpThreshold(2.5)
value = mp.quad(lambda t: mp.exp(0.3 * t), [-199, -30, mp.log(2.5)])
equal("26.4", "rfscale, a transform", [sharp.mellin(0.3)], [value])
filters = (
    (rf.neighbours.Threshold(2.5), lambda y: mp.gammainc(2.5, y, regularized=True)),
    (sharp, lambda y: mp.mpf(y < 2.5)),
    (rf.neighbours.FixedRidge(2.5), lambda y: (1 + y / 2.5) ** -2),
    (rf.neighbours.BestRidge(2.5), lambda y: (1 + y / 2.5) ** -1),
    (rf.neighbours.OnePass(2.5), lambda y: mp.exp(-5 * y)),
)
s = 0.3
forms = (
    mp.gamma(2.5 + s) / (s * mp.gamma(2.5)),
    2.5**s / s,
    2.5**s * mp.gamma(s) * mp.gamma(2 - s),
    2.5**s * mp.pi / mp.sin(mp.pi * s),
    mp.gamma(s) / 5**s,
)
for (f, left), form in zip(filters, forms, strict=True):
    places = [-99, -9, float(mp.log(2.5)), 9, 199]
    value = mp.quad(lambda t, left=left: mp.exp(s * t) * left(mp.exp(t)), places)
    equal("26.6", f"rfscale, {type(f).__name__}", [f.mellin(s), form], [value, value], 1e-10)

# %%
# Ridges as counts
# ----------------
# Take infinitely many features and the ridge g of the kernel, which does not grow with T. By (4.7)
# :math:`\Delta\,(T - \mathrm{df}_1) = g`. Few directions are learned, :math:`\mathrm{df}_1 \sim
# T^{1-s}`, so that :math:`\Delta` is nearly g/T: each direction is learned as if it were alone.
# To first order, with :math:`\mathrm{df}_2 = s\,\mathrm{df}_1` and L growing as
# :math:`\Delta^s`, (5.8) is
#
# .. math:: \frac{1}{1 - \mathrm{df}_2/T} \sum_k \lambda_k \Big(1 +
#           \frac{\lambda_k}\Delta\Big)^{-2} = \Big(1 + 2s\,\frac{\mathrm{df}_1}T + \ldots\Big)
#           \sum_k \lambda_k \Big(1 + \frac{T\lambda_k}g\Big)^{-2}, \qquad \mathrm{df}_1 = c\,
#           \Big(\frac Tg\Big)^{1-s}. \tag{26.7}
#
# Without a ridge :math:`\mathrm{df}_1 = T` instead: T samples are T exact equations, which give
# the T largest directions however small these are, and :math:`L \sim T^{-\alpha}`.

M = 10**12
for alpha in (1.0, 1.5):
    model = rf.ScalingModel(rf.PowerLaw(alpha, M), sigma_w=np.sqrt(2 * M))
    T, s = np.array([1e5, 1e7]), alpha / (1 + alpha)
    theory = rf.predict(model, np.inf, T, kernel_ridge=3.0).test
    gap = theory / ridge.loss(T, alpha, M, scale=1.0) - 1
    first = 2 * s * c_of(alpha) * (T / 3) ** (1 - s) / T
    by_order("26.7", f"rfscale.predict, alpha = {alpha}", T, gap, s, 0.02)
    by_order("26.7", "and its first order", T, gap / first - 1, 1 / (1 + alpha), 0.02)

# %%
# Quanta
# ------
# In the quantization model of Michaud et al. (arXiv:2303.13506) a sample needs one quantum of
# skill, k with probability :math:`p_k`, which is learned from :math:`\tau` examples of it. Of T
# independent samples none shows it with probability
#
# .. math:: f = (1 - p)^T, \qquad \int_0^p u^{s-1}(1-u)^T du = B(s, T+1)\,I_p(s, T+1), \qquad B(s,
#           T+1) = \Gamma(s)\,T^{-s} + \ldots \tag{26.8}
#
# If the number of samples is a Poisson variable of the mean D, the counts are independent, and the
# chance of fewer than :math:`\tau` is Q. With room for the n first quanta
#
# .. math:: L(n, D) = \sum_{k>n} p_k + \sum_{k\le n} p_k\,Q(\tau, Dp_k), \qquad Q(\tau, y) =
#           e^{-y}\sum_{j<\tau} \frac{y^j}{j!}, \tag{26.9}
#
# and Q in general is the incomplete gamma function. For many of them, with :math:`\lambda_+ = 1/Z`
# and :math:`Z = \zeta(1+\alpha)`,
#
# .. math:: L(n) = \frac{n^{-\alpha}}{\alpha Z}\,\Big[1 + O\Big(\frac1n\Big)\Big], \qquad L(D)
#           \simeq \frac{\Gamma(\tau+s)}{\alpha\,\Gamma(\tau)}\,Z^{-1/(1+\alpha)}\,D^{-s}.
#           \tag{26.10}
#
# At a given C = n D put :math:`n = \nu\,(D/Z)^{1/(1+\alpha)}`, so that the last quantum has the
# count :math:`\nu^{-(1+\alpha)}`. By (26.2)
#
# .. math:: L = Z^{s-1} D^{-s}\,h(\nu), \quad h = \frac{\nu^{-\alpha}}\alpha + (1-s)
#           \int_{\nu^{-(1+\alpha)}}^\infty y^{s-1} Q\,dy, \qquad \min_n L =
#           Z^{-2/(2+\alpha)}\,C^{-\alpha/(2+\alpha)}\,\min_\nu \nu^{\alpha/(2+\alpha)} h(\nu).
#           \tag{26.11}
#
# So :math:`n \propto C^{1/(2+\alpha)}` and :math:`D \propto C^{(1+\alpha)/(2+\alpha)}`, the
# exponents of random features trained in one pass. With K quanta the losses are those with less to
# lose, and steeper,
#
# .. math:: -\frac{d\ln L}{d\ln n} = (1+\alpha)\,n\,\frac{\zeta(2+\alpha, n+1)}{\zeta(1+\alpha,
#           n+1) - \zeta(1+\alpha, K+1)}. \tag{26.12}
#
# With K = 500 a straight line through losses between 0.1 and 0.8 has the exponent 0.352 in D for
# :math:`\alpha = 0.4`, where s = 0.286.
#
# A sample may need r quanta. If its loss is the share that is not learned, or 1 unless all are,
# samples have the means
#
# .. math:: E\Big[\frac1r\sum_j f_{k_j}\Big] = L, \qquad E\Big[1 - \prod_j (1 - f_{k_j})\Big] = 1 -
#           (1 - L)^r. \tag{26.13}

one_hot = rf.neighbours.one_hot_loss
mean = 0.0
few = quanta(0.5, 3).probability([1, 2, 3])
for sequence in product(range(3), repeat=4):
    missed = [k for k in range(3) if k not in sequence]
    mean += np.prod(few[list(sequence)]) * few[missed].sum()
equal("26.8", "rfscale, all sequences of 4 samples", one_hot(4, 0.5, 3), mean)
value = mp.quad(lambda v: (1 - v ** (1 / HALF)) ** 50 / HALF, [0, mp.sqrt(0.2), mp.sqrt(0.3)])
form = mp.beta(0.5, 51) * mp.betainc(0.5, 51, 0, 0.3, regularized=True)
equal("26.8", "the integral", form, value)
many = [mp.gamma(0.3) * T**-0.3 * (1 - 0.3 * 1.3 / (2 * T)) for T in (1e3, 1e4)]
gaps = [mp.beta(0.3, T + 1) / form - 1 for T, form in zip((1e3, 1e4), many, strict=True)]
by_order("26.8", "many samples, with the next order", [1e3, 1e4], gaps, 2)
y_ = sp.Symbol("y", positive=True)
of_three = sp.exp(-y_) * (1 + y_ + y_**2 / 2)
incomplete = sp.expand_func(sp.uppergamma(3, y_)) / 2
identity("26.9", "three terms are Q", of_three - incomplete)
rng = np.random.default_rng(1)
of_tau = quanta(0.6, 200, 3)
p = of_tau.probability(np.arange(1, 201))
seen = rng.poisson(300 * p, (4000, 200)) >= 3
seen[:, 50:] = False
sampled("26.9", "rfscale.Quanta", 1 - seen @ p, of_tau.loss(n=50, D=300), 0.02)
drawn = rf.neighbours.simulate_quanta(of_tau, 50, 300, draws=1000)
measured("26.9", "its draws", drawn.mean, drawn.stderr, of_tau.loss(50, 300), 0.03)
equal("26.9", "in steps", of_tau.step_loss(3, 100, n=50), of_tau.loss(50, 300))
left = float(of_three.subs(y_, 300 * p[9]))
equal("26.9", "rfscale, one quantum", of_tau.task_loss(10, 300), left)
of_tau = quanta(0.5, tau=2.5)
Z = float(mp.zeta(1.5))
many = np.array([1e3, 1e4])
by_order("26.10", "rfscale, n", many, of_tau.loss(n=many) * 0.5 * Z * many**0.5 - 1, 1)
gaps = of_tau.loss(n=many) / of_tau.asymptote(n=many) - 1
below("26.10", "its error", abs(gaps), of_tau.asymptote_error(n=many))
law = float(mp.gamma(2.5 + 1 / mp.mpf(3)) / mp.gamma(2.5)) / 0.5 * Z ** (-2 / 3) * 1e9 ** (-1 / 3)
equal("26.10", "rfscale, D", [of_tau.loss(D=1e9), of_tau.asymptote(D=1e9)], [law, law], 1e-9)


def of_share(log_nu, alpha=0.5, tau=2.5):
    """nu^(alpha/(2+alpha)) h (26.11)."""
    s, nu = alpha / (1 + alpha), np.exp(log_nu)
    y = nu ** -(1 + alpha)
    whole = mp.gamma(tau + s) / (s * mp.gamma(tau))
    seen = mp.gammainc(tau + s, 0, y) / mp.gamma(tau) / s
    seen += y**s / s * mp.gammainc(tau, y, regularized=True)
    h = nu**-alpha / alpha + (1 - s) * (whole - seen)
    return float(nu ** (alpha / (2 + alpha)) * h)


least = minimize_scalar(of_share, bounds=(-5, 3), options={"xatol": 1e-9}).fun
budgets = np.array([1e8, 1e10])
spent = rf.neighbours.optimal_quanta(of_tau, budgets).loss
gaps = spent / (least * Z ** (-2 / 2.5) * budgets ** (-0.5 / 2.5)) - 1
by_order("26.11", "rfscale.optimal_quanta", budgets, gaps, 1 / 2.5, 0.1)
powers = rf.neighbours.quanta_exponents(0.5)
found = [powers.in_C, powers.n_of_C, powers.D_of_C, 1 / powers.in_D - 1 / powers.in_n]
equal("26.11", "rfscale.quanta_exponents", found, [0.2, 0.4, 0.6, 1.0])
lost = lambda n: mp.zeta(1.4, mp.exp(n) + 1) - mp.zeta(1.4, 501)  # noqa: E731
slope = -mp.diff(lambda n: mp.log(lost(n)), mp.log(100))
equal("26.12", "rfscale.quanta_slope", rf.neighbours.quanta_slope(quanta(0.4, 500), n=100), slope)
line = rf.neighbours.fitted_quanta_slope(quanta(0.4, 500, 1000))
equal("26.12", "a line through 500 quanta", line, 0.352, 2e-3)
of_tau = quanta(0.6, 200, 3)
for rule in ("additive", "all"):
    curves = rf.neighbours.sample_losses(of_tau, 300.0, 4, rule, samples=20_000, seed=3)
    mean = rf.neighbours.mean_sample_loss(of_tau, 300.0, 4, rule)
    L = of_tau.loss(D=300.0)
    form = L if rule == "additive" else 1 - (1 - L) ** 4
    sampled("26.13", f"rfscale, {rule}", curves, form, 0.06)
    equal("26.13", "its mean", mean, form)

# %%
# What a quantum costs in random features
# ---------------------------------------
# The n first quanta are the n best features, the principal components. Random ones without a ridge
# have :math:`N\Delta` for the loss, by (9.14) :math:`\lambda_+ C N^{-\alpha}`, where n quanta have
# :math:`\lambda_+ n^{-\alpha}/\alpha`. So
#
# .. math:: \frac{L(N)}{L(n = N)} = C\alpha, \qquad \frac Nn = (C\alpha)^{1/\alpha} \quad\text{at
#           the same loss}: \tag{26.14}
#
# 2.47 random features for a quantum at :math:`\alpha = 1`, and 4.05 at 0.4. Here both have the
# exponent :math:`\alpha`: what N features cost is fixed by the covariance.

N = np.array([1e2, 1e3])
for alpha in (0.8, 1.0):
    model = rf.ScalingModel(rf.PowerLaw(alpha, M), sigma_w=np.sqrt(2 * M))
    ratio = rf.predict(model, N, np.inf).test * alpha * N**alpha
    constant = c_of(alpha) ** (1 + alpha) * alpha
    by_order("26.14", f"rfscale.predict, alpha = {alpha}", N, ratio / constant - 1, 1)
    equal("26.14", "rfscale", rf.neighbours.loss_ratio_of_features(alpha), constant)
    many = rf.neighbours.features_per_quantum(alpha)
    equal("26.14", "as many for a quantum", many**-alpha * constant, 1.0)

# %%
# Between counts and equations
# ----------------------------
# What T samples tell is not fixed by the covariance. Let a sample have r directions of random sign,
# drawn from p, with the weights of an isotropic teacher. The min-norm fit leaves of the teacher
# what is orthogonal to all samples: with P the projection on their span
#
# .. math:: x = \frac1{\sqrt r}\sum_{j=1}^r \pm e_{k_j}, \qquad E[xx^T] = \Lambda =
#           \mathrm{diag}(p), \qquad L = \mathrm{tr}\,\Lambda(1 - P). \tag{26.15}
#
# At r = 1 the span is that of the directions seen, and the mean of L is :math:`\sum p(1-p)^T`:
# one-hot data are the quantization model with :math:`\tau = 1`, exactly. At infinite r the samples
# are Gaussian, and L is the planar loss of infinitely many features. In between drawn data are near
#
# .. math:: L(T; r) \approx \max\big[L_\infty(T),\, L_1(rT)\big], \qquad T^* =
#           \Big[\frac{(1+\alpha)\,C\,\lambda_+^s}{\Gamma(s)}\Big]^{(1+\alpha)/\alpha^2}
#           r^{1/\alpha}, \tag{26.16}
#
# the laws of which, :math:`\lambda_+CT^{-\alpha}` and :math:`(1-s)\lambda_+^{1-s}\Gamma(s)
# (rT)^{-s}`, meet at :math:`T^*`: rT directions were shown, and T equations are there. That the
# loss is the larger of both is an observation, to -35 and +13 percent: lower around the crossing,
# and up to 10 percent higher just beyond it. That sparse data have
# exponents of their own is known (Sous and Winer, arXiv:2605.23591).

mean = 0.0
for sequence in product(range(3), repeat=4):
    x = np.zeros((4, 3))
    x[range(4), sequence] = [1, -1, -1, 1]
    P = np.linalg.pinv(x) @ x
    mean += np.prod(few[list(sequence)]) * np.trace(np.diag(few) @ (np.eye(3) - P))
equal("26.15", "rfscale, r = 1", one_hot(4, 0.5, 3), mean)
drawn = rf.neighbours.simulate_sparse(25, 1, 0.5, 100, draws=400)
measured("26.15", "its draws", drawn.mean, drawn.stderr, one_hot(25, 0.5, 100), 0.06)
p = quanta(1.0, 300).probability(np.arange(1, 301))
model = rf.ScalingModel(rf.Eigenvalues(p), sigma_w=np.sqrt(600))
dense = rf.predict(model, np.inf, 60, order="one-loop").test
drawn = rf.neighbours.simulate_sparse(60, np.inf, 1.0, 300, draws=60)
measured("26.15", "infinite r, rfscale.predict", drawn.mean, drawn.stderr, dense, 0.05)
T = np.array([10, 40, 120])
dense = rf.predict(model, np.inf, T).test
drawn = rf.neighbours.simulate_sparse(T, 8, 1.0, 300, draws=12)
larger = rf.neighbours.sparse_loss(T, 8, dense, 1.0, 300)
below("26.16", "the larger of both, r = 8", abs(drawn.mean / larger - 1), 0.35)
alpha = 0.7
s = alpha / (1 + alpha)
meet, scale = rf.neighbours.sparse_crossing(9, alpha), 1 / float(mp.zeta(1 + alpha))
of_one_hot = (1 - s) * scale ** (1 - s) * float(mp.gamma(s)) * (9 * meet) ** -s
equal("26.16", "where the laws meet", scale * c_of(alpha) ** 1.7 * meet**-alpha, of_one_hot)
