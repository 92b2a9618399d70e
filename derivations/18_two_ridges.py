r"""
18. Gradient flow and two ridges
================================

**The question.** So far the weights of the features were trained to the end. What is the loss at a
time t of training by gradient flow?

**What we find.** The weights at time t are an integral over weights of ridge regression, at complex
ridges. A loss is quadratic in the weights, so it needs a loss of two ridges at once. In the planar
limit that loss is a difference quotient of sums over the spectrum at either ridge.

Flow goes down the gradient of the training loss (1.7), a sum over samples, from :math:`\theta = 0`.
The training loss is :math:`\frac12\|\theta\varphi - y\|^2 + \frac\gamma2\|\theta\|^2`, so
:math:`\dot\theta = y\varphi^T - \theta(\varphi\varphi^T + \gamma)`. Let :math:`\hat\theta(\zeta) =
\int_0^\infty e^{-\zeta t}\theta\,dt` be the Laplace transform. That of :math:`\dot\theta` is
:math:`\zeta\hat\theta`, and :math:`\hat\theta\,(\varphi\varphi^T + \gamma + \zeta) =
y\varphi^T/\zeta`. Beside the factor :math:`1/\zeta` these are the weights (1.8) at the ridge
:math:`\gamma + \zeta`:

.. math:: \theta(t) = \frac{1}{2\pi i}\int d\zeta\,\frac{e^{\zeta t}}{\zeta}\,\theta^*(\gamma +
          \zeta), \tag{18.1}

for any draw of features and data. The contour comes from the left below the real axis, passes to
the right of all singularities and returns to the left above it. The singularities are the pole at
zero and the points :math:`-s - \gamma`, where s are the eigenvalues of :math:`\varphi\varphi^T`.
All of them are on the axis, at zero or to the left. As :math:`e^{\zeta t}` falls to the left, a
few points of the contour are enough. `rfscale.GradientFlow` has them. In the units of this package
(step 1) t is the time of the flow times :math:`\sigma_u^2\lambda_+/M`, and if the training loss
were a mean over samples it would be the time over T.

That the dynamics of random features are contour integrals over resolvents is known [Bodin-Macris].
In the check the flow is integrated step by step.
"""

import numpy as np
import scipy
import sympy as sp
from common import (
    N,
    T,
    Delta,
    below,
    by_order,
    complex_resolution,
    df1,
    df2,
    draw,
    equal,
    identity,
    losses,
    mixture_traces,
    power_law,
    sampled,
    unit_model,
)

import rfscale as rf

rng = np.random.default_rng(18)


def nodes(time, ridge=0.0):
    """Ridges on the contour, and the weight v of each, with their conjugates."""
    mixtures = rf.GradientFlow(time=time, ridge=ridge).mixtures(np.zeros(1, dtype=int))
    ridges, v = mixtures.ridges[0], mixtures.weights[0]
    return np.concatenate([ridges, ridges.conj()]), np.concatenate([v, v.conj()])


lam, few, many, ridge, time = power_law(1.0, 6), 4, 5, 0.3, 0.7
test, W = np.array([0.8, 0.9, 0.2, 0.1, 0.3, 0.05]), np.array([1.0, 0.4, 2.0, 0.3, 1.1, 0.7])
u, x = draw(rng, lam, few, many)
phi, y = u @ x, rng.standard_normal(many)
flow = scipy.integrate.solve_ivp(
    lambda _, theta: y @ phi.T - theta @ (phi @ phi.T) - ridge * theta,
    (0, time),
    np.zeros(few),
    method="DOP853",
    rtol=1e-12,
    atol=1e-13,
)
ridges, v = nodes(time, ridge)
q = np.linalg.inv(phi @ phi.T + ridges[:, None, None] * np.eye(few))
equal("18.1", "weights of a draw", np.real(v @ (y @ phi.T @ q)), flow.y[:, -1], rel=1e-9)

# %%
# Two ridges
# ----------
# A mixture of ridges has the error matrix :math:`\sum_k v_k\,\mathcal{E}(\gamma_k)`, with
# :math:`\sum_k v_k = 1`, and :math:`\mathcal{E} = -\gamma R` (2.3). So each trace at time t is a
# double integral,
#
# .. math:: \mathcal{S}(t) = \frac{1}{(2\pi i)^2}\int\!\!\int
#           \frac{d\zeta\,d\zeta'}{\zeta\zeta'}\,e^{(\zeta + \zeta')t}\,
#           \mathcal{S}(\gamma + \zeta, \gamma + \zeta'), \qquad
#           \mathcal{S}(\gamma, \gamma') = \gamma\gamma'\,\mathrm{tr}\,W R\Lambda'R'^T, \tag{18.2}
#
# and with a prime at what belongs to :math:`\gamma'`, but :math:`\Lambda'` are the variances of the
# test data. The others need no product of two resolvents: with :math:`qq' = (q -
# q')/(\gamma' - \gamma)` and :math:`\varphi\varphi^Tq' = 1 - \gamma'q'`
#
# .. math:: \mathcal{V}(\gamma, \gamma') = \mathrm{tr}\,q\varphi\varphi^Tq'C =
#           \frac{\gamma'\hat k' - \gamma\hat k}{\gamma' - \gamma}, \qquad \hat k(\gamma) =
#           \mathrm{tr}\,Cq, \qquad C = u\Lambda'u^T, \tag{18.3}
#
# .. math:: \mathcal{S}_A(\gamma, \gamma') = \gamma\gamma'\,\frac{\hat p - \hat p'}{\gamma' -
#           \gamma}, \qquad \mathcal{V}_A(\gamma, \gamma') = \gamma\gamma'\,\frac{\mathrm{tr}\,Q -
#           \mathrm{tr}\,Q'}{\gamma' - \gamma}, \qquad \hat p(\gamma) = \mathrm{tr}\,WxQx^T,
#           \tag{18.4}
#
# where :math:`Q = (\gamma + \varphi^T\varphi)^{-1}` as in (1.17). All this holds for any draw.

