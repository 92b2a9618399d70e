r"""
20. The laws of training time
=============================

**The question.** How does the loss of a power law fall with the time of training, where does it
stop, when should one stop, and how should an amount of compute be shared between size and time?

**What we find.** At first :math:`\mathcal{S} \propto \tau^{-\alpha/(1+\alpha)}`, the known law of
undertrained models [Bordelon], [Paquette]; here come its constant, its corrections, and what
follows it. At :math:`\alpha = 1` the loss is a closed form for all N, T and times. With infinitely
many samples, or features, it is one integral of positive terms for every :math:`\alpha`. At N = T
the peak of double descent grows as :math:`\sqrt\tau`. The best use of compute has the constants k
of :math:`\mathcal{S} = k\,\mathcal{C}^{-\alpha/(2+\alpha)}`.

In the units of (18.14), without a ridge and with an isotropic teacher, (18.1) makes of the losses
of two ridges

.. math:: \mathcal{S}(\tau) = \mathcal{L}\Big[\Delta\Delta'\,\frac{d' - d}{\zeta - \zeta'}\Big],
          \quad \mathcal{V}(\tau) = \mathcal{L}\Big[\frac{\zeta'Q' - \zeta Q}{\zeta' - \zeta}\Big],
          \quad \mathcal{L}[f] = \int\!\!\int \frac{d\zeta\,d\zeta'}{(2\pi i)^2}\,
          \frac{e^{(\zeta + \zeta')\tau}}{\zeta\zeta'}\,f, \quad Q = \frac{1}{y_T} - 1, \tag{20.1}

with :math:`d = \mathrm{df}_1 = c\,\Delta^{-s}`, :math:`s = 1/(1 + \alpha)`, (9.5), and
:math:`\Delta y_Ny_T = \zeta`, :math:`y_N = 1 - d/N`, :math:`y_T = 1 - d/T`. In the code n is the
smaller size, x = n/m, and the unknown is the logarithm of :math:`d/(n - d)`; Newton's method leads
from real ridges to those of the contour.
"""

import dataclasses

import mpmath as mp
import numpy as np
import sympy as sp
from common import below, by_order, c_of, equal, identity, unit_model
from scipy.special import erf, gamma

import rfscale as rf
from rfscale.model.training.mixtures import talbot


def resolved(alpha, N, T, ridges):
    """Delta, d, y_N and y_T of a power law at complex ridges (20.1)."""
    n, x = min(N, T), min(N, T) / max(N, T)
    y = np.zeros(len(ridges), dtype=complex)
    for turn in [0] * 60 + sorted([*np.linspace(0.0, 1.0, 33)] * 4):
        used, left = -np.log1p(np.exp(-y)), -np.log1p(np.exp(y))
        share = np.exp(used)
        other = 1 - x * share
        miss = np.log(c_of(alpha) / n) - used
        miss = (1 + alpha) * miss + left + np.log(other)
        miss = miss - np.log(abs(ridges)) - 1j * turn * np.angle(ridges)
        step = miss / ((1 + alpha) * np.exp(left) + share + x * share * np.exp(left) / other)
        y = y + step * np.minimum(1, 3 / np.maximum(abs(step), 1e-300))
    pair = (np.exp(left), other) if N <= T else (other, np.exp(left))
    return (c_of(alpha) / (n * share)) ** (1 + alpha), n * share, *pair


def flow(alpha, N, T, tau):
    """S and V (20.1)."""
    z, w = talbot()
    ridges = z / tau
    Delta, d, y_N, y_T = resolved(alpha, N, T, ridges)
    v = w * np.exp(z) / z
    Delta, d, y_N, y_T, g, v = (
        np.concatenate([part, np.conj(part)]) for part in (Delta, d, y_N, y_T, ridges, v)
    )
    own = np.eye(len(g), dtype=bool)
    apart = np.where(own, 1, g[:, None] - g)
    slope = y_N * y_T + d / (1 + alpha) * (y_T / N + y_N / T)  # of the ridge by log Delta, /Delta
    of_d = -d / (1 + alpha) / (Delta * slope)
    S = np.where(own, of_d, (d[:, None] - d) / apart)
    f = g * (1 / y_T - 1)
    of_f = (1 / y_T - 1) + g / y_T**2 * of_d / T
    V = np.where(own, of_f, (f[:, None] - f) / apart)
    return np.array([-(v * Delta) @ S @ (v * Delta), v @ V @ v]).real


def endless(alpha):
    """A power law of very many directions."""
    return unit_model(rf.PowerLaw(alpha, 10**18))


for N, T in ((50.0, 90.0), (90.0, 50.0)):
    without = N * T / abs(T - N) * (c_of(1.3) / min(N, T)) ** 2.3  # (7.2)
    equal("20.1", f"the end of training, N = {N:g}", flow(1.3, N, T, 1e8)[0], without, 1e-5)

# %%
# Two rules
# ---------
# The spectrum of the kernel is positive, so functions of time are sums of :math:`e^{-\lambda\tau}`,
# and their transforms of :math:`1/(\zeta + \lambda)`. Two kinds of quotients need no double
# integral. For any :math:`f(\zeta)`, the transform of a function of one time,
#
# .. math:: \mathcal{L}\Big[\zeta\zeta'\,\frac{f' - f}{\zeta - \zeta'}\Big] = F(2\tau), \quad F
#           \leftrightarrow f, \qquad \mathcal{L}\Big[\frac{\zeta'f' - \zeta f}{\zeta' -
#           \zeta}\Big] = 2I(\tau) - I(2\tau), \quad I \leftrightarrow f/\zeta. \tag{20.2}
#
# The first is :math:`e^{-\lambda(t + t')}` at equal times, the second :math:`(1 - e^{-\lambda
# t})(1 - e^{-\lambda t'})/\lambda`. So the noise is always a single integral, as in (18.18), and
# the signal where :math:`\Delta\Delta'(d' - d)` is of the first kind.

