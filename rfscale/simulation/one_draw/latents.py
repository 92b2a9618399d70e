r"""Laws of the latent data, of mean 0 and variance 1.

.. math:: x_J = \sqrt{\lambda_J}\, z_J, \qquad \langle z_J \rangle = 0, \qquad
          \langle z_J z_K \rangle = \delta_{JK}

(1.1) but for the law of z, which is normal there. Theory and exact averages over test points know
the covariance alone; what a law changes beyond it is the training data. Teacher, features and label
noise stay Gaussian.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from functools import partial
from operator import attrgetter
from typing import Any

import numpy as np

from rfscale.simulation.one_draw import user_laws
from rfscale.simulation.one_draw.user_laws import Law
from rfscale.support.arguments import Floats
from rfscale.support.described import described
from rfscale.support.stored import UndefinedClassError

STUDENT = re.compile(r"student-t\(([^()]*)\)")
FUNCTION = re.compile(r"([^\W\d][\w.]*):([^\W\d][\w.]*)(?:#([0-9a-f]+))?")
ALLOWED = (
    '"gaussian", "rademacher", "uniform", "student-t(df)" with df > 2, "module:function", '
    "or a function of a generator and a shape"
)


def rademacher(generator: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """-1 and 1, equally likely."""
    return np.where(generator.random(shape) < 0.5, -1.0, 1.0)


def uniform(generator: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Uniform on [-sqrt 3, sqrt 3]."""
    return generator.uniform(-np.sqrt(3.0), np.sqrt(3.0), shape)


def student_t(df: float, generator: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Student's t, each number independent, scaled from the variance df/(df - 2) to 1."""
    return np.asarray(generator.standard_t(df, shape) * np.sqrt((df - 2) / df))


def gaussian(generator: np.random.Generator, shape: tuple[int, int]) -> Floats:
    """Standard normals."""
    return generator.standard_normal(shape)


INDEPENDENT: dict[str, Law] = {
    "gaussian": gaussian,
    "rademacher": rademacher,
    "uniform": uniform,
}


@dataclass(frozen=True)
class Latents:
    """A law of the latent data.

    Attributes
    ----------
    text : str
        "gaussian", "rademacher", "uniform", "student-t(3)", or "module:function#digits" of a user,
        with a fingerprint of its first numbers: equal laws have equal texts, and files hold them.
    law : callable
        Takes a generator and (samples, directions).
    own : bool
        Whether it is a user's: it is not known then whether directions are independent.
    """

    text: str
    law: Law = field(compare=False, repr=False)
    own: bool = False

    @property
    def is_gaussian(self) -> bool:
        """Whether it is the law of the theory."""
        return self.text == "gaussian"

    def draw(self, generator: np.random.Generator, samples: int, directions: int) -> Floats:
        """The numbers z, (samples, directions)."""
        shape = (samples, directions)
        z = self.law(generator, shape)
        return user_laws.returned(self.text, z, shape) if self.own else z


GAUSSIAN = Latents("gaussian", gaussian)


def latents(given: object) -> Latents:
    """The law that a user or a file names.

    Raises
    ------
    ValueError
        If there is no such law, or it has not the moments.
    UndefinedClassError
        If a file names a function that is not defined.
    """
    if isinstance(given, str):
        return _named(given)
    if callable(given) and not isinstance(given, type):
        return _own(given)
    raise ValueError(f"latents must be {ALLOWED}, got {described(given)}")


def _named(text: str) -> Latents:
    if text in INDEPENDENT:
        return Latents(text, INDEPENDENT[text])
    student = STUDENT.fullmatch(text)
    if student is not None:
        return _student(text, student[1])
    function = FUNCTION.fullmatch(text)
    if function is None:
        raise ValueError(f"latents must be {ALLOWED}, got {described(text)}")
    return _found(*function.groups())


def _student(text: str, number: str) -> Latents:
    try:
        df = float(number)
    except ValueError:
        df = np.nan
    if not 2 < df < np.inf:
        raise ValueError(
            'latents must be "student-t(df)" with a finite number df > 2, as the variance is '
            f"infinite at df = 2, got {described(text)}"
        )
    return Latents(f"student-t({df:.17g})", partial(student_t, df))


def _found(module: str, name: str, digits: str | None) -> Latents:
    """The function of a file, which must be the one that it was."""
    try:
        function = attrgetter(name)(sys.modules[module])
    except (KeyError, AttributeError):
        raise UndefinedClassError(
            f"latents are the function {name} of module {module}, which is not defined here: "
            "import the module that defines it before"
        ) from None
    found = _own(function)
    if digits is not None and found.text != f"{module}:{name}#{digits}":
        raise ValueError(
            f"latents are the function {name} of module {module}, which gives other numbers than "
            f"it did: its fingerprint was {digits}, now the law is {found.text}"
        )
    return found


def _own(function: Any) -> Latents:
    """A user's function, checked."""
    module = getattr(function, "__module__", None)
    name = getattr(function, "__qualname__", None)
    try:
        known = attrgetter(str(name))(sys.modules[str(module)])
    except (KeyError, AttributeError):
        known = None
    if known is not function:
        raise ValueError(
            "latents must be a function that a module defines at its top level, by whose name it "
            f"is stored and sent to other processes, got {described(function)}"
        )
    said = f"{module}:{name}"
    digits = user_laws.checked(said, function)
    return Latents(f"{said}#{digits}", function, own=True)
