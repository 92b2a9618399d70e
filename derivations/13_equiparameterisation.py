r"""
13. Equiparameterisation
========================

**The question.** Training costs about as many multiplications as there are features times samples.
If the product N T is what one can afford, how should it be shared?

**What we find.** With the best ridge and no label noise :math:`N = T` is the best for any spectrum,
and the loss falls as :math:`(NT)^{-\alpha/2}`. Label noise asks for more samples: T/N is then the
ratio of the losses on noisy and on clean test labels, again for any spectrum. Without a ridge N = T
is the worst choice, for the peak is there; the best is away from it by a factor
:math:`\alpha/(2+\alpha)`, to either side, and costs at most 60 percent more than with the best
ridge. That the two resources should grow together is the equiparameterisation of [MRS]; the rest is
derived here.
"""

import dataclasses

import matplotlib.pyplot as plt
import numpy as np
import scipy
import sympy as sp
from common import (
    N,
    T,
    Delta,
    alpha,
    by_order,
    c_of,
    df,
    df1,
    df2,
    equal,
    identity,
    kappa,
    losses,
    planar,
    power_law,
)
from common import show, slope, unit_model

import rfscale as rf

# %%
# The best ridge, no label noise
# ------------------------------
# Multiply out the D of (5.7). Of N and T it contains only their product and their sum,
#
# .. math:: D = NT - (N + T)\,\mathrm{df}_2 + \mathrm{df}_1(2\,\mathrm{df}_2 - \mathrm{df}_1),
#           \tag{13.1}
#
# and the numerator of the signal, :math:`\Delta N T(\mathrm{df}_1 - \mathrm{df}_2)`, only their
# product, P. A derivative at fixed P is :math:`N\partial_N - T\partial_T`, which changes N + T by N
# - T. So at given Delta and P
#
# .. math:: \frac{\partial\log\mathcal{S}}{\partial(N + T)} = \frac{\mathrm{df}_2}{D} > 0.
#           \tag{13.2}
#
# The sum is least at N = T. Let there be a better choice of N, T and Delta. At this same Delta, N =
# T is better still, and it is allowed, as :math:`\mathrm{df}_1 < \min(N, T) \le \sqrt P`. So with
# the best ridge N = T is the best allocation for any spectrum, finite M included.

S, V = losses(N, T, Delta, df1, df2)
D = N * T - (N + T) * df2 + df1 * (2 * df2 - df1)
identity("13.1", "D, multiplied out", D - Delta * N * T * (df1 - df2) / S)
along = N * sp.diff(sp.log(S), N) - T * sp.diff(sp.log(S), T)
identity("13.2", "the signal at fixed Delta and N T", along - (N - T) * df2 / D)

# %%
# Label noise
# -----------
# With noise the loss is in proportion to :math:`E = \mathcal{S} + \eta\mathcal{V}` (12.9), and the
# numerator of :math:`\mathcal{V}` contains :math:`N\,\mathrm{df}_2`. At fixed Delta and P, where
# :math:`dN/N = -dT/T`,
#
# .. math:: T\,\frac{\partial E}{\partial T} = \frac{\mathrm{df}_2}{D}\big[(T - N)E - \eta N\big].
#           \tag{13.3}
#
# It vanishes where
#
# .. math:: \frac TN = 1 + \frac{\eta}{E} = \frac{2L + \sigma_\epsilon^2}{2L}, \tag{13.4}
#
# and that is a minimum, as the bracket there has the derivative :math:`(T + N)E + \eta N > 0`. At
# the best ridge, as at any fixed Delta, the ratio of samples to features is that of the mean square
# errors on noisy and on clean test labels. While the loss is far above the noise the resources are
# equal; when it is far below, what is bought are samples. Step 14 finds the power laws that follow.

eta, P = sp.symbols("eta P", positive=True)
E = S + eta * V
along = N * sp.diff(E, N) - T * sp.diff(E, T)
identity("13.3", "the loss at fixed Delta and N T", along + df2 / D * ((T - N) * E - eta * N))

