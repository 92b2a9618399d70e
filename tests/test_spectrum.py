"""Degrees of freedom and traces: identities, known answers, extremes, bad input."""

import mpmath as mp
import numpy as np
import pytest

import rfscale as rf
from rfscale import Eigenvalues, PowerLaw
from rfscale.traces.sums import traces_kernel

SPECTRA = [
    PowerLaw(1.0, 50),
    PowerLaw(0.01, 7, scale=1e-200),
    PowerLaw(20.0, 300),
    Eigenvalues([3.0, 0.1, 0.1, 7.0]),
]


@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("relative_delta", [1e-30, 1e-3, 1.0, 1e3, 1e30])
def test_mixed_moments_are_differences_of_degrees_of_freedom(spectrum, relative_delta):
    delta = relative_delta * spectrum.scale
    for k in range(1, 5):
        difference = spectrum.df(k, delta) - spectrum.df(k + 1, delta)
        # the subtraction loses eps * df_k, the sum does not
        assert abs(spectrum.moment(k, 1, delta) - difference) <= 8 * np.finfo(
            float
        ).eps * spectrum.df(k, delta)
    assert spectrum.moment(0, 1, delta) == pytest.approx(
        spectrum.M - spectrum.df(1, delta), abs=1e-13 * spectrum.M
    )


@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("log_delta", [-200.0, -3.0, 0.0, 2.0, 100.0])
def test_traces_agree_with_the_public_moments(spectrum, log_delta):
    traces, delta = traces_kernel(spectrum.nodes, log_delta), spectrum.scale * np.exp(log_delta)
    for name, (i, j) in {
        "df1": (1, 0),
        "df2": (2, 0),
        "df1_minus_df2": (1, 1),
        "df2_minus_df3": (2, 1),
    }.items():
        assert getattr(traces, name) == pytest.approx(
            spectrum.moment(i, j, delta), rel=1e-13, abs=0
        ), name
    assert traces.above + traces.excess == pytest.approx(traces.df1, rel=1e-14, abs=0)
    assert spectrum.nodes.trace * spectrum.scale == pytest.approx(
        spectrum.eigenvalues.sum(), rel=1e-13, abs=0
    )


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("alpha", [0.01, 1.0, 20.0])
@pytest.mark.parametrize("delta", [1e-300, 1e-40, 0.3, 1e40])
def test_degrees_of_freedom_to_fifty_digits(k, alpha, delta):
    M = 200
    with mp.workdps(50):
        eigenvalues = [mp.mpf(J) ** -(1 + mp.mpf(alpha)) for J in range(1, M + 1)]
        p = [lam / (lam + mp.mpf(delta)) for lam in eigenvalues]
        exact = {"df": mp.fsum(v**k for v in p), "moment": mp.fsum(v**k * (1 - v) for v in p)}
    spectrum = PowerLaw(alpha, M)
    # log(lambda/delta) < 1000 is rounded to 1e-13: that is the relative error of every term
    if exact["df"] > 1e-300:
        assert spectrum.df(k, delta) == pytest.approx(float(exact["df"]), rel=2e-13, abs=0)
    if exact["moment"] > 1e-300:
        assert spectrum.moment(k, 1, delta) == pytest.approx(
            float(exact["moment"]), rel=2e-13, abs=0
        )


def test_limits_of_delta():
    spectrum = PowerLaw(1.0, 10)
    assert spectrum.df(3, 0.0) == 10
    assert spectrum.df(3, np.inf) == 0
    assert spectrum.moment(0, 1, np.inf) == 10


def test_traces_of_powers():
    assert PowerLaw(1.0, 3, scale=2.0).trace() == pytest.approx(
        2 * (1 + 1 / 4 + 1 / 9), rel=1e-15, abs=0
    )
    assert Eigenvalues([2.0, 5.0]).trace(3) == pytest.approx(8 + 125, rel=1e-15, abs=0)
    assert Eigenvalues([2.0, 5.0]).trace(-1) == pytest.approx(0.7, rel=1e-15, abs=0)


