"""How many draws an experiment makes, and of which random numbers."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from rfscale.support.arguments import integer, number
from rfscale.support.described import described

MAX_DRAWS = 10_000  # by default


@dataclass(frozen=True)
class DrawOptions:
    """Arguments of any experiment, checked.

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


def _seed_or_new(seed: int | None) -> int:
    """The seed, or a drawn one, which a float64 holds exactly: so does every table of results."""
    return secrets.randbits(53) if seed is None else integer("seed", seed, least=0)