total = phi @ phi.T + ridge * np.eye(few)
P = phi.T @ np.linalg.inv(total) @ (np.eye(few) - scipy.linalg.expm(-time * total))
error, residual, C = np.eye(6) - x @ P @ u, np.eye(many) - P @ phi, u * test @ u.T
exact = np.array(
    [
        np.sum(W[:, None] * error**2 * test),
        np.trace(P @ C @ P.T),
        np.sum(W[:, None] * (x @ residual) ** 2),
        np.sum(residual**2),
    ]
)
g = ridges[:, None, None]
R = np.linalg.inv(g * np.eye(6) + x @ x.T @ u.T @ u)
Q = np.linalg.inv(g * np.eye(many) + phi.T @ phi)
pairs = [  # of two ridges, for all of the contour
    ridges[:, None] * ridges * np.einsum("j,aji,i,bji->ab", W, R, test, R),
    np.einsum("aij,jk,bkl,li->ab", q, phi @ phi.T, q, C, optimize=True),
    ridges[:, None] * ridges * np.einsum("j,jm,amn,bnk,jk->ab", W, x, Q, Q, x, optimize=True),
    ridges[:, None] * ridges * np.einsum("amn,bnm->ab", Q, Q),
]
equal("18.2", "the traces of the draw", [(v @ values @ v).real for values in pairs], exact, 1e-9)
k, p = np.trace(C @ q, axis1=1, axis2=2), np.einsum("j,jm,amn,jn->a", W, x, Q, x, optimize=True)
trace_Q = np.trace(Q, axis1=1, axis2=2)


def quotient(values, denominators):
    """Those at the second ridge without those at the first, for two nodes that differ."""
    return (values[5] - values[2]) / (denominators[5] - denominators[2])


def parts(number):
    return [number.real, number.imag]


equal("18.3", "at two ridges", parts(quotient(ridges * k, ridges)), parts(pairs[1][2, 5]))
of_training = [-ridges[2] * ridges[5] * quotient(f, ridges) for f in (p, trace_Q)]
equal("18.4", "signal", parts(of_training[0]), parts(pairs[2][2, 5]))
equal("18.4", "noise", parts(of_training[1]), parts(pairs[3][2, 5]))

# %%
# One sample less
# ---------------
# What is left is the signal. We take it from the training loss, by leaving out one sample. Let
# :math:`e_m(\gamma)` be the error on the sample m of weights that were trained with it, and
# :math:`\varphi_m` its features; with the exponent - the sample was not there. The sample adds
# :math:`e_m\varphi_m^T` to (1.7), so :math:`\theta^* = \theta^- - e_m\,\varphi_m^Tq^-`. This
# times :math:`\varphi_m` is, for any draw,
#
# .. math:: e_m(\gamma) = \frac{e_m^-(\gamma)}{1 + \varphi_m^T q^-\varphi_m}, \qquad
#           \frac{1}{1 + \varphi_m^T q^-\varphi_m} = \gamma\,Q_{mm}. \tag{18.5}
#
# The second is the first for labels that are zero but for that of m, as the errors are
# :math:`-\gamma yQ`. The quadratic form varies little about :math:`\mathrm{tr}\,\Lambda u^Tq^-u`
# (step 3), which is :math:`\hat k` with :math:`\Lambda' = \Lambda`. So all diagonal elements of
# :math:`\gamma Q` are alike. Their sum is the number of samples that are not used up,
# :math:`\gamma\,\mathrm{tr}\,Q = T - \mathrm{tr}\,\varphi^Tq\varphi`, on average a of (3.11):
#
# .. math:: 1 + \hat k = \frac Ta. \tag{18.6}
#
# That agrees with step 5, where :math:`\hat k = \partial_sF_0 = \mathrm{df}_1/a`. Now average
# :math:`e_m(\gamma)\,e_m(\gamma')`. This is the training loss (1.16) at two ridges. In
# :math:`e_m^-(\gamma)\,e_m^-(\gamma')` the sample was not seen, so its average is the test loss,
# with noise on the test labels. In the planar limit
#
# .. math:: \mathcal{S}_A(\gamma, \gamma') = \frac{aa'}{T}\,\mathcal{S}(\gamma, \gamma'), \qquad
#           \mathcal{V}_A(\gamma, \gamma') = \frac{aa'}{T}\,\big[1 + \mathcal{V}(\gamma,
#           \gamma')\big], \tag{18.7}
#
# which is (5.11) with a factor of either ridge: generalised cross-validation for two ridges, known
# for ensembles of ridge regressions [Patil-LeJeune]. Put (18.4) on the left. Of the two functions
# there :math:`\mathrm{tr}\,Q = a/\gamma`, and :math:`\hat p = \partial_tF_0 = \omega/b` by (2.4)
# and (5.2), so that with :math:`\Delta = \gamma/ab`
#
# .. math:: \mathcal{S}(\gamma, \gamma') = T\Delta\Delta'\,\frac{b\,\omega' -
#           b'\omega}{\gamma - \gamma'}, \qquad 1 + \mathcal{V}(\gamma, \gamma') =
#           \frac{T}{aa'}\,\frac{a\gamma' - a'\gamma}{\gamma' - \gamma}, \qquad \omega = \sum_J
#           \frac{W_J\lambda_J}{\lambda_J + \Delta}. \tag{18.8}
#
# No sum over products of the two ridges is left. The noise agrees with (18.3) and (18.6). For
# W = 1, :math:`\omega = \mathrm{df}_1`, and :math:`b\,\mathrm{df}_1' - b'\mathrm{df}_1 =
# N(\mathrm{df}_1' - \mathrm{df}_1)`. At equal ridges the quotients are derivatives, by (4.8) and
# (5.10):
#
# .. math:: \mathcal{S}(\gamma, \gamma) = \frac{\Delta T}{D}\Big[b\,(\omega - \omega_2) + \omega\,
#           (\mathrm{df}_1 - \mathrm{df}_2)\Big], \qquad \omega_2 = \sum_J
#           \frac{W_J\lambda_J^2}{(\lambda_J + \Delta)^2}, \tag{18.9}
#
# that is (15.5), and (5.8) for W = 1, as in steps 5 and 15, where each was derived by itself.

