"""The time of a draw against what it cannot avoid and against plain numpy, and the memory that it
takes.
"""

import subprocess
import sys

import numpy as np
import pytest
from baseline import draw, unavoidable
from threadpoolctl import threadpool_limits

import rfscale as rf
from rfscale.simulation.one_draw import kernels
from rfscale.support.machine import available_cores

LARGE, SMALL = (500, 300, 4000), (20, 20, 200)
DRAWS = {LARGE: 4, SMALL: 4096}  # in a round of ours
CORES = available_cores()
CASES = [(LARGE, 1), (LARGE, 30), (LARGE, 300), (SMALL, 1), (SMALL, 30)]


def path(ridges):
    return np.geomspace(1e-8, 1.0, ridges) if ridges > 1 else np.array([1e-4])


def measure(benchmark, case, column, draws, function, threads=1, rounds=5):
    (N, T, M), ridges = case
    benchmark.extra_info.update(
        table="simulation", row=f"{N}, {T}, {M}, {ridges}", column=column, points=draws
    )
    with threadpool_limits(threads):
        function()
        return benchmark.pedantic(function, rounds=rounds, iterations=1)


@pytest.mark.parametrize("case", CASES, ids=str)
class TestDraw:
    """The cases to be compared run one after the other: the speed of a shared machine changes by
    the minute.
    """

    @pytest.mark.parametrize("threads", [1, CORES])
    def test_unavoidable(self, benchmark, case, threads):
        (N, T, M), _ = case
        generator, root = np.random.Generator(np.random.SFC64(1)), 1.0 / np.arange(1, M + 1)
        column = f"unavoidable, {_threads(threads)}"
        repeat = 1 if case[0] == LARGE else 200

        def run():
            for _ in range(repeat):
                unavoidable(lambda *shape: kernels.standard_normals(generator, *shape), root, N, T)

        measure(benchmark, case, column, repeat, run, threads)

    @pytest.mark.parametrize("workers", [1, CORES])
    def test_simulate(self, benchmark, case, workers):
        (N, T, M), ridges = case
        model, draws = rf.ScalingModel(rf.PowerLaw(1.0, M)), DRAWS[case[0]] * workers
        column = f"simulate, {_threads(workers)}"

        def run():
            rf.simulate(model, N, T, path(ridges), draws=draws, seed=1, workers=workers)

        measure(benchmark, case, column, draws, run)

    @pytest.mark.parametrize("threads", [1, CORES])
    def test_plain_numpy(self, benchmark, case, threads):
        (N, T, M), ridges = case
        rng, eigenvalues = np.random.default_rng(1), np.arange(1.0, M + 1) ** -2
        column, repeat = f"plain numpy, {_threads(threads)}", 1 if case[0] == LARGE else 100

        def run():
            for _ in range(repeat):
                draw(rng, eigenvalues, N, T, path(ridges))

        measure(benchmark, case, column, repeat, run, threads)


def test_plain_numpy_computes_the_same():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 200))
    ours = rf.simulate(model, 20, 20, 0.01 / model.M, draws=4000, seed=1).signal
    theirs = [
        draw(np.random.default_rng(i), model.spectrum.eigenvalues, 20, 20, [0.01])[0][0]
        for i in range(4000)
    ]
    mean, error = np.mean(theirs) / (2 * model.M), np.std(theirs) / (2 * model.M) / np.sqrt(4000)
    assert abs(ours.mean - mean) < 4 * np.hypot(ours.stderr, error)


@pytest.mark.parametrize("M", [10**4, 10**6])
def test_memory(benchmark, M):
    """Peak resident size of a whole process, two draws at a time."""
    code = (
        "import resource, rfscale as rf\n"
        f"model = rf.ScalingModel(rf.PowerLaw(1.0, {M}))\n"
        "rf.simulate(model, 500, 500, 1e-6, draws=2, seed=1, workers=2)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)"
    )

    def run():
        return int(
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            ).stdout
        )

    kilobytes = benchmark.pedantic(run, rounds=1, iterations=1)
    benchmark.extra_info.update(
        table="memory", row=f"N = T = 500, M = {M}", megabytes=kilobytes / 1e3
    )


def _threads(count):
    return f"{count} thread{'s' if count > 1 else ''}"
