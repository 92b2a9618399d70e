r"""
19. Filters, and the best of them
=================================

**The question.** Gradient flow is one way to stop before the end of training. Which others are
there, and which of them has the least test loss?

**What we find.** Flow, descent with momentum or without, repeated ridge regression and principal
components all are filters: functions of the eigenvalues of the kernel. The planar test loss of any
of them is one integral of a square. Its least value is the harmonic mean of what the labels have in
the kernel's eigenvectors. For a power law with :math:`\alpha = 1` a ridge reaches it.

In all of these trainings the weights are

.. math:: \theta = y\varphi^T\,h(\varphi\varphi^T), \qquad r(s) = 1 - s\,h(s), \tag{19.1}

with a function h of the eigenvalues s of the kernel, the **filter**, and its **residual** r: on the
training set :math:`\theta\varphi - y = -y\,r(\varphi^T\varphi)`. With a time t of flow, k steps of
size :math:`\eta` and momentum :math:`\beta`, a ridge regression repeated k times on what the last
one left, and a cutoff :math:`s_0` of principal components the residuals are

.. math:: r = \frac{\gamma + s\,e^{-t(s + \gamma)}}{s + \gamma}, \qquad r = \frac{\gamma +
          s\,\rho_k}{s + \gamma}, \qquad r = \Big(\frac{\gamma}{s + \gamma}\Big)^k, \qquad r =
          1_{s < s_0}, \tag{19.2}

where :math:`\rho_{k + 1} = (1 + \beta - \eta(s + \gamma))\,\rho_k - \beta\rho_{k - 1}`,
:math:`\rho_0 = 1` and :math:`\rho_1 = 1 - \eta(s + \gamma)`. Without momentum :math:`\rho_k =
(1 - \eta(s + \gamma))^k`.

The check trains one draw, step by step.
"""

import matplotlib.pyplot as plt
import numpy as np
import scipy
import sympy as sp
from common import (
    N,
    T,
    Delta,
    below,
    by_order,
    c_of,
    complex_resolution,
    df,
    df1,
    df2,
    draw,
    equal,
    identity,
    mixture_traces,
    power_law,
    resolution,
    show,
    slope,
    two_ridge_traces,
    unit_model,
)

import rfscale as rf
from rfscale.theory import spectral_measures

rng = np.random.default_rng(19)
u, x = draw(rng, power_law(0.5, 6), 4, 5)
phi, y = u @ x, rng.standard_normal(5)
ridge, step_size, beta = 0.3, 0.02, 0.6
at_once = np.linalg.inv(phi @ phi.T + ridge * np.eye(4))
trained = {  # training, and what its algorithm makes of the draw
    "descent": [rf.GradientDescent(20, step_size, ridge=ridge), np.zeros(4)],
    "momentum": [rf.HeavyBall(20, step_size, momentum=beta, ridge=ridge), np.zeros(4)],
    "iterated ridge": [rf.IteratedRidge(ridge, times=3), np.zeros(4)],
}
for name, momentum in (("descent", 0.0), ("momentum", beta)):
    before = theta = np.zeros(4)
    for _ in range(20):
        step = -step_size * ((theta @ phi - y) @ phi.T + ridge * theta)
        before, theta = theta, theta + step + momentum * (theta - before)
    trained[name][1] = theta
for _ in range(3):
    left = y - trained["iterated ridge"][1] @ phi
    trained["iterated ridge"][1] = trained["iterated ridge"][1] + left @ phi.T @ at_once
s, vectors = np.linalg.eigh(phi @ phi.T)
components = vectors[:, 2:]
projected = np.linalg.lstsq((components.T @ phi).T, y, rcond=None)[0] @ components.T
trained["components"] = [rf.PrincipalComponents((s[1] + s[2]) / 2), projected]
times = 0.1
flow = scipy.linalg.expm(-times * (phi @ phi.T + ridge * np.eye(4)))
trained["flow"] = [rf.GradientFlow(times, ridge), y @ phi.T @ at_once @ (np.eye(4) - flow)]
for name, (training, theta) in trained.items():
    filtered = y @ phi.T @ (vectors * training.filter(s)) @ vectors.T
    equal("19.1", f"{name}, rfscale's filter", filtered, theta, rel=1e-10)
rho, rho_1 = np.ones(4), 1 - step_size * (s + ridge)
for _ in range(19):
    rho, rho_1 = rho_1, (1 + beta - step_size * (s + ridge)) * rho_1 - beta * rho
stated = {
    "descent": (ridge + s * (1 - step_size * (s + ridge)) ** 20) / (s + ridge),
    "momentum": (ridge + s * rho_1) / (s + ridge),
    "iterated ridge": (ridge / (s + ridge)) ** 3,
    "components": np.array([1.0, 1.0, 0.0, 0.0]),
    "flow": (ridge + s * np.exp(-times * (s + ridge))) / (s + ridge),
}
for name, values in stated.items():
    equal("19.2", f"{name}, rfscale's residual", trained[name][0].residual(s), values, rel=1e-10)

