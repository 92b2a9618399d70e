r"""
21. Stochastic gradient descent
===============================

**The question.** Large models see each sample once. What is the loss after k steps of stochastic
gradient descent, each on a batch of B fresh samples, what is the largest step, and which step makes
the most of a number of samples?

**What we find.** The mean over samples is exact for given features, at any step, and its generating
function in k needs sums over the eigenvalues of the features' covariance alone. In the planar limit
they are one-point quantities of a fixed point with infinitely many samples: two complex ridges for
each value of the generating variable. The noise of the gradient multiplies the loss by 1/(1 - G), a
number that does not depend on time, and the best step trades it for speed.

In this step the weights u of the features have variance 1/N, so that their covariance :math:`C = u
\Lambda u^T` becomes :math:`\Lambda` for many features; :math:`\eta` is then the package's
`relative_step`. With :math:`y = wx + \epsilon`, :math:`\varphi = ux` and B samples b that are drawn
afresh in each step,

.. math:: \theta_{k+1} = \theta_k - \frac{\eta}{B} \sum_{b=1}^{B} (\theta_k \varphi_b - y_b)\,
          \varphi_b^T, \qquad \theta_0 = 0. \tag{21.1}

The step is on the mean over the batch, those of gradient descent in step 19 on a sum over samples.
The package does the same as this loop over the same random numbers, here with one teacher for each
latent direction, which makes the mean over teachers exact.
"""

import warnings
from functools import partial

import mpmath as mp
import numpy as np
import sympy as sp
from common import below, by_order, equal, identity, measured, power_law, unit_model
from scipy.optimize import brentq

import rfscale as rf
from rfscale.simulation.one_draw.sgd import sgd_losses, unstable
from rfscale.theory.sgd_losses import largest_sgd_step
from rfscale.theory.sgd_losses import sgd_losses as planar_losses

lam, N, B, eta = power_law(1.0, 6), 4, 2, 0.3
model = unit_model(rf.Eigenvalues(lam))
experiment = rf.Experiment(model, N, 24, seed=21)
rng = experiment.generator(0)
u = rng.standard_normal((N, 6)) / np.sqrt(N)
theta = np.zeros((6, N))
for _ in range(12):
    x = np.sqrt(lam)[:, None] * rng.standard_normal((B, 6)).T
    phi = u @ x
    theta -= eta / B * (theta @ phi - x) @ phi.T
loop = np.sum(lam * (theta @ u - np.eye(6)) ** 2)
ours = sgd_losses(experiment, range(1), [rf.SGD(12, B, relative_step=eta)])[0, 0, 1, 0]
equal("21.1", "rfscale.SGD, one run", ours, loop)

# %%
# The mean over samples
# ---------------------
# Let theta* be the best weights for these features, :math:`\theta^* = w \Lambda u^T C^{-1}`. What
# they leave, :math:`y - \theta^*\varphi`, is uncorrelated with :math:`\varphi`, and as both are
# Gaussian, independent of it. The second moments :math:`D_k = E(\theta_k - \theta^*)^T(\theta_k -
# \theta^*)` need one fourth moment, Wick's
#
# .. math:: E\,\varphi\varphi^T D\,\varphi\varphi^T = C\,\mathrm{tr}(CD) + 2\, C D C, \tag{21.2}
#
# which is checked for two features: :math:`\varphi` is a matrix times normal numbers, with the
# moments 1, 3 and 0.

a, b, c, d, e, f, z1, z2 = sp.symbols("a b c d e f z1 z2")
root, D = sp.Matrix([[a, 0], [b, c]]), sp.Matrix([[d, e], [e, f]])
feature = root * sp.Matrix([z1, z2])
MOMENTS = {0: 1, 2: 1, 4: 3}


def mean(polynomial):
    """Over z1 and z2."""
    terms = sp.Poly(sp.expand(polynomial), z1, z2).terms()
    return sum(value * MOMENTS.get(i, 0) * MOMENTS.get(j, 0) for (i, j), value in terms)


