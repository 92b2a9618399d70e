r"""
Do laws of losses predict larger runs?
======================================

Laws are fitted to the 70 percent of runs of the smallest N T and asked for the others, which they
have not seen. Shown are these runs in order of their compute: measured losses relative to the
prediction, and the band in which 95 percent of new runs should be. One law's band (left) contains
the errors of its parameters and the scatter of runs. It contains no other law, and on the
Chinchilla table it holds two thirds of the new runs. The band of seven laws pooled (right) holds
all; it is wide where the laws differ. Pooling makes the prediction no better. It says how good it
is.
"""

import matplotlib.pyplot as plt

import rfscale as rf

# %%
figure, axes = plt.subplots(2, 2, figsize=(13, 7), layout="constrained", sharey="row")
for name, row in zip(("chinchilla", "openlm-refinedweb"), axes, strict=True):
    for laws, axis in zip((["chinchilla"], rf.LAWS_DEFAULT), row, strict=True):
        found = rf.compare_laws(rf.published_losses(name), laws=laws, resamples=200)
        rf.plotting.extrapolation(found, ax=axis)
        axis.set_title(f"{name}, {'one law' if len(laws) == 1 else 'seven laws'}", pad=26)
        print(f"{name}, {len(laws)} of the laws: error {found.pooled_error:.2%}, ", end="")
        print(f"the band holds {found.pooled_coverage:.0%}")
plt.show()
