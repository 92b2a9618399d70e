r"""
7. The ridgeless limit
======================

**The question.** What remains of the planar losses as the ridge goes to zero, and how much of it is
exact at finite size?

**What we find.** There are three regimes, by which of N, T and M is the smallest, each with its own
closed form. The scale that is far above the others drops out, and the noise of N < T and of M < N,
T knows two scales exactly. Half of the finite-size answer is the mean of an inverse Wishart matrix,
which is exact and the same for every spectrum: it turns :math:`1/(1 - N/T)` into
:math:`(T-1)/(T-N-1)`. The other half is what N features span, to one loop.

Write n = min(N, T) and m = max(N, T). The fixed point (4.7) says that :math:`\Delta (n -
\mathrm{df}_1) (m - \mathrm{df}_1)` is the ridge, so one factor vanishes with it. If n < M, then
:math:`\mathrm{df}_1` reaches n at a finite :math:`\Delta`: all of the scarcer resource is used, and
what is unused is first order in the ridge,

.. math:: \mathrm{df}_1(\Delta) = n, \qquad n - \mathrm{df}_1 \to \frac{\gamma}{\Delta\,(m - n)}.
          \tag{7.1}

[MRS] has this fixed point and the losses that follow. In (5.7) only :math:`D = |N -
T|\,(\mathrm{df}_1 - \mathrm{df}_2)` is left. The signal does not tell features from data,

.. math:: \mathcal{S} = \frac{\Delta\,n}{1 - n/m}, \tag{7.2}

and the noise does. With few features the numerator of (5.9) is :math:`N (N - \mathrm{df}_2)`; with
few samples it is :math:`T (T - \mathrm{df}_2) + (N - T)\,\mathrm{df}_2`, so that

.. math:: N < T:\quad \mathcal{V} = \frac{N/T}{1 - N/T}, \tag{7.3}

.. math:: T < N:\quad \mathcal{V} = \frac{T/N}{1 - T/N} + \frac{\mathrm{df}_2}{T - \mathrm{df}_2}.
          \tag{7.4}
"""

import numpy as np
import scipy
import sympy as sp
from common import (
    Delta,
    M,
    N,
    T,
    by_order,
    df,
    df1,
    df2,
    df3,
    df4,
    draw,
    equal,
    gamma,
    identity,
    losses,
    planar,
)
from common import power_law, resolution, sampled, slope, traces, unit_model

import rfscale as rf

rng = np.random.default_rng(7)
lam = power_law(0.7, 30)
weak = np.array([1e-4, 1e-5])  # ridges

identity("7.2", "the signal, N < T", losses(N, T, Delta, N, df2)[0] - Delta * N / (1 - N / T))
identity("7.2", "the signal, T < N", losses(N, T, Delta, T, df2)[0] - Delta * T / (1 - T / N))
identity("7.3", "the noise, N < T", losses(N, T, Delta, N, df2)[1] - (N / T) / (1 - N / T))
identity(
    "7.4",
    "the noise, T < N",
    losses(N, T, Delta, T, df2)[1] - (T / N) / (1 - T / N) - df2 / (T - df2),
)

delta = resolution(lam, 9, 14, 0)
unused = np.array([9 - df(1, lam, resolution(lam, 9, 14, ridge)) for ridge in weak])
by_order("7.1", "features that are not used", 1 / weak, unused / (weak / (delta * (14 - 9))) - 1, 1)
for sizes in ((9, 14), (14, 9)):
    delta = resolution(lam, 9, np.inf, 0)  # what is larger than n does not matter
    dual = (9 / 14) / (1 - 9 / 14) + (
        df(2, lam, delta) / (9 - df(2, lam, delta)) if sizes[1] == 9 else 0
    )
    _, S, V = np.transpose([planar(lam, *sizes, ridge) for ridge in weak])
    by_order("7.2", "the signal at a small ridge", 1 / weak, S / (delta * 9 / (1 - 9 / 14)) - 1, 1)
    by_order("7.3-7.4", "the noise at a small ridge", 1 / weak, V / dual - 1, 1)

