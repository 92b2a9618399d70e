"""Notes on fits: each fault is planted once, and a clean table has none."""

import numpy as np
import pytest

import rfscale as rf
from rfscale.measured.losses import reach
from rfscale.support import machine

SIDE = 7


def sizes():
    N = np.repeat(np.geomspace(1e7, 1e10, SIDE), SIDE)
    return N, np.tile(np.geomspace(1e9, 1e12, SIDE), SIDE)


def losses(N, T, noise=0.004, seed=3):
    rng = np.random.default_rng(seed)
    return (1.8 + 480 / N**0.35 + 2100 / T**0.37) * np.exp(noise * rng.standard_normal(N.size))


def notes(N, T, L, law="chinchilla", **options):
    options = {"intervals": "sandwich"} | options
    fit = rf.fit_losses(N, T, L, law, **options)
    assert all(f"{note.code}: {note.message}" in str(fit) for note in fit.notes)
    codes = {note.code for note in fit.notes}
    return {code: "\n".join(n.message for n in fit.notes if n.code == code) for code in codes}


@pytest.mark.parametrize("law", ["chinchilla", "coupled"])
def test_a_clean_table_has_none(law):
    N, T = sizes()
    assert notes(N, T, losses(N, T), law) == {}
    assert notes(N, T, losses(N, T, noise=0.0), law) == {}


def test_sizes_on_a_line_or_a_budget_leave_exponents_open():
    N = np.geomspace(1e7, 1e10, 40)
    found = notes(N, 20 * N, losses(N, 20 * N))
    assert found["one-line"].startswith(
        "N and T vary together (their logarithms correlate by 1.000)"
    )
    N = np.geomspace(1e8, 1e9, 40)
    found = notes(N, 1e20 / N, losses(N, 1e20 / N))
    assert found["one-line"].startswith("N T takes 1 value only")
    assert "beta (" in found["not-determined"]
    assert found["at-bound"].startswith("B = 0 at its bound: the data do not show this term")
    L = 1.8 + 480 / N**0.35 + 2100 / (1e20 / N) ** 0.37
    assert "can hardly be told apart (condition number" in notes(N, 1e20 / N, L)["hardly-apart"]
    T = np.where(np.arange(40) % 2, 1e20, 3e20) / N
    assert "N T takes 2 values only" in notes(N, T, losses(N, T))["not-determined"]


@pytest.mark.parametrize("intervals", ["sandwich", "bootstrap"])
def test_an_exponent_of_nothing_has_its_whole_range(intervals):
    N, T = sizes()
    rng = np.random.default_rng(2)
    L = (1.8 + 480 / N**0.35) * np.exp(0.02 * np.log(T / 3e10) / 7 + 0.002 * rng.normal(size=49))
    fit = rf.fit_losses(N, T, L, intervals=intervals, resamples=20)  # losses rise with T
    assert fit["B"].value == 0
    assert (fit["beta"].low, fit["beta"].high) == fit.law.nonlinear["beta"]
    assert fit["alpha"].high - fit["alpha"].low < 0.2
    held = rf.fit_losses(N, T, L, hold={"beta": 0.3}, intervals=intervals, resamples=20)
    assert held["beta"].low == held["beta"].high == 0.3


def test_a_floor_that_is_not_there_is_at_its_bound():
    N, T = sizes()
    L = losses(N, T) - 1.8
    message = notes(N, T, L + 0.1 * (L - L.mean()) / L.max())["at-bound"]
    assert message.startswith("E = 0 at its bound: the data show no floor under this law")


def test_a_law_of_the_larger_term_is_named():
    N, T = sizes()
    L = 1.8 + np.maximum(480 / N**0.35, 3900 / T**0.37)
    assert "g = 20 at its bound: the law becomes max(" in notes(N, T, L, "coupled")["at-bound"]


def test_a_floor_far_below_the_losses_is_not_pinned_down():
    N, T = sizes()
    rng = np.random.default_rng(1)
    L = (0.3 + 480 / N**0.15 + 2100 / T**0.2) * np.exp(0.02 * rng.standard_normal(N.size))
    assert "is not pinned down" in notes(N, T, L)["no-floor"]


def test_outliers_are_named_with_their_ratio():
    N, T = sizes()
    L = losses(N, T)
    rows = np.argsort(T / N, kind="stable")[:3]
    L[rows] *= 1.2
    message = notes(N, T, L)["outliers"]
    assert ", ".join(map(str, np.sort(rows))) in message
    assert "3 of them with T/N at most" in message
    assert "loss='tukey' gives E =" in message


