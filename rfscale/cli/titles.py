"""Titles of pictures: the parameters that are the same for all curves."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rfscale.cli.model_options import value
from rfscale.cli.training_text import KINDS
from rfscale.model import ScalingModel
from rfscale.model.training import Training
from rfscale.plotting.curve_names import SYMBOLS as FIELD_SYMBOLS

SYMBOLS = {"ridge": r"\gamma", "kernel_ridge": r"\delta"}
NAMED = {
    "flow": "gradient flow",
    "descent": "gradient descent",
    "heavy-ball": "heavy ball",
    "iterated-ridge": "iterated ridge",
    "pcr": "principal components",
    "sgd": "SGD",
}


def title(
    options: argparse.Namespace, models: Sequence[ScalingModel], arguments: Mapping[str, Any]
) -> str:
    """Spectrum, sizes, noise, teacher and ridge or training; `arguments` are those of `predict`."""
    parts = [_named_spectrum(options)]
    parts += [f"$M$ = {_count(models[0].M)}"] if len(models) == 1 else []
    parts += [
        f"${name}$ = {arguments[name].flat[0]:g}"
        for name in ("N", "T")
        if np.size(arguments[name]) == 1
    ]
    parts += [rf"$\sigma_\epsilon$ = {models[0].sigma_eps:g}"] if models[0].sigma_eps else []
    parts += _named_teacher(options)
    if options.test_alpha is not None:
        parts += [rf"$\alpha_\mathrm{{test}}$ = {options.test_alpha:g}"]
    training = arguments.get("training")
    parts += _named_ridge(arguments) if training is None else _named_training(training)
    return ", ".join(parts)


def _named_spectrum(options: argparse.Namespace) -> str:
    if options.spectrum is not None:
        return _plain(options.spectrum)
    return rf"$\alpha$ = {value(options, 'alpha'):g}"


def _named_teacher(options: argparse.Namespace) -> list[str]:
    if options.teacher is not None:
        return [_plain(options.teacher)]
    exponent = value(options, "teacher_exponent")
    return [rf"$\beta$ = {exponent:g}"] if exponent else []


def _named_ridge(arguments: Mapping[str, Any]) -> list[str]:
    name = "kernel_ridge" if "kernel_ridge" in arguments else "ridge"
    ridge = arguments.get(name, "optimal")  # `optimal-ridge` has no such argument
    if isinstance(ridge, str):
        return [rf"optimal ${SYMBOLS[name]}$"]
    return [f"${SYMBOLS[name]}$ = {np.ravel(ridge)[0]:g}"] if np.size(ridge) == 1 else []


def _named_training(training: Training) -> list[str]:
    """Its kind, and the numbers that are the same for all curves and not 0."""
    kinds = {kind: name for name, kind in KINDS.items()}
    kind = kinds.get(type(training), type(training).__name__)
    numbers = {name: np.ravel(v)[0] for name, v in training.values.items() if np.size(v) == 1}
    return [NAMED.get(kind, kind)] + [
        f"{f'${FIELD_SYMBOLS[name]}$' if name in FIELD_SYMBOLS else name} = {number:g}"
        for name, number in numbers.items()
        if number
    ]


def _count(M: int) -> str:
    """All digits, or a power of ten where there would be many."""
    power = math.log10(M)
    if power > 4 and power == round(power):
        return f"$10^{{{power:.0f}}}$"
    return str(M) if power < 9 else f"{M:g}"


def _plain(text: str) -> str:
    """Text as it is, without formulas."""
    return text.replace("$", r"\$")
