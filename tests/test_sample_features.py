"""Random features of samples: their kernels are the means of what is drawn."""

import re

import numpy as np
import pytest

from rfscale.measured.samples.features import GivenKernel, ReluSampleFeatures, checked_features

SIZES = 1000 * 4 ** np.arange(5)


def samples(seed, P, inputs=3):
    return np.random.default_rng(seed).standard_normal((P, inputs))


@pytest.mark.parametrize("name", ["linear", "relu"])
def test_the_mean_of_drawn_features_is_the_kernel(name):
    """With an error that falls as 1/sqrt(N): 256 000 features see what is off by .011 |x| |z|."""
    features = checked_features(name)
    X = samples(1, 4)
    Z = samples(2, 5)
    kernel = features.kernel(X, Z)
    lengths = np.outer(np.linalg.norm(X, axis=1), np.linalg.norm(Z, axis=1))
    for N in SIZES:
        phi = features.draw(np.random.default_rng(N), N, 3)
        X_phi = phi(X)
        Z_phi = phi(Z)
        assert X_phi.shape == (4, N)
        error = (X_phi @ Z_phi.T / N - kernel) / lengths
        # each product has a variance <= 2 |x|^2 |z|^2: 20 entries stay within 4 standard errors
        assert np.abs(error).max() < 4 * np.sqrt(2 / N), N


def test_the_arc_cosine_kernel_is_stable_for_equal_and_opposite_points():
    x = samples(3, 200, 50) * np.geomspace(1e-6, 1e6, 200)[:, None]
    kernel = ReluSampleFeatures().kernel
    squares = (x**2).sum(axis=1)
    # inner products of 50 numbers are rounded by at most 50 eps, and pi by eps/2
    assert np.diag(kernel(x, x)) == pytest.approx(squares / 2, rel=1e-14, abs=0)
    assert np.all(np.abs(np.diag(kernel(x, -x))) <= 1e-16 * squares)
    assert np.diag(kernel(x, 3 * x)) == pytest.approx(3 * squares / 2, rel=1e-14, abs=0)


def test_the_arc_cosine_kernel_of_a_zero_vector_is_zero():
    """And that of perpendicular vectors is |x| |z|/(2 pi)."""
    X = np.array([[0.0, 0.0], [2.0, 0.0]])
    found = ReluSampleFeatures().kernel(X, np.array([[0.0, 3.0], [0.0, 0.0]]))
    assert found.ravel() == pytest.approx([0, 0, 6 / (2 * np.pi), 0], rel=1e-15, abs=0)


def test_a_bare_kernel_is_checked_and_cannot_be_drawn():
    X = samples(4, 5)
    given = checked_features(lambda X, Z: X @ Z.T)
    assert isinstance(given, GivenKernel)
    assert np.array_equal(given.kernel(X, X), X @ X.T)
    with pytest.raises(ValueError, match=re.escape("which can be drawn, in an experiment, got")):
        given.draw(np.random.default_rng(1), 3, 3)
    for wrong in (lambda X, Z: X, lambda X, Z: X @ Z.T * np.inf, lambda X, Z: "no"):
        with pytest.raises(ValueError, match=re.escape("a function that returns finite")):
            checked_features(wrong).kernel(X + 1, X + 1)


@pytest.mark.parametrize("wrong", ["tanh", 3, None, ReluSampleFeatures])
def test_features_are_named_given_or_a_kernel(wrong):
    with pytest.raises(ValueError, match='features must be "linear", "relu", a SampleFeatures'):
        checked_features(wrong)
