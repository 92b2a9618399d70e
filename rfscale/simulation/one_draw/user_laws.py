"""Checks of a user's law of the latent data: its shape, its numbers, and its moments."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np

from rfscale.support.arguments import Floats, numeric
from rfscale.support.described import described

Law = Callable[[np.random.Generator, tuple[int, int]], Floats]

TRIED = (2**16, 8)  # samples and directions from which moments are measured
LIMIT = 8.0  # standard errors of a moment: by chance never
LARGEST = 1e3  # of a moment: by chance rarely, at infinite variance always
ROUNDING = 1e-9  # of a moment that does not scatter
FIRST = (16, 8)  # samples and directions that tell functions of one name apart
DIGITS = 8  # of a fingerprint


def checked(said: str, function: Law) -> str:
    """A fingerprint of its first numbers, if it is a law of mean 0 and variance 1."""
    first = _tried(said, function, FIRST)
    if not np.array_equal(first, _tried(said, function, FIRST)):
        raise ValueError(
            f"latents must take their random numbers from the generator alone, and {said} gave "
            "two results for one seed"
        )
    _check_moments(said, _tried(said, function, TRIED))
    rounded = np.round(first, 6) + 0.0  # processors differ in the last digits, and -0 is 0
    return hashlib.sha256(rounded.tobytes()).hexdigest()[:DIGITS]


def _tried(said: str, function: Law, shape: tuple[int, int]) -> Floats:
    try:
        found = function(np.random.default_rng(0), shape)
    except Exception as error:  # a user's function may fail in any way
        raise ValueError(
            f"latents must be a function of a generator and a shape; {said} failed, "
            f"{type(error).__name__}: {error}"
        ) from error
    return returned(said, found, shape)


def returned(said: str, found: Any, shape: tuple[int, int]) -> Floats:
    """What a function of a user returned as floats, checked."""
    try:
        z = numeric("numbers", found, "real")
    except ValueError:
        raise ValueError(
            f"latents must be real numbers, {said} returned {described(found)}"
        ) from None
    if z.shape != shape:
        raise ValueError(
            f"latents must have the shape (samples, directions) = {shape}, {said} returned "
            f"{z.shape}"
        )
    if not np.isfinite(z).all():
        raise ValueError(
            f"latents must be finite numbers, {said} returned {z[~np.isfinite(z)][0]:g}"
        )
    return z


def _check_moments(said: str, z: Floats) -> None:
    """Raise ValueError unless the second moments of (1, z) are the identity, to errors."""
    samples = len(z)
    ones = np.ones((samples, 1))
    one_and_z = np.hstack([ones, z])
    moments = one_and_z.T @ one_and_z / samples
    squares = (one_and_z**2).T @ one_and_z**2 / samples
    error = np.sqrt(np.maximum(squares - moments**2, 0.0) / samples)
    off = np.abs(moments - np.eye(len(moments)))
    wrong = (off > LIMIT * error + ROUNDING) | (off > LARGEST)
    if not wrong.any():
        return
    i, j = np.argwhere(wrong)[0]
    name, wanted = (f"mean of z_{j}", 0) if i == 0 else (f"mean of z_{i} z_{j}", int(i == j))
    raise ValueError(
        f"latents must have mean 0 and variance 1 in each direction and no covariances; in "
        f"{samples} samples of {said} the {name} is {moments[i, j]:.3g}, not {wanted}, with a "
        f"standard error of {error[i, j]:.2g}"
    )
