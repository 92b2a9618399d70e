r"""
17. How the losses scatter
==========================

**The question.** The losses so far are means over draws of features and data. How far from the mean
is one draw, how alike are the losses of one draw at two ridges, and how many draws does a
simulation need?

**What we find.** The covariance of the generating function at two ridges is -2 times the logarithm
of a determinant of two by two, that of step 6 with one factor from either ridge. Its derivatives
are the covariances of the losses: a relative standard deviation of order 1/size, so that large
systems average themselves.

Step 6 took n copies of the system at one ridge. Take n of them at :math:`\gamma` and n' at
:math:`\gamma'`, with sources s', t' of their own, for the same features and data. Let
:math:`\Gamma` be the diagonal matrix of the ridges of all copies, S and :math:`\mathsf{T}` those of
their sources. With (6.1) for each copy, averaged over samples and features as in (6.2),

.. math:: E\det K^{-\frac n2}\det K'^{-\frac{n'}2} = \frac{E \prod_J \det\big[1 + \Gamma^{-1/2}
          (\lambda_J\hat a + \lambda'_J S)\,\Gamma^{-1/2}\,(\hat b + W_J \mathsf{T})\big]^{-1/2}}
          {\det\Gamma^{M/2}}, \tag{17.1}

where :math:`\hat a` and :math:`\hat b` are Wishart matrices of n + n' dimensions and of T and N
samples. The ridges stand on both sides of the first factor, as (6.1) has a :math:`\sqrt\gamma` for
y and z of each copy: matrices of different ridges do not commute. In the check n = n' = 1, and both
sides are averaged over draws.
"""

from functools import partial

import mpmath as mp
import numpy as np
import sympy as sp
from common import (
    below,
    by_order,
    equal,
    equivalents,
    identity,
    measured,
    power_law,
    resolution,
    saddle,
    unit_model,
)

import rfscale as rf

rng = np.random.default_rng(17)
lam = power_law(1.0, 3)
test = np.array([0.8, 0.9, 0.2])
W = np.array([1.0, 0.4, 2.0])
two = ((0.7, 0.3, 0.2), (2.5, 0.1, 0.4))  # gamma, s, t of one, and of the other
DRAWS = 200_000

u = rng.standard_normal((DRAWS, 4, 3))
x = np.sqrt(lam)[:, None] * rng.standard_normal((DRAWS, 3, 6))
A, G = x @ x.transpose(0, 2, 1), u.transpose(0, 2, 1) @ u
left = np.ones(DRAWS)
for gamma, s, t in two:
    K = gamma * np.eye(3) + (A + s * np.diag(test)) @ (G + t * np.diag(W))
    left *= np.linalg.det(K) ** -0.5
xi, eta = (rng.standard_normal((DRAWS, 2, k)) for k in (6, 4))
a_hat, b_hat = xi @ xi.transpose(0, 2, 1), eta @ eta.transpose(0, 2, 1)
gammas, in_s, in_t = (np.array(values) for values in zip(*two, strict=True))
root = np.diag(gammas**-0.5)
right = np.full(DRAWS, np.prod(gammas) ** -1.5)
for i, j, k in zip(lam, test, W, strict=True):
    product = root @ (i * a_hat + j * np.diag(in_s)) @ root @ (b_hat + k * np.diag(in_t))
    right *= np.linalg.det(np.eye(2) + product) ** -0.5
gap, spread = left.mean() - right.mean(), np.hypot(left.std(), right.std()) / np.sqrt(DRAWS)
measured("17.1", "both sides, over the left", 1 + gap / left.mean(), spread / left.mean(), 1, 0.03)