# %%
# Enough of both: M < N and M < T
# -------------------------------
# Now :math:`\mathrm{df}_1` cannot reach n, and it is :math:`\Delta` that vanishes. Every direction
# is learned, up to
#
# .. math:: M - \mathrm{df}_1 \to \Delta\,\tau, \qquad \mathrm{df}_1 - \mathrm{df}_2 \to
#           \Delta\,\tau, \qquad \tau = \mathrm{tr}\,\Lambda^{-1}. \tag{7.5}
#
# The fixed point becomes :math:`\Delta\,(N - M)(T - M) = \gamma`, D becomes :math:`(N - M)(T - M)`,
# and
#
# .. math:: \mathcal{S} \to \frac{\gamma^2\,\tau\,N T}{(N - M)^3 (T - M)^3} \to 0, \qquad
#           \mathcal{V} \to \frac{M}{T - M}. \tag{7.6}
#
# Nothing is left to learn, only noise to average, over T samples and not over features: there are
# more than are needed.
#
# At the corner N = T = M all differences in D are :math:`\Delta\tau`, so that :math:`\Delta^3\tau^2
# = \gamma` and :math:`D = 3\,(\Delta\tau)^2`. The signal keeps a finite limit, and the noise
# diverges slowly,
#
# .. math:: \mathcal{S} \to \frac{M^2}{3\,\tau}, \qquad \mathcal{V} \to \frac{2
#           M}{3\,(\gamma\tau)^{1/3}}. \tag{7.7}

tau, root = sp.symbols("tau r", positive=True)  # r = (gamma tau)^(1/3)
signal, noise = losses(N, T, Delta, M - Delta * tau, M - 2 * Delta * tau)
learned = signal.subs(Delta, gamma / ((N - M) * (T - M))) / gamma**2
identity(
    "7.6",
    "S, to leading order",
    sp.limit(learned, gamma, 0) - tau * N * T / ((N - M) ** 3 * (T - M) ** 3),
)
identity("7.6", "V", sp.limit(noise, Delta, 0) - M / (T - M))
signal, noise = (loss.subs({N: M, T: M, Delta: root / tau}) for loss in (signal, noise))
identity("7.7", "S at the corner", signal - M**2 / (3 * tau))
identity("7.7", "V at the corner", sp.limit(noise * root, root, 0) - 2 * M / 3)

few = power_law(0.7, 6)
inverse, small = np.sum(1 / few), np.array([1e-4, 1e-5])
by_order("7.5", "M - df1", 1 / small, [(6 - df(1, few, d)) / (d * inverse) - 1 for d in small], 1)
by_order(
    "7.5",
    "df1 - df2",
    1 / small,
    [(df(1, few, d) - df(2, few, d)) / (d * inverse) - 1 for d in small],
    1,
)
_, S, V = np.transpose([planar(few, 9, 14, ridge) for ridge in 10 * weak])
by_order(
    "7.6", "S beyond M", 1 / weak, S / ((10 * weak) ** 2 * inverse * 9 * 14 / (3**3 * 8**3)) - 1, 1
)
by_order("7.6", "V beyond M", 1 / weak, V / (6 / 8) - 1, 1)
_, S, V = np.transpose([planar(few, 6, 6, ridge) for ridge in weak**2])
by_order("7.7", "S at the corner", 1 / weak**2, S / (6**2 / (3 * inverse)) - 1, 1 / 3, within=0.03)
by_order(
    "7.7",
    "V at the corner",
    1 / weak**2,
    V / (2 * 6 / (3 * np.cbrt(weak**2 * inverse))) - 1,
    1 / 3,
    0.03,
)

