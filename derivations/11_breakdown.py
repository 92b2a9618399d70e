r"""
11. Breakdown: M comparable to N
================================

**The question.** The power law of step 9 has n = min(N, T) far below M. What takes its place as n
approaches M, and how does the loss reach zero there?

**What we find.** One function of n/M, a hypergeometric one, describes the whole crossover. Near n =
M the loss is linear in M - n, for every alpha and indeed for every spectrum. The form of the talk
[MRS], :math:`n\Delta \simeq C\,(1/n - 1/M)^\alpha`, has the exponent alpha instead. It is right
only near :math:`\alpha = 1`, and :math:`C\,(n^{-\alpha} - M^{-\alpha})` is a better short form
(derived here).

As in step 9, :math:`a = 1 + \alpha`, :math:`s = 1/a`, :math:`f(X) = 1/(1 + \Delta X^a)`, :math:`c =
\pi s/\sin\pi s` and :math:`C = c^a`; but the sum for df1 now ends at M.

From a sum to an integral
-------------------------
On the cell from J - 1/2 to J + 1/2 take :math:`k(X) = \tfrac12(\tfrac12 - |X - J|)^2`. It vanishes
at both ends with its slope, its second derivative is 1, and its slope drops by 1 at X = J. Two
integrations by parts give :math:`\int k f'' = \int f - f(J)`. Summed over all cells,

.. math:: \sum_{J=1}^M f(J) = \int_{1/2}^{M+1/2} f\,dX - \int_{1/2}^{M+1/2} k\,f''\,dX. \tag{11.1}

The mean of k over a cell is 1/24. If f'' changes little within a cell, the last integral is one of
f'' alone:

.. math:: \sum_{J=1}^M f(J) = \int_{1/2}^{M+1/2} f\,dX - \frac{1}{24}\Big[f'\Big]_{1/2}^{M+1/2} +
          \dots \tag{11.2}

The next term has two more derivatives. So the midpoints are good places to end: nothing of order f
is left there.
"""

import warnings

import matplotlib.pyplot as plt
import mpmath as mp
import numpy as np
import sympy as sp
from common import (
    by_order,
    c_of,
    df,
    equal,
    identity,
    planar,
    power_law,
    resolution,
    show,
    unit_model,
)

import rfscale as rf

mp.mp.dps = 25


def f(a, d, x):
    return 1 / (1 + d * x**a)


def rise(a, d, x):
    """f'."""
    return -a * d * x ** (a - 1) * f(a, d, x) ** 2


a, d = mp.mpf("2.4"), mp.mpf("0.3")
cells, middle = 0, mp.mpf("0.5")
for J in range(1, 4):
    for low, high in ((J - middle, J), (J, J + middle)):
        cells += mp.quad(lambda x: f(a, d, x), [low, high])
        cells -= mp.quad(
            lambda x, J=J: (middle - abs(x - J)) ** 2 / 2 * mp.diff(lambda y: rise(a, d, y), x),
            [low, high],
        )
equal("11.1", "two integrations by parts", cells, sum(f(a, d, J) for J in range(1, 4)))

gaps, lengths = [], [40, 80]
for L in lengths:
    d = mp.mpf(L) ** -a
    whole = mp.quad(lambda x, d=d: f(a, d, x), [L - middle, 2 * L, 3 * L + middle])
    ends = rise(a, d, 3 * L + middle) - rise(a, d, L - middle)
    gaps.append((sum(f(a, d, J) for J in range(L, 3 * L + 1)) - whole) / (-ends / 24) - 1)
by_order("11.2", "the ends, relatively", lengths, gaps, 2)