lam, budget, noise = power_law(0.7, 60), 500.0, 0.06


def loss(point):
    """S + eta V at log Delta and log T."""
    delta, samples = np.exp(point)
    one, two = df(1, lam, delta), df(2, lam, delta)
    return np.dot(losses(budget / samples, samples, delta, one, two), [1, noise])


found = scipy.optimize.minimize(
    loss, [-4, 3.2], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-16}
)
noisy = dataclasses.replace(unit_model(rf.PowerLaw(0.7, 60)), sigma_eps=np.sqrt(2 * noise))
samples = np.exp(found.x[1])
best = rf.optimal_ridge(noisy, budget / samples, samples).prediction
equal("13.3", "the loss that is searched is rfscale's at the best ridge", found.fun, best.test)
equal("13.4", "the best allocation, searched", samples**2 / budget, 1 + noise / found.fun, rel=1e-6)

# %%
# No ridge
# --------
# Without a ridge, label noise aside, :math:`\mathrm{df}_1 = n = \min(N, T)` and the loss of step 7
# is, as m = P/n,
#
# .. math:: \mathcal{S} = \frac{n\Delta}{1 - y}, \qquad y = \frac nm = \frac{n^2}{P}. \tag{13.5}
#
# The local exponent with which :math:`n\Delta` falls is, by (4.8),
#
# .. math:: \alpha_n = -\frac{d\log(n\Delta)}{d\log n} = \frac{\mathrm{df}_2}{n - \mathrm{df}_2},
#           \tag{13.6}
#
# and y grows as :math:`n^2`. So :math:`d\log\mathcal{S}/d\log n = -\alpha_n + 2y/(1-y)`, which
# vanishes at
#
# .. math:: y = \frac{\alpha_n}{2 + \alpha_n} = \frac{\mathrm{df}_2}{2n - \mathrm{df}_2}. \tag{13.7}
#
# It does not matter whether features or samples are the fewer. For a power law :math:`\alpha_n =
# \alpha`. As n comes near M all is learned, :math:`\mathrm{df}_2 \to n`, the exponent grows without
# bound and y goes to 1. At N = T = M the loss (7.7) is left; a budget of more than :math:`M^2`
# leaves none, for any N and T above M.

y = sp.Symbol("y", positive=True)
identity("13.5", "the loss without ridge", (S - df1 * Delta / (1 - df1 / T)).subs(N, df1))
local = -slope(sp.log(df1 * Delta)) / slope(sp.log(df1))
identity("13.6", "the local exponent", local - df2 / (df1 - df2))
best_y = df2 / (2 * df1 - df2)
identity(
    "13.7",
    "the best share",
    (2 * y / (1 - y) - local).subs(y, best_y),
    best_y - local / (2 + local),
)

# %%
# Power laws of the budget
# ------------------------
# For a power law the best loss (12.17) at :math:`N = T = \sqrt P`, where :math:`a = \sqrt P/(1 +
# \sqrt\kappa)`, is
#
# .. math:: \mathcal{S}^* = H(\alpha)\, C\,P^{-\alpha/2}, \qquad
#           H = \frac{(1+\sqrt\kappa)^{2+\alpha}}{2(\sqrt\kappa + 1/\alpha)}, \qquad
#           \kappa = \frac{2}{\alpha(1+\alpha)}. \tag{13.8}
#
# Without a ridge :math:`n\Delta = C n^{-\alpha}` and :math:`n = \sqrt{yP}` in (13.5), hence
#
# .. math:: \mathcal{S}_0(y) = C\,P^{-\alpha/2}\,\frac{y^{-\alpha/2}}{1-y}, \qquad
#           \mathcal{S}_0\Big(\frac{\alpha}{2+\alpha}\Big) =
#           \Big(\frac{2+\alpha}{\alpha}\Big)^{\alpha/2} \frac{2+\alpha}{2}\; C\,P^{-\alpha/2}.
#           \tag{13.9}
#
# The same power: what the ridge gains is a factor. It is :math:`1 + \alpha` for small alpha, where
# both have the factor :math:`(2/\alpha)^{\alpha/2}` and beside it :math:`1 + \alpha/2` without and
# :math:`1 - \alpha/2` with the ridge. It is 1.30 at :math:`\alpha = 1`, and for large alpha, where
# :math:`\sqrt\kappa \to \sqrt2/\alpha` and :math:`(1 + 2/\alpha)^{\alpha/2} \to e`,
#
# .. math:: \frac{\mathcal{S}_0}{\mathcal{S}^*} \to (1 + \sqrt2)\,e^{1-\sqrt2} = 1.595\ldots \qquad
#           (\alpha \to \infty). \tag{13.10}

