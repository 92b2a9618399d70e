r"""
15. General teachers
====================

**The question.** So far all latent directions were equally important to the teacher. What is the
loss of a given teacher, and with which exponents does it fall if the teacher, too, is a power law?

**What we find.** Each loss is a sum over directions weighted by the squares of the teacher's
weights. The symmetry of features and data survives only as an exchange of teacher and test
distribution: the loss of one given teacher is no longer the same in N and in T. A teacher that
lives on the first directions saturates the loss, at the exponent :math:`1+\alpha` in N, and at
twice that in T; but this only where N is a power of T larger than T. Between, the choice of the
features is what costs.

By (1.20) a given teacher has the mean loss of a random one whose weights have the variances
:math:`W_J = w_J^2`. Let the test data have variances :math:`\lambda'_J = \rho_J\lambda_J`
(covariate shift). Step 2 has sources for both, and its duality (2.10) says what is left of the
symmetry: features and samples may be exchanged if teacher and test distribution are as well. A
teacher W is to the features what a shift :math:`\rho` of the test distribution is to the data.
"""

import dataclasses
from functools import partial

import matplotlib.pyplot as plt
import mpmath as mp
import numpy as np
import sympy as sp
from common import (
    F0,
    N,
    T,
    Delta,
    by_order,
    c_of,
    derivative,
    df1,
    df2,
    draw,
    equal,
    identity,
    losses,
    power_law,
)
from common import alpha as sym_alpha
from common import resolution, sampled, show, traces, unit_model
from scipy.special import zeta

import rfscale as rf

rng = np.random.default_rng(15)

# %%
# The planar loss
# ---------------
# The signal is :math:`\gamma\,\partial_s\partial_t` of the stationary value of :math:`\Phi` (4.1),
# and its second derivatives follow from those of :math:`\Phi` by (5.1), now with the pair (a, b),
# for which the index * stands, and with W and :math:`\rho`. At s = t = 0 the stationary point is
# that of step 4, :math:`a = T - \mathrm{df}_1`, :math:`b = N - \mathrm{df}_1`, :math:`\gamma =
# \Delta a b`. Let :math:`p_J = \lambda_J/(\lambda_J + \Delta)`, :math:`q_J = 1 - p_J`, and let
# angles be sums, :math:`\langle Wpq \rangle = \sum_J W_J p_J q_J`; so :math:`\langle p \rangle =
# \mathrm{df}_1`, :math:`\langle pq \rangle = \mathrm{df}_1 - \mathrm{df}_2`. Then
#
# .. math:: \gamma\Phi_{st} = \Delta\langle\rho Wpq\rangle, \qquad \Phi_{s*} =
#           \frac1a\Big(-\frac{\langle\rho p^2\rangle}{a}, \frac{\langle\rho pq\rangle}{b}\Big),
#           \qquad \Phi_{*t} = \frac1b\Big(\frac{\langle Wpq\rangle}{a}, -\frac{\langle
#           Wp^2\rangle}{b}\Big), \tag{15.1}
#
# .. math:: \Phi_{aa} = \frac{a + \langle pq\rangle}{a^2}, \qquad \Phi_{ab} = \frac{\langle
#           pq\rangle}{ab}, \qquad \Phi_{bb} = \frac{b + \langle pq\rangle}{b^2}. \tag{15.2}
#
# For the diagonal ones :math:`T - \mathrm{df}_2 = a + \langle pq\rangle` was used. The determinant
# of (15.2) is :math:`D/(ab)^2` with :math:`D = ab + (a + b)\langle pq\rangle`, the D of (5.7). With
# the inverse of a two by two matrix
#
# .. math:: \mathcal{S} = \Delta\Big\{\langle\rho Wpq\rangle + \frac1D\Big[a\langle\rho
#           pq\rangle\langle Wp^2\rangle + b\langle\rho p^2\rangle\langle Wpq\rangle + \langle
#           pq\rangle\langle\rho p\rangle\langle Wp\rangle \Big]\Big\}. \tag{15.3}
#
# The noise needs no second source: :math:`\gamma\,dF_0/ds = \gamma\langle\rho p\rangle/a = \Delta
# b\langle\rho p\rangle`, and :math:`\Delta ab = \gamma` makes :math:`d\log\Delta/d\log\gamma =
# ab/D`, as a and b grow by :math:`\langle pq\rangle` with :math:`\log\Delta`. Its trace is
#
# .. math:: \mathcal{V} = \frac{d}{d\gamma}\Big(\gamma\frac{dF_0}{ds}\Big) = \frac{b\langle\rho
#           p^2\rangle + \langle pq\rangle\langle\rho p\rangle}{D}. \tag{15.4}

lam, rho, W = (
    np.array([1.0, 0.45, 0.2, 0.12]),
    np.array([0.4, 1.5, 0.7, 2.2]),
    np.array([0.8, 0.3, 1.9, 2.5]),
)
a, b, s, t, g, lam_, rho_, W_ = sp.symbols("a b s t gamma lambda rho W", positive=True)
one = sp.log(g + (a + s * rho_) * lam_ * (b + t * W_))  # what one direction adds to Phi
p_ = lam_ / (lam_ + Delta)
q_ = 1 - p_


def at_zero(*variables):
    return sp.diff(one, *variables).subs({s: 0, t: 0}).subs(g, Delta * a * b)


identity(
    "15.1", "s and t, in one direction", Delta * a * b * at_zero(s, t) - Delta * rho_ * W_ * p_ * q_
)
identity(
    "15.1",
    "s with a and b",
    at_zero(s, a) + rho_ * p_**2 / a**2,
    at_zero(s, b) - rho_ * p_ * q_ / (a * b),
)
identity(
    "15.1",
    "t with a and b",
    at_zero(t, a) - W_ * p_ * q_ / (a * b),
    at_zero(t, b) + W_ * p_**2 / b**2,
)
identity(
    "15.2", "a with a and b, b with b", at_zero(a, a) + p_**2 / a**2, at_zero(b, b) + p_**2 / b**2
)
identity("15.2", "a with b", at_zero(a, b) - p_ * q_ / (a * b))

pq, rp, rpp, Wp, Wpp, rWpq = sp.symbols("pq rp rpp Wp Wpp rWpq", positive=True)
rpq, Wpq = rp - rpp, Wp - Wpp
D = a * b + (a + b) * pq
S = Delta * (rWpq + (a * rpq * Wpp + b * rpp * Wpq + pq * rp * Wp) / D)
hessian = sp.Matrix([[(a + pq) / a**2, pq / (a * b)], [pq / (a * b), (b + pq) / b**2]])
in_s, in_t = sp.Matrix([[-rpp / a, rpq / b]]) / a, sp.Matrix([Wpq / a, -Wpp / b]) / b
whole = a - T * sp.log(a) + b - N * sp.log(b)  # and the part of Phi beside the sum
for i, size, own in ((0, T, a), (1, N, b)):
    diagonal = sp.diff(whole, own, 2) - df2 / own**2
    identity("15.2", "with T, N", (diagonal - hessian[i, i]).subs({size: own + df1, pq: df1 - df2}))
