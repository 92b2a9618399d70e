"""A model as columns of a table, from which two tables can be told apart and joined.

An object that a few numbers describe stands as such, "SourceCondition(beta=0.5)"; any other as its
class with a fingerprint of its numbers, "Eigenvalues#3fa9c1d2": equal objects have equal ones.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np

from rfscale.model.scaling_model import ScalingModel
from rfscale.model.spectra import Eigenvalues, PowerLaw
from rfscale.support.stored import Stored

SAME_AS_TRAINING = "training"
MOST_FIELDS = 4  # of a description
BITS = 30  # of each number: processors and libraries differ in the last ones
DIGITS = 8  # of a fingerprint: two of 9000 objects are the same with a probability of one percent


def model_columns(model: ScalingModel) -> dict[str, Any]:
    """The parameters of a model by name, each a scalar or of the shape of the spectrum.

    `alpha` is None where the spectrum is no power law, `scale` is the largest eigenvalue.
    """
    spectrum = model.spectrum
    test = model.test_spectrum
    return {
        "spectrum": "PowerLaw" if isinstance(spectrum, PowerLaw) else identified(spectrum),
        "alpha": spectrum.alpha if isinstance(spectrum, PowerLaw) else None,
        "scale": spectrum.largest,
        "M": spectrum.M,
        "sigma_w": model.sigma_w,
        "sigma_u": model.sigma_u,
        "sigma_eps": model.sigma_eps,
        "teacher": identified(model.teacher),
        "test_spectrum": SAME_AS_TRAINING if test is None else identified(test),
    }


def identified(thing: Stored) -> str:
    """The class with its fields, if they are a few numbers, or else with a fingerprint of them."""
    name = type(thing).__name__
    values = _numbers(thing)
    plain = len(values) <= MOST_FIELDS and all(map(_is_plain, values.values()))
    if plain and values:
        return f"{name}({', '.join(f'{field}={value!r}' for field, value in values.items())})"
    return name if plain else f"{name}#{fingerprint(thing)}"


def fingerprint(thing: Stored) -> str:
    """A few hexadecimal digits of a hash of all numbers of an object."""
    digest = hashlib.sha256()
    for name, value in _numbers(thing).items():
        digest.update(name.encode())
        digest.update(_bytes(value))
    return digest.hexdigest()[:DIGITS]


def _numbers(thing: Stored) -> dict[str, Any]:
    """The fields of an object, of a spectrum with several numbers those that it stands for."""
    if isinstance(thing, Eigenvalues):  # however they were made
        return {"M": thing.M, "positive": thing.positive}
    try:
        return thing.stored_fields()
    except ValueError:
        return {"given": np.array(thing.given())}  # it is no dataclass


def _is_plain(value: Any) -> bool:
    return isinstance(value, int | float | str | None)


def _bytes(value: Any) -> bytes:
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        mantissa, exponent = np.frexp(value.astype(np.float64))
        return np.rint(mantissa * 2.0**BITS).tobytes() + exponent.tobytes()
    return (identified(value) if isinstance(value, Stored) else repr(value)).encode()
