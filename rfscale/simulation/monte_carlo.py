"""`simulate`: the model drawn, trained and tested many times; means and standard errors of its losses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import scipy  # loads its parts when they are first used
from numpy.typing import ArrayLike, NDArray

from rfscale.arguments import Floats, broadcast, integer, is_optimal, ridges, sizes
from rfscale.memory import require_memory
from rfscale.model import ScalingModel, require_model
from rfscale.simulation.draw import Experiment
from rfscale.simulation.estimate import Estimate, Mean, mean_losses
from rfscale.simulation.kernels import RidgePath
from rfscale.simulation.threads import default_workers, map_indices, single_threaded_blas

BYTES_PER_POINT = 300  # of all arrays together
LARGEST_RIDGE = 1e300  # in reduced units; beyond it nothing is learned, to all digits
DECADES, RIDGES_PER_DECADE = 24, 8  # of the search for the best ridge
RIDGES_OF_SEARCH = DECADES * RIDGES_PER_DECADE + 3


def simulate(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str = 0.0,
    *,
    draws: int = 32,
    seed: int | None = None,
    test_points: int | None = None,
    workers: int | None = None,
    progress: bool = False,
) -> Estimate:
    """Draw features and data, train, test, and average: the experiment that `predict` predicts.

    Teacher, label noise and test points are averaged over exactly in each draw, which leaves the least variance. All
    ridges of an (N, T) share its draws and one factorisation a draw, so that points that differ in the ridge alone
    are correlated, while different (N, T) are independent.

    Parameters
    ----------
    model : ScalingModel
    N, T : array_like of int
        Numbers of features and samples, >= 1.
    ridge : array_like or "optimal"
        gamma >= 0, broadcast with N and T. 0 is the minimum-norm solution at the rank min(N, T, M) that the features
        have by construction. "optimal" takes, at each (N, T), the ridge with the least mean test loss.
    draws : int
        Independent draws of (u, x) at each (N, T), >= 2.
    seed : int, optional
        Root of all random numbers, >= 0; None draws one, which the result records. The same seed gives the same
        numbers for any number of workers, and for an (N, T) in any grid.
    test_points : int, optional
        Instead of the exact averages draw one teacher, one label noise and this many test points for each draw.
    workers : int, optional
        Draws at a time. By default all cores, with BLAS limited to one thread each, if threadpoolctl is installed
        (``pip install "rfscale[parallel]"``), else 1.
    progress : bool
        Show a progress bar where standard error is a terminal.

    Returns
    -------
    Estimate
        `test`, `signal`, `noise`, `train`, each with `.mean` and `.stderr`.

    Raises
    ------
    ValueError
        If an argument is out of its range, the shapes do not broadcast, or the memory would not suffice.

    Notes
    -----
    The averages are in `rfscale.simulation.kernels`. Without ridge the distribution over draws has a heavy tail at
    N = T < M, where the mean does not exist. The signal cannot be resolved below about 1e-16 of the total variance, nor
    what label noise does in directions whose singular values are below 1e-16 of the largest: the standard errors say
    so, in the latter case by being infinite.

    Examples
    --------
    >>> import rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=200))
    >>> estimate = rf.simulate(model, N=20, T=[10, 40], draws=100, seed=1)
    >>> bool(np.all(abs(estimate.test.mean / rf.predict(model, N=20, T=[10, 40]).test - 1) < 0.2))
    True
    """
    require_model(model, single=True)
    seed = _seed(seed)
    draws = integer("draws", draws, least=2)
    test_points = None if test_points is None else integer("test_points", test_points)
    workers = default_workers() if workers is None else integer("workers", workers)
    optimal = is_optimal(ridge)
    N, T, ridge = broadcast(
        N=sizes("N", N, whole=True), T=sizes("T", T, whole=True), ridge=ridges(0.0 if optimal else ridge)
    )
    require_memory(BYTES_PER_POINT * N.size, f"a simulation at {N.size} points")
    N, T, ridge = np.array(N), np.array(T), np.array(ridge, dtype=np.float64)
    pairs, cell_of = np.unique(np.stack([N.ravel(), T.ravel()]), axis=1, return_inverse=True)
    experiments = [Experiment(model, int(n), int(t), seed, test_points) for n, t in pairs.T]
    _require_memory(experiments, _longest_path(ridge, cell_of, optimal), draws, workers)
    losses = _simulate_all(experiments, cell_of.ravel(), ridge, optimal, draws, workers, progress)
    means = {
        name: Mean(*(column.reshape(N.shape)[()] for column in pair))
        for name, pair in zip(Estimate.LOSSES, losses, strict=True)
    }
    N, T = N.astype(np.int64), T.astype(np.int64)
    return Estimate(model, N[()], T[()], ridge[()], **means, draws=draws, seed=seed)


def _simulate_all(
    experiments: list[Experiment],
    cell_of: NDArray[np.int64],
    ridge: Floats,
    optimal: bool,
    draws: int,
    workers: int,
    progress: bool,
) -> Floats:
    """Means and standard errors at all points, shape (4, 2, points); best ridges are written into `ridge`."""
    from tqdm.auto import tqdm

    losses = np.empty((len(Estimate.LOSSES), 2, ridge.size))
    total = len(experiments) * draws * (1 + optimal)
    with single_threaded_blas(), tqdm(total=total, unit="draw", disable=None if progress else True) as bar:
        for cell, experiment in enumerate(experiments):
            points = np.flatnonzero(cell_of == cell)
            if optimal:
                ridge.flat[points] = _best_ridge(experiment, draws, workers, bar.update)
            paths = _run(experiment, ridge.flat[points], draws, workers, bar.update)
            losses[:, :, points] = mean_losses(experiment.model, paths)
    return losses


def _seed(seed: int | None) -> int:
    if seed is None:
        entropy = np.random.SeedSequence().entropy
        assert isinstance(entropy, int)
        return entropy
    return integer("seed", seed, least=0)


def _longest_path(ridge: Floats, cell_of: NDArray[np.int64], optimal: bool) -> int:
    """The number of ridges on the longest path of an (N, T)."""
    return RIDGES_OF_SEARCH if optimal else int(np.bincount(cell_of.ravel()).max())


def _require_memory(experiments: list[Experiment], ridges: int, draws: int, workers: int) -> None:
    largest = max(experiments, key=lambda experiment: experiment.memory(ridges))
    results = 12 * 8 * ridges * draws + 2000 * draws  # the losses of all draws, and Python's own
    require_memory(
        workers * largest.memory(ridges) + results,
        f"a simulation at N = {largest.N}, T = {largest.T} with draws = {draws} and workers = {workers}",
    )


def _run(
    experiment: Experiment, ridge: Floats, draws: int, workers: int, advance: Callable[[], object]
) -> list[RidgePath]:
    """The losses of all draws along a path of ridges."""
    log_ridge = experiment.model.log_reduced_ridge(ridge)
    reduced = np.exp(np.minimum(log_ridge, np.log(LARGEST_RIDGE)))
    paths = []
    for path in map_indices(lambda draw: experiment.losses(draw, reduced), draws, workers):
        paths.append(path)
        advance()
    return paths


def _best_ridge(experiment: Experiment, draws: int, workers: int, advance: Callable[[], object]) -> float:
    """The ridge with the least mean test loss over the draws: the minimum of a spline through a fine path."""
    model, exact = experiment.model, Experiment(experiment.model, experiment.N, experiment.T, experiment.seed)
    noise_to_signal = model.noise_unit / model.signal_unit if model.signal_unit else 0.0
    top = np.log10(experiment.N * max(experiment.T, noise_to_signal)) + 3
    steps = np.arange(-DECADES * RIDGES_PER_DECADE, 1) / RIDGES_PER_DECADE + top
    unit = -float(model.log_reduced_ridge(1.0))
    log_ridge = steps * np.log(10) + unit
    ridge = np.concatenate([[0.0], np.exp(log_ridge), [np.inf]])
    loss = mean_losses(model, _run(exact, ridge, draws, workers, advance))[0, 0]
    best = int(loss.argmin())
    if not 2 <= best <= ridge.size - 3:
        return float(ridge[best])
    from scipy.interpolate import CubicSpline  # here, as it takes as long to import as all the rest

    spline = CubicSpline(log_ridge, loss[1:-1])
    around = float(log_ridge[best - 2]), float(log_ridge[best])
    lowest = scipy.optimize.minimize_scalar(
        lambda z: float(spline(z)), bounds=around, method="bounded", options={"xatol": 1e-6}
    )
    return float(np.exp(lowest.x))