def test_a_row_that_rules_is_named():
    N, T = sizes()
    L = losses(N, T)
    few = (N < 2e9) | (np.arange(N.size) == N.size - 1)  # a single large model
    L[-1] *= 1.03
    message = notes(N[few], T[few], L[few], loss="squares")["ruling-row"]
    assert message.startswith(f"without row {few.sum() - 1} (from 0) ")


@pytest.mark.parametrize("intervals", ["sandwich", "bootstrap"])
def test_a_far_row_that_is_off_is_named_with_either_interval(intervals):
    N = np.append(np.tile(np.geomspace(1e7, 3e9, 9), SIDE), 1e11)
    T = np.append(np.repeat(np.geomspace(1e9, 1e11, SIDE), 9), 2e12)
    L = losses(N, T, noise=0.005, seed=1)
    L[-1] *= 1.02  # by 4 standard deviations of a run, of which its leverage leaves few to see
    fit = rf.fit_losses(N, T, L, intervals=intervals, resamples=20)
    assert not fit.outliers.size
    message = next(note.message for note in fit.notes if note.code == "ruling-row")
    assert message.startswith("without row 63 (from 0) E moves from ")


def test_repeats_that_scatter_less_than_the_residuals_say_that_the_law_does_not_fit():
    N, T = (np.tile(one, 2) for one in sizes())
    wave = 0.02 * np.sin(3 * np.log(N)) * np.cos(2 * np.log(T))
    message = notes(N, T, losses(N, T) * np.exp(wave))["repeats"]
    assert message.startswith(
        "49 sizes are repeated: the standard deviation between repeats is 0.00"
    )
    assert "repeats" not in notes(N, T, losses(N, T))


def test_copies_are_counted():
    N, T = sizes()
    rows = np.r_[np.arange(N.size), 4, 9]
    assert notes(N[rows], T[rows], losses(N, T)[rows])["same-rows"].startswith("2 rows repeat")
    thrice = np.tile(np.arange(N.size), 3)
    assert notes(N[thrice], T[thrice], losses(N, T)[thrice]).keys() == {"same-rows"}


def test_checkpoints_of_one_run_correlate_unless_they_are_grouped():
    N = np.repeat(np.geomspace(1e7, 1e10, 24), 12)
    T = np.tile(np.geomspace(1e9, 1e12, 12), 24)
    of_run = np.repeat(0.01 * np.random.default_rng(5).standard_normal(24), 12)
    L = losses(N, T, noise=0.001) * np.exp(of_run)
    assert "pass groups=" in notes(N, T, L)["correlated"]
    assert "correlated" not in notes(N, T, L, groups=N)
    assert "few-groups" not in notes(N, T, L, groups=N)
    few = N < 1e8
    for intervals, said in (("sandwich", "right or too wide"), ("bootstrap", "too narrow")):
        options = {"groups": N[few], "intervals": intervals, "resamples": 20}
        message = notes(N[few], T[few], L[few], **options)["few-groups"]
        assert message.startswith("8 groups are few")
        assert said in message


def checkpoints(runs):
    """Rows of several runs of each N at the same T, each run off by ten times its noise."""
    rng = np.random.default_rng(3)
    N = np.repeat(np.geomspace(1e7, 3e9, 8), 10 * runs)
    T = np.tile(np.geomspace(1e9, 1e11, 10), 8 * runs)
    of_run = np.repeat(0.01 * rng.standard_normal(8 * runs), 10)
    return N, T, losses(N, T, noise=0.001) * np.exp(of_run), rng


@pytest.mark.parametrize("runs", [1, 2, 3])
def test_checkpoints_of_several_runs_of_an_N_are_found_in_any_order(runs):
    N, T, L, rng = checkpoints(runs)
    assert "correlated" in notes(N, T, L)
    order = rng.permutation(N.size)
    assert "correlated" in notes(N[order], T[order], L[order])
    nearly = N * (1 + 1e-4 * rng.standard_normal(N.size))
    assert "correlated" in notes(nearly, T, L)
    assert "correlated" not in notes(N, T, losses(N, T))
    assert "correlated" not in notes(N[order], T[order], losses(N, T))


