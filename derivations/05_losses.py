r"""
5. The losses as derivatives
============================

**The question.** Step 2 made every loss a derivative of F, and step 4 found F to leading order.
What are the losses?

**What we find.** Closed forms in Delta, df1 and df2 at any ridge: the signal, symmetric in N and T;
the noise, which is not; and a training loss that is the loss on noisy test labels, times a number
that the learner knows.

From here on the sources are those of the model of step 1, :math:`\Lambda' = \Lambda` and W = 1;
step 15 has the others.
"""

import numpy as np
import sympy as sp
from common import (
    F0,
    Delta,
    N,
    T,
    by_order,
    derivative,
    df,
    df1,
    df2,
    equal,
    gamma,
    identity,
    losses,
    planar,
)
from common import power_law, slope, unit_model

import rfscale as rf

# %%
# The derivative of a stationary value
# ------------------------------------
# Let :math:`F_0(s, t) = \Phi(z; s, t)` at the point z where :math:`\partial_z\Phi = 0`. Then
# :math:`dF_0/dt = \partial_t\Phi`, as the shift of z costs nothing. The second derivative does
# notice the shift: differentiating :math:`\partial_z\Phi = 0` gives :math:`dz/ds =
# -(\partial_z^2\Phi)^{-1}\,\partial_z\partial_s\Phi`, so
#
# .. math:: \frac{d^2F_0}{ds\,dt} = \partial_s\partial_t\Phi - (\partial_z\partial_s\Phi)^T\,
#           (\partial_z^2\Phi)^{-1}\,\partial_z\partial_t\Phi. \tag{5.1}
#
# Of :math:`\Phi` in (4.1) we take the coordinates :math:`z = (\log a, \log b)`. One term of the sum
# over J is :math:`\ell = \log[\gamma + \lambda(a + s)(b + t)]`. At s = t = 0, with :math:`p =
# \lambda ab/(\gamma + \lambda ab) = \lambda/(\lambda + \Delta)`, its derivatives are
#
# .. math:: \partial_s \ell = \frac pa, \qquad \partial_t \ell = \frac pb, \qquad
#           \partial_s\partial_t \ell = \frac{p(1 - p)}{ab}, \tag{5.2}
#
# .. math:: \partial_{\log a}\partial_s \ell = -\frac{p^2}{a}, \qquad \partial_{\log b}\partial_s
#           \ell = \frac{p(1 - p)}{a}, \tag{5.3}
#
# .. math:: \partial_{\log a}^2 \ell = \partial_{\log b}^2 \ell = \partial_{\log a}\partial_{\log b}
#           \ell = p(1 - p), \tag{5.4}
#
# and those with t the same with a and b exchanged. The remaining part of :math:`\Phi` is :math:`a -
# T\log a`, whose second derivative in :math:`\log a` is :math:`a = T - \mathrm{df}_1`. Summed over
# J, with :math:`\mathrm{df}_1 - \mathrm{df}_2 = \sum p(1 - p)`,
#
# .. math:: \partial_z^2\Phi = \begin{pmatrix} T - \mathrm{df}_2 & \mathrm{df}_1 - \mathrm{df}_2 \cr
#           \mathrm{df}_1 - \mathrm{df}_2 & N - \mathrm{df}_2 \end{pmatrix}. \tag{5.5}

a, b, s, t, lam = sp.symbols("a b s t lambda", positive=True)
term = sp.log(gamma + lam * (a + s) * (b + t))
p = lam * a * b / (gamma + lam * a * b)


def at_zero(expression):
    return expression.subs({s: 0, t: 0})


def log_diff(expression, *symbols):
    """Derivatives in the logarithms of symbols."""
    for symbol in symbols:
        expression = symbol * sp.diff(expression, symbol)
    return expression


identity(
    "5.2", "first derivatives", at_zero(sp.diff(term, s)) - p / a, at_zero(sp.diff(term, t)) - p / b
)
identity("5.2", "the mixed one", at_zero(sp.diff(term, s, t)) - p * (1 - p) / (a * b))
identity("5.3", "s with the saddle's a", at_zero(log_diff(sp.diff(term, s), a)) + p**2 / a)
identity("5.3", "s with the saddle's b", at_zero(log_diff(sp.diff(term, s), b)) - p * (1 - p) / a)
for pair in ((a, a), (b, b), (a, b)):
    identity(
        "5.4", "the saddle's {} and {}".format(*pair), at_zero(log_diff(term, *pair)) - p * (1 - p)
    )

spread = df1 - df2
rest = a - T * sp.log(a) + b - N * sp.log(b)
saddle_point = {a: T - df1, b: N - df1}
for own in (a, b):
    identity(
        "5.5",
        "the saddle is where the slope vanishes",
        (log_diff(rest, own) + df1).subs(saddle_point),
    )
curvature = sp.Matrix(
    2, 2, lambda i, j: log_diff(rest, (a, b)[i], (a, b)[j]).subs(saddle_point) + spread
)
hessian = sp.Matrix([[T - df2, spread], [spread, N - df2]])
identity("5.5", "the curvature of Phi", *(curvature - hessian))

