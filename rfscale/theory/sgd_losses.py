"""The mean losses of one-pass SGD: the planar theory of `rfscale.theory.equations.sgd` at many
points.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model import RegimeWarning, ScalingModel
from rfscale.model.spectra import PowerLaw
from rfscale.model.training import SGD
from rfscale.support.arguments import Floats, broadcast, sizes
from rfscale.theory.assembly import filled
from rfscale.theory.equations.sgd import Contour, contours, generating_functions, ridges_of
from rfscale.theory.equations.sgd_stability import largest_step, unstable_share
from rfscale.theory.equations.sgd_sums import one_point
from rfscale.theory.trained_prediction import TrainedPrediction
from rfscale.theory.weights import wide_weighted_nodes
from rfscale.traces.complex_sums import WideNodes, wide_nodes, wide_power_law
from rfscale.traces.quadrature import WeightedNodes

LARGEST_SHARE = 1e-3  # of unstable draws; beyond it there is a warning


class SGDLosses(NamedTuple):
    """The losses of `Prediction`, arrays."""

    signal: Floats
    noise: Floats
    train: Floats  # of a fresh batch, before the step
    unstable: Floats  # roughly the share of draws of the features whose losses grow without bound


class _Setting(NamedTuple):
    """What points share that differ in their number of steps alone."""

    wide: WideNodes
    weighted: WeightedNodes
    N: float
    step: float  # in units of M/(sigma_u^2 lambda_+ N)
    batch: float


def predicted_by_sgd(
    model: ScalingModel, N: ArrayLike, T: ArrayLike, training: SGD
) -> TrainedPrediction:
    """The result of `predict` with this training."""
    N = sizes("N", N)
    T = sizes("T", T)
    losses = sgd_losses(model, N, T, training)
    shape = losses.signal.shape
    return TrainedPrediction(
        model=model,
        N=filled(N, shape),
        T=filled(T, shape),
        training=training,
        test=(losses.signal + losses.noise)[()],
        signal=losses.signal[()],
        noise=losses.noise[()],
        train=losses.train[()],
        order="planar",
        delta_error=np.zeros(shape)[()],
    )


def sgd_losses(model: ScalingModel, N: Floats, T: Floats, training: SGD) -> SGDLosses:
    """Signal and noise of the test loss, and the loss on a fresh batch, after k steps.

    Parameters
    ----------
    model : ScalingModel
        Any teacher; the test distribution has to be that of the training data.
    N, T : ndarray
        Numbers of features, and of samples; they broadcast with the spectra of the model
        and the fields of the training.
    training : SGD

    Returns
    -------
    SGDLosses
        `signal` and `noise` with a factor 1/2 and clean labels, `train` the mean square error with
        noisy labels on the batch of step k + 1, before that step. Their relative error is below
        1e-11, where the signal has not decayed by itself (M < N without noise: then relative to its
        value at a tenth of the steps).

    Warns
    -----
    RegimeWarning
        If the losses of more than a thousandth of the draws grow without bound: these are a typical
        draw's then, and a mean over draws is ruled by others.

    Raises
    ------
    ValueError
        If T is smaller than steps times batch, a step size is too large to be stable, N is
        infinite with a `step_size`, or the model has a test spectrum.
    """
    training.require_samples(T)
    if model.test_spectrum is not None:
        raise ValueError(
            "test_spectrum must be None where the training is SGD, whose losses on other data are "
            f"not derived, got {model.test_spectrum!r}"
        )
    if training.relative_step is None and np.any(np.isinf(N)):
        raise ValueError("N must be finite where SGD has a step_size, no relative_step, got inf")
    units = model.units
    S, V, unstable = _traces(model, N, T, training)
    _warn_of_unstable(unstable)
    signal = units.signal * S
    noise = units.noise * V
    train = 2.0 * (signal + units.noise * (1.0 + V))
    return SGDLosses(signal, noise, train, unstable)


def _warn_of_unstable(share: Floats) -> None:
    """Say where a mean over draws is not what a typical draw gives."""
    bad = share > LARGEST_SHARE
    if np.any(bad):
        warnings.warn(
            f"SGD is not stable in up to {np.max(share):.2g} of the draws of features at "
            f"{np.sum(bad)} of {np.size(bad)} points: their losses, and with them the mean over "
            "draws, grow with the number of steps, which theory at infinite size does not show",
            RegimeWarning,
            stacklevel=4,
        )


def largest_sgd_step(model: ScalingModel, N: float, batch: int) -> float:
    """The step size eta from which on the losses of one-pass SGD grow, of a single spectrum.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> model = ScalingModel(PowerLaw(alpha=1.0, M=1000))
    >>> print([round(largest_sgd_step(model, 100, batch), 3) for batch in (1, 100)])
    [5.991, 16.266]
    """
    return float(largest_step(_wide(model), N, batch) / _unit(model, np.asarray(N)))


def _unit(model: ScalingModel, N: Floats) -> Floats:
    """sigma_u^2 lambda_+ N/M, that of eigenvalues of the features' covariance."""
    return np.exp(-model.units.log_ridge(1.0, per=(N,)))