def test_correlation_that_units_explain_is_not_put_down_to_runs():
    N, T, L, _ = checkpoints(1)
    assert {"perplexities", "correlated"} & notes(N, T, np.exp(2 * L)).keys() == {"perplexities"}


def test_perplexities_and_sizes_in_millions_are_told():
    N, T = sizes()
    L = losses(N, T)
    assert "if these are perplexities" in notes(N, T, np.exp(L))["perplexities"]
    assert "the median N is 316" in notes(N / 1e6, T / 1e6, L)["scaled-sizes"]


def test_parameters_beyond_floats_are_told_and_stay_finite():
    N, T = sizes()
    L = 1e40 * (1 + (1e6 / N) ** 0.05 + (1e9 / T) ** 0.06)
    fit = rf.fit_losses(N, T, L, "kaplan", intervals="sandwich")
    assert "beyond-floats" in {note.code for note in fit.notes}
    assert np.isfinite([fit["Nc"].low, fit["Nc"].value, fit["Nc"].high]).all()


def test_a_step_that_is_not_small_is_told():
    from dataclasses import replace

    N, T = sizes()
    fit = rf.fit_losses(N, T, losses(N, T), intervals="sandwich")
    assert [note.code for note in replace(fit, converged=False).notes] == ["not-converged"]


def test_predictions_beyond_three_times_the_table_warn():
    N, T = sizes()
    fit = rf.fit_losses(N, T, losses(N, T), intervals="sandwich")
    fit.predict(2.9e10, 1e11)
    fit.predict(1e3, 1e5)
    with pytest.warns(rf.RegimeWarning, match="N is up to 3.1 times the largest of the table"):
        fit.predict(3.1e10, 1e9)
    with pytest.warns(rf.RegimeWarning, match="N T is up to 4 times"):
        fit.predict(2e10, 2e12)


def test_tables_with_too_little_in_them_are_refused():
    N, T = sizes()
    L = losses(N, T)
    with pytest.raises(ValueError, match="5 parameters need at least 7 points, got 6"):
        notes(N[::8][:6], T[::8][:6], L[::8][:6])
    with pytest.raises(ValueError, match="N takes 1 value: E, A, alpha of chinchilla cannot"):
        notes(0 * N + 1e9, T, L)
    assert notes(0 * N + 1e9, T, losses(0 * N + 1e9, T), hold={"E": 1.8, "alpha": 0.35}) == {}
    with pytest.raises(ValueError, match="N and T vary together: A, B of tied cannot"):
        notes(N, 20 * N, L, "tied")
    with pytest.raises(ValueError, match=r"L must be finite numbers > 0.* got nan in row 4 \(from"):
        notes(N, T, np.where(np.arange(N.size) == 4, np.nan, L))
    with pytest.raises(ValueError, match=r"got a str: '2' in row 1 \(from 0\)"):
        notes(N, T, [2.0, "2", *L[2:]])
    with pytest.raises(ValueError, match="L must not be the same in all rows, got 2 in each"):
        notes(N, T, 0 * L + 2)
    with pytest.raises(ValueError, match="groups must have at least 2 different labels, got 1"):
        notes(N, T, L, groups=np.ones(N.size, dtype=int))
    with pytest.raises(ValueError, match=r"weights must be .* got -1 in row 2 \(from 0\)"):
        notes(N, T, L, weights=np.where(np.arange(N.size) == 2, -1.0, 1.0))


def test_the_work_of_a_large_table_is_known_before(monkeypatch):
    """Measured, a first fit of the process: 0.17 GB at 100,000 rows, 0.46 at a million, and 0.47
    with 20 resamples of 100,000.
    """
    N = np.geomspace(1e7, 1e9, 1_000_000)
    table = rf.LossTable.checked(N, N[::-1], 2 + N**-0.3)
    with pytest.warns(UserWarning, match="1000 resamples of 1000000 rows take about 50 minutes"):
        reach.check_work(table, 1000)
    monkeypatch.setattr(machine, "available_memory", lambda: 1e7)
    with pytest.raises(ValueError, match=r"a fit to 1000000 rows needs 0\.43 GB of memory"):
        reach.check_work(table, 0)
    fewer = table.part(np.arange(N.size) < 100_000)
    with pytest.raises(ValueError, match=r"a fit to 100000 rows needs 0\.133 GB of memory"):
        reach.check_work(fewer, 0)
    with pytest.raises(ValueError, match=r"needs 0\.5 GB of memory"):
        reach.check_work(fewer, 20)
