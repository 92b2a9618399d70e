r"""
Does the theory need Gaussian data?
===================================

It knows only the covariance of the latent data. ``latents`` draws them from other laws of the same
covariance. If the components of a sample are independent, the loss tends to that of the theory: the
gap falls like :math:`\kappa_4/T` with the excess kurtosis, and more slowly if that is infinite, as
for Student's t with three degrees of freedom. If all components of a sample share a random factor,
as in an elliptical law, they are uncorrelated but not independent, and the gap stays.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf


# %%
# A law of your own takes a generator and (samples, directions), and returns numbers of mean 0 and
# variance 1. Here it is Student's t of many variables: one factor for each sample.
def elliptical(rng, shape, df=5):
    factor = np.sqrt((df - 2) / rng.chisquare(df, (shape[0], 1)))
    return factor * rng.standard_normal(shape)


laws = {"Gaussian": ("gaussian", "#0072B2", "o"), "Rademacher": ("rademacher", "#009E73", "v")}
laws |= {"Student's t, df = 3": ("student-t(3)", "#D55E00", "s")}
laws |= {"elliptical t, df = 5": (elliptical, "#CC79A7", "^")}
T, ridge = 60, 1e-3
N = np.array([6, 10, 17, 28, 47, 78, 130, 200])
sizes = np.array([20, 36, 64, 110])
model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=300), sigma_eps=0.01)
grown = {T: rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=5 * T), sigma_eps=0.1) for T in sizes}

# %%
# Left, at one T; right, the gap to one loop as all sizes grow together, N = T/2 and M = 5 T.
figure, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4.2), layout="constrained")
figure.get_layout_engine().set(wspace=0.05)
many = np.geomspace(5, 240, 80)
theory = rf.predict(model, many, T, ridge, order="one-loop")
left.loglog(many, theory.test, color="0.3", label="theory")
for name, (law, colour, marker) in laws.items():
    look = {"color": colour, "marker": marker, "ms": 5, "ls": "none", "label": name}
    drawn = rf.simulate(model, N, T, ridge, draws=64, seed=1, latents=law).test
    left.errorbar(N, drawn.mean, drawn.stderr, **look)
    gaps, errors = [], []
    for size, large in grown.items():
        loss = rf.predict(large, size // 2, size, order="one-loop").test
        found = rf.simulate(large, size // 2, size, draws=500, seed=1, latents=law).test
        gaps.append(100 * abs(found.mean / loss - 1))
        errors.append(100 * found.stderr / loss)
    print(f"{name}: {gaps[0]:.1f} % at T = {sizes[0]}, {gaps[-1]:.1f} % at T = {sizes[-1]}")
    if name != "Gaussian":
        right.errorbar(sizes, gaps, errors, **(look | {"ls": "-", "lw": 0.8}))
    else:
        right.plot(sizes, errors, ":", color=colour, label="standard error, Gaussian")
right.plot(sizes, 90 / sizes, "--", color="0.3", label=r"$0.45\,|\kappa_4|/T$, Rademacher")
right.set(xscale="log", yscale="log", xlabel="samples $T = 2N = M/5$")
right.set(ylabel="gap to the theory (%)", ylim=(0.1, 400))
right.set_xticks(sizes, sizes)
right.minorticks_off()
right.yaxis.set_major_formatter("{x:g}")
left.set(xlabel="number of features $N$", ylabel="test loss $L$")
at = rf"$\alpha = 1,\ M = 300,\ T = {T},\ \gamma = {ridge:g},\ \sigma_\epsilon = 0.01$"
left.set_title(at, fontsize="medium")
right.set_title(r"$\gamma = 0,\ \sigma_\epsilon = 0.1$", fontsize="medium")
left.legend(frameon=False, fontsize="small")
right.legend(frameon=False, fontsize="small", loc="upper left", ncols=2)
plt.show()