fourth = (feature * feature.T * D * feature * feature.T).applyfunc(mean)
covariance = root * root.T
wick = covariance * (covariance * D).trace() + 2 * covariance * D * covariance
identity("21.2", "two features", *(fourth - wick))

# %%
# Of the B^2 pairs of samples of a batch B are equal. In the eigenvectors of C, with eigenvalues
# c_i, the diagonal :math:`\rho_i` of D is all that is needed. With :math:`R_k = E(\theta_k\varphi -
# y)^2`, the loss on fresh noisy samples,
#
# .. math:: \rho_i \to \kappa_i\,\rho_i + \frac{\eta^2}{B}\, c_i R_k, \qquad R_k = R^* + \sum_i c_i
#           \rho_i, \qquad \kappa(c) = 1 - 2\eta c + \eta^2\Big(1 + \frac1B\Big) c^2, \tag{21.3}
#
# where R* is what theta* leaves, and the initial :math:`\rho_i` are the squares of theta*. The
# check averages runs for the features above.


def start(u, lam, noise):
    """c, the first rho and R*, averaged over teachers; of one draw of features, or of many."""
    c, axes = np.linalg.eigh((u * lam) @ np.swapaxes(u, -1, -2))
    squares = np.sum((np.swapaxes(axes, -1, -2) @ (u * lam)) ** 2, axis=-1)
    return c, squares / c**2, np.sum(lam) - np.sum(squares / c, axis=-1) + noise


def recursion(u, lam, eta, B, steps, noise=0.0):
    """R_k - noise of (21.3) after some steps; the mean over teachers."""
    c, rho, rest = start(u, lam, noise)
    for _ in range(steps):
        R = rest + np.sum(c * rho, axis=-1)
        kappa = 1 - 2 * eta * c + eta**2 * (1 + 1 / B) * c**2
        rho = kappa * rho + eta**2 / B * c * R[..., None]
    return rest + np.sum(c * rho, axis=-1) - noise


RUNS = 40_000
rng = np.random.default_rng(21)
theta = np.zeros((RUNS, 1, N))
w = rng.standard_normal((RUNS, 1, 6))
for _ in range(12):
    x = np.sqrt(lam)[:, None] * rng.standard_normal((RUNS, 6, B))
    phi, y = u @ x, w @ x + 0.5 * rng.standard_normal((RUNS, 1, B))
    theta -= eta / B * (theta @ phi - y) @ phi.transpose(0, 2, 1)
losses = np.sum(lam * (theta @ u - w) ** 2, axis=(1, 2))
stderr = losses.std() / np.sqrt(RUNS)
exact = recursion(u, lam, eta, B, 12, noise=0.25)
measured("21.3", f"{RUNS} runs", losses.mean(), stderr, exact, 0.05)

# %%
# The generating function
# -----------------------
# Solved for :math:`\rho_i`, (21.3) is :math:`R_k = F_k + \sum_{j<k} \frac{\eta^2}{B} K_{k-1-j}
# R_j`: a convolution, so that with :math:`\hat R(x) = \sum_k x^k R_k`
#
# .. math:: \hat R = \frac{\hat F}{1 - G}, \qquad \hat F = \frac{R^*}{1 - x} + \sum_i \frac{c_i
#           \rho_i}{1 - x\kappa_i}, \qquad G(x) = \frac{\eta^2 x}{B} \sum_i \frac{c_i^2}{1 -
#           x\kappa_i}. \tag{21.4}
#
# This form of mini-batch SGD is that of Velikanov, Kuznedelev and Yarotsky (arXiv:2206.11124);
# exact means for Gaussian features are Bordelon and Pehlevan's (arXiv:2106.02713), and Paquette and
# others (arXiv:2405.15074) treat random features by a Volterra equation.


def circle(function, k, count=64, radius=0.6):
    """The coefficient of x^k of a function that takes real values at real x."""
    x = radius * np.exp(-2j * np.pi * (np.arange(count) + 0.5) / count)
    return np.mean([function(at) * at**-k for at in x]).real


