r"""
1. The model, and what is averaged
==================================

**The question.** A learner sees data through N random features and T samples. What is its test
loss, and which of the averages in it can be done once and for all, before any random matrix
appears?

**What we find.** For given features and data the averages over the teacher, the label noise and the
test points are exact: the loss is a sum of two traces, one that belongs to the teacher ("signal")
and one to the label noise.

The assumptions. Data are latent vectors of M independent Gaussian components,

.. math:: x_J \sim N(0, \lambda_J), \qquad J = 1 \dots M \tag{1.1}

with a spectrum that falls as a power, the shape that is measured on natural data,

.. math:: \lambda_J = \lambda_+ J^{-(1+\alpha)}. \tag{1.2}

A linear teacher labels the T training samples, with noise; test labels are clean,

.. math:: y = w x + \epsilon, \qquad w_J \sim N\Big(0, \frac{\sigma_w^2}{M}\Big), \qquad
          \epsilon \sim N(0, \sigma_\epsilon^2). \tag{1.3}

The learner does not see x. It sees N random linear features of it,

.. math:: \varphi = u x, \qquad u_{iJ} \sim N\Big(0, \frac{\sigma_u^2}{M}\Big), \tag{1.4}

and fits a linear student to them by ridge regression. With the samples as columns of x (M, T) and
of phi (N, T), and y a row of T labels, it minimises

.. math:: L_A(\theta) = \tfrac12 \|\theta\varphi - y\|^2 + \tfrac{\gamma}{2} \|\theta\|^2. \tag{1.5}

What is asked is the test loss at a fresh latent vector, the hat marking what belongs to the test
set,

.. math:: L = \tfrac12\, E\,(\theta^* \hat\varphi - w \hat x)^2. \tag{1.6}
"""

from itertools import product

import numpy as np
from common import draw, equal, power_law, sampled, traces, unit_model

import rfscale as rf

rng = np.random.default_rng(1)
N, T, M, gamma = 4, 6, 9, 0.7
sigma_w, sigma_u, sigma_eps, scale = 1.3, 0.6, 0.4, 2.5
lam = scale * power_law(0.8, M)


def latents(count):
    """Columns of data or test points (1.1), (1.2)."""
    return np.sqrt(lam)[:, None] * rng.standard_normal((M, count))


def features():
    """Weights u of (1.4)."""
    return sigma_u / np.sqrt(M) * rng.standard_normal((N, M))


def teachers(*count):
    """Weights w of (1.3)."""
    return sigma_w / np.sqrt(M) * rng.standard_normal((*count, M))


def label_noise(*count):
    """epsilon of (1.3)."""
    return sigma_eps * rng.standard_normal((*count, T))


x, u, w, eps = latents(T), features(), teachers(), label_noise()
y, phi = w @ x + eps, u @ x

equal("1.2", "the spectrum is the package's", lam, rf.PowerLaw(0.8, M, scale=2.5).eigenvalues)

# %%
# Training
# --------
# The training loss is quadratic in theta and convex, so its minimum is where its gradient vanishes,
#
# .. math:: (\theta^*\varphi - y)\,\varphi^T + \gamma\,\theta^* = 0, \tag{1.7}
#
# and solved for theta,
#
# .. math:: \theta^* = y\,P, \qquad P = \varphi^T q, \qquad q = (\gamma + \varphi\varphi^T)^{-1}.
#           \tag{1.8}
#
# P is a T by N matrix. From :math:`q^{-1}\varphi = \gamma\varphi + \varphi\varphi^T\varphi =
# \varphi\,Q^{-1}`, with Q the T by T counterpart of q, a matrix can be pushed through the inverse:
#
# .. math:: q\,\varphi = \varphi\, Q, \qquad Q = (\gamma + \varphi^T\varphi)^{-1}. \tag{1.9}


def training_loss(theta):
    return np.sum((theta @ phi - y) ** 2) / 2 + gamma / 2 * np.sum(theta**2)


q = np.linalg.inv(gamma * np.eye(N) + phi @ phi.T)
Q = np.linalg.inv(gamma * np.eye(T) + phi.T @ phi)
P = phi.T @ q
theta = y @ P

