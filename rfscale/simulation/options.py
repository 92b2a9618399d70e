"""The options that all experiments of a simulation or a sweep share."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from rfscale.model import ScalingModel
from rfscale.model.leverages import checked_leverages
from rfscale.simulation.one_draw.experiment import Estimator, Experiment
from rfscale.simulation.one_draw.latents import GAUSSIAN, Latents, latents
from rfscale.simulation.one_draw.linear_features import LinearFeatures
from rfscale.support.arguments import Floats, integer, number, require_kind
from rfscale.support.described import described
from rfscale.support.stored import pack, unpack

MAX_DRAWS = 10_000  # by default


@dataclass(frozen=True)
class DrawOptions:
    """How many draws there are, of which random numbers: arguments of any experiment, checked.

    Attributes
    ----------
    draws : int
        Draws to begin with, >= 2, and to choose the best ridge from.
    target_stderr : float or None
        Add draws until the standard error of the test loss, relative to it, is at most this at all
        ridges.
    max_draws : int or None
        Never more draws than these; only with a target, and then 10 000, or `draws` if that is
        more, by default.
    seed : int
        Root of all random numbers; None draws one.
    """

    draws: int = 32
    target_stderr: float | None = None
    max_draws: int | None = None
    seed: Any = None  # an int once it is checked

    def __post_init__(self) -> None:
        self._set("seed", _seed_or_new(self.seed))
        self._set("draws", integer("draws", self.draws, least=2))
        self._set("max_draws", self._checked_max_draws())
        if self.target_stderr is not None:
            self._set("target_stderr", number("target_stderr", self.target_stderr))

    def _set(self, name: str, value: Any) -> None:
        object.__setattr__(self, name, value)

    def _checked_max_draws(self) -> int | None:
        if self.target_stderr is None and self.max_draws is not None:
            said = described(self.max_draws)
            raise ValueError(f"max_draws must be given with target_stderr, got {said} without it")
        if self.target_stderr is None:
            return None
        if self.max_draws is None:
            return max(MAX_DRAWS, self.draws)
        most = integer("max_draws", self.max_draws)
        if most < self.draws:
            raise ValueError(f"max_draws must be >= draws = {self.draws}, got {most}")
        return most

    @property
    def most_draws(self) -> int:
        """Draws at most."""
        return self.draws if self.max_draws is None else self.max_draws


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


def _seed_or_new(seed: int | None) -> int:
    """The seed, or a drawn one, which a float64 holds exactly: so does every table of results."""
    return secrets.randbits(53) if seed is None else integer("seed", seed, least=0)
