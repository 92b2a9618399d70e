r"""
Does a trained network learn each task by its own samples?
==========================================================

A network of one hidden ReLU layer is trained on 30 tasks, each the parity of three of 20 bits,
mixed with frequencies :math:`p_k \sim k^{-(1 + \alpha)}`: the multitask parity of Michaud et al.
It learns them one by one (left; a shade is a task, the dark ones are frequent). Against the samples
of each task, the losses of all lie near one curve (middle): :math:`f = Q(\tau, y/y_0)` with the
:math:`\tau` and :math:`y_0` fitted to them. This is learning by counts, so that the mean loss is
near :math:`\sum_k p_k f(D p_k)` (26.1), with nothing fitted to it (right). How many samples a task
takes depends on the optimiser, the width and the bits. With 30 tasks the mean falls faster than the
:math:`D^{-\alpha/(1 + \alpha)}` of infinitely many. Curves of single tasks, and a model that has
them exactly, are known (Nam et al., arXiv:2404.17563).
"""

import matplotlib.pyplot as plt
import numpy as np

from rfscale.neighbours.trained import parity

tasks = parity.ParityTasks(tasks=30, n=20, k=3, alpha=0.4)
run = parity.train(tasks, width=256, steps=8000, batch=1000, records=80)
curve = parity.collapse(run)
tau, scale = curve.filter.tau, curve.filter.scale
D = run.step * run.batch

# %%
figure, axes = plt.subplots(1, 3, figsize=(10, 4), layout="constrained")
for k, shade in enumerate(plt.cm.viridis(np.linspace(0, 0.9, tasks.tasks))):
    axes[0].plot(D, run.losses[:, k], lw=1.2, color=shade)
    axes[1].plot(run.seen[:, k], run.losses[:, k], lw=1.2, color=shade)
y = np.geomspace(run.seen.min(), run.seen.max(), 300)
name = rf"$Q({tau:.1f},\ y/{scale:.0f})$"
axes[1].plot(y, curve.filter.unlearned(y), "--k", lw=2.5, label=name)
axes[1].legend(frameon=False, loc="lower left")
for panel, xlabel in zip(axes, ["samples $D$ of all tasks", "samples $y = D p_k$"], strict=False):
    panel.set(xscale="log", xlabel=xlabel, ylabel="loss of a task (bit)", ylim=(-0.02, 1.25))

law = curve.filter.loss(D, tasks.alpha, tasks.tasks)
axes[2].plot(D, run.mean, "o", ms=4, color="#D55E00", label="network")
axes[2].plot(D, law, "k", lw=1.5, label=r"$\sum_k p_k f(D p_k)$")
axes[2].set(xscale="log", yscale="log", xlabel="samples $D$ of all tasks", ylabel="mean loss (bit)")
axes[2].set_yticks([0.2, 0.5, 1], ["0.2", "0.5", "1"])
axes[2].minorticks_off()
axes[2].legend(frameon=False, loc="lower left")
titles = ["tasks, one by one", "the same, by their own samples", "their mean, summed"]
for panel, title in zip(axes, titles, strict=True):
    panel.set_title(title)

when = run.seen_when_learned()
p = tasks.p[np.isfinite(when)]
when = when[np.isfinite(when)]
print(
    f"{when.size} learned, in {when.min():.0f} to {when.max():.0f} samples of their own;", end=" "
)
print(f"frequencies differ by a factor {p.max() / p.min():.0f}")
print(f"losses are {curve.rms:.2f} bit from the curve, means {curve.mean_rms:.3f} from their law")
late = len(D) // 2
slopes = [np.polyfit(np.log(D[late:]), np.log(of[late:]), 1)[0] for of in (run.mean, law)]
print(f"slope of the mean {slopes[0]:.2f}, of the law {slopes[1]:.2f}")
plt.show()
