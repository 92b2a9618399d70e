r"""
Can half the neurons hold all the features?
===========================================

A transformer of twice the width and a quarter of the layers has as many parameters and half the
neurons; if it is as good, its neurons hold twice as many features. Katta's note sees a paradox
there, as superposition has a ceiling: with features that are on in a share p = 1 - S of the inputs
a neuron holds fewer than 1/(-C p ln p) (27.13). But it is a ceiling. A pair of models below it, as
the lower two are, says nothing about it; only if the narrow one touches it (upper two) do the
features of the wide one have to be sparser, by a factor of 2 to 4 (27.14). The constant C is not
known; here it is 1.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

narrow = rf.neighbours.TransformerShape(d=1600, layers=48)
wide = narrow.widened(2)
densities = np.geomspace(1e-4, 0.3, 200)
ceiling = rf.neighbours.most_features_per_neuron(1 - densities)

figure, axes = plt.subplots(figsize=(7, 4.6), layout="constrained")
axes.plot(densities, ceiling, "k", label="most features a neuron can hold")
axes.fill_between(densities, ceiling, 1e4, color="0.92")

# %%
# The same two shapes with few features, and with as many as the narrow one can hold.

p = 0.01
most = rf.neighbours.most_features_per_neuron(1 - p) * narrow.neurons
for total, colour in ((2e5, "#0072B2"), (most, "#D55E00")):
    held = [shape.features_per_neuron(total) for shape in (narrow, wide)]
    axes.plot([p, p], held, color=colour, lw=1)
    axes.plot(p, held[0], "o", color=colour, ms=8, label=f"{total:.2g} features, narrow")
    axes.plot(p, held[1], "s", color=colour, ms=8, mfc="none", label=f"{total:.2g} features, wide")
    allowed = rf.neighbours.largest_density(held[1])
    print(f"{total:.3g} features: {held[0]:.3g} and {held[1]:.3g} a neuron,", end=" ")
    print(f"which needs p below {allowed:.3g}, {allowed / p:.2g} times what it is")

axes.annotate(
    "", (allowed, held[1]), (p, held[1]), arrowprops={"arrowstyle": "->", "color": colour}
)
axes.set(xscale="log", yscale="log", xlim=(1e-4, 0.3), ylim=(1, 1e3))
axes.set(xlabel="share of inputs in which a feature is on, $p$", ylabel="features per neuron")
axes.set_title("below the ceiling there is no paradox")
axes.legend(frameon=False, loc="lower left")
plt.show()
