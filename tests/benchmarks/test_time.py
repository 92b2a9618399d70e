"""The time of predictions at finite training time, on one core."""

import numpy as np
import pytest

import rfscale as rf
from rfscale.support import compiled

SIZES = {"4000": 4000, "10^12": 10**12}
N, T = np.geomspace(10, 3000, 12)[:, None], np.geomspace(11, 3100, 12)


@pytest.fixture(autouse=True)
def one_core(monkeypatch):
    monkeypatch.setattr(compiled, "available_cores", lambda: 1)


def measure(benchmark, row, column, points, function, rounds=3):
    benchmark.extra_info.update(table="time", row=row, column=column, points=points)
    function()  # compiled before it is timed
    return benchmark.pedantic(function, rounds=rounds, iterations=1)


def model(name, beta=0.0):
    return rf.ScalingModel(rf.PowerLaw(1.0, SIZES[name]), teacher=rf.SourceCondition(beta))


@pytest.mark.parametrize(("column", "tau"), [("a time", 1.0), ("with what decays", 1e4)])
@pytest.mark.parametrize("name", SIZES)
def test_a_time(benchmark, name, column, tau):
    flow = rf.GradientFlow(tau=tau)
    run = lambda: rf.predict(model(name), N, T, training=flow)  # noqa: E731
    measure(benchmark, name, column, N.size * T.size, run)


@pytest.mark.parametrize("name", SIZES)
def test_a_teacher(benchmark, name):
    flow = rf.GradientFlow(tau=1e4)
    run = lambda: rf.predict(model(name, 0.5), N, T, training=flow)  # noqa: E731
    measure(benchmark, name, "with a teacher", N.size * T.size, run)


@pytest.mark.parametrize("name", SIZES)
def test_a_curve(benchmark, name):
    """200 times over eight octaves, which share 14 contours."""
    flow = rf.GradientFlow(tau=np.geomspace(1e3, 256e3, 200))
    run = lambda: rf.predict(model(name), 500, 700, training=flow)  # noqa: E731
    measure(benchmark, name, "one of 200", 200, run, 10)
