"""An experiment, and the estimator that says what is done in each of its draws.

The rest of the simulation knows estimators only as they are described here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from rfscale.model import ScalingModel
from rfscale.simulation.one_draw.latents import GAUSSIAN, Latents
from rfscale.support.arguments import Floats
from rfscale.support.stored import Stored

LOSSES = ("test", "signal", "noise", "train")


@dataclass(frozen=True)
class Experiment:
    """One (N, T) of a model under one seed.

    Attributes
    ----------
    model : ScalingModel
    N, T : int
        Numbers of features and samples.
    seed : int
        Root of all random streams.
    test_points : int or None
        Size of an explicit test set; None averages exactly over teacher, label noise and test
        points.
    latents : Latents
        Law of the latent data.
    leverages : ndarray or None
        Of mean 1: the squared scale of each sample is one of them.
    """

    model: ScalingModel
    N: int
    T: int
    seed: int
    test_points: int | None = None
    latents: Latents = GAUSSIAN
    leverages: Floats | None = None

    @property
    def sizes(self) -> tuple[int, int, int]:
        """N, T, and the number of directions that have variance, at most M."""
        return self.N, self.T, self.model.rank

    def generator(self, draw: int, purpose: int = 0, block: int = 0) -> np.random.Generator:
        """The random stream of a draw, or of one of its purposes and blocks.

        It has the spawn key ``(*sizes, draw, purpose, block)`` of `numpy.random.SeedSequence`: the
        same experiment has the same random numbers in any grid, order, process or thread.
        """
        key = (*self.sizes, draw, purpose, block)
        return np.random.Generator(
            np.random.SFC64(np.random.SeedSequence(self.seed, spawn_key=key))
        )


class Estimator(Stored, ABC):
    """How a draw is made, trained and tested. Derive from it to simulate another learner.

    A subclass is a frozen dataclass with one method, `losses`; its fields are numbers, strings and
    arrays that the learner depends on beside model, N, T and ridge. Given as ``estimator=`` to
    `simulate` or `sweep` it runs in threads, on any executor, where its module must be importable,
    and with ridge="optimal" or a target of the standard error. A store records its class and
    fields. The other three methods have defaults: draws one by one, with the memory and the
    operations of an N by M times an M by T matrix.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> import numpy as np, rfscale as rf
    >>> @dataclass(frozen=True)
    ... class Guess(rf.Estimator):
    ...     '''Learns nothing: all labels are guessed to be zero.'''
    ...     def losses(self, experiment, draws, ridge):
    ...         model, found = experiment.model, np.zeros((len(draws), 2, 4, ridge.size))
    ...         for i, draw in enumerate(draws):
    ...             w = experiment.generator(draw).standard_normal(model.M)
    ...             w *= model.sigma_w / np.sqrt(model.M)
    ...             signal = w**2 @ model.spectrum.eigenvalues / 2
    ...             found[i, 0] = [[signal], [signal], [0], [2 * signal + model.sigma_eps**2]]
    ...         return found
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=200))
    >>> estimate = rf.simulate(model, N=20, T=40, draws=500, seed=1, estimator=Guess())
    >>> exact = model.sigma_w**2 / (2 * model.M) * model.spectrum.trace(1.0)
    >>> bool(abs(estimate.test.mean - exact) < 4 * estimate.test.stderr)
    True
    """

    @abstractmethod
    def losses(self, experiment: Experiment, draws: range, ridge: Floats) -> Floats:
        """Losses of consecutive draws of one batch.

        Parameters
        ----------
        experiment : Experiment
            Model, N, T, seed and test_points. Random numbers come from its `generator`, so that
            they depend on the experiment and the number of the draw alone.
        draws : range
            Numbers of the draws. A batch is draws k b, ..., (k + 1) b - 1 with b = `batch_size`; a
            part of it must give the same numbers.
        ridge : ndarray
            gamma of the model, in [0, inf], shape (R,).

        Returns
        -------
        ndarray
            Shape (draws, 2, 4, R). [:, 0] holds test, signal, noise and training loss of each draw,
            normalised as in `Estimate`, each >= 0 or `inf`; [:, 1] their absolute rounding errors,
            which may be 0. NaN, and a loss that is clearly negative, ends the simulation with a
            ValueError.
        """

    def batch_size(self, experiment: Experiment) -> int:
        """Largest number of draws in one call of `losses`."""
        return 1

    def memory(self, experiment: Experiment, ridges: int) -> float:
        """Bytes that a call of `losses` needs at its peak, at this many ridges."""
        N, T, M = experiment.sizes
        return 8.0 * (2 * (N + T) * M + 3 * N * T + 10 * ridges)

    def operations(self, experiment: Experiment) -> float:
        """Roughly, of one draw: they order the cells of a sweep and weigh its progress."""
        N, T, M = experiment.sizes
        return float(M) * N * T
