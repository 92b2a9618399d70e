"""Options of the model: spectrum, teacher, features, label noise and test data."""

from __future__ import annotations

import argparse
from typing import Any

from rfscale.cli import number_lists, user_objects, wording
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
    "alpha": "exponent of the data's spectrum: latent direction J has the variance scale "
    "J^-(1+alpha), and losses fall about as N^-alpha",
    "scale": "variance of the first latent direction, the largest",
    "sigma_w": "size of the labels: weight J of the teacher has the variance sigma_w^2/M J^-B",
    "sigma_u": "size of the features: each entry of their matrix has the variance sigma_u^2/M",
    "sigma_eps": "standard deviation of the noise on training labels; test labels have none",
    "teacher_exponent": "B, how fast the teacher's weights fall along the latent directions; 0: "
    "all alike",
}
SIZE = (
    "numbers of latent dimensions of the data, of which the N features are random mixtures "
    "(default {})"
)
SPECTRUM = (
    "variances of your own instead of --alpha and --scale: a .npy or .csv file of eigenvalues "
    "(--M may be more than these), or module:object, a Spectrum or a function that gives one"
)
RCOND = (
    "with a --spectrum FILE of measured eigenvalues: those up to this fraction of the largest are "
    "rounding errors of zero and left out (default: found from the numbers, see Eigenvalues on the "
    'page "Reference" of the book)'
)
TEACHER = "instead of --teacher-exponent: module:object, a Teacher or a function that gives one"
TEST_ALPHA = "alpha of the test data, if it is not that of the training data; of the same --scale"


def add(command: argparse.ArgumentParser) -> None:
    """One option for each parameter; what is not given is None until `models` is called."""
    group = command.add_argument_group("model")
    group.add_argument("--M", metavar="LIST", help=SIZE.format(DEFAULTS["M"]))
    _add_numbers(group, "alpha", "scale")
    group.add_argument("--spectrum", metavar="FILE", help=SPECTRUM)
    group.add_argument("--rcond", type=float, metavar="X", help=RCOND)
    _add_numbers(group, "sigma_w", "sigma_u", "sigma_eps", "teacher_exponent")
    group.add_argument("--teacher", metavar="OBJECT", help=TEACHER)
    group.add_argument("--test-alpha", type=float, metavar="X", help=TEST_ALPHA)


def models(options: argparse.Namespace) -> list[ScalingModel]:
    """The model of each M, or the one of the spectrum that is given."""
    teacher = _teacher(options)
    return [_model(options, spectrum, teacher) for spectrum in _spectra(options)]


def changed(options: argparse.Namespace) -> list[str]:
    """The options of the model that say something else than the default."""
    names = [name for name, default in DEFAULTS.items() if value(options, name) != default]
    others = ("spectrum", "rcond", "teacher", "test_alpha")
    return names + [name for name in others if getattr(options, name) is not None]


def value(options: argparse.Namespace, name: str) -> Any:
    """An option's value, or its default."""
    given = getattr(options, name)
    return DEFAULTS[name] if given is None else given


def _add_numbers(group: argparse._ArgumentGroup, *names: str) -> None:
    for name in names:
        text = f"{HELP[name]} (default {DEFAULTS[name]:g})"
        group.add_argument(f"--{name.replace('_', '-')}", type=float, metavar="X", help=text)


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
        with wording.renaming(beta="teacher_exponent"):
            return Teacher.power_law(value(options, "teacher_exponent"))
    _require_alone(options, "teacher", "teacher_exponent")
    return user_objects.teacher("--teacher", options.teacher)


def _model(options: argparse.Namespace, spectrum: Spectrum, teacher: Teacher) -> ScalingModel:
    test = None
    if options.test_alpha is not None:
        with wording.renaming(alpha="test_alpha"):
            test = PowerLaw(alpha=options.test_alpha, M=spectrum.M, scale=spectrum.largest)
    sigmas = {name: value(options, name) for name in ("sigma_w", "sigma_u", "sigma_eps")}
    given = "teacher_exponent" if options.teacher is None else "teacher"
    with wording.renaming(teacher=given, test_spectrum="test_alpha"):
        return ScalingModel(spectrum, **sigmas, teacher=teacher, test_spectrum=test)


def _require_alone(options: argparse.Namespace, name: str, *others: str) -> None:
    """Raise ValueError if an option is given together with what it takes the place of."""
    given = [f"--{o.replace('_', '-')}" for o in others if getattr(options, o) is not None]
    if given:
        raise ValueError(f"--{name} takes the place of {', '.join(given)}: give one or the other")
