r"""
Does it matter whether a loss is a sum or a mean?
=================================================

Adam divides a gradient by its own size plus eps, so that a loss and its multiples train alike as
long as eps is small beside gradients. In the ReLU-output toy model on finitely many samples these
are of the order of 1 - S, the share of inputs in which a feature is on. At the published size, n =
10,000 and S = 0.999, the usual eps = 1e-8 is 1e-5 of that if the loss is a sum over features; if
it is their mean, all gradients are n times smaller, and eps is a tenth of them. Here n = 500, and
eps is the same two parts of 1 - S.

The large eps takes the peak of the test loss away, keeps W and b small, and lets the test loss fall
below the best constant's at fewer samples; at the fewest and the most samples the two are close.
These are the differences between the original (Henighan et al. 2023) and its replication, of which
the authors could not say where they come from. That the normalisation is enough to make them does
not prove that it did: the text does not tell, and other choices of the optimiser move the same
numbers. It is one seed at another size, too. At n = 500 itself, with eps = 1e-8, sum and mean
differ little: the test loss at T (1 - S) = 3 is 1.30 and 1.19.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

toy = rf.neighbours.trained.toy
n, S, steps = 500, 0.98, 8000
T = np.array([5, 15, 50, 100, 150, 200, 250, 400])
fresh = toy.samples(2000, n, S, seed=1)


def runs(sizes, **options):
    """Trained toys, one for each number of samples."""
    sets = [toy.samples(size, n, S, seed=2) for size in sizes]
    return [toy.train(x, fresh, steps=steps, records=1, **options) for x in sets]


# %%
# The two readings, with eps beside gradients as at the published size.
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for name, part, style in (("a sum", 1e-5, "o-"), ("a mean", 0.1, "s--")):
    found = runs(T, eps=part * (1 - S))
    left.semilogx(T * (1 - S), [run.test for run in found], style, label=f"as of {name}")
    right.loglog(T * (1 - S), [run.b_norm for run in found], style)
    worst = max(found, key=lambda run: run.test)
    print(f"eps as of {name}: test loss up to {worst.test:.2f}, at T (1 - S) = ", end="")
    largest = max(run.b_norm for run in found)
    print(f"{worst.T * (1 - S):.1f}; length of b up to {largest:.0f}; ", end="")
    print(f"at most samples W {found[-1].W_norm:.2f}, test loss {found[-1].test:.4f}")
left.axhline(found[-1].constant, color="0.6", lw=0.8, zorder=0, label="best constant")
left.legend(frameon=False)
for axes, label in ((left, "test loss"), (right, "length of b")):
    axes.set(xlabel="samples in which a feature is on, $T(1 - S)$", ylabel=label)
plt.show()
