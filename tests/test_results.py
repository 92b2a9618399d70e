"""Results as tables and files."""

import dataclasses

import numpy as np
import pytest

import rfscale as rf

MODEL = rf.ScalingModel(rf.PowerLaw(0.7, 30, 2.0), sigma_eps=0.1)


def make():
    return [
        rf.predict(MODEL, [[5], [8]], [10, 20, np.inf]),
        rf.predict(rf.ScalingModel(rf.Eigenvalues([3.0, 1.0])), 1, 5, 0.1),
        rf.optimal_ridge(MODEL, [5, 40], 10),
        rf.simulate(MODEL, [5, 8], 14, draws=3, seed=2),
        rf.compare(MODEL, 5, [10, 12], 0.1, draws=3, seed=2),
    ]


def same(a, b):
    if dataclasses.is_dataclass(a) and isinstance(a, rf.results.Result):
        return type(a) is type(b) and all(
            same(getattr(a, f.name), getattr(b, f.name)) for f in dataclasses.fields(a)
        )
    return np.array_equal(a, b) if isinstance(a, np.ndarray) else a == b


@pytest.mark.parametrize("result", make(), ids=lambda r: type(r).__name__)
def test_save_and_load(result, tmp_path):
    path = tmp_path / "result.any-ending"
    result.save(path)
    loaded = type(result).load(path)
    assert same(result, loaded)


def test_a_saved_result_is_readable_with_numpy_alone(tmp_path):
    estimate = rf.simulate(MODEL, [5, 8], 14, draws=3, seed=2)
    estimate.save(tmp_path / "e.npz")
    with np.load(tmp_path / "e.npz") as archive:
        assert np.array_equal(archive["test.mean"], estimate.test.mean)


def test_load_refuses_other_things(tmp_path):
    rf.predict(MODEL, 5, 10).save(tmp_path / "prediction")
    data = (tmp_path / "prediction").read_bytes()
    (tmp_path / "truncated").write_bytes(data[: len(data) // 2])
    (tmp_path / "damaged").write_bytes(data[:300] + bytes(200) + data[500:])
    for name in ("truncated", "damaged"):
        with pytest.raises(ValueError, match="is not a saved result"):
            rf.Prediction.load(tmp_path / name)
    with pytest.raises(ValueError, match="holds a Prediction, not a Estimate"):
        rf.Estimate.load(tmp_path / "prediction")
    with pytest.raises(ValueError, match=r"the folder .* does not exist"):
        rf.predict(MODEL, 5, 10).save(tmp_path / "no" / "folder")
    with pytest.raises(FileNotFoundError):
        rf.Prediction.load(tmp_path / "nothing")


@pytest.mark.parametrize("result", make(), ids=lambda r: type(r).__name__)
def test_frames_have_one_row_a_point(result):
    frame = result.to_frame()
    assert len(frame) == np.size(
        getattr(result, "gap", None) if isinstance(result, rf.Comparison) else result.ridge
    )
    if "has_variance" in frame:
        frame = frame[frame.has_variance]  # elsewhere there are no standard errors
    assert frame.drop(columns=["alpha", "agrees"], errors="ignore").notna().all().all()


def test_columns_broadcast():
    columns = rf.predict(MODEL, [[5], [8]], [10, 20, np.inf]).columns()
    assert columns["N"].tolist() == [5, 5, 5, 8, 8, 8]
    assert columns["T"].tolist() == [10, 20, np.inf] * 2