def R_hat(x):
    c, rho, rest = start(u, lam, 0.25)
    kappa = 1 - 2 * eta * c + eta**2 * (1 + 1 / B) * c**2
    G = eta**2 * x / B * np.sum(c**2 / (1 - x * kappa))
    return (rest / (1 - x) + np.sum(c * rho / (1 - x * kappa))) / (1 - G)


equal("21.4", "the coefficient of x^12", circle(R_hat, 12), exact + 0.25)

# %%
# Sums over the eigenvalues
# -------------------------
# As functions of c the terms are fractions with two poles, the roots of :math:`x\kappa(z) = 1`. So
# all sums follow from those with one pole, at -g. They are one-point quantities, those of step 4
# for infinitely many samples, :math:`\Delta(1 - \mathrm{df}_1/N) = g`. With a teacher of variances
# W_J, and :math:`\omega = \sum W_J p_J`,
#
# .. math:: P(g) = \frac{R^*}{g} + \sum_i \frac{c_i \rho_i}{c_i + g} = \frac{\omega}{1 -
#           \mathrm{df}_1/N}, \qquad A(g) = \sum_i \frac{c_i^2}{c_i + g} = \sum_J \lambda_J p_J +
#           \frac{\Delta}{N} \mathrm{df}_1^2. \tag{21.5}
#
# Both are traces of one resolvent: with :math:`\frac1g \big[\Lambda - \Lambda u^T (C + g)^{-1} u
# \Lambda\big] = \Lambda^{1/2} \big(g + \Lambda^{1/2} u^Tu \Lambda^{1/2}\big)^{-1} \Lambda^{1/2}`
# the first is its trace with W, and :math:`\sum c_i/(c_i + g) = \mathrm{df}_1` is that with 1. The
# equivalent (3.7) of one Wishart matrix has :math:`g + (1 - \mathrm{df}_1/N)\lambda_J` for the
# inverse. A is :math:`\mathrm{tr}\, C - g\,\mathrm{df}_1`, written without a difference. The gaps
# close as 1/N.


def fixed_point(g, lam, N):
    """Delta at a complex g, by Newton's method in log Delta, turning g from the positive axis."""
    y = brentq(lambda y: np.exp(y) * (1 - np.sum(lam / (lam + np.exp(y))) / N) - abs(g), -60, 60)
    for turn in np.linspace(0, 1, 15):
        for _ in range(6):
            p = lam / (lam + np.exp(y))
            unused = 1 - np.sum(p) / N
            at = abs(g) * np.exp(1j * turn * np.angle(g))
            y = y - np.log(np.exp(y) * unused / at) / (1 + np.sum(p * (1 - p)) / N / unused)
    return np.exp(y)


def P_and_A(g, lam, N, W=1.0):
    Delta = fixed_point(g, lam, N)
    p = lam / (lam + Delta)
    return np.sum(W * p) / (1 - np.sum(p) / N), np.sum(lam * p) + Delta / N * np.sum(p) ** 2


gaps, stderrs, sizes, samples = [], [], (2, 4), []
for size in sizes:
    many, draws = np.repeat(lam, size), 80_000 // size**2
    drawn = rng.standard_normal((draws, 4 * size, 6 * size)) / np.sqrt(4 * size)
    samples.append((size, many, drawn))
    c, rho, rest = start(drawn, many, 0.0)
    P = rest / 0.2 + np.sum(c * rho / (c + 0.2), axis=1)
    A = np.sum(many) - 0.2 * np.sum(c / (c + 0.2), axis=1)  # tr C scatters, and its mean is known
    planar = np.real(P_and_A(0.2, many, 4 * size))
    gaps.append(np.mean([P, A], axis=1) / planar - 1)
    stderrs.append(np.std([P, A], axis=1) / np.sqrt(draws) / planar)
