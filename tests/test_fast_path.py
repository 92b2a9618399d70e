"""The planar equations of a plain model and those of any model: two ways to the same losses."""

import numpy as np
import pytest

import rfscale as rf
from rfscale.theory.assembly import inverse_trace
from rfscale.theory.kernels import LossRows, loss_points, planar_points
from rfscale.theory.over_points import over_points
from rfscale.theory.weights import weighted_nodes

SPECTRA = [rf.PowerLaw(alpha, M) for alpha in (0.05, 1.0, 6.0) for M in (1, 7, 1000, 10**6, 10**12)]
SPECTRA += [
    rf.Eigenvalues([1.0] * 4 + [1e-3] * 7),
    rf.Eigenvalues(np.concatenate([[1e4, 300.0], np.arange(1.0, 200.0) ** -1.5])),
]


@pytest.mark.parametrize("spectrum", SPECTRA, ids=lambda s: repr(s)[:40])
def test_the_fast_path_gives_the_same(spectrum):
    """At the same Delta: sums of positive terms, by two quadratures that are exact to 1e-14."""
    model = rf.ScalingModel(spectrum)
    M = float(model.rank)
    sizes = np.array([0.3, 1.0, 2.5, 7.0, 40.0, 999.0, 1e5, 1e11, np.inf, M, M - M / 1024, 1.5 * M])
    N = sizes[:, None, None]
    T = sizes[:, None] * np.array([1.0, 1.0 + 2.0**-20])  # equal, near and far
    ridge = np.array([0.0, 1e-290, 1e-20, 1e-6, 1.0, 1e20])[:, None, None, None]
    log_ridge = model.units.log_ridge(ridge, per=(N, T))
    weighted = weighted_nodes(model)
    assert weighted.plain
    columns = inverse_trace(model, N, T), log_ridge
    fast = over_points(planar_points, LossRows, spectrum, (N, T), columns)
    options = weighted._replace(plain=False), False
    general = over_points(loss_points, LossRows, spectrum, (N, T), (log_ridge,), *options)
    corner = np.isneginf(fast.log_delta) & (np.minimum(N, T) == M) & (T > M)
    for field in LossRows._fields:
        one, two = getattr(fast, field), getattr(general, field)
        if field == "first_order":  # at the corner N = M the one says nothing, the other 1/(T - M)
            assert np.all(np.isinf(one[corner]))
            one, two = one[~corner], two[~corner]
        if field in ("signal_change", "signal_error"):  # of one loop, which the one leaves out
            continue
        if field in ("noise_change", "noise_error"):  # but for those of an inverse Wishart matrix
            known = np.isneginf(fast.log_delta) & np.isfinite(general.noise_error)
            one, two = one[known], two[known]
        if field == "train_signal":  # of y_T^2 = 0 there
            one, two = (np.where(T == M, 0.0, values) for values in (one, two))
        # an error of Delta is a few units of its last place, which depend on the order of sums
        least = 2e-14 if field == "delta_error" else 1e-290
        np.testing.assert_allclose(one, two, rtol=1e-13, atol=least, err_msg=field)