z_, z_2, l_ = sp.symbols("zeta zeta' lambda", positive=True)
f_, f_2 = 1 / (z_ + l_), 1 / (z_2 + l_)
identity(
    "20.2",
    "of each exponential",
    (f_2 - f_) / (z_ - z_2) - f_ * f_2,
    (z_2 * f_2 - z_ * f_) / (z_2 - z_) / (z_ * z_2) - l_ * f_ * f_2 / (z_ * z_2),
)

# %%
# A sum and its integral
# ----------------------
# The sum over J is its integral less one half (9.14), :math:`d = c\,\Delta^{-s} - \frac12`. Then
# :math:`N - d = N + \frac12 - c\,\Delta^{-s}`, and likewise for T: the fixed point is that of
# sizes larger by one half, at the same :math:`t = \tau/NT`. In (18.8) the differences of d are
# unchanged, and with the factors NT and T in front
#
# .. math:: \mathcal{S} = \frac{NT}{(N + \frac12)(T + \frac12)}\,\mathcal{S}^{(N + \frac12,\, T +
#           \frac12)}, \qquad 1 + \mathcal{V} = \frac{T}{T + \frac12}\,\big[1 +
#           \mathcal{V}^{(N + \frac12,\, T + \frac12)}\big], \tag{20.3}
#
# with one half more. Early times see large :math:`\Delta`, where the integral is less good. For
# N = T = :math:`\infty` the sum is (18.15). What its integral misses are, by Poisson's formula,
# the integrals of :math:`J^{-a} e^{2\pi i J - 2\tau J^{-a}}`, a = 1 + :math:`\alpha`. The exponent
# is stationary at :math:`J^{a+1} = ia\tau/\pi`, where its real part is
#
# .. math:: -2\pi\,\frac{a + 1}{a}\,\Big(\frac{a\tau}{\pi}\Big)^{1/(a+1)} \sin\frac{\pi}{2(a + 1)}.
#           \tag{20.4}
#
# The noise has :math:`\tau` where the signal has :math:`2\tau`. The package takes the larger
# error, that of :math:`\tau/2` here, times 6.


def of_sum(losses, N, T):
    """Losses of sizes N - 1/2 and T - 1/2 from those of the integral (20.3)."""
    return np.array(
        [losses[0] * (1 - 0.5 / N) * (1 - 0.5 / T), losses[1] * (1 - 0.5 / T) - 0.5 / T]
    )


def package(formula, alpha, N, T, tau):
    """A closed form of the package at N - 1/2 and T - 1/2, and at the same t."""
    return formula(endless(alpha), N - 0.5, T - 0.5, tau * (1 - 0.5 / N) * (1 - 0.5 / T))


for N, T in ((50.0, 90.0), (90.0, 50.0)):
    ends = rf.asymptotics.ridgeless(endless(1.3), N - 0.5, T - 0.5)
    equal("20.3", "the end of training", of_sum(flow(1.3, N, T, 1e8), N, T), ends, 1e-5)
    path = rf.GradientFlow(tau=3e4 * (1 - 0.5 / N) * (1 - 0.5 / T))
    middle = rf.predict(endless(1.3), N - 0.5, T - 0.5, training=path)
    both = middle.signal, middle.noise
    equal("20.1, 20.3", "rfscale.predict", both, of_sum(flow(1.3, N, T, 3e4), N, T), 1e-6)
J_, tau_, a_ = sp.symbols("J tau a", positive=True)
exponent = 2 * sp.pi * sp.I * J_ - 2 * tau_ * J_**-a_
slope = sp.diff(exponent, J_) * J_ - 2 * sp.pi * sp.I * J_
identity("20.4", "stationary", slope - 2 * a_ * tau_ * J_**-a_)
place = sp.exp(sp.I * sp.pi / 2 / (a_ + 1)) * J_
there = exponent.subs(J_, place).subs(tau_, sp.pi * J_ ** (a_ + 1) / a_).subs({a_: 1.3, J_: 1.7})
at_place = -2 * np.pi * 2.3 / 1.3 * 1.7 * np.sin(np.pi / 4.6)
equal("20.4", "the exponent", float(sp.re(sp.N(there))), at_place)
for alpha, tau in ((0.5, 3.0), (1.0, 8.0), (2.0, 60.0)):
    J, a = np.arange(1.0, 2e6), 1 + alpha
    total = np.sum(J**-a * np.exp(-2 * tau * J**-a)) + 2e6**-alpha / alpha
    whole = rf.asymptotics.population_flow(endless(alpha), np.inf, tau)
    stationary = (a * tau / np.pi) ** (1 / (a + 1))
    missed = np.exp(-2 * np.pi * (1 + 1 / a) * np.sin(np.pi / (2 * a + 2)) * stationary)
    below("20.4", f"the integral, alpha = {alpha}", abs(whole / total - 1), 6 * missed)

# %%
# Early times
# -----------
# As long as few directions are learned, d is small beside N and T. With :math:`\epsilon = 1/N +
# 1/T`, :math:`\Delta = \zeta\,(1 + \epsilon d_0)` and, by (4.8), :math:`d = d_0 - \epsilon
# d_0\,(\mathrm{df}_1 - \mathrm{df}_2)` to first order, all at :math:`\Delta = \zeta` on the right.
# For any spectrum the signal is then of the first kind in (20.2),
#
# .. math:: \mathcal{S}(\tau) = F(2\tau), \qquad F \leftrightarrow \mathrm{df}_1 + \Big(\frac1N +
#           \frac1T\Big)\,\mathrm{df}_1\mathrm{df}_2 + \dots, \tag{20.5}
#
# and features and samples count alike. For a power law :math:`\mathrm{df}_2 = (1 - s)\,
# \mathrm{df}_1`, and the transform of :math:`\tau^{p-1}/\Gamma(p)` is :math:`\zeta^{-p}`:
#
# .. math:: \mathcal{S} = \frac{c\,(2\tau)^{s-1}}{\Gamma(s)} + \Big(\frac1N + \frac1T\Big)
#           \frac{(1 - s)\,c^2\,(2\tau)^{2s-1}}{\Gamma(2s)} + \dots \tag{20.6}
#
# The exponent 1 - s is :math:`\alpha/(1+\alpha)`, and :math:`c/\Gamma(s) = s\,\Gamma(1-s)`. For
# the noise :math:`Q = d/T + d^2/T^2`, the second kind in (20.2):
#
# .. math:: T\,\mathcal{V} = \frac{(2 - 2^s)\,c\,\tau^s}{\Gamma(1+s)} + \Big[\frac1T - s\Big(\frac1N
#           + \frac1T\Big)\Big] \frac{(2 - 4^s)\,c^2\,\tau^{2s}}{\Gamma(1+2s)} + \dots \tag{20.7}
#
# A teacher with a source condition, :math:`W_J = J^{-\beta}`, has the integral of (18.15):
#
# .. math:: \mathcal{S} = \int_0^\infty J^{-a-\beta}\,e^{-2\tau J^{-a}}\,dJ = s\,\Gamma(e)\,
#           (2\tau)^{-e}, \qquad e = \frac{\alpha + \beta}{1 + \alpha} > 0. \tag{20.8}

