r"""`best_filter`: the least test loss that any filter of the kernel can reach (19.11).

With the label power dP = (sigma_w^2 lambda_+/M) dp + sigma_eps^2 dq of the kernel's eigenvectors,

.. math:: E = \int dP\, \tilde r^2 \;\ge\; \Big[\int \frac{dq^2}{dP}\Big]^{-1} \quad\text{as}\quad
          \int dq\, \tilde r = 1, \qquad \tilde r = E\, \frac{dq}{dP} \;\text{at the least}

E is the error on noisy labels, 2 L + sigma_eps^2: the harmonic mean of the label power.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import RegimeWarning, ScalingModel, require_model
from rfscale.model.spectra import PowerLaw
from rfscale.model.training import RidgeMixture, Training
from rfscale.results import Result
from rfscale.support.arguments import Floats, sizes
from rfscale.support.described import shortened
from rfscale.support.warned import warn_caller
from rfscale.theory.filter_bound import best_mixture, least_error, ridge_test
from rfscale.theory.optimal_ridge import OptimalRidge, optimal_ridge
from rfscale.theory.optimal_time import optimal_time
from rfscale.theory.over_points import Points, broadcast_shape
from rfscale.theory.places import Place
from rfscale.theory.spectral_measures import Measures, all_bands, measures, spectrum_of
from rfscale.theory.trained import trained
from rfscale.theory.trained_prediction import TrainedPrediction

DENSITIES = (1.5, 3.0, 6.0, 12.0)  # of nodes
ENOUGH = 1e-8  # relative change of the loss at which it is taken
ROUGH = 1e-4  # relative error beyond which there is a warning


class BestRidge(NamedTuple):
    """The best ridge in relative units, and its test loss."""

    ridge: float
    test: float


@dataclass(frozen=True, eq=False)
class BestFilter(Result):
    """The least loss of any filter, and a mixture of ridges that is nearly as good.

    To some 1e-5 where the kernel's spectrum is one band, and to 1e-3 where label noise meets bands
    that are apart: in each of them the best filter bends as ridges do not.

    Attributes
    ----------
    least : ndarray
        The least test loss, (1/2) E (z_hat - y_hat)^2 on clean labels, of the broadcast shape of N
        and T.
    error : ndarray
        Its estimated relative error: the largest of those of the masses and of the best ridge's
        loss, which are known, and of the last change with the number of nodes.
    prediction : TrainedPrediction
        The losses of the mixture, whose `training` is a `RidgeMixture`. `prediction.test` is above
        `least` by what the mixture is short of the best filter.
    """

    least: Floats
    error: Floats
    prediction: TrainedPrediction

    @property
    def test(self) -> Floats:
        """The test loss of the mixture, that of `prediction`: `least`, and what it is short of."""
        return self.prediction.test

    @property
    def training(self) -> Training:
        """The mixture: its `filter` is h(s) on the eigenvalues of phi phi^T."""
        return self.prediction.training

    @cached_property
    def best_ridge_over_best(self) -> Floats:
        """The loss of the best ridge over `least`; 1 where both are 0."""
        best = optimal_ridge(self.prediction.model, self.prediction.N, self.prediction.T)
        return _ratio(best.prediction.test, self.least)

    @cached_property
    def best_time_over_best(self) -> Floats:
        """The loss of gradient flow without ridge at its best time over `least`."""
        best = optimal_time(self.prediction.model, self.prediction.N, self.prediction.T)
        return _ratio(best.prediction.test, self.least)

    def _table(self) -> dict[str, Any]:
        """The columns of the prediction, and the least loss."""
        return self.prediction._table() | {"least": self.least, "error": self.error}

    def _about(self) -> str:
        return repr(self.prediction.model)

    def _short(self) -> dict[str, Any]:
        columns = self.prediction._short() | {"least": self.least}
        del columns["training"], columns["mixture"]  # always a mixture, of each point one
        return columns


def best_filter(model: ScalingModel, N: ArrayLike, T: ArrayLike) -> BestFilter:
    """The least planar test loss that any filter h(phi phi^T) can reach, and a filter that does.

    Ridges, stopped gradient flow and descent, principal components and whatever else treats the
    directions of the kernel by their eigenvalues alone are filters. The best one knows the model:
    the loss is a bound for what choosing among them can gain.

    Parameters
    ----------
    model : ScalingModel
        Any teacher; tested on its training distribution.
    N, T : array_like
        Numbers of features and samples > 0, finite.

    Returns
    -------
    BestFilter
        With `least`, `error`, `prediction`, `training`, `best_ridge_over_best` and
        `best_time_over_best`.

    Raises
    ------
    ValueError
        If N or T is out of its range or infinite, their shapes do not broadcast, or the model has a
        test spectrum.

    Notes
    -----
    The best ridge is as good where the label power is linear in the eigenvalue: for alpha = 1, N, T
    << M, whatever the noise. For other power laws it loses at most 1.6 percent if M is large; more
    at M < N. Where N is infinite and all weights have one variance it is the posterior mean
    (Dicker, arXiv:1601.03900). A point takes 0.1 to 1 s, and some 10 s where the kernel's spectrum
    has a hundred bands. Warns where `error` is above 1e-4: the masses of the bands that were found
    have to add up to the rank.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=0.6, M=30))
    >>> best = rf.best_filter(model, N=35, T=20)
    >>> print(best.least, best.best_ridge_over_best, best.best_time_over_best)
    0.00430 1.0337 1.0840
    """
    require_model(model)
    N = sizes("N", N)
    T = sizes("T", T)
    _require_spectral(model, N, T)
    shape = broadcast_shape(model.spectrum, N=N, T=T)
    place = Place.of(model, N, T, shape)
    least, error, ridges, weights = _at_each(model, place, shape, optimal_ridge(model, N, T))
    _warn_of_rough(error)
    ridges = ridges * place.unit[:, None]
    mixture = RidgeMixture(ridges.reshape(*shape, -1), weights.reshape(*shape, -1))
    return BestFilter(
        least=least.reshape(shape)[()],
        error=error.reshape(shape)[()],
        prediction=trained(model, N, T, mixture),
    )


def _at_each(
    model: ScalingModel, place: Place, shape: tuple[int, ...], best: OptimalRidge
) -> tuple[Floats, ...]:
    """`_at_one` at all points: flat arrays, of ridges and weights with an axis more."""
    columns = (2.0 * model.units.signal, best.ridge, best.prediction.test)
    signal, ridge, test = (np.broadcast_to(values, shape).ravel() for values in columns)
    found = [
        _at_one(
            _one_spectrum(model, i, shape),
            place.taken(np.array([i])),
            float(signal[i]),
            BestRidge(float(ridge[i] / place.unit[i]), float(test[i])),
        )
        for i in range(place.unit.size)
    ]
    return tuple(np.array(column) for column in zip(*found, strict=True))


def _require_spectral(model: ScalingModel, N: Floats, T: Floats) -> None:
    """Raise ValueError where the loss is no integral over the kernel's spectrum."""
    if model.test_spectrum is not None:
        given = shortened(model.test_spectrum)
        raise ValueError(f"test_spectrum must be that of training for best_filter, got {given}")
    for name, values in (("N", N), ("T", T)):
        if np.any(np.isinf(values)):
            raise ValueError(f"{name} must be finite for best_filter, got inf")


