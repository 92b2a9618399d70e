r"""
23. The spectrum of samples
===========================

**The question.** The eigenvalues of a covariance matrix of T samples are not those of the
population: they fall faster, however slowly these fall. How can a power law be read off them, and
how well is its exponent known then?

**What we find.** At a ridge d the samples show the degrees of freedom that the population has at a
larger ridge, which they tell themselves. What is left scatters by a number of order 1, whatever T
is, with a covariance that is -2 times the second derivatives of one logarithm, and with a mean that
is known too. So a spectrum can be fitted as any data with known errors are.

Let x be T samples of covariance :math:`\Lambda`, a matrix (M, T), :math:`\hat C = xx^T/T`, and
:math:`L(d) = \log\det(1 + \hat C/d)`. Take n copies a with ridges :math:`d_a`. With M normal
numbers y for each, a determinant to the power -1/2 is a mean over them, and so is that of the
samples: each is Gaussian in the n numbers :math:`\sum_J x_J y_{Ja}/\sqrt{d_a}`, and

.. math:: E_x \prod_a e^{-\frac12 L(d_a)} = E_y \det\Big(1 + \frac GT\Big)^{-\frac T2}, \qquad
          G_{ab} = \sum_J \frac{\lambda_J\, y_{Ja} y_{Jb}}{\sqrt{d_a d_b}}, \tag{23.1}

exactly. In the check n = 2, and both sides are averaged over draws.
"""

import mpmath as mp
import numpy as np
import sympy as sp
from common import by_order, df, equal, identity, measured, power_law
from scipy.optimize import brentq
from scipy.special import gammaln, polygamma

import rfscale as rf

rng = np.random.default_rng(23)
lam, T, ridges = power_law(1.0, 3), 5, np.array([0.05, 0.2])
DRAWS = 300_000
x = np.sqrt(lam)[:, None] * rng.standard_normal((DRAWS, 3, T))
values = np.linalg.eigvalsh(x @ x.transpose(0, 2, 1) / T)
left = np.prod(1 + values[..., None] / ridges, axis=(1, 2)) ** -0.5
y = rng.standard_normal((DRAWS, 3, 2)) / np.sqrt(ridges)
G = y.transpose(0, 2, 1) @ (lam[:, None] * y)
right = np.linalg.det(np.eye(2) + G / T) ** (-T / 2)
spread = np.hypot(left.std(), right.std()) / np.sqrt(DRAWS)
measured("23.1", "both sides", left.mean(), spread, right.mean(), 0.03)

# %%
# The saddle point
# ----------------
# G is fixed by a matrix Y of Lagrange multipliers, along the imaginary axis; then y is integrated,
# and :math:`E_x \prod_a e^{-L/2} = \int dG\,dY\,e^{-\frac12\Phi}` up to a constant, with D the
# diagonal matrix of the ridges and
#
# .. math:: \Phi = T\log\det\Big(1 + \frac GT\Big) - \mathrm{tr}\,YG + \sum_J \log\det\big(1 +
#           \lambda_J D^{-1/2} Y D^{-1/2}\big). \tag{23.2}
#
# At the saddle point both are diagonal, :math:`Y = (1 + G/T)^{-1}` and :math:`G = \sum_J
# \lambda_J/(d + \lambda_J Y)`. With :math:`\kappa = d/Y` the second is :math:`GY =
# \mathrm{df}_1(\kappa)` (4.6), and the first says that :math:`Y = 1 - \mathrm{df}_1/T`:
#
# .. math:: L_0 = \sum_J \log\Big(1 + \frac{\lambda_J}{\kappa}\Big) - T\log\Big(1 -
#           \frac{\mathrm{df}_1}{T}\Big) - \mathrm{df}_1, \qquad -\frac{\partial L_0}{\partial\log
#           d} = \mathrm{df}_1(\kappa), \tag{23.3}
#
# .. math:: \kappa\Big(1 - \frac{\mathrm{df}_1(\kappa)}{T}\Big) = d, \qquad \frac{d\log
#           d}{d\log\kappa} = 1 + \frac{\mathrm{df}_1 - \mathrm{df}_2}{T - \mathrm{df}_1}.
#           \tag{23.4}
#
# This is the renormalised ridge, and (4.7) for infinitely many features. The degrees of freedom
# that T samples show at d, :math:`\mathrm{tr}\,\hat C(\hat C + d)^{-1} = -\partial L/\partial\log
# d`, are those of the population at :math:`\kappa`. No more than T can be seen.

