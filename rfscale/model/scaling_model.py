r"""The random-feature model: everything that is assumed, in one frozen object.

.. math:: y = w x + \epsilon, \quad \varphi = u x, \quad L_A = \tfrac12 \|\theta\varphi - y\|^2 +
          \tfrac{\gamma}{2}\|\theta\|^2, \quad x_J \sim N(0, \lambda_J),\; w_J \sim N(0,
          \sigma_w^2/M),\; u_{iJ} \sim N(0, \sigma_u^2/M),\; \epsilon \sim N(0, \sigma_\epsilon^2)

The ridge gamma is not divided by T, and test losses carry the factor 1/2 and clean labels.
Source: [MRS], with its normalisations; references are listed in `rfscale.theory`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.model.spectra import Eigenvalues, PowerLaw, Spectrum, Variances
from rfscale.model.teachers import Teacher
from rfscale.support.arguments import Floats, number
from rfscale.support.products import log_product, scaled_product

LARGEST_POWER = (
    250.0  # decades that a teacher and a test spectrum may span beside the training spectrum
)


class RegimeWarning(UserWarning):
    """An approximate formula was used outside the regime in which its stated error holds."""


def require_model(model: object, *, single: bool = False, plain: bool = False) -> None:
    """Raise ValueError if the argument is not a ScalingModel, or not one of the kind that is
    needed.

    `single`: of one spectrum; `plain`: with an isotropic teacher, tested on the training
    distribution.
    """
    if not isinstance(model, ScalingModel):
        raise ValueError(f"model must be a ScalingModel, got {model!r}")
    if single and model.spectrum.shape:
        raise ValueError(
            f"model must have a single spectrum here, got an array of shape {model.spectrum.shape}"
        )
    if plain and not model.is_plain:
        given = model.teacher if model.teacher is not None else model.test_spectrum
        raise ValueError(
            f"model must have an isotropic teacher and no other test_spectrum here, got {given!r}"
        )


@dataclass(frozen=True)
class ScalingModel:
    """Latent spectrum, teacher, features and label noise of the random-feature model.

    Parameters
    ----------
    spectrum : Spectrum
        `PowerLaw` or `Eigenvalues`; its M is the number of latent dimensions. An array of power
        laws stands for as many models in `predict` and `optimal_ridge`.
    sigma_w : float
        Teacher: w_J ~ N(0, sigma_w^2/M), >= 0.
    sigma_u : float
        Features: u_iJ ~ N(0, sigma_u^2/M), > 0.
    sigma_eps : float
        Standard deviation of the noise on the training labels, >= 0.
    teacher : Teacher, optional
        `Teacher.power_law` or `Teacher.weights`, in units of sigma_w; `Teacher.isotropic`, the
        default, sets sigma_w.
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
    >>> shifted = ScalingModel(PowerLaw(alpha=1.0, M=1000), test_spectrum=PowerLaw(alpha=0.5, M=1000))
    >>> shifted.test_spectrum.alpha
    0.5
    """

    spectrum: Spectrum
    sigma_w: float = 1.0
    sigma_u: float = 1.0
    sigma_eps: float = 0.0
    teacher: Teacher | None = None
    test_spectrum: Any = None  # Spectrum, Variances or None

    def __post_init__(self) -> None:
        if not isinstance(self.spectrum, Spectrum):
            raise ValueError(f"spectrum must be a PowerLaw or Eigenvalues, got {self.spectrum!r}")
        object.__setattr__(self, "sigma_w", number("sigma_w", self.sigma_w, zero=True))
        object.__setattr__(self, "sigma_u", number("sigma_u", self.sigma_u))
        object.__setattr__(self, "sigma_eps", number("sigma_eps", self.sigma_eps, zero=True))
        if self.teacher is not None:
            self._check_teacher(self.teacher)
        if self.test_spectrum is not None:
            self._check_test_spectrum()
        self._check_powers()

    def _check_teacher(self, teacher: Teacher) -> None:
        if not isinstance(teacher, Teacher):
            raise ValueError(f"teacher must be a Teacher, got {teacher!r}")
        if teacher.sigma_w is not None:
            if self.sigma_w not in (1.0, teacher.sigma_w):
                raise ValueError(
                    f"sigma_w must be given once, got {self.sigma_w:g} beside Teacher.isotropic"
                )
            object.__setattr__(self, "sigma_w", teacher.sigma_w)
        if teacher.is_isotropic:
            object.__setattr__(self, "teacher", None)
        if teacher.array is not None:
            self._require_directions("teacher", teacher.array.size, ordered=True)

    def _check_test_spectrum(self) -> None:
        test = self.test_spectrum
        if not isinstance(test, Spectrum):
            test = test if isinstance(test, Variances) else Variances(test)
            object.__setattr__(self, "test_spectrum", test)
        elif test.shape:
            raise ValueError(
                f"test_spectrum must be a single one, got an array of shape {test.shape}"
            )
        self._require_directions("test_spectrum", test.M, ordered=isinstance(test, Variances))
        if isinstance(test, Eigenvalues) and not test.in_order:
            raise ValueError(
                "test_spectrum must be an array, or Eigenvalues given largest first and without zeros"
            )
        if test == self.spectrum:
            object.__setattr__(self, "test_spectrum", None)

    def _check_powers(self) -> None:
        """Powers of J in units of the training spectrum are in the range of float64."""
        exponent, test = 0.0 if self.teacher is None else self.teacher.exponent, self.test_spectrum
        powers = isinstance(self.spectrum, PowerLaw) and isinstance(test, PowerLaw)
        shift = (
            np.abs(np.asarray(getattr(self.spectrum, "alpha", 0.0)) - test.alpha) if powers else 0.0
        )
        if np.any(
            (abs(exponent) + shift) * np.log10(np.asarray(self.M, dtype=np.float64)) > LARGEST_POWER
        ):
            raise ValueError(
                "teacher and test_spectrum must be such that M^(|exponent| + |alpha - test alpha|) <= "
                f"1e{LARGEST_POWER:g}, got exponent = {exponent:g} and alpha - test alpha = {np.max(shift):g}"
            )

    def _require_directions(self, name: str, count: int, *, ordered: bool) -> None:
        """Something that is given for each direction needs M of them, and to know which is which."""
        if np.any(np.asarray(self.M) != count):
            raise ValueError(f"{name} must have M = {self.M} entries, as the spectrum, got {count}")
        if ordered and self.spectrum.shape:
            raise ValueError(f"{name} must not be an array where the spectrum stands for several")
        if ordered and isinstance(self.spectrum, Eigenvalues) and not self.spectrum.in_order:
            raise ValueError(
                f"spectrum must be given largest first and without zeros where {name} is an array"
            )

    @property
    def is_plain(self) -> bool:
        """Whether the teacher is isotropic and the test distribution that of the training data."""
        return self.teacher is None and self.test_spectrum is None

    @property
    def M(self) -> int:
        """Number of latent dimensions."""
        return self.spectrum.M

    @property
    def signal_unit(self) -> Floats:
        """The signal loss per unit of trace in units of lambda_+, sigma_w^2 lambda_+ / (2M).

        For given weights the largest w_J^2 takes the place of sigma_w^2/M.
        """
        return self._signal_unit(self.spectrum.scale)

    @property
    def test_signal_unit(self) -> Floats:
        """The same where errors are weighted with the test spectrum, in units of its own largest
        variance.
        """
        return self._signal_unit(self.test_scale)

    def _signal_unit(self, scale: ArrayLike) -> Floats:
        largest = None if self.teacher is None else self.teacher.largest
        weight = 1.0 if largest is None else largest
        count = self.M if largest is None else 1
        with np.errstate(over="ignore", under="ignore"):
            return np.ldexp(
                *scaled_product([self.sigma_w, self.sigma_w, weight, weight, scale], [2, count])
            )[()]

    @property
    def test_scale(self) -> Floats:
        """The largest variance in the test data."""
        return np.asarray(
            (self.spectrum if self.test_spectrum is None else self.test_spectrum).scale
        )[()]

    def relative_test(self, start: int, stop: int) -> Floats:
        """Variances of latent directions J = start + 1..stop in the test data, in units of the
        largest.
        """
        test = self.spectrum if self.test_spectrum is None else self.test_spectrum
        if isinstance(test, Variances):
            return np.asarray(test.array[start:stop] / test.scale)
        return np.asarray(np.exp(test.log_eigenvalues[start:stop]))

    @property
    def noise_unit(self) -> float:
        """The noise loss per unit of its trace, sigma_eps^2 / 2."""
        return self.sigma_eps * self.sigma_eps / 2

    @property
    def test_noise_unit(self) -> Floats:
        """The same per unit of its trace with the test spectrum, in units of its own largest
        variance.
        """
        if self.test_spectrum is None:
            return np.asarray(self.noise_unit)[()]
        with np.errstate(over="ignore", under="ignore"):
            unit = scaled_product(
                [self.sigma_eps, self.sigma_eps, self.test_scale], [2, self.spectrum.scale]
            )
            return np.ldexp(*unit)[()]

    def log_reduced_ridge(self, ridge: ArrayLike, *, per: tuple[ArrayLike, ...] = ()) -> Floats:
        """log of gamma M / (sigma_u^2 lambda_+), divided by the sizes in `per`: all the losses
        depend on.

        A logarithm, because the ratio itself may lie beyond the range of float64.
        """
        return log_product([ridge, self.M], [self.sigma_u, self.sigma_u, self.spectrum.scale, *per])
