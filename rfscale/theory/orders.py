r"""The losses of any model at each point, planar or with one loop: where
`rfscale.theory.equations.one_loop` meets the model.

The planar part is, with sums over the spectrum weighted by rho = lambda'/lambda and by W = w_J^2 as
superscripts,

.. math:: L_\mathrm{signal} = \frac{\sigma_w^2}{2M} \Delta \Big[ s^{\rho W} + \frac1D \Big(
          \frac{y_T}{N} \mathrm{df}_2^W s^\rho + \frac{y_N}{T} \mathrm{df}_2^\rho s^W + \frac{s}{N
          T} \mathrm{df}_1^\rho \mathrm{df}_1^W \Big) \Big], \qquad L_\mathrm{noise} =
          \frac{\sigma_\epsilon^2}{2} \frac{\mathrm{df}_2^\rho\, y_N + \mathrm{df}_1^\rho\, s/N}{T
          D}

Source: [Simon] and [AZP] for a general teacher; with a test spectrum derived here, from the same
generating function.
"""

from __future__ import annotations

import numpy as np

from rfscale.model import ScalingModel
from rfscale.model.spectra import PowerLaw
from rfscale.support.arguments import Floats
from rfscale.support.compiled import compiled
from rfscale.support.machine import require_memory
from rfscale.theory.equations.fixed_point import Point, solve_point
from rfscale.theory.equations.one_loop import Sums, Terms, determinant, one_loop_terms, planar_terms
from rfscale.theory.kernels import over_points
from rfscale.theory.prediction import ROWS, Prediction, first_order, prediction
from rfscale.traces.nodes import Nodes, power_law_nodes
from rfscale.traces.quadrature import WeightedNodes, weighted_moments, weighted_power_law

BYTES_PER_DIRECTION = 80.0
TINY = 1e-300
HOPELESS = 1e4  # spread above which one loop says nothing, and is not added


def predict_to_order(
    model: ScalingModel, N: Floats, T: Floats, ridge: Floats, order: str
) -> Prediction:
    """The losses of any model for arrays of sizes N, T > 0 and ridge >= 0 that broadcast."""
    log_ridge = model.units.log_ridge(ridge, per=(N, T))
    options = weighted_nodes(model), order == "one-loop"
    rows = over_points(points_of_order, model.spectrum, (N, T, log_ridge), ROWS, *options)
    return prediction(model, N, T, ridge, rows, order)


def weighted_nodes(model: ScalingModel) -> WeightedNodes:
    """The (first) spectrum of a model with its teacher's and its test spectrum's weights.

    Raises
    ------
    ValueError
        If they are arrays that do not fit in memory, or beyond float64 in units of the training
        spectrum.
    """
    spectrum = model.spectrum
    test = model.test_spectrum
    power = model.teacher.power
    if isinstance(spectrum, PowerLaw) and power is not None and isinstance(test, PowerLaw | None):
        alpha, M = (float(values.flat[0]) for values in spectrum.kernel_parameters())
        return weighted_power_law(alpha, M, power, np.nan if test is None else test.alpha)
    directions = model.rank
    needed = BYTES_PER_DIRECTION * directions
    require_memory(needed, f"a teacher or a test spectrum of M = {directions} directions")
    ones = np.ones(directions)
    with np.errstate(over="ignore", under="ignore"):
        roots = np.exp(spectrum.log_eigenvalues / -2)
        rho = ones if test is None else test.relative(0, directions) * roots * roots
        W = np.asarray(model.teacher.relative(0, directions), dtype=np.float64) ** 2
    if not np.all(np.isfinite(W)):
        raise ValueError(f"teacher must have finite relative weights, got {model.teacher!r}")
    if not np.all(np.isfinite(rho * W)):
        raise ValueError(
            "test_spectrum must be within float64's range of the spectrum in each direction"
        )
    return WeightedNodes(roots, ones, rho, W, rho * W, model.is_plain, 0.0, 0.0)


@compiled
def sums_at(weighted: WeightedNodes, root_delta: float) -> Sums:
    """The sums over the spectrum at one sqrt(Delta/lambda_+)."""
    one = weighted_moments(weighted.roots, weighted.unit, root_delta)
    if weighted.plain:
        return Sums(one, one, one, one)
    test = weighted_moments(weighted.roots, weighted.test, root_delta)
    teacher = weighted_moments(weighted.roots, weighted.teacher, root_delta)
    return Sums(one, test, teacher, weighted_moments(weighted.roots, weighted.both, root_delta))


