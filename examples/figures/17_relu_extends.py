r"""
Does a layer of random features extend a spectrum?
==================================================

Scanned digits have 64 pixels, of which 61 change. Linear features of them (blue) approach the
spectrum of the pixels as their number N grows, and stop where it stops: a linear layer extends
nothing. ReLU features (orange) approach the spectrum of their kernel, the arc-cosine kernel, which
goes on as far as there are samples to see it: a nonlinear layer extends the spectrum. It does not
continue an exponent. On the right is the local one of the population's curve, which is that of no
power law for the pixels, and changes slowly for the ReLU layer.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits

import rfscale as rf

X, kinds = load_digits(return_X_y=True)
X = X - X.mean(axis=0)
y = np.eye(10)[kinds]
rng = np.random.default_rng(17)
layers = {"linear": (np.asarray, "#0072B2", "o")}
layers["relu"] = (lambda z: np.maximum(z, 0), "#E69F00", "s")

# %%
# Left, points: eigenvalues of the covariance of N features over all samples, relative to their sum.
# Lines: those of the kernel. Right: the slope of the resolution at which as many directions
# stand out in the population, less 1, which is :math:`\alpha` for a power law.
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.4), layout="constrained")
for name, (layer, colour, marker) in layers.items():
    data = rf.measure(X, y, features=name)
    values = data.eigenvalues / data.eigenvalues.sum()
    left.loglog(np.arange(1, values.size + 1), values, color=colour, label=f"{name} kernel")
    for N, fill in [(50, "white"), (500, colour)]:
        phi = layer(X @ rng.standard_normal((64, N)))
        found = np.linalg.svd(phi, compute_uv=False) ** 2
        found = found[found > 1e-12 * found[0]] / np.sum(found)
        J = np.unique(np.geomspace(1, found.size, 18).round().astype(int))
        look = {"marker": marker, "ms": 5, "ls": "", "color": colour, "mfc": fill}
        left.plot(J, found[J - 1], **look, label=f"{name}, N = {N}")
        print(f"{name}, N = {N}: the rank of the features is {found.size}", end="; ")
    print(f"of the kernel {values.size}")
    alpha = -np.gradient(np.log(data.kappa), np.log(data.df1)) - 1
    right.semilogx(data.df1, alpha, color=colour, label=name)
    shown = [n for n in (5, 10, 20, 100, 500) if n < 0.4 * values.size]
    local = [f"{np.interp(n, data.df1[::-1], alpha[::-1]):.2f}" for n in shown]
    print(f"   local exponent at {shown} directions:", *local)
left.set(xlabel="rank $J$", ylabel="eigenvalue / sum of all", ylim=(1e-7, 1))
right.set(xlabel=r"directions above the resolution, $\mathrm{df}_1$", ylabel="local exponent")
right.set(xlim=(3, 900), ylim=(0, 2))
left.legend(frameon=False, fontsize="small", loc="lower left")
right.legend(frameon=False)
plt.show()