without = phi[:, 1:]
q_less = np.linalg.inv(ridge * np.eye(few) + without @ without.T)
factor = 1 + phi[:, 0] @ q_less @ phi[:, 0]
with_it = (y @ phi.T @ np.linalg.inv(total) @ phi - y)[0]
unseen = y[1:] @ without.T @ q_less @ phi[:, 0] - y[0]
diagonal = ridge * np.linalg.inv(ridge * np.eye(many) + phi.T @ phi)[0, 0]
equal("18.5", "one sample of the draw", [with_it, 1 / factor], [unseen / factor, diagonal])

a, b, a_2, b_2, d, d_2 = sp.symbols("a b a' b' d d'", positive=True)
g, g_2, D_2, w, w_2 = sp.symbols("gamma gamma' Delta' omega omega'", positive=True)
k_hat = T / a - 1
identity("18.6", "the kernel's transform is that of step 5", (k_hat - d / a).subs(d, T - a))
in_training = g * g_2 * (w / b - w_2 / b_2) / (g_2 - g), g * g_2 * (a / g - a_2 / g_2) / (g_2 - g)
S = T * Delta * D_2 * (b * w_2 - b_2 * w) / (g - g_2)
V = T / (a * a_2) * (a * g_2 - a_2 * g) / (g_2 - g) - 1
plain = {Delta: g / (a * b), D_2: g_2 / (a_2 * b_2)}
identity("18.7, 18.8", "signal", (a * a_2 / T * S - in_training[0]).subs(plain))
identity("18.7, 18.8", "noise", a * a_2 / T * (1 + V) - in_training[1])
k_hats = T / a - 1, T / a_2 - 1
identity("18.8", "the noise of (18.3)", V - (g_2 * k_hats[1] - g * k_hats[0]) / (g_2 - g))
omega_2, e = sp.symbols("omega2 epsilon", positive=True)
D = a * b + (a + b) * (df1 - df2)
near = {  # at Delta (1 + epsilon), to first order
    w_2: w - e * (w - omega_2),
    a_2: a + e * (df1 - df2),
    b_2: b + e * (df1 - df2),
    g_2: g + e * Delta * D,
    D_2: Delta * (1 + e),
}
of_sizes = {a: T - df1, b: N - df1}
equal_ridges = [
    sp.cancel(f.subs(near)).subs(e, 0) for f in (S, V.subs(near).subs(g, Delta * a * b))
]
stated = Delta * T / D * (b * (w - omega_2) + w * (df1 - df2))
identity("18.9", "the signal", equal_ridges[0] - stated)
identity("18.9", "the noise", equal_ridges[1].subs(of_sizes) - losses(N, T, Delta, df1, df2)[1])
isotropic = stated.subs({w: df1, omega_2: df2}).subs(of_sizes)
identity("18.9", "(5.8) for W = 1", isotropic - losses(N, T, Delta, df1, df2)[0])

