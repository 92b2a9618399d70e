r"""
How do N and T cut the spectrum?
================================

A model with :math:`N` features and :math:`T` samples sees the power law only in part. Left: the
eigenvalues of its feature covariance follow :math:`\lambda_J` at first, and end at :math:`J =
\min(N, T)`. Right: of direction J it learns the share :math:`\lambda_J/(\lambda_J + \Delta)` (step
4 of the derivations), one half at the resolution :math:`\Delta`. Which of N and T is the smaller
one makes no difference.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

M, draws = 1000, 50
model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=M))
variances = model.spectrum.eigenvalues
J = np.arange(1, M + 1)


# %%
# The share is the mean coefficient of :math:`w_J x_J` in the trained model, without a ridge.


def mean_and_error(values):
    return np.mean(values, axis=0), np.std(values, axis=0, ddof=1) / np.sqrt(draws)


figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
left.plot(J, variances, color="0.3", lw=1.2, label=r"latent spectrum $\lambda_J$")
sizes = [
    (30, 600, "#0072B2", "o", "-"),
    (600, 30, "#D55E00", "x", "--"),
    (150, 600, "#009E73", "s", "-."),
]
for N, T, colour, marker, dash in sizes:
    rng, eigenvalues, shares = np.random.default_rng(seed=1), [], []
    for _ in range(draws):
        u = rng.standard_normal((N, M)) / np.sqrt(M)
        x = np.sqrt(variances)[:, None] * rng.standard_normal((M, T))
        phi = u @ x
        eigenvalues.append(M / N * np.linalg.svd(phi, compute_uv=False) ** 2 / T)
        # of w_J, what the trained model holds
        shares.append(np.sum((x @ np.linalg.pinv(phi)) * u.T, axis=1))
    look = {"color": colour, "marker": marker, "ms": 5, "mfc": "none", "ls": "", "capsize": 2}
    look["label"] = f"$N = {N},\\ T = {T}$"
    delta = rf.predict(model, N, T).delta
    ranks = np.unique(np.geomspace(1, min(N, T), 14).round().astype(int)) - 1
    mean, error = mean_and_error(eigenvalues)
    left.errorbar(J[ranks], mean[ranks], error[ranks], **look)
    right.plot(J, variances / (variances + delta), dash, color=colour)
    directions = np.unique(np.geomspace(1, M, 24).round().astype(int)) - 1
    mean, error = mean_and_error(shares)
    right.errorbar(J[directions], mean[directions], error[directions], **look)
    print(f"N = {N}, T = {T}: Delta = {delta:.2e},", end=" ")
    print(f"the variances of {(variances > delta).sum()} directions are larger")
for n in (30, 150):
    left.axvline(n, ymax=0.62, color="0.6", lw=0.8, ls=":", zorder=0)
    place = {"ha": "center", "transform": left.get_xaxis_transform()}
    left.text(n, 0.63, f"$J = {n}$", color="0.35", **place)
left.set(xscale="log", yscale="log", xlabel="rank $J$")
left.set_ylabel(r"eigenvalue of $(M/NT)\,\phi\phi^{\mathrm{T}}$")
left.legend(frameon=False, loc="lower left")
right.axhline(0.5, color="0.6", lw=0.8, ls=":", zorder=0)
right.text(1, 0.51, r"$\lambda_J = \Delta$", color="0.35", va="bottom")
right.set(xscale="log", xlabel="latent direction $J$", ylabel="share that is learned")
right.legend(frameon=False, title=r"lines: $\lambda_J/(\lambda_J + \Delta)$")
plt.show()
