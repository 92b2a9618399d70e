"""Laws beside one another: criteria that are known, held-out errors, and the band of all laws."""

import numpy as np
import pytest

import rfscale as rf
from rfscale.measured.losses.held_out import bands, in_sample, largest, size_error
from rfscale.measured.losses.laws import law_called
from rfscale.measured.losses.pooled import pooled_interval, pooled_losses

# AICc of least squares minus the best, of another implementation, in the order of LAWS_DEFAULT
KNOWN = {
    "chinchilla": (16, 14, 382, 403, 139, 134, 0),
    "openlm-c4": (18, 16, 0, 3, 3, 3, 2),
    "openlm-redpajama": (17, 15, 2, 0, 2, 4, 4),
    "openlm-refinedweb": (23, 20, 1, 0, 3, 6, 3),
}
COMPARED = ("chinchilla", "openlm-redpajama")


@pytest.fixture(scope="module")
def found():
    """Tables with few resamples."""
    tables = {name: rf.published_losses(name) for name in COMPARED}
    return {name: rf.compare_laws(table, resamples=40) for name, table in tables.items()}


@pytest.mark.parametrize("name", COMPARED)
def test_differences_of_criteria_are_the_known_ones(found, name):
    assert np.round(found[name].AICc).astype(int).tolist() == list(KNOWN[name])
    assert found[name].BIC.min() == 0


@pytest.mark.parametrize("name", [name for name in KNOWN if name not in COMPARED])
def test_criteria_of_other_tables(name):
    table = rf.published_losses(name)
    values = [in_sample(table, law_called("law", law)).AICc for law in rf.LAWS_DEFAULT]
    assert np.round(np.subtract(values, min(values))).astype(int).tolist() == list(KNOWN[name])


def test_criteria_by_their_formulas():
    """Of the sum of powers: the minimum sum r^2/2 is .00350528869 on 234 rows."""
    table = rf.published_losses("chinchilla")
    one = in_sample(table, law_called("law", "chinchilla"))
    variance = 2 * 0.00350528869 / 234
    assert one.k == 6
    assert one.rms == pytest.approx(np.sqrt(variance), rel=1e-8, abs=0)
    fit = 234 * np.log(variance)
    assert pytest.approx(one.BIC, rel=1e-8, abs=0) == fit + 6 * np.log(234)
    assert pytest.approx(one.AICc, rel=1e-8, abs=0) == fit + 12 + 2 * 6 * 7 / (234 - 7)


@pytest.mark.parametrize("name", COMPARED)
def test_the_pooled_band_holds_the_largest_runs(found, name):
    """At least 90 percent of them, with an error below that of the mean law."""
    one = found[name]
    assert one.pooled_coverage >= 0.9
    assert one.pooled_error < np.mean(one.extrapolation_error)


def test_single_bands_do_not(found):
    """That of the sum of powers, which the pooled one has to mend."""
    assert found["chinchilla"].coverage[0] < 0.8


def test_extrapolation_is_of_fits_to_the_lowest_rows(found):
    """The same, fitted by hand."""
    table = rf.published_losses("chinchilla")
    is_held = largest(table, 0.3)
    assert is_held.sum() == 70  # of 234, .3 times which is 70.2
    low = table.part(~is_held)
    new = table.part(is_held)
    assert (low.N * low.T).max() < (new.N * new.T).min()
    fit = rf.fit_losses(low.N, low.T, low.loss, "tied", resamples=40)
    run = pooled_losses([fit], new.N, new.T, of_runs=True)
    is_within = (run.low <= new.loss) & (new.loss <= run.high)
    assert found["chinchilla"].coverage[1] == pytest.approx(is_within.mean(), rel=0, abs=1e-12)
    error = np.sqrt(np.mean(np.log(new.loss / run.value) ** 2))
    assert found["chinchilla"].extrapolation_error[1] == pytest.approx(error, rel=1e-9, abs=0)


def test_a_cost_is_that_of_the_fits_and_of_no_criterion(found):
    """Criteria stay those of least squares, to rounding; held-out errors do not stay."""
    table = rf.published_losses("openlm-redpajama")
    one = rf.compare_laws(table, laws=("tied", "kaplan"), loss="tukey", delta=0.02, resamples=40)
    assert [(fit.cost, fit.delta) for fit in one.each] == [("tukey", 0.02)] * 2
    errors = found["openlm-redpajama"].extrapolation_error[[1, 2]]
    assert (np.abs(one.extrapolation_error / errors - 1) > 0.01).all()
    of_squares = found["openlm-redpajama"].AICc[[1, 2]]
    assert one.AICc == pytest.approx(of_squares - of_squares.min(), rel=1e-9, abs=0)


