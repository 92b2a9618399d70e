"""Files of format 2, one of each kind, load and hold what is computed today.

`tests/data/format2` was written by the last version of that format, with these models and calls.
"""

import shutil
from pathlib import Path

import numpy as np
import pytest

import rfscale as rf

OLD = Path(__file__).parent / "data" / "format2"
GIVEN = rf.ScalingModel(
    rf.Eigenvalues([3.0, 1.0, 0.25, 0.1]),
    sigma_w=0.7,
    sigma_eps=0.1,
    teacher=rf.GivenWeights([1.0, -0.5, 0.0, 2.0]),
    test_spectrum=[1.0, 0.0, 2.0, 0.5],
)
SOURCE = rf.ScalingModel(
    rf.PowerLaw(1.0, 50, 0.5),
    sigma_eps=0.2,
    teacher=rf.SourceCondition(0.7),
    test_spectrum=rf.PowerLaw(0.5, 50, 2.0),
)
ARRAY = rf.ScalingModel(rf.PowerLaw([0.5, 1.0], [20, 10**6]), sigma_eps=0.1)
ISOTROPIC = rf.ScalingModel(rf.Eigenvalues([0.25, 1.0, 0.0]), sigma_w=2.0)
GRID = {"N": [2, 3], "T": 5, "ridge": [0.0, 1e-2]}
DRAWS = {"draws": 3, "seed": 1, "workers": 1}


def sweep(**options):
    models = {"a": SOURCE, "b": GIVEN}
    return rf.sweep(models, **(GRID | DRAWS | {"progress": False} | options))


MADE = {
    "Prediction": lambda: rf.predict(ARRAY, [3, 4], 7, 1e-3),
    "Prediction_given": lambda: rf.predict(GIVEN, [2, 3], 7, 1e-2, order="one-loop"),
    "Prediction_isotropic": lambda: rf.predict(ISOTROPIC, [1.5, np.inf], 7),
    "OptimalRidge": lambda: rf.optimal_ridge(SOURCE, [3, 4], 7),
    "BiasVariance": lambda: rf.bias_variance(SOURCE, [3, 4], 7, 1e-2),
    "Estimate": lambda: rf.simulate(GIVEN, [2, 3], 5, 1e-2, **DRAWS),
    "Comparison": lambda: rf.compare(SOURCE, [3, 4], 7, 1e-2, **DRAWS),
    "Sweep": sweep,
}


# estimates of errors are others since, and a comparison is with another theory of finite sizes
CHANGED = {"order_error", "order_error_percent"}
OF_COMPARISON = {"predicted", "gap_percent", "z", "judged", "agrees", "regime"}


@pytest.mark.filterwarnings("ignore::rfscale.RegimeWarning")
@pytest.mark.parametrize("name", MADE)
def test_results_of_format_2(name):
    expected = MADE[name]()
    loaded = type(expected).load(OLD / f"{name}.npz")
    for model in ("model", "models"):
        assert getattr(loaded, model, None) == getattr(expected, model, None)
    old, new = loaded.columns(), expected.columns()
    changed = CHANGED | (OF_COMPARISON if name == "Comparison" else set())
    for column in (set(old) & set(new)) - changed:  # later versions have more
        if column == "delta_error":  # itself a rounding error, of a few units in 1e-16
            assert np.all(np.maximum(old[column], new[column]) < 1e-15)
        elif column in type(expected).OF_MEANS | type(expected).OF_ERRORS:  # None among numbers
            values = (np.array(each[column], dtype=float) for each in (old, new))
            np.testing.assert_allclose(*values, rtol=1e-9, err_msg=column)
        elif old[column].dtype.kind == "f":
            # the libraries' last digits, amplified by the condition of four latents
            np.testing.assert_allclose(old[column], new[column], rtol=1e-9, err_msg=column)
        else:
            assert old[column].tolist() == new[column].tolist(), column
    assert len(set(old) & set(new)) >= len(old) - 1


@pytest.mark.filterwarnings("ignore:.*was begun with", "ignore:the test loss has no variance")
def test_a_store_of_format_2_is_read_and_finished(tmp_path):
    """Two of its eight cells are missing."""
    path = tmp_path / "sweep.db"
    shutil.copy(OLD / "sweep.db", path)
    expected = sweep(T=[4, 5])
    resumed = rf.resume_sweep(path, workers=1, progress=False)
    np.testing.assert_allclose(resumed.test.mean, expected.test.mean, rtol=1e-9)
    assert resumed.models == expected.models
    again = sweep(T=[4, 5], store=path)
    assert np.array_equal(again.test.mean, resumed.test.mean)
    with pytest.raises(ValueError, match="is the store of another sweep: model a: spectrum is "):
        rf.sweep({"a": GIVEN, "b": SOURCE}, [2, 3], [4, 5], [0.0, 1e-2], **DRAWS, store=path)
