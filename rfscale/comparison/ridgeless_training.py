r"""The training loss without ridge, which has light tails where the test loss has no variance.

.. math:: E_\mathrm{train}(N, T) = \Bigl(1 - \frac nT\Bigr)_+ E_\mathrm{train}(N, \infty), \qquad
          n = \min(N, \mathrm{rank})

at all sizes: given the features, what is left of the labels after the best fit is independent of
the features' values and Gaussian, and least squares of n variables leaves T - n of its T degrees of
freedom. What theory leaves out is the finite size of the best fit alone, at T = infinity, a part of
the loss that is small where the rest is label noise. Derived here.
"""

from __future__ import annotations

import dataclasses
import warnings

import numpy as np
from numpy.typing import NDArray

from rfscale.model import RegimeWarning
from rfscale.support.arguments import Floats
from rfscale.theory.predict import predict
from rfscale.theory.prediction import Prediction


def has_no_ridge(prediction: Prediction) -> NDArray[np.bool_]:
    """Where this holds."""
    return np.asarray(prediction.kernel_strength == 0)


def ridgeless_errors(prediction: Prediction) -> tuple[Floats, Floats]:
    """The relative errors of the training loss without ridge and of its scatter."""
    model = dataclasses.replace(prediction.model, test_spectrum=None)
    order = "planar" if prediction.order == "planar" else "one-loop"  # of its training loss
    with warnings.catch_warnings(action="ignore", category=RegimeWarning):  # it is not judged there
        fit = predict(model, prediction.N, np.inf, order=order)
    has_fit = (fit.test > 0) & (prediction.N < prediction.T)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(has_fit, 1 - model.sigma_eps**2 / fit.train, 0.0)
        error = np.where(has_fit, share * fit.order_error, 0.0)
    return error, fit.std_error