# %%
# The signal
# ----------
# By (2.6), :math:`\mathcal{S} = \gamma\,\partial_s\partial_tF`, and :math:`\gamma/ab = \Delta`.
# With (5.1) to (5.5)
#
# .. math:: \mathcal{S} = \Delta\Big[\mathrm{df}_1 - \mathrm{df}_2 - \begin{pmatrix} -\mathrm{df}_2
#           \cr \mathrm{df}_1 - \mathrm{df}_2 \end{pmatrix}^T (\partial_z^2\Phi)^{-1}
#           \begin{pmatrix} \mathrm{df}_1 - \mathrm{df}_2 \cr -\mathrm{df}_2 \end{pmatrix}\Big].
#           \tag{5.6}
#
# The determinant of the curvature will be met in every loss,
#
# .. math:: D = (T - \mathrm{df}_2)(N - \mathrm{df}_2) - (\mathrm{df}_1 - \mathrm{df}_2)^2 = (N -
#           \mathrm{df}_1) (T - \mathrm{df}_1) + (N + T - 2\,\mathrm{df}_1)(\mathrm{df}_1 -
#           \mathrm{df}_2), \tag{5.7}
#
# and (5.6) multiplied out is
#
# .. math:: \mathcal{S} = \frac{\Delta\,N T\,(\mathrm{df}_1 - \mathrm{df}_2)}{D}. \tag{5.8}
#
# It is symmetric in N and T, as (2.10) demands. Read it as follows: :math:`\Delta(\mathrm{df}_1 -
# \mathrm{df}_2) = \sum\lambda_J(1 - p_J)^2` is the error of the mean prediction, in which direction
# J is learned to the fraction :math:`p_J`; :math:`NT/D \geq 1` is what the draw of features and
# samples adds by its chance.

in_s, in_t = sp.Matrix([-df2, spread]), sp.Matrix([spread, -df2])
signal, noise = losses(N, T, Delta, df1, df2)
D = (T - df2) * (N - df2) - spread**2
identity(
    "5.7",
    "the determinant, and written with positive terms",
    hessian.det() - D,
    D - ((N - df1) * (T - df1) + (N + T - 2 * df1) * spread),
)
identity("5.8", "the signal", Delta * (spread - (in_s.T * hessian.inv() * in_t)[0]) - signal)

sizes, spectrum = (12, 17, 0.02), power_law(0.9, 25)


def planar_F(*sources):
    return F0(spectrum, spectrum, np.ones(25), *sizes[:2], *sources)


ridge = sizes[2]
delta, numeric_signal, numeric_noise = planar(spectrum, *sizes)
one, two = df(1, spectrum, delta), df(2, spectrum, delta)
equal(
    "5.1",
    "the signal, from a differentiated F_0",
    ridge * derivative(planar_F, ridge, 0, 1, 1),
    numeric_signal,
    1e-9,
)
numbers = {df1: one, df2: two, N: 12, T: 17, Delta: delta}
by_matrix = (Delta * (spread - (in_s.T * hessian.subs(numbers).inv() * in_t)[0])).subs(numbers)
equal(
    "5.6", "as the matrix expression", by_matrix, ridge * derivative(planar_F, ridge, 0, 1, 1), 1e-9
)

# %%
# The noise
# ---------
# By (2.11) it is :math:`\partial_\gamma(\gamma\,dF_0/ds)` with :math:`dF_0/ds = \mathrm{df}_1/a` by
# (5.2). What is needed is how Delta follows gamma, (5.10) below: the inverse of (4.9), which by
# (5.7) is :math:`(N - \mathrm{df}_1)(T - \mathrm{df}_1)/D`. The derivative of
# :math:`\mathrm{df}_1/(T - \mathrm{df}_1)` in :math:`\log\Delta` is :math:`-T(\mathrm{df}_1 -
# \mathrm{df}_2)/(T - \mathrm{df}_1)^2`, so
#
# .. math:: \mathcal{V} = \frac{\mathrm{df}_1}{T - \mathrm{df}_1} - \frac{T(\mathrm{df}_1 -
#           \mathrm{df}_2) (N - \mathrm{df}_1)}{(T - \mathrm{df}_1)\,D} = \frac{N\,\mathrm{df}_2 -
#           2\,\mathrm{df}_1\mathrm{df}_2 + \mathrm{df}_1^2}{D}, \tag{5.9}
#
# .. math:: \frac{d\log\Delta}{d\log\gamma} = \frac{(N - \mathrm{df}_1)(T - \mathrm{df}_1)}{D}.
#           \tag{5.10}
#
# The numerator is :math:`\mathrm{df}_2(N - \mathrm{df}_1) + \mathrm{df}_1(\mathrm{df}_1 -
# \mathrm{df}_2)`, a sum of positive terms. It does not know T: label noise is learned by the
# directions that the features offer, and averaged over samples through D.

follows = (N - df1) * (T - df1) / D