# %%
# Mixtures of ridges
# ------------------
# Flow is a mixture of ridges (18.1), and so are the others but the last. Let :math:`\Theta(x) =
# \sum_k x^k\theta_k` be the generating function of the steps. Their recursion makes
# :math:`\Theta\,[(\frac1x - 1)(1 - \beta x) + \eta(\varphi\varphi^T + \gamma)] =
# \eta\,y\varphi^T/(1 - x)`, weights of ridge regression again. For repeated ridge regression
# :math:`(1 + x)^{-1}\gamma'/(s + \gamma')`, :math:`\gamma' = \gamma(1 + x)`, is expanded in x. With
# circles around zero
#
# .. math:: \theta_k = \oint\frac{dx}{2\pi i}\,\frac{1}{x^{k + 1}(1 - x)}\,\theta^*\Big(\gamma +
#           \frac{(1 - x)(1 - \beta x)}{\eta x}\Big), \qquad \theta^{(k)} = \oint\frac{dx}{2\pi
#           i}\,\frac{(-1)^{k - 1}}{x^k(1 + x)}\,\theta^*\big(\gamma(1 + x)\big). \tag{19.3}
#
# A mixture :math:`\sum_k v_k\theta^*(\gamma_k)` has :math:`r(0) = \sum_k v_k = 1`, and all
# losses are double sums of those of two ridges, by (18.8).

for name in ("descent", "momentum", "iterated ridge", "flow"):
    mixtures = trained[name][0].mixtures(np.zeros(1, dtype=int))
    ridges, v = mixtures.ridges[0], mixtures.weights[0]
    mixed = 2 * np.real(np.sum(v * ridges / (s[:, None] + ridges), 1))
    equal("19.3", f"{name}, rfscale's mixture", mixed, stated[name], rel=1e-9)
x_, k_, g_, s_ = sp.symbols("x k gamma s", positive=True)
expansion = sp.series(1 / (1 + x_) * g_ * (1 + x_) / (s_ + g_ * (1 + x_)), x_, 0, 4).removeO()
for k in (1, 2, 3):
    power = -((-1) ** k) * expansion.coeff(x_, k - 1)
    identity("19.3", f"ridge regression, {k} times", power - (g_ / (s_ + g_)) ** k)
generating, b_, e_ = sp.symbols("Theta beta eta", positive=True)
recursion = generating * (1 - b_ * x_) * (1 - x_) / x_ + e_ * (s_ + g_) * generating
solved = sp.solve(recursion - e_ / (1 - x_), generating)[0]
at_ridge = 1 / (1 - x_) / (s_ + g_ + (1 - x_) * (1 - b_ * x_) / (e_ * x_))
identity("19.3", "the steps' generating function", solved - at_ridge)

# %%
# What the labels have in the kernel
# ----------------------------------
# Let :math:`v_i` be the eigenvectors of :math:`\varphi^T\varphi`, with eigenvalues :math:`s_i`, T
# of them. In units of :math:`\sigma_w^2\lambda_+/M`, where label noise has the strength
# :math:`\eta` (12.9), the mean square error of training and that of test points with noisy labels
# are
#
# .. math:: E_A = \frac1T\,(\mathcal{S}_A + \eta\,\mathcal{V}_A) = \frac1T\int\!dp(s)\,r(s)^2,
#           \qquad E = \mathcal{S} + \eta\,(1 + \mathcal{V}), \tag{19.4}
#
# with the measure p that has the mass :math:`(y\cdot v_i)^2` at :math:`s_i`: the **label power**.
# Beside it we need q, of mass 1 at each :math:`s_i`, and :math:`\nu`, the measure of
# :math:`\varphi\varphi^T` whose masses are the elements of C (1.14) in its eigenvectors. Their
# integrals with :math:`1/(s + \gamma)` are what step 18 has in the planar limit,
#
# .. math:: \int\!\frac{dp}{s + \gamma} = \frac\omega b + \eta\,\frac a\gamma, \qquad
#           \int\!\frac{dq}{s + \gamma} = \frac a\gamma, \qquad \int\!\frac{d\nu}{s + \gamma} =
#           \frac Ta - 1, \tag{19.5}
#
# by (18.4), (18.8) and (18.6). So densities are the jumps of these functions across the negative
# axis. With :math:`a = T - \mathrm{df}_1` and :math:`b = N - \mathrm{df}_1` at
# :math:`\gamma = -s - i0`, where :math:`\Delta` is complex,
#
# .. math:: q = -\frac{\mathrm{Im}\,a}{\pi s}, \qquad p = \frac1\pi\,\mathrm{Im}\,\frac\omega b +
#           \eta q, \qquad \nu = \frac T\pi\,\mathrm{Im}\,\frac1a. \tag{19.6}
#
# At s = 0 there may be single masses: for N < T directions of the samples that no feature reaches,
# T - N of them in q, with :math:`(\Delta\omega + \eta)(T - N)` in p, and for T < N a mass
# :math:`T\Delta\,(N - T)` in :math:`\nu`, all at the ridgeless :math:`\Delta`, as :math:`\gamma
# \to 0` in (19.5). A band of the spectrum begins and ends where two complex conjugate solutions
# :math:`\Delta` meet on the real axis, by (5.10) at
#
# .. math:: s = -\Delta ab, \qquad \frac{d\gamma}{d\Delta} = D = 0, \tag{19.7}
#
# with :math:`\Delta` between :math:`-\lambda_M` and the ridgeless one for the least eigenvalue, and
# below :math:`-\lambda_1` for the largest. Latent directions that lie far enough apart have bands
# of their own: there is a gap between those of J and J + 1 if D > 0 at some :math:`\Delta` between
# :math:`-\lambda_J` and :math:`-\lambda_{J + 1}` where :math:`\mathrm{df}_1 < \min(N, T)`, and it
# ends where D = 0. Each band above it holds as many eigenvalues as latent directions. For the other
# checks the latent eigenvalues lie so near to each other that the kernel's are in one band. The
# masses of the densities add up to their exact means.

D_of = (N - df1) * (T - df1) + (N + T - 2 * df1) * (df1 - df2)
identity("19.7", "the slope of the ridge", slope(Delta * (N - df1) * (T - df1)) - Delta * D_of)
lam = np.geomspace(1, 0.05, 20)


