"""The options that all experiments of a simulation or a sweep share."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from rfscale.model import ScalingModel
from rfscale.model.leverages import checked_leverages
from rfscale.simulation.draw_options import DrawOptions
from rfscale.simulation.one_draw.experiment import Estimator, Experiment
from rfscale.simulation.one_draw.latents import GAUSSIAN, Latents, latents
from rfscale.simulation.one_draw.linear_features import LinearFeatures
from rfscale.support.arguments import Floats, integer, require_kind
from rfscale.support.stored import pack, unpack


@dataclass(frozen=True)
class Options(DrawOptions):
    """Arguments of `simulate` and `sweep` that the losses depend on, checked.

    An option to come is a field here; `parameters` stores it.

    Attributes
    ----------
    test_points : int or None
    latents : Latents
        From a name or a function.
    estimator : Estimator
    leverages : tuple of float, or None
        In rising order; from an array.
    """

    test_points: int | None = None
    latents: Any = GAUSSIAN  # Latents once it is checked
    estimator: Estimator = LinearFeatures()  # noqa: RUF009  frozen
    leverages: Any = None  # a tuple once they are checked, which can be compared

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.test_points is not None:
            self._set("test_points", integer("test_points", self.test_points))
        require_kind("estimator", self.estimator, Estimator)
        self._set("latents", self._checked_latents())
        if self.leverages is not None:
            self._require_linear_features("leverages must not be given", "")
            self._set("leverages", tuple(checked_leverages(self.leverages).tolist()))

    def _checked_latents(self) -> Latents:
        law = self.latents if isinstance(self.latents, Latents) else latents(self.latents)
        if not law.is_gaussian:
            self._require_linear_features("latents must be gaussian", f", got {law.text}")
        return law

    def _require_linear_features(self, said: str, got: str) -> None:
        if not isinstance(self.estimator, LinearFeatures):
            name = type(self.estimator).__name__
            raise ValueError(
                f"{said} with an estimator of your own, as {name} draws its data itself{got}"
            )

    @property
    def leverages_drawn_from(self) -> Floats | None:
        """The leverages as an array."""
        return None if self.leverages is None else np.array(self.leverages)

    def experiment(self, model: ScalingModel, N: int, T: int) -> Experiment:
        """The experiment at one (N, T) of a model."""
        return Experiment(
            model=model,
            N=N,
            T=T,
            seed=self.seed,
            test_points=self.test_points,
            latents=self.latents,
            leverages=self.leverages_drawn_from,
        )

    def parameters(self) -> dict[str, Any]:
        """The options as JSON."""
        values = {option.name: getattr(self, option.name) for option in fields(self)}
        return values | {"latents": self.latents.text, "estimator": pack(self.estimator)}

    @classmethod
    def from_parameters(cls, parameters: dict[str, Any]) -> Options:
        """From what `parameters` wrote, here or in an earlier version with fewer options."""
        names = [option.name for option in fields(cls) if option.name in parameters]
        values = {name: parameters[name] for name in names}
        if "estimator" in values:
            values["estimator"] = unpack(values["estimator"])
        return cls(**values)
