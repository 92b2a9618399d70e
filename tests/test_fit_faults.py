"""Tables with faults that a fit must not be silent about, whatever its law and its minimum."""

import re

import numpy as np
import pytest
from scipy.special import expit

import rfscale as rf
from rfscale.measured.losses.loss_table import LossTable
from rfscale.measured.losses.notes_on_design import one_line
from rfscale.measured.losses.notes_on_parameters import named

N = np.repeat(np.geomspace(2e7, 2e9, 6), 6)
T = np.tile(np.geomspace(1e9, 8e10, 6), 6)


def losses(N, T, noise=0.004, seed=0):
    deviation = noise * np.random.default_rng(seed).standard_normal(N.size)
    return (1.8 + 480 / N**0.35 + 2100 / T**0.37) * np.exp(deviation)


def codes(result):
    return [note.code for note in result.notes]


def test_sizes_that_lie_everywhere_are_no_single_budget():
    """Gaps between thousands of budgets are small, too."""
    rng = np.random.default_rng(6)
    n, t = np.exp(rng.uniform(np.log(1e7), np.log(1e9), (2, 5000))) * [[1.0], [100.0]]
    assert one_line(LossTable.checked(n, t, losses(n, t))) == ""
    assert one_line(LossTable.checked(n, 1e18 / n, losses(n, 1e18 / n))) == "N T takes 1 value only"


def test_a_line_of_sizes_is_told_for_every_noise():
    """Coefficients that end at 0 hid it in a third of the tables: here in all but the first."""
    sizes = np.geomspace(3e7, 3e9, 20)
    for seed in (3, 5, 6, 9, 10):
        L = losses(sizes, 20 * sizes, seed=seed)
        fit = rf.fit_losses(sizes, 20 * sizes, L, intervals="sandwich")
        assert "one-line" in codes(fit)
    assert "one-line" in codes(fit.allocate(1e22))
    held = rf.fit_losses(
        sizes, 20 * sizes, L, hold={"alpha": 0.35, "beta": 0.37, "B": 2100}, intervals="sandwich"
    )
    assert "one-line" not in codes(held)


def test_what_is_wrong_with_a_table_is_told_beside_all_laws():
    """Checkpoints that are off together, and a column of labels that joins none of them."""
    off = np.repeat(0.01 * np.random.default_rng(1).standard_normal(6), 6)
    L = losses(N, T, noise=0.001) * np.exp(off)
    found = rf.compare_laws(N, T, L, ["tied", "talk"], resamples=20)
    assert "correlated" in codes(found)
    unique = rf.fit_losses(N, T, L, groups=np.arange(36), intervals="sandwich")
    assert "correlated" in codes(unique)
    runs = np.repeat(np.arange(6), 6)
    by_runs = rf.fit_losses(N, T, L, "tied", groups=runs, intervals="sandwich")
    assert "correlated" not in codes(by_runs)
    assert "few-groups" in codes(by_runs)


@pytest.mark.parametrize("intervals", ["sandwich", "bootstrap"])
def test_rows_without_weight_are_as_if_they_were_not_there(intervals):
    L = losses(N, T)
    more = np.concatenate([L, L * np.exp(np.random.default_rng(2).normal(0, 0.5, 36))])
    weights = np.repeat([1.0, 0.0], 36)
    options = {"intervals": intervals, "resamples": 20}
    alone = rf.fit_losses(N, T, L, **options)
    beside = rf.fit_losses(np.tile(N, 2), np.tile(T, 2), more, weights=weights, **options)
    for name in ("delta", "sigma"):
        assert getattr(beside, name) == pytest.approx(getattr(alone, name), rel=1e-6)
    for end in ("value", "low", "high"):
        assert getattr(beside["alpha"], end) == pytest.approx(
            getattr(alone["alpha"], end), rel=1e-5
        )
    assert beside.outliers.tolist() == alone.outliers.tolist()
    runs = [fit.predict(1e9, 1e10, of="run").high for fit in (alone, beside)]
    assert runs[1] == pytest.approx(runs[0], rel=1e-5)


def test_tokens_in_billions_are_told():
    fit = rf.fit_losses(N, T / 1e9, losses(N, T), intervals="sandwich")
    assert "scaled-sizes" in codes(fit)
    assert "scaled-sizes" not in codes(rf.fit_losses(N, T, losses(N, T), intervals="sandwich"))


def test_a_least_loss_above_the_losses_is_refused():
    with pytest.raises(ValueError, match=r"hold\['E'\] must be below the losses, whose median is"):
        rf.fit_losses(N, T, losses(N, T), hold={"E": 5.0})


