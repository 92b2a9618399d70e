r"""
27. Polygons, and the cost of memory
====================================

**The question.** The ReLU-output toy of Henighan et al., *Superposition, memorization, and double
descent*, 2023, maps inputs of n sparse features to two dimensions and back, :math:`x' =
\mathrm{ReLU}(W^TWx + b)`. Trained on few samples it puts the samples on a polygon, trained on many
it puts a few features on one, and in between its test loss rises. What does it cost to remember T
samples? What do k features gain? And is it the ReLU that makes the peak?

**What we find.** T samples that share no feature are remembered exactly by a polygon, but the
weights grow as :math:`T^{3/2}` and the biases as :math:`T^{5/2}`. Features on a polygon gain at
most five times what one gains, at k = 6, with k = 5 within five percent: this does not explain why
training takes five. Without the ReLU the loss falls with T, with no peak. The last part is
bookkeeping: what a wider transformer of the same size has to hold, and under which bound.

The closed forms are derived here. Loss is the mean squared length of the error, without a factor
1/2, as in the original.

Remembering
-----------

Let T samples have length 1 and no feature in common. The smallest W with :math:`Wx_a = h_a` is
:math:`\sum_ah_ax_a^T`. Given sample a, feature i of sample c is returned as
:math:`\mathrm{ReLU}(x_{ci}\,h_c\cdot h_a + b_i)`. For c = a it must be :math:`x_{ai}`, which says
:math:`b_i = x_{ai}(1 - |h_a|^2)`. For the others it must be 0: :math:`h_c\cdot h_a \le |h_c|^2 -
1`. If all :math:`h_a` have the length a, this is :math:`a^2(1 - \cos\theta) \ge 1` for the smallest
angle between two of them. In the plane that is at most :math:`2\pi/T`, as it is in the regular
polygon, which thus needs the smallest radius,

.. math:: a^2 \ge \frac1{1 - \cos(2\pi/T)}. \tag{27.1}

As the :math:`x_a` are orthogonal and of length 1,

.. math:: |W|^2 = T a^2, \qquad |b|^2 = T (a^2 - 1)^2. \tag{27.2}

With :math:`1 - \cos\theta = \tfrac12\theta^2(1 - \tfrac1{12}\theta^2 + \ldots)` these are, for many
samples,

.. math:: |W| = \frac{T^{3/2}}{\pi\sqrt2}\Big(1 + \frac{\pi^2}{6T^2} + \ldots\Big), \qquad |b| =
          \frac{T^{5/2}}{2\pi^2}\Big(1 - \frac{5\pi^2}{3T^2} + \ldots\Big). \tag{27.3}

Up to T = 4 nothing is above 1. A network that is trained on 30 samples does not pay the 37 and the
245 that it would take: its norms, and its training loss, say that it does not remember them all.
"""

import numpy as np
import sympy as sp
from common import below, by_order, equal, identity, sampled
from scipy.optimize import minimize

import rfscale as rf

rng = np.random.default_rng(27)
toy = rf.neighbours


def disjoint(T, each=3):
    """T samples of length 1 that share no feature, as rows."""
    X = np.kron(np.eye(T), np.ones(each)) * rng.random(T * each)
    return X / np.linalg.norm(X, axis=1)[:, None]


def memory(X, radius):
    """W and b with the samples on a regular polygon."""
    angles = 2 * np.pi * np.arange(len(X)) / len(X)
    return radius * np.array([np.cos(angles), np.sin(angles)]) @ X, (1 - radius**2) * X.sum(0)


def returned(W, b, X):
    return np.maximum(X @ W.T @ W + b, 0)


for T in (2, 3, 5, 12, 30):
    X, polygon = disjoint(T), rf.neighbours.sample_polygon(T)
    W, b = memory(X, polygon.radius)
    equal("27.1", f"{T} samples are returned", returned(W, b, X), X, 1e-11 * T**2)
    equal("27.2", "W", np.linalg.norm(W), polygon.weight_norm)
    equal("27.2", "b", np.linalg.norm(b), polygon.bias_norm)
    short = memory(X, 0.99 * polygon.radius)
    leak = np.max((returned(*short, X) - X) / X.sum(0))
    equal("27.1", "what a radius too small by 1 % adds", leak, 1 - 0.99**2, 1e-9)