eps, d_, d_2, e_, e_2 = sp.symbols("epsilon d d' e e'", positive=True)  # e is df2
learned = d_ - eps * d_ * (d_ - e_), d_2 - eps * d_2 * (d_2 - e_2)
resolution = z_ * (1 + eps * d_), z_2 * (1 + eps * d_2)
signal = sp.diff(resolution[0] * resolution[1] * (learned[1] - learned[0]), eps).subs(eps, 0)
identity("20.5", "the first order", signal - z_ * z_2 * (d_2 * e_2 - d_ * e_))


def early(alpha, N, T, tau):
    s, c = 1 / (1 + alpha), c_of(alpha)
    shared = 1 / N + 1 / T
    S = c * (2 * tau) ** (s - 1) / gamma(s)
    S = S + shared * (1 - s) * c**2 * (2 * tau) ** (2 * s - 1) / gamma(2 * s)
    V = (2 - 2**s) * c * tau**s / gamma(1 + s)
    V = V + (1 / T - s * shared) * (2 - 4**s) * c**2 * tau ** (2 * s) / gamma(1 + 2 * s)
    return np.array([S, V / T])


for alpha, N, T in ((0.6, 3e5, 2e5), (1.6, 4e5, 9e5)):
    times = np.array([1e5, 1e4]) if alpha < 1 else np.array([1e8, 1e7])
    gaps = np.array([early(alpha, N, T, tau) / flow(alpha, N, T, tau) - 1 for tau in times])
    for tag, gap in zip(("20.6", "20.7"), gaps.T, strict=True):
        by_order(
            tag, f"what is left out, alpha = {alpha}", times ** (-1 / (1 + alpha)), gap, 2, 0.2
        )
    theirs = package(rf.asymptotics.undertrained_loss, alpha, N, T, times[1])
    halves = of_sum(early(alpha, N, T, times[1]), N, T)
    equal("20.3, 20.6-20.7", f"rfscale, alpha = {alpha}", theirs, halves)
for alpha, beta in ((0.8, 0.4), (1.5, -0.6)):
    e = (alpha + beta) / (1 + alpha)
    places = [0, 1, 5, 30, 1e3, mp.inf]
    value = mp.quad(lambda J, a=1 + alpha, b=beta: J ** (-a - b) * mp.exp(-60 * J**-a), places)
    source = dataclasses.replace(endless(alpha), teacher=rf.SourceCondition(beta))
    theirs = rf.asymptotics.undertrained_loss(source, 1e9, 1e9, 30.0)[0]
    law = gamma(e) * 60**-e / (1 + alpha)
    equal("20.8", f"rfscale, beta = {beta}", [law, theirs], [value, law], rel=1e-7)

# %%
# All times at alpha = 1
# ----------------------
# There :math:`d = h/\sqrt\Delta`, :math:`h = \pi/2`, and the fixed point is
# :math:`(\sqrt\Delta - h/N)(\sqrt\Delta - h/T) = \zeta`, a quadratic equation for
# :math:`\sqrt\Delta`. With its root, the quotients of (20.1) are those of :math:`\rho`:
#
# .. math:: \sqrt\Delta = A + \rho, \quad \rho = \sqrt{\zeta + B^2}, \quad A, B = \frac
#           h2\Big(\frac1N \pm \frac1T\Big): \qquad \mathcal{S} = \mathcal{L}\Big[h\,\frac{(A +
#           \rho)(A + \rho')}{\rho + \rho'}\Big], \quad \mathcal{V} = \frac hT\,
#           \mathcal{L}\Big[\frac{1}{\rho + \rho'}\Big]. \tag{20.9}
#
# Let E be the function with the transform :math:`\rho/\zeta`, and K its integral. The noise is
# of the second kind in (20.2), with :math:`\zeta f = \rho`:
#
# .. math:: \mathcal{V}(\tau) = \frac hT\,\big[2K(\tau) - K(2\tau)\big], \qquad E(\tau) =
#           |B|\,\mathrm{erf}\,y + \frac{e^{-y^2}}{\sqrt{\pi\tau}}, \quad y = |B|\sqrt\tau, \qquad
#           K = \sqrt\tau\,\Big[y\,\mathrm{erf}\,y + \frac{e^{-y^2}}{\sqrt\pi} +
#           \frac{\mathrm{erf}\,y}{2y}\Big]. \tag{20.10}
#
# In the signal :math:`\rho\rho' = \frac12(\rho + \rho')^2 - B^2 - \frac12(\zeta + \zeta')`, and
# :math:`A^2 - B^2 = h^2/NT`. The term :math:`\frac12(\rho + \rho')` is E. A factor :math:`\zeta +
# \zeta'` is a derivative along equal times, so that the last term is half the slope of
# :math:`2K(\tau) - K(2\tau)`, that is :math:`E(\tau) - E(2\tau)`. What is left is short:
#
# .. math:: \mathcal{S}(\tau) = h\,\big[A + E(2\tau)\big] + \frac{h^2}{N}\,\mathcal{V}(\tau).
#           \tag{20.11}
#
# What N features do not resolve acts as label noise of strength :math:`h^2/N`, which is learned as
# any other noise. For N = T
#
# .. math:: N = T: \quad \mathcal{S} = \frac hN\,\Big[h + \frac{N}{\sqrt{2\pi\tau}}\Big] +
#           \frac{h^2}{N}\,\mathcal{V}, \qquad \mathcal{V} = \frac{2(2 - \sqrt2)\,h}{N}
#           \sqrt{\frac\tau\pi}. \tag{20.12}