def test_too_few_rows_for_a_criterion_are_infinitely_bad():
    """AICc needs two rows more than parameters, the spread among them; not inf - inf, either."""
    rows = np.random.default_rng(3).permutation(36)[:7]
    table = N[rows], T[rows], losses(N, T)[rows]
    assert rf.compare_laws(*table, ["chinchilla"], resamples=20).AICc.tolist() == [np.inf]
    assert rf.compare_laws(*table, ["tied", "chinchilla"], resamples=20).AICc.tolist() == [
        0,
        np.inf,
    ]


@pytest.mark.parametrize(
    ("labels", "taken"),
    [(["r1"] * 36, False), (["r1", "r2"] * 18, True)],
)
def test_a_column_that_tells_no_runs_apart_is_not_guessed(tmp_path, labels, taken):
    rows = [f"{n:g},{t:g},{loss:.6g},{label}" for n, t, loss, label in
            zip(N, T, losses(N, T), labels, strict=True)]  # fmt: skip
    path = tmp_path / "runs.csv"
    path.write_text("\n".join(["params,tokens,loss,run", *rows]))
    assert rf.read_losses(path).grouped == taken


EXPONENTS = {"alpha": (0.02, 3.0), "beta": (0.02, 3.0)}


def own(terms, **options):
    """A law of one's own with the parameters of Chinchilla's."""
    return rf.Law("own", "?", ("E", "A", "B"), EXPONENTS, terms, **options)


@pytest.mark.parametrize(
    "terms",
    [
        lambda x, y, a, b: (1.0, x ** -np.abs(a), y**-b),
        lambda x, y, a, b: (1.0, x**-a, y**-b.real),
        lambda x, y, a, b: (1.0, expit(-a * np.log(x)), y**-b),
        lambda x, y, a, b: (1.0, x ** -np.asarray(a, dtype=float), y**-b),
    ],
)
def test_a_law_that_is_not_analytic_is_told_to_say_so(terms):
    """Its fit with differences is another one, of the law itself."""
    with pytest.raises(ValueError, match=r"terms of own .*rf.Law\(..., analytic=False\)"):
        rf.fit_losses(N, T, losses(N, T), own(terms))
    fit = rf.fit_losses(N, T, losses(N, T), own(terms, analytic=False), intervals="sandwich")
    assert fit.converged


def test_kinks_are_no_reason_to_refuse_a_law():
    law = own(lambda x, y, a, b: (1.0, np.maximum(x**-a, y**-b), y**-b))
    assert rf.fit_losses(N, T, losses(N, T), law, intervals="sandwich").sigma > 0


@pytest.mark.parametrize("loss", ["huber", "squares", "tukey"])
@pytest.mark.parametrize("term", [np.nan, np.inf, 0.0])
def test_a_law_that_is_no_number_is_refused_alike_for_all_costs(term, loss):
    law = own(lambda x, y, a, b: (term * x, term * x**-a, term * y**-b))
    with pytest.raises(ValueError, match="no finite cost under own at"):
        rf.fit_losses(N, T, losses(N, T), law, loss=loss)


@pytest.mark.parametrize(
    ("law", "name", "value", "said"),
    [
        ("chinchilla", "A", 1e300, r"hold\['A'\] must be at most 3.3e\+25, where its term"),
        ("chinchilla", "A_share", 1e-300, r"hold\['A_share'\] must be at least 2.26e-12: its"),
        ("kaplan", "Nc", 1e300, r"hold\['Nc'\] must be at most 1.12e\+39, where"),
        ("ridgeless", "log_r", 0.0, r"under ridgeless with hold = {'log_r': 0.0} at any"),
        ("talk", "k", True, r"hold\['k'\] must be a finite number, got True"),
        ("random-features exact", "sigma_eps", 1e300, r"hold\['sigma_eps'\] must be at most"),
        ("coupled", "g", np.inf, r"hold\['g'\] must be a finite number, got inf"),
        ("random-features power", "r", 300.0, "log_r in place of r, which p changes, or p too"),
    ],
)
def test_held_values_that_cannot_be_are_told_by_name(law, name, value, said):
    with pytest.raises(ValueError, match=said):
        rf.fit_losses(N, T, losses(N, T), law, hold={name: value})


@pytest.mark.parametrize("name", ["Nc", "Tc"])
def test_a_term_that_is_nothing_in_most_of_the_range_is_fitted_without_warnings(name):
    fit = rf.fit_losses(N, T, losses(N, T), "kaplan", hold={name: 1e-300}, intervals="sandwich")
    assert np.isfinite(fit.sigma)