identity("15.3", "the signal", Delta * rWpq - Delta * a * b * (in_s * hessian.inv() * in_t)[0] - S)
V = (b * rpp + pq * rp) / D
in_log = Delta * b * rp + Delta * pq * rp - Delta * b * rpq  # Delta d/dDelta of Delta b <rho p>
identity("15.4", "the noise", in_log * (a * b / D) / (Delta * a * b) - V)

# %%
# The same in numbers, from (4.4) differentiated with 40 digits, and for real N and T.


def planar(formula, lam, features, samples, gamma, W, rho=1.0):
    """The planar signal (15.3) or noise (15.4) in numbers."""
    delta = resolution(lam, features, samples, gamma)
    p = lam / (lam + delta)
    numbers = {
        N: features,
        T: samples,
        a: samples - p.sum(),
        b: features - p.sum(),
        Delta: delta,
        pq: p @ (1 - p),
    }
    numbers |= {rp: np.sum(rho * p), Wp: np.sum(W * p)}
    numbers |= {
        rpp: np.sum(rho * p * p),
        Wpp: np.sum(W * p * p),
        rWpq: np.sum(rho * W * p * (1 - p)),
    }
    return float(sp.lambdify(list(numbers), formula)(*numbers.values()))


sizes = lam, 2.25, 1.5, 0.3, W, rho
F = partial(F0, lam, rho * lam, W, 2.25, 1.5)
equal(
    "15.3",
    "the signal, from a differentiated F_0",
    planar(S, *sizes),
    0.3 * derivative(F, 0.3, 0, 1, 1),
    1e-9,
)
in_noise = derivative(F, 0.3, 0, 1, 0) + derivative(F, 0.3, 1, 1, 0)
equal("15.4", "the noise, from a differentiated F_0", planar(V, *sizes), in_noise, 1e-9)

# %%
# And the same in draws. A spectrum of which every eigenvalue comes k times is a model k times as
# large: the planar loss grows by k, and one loop adds a constant. So in the difference of the
# losses at 2k and at k one loop cancels.


def copies(k):
    """The signal of a draw of a model k times as large."""
    many, shift, teacher = (np.repeat(values, k) for values in (lam, rho, W))
    return traces(*draw(rng, many, 2 * k, 3 * k), shift * many, 0.3 * k**2, teacher)[0]


differences = [copies(14) - copies(7) for _ in range(4_000)]
sampled(
    "15.3",
    "teacher and shift, seven copies more",
    differences,
    7 * planar(S, lam, 2, 3, 0.3, W, rho),
    0.03,
)

# %%
# One given teacher
# -----------------
# From here on the test distribution is that of the training data, :math:`\rho = 1`. In (15.3),
# :math:`D\langle Wpq\rangle` joins the rest, and :math:`a + \langle pq\rangle + \langle p^2\rangle
# = T` leaves two terms,
#
# .. math:: \mathcal{S} = \frac{\Delta T}{D}\Big[b\langle Wpq\rangle + \langle pq\rangle\langle
#           Wp\rangle\Big]. \tag{15.5}
#
# This is the published form [Simon], [AZP]. They write :math:`v_J^2 = \lambda_J W_J` and
#
# .. math:: \mathcal{S} = \frac{T(N - \mathrm{df}_2)}{D} \sum_J v_J^2\Big[\frac{\Delta}{\lambda_J +
#           \Delta} - \frac{\Delta\lambda_J}{(\lambda_J + \Delta)^2}\frac{N - \mathrm{df}_1}{N -
#           \mathrm{df}_2}\Big], \tag{15.6}
#
# which with :math:`\lambda_J q_J = \Delta p_J` and :math:`N - \mathrm{df}_2 = b + \langle
# pq\rangle` is (15.5). For W = 1 all is :math:`\Delta T\langle pq\rangle N/D`, (5.8). By (2.10) the
# loss of the isotropic teacher on another test distribution is (15.5) with N and T exchanged,
# derived here:
#
# .. math:: W = 1: \qquad \mathcal{S} = \frac{\Delta N}{D}\Big[a\langle\rho pq\rangle
#           + \langle pq\rangle\langle\rho p\rangle\Big]. \tag{15.7}

given = Delta * T / D * (b * Wpq + pq * Wp)
plain = {df2: N - b - pq, df1: N - b}
identity("15.5", "a given teacher", (S - given).subs({rpp: T - a - pq, rp: T - a, rWpq: Wpq}))
v2 = lam_ * W_  # one direction of the sum
published = v2 * (
    Delta / (lam_ + Delta) - Delta * lam_ / (lam_ + Delta) ** 2 * (N - df1) / (N - df2)
)
own_form = Delta * W_ * (b * p_ * q_ + pq * p_)
identity("15.6", "the published form", (T * (N - df2) * published).subs(plain) - T * own_form)
isotropic = {Wp: df1, Wpp: df2, pq: df1 - df2, a: T - df1, b: N - df1}
identity("15.5", "(5.8) for W = 1", given.subs(isotropic) - losses(N, T, Delta, df1, df2)[0])
shifted = Delta * N / D * (a * rpq + pq * rp)
identity(
    "15.7",
    "the isotropic teacher, elsewhere",
    (S - shifted).subs({Wpp: N - b - pq, Wp: N - b, rWpq: rpq}),
)

# %%
# Without a ridge
# ---------------
# As :math:`\gamma \to 0` with N < T, b vanishes, :math:`a = T - N` and :math:`D = a\langle
# pq\rangle`; with T < N, a vanishes, :math:`b = N - T` and :math:`D = b\langle pq\rangle`. Then
# (15.5) is
#
# .. math:: N < T: \qquad \mathcal{S} = \frac{\Delta\langle Wp\rangle}{1 - N/T}, \qquad
#           \mathrm{df}_1(\Delta) = N, \tag{15.8}
#
# .. math:: T < N: \qquad \mathcal{S} = \Delta T\Big[\frac{\langle Wpq\rangle}{\langle pq\rangle}
#           + \frac{\langle Wp\rangle}{N - T}\Big], \qquad \mathrm{df}_1(\Delta) = T. \tag{15.9}
#
# For W = 1 both are (7.2). For any other teacher the plateau of many samples, :math:`\Delta\langle
# Wp\rangle`, is not the plateau of many features, :math:`T\Delta\langle Wpq\rangle/\langle
# pq\rangle`. Directions that are learned well, q near 0, count in the first and not in the second.