# %%
# What is exact: fewer features than samples
# ------------------------------------------
# A singular value s of phi becomes :math:`s/(\gamma + s^2)` in P (1.8), and 1/s without ridge: the
# ridgeless solution is the pseudo-inverse,
#
# .. math:: \lim_{\gamma \to 0} P = \varphi^+. \tag{7.8}
#
# Let N < T and N <= M, and fix u. The columns of :math:`\varphi = u x` are then independent
# Gaussian vectors of covariance :math:`C = u\Lambda u^T`. Split the latent vectors into what their
# features tell and the rest,
#
# .. math:: x = K\varphi + r, \qquad K = \Lambda u^T C^{-1}. \tag{7.9}
#
# The rest is :math:`r = (1 - K u)\,x`, and :math:`E\,r\varphi^T` is T times :math:`(1 - K u)\Lambda
# u^T = \Lambda u^T - K C = 0`. Gaussian vectors that are uncorrelated are independent: r is
# independent of phi, of covariance
#
# .. math:: \Sigma = (1 - K u)\,\Lambda\,(1 - K u)^T = \Lambda - \Lambda u^T C^{-1} u \Lambda.
#           \tag{7.10}
#
# So the labels :math:`w x + \epsilon` are *linear in the features, plus independent noise*: to the
# learner, latent directions that it does not see are label noise of variance :math:`w\Sigma w^T`.
# With :math:`\varphi P = 1` the error (1.10) is :math:`\mathcal{E} = x P u - 1 = (K u - 1) + r P
# u`, and the cross term of its square vanishes in every draw, since :math:`(K u - 1)\,\Lambda u^T =
# 0`,
#
# .. math:: \mathcal{S} = \mathrm{tr}\,\Sigma + \mathrm{tr}\,r P C P^T r^T. \tag{7.11}
#
# Average over r at given phi: its columns are independent, so :math:`E\,r^T r =
# \mathrm{tr}\,\Sigma` times the T by T unit matrix, and by (1.14)
#
# .. math:: E_r\,\mathcal{S} = \mathrm{tr}\,\Sigma\,(1 + \mathcal{V}). \tag{7.12}
#
# The noise, in turn, is a trace that knows neither u nor the spectrum. Let :math:`z =
# C^{-1/2}\varphi`, an N by T matrix of independent standard normal entries; then :math:`P^T P =
# (\varphi\varphi^T)^{-1}` gives
#
# .. math:: \mathcal{V} = \mathrm{tr}\,C\,(\varphi\varphi^T)^{-1} = \mathrm{tr}\,(z z^T)^{-1}.
#           \tag{7.13}

size_N, size_T, size_M = 4, 9, 7
lam = power_law(0.7, size_M)
u, x = draw(rng, lam, size_N, size_T)
phi, L = u @ x, np.diag(lam)
pinv = np.linalg.pinv(phi)
gaps = [
    np.linalg.norm(phi.T @ np.linalg.inv(ridge * np.eye(size_N) + phi @ phi.T) - pinv)
    for ridge in weak
]
by_order("7.8", "P at a small ridge", 1 / weak, gaps, 1)

C = u @ L @ u.T
K = L @ u.T @ np.linalg.inv(C)
r = x - K @ phi
rest = np.eye(size_M) - K @ u
equal("7.9", "the rest is not correlated with the features", K @ u @ L @ u.T, L @ u.T)
Sigma = L - L @ u.T @ np.linalg.inv(C) @ u @ L
equal("7.10", "covariance of the rest", rest @ L @ rest.T, Sigma)
S, V = traces(u, x, lam, 0)[:2]
equal("7.11", "the signal of one draw", np.trace(Sigma) + np.trace(r @ pinv @ C @ pinv.T @ r.T), S)
redrawn = [
    traces(u, K @ phi + rest @ draw(rng, lam, size_N, size_T)[1], lam, 0)[0] for _ in range(8000)
]
sampled("7.12", "the signal, averaged at fixed features", redrawn, np.trace(Sigma) * (1 + V), 0.03)
z = np.linalg.solve(np.linalg.cholesky(C), phi)
equal("7.13", "the noise of one draw", np.trace(np.linalg.inv(z @ z.T)), V)

# %%
# The mean of an inverse Wishart matrix
# -------------------------------------
# Single out the first row of z, and call the others Z. The Schur complement of their block is what
# the first row has left when the others are projected out, and its inverse is the first diagonal
# entry,
#
# .. math:: [(z z^T)^{-1}]_{11} = \frac{1}{|z_1 (1 - \Pi)|^2}, \qquad \Pi = Z^T (Z Z^T)^{-1} Z.
#           \tag{7.14}
#
# As :math:`\Pi` is independent of the row, and projects on N - 1 of T dimensions, the square is a
# :math:`\chi^2` of k = T - N + 1 degrees of freedom. With its density, :math:`y^{k/2-1}
# e^{-y/2}/(2^{k/2}\,\Gamma(k/2))`,
#
# .. math:: E\,\frac{1}{\chi^2_k} = \int_0^\infty
#           \frac{y^{k/2-2}\,e^{-y/2}}{2^{k/2}\,\Gamma(k/2)}\,dy =
#           \frac{\Gamma(k/2-1)}{2\,\Gamma(k/2)} = \frac{1}{k - 2}, \qquad k > 2, \tag{7.15}
#
# and infinite for k <= 2: single rows come too close to the span of the others. There are N
# diagonal entries, hence
#
# .. math:: E\,\mathcal{V} = \frac{N}{T - N - 1}, \qquad E\,\mathcal{S} = \frac{T - 1}{T - N -
#           1}\,E\,\mathrm{tr}\,\Sigma, \qquad N < T - 1. \tag{7.16}
#
# Both are exact, for any spectrum. :math:`E\,\mathrm{tr}\,\Sigma` is the signal at T = infinity.