# %%
# Another test distribution
# -------------------------
# Leaving out a sample gives the loss on test data like the training data. For others take the
# generating function (2.2) for both ridges at once, with sources that couple them. Let
# :math:`\Gamma` be the diagonal matrix of :math:`\gamma` and :math:`\gamma'`, and :math:`e_{12}`,
# :math:`e_{21}` the matrices of two by two with a single one. As (2.4) is derived, for any draw
#
# .. math:: \mathcal{S}(\gamma, \gamma') = \gamma\,\partial_s\partial_t\log\det\big[\Gamma + (A +
#           s\Lambda'e_{12})(G + tWe_{21})\big] \qquad (s = t = 0). \tag{18.10}
#
# In the planar limit A and G are replaced by :math:`a\Lambda` and b, now with matrices a and b of
# two by two, at which :math:`\Phi = \sum_J\log\det[\Gamma + (\lambda_Ja + s\lambda'_Je_{12})(b +
# tW_Je_{21})] + \mathrm{tr}\,(a - T\log a + b - N\log b)` is stationary, like (4.1). Without
# sources they are diagonal, with the values of either ridge. Let the other elements be
# :math:`x = a_{12}`, :math:`y = a_{21}`, :math:`\mu = b_{12}` and :math:`\nu = b_{21}`. They are of
# the first order in the sources. To second order a direction adds to :math:`\Phi`, with
# :math:`X = \lambda x + s\lambda'` and :math:`Y = \nu + tW`,
#
# .. math:: \frac{\gamma'XY + \gamma\lambda y\mu - \lambda^2aa'\mu Y - \lambda bb'Xy}{aba'b'\,
#           (\lambda + \Delta)(\lambda + \Delta')} \tag{18.11}
#
# and the rest :math:`Txy/aa' + N\mu\nu/bb'`. The stationary value is found as (5.1): with brackets
# :math:`[f] = \sum_J f_J/((\lambda_J + \Delta)(\lambda_J + \Delta'))`, and :math:`\xi = [\lambda]`,
# :math:`\chi = [\lambda^2]`,
#
# .. math:: \mathcal{S} = \Delta\Delta'\Big\{[\lambda'W] + \frac{[\lambda\lambda']
#           \big((N - \chi)[\lambda W] + \xi[\lambda^2W]\big) + [\lambda']
#           \big(\Delta\Delta'\xi[\lambda W] + (T - \chi)[\lambda^2W]\big)}{(T - \chi)(N - \chi) -
#           \Delta\Delta'\xi^2}\Big\}. \tag{18.12}
#
# By partial fractions :math:`\mathrm{df}_1 - \chi = \Delta'\xi` and :math:`\omega -
# [\lambda^2W] = \Delta'[\lambda W]`. So :math:`T - \chi = a + \Delta'\xi`, :math:`N - \chi = b +
# \Delta'\xi`, and the denominator is that of (17.4), the difference quotient of the ridges. Of the
# products only those with the test distribution are left:
#
# .. math:: \mathcal{S}(\gamma, \gamma') = \Delta\Delta'\Big\{[\lambda'W] + \frac{[\lambda\lambda']
#           (b\,\omega' - b'\omega) + [\lambda'](\Delta a\,\omega - \Delta'a'\omega')}{\gamma -
#           \gamma'}\Big\}. \tag{18.13}
#
# For :math:`\lambda' = \lambda` it is (18.8), and at equal ridges (15.3). Two-point equivalents of
# this model, with covariate shift, are published [ABZPP]. The paper was not read, so this may be
# known. The noise is (18.3) with :math:`\hat k = \sum_J\lambda'_J/(\lambda_J + \Delta)/a`.

at = 0.7, 2.5
h = 1e-4


def generating(s, t):
    """The logarithm in (18.10), for the draw."""
    left = np.kron(np.eye(2), x @ x.T) + s * np.kron([[0, 1], [0, 0]], np.diag(test))
    right = np.kron(np.eye(2), u.T @ u) + t * np.kron([[0, 0], [1, 0]], np.diag(W))
    return np.linalg.slogdet(np.kron(np.diag(at), np.eye(6)) + left @ right)[1]


mixed = (generating(h, h) - generating(h, -h) - generating(-h, h) + generating(-h, -h)) / 4 / h**2
R = [np.linalg.inv(g_ * np.eye(6) + x @ x.T @ u.T @ u) for g_ in at]
of_two = at[0] * at[1] * np.trace(W[:, None] * R[0] @ (test[:, None] * R[1].T))
equal("18.10", "by differences, for the draw", at[0] * mixed, of_two, rel=1e-6)

l_, t_, W_, s_, o_ = sp.symbols("lambda lambda' W s t", positive=True)  # o_ couples to the teacher
dx, dy, mu, nu = sp.symbols("x y mu nu", positive=True)
left = sp.Matrix([[l_ * a, e * (l_ * dx + s_ * t_)], [e * l_ * dy, l_ * a_2]])
right = sp.Matrix([[b, e * mu], [e * (nu + o_ * W_), b_2]])
determinant = (sp.diag(g, g_2) + left * right).det()
values = {g: Delta * a * b, g_2: D_2 * a_2 * b_2}
second = sp.diff(sp.log(determinant), e, 2).subs(e, 0).subs(values) / 2
X, Y = l_ * dx + s_ * t_, nu + o_ * W_
numerator = g_2 * X * Y + g * l_ * dy * mu - l_**2 * a * a_2 * mu * Y - l_ * b * b_2 * X * dy
stated = numerator / (a * b * a_2 * b_2 * (l_ + Delta) * (l_ + D_2))
identity("18.11", "one direction", second - stated.subs(values))
of_weights = -sp.diff(T * sp.log(a * a_2 - e**2 * dx * dy), e, 2).subs(e, 0) / 2
identity("18.11", "the rest", of_weights - T * dx * dy / (a * a_2))