equal("1.7", "the gradient vanishes at theta*", (theta @ phi - y) @ phi.T, -gamma * theta)
equal(
    "1.8",
    "theta* is the solution of the normal equations",
    theta,
    np.linalg.lstsq(
        np.vstack([phi.T, np.sqrt(gamma) * np.eye(N)]), np.concatenate([y, np.zeros(N)])
    )[0],
)
equal("1.9", "a matrix is pushed through the inverse", q @ phi, phi @ Q)

# A step d away from theta* costs what the quadratic form of (1.5) says, with no linear term: theta*
# is the minimum.
steps = rng.standard_normal((5, N))
rises = [training_loss(theta + d) - training_loss(theta) for d in steps]
costs = [((d @ phi) @ (d @ phi) + gamma * d @ d) / 2 for d in steps]
equal("1.5", "a step away from theta* costs", rises, costs)

# %%
# The error at a test point
# -------------------------
# With :math:`y = wx + \epsilon`, the error at a test point is linear in the teacher and in the
# noise,
#
# .. math:: \theta^*\hat\varphi - w\hat x = w\,\mathcal{E}\,\hat x + \epsilon\,P u\,\hat x, \qquad
#           \mathcal{E} = x P u - 1. \tag{1.10}
#
# :math:`1 + \mathcal{E} = x P u` is what the learner makes of the latent directions: it would be 1
# if it learned all of them.
#
# **Average over test points.** Only :math:`E\,\hat x\hat x^T = \Lambda = \mathrm{diag}(\lambda_J)`
# is needed,
#
# .. math:: L = \tfrac12 (w\mathcal{E} + \epsilon P u)\,\Lambda\,(w\mathcal{E} + \epsilon P u)^T.
#           \tag{1.11}
#
# **Average over teacher and noise.** Of a quadratic form only the squares survive, as w and epsilon
# are independent of each other and have mean zero: :math:`E\,w_J w_K = \delta_{JK}\sigma_w^2/M`,
# :math:`E\,\epsilon_i\epsilon_j = \delta_{ij}\sigma_\epsilon^2`. The loss is a sum of two traces,
#
# .. math:: L = \frac{\sigma_w^2}{2M}\,\mathcal{S} + \frac{\sigma_\epsilon^2}{2}\,\mathcal{V},
#           \tag{1.12}
#
# the **signal**, what is not learned of the teacher,
#
# .. math:: \mathcal{S} = \mathrm{tr}\,\mathcal{E}\Lambda\mathcal{E}^T \tag{1.13}
#
# and the **noise**, what is learned of the label noise,
#
# .. math:: \mathcal{V} = \mathrm{tr}\,P C P^T, \qquad C = u \Lambda u^T. \tag{1.14}

x_hat = latents(200_000)
error = x @ P @ u - np.eye(M)
row = w @ error + eps @ P @ u
misses = theta @ u @ x_hat - w @ x_hat
equal("1.10", "the error at test points", misses, w @ error @ x_hat + eps @ P @ u @ x_hat)
sampled("1.11", "average over test points", misses**2 / 2, row @ np.diag(lam) @ row / 2, power=0.03)

C = u @ np.diag(lam) @ u.T
S, V = np.trace(error @ np.diag(lam) @ error.T), np.trace(P @ C @ P.T)
ws, noises = teachers(200_000), label_noise(200_000)
total = sigma_w**2 / (2 * M) * S + sigma_eps**2 / 2 * V
sampled(
    "1.12",
    "average over teacher and noise",
    (ws @ error + noises @ P @ u) ** 2 @ lam / 2,
    total,
    power=0.02,
)
equal(
    "1.13",
    "the signal, one teacher's weight at a time",
    S,
    sum(np.sum(error[J] ** 2 * lam) for J in range(M)),
)
equal(
    "1.14",
    "the noise, one label at a time",
    V,
    sum(np.sum((P[t] @ u) ** 2 * lam) for t in range(T)),
)

