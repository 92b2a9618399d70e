r"""`Law`: a law of the loss over sizes, as sums of a few terms (derived here: a form, no equation).

.. math:: L(N, T) = \sum_j c_j\, \frac{\varphi_j(x, y; \theta)}{\varphi_j(1, 1; \theta)}, \qquad
          x = \frac{N}{N_0}, \quad y = \frac{T}{T_0}, \quad c_j \ge 0,

with the geometric means N_0 and T_0 of the sizes, the centre. So c_j is the share of a term in the
loss at the centre. Parameters of this kind hardly depend on one another, which makes the fit easy;
the literature's, such as A of A/N^alpha, follow from them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any, Self

import numpy as np

from rfscale.measured.losses.law_checks import check_law, checked_terms
from rfscale.support.arguments import Floats
from rfscale.support.described import described
from rfscale.support.stored import Stored, UndefinedClassError

Terms = Callable[..., tuple[Any, ...]]
Range = tuple[float, float]
LARGEST = float(np.finfo(float).max)


@dataclass(frozen=True)
class Published:
    """A parameter in the units of N and T: (c f)^(1/root), of one at the centre, c, or e^c.

    Attributes
    ----------
    name : str
        As the literature has it.
    of : str
        The parameter at the centre that it stands for.
    factor : callable
        f, of (N0, T0, *theta).
    root : callable, optional
        Of theta; by default 1.
    is_exponential : bool
        Whether e^c stands in place of c, as of the logarithms of ratios.
    """

    name: str
    of: str
    factor: Callable[..., Any]
    root: Callable[..., Any] | None = None
    is_exponential: bool = False

    def value(self, centred: Any, N0: float, T0: float, theta: tuple[Any, ...]) -> Any:
        """The parameter, of the one at the centre; no larger than floats are."""
        root = 1.0 if self.root is None else self.root(*theta)
        with np.errstate(all="ignore"):
            c = np.exp(centred) if self.is_exponential else centred
            value = np.minimum((c * self.factor(N0, T0, *theta)) ** (1 / root), LARGEST)
            return np.where(c == 0, 0.0, value)

    def centred(self, value: Any, N0: float, T0: float, theta: tuple[Any, ...]) -> Any:
        """The inverse of `value`."""
        root = 1.0 if self.root is None else self.root(*theta)
        with np.errstate(all="ignore"):  # at trials
            c = np.float64(value) ** root / self.factor(N0, T0, *theta)
            return np.log(c) if self.is_exponential else c


@dataclass(frozen=True)
class Law(Stored):
    r"""A law L(N, T), a sum of terms with coefficients >= 0.

    Attributes
    ----------
    name : str
        By which it is asked for and stored; the last law of a name holds, those of the package
        cannot be replaced.
    formula : str
        For people.
    linear : tuple of str
        Names of the coefficients, in the order of the terms: in units of the loss, each the share
        of its term in the loss at the centre.
    nonlinear : dict
        The other parameters theta, each with its lower and upper bound.
    terms : callable
        ``(x, y, *theta)`` -> a tuple of terms, x = N/N0 and y = T/T0. Made of numpy functions,
        which broadcast; they are divided by their values at (1, 1). Numbers may be complex:
        slopes in theta are imaginary parts, see `analytic`. Its own exceptions pass through, but
        for TypeError and ValueError.
    published : tuple of Published
        What results show beside or in place of the parameters at the centre.
    starts : dict
        Where fits begin, for parameters with wide bounds: lower and upper end; by default the
        bounds.
    analytic : bool
        Whether `terms` takes complex theta; else slopes are differences.
    hidden : tuple of str
        Parameters at the centre in whose place published ones stand that are `of` another.
    floor : str, optional
        The coefficient that is a least loss, what no size goes below.
    fixed : dict
        Parameters that are held at these values where nothing else is said.

    Raises
    ------
    ValueError
        If names repeat or are none, a range is none, terms are no function, or the name is one of
        the package's.

    Examples
    --------
    >>> import rfscale as rf
    >>> one_exponent = rf.Law("same exponent", "E + K (1/N + 1/T)^alpha", ("E", "K"),
    ...     {"alpha": (0.02, 3.0)}, lambda x, y, alpha: (1.0, (1 / x + 1 / y) ** alpha))
    >>> one_exponent.columns([1.0, 2.0], [1.0, 1.0], [[1.0]])[1]
    array([[1.  , 0.75]])
    """

    name: str
    formula: str
    linear: tuple[str, ...]
    nonlinear: Mapping[str, Range]
    terms: Terms = field(compare=False)
    published: tuple[Published, ...] = field(default=(), compare=False)
    starts: Mapping[str, Range] = field(default_factory=dict)
    analytic: bool = True
    hidden: tuple[str, ...] = ()
    floor: str | None = "E"
    fixed: Mapping[str, float] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        check_law(self, is_taken=self.name in _packages)
        _laws[self.name] = self

    @property
    def parameters(self) -> tuple[str, ...]:
        """Names of all parameters at the centre, the coefficients before theta."""
        return (*self.linear, *self.nonlinear)

    @property
    def names(self) -> tuple[str, ...]:
        """All names that a parameter may be asked for or held by."""
        return (*self.parameters, *(one.name for one in self.published))

    def place_of(self, name: str) -> str:
        """The parameter at the centre that a name stands for."""
        return next((one.of for one in self.published if one.name == name), name)

    def shown(self, name: str) -> str:
        """The name that results show for it; its own where several stand for it, or none."""
        found = [one.name for one in self.published if one.of == name]
        return found[0] if len(found) == 1 else name

    def columns(self, x: Any, y: Any, theta: Any) -> Any:
        """The terms at (x, y), each 1 at the centre: shape (terms, fits, points).

        `theta` has a row for each fit.
        """
        values = np.asarray(theta)
        each = [_real_if_possible(values[:, j, None]) for j in range(values.shape[1])]
        points = np.broadcast_shapes((len(values), 1), np.shape(x), np.shape(y))
        with np.errstate(all="ignore"):  # at trials, or of sizes that lie far apart
            here = self._terms(points, np.asarray(x), np.asarray(y), *each)
            centre = self._terms((len(values), 1), np.ones(()), np.ones(()), *each)
            columns = np.empty((len(here), *points), np.result_type(*here, *centre, np.float64))
            for column, term, one in zip(columns, here, centre, strict=True):
                column[...] = term / np.where(np.isfinite(one), one, np.nan)  # a pole is none
            return columns

    def _terms(self, shape: tuple[int, ...], *arguments: Any) -> Any:
        try:
            found = self.terms(*arguments)
        except (TypeError, ValueError) as error:
            raise ValueError(f"terms of {self.name} fail for arrays of sizes: {error}") from error
        return checked_terms(found, self.name, self.linear, shape)

    def losses(self, x: Any, y: Any, parameters: Floats) -> Floats:
        """The law at (x, y) with parameters at the centre, a row for each fit: (fits, points)."""
        k = len(self.linear)
        columns = self.columns(x, y, parameters[:, k:])
        return np.asarray(np.einsum("bk,kbn->bn", parameters[:, :k], columns))

    def stored_fields(self) -> dict[str, Any]:
        """Its name: functions are not stored."""
        return {"name": self.name}

    @classmethod
    def from_stored(cls, stored: dict[str, Any]) -> Self:
        """The law of this name, which has to be defined."""
        name = stored["name"]
        if name not in defined():
            raise UndefinedClassError(
                f"the law {name!r} is not defined: define it, then load again"
            )
        return defined()[name]  # type: ignore[return-value]

    def compared(self) -> list[Any]:
        """The name, formula and parameters."""
        return [self.name, self.formula, self.linear, tuple(self.nonlinear.items())]

    def __hash__(self) -> int:
        return hash((self.name, self.formula))


def _real_if_possible(values: Any) -> Any:
    """Without imaginary parts of 0, as powers of complex numbers take several times as long."""
    return values if np.any(values.imag) else values.real


_laws: dict[str, Law] = {}
_packages: set[str] = set()  # names that are taken


def defined() -> dict[str, Law]:
    """All laws that there are, by name."""
    import_module("rfscale.measured.losses.known_laws")
    return _laws


def keep(*laws: Law) -> None:
    """Keep the names of laws for the package."""
    _packages.update(law.name for law in laws)


def is_of_package(law: Law) -> bool:
    """Whether it is one of the package's."""
    return law.name in _packages


def law_called(name: str, value: Any) -> Law:
    """A law as it is, or the one of a name; ValueError for others."""
    if isinstance(value, Law):
        return value
    if isinstance(value, str) and value in defined():
        return defined()[value]
    raise ValueError(
        f"{name} must be a Law or one of {', '.join(map(repr, defined()))}, got {described(value)}"
    )