few_features, few_samples = Delta * Wp / (1 - N / T), Delta * T * (Wpq / pq + Wp / (N - T))
identity("15.8", "N < T", given.subs({b: 0, a: T - N}) - few_features)
identity("15.9", "T < N", given.subs({a: 0, b: N - T}) - few_samples)

# %%
# Why the two differ
# ------------------
# With infinitely many samples, :math:`xx^T = T\Lambda`, what is learned is :math:`Q = 1 +
# \mathcal{E} = \Lambda u^T(u\Lambda u^T)^{-1}u`, a projector (not an orthogonal one) onto what N
# features can express, and :math:`\Lambda Q^T = Q\Lambda`. So
#
# .. math:: \mathcal{E}\Lambda\mathcal{E}^T = (1 - Q)^2\Lambda = (1 - Q)\Lambda: \tag{15.10}
#
# the loss is linear in what is missing of a direction. In the mean that is :math:`q_J`, and
# :math:`\sum_J W_J\lambda_J q_J = \Delta\langle Wp\rangle` is (15.8) again. With infinitely many
# features, :math:`1 + \mathcal{E} = \Pi` projects orthogonally onto the span of the data, and
#
# .. math:: \mathcal{E}\Lambda\mathcal{E}^T = (1 - \Pi)\Lambda(1 - \Pi): \tag{15.11}
#
# the same share of a direction is missing, but it points to where the data are not, and
# :math:`\Lambda` is small.

wide = power_law(0.6, 4)
few, x = draw(rng, lam, 2, 3)
Q = wide[:, None] * few.T @ np.linalg.inv(few * wide @ few.T) @ few
unseen = np.eye(4) - Q
equal("15.10", "infinitely many samples", unseen * wide, unseen * wide @ unseen.T)
samples = 1e9 * np.eye(4) * np.sqrt(wide)[:, None]
equal(
    "15.10",
    "and the loss",
    traces(few, samples, wide, 1e-6, W)[0],
    W @ np.diag(unseen * wide),
    1e-9,
)
unseen = np.eye(4) - x @ np.linalg.pinv(x)
missing = W @ np.diag(unseen * wide @ unseen)
ridges = np.array([1e-5, 1e-6])
gaps = [traces(np.eye(4), x, wide, ridge, W)[0] / missing - 1 for ridge in ridges]
by_order("15.11", "infinitely many features, the ridge to zero", 1 / ridges, gaps, 1)

# %%
# The sums for two power laws
# ---------------------------
# Let the teacher fulfil a source condition, :math:`W_J = J^{-\beta}`, with :math:`\lambda_J =
# J^{-(1+\alpha)}` and M infinite; :math:`m = 1 + \alpha`. The total variance of the labels,
# :math:`\sum\lambda_J W_J`, is finite for :math:`\beta > -\alpha`. Both sums follow from one Mellin
# integral. For y > 0 and :math:`0 < \sigma < 1`
#
# .. math:: \frac{1}{1 + y} = \frac{1}{2\pi i}\int_{\sigma - i\infty}^{\sigma + i\infty}
#           \frac{\pi}{\sin \pi z}\, y^{-z}\, dz \tag{15.12}
#
# (for y < 1 close the contour on the left: the residues at z = -k, :math:`(-y)^k`, are the
# geometric series). With :math:`y = \Delta J^m` the sum over J is a zeta function, :math:`\langle
# Wp\rangle = \frac{1}{2\pi i}\int \frac{\pi}{\sin \pi z} \Delta^{-z}\zeta(\beta + mz)\,dz`, for a
# contour with :math:`\beta + m\sigma > 1`. Shifted to the left it passes the pole of zeta at
# :math:`z = \mu`, and those of the sine at 0, -1, ...; the sine suppresses its ends exponentially:
#
# .. math:: \langle Wp\rangle = A_\mu\Delta^{-\mu} + \zeta(\beta) - \Delta\,\zeta(\beta - m) +
#           O(\Delta^2), \qquad \mu = \frac{1 - \beta}{1 + \alpha}, \qquad A_\mu = \frac{\pi}{m \sin
#           \pi\mu}. \tag{15.13}
#
# The first term is the bulk, J near :math:`\Delta^{-1/m}`; the others come from the first
# directions. As :math:`\Delta\,dp/d\Delta = -pq`,
#
# .. math:: \langle Wpq\rangle = \mu A_\mu\Delta^{-\mu} + \Delta\,\zeta(\beta - m) + O(\Delta^2).
#           \tag{15.14}
#
# Where :math:`\mu` is 0 or -1 two poles meet: the divergent parts cancel and leave a logarithm.
# With Euler's constant C_E,
#
# .. math:: \beta = 1: \quad \langle Wp\rangle = C_E - \frac{\log\Delta}{m} + O(\Delta), \qquad
#           \beta = 2 + \alpha: \quad \langle Wpq\rangle = \Delta\Big[C_E - \frac{1 +
#           \log\Delta}{m}\Big] + O(\Delta^2). \tag{15.15}


def mellin(y, sigma=0.3):
    line = mp.quad(
        lambda v: mp.pi / mp.sin(mp.pi * (sigma + 1j * v)) * y ** (-sigma - 1j * v),
        [-12, -4, 0, 4, 12],
    )
    return mp.re(line) / (2 * mp.pi)


mp.mp.dps = 20
equal(
    "15.12",
    "a geometric series as an integral",
    [mellin(0.3), mellin(5.0)],
    [1 / 1.3, 1 / 6],
    1e-11,
)


J = np.arange(1.0, 1e6)


def sums(alpha, beta, delta):
    """<Wp> and <Wpq>; beyond J = 10^6, p is lambda/Delta and q is 1."""
    p, rest = 1 / (1 + delta * J ** (1 + alpha)), zeta(1 + alpha + beta, len(J) + 1) / delta
    return np.array([np.sum(J**-beta * p) + rest, np.sum(J**-beta * p * (1 - p)) + rest])


def expansion(alpha, beta, delta):
    """(15.13) and (15.14)."""
    m, mu = 1 + alpha, (1 - beta) / (1 + alpha)
    A, first, second = (
        np.pi / (m * np.sin(np.pi * mu)),
        float(mp.zeta(beta)),
        float(mp.zeta(beta - m)),
    )
    return np.array([A * delta**-mu + first - delta * second, mu * A * delta**-mu + delta * second])


