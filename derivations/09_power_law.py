r"""
9. The power law
================

**The question.** Without ridge the loss needs one number, the Delta at which df1 is n = min(N, T).
How does it depend on n when the spectrum is a power and M is as good as infinite?

**What we find.** :math:`n\Delta = C n^{-\alpha}`: the exponent of the spectrum is the exponent of
the loss [MRS]. The sum over J is its integral minus one half, so n + 1/2 takes the place of n; what
then remains has the relative order :math:`n^{-(2+\alpha)}` or is exponentially small. We derive the
sum exactly first, and expand it then.

In the units of step 1, with :math:`a = 1 + \alpha`, the equation to solve is (4.6) at M = infinity,

.. math:: n = \mathrm{df}_1(\Delta) = \sum_{J=1}^\infty f(J), \qquad f(X) = \frac{1}{1 + \Delta
          X^a}. \tag{9.1}

To check what follows we need this sum without any of it: the first K terms one by one, and the rest
expanded in :math:`1/\Delta J^a`, each power of which sums to a Hurwitz zeta function, also if the
sum ends at a finite M.
"""

import matplotlib.pyplot as plt
import mpmath as mp
import numpy as np
import scipy
import sympy as sp
from common import Delta, by_order, c_of, df2, equal, identity, losses, show, unit_model

import rfscale as rf

mp.mp.dps = 30


def degrees(a, d, M=None, k=1):
    """df_k at Delta = d, summed without the formulas of this step."""
    K = int((20 / d) ** (1 / a)) + 1
    total = sum((1 + d * mp.mpf(J) ** a) ** -k for J in range(1, K + 1))
    for j in range(k, k + 24):
        end = mp.zeta(a * j, M + 1) if M else 0
        total += mp.binomial(-k, j - k) * d**-j * (mp.zeta(a * j, K + 1) - end)
    return total


def resolved(a, n, M=None):
    """Delta, the root of (9.1)."""
    start = -a * mp.log(n)
    return mp.exp(mp.findroot(lambda z: mp.log(degrees(a, mp.exp(z), M) / n), (start, start + 0.5)))


equal(
    "9.1",
    "the sum, term by term",
    degrees(mp.mpf("2.3"), 0.04, 400, 2),
    rf.PowerLaw(1.3, 400).df(2, 0.04),
    1e-13,
)

# %%
# The integral
# ------------
# If f changes little from one J to the next, the sum is close to an integral. Put :math:`t = \Delta
# X^a`, that is :math:`X = (t/\Delta)^s` with :math:`s = 1/a`,
#
# .. math:: \int_0^\infty \frac{dX}{1 + \Delta X^a} = s\,\Delta^{-s} I(s), \qquad
#           I(s) = \int_0^\infty \frac{t^{s-1}}{1 + t}\,dt. \tag{9.2}
#
# It converges for 0 < s < 1. To find I(s), take :math:`t^{s-1}` in the complex plane with its cut
# along the positive axis and :math:`0 < \arg t < 2\pi`. Go out along the upper side of the cut from
# r to R, around the circle of radius R, back along the lower side, where :math:`t^{s-1}` is
# :math:`e^{2\pi i s}` times that above, and around the circle of radius r. The one pole inside is
# :math:`t = e^{i\pi}`, its residue :math:`e^{i\pi(s-1)} = -e^{i\pi s}`:
#
# .. math:: (1 - e^{2\pi i s})\int_r^R \frac{t^{s-1}}{1+t}\,dt + \mathcal{K}(R) - \mathcal{K}(r) =
#           -2\pi i\,e^{i\pi s}, \qquad \mathcal{K}(\rho) = i\int_0^{2\pi} \frac{\rho^s e^{i
#           s\theta}}{1 + \rho\,e^{i\theta}}\,d\theta. \tag{9.3}
#
# :math:`\mathcal{K}(r)` falls as :math:`r^s` and :math:`\mathcal{K}(R)` as :math:`R^{s-1}`. Without
# them,
#
# .. math:: I(s) = \frac{-2\pi i\,e^{i\pi s}}{1 - e^{2\pi i s}} = \frac{\pi}{\sin\pi s}, \tag{9.4}
#
# .. math:: \int_0^\infty f\,dX = c\,\Delta^{-s}, \qquad c = \frac{\pi s}{\sin\pi s}, \qquad s =
#           \frac{1}{1+\alpha}. \tag{9.5}

