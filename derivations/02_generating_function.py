r"""
2. One function that generates every loss
=========================================

**The question.** Step 1 left traces of products of random matrices and their inverses. Is there one
simpler object whose average gives them all?

**What we find.** Yes: the logarithm of one determinant, with a source s that couples to the test
points and a source t that couples to the teacher. The teacher enters it as one more feature, the
test point as one more sample, and exchanging the two roles exchanges N and T: the signal loss is
exactly the same, at any size and any ridge.

Units are those of (1.19). The data enter through :math:`A = x x^T`, the features through :math:`G =
u^T u`, both M by M. For the sake of steps 6 and 15 the test points have variances :math:`\Lambda' =
\mathrm{diag}(\lambda'_J)`, which may differ from those of the training data, and the teacher has
weights of variances :math:`W = \mathrm{diag}(W_J)`, so that :math:`\mathcal{S} =
\mathrm{tr}\,W\mathcal{E}\Lambda'\mathcal{E}^T`. The model of step 1 has :math:`\Lambda' = \Lambda`
and W = 1.

Everything below but the last section holds for each draw of u and x, not only on average.
"""

from functools import partial

import mpmath as mp
import numpy as np
from common import derivative, draw, equal, power_law, sampled, traces, unit_model

import rfscale as rf

rng = np.random.default_rng(1)
N, T, M, gamma = 3, 4, 5, 0.3
lam = power_law(0.7, M)
test, W = lam * np.array([1.2, 0.4, 2.5, 0.9, 1.7]), np.array([0.6, 1.9, 0.8, 1.4, 2.2])
u, x = draw(rng, lam, N, T)
A, G, phi = x @ x.T, u.T @ u, u @ x
S, V, S_train, V_train = traces(u, x, test, gamma, W)

# %%
# The determinant
# ---------------
# A small change dK of a matrix K changes its determinant by :math:`\det(K + dK) = \det K\,\det(1 +
# K^{-1}dK) = \det K\,(1 + \mathrm{tr}\,K^{-1}dK + \dots)`, as in :math:`\det(1 + X)` only the
# product of the diagonal elements has terms of first order. So
#
# .. math:: d \log\det K = \mathrm{tr}\,K^{-1} dK. \tag{2.1}
#
# We take it of
#
# .. math:: F(\gamma, s, t) = \log\det K, \qquad K = \gamma + (A + s\Lambda')(G + tW). \tag{2.2}
#
# At s = t = 0 the inverse of K is the **resolvent** :math:`R = (\gamma + AG)^{-1}`, and the error
# matrix of (1.10) is just that. As (1.9) holds for any two factors, :math:`(\gamma + XY)^{-1}X =
# X(\gamma + YX)^{-1}`, here with X = u and :math:`Y = Au^T`, :math:`u^T(\gamma + u A u^T)^{-1} u =
# G(\gamma + AG)^{-1}`, hence :math:`xPu = x\varphi^T q u = A\,u^T q\,u = AGR = 1 - \gamma R` and
#
# .. math:: \mathcal{E} = -\gamma R. \tag{2.3}

R = np.linalg.inv(gamma * np.eye(M) + A @ G)
P = phi.T @ np.linalg.inv(gamma * np.eye(N) + phi @ phi.T)


def F(log_gamma, s, t, data=A, features=G, test_points=test, teacher=W):
    """(2.2) in 40 digits, to be differentiated; test points and teacher as matrices, or as their
    diagonals.
    """
    left = mp.matrix(data) + s * mp.matrix(
        np.diag(test_points) if np.ndim(test_points) == 1 else test_points
    )
    right = mp.matrix(features) + t * mp.matrix(
        np.diag(teacher) if np.ndim(teacher) == 1 else teacher
    )
    return mp.log(mp.det(mp.e**log_gamma * mp.eye(len(data)) + left * right))


change = rng.standard_normal((M, M))
K = A + np.eye(M)
rise = np.log(np.linalg.det(K + 1e-6 * change) / np.linalg.det(K - 1e-6 * change)) / 2e-6
equal(
    "2.1",
    "the logarithm of a determinant changes by a trace",
    rise,
    np.trace(np.linalg.inv(K) @ change),
    rel=1e-8,
)
equal("2.3", "the error matrix is the resolvent", x @ P @ u - np.eye(M), -gamma * R)

# %%
# The signal
# ----------
# Differentiate (2.2) in t with (2.1), :math:`\partial_t F = \mathrm{tr}\,K^{-1}(A + s\Lambda')W`,
# then in s, where :math:`\partial_s K^{-1} = -K^{-1}\Lambda'(G + tW)K^{-1}`,
#
# .. math:: \partial_s\partial_t F = \mathrm{tr}\,R\Lambda'W - \mathrm{tr}\,R\Lambda'\,G R A\,W
#           \qquad (s = t = 0). \tag{2.4}
#
# A matrix is pushed through: :math:`GRA = G(\gamma + AG)^{-1}A = GA(\gamma + GA)^{-1}`, and
# :math:`\gamma + GA` is the transpose of :math:`\gamma + AG`,
#
# .. math:: G R A = 1 - \gamma R^T. \tag{2.5}
#
# The one cancels the first term of (2.4), and :math:`\gamma\,\mathrm{tr}\,R\Lambda'R^TW` is left.
# Times gamma it is, by (2.3), the signal,
#
# .. math:: \mathcal{S} = \gamma\,\partial_s\partial_t F. \tag{2.6}