C = c_of(alpha) ** (1 + alpha)
H = (1 + sp.sqrt(kappa)) ** (2 + alpha) / (2 * (sp.sqrt(kappa) + 1 / alpha))
S_0 = C * P ** (-alpha / 2) * y ** (-alpha / 2) / (1 - y)
lowest = ((2 + alpha) / alpha) ** (alpha / 2) * (2 + alpha) / 2
n = sp.sqrt(y * P)
identity(
    "13.9",
    "the loss at n = sqrt(y P)",
    S_0 / losses(n, P / n, C * n ** -(1 + alpha), n, df2)[0] - 1,
)
identity("13.7", "its minimum", sp.diff(sp.log(S_0), y).subs(y, alpha / (2 + alpha)))
identity(
    "13.9",
    "the loss there",
    S_0.subs(y, alpha / (2 + alpha)) / (lowest * C * P ** (-alpha / 2)) - 1,
)


def least(value, features, samples):
    """The least planar signal of a power law, searched over df1."""
    share, constant = 1 / (1 + value), float(C.subs(alpha, value))

    def at(z):
        a = min(features, samples) / (1 + np.exp(z))
        return np.log(losses(features, samples, constant * a ** -(1 + value), a, a - share * a)[0])

    return np.exp(scipy.optimize.minimize_scalar(at, bounds=(-30, 9), options={"xatol": 1e-9}).fun)


constant, height = sp.lambdify(alpha, C), sp.lambdify(alpha, H)
gain = sp.lambdify(alpha, lowest / H)
for value in (0.3, 1.7):
    searched = least(value, 30.0, 30.0) / constant(value)
    equal(
        "13.8",
        f"the best loss at N = T, alpha = {value}",
        searched,
        height(value) * 900 ** (-value / 2),
    )
large = np.array([1000.0, 2000.0])
by_order(
    "13.10",
    "the gain, large alpha",
    large,
    gain(large) / ((1 + np.sqrt(2)) * np.exp(1 - np.sqrt(2))) - 1,
    1,
)
equal("13.10", "in digits", [round(float(gain(1.0)), 2), round(float(gain(1e6)), 3)], [1.30, 1.595])
small = np.array([1e-4, 1e-6])
by_order("13.10", "the gain, small alpha", 1 / small, gain(small) - (1 + small), 1.5)

