"""What judges theory and simulation of samples of unequal leverage: scatter, and order of size."""

import dataclasses

import numpy as np
import pytest

import rfscale as rf
from rfscale.comparison import compare_results

LOSSES = ("test", "signal", "noise", "train")
TAU = np.array([0.2, 0.4, 0.7, 1.2, 2.5])


def judged(model, draws=4, N=40, T=60, ridge=2.0, **changes):
    """The judgements of a simulation that finds what is predicted, but for relative changes."""
    at = model, N, T, ridge
    predicted = rf.predict(*at, leverages=TAU)
    estimate = rf.simulate(*at, draws=draws, seed=1, workers=1, leverages=TAU)
    for name in LOSSES:
        mean = getattr(predicted, name) * (1 + changes.get(name, 0.0))
        losses = dataclasses.replace(getattr(estimate, name), mean=mean, stderr=1e-9 * mean)
        estimate = dataclasses.replace(estimate, **{name: losses})
    return compare_results(predicted, None, estimate).losses, predicted


def test_a_few_draws_that_are_close_by_chance_refuse_no_right_theory():
    """Signal, noise and test loss have a standard error of at least that of T_eff equal samples;
    the training loss has the draws' own, and that is no limit to what draws allow.
    """
    model = rf.ScalingModel(rf.PowerLaw(0.5, 80), sigma_eps=0.3)
    found, predicted = judged(model)
    at = model, 40, predicted.effective_samples, 2.0
    covariance = rf.loss_covariance(*at)
    plain = rf.predict(*at)
    for name in ("test", "signal", "noise"):
        stderr = np.sqrt(getattr(covariance, name)) / getattr(plain, name) / 2  # of 4 draws
        expected = pytest.approx(100 * stderr, rel=1e-12, abs=0)
        assert getattr(found, name).stderr == expected
        # Student's t of 3 degrees of freedom is 7.45 at 1/400
        for count, agrees in ((7.4, True), (7.5, False)):
            change = predicted.order_error + count * stderr
            other, _ = judged(model, **{name: change})
            assert getattr(other, name).agrees(1) == agrees
    assert found.train.stderr == pytest.approx(1e-7, rel=1e-12, abs=0)


def test_parts_have_the_order_error_of_models_that_have_them_alone():
    """And the training loss twice as much: a gap beyond is refused."""
    model = rf.ScalingModel(rf.PowerLaw(0.5, 80), sigma_eps=0.3)
    error = rf.predict(model, 40, 60, 2.0, leverages=TAU).order_error
    assert 0.03 < error < 0.095
    for name, sigma in {"signal": "sigma_eps", "noise": "sigma_w"}.items():
        alone = dataclasses.replace(model, **{sigma: 0.0})
        own = rf.predict(alone, 40, 60, 2.0, leverages=TAU).order_error
        found, _ = judged(model)
        assert getattr(found, name).error == pytest.approx(100 * own, rel=1e-12, abs=0)
    for factor in (1.9, 2.1):
        found, _ = judged(model, train=factor * error)
        assert found.train.judged
        assert found.train.agrees(1) == (factor < 2)
