r"""Filters of counts of linear models: ridges, and one pass over the data (26.6).

.. math:: \text{fixed ridge: } (1 + y/g)^{-2}, \quad \text{best ridge: } (1 + y/g)^{-1}, \quad
          \text{one pass: } e^{-2\eta y}

Each has its Mellin transforms in closed form, from incomplete gamma and beta functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy  # loads its parts when they are first used

from rfscale.neighbours.checks import in_range, share
from rfscale.neighbours.count_filter import CountFilter
from rfscale.support.arguments import Floats
from rfscale.support.sealed import sealed


@sealed
@dataclass(frozen=True, eq=False)
class FixedRidge(CountFilter):
    """Ridge regression on many features, its ridge not scaled with T: f = (1 + y/g)^-2.

    Where few directions are learned, df1 << T. The transform is g^s Gamma(s) Gamma(2-s).

    Parameters
    ----------
    g : float
        Ridge > 0 of the kernel: kappa T of the planar theory.

    Examples
    --------
    >>> import numpy as np
    >>> print(FixedRidge(3.0).unlearned(np.array([0.0, 3.0])))
    [1.   0.25]
    """

    g: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "g", in_range("g", self.g))

    def unlearned(self, y: Floats) -> Floats:
        """(1 + y/g)^-2."""
        return np.asarray((1 + y / self.g) ** -2.0)

    def below(self, s: float, y: float) -> float:
        """g^s B(s, 2-s) I_z(s, 2-s), z = y/(g + y)."""
        return float(self.mellin(s) * scipy.special.betainc(s, 2 - s, y / (self.g + y)))

    def above(self, s: float, y: float) -> float:
        """g^s B(s, 2-s) I_{1-z}(2-s, s), z = y/(g + y)."""
        return float(self.mellin(s) * scipy.special.betainc(2 - s, s, self.g / (self.g + y)))

    def mellin(self, s: float) -> float:
        """g^s Gamma(s) Gamma(2-s)."""
        s = share("s", s)
        return float(self.g**s * scipy.special.beta(s, 2 - s))


@sealed
@dataclass(frozen=True, eq=False)
class BestRidge(CountFilter):
    """The best ridge for noisy labels, or Bayes: f = (1 + y/g)^-1.

    g is sigma_eps^2 M/sigma_w^2, or that over lambda_+ where p_1 is 1. The transform is g^s
    pi/sin(pi s).

    Parameters
    ----------
    g : float
        Noise-to-signal ratio > 0.

    Examples
    --------
    >>> import numpy as np
    >>> print(BestRidge(3.0).unlearned(np.array([0.0, 3.0])))
    [1.  0.5]
    """

    g: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "g", in_range("g", self.g))

    def unlearned(self, y: Floats) -> Floats:
        """(1 + y/g)^-1."""
        return np.asarray((1 + y / self.g) ** -1.0)

    def below(self, s: float, y: float) -> float:
        """g^s B(s, 1-s) I_z(s, 1-s), z = y/(g + y)."""
        return float(self.mellin(s) * scipy.special.betainc(s, 1 - s, y / (self.g + y)))

    def above(self, s: float, y: float) -> float:
        """g^s B(s, 1-s) I_{1-z}(1-s, s), z = y/(g + y)."""
        return float(self.mellin(s) * scipy.special.betainc(1 - s, s, self.g / (self.g + y)))

    def mellin(self, s: float) -> float:
        """g^s pi/sin(pi s)."""
        s = share("s", s)
        return float(self.g**s * scipy.special.beta(s, 1 - s))


@sealed
@dataclass(frozen=True, eq=False)
class OnePass(CountFilter):
    """Gradient flow, or one pass of small steps eta, a step a sample: f = exp(-2 eta y).

    The transform is Gamma(s) (2 eta)^-s.

    Parameters
    ----------
    eta : float
        Learning rate > 0.

    Examples
    --------
    >>> import numpy as np
    >>> print(OnePass(0.5).unlearned(np.array([0.0, 1.0])))
    [1.     0.3679]
    """

    eta: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "eta", in_range("eta", self.eta))

    def unlearned(self, y: Floats) -> Floats:
        """exp(-2 eta y)."""
        return np.asarray(np.exp(-2 * self.eta * y))

    def below(self, s: float, y: float) -> float:
        """(2 eta)^-s Gamma(s) P(s, 2 eta y)."""
        return float(self.mellin(s) * scipy.special.gammainc(s, 2 * self.eta * y))

    def above(self, s: float, y: float) -> float:
        """(2 eta)^-s Gamma(s) Q(s, 2 eta y)."""
        return float(self.mellin(s) * scipy.special.gammaincc(s, 2 * self.eta * y))

    def mellin(self, s: float) -> float:
        """Gamma(s) (2 eta)^-s."""
        s = share("s", s)
        return float((2 * self.eta) ** -s * scipy.special.gamma(s))
