r"""
3. Resolvents and their deterministic equivalents
=================================================

**The question.** The losses are built from inverses such as :math:`(\gamma + AG)^{-1}` of random
matrices. What are these on average when the matrices are large?

**What we find.** In such an inverse a Wishart matrix may be replaced by its mean times a number:
the data :math:`A = xx^T` act as :math:`a\Lambda`, where a, at first T, is diminished by the degrees
of freedom that the fit uses up; the features :math:`G = u^Tu` act as b in the same manner. What is
neglected is smaller by one power of the size.

We begin with one Wishart matrix, :math:`A = \sum_t x_t x_t^T` of T samples with covariance
:math:`\Lambda`, beside a fixed positive matrix C:

.. math:: H = (C + A)^{-1}. \tag{3.1}

The inverse of step 2 is of this kind at fixed features: :math:`(\gamma + AG)^{-1} = G^{-1}H` with
:math:`C = \gamma G^{-1}`, and with a source s one adds :math:`s\Lambda'` to C. (If G has no
inverse, take that of :math:`G + \epsilon` and then :math:`\epsilon \to 0`: :math:`H = G(\gamma +
AG)^{-1}` is finite.)
"""

import mpmath as mp
import numpy as np
import sympy as sp
from common import (
    below,
    by_order,
    df,
    equal,
    equivalents,
    identity,
    power_law,
    resolution,
    sampled,
    unit_model,
)

import rfscale as rf

rng = np.random.default_rng(3)
M, T = 4, 6
lam = power_law(0.6, M)
root = rng.standard_normal((M, M))
C = root @ root.T + 2.0 * np.eye(M)


def data_matrices(lam, T, count):
    """A = x x^T of `count` draws, (count, M, M)."""
    x = np.sqrt(lam)[:, None] * rng.standard_normal((count, len(lam), T))
    return x @ x.swapaxes(1, 2)


A = data_matrices(lam, T, 100_000)
H = np.linalg.inv(C + A)
equal("3.1", "A H = 1 - C H, for each draw", A[0] @ H[0], np.eye(M) - C @ H[0])

# %%
# Integration by parts
# --------------------
# Let g be a Gaussian of variance v, and f any function that does not grow too fast. The density
# obeys :math:`g\,e^{-g^2/2v} = -v\,\frac{d}{dg} e^{-g^2/2v}`, so by parts
#
# .. math:: E\,g\,f(g) = v\,E\,f'(g). \tag{3.2}
#
# For independent components the same holds in each. We use it for the element :math:`x_{It}` in
# :math:`(AH)_{IL} = \sum_t x_{It}\,(x_t^T H)_L`. There are two places where the rest depends on
# :math:`x_{It}`: the vector itself, whose derivative is :math:`H_{IL}`, and H, with :math:`dH =
# -H\,dA\,H` and :math:`dA = dx_t\,x_t^T + x_t\,dx_t^T`, whose derivative is
# :math:`-(x_t^THe_I)(x_t^TH)_L - (x_t^THx_t)\,H_{IL}`. Summed over the T samples these are
#
# .. math:: E\,AH = \Lambda\,E\big[(T - \mathrm{tr}\,AH)\,H\big] - \Lambda\,E\,HAH. \tag{3.3}
#
# This is exact. Of the two terms in which H was differentiated one has a trace, of the order of the
# size, and one has not: the first remains, the second is a correction.

g, v = sp.symbols("g v", positive=True)
density = sp.exp(-(g**2) / (2 * v)) / sp.sqrt(2 * sp.pi * v)


def gaussian(f):
    """E f(g)."""
    return sp.integrate(f * density, (g, -sp.oo, sp.oo))


identity("3.2", "the density of variance v", gaussian(1) - 1, gaussian(g**2) - v)
for f in (g, g**3, g**5 - 2 * g**2, sp.exp(g / 2)):
    identity(
        "3.2",
        f"integration by parts of g f(g), f = {f}",
        gaussian(g * f) - v * gaussian(sp.diff(f, g)),
    )


used = np.trace(A @ H, axis1=1, axis2=2)[:, None, None]  # by each draw