# %%
# The integral
# ------------
# For small X expand f in powers of :math:`-\Delta X^a` and integrate term by term; 1/(1 + ak) is
# s/(s + k), the ratio of the Pochhammer symbols of s and 1 + s, so that the series is Gauss's:
#
# .. math:: \int_0^X f = X \sum_{k=0}^\infty \frac{(-\Delta X^a)^k}{1 + a k}
#           = X\, {}_2F_1(1, s; 1+s; -\Delta X^a), \qquad \frac{(s)_k}{(1+s)_k} = \frac{s}{s+k}
#           = \frac{1}{1 + ak}. \tag{11.3}
#
# The left side has no singularity for positive X, so this holds beyond the radius of the series as
# well. With (11.2),
#
# .. math:: n = \Big[X\,{}_2F_1(1, s; 1+s; -\Delta X^{1+\alpha})\Big]_{X=1/2}^{M+1/2}, \tag{11.4}
#
# and what (11.2) has beyond the integral shifts Delta by (derived here)
#
# .. math:: \log\frac{\Delta}{\Delta_{(11.4)}} \simeq
#           \frac{f'(\frac12) - f'(M+\frac12)}{24\,(\mathrm{df}_1 - \mathrm{df}_2)}, \tag{11.5}
#
# as :math:`\Delta\,d\,\mathrm{df}_1/d\Delta = -(\mathrm{df}_1 - \mathrm{df}_2)` (4.8):
# :math:`M^{-2}` at fixed n/M. For the lower end f' is :math:`-(1+\alpha)\,2^{-\alpha}\Delta`. There
# :math:`X^{1+\alpha}` bends within the first cell, and the term is only an estimate for n << M, 30
# percent too large at :math:`\alpha = 2` and three times at 3: by (9.13) the numerator is
# :math:`24\,[-\zeta(-1-\alpha) - 2^{-(2+\alpha)}/(2+\alpha)]\,\Delta` instead.


def area(a, d, x):
    """The integral of f from 0 to x (11.3)."""
    return x * mp.hyp2f1(1, 1 / a, 1 + 1 / a, -d * x**a)


def root(function, *guess):
    """Delta where a function of it vanishes."""
    return mp.exp(mp.findroot(lambda z: function(mp.exp(z)), [mp.log(x) for x in guess]))


def law(a, n, M):
    """Delta by (11.4)."""
    guess = mp.mpf(n) ** -a
    return root(lambda d: area(a, d, M + middle) - area(a, d, middle) - n, guess, guess / 2)


def exact(alpha, n, M):
    return resolution(power_law(alpha, M), n, np.inf, 0)


s_ = sp.symbols("s", positive=True)
k_ = sp.symbols("k", integer=True, nonnegative=True)
pochhammer = sp.combsimp(sp.rf(s_, k_) / sp.rf(1 + s_, k_))
identity("11.3", "its coefficients", pochhammer - s_ / (s_ + k_), pochhammer - 1 / (1 + k_ / s_))
a, d = mp.mpf("2.4"), mp.mpf("0.3")
equal("11.3", "beyond the radius", area(a, d, 7), mp.quad(lambda x: f(a, d, x), [0, 1, 3, 7]))
for alpha, order in ((1.0, 2), (1.4, 1.4)):
    gaps, sizes = [], [40, 80, 160]
    for M in sizes:
        d, lam = exact(alpha, 0.9 * M, M), power_law(alpha, M)
        gap = np.log(d / float(law(1 + mp.mpf(alpha), 0.9 * M, M)))
        steps = rise(1 + alpha, d, 0.5) - rise(1 + alpha, d, M + 0.5)
        gaps.append(gap / (steps / 24 / (df(1, lam, d) - df(2, lam, d))) - 1)
    by_order(
        "11.4-11.5", f"the hypergeometric law and its error, alpha = {alpha}", sizes, gaps, order
    )

for alpha, times in ((2.0, 1.30), (3.0, 3.33)):
    bracket = 24 * (-mp.zeta(-1 - alpha) - mp.mpf(2) ** -(2 + alpha) / (2 + alpha))
    equal(
        "11.5",
        f"the estimate of the lower end, alpha = {alpha}",
        -(1 + alpha) * 2**-alpha / bracket,
        times,
        rel=0.005,
    )
