"""The model, from the command line's options."""

from __future__ import annotations

import argparse

from rfscale.model import ScalingModel
from rfscale.model.spectra import PowerLaw
from rfscale.model.teachers import Teacher

DEFAULTS = {
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


def add_options(command: argparse.ArgumentParser) -> None:
    """One option for each parameter of the model but M, of which there may be several."""
    command.add_argument(
        "--M", default="1000", metavar="LIST", help="numbers of latent dimensions (default 1000)"
    )
    for name, default in DEFAULTS.items():
        text = f"{HELP[name]} (default {default:g})"
        command.add_argument(
            f"--{name.replace('_', '-')}", type=float, default=default, metavar="X", help=text
        )
    text = (
        "exponent of the spectrum of the test data, of the same scale (default: that of training)"
    )
    command.add_argument("--test-alpha", type=float, metavar="X", help=text)


def from_options(options: argparse.Namespace, M: float) -> ScalingModel:
    """The model of this M."""
    spectrum, sigmas = (
        PowerLaw(options.alpha, int(M), options.scale),
        (options.sigma_w, options.sigma_u, options.sigma_eps),
    )
    test = (
        None if options.test_alpha is None else PowerLaw(options.test_alpha, int(M), options.scale)
    )
    return ScalingModel(spectrum, *sigmas, Teacher.power_law(options.teacher_exponent), test)


def is_default(options: argparse.Namespace) -> bool:
    """Whether no option of the model was given."""
    return (
        options.M == "1000"
        and options.test_alpha is None
        and all(getattr(options, k) == v for k, v in DEFAULTS.items())
    )