T_, kappa, g, y_, lam_ = sp.symbols("T kappa G Y lambda", positive=True)
learned = lam_ / (lam_ + kappa)
Y_0 = 1 - learned / T_
d_0 = kappa * Y_0
Phi = T_ * sp.log(1 + g / T_) - y_ * g + sp.log(1 + lam_ * y_ / d_0)
slopes = [sp.diff(Phi, by).subs({g: learned / Y_0, y_: Y_0}) for by in (g, y_)]
identity("23.2-23.4", "one direction, stationary", *slopes)
L_0 = sp.log(1 + lam_ / kappa) - T_ * sp.log(Y_0) - learned
slope = kappa * sp.diff(d_0, kappa) / d_0
identity("23.3", "one direction", kappa * sp.diff(L_0, kappa) / slope + learned)
identity("23.4", "its slope", slope - 1 - learned * (1 - learned) / (T_ - learned))

lam, kappas = power_law(0.5, 40), np.array([0.01, 0.1, 1.0])
spectrum = rf.Eigenvalues(lam)
df1, df2, df3 = (np.array([df(k, lam, at) for at in kappas]) for k in (1, 2, 3))
ridges = kappas * (1 - df1 / 25)
found = rf.sample_spectrum(spectrum, 25, ridges)
equal("23.4", "rfscale.sample_spectrum, its kappa", found.kappa, kappas)

# %%
# What fluctuates
# ---------------
# With :math:`p_J(\kappa) = \lambda_J/(\lambda_J + \kappa)`, to second order in an element g of G
# and y of Y between two copies, and in those of one copy, :math:`\Phi` is
#
# .. math:: \Phi_2 = -\frac{Y_aY_b}{T}\,g^2 - 2yg - \frac{S}{Y_aY_b}\,y^2, \qquad S = \sum_J
#           p_J(\kappa_a)\,p_J(\kappa_b), \tag{23.5}
#
# and half of it at a = b. As y is imaginary the Gaussian integral, in units of the one with S = 0,
# is :math:`(1 - S/T)^{-1/2}`: for each pair of copies, and for each copy with itself,
#
# .. math:: E_x \prod_a e^{-\frac12 L(d_a)} = \prod_a e^{-\frac12 L_0(d_a)} \prod_{a \le b}
#           \Big(1 - \frac{S_{ab}}{T}\Big)^{-\frac12}\,\Big[1 + O\Big(\frac1T\Big)\Big]. \tag{23.6}
#
# Here g is of order :math:`\sqrt T` and y of order :math:`1/\sqrt T`, so each further power of them
# in :math:`\Phi` takes off :math:`1/\sqrt T`, and odd powers count in pairs. For n copies at d and
# n' at d' the logarithm of the left side is :math:`-\frac n2 E L - \frac{n'}2 E L' + \frac{n^2}8
# \mathrm{Var} L + \frac{nn'}4 \mathrm{Cov}(L, L') + \ldots` On the right there are nn' pairs of
# both, n(n - 1)/2 of one, and n of a copy with itself. So, up to 1/T,
#
# .. math:: \mathrm{Cov}(L, L') \simeq -2\log\Big(1 - \frac ST\Big), \qquad E L \simeq L_0 +
#           \frac12\log\Big(1 - \frac{\mathrm{df}_2}{T}\Big), \tag{23.7}
#
# and as the right side has no cubes of n, L is Gaussian to this order: its third cumulant is of
# order 1/T. The covariance is that of Bai and Silverstein (Ann. Probab. 32, 553). For
# :math:`\Lambda = 1` without ridge :math:`\det xx^T` is a product of chi-square numbers of T,
# T - 1, ... degrees of freedom (Bartlett), and all this is known exactly.

p_a, p_b, Y_b, e = sp.symbols("p_a p_b Y_b epsilon", positive=True)
off = sp.Symbol("g"), sp.Symbol("y")
of_G = sp.Matrix([[1 / y_, e * off[0] / T_], [e * off[0] / T_, 1 / Y_b]])  # 1 + G/T
of_Y = sp.diag(1 / (1 - p_a), 1 / (1 - p_b))  # lambda/d is p/(Y q) in each copy
of_Y[0, 1] = of_Y[1, 0] = e * off[1] * sp.sqrt(p_a * p_b / (1 - p_a) / (1 - p_b) / y_ / Y_b)
Phi = T_ * sp.log(of_G.det()) - 2 * e**2 * off[0] * off[1] + sp.log(of_Y.det())
second = sp.diff(Phi, e, 2).subs(e, 0) / 2
pair = [[y_ * Y_b / T_, 1], [1, p_a * p_b / (y_ * Y_b)]]
identity("23.5", "one direction", second + (sp.Matrix([off]) * sp.Matrix(pair) * sp.Matrix(off))[0])
identity("23.6", "the determinant", sp.Matrix(pair).det() + 1 - p_a * p_b / T_)