def crossing(alpha, delta):
    """(15.15)."""
    m = 1 + alpha
    return np.euler_gamma - np.log(delta) / m, delta * (np.euler_gamma - (1 + np.log(delta)) / m)


deltas, alpha = np.array([4e-3, 4e-4]), 0.8
for beta in (0.4, 1.7, 4.3):
    gaps = np.array([sums(alpha, beta, delta) - expansion(alpha, beta, delta) for delta in deltas])
    for tag, gap in zip(("15.13", "15.14"), gaps.T, strict=True):
        by_order(tag, f"to the order Delta, beta = {beta}", 1 / deltas, gap, 2)
on_one = [sums(alpha, 1.0, delta)[0] - crossing(alpha, delta)[0] for delta in deltas]
on_two = [sums(alpha, 2.8, delta)[1] - crossing(alpha, delta)[1] for delta in deltas]
by_order("15.15", "beta = 1", 1 / deltas, on_one, 1)
by_order("15.15", "beta = 2 + alpha", 1 / deltas, on_two, 2)

# %%
# The exponents
# -------------
# For W = 1, (15.13) is :math:`n = c\,\Delta^{-1/m} - \tfrac12 + \dots` with :math:`c = A_{1/m}` and
# :math:`\zeta(0) = -\tfrac12`: the law of step 9, :math:`\Delta \simeq (c/n)^m`. Now the plateau of
# many samples, :math:`\Delta\langle Wp\rangle`, is
#
# .. math:: \mathcal{S} \simeq A_\mu c^{\alpha+\beta} N^{-(\alpha+\beta)} \quad (\beta < 1), \qquad
#           \mathcal{S} \simeq \zeta(\beta)\, c^{1+\alpha} N^{-(1+\alpha)} \quad (\beta > 1),
#           \tag{15.16}
#
# and :math:`c^m N^{-m}[\log(N/c) + C_E]` at :math:`\beta = 1`. In the plateau of many features,
# :math:`T\Delta\langle Wpq\rangle /\langle pq\rangle`, the ratio :math:`T/\langle pq\rangle` tends
# to m, and
#
# .. math:: \mathcal{S} \simeq (1 - \beta)A_\mu c^{\alpha+\beta} T^{-(\alpha+\beta)} \quad (\beta <
#           2 + \alpha), \qquad \mathcal{S} \simeq m\,\zeta(\beta - m)\, c^{2m} T^{-2m} \quad (\beta
#           > 2 + \alpha), \tag{15.17}
#
# and :math:`c^{2m}T^{-2m}[m\log(T/c) + m\,C_E - 1]` at :math:`\beta = 2 + \alpha`. So
#
# .. math:: T = \infty: \quad \mathcal{S} \sim N^{-\min(\alpha+\beta,\, 1+\alpha)}, \qquad N =
#           \infty: \quad \mathcal{S} \sim T^{-\min(\alpha+\beta,\, 2+2\alpha)}. \tag{15.18}
#
# [AZP], [Simon]. For :math:`\beta < 1`, where the sums are those of their bulk, the two exponents
# are one (for W = 1 that of step 9), but not the amplitudes: the plateau of T samples is :math:`1 -
# \beta` times that of as many features. Then the loss saturates: a teacher that lives on the first
# directions is limited by the error made on these, :math:`W_J\lambda_Jq_J \simeq W_J\Delta` with
# few features, of order :math:`W_J\Delta^2/\lambda_J` with few samples, and no teacher makes it
# smaller.
#
# A shift to a test spectrum :math:`\lambda'_J = J^{-(1+\alpha')}` is, by (2.10), a teacher with
# :math:`\beta = \alpha' - \alpha` whose N and T are exchanged, derived here:
#
# .. math:: W = 1: \qquad \mathcal{S} \sim T^{-\min(\alpha',\, 1+\alpha)}, \qquad
#           \mathcal{S} \sim N^{-\min(\alpha',\, 2+2\alpha)}. \tag{15.19}
#
# The gaps to the leading terms come from the next ones: of relative order 1/n from n + 1/2 in the
# place of n, and :math:`n^{-|1-\beta|}`, :math:`n^{-|2+\alpha-\beta|}` from the other pole.


def plateaus(n, alpha, **options):
    """Ridgeless plateaus for T = infinity and for N = infinity, by the package, at M = 10^18."""
    model = unit_model(rf.PowerLaw(alpha, 10**18), **options)
    return np.array(
        [rf.predict(model, N=n, T=np.inf).signal, rf.predict(model, N=np.inf, T=n).signal]
    )


def leading(alpha, beta, n):
    """(15.16) and (15.17)."""
    m, mu = 1 + alpha, (1 - beta) / (1 + alpha)
    A, c = np.pi / (m * np.sin(np.pi * mu)), c_of(alpha)
    bulk = A * (c / n) ** (alpha + beta)
    in_N = bulk if beta < 1 else float(mp.zeta(beta)) * (c / n) ** m
    in_T = (
        (1 - beta) * bulk if beta < 2 + alpha else m * float(mp.zeta(beta - m)) * (c / n) ** (2 * m)
    )
    return np.array([in_N, in_T])


def at_crossings(alpha, n):
    m, c = 1 + alpha, c_of(alpha)
    log = np.log(n / c) + np.euler_gamma
    return (c / n) ** m * log, (c / n) ** (2 * m) * (m * log - 1)


def slopes(n, **options):
    return np.log2(plateaus(n, **options) / plateaus(2 * n, **options))


n = np.array([1e5, 1e6])
orders = {-0.2: (1, 1), 0.3: (0.7, 1), 1.6: (0.6, 1), 2.3: (1, 0.5), 3.5: (1, 0.7), 4.4: (1, 1)}
for beta, order in orders.items():
    options = {"alpha": alpha, "teacher": rf.Teacher.power_law(beta)}
    gaps = np.array([plateaus(size, **options) / leading(alpha, beta, size) - 1 for size in n])
    by_order("15.16", f"many samples, beta = {beta}", n, gaps[:, 0], order[0])
    by_order("15.17", f"many features, beta = {beta}", n, gaps[:, 1], order[1])
    exponents = np.array([min(alpha + beta, 1 + alpha), min(alpha + beta, 2 + 2 * alpha)])
    gaps = np.array([slopes(size, **options) - exponents for size in n])
    by_order("15.18", f"local exponent in N, beta = {beta}", n, gaps[:, 0], order[0])
    by_order("15.18", f"local exponent in T, beta = {beta}", n, gaps[:, 1], order[1])
    equal(
        "15.18",
        "rf.asymptotics.loss_exponents",
        rf.asymptotics.loss_exponents(alpha, beta),
        exponents,
    )
    elsewhere = alpha + beta  # alpha' of the test spectrum
    shift = {"alpha": alpha, "test_spectrum": rf.PowerLaw(elsewhere, 10**18)}
    equal("15.19", "a shift, exchanged", plateaus(n, **shift), plateaus(n, **options)[::-1], 1e-10)
    exponents = np.array([min(elsewhere, 2 + 2 * alpha), min(elsewhere, 1 + alpha)])
    by_order(
        "15.19",
        "local exponents, in N",
        n,
        [slopes(size, **shift)[0] - exponents[0] for size in n],
        order[1],
    )
    by_order(
        "15.19",
        "local exponents, in T",
        n,
        [slopes(size, **shift)[1] - exponents[1] for size in n],
        order[0],
    )