@pytest.mark.parametrize(
    ("law", "names", "others"),
    [
        ("kaplan", ("Nc", "Tc"), ("alpha", "beta")),
        ("coupled", ("A", "B"), ("alpha", "beta", "g")),
        ("random-features power", ("r",), ("p",)),
    ],
)
def test_published_parameters_are_held_with_those_that_change_them(law, names, others):
    """The minimum stays where it is: losses agree to 1e-6, minima to 1e-11 of the objective and
    parameters so to the root of that.
    """
    table = N, T, losses(N, T)
    options = {"intervals": "sandwich", "loss": "squares"}
    free = rf.fit_losses(*table, law, **options)
    hold = {name: float(free[name].value) for name in (*names, *others)}
    held = rf.fit_losses(*table, law, hold=hold, **options)
    assert held.free == free.free - len(hold)
    for name in free.law.names:
        assert held[name].value == pytest.approx(free[name].value, rel=1e-5, abs=0)
    if len(names) == 2:
        with pytest.raises(ValueError, match=r"unless alpha, beta.* held too: hold K and log_r"):
            rf.fit_losses(*table, law, hold={name: hold[name] for name in names})


@pytest.mark.parametrize(("constant", "said"), [(3e7, "fewer"), (-1.6e7, "more"), (0.0, None)])
def test_embeddings_in_N_or_left_out_are_told(constant, said):
    """The constant is found to a third of itself."""
    fit = rf.fit_losses(N + constant, T, losses(N, T), intervals="sandwich")
    found = [note.message for note in fit.notes if note.code == "embeddings"]
    if said is None:
        assert not found
        return
    many, way = re.search(r"about (\S+) (fewer|more) parameters", found[0]).groups()
    assert way == said
    assert abs(np.log(float(many) / abs(constant))) < np.log(4 / 3)


def test_embeddings_that_grow_with_N_are_told():
    """V d with d of a model of one shape, 1.2 times the smallest N: alpha is 0.5 for 0.34."""
    sizes = np.meshgrid(np.geomspace(3e7, 1e10, 9), np.geomspace(1e9, 1e11, 7))
    N, T = (one.ravel() for one in sizes)
    L = (1.69 + 406 / N**0.34 + 410 / T**0.28) * np.exp(
        0.003 * np.random.default_rng(0).standard_normal(63)
    )
    fit = rf.fit_losses(N + 50257 * (N * 128 / 12) ** (1 / 3), T, L, intervals="sandwich")
    found = next(note.message for note in fit.notes if note.code == "embeddings")
    assert "fewer parameters in the smallest N, growing as its cube root" in found


def test_runs_that_are_off_together_are_no_embeddings():
    off = np.repeat(0.02 * np.random.default_rng(1).standard_normal(6), 6)
    for seed in range(4):
        L = losses(N, T, noise=0.001, seed=seed) * np.exp(np.roll(off, 6 * seed))
        assert "embeddings" not in codes(rf.fit_losses(N, T, L, intervals="sandwich"))
    for name in ("chinchilla", "openlm-c4", "openlm-redpajama", "openlm-refinedweb"):
        fit = rf.fit_losses(rf.published_losses(name), intervals="sandwich")
        assert "embeddings" not in codes(fit)


def test_fewer_groups_than_any_interval_needs_are_refused():
    """Two more than parameters that are fitted, of rows with a weight."""
    runs = np.repeat(np.arange(6), 6)
    said = "groups must have at least 7 different labels for 5 parameters, .* got 6"
    with pytest.raises(ValueError, match=said):
        rf.fit_losses(N, T, losses(N, T), groups=runs)
    with pytest.raises(ValueError, match="laws must not have coupled: groups must have at least 8"):
        rf.compare_laws(N, T, losses(N, T), ["tied", "coupled"], groups=runs)
    rf.fit_losses(N, T, losses(N, T), groups=runs, hold={"E": 1.8}, intervals="sandwich")
    weights = (runs > 0).astype(float)
    with pytest.raises(ValueError, match=r"groups must have at least 6 .* got 5"):
        rf.fit_losses(N, T, losses(N, T), "tied", groups=runs, weights=weights)


def bounds(fit):
    return "\n".join(note.message for note in fit.notes if note.code == "at-bound")


def test_notes_name_what_the_table_shows():
    """Or where it stands, if the table has other parameters in its place."""
    L = (1.8 + 480 / N**0.35) * np.exp(0.004 * np.random.default_rng(4).standard_normal(36))
    talk = rf.fit_losses(N, T, L, "talk", intervals="sandwich")
    assert "r = 0.000275 at its bound" in bounds(talk)
    kaplan = rf.fit_losses(N, T, losses(N, T), "kaplan", intervals="sandwich")
    assert named(kaplan, "log_r") == "log_r (of at_centre)"