X, t, s_, a_ = sp.symbols("X t s a", positive=True)
X_of_t = (t / Delta) ** (1 / a_)
element = sp.diff(X_of_t, t) / (1 + Delta * X**a_).subs(X, X_of_t)
identity("9.2", "the substitution", element - Delta ** (-1 / a_) / a_ * t ** (1 / a_ - 1) / (1 + t))


def circle(s, rho):
    return 1j * mp.quad(
        lambda p: rho**s * mp.expj(s * p) / (1 + rho * mp.expj(p)), mp.linspace(0, 2 * mp.pi, 9)
    )


power, r, R = mp.mpf("0.37"), mp.mpf("0.2"), 3
sides = (1 - mp.expjpi(2 * power)) * mp.quad(lambda x: x ** (power - 1) / (1 + x), [r, 1, R])
contour, residue = sides + circle(power, R) - circle(power, r), -2j * mp.pi * mp.expjpi(power)
equal("9.3", "around the keyhole", [contour.real, contour.imag], [residue.real, residue.imag])
phases = -2 * sp.pi * sp.I * sp.exp(sp.I * sp.pi * s_) / (1 - sp.exp(2 * sp.pi * sp.I * s_))
identity("9.4", "the two phases make a sine", phases.rewrite(sp.cos) - sp.pi / sp.sin(sp.pi * s_))
whole = mp.quad(lambda x: x ** (power - 1) / (1 + x), [0, 1, mp.inf])
equal(
    "9.4", "the whole integral", whole, phases.subs(s_, sp.Rational(37, 100)).evalf(20, chop=True)
)
equal(
    "9.5",
    "the integral over X",
    [
        mp.quad(lambda x, a=a: 1 / (1 + mp.mpf("0.3") * x**a), [0, 1, 9, mp.inf])
        for a in (mp.mpf("1.6"), mp.mpf(4))
    ],
    [c_of(a - 1) * mp.mpf("0.3") ** (-1 / a) for a in (mp.mpf("1.6"), mp.mpf(4))],
)

# %%
# The sum
# -------
# Between two integers :math:`X - \lfloor X\rfloor - \tfrac12` rises from -1/2 to 1/2 with slope 1.
# Integrate by parts from each to the next: the ends give :math:`\tfrac12 f(J) + \tfrac12 f(J+1)`,
# so over a whole range
#
# .. math:: \sum_{J=1}^{K} f(J) = \int_0^K f\,dX + \frac{f(K) - f(0)}{2}
#           + \int_0^K \big(X - \lfloor X\rfloor - \tfrac12\big) f'(X)\,dX. \tag{9.6}
#
# This is the first step of Euler and Maclaurin. The next ones repeat it and need higher derivatives
# at X = 0, which f does not have, as :math:`X^a` with a fractional a is not smooth there. So we
# stop, and take the Fourier series of the sawtooth,
#
# .. math:: X - \lfloor X\rfloor - \tfrac12 = -\sum_{m=1}^\infty \frac{\sin 2\pi m X}{\pi m},
#           \tag{9.7}
#
# and integrate by parts back. At X = 0 the sine vanishes, and f at infinity:
#
# .. math:: \sum_{J=1}^\infty f(J) = \int_0^\infty f\,dX - \frac{f(0)}{2}
#           + 2\sum_{m=1}^\infty \int_0^\infty \cos(2\pi m X) f(X)\,dX. \tag{9.8}
#
# The first term is (9.5). The second, -1/2, is the half of the cell around J = 0 which the integral
# has and the sum has not.


def f(a, d, x):
    return 1 / (1 + d * x**a)


a, d = mp.mpf("2.3"), mp.mpf("0.5")
cells = mp.quad(lambda x: f(a, d, x), range(5)) + (f(a, d, 4) - 1) / 2
for J in range(4):
    cells += mp.quad(lambda x, J=J: (x - J - 0.5) * mp.diff(lambda y: f(a, d, y), x), [J, J + 1])
equal("9.6", "parts, cell by cell", cells, sum(f(a, d, J) for J in range(1, 5)))
m = sp.symbols("m", integer=True, positive=True)
saw = X - sp.Rational(1, 2)
coefficient = 2 * sp.integrate(saw * sp.sin(2 * sp.pi * m * X), (X, 0, 1))
identity(
    "9.7",
    "the sawtooth, sines and mean",
    coefficient + 1 / (sp.pi * m),
    sp.integrate(saw + 1, (X, 0, 1)) - 1,
)