logarithms = [plateaus(n, alpha, teacher=rf.Teacher.power_law(beta)) for beta in (1.0, 2 + alpha)]
in_N, in_T = at_crossings(alpha, n)
by_order("15.16", "the logarithm at beta = 1", n, logarithms[0][0] / in_N - 1, 1)
by_order("15.17", "the logarithm at beta = 2 + alpha", n, logarithms[1][1] / in_T - 1, 1)
few = plateaus(100, alpha, teacher=rf.Teacher.power_law(1.5))
print(f"w_J^2 = J^-1.5: S is {few[0]:.3g} with 100 features, and {few[1]:.3g} with 100 samples")

# %%
# Many features are not enough: three phases
# ------------------------------------------
# The first of (15.18) holds for all :math:`N \ll T`, as a finite T is a factor in (15.8). In (15.9)
# a finite N is a term of its own, from the variance by the choice of the features. For
# :math:`\beta > 1` its sum :math:`\langle Wp\rangle \to \zeta(\beta)` comes from the first
# directions, as do the labels,
#
# .. math:: T < N: \qquad \mathcal{S} \simeq K\,T^{-\tau} + \frac{\zeta(\beta)\,c^m\,
#           T^{-\alpha}}{N - T}, \qquad \tau = \min(\alpha + \beta,\, 2 + 2\alpha), \tag{15.20}
#
# with K of (15.17). For :math:`\beta < 1` the second term is :math:`A_\mu c^{\alpha+\beta}
# T^{1-\alpha-\beta}/(N - T)`, smaller than the first as soon as :math:`N \gg T`, and there are two
# phases. A smooth teacher has three,
#
# .. math:: \beta > 1: \quad \mathcal{S} \sim N^{-(1+\alpha)} \ (N \ll T), \qquad \mathcal{S} \sim
#           \frac{T^{-\alpha}}{N} \ (T \ll N \ll N_*), \qquad \mathcal{S} \sim T^{-\tau} \ (N_* \ll
#           N). \tag{15.21}
#
# The boundary is where the two terms of (15.20) are equal,
#
# .. math:: N_* = \frac{\zeta(\beta)\,c^{1-\beta}}{(1-\beta)A_\mu}\,T^{\,\beta} \quad (1 < \beta < 2
#           + \alpha), \qquad N_* = \frac{\zeta(\beta)\,c^{-m}}{m\,\zeta(\beta - m)}\,T^{\,2+\alpha}
#           \quad (\beta > 2 + \alpha): \tag{15.22}
#
# to see :math:`T^{-2m}` at a thousand samples and :math:`\alpha = 1` takes more than :math:`10^9`
# features.


def signal(alpha, beta, features, samples, ridge=0.0):
    """The signal of a source condition, by the package, at M = 10^18."""
    model = unit_model(rf.PowerLaw(alpha, 10**18), teacher=rf.Teacher.power_law(beta))
    if ridge == "optimal":
        model = dataclasses.replace(model, sigma_eps=0.0)
    return rf.predict(model, features, samples, ridge).signal


def boundary(alpha, beta, samples):
    """N_* of (15.22)."""
    m, c = 1 + alpha, c_of(alpha)
    A = np.pi / (m * np.sin(np.pi * (1 - beta) / m))
    if beta < 2 + alpha:
        return zeta(beta) * c ** (1 - beta) / ((1 - beta) * A) * samples**beta
    return zeta(beta) * c**-m / (m * zeta(beta - m)) * samples ** (2 + alpha)


few = np.array([1e4, 1e5])
for beta, order in ((2.2, 0.6), (4.4, 0.9)):
    middle = few ** (1.6 if beta < 3 else 1.9)
    variance = zeta(beta) * c_of(alpha) ** (1 + alpha) * few**-alpha / middle
    gaps = signal(alpha, beta, middle, few) / variance - 1
    by_order("15.21", f"between, beta = {beta}", few, gaps, order)
    at_T = np.array([leading(alpha, beta, size)[1] for size in few])
    whole = at_T + variance * middle / (middle - few)
    gaps = signal(alpha, beta, middle, few) / whole - 1
    by_order("15.20", f"both terms, beta = {beta}", few, gaps, 1)
    at_boundary = boundary(alpha, beta, few)
    gaps = signal(alpha, beta, at_boundary, few) / (2 * at_T) - 1
    by_order(
        "15.22", f"twice the bias, beta = {beta}", few, gaps, min(beta - 1, 1, abs(2.8 - beta))
    )
    gaps = signal(alpha, beta, at_boundary * few**0.5, few) / at_T - 1
    by_order("15.21", f"beyond, beta = {beta}", few, gaps, 0.5)
    in_N = leading(alpha, beta, 1e4)[0]
    below = signal(alpha, beta, 1e4, [1e6, 1e7]) / signal(alpha, beta, 1e4, np.inf) - 1
    by_order("15.21", f"N << T, beta = {beta}", [1e6, 1e7], below, 1)

# %%
# The best ridge
# --------------
# It removes the peak at N = T. Does it change the exponents? For :math:`N \ll T` it cannot: with
# infinitely many samples no ridge is best. For :math:`N \gg T` let :math:`\mathrm{df}_1 = xT`, with
# x < 1 by a ridge. In (15.5) :math:`b \to N` and :math:`D \to N(T - \mathrm{df}_2)`,
#
# .. math:: \mathcal{S} = \frac{\Delta T}{T - \mathrm{df}_2}\Big[\langle Wpq\rangle + \frac{\langle
#           pq\rangle \langle Wp\rangle}{N}\Big], \qquad T \ll N, \tag{15.23}
#
# with :math:`T - \mathrm{df}_2 = T(1 - \alpha x/m)` and :math:`\langle pq\rangle = xT/m`. Relative
# to x = 1 the terms change as
#
# .. math:: \text{bias:}\quad \frac{x^{-\tau}}{m - \alpha x}, \qquad
#           \text{variance } (\beta > 1)\text{:} \quad \frac{x^{-\alpha}}{m - \alpha x}. \tag{15.24}
#
# The slopes at x = 1 are :math:`\alpha - \tau` and 0: for :math:`\beta \geq 0` both are least
# without a ridge, and rougher teachers, :math:`-\alpha < \beta < 0`, gain a factor, by :math:`x =
# m\tau/\alpha(1 + \tau)`. No exponent changes.