y = sp.symbols("y", positive=True)  # 1/T
squared = 1 / (1 - sp.cos(2 * sp.pi * y))
leading = 1 / (2 * sp.pi**2 * y**2)
relative = [sp.series(one / leading, y, 0, 4).removeO() for one in (squared, squared - 1)]
identity("27.3", "the next order of W, squared", relative[0] - 1 - sp.pi**2 * y**2 / 3)
identity("27.3", "the next order of b", relative[1] - 1 + 5 * sp.pi**2 * y**2 / 3)
many = np.array([100, 200])
exact, law = toy.sample_polygon(many), toy.sample_polygon_limit(many)
by_order("27.3", "the law of W", many, exact.weight_norm / law.weight_norm - 1, 2)
by_order("27.3", "the law of b", many, exact.bias_norm / law.bias_norm - 1, 2)

# %%
# Features on a polygon
# ---------------------
# With many samples features are learned. An input has each feature with probability 1 - S, its size
# uniform on [0, 1], and then is scaled to length 1. Put k of the n features on the corners of a
# regular polygon, :math:`|W_i|^2 = r`, with one bias b, and let the others have no weights. A
# feature that is on alone among the k, with size x, is returned as :math:`\mathrm{ReLU}(rx + b)`,
# and the others as :math:`\mathrm{ReLU}(rx\cos(2\pi j/k) + b)`. In units of what one whole feature
# gains over an output of 0, which is its :math:`E x_i^2 = 1/n`,
#
# .. math:: \mathrm{gain}_k = \frac k{E x^2}\Big(E x^2 - \min_{r, b\le0}E\Big[(x -
#           \mathrm{ReLU}(rx + b))^2 + \sum_{j=1}^{k-1}\mathrm{ReLU}\big(rx\cos\tfrac{2\pi
#           j}k + b\big)^2\Big]\Big), \tag{27.4}
#
# where E is over the x of a feature that is on. If all x were equal, (27.1) would return them
# exactly, on any polygon: b is then of use against one size. What limits k is that the sizes
# spread. Up to k = 4 the cosines of the others are not above 0, and b = 0 is exact for all sizes.
# The features that are not on the polygon are best returned as constants, their means m, so that
# the network has the loss
#
# .. math:: L = 1 - (n - k)\,m^2 - \frac{\mathrm{gain}}n, \tag{27.5}
#
# if the gain is computed with several of the k features on together, as often as they are. Then it
# is the loss of a network that exists, and not an estimate. The mean follows from :math:`s^{-1/2} =
# \tfrac2{\sqrt\pi}\int_0^\infty e^{-sz^2}dz`, with s the squared length,
#
# .. math:: m = \frac{1 - S}{1 - S^n}\,\frac2{\sqrt\pi}\int_0^\infty dz\,\frac{1 - e^{-z^2}}{2z^2}
#           \Big(S + (1 - S)\frac{\sqrt\pi}2\frac{\mathrm{erf}z}z\Big)^{n-1}, \qquad
#           \mathrm{tr}\,\Sigma = 1 - n m^2, \tag{27.6}
#
# as :math:`E[u e^{-u^2z^2}]` and :math:`E[e^{-u^2z^2}]` are the first and the last factor. Inputs
# without any feature have no direction and are left out; :math:`\mathrm{tr}\,\Sigma` is the loss of
# the best constant predictor, and the trace of the inputs' covariance.


def inputs(n, S, T):
    u = rng.random((T, n)) * (rng.random((T, n)) > S)
    u = u[u.any(axis=1)]
    return u / np.linalg.norm(u, axis=1)[:, None]