counts, shifts = [20, 40], []
for n in counts:  # M as good as infinite; at alpha = 1.5 no pole is large
    d = exact(1.5, n, 10**6)
    bracket = 24 * (-mp.zeta(-2.5) - mp.mpf(2) ** -3.5 / 3.5)
    spread = n - rf.PowerLaw(1.5, 10**6).df(2, d)
    shifts.append(float(mp.log(d / law(mp.mpf("2.5"), n, 10**6)) / (bracket * d / 24 / spread) - 1))
by_order("11.5", "what it is instead, n << M", counts, shifts, 2.5)

# %%
# The scaling limit
# -----------------
# Let n and M grow together. The halves drop out, the lower end as well, and Delta and M remain in
# one combination:
#
# .. math:: \nu = {}_2F_1(1, s; 1+s; -\tau) = \int_0^1 \frac{dx}{1 + \tau x^{1+\alpha}}, \qquad \nu
#           = \frac nM, \qquad \tau = \Delta M^{1+\alpha}, \tag{11.6}
#
# .. math:: n\Delta = M^{-\alpha}\,\nu\,\tau(\nu). \tag{11.7}
#
# At :math:`\alpha = 1` the integral is elementary,
#
# .. math:: \nu = \frac{\arctan\sqrt\tau}{\sqrt\tau} \qquad (\alpha = 1). \tag{11.8}
#
# The slope of :math:`\tau(\nu)` follows from the integral: as a function of its upper limit X it is
# X times a function of :math:`\Delta X^a`. So :math:`X f = \int f +
# a\,\Delta\,\partial_\Delta\!\int f`, and at X = M
#
# .. math:: g = -\frac{d\nu}{d\log\tau} = s\,\Big(\nu - \frac{1}{1+\tau}\Big) = \frac{\mathrm{df}_1
#           - \mathrm{df}_2}{M}. \tag{11.9}
#
# The first correction. With the upper half kept and the lower one moved to the left, (11.4) reads n
# + 1/2 = area up to M + 1/2: (11.6) at :math:`(n+\frac12)/(M+\frac12)`, which is larger than nu by
# :math:`(1-\nu)/2M`. To first order
#
# .. math:: \log\frac{\Delta}{\Delta_{(11.7)}} \simeq -\frac{1}{2M}\Big(\frac{1-\nu}{g} + 1 +
#           \alpha\Big), \tag{11.10}
#
# which is :math:`-(1+\alpha)/2n` for small nu, as in (9.16), and :math:`-(2+\alpha)/2M` for nu near
# 1.


def scaled(a, nu):
    """tau, the root of (11.6)."""
    guess = (1 - nu) / nu**a
    return root(lambda tau: area(a, tau, 1) - nu, guess, 2 * guess)


def loss(a, n, M):
    """n Delta (11.7)."""
    return M ** (1 - a) * (n / mp.mpf(M)) * scaled(a, n / mp.mpf(M))


def flow(a, nu, tau):
    """g (11.9)."""
    return (nu - 1 / (1 + tau)) / a


tau_ = sp.symbols("tau", positive=True)
gauss = sp.hyperexpand(sp.hyper([1, sp.Rational(1, 2)], [sp.Rational(3, 2)], -tau_))
identity("11.8", "alpha = 1", sp.atan(sp.sqrt(tau_)) / sp.sqrt(tau_) - gauss)
a, nu = mp.mpf("2.4"), mp.mpf("0.7")
tau = scaled(a, nu)
equal("11.6", "the scaling function", mp.quad(lambda x: f(a, tau, x), [0, 0.5, 1]), nu)
equal("11.9", "its slope", flow(a, nu, tau), -tau * mp.diff(lambda t: area(a, t, 1), tau))
gaps, rests, sizes = [], [], [200, 400, 800]
for M in sizes:
    d, lam = exact(1.4, 0.7 * M, M), power_law(1.4, M)
    shift = -((1 - nu) / flow(a, nu, tau) + a) / (2 * M)
    gaps.append(mp.log(0.7 * M * d / loss(a, 0.7 * M, M)) / shift - 1)
    rests.append((df(1, lam, d) - df(2, lam, d)) / M / flow(a, nu, tau) - 1)