equal(
    "2.4",
    "the mixed derivative",
    derivative(F, gamma, 0, 1, 1),
    np.trace((R * test - R * test @ G @ R @ A) * W),
)
equal("2.5", "pushed through", G @ R @ A, np.eye(M) - gamma * R.T)
equal(
    "2.2",
    "F generates ...",
    gamma * derivative(F, gamma, 0, 1, 1),
    gamma**2 * np.sum(W[:, None] * R**2 * test),
)
equal("2.6", "... the signal", gamma * derivative(F, gamma, 0, 1, 1), S)

# %%
# One more feature, one more sample
# ---------------------------------
# Take :math:`\Lambda' = \hat x\hat x^T` of a single test point and :math:`W = w^Tw` of a single
# teacher. Then :math:`A + s\hat x\hat x^T` are the data with one more sample, of weight s, and
# :math:`G + tw^Tw` the features with one more feature, of weight t: the teacher is a feature that
# the learner does not have, the test point a sample that it has not seen. By (2.6) and (2.3) their
# determinant generates the squared error of that teacher at that point,
#
# .. math:: \gamma\,\partial_s\partial_t \log\det\big[\gamma + (A + s\,\hat x\hat x^T)(G +
#           t\,w^Tw)\big] = (w\,\mathcal{E}\hat x)^2 \qquad (s = t = 0). \tag{2.7}
#
# Averages over test points and teachers are sums of such terms: (2.6) is (2.7) averaged, as the
# mixed derivative at s = t = 0 is linear in :math:`\hat x\hat x^T` and in :math:`w^Tw`.

x_hat, w = np.sqrt(test) * rng.standard_normal(M), np.sqrt(W) * rng.standard_normal(M)
added = {"test_points": np.outer(x_hat, x_hat), "teacher": np.outer(w, w)}
equal(
    "2.7",
    "a squared error from one sample and one feature more",
    gamma * derivative(partial(F, **added), gamma, 0, 1, 1),
    (w @ (x @ P @ u @ x_hat) - w @ x_hat) ** 2,
)

# %%
# Duality
# -------
# A sample and a feature are alike, then: can they be exchanged? Write the data as :math:`x =
# \Lambda^{1/2} x'` with elements of x' of variance 1, as those of u are. Let the samples be
# features and the features samples,
#
# .. math:: u^\times = x'^T, \qquad x^\times = \Lambda^{1/2} u^T: \tag{2.8}
#
# T features, N samples of the same spectrum, and as probable a draw of that model as (u, x) is of
# ours. It has :math:`A^\times = \Lambda^{1/2} G \Lambda^{1/2}` and :math:`\Lambda^{1/2}
# G^\times\Lambda^{1/2} = A`. So :math:`(A + s\Lambda')(G + tW) = \Lambda^{1/2}(G^\times +
# s\Lambda'\Lambda^{-1})\Lambda^{1/2}(G + tW)`. As :math:`\det(\gamma + XY) = \det(\gamma + YX)`,
# the first factor may be moved to the end, where it makes :math:`A^\times + t\Lambda W` of the
# last; and the transpose has the same determinant:
#
# .. math:: \det\big[\gamma + (A + s\Lambda')(G + tW)\big] = \det\big[\gamma + (A^\times +
#           t\,\Lambda W)(G^\times + s\,\Lambda'\Lambda^{-1})\big]. \tag{2.9}
#
# The sources have changed places, and with them teacher and test points:
#
# .. math:: \mathcal{S}_{N,T}(\Lambda', W) = \mathcal{S}_{T,N}(\Lambda W,\, \Lambda'\Lambda^{-1})
#           \tag{2.10}
#
# for each draw and its dual, hence also on average, at any size and any ridge. In the model of step
# 1, :math:`\Lambda' = \Lambda` and W = 1, it is its own dual: **the signal loss is a symmetric
# function of N and T.** A general teacher is dual to a test distribution that differs from the
# training one.

u_dual, x_dual = (x / np.sqrt(lam)[:, None]).T, np.sqrt(lam)[:, None] * u.T
dual = {
    "data": x_dual @ x_dual.T,
    "features": u_dual.T @ u_dual,
    "test_points": lam * W,
    "teacher": test / lam,
}
with mp.workdps(40):
    at = mp.mpf(-1), mp.mpf("0.7"), mp.mpf("1.9")
    equal(
        "2.9",
        "the determinant of the dual draw, at any s and t",
        F(*at),
        F(at[0], at[2], at[1], **dual),
    )