# With few samples and a small C all terms of (3.3) are of one size.
small = root @ root.T / 2 + 0.2 * np.eye(M)
few = data_matrices(lam, 3, 100_000)
inverse = np.linalg.inv(small + few)
spent = np.trace(few @ inverse, axis1=1, axis2=2)[:, None, None]
left, right = few @ inverse, lam[:, None] * ((3 - spent) * inverse - inverse @ few @ inverse)
probe = np.mean(left, axis=0)  # weights all elements by their size
left, right = (np.sum(side * probe, axis=(1, 2)) for side in (left, right))
value = np.mean(left)
sampled("3.3", "the identity of one Wishart matrix", value + left - right, value, power=0.02)

# Without chance, for one dimension, where A is chi-squared with T degrees of freedom.
half, c = mp.mpf(T) / 2, mp.mpf("1.7")


def chi_squared(f):
    """The mean of f(A)."""
    weight = 2**half * mp.gamma(half)
    return mp.quad(
        lambda z: f(z) * z ** (half - 1) * mp.e ** (-z / 2) / weight, [0, T, 4 * T, 16 * T]
    )


equal(
    "3.3",
    "the density of chi-squared",
    [chi_squared(lambda z: 1), chi_squared(lambda z: z)],
    [1, T],
)
by_parts = chi_squared(lambda z: (T - z / (c + z)) / (c + z) - z / (c + z) ** 2)
equal("3.3", "the same for M = 1, by quadrature", chi_squared(lambda z: z / (c + z)), by_parts)

# %%
# Traces hardly fluctuate
# -----------------------
# In (3.3) there is a mean of a product. How far is it from the product of the means? Expand a
# function of one Gaussian of variance 1 in Hermite polynomials, :math:`f = \sum_k
# c_k\,\mathrm{He}_k/\sqrt{k!}`. They are orthonormal, and :math:`\mathrm{He}_k' =
# k\,\mathrm{He}_{k-1}`. So
#
# .. math:: \mathrm{Var} f = \sum_{k \geq 1} c_k^2, \qquad E f'^2 = \sum_{k \geq 1} k\,c_k^2,
#           \tag{3.4}
#
# and the first is not larger than the second. For many Gaussians of variances v one expands in
# products of Hermite polynomials, and :math:`\mathrm{Var} f \leq E\sum v\,(\partial f)^2` in the
# same way: a function varies little if its gradient is small. For :math:`\mathrm{tr}\,AH = M -
# \mathrm{tr}\,CH` the gradient is :math:`2(HCH\,x)_{It}`, as :math:`-\mathrm{tr}\,C\,dH =
# \mathrm{tr}\,HCH\,dA`, and
#
# .. math:: \sum_{It} \lambda_I \Big(\frac{\partial\,\mathrm{tr}\,AH}{\partial x_{It}}\Big)^2
#           = 4\,\mathrm{tr}\,\Lambda\,HCH\,A\,HCH. \tag{3.5}
#
# With z the eigenvalues of :math:`C^{-1/2}AC^{-1/2}`, of which at most min(T, M) are not zero,
# :math:`C^{1/2}(HCH\,A\,HCH)C^{1/2}` has the eigenvalues :math:`z/(1+z)^4`. These are at most
#
# .. math:: \max_z \frac{z}{(1 + z)^4} = \frac{27}{256} \quad\text{at}\quad z = \frac13, \tag{3.6}
#
# and so :math:`\mathrm{Var}\,\mathrm{tr}\,AH \leq \frac{27}{64}\min(T, M)\,\|C^{-1/2}\Lambda
# C^{-1/2}\|`. When all sizes grow together, C grows as the size, for so does A beside it. The bound
# stays as it is: the trace is of the order of the size and its variance of order 1. By Schwarz's
# inequality the mean of :math:`\mathrm{tr}\,AH\,H` differs from the product of the means by no more
# than the product of the standard deviations, which is smaller by one power of the size at least.

q = sp.symbols("q", real=True)
normal = sp.exp(-(q**2) / 2) / sp.sqrt(2 * sp.pi)
f = q**4 + 3 * q**3 - q


def average(expression):
    return sp.integrate(expression * normal, (q, -sp.oo, sp.oo))


hermite = [sp.Integer(1), q]
for k in range(1, 4):
    hermite.append(sp.expand(q * hermite[k] - k * hermite[k - 1]))
