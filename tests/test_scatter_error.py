"""`Prediction.std_error`: against the exact variance, against simulation, and its order."""

import numpy as np
import pytest

import rfscale as rf


@pytest.mark.parametrize("order", ["planar", "one-loop", "resummed"])
def test_the_error_of_the_scatter_of_an_inverse_wishart_matrix(order):
    """Its exact variance (17.8): the stated error is no less than the true one, nor twice it."""
    of = rf.ScalingModel(rf.PowerLaw(1.0, 10), sigma_w=0.0, sigma_eps=1.0)
    k = np.array([4, 5, 6, 8, 12, 20, 50, 300])
    T = 10 + k
    std = np.sqrt(2 * 10 * (T - 1) / (k * (k - 1) ** 2 * (k - 3))) / 2
    found = rf.predict(of, 10, T, order=order)
    true = std / found.std - 1
    assert np.all(true > 0)
    assert np.all(true <= found.std_error)
    assert np.all(found.std_error <= 2 * true)


@pytest.mark.parametrize(
    ("M", "N", "T", "ridge", "sigma_eps"),
    [
        (13, 22, 46, 1e-6, 0.0),  # all is learned, with a weak ridge: +160 %
        (10, 20, 16, 0.0, 0.1),  # T near M: +60 %
        (40, 16, 16, 1e-4, 0.1),  # N = T
        (14, 14, 40, 1e-3, 0.1),  # N = M
        (60, 12, 40, 0.0, 0.0),
    ],
)
@pytest.mark.filterwarnings("ignore::rfscale.RegimeWarning")  # of some means
def test_the_error_of_the_scatter_is_not_exceeded(M, N, T, ridge, sigma_eps):
    """Of 4000 draws, whose std is known to 1 % for kurtosis 3, to 4 % for 30; 10 % is allowed."""
    of = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=sigma_eps)
    drawn = rf.simulate(of, N, T, ridge, draws=4000, seed=17).test
    for order in ("planar", "one-loop", "resummed"):
        found = rf.predict(of, N, T, ridge, order=order)
        true = drawn.std / found.std
        assert abs(true - 1) <= found.std_error + 0.1 * true


@pytest.mark.parametrize(
    ("plateaus", "N", "T", "ridge", "sigma_eps"),
    [
        ([(2, 1.0), (34, 1e-3)], 21, 17, 6e-2, 0.03),  # +15 %, of 32 stated; 13 without the gap
        ([(2, 1.0), (38, 1.3e-5)], 24, 6, 1e-5, 0.03),  # +90 %, of 221; 66
        ([(2, 1.0), (16, 1e-4)], 19, 10, 7e-3, 0.03),  # +47 %, of 69; 27
        ([(4, 1.0), (23, 5.4e-5)], 26, 10, 1.8e-3, 0.03),  # +55 %, of 101; 38
    ],
)
def test_the_error_of_the_scatter_knows_of_a_gap_in_the_spectrum(plateaus, N, T, ridge, sigma_eps):
    """Of the few directions above it: no less than what 4000 draws and planar theory differ by."""
    eigenvalues = np.concatenate([np.full(count, value) for count, value in plateaus])
    of = rf.ScalingModel(rf.Eigenvalues(eigenvalues), sigma_eps=sigma_eps)
    drawn = rf.simulate(of, N, T, ridge, draws=4000, seed=17).test
    found = rf.predict(of, N, T, ridge)
    true = drawn.std / found.std
    assert true - 1 <= found.std_error


def test_the_error_of_the_scatter_falls_with_the_size():
    """As 1/size, to 10 % of the power where its poles are far."""
    sizes = np.array([1, 10]) * 1000
    of = rf.ScalingModel(rf.PowerLaw(1.0, 10**8), sigma_eps=0.1)
    error = rf.predict(of, sizes, 1.5 * sizes).std_error
    assert np.log10(error[0] / error[1]) == pytest.approx(1, rel=0.1, abs=0)