by_order("11.7, 11.10", "the scaling law and its first correction", sizes, gaps, 1)
by_order("11.9", "df1 - df2", sizes, rests, 1)

# %%
# The two ends
# ------------
# **Small nu, large tau.** The integral up to 1 is that to infinity, (9.5), less the rest,
# :math:`\int_1^\infty dx\,(\tau^{-1}x^{-a} - \dots) = 1/\alpha\tau`:
#
# .. math:: \nu = c\,\tau^{-s} - \frac{1}{\alpha\,\tau} + O(\tau^{-2}), \qquad \tau =
#           C\,\nu^{-(1+\alpha)}\Big[1 - \frac{1+\alpha}{\alpha\,C}\,\nu^\alpha + \dots\Big].
#           \tag{11.11}
#
# This is step 9, with the cutoff (9.20). **Nu near 1, small tau.** The series (11.3) at X = M, and
# its inverse:
#
# .. math:: 1 - \nu = \frac{\tau}{2+\alpha} - \frac{\tau^2}{3 + 2\alpha} + O(\tau^3), \tag{11.12}
#
# .. math:: n\Delta = n\,(M-n)\,\frac{2+\alpha}{M^{2+\alpha}}
#           \Big[1 + \frac{(2+\alpha)^2}{3+2\alpha}\,(1-\nu) + \dots\Big]. \tag{11.13}
#
# The end is linear in M - n, for every alpha. It has to be so, for every spectrum: near n = M all
# directions are learned but for a little, :math:`1 - f(J) = \Delta/\lambda_J` to first order, and
# their sum is M - df1, which is M - n:
#
# .. math:: M - n = \Delta \sum_J \frac{1}{\lambda_J} + O(\Delta^2), \tag{11.14}
#
# the sum being :math:`M^{2+\alpha}/(2+\alpha)` for a power. Each missing feature costs the same.


def constant(a):
    """C (9.14)."""
    return c_of(mp.mpf(a) - 1) ** a


def short(a, nu):
    """tau at small nu (11.11)."""
    return constant(a) * nu**-a * (1 - a / ((a - 1) * constant(a)) * nu ** (a - 1))


def linear(a, n, M):
    """n Delta for n near M (11.13), to leading order."""
    return n * (M - n) * (a + 1) / M ** (a + 1)


taus = [mp.mpf(10) ** k for k in (3, 4)]
gaps = [
    (constant(a) ** (1 / a) * tau ** (-1 / a) - area(a, tau, 1)) * (a - 1) * tau - 1 for tau in taus
]
by_order("11.11", "nu at large tau", taus, gaps, 1)
nus = [mp.mpf(10) ** -k for k in (2, 3)]
gaps = [
    (1 - scaled(a, nu) / constant(a) * nu**a) / (1 - short(a, nu) / constant(a) * nu**a) - 1
    for nu in nus
]
by_order("11.11", "tau at small nu", [1 / nu for nu in nus], gaps, 1.4)
taus = [mp.mpf(10) ** -k for k in (2, 3)]
gaps = [(1 - area(a, tau, 1) - tau / (a + 1)) / (-(tau**2) / (2 * a + 1)) - 1 for tau in taus]
by_order("11.12", "nu at small tau", [1 / tau for tau in taus], gaps, 1)
next_term = (a + 1) ** 2 / (2 * a + 1)
gaps = [
    (loss(a, 7 - 7 * rest, 7) / linear(a, 7 - 7 * rest, 7) - 1) / (next_term * rest) - 1
    for rest in taus
]
by_order("11.13", "the linear end and its next term", [1 / rest for rest in taus], gaps, 1)
rng = np.random.default_rng(11)
lam, deltas = rng.uniform(0.1, 2, 30), [1e-3, 1e-4]
gaps = [(30 - df(1, lam, d)) / (d * np.sum(1 / lam)) - 1 for d in deltas]
by_order("11.14", "any spectrum", [1 / d for d in deltas], gaps, 1)

