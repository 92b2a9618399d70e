"""Losses where the power law breaks down, with closed forms beside the prediction."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from rfscale.plotting.axes import mark_position, require_name
from rfscale.plotting.curve_names import curves
from rfscale.plotting.curve_style import colour
from rfscale.plotting.loss_curves import loss_curve
from rfscale.plotting.losses import visible
from rfscale.simulation.estimate import Estimate
from rfscale.support.arguments import Floats, broadcast, numeric, require_kind
from rfscale.support.described import shortened
from rfscale.theory.prediction import Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CLOSED_FORM_DASHES = ("--", ":", "-.")


def breakdown(
    prediction: Prediction,
    estimate: Estimate | None = None,
    closed_forms: Mapping[str, ArrayLike] | None = None,
    **options: Any,
) -> Axes:
    """`loss_curve` where the power law breaks down, N or T up to M, with closed forms beside it.

    Parameters
    ----------
    prediction, estimate, options
        As for `loss_curve`.
    closed_forms : mapping of str to array_like
        Losses at the points of `prediction`, by name: the pure power law, the talk's formula, ...
        Drawn wide, below the prediction, so that both are seen where they agree.

    Raises
    ------
    ValueError
        As for `loss_curve`, or if the prediction is one for several spectra, or a closed form does
        not have its shape.
    """
    require_kind("prediction", prediction, Prediction)
    if prediction.model.spectrum.shape:
        raise ValueError(
            f"prediction must be for one M, got spectra of shape {prediction.model.spectrum.shape}"
        )
    x = options.get("x", "N")
    require_name(x, ("N", "T"))
    losses = _checked_forms({} if closed_forms is None else closed_forms, prediction)
    axes = loss_curve(prediction, estimate, **options)
    for i, (name, loss) in enumerate(losses.items()):
        _draw_closed_form(axes, prediction, x, loss, i, name)
    mark_position(axes, prediction.model.M, f"${x} = M$", left=True)
    axes.legend(frameon=False, fontsize="small", loc="lower left", handlelength=3.4)
    return axes


def _checked_forms(
    closed_forms: Mapping[str, ArrayLike], prediction: Prediction
) -> dict[str, Floats]:
    """The losses by name, one at each point or one for all."""
    require_kind("closed_forms", closed_forms, Mapping)
    losses = {}
    for name, loss in closed_forms.items():
        array = numeric(f"closed_forms[{shortened(name)}]", loss, "losses")
        broadcast(prediction=prediction.test, **{f"closed_forms[{shortened(name)}]": array})
        losses[str(name)] = array
    return losses


def _draw_closed_form(
    axes: Axes, prediction: Prediction, x: str, loss: Floats, i: int, name: str
) -> None:
    """The i-th closed form, wide, below the first curve of the prediction."""
    position, values = curves(getattr(prediction, x), visible(loss))[0]
    look: dict[str, Any] = {"color": colour(i + 1), "lw": 2.6, "zorder": 1}
    axes.plot(position, values, CLOSED_FORM_DASHES[i % 3], label=name, **look)
