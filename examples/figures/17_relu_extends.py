r"""
Does a layer of random features extend a spectrum?
==================================================

Scanned digits have 64 pixels, of which 61 change. N linear features of them (blue) approach the
spectrum of the pixels as N grows, and stop where it stops: a linear layer extends nothing. N ReLU
features (orange) approach the spectrum of their kernel, the arc-cosine kernel, which goes on as far
as there are samples to see it. So a nonlinear layer extends the spectrum. It does not continue an
exponent: the slope of the curves on the right is a different one at each number of directions, and
not that of the pixels.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

import rfscale as rf

X, kinds = load_digits(return_X_y=True)
X = X - X.mean(axis=0)
y = np.eye(10)[kinds]
rng = np.random.default_rng(17)
layers = {"linear": (lambda z: z, "#0072B2", "o"), "relu": (lambda z: np.maximum(z, 0), "#D55E00", "s")}

# %%
# Left, points: eigenvalues of N features of all samples, relative to their sum. Lines: those of the
# kernel. Right: the exponent of the population's curve, from the slope of its resolution.
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.4), layout="constrained")
for name, (layer, colour, marker) in layers.items():
    data = rf.measure(X, y, features=name, pool=1200)
    values = data.eigenvalues / data.eigenvalues.sum()
    left.loglog(np.arange(1, values.size + 1), values, color=colour, label=f"{name}, kernel")
    print(f"{name}: {values.size} directions, eigenvalue 300 over eigenvalue 30: ", end="")
    print(f"{values[299] / values[29]:.1g}" if values.size > 300 else "none")
    for N, fill in [(50, "none"), (500, colour)]:
        phi = layer(X @ rng.standard_normal((64, N)))
        found = np.linalg.svd(phi, compute_uv=False) ** 2
        found = found[found > 1e-12 * found[0]] / np.sum(found)
        J = np.unique(np.geomspace(1, found.size, 18).round().astype(int))
        left.plot(J, found[J - 1], marker, ms=5, color=colour, mfc=fill, label=f"{name}, N = {N}")
    local = -np.gradient(np.log(data.kappa), np.log(data.df1)) - 1
    right.semilogx(data.df1, local, color=colour, label=name)
    at = [np.interp(n, data.df1[::-1], local[::-1]) for n in (10, 30, 100, 300)]
    print("   exponent at 10, 30, 100, 300:", *[f"{value:.2f}" for value in at])
right.set(xlim=(3,600),ylim=(-.5,3))
left.set(ylim=(1e-7,1))
plt.show()
