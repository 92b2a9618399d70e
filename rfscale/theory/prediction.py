"""The result of `predict`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rfscale import deprecated
from rfscale.model import ScalingModel
from rfscale.results import Result, blank, points
from rfscale.support.arguments import Floats
from rfscale.support.products import times

if TYPE_CHECKING:
    import pandas as pd

SCATTER = ("std", "std_error")  # columns that take longer
PEAK = 0.9  # N and T are "at the peak" when min(N, T)/max(N, T) is larger than this
ORDERS = ("planar", "one-loop", "resummed")
CORNER = (
    "at N = T = M without ridge: the limit of a small ridge, as the mean over draws does not go to "
    "0 with it; the minimum-norm solution of each draw has no signal loss"
)
REGIMES = np.array(["latent", "peak", "features", "data"])


@dataclass(frozen=True, eq=False)
class Prediction(Result):
    """The predicted losses; every array has the broadcast shape of N, T and ridge.

    Attributes
    ----------
    model : ScalingModel
    N, T, ridge : ndarray
        The points, with gamma of the training loss.
    test : ndarray
        Test loss, (1/2) E (z_hat - y_hat)^2 on clean labels: signal + noise. `inf` where it
        diverges.
    signal, noise : ndarray
        Its parts: what is not learned of the teacher (proportional to sigma_w^2), and what is
        learned of the label noise (proportional to sigma_eps^2).
    train : ndarray
        Training mean squared error on noisy labels, (1/T) E ||z - y||^2, without a factor 1/2.
    delta : ndarray
        The resolution Delta: latent directions with lambda_J > Delta are learned.
    df1, df2 : ndarray
        Degrees of freedom at Delta; df1 is the effective dimension of the fit, at most min(N, T,
        M).
    regime : ndarray of str
        The resource that bounds the loss, from the sizes alone: "latent" (M <= N, T: nothing is
        left to learn), "peak" (N and T within 10 percent, where double descent peaks unless a ridge
        removes it), "features" (N < T) or "data" (T < N).
    order : str
        "planar", "one-loop" or "resummed": to which order in 1/size the losses and `df1` are;
        `delta` and `df2` are planar.
    order_error : ndarray
        How large the next term may be, relative to `test`; `inf` where N = T < M or T <= M <= N
        without ridge, and where one loop is no small change any more. See `predict`.
    delta_error : ndarray
        Estimated relative error of `delta` (the step in its logarithm that was left).
    evaluations : ndarray
        How often the spectrum was summed to find `delta`.
    kernel_ridge : ndarray
        The ridge of the kernel, gamma M/(sigma_u^2 N), which may be finite where N and gamma are
        infinite. None in results that an earlier version stored.
    """

    model: ScalingModel
    N: Floats
    T: Floats
    ridge: Floats
    test: Floats
    signal: Floats
    noise: Floats
    train: Floats
    delta: Floats
    df1: Floats
    df2: Floats
    regime: NDArray[np.str_]
    order: str
    order_error: Floats
    delta_error: Floats
    evaluations: Floats
    kernel_ridge: Floats | None = None

    @property
    def std(self) -> Floats:
        """Standard deviation of the test loss over draws, as `Estimate.test.std`.

        `test` times the scatter relative to the mean, which is to leading order (17.3); `inf` where
        it does not exist. Computed when first asked for. See `loss_covariance`.
        """
        return times(self.test, self._scatter[0])

    @property
    def std_error(self) -> Floats:
        """How far `std` may be off, relative to it (17.8): an estimate from above, of order 1/size.

        Above 1 the scatter is not known; `inf` where a variance that is finite is that of draws
        too rare to be seen, or does not exist.
        """
        return self._scatter[1]

    def columns(self, *, std: bool = False) -> dict[str, NDArray[Any]]:
        """As of `Result`; with `std`, which takes longer, also `std` and `std_error`."""
        more = {name: np.ravel(getattr(self, name)) for name in SCATTER if std}
        return super().columns() | more

    def to_frame(self, *, std: bool = False) -> pd.DataFrame:
        """The columns as a pandas DataFrame, one row a point; see `columns`.

        Raises
        ------
        ImportError
            If pandas is not installed (``pip install "rfscale[frames]"``).
        """
        frame = super().to_frame()
        return frame.assign(**{n: self.columns(std=True)[n] for n in SCATTER}) if std else frame

    @cached_property
    def _scatter(self) -> tuple[Floats, Floats]:
        from rfscale.theory.relative_scatter import relative_scatter

        return relative_scatter(self)

    def remarks(self) -> list[str]:
        """Which limit stands where the limit of a small ridge is not the solution without."""
        corner = (self.N == self.T) & (self.model.rank == self.T) & (self.kernel_strength == 0)
        is_stated = self.order == "planar" and self.model.sigma_w > 0
        return [CORNER] if is_stated and np.any(corner) else []

    @property
    def kernel_strength(self) -> Floats:
        """The ridge, or that of the kernel, in results that have it."""
        return self.ridge if self.kernel_ridge is None else self.kernel_ridge

    def _extent(self) -> str:
        return f", {self.order}{super()._extent()}"

    def _short(self) -> dict[str, Any]:
        return points(self.model, self.N, self.T, self.ridge) | {
            "test": self.test,
            "error/%": blank(100 * self.order_error, self.test == 0),  # of a loss that vanishes
            "regime": self.regime,
        }

    residual = deprecated.renamed("delta_error", gone_in="0.2.0")


def regime(N: Floats, T: Floats, M: ArrayLike) -> NDArray[np.int64]:
    """The resource that bounds the loss, as an index into `REGIMES`; see `Prediction`."""
    smaller = np.minimum(N, T)
    larger = np.maximum(N, T)
    return np.where(smaller >= M, 0, np.where(smaller > PEAK * larger, 1, np.where(N < T, 2, 3)))
