r"""By how much rows that depend on one another within runs widen a profile.

.. math:: K = \frac{V_{\mathrm{runs}}(\theta_j)}{S\, [(H + Q)^{-1}]_{jj}}

over the variance of independent rows, with the covariance of `sandwich` and S of `profile`: a rise
that is divided by K has the curvature of the variance by runs. A definition, not derived here.
"""

from __future__ import annotations

import numpy as np

from rfscale.measured.losses.held import slopes_of_centred
from rfscale.measured.losses.identified import problem_of_fit
from rfscale.measured.losses.loss_fit import LossFit
from rfscale.measured.losses.robust import Robust
from rfscale.measured.losses.sandwich import first_order, sandwich
from rfscale.measured.losses.spread import Sandwich

OPEN = 0.5  # of the variance of a parameter that its range gives, in place of the rows


def scale_of_runs(fit: LossFit, name: str, scale: float) -> float:
    """K of a parameter, with S as `scale`.

    For one that the rows do not determine, such as an M far beyond all sizes, K is the mean of the
    others' that are.
    """
    problem, best = problem_of_fit(fit)
    robust = Robust(fit.cost, fit.delta)
    weights = fit.table.weights
    parts = first_order(problem, weights, robust, best)
    by_runs = sandwich(problem, weights, fit.table.groups, robust, best)
    by_rows = np.zeros(by_runs.shape)
    by_rows[np.ix_(parts.is_free, parts.is_free)] = scale * parts.inverse
    places = np.flatnonzero(parts.is_free)
    known = places[parts.inverse.diagonal() * parts.prior.diagonal() < OPEN * scale]
    if fit.law.parameters.index(fit.law.place_of(name)) not in known:
        each = by_runs.diagonal()[known] / by_rows.diagonal()[known]
        return float(each.mean()) if known.size else 1.0
    slopes = slopes_of_centred(problem, best)
    is_log = name not in fit.law.parameters and fit[name].value > 0
    errors = [
        Sandwich(covariance=slopes @ one @ slopes.T, freedom=1, level=0.5).errors_of(
            lambda parameters: fit.value_of(name, parameters), fit.best, is_log=is_log
        )
        for one in (by_runs, by_rows)
    ]
    return float((errors[0] / errors[1]).item() ** 2)