def wave(a, d, k, kind="cos"):
    return scipy.integrate.quad(
        lambda x: f(a, d, x), 0, np.inf, weight=kind, wvar=2 * np.pi * k, epsabs=1e-13
    )[0]


# The rest: each of the integrals falls as m^-(1+a), for at X = 0 f begins as 1 - Delta X^a.
partial = np.cumsum([wave(2.3, 0.5, k) for k in range(1, 41)])
gaps = [degrees(a, d) - (c_of(a - 1) * d ** (-1 / a) - 0.5 + 2 * partial[k - 1]) for k in (20, 40)]
by_order("9.8", "the sum by cosines, the rest after m of them", [20.5, 40.5], gaps, float(a), 0.02)

# %%
# Turn the cosines into decaying exponentials: :math:`\cos 2\pi m X` is the real part of
# :math:`e^{2\pi i m X}`, which falls in the upper half plane, so that the path can be turned from
# the real to the imaginary axis, X = iY. On its way it crosses the poles of f in the first
# quadrant. There :math:`\Delta X^a = -1`, and the residue of f, :math:`1/(\Delta a X^{a-1})`, is -s
# X:
#
# .. math:: \int_0^\infty e^{2\pi i m X} f\,dX = \int_0^\infty \frac{i\,e^{-2\pi m Y} dY}{1 + \Delta
#           e^{i\pi a/2} Y^a} - 2\pi i s \sum_p X_p\,e^{2\pi i m X_p}, \tag{9.9}
#
# .. math:: X_p = \Delta^{-s} e^{i\pi s(2p+1)}, \qquad p = 0, 1, \dots \ \text{as long
#           as}\ s\,(2p+1) < \tfrac12. \tag{9.10}
#
# Both sums over m are geometric. With the real part of :math:`i/(1 + z)`, which is
# :math:`\mathrm{Im}\,z/|1+z|^2`, the sum is exact (derived here):
#
# .. math:: n + \tfrac12 = c\,\Delta^{-s} + A + P, \qquad A = 2\Delta \sin\frac{\pi a}{2}
#           \int_0^\infty \frac{Y^a\,dY}{(e^{2\pi Y} - 1)\,\big(1 + 2\Delta \cos\frac{\pi a}{2}\,Y^a
#           + \Delta^2 Y^{2a}\big)}, \tag{9.11}
#
# .. math:: P = 4\pi s\,\mathrm{Im} \sum_p \frac{X_p}{e^{-2\pi i X_p} - 1}. \tag{9.12}
#
# There is no pole to cross for :math:`\alpha < 1`. At :math:`\alpha = 1` there is one on the
# imaginary axis itself, which counts half; the rest of the axis, a principal value, is imaginary,
# so that A vanishes: n + 1/2 is :math:`\pi/2\sqrt\Delta\,\coth(\pi/\sqrt\Delta)`.


def poles(a, d):
    """X_p (9.10)."""
    return [d ** (-1 / a) * mp.expjpi((2 * p + 1) / a) for p in range(9) if (2 * p + 1) / a < 0.5]


def axis(a, d):
    """A (9.11)."""
    cosine = mp.cospi(a / 2)
    parts = mp.quad(
        lambda Y: (
            Y**a / mp.expm1(2 * mp.pi * Y) / (1 + 2 * d * cosine * Y**a + d**2 * Y ** (2 * a))
        ),
        grid,
    )
    return 2 * d * mp.sinpi(a / 2) * parts


def crossed(a, d):
    """P (9.12)."""
    return 4 * mp.pi / a * mp.im(mp.fsum(x / (mp.exp(-2j * mp.pi * x) - 1) for x in poles(a, d)))


grid = [0, 0.5, 1, 1.5, 2, 3, 5, 9, 15]
steep = [mp.mpf("1.6"), mp.mpf("2.7"), mp.mpf("6.3")]  # 0, 1 and 2 poles
for a in steep:
    z = d * mp.expjpi(a / 2)
    turned = 1j * mp.quad(lambda Y, a=a, z=z: mp.exp(-4 * mp.pi * Y) / (1 + z * Y**a), grid)
    turned -= 2j * mp.pi / a * mp.fsum(x * mp.exp(4j * mp.pi * x) for x in poles(a, d))
    straight = [wave(float(a), 0.5, 2), wave(float(a), 0.5, 2, "sin")]
    equal(
        "9.9-9.10",
        f"the path turned, {len(poles(a, d))} poles",
        [turned.real, turned.imag],
        straight,
        1e-9,
    )
    law = c_of(a - 1) * d ** (-1 / a) + axis(a, d) + crossed(a, d)
    equal("9.11-9.12", f"the exact sum, {len(poles(a, d))} poles", law - 0.5, degrees(a, d), 1e-14)