two = 1 - 2 * ((np.sqrt(2) + np.arcsinh(1) - 1) / 2) ** 2
equal("27.6", "two features that are always on", toy.toy_constant_loss(2, 0), two)
n, S = 30, 0.9
m = np.sqrt((1 - toy.toy_constant_loss(n, S)) / n)
X = inputs(n, S, 60_000)
sampled("27.6", "the mean", X.mean(1), m, 0.01)

equal("27.4", "nine features of one size", toy.feature_polygon(9, 9, 1 - 1e-9).gain, 9, 1e-4)
equal("27.4", "up to four", toy.feature_polygon([2, 3, 4], 1000, 0.99).gain, [2, 3, 4], 1e-6)


def gain_of(k, x):
    """(27.4) for a list of sizes."""
    cosines = np.cos(2 * np.pi * np.arange(1, k) / k)

    def cost(v):
        disturbed = np.maximum(v[0] * x[:, None] * cosines - abs(v[1]), 0) ** 2
        return np.mean((x - np.maximum(v[0] * x - abs(v[1]), 0)) ** 2 + disturbed.sum(1))

    least = min(minimize(cost, v, method="Nelder-Mead").fun for v in ([1.2, 0.1], [1.5, 0.3]))
    return k * (1 - least / np.mean(x**2))


best = toy.feature_polygon(6, n, S)
x = X[X > 0][:20_000]
equal("27.4", "on inputs that are drawn", best.gain, gain_of(6, x), 0.01)
five, six = toy.feature_polygon([5, 6], 1000, 0.99).gain
below("27.4", "five and six of a thousand", 1 - five / six, 0.05)
k, r, b = 6, best.squared_radius, best.bias
angles = 2 * np.pi * np.arange(k) / k
gained = np.zeros(len(X))
for first in range(0, n, k):  # five sets of six features
    some = X[:, first : first + k]
    output = np.maximum(r * some @ np.cos(angles[:, None] - angles) + b, 0)
    gained += np.sum(some**2 - (some - output) ** 2, axis=1) / 5
sampled("27.5", "the gain of six, together", n * gained, best.gain_together, 0.02)
saved = 1 - (n - k) * m**2 - best.test
sampled("27.5", "the network's loss", gained, saved, 0.02)

# %%
# With n = 1000 and S = 0.99 five features gain 4.73 and six 4.96, together 4.67 and 4.87. One is as
# good as the other to five percent, and six are a little better. That trained networks end at five
# is not explained by this: it says nothing about what training finds, nor about what other features
# with small weights do.
#
# Dimensionality
# --------------
# Elhage et al., *Toy models of superposition*, 2022, ask which share of a dimension a feature has,
# and Henighan et al. ask the same of a sample,
#
# .. math:: D_i = \frac{|w_i|^2}{\sum_j(\hat w_i\cdot w_j)^2} = \frac{|w_i|^4}{w_i^TGw_i},
#           \qquad G = \sum_jw_jw_j^T. \tag{27.7}
#
# On a regular k-gon it is 2/k. In general, with :math:`|w|^4 = (G^{1/2}w\cdot G^{-1/2}w)^2` and the
# inequality of Cauchy and Schwarz,
#
# .. math:: 0 \le D_i \le w_i^TG^+w_i \le 1, \qquad \sum_iD_i \le \mathrm{rank}\,G, \tag{27.8}
#
# as :math:`w^TG^+w` is a leverage, and these sum to the rank. Equality needs all :math:`w_i` to be
# eigenvectors of G, as for a polygon, where G is a multiple of the identity.

W = rng.standard_normal((3, 40)) * rng.random(40)
D = rf.neighbours.dimensionality(W)
unit = W / np.linalg.norm(W, axis=0)
equal("27.7", "by all pairs", D, np.sum(W**2, 0) / np.sum((unit.T @ W) ** 2, 1))
leverage = np.sum(W * (np.linalg.inv(W @ W.T) @ W), axis=0)
below("27.8", "each", D, leverage)
below("27.8", "their sum", D.sum(), 3)
corners = np.array([np.cos(angles), np.sin(angles)])
equal("27.8", "a hexagon", rf.neighbours.dimensionality(corners), np.full(6, 1 / 3))
X_few = disjoint(5)
on_corners = rf.neighbours.sample_dimensionality(memory(X_few, 1.3)[0], X_few)
equal("27.7", "samples on a pentagon", on_corners, np.full(5, 0.4))