h_, A_, B_, r_, r_2, N_, T_ = sp.symbols("h A B rho rho' N T", positive=True)
halves = {A_: h_ * (1 / N_ + 1 / T_) / 2, B_: h_ * (1 / N_ - 1 / T_) / 2}
root, root_2 = A_ + r_, A_ + r_2
y_T, y_T2 = 1 - h_ / T_ / root, 1 - h_ / T_ / root_2
at_rho = {z_: r_**2 - B_**2, z_2: r_2**2 - B_**2}
of_d = (root * root_2) ** 2 * (h_ / root_2 - h_ / root) / (z_ - z_2)
of_Q = (z_2 * (1 / y_T2 - 1) - z_ * (1 / y_T - 1)) / (z_2 - z_)
identity(
    "20.9",
    "the fixed point and both quotients",
    ((root - h_ / N_) * (root - h_ / T_) - z_).subs(at_rho).subs(halves),
    (of_d - h_ * root * root_2 / (r_ + r_2)).subs(at_rho),
    (of_Q - h_ / T_ / (r_ + r_2)).subs(at_rho).subs(halves),
)
split = A_ + (r_ + r_2) / 2 + (A_**2 - B_**2 - (z_ + z_2) / 2) / (r_ + r_2)
identity(
    "20.11",
    "the terms",
    (root * root_2 / (r_ + r_2) - split).subs(at_rho),
    (A_**2 - B_**2 - h_**2 / (N_ * T_)).subs(halves),
)
t_, y_ = sp.symbols("t y", positive=True)
E_of = B_ * sp.erf(B_ * sp.sqrt(t_)) + sp.exp(-(B_**2) * t_) / sp.sqrt(sp.pi * t_)
K_of = sp.sqrt(t_) * (y_ * sp.erf(y_) + sp.exp(-(y_**2)) / sp.sqrt(sp.pi) + sp.erf(y_) / (2 * y_))
identity("20.10", "E is the slope of K", sp.diff(K_of.subs(y_, B_ * sp.sqrt(t_)), t_) - E_of)
E_at = sp.lambdify(t_, E_of.subs(B_, sp.Rational(7, 5)), "mpmath")
for z in (mp.mpf("0.4"), mp.mpf(3)):
    value = mp.quad(lambda t, z=z: 2 * t * mp.exp(-z * t**2) * E_at(t**2), [0, 1, 3, 9, mp.inf])
    equal("20.10", "the transform of E", value, mp.sqrt(z + mp.mpf("1.96")) / z)


def E(N, T, tau):
    y = np.pi / 4 * abs(1 / N - 1 / T) * np.sqrt(tau)
    return y / np.sqrt(tau) * erf(y) + np.exp(-(y**2)) / np.sqrt(np.pi * tau)


def V_one(N, T, tau):
    def K(tau):
        y = np.pi / 4 * abs(1 / N - 1 / T) * np.sqrt(tau)
        return np.sqrt(tau) * (y * erf(y) + np.exp(-(y**2)) / np.sqrt(np.pi) + erf(y) / (2 * y))

    return np.pi / 2 / T * (2 * K(tau) - K(2 * tau))


def both_one(N, T, tau):
    """S (20.11) and V (20.10)."""
    plateau = np.pi / 4 * (1 / N + 1 / T)
    noise = np.pi**2 / 4 / N * V_one(N, T, tau)
    return np.array([np.pi / 2 * (plateau + E(N, T, 2 * tau)) + noise, V_one(N, T, tau)])


for N, T, tau in ((200, 300, 2e4), (300, 200, 4e5), (200, 201, 3e4)):
    closed = both_one(N, T, tau)
    equal("20.10-20.11", f"the contour, N, T = {N}, {T}", closed, flow(1.0, N, T, tau))
    theirs = package(rf.asymptotics.flow_alpha_one, 1.0, N, T, tau)
    equal("20.3, 20.9-20.11", "rfscale", theirs, of_sum(closed, N, T))
same = 2 * (2 - np.sqrt(2)) * np.pi / 2 / 50 * np.sqrt(700 / np.pi)
peak = np.pi / 2 / 50 * (np.pi / 2 + 50 / np.sqrt(1400 * np.pi)) + np.pi**2 / 4 / 50 * same
equal("20.12", "N = T", [peak, same], flow(1.0, 50, 50, 700))
theirs = package(rf.asymptotics.flow_alpha_one, 1.0, 50, 50, 700)
equal("20.12", "rfscale", theirs, of_sum([peak, same], 50, 50))

# %%
# The best time
# -------------
# The slope of E is :math:`-e^{-y^2}/2\sqrt\pi\,\tau^{3/2}`. With label noise of strength
# :math:`\eta` (12.9), :math:`\mathcal{S} + \eta\mathcal{V}` has no slope where
#
# .. math:: \frac{2}{T}\Big(\frac{h^2}{N} + \eta\Big)\,\big[E(\tau) - E(2\tau)\big] =
#           \frac{e^{-2y^2}}{\sqrt\pi\,(2\tau)^{3/2}}. \tag{20.13}
#
# The left side over the right rises with :math:`\tau`, from 0 to infinity unless T is infinite, or
# N is and there is no noise. There the loss falls for ever; else stopping early is better. At N = T
#
# .. math:: \tau^* = \frac{N^2}{4(\sqrt2 - 1)(h^2 + \eta N)}, \qquad \eta = 0: \quad \tau^* =
#           0.2446\,N^2, \quad \mathcal{S} = \Big[\frac12 + \sqrt{\frac{2\sqrt2 - 2}{\pi}}\,\Big]
#           \frac{2h^2}{N}, \tag{20.14}
#
# 1.0135 times the loss at the best ridge (12.19): nearly as good, and never better, as the best
# ridge is the best of all filters at :math:`\alpha = 1` (step 19).

