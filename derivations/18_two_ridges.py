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

In the check the flow is integrated step by step.
"""

import numpy as np
import scipy
import sympy as sp
from common import (
    N,
    T,
    Delta,
    by_order,
    df1,
    df2,
    draw,
    equal,
    identity,
    losses,
    power_law,
    sampled,
    traces,
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
# and with a prime at what belongs to :math:`\gamma'`, except that :math:`\Lambda'` are the variances
# of the test data. The others need no product of two resolvents: with :math:`qq' = (q -
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
# No sum over products of the two ridges is left. The noise agrees with (18.3) and (18.6). For W = 1
# :math:`\omega = \mathrm{df}_1`, and :math:`b\,\mathrm{df}_1' - b'\mathrm{df}_1 =
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
equal_ridges = [sp.cancel(f.subs(near)).subs(e, 0) for f in (S, V.subs(near).subs(g, Delta * a * b))]
stated = Delta * T / D * (b * (w - omega_2) + w * (df1 - df2))
identity("18.9", "the signal", equal_ridges[0] - stated)
identity("18.9", "the noise", equal_ridges[1].subs(of_sizes) - losses(N, T, Delta, df1, df2)[1])
isotropic = stated.subs({w: df1, omega_2: df2}).subs(of_sizes)
identity("18.9", "(5.8) for W = 1", isotropic - losses(N, T, Delta, df1, df2)[0])
