"""Where a loss has no mean: by the tail of its distribution in plain numpy."""

import matplotlib

matplotlib.use("agg")

import numpy as np
import pytest

import rfscale as rf
from rfscale import plotting
from rfscale.cli import main
from rfscale.model.heavy_tails import tail_exponent as stated

DRAWS = 60_000


def tail_exponent(M, N, T, sigma_eps):
    """That of P(L > x), from how many losses are beyond 30 and beyond 300 medians."""
    rng = np.random.default_rng(1)
    spread = np.arange(1, M + 1) ** -1.0
    u = rng.standard_normal((DRAWS, N, M))
    x = rng.standard_normal((DRAWS, M, T)) * spread[:, None]
    w = rng.standard_normal((DRAWS, 1, M))
    y = w @ x + sigma_eps * rng.standard_normal((DRAWS, 1, T))
    theta = y @ np.linalg.pinv(u @ x, rcond=1e-14)
    losses = np.sum(((theta @ u - w)[:, 0] * spread) ** 2, axis=1)
    losses /= np.median(losses)
    return np.log10(np.mean(losses > 30) / max(np.mean(losses > 300), 1 / DRAWS))


@pytest.mark.parametrize(
    ("M", "N", "T", "sigma_eps"),
    [
        (6, 3, 3, 0.0),
        (6, 3, 4, 0.0),
        (6, 4, 3, 0.0),
        (6, 6, 5, 0.0),
        (6, 3, 5, 0.0),
        (6, 5, 3, 0.0),
        (4, 6, 4, 0.3),
        (4, 6, 5, 0.3),
        (4, 6, 3, 0.3),
        (4, 6, 6, 0.3),
    ],
)
def test_the_mean_exists_where_the_tail_falls_fast_enough(M, N, T, sigma_eps):
    """Exponents are 1/2, 1 or 3/2 and more; some 150 losses beyond 300 medians fix 1 to a tenth."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=sigma_eps)
    assert bool(stated(model, N, T, 0.0) <= 1) == (tail_exponent(M, N, T, sigma_eps) < 1.25)


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
def test_other_cases():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10))
    assert np.isinf(stated(model, 5, 5, 1e-9))  # any ridge tames it
    assert np.isinf(stated(model, 12, 12, 0.0))  # all is learned
    assert np.isinf(stated(rf.ScalingModel(rf.PowerLaw(1.0, 10), sigma_w=0.0), 5, 5, 0.0))
    found = rf.simulate(model, [5, 9], [[5], [9]], draws=2, seed=1)
    assert found.short_columns()["test"].tolist() == [
        [None, found.test.mean[0, 1]],
        [found.test.mean[1, 0], None],
    ]
    assert len(found.remarks()) == 1
    rows = found.columns()
    for name in ("test_mean", "test_stderr", "test_std", "signal_mean", "noise_stderr"):
        assert [value is None for value in rows[name]] == [True, False, False, True], name
    assert np.all(rows["test_median"] > 0)  # quantiles exist
    assert rows["train_mean"].dtype == np.float64
    alone = rf.simulate(model, 5, 5, draws=2, seed=1).to_frame()
    assert alone.test_mean.dtype == np.float64
    frame = found.to_frame()
    assert np.isnan(frame.test_mean).tolist() == [True, False, False, True]
    sweep = rf.sweep(model, N=[5, 9], T=[5, 9], ridge=[0.0, 1.0], draws=2, seed=1, progress=False)
    assert sweep.has_no_mean()[0, ..., 0].tolist() == [[True, False], [False, True]]
    assert not sweep.has_no_mean()[..., 1].any()
    rows = sweep.columns()
    assert [value is None for value in rows["test_mean"]] == [k in (0, 6) for k in range(8)]
    np.testing.assert_allclose(rows["kernel_ridge"][1], 1.0 * 10 / 5)  # gamma M/(sigma_u^2 N)
    axes = plotting.loss_curve(estimate=found)
    drawn = [np.isfinite(line.get_ydata()).tolist() for line in axes.lines if len(line.get_xdata())]
    assert [False, True] in drawn
    assert [True, True] not in drawn


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
def test_comparison_says_nothing_of_a_mean_that_does_not_exist():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 50))
    rows = rf.compare(model, [20, 40], 20, draws=2, seed=1).columns()
    for name in ("simulated", "stderr", "gap_percent", "z", "planar_z"):
        assert [value is None for value in rows[name]] == [True, False], name


def test_a_drawn_seed_is_exact_as_a_float():
    seed = rf.simulate(rf.ScalingModel(rf.PowerLaw(1.0, 10)), 4, 8, draws=2).seed
    assert float(seed) == seed < 2**53


def heavy_warning(call):
    """The one warning of heavy tails, with the file that it shows."""
    with pytest.warns(rf.RegimeWarning) as found:
        call()
    (warning,) = [each for each in found if each.category is rf.RegimeWarning]
    assert warning.filename == __file__
    return str(warning.message)


def test_one_warning_says_where_and_what_to_look_at():
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    experiment = {"draws": 2, "seed": 1}
    at = [10, 17, 19, 20, 23], 20, [[0.0], [1e-2]]
    expected = "no variance over draws at 4 of 10 points, and no mean at 2 of them"
    for twin in (rf.simulate, rf.compare):
        said = heavy_warning(lambda twin=twin: twin(model, *at, **experiment))
        assert expected in said
        assert "N = 17, T = 20; N = 19, T = 20; N = 20, T = 20; ...; its quantiles" in said
    said = heavy_warning(
        lambda: rf.sweep([model, model], [17, 19], 20, [0.0, 1.0], progress=False, **experiment)
    )
    assert "no variance over draws at 4 of 8 points, and no mean at 2 of them" in said
    assert "mean at" not in heavy_warning(lambda: rf.simulate(model, 17, 20, **experiment))


def test_no_warning_where_moments_exist(recwarn):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10))
    rf.simulate(model, [4, 12], [[8], [12]], draws=2, seed=1)  # 12, 12: all is learned
    rf.simulate(model, 5, 5, 1e-9, draws=2, seed=1)
    assert not recwarn.list


def test_a_target_says_that_no_variance_exists():
    """No draws are added for a ridge of 0 there; others at the same sizes have their target."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    target = {"draws": 8, "seed": 1, "target_stderr": 0.02}
    reached = rf.simulate(model, 20, 22, 1e-2, **target).draws
    assert reached > 8
    for ridge, draws in ((0.0, 8), ([0.0, 1e-2], reached)):
        with pytest.warns(UserWarning, match="variance") as found:
            estimate = rf.simulate(model, 20, 22, ridge, **target)
        said = [str(warning.message) for warning in found]
        assert sum("not reached at 1 (N, T) where the test loss has no v" in text for text in said)
        assert np.all(estimate.draws == draws)


@pytest.mark.filterwarnings("default:the test loss has no variance")
@pytest.mark.parametrize("command", ["simulate", "compare"])
def test_the_command_line_says_it_once(command, capsys, tmp_path):
    """Below the table, or in one line beside rows in a file."""
    line = f"{command} --N 10,20 --T 20 --M 60 --draws 2".split()
    main(line)
    said = capsys.readouterr()
    assert "the loss has no mean" in said.out
    assert "variance" not in said.err
    main([*line, "-o", str(tmp_path / "rows.csv")])
    warned = [text for text in capsys.readouterr().err.splitlines() if "variance" in text]
    assert [text.split(" at ")[0] for text in warned] == [
        "rfscale: warning: the test loss has no variance over draws"
    ]


def test_a_table_of_models_with_and_without_heavy_tails(capsys):
    for M in ("10,60", "60,10"):
        assert main(f"simulate --N 20 --T 22 --M {M} --draws 2".split()) == 0
        assert "median" in capsys.readouterr().out