for i, name in enumerate(("P", "A")):
    in_order = [[values[i] for values in both] for both in (gaps, stderrs)]
    by_order("21.5", f"{name} by simulation", sizes, in_order[0], 1, 0.5, in_order[1])

# %%
# The losses
# ----------
# :math:`1 - x\kappa(z)` is :math:`\eta^2 (1 + 1/B)\,x` times :math:`-(z - z_+)(z - z_-)`, so that
# by partial fractions, with R* in P as a mass at c = 0,
#
# .. math:: \hat F = -\frac{P(-z_+) - P(-z_-)}{x\,\eta^2 (1 + 1/B)(z_+ - z_-)}, \qquad G =
#           -\frac{A(-z_+) - A(-z_-)}{(B + 1)(z_+ - z_-)}, \qquad z_\pm = \frac{1 \pm \sqrt{1 - (1
#           + 1/B)(1 - 1/x)}}{\eta\,(1 + 1/B)}. \tag{21.6}
#
# Label noise adds :math:`\sigma_\epsilon^2/(1 - x)` to F, and the loss on clean labels is half of
# :math:`R - \sigma_\epsilon^2`: in the units of the losses
#
# .. math:: \hat{\mathcal S}(x) = \frac{\hat F}{1 - G}, \qquad \hat{\mathcal V}(x) = \frac{1}{1 -
#           x} \frac{G}{1 - G}, \tag{21.7}
#
# and :math:`2\,(\mathcal S + \mathcal V + 1)` is the loss on the next batch, the training loss.
# :math:`\kappa \ge 1/(B + 1)` for real c, so that all poles are at real 1/x in (0, 1]: with x =
# e^-zeta the coefficient is an inverse Laplace transform, whose contour step 18 has.

X, cc, b_, h_ = sp.symbols("x c B eta", positive=True)
kappa = 1 - 2 * h_ * cc + h_**2 * (1 + 1 / b_) * cc**2
root = sp.sqrt(1 - (1 + 1 / b_) * (1 - 1 / X))
plus, minus = ((1 + sign * root) / (h_ * (1 + 1 / b_)) for sign in (1, -1))
fractions = 1 / (cc - plus) - 1 / (cc - minus)
stated = -fractions / (X * h_**2 * (1 + 1 / b_) * (plus - minus))
identity("21.6", "partial fractions", stated - 1 / (1 - X * kappa))


def S_and_V(x, lam, N, eta, B, W=1.0):
    """(21.7) at a complex x."""
    root = np.sqrt(1 - (1 + 1 / B) * (1 - 1 / x))
    fast, slow = ((1 + sign * root) / (eta * (1 + 1 / B)) for sign in (1, -1))
    (P, A), (P_2, A_2) = (P_and_A(-z, lam, N, W) for z in (fast, slow))
    G = -(A - A_2) / (B + 1) / (fast - slow)
    F = -(P - P_2) / (x * eta**2 * (1 + 1 / B) * (fast - slow))
    return np.array([F / (1 - G), G / (1 - G) / (1 - x)])


W = np.array([1.0, 0.3, 2.0, 0.7, 1.1, 0.2])
general = unit_model(rf.Eigenvalues(lam), teacher=rf.GivenWeights(np.sqrt(W / 6)))
mine = [circle(lambda x, i=i: S_and_V(x, lam, 30, eta, B, W)[i], 12) for i in (0, 1)]
found = rf.predict(general, 30, np.inf, training=rf.SGD(12, B, relative_step=eta))
equal("21.5-21.7", "rfscale.predict, a given teacher", [found.signal, found.noise], mine)

# %%
# For infinitely many features u^T u is the identity, and (21.3) holds as it stands. For finite ones
# the mean of (21.3) over features is approached as 1/size, in N and B at once.