# %%
# What fluctuates between the ridges
# ----------------------------------
# At the saddle point :math:`\hat a` and :math:`\hat b` are diagonal, with the a and b of either
# ridge (3.10). Fluctuations within the blocks of one ridge give its own F. An element x of
# :math:`\hat a` between two copies of different ridges, and y of :math:`\hat b`, enter (17.1) and
# the weights :math:`\det\hat a^{T/2}`, :math:`\det\hat b^{N/2}` to second order as
# :math:`e^{-\frac12 Q}`,
#
# .. math:: Q = \frac{x^2}{aa'}\Big[T - \sum_J
#           \frac{a\lambda\beta}{k}\frac{a'\lambda\beta'}{k'}\Big] + \frac{y^2}{bb'}\Big[N - \sum_J
#           \frac{b\,\alpha}{k}\frac{b'\alpha'}{k'}\Big] + 2xy \sum_J
#           \frac{\lambda\sqrt{\gamma\gamma'}}{kk'}, \tag{17.2}
#
# with :math:`\alpha_J = a\lambda_J + s\lambda'_J`, :math:`\beta_J = b + tW_J` and :math:`k_J =
# \gamma + \alpha_J\beta_J`. The identity below is one J of the sums, and the weight of x.

a, b, a_2, b_2 = sp.symbols("a b a' b'", positive=True)
g, g_2, e = sp.symbols("gamma gamma' epsilon", positive=True)
alpha, beta, alpha_2, beta_2, lambda_J, d, f = sp.symbols(
    "alpha beta alpha' beta' lambda x y", positive=True
)
k, k_2 = g + alpha * beta, g_2 + alpha_2 * beta_2
left_factor = sp.Matrix(
    [[alpha / g, e * d * lambda_J / sp.sqrt(g * g_2)], [e * d * lambda_J / sp.sqrt(g * g_2), 0]]
)
left_factor[1, 1] = alpha_2 / g_2
right_factor = sp.Matrix([[beta, e * f], [e * f, beta_2]])
determinant = (sp.eye(2) + left_factor * right_factor).det() * g * g_2 / (k * k_2)
second = sp.diff(sp.log(determinant), e, 2).subs(e, 0) / 2
stated = (
    -(d**2) * lambda_J**2 * beta * beta_2
    - f**2 * alpha * alpha_2
    + 2 * d * f * lambda_J * sp.sqrt(g * g_2)
)
identity("17.2", "one direction", second - stated / (k * k_2))
of_weight = -sp.diff(sp.log(a * a_2 - e**2 * d**2), e, 2).subs(e, 0) / 2
identity("17.2", "the weight", of_weight - d**2 / (a * a_2))

# %%
# The covariance
# --------------
# There are n n' such pairs, and a Gaussian integral over each, in units of the one without J: the
# power -n n'/2 of the determinant of (17.2). On the left of (17.1) the logarithms of the two
# determinants have a covariance C, which adds :math:`\frac14 nn'\,C` to the logarithm of the mean,
# so that, with :math:`Ap = a\lambda\beta/k` and :math:`Bp = b\alpha/k` as in step 6,
#
# .. math:: C = -2\log\big(PQ - R^2\big), \quad P = 1 - \sum\frac{AA'pp'}T, \quad Q = 1 -
#           \sum\frac{BB'pp'}N \tag{17.3}
#
# with :math:`R = \sum rr'/\sqrt{NT}` and :math:`r = \sqrt{\lambda ab\gamma}/k`. At s = t = 0,
# :math:`r = \sqrt{pq}`. At equal ridges R is :math:`\sum pqAB/\sqrt{NT}` and C is :math:`-4F_1` by
# (6.5): the same fluctuations make the mean differ from the planar one. For one matrix in the place
# of two this is the covariance of linear statistics of Bai and Silverstein; the variance without
# sources is known from channels with two scatterings [Moustakas-Simon].
#
# Without sources the two ridges meet in a difference quotient,
#
# .. math:: NT\,(PQ - R^2) = \frac{\gamma - \gamma'}{\Delta - \Delta'} \tag{17.4}
#
# which at equal ridges is D (5.7), the slope of (4.7).


def vectors(lam, test, W, N, T, g, s, t):
    """A p, B p and r, with log gamma."""
    a, b = saddle(lam, test, W, N, T, g, s, t)
    alpha = [a * i + s * j for i, j in zip(lam, test, strict=True)]
    beta = [b + t * w for w in W]
    k = [mp.exp(g) + i * j for i, j in zip(alpha, beta, strict=True)]
    Ap = [a * i * j / z for i, j, z in zip(lam, beta, k, strict=True)]
    Bp = [b * i / z for i, z in zip(alpha, k, strict=True)]
    return Ap, Bp, [mp.sqrt(a * b * mp.exp(g) * i) / z for i, z in zip(lam, k, strict=True)]