def slope_gamma(expression):
    """The derivative in log gamma."""
    return follows * slope(expression)


identity("5.10", "how Delta follows gamma", slope_gamma(sp.log(Delta * (N - df1) * (T - df1))) - 1)
parts = df1 / (T - df1) - T * spread * (N - df1) / ((T - df1) * D)
identity("5.9", "the noise", df1 / (T - df1) + slope_gamma(df1 / (T - df1)) - noise, parts - noise)
identity("5.9", "with positive terms", (df2 * (N - df1) + df1 * spread) / D - noise)
by_F = derivative(planar_F, ridge, 0, 1, 0) + derivative(planar_F, ridge, 1, 1, 0)
equal("5.9", "the noise, from a differentiated F_0", by_F, numeric_noise, 1e-9)

# %%
# The training loss
# -----------------
# By (2.13) and :math:`dF_0/dt = \mathrm{df}_1/b`, the signal part is :math:`\mathcal{S}_A =
# -\gamma\,\partial_{\log\gamma} (\mathrm{df}_1/b)`. For the noise part the first derivative of
# :math:`F_0` is :math:`M - \mathrm{df}_1` by (4.3), so :math:`\mathcal{V}_A = T - \mathrm{df}_1 +
# \partial_{\log\gamma}\mathrm{df}_1`, both by (5.10)
#
# .. math:: \mathcal{S}_A = T\Big(1 - \frac{\mathrm{df}_1}{T}\Big)^2 \mathcal{S}, \qquad
#           \mathcal{V}_A = T\Big(1 - \frac{\mathrm{df}_1}{T}\Big)^2 (1 + \mathcal{V}). \tag{5.11}
#
# With (1.12) and (1.16) they add up to
#
# .. math:: \frac1T E\|\theta^*\varphi - y\|^2
#           = \Big(1 - \frac{\mathrm{df}_1}{T}\Big)^2 (2L + \sigma_\epsilon^2). \tag{5.12}
#
# The right-hand factor is the mean square error on noisy test labels. So a learner that knows how
# many degrees of freedom its fit has, (2.14), knows its test loss from its training loss:
# generalised cross-validation.

shrink = T * (1 - df1 / T) ** 2
identity(
    "5.11",
    "the signal in training",
    -Delta * (N - df1) * (T - df1) * slope_gamma(df1 / (N - df1)) - shrink * signal,
)
identity("5.11", "the noise in training", T - df1 + slope_gamma(df1) - shrink * (1 + noise))
train_signal = -ridge * derivative(planar_F, ridge, 1, 0, 1)
train_noise = -(
    derivative(planar_F, ridge, 2, 0, 0) - derivative(planar_F, ridge, 1, 0, 0) - (17 - 25)
)
shrunk = 17 * (1 - one / 17) ** 2
equal(
    "5.11",
    "from a differentiated F_0",
    [train_signal, train_noise],
    [shrunk * numeric_signal, shrunk * (1 + numeric_noise)],
    1e-9,
)
model = rf.ScalingModel(rf.PowerLaw(0.9, 25), sigma_eps=0.3)
prediction = rf.predict(model, 12, 17, 0.02 / 25)
loss = numeric_signal / (2 * 25) + 0.3**2 / 2 * numeric_noise
equal(
    "5.12",
    "rfscale.predict: training loss",
    prediction.train,
    (1 - one / 17) ** 2 * (2 * loss + 0.3**2),
)

# %%
# The package
# -----------
# `rfscale.predict` has (5.8), (5.9) and (5.12) for any sizes. `rfscale.simulate` draws the model;
# its gap to these planar losses falls as 1/size, when all sizes grow together.

for at in [sizes, (30, 20, 1e-3), (60, 80, 1e-2), (14, 14, 1e-6), (200, 10, 1e4)]:
    got = rf.predict(unit_model(rf.PowerLaw(0.9, 25)), *at)
    equal(
        "5.7-5.9",
        "rfscale.predict, N = {}, T = {}, gamma = {:g}".format(*at),
        [got.signal, got.noise],
        planar(spectrum, *at)[1:],
    )

growth, gaps, stderrs = (3, 6), [], []
for k, draws in zip(growth, (280_000, 110_000), strict=True):
    at = np.repeat(power_law(0.9, 8), k), 4 * k, 7 * k, 0.5 * k**2
    simulated = rf.simulate(unit_model(rf.Eigenvalues(at[0])), *at[1:], draws=draws, seed=5)
    parts, theory = (simulated.signal, simulated.noise), planar(*at)[1:]
    gaps.append([float(part.mean) / loss - 1 for part, loss in zip(parts, theory, strict=True)])
    stderrs.append([float(part.stderr) / loss for part, loss in zip(parts, theory, strict=True)])
for tag, name, gap, stderr in zip(
    ("5.8", "5.9"), ("signal", "noise"), np.transpose(gaps), np.transpose(stderrs), strict=True
):
    by_order(tag, f"rfscale.simulate, {name}", growth, gap, order=1, within=0.3, stderrs=stderr)
