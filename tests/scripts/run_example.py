"""Run an example and look at what it leaves: one figure, data in view, names on all axes, legends
over nothing.

python run_example.py SCRIPT

The last line printed is LOOKED AT: a script that ends the process by itself does not get there.
"""

import runpy
import sys

import matplotlib.pyplot as plt
import numpy as np


def look_at(path):
    """Run a script and check its figure."""
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit as end:
        raise AssertionError(f"it exits by itself, with {end.code}") from end
    assert len(plt.get_fignums()) == 1, f"{len(plt.get_fignums())} figures"
    check_figure(plt.gcf())


def check_figure(figure):
    """There are axes, each one with data and names, and legends over nothing."""
    figure.canvas.draw()
    figure.set_layout_engine("none")  # nothing moves from here on
    assert figure.axes, "a figure without axes"
    for axes in figure.axes:
        for each in [axes, *axes.child_axes]:
            if each.axison:  # not an image behind the axes
                check_axes(each)
        check_legend(axes.get_legend())
    for legend in figure.legends:
        check_legend(legend)


def check_axes(axes):
    """There are data in view, and names."""
    names = (axes.get_xlabel().strip(), axes.get_ylabel().strip())
    if axes.get_label() == "<colorbar>":
        assert any(names), "a colour scale without a name"
        return
    assert all(names), f"an axis without a name: {names}"
    # lines made for the legend have no data
    lines = [line for line in axes.lines if line.get_xydata().size]
    assert lines or axes.collections or axes.images or axes.patches, "axes without data"
    for line in lines:
        assert is_in_view(line, axes.get_window_extent()), (
            f"nothing of {line.get_label()!r} is in view"
        )


def is_in_view(line, box):
    """Whether a line, between its points too, has a finite point in a box of the screen."""
    data = line.get_xydata()
    points = line.get_transform().transform(data[np.all(np.isfinite(data), axis=1)])
    if line.get_linestyle() != "None" and len(points) > 1:
        steps = np.linspace(0, 1, 21)[:, None, None]
        points = ((1 - steps) * points[:-1] + steps * points[1:]).reshape(-1, 2)
    x, y = points.T
    return np.any((box.x0 - 1 < x) & (x < box.x1 + 1) & (box.y0 - 1 < y) & (y < box.y1 + 1))


def check_legend(legend):
    """Without the legend its place, and 3 pixels around it, would be white."""
    if legend is None:
        return
    canvas, box = legend.figure.canvas, legend.get_window_extent().padded(3)
    legend.set_visible(False)
    canvas.draw()
    picture = np.asarray(canvas.buffer_rgba())[::-1]  # upwards
    legend.set_visible(True)
    place = picture[
        max(0, int(box.y0)) : int(np.ceil(box.y1)), max(0, int(box.x0)) : int(np.ceil(box.x1))
    ]
    assert place.size, "the legend is outside the figure"
    assert np.all(place == 255), "the legend lies over something"


if __name__ == "__main__":
    look_at(sys.argv[1])
    print("LOOKED AT")
