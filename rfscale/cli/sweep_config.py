"""The TOML file of `rfscale sweep`: a grid, and one model or several."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from textwrap import indent
from typing import Any

from rfscale.cli import number_lists, training_text, user_objects, wording
from rfscale.model import ScalingModel
from rfscale.model.spectra import Eigenvalues, PowerLaw, Spectrum
from rfscale.model.teachers import Teacher

EXAMPLE = """\
N = [20, 50, 100, 200]    # or a LIST in quotes: "20:800:9log"
T = "50,100"
ridge = "optimal"         # or numbers; or kernel_ridge = [...]; or
                          # training = "flow:tau=1:1e6:20log", as of --filter
draws = 16                # at each (N, T); also target_stderr, max_draws
seed = 1                  # also test_points, latents = "rademacher"

[[model]]                 # one of several with a name each, or [model]
name = "alpha = 1"
alpha = 1.0               # alpha, M, scale; or eigenvalues = [...] or
M = 500                   # spectrum = "FILE" or "module:object", rcond
sigma_eps = 0.1           # also sigma_w, sigma_u
teacher_exponent = 0.5    # or teacher_weights = [...], or
                          # teacher = "module:object"
[[model]]
name = "alpha = 2"
alpha = 2.0               # also test_alpha, or test_variances = [...]
M = 500
"""
HELP = (
    "CONFIG.toml holds the grid, and one model or several; --example prints this one:\n\n"
    + indent(EXAMPLE, "  ")
)
LISTS = ("N", "T", "ridge", "kernel_ridge")
GRID = {*LISTS, "draws", "seed", "target_stderr", "max_draws", "test_points"}
GRID |= {"latents", "training"}
POWER_LAW = ("alpha", "M", "scale")
SPECTRA = ("eigenvalues", "spectrum")
SIGMAS = ("sigma_w", "sigma_u", "sigma_eps")
TEACHERS = ("teacher_exponent", "teacher_weights", "teacher")
TESTS = ("test_alpha", "test_variances")
MODEL = {"name", *POWER_LAW, "rcond", *SPECTRA, *SIGMAS, *TEACHERS, *TESTS}


def read(path: str) -> dict[str, Any]:
    """The arguments of `sweep`."""
    config = _toml(path)
    _check_keys(path, config, GRID | {"model"}, {"[model]": MODEL})
    tables = _model_tables(path, config.pop("model", None))
    for i, table in enumerate(tables):
        _check_keys(f"{path}, model {i + 1}", table, MODEL, {"the top, before [model]": GRID})
    _require_all(path, config, ("N", "T"))
    with wording.in_file(path, LISTS):
        config |= {name: _list(name, config[name]) for name in LISTS if name in config}
    if "training" in config:
        text = _text(path, config, "training")
        config["training"] = training_text.training_of(f"{path}: training", text)
    if "latents" in config:
        law = _text(path, config, "latents")
        config["latents"] = user_objects.latents(f"{path}: latents", law)
    named = {}
    for i, table in enumerate(tables):
        label = str(table.pop("name", i))
        where = f"{path}, model {i + 1}"
        with wording.in_file(where, MODEL):
            named[label] = _model(where, table)
    if len(named) < len(tables):
        raise ValueError(f"{path}: the names of models must differ")
    return {"models": named} | config


def _toml(path: str) -> dict[str, Any]:
    try:
        with open(path, "rb") as file:
            return tomllib.load(file)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{path} is not a TOML file: {error}") from None


def _model_tables(path: str, models: Any) -> list[dict[str, Any]]:
    if models is None or models == []:
        raise ValueError(f"{path} has no [model]")
    tables = models if isinstance(models, list) else [models]
    if not all(isinstance(table, dict) for table in tables):
        raise ValueError(
            f"{path}: model must be a table, [model], or several, [[model]]; got {models!r}"
        )
    return tables


def _list(name: str, value: Any) -> Any:
    """Numbers, or a LIST as on the command line."""
    if not isinstance(value, str) or value == "optimal":
        return value
    if name.endswith("ridge"):
        return number_lists.numbers(name, value)
    return number_lists.sizes(name, value, whole=True)


def _model(where: str, table: Mapping[str, Any]) -> ScalingModel:
    spectrum = _spectrum(where, table)
    sigmas = {name: table[name] for name in SIGMAS if name in table}
    teacher = _teacher(where, table)
    test = _test_spectrum(where, table, spectrum)
    given = {
        "teacher": _one_of(where, table, TEACHERS) or "teacher",
        "test_spectrum": _one_of(where, table, TESTS) or "test_spectrum",
    }
    with wording.renaming(**given):
        return ScalingModel(spectrum, **sigmas, teacher=teacher, test_spectrum=test)


def _spectrum(where: str, table: Mapping[str, Any]) -> Spectrum:
    given = _one_of(where, table, SPECTRA)
    law = {name: table[name] for name in POWER_LAW if name in table}
    if given is None:
        if "rcond" in table:
            raise ValueError(f"{where}: rcond needs eigenvalues, or a spectrum that is a file")
        _require_all(where, law, ("alpha", "M"))
        for name, value in law.items():
            if isinstance(value, list):
                raise ValueError(f"{where}: {name} must be one number, got {value!r}")
        return PowerLaw(**law)
    M = law.pop("M", None)
    if law:
        takes = "take" if given == "eigenvalues" else "takes"
        raise ValueError(f"{where}: {given} {takes} the place of {', '.join(law)}")
    if given == "eigenvalues":
        with wording.renaming(array=given):
            return Eigenvalues(table[given], M, table.get("rcond"))
    text = _text(where, table, given)
    return user_objects.spectrum(f"{where}: {given}", text, M, table.get("rcond"))


def _teacher(where: str, table: Mapping[str, Any]) -> Teacher:
    given = _one_of(where, table, TEACHERS)
    if given == "teacher":
        return user_objects.teacher(f"{where}: {given}", _text(where, table, given))
    if given == "teacher_weights":
        with wording.renaming(array=given):
            return Teacher.weights(table[given])
    with wording.renaming(beta="teacher_exponent"):
        return Teacher.power_law(table.get("teacher_exponent", 0.0))


def _test_spectrum(where: str, table: Mapping[str, Any], spectrum: Spectrum) -> Any:
    given = _one_of(where, table, TESTS)
    if given == "test_alpha":
        with wording.renaming(alpha=given):
            return PowerLaw(alpha=table[given], M=spectrum.M, scale=spectrum.largest)
    return None if given is None else table[given]


def _one_of(where: str, table: Mapping[str, Any], names: Iterable[str]) -> str | None:
    """Which of the names is in the table, if any."""
    given = [name for name in names if name in table]
    if len(given) > 1:
        raise ValueError(f"{where}: {' and '.join(given)} exclude each other")
    return given[0] if given else None


def _text(where: str, table: Mapping[str, Any], name: str) -> str:
    value = table[name]
    if not isinstance(value, str):
        raise ValueError(f"{where}: {name} must be a text, got {value!r}")
    return value


def _check_keys(
    where: str, table: Mapping[str, Any], known: set[str], elsewhere: Mapping[str, set[str]]
) -> None:
    """Raise ValueError for a key that is not known here; it may belong `elsewhere`."""
    for name in table:
        if name not in known:
            raise ValueError(
                f"{where} does not know {name}{_place(name, table[name], known, elsewhere)}"
            )


def _place(name: str, value: Any, known: set[str], elsewhere: Mapping[str, set[str]]) -> str:
    """Where a key belongs, or what was probably meant."""
    otherwise = f"; known are {', '.join(sorted(known))}"
    if isinstance(value, dict):
        otherwise = f": [model] and [[model]] are the only tables, {_listed(value)} stand above"
    for other, keys in elsewhere.items():
        if name in keys:
            return f": it belongs to {other}"
        near = wording.near(name, keys)
        if near and not isinstance(value, dict):
            otherwise = f": did you mean {' or '.join(near)}, of {other}?"
    return wording.did_you_mean(name, known, otherwise)


def _listed(table: Mapping[str, Any]) -> str:
    """The keys of a table that is none, as far as they belong to the grid."""
    return ", ".join(name for name in table if name in GRID) or "N, T and the like"


def _require_all(where: str, table: Mapping[str, Any], needed: Sequence[str]) -> None:
    missing = [name for name in needed if name not in table]
    if missing:
        raise ValueError(f"{where} lacks {', '.join(missing)}")