# %%
# How well must one choose?
# -------------------------
# Near N = T, with :math:`x = \log(N/T)`, the sum is :math:`N + T = 2\sqrt P\cosh(x/2)`. By (13.2)
# the logarithm of the best loss grows by :math:`\mathrm{df}_2\sqrt P x^2/4D`, the change of Delta
# being of higher order. With :math:`\mathrm{df}_2 = (1-s)a`, :math:`\sqrt P = (1 + \sqrt\kappa)a`
# and :math:`D = a^2(\kappa + 2s\sqrt\kappa)` this is a curvature of
#
# .. math:: \frac{d^2\log\mathcal{S}^*}{dx^2}\Big|_{N=T} =
#           \frac{\alpha\,(1+\sqrt\kappa)}{2\sqrt\kappa\,\big[(1+\alpha)\sqrt\kappa + 2\big]},
#           \tag{13.11}
#
# and without a ridge it is, from (13.9) with :math:`x = \pm\log y`,
#
# .. math:: \frac{d^2\log\mathcal{S}_0}{dx^2}\Big|_{y = \alpha/(2+\alpha)} =
#           \frac{\alpha(2+\alpha)}{4}. \tag{13.12}
#
# At :math:`\alpha = 1` they are 1/4 and 3/4. The optimum is flat: twice as many features as samples
# cost 6 percent more than equal numbers. The one without a ridge is narrower, and has the peak on
# one side. Far from the optimum, N = r T with large r, (12.21) is
#
# .. math:: \frac{\mathcal{S}^*(N = rT)}{\mathcal{S}^*(N = T)} = \frac{r^{\alpha/2}}{H}\Big[1 +
#           \frac1r + O(r^{-2})\Big] \quad \text{at the same}\ NT. \tag{13.13}
#
# The bracket is all that features gain once they are more than samples: a loss of :math:`C
# T^{-\alpha}(1 + 1/r)` at given T has the plateau of step 10 for its limit, and only the samples
# can lower it. So the two must grow together.

q = sp.sqrt(kappa)
curvature = sp.lambdify(alpha, alpha * (1 + q) / (2 * q * ((1 + alpha) * q + 2)))
x = sp.log(y)
first = sp.diff(sp.log(S_0), y) / sp.diff(x, y)
second = sp.diff(first, y) / sp.diff(x, y)
identity(
    "13.12",
    "the curvature without ridge",
    second.subs(y, alpha / (2 + alpha)) - alpha * (2 + alpha) / 4,
)
for value in (0.3, 1.7):
    steps = np.array([0.2, 0.1])
    rises = [
        np.log(least(value, np.exp(h / 2), np.exp(-h / 2)) / least(value, 1.0, 1.0)) for h in steps
    ]
    by_order(
        "13.11",
        f"alpha = {value}",
        1 / steps,
        2 * np.array(rises) / steps**2 / curvature(value) - 1,
        2,
    )
    far = np.array([200.0, 400.0])
    losses_far = np.array([least(value, np.sqrt(r), 1 / np.sqrt(r)) for r in far]) / least(
        value, 1.0, 1.0
    )
    by_order(
        "13.13",
        "far",
        far,
        losses_far / (far ** (value / 2) / height(value) * (1 + 1 / far)) - 1,
        2,
    )
equal(
    "13.11", "6 percent", round(least(1.0, 2.0, 1.0) / least(1.0, np.sqrt(2), np.sqrt(2)), 2), 1.06
)

# %%
# Other costs
# -----------
# If the cost is :math:`N^p T^q`, then at the optimum :math:`\partial\log\mathcal{S}^*/\partial\log
# N` is to :math:`\partial\log\mathcal{S}^*/\partial\log T` as p to q. By (12.12) these are noises,
#
# .. math:: \frac{\mathcal{V}^*(T, N)}{\mathcal{V}^*(N, T)} = \frac pq. \tag{13.14}
#
# For a power law (12.15) and (12.17) are homogeneous, :math:`\mathcal{S}^*(bN, bT) =
# b^{-\alpha}\mathcal{S}^*(N, T)`, so the two noises depend on N/T alone, and add up to alpha,
#
# .. math:: \mathcal{V}^*(T, N) + \mathcal{V}^*(N, T) = \alpha. \tag{13.15}
#
# So whatever p and q are, N and T grow in a fixed proportion: at :math:`\alpha = 1`, where (12.19)
# says :math:`\mathcal{V}^*(T, N) = T/(N+T)`, it is N/T = q/p.

clean = dataclasses.replace(unit_model(rf.PowerLaw(0.7, 60)), sigma_eps=0.0)
p, cost = 2, 20.0**3


def clean_best(log_T):
    return rf.optimal_ridge(clean, (cost / np.exp(log_T)) ** (1 / p), np.exp(log_T))


