r"""The spectrum of measured samples: eigenvalues, and degrees of freedom of the population.

.. math:: \mathrm{df}_1(\delta) = \sum_J \frac{\lambda_J}{\lambda_J + \delta}

(4.6) counts the eigenvalues above delta, so that delta over df1 lies on lambda over J. Where the
sample's curve falls below the population's it is the number of samples that cuts the spectrum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale.measured.samples.measured_samples import Measured
from rfscale.measured.samples.power_law_fit import PowerLawFit
from rfscale.plotting.axes import axes_or_new
from rfscale.plotting.curve_style import COLOURS
from rfscale.support.arguments import Floats, require_kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ROUNDING = 1e-13  # of the largest eigenvalue: what is below is none
LEAST_DF1 = 0.7  # that is drawn
POINTS = 100
KNOWN = 0.5  # of the samples: of more degrees of freedom a pool knows too little


def measured_spectrum(
    data: Measured, fit: PowerLawFit | None = None, *, ax: Axes | None = None
) -> Axes:
    """Eigenvalues of samples as points, and the resolution delta over degrees of freedom as lines.

    Parameters
    ----------
    data : Measured
        Its pool is drawn: eigenvalues over their rank, df1 of the sample as it is, dashed, and df1
        of the population as the pool knows it.
    fit : PowerLawFit, optional
        A power law, whose eigenvalues are drawn as a line within its window.
    ax : Axes, optional
        A new figure is made if there is none.

    Returns
    -------
    Axes

    Raises
    ------
    ValueError
        If an argument is of another kind.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> X = np.random.default_rng(1).standard_normal((60, 40)) / np.arange(1, 41)
    >>> axes = measured_spectrum(rf.measure(X))
    >>> axes.get_xlabel()
    'rank $J$, degrees of freedom df$_1$'
    """
    require_kind("data", data, Measured)
    if fit is not None:
        require_kind("fit", fit, PowerLawFit)
    axes = axes_or_new(ax)
    values = data.eigenvalues[data.eigenvalues > ROUNDING * data.eigenvalues[0]]
    ranks = np.arange(1, values.size + 1)
    look: dict[str, Any] = {"ls": "", "marker": "o", "ms": 3, "color": "0.6", "zorder": 1}
    axes.plot(ranks, values, label=r"sample, eigenvalues $\lambda_J$", **look)
    delta = np.geomspace(values[-1], data.kappa[-1], POINTS)
    _draw(axes, _df1(values, delta), delta, label=r"sample, df$_1(\delta)$", ls="--")
    is_known = (data.df1 <= KNOWN * data.P) & (data.kappa >= values[-1])
    _draw(axes, data.df1[is_known], data.kappa[is_known], label=r"population, df$_1(\delta)$")
    if fit is not None:
        _draw_power_law(axes, fit)
    axes.set(xscale="log", yscale="log")
    axes.set(xlabel="rank $J$, degrees of freedom df$_1$", ylabel=r"$\lambda_J$, $\delta$")
    axes.legend(frameon=False, fontsize="small")
    return axes


def _df1(values: Floats, delta: Floats) -> Floats:
    """Of eigenvalues as they are."""
    return np.asarray((values / (values + delta[:, None])).sum(axis=1))


def _draw(axes: Axes, df1: Floats, delta: Floats, **look: Any) -> None:
    kept = df1 > LEAST_DF1
    axes.plot(df1[kept], delta[kept], color=COLOURS[0], **look)


def _draw_power_law(axes: Axes, fit: PowerLawFit) -> None:
    """Its eigenvalues within the window."""
    ranks = np.geomspace(*fit.window, 50)
    eigenvalues = fit.scale * ranks ** -(1.0 + fit.alpha)
    label = rf"$\lambda_J \propto J^{{-1-\alpha}}$, $\alpha$ = {fit.alpha:.2f}: {fit.verdict}"
    axes.plot(ranks, eigenvalues, color=COLOURS[1], lw=1, label=label)
