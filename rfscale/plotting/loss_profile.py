r"""The profile of a parameter of a fitted law: 2 delta ln L over its values.

The interval of :func:`rfscale.profile` is where the curve is below its line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rfscale.measured.losses.loss_profile import LossProfile
from rfscale.plotting.axes import axes_or_new, label_ticks
from rfscale.plotting.curve_style import COLOURS
from rfscale.support.arguments import integer, require_kind

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HEIGHT = 3.0  # of the picture, in units of the limit
WIDE = 5.0  # ratio of values from which the axis is logarithmic


def profile(
    profile: LossProfile,
    *,
    label: str | None = None,
    first_colour: int = 0,
    ax: Axes | None = None,
) -> Axes:
    """How much worse a law fits over the values of a parameter, with the limit and the interval.

    Parameters
    ----------
    profile : LossProfile
    label : str, optional
        Of the curve; by default the interval.
    first_colour : int
        Where in the palette to start, to add a curve to an Axes that has some.
    ax : Axes, optional
        A new figure is made if there is none.

    Returns
    -------
    Axes
        The interval is drawn on the limit, with an arrow where it is open.

    Raises
    ------
    ValueError
        If an argument is not what it has to be.

    Examples
    --------
    >>> import rfscale as rf
    >>> fit = rf.fit_losses(rf.published_losses("chinchilla"), intervals="sandwich")
    >>> axes = rf.plotting.profile(rf.profile(fit, "alpha"))
    >>> axes.get_ylabel()
    '$2\\\\,\\\\Delta\\\\ln L$'
    """
    require_kind("profile", profile, LossProfile)
    colour = COLOURS[integer("first_colour", first_colour, least=0) % len(COLOURS)]
    axes = axes_or_new(ax)
    interval = profile.interval
    said = f"{interval.low:.3g} to {interval.high:.3g}".replace("inf", r"$\infty$")
    axes.plot(profile.values, profile.rise, color=colour, label=label or said)
    if not any(line.get_gid() == "limit" for line in axes.lines):
        axes.axhline(profile.limit, color="0.6", lw=0.8, zorder=0, gid="limit")
        axes.annotate(
            f"{interval.level:.0%}",
            (0.0, profile.limit),
            xycoords=("axes fraction", "data"),
            xytext=(3, 2),
            textcoords="offset points",
            color="0.4",
            fontsize="small",
        )
    _draw_interval(axes, profile, colour)
    if profile.values.min() > 0 and profile.values.max() > WIDE * profile.values.min():
        axes.set_xscale("log")
        label_ticks(axes)
    axes.set(xlabel=_name(profile.parameter), ylabel=r"$2\,\Delta\ln L$")
    axes.set_ylim(0, HEIGHT * profile.limit)
    axes.legend(frameon=False, fontsize="small")
    return axes


def _draw_interval(axes: Axes, profile: LossProfile, colour: str) -> None:
    """On the limit; an end that is none is an arrow at the last value."""
    ends = np.array([profile.interval.low, profile.interval.high])
    is_open = ~np.isfinite(ends) | (ends == 0)
    shown = np.clip(ends, profile.values.min(), profile.values.max())
    axes.plot(shown, [profile.limit] * 2, lw=3, alpha=0.35, color=colour, solid_capstyle="butt")
    for place, one, mark in zip(shown, is_open, "<>", strict=True):
        axes.plot(place, profile.limit, mark if one else "|", ms=8, color=colour, clip_on=False)


def _name(parameter: str) -> str:
    """As it is written in formulas."""
    greek = {"alpha": r"$\alpha$", "beta": r"$\beta$"}
    return greek.get(parameter, f"${parameter}$" if len(parameter) == 1 else parameter)