brackets = tW, ltW, lW, l2W, lt, llt, xi, chi = sp.symbols("tW ltW lW l2W lt llt xi chi")
sums = {t_ * W_: tW, l_ * W_: lW, l_**2 * W_: l2W, t_: lt, l_ * t_: llt, l_: xi, l_**2: chi}
expanded = sp.Poly(sp.expand(numerator.subs(values)), l_, t_, W_)
total = sum(
    coefficient * sums[l_**i * t_**j * W_**m] for (i, j, m), coefficient in expanded.terms()
) / (a * b * a_2 * b_2)
total += T * dx * dy / (a * a_2) + N * mu * nu / (b * b_2)
stationary = sp.solve([sp.diff(total, z) for z in (dx, dy, mu, nu)], [dx, dy, mu, nu], dict=True)[0]
at_saddle = sp.diff(total.subs(stationary), s_, o_)
determinant = (T - chi) * (N - chi) - Delta * D_2 * xi**2
of_signal = llt * ((N - chi) * lW + xi * l2W) + lt * (Delta * D_2 * xi * lW + (T - chi) * l2W)
general = Delta * D_2 * (tW + of_signal / determinant)
identity("18.12", "the elimination", Delta * a * b * at_saddle - general)
apart = {chi: d - D_2 * xi, l2W: w - D_2 * lW}
apart_2 = {xi: (d - d_2) / (D_2 - Delta), lW: (w - w_2) / (D_2 - Delta)}
in_d = {a: T - d, b: N - d, a_2: T - d_2, b_2: N - d_2}
ridges_ = {g: Delta * a * b, g_2: D_2 * a_2 * b_2}
quotient_of_ridges = (determinant - (g - g_2) / (Delta - D_2)).subs(apart).subs(apart_2)
identity("18.13", "the denominator", quotient_of_ridges.subs(ridges_).subs(in_d))
collapsed = llt * (b * w_2 - b_2 * w) + lt * (Delta * a * w - D_2 * a_2 * w_2)
shifted = Delta * D_2 * (tW + collapsed / (g - g_2))
identity(
    "18.13", "the signal", (general - shifted).subs(apart).subs(apart_2).subs(ridges_).subs(in_d)
)
own = {tW: lW, llt: chi, lt: xi}
identity(
    "18.13", "(18.8)", (shifted.subs(own) - S).subs(apart).subs(apart_2).subs(ridges_).subs(in_d)
)
rWpq, rp, rp2 = sp.symbols("rWpq rp rp2", positive=True)  # of step 15
of_one = {tW: rWpq / Delta, llt: rp2, lt: (rp - rp2) / Delta}
equal_ridges = sp.cancel(shifted.subs(of_one).subs(near)).subs(e, 0)
spread = df1 - df2
inside = a * (rp - rp2) * omega_2 + b * rp2 * (w - omega_2) + spread * rp * w
equal_ridges = equal_ridges.subs(g, Delta * a * b)
identity("18.13", "(15.3) at equal ridges", equal_ridges - Delta * (rWpq + inside / D))

# %%
# Sizes without end
# -----------------
# Divide :math:`\gamma` by NT, a by T and b by N, and multiply times by NT:
#
# .. math:: \Delta\,y_Ny_T = \hat\gamma, \qquad \mathcal{S} = \Delta\Delta'\,\frac{y_N\omega' -
#           y_N'\omega}{\hat\gamma - \hat\gamma'}, \qquad 1 + \mathcal{V} = \frac{y_T\hat\gamma'
#           - y_T'\hat\gamma}{y_Ty_T'\,(\hat\gamma' - \hat\gamma)}, \qquad \tau = NTt, \tag{18.14}
#
# with :math:`y_N = 1 - \mathrm{df}_1/N` and :math:`y_T = 1 - \mathrm{df}_1/T`. Now N or T may be
# infinite: :math:`y_N` or :math:`y_T` is 1. For W = 1 the signal is the same with N and T
# exchanged, at any time, as it must be: the duality (2.10) holds for every mixture of ridges. With
# T = :math:`\infty` the noise vanishes. With both infinite :math:`\Delta = \hat\gamma`, and as
# :math:`\omega' - \omega = (\Delta - \Delta')[\lambda W]` the signal of two ridges is a sum of
# products. The transform of :math:`e^{-\tau\lambda}` is :math:`1/(\lambda + \hat\gamma)`, so
#
# .. math:: \mathcal{S} = \sum_J \frac{W_J\lambda_J\,\hat\gamma\hat\gamma'}{(\lambda_J +
#           \hat\gamma)(\lambda_J + \hat\gamma')} \quad\text{and}\quad \mathcal{S}(\tau) = \sum_J
#           W_J\lambda_J\,e^{-2\tau\lambda_J} \qquad (N = T = \infty): \tag{18.15}
#
# a direction is learned when :math:`\tau\lambda_J` is about 1.
#
# At complex ridges (18.14) may have several solutions. Let the imaginary part of the ridge be
# positive. For positive eigenvalues s that of :math:`1/(s + \gamma)` is negative, so by (18.6) that
# of 1/a is, and the arguments of a and, by duality, of b are positive. Then :math:`\mathrm{df}_1`
# has a negative and :math:`\Delta` a positive imaginary part, and
#
# .. math:: \arg\Delta + \arg y_N + \arg y_T = \arg\hat\gamma, \qquad \arg\Delta,\; \arg
#           y_N,\; \arg y_T \geq 0. \tag{18.16}
#
# In numbers Newton's method finds this solution in steps from a large positive ridge, where
# :math:`\Delta` is about :math:`\hat\gamma`. No step may cross the negative axis.


def point(lam, N, T, ridges):
    """Delta, y_N and y_T at complex ridges, in the units of (18.14)."""
    p = lam / (lam + (delta := complex_resolution(lam, N, T, ridges))[..., None])
    return delta, 1 - p.sum(-1) / N, 1 - p.sum(-1) / T