far = rf.predict(model, np.inf, np.inf, training=rf.SGD(40, B, relative_step=eta))
equal("21.7", "N = infinity", far.signal, recursion(np.eye(6), lam, eta, B, 40))
gaps, stderrs = [], []
for size, many, drawn in samples:
    found = recursion(drawn, many, 0.15, 2 * size, 40)
    training = rf.SGD(40, 2 * size, relative_step=0.15)
    planar = rf.predict(unit_model(rf.Eigenvalues(many)), 4 * size, np.inf, training=training)
    gaps.append(found.mean() / planar.signal - 1)
    stderrs.append(found.std() / np.sqrt(len(drawn)) / planar.signal)
by_order("21.7", "rfscale.predict and draws", sizes, gaps, 1, 0.5, stderrs)

# %%
# The largest step
# ----------------
# The losses grow without bound where G has a pole or is 1 at x < 1. For given features that is
# where
#
# .. math:: c_i > z \quad\text{or}\quad \frac{1}{B + 1} \sum_i \frac{c_i}{z - c_i} > 1, \qquad z =
#           \frac{2B}{\eta\,(B + 1)}, \tag{21.8}
#
# as :math:`z_-` is 0 at x = 1 and :math:`z_+` is z: the sum is G(1), :math:`\eta\,
# \mathrm{tr}C/2B` for small steps. In the planar limit :math:`\sum c_i/(c_i + g) = \mathrm{df}_1`
# gives the largest step, at a negative Delta beyond the spectrum,
#
# .. math:: G(1) = \frac{1}{B + 1} \sum_J \frac{\lambda_J}{|\Delta| - \lambda_J} < 1, \qquad z =
#           |\Delta| \Big(1 + \frac1N \sum_J \frac{\lambda_J}{|\Delta| - \lambda_J}\Big), \qquad
#           \frac{dz}{d|\Delta|} > 0, \tag{21.9}
#
# where the last says that z is beyond the largest c: the edge of the spectrum is at :math:`\mathrm{
# df}_2 = N`. Which of both bounds the step depends on the batch. What label noise adds in the end
# is G/(1 - G) at x = 1.


def largest_growth(u, eta, B):
    """The largest eigenvalue of (21.3) as a matrix."""
    c = np.linalg.eigvalsh((u * lam) @ u.T)
    kappa = 1 - 2 * eta * c + eta**2 * (1 + 1 / B) * c**2
    return np.linalg.eigvalsh(np.diag(kappa) + eta**2 / B * np.outer(c, c))[-1]


u = experiment.generator(0).standard_normal((N, 6)) / np.sqrt(N)
for size in (1, 20):
    top = brentq(lambda eta, size=size: largest_growth(u, eta, size) - 1, 0.05, 5.0)
    around = [rf.SGD(1, size, relative_step=top * factor) for factor in (0.999, 1.001)]
    equal("21.8", f"rfscale.SGD, B = {size}", 1 + unstable(experiment, range(1), around)[0], [1, 2])


def beyond(Delta, lam, N):
    """G(1) (B + 1), z and dz/d|Delta| of (21.9)."""
    sums = np.sum(lam / (Delta - lam))
    return sums, Delta * (1 + sums / N), 1 - np.sum((lam / (Delta - lam)) ** 2) / N


warnings.simplefilter("ignore", rf.RegimeWarning)  # of draws that are not stable, see below
for size in (1, 50):
    low, high = 1 + 1e-9, 99.0
    at_edge = brentq(lambda Delta: beyond(Delta, lam, 9)[2], low, high)
    at_one = brentq(lambda Delta, size=size: beyond(Delta, lam, 9)[0] - size - 1, low, high)
    least = max(at_edge, at_one)
    largest = 2 * size / (size + 1) / beyond(least, lam, 9)[1]
    theirs = largest_sgd_step(unit_model(rf.Eigenvalues(lam)), 9, size) * 9
    equal("21.9", f"the largest step, B = {size}: rfscale.predict allows", theirs, largest)
    z = beyond(least, lam, 9)[1] / 0.8
    G = beyond(brentq(lambda D, z=z: beyond(D, lam, 9)[1] - z, least, high), lam, 9)[0] / (size + 1)
    end = rf.predict(model, 9, np.inf, training=rf.SGD(10**6, size, relative_step=0.8 * largest))
    equal("21.9", "rfscale.predict, the noise in the end", end.noise, G / (1 - G))

