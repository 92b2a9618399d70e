"""Run an example and look at what it leaves: one figure, names on all axes, no legend over data.

python run_example.py SCRIPT
"""

import runpy
import sys

import matplotlib.pyplot as plt
import numpy as np


def lies_under(line, box):
    """Whether a line, between its points too, runs through a box of the screen."""
    data = line.get_xydata()
    points = line.get_transform().transform(data[np.all(np.isfinite(data), axis=1)])
    if line.get_linestyle() != "None" and len(points) > 1:
        steps = np.linspace(0, 1, 21)[:, None, None]
        points = ((1 - steps) * points[:-1] + steps * points[1:]).reshape(-1, 2)
    x, y = points.T
    return bool(np.any((box.x0 < x) & (x < box.x1) & (box.y0 < y) & (y < box.y1)))


def check(figure):
    """The figure's axes have names, and its legends lie beside the curves."""
    figure.canvas.draw()
    for axes in figure.axes:
        names = (axes.get_xlabel(), axes.get_ylabel())
        is_colour_scale = axes.get_label() == "<colorbar>"
        assert any(names) if is_colour_scale else all(names), f"an axis without a name: {names}"
        legend = axes.get_legend()
        if legend is not None:
            covered = [line.get_label() for line in axes.lines if lies_under(line, legend.get_window_extent())]
            assert not covered, f"the legend lies over {covered}"


if __name__ == "__main__":
    runpy.run_path(sys.argv[1], run_name="__main__")
    assert len(plt.get_fignums()) == 1, f"{len(plt.get_fignums())} figures"
    check(plt.gcf())
