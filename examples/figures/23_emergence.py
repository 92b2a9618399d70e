r"""
Can a smooth loss be the sum of sudden skills?
==============================================

Quanta are skills that are learned one by one: the loss of a task that needs the quantum k alone
falls from 1 to 0 within a factor of two of the data, near :math:`D = \tau/p_k` (left, marked with
k). Their mean with the frequencies :math:`p_k \sim k^{-(1 + \alpha)}` is a power law,
:math:`D^{-\alpha/(1 + \alpha)}` (26.10). Nothing of this can be read off the mean: ridge regression
at a fixed ridge learns the same directions at about the same places, but each over a factor of
forty (middle), and has the same mean once D is large (right). What is measured also decides.
Samples that need five quanta each, and fail unless all of them are learned (26.13), stay at 1 at
first, as if nothing was learned, and end on five times the law.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha, tau, r = 0.6, 30, 5
D = np.geomspace(10, 1e7, 200)
quanta = rf.neighbours.Quanta(alpha, tau=tau)
s = rf.neighbours.quanta_exponents(alpha).in_D
ratio = rf.neighbours.Threshold(tau).mellin(s) / rf.neighbours.FixedRidge(1.0).mellin(s)
ridge = rf.neighbours.FixedRidge(ratio ** (1 / s))  # of the same power law

# %%
# Marks on the right are means over 1000 drawn samples, lines are exact.

figure, axes = plt.subplots(1, 3, figsize=(10, 4), layout="constrained")
names = ["quanta: each in one step", "a fixed ridge: no steps"]
for panel, learned, name in zip(axes, [quanta.filter, ridge], names, strict=False):
    for k, shade in zip([1, 3, 10, 30, 100], plt.cm.viridis(np.linspace(0, 0.8, 5)), strict=True):
        p = quanta.probability(k)
        panel.plot(D, learned.unlearned(D * p), color=shade)
        panel.text(tau / p, 1.03, str(k), color=shade, ha="center")
    panel.plot(D, learned.loss(D, alpha), color="black", lw=2.5)
    panel.annotate("mean", (8e4, 0.05), (9e5, 0.25), arrowprops={"arrowstyle": "-"})
    panel.set(xscale="log", xlabel="samples $D$", ylabel="loss", title=name, ylim=(0, 1.12))
    print(f"{name}, from 90 to 10 percent in a factor {learned.emergence():.1f} of D")

some = np.geomspace(10, 1e7, 13)
axes[2].plot(D, quanta.loss(D=D), color="black", lw=2.5, label="quanta")
axes[2].plot(D, ridge.loss(D, alpha), "--", color="#E69F00", label="a fixed ridge")
every = rf.neighbours.mean_sample_loss(quanta, D, r, "all")
axes[2].plot(D, every, color="#0072B2", label=f"quanta, {r} at once")
for needed, colour, marker in [(1, "black", "o"), (r, "#0072B2", "s")]:
    drawn = rf.neighbours.sample_losses(quanta, some, needed, "all", seed=23).mean(0)
    axes[2].plot(some, drawn, marker, ms=5, color=colour)
law = quanta.filter.law(quanta.ranks, D)
axes[2].plot(D, law, ":", color="0.4", lw=1, label=rf"$D^{{-{s:.3f}}}$")
axes[2].set(xscale="log", yscale="log", xlabel="samples $D$", ylabel="mean loss", ylim=(4e-3, 2))
axes[2].set(title="the means: one power law")
axes[2].legend(frameon=False, loc="lower left")
ends = [quanta.loss(D=D[-1]), ridge.loss(D[-1], alpha), every[-1]]
print(f"at D = {D[-1]:.0e}: {ends[0]:.4f}, {ends[1]:.4f}, and {r} at once {ends[2]:.4f}")
plt.show()