# %%
# The talk's form
# ---------------
# At small n/M the loss falls as a power of 1/n, and at n = M it vanishes. The talk [MRS] joins the
# two by
#
# .. math:: n\Delta \simeq C\,\Big(\frac1n - \frac1M\Big)^\alpha. \tag{11.15}
#
# Over the exact value, at M = 1000:
#
# =====  =====  =====  ======  =======
# alpha  n=100  n=500  n=900   n=990
# =====  =====  =====  ======  =======
# 0.25   1.93   4.00   15.1    86.3
# 0.5    1.30   2.01   4.73    15.1
# 1      0.991  0.910  0.840   0.825
# 2      0.829  0.323  0.0476  0.00446
# =====  =====  =====  ======  =======
#
# The reason is in both ends. In the scaling limit the ratio is, with (11.11) and (11.13),
#
# .. math:: \frac{C\,(1-\nu)^\alpha}{\nu^{1+\alpha}\,\tau} = 1 +
#           \frac{1+\alpha}{\alpha\,C}\,\nu^\alpha - \alpha\nu + \dots \qquad (\nu \to 0),
#           \tag{11.16}
#
# .. math:: \frac{C\,(1-\nu)^\alpha}{\nu^{1+\alpha}\,\tau} \to
#           \frac{C}{2+\alpha}\,(1-\nu)^{\alpha-1} \qquad (\nu \to 1). \tag{11.17}
#
# A finite M takes off :math:`\nu^\alpha`, the talk's form takes off :math:`\nu`. They agree in the
# power only at :math:`\alpha = 1`, and there not in the factor: :math:`8/\pi^2` and 1. At the other
# end the form has the exponent alpha for what is linear: its ratio diverges for :math:`\alpha < 1`,
# vanishes for :math:`\alpha > 1`, and is :math:`\pi^2/12 = 0.82` at 1.
#
# A form for all n
# ----------------
# A form that takes off :math:`\nu^\alpha`, and is linear at the end, is just as short (derived
# here):
#
# .. math:: n\Delta \simeq C\,\big(n^{-\alpha} - M^{-\alpha}\big), \tag{11.18}
#
# the same at :math:`\alpha = 1`. Its ratio to the exact value in the scaling limit is
#
# .. math:: \frac{C\,(\nu^{-\alpha} - 1)}{\nu\tau} = 1 - \Big(1 -
#           \frac{1+\alpha}{\alpha\,C}\Big)\nu^\alpha + \dots \quad (\nu \to 0), \qquad \to
#           \frac{\alpha\,C}{2+\alpha} \quad (\nu \to 1), \tag{11.19}
#
# and it falls from 1 to that limit: 0.68, 0.75, 0.82, 0.88 for the four alpha of the table. At n of
# a few the half of (9.14) comes on top, and the ratio can exceed 1.


def talk(a, n, M):
    return constant(a) * (1 / mp.mpf(n) - 1 / mp.mpf(M)) ** (a - 1)


def uniform(a, n, M):
    return constant(a) * (mp.mpf(n) ** (1 - a) - mp.mpf(M) ** (1 - a))


def ratio(form, a, nu):
    """A form over the exact value, in the scaling limit."""
    return form(a, nu, 1) / loss(a, nu, 1)


printed = {
    0.25: [1.93, 4.00, 15.1, 86.3],
    0.5: [1.30, 2.01, 4.73, 15.1],
    1.0: [0.991, 0.910, 0.840, 0.825],
    2.0: [0.829, 0.323, 0.0476, 0.00446],
}
for alpha, row in printed.items():
    found = [talk(1 + alpha, n, 1000) / (n * exact(alpha, n, 1000)) for n in (100, 500, 900, 990)]
    digits = [float(f"{float(x):.3g}") for x in found]
    equal("11.15", f"the table, alpha = {alpha}", np.divide(digits, row), np.ones(4))