def test_eigenvalues_are_sorted_and_zeros_are_ignored():
    spectrum = Eigenvalues([0.0, 0.5, 2.0, 0.0, 1.0])
    assert spectrum.eigenvalues.tolist() == [2.0, 1.0, 0.5]
    assert (spectrum.M, spectrum.scale) == (3, 2.0)
    assert spectrum == Eigenvalues([2.0, 1.0, 0.5])
    assert hash(spectrum) == hash(Eigenvalues([2.0, 1.0, 0.5]))
    assert spectrum != Eigenvalues([2.0, 1.0, 0.25])


def test_a_power_law_given_by_its_eigenvalues_is_the_same_spectrum():
    power_law = PowerLaw(1.5, 40, scale=3.0)
    eigenvalues = Eigenvalues(power_law.eigenvalues[::-1])
    np.testing.assert_allclose(
        eigenvalues.df(2, [1e-3, 1.0]), power_law.df(2, [1e-3, 1.0]), rtol=1e-13
    )


def test_spectra_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        Eigenvalues([1.0, 2.0]).eigenvalues[0] = 3.0
    for spectrum in (Eigenvalues([1.0, 2.0]), PowerLaw(1.0, 5)):
        with pytest.raises(ValueError, match="read-only"):
            spectrum.log_eigenvalues[0] = 3.0
    with pytest.raises(AttributeError):
        PowerLaw(1.0, 5).alpha = 2.0  # type: ignore[misc]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"alpha": 0.0, "M": 5}, "alpha"),
        ({"alpha": -1.0, "M": 5}, "alpha"),
        ({"alpha": np.nan, "M": 5}, "alpha"),
        ({"alpha": np.inf, "M": 5}, "alpha"),
        ({"alpha": [1.0, -2.0], "M": 5}, "alpha"),
        ({"alpha": [], "M": 5}, "alpha"),
        ({"alpha": 34.0, "M": 10**18}, "alpha"),
        ({"alpha": 1.0, "M": [5, 0]}, "M"),
        ({"alpha": 1.0, "M": [5, 2.5]}, "M"),
        ({"alpha": 1.0, "M": [5, 10**19]}, "M"),
        ({"alpha": 1.0, "M": 5, "scale": [1.0, np.inf]}, "scale"),
        ({"alpha": 1.0, "M": 0}, "M"),
        ({"alpha": 1.0, "M": 2.5}, "M"),
        ({"alpha": 1.0, "M": np.inf}, "M"),
        ({"alpha": 1.0, "M": 5, "scale": 0.0}, "scale"),
        ({"alpha": 1.0, "M": 5, "scale": np.nan}, "scale"),
    ],
)
def test_bad_power_laws(arguments, named):
    with pytest.raises(ValueError, match=f"^{named} (must be .*, got|is empty)"):
        PowerLaw(**arguments)


@pytest.mark.parametrize(
    ("array", "said"),
    [
        ([1.0, -0.5], "got -0.5"),
        ([1.0, np.nan], "got nan"),
        ([1.0, np.inf], "got inf"),
        ([0.0, 0.0], "at least one positive"),
        ([], "at least one positive"),
        ([[1.0, 2.0]], "one-dimensional"),
    ],
)
def test_bad_eigenvalues(array, said):
    with pytest.raises(ValueError, match=said):
        Eigenvalues(array)


def test_bad_degrees_of_freedom():
    spectrum = PowerLaw(1.0, 5)
    with pytest.raises(ValueError, match=r"^k must be an integer >= 1, got 0"):
        spectrum.df(0, 1.0)
    with pytest.raises(ValueError, match=r"^delta must be >= 0, got -1$"):
        spectrum.df(1, -1.0)


def test_a_spectrum_that_does_not_fit_in_memory_is_refused_before_it_is_made():
    with pytest.raises(
        ValueError,
        match=r"M = 1000000000000000 eigenvalues needs 3.2e\+07 GB of memory, but only .* GB",
    ):
        PowerLaw(1.0, 10**15).df(9, 1.0)