on_axis = 2 * mp.pi * mp.sqrt(1 / d) / mp.expm1(2 * mp.pi / mp.sqrt(d)) / 2
coth = mp.pi / 2 / mp.sqrt(d) * mp.coth(mp.pi / mp.sqrt(d))
equal(
    "9.12",
    "alpha = 1, half a pole",
    c_of(mp.mpf(1)) * d**-0.5 + on_axis - 0.5,
    degrees(mp.mpf(2), d),
    1e-14,
)
equal("9.12", "alpha = 1, coth", coth - 0.5, degrees(mp.mpf(2), d), 1e-14)

# %%
# The resolution
# --------------
# Without A and P, (9.11) is solved by :math:`\Delta = (c/(n+\tfrac12))^{1+\alpha}`. For large n
# Delta is small, and A is what is left of it to first order. Expand :math:`1/(e^{2\pi Y} - 1) =
# \sum_m e^{-2\pi m Y}`; each term is a Gamma function, their sum a zeta function, and Riemann's
# functional equation shortens it,
#
# .. math:: A = 2\Delta \sin\frac{\pi a}{2}\,\frac{\Gamma(1+a)\,\zeta(1+a)}{(2\pi)^{1+a}} +
#           O(\Delta^2) = -\zeta(-a)\,\Delta + O(\Delta^2). \tag{9.13}
#
# A small change of :math:`c\Delta^{-s}` by -A - P changes Delta by the relative amount (1+alpha)(A
# + P)/(n + 1/2):
#
# .. math:: \Delta = \Big(\frac{c}{n + \frac12}\Big)^{1+\alpha} \Big[1 -
#           \frac{(1+\alpha)\,\zeta(-1-\alpha)\,C}{(n+\frac12)^{2+\alpha}} + \dots +
#           \varepsilon_n\Big], \qquad C = c^{1+\alpha}, \tag{9.14}
#
# .. math:: \varepsilon_n = \frac{4\pi}{c}\,e^{-2\pi \sin(\pi s)\,(n+\frac12)/c}\, \sin\Big(\pi s +
#           2\pi \cos(\pi s)\,\frac{n+\frac12}{c}\Big) \quad (\alpha > 1). \tag{9.15}
#
# The pole nearest to the real axis gives the latter. It is exponentially small, but for steep
# spectra and n of a few it is what counts. At :math:`\alpha = 3` all of A vanishes, so that it can
# be seen alone.


def half_shifted(a, n):
    """Delta without A and P."""
    return (c_of(a - 1) / (n + 0.5)) ** a


def pure(a, n):
    """The power law C n^-(1+alpha)."""
    return (c_of(a - 1) / n) ** a


def ripple(a, n):
    """epsilon_n (9.15)."""
    radius = (n + mp.mpf(0.5)) / c_of(a - 1)
    size = 4 * mp.pi / c_of(a - 1) * mp.exp(-2 * mp.pi * mp.sinpi(1 / a) * radius)
    return size * mp.sin(mp.pi / a + 2 * mp.pi * mp.cospi(1 / a) * radius)


bend = mp.mpf("2.7")
gamma_zeta = (
    2 * mp.sinpi(bend / 2) * mp.gamma(1 + bend) * mp.zeta(1 + bend) / (2 * mp.pi) ** (1 + bend)
)
equal("9.13", "Riemann's functional equation", gamma_zeta, -mp.zeta(-bend))
small = [mp.mpf(10) ** -k for k in (3, 4, 5)]
by_order(
    "9.13", "A", [1 / d for d in small], [axis(bend, d) / d / gamma_zeta - 1 for d in small], 1
)
bend, counts = mp.mpf("1.6"), [15, 30, 60]
exact = {n: resolved(bend, n) for n in counts}
lost = {
    n: -bend * mp.zeta(-bend) * c_of(bend - 1) ** bend / (n + 0.5) ** (1 + bend) for n in counts
}
gaps = [(exact[n] / half_shifted(bend, n) - 1) / lost[n] - 1 for n in counts]
by_order("9.14", "the first term left out, relatively", counts, gaps, float(bend))
wiggle = resolved(mp.mpf(4), 7) / half_shifted(mp.mpf(4), 7) - 1
equal("9.15", "the pole alone, alpha = 3", wiggle, ripple(mp.mpf(4), 7), 1e-9)

