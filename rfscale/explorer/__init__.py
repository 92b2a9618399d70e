r"""The explorer: the planar theory as one HTML page with sliders, which computes in the browser.

.. math:: \Delta\,(N - \mathrm{df}_1)(T - \mathrm{df}_1) = \gamma M, \qquad L = L_\mathrm{signal} +
          L_\mathrm{noise}

The first is (4.7), the parts of the loss are (5.8) and (5.9), over training time (18.1), (18.6)
and (18.7). The page holds its scripts and its style and asks for nothing. `spectrum.js`,
`theory.js` and `optimum.js` are `rfscale.traces` and `rfscale.theory` once more, and `flow.js` and
what it uses the losses of gradient flow, for a power law with lambda_+ = sigma_w = sigma_u = 1; the
browser tests compare the two.
"""

from __future__ import annotations

from importlib.resources import files

from rfscale.version import __version__

SCRIPTS = (
    *("spectrum", "theory", "optimum"),
    *("complex", "complex_spectrum", "flow_path", "two_ridges", "edge", "flow"),
    *("chart", "map", "controls", "app", "time", "readout", "reading"),
)


def page() -> str:
    """The explorer as the text of one HTML file.

    Its parameters are in the fragment of its address:
    `explorer.html#alpha=1&M=1000&N=100&T=300&ridge=optimal`.

    Examples
    --------
    >>> from rfscale.explorer import page
    >>> page().splitlines()[0]
    '<!doctype html>'
    """
    here = files(__name__)
    script = "\n".join((here / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    text = (here / "page.html").read_text(encoding="utf-8")
    style = (here / "style.css").read_text(encoding="utf-8")
    for name, content in (("style", style), ("script", script), ("version", __version__)):
        text = text.replace("{" + name + "}", content, 1)
    return text
