r"""
Which resource bounds the loss, and how is a budget shared?
===========================================================

The map of the predicted loss over :math:`N` and :math:`T` has four regimes: features bound the loss
where they are fewer, samples where these are, between them is the peak, and above :math:`M` latent
dimensions nothing is left to learn. On :math:`N = T` the loss without ridge diverges. The best
share of a budget :math:`NT` keeps off it, at :math:`N/T = \alpha/(2 + \alpha)` or at its mirror
image. With the best ridge there is no peak, and the best share is :math:`N = T` (step 13 of the
derivations).
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha, M = 1.0, 10_000
model = rf.ScalingModel(rf.PowerLaw(alpha, M))

# %%
# A million points without ridge, and the best shares of budgets up to :math:`M^2` without ridge and
# with the best one.
N = T = np.geomspace(10, 1e5, 1000)
budget = np.geomspace(300, M**2, 200)
prediction = rf.predict(model, N, T[:, None])
ridgeless, best = (rf.compute_optimal(model, budget, ridge) for ridge in (0.0, "optimal"))

middle = np.searchsorted(budget, 1e5)
ratio = ridgeless.N[middle] / ridgeless.T[middle]
print(f"budget {budget[middle]:.2g}, without ridge: N/T = {ratio:.3f},", end=" ")
print(f"alpha/(2 + alpha) = {alpha / (2 + alpha):.3f}")
print(f"with the best ridge: N/T = {best.N[middle] / best.T[middle]:.3f},", end=" ")
print(f"the loss falls by {1 - best.test[middle] / ridgeless.test[middle]:.0%}")

_, axes = plt.subplots(figsize=(6.5, 5), layout="constrained")
rf.plotting.loss_map(prediction, ridgeless, ax=axes)
axes.set_title(rf"$\alpha = {alpha:g}$, $M = {M}$, no ridge", fontsize="medium", pad=30)
plt.show()