# %%
# Expanded in 1/n, the one half is the first correction to the power law of [MRS]:
#
# .. math:: n\Delta = C\,n^{-\alpha}\Big[1 - \frac{1+\alpha}{2n} + O(n^{-2})\Big]. \tag{9.16}
#
# The loss. With gamma = 0 and df1 = n < m = max(N, T), D of (5.7) is :math:`(m-n)(\mathrm{df}_1 -
# \mathrm{df}_2)`, and df2 drops out of (5.8):
#
# .. math:: \mathcal{S} = \frac{n\Delta}{1 - n/m} \simeq \frac{C\,n^{-\alpha}}{1 - n/m}. \tag{9.17}
#
# :math:`\lambda_J \sim J^{-(1+\alpha)}` gives a loss that falls as :math:`n^{-\alpha}`. What would
# the best n directions leave? The sum of all other eigenvalues, and random features lose against
# them by a constant factor (derived here),
#
# .. math:: n\Delta = \alpha\,C\,\Big(1 - \frac{1}{2n} + \dots\Big)\sum_{J>n} \lambda_J, \tag{9.18}
#
# by :math:`\pi^2/4` at :math:`\alpha = 1`. By (9.5) :math:`c \simeq 1/\alpha` for a small alpha,
# and :math:`\alpha C \to 1`: on a slow spectrum they are as good as the best ones.

gaps = [exact[n] / pure(bend, n) - 1 + bend / (2 * n) for n in counts]
by_order("9.16", "the power law and its first correction", counts, gaps, 2)
n_, m_ = sp.symbols("n m", positive=True)
for sizes in ((n_, m_), (m_, n_)):
    identity(
        "9.17",
        "the loss without ridge",
        losses(*sizes, Delta, n_, df2)[0] - n_ * Delta / (1 - n_ / m_),
    )
best = [mp.zeta(bend, n + 1) for n in counts]
shares = [n * exact[n] / tail for n, tail in zip(counts, best, strict=True)]
lead = (bend - 1) * c_of(bend - 1) ** bend
gaps = [share / lead - 1 + 1 / (2 * mp.mpf(n)) for n, share in zip(counts, shares, strict=True)]
by_order("9.18", "random features against the best directions", counts, gaps, 2)
equal("9.18", "at alpha = 1", c_of(1) ** 2, np.pi**2 / 4)

# %%
# More degrees of freedom
# -----------------------
# By (4.8) df2 is a derivative, df1 - df2 = -Delta d df1/dDelta. That of :math:`c\Delta^{-s}` is s
# times itself:
#
# .. math:: \mathrm{df}_1 - \mathrm{df}_2 = s\,(\mathrm{df}_1 + \tfrac12) + (1+s)\,\zeta(-a)\,\Delta
#           + O(\Delta^2). \tag{9.19}
#
# For large n, df2/(df1 - df2) tends to 1/s - 1, which is alpha. Label noise (step 14) and the
# optimal ridge (step 12) will use it.
#
# A finite M
# ----------
# The terms beyond M are missing from (9.1), and the first of their expansion is :math:`\sum_{J>M}
# 1/\Delta J^a`, that is :math:`M^{-\alpha}/\alpha\Delta`. So :math:`c\Delta^{-s}` is larger by it,
# and Delta smaller by the relative amount
#
# .. math:: \frac{\Delta_\infty - \Delta_M}{\Delta_\infty} = \frac{1+\alpha}{\alpha\,C}
#           \Big(\frac{n+\frac12}{M}\Big)^\alpha + \dots \tag{9.20}
#
# For slow spectra this power is small: at :math:`\alpha = 1/2` even M = 100 n takes off 8 percent.
# Step 11 is about M near n.


def ended(a, n, M):
    """Delta with the end of the spectrum (9.20), and without A and P."""
    return half_shifted(a, n) * (1 - a / (a - 1) / c_of(a - 1) ** a * ((n + 0.5) / M) ** (a - 1))


