r"""
How fast does the loss fall for a teacher of my own?
====================================================

``rf.SourceCondition`` is a teacher whose weights fall as :math:`w_J^2 \sim J^{-\beta}`,
``rf.GivenWeights`` a given one. The loss falls faster for larger :math:`\beta`, but not faster
than :math:`N^{-(1+\alpha)}` in the features and :math:`T^{-2(1+\alpha)}` in the samples, which are
the exponents of a teacher of ten directions as well. They are computed by
``rf.asymptotics.loss_exponents`` and derived in step 15 of the derivations; what is between the two
limits says ``rf.asymptotics.source_phases``.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

alpha, M, other = 1.0, 1000, 1000

# %%
# The exponents, and the slopes of the predicted loss far inside the power law.
print("beta   N: exponent, slope   T: exponent, slope")
for beta in (0.0, 0.5, 2.0, 4.0):
    large = rf.ScalingModel(rf.PowerLaw(alpha, M=10**12), teacher=rf.SourceCondition(beta))
    sizes = np.array([1e4, 2e4])
    pairs = [(sizes, np.inf), (np.inf, sizes)]
    slopes = [-np.diff(np.log2(rf.predict(large, *pair).test))[0] for pair in pairs]
    in_N, in_T = rf.asymptotics.loss_exponents(alpha, beta)
    print(f"{beta:4g} {in_N:9g} {slopes[0]:11.3f} {in_T:10g} {slopes[1]:11.3f}")

# %%
# Solid lines: the other resource is infinite. Dashed lines (one loop) and points: it is 1000, and
# bounds what falls fastest. The ten directions have the weights of :math:`\beta = 0`, and the
# exponents of an infinite one.
ten = np.where(np.arange(M) < 10, 1.0, 0.0) / np.sqrt(M)
teachers = {rf"$\beta = {beta:g}$": (rf.SourceCondition(beta), beta) for beta in (0.0, 0.5, 2.0)}
teachers["ten directions"] = rf.GivenWeights(ten), np.inf

line, points = np.geomspace(8, 200, 60), np.array([10, 20, 40, 80])
_, panels = plt.subplots(1, 2, figsize=(9.5, 4.2), sharey=True, layout="constrained")
for k, (name, (teacher, beta)) in enumerate(teachers.items()):
    model = rf.ScalingModel(rf.PowerLaw(alpha, M), teacher=teacher)
    exponents = rf.asymptotics.loss_exponents(alpha, beta)
    for axes, exponent, x, y in zip(panels, exponents, "NT", "TN", strict=True):
        ideal = rf.predict(model, **{x: line, y: np.inf})
        finite = rf.predict(model, **{x: line, y: other}, order="one-loop")
        estimate = rf.simulate(model, **{x: points, y: other}, draws=20, seed=1)
        look = {"x": x, "labels": [name], "first_colour": k, "ax": axes}
        rf.plotting.loss_curve(ideal, estimate, dashed=finite, **look)
        text = f" ${x}^{{-{exponent:g}}}$, {name}"
        place = {"xycoords": ("axes fraction", "data"), "va": "center", "fontsize": "small"}
        axes.annotate(text, (1, ideal.test[-1]), **place)
        title = f"${y} = \\infty$ (solid), ${y} = {other}$ (dashed, points)"
        axes.set_title(title, fontsize="medium")
        axes.set_xlim(line[0], line[-1])
        axes.get_legend().remove()
plt.show()