def C(lam, test, W, N, T, one, other):
    """(17.3) at (log gamma, s, t) of either."""
    first, second = (vectors(lam, test, W, N, T, *at) for at in (one, other))
    P, Q, R = (
        mp.fsum(i * j for i, j in zip(u, v, strict=True))
        for u, v in zip(first, second, strict=True)
    )
    return -2 * mp.log((1 - P / T) * (1 - Q / N) - R**2 / (N * T))


spectrum, N, T = power_law(1.0, 40), 12, 17
ones = np.ones(40)
ridges = (0.05, 0.6)
none = [(mp.log(gamma), 0, 0) for gamma in ridges]
deltas = [resolution(spectrum, N, T, gamma) for gamma in ridges]
quotient = -2 * np.log((ridges[0] - ridges[1]) / (deltas[0] - deltas[1]) / (N * T))
equal("17.4", "at two ridges", float(C(spectrum, ones, ones, N, T, *none)), quotient, rel=1e-9)
p = spectrum / (spectrum + deltas[0])
s_2 = np.sum(p * (1 - p))
F_1 = 0.5 * np.log((1 - np.sum(p**2) / T) * (1 - np.sum(p**2) / N) - s_2**2 / (N * T))
same = float(C(spectrum, ones, ones, N, T, none[0], none[0]))
equal("17.3", "at one ridge it is -4 F_1 (6.5)", same, -4 * F_1, rel=1e-9)

# By simulation, with sources: the gap to this leading order falls with the size.
gaps, stderrs, sizes = [], [], (1, 2)
for size in sizes:
    of_size = [np.repeat(v, size) for v in (lam, test, W)]
    at = [(gamma * size**2, s * size, t * size) for gamma, s, t in two]
    u = rng.standard_normal((DRAWS, 4 * size, 3 * size))
    x = np.sqrt(of_size[0])[:, None] * rng.standard_normal((DRAWS, 3 * size, 6 * size))
    A, G = x @ x.transpose(0, 2, 1), u.transpose(0, 2, 1) @ u
    logs = [
        np.linalg.slogdet(
            gamma * np.eye(3 * size) + (A + s * np.diag(of_size[1])) @ (G + t * np.diag(of_size[2]))
        )[1]
        for gamma, s, t in at
    ]
    products = np.prod([values - values.mean() for values in logs], axis=0)
    theory = float(C(*of_size, 4 * size, 6 * size, *((mp.log(g), s, t) for g, s, t in at)))
    gaps.append(products.mean() / theory - 1)
    stderrs.append(products.std() / np.sqrt(DRAWS) / theory)
by_order("17.3", "the covariance of log det K", sizes, gaps, order=1, within=0.5, stderrs=stderrs)

# %%
# The losses
# ----------
# The losses of a draw are derivatives of its log det K, as step 2 has it before averages are taken.
# So the covariance of any two is that of the derivatives, one at either place:
#
# .. math:: \mathrm{Cov}(\mathcal{S}, \mathcal{S}') = \gamma\gamma'\,\partial_s\partial_t
#           \partial_{s'}\partial_{t'} C, \qquad \mathrm{Cov}(\mathcal{V}, \mathcal{V}') = (1 +
#           \partial_{\log\gamma})(1 + \partial_{\log\gamma'})\,\partial_s\partial_{s'} C,
#           \tag{17.5}
#
# those of signal with noise likewise, and of the training loss with the operators of (2.8). C is of
# order one, and each :math:`\partial_s` takes a factor of the size away, while the means come from
# F, of the order of the size. The standard deviation relative to the mean is of order 1/size.
#
# The formula is that of the package to rounding, and simulation approaches it by order.


def covariance(lam, N, T, gamma, gamma_2):
    """(17.5): signals, and noises."""
    lam = [mp.mpf(float(i)) for i in lam]  # numpy's numbers would round products to theirs
    none = [mp.mpf(1)] * len(lam)

    def both(g, s, t, g_2, s_2, t_2):
        return C(lam, lam, none, N, T, (g, s, t), (g_2, s_2, t_2))

    with mp.workdps(60):
        at = (mp.log(gamma), mp.mpf(0), mp.mpf(0), mp.log(gamma_2), mp.mpf(0), mp.mpf(0))
        diff = partial(mp.diff, both, at, h=mp.mpf(10) ** -9)
        signal = gamma * gamma_2 * diff((0, 1, 1, 0, 1, 1))
        noise = sum(diff((i, 1, 0, j, 1, 0)) for i in (0, 1) for j in (0, 1))
    return float(signal), float(noise)