slope = sp.diff(E_of, t_)
identity("20.13", "E", slope + sp.exp(-(B_**2) * t_) / (2 * sp.sqrt(sp.pi * t_) * t_))


def best_time(N, T, eta):
    """The package's best time and loss, for sizes of the integral and for one J of weight one."""
    larger = 1 - 0.5 / N, 1 - 0.5 / T
    sigmas = {"sigma_w": np.sqrt(2e18), "sigma_eps": np.sqrt(2 * eta * larger[0])}
    noisy = rf.ScalingModel(rf.PowerLaw(1.0, 10**18), **sigmas)
    tau, loss = rf.asymptotics.best_time_alpha_one(noisy, N - 0.5, T - 0.5)
    return tau / np.prod(larger), loss / np.prod(larger)


for N, T, eta in ((80, 120, 0.0), (120, 80, 0.02), (80.0, 80.0001, 0.0)):
    tau = best_time(N, T, eta)[0]
    y = np.pi / 4 * abs(1 / N - 1 / T) * np.sqrt(tau)
    left = 2 / T * (np.pi**2 / 4 / N + eta) * (E(N, T, tau) - E(N, T, 2 * tau))
    right = np.exp(-2 * y**2) / np.sqrt(np.pi) / (2 * tau) ** 1.5
    equal("20.13", f"rfscale, N, T = {N}, {T}, eta = {eta}", left, right)
    near = [np.dot(flow(1.0, N, T, share * tau), [1, eta]) for share in (0.9, 1.0, 1.1)]
    below("20.13", "a minimum of the contour", near[1] / np.array([near[0], near[2]]), 1)
for eta in (0.0, 0.05):
    formula = 80**2 / 4 / (np.sqrt(2) - 1) / (np.pi**2 / 4 + eta * 80)
    equal("20.14", f"rfscale at N = T, eta = {eta}", best_time(80, 80, eta)[0], formula)
times_best = 0.5 + np.sqrt((2 * np.sqrt(2) - 2) / np.pi)
equal("20.14", "the loss there", best_time(80, 80, 0.0)[1], times_best * np.pi**2 / 2 / 80)
numbers = best_time(80, 80, 0.0)[0] / 80**2, times_best
equal("20.14", "in numbers", [round(number, 4) for number in numbers], [0.2446, 1.0135])

# %%
# One resource, all times
# -----------------------
# On the spectrum :math:`\zeta = -\sigma` is negative. Let :math:`\varphi` be the angle of
# :math:`\Delta` there, from 0 at the lower edge to :math:`\pi`. Then d has the angle
# :math:`-s\varphi`, and :math:`\Delta y_Ny_T` the angle :math:`\pi`: with r = \|d\|
#
# .. math:: \sin\varphi - \Big(\frac1N + \frac1T\Big)\,r\,\sin(1-s)\varphi + \frac{r^2}{NT}
#           \sin(1-2s)\varphi = 0, \qquad T = \infty: \quad r = \frac{N\sin\varphi}{\sin(1 -
#           s)\varphi}. \tag{20.15}
#
# For T = :math:`\infty` the signal is of the first kind in (20.2): :math:`\Delta = \zeta/y_N`,
# and :math:`d'/y_N' - d/y_N = (d' - d)/y_Ny_N'`. So F has the transform :math:`d/y_N`, a density
# on the spectrum beside a pole at zero, the plateau. The triangle of N, d and N - d has the angles
# :math:`s\varphi`, :math:`(1-s)\varphi` and :math:`\pi - \varphi`, so that :math:`|y_N| =
# \sin s\varphi/\sin(1-s)\varphi`, and
#
# .. math:: \mathcal{S} = C N^{-\alpha} + \int_0^\pi \frac{d\varphi}{\pi}\, w\,
#           \frac{d\hat\sigma}{d\varphi}\, e^{-2\tau\hat\sigma/N}, \qquad w =
#           \frac{\sin\varphi\,\sin(1-s)\varphi}{\sin s\varphi}, \qquad \hat\sigma =
#           N\,\Big(\frac cr\Big)^{1+\alpha} \frac{\sin s\varphi}{\sin(1-s)\varphi}, \tag{20.16}
#
# positive throughout. By duality it is the signal at N = :math:`\infty` with T for N. The noise
# there has :math:`Q = d/Ty_T`, the same density, and by the second rule
#
# .. math:: \mathcal{V} = \int_0^\pi \frac{d\varphi}{\pi}\, w\,\frac{d\hat\sigma}{d\varphi}\,
#           \frac{(1 - e^{-\tau\hat\sigma/T})^2}{\hat\sigma} \qquad (N = \infty). \tag{20.17}
#
# Expanded in powers of the time it is a series. From :math:`d = c\,\zeta^{-s}(1 - d/N)^s` it
# follows by Lagrange's inversion,
#
# .. math:: \mathcal{S} = \frac{N}{2\tau}\sum_{k=1}^\infty \frac{b_k}{\Gamma(sk)}
#           \Big(\frac{c\,(2\tau)^s}{N}\Big)^k, \qquad b_k = \frac{(-1)^{k-1}}{k}\binom{sk-2}{k-1},
#           \tag{20.18}
#
# which converges at all times. Its terms alternate: 16 digits are enough up to :math:`\tau =
# N^{1+\alpha}`, where they nearly are those of the plateau, and of no use at 30 times that.


def on_the_curve(alpha, N, T, angle):
    """r and zeta of (20.15), and the imaginary part of 1/y_T below the axis."""
    s, x = 1 / (1 + alpha), 1 / N + 1 / T
    linear = x * np.sin((1 - s) * angle)
    square = np.sin((1 - 2 * s) * angle) / N / T
    r = 2 * np.sin(angle) / (linear + np.sqrt(linear**2 - 4 * square * np.sin(angle)))
    Delta = (c_of(alpha) / r) ** (1 + alpha) * np.exp(1j * angle)
    d = r * np.exp(-1j * s * angle)
    return r, Delta * (1 - d / N) * (1 - d / T), -(1 / (1 - d / T)).imag


