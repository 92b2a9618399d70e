"""Numbers that the public API returns over its whole domain: they stay the same when the structure
changes.

`python tests/reference_values.py` writes them to `tests/data/reference_values.csv`, which a change
of structure must not need; `tests/test_reference_values.py` compares. The cases are random, from a
fixed seed, and use public names only.
"""

import csv
import sys
import warnings
from pathlib import Path

import numpy as np

import rfscale as rf

FILE = Path(__file__).parent / "data" / "reference_values.csv"
LOSSES = ("test", "signal", "noise", "train", "delta", "df1", "df2", "order_error", "evaluations")
PARTS = ("bias", "features", "data", "features_data", "noise_data", "noise_features_data")
SIZES = np.array([1, 2, 3, 5, 8, 13, 30, 77, 200, 531, 1000, 4000, 1e5, 1e9, 1e15])


def spectra(rng):
    """Power laws from flat to steep, small to large, and eigenvalues: random, a few equal ones, two
    plateaus, spikes.
    """
    for alpha in (0.05, 0.5, 1.0, 2.0, 6.0):
        for M in (1, 7, 60, 1000, 10**6, 10**12):
            yield rf.PowerLaw(alpha, M, float(rng.choice([1.0, 1e-3, 40.0])))
    yield rf.PowerLaw(15.0, 10**18)
    yield rf.Eigenvalues(rng.gamma(0.5, size=40) + 1e-6)
    yield rf.Eigenvalues([1.0] * 4 + [1e-3] * 7)
    yield rf.Eigenvalues(np.repeat([3.0, 1e-5], [20, 100]))
    yield rf.Eigenvalues(np.concatenate([[1e4, 300.0], np.arange(1.0, 200.0) ** -1.5]))


def sigmas(rng):
    return {
        "sigma_w": float(rng.choice([1.0, 0.3])),
        "sigma_u": 1.0,
        "sigma_eps": float(rng.choice([0.0, 0.1, 2.0])),
    }


def models(rng):
    """Plain ones, teachers and test spectra of all kinds."""
    for spectrum in spectra(rng):
        yield rf.ScalingModel(spectrum, **sigmas(rng))
        if spectrum.M > 1e15:
            continue
        exponent = float(rng.choice([-0.5, 0.5, 1.5, 4.0]))
        if isinstance(spectrum, rf.PowerLaw) and abs(exponent) * np.log10(spectrum.M) < 40:
            test = (
                rf.PowerLaw(spectrum.alpha * 0.7, spectrum.M, 2.0) if rng.random() < 0.5 else None
            )
            yield rf.ScalingModel(
                spectrum, **sigmas(rng), teacher=rf.Teacher.power_law(exponent), test_spectrum=test
            )
        if spectrum.M <= 1000:
            ordered = rf.Eigenvalues(np.sort(spectrum.eigenvalues)[::-1])
            teacher = rf.Teacher.weights(rng.standard_normal(spectrum.M))
            test = rng.gamma(1.0, size=spectrum.M) if rng.random() < 0.5 else None
            yield rf.ScalingModel(ordered, **sigmas(rng), teacher=teacher, test_spectrum=test)


def points(model, rng, count):
    """Sizes, M itself among them, and ridges from none to huge."""
    sizes = np.append(SIZES, [model.M, model.M, np.inf])
    N, T = rng.choice(sizes, count), rng.choice(sizes, count)
    ridge = rng.choice([0.0, 0.0, 1e-12, 1e-6, 1e-3, 1.0, 1e4], count) * model.spectrum.scale
    return N, T, ridge


def named(prefix, result, names):
    for name in names:
        for i, value in enumerate(np.ravel(getattr(result, name))):
            yield f"{prefix}/{name}/{i}", float(value)


def theory(rng):
    for k, model in enumerate(models(rng)):
        N, T, ridge = points(model, rng, 3)
        for order in ("planar", "one-loop"):
            yield from named(f"{k}/{order}", rf.predict(model, N, T, ridge, order=order), LOSSES)
        yield from named(f"{k}/split", rf.bias_variance(model, N, T, ridge), PARTS)
        if k % 2 == 0:
            best = rf.optimal_ridge(model, N[:2], T[:2])
            yield from named(f"{k}/best", best, ("ridge",))
            yield from named(f"{k}/best", best.prediction, LOSSES[:5])
        if k % 5 == 0:
            yield from named(
                f"{k}/optimal",
                rf.predict(model, N[:1], T[:1], "optimal", order="one-loop"),
                LOSSES[:5],
            )
            yield from named(
                f"{k}/budget", rf.compute_optimal(model, [1e3, 1e6], 1e-3), ("N", "T", "test")
            )
    grid = rf.ScalingModel(
        rf.PowerLaw(np.array([[0.3], [1.0], [2.5]]), [50, 10**9], 2.0), sigma_eps=0.1
    )
    yield from named("array", rf.predict(grid, 30, 70, 1e-4), LOSSES)
    yield from named("array", rf.optimal_ridge(grid, 30, 70), ("ridge",))