off, nus = a / ((a - 1) * constant(a)), [mp.mpf(10) ** -k for k in (4, 5)]
gaps = [ratio(talk, a, nu) - 1 - off * nu ** (a - 1) + (a - 1) * nu for nu in nus]
by_order("11.16", "the talk's form at small nu", [1 / nu for nu in nus], gaps, 2)
gaps = [ratio(talk, a, 1 - rest) / (constant(a) / (a + 1) * rest ** (a - 2)) - 1 for rest in nus]
by_order("11.17", "and near 1", [1 / rest for rest in nus], gaps, 1)
equal("11.16", "alpha = 1", 2 / constant(2), 8 / mp.pi**2)
gaps = [(ratio(uniform, a, nu) - 1) / ((off - 1) * nu ** (a - 1)) - 1 for nu in nus]
by_order("11.18-11.19", "the uniform form at small nu", [1 / nu for nu in nus], gaps, 1.4)
for alpha, limit in ((0.25, 0.68), (0.5, 0.75), (1.0, 0.82), (2.0, 0.88)):
    end = (alpha * constant(1 + alpha)) / (2 + alpha)
    gaps = [ratio(uniform, 1 + alpha, 1 - rest) / end - 1 for rest in nus]
    by_order("11.19", f"and near 1, alpha = {alpha}", [1 / rest for rest in nus], gaps, 1)
    equal("11.19", "its limit", round(float(end), 2), limit)
    between = np.array([float(ratio(uniform, 1 + alpha, mp.mpf(k) / 40)) for k in range(1, 40)])
    equal("11.19", "and falling in between", between, np.sort(between)[::-1])

# %%
# The loss
# --------
# With the factor of (9.17), and nothing left for n > M, where df1 < M cannot reach n, so that Delta
# vanishes with gamma,
#
# .. math:: \mathcal{S} = \frac{n\Delta}{1 - n/m} \quad (n < M), \qquad
#           \mathcal{S} = 0 \quad (n > M). \tag{11.20}
#
# A small ridge then costs :math:`\gamma^2`: from (4.7), (11.14) and (5.8) for N, T > M
#
# .. math:: \mathcal{S} = \frac{N T\,\gamma^2}{(N-M)^3 (T-M)^3} \sum_J \frac{1}{\lambda_J} +
#           O(\gamma^3). \tag{11.21}


lam, ridges = rng.uniform(0.1, 2, 12), [1e-3, 1e-4]
inverse = np.sum(1 / lam) * 17 * 15 / ((17 - 12) ** 3 * (15 - 12) ** 3)
gaps = [planar(lam, 17, 15, ridge)[1] / (inverse * ridge**2) - 1 for ridge in ridges]
by_order(
    "11.21", "more features and samples than directions", [1 / ridge for ridge in ridges], gaps, 1
)

# %%
# The package
# -----------
# It has all these forms, and warns where one is used outside its regime, as we do here on purpose.
# As the error of (11.4) it adds the sizes of three: the pole (9.15), for alpha >= 1 only, and the
# two ends of (11.5). For n << M df1 - df2 is :math:`n/(1+\alpha)`; for n near M it is, by (11.14),
# :math:`\Delta M^{2+\alpha}/(2+\alpha)`, and f' at the upper end :math:`-(1+\alpha)\Delta
# M^\alpha`:
#
# .. math:: \frac{4\pi}{c}\,e^{-2\pi\sin(\pi s)\,(n+\frac12)/c} +
#           \frac{(1+\alpha)^2\,\Delta}{24\cdot 2^\alpha\,n} + \frac{(1+\alpha)(2+\alpha)}{24 M^2}.
#           \tag{11.22}


def three(a, n, M):
    """(11.22), with Delta by (9.14)."""
    c = c_of(mp.mpf(a) - 1)
    first = 4 * mp.pi / c * mp.exp(-2 * mp.pi * mp.sinpi(1 / a) * (n + middle) / c)
    return (
        first
        + a**2 * (c / (n + middle)) ** a / (24 * 2 ** (a - 1) * n)
        + a * (a + 1) / (24 * mp.mpf(M) ** 2)
    )


