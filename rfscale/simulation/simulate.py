"""`simulate`: the model drawn, trained and tested many times.

All ridges, or other trainings, of an (N, T) share its draws and one factorisation a draw.
"""

from __future__ import annotations

from numpy.typing import ArrayLike

from rfscale.model import ScalingModel, require_model
from rfscale.model.training.given import GivenTraining
from rfscale.simulation import trainings
from rfscale.simulation.estimate import Estimate
from rfscale.simulation.one_draw.experiment import Estimator
from rfscale.simulation.one_draw.linear_features import LinearFeatures
from rfscale.simulation.one_draw.user_laws import Law
from rfscale.simulation.options import Options
from rfscale.simulation.points import PointsByCell
from rfscale.simulation.ridges import GivenRidge
from rfscale.simulation.running.runner import Runner, warn_of_targets
from rfscale.simulation.tails import warn_of_heavy_tails
from rfscale.simulation.unstable_draws import warn_of_unstable_draws


def simulate(
    model: ScalingModel,
    N: ArrayLike,
    T: ArrayLike,
    ridge: ArrayLike | str | None = None,
    *,
    kernel_ridge: ArrayLike | None = None,
    training: GivenTraining | None = None,
    draws: int = 32,
    seed: int | None = None,
    target_stderr: float | None = None,
    max_draws: int | None = None,
    test_points: int | None = None,
    latents: str | Law = "gaussian",
    leverages: ArrayLike | None = None,
    estimator: Estimator = LinearFeatures(),  # noqa: B008  frozen
    workers: int | None = None,
    progress: bool = False,
) -> Estimate:
    """Draw features and data, train, test, and average: the experiment that `predict` predicts.

    Teacher, label noise and test points are averaged over exactly in each draw, which leaves the
    least variance. All ridges of an (N, T) share its draws and one factorisation a draw, so that
    points that differ in the ridge alone are correlated, while different (N, T) are independent.

    Parameters
    ----------
    model : ScalingModel
    N, T : array_like of int
        Numbers of features and samples, >= 1.
    ridge : array_like or "optimal", optional
        gamma >= 0, broadcast with N and T; by default 0, the minimum-norm solution at the rank
        min(N, T, M) that the features have by construction. "optimal" takes, at each (N, T), the
        ridge with the least mean test loss.
    kernel_ridge : array_like, optional
        Instead of `ridge` that of the kernel u^T u M/(sigma_u^2 N), as users of kernel ridge
        regression know it: delta = gamma M/(sigma_u^2 N) >= 0, broadcast with N and T.
    training : Training or callable, optional
        In place of a ridge: how a draw is trained, as `GradientFlow(time=...)`, whose fields
        broadcast with N and T; or a function h(s) of the eigenvalues of phi phi^T, as `Filter`
        takes it. All times and filters of an (N, T) share its draws, which are those of a ridge.
    draws : int
        Independent draws of (u, x) at each (N, T), >= 2.
    seed : int, optional
        Root of all random numbers, >= 0; None draws one, which the result records. The same seed
        gives the same numbers for any number of workers, and for an (N, T) in any grid; with other
        ridges beside it the last digits may differ.
    target_stderr : float, optional
        Add draws to an (N, T) until the standard error of the test loss, relative to it, is at most
        this at all its ridges. The numbers are those of a simulation with as many `draws`, whatever
        the number of workers; the best ridge is chosen from the first `draws`. A mean that stops
        when its error looks small is biased by a fraction of that error.
    max_draws : int, optional
        With `target_stderr` only: where to give up, with a warning; at least `draws`, by default
        10 000, or `draws` if that is more. Also given up, at once, is what rounding errors forbid,
        and a ridge of 0 at which the test loss has no variance, whose standard error says nothing.
        `Estimate.draws` says how many were made.
    test_points : int, optional
        Instead of the exact averages draw one teacher, unless its weights are given, one label
        noise and this many test points for each draw.
    latents : str or callable, optional
        Law of the latent data x_J = sqrt(lambda_J) z_J, training and explicit test points alike:
        "gaussian", "rademacher", "uniform" or "student-t(df)", df > 2, with independent z_J of
        mean 0 and variance 1; or a function at the top level of a module that takes a generator
        and the shape (samples, directions) and returns z, with any dependence between the
        directions of a sample that leaves them uncorrelated. Features, teacher and label noise
        stay Gaussian.
    leverages : array_like, optional
        Finite numbers tau > 0 of mean 1, of shape (P,): each training sample, and each explicit
        test point, is x = sqrt(tau) z, with z of the law of `latents` and tau one of the numbers,
        all equally likely, drawn anew for each sample of each draw. Labels are those of x so
        scaled; label noise is not scaled.
    estimator : Estimator, optional
        How a draw is trained and tested: `LinearFeatures()`, which the other options are about, or
        one of your own.
    workers : int, optional
        Draws at a time, each with one BLAS thread. By default all cores that the process may use.
    progress : bool
        Show a progress bar, in a terminal or a notebook.

    Returns
    -------
    Estimate
        `test`, `signal`, `noise`, `train`, each with `.mean` and `.stderr`, and of its distribution
        over draws `.std` and the quantiles `.q05`, `.q25`, `.median`, `.q75`, `.q95`. `predict` is
        about the mean alone.

    Raises
    ------
    ValueError
        If an argument is out of its range, the shapes do not broadcast, a ridge and a training are
        given, the steps of a training diverge on a draw, or the memory would not suffice.

    Warns
    -----
    RegimeWarning
        Where the test loss has no variance or no mean over draws: without ridge, where T and
        min(N, M) differ by at most 3 or by at most 1. Its quantiles exist. Where one-pass SGD is
        not stable on some of the draws.
    UserWarning
        Where `target_stderr` was not reached, and why.

    Notes
    -----
    The losses of a draw are (1.12) to (1.17), see `rfscale.simulation.one_draw.losses`. Latent
    directions are drawn block by block: beside the spectrum, 16 bytes for each, memory does not
    grow with M. The signal cannot be resolved below about 1e-16 of the total variance, nor what
    label noise does in directions whose singular values are below 1e-16 of the largest: the
    standard errors say so, in the latter case by being infinite. With fewer latent directions than
    features and samples a signal that decays during training keeps its relative accuracy.

    The averages over teacher, label noise and test points are exact for all `latents` and
    `leverages`, as a quadratic loss knows only the covariance of test points, and leverages have
    mean 1. `predict` holds for independent components of any law with a fourth moment, up to terms
    of relative order 1/size in which the fourth cumulant stands; not for samples with a common
    factor in z (an elliptical law). Of `leverages` it is told: predict(leverages=...). They have a
    random stream of their own: z, features and label noise are the same with any, and if all are 1
    so are the losses, bit for bit.

    A function as law draws all directions at once, so that memory grows with M, and is refused if
    in 65 536 samples a mean, variance or covariance is off by more than 8 standard errors: so are
    tails as heavy as those of Student's t with df < 2.5. With "rademacher" a few samples in a few
    directions may be linearly dependent; the standard errors are then infinite.

    Examples
    --------
    >>> import numpy as np, rfscale as rf
    >>> model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=200))
    >>> estimate = rf.simulate(model, N=20, T=[10, 40], draws=100, seed=1)
    >>> bool(np.all(abs(estimate.test.mean / rf.predict(model, N=20, T=[10, 40]).test - 1) < 0.2))
    True

    The same draws, stopped early, and trained to the end:

    >>> flow = rf.GradientFlow(tau=[1.0, 100.0, np.inf])
    >>> stopped = rf.simulate(model, N=20, T=40, training=flow, draws=100, seed=1)
    >>> print(np.round(stopped.test.mean / estimate.test.mean[1], 3))
    [3.274 0.783 1.   ]

    Samples of two sizes, whose covariance is the same on average, teach less:

    >>> uneven = rf.simulate(model, N=20, T=40, leverages=[0.1, 1.9], draws=100, seed=1)
    >>> print(np.round(uneven.test.mean / estimate.test.mean[1], 3))
    1.592
    """
    require_model(model, single=True)
    trained = trainings.checked(training, ridge, kernel_ridge, estimator)
    options = Options(
        draws=draws,
        seed=seed,
        target_stderr=target_stderr,
        max_draws=max_draws,
        test_points=test_points,
        latents=latents,
        leverages=leverages,
        estimator=estimator,
    )
    runner = Runner.checked(workers, None, progress)
    given = GivenRidge.checked(ridge, kernel_ridge)
    points = PointsByCell.checked(model, N, T, given, trained)
    cells = points.cells(model, options)
    tasks = runner.tasks(cells, options)
    runner.require_memory(tasks)
    outcomes = runner.run(tasks)
    warn_of_targets(cells, outcomes, options)
    estimate = points.estimate(model, outcomes, options)
    warn_of_heavy_tails(estimate)
    warn_of_unstable_draws(cells, options)
    return estimate