# %%
# Multiplied out, the signal needs no M by M matrix, which matters when M is a million:
#
# .. math:: \mathcal{S} = \mathrm{tr}\,\Lambda - 2\,\mathrm{tr}\,P u\Lambda x + \mathrm{tr}\,P^T x^T
#           x P\,C. \tag{1.15}

equal(
    "1.15",
    "the signal without an M by M matrix",
    lam.sum() - 2 * np.sum(P.T * (u * lam @ x)) + np.sum((P.T @ (x.T @ x) @ P) * C),
    S,
)

# %%
# The training loss
# -----------------
# On the training set the error is :math:`\theta^*\varphi - y = y(\varphi^T q\,\varphi - 1)`, and by
# (1.9) :math:`\varphi^T q\varphi = \varphi^T\varphi\,Q = 1 - \gamma Q`, so it is
# :math:`-\gamma\,yQ`. As the ridge vanishes :math:`\gamma Q` becomes the projector on what the
# features cannot fit, of rank T - min(N, M), or zero if that is negative. Averaged over teacher and
# noise as before,
#
# .. math:: \frac1T E\|\theta^*\varphi - y\|^2 = \frac{1}{T}\Big[\frac{\sigma_w^2}{M} \mathcal{S}_A
#           + \sigma_\epsilon^2 \mathcal{V}_A\Big], \tag{1.16}
#
# .. math:: \mathcal{S}_A = \gamma^2\,\mathrm{tr}\,x Q^2 x^T, \qquad
#           \mathcal{V}_A = \gamma^2\,\mathrm{tr}\,Q^2. \tag{1.17}

equal("1.17", "errors on the training set", theta @ phi - y, -gamma * y @ Q)
vanishing = 1e-9 * np.trace(np.linalg.inv(1e-9 * np.eye(T) + phi.T @ phi))
equal("1.17", "what no ridge leaves of the errors", vanishing, T - min(N, M), rel=1e-6)
S_A, V_A = gamma**2 * np.trace(x @ Q @ Q @ x.T), gamma**2 * np.trace(Q @ Q)
labels = ws @ x + noises
residuals = labels @ P @ phi - labels
sampled(
    "1.16",
    "the training loss, averaged",
    np.sum(residuals**2, 1),
    sigma_w**2 / M * S_A + sigma_eps**2 * V_A,
    0.02,
)

# %%
# Units
# -----
# The amplitudes of w and of the label noise are prefactors (1.12). Those of u and of x, and gamma,
# are only units. Multiply u by b and x by c, hence phi by bc: with gamma multiplied by
# :math:`b^2c^2`, q falls by :math:`b^2c^2`, P by :math:`bc`, and
#
# .. math:: \mathcal{S}(bu, cx, c^2\Lambda, b^2c^2\gamma) = c^2\,\mathcal{S}(u, x, \Lambda, \gamma),
#           \qquad \mathcal{V}(bu, cx, c^2\Lambda, b^2c^2\gamma) = \mathcal{V}(u, x, \Lambda,
#           \gamma). \tag{1.18}
#
# With b and c such that the weights of the features have variance 1 and :math:`\lambda_+` is 1, all
# that is left of the amplitudes is one number,
#
# .. math:: \gamma' = \frac{\gamma M}{\sigma_u^2\lambda_+}. \tag{1.19}
#
# From the next step on these are the units, and the prime is dropped. Losses are then the traces S
# and V, to be multiplied by :math:`\sigma_w^2\lambda_+/2M` and :math:`\sigma_\epsilon^2/2`.

b, c = 1.7, 0.3
S, V, S_A, V_A = traces(u, x, lam, gamma)
equal(
    "1.13",
    "the shared function `traces`",
    [S, V],
    [np.trace(error @ np.diag(lam) @ error.T), np.trace(P @ C @ P.T)],
)
equal(
    "1.17",
    "and its training losses",
    [S_A, V_A],
    [gamma**2 * np.trace(x @ Q @ Q @ x.T), gamma**2 * np.trace(Q @ Q)],
)
scaled = traces(b * u, c * x, c**2 * lam, b**2 * c**2 * gamma)
equal("1.18", "rescaled", scaled[:2], [c**2 * S, V])
unit = traces(
    np.sqrt(M) / sigma_u * u, x / np.sqrt(scale), lam / scale, gamma * M / (sigma_u**2 * scale)
)
equal("1.19", "one number is left of the amplitudes", [scale * unit[0], unit[1]], [S, V])