for at in [(3, 5, 0.2, 0.2), (6, 4, 0.3, 2.0)]:
    found = rf.loss_covariance(unit_model(rf.PowerLaw(1.0, 5)), *at)
    theirs = found.signal, found.noise
    mine = covariance(power_law(1.0, 5), *at)
    name = "rfscale.loss_covariance, N = {}, T = {}, gamma = {}, {}".format(*at)
    equal("17.3, 17.5", f"{name}: signal", theirs[0], mine[0], rel=1e-9)
    equal("17.3, 17.5", f"{name}: noise", theirs[1], mine[1], rel=1e-9)

# %%
# A teacher that is drawn
# -----------------------
# So far the losses of a draw are averages over Gaussian teachers. For a single one the signal is
# :math:`\frac12 w^THw`, with a matrix H of the draw, and the variance over teachers of covariance
# :math:`\sigma_w^2W/M` is :math:`\frac12(\sigma_w^2/M)^2\,\mathrm{tr}\,WHWH`. Its mean over draws
# is
#
# .. math:: E\,\mathrm{tr}\,WHWH = \sum_J W_J^2 \bar H_J^2 + \sum_{JK} W_JW_K\,\mathrm{Var}\,
#           H_{JK}, \tag{17.6}
#
# to leading order: the mean of H is diagonal, of elements that do not fall with the size, and
# (15.3) is :math:`\sum_J W_J\bar H_J`. There are more of the others, of squares of order 1/size. A
# source t that couples two directions J and K, in the place of W, has a
# :math:`\partial_s\partial_t` that is twice :math:`H_{JK}`, and its covariance is (17.3) with
# matrices. With one such source at either place no sum has a term of first order in t or t', and in
# tt' those of the two directions are
#
# .. math:: \partial_t\partial_{t'} P = -\frac{2x_Jx_K}{T\,bb'}, \quad \partial_t\partial_{t'} Q =
#           -\frac{2y_Jy_K}{N\,bb'}, \quad \partial_t\partial_{t'} R = \frac{x_Jy_K + x_Ky_J}
#           {\sqrt{NT}\,bb'} \tag{17.7}
#
# with :math:`x = rr'` and :math:`y = BB'pp'`, so that the double sum factorises into squares of
# :math:`\sum W_Jx_J` and :math:`\sum W_Jy_J`.
#
# The check of (17.7) is numerical, with matrices of three directions; that of (17.6) a simulation.


def coupled(t, t_2, J=0, K=2):
    """P, Q and R for sources that couple two directions, in the base case at s = 0."""
    swap = np.zeros((3, 3))
    swap[J, K] = swap[K, J] = 1
    factors = []
    for (gamma, _, _), source in zip(two, (t, t_2), strict=True):
        a, b, _ = equivalents(lam, test, W, 4, 6, gamma, 0.0, 0.0)
        beta = b * np.eye(3) + source * swap
        inverse = np.linalg.inv(gamma * np.eye(3) + a * lam[:, None] * beta)
        factors.append((gamma, a, b, beta, inverse))
    (g, a, b, beta, inverse), (g_2, a_2, b_2, beta_2, inverse_2) = factors
    L = np.diag(lam)
    P = 1 - a * a_2 / 6 * np.trace(L @ beta @ inverse @ L @ beta_2 @ inverse_2)
    Q = 1 - a * b * a_2 * b_2 / 4 * np.trace(inverse @ L @ inverse_2 @ L)
    both = np.trace(L @ inverse.T @ inverse_2) + np.trace(L @ inverse_2.T @ inverse)
    return np.array([P, Q, np.sqrt(a * a_2 * b * b_2 * g * g_2 / 24) * both / 2])