def density(alpha, N, T):
    """Eigenvalues sigma > 0, and their masses Im 1/(pi y_T), in steps of log(phi/(pi - phi))."""
    v = np.arange(-16, 46, 0.04)
    ends = [on_the_curve(alpha, N, T, np.pi / (1 + np.exp(-v - e)))[1].real for e in (-1e-4, 1e-4)]
    _, zeta, weight = on_the_curve(alpha, N, T, np.pi / (1 + np.exp(-v)))
    return -zeta.real, weight * (ends[0] - ends[1]) / 2e-4 * 0.04 / np.pi


angles = np.linspace(0.3, 2.9, 7)
for alpha, N, T in ((0.6, 30.0, 50.0), (1.7, 50.0, 50.0), (1.7, 1e300, 50.0)):
    r, zeta, weight = on_the_curve(alpha, N, T, angles)
    equal(
        "20.15", f"the curve, alpha = {alpha}, N = {N:g}", 1 + zeta.imag / zeta.real, 1 + 0 * angles
    )
    sigma, mass = density(alpha, N, T)
    noise = np.sum(mass / sigma * np.expm1(-300 * sigma) ** 2)
    equal("20.15, 20.17", "the noise, any N and T", noise, flow(alpha, N, T, 300)[1], 1e-7)
s_ = 1 / 2.7
equal("20.15", "N infinite", r, 50 * np.sin(angles) / np.sin((1 - s_) * angles))
sine = np.sin((1 - s_) * angles) / np.sin(s_ * angles)
equal(
    "20.16",
    "w and the eigenvalue",
    [weight, -50 * zeta.real],
    [np.sin(angles) * sine, 50 * (c_of(1.7) / r) ** 2.7 / sine],
)


def series(alpha, N, tau, digits=60):
    """(20.18)."""
    with mp.workdps(digits):
        s = 1 / (1 + mp.mpf(alpha))
        c = mp.pi * s / mp.sin(mp.pi * s)
        u = c * (2 * mp.mpf(tau)) ** s / N
        b = [mp.binomial(s * k - 2, k - 1) / k * (-1) ** (k - 1) for k in range(1, 161)]
        terms = [b_k * u**k * mp.rgamma(s * k) for k, b_k in enumerate(b, 1)]
        return N / (2 * mp.mpf(tau)) * mp.fsum(terms)


for alpha, tau in ((0.4, 30.0), (1.3, 30.0), (1.3, 3e3), (2.2, 3e5)):
    sigma, mass = density(alpha, 1e300, 40.0)
    plateau = c_of(alpha) ** (1 + alpha) * 40**-alpha
    S = plateau + 40 * np.sum(mass * np.exp(-2 * tau * sigma))
    V = np.sum(mass / sigma * np.expm1(-tau * sigma) ** 2)
    equal(
        "20.16-20.17", f"the contour, alpha = {alpha}", [S, V], flow(alpha, 1e300, 40.0, tau), 1e-7
    )
    equal("20.18", f"the series, alpha = {alpha}", S, series(alpha, 40, tau), 1e-8)
    theirs = rf.asymptotics.population_flow(endless(alpha), 39.5, tau * 39.5 / 40)
    equal("20.3, 20.15-20.16, 20.18", "rfscale", theirs, series(alpha, 40, tau) * 39.5 / 40, 1e-12)
    theirs = rf.asymptotics.kernel_flow(endless(alpha), 39.5, tau * 39.5 / 40)
    equal("20.16-20.17", "rfscale, N infinite", theirs, of_sum([S, V], 1e300, 40.0), 1e-7)

slopes = (0.4, 1.3, 3.0)
few = [series(alpha, 1, 1.0, digits=16) for alpha in slopes]
equal("20.18", "in 16 digits", few, [series(alpha, 1, 1.0) for alpha in slopes])

# %%
# Late times
# ----------
# The lower edge of the spectrum is where two complex branches of :math:`\Delta` meet, where
# :math:`\zeta` is stationary. With :math:`\Delta\,\partial d/\partial\Delta = -sd`, as in step
# 12,
#
# .. math:: NT - (1-s)(N + T)\,d_e + (1 - 2s)\,d_e^2 = 0, \qquad \sigma_e =
#           \frac{s_\mathrm{min}}{NT} = \frac{1}{NT}\Big(\frac{c}{d_e}\Big)^{1+\alpha} (d_e - N)(T -
#           d_e), \tag{20.19}
#
# with :math:`d_e` between N and T. Near it :math:`\zeta = -\sigma_e + \frac12\zeta_2
# (\delta\log\Delta)^2`, so that d has the imaginary part :math:`s d_e \sqrt{2(\sigma -
# \sigma_e)/\zeta_2}`. Let N < T. In (18.18) :math:`B` tends to :math:`B_\infty = N\Delta_0` and k
# to zero. The plateau is :math:`B_\infty[1 + I(\infty)]`, and to first order in :math:`e^{-\tau
# \sigma_e}` what is missing is :math:`2B_\infty\int_\tau^\infty k`, the integral of
# :math:`2B_\infty\,e^{-\tau\sigma}/\sigma` over the density of Q. For T < N the same follows by
# duality, with n and m for N and T:
#
# .. math:: \mathcal{S} = \frac{Cn^{-\alpha}}{1 - n/m} - 2Cn^{-\alpha} X_m, \qquad X_m =
#           \frac{s d_e\,m}{2\sqrt\pi\,(m - d_e)^2} \sqrt{\frac{2}{\zeta_2}}\,
#           \frac{e^{-\tau\sigma_e}}{\sigma_e\,\tau^{3/2}}, \tag{20.20}
#
# .. math:: \mathcal{V} = \mathcal{V}_\infty - 2X_T, \qquad \zeta_2 = \frac{s d_e}{NT}
#           \Big(\frac{c}{d_e}\Big)^{1+\alpha} \big[(1-s)(N+T) - 2(1-2s)\,d_e\big]. \tag{20.21}
#
# The signal comes from below: it has been less before. Where m is infinite :math:`X_m` vanishes;
# by (20.16) the signal then comes from above, as :math:`e^{-2\tau\sigma_e}`.