x, tau = sp.symbols("x tau", positive=True)
weak = sp.log(x**-tau / (1 + sym_alpha - sym_alpha * x))
identity("15.24", "the slope at x = 1", sp.diff(weak, x).subs(x, 1) - (sym_alpha - tau))
best_x = (1 + sym_alpha) * tau / (sym_alpha * (1 + tau))
identity("15.24", "the best x", sp.diff(weak, x).subs(x, best_x))


def with_ridge(alpha, beta, features, samples):
    """The planar solution with a ridge that leaves x near 0.7, relative to none, and x."""
    model = unit_model(rf.PowerLaw(alpha, 10**18), teacher=rf.Teacher.power_law(beta))
    ridge = (c_of(alpha) / (0.7 * samples)) ** (1 + alpha) * 0.3 * samples
    found = rf.predict(model, features, samples, kernel_ridge=ridge)
    return found, found.signal / rf.predict(model, features, samples).signal, found.df1 / samples


for beta, order in ((1.2, 1), (-0.2, 1)):
    _, ratios, left = with_ridge(alpha, beta, np.inf, few)
    weaker = left ** -(alpha + beta) / (1 + alpha - alpha * left)
    by_order("15.24", f"the bias, beta = {beta}", few, ratios / weaker - 1, order)
_, ratios, left = with_ridge(alpha, 4.4, few**1.9, few)
weaker = left**-alpha / (1 + alpha - alpha * left)
by_order("15.24", "the variance", few, ratios / weaker - 1, 0.9)
gaps, some = [], np.array([1e3, 1e4])
for size in some:
    found, _, _ = with_ridge(alpha, 2.2, size**1.6, size)
    in_W, in_Wq = sums(alpha, 2.2, float(found.delta))
    unlearned = float(found.df1 - found.df2)
    bracket = in_Wq + unlearned * in_W / size**1.6
    expected = found.delta * size / (size - found.df2) * bracket
    gaps.append(float(found.signal / expected - 1))
by_order("15.23", "many features, with a ridge", some, gaps, 0.6)
rough = np.array([leading(alpha, -0.2, size)[1] for size in few])
x_best = (1 + alpha) * (alpha - 0.2) / (alpha * (1 + alpha - 0.2))
gain = x_best ** -(alpha - 0.2) / (1 + alpha - alpha * x_best)
gaps = signal(alpha, -0.2, few**3, few, "optimal") / rough / gain - 1
by_order("15.24", "rough teachers gain a factor", few, gaps, 1)

# %%
# Label noise
# -----------
# Let :math:`\eta = \sigma_\epsilon^2M/(\sigma_w^2\lambda_+)` be its strength (12.9), so that the
# loss is :math:`\mathcal{L} = \mathcal{S} + \eta\mathcal{V}`. Without a ridge (7.4) adds
# :math:`\eta N/(T - N)` for N < T and :math:`\eta\alpha` for :math:`T \ll N`,
#
# .. math:: \gamma = 0: \quad \mathcal{L} \sim N^{-\nu} \ (N \ll T^{1/(1+\nu)}), \qquad \mathcal{L}
#           \simeq \eta\frac NT \ (T^{1/(1+\nu)} \ll N \ll T), \qquad \mathcal{L} \simeq \eta\alpha
#           \ (T \ll N), \tag{15.25}
#
# where :math:`\nu = \min(\alpha + \beta, 1 + \alpha)`. The best ridge leaves :math:`n =
# \mathrm{df}_1 \ll T`: with :math:`a \to T` in (15.5) and (5.9), and :math:`n \ll N`,
#
# .. math:: \mathcal{L} = \Delta\Big[\langle Wpq\rangle + \frac{\langle pq\rangle\langle
#           Wp\rangle}{N}\Big] + \eta\,\frac{\mathrm{df}_2}{T} \simeq B\,n^{-\tau} +
#           \frac{\zeta(\beta)\,c^m\,n^{-\alpha}}{m N} + \frac{\eta\alpha}{m}\,\frac nT,
#           \tag{15.26}
#
# :math:`B = K/m`, the second term for :math:`\beta > 1` only. If the first balances the noise,
#
# .. math:: n = \Big(\frac{\tau m B T}{\alpha\eta}\Big)^{1/(1+\tau)}, \qquad \mathcal{L} =
#           \frac{\eta\alpha}{m}\Big(1 + \frac1\tau\Big)\frac nT \sim
#           \Big(\frac{T}{\eta}\Big)^{-\tau/(1+\tau)}, \tag{15.27}
#
# the rate of kernel regression with a source condition; if the second does,
#
# .. math:: n = c\,\Big(\frac{\zeta(\beta)\,T}{\eta N}\Big)^{1/m}, \qquad \mathcal{L} = \eta\,\frac
#           nT \sim N^{-1/m}\Big(\frac T\eta\Big)^{-\alpha/m}. \tag{15.28}
#
# At n = N the features are used up, and :math:`N^{-\nu}` is left. With :math:`\theta =
# \min(\beta, 2 + \alpha)` the phases at the best ridge are
#
# .. math:: \beta > 1: \quad \mathcal{L} \sim N^{-(1+\alpha)} \ (N \ll T^{\frac{1}{2+\alpha}}),
#           \qquad \mathcal{L} \sim N^{-1/m}\,T^{-\alpha/m} \ (T^{\frac{1}{2+\alpha}} \ll N \ll
#           T^{\frac{\theta}{m+\theta}}), \qquad \mathcal{L} \sim T^{-\frac{\tau}{1+\tau}} \
#           (T^{\frac{\theta}{m+\theta}} \ll N), \tag{15.29}
#
# .. math:: \beta < 1: \quad \mathcal{L} \sim N^{-(\alpha+\beta)} \ (N \ll
#           T^{\frac{1}{1+\alpha+\beta}}), \qquad \mathcal{L} \sim T^{-\frac{\tau}{1+\tau}} \
#           (T^{\frac{1}{1+\alpha+\beta}} \ll N). \tag{15.30}
#
# With label noise far fewer features than samples are enough.