sizes = np.array([20, 40])
half = [(3 * n - np.arange(n)) / 2 for n in sizes]  # of the degrees of freedom, T = 3 M
planar = sizes * np.log(1.5 * sizes) - sizes * (2 * np.log(2 / 3) + 1)  # of log det xx^T/2
for n in (1, 3):  # the mean and the variance follow
    left = [np.sum(gammaln(k - n / 2) - gammaln(k)) for k in half]
    right = -n / 2 * planar - n * (n + 1) / 4 * np.log(2 / 3)
    by_order("23.6, 23.7", f"n = {n}", sizes, left - right, 1)
by_order("23.7", "the third cumulant", sizes, [polygamma(2, k).sum() for k in half], 1)

# %%
# The degrees of freedom of samples
# ---------------------------------
# Each derivative by log d is one by :math:`\log\kappa`, over the slope (23.4). One of
# :math:`p_J` by :math:`\log\kappa` is :math:`-p_Jq_J` with :math:`q_J = 1 - p_J`. From (23.7),
# with sums over J in angle brackets,
#
# .. math:: C_{12} = \frac{\partial^2\,(-2)\log(1 - S/T)}{\partial\log\kappa_1\,
#           \partial\log\kappa_2} = \frac{2\,\langle p_1q_1p_2q_2\rangle}{T - S} +
#           \frac{2\,\langle p_1q_1p_2\rangle\langle p_1p_2q_2\rangle}{(T - S)^2}, \tag{23.8}
#
# .. math:: \mathrm{Cov}\big(\widehat{\mathrm{df}}_1(d_1), \widehat{\mathrm{df}}_1(d_2)\big) \simeq
#           C_{12}\, \frac{d\log\kappa_1}{d\log d_1} \frac{d\log\kappa_2}{d\log d_2}, \tag{23.9}
#
# .. math:: E\,\widehat{\mathrm{df}}_1(d) \simeq \mathrm{df}_1(\kappa) +
#           b\,\frac{d\log\kappa}{d\log d}, \qquad b = -\frac{\mathrm{df}_2 - \mathrm{df}_3}{T -
#           \mathrm{df}_2}. \tag{23.10}


def log_of(one, other):
    """-2 log(1 - S/T), in mpmath's precision."""
    S = mp.fsum(j * j / (j + mp.exp(one)) / (j + mp.exp(other)) for j in map(mp.mpf, lam))
    return -2 * mp.log(1 - S / 25)


slope = 1 + (df1 - df2) / (25 - df1)
with mp.workdps(30):
    logs = [mp.log(at) for at in kappas]
    mixed = [[mp.diff(log_of, (u, v), (1, 1)) for v in logs] for u in logs]
C = np.array(mixed, dtype=float)
equal("23.8, 23.9", "rfscale.sample_spectrum", found.covariance, C / slope / slope[:, None])
b = -(df2 - df3) / (25 - df2)
equal("23.10", "rfscale.sample_spectrum", found.df1, df1 + b / slope)

# %%
# A sample knows its own :math:`\kappa`
# -------------------------------------
# :math:`\hat\kappa = d/(1 - \widehat{\mathrm{df}}_1/T)` needs no population. If
# :math:`\widehat{\mathrm{df}}_1` is too large by :math:`\epsilon` then :math:`\log\hat\kappa` is by
# :math:`\epsilon/(T - \mathrm{df}_1)`, where the population has fewer by :math:`(\mathrm{df}_1 -
# \mathrm{df}_2)\,\epsilon/(T - \mathrm{df}_1)`. So the residual is larger than :math:`\epsilon` by
# the slope (23.4), which cancels those of (23.9) and (23.10):
#
# .. math:: r = \widehat{\mathrm{df}}_1 - \mathrm{df}_1(\hat\kappa), \qquad E\,r \simeq b, \qquad
#           \mathrm{Cov}(r_1, r_2) \simeq C_{12}, \tag{23.11}
#
# numbers of order 1, while df1 is of the order of T. The gaps close as 1/T.


at = np.array([1.2, 3.0])