projector = z[1:].T @ np.linalg.inv(z[1:] @ z[1:].T) @ z[1:]
equal(
    "7.14",
    "an entry of the inverse",
    1 / np.sum((z[0] - z[0] @ projector) ** 2),
    np.linalg.inv(z @ z.T)[0, 0],
)
y, excess = sp.symbols("y excess", positive=True)
freedom = excess + 2  # degrees of freedom for which the integral converges
density = y ** (freedom / 2 - 1) * sp.exp(-y / 2) / (2 ** (freedom / 2) * sp.gamma(freedom / 2))
identity("7.15", "a density", sp.integrate(density, (y, 0, sp.oo)) - 1)
identity("7.15", "the mean of 1/chi^2", sp.integrate(density / y, (y, 0, sp.oo)) - 1 / excess)
squares = scipy.stats.chi2(size_T - size_N + 1).cdf
wide = rng.standard_normal((20_000, size_N, size_T))
entries = np.linalg.inv(wide @ wide.transpose(0, 2, 1))[:, 0, 0]
sampled("7.14", "chi^2 of T - N + 1: its distribution", squares(1 / entries), 1 / 2, 0.03)

ratios, noises = [], []
for _ in range(8000):
    u, x = draw(rng, lam, size_N, size_T)
    S, V = traces(u, x, lam, 0)[:2]
    Sigma = L - L @ u.T @ np.linalg.solve(u @ L @ u.T, u @ L)
    ratios, noises = [*ratios, S / np.trace(Sigma)], [*noises, V]
sampled("7.16", "the noise", noises, size_N / (size_T - size_N - 1), 0.05)
sampled("7.16", "the signal", ratios, (size_T - 1) / (size_T - size_N - 1), 0.05)

# %%
# Fewer samples than features, and fewer latent directions than both
# ------------------------------------------------------------------
# For T < N and T <= M the argument runs with u and x exchanged, as the duality (2.10) demands.
# Given x, let :math:`\Pi` project on the span of its T columns. Then :math:`u = \varphi x^+ + u (1
# - \Pi)`, the rest is independent of phi, and with :math:`P\varphi = 1` the error is
# :math:`\mathcal{E} = -(1 - \Pi) + x P u (1 - \Pi)`. The cross term of its square is linear in the
# rest and averages to zero. The square of the second term averages to :math:`\mathrm{tr}\,(1 -
# \Pi)\Lambda` times :math:`\mathrm{tr}\,x P P^T x^T = \mathrm{tr}\,x (x^T u^T u x)^{-1} x^T`, which
# is :math:`\mathrm{tr}\,(z z^T)^{-1}` with z of T rows and N columns:
#
# .. math:: T < N - 1:\quad E_u\,\mathcal{S} = \frac{N - 1}{N - T - 1}\,\mathrm{tr}\,(1 -
#           \Pi)\,\Lambda, \qquad \Pi = x\,x^+. \tag{7.17}
#
# As :math:`x = \Lambda^{1/2} g` with g standard normal, :math:`1 - \Pi` has the distribution of
# :math:`\Lambda^{-1/2}\Sigma\Lambda^{-1/2}` with T features: the mean of the last factor is that of
# :math:`\mathrm{tr}\,\Sigma`, with N and T exchanged.
#
# For M <= N, T phi has rank M. With full ranks :math:`(u x)^+ = x^+ u^+` and :math:`u^+ u = x x^+ =
# 1`: the learner recovers :math:`P u = x^+`, a regression on all latent directions themselves.
# Nothing is lost of the signal, and (7.16) holds for the noise with M in the place of N,
#
# .. math:: \varphi^+ u = x^+, \qquad \mathcal{S} = 0, \qquad \mathcal{V} = \mathrm{tr}\,\Lambda\,(x
#           x^T)^{-1}, \qquad E\,\mathcal{V} = \frac{M}{T - M - 1}. \tag{7.18}