def _wide(model: ScalingModel) -> WideNodes:
    spectrum = model.spectrum
    if isinstance(spectrum, PowerLaw):
        return wide_power_law(float(spectrum.alpha), float(spectrum.M))
    return wide_nodes(spectrum.nodes)


def _traces(model: ScalingModel, N: Floats, T: Floats, training: SGD) -> Floats:
    """S, V, and the share of unstable draws, (3, ...)."""
    shape = model.spectrum.shape
    which = np.arange(float(np.prod(shape))).reshape(shape)
    steps = np.asarray(training.steps, dtype=np.float64)
    batch = np.asarray(training.batch, dtype=np.float64)
    relative = training.relative_to(_unit(model, N))
    arrays = broadcast(spectrum=which, N=N, T=T, steps=steps, batch=batch, step_size=relative)
    columns = [np.ravel(array) for array in arrays]
    which, N, _, steps, batch, relative = columns
    keys = np.stack([which, N, batch, relative])
    # points that differ in their steps alone share contours
    settings, number = np.unique(keys, axis=1, return_inverse=True)
    out = np.empty((3, steps.size))
    for i, (spectrum, features, size, step) in enumerate(settings.T):
        own = number.ravel() == i
        setting = _setting(_single(model, int(spectrum)), features, step, size)
        out[:2, own] = _of_steps(setting, steps[own])
        out[2, own] = unstable_share(setting.wide, features, step, size)
    return out.reshape(3, *arrays[0].shape)


def _single(model: ScalingModel, which: int) -> ScalingModel:
    """The model with one of its spectra."""
    spectrum = model.spectrum
    if not isinstance(spectrum, PowerLaw) or not spectrum.shape:
        return model
    alpha, M, scale = (
        np.broadcast_to(values, spectrum.shape).flat[which]
        for values in (spectrum.alpha, spectrum.M, spectrum.scale)
    )
    return replace(model, spectrum=PowerLaw(float(alpha), int(M), float(scale)))


def _setting(model: ScalingModel, N: float, step: float, batch: float) -> _Setting:
    """The setting of a single spectrum; ValueError if it is not stable."""
    wide = _wide(model)
    largest = largest_step(wide, N, batch)
    if not step < largest:
        unit = float(_unit(model, np.asarray(N)))
        at_most = f"{largest:.6g} M/(sigma_u^2 lambda_+ N)"
        at_most = at_most if unit == np.inf else f"{largest / unit:.6g} = {at_most}"
        raise ValueError(
            f"step_size must be below {at_most} at N = {N:g} and batch = {batch:g}, from where on "
            f"the losses grow, got {step if unit == np.inf else step / unit:.6g}"
        )
    return _Setting(wide, wide_weighted_nodes(model), N, step, batch)


def _of_steps(setting: _Setting, steps: Floats) -> Floats:
    """S and V after these numbers of steps, (2, steps)."""
    out = np.zeros((2, steps.size))
    weighted = setting.weighted
    nothing = setting.wide.nodes.trace if weighted.plain else weighted.trace
    out[0] = nothing  # is learned yet
    moved = np.flatnonzero(steps > 0)
    for own, contour in contours(steps[moved]):
        for trace, values in zip(out, _on(setting, contour), strict=True):
            trace[moved[own]] = values
    return out


def _on(setting: _Setting, contour: Contour) -> tuple[Floats, Floats]:
    """S and V after the steps of one contour."""
    wide, weighted, N, step, batch = setting
    fast, slow = (
        one_point(wide, weighted, N, ridges) for ridges in ridges_of(contour.lost, step, batch)
    )
    signal, noise = generating_functions(contour.lost, step, batch, fast, slow)
    return 2.0 * (contour.weights @ signal).real, 2.0 * (contour.weights @ noise).real
