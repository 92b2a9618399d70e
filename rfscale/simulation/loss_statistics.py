"""What is kept of a loss over draws."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from typing import ClassVar

from rfscale.results import Result
from rfscale.simulation.one_draw.experiment import LOSSES
from rfscale.support.arguments import Floats


@dataclass(frozen=True, eq=False)
class LossStatistics(Result):
    """A loss over draws: its mean, the standard error of the mean, and its distribution.

    What theory predicts is the mean. The distribution, which narrows as sizes grow, is reported
    only: it is that of the loss of one draw of features and data, averaged over teacher, label
    noise and test points unless ``test_points`` draws these, too.

    Attributes
    ----------
    mean, stderr : ndarray
        Of the shape of the experiment. The standard error includes the rounding error of a draw.
    std : ndarray
        Standard deviation over draws.
    q05, q25, median, q75, q95 : ndarray
        Quantiles over draws.
    """

    mean: Floats
    stderr: Floats
    std: Floats
    q05: Floats
    q25: Floats
    median: Floats
    q75: Floats
    q95: Floats

    LEVELS: ClassVar[tuple[float, ...]] = (0.05, 0.25, 0.5, 0.75, 0.95)


STATISTICS = tuple(field.name for field in fields(LossStatistics))
OF_MEANS = frozenset(  # columns that say nothing where the test loss has no mean
    {"test"} | {f"{loss}_mean" for loss in ("test", "signal", "noise")}
)
OF_ERRORS = frozenset(  # and where it has no variance
    {"stderr"}
    | {f"{loss}_{of}" for loss in ("test", "signal", "noise") for of in ("stderr", "std")}
)


def by_loss(values: Iterable[Iterable[Floats]]) -> dict[str, LossStatistics]:
    """The statistics of the four losses, (4, 8, ...), by the names of the losses."""
    return {
        name: LossStatistics(
            **{key: array[()] for key, array in zip(STATISTICS, loss, strict=True)}
        )
        for name, loss in zip(LOSSES, values, strict=True)
    }