h = 1e-3
mixed = (coupled(h, h) - coupled(h, -h) - coupled(-h, h) + coupled(-h, -h)) / (4 * h**2)
at = [equivalents(lam, test, W, 4, 6, gamma, 0.0, 0.0) for gamma, _, _ in two]
r = [np.sqrt(lam * a * b * g) * k for (a, b, k), (g, _, _) in zip(at, two, strict=True)]
x, y = np.prod(r, axis=0), np.prod([lam * a * b * k for a, b, k in at], axis=0)
bb = at[0][1] * at[1][1]
stated = [-2 * x[0] * x[2] / 6, -2 * y[0] * y[2] / 4, (x[0] * y[2] + x[2] * y[0]) / np.sqrt(24)]
equal("17.7", "by differences", mixed, np.array(stated) / bb, rel=1e-4)

gaps, stderrs, sizes = [], [], (1, 3)
for size in sizes:
    many, draws = np.repeat(power_law(1.0, 12), size), 40_000 // size**2
    n, m, gamma = 8 * size, 10 * size, 0.3 * size**2
    u = rng.standard_normal((draws, n, 12 * size))
    x = np.sqrt(many)[:, None] * rng.standard_normal((draws, 12 * size, m))
    phi = u @ x
    predictor = np.linalg.solve(gamma * np.eye(n) + phi @ phi.transpose(0, 2, 1), phi)
    error = np.eye(12 * size) - x @ predictor.transpose(0, 2, 1) @ u
    H = (error * many) @ error.transpose(0, 2, 1)
    traces_ = np.sum(H * H, axis=(1, 2))
    model = unit_model(rf.Eigenvalues(many))
    theory = float(rf.loss_covariance(model, n, m, gamma).teacher) / 2
    gaps.append(traces_.mean() / theory - 1)
    stderrs.append(traces_.std() / np.sqrt(draws) / theory)
name = "what a drawn teacher adds, rfscale.loss_covariance and simulation"
by_order("17.6", name, sizes, gaps, order=1, within=0.3, stderrs=stderrs)

# %%
# Small systems
# -------------
# (17.3) is to leading order, and variances have poles further out than means. Without ridge the
# noise is the trace of the inverse of a Wishart matrix of n = min(N, M) < T dimensions and T
# samples, of which mean and variance are known [Muirhead]: with k = T - n,
#
# .. math:: \frac{\mathrm{std}}{\mathrm{mean}} = \Big[\frac{2}{nT}\Big]^{1/2}
#           \Big[\frac{T - 1}{T}\,\frac{k}{k - 3}\Big]^{1/2} \frac{T}{k}, \tag{17.8}
#
# where (17.3) has the factors k/(k - 3) and (T - 1)/T at 1. The signal where all is learned is
# :math:`\gamma^2` times second powers of two inverses, and its square has fourth powers: as the
# least eigenvalue has the density :math:`\lambda^{(k - 1)/2}` at 0, their mean exists for k > 7,
# with k = T - M and N - M. With a ridge 1/k is :math:`C_a` or :math:`C_b` of (6.18) there.
# `Prediction.std_error` has these poles, with weights that were calibrated. For the noise it must
# not be less than what (17.8) adds, with the mean over its planar value, k/(k - 1).

n, m = 3, 13
X = rng.standard_normal((DRAWS, n, m))
inverse = np.trace(np.linalg.inv(X @ X.transpose(0, 2, 1)), axis1=1, axis2=2)


def exact(n, m):
    """std/mean of the trace of an inverse Wishart matrix."""
    return np.sqrt(2 * (m - 1) / (n * (m - n) * (m - n - 3)))


kurtosis = np.mean((inverse - inverse.mean()) ** 4) / inverse.var() ** 2
stderr = np.sqrt((kurtosis - 1) / 4 / DRAWS)
measured("17.8", "std over mean", inverse.std() / inverse.mean() / exact(n, m), stderr, 1, 0.03)

noise_only = rf.ScalingModel(rf.PowerLaw(1.0, 10), sigma_w=0.0, sigma_eps=np.sqrt(2))
k = np.array([4, 5, 8, 20, 100])
found = rf.predict(noise_only, 10, 10 + k)
error = exact(10, 10 + k) * 10 / (k - 1) / found.std - 1
below("17.8", "what (17.8) adds to Prediction.std", error, found.std_error)
below("17.8", "Prediction.std_error, and twice what (17.8) adds", found.std_error, 2 * error)
