"""Results in, matplotlib Axes out: nothing is simulated or fitted here."""

from rfscale.plotting.best_sizes import allocation
from rfscale.plotting.breakdown import breakdown
from rfscale.plotting.corrections import corrections
from rfscale.plotting.extrapolations import extrapolation
from rfscale.plotting.fit_residuals import residuals
from rfscale.plotting.fitted_curves import fitted_curves
from rfscale.plotting.iso_loss import iso_loss
from rfscale.plotting.loss_curves import double_descent, loss_curve
from rfscale.plotting.loss_map import loss_map
from rfscale.plotting.loss_profile import profile
from rfscale.plotting.measured_spectrum import measured_spectrum

__all__ = [
    "allocation",
    "breakdown",
    "corrections",
    "double_descent",
    "extrapolation",
    "fitted_curves",
    "iso_loss",
    "loss_curve",
    "loss_map",
    "measured_spectrum",
    "profile",
    "residuals",
]