def band(lam, N, T):
    """The ends of the non-zero spectrum, where D (5.7) vanishes, and the ridgeless Delta."""

    def D(delta):
        one, two = df(1, lam, delta), df(2, lam, delta)
        return (N - one) * (T - one) + (N + T - 2 * one) * (one - two)

    def spare(delta):
        return min(N, T) - df(2, lam, delta)

    delta_0 = resolution(lam, N, T, 0)
    above = scipy.optimize.brentq(spare, -1e6, -lam[0] * (1 + 1e-9))
    below_ = scipy.optimize.brentq(spare, -lam[-1] * (1 - 1e-9), delta_0)
    roots = [scipy.optimize.brentq(D, *pair) for pair in ((below_, delta_0), (-1e6, above))]
    return [-d * (N - df(1, lam, d)) * (T - df(1, lam, d)) for d in roots], delta_0


NODES = 60
angle = (np.arange(NODES) + 0.5) * np.pi / NODES


def measures(lam, N, T):
    """Nodes s with masses of q, nu and the signal's part of p (19.6), W = 1; s = 0 comes first."""
    (low, high), delta_0 = band(lam, N, T)
    s = np.exp(np.log(low * high) / 2 - np.log(high / low) / 2 * np.cos(angle))
    ds = s * np.log(high / low) / 2 * np.sin(angle) * np.pi / NODES
    delta = np.conj(complex_resolution(lam, N, T, -s / (N * T)))  # below the axis
    d = np.sum(lam / (lam + delta[:, None]), -1)
    a, b = T - d, N - d
    q, p, nu = -a.imag / (np.pi * s), (d / b).imag / np.pi, T / np.pi * (1 / a).imag
    at_zero = np.array([max(T - N, 0), max(N - T, 0) * T * delta_0, max(T - N, 0) * N * delta_0])
    return np.append(0, s), *np.column_stack([at_zero, np.array([q, nu, p]) * ds])


for few, many in ((14, 20), (20, 14)):
    s, q, nu, p = measures(lam, few, many)
    totals = [q.sum(), nu.sum(), p.sum()]
    equal(
        "19.6, 19.7",
        f"masses, N = {few}",
        totals,
        [many, few * lam.sum(), many * lam.sum()],
        rel=1e-9,
    )
    delta = resolution(lam, few, many, 7.0)
    a, b = many - df(1, lam, delta), few - df(1, lam, delta)
    stated = [(few - b) / b, a / 7.0, many / a - 1]
    found = [np.sum(f / (s + 7.0)) for f in (p, q, nu)]
    equal("19.5", f"at a ridge, N = {few}", found, stated, rel=1e-9)
two = np.array([1.0, 0.05])  # two clusters of 3 and 9 directions
clusters = np.repeat(two, (3, 9))


def gap_slope(x):
    """D (5.7) at Delta = -x between the two."""
    one, two = df(1, clusters, -x), df(2, clusters, -x)
    return (30 - one) * (40 - one) + (70 - 2 * one) * (one - two)


top = scipy.optimize.minimize_scalar(lambda z: -gap_slope(np.exp(z)), bounds=(-2.9, -0.5)).x
ends = [scipy.optimize.brentq(gap_slope, np.exp(top), end) for end in (0.051, 0.7)]
edges = [x * (30 - df(1, clusters, -x)) * (40 - df(1, clusters, -x)) for x in ends]
spectrum = spectral_measures.spectrum_of(
    unit_model(rf.Eigenvalues(clusters)), 0.0, 12.0, 30.0, 40.0
)
bands = spectral_measures.all_bands(spectrum, np.empty(0))
theirs = [bands[0][1] * 30 * 40, bands[1][0] * 30 * 40]
equal("19.7", "rfscale, the gap between two clusters", theirs, edges, rel=1e-9)
counted = [40 * spectral_measures.measures(spectrum, [b], 6.0).outer.q.sum() for b in bands]
equal("19.6, 19.7", "rfscale, as many eigenvalues as directions", counted, [9, 3], rel=1e-9)

u, x = draw(rng, lam, 5, 7)
phi, teacher, noise = u @ x, rng.standard_normal(20), 0.3 * rng.standard_normal(7)
y = teacher @ x + noise
training = rf.GradientDescent(30, 0.01)
s_of_draw, vectors = np.linalg.eigh(phi @ phi.T)
theta = y @ phi.T @ (vectors * training.filter(s_of_draw)) @ vectors.T
s_T, vectors_T = np.linalg.eigh(phi.T @ phi)
power = np.sum((y @ vectors_T) ** 2 * training.residual(np.maximum(s_T, 0)) ** 2)
equal("19.4", "on a draw's training set", np.sum((theta @ phi - y) ** 2), power)

