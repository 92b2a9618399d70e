"""Losses as curves: in every result the last axis is the curve, and the axes before it are
different curves.

Theory is drawn as lines, simulation as points with error bars of one standard error, in the
colour-blind safe palette of Okabe and Ito.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from rfscale.plotting.axes import NAMES, axes_or_new
from rfscale.support.arguments import Floats

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from rfscale.simulation.estimate import Estimate
    from rfscale.theory.prediction import Prediction

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MARKERS = "osD^vP*"
LOOK: dict[str, Any] = {"ls": "", "ms": 4.5, "capsize": 2, "lw": 1}  # of simulated points
DASHES = ("-", "--", "-.", ":")  # one for each time that the palette is gone through


def loss_curve(
    prediction: Prediction | None = None,
    estimate: Estimate | None = None,
    *,
    x: str = "N",
    labels: Sequence[str] | None = None,
    suffix: str | None = None,
    first_colour: int = 0,
    dashed: Prediction | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Test loss against `x` on logarithmic axes, predicted as lines and simulated as points.

    Parameters
    ----------
    prediction : Prediction, optional
        Shape (P,) or (curves, P); may be on a denser grid than `estimate`.
    estimate : Estimate, optional
        Shape (Q,) or (curves, Q), the same curves in the same order.
    x : str
        "N", "T" or "ridge": what varies along the last axis.
    labels : sequence of str, optional
        Names of the curves; by default what differs between them.
    suffix : str, optional
        Added to each name, to tell the curves from others on the same Axes.
    first_colour : int
        Where in the palette to start, to add curves to an Axes that has some.
    dashed : Prediction, optional
        The same curves by a theory to compare with: thin, dashed, and without names.
    ax : Axes, optional
        A new figure is made if there is none.

    Returns
    -------
    Axes
        Losses of 0 and of infinity, which a logarithmic axis cannot show, are gaps.

    Raises
    ------
    ValueError
        If `x` is none of the names, or there is nothing to draw.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=1000))
    >>> prediction = rf.predict(model, np.geomspace(10, 500, 50), 100, ridge=[[0.0], [1e-3]])
    >>> axes = loss_curve(prediction)
    >>> axes.get_xlabel()
    'number of features $N$'
    """
    if prediction is None and estimate is None:
        raise ValueError("prediction or estimate must be given, got neither")
    if x not in NAMES:
        raise ValueError(f"x must be one of {', '.join(NAMES)}, got {x!r}")
    axes = axes_or_new(ax)
    names = list(labels) if labels is not None else curve_labels(prediction or estimate, x)
    names = [", ".join(part for part in (name, suffix) if part) for name in names]
    if prediction is not None:
        is_marked = estimate is not None and len(names) + first_colour > 1
        for k, (position, loss) in enumerate(
            curves(getattr(prediction, x), prediction.test), start=first_colour
        ):
            look = marked_in_legend(k) if is_marked else {}
            look |= {
                "ls": DASHES[k // len(COLOURS) % len(DASHES)],
                "label": names[k - first_colour] or "theory",
            }
            axes.plot(position, _visible(loss), zorder=2, color=_colour(k), **look)
    if dashed is not None:
        for k, (position, loss) in enumerate(
            curves(getattr(dashed, x), dashed.test), start=first_colour
        ):
            axes.plot(position, _visible(loss), "--", lw=0.9, color=_colour(k), zorder=1)
    if estimate is not None:
        _draw_estimate(axes, estimate, x, names, first_colour, is_named=prediction is None)
    _finish(axes, x)
    return axes


def _draw_estimate(
    axes: Axes, estimate: Estimate, x: str, names: Sequence[str], first_colour: int, is_named: bool
) -> None:
    """The points of each curve, named one by one, or by one entry for all."""
    points = curves(getattr(estimate, x), _visible(estimate.test.mean), estimate.test.stderr)
    for i, (position, mean, stderr) in enumerate(points):
        draw_points(axes, i + first_colour, position, mean, stderr, names[i] if is_named else None)
    if not is_named:
        name_simulation(axes)


def _finish(axes: Axes, x: str) -> None:
    """Names, logarithmic scales if there is something that they can show, and a legend if there are
    names.
    """
    axes.set(xlabel=NAMES[x], ylabel="test loss $L$")
    drawn = [line.get_xydata() for line in axes.lines]
    if any(np.any(np.all(np.nan_to_num(np.asarray(xy)) > 0, axis=1)) for xy in drawn):
        axes.set(xscale="log", yscale="log")
        label_ticks(axes)
    else:
        axes.text(0.5, 0.5, "all losses are 0 or infinite", transform=axes.transAxes, ha="center")
    if axes.get_legend_handles_labels()[1]:
        axes.legend(frameon=False, fontsize="small")


def draw_points(
    axes: Axes, k: int, position: Floats, mean: Floats, stderr: Floats, label: str | None = None
) -> None:
    """The simulated points of the k-th curve, with error bars of one standard error."""
    look: dict[str, Any] = LOOK | {"color": _colour(k), "marker": MARKERS[k % len(MARKERS)]}
    axes.errorbar(position, mean, stderr, label=label, zorder=3, **look)


def marked_in_legend(k: int) -> dict[str, Any]:
    """The k-th line, one of several, has the marker of its points in the legend, and only there."""
    return {"marker": MARKERS[k % len(MARKERS)], "ms": LOOK["ms"], "markevery": []}


def name_simulation(axes: Axes) -> None:
    """One entry in the legend for the points of all curves."""
    if "simulation" not in axes.get_legend_handles_labels()[1]:
        axes.errorbar([], [], [], marker="o", color="0.4", label="simulation", **LOOK)


def double_descent(
    prediction: Prediction, estimate: Estimate | None = None, **options: Any
) -> Axes:
    """`loss_curve` through the peak at N = T, with the peak marked.

    Parameters
    ----------
    prediction, estimate, options
        As for `loss_curve`; N or T is the same along each curve.
    """
    x = options.get("x", "N")
    axes = loss_curve(prediction, estimate, **options)
    fixed = np.unique(prediction.T if x == "N" else prediction.N)
    for value in fixed:
        _mark(axes, value, "$N = T$")
    return axes


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
    """
    if prediction.model.spectrum.shape:
        raise ValueError(
            f"prediction must be for one M, got spectra of shape {prediction.model.spectrum.shape}"
        )
    x = options.get("x", "N")
    axes = loss_curve(prediction, estimate, **options)
    dashes = ("--", ":", "-.")
    for i, (name, loss) in enumerate((closed_forms or {}).items()):
        position, values = next(
            iter(curves(getattr(prediction, x), np.asarray(loss, dtype=np.float64)))
        )
        axes.plot(
            position,
            _visible(values),
            dashes[i % 3],
            color=_colour(i + 1),
            label=name,
            lw=2.6,
            zorder=1,
        )
    _mark(axes, prediction.model.M, f"${x} = M$", left=True)
    axes.legend(frameon=False, fontsize="small", loc="lower left", handlelength=3.4)
    return axes


def _colour(i: int) -> str:
    return COLOURS[i % len(COLOURS)]


def curves(*arrays: ArrayLike) -> list[tuple[Floats, ...]]:
    """Each curve's arrays."""
    shaped = [np.atleast_1d(a) for a in np.broadcast_arrays(*arrays)]
    return list(zip(*(a.reshape(-1, a.shape[-1]) for a in shaped), strict=True))


def _visible(loss: Floats) -> Floats:
    """The loss where a logarithmic axis can show it, and gaps where it is 0 or infinite."""
    return np.where((loss > 0) & np.isfinite(loss), loss, np.nan)


def curve_labels(result: Prediction | Estimate | None, x: str) -> list[str]:
    """What tells the curves apart: of alpha, M, N, T and ridge those, other than `x`, that are
    constant on a curve.
    """
    assert result is not None
    labels = [""] * len(curves(result.N))
    for name, symbol in (
        ("alpha", r"\alpha"),
        ("M", "M"),
        ("scale", r"\lambda_+"),
        ("N", "N"),
        ("T", "T"),
        ("ridge", r"\gamma"),
    ):
        owner = result if hasattr(result, name) else result.model.spectrum
        values = np.broadcast_to(getattr(owner, name, 0.0), np.shape(result.N))
        rows = [row for (row,) in curves(values)]
        if (
            name != x
            and len({row[0] for row in rows}) > 1
            and all(np.all(row == row[0]) for row in rows)
        ):
            here = [f"${symbol}$ = {row[0]:.6g}".replace("inf", r"$\infty$") for row in rows]
            labels = [
                f"{before}, {new}" if before else new
                for before, new in zip(labels, here, strict=True)
            ]
    return labels


def label_ticks(axes: Axes) -> None:
    """Below two decades, label 1, 2 and 5 of each: powers of ten would be too few, all ticks too
    many.
    """
    from matplotlib.ticker import FuncFormatter

    low, high = axes.get_xlim()
    if high < 100 * low:
        plain = FuncFormatter(lambda value, _: f"{value:g}" if f"{value:e}"[0] in "125" else "")
        axes.xaxis.set_major_formatter(plain)
        axes.xaxis.set_minor_formatter(plain)
        axes.tick_params(
            axis="x", which="major", pad=3.5
        )  # major ticks are longer: all labels at one height
        axes.tick_params(axis="x", which="minor", pad=5)


def _mark(axes: Axes, position: float, name: str, left: bool = False) -> None:
    axes.axvline(position, color="0.6", lw=0.8, ls=":", zorder=0)
    place: dict[str, Any] = {
        "xycoords": ("data", "axes fraction"),
        "textcoords": "offset points",
        "va": "top",
    }
    place |= {"xytext": (-3, -3), "ha": "right"} if left else {"xytext": (3, -3), "ha": "left"}
    axes.annotate(name, (position, 1), fontsize="small", color="0.35", **place)