log_ = sp.Symbol("L")
d_of = sp.Function("d")(log_)
of_flow = {sp.diff(d_of, log_): -d_of / (1 + sp.Symbol("alpha", positive=True))}
zeta_of = sp.exp(log_) * (1 - d_of / N_) * (1 - d_of / T_)
first = sp.diff(zeta_of, log_).subs(of_flow)
second = sp.diff(first, log_).subs(of_flow)
s_ = 1 / (1 + sp.Symbol("alpha", positive=True))
quadratic = N_ * T_ - (1 - s_) * (N_ + T_) * d_of + (1 - 2 * s_) * d_of**2
bend = s_ * d_of * ((1 - s_) * (N_ + T_) - 2 * (1 - 2 * s_) * d_of)
plain = {d_of: d_}
identity(
    "20.19", "the slope of the ridge", (first - sp.exp(log_) * quadratic / N_ / T_).subs(plain)
)
identity(
    "20.21",
    "its curvature at the edge",
    (second - first - sp.exp(log_) * bend / N_ / T_).subs(plain),
)


def edge(alpha, N, T):
    """d_e, sigma_e and zeta_2 (20.19), (20.21)."""
    s = 1 / (1 + alpha)
    roots = np.roots([1 - 2 * s, -(1 - s) * (N + T), N * T])
    d_e = roots[(roots > min(N, T)) & (roots < max(N, T))][0]
    Delta = (c_of(alpha) / d_e) ** (1 + alpha) / N / T
    curvature = s * d_e * Delta * ((1 - s) * (N + T) - 2 * (1 - 2 * s) * d_e)
    return d_e, Delta * (d_e - N) * (T - d_e), curvature


def missing(alpha, N, T, size, tau):
    """X (20.20)."""
    d_e, sigma, curvature = edge(alpha, N, T)
    in_d = d_e / (1 + alpha) * np.sqrt(2 / curvature) * size / (size - d_e) ** 2
    return in_d * np.exp(-tau * sigma) / (2 * np.sqrt(np.pi) * sigma * tau**1.5)


for alpha, N, T in ((0.6, 30.0, 50.0), (1.7, 80.0, 50.0)):
    sigma, mass = density(alpha, N, T)
    sigma_e = edge(alpha, N, T)[1]
    equal("20.19", f"the least eigenvalue, alpha = {alpha}", sigma_e, sigma[0], 1e-10)
    late = np.array([100.0, 200.0])
    sums = [np.sum(mass / sigma * np.exp(-x / sigma_e * sigma)) for x in late]
    gaps = missing(alpha, N, T, T, late / sigma_e) / sums - 1
    by_order("20.20-20.21", "X by its integral", late, gaps, 1, 0.05)
    tau = 12 / sigma_e
    n, m = min(N, T), max(N, T)
    C = c_of(alpha) ** (1 + alpha) * n**-alpha
    V_end = n / (m - n) + (alpha if T < N else 0)
    of_m, of_T = (
        np.sum(mass / sigma * np.exp(-tau * sigma))
        for sigma, mass in (density(alpha, n, m), density(alpha, N, T))
    )
    both = np.array([C * m / (m - n), V_end]) - flow(alpha, N, T, tau)
    for tag, left, right in zip(("20.20", "20.21"), both, (2 * C * of_m, 2 * of_T), strict=True):
        below(tag, "what is missing at a late time", abs(left / right - 1), 20 * np.exp(-12))
    theirs = package(rf.asymptotics.plateau_approach, alpha, N, T, tau)
    law = [C * m / (m - n), V_end]
    law = law - np.array([2 * C * missing(alpha, N, T, m, tau), 2 * missing(alpha, N, T, T, tau)])
    equal("20.19-20.21", f"rfscale, alpha = {alpha}", theirs, of_sum(law, N, T))

# %%
# The peak
# --------
# At N = T there is no edge above zero. For a small ridge let :math:`u^2 = \zeta/\Delta_0` and
# :math:`s_0 = \mathrm{df}_1 - \mathrm{df}_2` at :math:`\Delta_0`. By (4.8) :math:`N y_N =
# s_0\,\delta` to first order in :math:`\delta = \log(\Delta/\Delta_0)`, and the fixed point is
# :math:`y_N = u\,e^{-\delta/2}`, for any spectrum with M > N. To the order next to the leading
# one both quotients of (20.1) are
#
# .. math:: \mathcal{S} = N\Delta_0\,(1 + \mathcal{V}), \qquad 1 + \mathcal{V} = \frac{1}{u + u'} +
#           \frac{N}{2s_0} + O(u). \tag{20.22}
#
# (20.9) at B = 0 has told us the transform of the first term:
#
# .. math:: 1 + \mathcal{V}(\tau) = 2(2 - \sqrt2)\,\sqrt{\frac{\Delta_0\tau}{\pi}} +
#           \frac{N}{2s_0} + O(\tau^{-1/2}), \qquad \mathcal{S}(\tau) =
#           N\Delta_0\,\big[1 + \mathcal{V}(\tau)\big]. \tag{20.23}
#
# Signal and noise grow with the root of the time, without end. The peak of a ridge (8.5) has
# :math:`1/2u` in its place, so that the flow stands for the ridge with
#
# .. math:: \gamma\,t = \frac{\pi}{16(2 - \sqrt2)^2} = 0.572. \tag{20.24}

u_, u_2, s_0, k_ = sp.symbols("u u' s_0 kappa", positive=True)  # kappa: second order of df1
delta_of = [N_ * eps * each / s_0 + k_ * (eps * each) ** 2 for each in (u_, u_2)]
y_of = [eps * each * sp.exp(-part / 2) for each, part in zip((u_, u_2), delta_of, strict=True)]
Delta_of = [sp.exp(part) for part in delta_of]
ridges_of = [(eps * each) ** 2 for each in (u_, u_2)]  # in units of Delta_0
of_S = Delta_of[0] * Delta_of[1] * (y_of[0] - y_of[1]) / (ridges_of[0] - ridges_of[1])
of_V = (y_of[0] * ridges_of[1] - y_of[1] * ridges_of[0]) / (
    y_of[0] * y_of[1] * (ridges_of[1] - ridges_of[0])
)
for name, quotient in (("signal", of_S), ("noise", of_V)):
    low = sp.series(sp.expand(eps * quotient), eps, 0, 2).removeO()
    identity("20.22", name, low - 1 / (u_ + u_2) - eps * N_ / 2 / s_0)