def noisy(alpha, beta, eta, features, samples, best=True):
    """The loss in units of traces, at the best ridge or without."""
    model = unit_model(rf.PowerLaw(alpha, 10**18), teacher=rf.Teacher.power_law(beta))
    model = dataclasses.replace(model, sigma_eps=np.sqrt(2 * eta))
    if best:
        return rf.optimal_ridge(model, features, samples).prediction
    return rf.predict(model, features, samples)


eta, endless = 0.3, np.array([1e14, 1e16])
for beta in (0.4, 2.2, 4.4):
    tau = min(alpha + beta, 2 + 2 * alpha)
    bias = leading(alpha, beta, 1.0)[1] / (1 + alpha)
    n = (tau * (1 + alpha) * bias * endless / (alpha * eta)) ** (1 / (1 + tau))
    rate = eta * alpha / (1 + alpha) * (1 + 1 / tau) * n / endless
    # far to the right, where only what is beyond (15.14) in 1/n is left
    found = noisy(alpha, beta, eta, np.inf, endless)
    slow = min(1.0, abs(2 + alpha - beta))
    slow = 1.0 if beta < 1 else slow
    gaps = found.test / rate - 1
    by_order("15.27", f"the loss, beta = {beta}", n, gaps, slow, within=0.2)
    equal("15.26", f"the degrees of freedom, beta = {beta}", found.df1 / n, np.ones(2), 0.02)

endless = np.array([1e16, 1e20])
m, beta, share = 1 + alpha, 4.4, 0.48
n = c_of(alpha) * (zeta(beta) * endless / (eta * endless**share)) ** (1 / m)
found = noisy(alpha, beta, eta, endless**share, endless)
by_order(
    "15.28",
    "the loss, from n/N",
    endless,
    found.test / (eta * n / endless) - 1,
    share - (1 - share) / m,
    within=0.03,
)
equal("15.28", "the degrees of freedom", found.df1 / n, np.ones(2), 0.01)

where, theta = sp.symbols("where theta", positive=True)  # log N/log T, min(beta, 2 + alpha)
of_features = (1 + sym_alpha) * where
of_variance = (where + sym_alpha) / (1 + sym_alpha)
of_data = (sym_alpha + theta) / (1 + sym_alpha + theta)
first, last = 1 / (2 + sym_alpha), theta / (1 + sym_alpha + theta)
identity("15.29", "continuous at the first", (of_features - of_variance).subs(where, first))
identity("15.29", "and at the last boundary", (of_variance - of_data).subs(where, last))
rough = (of_data - (sym_alpha + theta) * where).subs(where, 1 / (1 + sym_alpha + theta))
identity("15.30", "continuous", rough)
for tag, beta, share, order in (("15.29", 2.2, 0.18, 0.18), ("15.30", 0.4, 0.2, 0.6 * 0.2)):
    in_N = np.array([leading(alpha, beta, size)[0] for size in endless**share])
    gaps = noisy(alpha, beta, eta, endless**share, endless).test / in_N - 1
    by_order(tag, f"few features, beta = {beta}", endless, gaps, order, within=0.03)
    gaps = noisy(alpha, beta, eta, endless**share, endless, best=False).test / in_N - 1
    by_order("15.25", f"and without a ridge, beta = {beta}", endless, gaps, order, within=0.03)
for beta in (0.4, 2.2):
    gaps = (
        noisy(alpha, beta, eta, endless**0.75, endless, best=False).test / eta * endless**0.25 - 1
    )
    by_order("15.25", f"N/T, beta = {beta}", endless, gaps, 0.25)
    some = np.array([1e6, 1e8])
    gaps = noisy(alpha, beta, eta, some**1.5, some, best=False).test / (eta * alpha) - 1
    by_order("15.25", f"the floor, beta = {beta}", some, gaps, 0.5)

# %%
# The best share of a budget
# --------------------------
# At a fixed product :math:`C = NT` the exponent of the loss is linear in that of N within a phase,
# so the best share is a boundary between two. Without label noise
#
# .. math:: \mathcal{S}_* \sim C^{-(\alpha+\beta)/2} \ (\beta < 1), \qquad \mathcal{S}_* \sim
#           C^{-\max\left(\frac{1+\alpha}{2},\, \frac{\alpha+\theta}{1+\theta}\right)} \ (\beta >
#           1). \tag{15.31}
#
# The second is larger for :math:`\alpha < 1`. There the best is :math:`N_*`, and :math:`N \sim
# C^{\theta/(1+\theta)}`: a smooth teacher of a heavy spectrum wants the many features that its
# variance costs. For :math:`\alpha > 1` it is :math:`N \sim T`, and at :math:`\alpha = 1` the whole
# middle phase, :math:`1/NT`. With label noise, at the best ridge, and without one,
#
# .. math:: \mathcal{L}_* \sim C^{-\frac{\alpha+\beta}{2+\alpha+\beta}} \ (\beta < 1), \qquad
#           \mathcal{L}_* \sim C^{-\max\left(\frac{1+\alpha}{3+\alpha},\,
#           \frac{\alpha+\theta}{1+\alpha+2\theta}\right)} \ (\beta > 1), \qquad \gamma = 0: \
#           \mathcal{L}_* \sim C^{-\frac{\nu}{2+\nu}}. \tag{15.32}

clean = {  # log N/log C at the boundaries, and minus the exponent there
    "N = T": (sp.Rational(1, 2), (1 + sym_alpha) / 2),
    "N_*": (theta / (1 + theta), (sym_alpha + theta) / (1 + theta)),
}
for name, (at, exponent) in clean.items():
    identity("15.31", f"at {name}", at + sym_alpha * (1 - at) - exponent)
better = (1 - sym_alpha) * (theta - 1) / (2 * (1 + theta))
identity("15.31", "their difference", clean["N_*"][1] - clean["N = T"][1] - better)
for ratio, exponent in (
    (first, (1 + sym_alpha) / (3 + sym_alpha)),
    (last, (sym_alpha + theta) / (1 + sym_alpha + 2 * theta)),
):
    found = of_variance.subs(where, ratio) / (1 + ratio)
    identity("15.32", "at a boundary", found - exponent)


def shares(alpha, beta, eta, best, budgets=(1e18, 1e20)):
    """d log N/d log C, and minus d log L/d log C, at the best share."""
    model = unit_model(rf.PowerLaw(alpha, 10**18), teacher=rf.Teacher.power_law(beta))
    model = dataclasses.replace(model, sigma_eps=np.sqrt(2 * eta))
    found = rf.compute_optimal(model, np.array(budgets), "optimal" if best else 0.0)
    octaves = np.log(budgets[1] / budgets[0])
    return np.log(found.N[1] / found.N[0]) / octaves, -np.log(
        found.test[1] / found.test[0]
    ) / octaves