alpha, M, counts = 1.4, 1000, np.array([3, 70, 700, 990])
spectrum, tools = rf.PowerLaw(alpha, M), rf.asymptotics
stated = tools.discreteness_error(rf.PowerLaw(alpha, 12), 3)
equal("11.22", "discreteness_error", stated, three(a, 3, 12))
without = three(1.6, 3, 12) - 4 * mp.pi / c_of(0.6) * mp.exp(
    -2 * mp.pi * mp.sinpi(1 / mp.mpf("1.6")) * 3.5 / c_of(0.6)
)
equal(
    "11.22",
    "without a pole, alpha = 0.6",
    tools.discreteness_error(rf.PowerLaw(0.6, 12), 3),
    without,
)
equal(
    "11.6",
    "scaling_function",
    tools.scaling_function(alpha, [0.2, 0.7]),
    [scaled(a, mp.mpf(x)) for x in (0.2, 0.7)],
)
far = tools.scaling_function(alpha, 1e-110)
expected = float(short(a, mp.mpf("1e-110")))
equal("11.11", "scaling_function at small nu", far, expected, 1e-10)  # log tau is 608, to 1e-13
limits = [abs(1 - a / ((a - 1) * constant(a))), abs(1 - (a - 1) * constant(a) / (1 + a))]
misses = [float(max(limits)) * (n / M) ** 1.4 + 3.4 / (2 * n) for n in (70, 700)]
equal("11.19", "uniform_error", tools.uniform_error(spectrum, [70, 700]), misses)
pairs = [
    ("11.4", tools.delta_finite_M, lambda n: n * law(a, n, M)),
    ("11.7", tools.delta_scaling, lambda n: loss(a, n, M)),
    ("11.13", tools.delta_linear, lambda n: linear(a, n, M)),
    ("11.15", tools.delta_breakdown, lambda n: talk(a, n, M)),
    ("11.18", tools.delta_uniform, lambda n: uniform(a, n, M)),
]
with warnings.catch_warnings():
    warnings.simplefilter("ignore", rf.RegimeWarning)
    for tag, function, form in pairs:
        shares = (
            counts * function(spectrum, counts) / np.array([float(form(int(n))) for n in counts])
        )
        equal(tag, function.__name__, shares, np.ones(4))
point = rf.predict(unit_model(spectrum), N=[700, 1100], T=[900, 1200])
equal("11.20", "predict", point.signal, [700 * exact(alpha, 700, M) / (1 - 700 / 900), 0])

# %%
# Both short forms over the exact value: lines in the scaling limit, points at M = 1000. The talk's
# form (left) is wrong by factors, the uniform one (right) by a third at most.

figure, axes = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
shares = np.append(np.linspace(0.02, 0.98, 33), [0.99, 0.995])
counts = np.array([100, 200, 300, 500, 700, 850, 950, 990])
placed = counts / M
for alpha, color in zip(printed, ["#0072B2", "#56B4E9", "#D55E00", "#009E73"], strict=True):
    delta = rf.predict(rf.ScalingModel(rf.PowerLaw(alpha, M)), counts, np.inf).delta
    for form, panel in ((talk, axes[0]), (uniform, axes[1])):
        points = np.array([float(form(1 + alpha, int(n), M)) for n in counts]) / (counts * delta)
        line = [float(ratio(form, 1 + alpha, mp.mpf(nu))) for nu in shares]
        on_line = np.exp(np.interp(placed, shares, np.log(line)))
        equal("11.19", f"points and line, alpha = {alpha}", points / on_line, np.ones(8), 0.04)
        panel.plot(shares, line, color=color, label=rf"$\alpha = {alpha}$")
        panel.plot(placed, points, "o", ms=4, color=color)
axes[0].set(
    yscale="log", xlabel="$n/M$", ylabel="form / exact", title="the talk (11.15)", ylim=(2e-3, 1e2)
)
axes[1].set(xlabel="$n/M$", title="uniform (11.18)", ylim=(0.6, 1.1))
axes[0].legend(loc="lower left", frameon=False)
show(figure)
