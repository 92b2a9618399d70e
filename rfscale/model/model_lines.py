r"""A model as it is printed: its equations (1.1) to (1.6), with its parameters in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rfscale.model.spectra import PowerLaw
from rfscale.model.teachers import SourceCondition
from rfscale.support.html_table import plain
from rfscale.support.short_repr import part

if TYPE_CHECKING:
    from rfscale.model.scaling_model import ScalingModel


class Line(NamedTuple):
    """One assumption, in words, as text, and as LaTeX (the text again where it is empty)."""

    name: str
    text: str
    latex: str = ""

    @property
    def html(self) -> str:
        """For a notebook, which typesets what stands between dollars."""
        return f"${self.latex}$" if self.latex else plain(self.text)


def model_lines(model: ScalingModel) -> list[Line]:
    """Latents, teacher, features, labels and, where it differs, the test distribution."""
    lines = [_latents(model), _teacher(model), _features(model), _labels(model)]
    if model.test_spectrum is not None:
        lines.append(Line("tested on", part(model.test_spectrum)))
    return lines


def _latents(model: ScalingModel) -> Line:
    spectrum = model.spectrum
    if not isinstance(spectrum, PowerLaw) or spectrum.shape:
        return Line("latents", f"x_J ~ N(0, lambda_J), {part(spectrum)}")
    power = f"{1.0 + spectrum.alpha:g}"
    scale = "" if spectrum.scale == 1.0 else f"{spectrum.scale:g} "
    M = spectrum.M
    return Line(
        "latents",
        f"x_J ~ N(0, lambda_J), lambda_J = {scale}J^-{power}, J = 1..{M}",
        rf"x_J \sim N(0, \lambda_J),\; \lambda_J = {scale}J^{{-{power}}},\; J = 1, \dots, {M}",
    )


def _teacher(model: ScalingModel) -> Line:
    teacher = model.teacher
    variance = _variance(model.sigma_w, model.M)
    if teacher.is_isotropic:
        return Line("teacher", f"w_J ~ N(0, {variance})", rf"w_J \sim N(0, {variance})")
    if isinstance(teacher, SourceCondition):
        beta = f"{teacher.beta:g}"
        latex = rf"w_J \sim N(0, {variance}\, J^{{-{beta}}})"
        return Line("teacher", f"w_J ~ N(0, {variance} J^-{beta})", latex)
    unit = "" if model.sigma_w == 1.0 else f", sigma_w = {model.sigma_w:g}"
    return Line("teacher", f"{part(teacher)}{unit}")


def _features(model: ScalingModel) -> Line:
    variance = _variance(model.sigma_u, model.M)
    return Line(
        "features",
        f"phi = u x, u_iJ ~ N(0, {variance})",
        rf"\varphi = u x,\; u_{{iJ}} \sim N(0, {variance})",
    )


def _labels(model: ScalingModel) -> Line:
    if model.sigma_eps == 0.0:
        return Line("labels", "y = w x, without noise", r"y = w x")
    noise = f"{model.sigma_eps:g}^2"
    latex = rf"y = w x + \epsilon,\; \epsilon \sim N(0, {noise})"
    return Line("labels", f"y = w x + eps, eps ~ N(0, {noise})", latex)


def _variance(sigma: float, M: int) -> str:
    """sigma^2/M; of an array of power laws M has several values."""
    count = f"{M}" if np.ndim(M) == 0 else "M"
    return f"1/{count}" if sigma == 1.0 else f"{sigma:g}^2/{count}"