cases = {
    (0.4, 1.7, 0.0, False): (1.7 / 2.7, 2.1 / 2.7),
    (0.4, 3.0, 0.0, False): (2.4 / 3.4, 2.8 / 3.4),
    (0.4, 1.7, 0.0, True): (1.7 / 2.7, 2.1 / 2.7),
    (1.6, 2.2, 0.0, False): (1 / 2, 2.6 / 2),
    (0.8, 0.4, 0.0, False): (1 / 2, 1.2 / 2),
    (0.4, 3.0, 0.3, True): (2.4 / 6.2, 2.8 / 6.2),
    (1.6, 2.2, 0.3, True): (1 / 4.6, 2.6 / 4.6),
    (0.8, 0.4, 0.3, True): (1 / 3.2, 1.2 / 3.2),
    (0.8, 2.2, 0.3, False): (1 / 3.8, 1.8 / 3.8),
}
for case, exponents in cases.items():
    tag = "15.32" if case[2] else "15.31"
    heavy, beta, strength, best = case
    equal(
        tag, f"rf.compute_optimal, alpha = {heavy}, beta = {beta}", shares(*case), exponents, 2e-3
    )
    theirs = rf.asymptotics.source_compute_optimal(heavy, beta, best_ridge=best, noise=strength)
    equal(tag, "rf.asymptotics.source_compute_optimal", theirs, exponents)

# %%
# The package
# -----------
# `rf.predict` takes a teacher and a test spectrum, at any ridge. Weights that are given are in
# units of sigma_w, without the :math:`1/\sqrt M` of (1.3).

M, beta = 300, 1.3
lam, rho, W = power_law(alpha, M), rng.uniform(0.2, 3.0, M), rng.uniform(0.1, 2.0, M)
spectrum, teacher = rf.PowerLaw(alpha, M), rf.Teacher.weights(np.sqrt(W / M))
shift = rf.predict(
    unit_model(spectrum, teacher=teacher, test_spectrum=rho * lam), N=20, T=35, ridge=0.02
)
source = rf.predict(
    unit_model(spectrum, teacher=rf.Teacher.power_law(beta)), N=20, T=35, ridge=0.02
)
no_ridge = rf.predict(unit_model(spectrum, teacher=teacher), N=[20, 35], T=[35, 20])
equal(
    "15.3",
    "rf.predict, teacher and shift",
    shift.signal,
    planar(S, lam, 20, 35, 0.02, W, rho),
    1e-11,
)
equal("15.4", "rf.predict, noise", shift.noise, planar(V, lam, 20, 35, 0.02, W, rho), 1e-11)
found = [planar(form, lam, 20, 35, 0.02, np.arange(1.0, M + 1) ** -beta) for form in (S, given)]
equal("15.5", "rf.predict, source condition", found, np.full(2, source.signal), 1e-11)
equal("15.8", "no ridge, N < T", no_ridge.signal[0], planar(few_features, lam, 20, 35, 0, W), 1e-11)
equal("15.9", "no ridge, T < N", no_ridge.signal[1], planar(few_samples, lam, 35, 20, 0, W), 1e-11)

# %%
# `rf.asymptotics.source_phases` has the phases with their boundaries and amplitudes.


def terms(*source, size=1e4, **options):
    """What the phases are at N = T = size, and where they begin."""
    phases = rf.asymptotics.source_phases(*source, **options)
    values = [phase.amplitude * size ** -(phase.in_N + phase.in_T) for phase in phases]
    return values, [phase.above for phase in phases]


for beta in (2.2, 4.4):
    found, begins = terms(alpha, beta)
    in_N, in_T = leading(alpha, beta, 1e4)
    variance = in_T * boundary(alpha, beta, 1e4) / 1e4
    equal("15.20-15.22", f"source_phases, beta = {beta}", found, [in_N, variance, in_T])
    equal("15.21", "and their boundaries", begins, [0, 1, min(beta, 2 + alpha)])
    found, begins = terms(alpha, beta, noise=eta)
    equal("15.25", "with noise", found, [in_N, eta, eta * alpha])
    equal("15.25", "and their boundaries", begins, [0, 1 / (2 + alpha), 1])
    found, begins = terms(alpha, beta, noise=eta, best_ridge=True)
    tau, theta_ = min(alpha + beta, 2 + 2 * alpha), min(beta, 2 + alpha)
    n = c_of(alpha) * (zeta(beta) / eta) ** (1 / (1 + alpha))
    bias = leading(alpha, beta, 1.0)[1]
    n_data = (tau * bias * 1e4 / (alpha * eta)) ** (1 / (1 + tau))
    rate = eta * alpha / (1 + alpha) * (1 + 1 / tau) * n_data / 1e4
    equal("15.27-15.29", "with noise, at the best ridge", found, [in_N, eta * n / 1e4, rate])
    equal(
        "15.29", "and their boundaries", begins, [0, 1 / (2 + alpha), theta_ / (1 + alpha + theta_)]
    )
in_N, in_T = leading(alpha, -0.2, 1e4)
equal("15.24", "a rough teacher", terms(alpha, -0.2, best_ridge=True)[0], [in_N, in_T * gain])
boundaries = [terms(alpha, 0.4, noise=strength, best_ridge=True)[1] for strength in (0.0, eta)]
equal("15.30", "two phases", boundaries, [[0, 1], [0, 1 / (1 + alpha + 0.4)]])

# %%
# The local exponents of the plateaus between n and 2n. Near the crossings the next term is almost
# as large as the first, and the kinks of (15.18) appear only slowly.

figure, axes = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
betas = np.linspace(-0.7, 5.0, 58)
for i, (name, color) in enumerate((("N", "#0072B2"), ("T", "#D55E00"))):
    limits = rf.asymptotics.loss_exponents(alpha, betas)[i]
    axes.plot(betas, limits, color=color, lw=1.2, label=f"in {name}, $n \\to \\infty$")
    for size, marker in ((100, "o"), (10**6, "x")):
        points = [
            slopes(size, alpha=alpha, teacher=rf.Teacher.power_law(beta))[i] for beta in betas[::3]
        ]
        axes.plot(
            betas[::3],
            points,
            marker,
            ms=4,
            mfc="none",
            color=color,
            label=f"in {name}, n = {size:,}",
        )
axes.set(xlabel=r"$\beta$, teacher $w_J^2 \sim J^{-\beta}$", ylabel="exponent of the loss")
axes.set_title(rf"$\alpha$ = {alpha}, without a ridge")
axes.legend(frameon=False)
show(figure)