@compiled
def points_of_order(
    nodes: Nodes,
    weighted: WeightedNodes,
    one_loop: bool,
    alpha: Floats,
    M: Floats,
    N: Floats,
    T: Floats,
    log_ridge: Floats,
    start: int,
    stop: int,
    out: Floats,
) -> None:
    """The rows of `rfscale.theory.prediction.prediction`."""
    for i in range(start, stop):
        if alpha[i] != nodes.alpha or M[i] != nodes.M:
            nodes = power_law_nodes(alpha[i], M[i])
            weighted = weighted_power_law(alpha[i], M[i], weighted.exponent, weighted.test_alpha)
        point = solve_point(nodes, N[i], T[i], log_ridge[i])
        z = point.log_delta
        terms, changes = _terms(weighted, point, N[i], T[i], nodes.M, one_loop)
        out[0, i], out[1, i], out[2, i] = z, point.traces.df1 + terms.df1, point.traces.df2
        out[3, i] = point.unused_T
        out[4, i], out[5, i] = times_delta(weighted, z, terms.signal, True), terms.noise
        out[6, i], out[7, i] = (
            times_delta(weighted, z, terms.train_signal, False),
            terms.train_noise,
        )
        out[8, i] = first_order(terms.spread, point.traces)
        out[9, i], out[10, i] = changes
        out[11, i], out[12, i] = point.delta_error, point.evaluations


@compiled
def _terms(
    weighted: WeightedNodes, point: Point, N: float, T: float, M: float, one_loop: bool
) -> tuple[Terms, tuple[float, float]]:
    """The losses at a point, `df1` being what one loop adds, and the relative changes of signal and
    noise by it.
    """
    y_N, y_T, iN, iT = point.unused_N, point.unused_T, 1.0 / N, 1.0 / T
    sums = sums_at(weighted, np.exp(point.log_delta / 2.0))
    if determinant(sums.one, y_N, y_T, iN, iT) == 0.0:
        return _without_ridge_at_a_corner(weighted, N, T, M, one_loop), (
            0.0,
            1.0 / (T - M) if T > M else 0.0,
        )
    planar = planar_terms(sums, y_N, y_T, iN, iT)
    if not one_loop:
        return planar, (0.0, 0.0)
    if planar.spread > HOPELESS:
        return planar, (np.inf, np.inf)
    more = one_loop_terms(sums, y_N, y_T, iN, iT)
    train = planar.train_signal + more.train_signal, planar.train_noise + more.train_noise
    changed = Terms(
        planar.signal + more.signal, planar.noise + more.noise, *train, more.df1, planar.spread
    )
    changes = more.signal / max(planar.signal, TINY), more.noise / max(planar.noise, TINY)
    return changed, changes


@compiled
def _without_ridge_at_a_corner(
    weighted: WeightedNodes, N: float, T: float, M: float, one_loop: bool
) -> Terms:
    """N = T < M, where the losses diverge; or min(N, T) = M, where they are ratios of what
    vanishes.
    """
    if min(N, T) < M or T == M:
        square = N == T == M and not one_loop
        inverse = np.sum(weighted.unit * weighted.roots * weighted.roots)
        signal = (
            np.sum(weighted.test) * (np.sum(weighted.teacher) / (3.0 * inverse))
            if square
            else np.inf
        )
        return Terms(signal if N <= T else 0.0, np.inf, np.inf, np.inf, 0.0, np.inf)
    noise = np.sum(weighted.test) / (T - M) * (1.0 + 1.0 / (T - M) if one_loop else 1.0)
    return Terms(0.0, noise, 0.0, 1.0 / (1.0 - M / T), 0.0, 1.0 / (T - M))


@compiled
def times_delta(weighted: WeightedNodes, z: float, signal: float, test: bool) -> float:
    """Delta times a sum, over min(1, sqrt(Delta/lambda_+)); for very large Delta the total
    variance.
    """
    if z <= 0.0:
        return np.exp(z / 2.0) * signal if z > -np.inf else signal
    if z < 300.0:
        return np.exp(z) * signal
    return np.sum((weighted.both if test else weighted.teacher) / weighted.roots / weighted.roots)