def at_time(lam, N, T, tau, ridge=0.0, W=1.0):
    """S and V at time tau, and S_A/T and V_A/T of the training set, in the units of (18.14)."""
    return mixture_traces(lam, N, T, *nodes(tau, ridge), W)


y_N, y_T, y_N2, y_T2, h, h_2 = sp.symbols("y_N y_T y_N' y_T' h h'", positive=True)
scaled = {a: T * y_T, a_2: T * y_T2, b: N * y_N, b_2: N * y_N2, g: N * T * h, g_2: N * T * h_2}
of_noise = (y_T * h_2 - y_T2 * h) / (y_T * y_T2 * (h_2 - h))
identity(
    "18.14",
    "(18.8) in other units",
    S.subs(scaled) - Delta * D_2 * (y_N * w_2 - y_N2 * w) / (h - h_2),
    1 + V.subs(scaled) - of_noise,
)
spectrum, weights = power_law(1.0, 40), np.linspace(1.5, 0.5, 40)
for few, many in ((12, 20), (20, 12)):
    ridges = np.split(nodes(90.0)[0], 2)[0]  # of the upper half plane
    arguments = np.angle(point(spectrum, few, many, ridges))
    equal("18.16", f"the sum, N = {few}", np.sum(arguments, 0), np.angle(ridges), rel=1e-10)
    below("18.16", f"none is negative, N = {few}", -arguments, 1e-12)
pair = at_time(spectrum, 12, 20, 90.0)[0], at_time(spectrum, 20, 12, 90.0)[0]
equal("18.14", "N and T exchanged", *pair, rel=1e-10)
endless = at_time(spectrum, np.inf, np.inf, 3.0, W=weights)
learned = np.sum(weights * spectrum * np.exp(-6 * spectrum))
equal("18.15", "both infinite", endless[[0, 2]], [learned, learned], rel=1e-10)

# %%
# In time
# -------
# The same without ridges. By (3.9) :math:`\hat B = \mathrm{tr}\,W\Lambda R = \omega/ab`, so (18.8)
# over :math:`\gamma\gamma' = \Delta\Delta'aba'b'` is :math:`[(1 + \hat k)\hat B' - (1 + \hat
# k')\hat B]/(\gamma - \gamma')`. This is the transform in both times of a correlation, and a factor
# :math:`\gamma` a derivative. At t = 0 the correlation is B, the transform of :math:`\hat B`:
#
# .. math:: \Big(\frac{\partial}{\partial t} - \frac{\partial}{\partial t'}\Big)\,
#           E\,\mathrm{tr}\,We^{-tAG}\Lambda e^{-t'GA} = k(t)B(t') - k(t')B(t), \tag{18.17}
#
# where :math:`k(t) = E\,\mathrm{tr}\,C\,e^{-t\varphi\varphi^T}` and :math:`B(t) =
# E\,\mathrm{tr}\,W\Lambda e^{-tAG}`. Without a ridge the error matrix at t is
# :math:`-e^{-tAG}`. Its signal is the correlation at equal times, which (18.17) gives along
# a line from the times 0 and 2t. The noise takes :math:`(1 - e^{-ts})^2/s` of an eigenvalue s of
# :math:`\varphi\varphi^T`, so
#
# .. math:: \mathcal{S}(t) = B(2t) + \int_0^t\!\!du\,\big[k(u)B(2t - u) - k(2t - u)B(u)\big], \qquad
#           \mathcal{V}(t) = 2I(t) - I(2t), \tag{18.18}
#
# with I the integral of k from zero, the second for any draw. Double integrals over contours have
# become single ones over time. Dynamical mean-field theory starts from such two-time functions
# [Bordelon].

k_hats, B_hats = (T / a - 1, T / a_2 - 1), (w / (a * b), w_2 / (a_2 * b_2))
correlation = S / (g * g_2)
moved = (g - g_2) * correlation - (B_hats[1] - B_hats[0])
sources = k_hats[0] * B_hats[1] - k_hats[1] * B_hats[0]
identity("18.17", "its transform", (moved - sources).subs(plain))


def transforms(lam, N, T, times, W=1.0):
    """k, B and I at times, by one contour each, in the units of (18.14)."""
    z, v = nodes(1.0)
    ridges = z / times[:, None]
    delta, y_N, y_T = point(lam, N, T, ridges)
    omega = np.sum(W * lam / (lam + delta[..., None]), -1)
    weights = v * ridges  # (18.1) has them over zeta
    of = 1 / y_T - 1, omega / (y_N * y_T), (1 / y_T - 1) / ridges
    return [np.real(np.sum(weights * f, -1)) for f in of]


x_, w_ = np.polynomial.legendre.leggauss(14)
for few_, many_, tau, W_n in ((10, 20, 200.0, 1.0), (20, 10, 30.0, weights)):
    cuts = np.concatenate([[0], tau * 0.4 ** np.arange(12)[::-1]])
    half, middle = np.diff(cuts) / 2, (cuts[1:] + cuts[:-1]) / 2
    times = (middle[:, None] + half[:, None] * x_).ravel()
    (k_1, B_1, _), (k_2, B_2, _) = (
        transforms(spectrum, few_, many_, when, W_n) for when in (times, 2 * tau - times)
    )
    at_ends = transforms(spectrum, few_, many_, np.array([tau, 2 * tau]), W_n)
    signal = at_ends[1][1] + np.sum(np.outer(half, w_).ravel() * (k_1 * B_2 - k_2 * B_1))
    in_time = [signal, 2 * at_ends[2][0] - at_ends[2][1]]
    theirs = at_time(spectrum, few_, many_, tau, W=W_n)[:2]
    equal("18.18", f"the double contour, N = {few_}, T = {many_}", theirs, in_time, rel=1e-8)