# %%
# Draws that are not stable
# -------------------------
# Whatever the step, some draws of the features are beyond (21.8). Their losses grow without bound,
# and with them the mean over draws: for each k it exists, as R_k is a polynomial in u, but for
# large k it is not what a typical draw gives. The first direction fluctuates most. With its
# features u_1 apart, :math:`C = C' + u_1u_1^T` as lambda_1 = 1, exactly
#
# .. math:: \sum_i \frac{c_i}{z - c_i} = \sum_i \frac{c'_i}{z - c'_i} + \frac{z\,q_2}{1 - q_1},
#           \qquad q_k = u_1^T (z - C')^{-k} u_1, \tag{21.10}
#
# and u_1 is independent of C': q_k is :math:`\chi = u_1^Tu_1` times the mean of :math:`(z -
# c')^{-k}`, up to fluctuations. That of k = 1 is :math:`1/|\Delta|` by (21.9), without the first
# direction, and that of k = 2 minus its slope in z. Solved for chi, of which N times has a
# chi-squared distribution of N degrees of freedom, the share of the draws that are not stable is
#
# .. math:: \mathrm{Prob}\Big(\chi > |\Delta| \Big[1 + \frac{z}{a |\Delta|} \frac{d|\Delta|}{dz}
#           \Big]^{-1}\Big), \qquad a = B + 1 - \sum_{J>1} \frac{\lambda_J}{|\Delta| - \lambda_J}.
#           \tag{21.11}

DRAWS, sixty = 20_000, power_law(1.0, 60)
drawn = rng.standard_normal((DRAWS, 10, 60)) / np.sqrt(10)
one, z = drawn[0], 8.0
inverse = np.linalg.inv(z * np.eye(10) - (one[:, 1:] * sixty[1:]) @ one[:, 1:].T)
q = [one[:, 0] @ np.linalg.matrix_power(inverse, k) @ one[:, 0] for k in (1, 2)]
both = np.linalg.eigvalsh((one * sixty) @ one.T)
right = z * np.trace(inverse) - 10 + z * q[1] / (1 - q[0])
equal("21.10", "one draw", np.sum(both / (z - both)), right)

c = np.linalg.svd(drawn * np.sqrt(sixty), compute_uv=False) ** 2
ten = unit_model(rf.PowerLaw(1.0, 60))
for step in (0.4, 0.5):
    share = np.mean((c[:, 0] > 1 / step) | (np.sum(c / (1 / step - c), axis=1) > 2))
    training = rf.SGD(1, 1, relative_step=step)
    theirs = float(planar_losses(ten, np.array(10.0), np.array(np.inf), training).unstable)
    name = f"{share:.1%} of {DRAWS} draws, off from that by which rfscale.predict warns"
    below("21.11", name, abs(share / theirs - 1), 0.1)

# %%
# While it learns
# ---------------
# Late coefficients come from x near 1, :math:`x = e^{-\zeta}`: there :math:`z_- = -\zeta/2\eta`,
# and what is at :math:`z_+` does not depend on zeta. :math:`\hat F = P(-z_-)/2\eta` is that of
# gradient flow of step 18 at T = infinity and the time :math:`\tau = \eta k`, and G is G(1). On a
# power law before N features are learned, with :math:`\rho = 1/(1 + \alpha)`,
#
# .. math:: \mathcal S_k \to \frac{\mathcal S_\mathrm{flow}(\eta k)}{1 - G}, \qquad \mathcal
#           S_\mathrm{flow}(\tau) \to \int_0^\infty dJ\, J^{-1/\rho} e^{-2\tau J^{-1/\rho}} = \rho\,
#           \Gamma(1 - \rho)\,(2\tau)^{\rho - 1}, \qquad G = \frac1B \sum_J
#           \frac{\eta\lambda_J}{2 - \eta (1 + 1/B) \lambda_J}. \tag{21.12}
#
# The next term comes from directions that are not yet learned and do not feel the noise: they are
# missing in G, a share that falls as :math:`(\eta k)^{\rho - 1}`. With samples T = k B one pass has
# the exponent :math:`\alpha/(1 + \alpha)` in T, where full training has alpha.