bend, scales, gaps = mp.mpf("2.2"), [100, 1000], []
for d in [1 / mp.mpf(x) for x in scales]:
    ahead = degrees(bend, d) - degrees(bend, d, k=2) - (degrees(bend, d) + 0.5) / bend
    gaps.append(ahead / ((1 + 1 / bend) * mp.zeta(-bend) * d) - 1)
by_order("9.19", "df1 - df2, and the next term", scales, gaps, 1)
bend, ends = mp.mpf("1.6"), [10**5, 10**6]
taken = [1 - resolved(bend, 60, M) / exact[60] for M in ends]
gaps = [
    part / (1 - ended(bend, 60, M) / half_shifted(bend, 60)) - 1
    for part, M in zip(taken, ends, strict=True)
]
by_order("9.20", "what a finite M takes off, to next order", ends, gaps, 0.6)

# %%
# The package
# -----------
# The package states its errors at n rather than n + 1/2, and has M up to 10^15 and beyond.

alphas, counts = [0.6, 1.0, 1.7, 5.3], [30, 400]
constants = [rf.asymptotics.power_law_constant(alpha) for alpha in alphas]
equal(
    "9.5, 9.14",
    "power_law_constant",
    constants,
    [c_of(alpha) ** (1 + alpha) for alpha in alphas],
    1e-13,
)
bend, long, short = mp.mpf("2.2"), rf.PowerLaw(1.2, 10**15), rf.PowerLaw(1.2, 1000)
equal(
    "9.16",
    "delta_power_law",
    rf.asymptotics.delta_power_law(long, counts),
    [pure(bend, n) for n in counts],
)
shifted = [half_shifted(bend, n) for n in counts]
equal("9.14", "delta_infinite_M", rf.asymptotics.delta_infinite_M(long, counts), shifted)
taken = 1 - ended(bend, 29.5, 1000) / pure(bend, 30)
equal("9.20", "cutoff_error", rf.asymptotics.cutoff_error(short, 30), taken)
d, point = resolved(bend, 20), rf.predict(unit_model(long), N=20, T=33)
equal("9.1", "predict, M = 10^15", point.delta, d)
equal("9.17", "its loss", point.signal, 20 * d / (1 - mp.mpf(20) / 33))
equal("9.19", "its df2", point.df2, degrees(bend, d, k=2))
equal(
    "9.1",
    "predict, M = 1000",
    rf.predict(unit_model(short), 20, 33).delta,
    resolved(bend, 20, 1000),
)

# %%
# The figure shows Delta over the pure power law :math:`C n^{-(1+\alpha)}`. Below n of a few the
# half in (9.14) counts, near M the end of the spectrum, (9.20), and the earlier the smaller alpha
# is.

figure, axes = plt.subplots(figsize=(6.5, 4.2), layout="constrained")
sizes = np.unique(np.geomspace(1, 400, 15).astype(int))
for a, color in zip(
    [mp.mpf("1.5"), mp.mpf(2), mp.mpf(3)], ["#0072B2", "#D55E00", "#009E73"], strict=True
):
    for M, line, face in ((10**15, "-", color), (1000, "--", "white")):
        model = rf.ScalingModel(rf.PowerLaw(float(a) - 1, M))
        law = np.array([float(ended(a, n, M) / pure(a, n)) for n in sizes])
        points = rf.predict(model, sizes, np.inf).delta / np.array(
            [float(pure(a, n)) for n in sizes]
        )
        equal(
            "9.20",
            f"line and points, alpha = {model.spectrum.alpha}, M = {M:.0e}",
            law[4:],
            points[4:],
            0.1,
        )
        axes.plot(
            sizes,
            law,
            line,
            color=color,
            label=rf"$\alpha$ = {model.spectrum.alpha}" if line == "-" else None,
        )
        axes.plot(sizes, points, "o", color=color, markerfacecolor=face)
axes.plot([], [], "ko", label="exact, $M = 10^{15}$")
axes.plot([], [], "ko", markerfacecolor="white", label="exact, $M = 1000$")
axes.plot([], [], "k-", label="(9.20), $M = 10^{15}$")
axes.plot([], [], "k--", label="(9.20), $M = 1000$")
axes.set(xscale="log", xlabel="$n$", ylabel=r"$\Delta\,/\,C n^{-(1+\alpha)}$", ylim=(0, 1.1))
axes.legend(ncols=2, loc="lower right", fontsize=9)
show(figure)