s_n = sp.Symbol("s", positive=True)
shares = [(1 - sp.exp(-z * s_n)) / s_n for z in (o_, 2 * o_)]
identity(
    "18.18", "noise, one s", s_n * ((1 - sp.exp(-o_ * s_n)) / s_n) ** 2 - 2 * shares[0] + shares[1]
)

# %%
# The beginning
# -------------
# Early in training the exponentials can be expanded. With K = AG, :math:`\ell_k = \mathrm{tr}
# \Lambda^k` and W = 1, the signal is :math:`\ell_1 - 2t\,\mathrm{tr}\,K\Lambda +
# t^2\,\mathrm{tr}\,(K^2\Lambda + K\Lambda K^T)`. For a Wishart matrix :math:`E\,AXA = T^2\Lambda
# X\Lambda + T\Lambda X^T\Lambda + T\,\mathrm{tr}(\Lambda X)\,\Lambda`, likewise for G. So, at any
# size,
#
# .. math:: E\,\mathcal{S} = \ell_1 - 2tNT\ell_2 + t^2NT\big[2(NT + N + T + 2)\,\ell_3 + (2N + 2T +
#           3)\,\ell_1\ell_2 + \ell_1^3\big] + O(t^3), \tag{18.19}
#
# .. math:: E\,\mathcal{V} = t^2NT\big[(N + 1)\ell_2 + \ell_1^2\big] + O(t^3). \tag{18.20}
#
# In the planar limit the sums :math:`\ell_k` count as sizes, and what is left of the brackets is
# :math:`2NT\ell_3 + 2(N + T)\ell_1\ell_2 + \ell_1^3` and :math:`N\ell_2 + \ell_1^2`.

l1, l2, l3, t = sp.symbols("l1 l2 l3 t", positive=True)
in_signal = 2 * (N * T + N + T + 2) * l3 + (2 * N + 2 * T + 3) * l1 * l2 + l1**3
in_noise = (N + 1) * l2 + l1**2
base = power_law(0.5, 3)
of_base = {N: 2, T: 3, l1: base.sum(), l2: np.sum(base**2), l3: np.sum(base**3)}
u = rng.standard_normal((100_000, 2, 3))
x = np.sqrt(base)[:, None] * rng.standard_normal((100_000, 3, 3))
A, G = x @ x.swapaxes(1, 2), u.swapaxes(1, 2) @ u
K = A @ G
K_lam = K * base  # K Lambda
first = np.trace(K_lam, axis1=1, axis2=2)
second = np.sum(K.swapaxes(1, 2) * K_lam, (1, 2)) + np.sum(K * K_lam, (1, 2))
of_noise = np.trace(np.diag(base) @ G @ A @ G, axis1=1, axis2=2)
sampled("18.19", "first order", first, float((N * T * l2).subs(of_base)), power=0.03)
sampled("18.19", "second order", second, float((N * T * in_signal).subs(of_base)), power=0.15)
sampled("18.20", "the noise", of_noise, float((N * T * in_noise).subs(of_base)), power=0.1)
size = sp.Symbol("k", positive=True)
larger = {z: size * z for z in (N, T, l1, l2, l3)}
leading = [
    sp.expand(f.subs(larger, simultaneous=True)).coeff(size, n)
    for f, n in ((in_signal, 3), (in_noise, 2))
]
early = l1 - 2 * t * N * T * l2 + t**2 * N * T * leading[0], t**2 * N * T * leading[1]
identity(
    "18.19", "in the planar limit", leading[0] - 2 * N * T * l3 - 2 * (N + T) * l1 * l2 - l1**3
)
identity("18.20", "in the planar limit", leading[1] - N * l2 - l1**2)
sizes, gaps = [1, 2], []
for scale in sizes:
    values = {N: 12, T: 20, t: 2e-5 / scale} | {
        z: np.sum(spectrum**n) for n, z in enumerate((l1, l2, l3), 1)
    }
    expected = [float(f.subs(values)) for f in early]
    gaps.append(at_time(spectrum, 12, 20, 240 * values[t])[:2] / expected - 1)
for name, tag, i, order in (("signal", "18.19", 0, 3), ("noise", "18.20", 1, 1)):
    by_order(tag, f"the planar {name} at small t", sizes, [z[i] for z in gaps], order=order)

# %%
# Simulation
# ----------
# Draws of sizes 1 and 2, where all eigenvalues are repeated with the size and t falls as its
# square. The gap between their mean and the planar losses falls with the size, at a time in the
# middle of training.


