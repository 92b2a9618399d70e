"""The loss over the (N, T) plane."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rfscale.plotting.axes import NAMES, axes_or_new
from rfscale.support.arguments import Floats, require_kind
from rfscale.theory.prediction import Prediction

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DECADES = 12.0  # below the largest loss that are shown at most
CONTOUR_GRID = 250  # points along an axis that contours are drawn from


def loss_map(
    prediction: Prediction, path: Prediction | None = None, ax: Axes | None = None
) -> Axes:
    """The test loss over the (N, T) plane, with iso-loss contours, regimes and the line N = T.

    Parameters
    ----------
    prediction : Prediction
        On a grid: shape (A, B), with N along one axis and T along the other.
    path : Prediction, optional
        The compute-optimal path, from `compute_optimal`, shape (P,).
    ax : Axes, optional
        A new figure is made if there is none.

    Returns
    -------
    Axes
        Losses above all but a thousandth of the others, infinity included, and those more than 12
        decades below, 0 included, have the colours of the ends of the scale.

    Raises
    ------
    ValueError
        If the prediction is none, is not on a grid, is one for several spectra, or nowhere has a
        finite loss > 0, or another argument is not what it has to be.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> model, size = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=1000)), np.geomspace(10, 1e4, 50)
    >>> axes = loss_map(rf.predict(model, size, size[:, None]), rf.compute_optimal(model, size**2))
    >>> axes.get_ylabel()
    'number of samples $T$'
    """
    require_kind("prediction", prediction, Prediction)
    if path is not None:
        require_kind("path", path, Prediction)
    _require_grid(prediction)
    logarithm = _log_loss(prediction.test)
    axes = axes_or_new(ax)
    _draw_colours(axes, prediction, logarithm)
    _draw_contours(axes, prediction, logarithm)
    _draw_lines(axes, prediction)
    if path is not None:
        _draw_path(axes, path)
    _name_regimes(axes, prediction)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel=NAMES["N"],
        ylabel=NAMES["T"],
        xlim=(prediction.N.min(), prediction.N.max()),
        ylim=(prediction.T.min(), prediction.T.max()),
    )
    above: dict[str, Any] = {"loc": "lower center", "bbox_to_anchor": (0.5, 1.0), "ncols": 3}
    axes.legend(frameon=False, fontsize="small", **above)
    return axes


def _require_grid(prediction: Prediction) -> None:
    if np.ndim(prediction.test) != 2 or prediction.model.spectrum.shape:
        raise ValueError(
            f"prediction must be on an (N, T) grid for one M, got shape {np.shape(prediction.test)}"
        )
    if not _is_grid(prediction.N, prediction.T):
        raise ValueError(
            "prediction must be on an (N, T) grid of two or more finite, increasing sizes along "
            "each axis"
        )


def _is_grid(N: Floats, T: Floats) -> bool:
    """Whether N increases along one axis only, and T along the other only."""
    return any(
        min(across.shape) > 1
        and np.all(np.isfinite(across) & np.isfinite(up))
        and np.all(np.diff(across, axis=1) > 0)
        and np.all(np.diff(up, axis=0) > 0)
        and not np.any(np.diff(across, axis=0))
        and not np.any(np.diff(up, axis=1))
        for across, up in ((N, T), (T, N))
    )


def _log_loss(loss: Floats) -> Floats:
    """log10 of the loss, cut off at both ends.

    Without ridge or noise the loss is 0 for N, T > M and inf at N = T: the colours span what lies
    between.
    """
    positive = loss[np.isfinite(loss) & (loss > 1e-290)]
    if not positive.size:
        raise ValueError(
            "prediction must hold a finite loss > 0 to be drawn on a logarithmic scale, got none"
        )
    highest = np.quantile(positive, 0.999)
    lowest = max(positive.min(), highest * 10**-DECADES)
    return np.asarray(np.log10(np.clip(loss, lowest, highest)))


def _draw_colours(axes: Axes, prediction: Prediction, logarithm: Floats) -> None:
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import LogNorm, Normalize

    N_is_along_rows = prediction.N[0, 0] == prediction.N[0, -1]
    grid = (prediction.N, prediction.T, logarithm)
    N, T, values = (array.T for array in grid) if N_is_along_rows else grid
    least = float(logarithm.min())
    most = float(logarithm.max())
    look: dict[str, Any] = {"norm": Normalize(least, most), "cmap": "viridis"}
    if all(np.ptp(np.diff(np.log(sizes))) < 1e-9 for sizes in (N[0], T[:, 0])):
        # the same as pcolormesh, drawn ten times as fast: an image behind the axes that they cover
        # in even steps
        image = axes.inset_axes((0, 0, 1, 1), zorder=-1)
        image.imshow(values, aspect="auto", origin="lower", interpolation="nearest", **look)
        image.set_axis_off()
    else:
        axes.pcolormesh(N, T, values, rasterized=True, **look)
    assert axes.figure is not None
    colours = ScalarMappable(LogNorm(10**least, 10**most), "viridis")
    axes.figure.colorbar(colours, ax=axes, label="test loss $L$")


def _draw_contours(axes: Axes, prediction: Prediction, logarithm: Floats) -> None:
    """One contour a decade, or a few where there is less than that."""
    thin = tuple(slice(None, None, max(1, size // CONTOUR_GRID)) for size in logarithm.shape)
    span = logarithm.max() - logarithm.min()
    step = 1.0 if span > 2.5 else 0.25
    levels = np.arange(np.ceil(logarithm.min() / step) * step, logarithm.max(), step)
    if not levels.size:
        return
    look: dict[str, Any] = {"colors": "white", "linewidths": 0.6, "linestyles": "solid"}
    grid = (prediction.N[thin], prediction.T[thin], logarithm[thin])
    axes.contour(*grid, levels, alpha=0.7, **look)
    name = f"iso-loss, per {'decade' if step == 1 else 'quarter decade'}"
    axes.plot([], [], color="0.6", lw=0.8, label=name)


def _draw_path(axes: Axes, path: Prediction) -> None:
    """The compute-optimal path, where something is lost: elsewhere no path is better."""
    from matplotlib.patheffects import withStroke

    better = path.test > 0
    outline = [withStroke(linewidth=3.6, foreground="white")]  # orange and green are alike in grey
    look: dict[str, Any] = {"color": "#D55E00", "lw": 2.2, "path_effects": outline}
    axes.plot(path.N[better], path.T[better], label="compute-optimal at fixed $NT$", **look)


def _draw_lines(axes: Axes, prediction: Prediction) -> None:
    """N = T up to M, and from there on N = M and T = M."""
    M = prediction.model.M
    N = prediction.N
    T = prediction.T
    low = max(N.min(), T.min())
    high = min(N.max(), T.max(), M)
    if low < high:
        peak: dict[str, Any] = {"lw": 1.2, "ls": "--", "zorder": 3}
        axes.plot([low, high], [low, high], color="black", label="$N = T$", **peak)
    axes.plot([M, M], [M, max(M, T.max())], color="black", lw=1.2)
    axes.plot([M, max(M, N.max())], [M, M], color="black", lw=1.2)


def _name_regimes(axes: Axes, prediction: Prediction) -> None:
    box = {"boxstyle": "round,pad=0.15", "facecolor": "0.2", "edgecolor": "none", "alpha": 0.6}
    look: dict[str, Any] = {"color": "white", "ha": "center", "va": "center", "bbox": box}
    for name in ("features", "data", "latent", "peak"):
        inside = prediction.regime == name
        if inside.mean() > 0.003:
            N, T = (np.exp(np.log(size[inside]).mean()) for size in (prediction.N, prediction.T))
            axes.text(float(N), float(T), name, fontweight="bold", **look)
