r"""
Is the bump of superposition a double descent?
==============================================

It has a peak of the test loss between two descents, and little else in common with the double
descent of random features. There (right) the loss peaks where the number of samples T is that of
features N: the training loss just vanishes, and noise is fitted (8.5). In the toy of Henighan et
al. (left; 500 features, each off with probability 0.98) the training loss is 0.8 and more where
the test loss peaks: nothing is interpolated. Without its ReLU the toy has no bump (dotted, 27.10).
Training losses are dashed. One seed; the height of the toy's bump depends on the optimiser.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf
from rfscale.neighbours.trained import toy

n, S = 500, 0.98
sizes = [5, 15, 50, 100, 200, 300, 500, 700]
test = toy.samples(2000, n, S, seed=100)
data = {T: toy.samples(T, n, S, seed=1) for T in sizes}
runs = [toy.train(x, test, steps=5000, seed=1, records=1) for x in data.values()]
linear = rf.neighbours.toy_linear_loss(sizes, n, trace=rf.neighbours.toy_constant_loss(n, S))

# %%
# Random features: planar theory, with a small ridge.

N = 100
T = np.unique(np.geomspace(5, 2000, 200).round())
model = rf.ScalingModel(rf.PowerLaw(1.0, M=4000), sigma_eps=0.003)
theory = rf.predict(model, N, T, 1e-7)

figure, axes = plt.subplots(1, 2, figsize=(10, 4.3), layout="constrained")
found = np.array([[run.test, run.train] for run in runs])
axes[0].plot(sizes, found[:, 0], "o-", color="#D55E00", label="test")
axes[0].plot(sizes, found[:, 1], "s--", color="#0072B2", label="training")
axes[0].plot(sizes, linear, ":k", label="test, without ReLU")
axes[0].set(ylabel="loss", title="the toy: training loss near 0.9")
axes[1].plot(T, theory.test, color="#D55E00", label="test")
axes[1].plot(T, theory.train, "--", color="#0072B2", label="training")
axes[1].set(yscale="log", ylabel="loss", title="random features: none left at $T = N$")
for panel in axes:
    panel.set(xscale="log", xlabel="samples $T$")
    panel.legend(frameon=False, loc="lower right")

peak = np.argmax(found[:, 0])
print(f"toy: peak at T = {sizes[peak]}, test {found[peak, 0]:.3f}, training {found[peak, 1]:.3f}")
where = np.argmax(np.where(T > 30, theory.test, 0))
print(f"random features: peak at T = {T[where]:.0f}, test {theory.test[where]:.1e}", end=", ")
print(f"training {theory.train[where]:.1e}")
plt.show()