for alpha in (0.7, 1.6):
    times = np.array([100.0, 1000.0]) * 50 ** (1 + alpha)
    Delta0 = (c_of(alpha) / 50) ** (1 + alpha)
    p = 2 * (2 - np.sqrt(2)) * np.sqrt(Delta0 * times / np.pi) + (1 + alpha) / 2
    both = np.array([flow(alpha, 50.0, 50.0, tau) for tau in times]).T
    by_order("20.23", f"the signal, alpha = {alpha}", times, 50 * Delta0 * p / both[0] - 1, 1, 0.15)
    by_order("20.23", f"the noise, alpha = {alpha}", times, p / (1 + both[1]) - 1, 1, 0.15)
odd = rf.Eigenvalues([3.0, 2.0, 1.0, 0.5, 0.5, 0.2, 0.1])
resolution = float(rf.predict(unit_model(odd), 4, np.inf).delta)
spread = odd.df(1, resolution) - odd.df(2, resolution)
p = 2 * (2 - np.sqrt(2)) * np.sqrt(resolution * 9e4 / 3 / np.pi) + 4 / 2 / spread
theirs = rf.asymptotics.peak_growth(unit_model(odd), 4, 9e4)
equal("20.22-20.23", "rfscale, another spectrum", theirs, [4 * resolution * p, p - 1], 1e-9)
constant = 4 * resolution * 4 / 2 / spread
factor = np.pi / 16 / (2 - np.sqrt(2)) ** 2
of_ridge = rf.asymptotics.peak(unit_model(odd), 4, factor / (9e4 / 16 / 3))
equal(
    "20.24",
    "rfscale, the peak of a ridge",
    [of_ridge, round(factor, 3)],
    [theirs[0] - constant, 0.572],
)

# %%
# Compute
# -------
# In units of :math:`n^{-(1+\alpha)}` of :math:`\Delta` and :math:`\zeta`, sizes drop out of (20.1)
# if their ratio is fixed. On infinitely many samples, where a unit of :math:`\tau` costs N
# operations, :math:`\mathcal{C} = N\tau`, and with :math:`x = \tau/N^{1+\alpha}`
#
# .. math:: \mathcal{S} = N^{-\alpha} f(x), \qquad \mathcal{C} = x N^{2+\alpha}, \qquad
#           \mathcal{S} = \mathcal{C}^{-\alpha/(2+\alpha)}\, x^{\alpha/(2+\alpha)} f(x), \qquad
#           k = \min_x x^{\alpha/(2+\alpha)} f(x). \tag{20.25}
#
# So the best x is the same for every amount of compute, :math:`N^* =
# (\mathcal{C}/x)^{1/(2+\alpha)}` and :math:`\tau^* = x N^{*\,1+\alpha}`. The exponent
# is known [Bordelon], [Paquette]. f is (20.16). It is not the sum of the plateau and the law
# (20.6), which has its minimum too high, by 21 percent at :math:`\alpha = 1`.
#
# A full batch of T samples costs NT operations. By duality N = T is a stationary share, and it is
# found to be the best one:
#
# .. math:: \mathcal{C} = NT\tau: \qquad N = T, \qquad \mathcal{S} = k\,
#           \mathcal{C}^{-\alpha/(3+\alpha)}. \tag{20.26}


def cost_of(alpha, ratio, x):
    """The loss for one unit of N T tau, (20.26), N = ratio T, at x of the root of N T."""
    root = np.sqrt(ratio)
    return x ** (alpha / (3 + alpha)) * flow(alpha, root, 1 / root, x)[0]


known = {
    0.25: (4.83681, 6.0879),
    0.5: (2.66683, 3.8466),
    1.0: (1.54581, 2.7166),
    2.0: (0.940682, 2.1535),
}
for alpha, ks in known.items():
    x, k = rf.asymptotics.compute_optimal_constants(alpha)
    two = [flow(alpha, N, 1e300, x * N ** (1 + alpha))[0] * N**alpha for N in (1.0, 700.0)]
    power = alpha / (2 + alpha)
    equal("20.25", f"the scaling, and k at alpha = {alpha}", x**power * np.array(two), [k, k], 1e-7)
    beside = [(x * e) ** power * flow(alpha, 1.0, 1e300, x * e)[0] for e in (0.9, 1.1)]
    below("20.25", "the least", k / np.array(beside), 1)
    x_full, k_full = rf.asymptotics.compute_optimal_constants(alpha, "N T tau")
    found = [
        cost_of(alpha, ratio, x_full * e)
        for ratio, e in ((1, 1), (1, 0.9), (1, 1.1), (1.3, 1), (4, 1))
    ]
    equal("20.1, 20.26", "k of a full batch", found[0], k_full, 1e-9)
    below("20.26", "the least, in the share too", k_full / np.array(found[1:]), 1)
    digits = [float(f"{k:.6g}"), round(k_full, 4)]
    equal("20.25-20.26", f"in numbers, alpha = {alpha}", digits, ks)
for tag, cost, power in (("20.25", "N tau", 3), ("20.26", "N T tau", 4)):
    found = rf.asymptotics.compute_optimal_time(endless(1.0), 1e12, cost)
    x, k = rf.asymptotics.compute_optimal_constants(1.0, cost)
    N = (1e12 / x) ** (1 / power)
    equal(
        tag,
        f"rfscale, {cost}",
        [found.N, found.tau / x, found.signal / k],
        [N, N**2, 1e-12 ** (1 / power)],
    )
k = known[1.0][0]
grid = np.geomspace(1e-3, 1e3, 4001)
law = np.pi**2 / 4 + np.sqrt(np.pi) / 2 / np.sqrt(2 * grid)
equal("20.25", "a sum of plateau and law", round(np.min(grid ** (1 / 3) * law) / k, 2), 1.21)