ratios = []
for _ in range(8000):
    u, x = draw(rng, lam, size_T, size_N)
    P = np.linalg.pinv(u @ x)
    error = x @ P @ u - np.eye(size_M)
    left = np.trace(L) - np.sum((np.linalg.qr(x)[0] ** 2).T * lam)
    ratios.append(np.sum(error**2 * lam) / left)
sampled("7.17", "the signal of few samples", ratios, (size_T - 1) / (size_T - size_N - 1), 0.05)

u, x = draw(rng, lam, 9, 14)
P = np.linalg.pinv(u @ x, rcond=1e-10)
equal("7.18", "regression on the latent directions", P @ u, np.linalg.pinv(x), rel=1e-10)
equal("7.18", "all of the signal is learned", x @ P @ u, np.eye(size_M), rel=1e-10)
wishart = np.trace(L @ np.linalg.inv(x @ x.T))
equal("7.18", "the noise of one draw", wishart, np.trace(P @ u @ L @ u.T @ P.T), rel=1e-10)
noises = [np.sum(np.linalg.pinv(draw(rng, lam, 9, 14)[1]) ** 2 * lam) for _ in range(8000)]
sampled("7.18", "the noise", noises, 7 / (14 - 7 - 1), 0.04)

# %%
# What N features span, to one loop
# ---------------------------------
# What is left is :math:`E\,\mathrm{tr}\,\Sigma`. With t coupled to the teacher as in step 2, and
# infinitely many samples, the log-determinant is that of :math:`g + \Lambda (u^T u + t)`, :math:`g
# = \gamma/T`. Its derivative in t is :math:`\mathrm{tr}\,(g + \Lambda u^Tu)^{-1}\Lambda`, and
# :math:`g\,(g + \Lambda u^Tu)^{-1} = 1 - \Lambda u^T(g + C)^{-1}u \to 1 - Ku`, where
# :math:`\mathrm{tr}\,(1 - Ku)\Lambda = \mathrm{tr}\,\Sigma` by (7.10):
#
# .. math:: \mathrm{tr}\,\Sigma = \lim_{g \to 0} g\,\frac{\partial}{\partial t}\Big|_{t=0}
#           \log\det\big(g + \Lambda (u^T u + t)\big). \tag{7.19}
#
# In the coordinates (6.8), where u and v are numbers, T = infinity is u = 1, :math:`t = b\,(1/v -
# 1)`, :math:`g = \Delta b/v`, :math:`b = N - v\,\mathrm{df}_1`. At v = 1, where t does not change
# with :math:`\Delta`, a step of t at fixed g is
#
# .. math:: dt = -b\,dv, \qquad d\log\Delta = \frac{N}{N - \mathrm{df}_2}\,dv. \tag{7.20}
#
# The planar part of :math:`g\,\partial_t F` is :math:`\Delta\,\mathrm{df}_1`. One loop, with
# :math:`F_1 = \frac12 \log(1 - v^2\,\mathrm{df}_2/N)`, adds to it
#
# .. math:: g\,\partial_t F_1 = -\Delta\Big[\frac{\partial}{\partial v} + \frac{N}{N -
#           \mathrm{df}_2}\, \Delta\frac{\partial}{\partial\Delta}\Big] F_1 =
#           \Delta\,\frac{N\,\mathrm{df}_3 - \mathrm{df}_2^2}{(N - \mathrm{df}_2)^2}. \tag{7.21}
#
# Without ridge :math:`\mathrm{df}_1 = n`, and with the exact factors (7.16), (7.17), derived here,
#
# .. math:: E\,\mathcal{S} = \frac{m - 1}{m - n - 1}\,\Delta\,\Big[n + \frac{n\,\mathrm{df}_3 -
#           \mathrm{df}_2^2} {(n - \mathrm{df}_2)^2}\Big]. \tag{7.22}
#
# The bracket is exact up to relative order :math:`1/n^2`. For equal eigenvalues all
# :math:`\mathrm{df}_k = M (n/M)^k`, the correction vanishes, and :math:`\mathrm{tr}\,\Sigma = M -
# N` is exact: a projection has the trace of its rank.

u, x = draw(rng, lam, size_N, size_T)
Sigma = L - L @ u.T @ np.linalg.solve(u @ L @ u.T, u @ L)
G, step = u.T @ u, 1e-5


