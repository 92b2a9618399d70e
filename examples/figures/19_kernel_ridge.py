r"""
Does the theory know scikit-learn's kernel ridge regression?
============================================================

Infinitely many random features are kernel ridge regression. Its learning curve is predicted here
from 600 scanned digits and a kernel, without a fit: lines, with the error that the choice of the
600 makes. Points are scikit-learn's ``KernelRidge``, trained on T of the other 1197 digits and
tested on the rest of these. The kernels are that of the inputs, the arc-cosine kernel, which is
that of ReLU features, and any function of one's own. ``kernel_ridge`` is the ``alpha`` of
``KernelRidge``: left the best one in theory for each T, right all of them.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.kernel_ridge import KernelRidge
from sklearn.metrics.pairwise import rbf_kernel

import rfscale as rf

rng = np.random.default_rng(19)
X, kinds = load_digits(return_X_y=True)
order = rng.permutation(len(X))
X, y = X[order] / 16, np.eye(10)[kinds[order]]
pool, others = np.arange(600), np.arange(600, len(X))
X, y = X - X[pool].mean(axis=0), y - y[pool].mean(axis=0)


# %%
def measured(kernel, T, alpha, draws=8):
    """Mean squared errors of scikit-learn, on labels as they are, summed over outputs."""
    errors = []
    for _ in range(draws):
        rows = rng.permutation(others)
        train, test = rows[:T], rows[T:]
        fit = KernelRidge(alpha=alpha, kernel="precomputed")
        fit.fit(kernel(X[train], X[train]), y[train])
        found = fit.predict(kernel(X[test], X[train]))
        errors.append(np.sum((found - y[test]) ** 2, axis=1).mean())
    return np.mean(errors), np.std(errors, ddof=1) / draws**0.5


T, alphas = np.array([15, 21, 30, 42, 60, 85, 120, 170, 240]), np.geomspace(1e-3, 100, 11)
kernels = {"linear": ("linear", "#0072B2"), "arc-cosine": ("relu", "#E69F00")}
kernels["RBF"] = (lambda X, Z: rbf_kernel(X, Z, gamma=0.1), "black")
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.4), layout="constrained")
for name, (features, colour) in kernels.items():
    data = rf.measure(X[pool], y[pool], features)
    curves = [(left, T, data.predict(np.inf, T, "optimal"))]
    curves += [(right, alphas, data.predict(np.inf, 120, kernel_ridge=alphas))]
    for axes, x, said in curves:
        points = zip(said.T.astype(int), said.kernel_ridge, strict=True)
        found = [measured(data.features.kernel, size, alpha) for size, alpha in points]
        means, errors = np.transpose(found)
        axes.loglog(x, said.mse, color=colour, label=name)
        band = [said.mse - said.stderr, said.mse + said.stderr]
        axes.fill_between(x, *band, color=colour, alpha=0.15, lw=0)
        axes.errorbar(x, means, errors, fmt="o", ms=4, color=colour)
        gaps, stderr = 100 * (means / said.mse - 1), 100 * said.stderr / said.mse
        print(f"{name}, over {'T' if axes is left else 'alpha'}: gaps ", end="")
        print(f"{gaps.min():.1f} to {gaps.max():.1f} %, error of the pool {stderr.mean():.1f} %")
left.set(xlabel="samples $T$", title="best alpha in theory")
left.set_xticks(T[::2], T[::2])
left.set_xticks([], minor=True)
right.set(xlabel="alpha of KernelRidge", title="$T = 120$")
for axes in (left, right):
    axes.set(ylabel="mean squared error", ylim=(0.11, 0.99))
    axes.yaxis.set_minor_formatter("{x:g}")
left.legend(frameon=False)
plt.show()