for k in range(1, 5):
    products = [
        average(hermite[k] * He) - sp.factorial(k) * (i == k) for i, He in enumerate(hermite)
    ]
    identity(
        "3.4",
        f"He_{k} is orthogonal, and its slope",
        *products,
        sp.diff(hermite[k], q) - k * hermite[k - 1],
    )
squares = [average(f * He) ** 2 / sp.factorial(k) for k, He in enumerate(hermite)]
identity(
    "3.4",
    "the variance, by Hermite polynomials",
    average(f**2) - average(f) ** 2 - sum(squares[1:]),
)
steepness = average(sp.diff(f, q) ** 2)
identity(
    "3.4",
    "the mean square of the slope",
    steepness - sum(k * square for k, square in enumerate(squares)),
)

x = np.sqrt(lam)[:, None] * rng.standard_normal((M, T))
gradient = np.empty((M, T))
for place in np.ndindex(M, T):
    step = np.zeros((M, T))
    step[place] = 1e-5
    up, down = ((x + sign * step) @ (x + sign * step).T for sign in (1, -1))
    gradient[place] = np.trace(up @ np.linalg.inv(C + up) - down @ np.linalg.inv(C + down)) / 2e-5
HCH = np.linalg.inv(C + x @ x.T) @ C @ np.linalg.inv(C + x @ x.T)
total = 4 * np.trace(np.diag(lam) @ HCH @ (x @ x.T) @ HCH)
equal("3.5", "the gradient of the trace", np.sum(lam[:, None] * gradient**2), total, rel=1e-8)
z = sp.symbols("z", positive=True)
identity(
    "3.6", "z/(1+z)^4 is stationary at 1/3", sp.diff(z / (1 + z) ** 4, z).subs(z, sp.Rational(1, 3))
)
identity(
    "3.6",
    "where it is 27/256",
    (z / (1 + z) ** 4).subs(z, sp.Rational(1, 3)) - sp.Rational(27, 256),
)
whitened = np.linalg.solve(np.linalg.cholesky(C), np.diag(np.sqrt(lam)))
bound = 27 / 64 * min(T, M) * np.linalg.norm(whitened, 2) ** 2
below("3.6", "the variance of the trace, over all draws", np.var(used), bound)

# %%
# One Wishart matrix
# ------------------
# What is left of (3.3) is :math:`E\,AH = a\Lambda\,E\,H` with :math:`a = T - E\,\mathrm{tr}\,AH`.
# With :math:`AH = 1 - CH` this is solved by
#
# .. math:: E\,H \simeq \bar H = (C + a\Lambda)^{-1}, \qquad a = T - \mathrm{tr}\,a\Lambda\bar H.
#           \tag{3.7}
#
# In the inverse, A has been replaced by its **deterministic equivalent** :math:`a\Lambda`. By
# itself the mean of A is :math:`T\Lambda`; the degrees of freedom that the fit uses up,
# :math:`\mathrm{tr}\,AH`, are taken off. The simplest case is the law of Marchenko and Pastur: for
# C = c and equal eigenvalues 1, (3.7) is :math:`a = T - aM/(c + a)`, or
#
# .. math:: a^2 + (c + M - T)\,a - c\,T = 0. \tag{3.8}
#
# In the checks all sizes grow together, each eigenvalue k times as often and c k times as large:
# the right-hand sides do not change but for their scale, and what was neglected is a gap that falls
# as 1/k.


def wishart(lam, T, c):
    """a of (3.7) for C = c, which is a (1 + tr Lambda/(c + a Lambda)) = T, by iteration."""
    a = float(T)
    for _ in range(2000):
        a = T / (1 + np.sum(lam / (c + a * lam)))
    return a


a = wishart(np.ones(8), 12, 3.0)
equal("3.8", "the quadratic equation of equal eigenvalues", a**2 + (3.0 + 8 - 12) * a, 3.0 * 12)

gaps, stderrs = [], []
for k in (2, 4):
    many, count = np.repeat(lam, k), 120_000 // k
    a = wishart(many, T * k, 0.8 * k)
    inverses = np.linalg.inv(0.8 * k * np.eye(M * k) + data_matrices(many, T * k, count))
    ratios = np.trace(inverses, axis1=1, axis2=2) / np.sum(1 / (0.8 * k + a * many))
    gaps, stderrs = [*gaps, ratios.mean() - 1], [*stderrs, ratios.std() / np.sqrt(count)]
