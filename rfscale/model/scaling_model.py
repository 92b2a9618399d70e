r"""The random-feature model: everything that is assumed, in one frozen object.

.. math:: y = w x + \epsilon, \quad \varphi = u x, \quad L_A = \tfrac12 \|\theta\varphi - y\|^2 +
          \tfrac{\gamma}{2}\|\theta\|^2, \quad x_J \sim N(0, \lambda_J),\; w_J \sim N(0,
          \sigma_w^2/M),\; u_{iJ} \sim N(0, \sigma_u^2/M),\; \epsilon \sim N(0, \sigma_\epsilon^2)

These are (1.1) to (1.6). The ridge gamma is not divided by T, and test losses carry the factor 1/2
and clean labels. Source: [MRS], with its normalisations; references are listed in `rfscale.theory`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from rfscale import deprecated
from rfscale.model.checks import check_weights
from rfscale.model.model_lines import model_lines
from rfscale.model.spectra import PowerLaw, Spectrum, Variances
from rfscale.model.teachers import Isotropic, Teacher
from rfscale.model.units import Units
from rfscale.support.arguments import number, require_kind
from rfscale.support.described import shortened
from rfscale.support.stored import Stored, same

LARGEST_POWER = 250.0  # decades that a teacher and a test spectrum may span beside the spectrum


class RegimeWarning(UserWarning):
    """A stated error does not hold: of an approximate formula outside its regime, or of a mean over
    draws of a loss that has no variance.
    """


def require_model(model: object, *, single: bool = False, plain: bool = False) -> None:
    """Raise ValueError if the argument is not a ScalingModel, or not one of the kind that is
    needed.

    `single`: of one spectrum; `plain`: with an isotropic teacher, tested on the training
    distribution.
    """
    require_kind("model", model, ScalingModel)
    assert isinstance(model, ScalingModel)
    if single and model.spectrum.shape:
        raise ValueError(
            f"model must have a single spectrum here, got an array of shape {model.spectrum.shape}"
        )
    if plain and not model.is_plain:
        given = model.test_spectrum if model.teacher.is_isotropic else model.teacher
        raise ValueError(
            "model must have an isotropic teacher and no other test_spectrum here, got "
            f"{shortened(given)}"
        )


@dataclass(frozen=True, eq=False)
class ScalingModel(Stored):
    """Latent spectrum, teacher, features and label noise of the random-feature model.

    Parameters
    ----------
    spectrum : Spectrum
        `PowerLaw`, `Eigenvalues` or a subclass of your own; its M is the number of latent
        dimensions. An array of power laws stands for as many models in `predict` and
        `optimal_ridge`.
    sigma_w : float
        Teacher: w_J ~ N(0, sigma_w^2/M), >= 0.
    sigma_u : float
        Features: u_iJ ~ N(0, sigma_u^2/M), > 0.
    sigma_eps : float
        Standard deviation of the noise on the training labels, >= 0.
    teacher : Teacher
        `Isotropic`, the default, `SourceCondition`, `GivenWeights` or a subclass of your own, in
        units of sigma_w.
    test_spectrum : PowerLaw, Eigenvalues or array_like, optional
        Variances of the latent directions in the test data, where they differ from those of the
        training data (covariate shift): M of them, the J-th of the direction with the J-th largest
        eigenvalue in training. An array need not decrease, and may have zeros.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or M differs between spectrum, teacher and
        test_spectrum.

    Examples
    --------
    >>> from rfscale import PowerLaw
    >>> ScalingModel(PowerLaw(alpha=1.0, M=1000), sigma_eps=0.1).M
    1000
    >>> test = PowerLaw(alpha=0.5, M=1000)
    >>> ScalingModel(PowerLaw(alpha=1.0, M=1000), test_spectrum=test).test_spectrum.alpha
    0.5
    """

    spectrum: Spectrum
    sigma_w: float = 1.0
    sigma_u: float = 1.0
    sigma_eps: float = 0.0
    teacher: Teacher = Isotropic()  # noqa: RUF009  frozen
    test_spectrum: Any = None  # Spectrum, Variances or None

    def __post_init__(self) -> None:
        require_kind("spectrum", self.spectrum, Spectrum)
        self._set("sigma_w", number("sigma_w", self.sigma_w, zero=True))
        self._set("sigma_u", number("sigma_u", self.sigma_u))
        self._set("sigma_eps", number("sigma_eps", self.sigma_eps, zero=True))
        self._check_teacher()
        if self.test_spectrum is not None:
            self._check_test_spectrum()
        self._check_powers()

    def __str__(self) -> str:
        lines = [f"  {line.name:<9} {line.text}" for line in model_lines(self)]
        return "\n".join(["ScalingModel", *lines])

    def _repr_html_(self) -> str:
        """The model's equations with its parameters, as notebooks typeset them."""
        rows = [f"<tr><td>{line.name}</td><td>{line.html}</td></tr>" for line in model_lines(self)]
        return "\n".join(["<table><tbody>", *rows, "</tbody></table>"])

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _check_teacher(self) -> None:
        if self.teacher is None:  # an old file, or a caller who says that it is the default
            self._set("teacher", Isotropic())
        largest_rank = int(np.max(np.asarray(self.rank)))
        self._set("sigma_w", deprecated.sigma_w(self.teacher, self.sigma_w))
        teacher = self.teacher
        require_kind("teacher", teacher, Teacher)
        if teacher.directions is not None and teacher.directions != self.M:
            self._require_directions("teacher", teacher.directions, ordered=True)
        elif teacher.directions is not None:  # those without variance do not count
            self._require_directions("teacher", largest_rank, ordered=True)
        elif teacher.power is None and self.spectrum.shape:
            raise ValueError(
                "teacher must have a power where the spectrum stands for several, got "
                f"{shortened(teacher)}"
            )
        check_weights(teacher, largest_rank)
        if teacher.is_isotropic:
            self._set("teacher", Isotropic())

    def _check_test_spectrum(self) -> None:
        test = self.test_spectrum
        if not isinstance(test, Spectrum):
            test = test if isinstance(test, Variances) else Variances(test)
            self._set("test_spectrum", test)
        elif test.shape:
            raise ValueError(
                f"test_spectrum must be a single one, got an array of shape {test.shape}"
            )
        listed = isinstance(test, Variances)
        self._require_directions("test_spectrum", test.rank, ordered=listed)
        if not listed and not test.in_order:
            raise ValueError(
                "test_spectrum must be an array, or eigenvalues given largest first, without zeros"
            )
        if same(test, self.spectrum):
            self._set("test_spectrum", None)

    def _check_powers(self) -> None:
        """Powers of J in units of the training spectrum are in the range of float64."""
        exponent = self.teacher.power or 0.0
        test = self.test_spectrum
        powers = isinstance(self.spectrum, PowerLaw) and isinstance(test, PowerLaw)
        shift = np.abs(np.asarray(self.spectrum.alpha) - test.alpha) if powers else 0.0
        decades = (abs(exponent) + shift) * np.log10(np.asarray(self.M, dtype=np.float64))
        if np.any(decades > LARGEST_POWER):
            raise ValueError(
                "teacher and test_spectrum must be such that "
                f"M^(|exponent| + |alpha - test alpha|) <= 1e{LARGEST_POWER:g}, got exponent = "
                f"{exponent:g} and alpha - test alpha = {np.max(shift):g}"
            )

    def _require_directions(self, name: str, count: int, *, ordered: bool) -> None:
        """Entries for each direction have to be as many, and in the same order."""
        if np.any(np.asarray(self.rank) != count):
            which = f"M = {self.rank}"
            if np.any(np.asarray(self.rank) != self.M):
                which = f"{self.rank}, the rank of the spectrum,"
            raise ValueError(f"{name} must have {which} entries, as the spectrum, got {count}")
        if ordered and self.spectrum.shape:
            raise ValueError(f"{name} must not be an array where the spectrum stands for several")
        if ordered and not self.spectrum.in_order:
            raise ValueError(f"spectrum must be given largest first where {name} is an array")

    @property
    def is_plain(self) -> bool:
        """Whether the teacher is isotropic and the test distribution that of the training data."""
        return self.teacher.is_isotropic and self.test_spectrum is None

    @property
    def M(self) -> int:
        """Number of latent dimensions."""
        return self.spectrum.M

    @property
    def rank(self) -> int:
        """Number of latent directions with variance, at most M; only these are drawn."""
        return self.spectrum.rank

    @property
    def tested_on(self) -> Spectrum | Variances:
        """The test spectrum, or else the spectrum."""
        return self.spectrum if self.test_spectrum is None else self.test_spectrum

    @cached_property
    def units(self) -> Units:
        """The factors between the equations and the losses and ridges of this model."""
        return Units(self)

    signal_unit = deprecated.renamed("units.signal", gone_in="0.2.0")
    test_signal_unit = deprecated.renamed("units.test_signal", gone_in="0.2.0")
    noise_unit = deprecated.renamed("units.noise", gone_in="0.2.0")
    test_noise_unit = deprecated.renamed("units.test_noise", gone_in="0.2.0")
    log_reduced_ridge = deprecated.renamed("units.log_ridge", gone_in="0.2.0")
    relative_test = deprecated.renamed("tested_on.relative", gone_in="0.2.0")
    test_scale = deprecated.renamed("tested_on.largest", gone_in="0.2.0")