def test_size_errors_are_of_fits_without_the_band(found):
    """One band by hand, with the delta of the fit to all rows."""
    table = rf.published_losses("openlm-redpajama")
    fit = found["openlm-redpajama"].fits["talk"]
    band = bands(table.N, table.weights)
    residuals = []
    for j in range(band.max() + 1):
        kept = (band != j).astype(float)
        part = rf.fit_losses(
            *(table.N, table.T, table.loss),
            *("talk",),
            weights=kept,
            delta=fit.delta,
            resamples=20,
        )
        residuals.append(part.residuals[band == j])
    by_hand = np.sqrt(np.mean(np.concatenate(residuals) ** 2))
    assert size_error(fit) == pytest.approx(by_hand, rel=1e-5, abs=0)
    assert found["openlm-redpajama"].size_error[3] == size_error(fit)


def test_bands_of_sizes():
    """Values while they are few; else at most 8 sets of neighbours, about equal in rows."""
    assert bands(np.array([3.0, 1.0, 3.0, 2.0]), np.ones(4)).tolist() == [2, 0, 2, 1]
    many = bands(np.arange(1.0, 161.0)[::-1], np.ones(160))
    assert many[0] == 7
    assert np.bincount(many).tolist() == [20] * 8


def test_the_pool_is_all_resamples_together(found):
    one = found["openlm-redpajama"]
    drawn = np.concatenate([fit.losses([1e10], [1e12], fit.samples)[:, 0] for fit in one.each])
    band = one.predict(1e10, 1e12)
    np.testing.assert_allclose(
        [band.low, band.value, band.high], np.quantile(drawn, [0.025, 0.5, 0.975]), rtol=1e-12
    )
    runs = one.predict([1e10, 1e9], [1e12, 1e11], of="run")
    assert runs.low[0] < band.low
    assert runs.high[0] > band.high
    fit = one.each[0]
    alone = pooled_interval([fit], lambda fit, p: fit.losses([1e10], [1e12], p)[:, 0])
    same = fit.spread.interval(lambda p: fit.losses([1e10], [1e12], p)[:, 0], fit.best)
    np.testing.assert_allclose([alone.low, alone.high], [same.low, same.high], rtol=1e-12)


def test_the_pooled_band_of_runs_of_one_law_is_its_own(found):
    """At sizes of the table: each resample with each of some quantiles of the residuals."""
    fit = found["openlm-redpajama"].each[0]
    N = fit.table.N[:3]
    T = fit.table.T[:3]
    pooled = pooled_losses([fit], N, T, of_runs=True)
    band = fit.predict(N, T, of="run")
    np.testing.assert_allclose([pooled.low, pooled.high], [band.low, band.high], rtol=1e-12)


def test_pooled_allocation(found):
    """Its interval holds that of a law without an exponent of its own, and the budget is spent."""
    one = found["chinchilla"]
    both = one.allocate([1e21, 5.76e23])
    np.testing.assert_allclose(6 * both.N.value * both.T.value, both.C, rtol=1e-9)
    tied = one.fits["tied"].allocate(5.76e23).ratio
    assert both.ratio.low[1] < tied.low
    assert both.ratio.high[1] > tied.high
    codes = {note.code: note.message for note in both.notes}
    assert "tied, talk, random-features," in codes["exponent-built-in"]
    assert np.isinf(one.budget_for(1.2).C.value)


def test_no_law_is_the_law_is_said(found):
    said = str(found["chinchilla"])
    assert "no-law-is-the-law" in said
    assert "E goes from 1.65 (random-features) to 1.79 (tied)" in said
    assert found["chinchilla"].columns()["law"].tolist() == [*rf.LAWS_DEFAULT, "pooled"]


def test_comparisons_are_stored(found, tmp_path):
    found["openlm-redpajama"].save(tmp_path / "laws.npz")
    loaded = rf.LawComparison.load(tmp_path / "laws.npz")
    assert list(loaded.fits) == list(rf.LAWS_DEFAULT)
    band = loaded.predict(1e10, 1e12)
    assert band.high == found["openlm-redpajama"].predict(1e10, 1e12).high


