r"""
19. Filters, and the best of them
=================================

**The question.** Gradient flow is one way to stop before the end of training. Which others are
there, and which of them has the least test loss?

**What we find.** Flow, descent with momentum or without, repeated ridge regression and principal
components all multiply the eigenvalues of the kernel by a function. The planar test loss of any such
filter is one integral of a square. Its least value is the harmonic mean of what the labels have in
the kernel's eigenvectors. For a power law with :math:`\alpha = 1` a ridge reaches it.

Whatever starts from :math:`\theta = 0` and moves along gradients of the squared training error
yields

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
    below,
    by_order,
    c_of,
    complex_resolution,
    df,
    draw,
    equal,
    identity,
    mixture_traces,
    power_law,
    resolution,
    show,
    two_ridge_traces,
)

import rfscale as rf

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
# :math:`(1 + x)^{-1}\gamma'/(s + \gamma')` at :math:`\gamma' = \gamma(1 + x)` is expanded in x. With
# circles around zero
#
# .. math:: \theta_k = \oint\frac{dx}{2\pi i\,x^{k + 1}}\,\frac{1}{1 - x}\,\theta^*\Big(\gamma +
#           \frac{(1 - x)(1 - \beta x)}{\eta x}\Big), \qquad \theta^{(k)} = \oint\frac{dx}{2\pi
#           i\,x^k}\,\frac{(-1)^{k - 1}}{1 + x}\,\theta^*\big(\gamma(1 + x)\big). \tag{19.3}
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
    power = (-1) ** (k - 1) * expansion.coeff(x_, k - 1)
    identity("19.3", f"ridge regression, {k} times", power - (g_ / (s_ + g_)) ** k)
generating, b_, e_ = sp.symbols("Theta beta eta", positive=True)
recursion = generating * (1 - b_ * x_) * (1 - x_) / x_ + e_ * (s_ + g_) * generating
solved = sp.solve(recursion - e_ / (1 - x_), generating)[0]
at_ridge = 1 / (1 - x_) / (s_ + g_ + (1 - x_) * (1 - b_ * x_) / (e_ * x_))
identity("19.3", "the steps' generating function", solved - at_ridge)