# %%
# The test loss of any filter
# ---------------------------
# For a ridge (5.12) is :math:`E = (T/a)^2E_A`, as if the residual were :math:`Tr/a`. For two ridges
# (18.7) has a factor of either. So for a mixture E is the integral (19.4) with
# :math:`\sum_kv_k\,(T/a_k)\,\gamma_k/(s + \gamma_k)` in the place of r. That function follows from
# r without knowing the ridges: for :math:`r = \gamma/(s + \gamma)`
#
# .. math:: \tilde r(s) = r(s) - \int\!d\nu(s')\,\frac{r(s) - r(s')}{s - s'} \tag{19.8}
#
# is :math:`\gamma/(s + \gamma)` times :math:`1 + \int d\nu/(s' + \gamma) = T/a` (19.5), and both
# sides are linear in r. Hence
#
# .. math:: E = \frac1T\int\!dp(s)\,\tilde r(s)^2, \tag{19.9}
#
# for every filter that is a limit of mixtures. The test residual is the training residual and a
# response to what has been learned. That losses of filters are quadratic functionals of the filter
# is known [Lolas], [Velikanov]; (19.8) makes them one integral, derived here. It has an inverse:
#
# .. math:: r(s) = \frac1T\int\!dq(s')\,\frac{s\,\tilde r(s) - s'\,\tilde r(s')}{s - s'},
#           \qquad \int\!dq\,\tilde r = T. \tag{19.10}
#
# For a ridge the quotient is :math:`(T/a)\,\gamma^2/((s + \gamma)(s' + \gamma))`, and its integral
# :math:`\gamma/(s + \gamma)` by (19.5). The rest is linear again. The sum rule is r(0) = 1.
#
# Below, divided differences are taken with derivatives in the place of 0/0, of the polynomial in
# :math:`\log s` through the nodes.


def derivative(s, values):
    """That of values at the nodes of a band, by their Chebyshev series in log s."""
    series = np.polynomial.chebyshev.chebfit(np.cos(angle), values, NODES - 1)
    in_log = np.polynomial.chebyshev.chebval(np.cos(angle), np.polynomial.chebyshev.chebder(series))
    return -2 * in_log / (np.log(s[-1] / s[0]) / np.cos(angle[0]) * s)


def divided(s, values):
    """(f(s) - f(s'))/(s - s'); at s = 0 what is equal is never needed."""
    same = np.eye(len(s), dtype=bool)
    quotients = (values[:, None] - values) / np.where(same, 1, s[:, None] - s)
    return np.where(same, np.append(0, derivative(s[1:], values[1:])), quotients)


def of_filter(measures, T, residual):
    """S, V, S_A/T and V_A/T (19.9), (19.4) of the residuals at the nodes, and r~ (19.8)."""
    s, q, nu, p = measures
    seen = residual - divided(s, residual) @ nu
    traces = p @ seen**2, q @ seen**2 - T, p @ residual**2, q @ residual**2
    return np.array(traces) / T, seen


for few, many in ((14, 20), (20, 14)):
    of_size = measures(lam, few, many)
    s, q, nu, p = of_size
    for training in (
        rf.GradientFlow(0.01, ridge=2.0),
        rf.GradientDescent(30, 1 / s[-1]),
        rf.HeavyBall(12, 1 / s[-1], momentum=0.5, ridge=1.0),
        rf.IteratedRidge(5.0, times=3),
    ):
        mixtures = training.mixtures(np.zeros(1, dtype=int))
        ridges, v = mixtures.ridges[0] / (few * many), mixtures.weights[0]
        both = [np.concatenate([f, f.conj()]) for f in (ridges, v)]
        traces, seen = of_filter(of_size, many, training.residual(s))
        name = f"rfscale.{type(training).__name__}, N = {few}"
        expected = mixture_traces(lam, few, many, *both)
        equal("19.4, 19.8, 19.9", name, traces, expected, rel=1e-8)
        equal("19.10", "its sum rule", q @ seen, many, rel=1e-9)
        products = divided(s, s * seen)
        products[0, 0] = seen[0]
        back = products @ q / many
        shown = slice(0 if few < many else 1, None)  # no label power at zero for T < N
        equal("19.10", "its inverse", back[shown], training.residual(s)[shown], rel=1e-7)


for few, many in ((14, 20), (20, 14)):
    of_size = measures(lam, few, many)
    s = of_size[0]
    for training in (
        rf.Filter(lambda s: 1 / (s + 3.0 + 40.0 / (s + 5.0))),
        rf.GradientDescent(30, 1 / s[-1]),
        rf.HeavyBall(12, 1 / s[-1], momentum=0.5, ridge=1.0),
        rf.IteratedRidge(5.0, times=3),
    ):
        found = rf.predict(unit_model(rf.Eigenvalues(lam)), few, many, training=training)
        mine = of_filter(of_size, many, training.residual(s))[0]
        theirs = [found.signal, found.noise, found.train]
        name = f"rfscale.predict, {type(training).__name__}, N = {few}, T = {many}"
        expected = [*mine[:2], 2 * (mine[2] + mine[3])]
        equal("19.4-19.9", name, theirs, expected, rel=1e-8)

# %%
# The same for draws: a filter of one's own, which is no mixture that is known. The gap to (19.9)
# falls with the size.


def simulated(lam, N, T, scale, draws):
    """S, V, S_A/T and V_A/T of draws with the residual e^(-(s/scale)^2)."""
    u = rng.standard_normal((draws, N, len(lam)))
    x = np.sqrt(lam)[:, None] * rng.standard_normal((draws, len(lam), T))
    phi = u @ x
    s, vectors = np.linalg.eigh(phi @ phi.swapaxes(1, 2))
    h = own(scale).filter(s)
    P = (phi.swapaxes(1, 2) @ vectors * h[:, None, :]) @ vectors.swapaxes(1, 2)
    error, residual = np.eye(len(lam)) - x @ P @ u, np.eye(T) - P @ phi
    parts = [np.sum(error**2 * lam, (1, 2)), np.sum((P @ u) ** 2 * lam, (1, 2))]
    parts += [np.sum((x @ residual) ** 2, (1, 2)) / T, np.sum(residual**2, (1, 2)) / T]
    return np.transpose(parts)


def own(scale):
    """A filter that takes what is above some scale."""
    return rf.Filter(lambda s: -np.expm1(-((s / scale) ** 2)) / s)