# %%
# Without the ReLU
# ----------------
# For :math:`x' = W^TWx + b` the least training loss is that of the mean c of the samples and of the
# projection P on their first m principal components, of which there are :math:`r = \min(m, T - 1)`.
# The test loss, given the samples, is :math:`\mathrm{tr}\,(1 - P)(\Sigma + \delta\delta^T)` with
# :math:`\delta = c - E x`. If :math:`\Sigma = \sigma^2\cdot1`, then :math:`\mathrm{tr}\,P\Sigma =
# r\sigma^2` whatever the samples are, and :math:`E|\delta|^2 = \mathrm{tr}\,\Sigma/T`. If x is also
# Gaussian, P and :math:`\delta` are independent, and
#
# .. math:: L = \mathrm{tr}\,\Sigma\,\Big(1 + \frac1T\Big)\Big(1 - \frac rn\Big) \tag{27.9}
#
# is exact for all T, n and m. If it is not, only :math:`E|P\delta|^2`, which is between 0 and
# :math:`\mathrm{tr}\,\Sigma/T`, is not :math:`(r/n)\,\mathrm{tr}\,\Sigma/T`, so that
#
# .. math:: \Big|\frac L{\mathrm{tr}\,\Sigma\,(1 + 1/T)(1 - r/n)} - 1\Big| \le
#           \frac1{T + 1}\max\Big(1, \frac{r}{n - r}\Big). \tag{27.10}
#
# The toy's inputs have the covariance :math:`\sigma^2\cdot1 + c\,11^T`, which differs in one
# direction of n. The loss falls with T, and has no peak at any: the peak of the toy needs the ReLU.


def linear_loss(X, m, trace, mean):
    """Test loss of the linear toy trained on the rows of X, for a Sigma of equal eigenvalues."""
    T, n = X.shape
    delta = X.mean(0) - mean
    P = np.linalg.svd(X - X.mean(0), full_matrices=False)[2][: min(m, T - 1)]
    return trace * (1 - len(P) / n) + delta @ delta - np.sum((P @ delta) ** 2)


for T in (2, 5, 30):
    drawn = [linear_loss(rng.standard_normal((T, 12)), 3, 12.0, 0) for _ in range(1000)]
    sampled("27.9", f"Gaussian, T = {T}", drawn, toy.toy_linear_loss(T, 12, 3, 12.0), 0.05)
n, S = 60, 0.9
trace = toy.toy_constant_loss(n, S)
mean = np.sqrt((1 - trace) / n)
for T in (3, 10, 60):
    law = toy.toy_linear_loss(T, n, 2, trace)
    drawn = [linear_loss(inputs(n, S, 2 * T + 5)[:T], 2, trace, mean) for _ in range(400)]
    off = np.mean(drawn) / law - 1
    print(f"T = {T}: {off:+.5f} +- {np.std(drawn) / law / np.sqrt(400):.5f} off")
    below("27.10", f"the toy's inputs, T = {T}", abs(off), 1 / (T + 1))

