r"""
When does a network stop remembering samples and find features?
===============================================================

The toy of Henighan et al., :math:`x \to \mathrm{ReLU}(W^\top W x + b)` with two hidden dimensions,
is trained on T samples of 500 features, each off with probability S = 0.98. Five samples are put on
a pentagon, each in a direction of its own (left inset: the hidden :math:`W x_t`), and recalled.
Hundreds make five of the features a pentagon (right inset: columns of W) and leave out the others.
To remember costs large weights and biases (right), like those of the polygon of T samples (27.2)
while all are recalled; then they fall. In between the test loss is above that of a constant. Both
ends are found from any start that was tried. The height and the place of the bump depend on the
optimiser and on how long it trains.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf
from rfscale.neighbours.trained import toy

n, S = 500, 0.98
sizes = [3, 5, 8, 15, 40, 100, 200, 300, 500, 700]
test = toy.samples(2000, n, S, seed=100)
data = {T: toy.samples(T, n, S, seed=1) for T in sizes}
runs = {T: toy.train(x, test, steps=5000, seed=1, records=1) for T, x in data.items()}

# %%
figure, axes = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")
axes[0].plot(sizes, [run.test for run in runs.values()], "o-", color="#D55E00", label="network")
constant = rf.neighbours.toy_constant_loss(n, S)
axes[0].axhline(constant, ls="--", color="black", lw=1, label="the best constant")
best = rf.neighbours.feature_polygon(5, n, S).test
axes[0].axhline(best, ls=":", color="black", lw=1.2, label="five features (27.5)")
axes[0].set(xscale="log", xlabel="samples $T$", ylabel="test loss", ylim=(0.84, 1.2))
axes[0].legend(frameon=False, loc="upper right")

looks = [("$|W|$", "o", "#0072B2"), ("$|b|$", "s", "#E69F00")]
norms = np.array([[run.W_norm, run.b_norm] for run in runs.values()])
few = np.arange(5, 16)
polygon = rf.neighbours.sample_polygon(few)
for k, norm in enumerate([polygon.weight_norm, polygon.bias_norm]):
    name, marker, colour = looks[k]
    axes[1].plot(sizes, norms[:, k], marker=marker, color=colour, label=name)
    axes[1].plot(few, norm, "--", color=colour)
axes[1].set(xscale="log", yscale="log", xlabel="samples $T$", ylabel="norms", ylim=(0.2, 30))
axes[1].legend(frameon=False, loc="upper right")

for T, place, name in [(5, 0.04, "5 samples"), (700, 0.68, "500 features")]:
    inset = axes[0].inset_axes((place, 0.01, 0.28, 0.29))
    vectors = runs[T].hidden if T == 5 else runs[T].W
    for vector in vectors.T:
        inset.plot([0, vector[0]], [0, vector[1]], "o-", ms=4, lw=1, color="black")
    inset.set(aspect="equal", title=name)
    inset.set_axis_off()
axes[0].set_title("few: samples; many: five features")
axes[1].set_title("the price of remembering (dashed: 27.2)")

for T, run in runs.items():
    D = np.sort(run.feature_dimensionalities)[::-1]
    print(f"T = {T}: train {run.train:.3f}, test {run.test:.3f}, learned {run.regime},", end=" ")
    print(f"fifth and sixth largest D {D[4]:.2f} and {D[5]:.2f}")
plt.show()