def shares(z, power=0):
    """The sum of m^power (lambda_J/z)^m over J and m >= 1: for power 0 that of (B + 1) G."""
    return mp.nsum(lambda m: m**power * mp.zeta(m * (1 + alpha)) / z**m, [1, mp.inf])


alpha, q = 0.5, 1 / 3
quiet = rf.ScalingModel(rf.PowerLaw(alpha, 10**17))  # no label noise
tau_, J_ = sp.symbols("tau J", positive=True)
integral = sp.integrate(J_**-2 * sp.exp(-2 * tau_ / J_**2), (J_, 0, sp.oo))
identity("21.12", "at alpha = 1", integral - sp.gamma(sp.S(1) / 2) / 2 / sp.sqrt(2 * tau_))
gaps, of_law, sizes = [], [], (1e6, 1e8)
for steps in sizes:
    training = rf.SGD(steps, 1, relative_step=0.2)
    found = rf.predict(quiet, 1e15, np.inf, training=training).test
    flow = rf.predict(quiet, 1e15, np.inf, training=rf.GradientFlow(tau=0.2 * steps)).signal
    G = float(shares(5.0) / 2)
    gaps.append(found * (1 - G) / flow - 1)
    of_law.append(found / rf.asymptotics.sgd_power_law(quiet, 1e15, training) - 1)
by_order("21.12", "rfscale.predict over gradient flow", sizes, gaps, q)
by_order("21.12", "rfscale.asymptotics.sgd_power_law", sizes, of_law, q)

# %%
# The best step
# -------------
# For T = k B samples the law is least where its logarithmic derivative in eta vanishes. With z =
# 2B/(eta (B + 1)), so that :math:`(B + 1) G = \sum\lambda_J/(z - \lambda_J)`,
#
# .. math:: \eta \frac{dG}{d\eta} = \frac{\alpha}{1 + \alpha} (1 - G), \qquad \eta
#           \frac{dG}{d\eta} = \frac{1}{B + 1} \sum_J \frac{\lambda_J z}{(z - \lambda_J)^2},
#           \tag{21.13}
#
# whatever T is. If the step were small in all directions, G would be :math:`x = \eta\,\mathrm{tr}
# \Lambda/2B`, and alpha/(1 + 2 alpha) at the best step. It is not small: at alpha = 1 and B = 1 it
# is 0.28 in the first direction, and x is 0.23 instead of 1/3. Nor can it grow with B, as the first
# direction alone forbids eta > 2: with B = 10 the loss of the same samples is 1.38 times larger.

for size in (1, 10):
    gaps, sizes = [], (1e6, 1e9)
    for samples in sizes:
        best = rf.optimal_sgd_step(quiet, 1e13, samples, size).step_size
        gaps.append(best / rf.asymptotics.best_sgd_step(quiet, 1e13, size) - 1)
    by_order("21.13", f"rfscale.optimal_sgd_step, B = {size}", sizes, gaps, q, within=0.15)

for size in (1, 10):
    balance = partial(lambda size, z: shares(z, 1) - q * (size + 1 - shares(z)), size)
    z = mp.findroot(balance, (1.2, 6), solver="anderson", tol=1e-12)
    theirs = rf.asymptotics.best_sgd_step(quiet, 1e17, size)  # sigma_u^2 N/M = 1
    name = f"rfscale.asymptotics.best_sgd_step, B = {size}"
    equal("21.13", name, theirs, 2 * size / (size + 1) / z, rel=1e-7)
