"""Results in, matplotlib Axes out; nothing is computed here."""

from rfscale.plotting.breakdown import breakdown
from rfscale.plotting.corrections import corrections
from rfscale.plotting.loss_curves import double_descent, loss_curve
from rfscale.plotting.loss_map import loss_map
from rfscale.plotting.measured_spectrum import measured_spectrum

__all__ = [
    "breakdown",
    "corrections",
    "double_descent",
    "loss_curve",
    "loss_map",
    "measured_spectrum",
]
