r"""Whether eigenvalues are a power law: how far log lambda is from a line in log J.

.. math:: \log\lambda_J = a - (1 + \alpha)\log J, \qquad w_J = \frac1J

Least squares with the weights w_J, equal in log J; derived here. A power law is straight: rms at
most 0.07, no more than twice that of a parabola, alpha above 0.1. The bounds are where the spectra
of pictures and of digits part, not a test: with enough samples every real spectrum is no power law.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale.results import Result
from rfscale.support.arguments import Floats, numeric
from rfscale.support.described import described, shortened

POWER_LAW = "power law"
BENT = "bent"
TOO_SLOW = "slower than 1/J"
EXPONENTIAL = "exponential"
LARGEST_RMS = 0.07  # of log lambda about the line
LARGEST_RATIO = 2.0  # of it and that about the parabola
NEGLIGIBLE = 0.02  # rms about the parabola, below which it is no better
LEAST_ALPHA = 0.1
FIRST = 5  # rank: those before are of the mean, of contrast, of few patterns
FEWEST = 12  # ranks in a window


@dataclass(frozen=True, eq=False)
class SpectrumShape(Result):
    """The line through log eigenvalues over log ranks, and how far they are from it.

    Attributes
    ----------
    alpha : float
        The line's slope is -(1 + alpha).
    scale : float
        The eigenvalue at J = 1 on the line.
    window : tuple of int
        The first and the last rank.
    thirds : tuple of float
        alpha in three equal parts of the window in log J: equal ones of a power law. NaN in a part
        with one rank.
    rms_line, rms_parabola, rms_exponential : float
        Of log lambda about a line and a parabola in log J, and a line in J.
    verdict : str
        "power law", "bent", "slower than 1/J" (alpha <= 0) or "exponential".
    """

    alpha: float
    scale: float
    window: tuple[int, int]
    thirds: tuple[float, float, float]
    rms_line: float
    rms_parabola: float
    rms_exponential: float
    verdict: str

    def summary(self) -> str:
        """The verdict and alpha."""
        low, high = self.window
        return f"SpectrumShape: {self.verdict}, alpha {self.alpha:.3g} on ranks {low} to {high}"

    def remarks(self) -> list[str]:
        """What alpha is not."""
        return [
            "alpha of the eigenvalues as they are: of few samples it is wrong by factors, as their "
            "eigenvalues fall faster than the population's (fit_spectrum)"
        ]

    def _table(self) -> dict[str, Any]:
        thirds = {f"alpha_{k + 1}": value for k, value in enumerate(self.thirds)}
        names = ("rms_line", "rms_parabola", "rms_exponential", "verdict")
        return {"alpha": self.alpha} | thirds | {name: getattr(self, name) for name in names}


def spectrum_shape(
    eigenvalues: ArrayLike, window: tuple[float, float] | None = None
) -> SpectrumShape:
    """The straight line through log eigenvalues over log ranks, and whether they are straight.

    For eigenvalues of a population, or of samples of which there are some 40 for each direction.
    Those of fewer samples fall faster than the population's: of 64 patches of a photograph the line
    says alpha = 3.3 where it is 0.57. `fit_spectrum` knows better. The usual error of the slope,
    from independent residuals, is left out, as it means nothing here: neighbouring eigenvalues
    move together.

    Parameters
    ----------
    eigenvalues : array_like
        At least 12 positive numbers; they are sorted. Those below 1e-13 of the largest are
        left out.
    window : tuple of float, optional
        The first and last rank J that count; by default from 5 to half of them.

    Returns
    -------
    SpectrumShape
        With `alpha`, `thirds`, the rms deviations and the `verdict`.

    Raises
    ------
    ValueError
        If the eigenvalues are not one-dimensional and finite, or the window has fewer than 12
        ranks.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> J = np.arange(1, 201)
    >>> print(rf.spectrum_shape(J**-1.5).verdict, rf.spectrum_shape(np.exp(-J / 20)).verdict)
    power law exponential
    """
    values = checked_eigenvalues(eigenvalues)
    low, high = checked_window("window", window, (FIRST, values.size // 2), values.size)
    ranks = np.arange(np.ceil(low), np.floor(high) + 1)
    if ranks.size < FEWEST:
        raise ValueError(f"window must hold at least {FEWEST} ranks, got {low:g} to {high:g}")
    return shape_of(ranks, values[ranks.astype(int) - 1])


def shape_of(ranks: Floats, values: Floats) -> SpectrumShape:
    """The shape of the eigenvalues at these ranks."""
    x = np.log(ranks)
    y = np.log(values)
    line, rms_line = _least(ranks, x, y, 1)
    _, rms_parabola = _least(ranks, x, y, 2)
    _, rms_exponential = _least(ranks, ranks, y, 1)
    alpha = -float(line[0]) - 1.0
    return SpectrumShape(
        alpha=alpha,
        scale=float(np.exp(line[1])),
        window=(int(ranks[0]), int(ranks[-1])),
        thirds=_thirds(ranks, x, y),
        rms_line=rms_line,
        rms_parabola=rms_parabola,
        rms_exponential=rms_exponential,
        verdict=judged(alpha, rms_line, rms_parabola, rms_exponential),
    )


def judged(alpha: float, line: float, parabola: float, exponential: float) -> str:
    """The verdict from alpha and the rms deviations."""
    straight = line <= min(LARGEST_RMS, LARGEST_RATIO * max(parabola, NEGLIGIBLE))
    if straight and alpha > LEAST_ALPHA:
        return POWER_LAW
    if line > LARGEST_RMS and exponential < min(line, parabola):
        return EXPONENTIAL
    return BENT if alpha > 0.0 else TOO_SLOW


def _least(ranks: Floats, x: Floats, y: Floats, degree: int) -> tuple[Floats, float]:
    """Coefficients, highest first, and the rms deviation, with weights 1/J."""
    weights = 1.0 / ranks
    coefficients = np.polyfit(x, y, degree, w=np.sqrt(weights))
    left = y - np.polyval(coefficients, x)
    return np.asarray(coefficients), float(np.sqrt(np.sum(weights * left**2) / np.sum(weights)))


def _thirds(ranks: Floats, x: Floats, y: Floats) -> tuple[float, float, float]:
    ends = np.linspace(np.log(ranks[0] - 0.5), np.log(ranks[-1] + 0.5), 4)
    alphas = [np.nan] * 3
    for third in range(3):
        inside: NDArray[np.bool_] = (x > ends[third]) & (x <= ends[third + 1])
        if np.count_nonzero(inside) > 1:
            line, _ = _least(ranks[inside], x[inside], y[inside], 1)
            alphas[third] = -float(line[0]) - 1.0
    return alphas[0], alphas[1], alphas[2]


def checked_eigenvalues(eigenvalues: ArrayLike, least: int = FEWEST) -> Floats:
    """Eigenvalues above rounding, largest first."""
    allowed = f"a one-dimensional array of at least {least} finite numbers"
    values = numeric("eigenvalues", eigenvalues, allowed)
    if values.ndim != 1 or values.size < least or not np.all(np.isfinite(values)):
        raise ValueError(f"eigenvalues must be {allowed}, got {described(eigenvalues)}")
    values = np.sort(values)[::-1]
    if values[-1] < -1e-10 * values[0] or values[0] <= 0.0:
        raise ValueError(f"eigenvalues must be >= 0, got {values[-1]:g}")
    values = values[values > 1e-13 * values[0]]
    if values.size < least:
        raise ValueError(
            f"eigenvalues must have at least {least} above rounding, got {values.size}"
        )
    return np.asarray(values, dtype=np.float64)


def checked_window(
    name: str, window: tuple[float, float] | None, default: tuple[float, float], last: float
) -> tuple[float, float]:
    """Two numbers with 0 < low < high <= last."""
    if window is None:
        return default
    allowed = f"two numbers with 0 < low < high <= {last:g}"
    values = numeric(name, window, allowed)
    if values.shape != (2,) or not 0.0 < values[0] < values[1] <= last:
        raise ValueError(f"{name} must be {allowed}, got {shortened(window)}")
    return float(values[0]), float(values[1])