found = scipy.optimize.minimize_scalar(
    lambda z: float(clean_best(z).prediction.test), bounds=(1, 5), options={"xatol": 1e-9}
)
best = clean_best(found.x)
features, samples = float(best.prediction.N), float(best.prediction.T)
ratio = (
    planar(lam, samples, features, best.ridge)[2] / planar(lam, features, samples, best.ridge)[2]
)
equal("13.14", "a cost of N^2 T", ratio, p, rel=1e-6)
endless = unit_model(rf.PowerLaw(1.6, 10**15))
sizes = np.array([100, 200])
ridge = rf.optimal_ridge(dataclasses.replace(endless, sigma_eps=0.0), sizes, 3 * sizes).ridge
sums = (
    rf.predict(endless, sizes, 3 * sizes, ridge).noise
    + rf.predict(endless, 3 * sizes, sizes, ridge).noise
)
by_order("13.15", "the noises add up to alpha", sizes, sums / 1.6 - 1, 1)

# %%
# The package
# -----------
# `rf.compute_optimal` searches the best N and T of a budget N T, at a given or the best ridge.

budgets = np.array([1e6, 4e6])
endless = dataclasses.replace(endless, sigma_eps=0.0)
bare, ridged = rf.compute_optimal(endless, budgets), rf.compute_optimal(endless, budgets, "optimal")
by_order(
    "13.7", "rfscale.compute_optimal, no ridge", budgets, bare.N / bare.T / (1.6 / 3.6) - 1, 0.5
)
scale = constant(1.6) * budgets ** (-1.6 / 2)
by_order("13.9", "and its loss", budgets, bare.test / (scale * gain(1.6) * height(1.6)) - 1, 0.5)
equal("13.2", "rfscale.compute_optimal, the best ridge", ridged.N, ridged.T, rel=1e-4)
by_order("13.8", "and its loss", budgets, ridged.test / (scale * height(1.6)) - 1, 0.5)

for budget in (300.0, 3000.0):
    bare = rf.compute_optimal(clean, budget)
    two = df(2, lam, planar(lam, bare.N, bare.T, 0)[0])
    equal(
        "13.7",
        f"a finite spectrum, N T = {budget:g}",
        bare.N / bare.T,
        two / (2 * bare.N - two),
        rel=1e-4,
    )
    noisy = rf.compute_optimal(dataclasses.replace(clean, sigma_eps=0.3), budget, "optimal")
    equal("13.4", "with noise", noisy.T / noisy.N, 1 + 0.3**2 / (2 * noisy.test), rel=1e-4)

# %%
# The loss at a given product N T, in units of :math:`C(NT)^{-\alpha/2}`: with the best ridge (full
# lines) and without (dashed).

figure, axes = plt.subplots(figsize=(6, 4))
shares = np.geomspace(0.02, 50, 202)
unridged = sp.lambdify((alpha, y), S_0.subs(P, 1) / C)
for value, colour in ((0.5, "#0072B2"), (1.0, "#000000"), (2.0, "#D55E00")):
    full = [least(value, np.sqrt(share), 1 / np.sqrt(share)) / constant(value) for share in shares]
    bare = unridged(value, np.minimum(shares, 1 / shares))
    bare[bare > 100] = np.nan
    axes.loglog(shares, full, color=colour, label=rf"$\alpha = {value:g}$")
    axes.loglog(shares, bare, "--", color=colour)
    lows = gain(value) * height(value), height(value)
    equal(
        "13.8-13.9",
        "the lowest points of the curves",
        [np.nanmin(bare), np.min(full)],
        lows,
        rel=2e-3,
    )
axes.plot([], [], "k", label="best ridge")
axes.plot([], [], "k--", label="no ridge")
axes.set(xlabel=r"$N/T$", ylabel=r"$S\,/\,C\,(NT)^{-\alpha/2}$", ylim=(0.45, 60))
axes.legend(loc="lower center", ncols=3)
show(figure)