def test_weights_and_groups_reach_every_fit():
    table = rf.published_losses("openlm-redpajama")
    groups = np.unique(table.N, return_inverse=True)[1]
    weights = np.where(np.arange(table.rows) % 9 == 0, 0.0, 1.0)
    columns = (table.N, table.T, table.loss)
    one = rf.compare_laws(*columns, "tied", groups=groups, weights=weights, resamples=40)
    kept = weights > 0
    same = rf.compare_laws(*(c[kept] for c in columns), "tied", resamples=40)
    assert one.each[0].table.grouped
    np.testing.assert_allclose(one.rms, same.rms, rtol=1e-6)  # of minima to 1e-11 of their squares
    # delta counts all rows, and without weights this would be 25 percent lower
    np.testing.assert_allclose(one.size_error, same.size_error, rtol=0.02)


def test_what_is_held_is_held_in_the_laws_that_have_it():
    """L0 at the logarithm of the vocabulary: the largest runs are then predicted to 3 percent."""
    table = rf.published_losses("openlm-c4")
    one = rf.compare_laws(
        *(table.N, table.T, table.loss),
        ["chinchilla", "saturating"],
        hold={"L0": np.log(50432)},
        resamples=20,
    )
    assert one.fits["saturating"].held == (("L0", np.log(50432)),)
    assert one.fits["chinchilla"].held == ()
    assert one.k.tolist() == [6, 6]
    assert one.AICc[1] == 0
    assert one.extrapolation_error[1] < 0.03 < one.extrapolation_error[0] * 1.2


def test_the_saturating_law_ends_at_its_bounds():
    """E for large sizes and L0 for small ones; of sizes with small h it is Chinchilla's."""
    law = law_called("law", "saturating")
    h = 0.02
    coefficients = [2 / (1 + h), 10 * h / (1 + h)]  # E = 2, L0 = 10
    parameters = np.array([[*coefficients, 0.3, 0.4, 0.5, np.log(h)]])
    ends = law.losses([1e300, 1e-300], [1e300, 1e-300], parameters)[0]
    np.testing.assert_allclose(ends, [2, 10], rtol=1e-12)
    w = 1 / (1 + np.exp(0.5))
    x = 1e8
    y = 1e6
    power = 2 + 8 * h * (w * x**-0.3 + (1 - w) * y**-0.4)
    h_there = (power - 2) / 8
    there = law.losses([x], [y], parameters)[0, 0]
    assert there == pytest.approx(power, rel=0, abs=1.01 * 8 * h_there**2)


def test_too_few_rows_to_hold_out_are_said():
    """Five rows are left for four parameters, which need six."""
    N = np.geomspace(1e7, 1e9, 8)
    T = 20 * N[[0, 3, 1, 5, 2, 7, 4, 6]]
    one = rf.compare_laws(N, T, 1.8 + 480 / N**0.35 + 2100 / T**0.35, "tied", resamples=20)
    assert np.isnan([one.extrapolation_error[0], one.coverage[0], one.pooled_error]).all()
    assert "held-out-rows" in [note.code for note in one.notes]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"laws": []}, "laws must be at least one, each once, got none"),
        ({"laws": ["tied", "tied"]}, "each once, got tied, tied"),
        ({"laws": ["unknown"]}, "laws must be a Law or one of"),
        ({"laws": 3}, "laws must be names of laws, or laws, got 3"),
        ({"hold": {"L0": 10.0}}, "hold must name parameters of one of the laws, got 'L0'"),
        ({"hold": 3}, "hold must be a dict of parameters and values, got 3"),
        ({"holdout": 1.0}, r"holdout must be a number in \(0, 1\), got 1"),
        ({"holdout": 0}, r"holdout must be a number in \(0, 1\), got 0"),
        ({"loss": "likelihood"}, "loss must be one of huber, squares, tukey"),
        ({"level": 2}, r"level must be a number in \(0, 1\), got 2"),
    ],
)
def test_what_cannot_be_compared_is_named(options, said):
    table = rf.published_losses("openlm-redpajama")
    with pytest.raises(ValueError, match=said):
        rf.compare_laws(table.N, table.T, table.loss, **options)


def test_a_law_with_too_many_parameters_is_named():
    N = np.geomspace(1e7, 1e9, 7)
    with pytest.raises(
        ValueError, match=r"laws must not have coupled: .*6 parameters need at least"
    ):
        rf.compare_laws(N, N[::-1], 2 + 480 / N**0.35, ["tied", "coupled"])
