"""
Which loss does my own spectrum predict?
========================================

The theory needs the eigenvalues of the data, not a power law. Here the data are small pictures of
edges. Their measured eigenvalues go into ``rf.Eigenvalues``; the resulting loss stands beside two
experiments, the model with Gaussian data and the regression on the pictures themselves. Both agree
with it to a few percent; a fitted power law does not.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

# %%
# The data: 10 000 pictures of 12 x 12 pixels, each the sum of four soft edges in random places.
rng, draws = np.random.default_rng(1), 100
row, column = np.mgrid[:12, :12].reshape(2, -1) - 5.5
angle, place = rng.uniform(0, 2 * np.pi, (10_000, 4, 1)), rng.uniform(-6, 6, (10_000, 4, 1))
pictures = np.tanh(row * np.cos(angle) + column * np.sin(angle) - place).sum(axis=1)
pictures -= pictures.mean(axis=0)
covariance = np.cov(pictures.T)

# %%
# The model with this spectrum, and one with a power law fitted in logarithms, at the best ridge.
eigenvalues = np.linalg.eigvalsh(covariance)[::-1]
M, T, N = eigenvalues.size, 60, np.array([8, 16, 32, 64, 128, 256])
J = np.arange(1, M + 1)
slope, log_scale = np.polyfit(np.log(J), np.log(eigenvalues), 1)
model = rf.ScalingModel(rf.Eigenvalues(eigenvalues))
fitted = rf.ScalingModel(rf.PowerLaw(alpha=-1 - slope, M=M, scale=np.exp(log_scale)))
theory, fit = (rf.predict(each, N, T, "optimal", order="one-loop") for each in (model, fitted))
gaussian = rf.simulate(model, N, T, theory.ridge, draws=draws, seed=1).test


# %%
# One draw on the pictures themselves: its loss, averaged over the teacher by hand and tested on all
# pictures.
def loss_on_pictures(N, ridge):
    x = pictures[rng.choice(len(pictures), T, replace=False)]
    u = rng.standard_normal((N, M)) / np.sqrt(M)
    learned = u.T @ np.linalg.solve(ridge * np.eye(N) + u @ x.T @ x @ u.T, u @ x.T @ x)
    unlearned = np.eye(M) - learned
    return np.sum((covariance @ unlearned) * unlearned) / (2 * M)


points = zip(N, theory.ridge, strict=True)
losses = np.array([[loss_on_pictures(*point) for _ in range(draws)] for point in points])
mean, stderr = losses.mean(axis=1), losses.std(axis=1, ddof=1) / np.sqrt(draws)
found = {"Gaussian data": gaussian.mean, "pictures": mean, "fitted power law": fit.test}
for name, loss in found.items():
    off = loss / theory.test - 1
    print(f"{name}: {np.min(off):+.1%} to {np.max(off):+.1%} from the theory")

many = np.geomspace(7, 300, 60)
curves = [rf.predict(each, many, T, "optimal", order="one-loop") for each in (model, fitted)]
_, (left, axes) = plt.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
left.loglog(J, eigenvalues, "o", ms=3, color="#0072B2", label="measured")
left.loglog(J, fitted.spectrum.eigenvalues, "--", color="#D55E00", label="fitted power law")
left.set(xlabel="latent direction $J$", ylabel=r"eigenvalue $\lambda_J$")
axes.loglog(curves[0].N, curves[0].test, color="#0072B2", label="theory, measured eigenvalues")
axes.loglog(curves[1].N, curves[1].test, "--", color="#D55E00", label="theory, fitted power law")
look = {"fmt": "o", "ms": 8, "mfc": "none", "color": "#0072B2"}
axes.errorbar(N, gaussian.mean, gaussian.stderr, label="Gaussian data", **look)
axes.errorbar(N, mean, stderr, fmt="s", ms=3.5, color="black", label="the pictures")
axes.set(xlabel="number of features $N$", ylabel="test loss $L$")
left.legend(frameon=False)
axes.legend(frameon=False, title=f"points: simulation, $T = {T}$, best ridge")
plt.show()