def simulated(lam, few, many, when, ridge):
    """S, V, S_A/T and V_A/T of 500 draws at a time."""
    u = rng.standard_normal((500, few, len(lam)))
    x = np.sqrt(lam)[:, None] * rng.standard_normal((500, len(lam), many))
    phi = u @ x
    s, vectors = np.linalg.eigh(phi @ phi.swapaxes(1, 2))
    h = -np.expm1(-when * (s + ridge)) / (s + ridge)
    P = (phi.swapaxes(1, 2) @ vectors * h[:, None, :]) @ vectors.swapaxes(1, 2)
    error, residual = np.eye(len(lam)) - x @ P @ u, np.eye(many) - P @ phi
    parts = [np.sum(error**2 * lam, (1, 2)), np.sum((P @ u) ** 2 * lam, (1, 2))]
    parts += [np.sum((x @ residual) ** 2, (1, 2)) / many, np.sum(residual**2, (1, 2)) / many]
    return np.transpose(parts)


base, sizes = power_law(0.7, 12), (1, 2)
for few, many, when, ridge, judged in ((9, 6, 3.0, 0.0, (0, 1, 2, 3)), (8, 8, 0.3, 0.3, (0, 2, 3))):
    gaps, errors = [], []
    for size in sizes:
        grown, units = np.repeat(base, size), few * many * size**2
        sized = grown, few * size, many * size
        at = when / size**2, ridge * size**2
        draws = np.concatenate([simulated(*sized, *at) for _ in range(80 // size)])
        planar = at_time(*sized, when * units / size**2, ridge * size**2 / units)
        gaps.append(draws.mean(0) / planar - 1)
        errors.append(draws.std(0) / np.sqrt(len(draws)) / planar)
    names = "signal", "noise", "signal in training", "noise in training"
    for i in judged:  # the noise of the second is too near to see the gap fall
        by_order(
            "18.7, 18.8",
            f"{names[i]}, N = {few}, T = {many}, ridge {ridge}",
            sizes,
            [z[i] for z in gaps],
            order=1,
            within=0.4,
            stderrs=[z[i] for z in errors],
        )

# %%
# The end
# -------
# For long times only the pole at zero is left in (18.2), and with it the loss of the ridge: with a
# ridge the rest falls as :math:`e^{-\gamma t}` and without one as :math:`e^{-ts}` of the least
# eigenvalue. So (18.9) is also the end of the flow.

for few, many, ridge in ((10, 20, 0.2), (20, 10, 3.0)):
    found = rf.predict(unit_model(rf.PowerLaw(1.0, 40)), few, many, ridge)
    units = few * many
    late = at_time(spectrum, few, many, 40 * units / ridge, ridge / units)
    theirs = [found.signal, found.noise, found.train]
    name = f"rfscale.predict, N = {few}, T = {many}, gamma = {ridge}"
    equal("18.9", name, theirs, [*late[:2], 2 * (late[2] + late[3])], rel=1e-9)

# %%
# The package
# -----------
# `rfscale.predict(training=...)` has these losses at any time. In the check of (18.13) the two
# contours differ, so that no two ridges are equal.

for few, many, tau, ridge in ((10, 20, 200.0, 0.0), (20, 10, 30.0, 0.5)):
    flow = rf.GradientFlow(tau / (few * many), ridge)
    found = rf.predict(unit_model(rf.PowerLaw(1.0, 40)), few, many, training=flow)
    mine = at_time(spectrum, few, many, tau, ridge / (few * many))
    theirs = [found.signal, found.noise, found.train]
    name = f"rfscale.predict, N = {few}, T = {many}, tau = {tau:g}"
    equal(
        "18.1, 18.2, 18.6-18.9, 18.14, 18.16",
        name,
        theirs,
        [*mine[:2], 2 * (mine[2] + mine[3])],
        rel=1e-9,
    )
endless = rf.predict(
    unit_model(rf.PowerLaw(1.0, 40)), np.inf, np.inf, training=rf.GradientFlow(tau=3.0)
)
equal("18.15", "rfscale.predict", endless.signal, np.sum(spectrum * np.exp(-6 * spectrum)), 1e-10)

few, many, tau, shift = 12, 20, 50.0, np.linspace(0.3, 1.8, 40)
ridges, v = nodes(tau)
place = [point(spectrum, few, many, g) for g in (ridges, 0.9 * ridges)]
(one, y_N_1, y_T_1), (two, y_N_2, y_T_2) = place
omegas = [np.sum(weights * spectrum / (spectrum + z[:, None]), -1) for z in (one, two)]


def bracket(f):
    """[f] of (18.12), for all pairs."""
    return (f / (spectrum + one[:, None])) @ (1 / (spectrum + two[:, None])).T


of_b = (np.multiply.outer(y_N_1, omegas[1]) - np.multiply.outer(omegas[0], y_N_2)) / many
of_a = np.subtract.outer(one * y_T_1 * omegas[0], two * y_T_2 * omegas[1]) / few
quotients = bracket(spectrum**2 * shift) * of_b + bracket(spectrum * shift) * of_a
pairs = bracket(spectrum * shift * weights) + quotients / np.subtract.outer(ridges, 0.9 * ridges)
mine = (v * one) @ pairs @ (v * np.exp(-0.1 * ridges * tau) * two)
model = unit_model(
    rf.PowerLaw(1.0, 40),
    teacher=rf.Teacher.weights(np.sqrt(weights / 40)),
    test_spectrum=shift * spectrum,
)
found = rf.predict(model, few, many, training=rf.GradientFlow(tau=tau))
equal("18.12, 18.13", "rfscale.predict, teacher and shift", found.signal, mine.real, rel=1e-9)