# %%
# A sign that does not matter
# ---------------------------
# Change the sign of a latent direction J in x and in the J-th column of u: phi stays, and so do q
# and P, and of :math:`\mathcal{E}` the elements :math:`\mathcal{E}_{JK}` and
# :math:`\mathcal{E}_{KJ}` with K other than J change their signs, :math:`\mathcal{E}_{JJ}` does
# not. Every term of :math:`(\mathcal{E}\Lambda\mathcal{E}^T)_{JK} = \sum_L
# \mathcal{E}_{JL}\lambda_L\mathcal{E}_{KL}` has exactly one such factor. The draws before and after
# are equally probable. So in the mean of :math:`(w\mathcal{E})\Lambda(w\mathcal{E})^T` all products
# :math:`w_J w_K` with J other than K cancel,
#
# .. math:: E\,[w\,\mathcal{E}\Lambda\mathcal{E}^T w^T]
#           = E \sum_J w_J^2\,(\mathcal{E}\Lambda\mathcal{E}^T)_{JJ}, \tag{1.20}
#
# and a given teacher has the mean loss of a random one whose weights have the variances
# :math:`w_J^2`: step 15 is about those. Here all 2^M signs are tried.

forms = []
for sign in product([1.0, -1.0], repeat=M):
    flipped = np.diag(sign) @ x @ P @ u @ np.diag(sign) - np.eye(M)
    forms.append(w @ flipped @ np.diag(lam) @ flipped.T @ w)
equal(
    "1.20",
    "averaged over signs, a given teacher",
    np.mean(forms),
    w**2 @ np.diag(error @ np.diag(lam) @ error.T),
)

# %%
# The package
# -----------
# The package's simulator draws this model, (1.1) to (1.6), and averages as above. Here a simulation
# from the definitions alone, with 20 teachers, their label noise and 20 test points for each draw,
# against its mean.

model = rf.ScalingModel(
    rf.PowerLaw(0.8, M, scale), sigma_w=sigma_w, sigma_u=sigma_u, sigma_eps=sigma_eps
)
left = float(np.exp(model.units.log_ridge(gamma)))
equal(
    "1.19", "the ridge in the units of rfscale.ScalingModel", left, gamma * M / (sigma_u**2 * scale)
)
given = rf.GivenWeights(w)
squares = (given.largest * given.relative(0, M)) ** 2
equal("1.20", "the variances of rfscale.GivenWeights", squares, w**2)
estimate = rf.simulate(model, N=N, T=T, ridge=gamma, draws=100_000, seed=2)
losses = []
for _ in range(20_000):
    x, u, w, points = latents(T), features(), teachers(20), latents(20)
    y, phi = w @ x + label_noise(20), u @ x
    theta = np.linalg.solve(gamma * np.eye(N) + phi @ phi.T, phi @ y.T).T
    losses.append(np.mean((theta @ u @ points - w @ points) ** 2) / 2)
sampled(
    "1.1-1.6, 1.8, 1.12",
    "rfscale.simulate, from the definitions",
    losses,
    float(estimate.test.mean),
    power=0.03,
)

own = [traces(*draw(rng, lam / scale, N, T), lam / scale, gamma) for _ in range(20_000)]
units = rf.simulate(unit_model(rf.PowerLaw(0.8, M)), N=N, T=T, ridge=gamma, draws=100_000, seed=3)
sampled(
    "1.13, 1.15",
    "rfscale.simulate in these units, signal",
    [S for S, *_ in own],
    float(units.signal.mean),
    0.03,
)
sampled(
    "1.14",
    "rfscale.simulate in these units, noise",
    [V for _, V, *_ in own],
    float(units.noise.mean),
    0.04,
)
sampled(
    "1.16-1.17",
    "rfscale.simulate in these units, training loss",
    [2 * (S_A + V_A) / T for *_, S_A, V_A in own],
    float(units.train.mean),
    0.02,
)
