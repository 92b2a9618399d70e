r"""
How many latent dimensions do my data have?
===========================================

At which M does a power law end? The eigenvalues of T = 0.1 M samples tell it to some percent at
:math:`\alpha = 1` (``rf.fit_spectrum``). A table of losses tells it where runs come near M and the
least loss E is known, left: E is held at 0, as it is for a model's own samples, losses have 1 % of
noise, and :math:`\alpha = 0.3`. Where E is fitted along, right, it does what M does, for at first a
finite M only lowers E. Then runs up to M/10 do not tell M from infinity. Nor does a public
table of language models: M is above a bound, if their law is that of random features at all.
"""

import matplotlib.pyplot as plt
import numpy as np

import rfscale as rf

M, law = 10**9, "random-features M"
rng = np.random.default_rng(1)
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4.4), layout="constrained")


def table(largest, E):
    """Six by six runs, over two decades of N and T; E in units of the least other loss."""
    N, T = (part.ravel() for part in np.meshgrid(*[largest * np.geomspace(0.01, 1, 6)] * 2))
    loss = rf.optimal_ridge(rf.ScalingModel(rf.PowerLaw(alpha=0.3, M=M)), N, T).test
    noise = np.exp(0.01 * rng.standard_normal(N.size))
    return N, T, (E * loss.min() + loss) * noise


# %%
# A profile: the law is fitted with M held at each value, and the interval of 95 % is where it fits
# not much worse than at its best.
tried = np.geomspace(0.5, 8, 15)
for k, share in enumerate((0.01, 0.1)):
    N, T, loss = table(share * M, E=0)
    fit = rf.fit_losses(N / M, T / M, loss, law, hold={"E": 0}, intervals="sandwich")
    found = rf.profile(fit, "M", values=tried)
    rf.plotting.profile(found, label=f"N, T up to {share:g} M", first_colour=k, ax=left)
    print(f"E held, N and T up to {share:g} M: M is {found.interval} of its value")

# %%
# With E fitted, in units of the largest N. The marks are the true M, where there is one.
runs = {f"N, T up to {share:g} M": (1 / share, *table(share * M, E=1)) for share in (0.1,)}
public = rf.published_losses("chinchilla")
runs["runs of Chinchilla's figure"] = None, public.N, public.T, public.loss
tried = np.geomspace(1, 1e6, 13)
for k, (name, (true, N, T, loss)) in enumerate(runs.items(), start=1):
    fit = rf.fit_losses(N / N.max(), T / T.max(), loss, law, intervals="sandwich")
    found = rf.profile(fit, "M", values=tried)
    rf.plotting.profile(found, label=name, first_colour=k, ax=right)
    if true:
        right.plot(true, 0.3, "v", color=right.lines[-1].get_color())
    print(f"E fitted, {name}: M is {found.interval} of the largest N")
left.axvline(1, color="0.6", lw=0.8, zorder=0)
left.set(xlabel="$M$ over the true one", title="E known")
right.set(xlabel="$M$ over the largest $N$", title="E fitted")

# %%
# The spectrum of samples, without losses:
law = rf.PowerLaw(alpha=1.0, M=10_000)
x = rng.standard_normal((1000, law.M)) * np.sqrt(law.eigenvalues)
fit = rf.fit_spectrum(np.linalg.eigvalsh(x @ x.T / 1000), 1000)
low, high = fit.M_interval
print(f"eigenvalues of 1000 samples: M = {law.M} is between {low:.0f} and {high:.0f}")
plt.show()
