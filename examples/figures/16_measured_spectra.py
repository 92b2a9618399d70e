r"""
Where do the spectra of pictures and of text end?
=================================================

The population's spectrum ends at the number of inputs (left), that of T samples at T (right), in a
rapid decline. The second follows from the first. Call :math:`\mathrm{df}_1` the number of
directions that stand out above a ridge. As many as above :math:`\delta` in T samples are above a
larger :math:`\Delta` in the population; for Gaussian samples
:math:`\delta = \Delta\,(1 - \mathrm{df}_1/T)`, which ends at T: the rapid decline set by T is this
renormalisation (step 4 of the derivations). Real samples have leverages of their own, which in
pictures differ by factors; the lines know them (step 22), the dotted ones take them as equal.
"""

import sysconfig
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib import cbook

import rfscale as rf

# %%
# A picture is 16 x 16 pixels of a photograph, or means of these; its label is the next pixel. A
# text is a hundred words of Python's library: the roots of how often its most frequent words occur
# in it. Its label is the place of its file in the alphabet.
rng = np.random.default_rng(16)
photograph = plt.imread(cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)).mean(axis=2)
squares = np.lib.stride_tricks.sliding_window_view(photograph, (16, 17)).reshape(-1, 16, 17)
squares = squares[rng.permutation(len(squares))[:4000]]
blocks = [squares[:, :, :16].reshape(-1, n, 16 // n, n, 16 // n) for n in (4, 8, 16)]
pictures = [each.mean(axis=(2, 4)).reshape(4000, -1) for each in blocks]
files = sorted(Path(sysconfig.get_path("stdlib")).glob("*.py"))
words = [np.array(file.read_text("utf-8").split()) for file in files]
texts = [np.split(each, range(100, each.size, 100))[:-1] for each in words]
kinds, counts = np.unique(np.concatenate(words), return_counts=True)
frequent = kinds[np.argsort(-counts)[:512], None]
roots = np.array([np.sqrt((text == frequent).sum(axis=1)) for each in texts for text in each])
places = np.repeat(np.arange(len(texts)), [len(each) for each in texts])
sets = {"pictures": (pictures, squares[:, 8, 16])}
sets["texts"] = ([roots[:, :n] for n in (32, 128, 512)], places)

# %%
# Points: means over eight sets of T samples.
figure, axes = plt.subplots(2, 2, figsize=(9, 7), layout="constrained")
for (left, right), (name, (inputs, labels)) in zip(axes, sets.items(), strict=True):
    for X, colour in zip(inputs, ("#CC79A7", "#D55E00", "black"), strict=True):
        data = rf.measure(X, labels, pool=1500)
        total = data.eigenvalues.sum()
        left.loglog(data.df1, data.kappa / total, color=colour, label=f"{X.shape[1]} inputs")
    right.loglog(data.df1, data.kappa / total, color="black", label="population")
    for T, colour, marker in [(32, "#E69F00", "^"), (96, "#009E73", "s"), (288, "#0072B2", "o")]:
        few = [X[rng.choice(len(X), T, replace=False)] for _ in range(8)]
        values = np.array([rf.sample_moments(each).eigenvalues for each in few])
        ridge = total * np.geomspace(1e-6, 1, 80)
        shown = np.sum(values / (values + ridge[:, None, None]), axis=-1).mean(axis=1)
        right.plot(shown[::3], ridge[::3] / total, marker, ms=4, color=colour, label=f"T = {T}")
        for line, known in [("-", True), (":", False)]:
            said = data.predict(np.inf, T, kernel_ridge=T * ridge, leverages=known, stderr=False)
            right.plot(said.df1, ridge / total, line, color=colour)
            gap = 100 * np.abs(said.df1 / shown - 1).max()
            kind = "of their own" if known else "equal"
            print(f"{name}, T = {T}, leverages {kind}: gap up to {gap:.0f} %")
    for each in (left, right):
        each.set(xlim=(1, 700), ylim=(1e-6, 1), title=name)
        each.set(
            xlabel=r"directions above the ridge, $\mathrm{df}_1$", ylabel="ridge / total variance"
        )
        each.legend(frameon=False, loc="lower left")
plt.show()
