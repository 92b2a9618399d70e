r"""
22. Samples of unequal leverage
===============================

**The question.** Planar theory knows the covariance of the samples and nothing else of them. Real
samples have lengths that fluctuate. What do N features learn from T samples that are not alike, and
what does a pool of samples tell about it without any model?

**What we find.** One number a sample is enough, its leverage. With it the planar equations stay as
they are, for an effective number of samples. All that they need is measured by leaving out each
sample of a pool once.

Let the samples be :math:`x_a = \sqrt{\tau_a}\,z_a` with Gaussian z of covariance
:math:`\Lambda` and given numbers :math:`\tau_a` of mean 1, their features :math:`\varphi_a = ux_a`,
the labels :math:`y_a = w x_a + \epsilon_a`, and :math:`R = (\gamma + \varphi\varphi^T)^{-1}`, or
:math:`R_a` without sample a. The leverage of this one is :math:`l_a = \varphi_a^TR_a\varphi_a`,
and its error is :math:`e_a` if it is predicted by all others. The inverse of a matrix with one term
more gives :math:`R\varphi_a = q_aR_a\varphi_a` with

.. math:: q_a = 1 - \varphi_a^TR\varphi_a = \frac{1}{1 + l_a}, \qquad e_a = \frac{(y - \hat
          y)_a}{q_a}, \tag{22.1}

for any draw. This is the known identity of leaving one out. The degrees of freedom of a fit are
:math:`\mathrm{tr}\,\varphi^TR\varphi = \sum_a (1 - q_a)`.
"""

import warnings

import numpy as np
import sympy as sp
from common import N, T, Delta, df1, df2, equal, identity, losses, measured, power_law, unit_model

import rfscale as rf

rng = np.random.default_rng(22)
TAU = np.array([0.2, 0.4, 0.7, 1.2, 2.5])


def fit_matrix(phi, ridge):
    """The matrix that makes of labels their fit."""
    return phi.T @ np.linalg.inv(ridge * np.eye(len(phi)) + phi @ phi.T) @ phi


def left_out(phi, y, ridge, centred):
    """Leverage and error of each sample, predicted by all others, from their mean if `centred`."""
    found = []
    for a in range(y.size):
        rest, labels = np.delete(phi, a, axis=1), np.delete(y, a)
        mean = centred * rest.mean(1)
        others, apart = rest - mean[:, None], phi[:, a] - mean
        row = np.linalg.solve(ridge * np.eye(len(phi)) + others @ others.T, apart)
        found.append([apart @ row, y[a] - centred * labels.mean() - labels @ others.T @ row])
    return np.transpose(found)


few, many, ridge = 4, 7, 0.6
u = rng.standard_normal((few, 6))
x = rng.standard_normal((6, many)) * np.sqrt(rng.choice(TAU, many))
y, phi = rng.standard_normal(many), u @ x
leverages, errors = left_out(phi, y, ridge, centred=False)
fit = fit_matrix(phi, ridge)
equal("22.1", "leverages of a draw", 1 - np.diag(fit), 1 / (1 + leverages))
equal("22.1", "errors of a draw", (y - fit @ y) * (1 + leverages), errors)

