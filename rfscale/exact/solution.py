r"""The planar fixed point and the losses, for any teacher and test spectrum, in mpmath.

.. math:: \Delta\,(N - \mathrm{df}_1)(T - \mathrm{df}_1) = \frac{\gamma M}{\sigma_u^2}, \qquad
          L = \frac{\Delta}{2} \Big\{\langle\rho v p q\rangle + \frac1D \Big[(T - \mathrm{df}_1)
          \langle\rho p q\rangle\langle v p^2\rangle + (N - \mathrm{df}_1)\langle\rho p^2\rangle
          \langle v p q\rangle + \langle p q\rangle\langle\rho p\rangle\langle v p\rangle\Big]\Big\}
          + \frac{\sigma_\epsilon^2}{2}\,\frac{(N - \mathrm{df}_1)\langle\rho p^2\rangle + \langle
          p q\rangle \langle\rho p\rangle}{D}

(4.7), (5.7), (15.3), (15.4), with p = lambda/(lambda + Delta), q = 1 - p, v = E w^2, rho the
variance of the test data over that of the training data, and angles for sums over the spectrum.
"""

from __future__ import annotations

from typing import Any

import mpmath as mp

from rfscale.exact.problem import Problem

MAX_STEPS = 10_000  # of the search for Delta; a bracket halves in most of them


def solved(problem: Problem, digits: int) -> tuple[dict[str, Any], int]:
    """The results, and how many digits of work were missing."""
    if mp.isinf(problem.kappa):
        return _nothing_learned(problem), 0
    if problem.per_sizes == 0 and problem.smaller >= len(problem.eigenvalues):
        return _all_learned(problem), 0
    log_delta, missing = _resolution(problem, mp.mpf(10) ** -(digits + 3))
    return ({} if missing else _losses(problem, mp.exp(log_delta))), missing


def _resolution(problem: Problem, tolerance: Any) -> tuple[Any, int]:
    """log Delta, and how many digits were missing to show that it is right within the tolerance."""
    n = problem.smaller
    trace = mp.fsum(problem.eigenvalues)
    left = max(len(problem.eigenvalues) - n, 0) / len(problem.eigenvalues)
    # Delta >= kappa/(N T); M - n <= sum q <= M Delta/lambda_M; df1 <= trace/Delta
    low = mp.log(max(problem.per_sizes, problem.eigenvalues[-1] * left)) - 1
    high = mp.log(problem.per_sizes + 2 * trace / n) + 1
    z, slope = _root(problem, low, high, tolerance)
    rounding = mp.eps * 10 * (len(problem.eigenvalues) + n)
    below, above = (_mismatch(problem, z + side * tolerance)[0] for side in (-1, 1))
    if below > rounding and above < -rounding:
        return z, 0
    return z, 10 + max(0, int(mp.log10(rounding / (tolerance * slope)) if slope > 0 else 50))


def _root(problem: Problem, low: Any, high: Any, tolerance: Any) -> tuple[Any, Any]:
    """The root of `_mismatch` between low and high, and the slope there: Newton, or halvings."""
    z = (low + high) / 2
    last_step = high - low
    for _ in range(MAX_STEPS):
        value, slope = _mismatch(problem, z)
        if value > 0:
            low = z
        else:
            high = z
        step = value / slope if slope > 0 else last_step
        if abs(step) > abs(last_step) / 2 or not low <= z + step <= high:
            step = (low + high) / 2 - z
        z += step
        last_step = step
        if abs(step) < tolerance / 100:
            return z, slope
    raise ArithmeticError(f"the search for Delta did not end in {MAX_STEPS} steps")


def _mismatch(problem: Problem, z: Any) -> tuple[Any, Any]:
    """df1 - n (1 - y_n) at log Delta, which falls with it, and minus its slope."""
    delta = mp.exp(z)
    n = problem.smaller
    q = [delta / (eigenvalue + delta) for eigenvalue in problem.eigenvalues]
    missing = mp.fsum(q)
    squares = mp.fsum(q, squared=True)
    y_n, y_m = _unused(problem, delta)
    falls = n * y_n * y_m / (y_m + problem.share * y_n) if y_n > 0 else mp.mpf(0)
    return (len(q) - n) - missing + n * y_n, missing - squares + falls