def logdet(g, shift):
    return np.linalg.slogdet(g * np.eye(size_M) + L @ (G + shift * np.eye(size_M)))[1]


slopes = np.array(
    [g * (logdet(g, step * g) - logdet(g, -step * g)) / (2 * step * g) for g in 100 * weak]
)
by_order("7.19", "tr Sigma, from a log-determinant", 1 / weak, slopes / np.trace(Sigma) - 1, 1)

v = sp.Symbol("v", positive=True)
b = N - v * df1
log_g, shift = sp.log(Delta * b / v), b * (1 / v - 1)
turn = sp.simplify(-(sp.diff(log_g, v) / slope(log_g)).subs(v, 1))
identity("7.20", "d log Delta/dv at fixed g", turn - N / (N - df2))
identity(
    "7.20", "dt/dv, and dt/dDelta", (sp.diff(shift, v) + b).subs(v, 1), slope(shift).subs(v, 1)
)
F1 = sp.log(1 - v**2 * df2 / N) / 2
more = -Delta * (sp.diff(F1, v) + N / (N - df2) * slope(F1)).subs(v, 1)
identity("7.21", "one loop", more - Delta * (N * df3 - df2**2) / (N - df2) ** 2)


def spanned(lam, n):
    """The bracket of (7.22) times Delta, and its planar part."""
    delta = resolution(lam, n, np.inf, 0)
    two, three = df(2, lam, delta), df(3, lam, delta)
    return delta * (n + (n * three - two**2) / (n - two) ** 2), delta * n


gaps, stderrs = [], []
for n in (3, 6):
    lam3 = np.repeat([1.0, 0.3, 0.05], n)
    total = []
    for _ in range(8):
        rows = rng.standard_normal((25_000, n, 3 * n)) * np.sqrt(lam3)  # u Lambda^(1/2)
        part = np.linalg.solve(rows @ rows.transpose(0, 2, 1), rows * lam3)
        total.append((np.sum(lam3) - np.sum(rows * part, axis=(1, 2))) / spanned(lam3, n)[0])
    gaps.append(np.mean(total) - 1)
    stderrs.append(np.std(total) / np.sqrt(np.size(total)))
by_order("7.22", "the mean of tr Sigma, by one loop", (3, 6), gaps, 2, within=0.4, stderrs=stderrs)
equal("7.22", "equal eigenvalues", spanned(np.ones(10), 4), [10 - 4, 10 - 4])

# %%
# The noise of few samples, to one loop
# -------------------------------------
# For T < N the noise is not a Wishart mean. It is :math:`\partial_\gamma(\gamma\,\partial_s F)` by
# step 2, and its one-loop part follows from (6.9) by the chain rule. At v = 1 the coordinates are
# :math:`s = a (1/u - 1)` and :math:`\gamma = \Delta a b/u` with :math:`a = T - u\,\mathrm{df}_1`,
# :math:`b = N - \mathrm{df}_1`. At u = 1 :math:`\partial s/\partial u = -a`, :math:`\partial
# s/\partial\Delta = 0`, :math:`\partial\log\gamma/\partial u = -T/a`, and with (5.10) the chain
# rule solved for the slopes in s and :math:`\log\gamma` is
#
# .. math:: \partial_s = -\frac1a\,\partial_u - \frac{T b}{a D}\,\Delta\partial_\Delta, \qquad
#           \partial_{\log\gamma} = \frac{a b}{D}\,\Delta\partial_\Delta \qquad (u = 1). \tag{7.23}
#
# It is :math:`\mathcal{V}_1 = (1 + \partial_{\log\gamma})\,\partial_s F_1` with :math:`F_1 =
# \frac12\log(D/NT)` and :math:`\partial_uF_1 = -[\mathrm{df}_2(N-\mathrm{df}_2) +
# (\mathrm{df}_1-\mathrm{df}_2)^2]/D` at u = 1, so that only slopes in :math:`\Delta`, by (4.8), are
# left to do. As the ridge vanishes, :math:`a \to 0` and :math:`D \to b\,c`; with :math:`p_J =
# \lambda_J/(\lambda_J + \Delta)`, :math:`q_J = 1 - p_J`,
#
# .. math:: \mathcal{V}_1 = \frac{T}{b^2} + \frac{\mathrm{df}_2}{b\,c} + \frac{\mathrm{df}_2}{c^2} +
#           T\,\frac{4 e_1^2 - 4 e_1 c + 3 e_2 c}{c^4}, \qquad b = N - T, \quad c = T -
#           \mathrm{df}_2, \quad e_1 = \sum_J p_J q_J^2, \quad e_2 = \sum_J p_J^2 q_J^2. \tag{7.24}