def noisy_eigenvalues():
    """Of X^T X/100 for 100 samples in 500 dimensions: 100, and rounding errors of zero."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((100, 500)) * np.arange(1.0, 501) ** -1.0
    return np.linalg.eigvalsh(X.T @ X / 100), np.linalg.eigvalsh(X @ X.T / 100)


@pytest.mark.parametrize("clean", [lambda e: e, lambda e: np.clip(e, 0, None), np.abs])
def test_rounding_errors_of_zero_are_dropped(clean):
    """Counted as directions they would make M 300, and the loss three times too small."""
    noisy, expected = noisy_eigenvalues()
    with pytest.warns(UserWarning, match=r"^Eigenvalues: \d+ entries within .* are dropped .* 100"):
        spectrum = Eigenvalues(clean(noisy))
    assert spectrum.M == spectrum.rank == 100
    assert spectrum.dropped == np.count_nonzero(clean(noisy)) - 100
    assert f"{spectrum.dropped} dropped" in repr(spectrum)
    # eigenvalues are known to about the largest times 500 roundings
    np.testing.assert_allclose(spectrum.array, expected[::-1], rtol=0, atol=1e-12)
    loss = rf.predict(rf.ScalingModel(spectrum), 50, 30, 1e-4).test
    exact = rf.predict(rf.ScalingModel(Eigenvalues(expected)), 50, 30, 1e-4).test
    assert loss == pytest.approx(exact, rel=1e-9, abs=0)
    assert loss == pytest.approx(6.39e-4, rel=1e-3, abs=0)
    of_500 = rf.ScalingModel(Eigenvalues(expected, M=500))
    assert rf.predict(of_500, 50, 30, 1e-4).test < loss / 3


def test_a_centred_sample_has_one_direction_less():
    """All singular values are positive, the last of them by rounding alone."""
    X = np.random.default_rng(1).standard_normal((40, 90))
    X -= X.mean(axis=0)
    with pytest.warns(UserWarning, match=r"^Eigenvalues: 1 entries within .* 39 are kept"):
        assert Eigenvalues(np.linalg.svd(X, compute_uv=False) ** 2).M == 39


def test_the_rounding_error_is_that_of_the_type():
    single = np.array([1.0, 0.5, 1e-3, 1e-8, -1e-8], dtype=np.float32)
    with pytest.warns(UserWarning, match=r"2 entries within 6.0e-07 of zero are dropped"):
        assert Eigenvalues(single).M == 3
    with pytest.raises(ValueError, match=r"^array must be finite and >= 0, got -1e-08, which is"):
        Eigenvalues(single.astype(np.float64))


def test_given_weights_go_with_what_is_kept():
    """Largest first, with rounding errors at the end: the J-th weight is that of the J-th kept."""
    with pytest.warns(UserWarning, match="2 are kept"):
        spectrum = Eigenvalues([2.0, 1.0, 1e-17, 0.0], M=4)
    for weights in ([1.0, 3.0], [1.0, 3.0, 5.0, 7.0]):  # those without variance do not count
        model = rf.ScalingModel(spectrum, teacher=rf.GivenWeights(weights))
        one = rf.ScalingModel(Eigenvalues([2.0, 1.0], M=4), teacher=rf.GivenWeights([1.0, 3.0]))
        found, expected = (rf.predict(m, 1, 5, 0.1).test for m in (model, one))
        assert found == pytest.approx(expected, rel=1e-13, abs=0)
    with pytest.raises(
        ValueError, match=r"^teacher must have 2, the rank of the spectrum, entries"
    ):
        rf.ScalingModel(spectrum, teacher=rf.GivenWeights([1.0, 2.0, 3.0]))


def test_the_limit_of_what_is_dropped_can_be_set():
    steep = 10.0 ** -np.arange(40.0)
    assert Eigenvalues(steep).M == 40  # all are positive: from a formula, and kept
    assert Eigenvalues(np.append(steep, 0.0), rcond=0.0).M == 40
    with pytest.warns(UserWarning, match="25 entries within 9.1e-15 of zero are dropped"):
        assert Eigenvalues(np.append(steep, 0.0)).M == 15
    with pytest.warns(UserWarning, match="rcond sets the limit"):
        assert Eigenvalues(steep, rcond=1e-3).array.tolist() == [1.0, 0.1, 0.01]
    assert Eigenvalues([1.0, 0.0, 0.0], M=3).M == 3
    for rcond in (-1.0, 1.0, np.nan, "small"):
        with pytest.raises(ValueError, match=r"^rcond must be"):
            Eigenvalues([1.0], rcond=rcond)
    with pytest.raises(ValueError, match=r"^array must be finite and >= 0, got -0.1"):
        Eigenvalues([1.0, -0.1, -1e-17])
    with pytest.raises(ValueError, match=r"^M must be an integer >= 2, got 1"):
        Eigenvalues([1.0, 2.0], M=1)