# %%
# Shapes of a transformer
# -----------------------
# A note of Katta counts features against neurons in transformers of different shapes. Without
# embeddings, width d and l layers have
#
# .. math:: P = 12 d^2l, \qquad \text{neurons } d l = \Big(\frac P{12}\Big)^{2/3}\rho^{-1/3}, \qquad
#           \text{aspect ratio } \rho = \frac dl. \tag{27.11}
#
# Widening by c at constant P,
#
# .. math:: l \to \frac l{c^2}, \qquad d l \to \frac{d l}c, \qquad \rho \to c^3\rho, \tag{27.12}
#
# so that each neuron holds c times as many features. By the bound of compressed sensing, up to its
# constant C, m neurons can hold n features that are on in a share p = 1 - S of the inputs if
#
# .. math:: \frac nm < \frac1{-C p\ln p}. \tag{27.13}
#
# With :math:`w = \ln p` the equality is :math:`we^w = -1/(C\,n/m)`. Where sparser features pack
# better, p < 1/e, w is below -1 and on the lower branch,
#
# .. math:: p = e^{W_{-1}(-m/(Cn))}, \qquad \frac nm \ge \frac eC. \tag{27.14}
#
# Twice as many features a neuron then need a density lower by a factor, :math:`2\,\ln p'/\ln p`,
# that falls to 2. It has to be paid only if the narrow network is at the bound. Nothing says so: a
# wider network with half the neurons is a paradox at the bound, and none below it.

d, layers, c = sp.symbols("d l c", positive=True)
P, ratio = 12 * d**2 * layers, d / layers
identity("27.11", "neurons", ((P / 12) ** 2 / ratio) - (d * layers) ** 3)
A = rf.neighbours.TransformerShape(d=1600, layers=48)
equal(
    "27.11",
    "parameters",
    rf.neighbours.TransformerShape(d=1600, layers=48).parameters,
    12 * 1600**2 * 48,
)
neurons = (A.parameters / 12) ** (2 / 3) * A.aspect_ratio ** (-1 / 3)
equal("27.11", "neurons", rf.neighbours.TransformerShape(d=1600, layers=48).neurons, neurons)
pair = rf.neighbours.compare_shapes(A, A.widened(1.5))
equal("27.11", "of two shapes", pair.of_A[:5], [1600, 48, A.parameters, A.neurons, A.aspect_ratio])
wide = rf.neighbours.TransformerShape(d=1600, layers=48).widened(1.5)
found = [wide.parameters / A.parameters, wide.neurons / A.neurons]
equal("27.12", "widened by 1.5", [*found, wide.aspect_ratio / A.aspect_ratio], [1, 1 / 1.5, 1.5**3])
S = np.array([0.7, 0.9, 0.999])
held = toy.most_features_per_neuron(S, C=2.0)
equal("27.13", "the bound", held * 2 * (1 - S) * -np.log(1 - S), np.ones(3))
equal("27.14", "its inverse", toy.largest_density(held, C=2.0), 1 - S)
ln_p = np.log(toy.largest_density([10.0, 20.0]))
equal("27.14", "twice as many", toy.doubling_factor(10.0), 2 * ln_p[1] / ln_p[0])

# %%
# Kaplan's law (arXiv:2001.08361), with which the note argues, is
#
# .. math:: L(N, D) = \Big[\Big(\frac{N_c}N\Big)^{\alpha_N/\alpha_D} +
#           \frac{D_c}D\Big]^{\alpha_D}. \tag{27.15}
#
# Infinite N leaves the exponent :math:`\alpha_D`. The note has a power inside as well,
#
# .. math:: \Big[\Big(\frac{N_c}N\Big)^{\alpha_N/\alpha_D} +
#           \Big(\frac{D_c}D\Big)^{\alpha_D}\Big]^{\alpha_D}, \tag{27.16}
#
# which leaves :math:`\alpha_D^2`, 0.0106 for 0.103: data then hardly help.

D = np.array([1e10, 1e12])
for tag, law, exponent in (
    ("27.15", toy.kaplan_loss, 0.103),
    ("27.16", toy.kaplan_loss_in_note, 0.103**2),
):
    losses = law(np.inf, D)
    equal(tag, "the exponent of data", np.log(losses[0] / losses[1]) / np.log(100), exponent)
    losses = law(D, np.inf)
    equal(tag, "the exponent of parameters", np.log(losses[0] / losses[1]) / np.log(100), 0.076)
    equal(
        tag,
        "together",
        law(1e9, 1e10) ** (1 / 0.103),
        law(1e9, np.inf) ** (1 / 0.103) + law(np.inf, 1e10) ** (1 / 0.103),
    )
