"""Options of the model: spectrum, teacher, features, label noise and test data."""

from __future__ import annotations

import argparse
from typing import Any

from rfscale.cli import number_lists, user_objects
from rfscale.model import ScalingModel
from rfscale.model.spectra import PowerLaw, Spectrum
from rfscale.model.teachers import Teacher

DEFAULTS: dict[str, Any] = {
    "M": "1000",
    "alpha": 1.0,
    "scale": 1.0,
    "sigma_w": 1.0,
    "sigma_u": 1.0,
    "sigma_eps": 0.0,
    "teacher_exponent": 0.0,
}
HELP = {
    "alpha": "exponent of the spectrum, lambda_J = scale J^-(1+alpha)",
    "scale": "largest eigenvalue",
    "sigma_w": "teacher, w_J ~ N(0, sigma_w^2/M J^-B), B the teacher's exponent",
    "sigma_u": "features, u_iJ ~ N(0, sigma_u^2/M)",
    "sigma_eps": "label noise",
    "teacher_exponent": "B",
}
SPECTRUM = (
    "instead of --alpha and --scale: eigenvalues in a .npy file or in the one column or row of a "
    ".csv file, of which M may be more, or module:object, a Spectrum or a function that gives one"
)
RCOND = (
    "eigenvalues of the file up to this fraction of the largest are rounding errors of zero "
    "(default: see Eigenvalues)"
)
TEACHER = "instead of --teacher-exponent: module:object, a Teacher or a function that gives one"
TEST_ALPHA = (
    "exponent of the spectrum of the test data, of the same scale (default: that of training)"
)


def add(command: argparse.ArgumentParser) -> None:
    """One option for each parameter; what is not given is None until `models` is called."""
    command.add_argument(
        "--M", metavar="LIST", help=f"numbers of latent dimensions (default {DEFAULTS['M']})"
    )
    _add_numbers(command, "alpha", "scale")
    command.add_argument("--spectrum", metavar="FILE", help=SPECTRUM)
    command.add_argument("--rcond", type=float, metavar="X", help=RCOND)
    _add_numbers(command, "sigma_w", "sigma_u", "sigma_eps", "teacher_exponent")
    command.add_argument("--teacher", metavar="OBJECT", help=TEACHER)
    command.add_argument("--test-alpha", type=float, metavar="X", help=TEST_ALPHA)


def models(options: argparse.Namespace) -> list[ScalingModel]:
    """The model of each M, or the one of the spectrum that is given."""
    teacher = _teacher(options)
    return [_model(options, spectrum, teacher) for spectrum in _spectra(options)]


def is_default(options: argparse.Namespace) -> bool:
    """Whether nothing is said of the model."""
    others = (options.spectrum, options.rcond, options.teacher, options.test_alpha)
    same = all(value(options, name) == default for name, default in DEFAULTS.items())
    return same and others == (None,) * len(others)


def value(options: argparse.Namespace, name: str) -> Any:
    """An option's value, or its default."""
    given = getattr(options, name)
    return DEFAULTS[name] if given is None else given


def _add_numbers(command: argparse.ArgumentParser, *names: str) -> None:
    for name in names:
        text = f"{HELP[name]} (default {DEFAULTS[name]:g})"
        command.add_argument(f"--{name.replace('_', '-')}", type=float, metavar="X", help=text)


def _spectra(options: argparse.Namespace) -> list[Spectrum]:
    if options.spectrum is not None:
        _require_alone(options, "spectrum", "alpha", "scale")
        M = None if options.M is None else _one_size(options.M)
        return [user_objects.spectrum("--spectrum", options.spectrum, M, options.rcond)]
    if options.rcond is not None:
        raise ValueError("--rcond needs a --spectrum FILE of eigenvalues")
    sizes = number_lists.sizes("M", value(options, "M"), whole=True)
    alpha = value(options, "alpha")
    scale = value(options, "scale")
    return [PowerLaw(alpha=alpha, M=int(M), scale=scale) for M in sizes]


def _one_size(text: str) -> int:
    sizes = number_lists.sizes("M", text, whole=True)
    if sizes.size > 1:
        raise ValueError(f"--M must be one number beside --spectrum, got {text!r}")
    return int(sizes[0])


def _teacher(options: argparse.Namespace) -> Teacher:
    if options.teacher is None:
        return Teacher.power_law(value(options, "teacher_exponent"))
    _require_alone(options, "teacher", "teacher_exponent")
    return user_objects.teacher("--teacher", options.teacher)


def _model(options: argparse.Namespace, spectrum: Spectrum, teacher: Teacher) -> ScalingModel:
    test = None
    if options.test_alpha is not None:
        test = PowerLaw(alpha=options.test_alpha, M=spectrum.M, scale=spectrum.largest)
    sigmas = {name: value(options, name) for name in ("sigma_w", "sigma_u", "sigma_eps")}
    return ScalingModel(spectrum, **sigmas, teacher=teacher, test_spectrum=test)


def _require_alone(options: argparse.Namespace, name: str, *others: str) -> None:
    """Raise ValueError if an option is given together with what it takes the place of."""
    given = [f"--{o.replace('_', '-')}" for o in others if getattr(options, o) is not None]
    if given:
        raise ValueError(f"--{name} takes the place of {', '.join(given)}: give one or the other")