def compared(size, draws):
    """r of so many draws, with their mean b and covariance C from the package."""
    lam, T = np.repeat([1.0, 0.5, 0.3, 0.2], size), 3 * size
    df1, df2 = (np.array([df(k, lam, kappa) for kappa in at]) for k in (1, 2))
    ridges, slope = at * (1 - df1 / T), 1 + (df1 - df2) / (T - df1)
    said = rf.sample_spectrum(rf.Eigenvalues(lam), T, ridges)
    x = rng.standard_normal((draws, T, len(lam))) * np.sqrt(lam)
    values = np.linalg.eigvalsh(x @ x.transpose(0, 2, 1) / T)[..., None]
    shown = np.sum(values / (values + ridges), axis=1)
    own = ridges / (1 - shown / T)
    r = shown - sum(each / (each + own) for each in lam)
    return r, (said.df1 - df1) * slope, said.covariance * slope * slope[:, None]


gaps, stderrs, sizes = [], [], (1, 2)
for size in sizes:
    r, b, _ = compared(size, 700_000)
    ratio = r[:, 0] / b[0]
    gaps.append(ratio.mean() - 1)
    stderrs.append(ratio.std() / np.sqrt(len(r)))
by_order("23.11", "the mean by simulation", sizes, gaps, 1, 0.25, stderrs)
r, b, C = compared(8, 40_000)
products = np.prod(r - r.mean(0), axis=1)
stderr = products.std() / np.sqrt(len(r))
measured("23.11", "the covariance, 40000 draws", products.mean(), stderr, C[0, 1], 0.05)

# %%
# The fit
# -------
# At K ridges the best power law :math:`\theta = (\alpha, \log\lambda_+, \log M)` minimises
#
# .. math:: \chi^2 = (r - b)^T C^{-1} (r - b), \qquad \mathrm{Cov}\,\theta = \big(A^T C^{-1}
#           A\big)^{-1}, \qquad A_{ki} = \frac{\partial\,\mathrm{df}_1(\kappa_k)}
#           {\partial\theta_i}, \tag{23.12}
#
# with b and C at the fit itself, and M a real number: an integer has no slope. To find parameters
# of a population from traces and their fluctuations is the idea of Rao, Mingo, Speicher and Edelman
# (arXiv:math/0701314). Pospisil and Pillow (PNAS 2025) fit a power law with a break to recordings
# of more neurons than trials. Below, the error that the package states for 120 samples, and the
# same formula with slopes from differences. As df1 is smooth in :math:`\kappa`, C is nearly
# singular: its eigenvalues are kept above 1e-9 of the largest. Near :math:`\alpha = -1`, of equal
# eigenvalues, df1 knows :math:`(1 + \alpha)^2` alone, and no error is stated.

T, M, J = 120, 150, np.arange(1.0, 601.0)
x = rng.standard_normal((T, M)) * np.sqrt(power_law(1.0, M))
values = np.linalg.eigvalsh(x @ x.T / T)
fit = rf.fit_spectrum(values, T)


def own_kappa(shown):
    """Its logarithm, where the sample shows these degrees of freedom."""
    return brentq(lambda z: df(1, values, np.exp(z)) - shown, -40, 20) - np.log(1 - shown / T)


def law(alpha, log_scale, log_M):
    """p of a power law that ends at M, and how much of each direction there is."""
    lam = np.exp(log_scale - (1 + alpha) * np.log(J))
    return lam / (lam + kappas[:, None]), np.clip(np.exp(log_M) - J + 1, 0, 1)


kappas = np.exp(np.linspace(*map(own_kappa, fit.window), 12))
theta = np.array([fit.alpha, np.log(fit.scale), np.log(fit.M)])
ends = [[np.matmul(*law(*(theta + step))) for step in sign * np.eye(3)] for sign in (0.01, -0.01)]
A = np.subtract(*ends).T / 0.02
p, there = law(*theta)
pq, S = p * (1 - p), (p * there) @ p.T
one_sided = (pq * there) @ p.T
C = 2 * ((pq * there) @ pq.T / (T - S) + one_sided * one_sided.T / (T - S) ** 2)
values_C, axes = np.linalg.eigh(C)
whitened = (axes / np.sqrt(np.maximum(values_C, 1e-9 * values_C[-1]))).T @ A
stderr = np.sqrt(np.linalg.inv(whitened.T @ whitened)[0, 0])
equal("23.12", "rfscale.fit_spectrum, its stderr", fit.stderr, stderr, rel=1e-3)