def closed_forms(rng):
    forms = rf.asymptotics
    for alpha in (0.3, 1.0, 2.0):
        spectrum, n = rf.PowerLaw(alpha, 5000, 0.7), np.array([3.0, 40.5, 700.0, 4990.0])
        model = rf.ScalingModel(spectrum, sigma_w=0.4, sigma_eps=0.2)
        clean = rf.ScalingModel(spectrum, sigma_w=0.4)
        for name in [
            name for name in forms.__all__ if name.startswith("delta_") or name.endswith("_error")
        ]:
            for i, value in enumerate(getattr(forms, name)(spectrum, n)):
                yield f"{name}/{alpha}/{i}", float(value)
        yield f"power_law_constant/{alpha}", forms.power_law_constant(alpha)
        values = {
            "scaling_function": forms.scaling_function(alpha, n / 5001),
            "ridgeless": np.ravel(forms.ridgeless(model, n, 300.0)),
            "finite_signal": forms.ridgeless_finite_size_signal(model, n, 300.0),
            "finite_noise": forms.ridgeless_finite_size_noise(model, n, 300.0),
            "plateau_features": forms.plateau_features(model, n, 1e6),
            "plateau_data": forms.plateau_data(model, n, 1e6),
            "peak": forms.peak(model, n, 1e-14),
            "optimal_ridge": np.ravel(forms.optimal_ridge_power_law(clean, n, 300.0)),
            "loss_exponents": np.ravel(forms.loss_exponents(alpha, [0.0, 1.5, 9.0])),
            "df": np.ravel([spectrum.df(k, [1e-12, 1e-4, 1e3]) for k in (1, 2, 5, 11)]),
            "moment": np.ravel(
                [spectrum.moment(i, j, [1e-12, 1e-4, 1e3]) for i, j in ((0, 1), (2, 1), (3, 4))]
            ),
            "trace": np.ravel([spectrum.trace(p) for p in (-1.0, 0.5, 1.0, 3.0)]),
        }
        for name, array in values.items():
            for i, value in enumerate(np.ravel(array)):
                yield f"{name}/{alpha}/{i}", float(value)


def experiments(rng):
    """Simulated ones, small and large, batched and by BLAS."""
    shapes = ((6, 9, 20), (9, 6, 20), (30, 25, 12), (40, 60, 9000))
    for k, (N, T, M) in enumerate(shapes):
        spectrum = rf.PowerLaw(1.0, M, 0.5)
        general = {"teacher": rf.Teacher.power_law(0.7), "test_spectrum": rf.PowerLaw(0.6, M)}
        for j, options in enumerate(({}, general)):
            model = rf.ScalingModel(spectrum, sigma_w=0.5, sigma_eps=0.1, **options)
            found = rf.simulate(model, N, T, [0.0, 1e-4, 1.0], draws=4, seed=3, workers=1)
            explicit = rf.simulate(model, N, T, 1e-4, draws=3, seed=3, workers=1, test_points=11)
            for name in ("test", "signal", "noise", "train"):
                yield from named(
                    f"simulate/{k}/{j}/{name}",
                    getattr(found, name),
                    ("mean", "stderr", "std", "q05"),
                )
                yield from named(
                    f"explicit/{k}/{j}/{name}", getattr(explicit, name), ("mean", "stderr")
                )
    best = rf.simulate(
        rf.ScalingModel(rf.PowerLaw(1.0, 50)), [8, 12], 15, "optimal", draws=4, seed=1, workers=1
    )
    yield from named("simulate/best", best, ("ridge",))
    grid = rf.sweep(
        rf.ScalingModel(rf.PowerLaw(1.0, 50)),
        [8, 12],
        [5, 15],
        [0.0, 0.1],
        draws=4,
        seed=1,
        workers=1,
    )
    yield from named("sweep", grid.test, ("mean", "stderr"))


def reference_values():
    """The values by name."""
    with warnings.catch_warnings(action="ignore", category=rf.RegimeWarning):
        return {
            f"{part.__name__}/{name}": value
            for i, part in enumerate((theory, closed_forms, experiments))
            for name, value in part(np.random.default_rng(i))
        }


def read():
    """The values of the file."""
    with FILE.open(newline="") as file:
        return {name: float(value) for name, value in csv.reader(file)}


if __name__ == "__main__":
    with open(sys.argv[1] if len(sys.argv) > 1 else FILE, "w", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(reference_values().items())