# %%
# The sample equation
# -------------------
# :math:`R_a` does not know :math:`z_a`, over which the mean of :math:`\varphi_a\varphi_a^T` is
# :math:`\tau_aC` with :math:`C = u\Lambda u^T`. In a large system :math:`l_a` is its mean, in which
# one sample less makes no difference,
#
# .. math:: l_a = \tau_a\chi, \qquad \chi = \mathrm{tr}\,CR, \tag{22.2}
#
# and the degrees of freedom are
#
# .. math:: \mathrm{df}_1 = \sum_a \frac{\tau_a\chi}{1 + \tau_a\chi} = (1 -
#           y_T)\,T_\mathrm{eff}, \quad T_\mathrm{eff} = \sum_a u_a, \quad u_a =
#           \frac{\tau_a}{y_T + (1 - y_T)\,\tau_a}, \tag{22.3}
#
# where :math:`y_T = 1/(1 + \chi)` is the share that samples of mean leverage leave unused. By
# Jensen's inequality :math:`T_\mathrm{eff} \le T`. The mean over z of :math:`1 = \gamma R + \sum_a
# q_a\varphi_a\varphi_a^TR_a` gives that of R, :math:`\bar R = (\gamma + gC)^{-1}` with :math:`g =
# \sum_a \tau_a q_a`: each sample counts as :math:`q_a`. So :math:`\mathrm{df}_1 = g\chi` is
# :math:`\mathrm{tr}\,gC\bar R`, as for infinitely many samples and a ridge of :math:`\gamma/g` for
# each. There (4.7) is :math:`\gamma/g = \Delta(N - \mathrm{df}_1)`, or
#
# .. math:: \gamma = \Delta\,(N - \mathrm{df}_1)\,\frac{\mathrm{df}_1}{\chi} = \Delta\,(N -
#           \mathrm{df}_1)(T_\mathrm{eff} - \mathrm{df}_1), \tag{22.4}
#
# as :math:`g = \mathrm{df}_1/\chi = y_T\,T_\mathrm{eff}`. This is the fixed point of
# :math:`T_\mathrm{eff}` samples of equal leverage, for :math:`\tau = 1` (4.7). That unequal scales
# change the sample equation is known, for resolvents (El Karoui) and in ridge regression (Bigot,
# Dabo and Male, arXiv:2403.20200, 2504.03035; Atanasov, Zavatone-Veth and Pehlevan,
# arXiv:2408.04607).

chi, tau, share = sp.symbols("chi tau y_T", positive=True)
weight = tau / (share + (1 - share) * tau)  # u
of_one = (1 - share) * weight
identity("22.3", "one sample", of_one.subs(share, 1 / (1 + chi)) - tau * chi / (1 + tau * chi))
effective = sp.Symbol("T_eff", positive=True)
of_chi = (df1 / chi).subs(chi, (1 - share) / share).subs(share, 1 - df1 / effective)
identity("22.4", "samples that count", of_chi - (effective - df1))