gaps, errors, sizes, base = [], [], (1, 2), np.geomspace(1, 0.05, 10)
for size in sizes:
    grown, few, many, scale = np.repeat(base, size), 7 * size, 10 * size, 12.0 * size**2
    of_size = measures(grown, few, many)
    planar = of_filter(of_size, many, np.exp(-((of_size[0] / scale) ** 2)))[0]
    draws = np.concatenate([simulated(grown, few, many, scale, 500) for _ in range(80 // size)])
    gaps.append(draws.mean(0) / planar - 1)
    errors.append(draws.std(0) / np.sqrt(len(draws)) / planar)
for i, name in ((0, "signal"), (2, "signal in training"), (3, "noise in training")):
    by_order(
        "19.9",
        f"a filter of one's own, {name}",
        sizes,
        [z[i] for z in gaps],
        order=1,
        within=0.3,
        stderrs=[z[i] for z in errors],
    )

# %%
# The best of all filters
# -----------------------
# By the inequality of Cauchy and Schwarz and the sum rule,
# :math:`T^2 = (\int dq\,\tilde r)^2 \leq \int dq^2/dp\,\int dp\,\tilde r^2`, so
#
# .. math:: E \geq \Big[\frac1T\int\frac{dq^2}{dp}\Big]^{-1}, \qquad\text{equal if}\quad \tilde r =
#           E\,\frac{dq}{dp}. \tag{19.11}
#
# Here dp/dq is the label power per eigenvector, the mean of :math:`(y\cdot v_i)^2`, and q/T an
# average over eigenvectors: **no filter has a test loss below the harmonic mean of the label
# power.** And one has it: (19.10) with this :math:`\tilde r` is its residual. The same follows
# where E does not change if a little of another ridge :math:`\gamma'` is mixed in. The change is
# proportional to :math:`\int dp\,\tilde r\,(\tilde r' - \tilde r)`, with :math:`\tilde r' =
# (T/a')\,\gamma'/(s + \gamma')`. It vanishes for all ridges where
#
# .. math:: \int\!\frac{dp\,\tilde r}{s + \gamma'} = E\,\frac{a'}{\gamma'} =
#           E\int\!\frac{dq}{s + \gamma'}, \tag{19.12}
#
# that is for :math:`\tilde r\,dp = E\,dq`, the same. By (19.6) with W = 1, where :math:`\omega/b =
# N/b - 1` and a and b have the same imaginary part,
#
# .. math:: \frac{dp}{dq} = \eta + \frac{Ns}{|b|^2}, \tag{19.13}
#
# and :math:`\eta + N\Delta` at s = 0, if N < T. A ridge has :math:`\tilde r` proportional to
# :math:`1/(s + \gamma)`: it is the best of all filters where the label power is linear in s. So it
# is for N = :math:`\infty`, where :math:`|b|^2 = N^2`: ridge regression with :math:`\gamma = N\eta`
# is then the posterior mean (14.11). For finite N the features leave out part of the teacher, and
# no ridge need be the best. That a filter may be optimised is known for kernels [Velikanov]; for
# finite N the harmonic mean was not found in what could be searched.

for few, many, eta in ((14, 20, 0.0), (14, 20, 0.4), (20, 14, 0.0)):
    of_size = measures(lam, few, many)
    s, q, nu, p_signal = of_size
    p = p_signal + eta * q
    delta = resolution(lam, few, many, 0)
    d = np.sum(lam / (lam + complex_resolution(lam, few, many, -s[1:] / few / many)[:, None]), 1)
    stated = np.append(few * delta, few * s[1:] / np.abs(few - d) ** 2) + eta
    has = q > 0
    name = f"N = {few}, T = {many}, eta = {eta}"
    equal("19.13", f"label power, {name}", p[has], (stated * q)[has], rel=1e-9)
    power = np.where(has, p / np.where(has, q, 1), 1)
    best = many / np.sum(q / power)
    seen = best / power  # r~ of the best filter
    products = divided(s, s * seen)
    products[0, 0] = seen[0]
    residual = products @ q / many if few < many else np.append(1, (products @ q)[1:] / many)
    parts, again = of_filter(of_size, many, residual)
    equal(
        "19.11", f"loss of the best filter, {name}", parts[0] + eta * (1 + parts[1]), best, rel=1e-8
    )
    M = len(lam)
    model = rf.ScalingModel(rf.Eigenvalues(lam), sigma_w=np.sqrt(M), sigma_eps=np.sqrt(eta))
    theirs = rf.best_filter(model, few, many).least
    equal("19.11", f"rfscale.best_filter, {name}", theirs, (best - eta) / 2, rel=1e-7)
    ridges = np.geomspace(1e-2, 1e5, 24) + 0j
    S, V, y_T = two_ridge_traces(lam, few, many, ridges / (few * many))
    pairs = np.real(S + eta * (1 + V))
    sizes_, axes = np.linalg.eigh(pairs)
    kept = sizes_ > 1e-13 * sizes_[-1]
    mixture = 1 / np.sum((axes.sum(0)[kept]) ** 2 / sizes_[kept])
    equal("19.11", f"the best mixture of 24 ridges, {name}", mixture, best, rel=1e-5)
    below("19.11", f"the bound and each ridge, {name}", best, np.diag(pairs))
    moved = [np.sum(p * seen / (s + np.real(g))) for g in ridges]
    equal("19.12", f"no ridge improves on it, {name}", moved, best * many * np.real(y_T / ridges))

# %%
# A power law
# -----------
# Without an end to the spectrum and far from its first eigenvalues, :math:`\mathrm{df}_1 =
# (C/\Delta)^{1/(1 + \alpha)}` (9.16). At :math:`\alpha = 1`, :math:`\Delta = C/\mathrm{df}_1^2` and
# :math:`C = \pi^2/4` make the fixed point at :math:`\gamma = -s` a quadratic equation,
#
# .. math:: (C + s)\,\mathrm{df}_1^2 - C(N + T)\,\mathrm{df}_1 + CNT = 0. \tag{19.14}
#
# Where its two roots are complex conjugates, :math:`|b|^2 = |N - \mathrm{df}_1|^2` is the value of
# the polynomial at N over C + s, which is :math:`N^2s/(C + s)`. So for all N and T **the label
# power is linear:**
#
# .. math:: \frac{dp}{dq} = \eta + \frac{s + C}{N}, \tag{19.15}
#
# What the features leave out of the teacher acts as white noise of the strength C/N, at s = 0 too,
# as :math:`\Delta = C/N^2` there. The best of all filters is a ridge,
#
# .. math:: \gamma^* = \frac{\pi^2}{4} + N\eta \qquad (\alpha = 1, \text{ all } N, T). \tag{19.16}
#
# and no stopping time and no other filter improves on it. For :math:`\eta = 0` it is that of
# (12.19). The harmonic mean is :math:`T\gamma^*/(Na)` by (19.5), and that is the :math:`\eta +
# \Delta\,\mathrm{df}_1` of step 14 before (14.16).

C, d, eta_, Delta_ = sp.symbols("C d eta Delta", positive=True)
quadratic = (C + s_) * d**2 - C * (N + T) * d + C * N * T
fixed_point = C / d**2 * (N - d) * (T - d) + s_
identity("19.14", "the fixed point", fixed_point * d**2 - quadratic)
squared = quadratic.subs(d, N) / (C + s_)
identity("19.15", "the label power", N * s_ / squared - (s_ + C) / N)
best_ridge = C + N * eta_
at_best = {N: sp.solve(C / d**2 * (N - d) * (T - d) - best_ridge, N)[0]}
harmonic = T * best_ridge / (N * (T - d))
with_noise = sp.solve(C / d**2 * (N - d) * (T - d) - C - N * eta_, eta_)[0]
identity("19.16", "its loss", (harmonic - eta_ - C / d).subs(eta_, with_noise))
sizes, found = np.array([100, 200]), []
for size in sizes:
    model = rf.ScalingModel(
        rf.PowerLaw(1.0, 10**12),
        sigma_w=np.sqrt(2e12),
        sigma_u=1e6,
        sigma_eps=np.sqrt(2 * 3 / size),
    )
    found.append(rf.optimal_ridge(model, size, 2 * size).ridge)
gaps = np.array(found) / (np.pi**2 / 4 + 3) - 1
by_order("19.16", "rfscale.optimal_ridge, N eta = 3", sizes, gaps, order=1, within=0.2)

# %%
# For other :math:`\alpha` the best filter, the best time of flow and the best ridge are compared
# below for N = T, without noise. In the limit of large sizes the ratios depend on :math:`\alpha`
# alone. The best ridge is near the best of all filters, and stopping early is on either side: for
# :math:`\alpha` below about 0.52 it beats the best ridge, by up to one percent. Nothing forbids it,
# as for finite N ridge regression is not the posterior mean. That descent may be ahead of ridge
# regression for slowly falling spectra is known [Richards-Dobriban-Rebeschini]. For :math:`\alpha =
# 1` the loss at the best time is :math:`\frac12 + \sqrt{(2\sqrt2 - 2)/\pi} = 1.0135` times that of
# the best ridge, from a closed form in time.


def scaling(alpha, ridges):
    """Delta and df1 for N = T = 1, df1 = (C/Delta)^(1/(1 + alpha)), at complex ridges."""
    rho, start = 1 / (1 + alpha), 1e4
    way, z = (
        np.log(ridges + 0j) - np.log(start),
        np.full(ridges.shape, np.log(start), dtype=complex),
    )
    for share in np.linspace(0, 1, 2 + int(np.max(np.abs(way)) / 0.5)):
        for _ in range(12 if share == 1 else 3):
            d = c_of(alpha) * np.exp(-rho * z)
            z -= (z + 2 * np.log(1 - d) - np.log(start) - share * way) / (1 + 2 * rho * d / (1 - d))
    return np.exp(z), c_of(alpha) * np.exp(-rho * z)


mixtures = rf.GradientFlow(1.0).mixtures(np.zeros(1, dtype=int))
contour, v = (np.concatenate([f, f.conj()]) for f in (mixtures.ridges[0], mixtures.weights[0]))
same = np.eye(len(v), dtype=bool)


def signal_of(alpha, log_time=None, log_delta=None):
    """Of flow at a time, or of a ridge by its Delta; N = T = 1."""
    if log_time is None:
        delta, d = np.exp(log_delta), c_of(alpha) * np.exp(-log_delta / (1 + alpha))
    else:
        delta, d = scaling(alpha, ridges := contour / np.exp(log_time))
    at_equal = delta * d / ((1 + alpha) * (1 - d) ** 2 + 2 * (1 - d) * d)  # (5.8)
    if log_time is None:
        return at_equal
    quotients = (d - d[:, None]) / np.where(same, 1, ridges[:, None] - ridges)
    return np.real(v @ np.where(same, at_equal, delta[:, None] * delta * quotients) @ v)


def compared(alpha):
    """The least signal of any filter and of flow, over that of a ridge, for N = T = 1."""
    log_s = np.arange(-50.0, 30.0, 0.2)
    b = 1 - scaling(alpha, -np.exp(log_s))[1]
    harmonic = 1 / (0.2 * np.sum(np.abs(b.imag) * np.abs(b) ** 2 / (np.pi * np.exp(log_s))))
    flow, ridge = (
        scipy.optimize.minimize_scalar(f, bounds=bounds, method="bounded").fun
        for f, bounds in (
            (lambda z: signal_of(alpha, log_time=z), (-5, 2)),
            (
                lambda z: signal_of(alpha, log_delta=z + (1 + alpha) * np.log(c_of(alpha))),
                (1e-3, 9),
            ),
        )
    )
    return np.array([harmonic, flow]) / ridge


at_one = compared(1.0)
equal("19.11", "alpha = 1, the best filter over the best ridge", at_one[0], 1.0, rel=1e-8)
closed = 1 / 2 + np.sqrt((2 * np.sqrt(2) - 2) / np.pi)
equal("18.8", "alpha = 1, the best time over the best ridge", at_one[1], closed, rel=1e-8)
for value in (0.25, 0.51):
    below("18.8", f"alpha = {value}, the best time against the best ridge", compared(value)[1], 1)
below("18.8", "alpha = 0.53, the best ridge against the best time", 1, compared(0.53)[1])
for value in (0.25, 2.0):
    below("19.11", f"alpha = {value}, the best filter against the best time", *compared(value))

alphas = np.geomspace(0.1, 4, 13)
curves = np.array([compared(value) for value in alphas])
figure, axis = plt.subplots(figsize=(6, 3.4), layout="constrained")
axis.semilogx(alphas, curves[:, 1], label="gradient flow, stopped at the best time")
axis.semilogx(alphas, curves[:, 0], label="the best of all filters")
axis.axhline(1, color="gray", linewidth=0.8)
axis.set_xlabel(r"$\alpha$")
axis.set_ylabel("loss over that of the best ridge")
axis.legend(frameon=False)
show(figure)

# %%
# The test loss from one training run
# -----------------------------------
# All that (19.9) needs can be read off the training set. The masses of p are
# :math:`(y\cdot v_i)^2`, and :math:`\gamma\,\mathrm{tr}\,Q = a` before (18.6) gives T/a. So, for a
# mixture of ridges, with no knowledge of teacher, noise or spectrum,
#
# .. math:: \hat E = \frac1T\sum_i\,(y\cdot v_i)^2\Big[\sum_k\frac{v_k}{u(\gamma_k)}\,
#           \frac{\gamma_k}{s_i + \gamma_k}\Big]^2, \qquad u(\gamma) = \frac1T\sum_i
#           \frac{\gamma}{s_i + \gamma}. \tag{19.17}
#
# For one ridge this is generalised cross-validation. If that is used for another filter, as
# :math:`E_A/(1 - \mathrm{df}/T)^2` with :math:`\mathrm{df} = \sum_i s_ih(s_i)`, it takes
# :math:`\tilde r` to be proportional to r. That is inconsistent [Patil-Wu-Tibshirani]. Consistent
# estimates from the iterates are known too [Bellec-Tan].
#
# For given features and data :math:`\hat E` is a quadratic form in y, which is Gaussian. Its
# relative variance is :math:`2\,\mathrm{tr}\,X^2/(\mathrm{tr}\,X)^2`, with X the form times the
# covariance of y, of rank T at most. That is at least 2/T: a run with 200 samples does not know its
# test loss better than to 10 %, and less well where few eigenvectors have most of it.
#
# The check averages over teacher and noise. The estimate approaches the loss of the same draws.


def estimated(lam, N, T, eta, training, draws):
    """E^, the usual estimate, the test loss, and T/2 times the relative variance of E^."""
    u = rng.standard_normal((draws, N, len(lam)))
    x = np.sqrt(lam)[:, None] * rng.standard_normal((draws, len(lam), T))
    phi = u @ x
    s, vectors = np.linalg.eigh(phi.swapaxes(1, 2) @ phi)
    s, x_v = np.maximum(s, 1e-9), x @ vectors
    labels = x_v.swapaxes(1, 2) @ x_v + eta * np.eye(T)
    h, left = training.filter(s), training.residual(s)
    mixtures = training.mixtures(np.zeros(1, dtype=int))
    shares = mixtures.ridges[0] / (s[..., None] + mixtures.ridges[0])
    seen = 2 * np.real(np.sum(mixtures.weights[0] / shares.mean(1, keepdims=True) * shares, -1))
    of_labels = np.einsum("kii->ki", labels)
    P = (vectors * h[:, None, :]) @ (phi @ vectors).swapaxes(1, 2)
    error = np.eye(len(lam)) - x @ P @ u
    test = np.sum(error**2 * lam, (1, 2)) + eta * (1 + np.sum((P @ u) ** 2 * lam, (1, 2)))
    usual = np.sum(of_labels * left**2, -1) / T / (1 - np.sum(s * h, -1) / T) ** 2
    form = seen[:, :, None] * labels * seen[:, None, :]
    spread = np.sum(form**2, (1, 2)) / np.einsum("kii->k", form) ** 2
    return np.transpose([np.sum(of_labels * seen**2, -1) / T, usual, test, T * spread])


base, sizes, gaps, errors = np.geomspace(1, 0.05, 12), (1, 3), [], []
for size in sizes:
    at = np.repeat(base, size), 9 * size, 6 * size, 0.2 * size, rf.GradientFlow(0.8 / size**2)
    runs = np.concatenate([estimated(*at, 500) for _ in range(40 // size)])
    means, off = runs.mean(0), runs[:, 0] - runs[:, 2]
    gaps.append(off.mean() / means[2])
    errors.append(off.std() / np.sqrt(len(runs)) / means[2])
    below("19.17", f"size {size}, 2/T and the relative variances", 1, runs[:, 3])
    below(
        "19.17",
        f"size {size}, the loss 1.4 times, and the usual estimate",
        1.4 * means[2],
        means[1],
    )
name = "the estimate, and the test loss"
by_order("19.17", name, sizes, gaps, order=1, within=0.4, stderrs=errors)

u, x = rng.standard_normal((9, 12)), np.sqrt(base)[:, None] * rng.standard_normal((12, 6))
s, vectors = np.linalg.eigh((u @ x).T @ (u @ x))
labels = (rng.standard_normal(12) @ x + rng.standard_normal(6)) @ vectors
flow = rf.GradientFlow(0.1)
mixtures = flow.mixtures(np.zeros(1, dtype=int))
shares = mixtures.ridges[0] / (s[:, None] + mixtures.ridges[0])
seen = 2 * np.real(shares / shares.mean(0) @ mixtures.weights[0])
theirs = rf.estimate_test_loss(s, labels, flow).test_mse
equal(
    "19.17", "rfscale.estimate_test_loss, a draw", theirs, np.mean((labels * seen) ** 2), rel=1e-9
)

# %%
# Many steps on the contour of flow
# ---------------------------------
# The circles of (19.3) need more ridges than there are steps. Without momentum and with
# :math:`x = 1/(1 + z/k)` the first of them is :math:`\theta_k = \int\frac{dz}{2\pi i}\,
# \frac{(1 + z/k)^k}{z}\,\theta^*(\gamma + z/k\eta)`, flow's integral (18.1) with
# :math:`(1 + z/k)^k` in the place of :math:`e^z`. Repeated ridge regression, with the ridges
# :math:`\gamma z/k`, has :math:`(1 - z/k)^{-k}`. So both may use flow's contour
# :math:`z(x) = n\,(0.5017\,x\cot 0.6407x - 0.6122 + 0.2645\,ix)`, x between :math:`\pm\pi`, with n
# nodes of the midpoint rule. That rule is off by integrals on lines shifted by :math:`-ic`, which
# fall as :math:`e^{-nc}`, and on the ends that join them to the contour. With G for either power
#
# .. math:: E = \max\Big[\min_c G(z(-ic))\,e^{-nc},\ \ \max_c |G(z(\pi - ic))|\,e^{-nc}\Big]
#           \tag{19.18}
#
# is the size of the first at its largest point, x = 0, and of the second. For :math:`e^z` both are
# far below the :math:`e^{-1.36n}` of lines shifted to the other side, up to the spectrum. Repeated
# ridge regression has a pole at z = k, which the line must not pass: the first counts, or, from
# 300 on, the end of the contour at c = 0.
# Descent is large far off the real axis, and there it is the second. The residuals are between a
# hundredth and all of it off. With n = 24, E is 1e-10 for 120 steps, and 2e-14 for 400 ridge
# regressions; from these numbers on the package takes the contour.

NODES_OF_FLOW = 24
shift = np.linspace(0.0, 6.0, 6001)[1:]


def contour_at(x):
    return NODES_OF_FLOW * (0.5017 * x / np.tan(0.6407 * x) - 0.6122 + 0.2645j * x)


def power_of(z, k, again):
    """G: (1 + z/k)^k of descent, (1 - z/k)^-k of ridge regression again and again."""
    return (1 - z / k) ** -k if again else (1 + z / k) ** k


def off(k, again):
    """E (19.18)."""
    line, side = contour_at(-1j * shift), contour_at(np.pi - 1j * shift)
    before = line.real < k
    falls = np.exp(-NODES_OF_FLOW * shift)
    first = np.min(np.abs(power_of(line, k, again) * falls)[before])
    near = shift < shift[before][-1] if again else shift > 0
    return max(first, np.max(np.abs(power_of(side, k, again) * falls)[near]))


z, v = contour[: len(contour) // 2], (v * np.exp(-contour))[: len(contour) // 2]
nodes = contour_at((2 * np.arange(12) + 1) * np.pi / 24)
equal("19.18", "flow's nodes", [z.real, z.imag], [nodes.real, nodes.imag], 1e-12)
s = np.geomspace(1e-6, 1.0, 500)
for again, counts in ((False, (60, 90, 120, 150)), (True, (30, 60, 120, 200))):
    for k in counts:
        exact = (1 + s) ** -k if again else (1 - s) ** k
        u = z / k
        found = 2 * np.real(np.sum(v * power_of(z, k, again) * u / (s[:, None] + u), 1))
        error = np.max(np.abs(found - exact))
        name = f"k = {k}, {'ridge regression' if again else 'descent'}"
        below("19.18", f"the contour's error, {name}", error, off(k, again))
        below("19.18", f"a hundredth, {name}", off(k, again) / 100, error)
for training, k in ((rf.GradientDescent(120, 1.0), 120), (rf.IteratedRidge(1.0, 400), 400)):
    mixtures = training.mixtures(np.zeros(1, dtype=int))
    ridges, weights = mixtures.ridges[0], mixtures.weights[0]
    found = 2 * np.real(np.sum(weights * ridges / (s[:, None] + ridges), 1))
    error = np.max(np.abs(found - training.residual(s)))
    rounding = 1e-12
    below("19.18", f"rfscale.{type(training).__name__}, {k}", error, off(k, k == 400) + rounding)
numbers = [round(np.log10(off(120, False)), 1), round(np.log10(off(400, True)), 1)]
equal("19.18", "in numbers", numbers, [-9.9, -13.8])