ratio = sp.Symbol("u", positive=True)
a, b = T - ratio * df1, N - df1
test, log_gamma = a * (1 / ratio - 1), sp.log(Delta * a * b / ratio)
jacobian = sp.Matrix([[sp.diff(f, ratio), slope(f)] for f in (test, log_gamma)]).T.applyfunc(
    sp.cancel
)
in_test, in_ridge = (jacobian.inv().applyfunc(sp.cancel)).tolist()


def along(row, f):
    return row[0] * sp.diff(f, ratio) + row[1] * slope(f)


F1 = sp.log((1 - ratio**2 * df2 / T) * (1 - df2 / N) - ratio**2 * (df1 - df2) ** 2 / (N * T)) / 2
first = sp.cancel(along(in_test, F1))
loop = sp.cancel((first + along(in_ridge, first)).subs(ratio, 1)).subs(df1, T)
a_1, D = T - df1, (T - df1) * b + (T + N - 2 * df1) * (df1 - df2)
expected = sp.Matrix([[-1 / a_1, -T * b / (a_1 * D)], [0, a_1 * b / D]])
identity(
    "7.23", "the chain rule, solved", *(sp.Matrix([in_test, in_ridge]).subs(ratio, 1) - expected)
)
at_one = -(df2 * (N - df2) + (df1 - df2) ** 2) / D, slope(sp.log(D)) / 2
by_hand = expected[0, 0] * at_one[0] + expected[0, 1] * at_one[1]
identity("7.23", "the slope of F_1 in s", first.subs(ratio, 1) - by_hand)
pqq, ppqq, unresolved = T - 2 * df2 + df3, df2 - 2 * df3 + df4, T - df2
shown = T / (N - T) ** 2 + df2 / ((N - T) * unresolved) + df2 / unresolved**2
shown += T * (4 * pqq**2 - 4 * pqq * unresolved + 3 * ppqq * unresolved) / unresolved**4
identity("7.24", "one loop of the noise, T < N", loop - shown)


def noise_of_few_samples(lam, few, many):
    """Planar (7.4), and what (7.24) adds."""
    delta = resolution(lam, few, np.inf, 0)
    values = {
        N: many,
        T: few,
        df2: df(2, lam, delta),
        df3: df(3, lam, delta),
        df4: df(4, lam, delta),
    }
    return np.array(
        [float(part.subs(values)) for part in ((T / N) / (1 - T / N) + df2 / (T - df2), shown)]
    )


lam = power_law(0.7, 60)
drawn = []
for _ in range(2000):
    u, x = draw(rng, lam, 40, 20)
    drawn.append(np.sum((np.linalg.pinv(u @ x) @ u) ** 2 * lam))
sampled("7.24", "the noise of 20 samples", drawn, np.sum(noise_of_few_samples(lam, 20, 40)), 0.02)

# %%
# In N it is known exactly. With :math:`u = \varphi x^+ + u(1 - \Pi)` and :math:`P\varphi = 1` as
# for (7.17), :math:`Pu = x^+ + Pu(1 - \Pi)`. The cross term averages to zero at given data, and the
# square of the second term to :math:`\mathrm{tr}\,PP^T\;\mathrm{tr}\,(1 - \Pi)\Lambda`, with the
# inverse Wishart mean of :math:`PP^T`, :math:`(x^Tx)^{-1}/(N - T - 1)`:
#
# .. math:: T < N - 1: \quad E_u\,\mathcal{V} = \mathrm{tr}\,x^{+T}x^+\Lambda +
#           \frac{\mathrm{tr}\,(x^Tx)^{-1}\,\mathrm{tr}\,(1 - \Pi)\Lambda}{N - T - 1}, \qquad
#           E\,\mathcal{V} = \mathcal{A} + \frac{\mathcal{B}}{N - T - 1}. \tag{7.25}
#
# As this holds for all N, (7.24) is its expansion in 1/b, and gives :math:`\mathcal{B} = T +
# \mathrm{df}_2/c` and :math:`\mathcal{A}`, what is left of (7.24) and (7.4) at :math:`b =
# \infty`, both to one loop. The one-loop terms of :math:`\mathcal{A}` have both signs, and their
# sum may be small where the next order is not. In simulations of hard spectra the next order was at
# most :math:`1.25\,\mathrm{df}_2/T c^2` of either, and that of the bracket in (7.22) at most
# :math:`\mathrm{df}_2/n(n - \mathrm{df}_2)^2`.