def simulated(size):
    """Degrees of freedom and losses, as traces, of draws in batches, over theory."""
    rng = np.random.default_rng(size)
    M, few, many, batch = 10 * size, 4 * size, 10 * size, 1600
    lam, W = power_law(0.5, M), np.arange(1.0, M + 1) ** -0.3
    scale = np.sqrt(np.repeat(TAU, many // TAU.size))
    found = {name: [] for name in ("df1", "signal", "noise", "train")}
    for _ in range(10):
        u = rng.standard_normal((batch, few, M))
        x = np.sqrt(lam)[:, None] * rng.standard_normal((batch, M, many)) * scale
        phi = u @ x
        total = phi @ phi.transpose(0, 2, 1) + size * np.eye(few)
        row = np.linalg.solve(total, phi).transpose(0, 2, 1)  # phi^T R
        error, residual = np.eye(M) - x @ row @ u, np.eye(many) - row @ phi
        found["df1"].append(np.einsum("dak,dka->d", row, phi))
        found["signal"].append(np.sum(W[:, None] * error**2 * lam, axis=(1, 2)))
        found["noise"].append(np.sum((row @ u) ** 2 * lam, axis=(1, 2)))
        train = np.sum(W[:, None] * (x @ residual) ** 2, axis=(1, 2)) + np.sum(residual**2, (1, 2))
        found["train"].append(2 * train / many)
    model = unit_model(rf.Eigenvalues(lam), teacher=rf.Teacher.power_law(0.3))
    theory = rf.predict(model, few, many, size, leverages=TAU)
    return {name: np.ravel(each) / getattr(theory, name) for name, each in found.items()}


RUNS = [simulated(size) for size in (1, 2, 4)]


def over_theory(name):
    """The ratio of sizes 1, 2 and 4 without its terms of order 1/size and 1/size^2; its error."""
    ratios, weights = [run[name] for run in RUNS], np.array([1, -6, 8]) / 3
    stderrs = [values.std() / np.sqrt(values.size) for values in ratios]
    mean = weights @ [values.mean() for values in ratios]
    return mean, np.linalg.norm(weights * stderrs)


measured("22.2-22.4", "df1 over theory", *over_theory("df1"), 1, 0.006)

# %%
# The losses
# ----------
# At infinitely many samples and the same Delta the traces of step 5 are, with :math:`y_N = 1 -
# \mathrm{df}_1/N` and :math:`s = \mathrm{df}_1 - \mathrm{df}_2`,
#
# .. math:: B = \lim_{T\to\infty}\mathcal{S} = \frac{\Delta s}{D}, \qquad D = y_N + \frac sN,
#           \tag{22.5}
#
# .. math:: d = \lim_{T\to\infty} T\,\mathcal{V} = \frac{\mathrm{df}_2\,y_N + \mathrm{df}_1
#           s/N}{D} = \mathrm{df}_1(1 - \zeta), \qquad \zeta = \frac{s\,y_N}{\mathrm{df}_1 D},
#           \tag{22.6}
#
# for W = 1; in general they are those of (15.3) and (15.4). With :math:`gC` for
# :math:`\varphi\varphi^T` the noise has :math:`d = \mathrm{tr}\,(gC\bar R)^2`.

signal, noise = losses(N, T, Delta, df1, df2)
y_N, s = 1 - df1 / N, df1 - df2
D = y_N + s / N
identity("22.5", "the signal", sp.limit(signal, T, sp.oo) - Delta * s / D)
identity("22.6", "the noise", sp.limit(T * noise, T, sp.oo) - df1 * (1 - s * y_N / (df1 * D)))

# %%
# Let the labels be off by independent amounts of variance :math:`\sigma_a^2`. They add
# :math:`\sum_a \sigma_a^2\,\varphi_a^TRCR\varphi_a` to the test loss, by (22.1) :math:`\sum_a
# \sigma_a^2q_a^2\,\varphi_a^TR_aCR_a\varphi_a`, with the mean :math:`\sum_a
# \sigma_a^2q_a^2\tau_a\,\mathcal{W}`, :math:`\mathcal{W} = \mathrm{tr}\,CRCR`. A source tC beside
# :math:`\gamma` gives it: :math:`\mathcal{W} = -d\chi/dt` at t = 0, where :math:`\chi =
# \mathrm{tr}\,C(\gamma + (g + t)C)^{-1}` falls by :math:`d/g^2` times the rise of g + t, and
# :math:`dg/dt = \mathcal{W}\sum_a\tau_a^2q_a^2`. So :math:`\mathcal{W} = (d/g^2)(1 +
# \mathcal{W}\sum_a\tau_a^2q_a^2)`, which is :math:`d/(g^2h)` with :math:`h = 1 - (d/g^2)
# \sum_a\tau_a^2q_a^2`.
#
# What the fit has not learned of the signal is such an error too, of variance :math:`\tau_a B`. Its
# one part is what no linear function of :math:`\varphi_a` predicts. For Gaussian z and given u it
# is uncorrelated with :math:`\varphi_a`, and so independent of it: label noise. The other part is a
# function :math:`\theta^T\varphi_a`, of which the ridge keeps back :math:`\gamma R\theta`, a loss
# :math:`\gamma^2\theta^TRCR\theta`. By the same source this is :math:`\gamma^2\theta^T\bar RC\bar
# R\theta`, its share of B, times :math:`1 + dg/dt`, as if it were label noise. So with primes at
# what belongs to the test spectrum, whose C the source then has,
#
# .. math:: \mathcal{S} = B' + \frac{d'}{h}\,\frac{\sum_a q_a^2\tau_a^2}{g^2}\,B, \qquad
#           \mathcal{V} = \frac{d'}{h}\,\frac{\sum_a q_a^2\tau_a}{g^2}. \tag{22.7}
#
# By (22.3) :math:`q_a = y_Tu_a/\tau_a`, so the sums need one number besides
# :math:`T_\mathrm{eff}`. With :math:`r = \sum_a (u_a^2/\tau_a)/T_\mathrm{eff}`, from :math:`u_a =
# (1 - y_T)\,u_a^2 + y_T\,u_a^2/\tau_a`,
#
# .. math:: \frac{\sum_a q_a^2\tau_a}{g^2} = \frac{r}{T_\mathrm{eff}}, \qquad \frac{\sum_a
#           q_a^2\tau_a^2}{g^2} = \frac{1 - y_Tr}{\mathrm{df}_1}, \qquad h = \zeta + y_Tr -
#           \zeta\,y_Tr, \tag{22.8}
#
# without differences of large numbers. A sample that is left out is off by :math:`2\tau_a E +
# \sigma_\epsilon^2` in the mean square, where E is the loss (22.7) with the training spectrum, half
# a mean square. By (22.1) the mean squared error of training is
#
# .. math:: E_\mathrm{train} = \frac1T\sum_a q_a^2\,\big(2\tau_a E + \sigma_\epsilon^2\big).
#           \tag{22.9}
#
# For equal leverages r = 1, and these are (5.8), (5.9) and (5.12).

identity("22.8", "of u", weight - (1 - share) * weight**2 - share * weight**2 / tau)
ratio, spare = sp.symbols("r zeta", positive=True)
of_tau = share**2 * ratio * effective / (share * effective) ** 2
identity("22.8", "sum q^2 tau", of_tau - ratio / effective)
of_squares = (effective - share * ratio * effective) / (1 - share) / effective**2
learned = (1 - share) * effective  # df1
identity("22.8", "sum q^2 tau^2", of_squares - (1 - share * ratio) / learned)
held = 1 - learned * (1 - spare) * of_squares
identity("22.8", "h", held - spare - share * ratio + spare * share * ratio)
measured("22.5-22.8", "signal over theory", *over_theory("signal"), 1, 0.03)
measured("22.5-22.8", "noise over theory", *over_theory("noise"), 1, 0.03)
measured("22.9", "training loss over theory", *over_theory("train"), 1, 0.01)

# %%
# What a pool tells
# -----------------
# Let N be infinite and a pool have P samples: kernel ridge regression with the ridge
# :math:`\gamma/N = P\delta`. By (22.1) it gives the leverage and the error of each sample, and by
# (22.2) to (22.4)
#
# .. math:: \mathrm{df}_1 = \sum_i\frac{l_i}{1 + l_i}, \qquad \tau_i = \frac{l_i}{\bar l}, \qquad
#           \kappa = \frac{P\delta\,\bar l}{\mathrm{df}_1}, \qquad s =
#           -\frac{d\,\mathrm{df}_1}{d\log\kappa}, \tag{22.10}
#
# where :math:`\kappa` is the Delta at which the population has these degrees of freedom. A sample
# left out is off by :math:`e_i^2 = b_i + \tau_i v` in the mean, of which :math:`b_i` is left with
# infinitely many samples, and v is the variance by other samples, off by :math:`b_j` themselves. By
# (22.7) :math:`v = \mathrm{df}_2/(hg^2)\,\sum_jq_j^2\tau_jb_j`, as d is :math:`\mathrm{df}_2` for
# :math:`N = \infty`. With h written out this is a sum of :math:`b_j + \tau_jv = e_j^2`. The loss A
# that is linear in the error is the mean of ye, as what other samples do by chance is uncorrelated
# with the label. So
#
# .. math:: v = \mathrm{df}_2\,\frac{\sum_i q_i^2\tau_i e_i^2}{(\sum_i\tau_i q_i)^2}, \qquad b_i =
#           e_i^2 - \tau_i v, \qquad B = \overline{e^2} - v, \qquad A = \overline{ye}. \tag{22.11}
#
# If the means of samples and labels are taken off, a sample that is left out is not in them either.
# It is :math:`\varphi_i - \bar\varphi_{(i)}` from the mean of the others, which is longer by the
# factor :math:`P/(P - 1)` on average. Without that factor and with the diagonal :math:`H_i` of the
# centred fit, :math:`l_i = H_i/(1 - 1/P - H_i)`, :math:`e_i = (y - \hat y)_i/(1 - 1/P - H_i)`, and
# :math:`\mathrm{df}_1 = \sum_i H_i/(1 - 1/P)`.
#
# N features at this Delta add the variance :math:`v_N = s(A - B)/(ND)`. It is (22.5) less its limit
# of :math:`N = \infty`, where :math:`A - B = \Delta\sum_J W_J p_J^2`. So T other samples of the
# same kind give
#
# .. math:: \gamma = \kappa\,(N - \mathrm{df}_1)\,y_T\,T_\mathrm{eff}, \quad \mathrm{MSE} = B +
#           v_N + \frac dh\Big[\frac{r}{T_\mathrm{eff}}\,\bar b_q + \frac{1 -
#           y_Tr}{\mathrm{df}_1}\,v_N\Big], \tag{22.12}
#
# where :math:`\bar b_q` is the mean weighted by :math:`q_i^2\tau_i`: errors stay with their sample.
# There is no teacher in it, no noise and no M. For T = P and :math:`N = \infty` it is
# :math:`\overline{e^2}`, as v solves its own equation. The estimate of all this from a pool is
# derived here; for equal leverages it is generalised cross-validation.

lam_J, W_J = sp.symbols("lambda W", positive=True)
p = lam_J / (lam_J + Delta)
one_W = W_J * lam_J * (1 - p) - W_J * lam_J * (1 - p) ** 2
identity("22.11", "A - B, one direction", one_W - Delta * W_J * p**2)
of_N = Delta * s / D - Delta * s
identity("22.12", "the variance of features", of_N - s * Delta * df2 / (N * D))

leverages, errors = left_out(phi, y, ridge, centred=True)
others, labels = phi - phi.mean(1)[:, None], y - y.mean()
fit, share = fit_matrix(others, ridge), 1 - 1 / many
room = share - np.diag(fit)
equal("22.10-22.12", "leverages, centred", np.diag(fit) / room, share * leverages)
equal("22.10-22.12", "errors, centred", (labels - fit @ labels) / room, errors)

P, M = 200, 30
lam = power_law(0.5, M)
w = rng.standard_normal(M)


def pool():
    """A pool of elliptical samples with noisy labels, as the package measures it."""
    X = rng.standard_normal((P, M)) * np.sqrt(lam) * np.sqrt(rng.choice(TAU, P))[:, None]
    return rf.measure(X, X @ w + 0.5 * rng.standard_normal(P))


with warnings.catch_warnings(action="ignore"):  # T = P is more than such a pool should predict
    data = pool()
    at = data.predict(np.inf, P, kernel_ridge=3.0, stderr=False)
y = data.y[:, 0]
fit = fit_matrix((data.X - data.X.mean(0)).T, 3.0) + 1 / P  # with the mean
errors = (y - fit @ y) / (1 - np.diag(fit))
equal("22.10-22.12", "T = P, N = infinity", at.mse, np.mean(errors**2), rel=1e-6)

model = rf.ScalingModel(
    rf.Eigenvalues(lam), sigma_u=np.sqrt(M), sigma_eps=0.5, teacher=rf.Teacher.weights(np.abs(w))
)
few, many, ridge = 15, 50, 5.0
found = [pool().predict(few, many, ridge, stderr=False).mse for _ in range(40)]
theory = rf.predict(model, few, many, ridge, leverages=TAU)
stderr = np.std(found) / np.sqrt(len(found))
mse = 2 * theory.test + 0.25
measured("22.10-22.12", "the loss by a pool, 40 of them", np.mean(found), stderr, mse, 0.1)