def _one_spectrum(model: ScalingModel, i: int, shape: tuple[int, ...]) -> ScalingModel:
    """The model of point i, flattened."""
    spectrum = model.spectrum
    if not isinstance(spectrum, PowerLaw) or not spectrum.shape:
        return model
    given = (spectrum.alpha, spectrum.M, spectrum.scale)
    alpha, M, scale = (np.broadcast_to(values, shape).flat[i].item() for values in given)
    return replace(model, spectrum=PowerLaw(alpha, M, scale))


def _at_one(
    model: ScalingModel, at: Points, signal: float, best: BestRidge
) -> tuple[float, float, Floats, Floats]:
    """The least loss, its error, and the mixture in relative units, at one point."""
    spectrum = spectrum_of(model, *(float(values[0]) for values in at))
    bands = all_bands(spectrum, np.empty(0))
    noise = model.sigma_eps**2
    last = np.nan
    for density in DENSITIES:
        found: Measures = measures(spectrum, bands, density)
        least = least_error(found, signal, noise)
        change = abs(least.test - last) / least.test if least.test > 0.0 else 0.0
        last = least.test
        error = max(change, found.error, _of_ridge(found, signal, noise, best))
        if error < ENOUGH:
            break
    ridges, weights = best_mixture(found, least, signal, noise, best.ridge)
    return least.test, error, ridges, weights


def _warn_of_rough(error: Floats) -> None:
    """Say where the masses do not add up, or the loss does not settle."""
    rough = error > ROUGH
    if np.any(rough):
        warn_caller(
            f"the least loss of any filter is known to {np.max(error):.1g} alone at "
            f"{np.sum(rough)} of {error.size} points, see `error`",
            RegimeWarning,
        )


def _of_ridge(found: Measures, signal: float, noise: float, best: BestRidge) -> float:
    """The relative error of the best ridge's loss; 0 where it is at an end."""
    if best.test == 0.0 or best.ridge == 0.0 or np.isinf(best.ridge):
        return 0.0
    return abs(ridge_test(found, signal, noise, best.ridge) / best.test - 1.0)


def _ratio(test: Floats, least: Floats) -> Floats:
    equal = np.equal(test, least)
    return np.divide(test, least, out=np.ones(np.shape(test)), where=~equal)[()]