equal("2.8", "the dual draw", traces(u, x, lam, gamma)[0], traces(u_dual, x_dual, lam, gamma)[0])
equal(
    "2.10",
    "teacher and test points change places",
    S,
    traces(u_dual, x_dual, lam * W, gamma, test / lam)[0],
)

# %%
# The noise, and the training loss
# --------------------------------
# The noise has no dual, but the same generating function. With :math:`Pu = x^T G R` and (2.5),
# (1.14) is :math:`\mathrm{tr}\,\Lambda'\,R^T G A G R = \mathrm{tr}\,\Lambda'\,G R A\,GR =
# \mathrm{tr}\,\Lambda' (1 - \gamma R^T)\,GR`, with :math:`R^TG = GR`. On the other side
# :math:`\partial_s F = \mathrm{tr}\,R\Lambda'G = \mathrm{tr}\,\Lambda'GR`, and
# :math:`\partial_\gamma (GR) = -GR^2 = -R^TGR`. So
#
# .. math:: \mathcal{V} = \partial_\gamma\big(\gamma\,\partial_s F\big). \tag{2.11}
#
# On the training set (1.17) needs :math:`Q = (\gamma + \varphi^T\varphi)^{-1}`. The T by T matrix
# has the eigenvalues of :math:`\gamma + AG`, and T - M more that are just gamma (or M - T fewer),
#
# .. math:: \log\det(\gamma + \varphi^T\varphi) = F + (T - M)\log\gamma \qquad (s = t = 0).
#           \tag{2.12}
#
# Both training traces follow. Twice differentiated, the left is :math:`-\mathrm{tr}\,Q^2`; and as
# :math:`xQ = Rx`, :math:`\mathrm{tr}\,W x Q^2 x^T = \mathrm{tr}\,W R^2 A =
# -\partial_\gamma\,\mathrm{tr}\,RAW`:
#
# .. math:: \mathcal{S}_A = -\gamma^2\,\partial_\gamma\partial_t F, \qquad
#           \mathcal{V}_A = -\gamma^2\,\partial_\gamma^2\big[F + (T - M)\log\gamma\big]. \tag{2.13}
#
# The trace of what the learner makes of its training labels, :math:`\varphi^Tq\,\varphi`, counts
# the **degrees of freedom** of the fit,
#
# .. math:: \mathrm{tr}\,\varphi^T q\,\varphi = \mathrm{tr}\,AGR = M - \gamma\,\partial_\gamma F.
#           \tag{2.14}
#
# Derivatives here are taken in :math:`\log\gamma`: :math:`\gamma\partial_\gamma =
# \partial_{\log\gamma}` and :math:`\gamma^2\partial_\gamma^2 = \partial_{\log\gamma}^2 -
# \partial_{\log\gamma}`.

equal("2.11", "the noise", derivative(F, gamma, 0, 1, 0) + derivative(F, gamma, 1, 1, 0), V)
kernel = gamma * np.eye(T) + phi.T @ phi
at_zero = float(F(np.log(gamma), 0, 0))
equal(
    "2.12",
    "the determinant of samples",
    np.linalg.slogdet(kernel)[1],
    at_zero + (T - M) * np.log(gamma),
)
noise_part = derivative(F, gamma, 2, 0, 0) - derivative(F, gamma, 1, 0, 0) - (T - M)
equal(
    "2.13",
    "the training loss, signal and noise",
    [-gamma * derivative(F, gamma, 1, 0, 1), -noise_part],
    [S_train, V_train],
)
equal("2.14", "the degrees of freedom", np.trace(P @ phi), M - derivative(F, gamma, 1, 0, 0))

# %%
# The package
# -----------
# The mean of F is what the theory has to find. The package finds it to the first two orders in
# 1/size, and its losses obey duality to rounding, also for a general teacher and test distribution.

spectrum = rf.PowerLaw(0.7, M)
ours = unit_model(spectrum, teacher=rf.Teacher.weights(np.sqrt(W)), test_spectrum=test)
theirs = unit_model(
    spectrum, teacher=rf.Teacher.weights(np.sqrt(test / lam)), test_spectrum=lam * W
)
for order in ("planar", "one-loop"):
    signals = [
        rf.predict(m, *sizes, 9.0, order=order).signal
        for m, sizes in [(ours, (40, 25)), (theirs, (25, 40))]
    ]
    equal("2.10", f"rfscale.predict, {order}", *signals)

# The simulated means of two different experiments: here chance decides, with a stated power.
estimate = rf.simulate(
    unit_model(rf.PowerLaw(0.7, M)), N=T, T=N, ridge=gamma, draws=200_000, seed=1
).signal
draws = [traces(*draw(rng, lam, N, T), lam, gamma)[0] for _ in range(30_000)]
sampled("2.10", "rfscale.simulate with N and T exchanged", draws, float(estimate.mean), power=0.02)
