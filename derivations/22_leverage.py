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
:math:`\Lambda` and given numbers :math:`\tau_a` of mean 1, the labels :math:`y_a = w x_a +
\epsilon_a`. With :math:`Q = (\gamma + \varphi^T\varphi)^{-1}` the residuals of training are
:math:`\gamma Qy` (1.17). Leave out sample a: by the inverse of a matrix with one row more its
leverage :math:`l_a = \varphi_a^T(\gamma + \sum_{b\ne a}\varphi_b\varphi_b^T)^{-1}\varphi_a` and its
error :math:`e_a`, predicted by all others, are

.. math:: q_a = \gamma Q_{aa} = \frac{1}{1 + l_a}, \qquad e_a = \frac{(y - \hat y)_a}{q_a},
          \tag{22.1}

for any draw. This is the known identity of leaving one out. The degrees of freedom of a fit are
:math:`\sum_a (1 - q_a)`, as :math:`\mathrm{tr}\,\varphi^T\varphi Q = T - \gamma\,\mathrm{tr}\,Q`.
"""

import warnings

import numpy as np
import sympy as sp
from common import (
    N,
    T,
    Delta,
    df1,
    df2,
    equal,
    identity,
    losses,
    measured,
    power_law,
    sampled,
    unit_model,
)

import rfscale as rf

rng = np.random.default_rng(22)
TAU = np.array([0.2, 0.4, 0.7, 1.2, 2.5])

few, many, ridge = 4, 7, 0.6
u = rng.standard_normal((few, 6))
x = rng.standard_normal((6, many)) * np.sqrt(rng.choice(TAU, many))
y, phi = rng.standard_normal(many), u @ x
Q = np.linalg.inv(ridge * np.eye(many) + phi.T @ phi)
left_out, errors = [], []
for a in range(many):
    rest, labels = np.delete(phi, a, axis=1), np.delete(y, a)
    inverse = np.linalg.inv(ridge * np.eye(few) + rest @ rest.T)
    left_out.append(phi[:, a] @ inverse @ phi[:, a])
    errors.append(y[a] - labels @ rest.T @ inverse @ phi[:, a])
equal("22.1", "leverages of a draw", ridge * np.diag(Q), 1 / (1 + np.array(left_out)))
equal("22.1", "errors of a draw", ridge * Q @ y * (1 + np.array(left_out)), errors)

# %%
# The sample equation
# -------------------
# Without sample a nothing depends on :math:`z_a`. In a large system :math:`l_a` is its mean,
#
# .. math:: l_a = \tau_a\chi, \qquad \chi = \mathrm{tr}\,C\,(\gamma + \varphi\varphi^T)^{-1},
#           \qquad C = u\Lambda u^T, \tag{22.2}
#
# and the degrees of freedom are
#
# .. math:: \mathrm{df}_1 = \sum_a \frac{\tau_a\chi}{1 + \tau_a\chi} = (1 -
#           y_T)\,T_\mathrm{eff}, \qquad T_\mathrm{eff} = \sum_a u_a, \qquad u_a =
#           \frac{\tau_a}{y_T + (1 - y_T)\,\tau_a}, \tag{22.3}
#
# where :math:`y_T = 1/(1 + \chi)` is the share that samples of mean leverage leave unused. By
# Jensen's inequality :math:`T_\mathrm{eff} \le T`. The mean of
# :math:`(\gamma + \varphi\varphi^T)^{-1}` is that of :math:`(\gamma + gC)^{-1}` with :math:`g =
# \sum_a \tau_a q_a`, the covariance of samples that count :math:`q_a` each; by (22.3) :math:`g =
# \mathrm{df}_1/\chi`. This is a ridge :math:`\gamma/g` at infinitely many samples, where (4.7) is
# :math:`\Delta(N - \mathrm{df}_1)`. So
#
# .. math:: \gamma = \Delta\,(N - \mathrm{df}_1)\,\frac{\mathrm{df}_1}{\chi} = \Delta\,(N -
#           \mathrm{df}_1)(T_\mathrm{eff} - \mathrm{df}_1): \tag{22.4}
#
# the fixed point of :math:`T_\mathrm{eff}` samples of equal leverage, as :math:`\mathrm{df}_1/\chi
# = y_T\,T_\mathrm{eff}`. For :math:`\tau = 1` it is (4.7). That unequal scales change the sample
# equation is known, for resolvents [El Karoui] and in ridge regression [Bigot-Dabo-Male, AZP2].

chi, tau, share = sp.symbols("chi tau y_T", positive=True)
weight = tau / (share + (1 - share) * tau)  # u
of_one = (1 - share) * weight
identity("22.3", "one sample", of_one.subs(share, 1 / (1 + chi)) - tau * chi / (1 + tau * chi))
effective = sp.Symbol("T_eff", positive=True)
of_chi = (df1 / chi).subs(chi, (1 - share) / share).subs(share, 1 - df1 / effective)
identity("22.4", "samples that count", of_chi - (effective - df1))


NAMES = ("df1", "signal", "noise", "train")


def simulated(size):
    """Of draws in batches: degrees of freedom, and traces of signal, noise and training loss."""
    rng = np.random.default_rng(size)
    M, few, many, batch = 10 * size, 4 * size, 10 * size, 1600
    lam, W = power_law(0.5, M), np.arange(1.0, M + 1) ** -0.3
    scale = np.sqrt(np.repeat(TAU, many // TAU.size))
    found = []
    for _ in range(10):
        u = rng.standard_normal((batch, few, M))
        x = np.sqrt(lam)[:, None] * rng.standard_normal((batch, M, many)) * scale
        phi = u @ x
        total = phi @ phi.transpose(0, 2, 1) + size * np.eye(few)
        fit = np.linalg.solve(total, phi).transpose(0, 2, 1)  # phi^T (phi phi^T + gamma)^-1
        error, residual = np.eye(M) - x @ fit @ u, np.eye(many) - fit @ phi
        signal = np.sum(W[:, None] * error**2 * lam, axis=(1, 2))
        noise = np.sum((fit @ u) ** 2 * lam, axis=(1, 2))
        of_noise = np.sum(residual**2, axis=(1, 2))
        train = np.sum(W[:, None] * (x @ residual) ** 2, axis=(1, 2)) + of_noise
        found.append([np.einsum("dak,dka->d", fit, phi), signal, noise, 2 * train / many])
    model = unit_model(rf.Eigenvalues(lam), teacher=rf.Teacher.power_law(0.3))
    theory = rf.predict(model, few, many, size, leverages=TAU)
    return dict(zip(NAMES, np.concatenate(found, axis=1), strict=True)), theory


RUNS = [simulated(size) for size in (1, 2, 4)]


def at_infinite_size(name):
    """The mean of sizes 1, 2 and 4 over theory without its terms of order 1/size and 1/size^2."""
    ratios = [draws[name] / getattr(theory, name) for draws, theory in RUNS]
    stderrs = [values.std() / np.sqrt(values.size) for values in ratios]
    weights = np.array([1, -6, 8]) / 3
    mean = weights @ [values.mean() for values in ratios]
    return mean, np.sqrt(np.sum((weights * stderrs) ** 2))


measured("22.2-22.4", "df1 over theory", *at_infinite_size("df1"), 1, 0.006)

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
# for W = 1; in general they are those of (15.3) and (15.4). d is :math:`\mathrm{tr}\,g^2C^2(\gamma
# + gC)^{-2}`, the degrees of freedom that noise sees.

signal, noise = losses(N, T, Delta, df1, df2)
y_N, s = 1 - df1 / N, df1 - df2
D = y_N + s / N
identity("22.5", "the signal", sp.limit(signal, T, sp.oo) - Delta * s / D)
identity("22.6", "the noise", sp.limit(T * noise, T, sp.oo) - df1 * (1 - s * y_N / (df1 * D)))

# %%
# Let the labels be off by independent amounts of variance :math:`\sigma_a^2`. With :math:`R =
# (\gamma + \varphi\varphi^T)^{-1}` they add :math:`\sum_a \sigma_a^2\,\varphi_a^TRCR\varphi_a` to
# the test loss. Taking sample a out of either R gives a factor :math:`q_a`, and what is left does
# not know :math:`z_a`: the sum is :math:`\sum_a \sigma_a^2 q_a^2\tau_a\,\mathcal{W}` with
# :math:`\mathcal{W} = \mathrm{tr}\,CRCR`. The derivative of g in (22.2) and (22.3) by a source
# gives :math:`\mathcal{W}`: :math:`\mathrm{tr}\,C^2(\gamma + gC)^{-2}` is :math:`d/g^2`, and each
# more pair of factors C a factor :math:`1 - h = (d/g^2)\sum_a\tau_a^2 q_a^2`. The geometric sum is
# :math:`\mathcal{W} = (d/g^2)\,[1 + (1 - h) + (1 - h)^2 + \dots] = (d/g^2)/h`.
#
# What the fit has not learned of the signal is such an error too, of variance :math:`\tau_a B`. Its
# one part is what no linear function of :math:`\varphi_a` predicts. For Gaussian z and given u it
# is uncorrelated with :math:`\varphi_a`, and so independent of it: label noise. The other part is a
# function :math:`\theta^T\varphi_a`, of which the ridge keeps back :math:`\gamma R\theta`, a loss
# :math:`\gamma^2\theta^TRCR\theta`. Between its two R the same sum stands: with :math:`\bar R =
# (\gamma + gC)^{-1}` it is :math:`\gamma^2\theta^T\bar RC\bar R\theta` times :math:`1 + \sum_a
# \tau_a^2 q_a^2\,\mathcal{W}`, as if it were label noise. So with primes at what belongs to the
# test spectrum,
#
# .. math:: \mathcal{S} = B' + \frac{d'}{h}\,\frac{\sum_a q_a^2\tau_a^2}{g^2}\,B, \qquad
#           \mathcal{V} = \frac{d'}{h}\,\frac{\sum_a q_a^2\tau_a}{g^2}. \tag{22.7}
#
# The sums over samples need one number besides :math:`T_\mathrm{eff}`. With :math:`r = \sum_a
# (u_a^2/\tau_a)/T_\mathrm{eff}`, from :math:`u_a = (1 - y_T)\,u_a^2 + y_T\,u_a^2/\tau_a`,
#
# .. math:: \frac{\sum_a q_a^2\tau_a}{g^2} = \frac{r}{T_\mathrm{eff}}, \qquad \frac{\sum_a
#           q_a^2\tau_a^2}{g^2} = \frac{1 - y_Tr}{\mathrm{df}_1}, \qquad h = \zeta + y_Tr -
#           \zeta\,y_Tr: \tag{22.8}
#
# nothing cancels. A sample that is left out is off by :math:`\tau_a E + \sigma_\epsilon^2`, where
# E is the loss of (22.7) with the training spectrum. By (22.1) the training loss is
#
# .. math:: E_\mathrm{train} = \frac1T\sum_a q_a^2\,\big(2\tau_a E + \sigma_\epsilon^2\big).
#           \tag{22.9}
#
# For equal leverages r = 1, and these are (5.8), (5.9) and (5.12).

identity("22.8", "of u", weight - (1 - share) * weight**2 - share * weight**2 / tau)
mean_q, ratio = sp.symbols("g r", positive=True)  # g = y_T T_eff
of_tau = share**2 * ratio * effective / (share * effective) ** 2
identity("22.8", "sum q^2 tau", of_tau - ratio / effective)
of_squares = (effective - share * ratio * effective) / (1 - share) / effective**2
learned = (1 - share) * effective  # df1
identity("22.8", "sum q^2 tau^2", of_squares - (1 - share * ratio) / learned)
spare = sp.Symbol("zeta", positive=True)
held = 1 - learned * (1 - spare) * of_squares
identity("22.8", "h", held - spare - share * ratio + spare * share * ratio)
measured("22.5-22.8", "signal over theory", *at_infinite_size("signal"), 1, 0.03)
measured("22.5-22.8", "noise over theory", *at_infinite_size("noise"), 1, 0.03)
measured("22.9", "training loss over theory", *at_infinite_size("train"), 1, 0.01)

# %%
# What a pool tells
# -----------------
# Let a pool have P samples and their kernel matrix K, the limit of :math:`N = \infty`, and a ridge
# :math:`P\delta`. By (22.1) it gives the leverage and the error of each sample, and by (22.2) to
# (22.4)
#
# .. math:: \mathrm{df}_1 = \sum_i\frac{l_i}{1 + l_i}, \qquad \tau_i = \frac{l_i}{\bar l}, \qquad
#           \kappa = \frac{P\delta\,\bar l}{\mathrm{df}_1}, \qquad s =
#           -\frac{d\,\mathrm{df}_1}{d\log\kappa}, \tag{22.10}
#
# the Delta at which the population has these degrees of freedom. A sample left out is off by
# :math:`e_i^2 = b_i + \tau_i v`, where :math:`b_i` is what it is off with infinitely many samples,
# and v the variance by other samples. They are off by independent :math:`b_j`, and by the same
# :math:`\tau_j v`, which is the geometric sum of (22.7) for :math:`N = \infty`, where d is
# :math:`\mathrm{df}_2`: :math:`v = \mathrm{df}_2(\sum_j q_j^2\tau_j b_j + v\sum_j q_j^2\tau_j^2)/
# (\sum_j\tau_j q_j)^2`. The two sums are one of :math:`e_j^2`. The loss A that is linear in the
# error is the mean of ye, as what other samples do by chance is uncorrelated with the label. So
#
# .. math:: v = \mathrm{df}_2\,\frac{\sum_i q_i^2\tau_i e_i^2}{(\sum_i\tau_i q_i)^2}, \qquad b_i =
#           e_i^2 - \tau_i v, \qquad B = \overline{e^2} - v, \qquad A = \overline{ye}. \tag{22.11}
#
# If the means of samples and labels are taken off, a sample that is left out is not in them either,
# and is :math:`\varphi_i - \bar\varphi_{(i)}` from the mean of the others. With the diagonal
# :math:`h_i` of the centred fit, 1 - 1/P takes the place of 1: :math:`l_i = h_i/(1 - 1/P - h_i)`,
# :math:`e_i = (y - \hat y)_i/(1 - 1/P - h_i)`, :math:`\mathrm{df}_1 = \sum_i h_i/(1 - 1/P)`. This
# :math:`l_i` is the leverage times 1 - 1/P: the chance of that mean makes samples longer.
#
# N features at this Delta have the variance :math:`v_N = s(A - B)/(ND)`, which is (22.5) less its
# limit of :math:`N = \infty`: there :math:`A - B = \Delta\sum_J W_J p^2`. So T other samples of the
# same kind give
#
# .. math:: \gamma = \kappa\,(N - \mathrm{df}_1)\,y_T\,T_\mathrm{eff}, \qquad \mathrm{MSE} = B +
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

left_out, errors = [], []
for a in range(many):
    rest, labels = np.delete(phi, a, axis=1), np.delete(y, a)
    others = rest - rest.mean(1)[:, None]
    inverse = np.linalg.inv(ridge * np.eye(few) + others @ others.T)
    apart = phi[:, a] - rest.mean(1)
    left_out.append((1 - 1 / many) * apart @ inverse @ apart)
    errors.append(y[a] - labels.mean() - (labels - labels.mean()) @ others.T @ inverse @ apart)
others, labels = phi - phi.mean(1)[:, None], y - y.mean()
hat = others.T @ np.linalg.inv(ridge * np.eye(few) + others @ others.T) @ others
room = 1 - 1 / many - np.diag(hat)
equal("22.10-22.12", "leverages, centred", np.diag(hat) / room, left_out)
equal("22.10-22.12", "errors, centred", (labels - hat @ labels) / room, errors)

P, M = 200, 30
lam = power_law(0.5, M)
w = rng.standard_normal(M)


def pool(rng, tau):
    """A pool of elliptical samples with noisy labels, as the package measures it."""
    X = rng.standard_normal((P, M)) * np.sqrt(lam) * np.sqrt(rng.choice(tau, P))[:, None]
    return rf.measure(X, X @ w + 0.5 * rng.standard_normal(P))


with warnings.catch_warnings(action="ignore"):  # T = P is more than such a pool should predict
    data = pool(rng, TAU)
    centred = [data.X - data.X.mean(0), (data.y - data.y.mean(0))[:, 0]]
    at = data.predict(np.inf, P, kernel_ridge=3.0, stderr=False)
X, y = centred
hat = X @ np.linalg.solve(X.T @ X + 3.0 * np.eye(M), X.T) + 1 / P  # with the mean
errors = (y - hat @ y) / (1 - np.diag(hat))
equal("22.10-22.12", "T = P, N = infinity", at.mse, np.mean(errors**2), rel=1e-6)

model = rf.ScalingModel(
    rf.Eigenvalues(lam), sigma_u=np.sqrt(M), sigma_eps=0.5, teacher=rf.Teacher.weights(np.abs(w))
)
few, many, ridge = 15, 50, 5.0
found = [pool(rng, TAU).predict(few, many, ridge, stderr=False).mse for _ in range(40)]
theory = rf.predict(model, few, many, ridge, leverages=TAU)
sampled("22.10-22.12", "the loss by a pool", found, 2 * theory.test + 0.25, 0.1)