by_order(
    "3.7",
    "the inverse on average, by simulation",
    (2, 4),
    gaps,
    order=1,
    within=0.3,
    stderrs=stderrs,
)

# %%
# Two Wishart matrices
# --------------------
# Now the features are random as well. At fixed features (3.7) replaces A, with :math:`s\Lambda'`
# added to C. This may be written without :math:`G^{-1}`, as :math:`[\gamma + (a\Lambda +
# s\Lambda')(G + tW)]^{-1}`, and a hardly fluctuates, for the reason given above. The transpose of
# that is :math:`(a\Lambda + s\Lambda')^{-1}(C + G)^{-1}` with :math:`C = \gamma(a\Lambda +
# s\Lambda')^{-1} + tW`: G is a Wishart matrix of N samples with covariance 1 beside a fixed matrix,
# and (3.7) replaces it by b. The a of (3.7) is now :math:`T - \mathrm{tr}\,a\Lambda\,(G +
# tW)K^{-1}` with this K; and as :math:`(a\Lambda + s\Lambda')(G + tW)K^{-1} = 1 - \gamma K^{-1}`,
# the mean of the last two factors is :math:`(a\Lambda + s\Lambda')^{-1}(1 - \gamma\bar R) = (b +
# tW)\bar R`. So with both sources
#
# .. math:: E\,K^{-1} \simeq \bar R = \big[\gamma + (a\Lambda + s\Lambda')(b + tW)\big]^{-1},
#           \tag{3.9}
#
# .. math:: a = T - \mathrm{tr}\,a\Lambda\,(b + tW)\bar R, \qquad b = N - \mathrm{tr}\,(a\Lambda +
#           s\Lambda')\,b\bar R. \tag{3.10}
#
# Without sources :math:`ab\Lambda\bar R` has the elements :math:`\lambda_J/(\lambda_J + \Delta)`,
# :math:`\Delta = \gamma/ab`. Their sum is the effective dimension :math:`\mathrm{df}_1` of the fit:
# **each degree of freedom that the fit uses up is taken off the samples and off the features,**
#
# .. math:: a = T - \mathrm{df}_1, \qquad b = N - \mathrm{df}_1, \qquad \mathrm{df}_1 = \sum_J
#           \frac{\lambda_J}{\lambda_J + \Delta}, \qquad \Delta = \frac{\gamma}{ab}. \tag{3.11}

N, gamma, s, t = 5, 3.0, 1.5, 0.7
test, W = lam * [0.5, 2.0, 1.2, 3.0], np.array([1.5, 0.4, 2.0, 0.8])
gaps, stderrs = [], []
for k in (2, 4):
    many, many_test, many_W = (np.repeat(v, k) for v in (lam, test, W))
    a, b, R = equivalents(many, many_test, many_W, N * k, T * k, gamma * k**2, s * k, t * k)
    count = 60_000 // k
    data = data_matrices(many, T * k, count) + s * k * np.diag(many_test)
    features = data_matrices(np.ones(M * k), N * k, count) + t * k * np.diag(many_W)
    inverses = np.linalg.inv(gamma * k**2 * np.eye(M * k) + data @ features)
    ratios = np.diagonal(inverses, axis1=1, axis2=2) @ many / (R @ many)
    gaps, stderrs = [*gaps, ratios.mean() - 1], [*stderrs, ratios.std() / np.sqrt(count)]
by_order(
    "3.9-3.10",
    "the inverse of step 2, by simulation",
    (2, 4),
    gaps,
    order=1,
    within=0.3,
    stderrs=stderrs,
)

a, b, R = equivalents(lam, test, W, N, T, gamma, 0.0, 0.0)
delta = gamma / (a * b)
equal(
    "3.11", "what is taken off are the degrees of freedom", [T - a, N - b], [df(1, lam, delta)] * 2
)

# %%
# The package
# -----------
# `rfscale.predict` solves (3.11), which is the subject of the next step. Here it is against the
# iteration above.

prediction = rf.predict(unit_model(rf.PowerLaw(0.6, M)), N, T, gamma)
equal("3.11", "rfscale.predict: delta and df1", [prediction.delta, prediction.df1], [delta, T - a])
equal("3.11", "the shared function `resolution`", resolution(lam, N, T, gamma), delta)
