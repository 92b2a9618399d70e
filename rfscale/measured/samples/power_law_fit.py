"""The power law that a measured spectrum is: its exponent and end with errors, and a verdict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from rfscale.measured.samples.judge import BENT, EXPONENTIAL, TOO_SLOW
from rfscale.model.spectra import PowerLaw
from rfscale.results import Result

SAID = {
    BENT: "not one power law: alpha changes along the spectrum, see the thirds; predict from the "
    "eigenvalues",
    TOO_SLOW: "no power law with alpha > 0: predict from the eigenvalues",
    EXPONENTIAL: "not a power law but an exponential in J: predict from the eigenvalues",
}

AT_BOUND = (
    "alpha is at its bound -1, of equal eigenvalues, or not told from it: there it has no error"
)


@dataclass(frozen=True, eq=False)
class PowerLawFit(Result):
    """A power law lambda_J = scale J^-(1 + alpha), J = 1..M, as it was fitted to a spectrum.

    Attributes
    ----------
    alpha, stderr : float
        The exponent and its standard error: of the sampling alone, which is the smallest part of
        what is unknown where a spectrum bends. Compare the thirds, and other windows. The error is
        `inf` where alpha is not told from its bound -1, of equal eigenvalues.
    scale : float
        The eigenvalue at J = 1.
    M : float
        Where the power law ends, a real number; `inf` where the best fit has no end.
    M_interval : tuple of float
        Its 95 percent profile interval; the upper end may be `inf`. With a head, and alpha not told
        from -1, it is from 1 to `inf`.
    directions : int, optional
        How many directions the fit of alpha took as known; None where M was fitted along with it.
    window : tuple of float
        The degrees of freedom between which the curve was fitted.
    head : int
        The first ranks, which were left free.
    thirds : tuple of float
        alpha in three equal parts of the ranks in log J, from the eigenvalues that were judged.
    rms_line, rms_parabola : float
        Of their logarithms about a line and a parabola in log J, see `spectrum_shape`.
    loss_ratio : tuple of float
        The least and the largest ratio of the loss at the optimal ridge with this power law to that
        with the measured spectrum, isotropic teacher, N = T from 10 to half of the directions: what
        it costs to take the spectrum for a power law. NaN where there are too few directions.
    p_value : float
        Of chi^2, for Gaussian samples of an exact power law; NaN for more than 1000 samples, where
        every real spectrum would be refused, and for spectra fitted with a head or a misfit.
    verdict : str
        "power law", "bent", "slower than 1/J" or "exponential".
    """

    alpha: float
    stderr: float
    scale: float
    M: float
    M_interval: tuple[float, float]
    directions: int | None
    window: tuple[float, float]
    head: int
    thirds: tuple[float, float, float]
    rms_line: float
    rms_parabola: float
    loss_ratio: tuple[float, float]
    p_value: float
    verdict: str

    @property
    def spectrum(self) -> PowerLaw:
        """The power law, with `directions` or else M rounded; its first ranks too are on it.

        A ValueError for alpha <= 0, where there is none.
        """
        return power_law(self.alpha, self.scale, self.directions or self.M)

    def summary(self) -> str:
        """alpha and M with their errors, and the verdict."""
        low, high = (f"{end:.4g}" for end in self.M_interval)
        return (
            f"PowerLawFit: {self.verdict}, alpha {self.alpha:.3f} +- {self.stderr:.1g}, "
            f"M {self.M:.4g} ({low} to {high})"
        )

    def remarks(self) -> list[str]:
        """Where it was fitted, and what the verdict means."""
        low, high = self.window
        head = f", the first {self.head} ranks left free" if self.head else ""
        lines = [f"fitted to {low:.3g} to {high:.3g} degrees of freedom{head}"]
        if self.stderr == np.inf:
            lines.append(AT_BOUND)
        if self.verdict in SAID:
            lines.append(SAID[self.verdict])
        return lines

    def _table(self) -> dict[str, Any]:
        columns = {"alpha": self.alpha, "stderr": self.stderr, "scale": self.scale, "M": self.M}
        columns |= dict(zip(("M_low", "M_high"), self.M_interval, strict=True))
        columns |= {f"alpha_{k + 1}": value for k, value in enumerate(self.thirds)}
        columns |= {"rms_line": self.rms_line, "rms_parabola": self.rms_parabola}
        columns |= dict(zip(("least_loss_ratio", "loss_ratio"), self.loss_ratio, strict=True))
        columns |= dict(zip(("first", "last"), self.window, strict=True))
        return columns | {"head": self.head, "p_value": self.p_value, "verdict": self.verdict}

    def _short(self) -> dict[str, Any]:
        thirds = [f"alpha_{k + 1}" for k in range(len(self.thirds))]
        shown = [*thirds, "rms_line", "rms_parabola", "least_loss_ratio", "loss_ratio"]
        shown += [] if np.isnan(self.p_value) else ["p_value"]
        return {name: value for name, value in self._table().items() if name in shown}


def power_law(alpha: float, scale: float, M: float) -> PowerLaw:
    """The spectrum with M rounded, at most 1e9; ValueError for alpha <= 0."""
    return PowerLaw(alpha=alpha, M=round(float(np.clip(M, 1.0, 1e9))), scale=scale)
