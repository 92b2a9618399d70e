r"""
Does the theory predict the loss on real samples?
=================================================

The theory knows 700 samples. Features are trained on T samples at the predicted best ridge, and
tested on samples that neither has seen. Lines and bands above are predicted, with the error that
the choice of the 700 makes; points are measured, with the error that the choice of the held-out
samples makes. Both errors are common to all points of a panel, which go up and down together.
Below, gaps are averaged over six splits: with the samples' own leverages (full) they are some
percent, also for ReLU features, of which the theory knows the kernel alone. With equal leverages
(open, dotted above), which is plain planar theory, they are so for digits, but not for patches of a
photograph, whose contrast differs by factors (their label is a pixel, 0 to 255).
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits, load_sample_image

import rfscale as rf

digits, kinds = load_digits(return_X_y=True)
photograph = load_sample_image("china.jpg").mean(axis=2)
patches = np.lib.stride_tricks.sliding_window_view(photograph, (8, 9)).reshape(-1, 8, 9)
patches = patches[np.random.default_rng(18).permutation(len(patches))[:6000]]
sets = {"digits": (digits, np.eye(10)[kinds])}
sets["patches"] = (patches[:, :, :8].reshape(-1, 64), patches[:, 4, 8])
cases = [(name, kind) for name in sets for kind in ("linear", "relu")]
N, T = np.array([15, 30, 60, 120, 240]), np.array([[60], [140], [300]])
splits, many = 6, np.geomspace(14, 260, 40)

# %%
figure, axes = plt.subplots(2, 4, figsize=(12, 6.5), layout="constrained", sharex=True)
for (name, features), upper, lower in zip(cases, *axes, strict=True):
    X, y = sets[name]
    data = rf.measure(X, y, features, pool=700)
    found = rf.compare(data, N, T)
    print(f"{name}, {features}: {found.verdict}")
    gaps = []
    for split in range(splits):
        pool = data.without_held_out(split=split)
        theory = pool.predict(N, T, stderr=False)
        drawn = rf.experiment(X, y, N, T, theory.ridge, features=features, draws=8, split=split)
        plain = pool.predict(N, T, theory.ridge, leverages=False, stderr=False)
        gaps.append([100 * (drawn.mse.mean / said.mse - 1) for said in (theory, plain)])
    means, errors = np.mean(gaps, axis=0), np.std(gaps, axis=0, ddof=1) / splits**0.5
    print(f"   six splits, mean gap: own leverages {np.abs(means[0]).mean():.1f} %, ", end="")
    print(f"equal ones {np.abs(means[1]).mean():.1f} %, standard error {errors[0].mean():.1f} %")
    pool = data.without_held_out()
    theory = pool.predict(many, T, stderr=False)
    plain = pool.predict(many, T, theory.ridge, leverages=False, stderr=False)
    bars = np.hypot(found.draws_stderr, found.holdout_stderr) / 100 * found.prediction.mse
    for k, colour in enumerate(("#E69F00", "#0072B2", "black")):
        error = np.interp(many, N, found.pool_stderr[k] / 100)
        band = [theory.mse[k] * (1 - error), theory.mse[k] * (1 + error)]
        upper.fill_between(many, *band, color=colour, alpha=0.15, lw=0)
        upper.loglog(many, theory.mse[k], color=colour, label=f"T = {T[k, 0]}")
        upper.plot(many, plain.mse[k], ":", color=colour)
        upper.errorbar(N, found.estimate.mse.mean[k], bars[k], fmt="o", ms=4, color=colour)
        look = {"fmt": "o", "ms": 5, "lw": 1, "color": colour}
        for values, error, fill in zip(means, errors, (colour, "white"), strict=True):
            lower.errorbar(N * 1.07 ** (k - 1), values[k], error[k], mfc=fill, **look)
    upper.set(title=f"{name}, {features}", xlabel="features $N$", ylabel="mean squared error")
    lower.set(xlabel="features $N$", ylabel="measured beyond predicted (%)", ylim=(-10, 29))
    lower.set_xticks(N, N)
    lower.set_xticks([], minor=True)
    upper.yaxis.set_major_formatter("{x:g}")
    upper.yaxis.set_minor_formatter("{x:g}")
    lower.axhline(0, color="0.6", lw=0.8, zorder=0)
axes[0, 0].legend(frameon=False)
plt.show()