seen, (u, x) = [], draw(rng, lam, 40, 20)
inverse = np.linalg.pinv(x)
unlearned = np.sum(lam) - np.sum((np.linalg.qr(x)[0] ** 2).T * lam)
given_data = np.sum(inverse**2 * lam), np.sum(np.linalg.inv(x.T @ x).trace()) * unlearned
for _ in range(2000):
    u = rng.standard_normal(u.shape)
    seen.append(np.sum((np.linalg.pinv(u @ x) @ u) ** 2 * lam))
sampled(
    "7.25", "the noise at given data", seen, given_data[0] + given_data[1] / (40 - 20 - 1), 0.02
)

b_only = sp.Symbol("b", positive=True)
by_data = (shown + df2 / unresolved).subs(N, sp.oo)
by_features = T + df2 / unresolved
in_b = by_data + by_features * (1 / b_only + 1 / b_only**2) - df2 / unresolved / b_only**2
whole = (shown + T / (N - T) + df2 / unresolved).subs(N, T + b_only)
identity("7.25", "its expansion is (7.24)", whole - in_b)


def exact_in_features(lam, few, many):
    """(7.25) with A and B to one loop."""
    two = df(2, lam, resolution(lam, few, np.inf, 0))
    endless = np.sum(noise_of_few_samples(lam, few, 1e30))
    return endless + (few + two / (few - two)) / (many - few - 1)


# %%
# The package
# -----------
# `rf.asymptotics.ridgeless` is the planar limit in all regimes and at the corner,
# `ridgeless_finite_size_signal` is (7.22), and `ridgeless_finite_size_noise` has (7.16), (7.18) and
# (7.25). `rf.predict` at order "one-loop" expands the exact factors, :math:`(m-1)/(m-n-1) = (1 -
# n/m)^{-1} [1 + 1/(m-n) - 1/m + \dots]`.

model = unit_model(rf.PowerLaw(0.7, 60))
span, plain = spanned(lam, 20)
few_samples = noise_of_few_samples(lam, 20, 40)
clean, noisy = rf.asymptotics.ridgeless(model, [20, 40, 70, 60], [40, 20, 90, 60])
at_corner = 60**2 / (3 * np.sum(1 / lam))
equal(
    "7.1-7.7",
    "ridgeless, signal",
    clean,
    [plain / (1 - 20 / 40), plain / (1 - 20 / 40), 0, at_corner],
)
equal("7.3-7.6", "ridgeless, noise", noisy[:3], [20 / (40 - 20), few_samples[0], 60 / (90 - 60)])
limit = rf.predict(model, [20, 40, 70, 60], [40, 20, 90, 60])
equal("7.2-7.7", "rfscale.predict at ridge 0", limit.signal, clean)
equal("7.3-7.6", "rfscale.predict at ridge 0, noise", limit.noise[:3], noisy[:3])

clean = rf.asymptotics.ridgeless_finite_size_signal(model, [20, 40], [40, 20])
equal("7.22", "ridgeless_finite_size_signal", clean, [39 / 19 * span, 39 / 19 * span])
noisy = rf.asymptotics.ridgeless_finite_size_noise(model, [20, 40, 70], [40, 20, 90])
equal(
    "7.16, 7.18, 7.25",
    "ridgeless_finite_size_noise",
    noisy,
    [20 / (40 - 20 - 1), exact_in_features(lam, 20, 40), 60 / (90 - 60 - 1)],
)
loop = rf.predict(model, [20, 40], [40, 20], order="one-loop")
expanded = plain / (1 - 20 / 40) * (1 / (40 - 20) - 1 / 40 + span / plain)
equal("7.22", "rfscale.predict to one loop, signal", loop.signal, [expanded, expanded])
equal(
    "7.16, 7.24",
    "rfscale.predict to one loop, noise",
    loop.noise,
    [20 / (40 - 20) * (1 + 1 / (40 - 20)), np.sum(few_samples)],
)