def _unused(problem: Problem, delta: Any) -> tuple[Any, Any]:
    """y_n = 1 - df1/n and y_m = 1 - df1/m as the ridge wants them, y_n y_m = kappa/(N T Delta)."""
    share = problem.share
    gap = problem.gap
    product = problem.per_sizes / delta
    if product == 0:
        return mp.mpf(0), gap
    y_n = 2 * product / (gap + mp.sqrt(gap**2 + 4 * share * product))
    return y_n, gap + share * y_n


def _losses(problem: Problem, delta: Any) -> dict[str, Any]:
    """The results at Delta, as sums of positive terms."""
    p = [eigenvalue / (eigenvalue + delta) for eigenvalue in problem.eigenvalues]
    q = [delta / (eigenvalue + delta) for eigenvalue in problem.eigenvalues]
    y_n, y_m = _unused(problem, delta)
    unused = (y_n, y_m) if problem.N <= problem.T else (y_m, y_n)
    same = _parts(problem, [mp.mpf(1)] * len(p), delta, p, q, *unused)
    y_T = unused[1]
    train = y_T**2 * (2 * sum(same) + problem.noise) if y_T > 0 else mp.mpf(0)
    parts = _parts(problem, problem.rho, delta, p, q, *unused)
    return _results(delta, mp.fsum(p), mp.fdot(p, p), *parts, train)


def _parts(
    problem: Problem, rho: list[Any], delta: Any, p: list[Any], q: list[Any], y_N: Any, y_T: Any
) -> tuple[Any, Any]:
    """Signal and noise where errors are weighted with rho."""
    N = problem.N
    T = problem.T
    v = problem.weights
    pp = [a * a for a in p]
    pq = [a * b for a, b in zip(p, q, strict=True)]
    s = mp.fsum(pq)
    D = y_N * y_T + s * (y_N / T + y_T / N)
    if D == 0:
        return mp.inf if any(v) else mp.mpf(0), mp.inf if problem.noise else mp.mpf(0)
    bias = mp.fsum(a * b * c for a, b, c in zip(rho, v, pq, strict=True))
    variance = y_T / N * mp.fdot(rho, pq) * mp.fdot(v, pp)
    variance += y_N / T * mp.fdot(rho, pp) * mp.fdot(v, pq)
    variance += s / N / T * mp.fdot(rho, p) * mp.fdot(v, p)
    noise = (y_N * mp.fdot(rho, pp) + s / N * mp.fdot(rho, p)) / T / D
    return delta / 2 * (bias + variance / D), problem.noise / 2 * noise


def _nothing_learned(problem: Problem) -> dict[str, Any]:
    """An infinite ridge."""
    variances = [a * b for a, b in zip(problem.eigenvalues, problem.weights, strict=True)]
    zero = mp.mpf(0)
    train = mp.fsum(variances) + problem.noise
    return _results(mp.inf, zero, zero, mp.fdot(variances, problem.rho) / 2, zero, train)


def _all_learned(problem: Problem) -> dict[str, Any]:
    """No ridge and M <= N, T, where Delta = 0: (7.6), and (7.7) at N = T = M."""
    N = problem.N
    T = problem.T
    M = mp.mpf(len(problem.eigenvalues))
    test = mp.fsum(problem.rho)
    inverse = mp.fsum(1 / eigenvalue for eigenvalue in problem.eigenvalues)
    square = test * mp.fsum(problem.weights) / (6 * inverse)
    per_test = problem.noise / 2 / (T - M) if T > M else mp.inf
    return _results(
        delta=mp.mpf(0),
        df1=M,
        df2=M,
        signal=square if N == T == M else mp.mpf(0),
        noise=per_test * test if problem.noise else mp.mpf(0),
        train=problem.noise * (1 - M / T),
    )


def _results(delta: Any, df1: Any, df2: Any, signal: Any, noise: Any, train: Any) -> dict[str, Any]:
    return {
        "delta": delta,
        "df1": df1,
        "df2": df2,
        "test": signal + noise,
        "signal": signal,
        "noise": noise,
        "train": train,
    }
