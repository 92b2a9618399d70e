"""Laws and costs of one's own that are none, weights and deltas at their ends: one clear error, or
an answer.
"""

import json
import math

import numpy as np
import pytest

import rfscale as rf

TABLE = rf.published_losses("chinchilla")
NAMES = ("E", "A")
RANGES = {"p": (0.1, 2.0)}


def law(terms, name="own", linear=NAMES, nonlinear=None, **more):
    return rf.Law(
        name, "E + A f", linear, RANGES if nonlinear is None else nonlinear, terms, **more
    )


def power(x, y, p):
    return 1.0, x**-p


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"terms": 3}, "terms must be a function"),
        ({"name": 5}, "name must be a string, got 5"),
        ({"linear": (1,)}, "linear must name at least one coefficient"),
        ({"linear": ["E"]}, "linear must name at least one coefficient"),
        ({"nonlinear": {"p": 0}}, r"nonlinear must give a range \(low, high\) for p, got 0"),
        ({"nonlinear": {"p": ("a", "b")}}, r"nonlinear must give a range \(low, high\) for p"),
        ({"nonlinear": [1]}, "nonlinear must be a dict of parameters"),
    ],
)
def test_what_is_no_law_is_refused(change, message):
    with pytest.raises(ValueError, match=message):
        law(**({"terms": power} | change))


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (lambda x, y, p: None, "terms of own must be 2 in a tuple, one for each of E, A, got None"),
        (lambda x, y, p: (1.0,), "terms of own must be 2 in a tuple, one for each of E, A, got 1"),
        (lambda x, y: (1.0, 1 / x), "terms of own fail for arrays of sizes: .* takes 2 positional"),
        (
            lambda x, y, p: (1.0, np.ones(7)),
            r"terms of own must broadcast with sizes, .*got \(7,\)",
        ),
        (lambda x, y, p: (1.0, "a"), "terms of own must be numbers, got a str: 'a' for A"),
        (
            lambda x, y, p: (1.0, x if x > 1 else y),
            "terms of own fail for arrays of sizes: .*truth",
        ),
        (lambda x, y, p: (1.0, math.exp(x)), "terms of own fail for arrays of sizes"),
    ],
)
def test_terms_that_are_none_name_the_law(terms, message):
    with pytest.raises(ValueError, match=message):
        rf.fit_losses(TABLE, law=law(terms), intervals="sandwich")


def test_exceptions_of_a_law_pass_through():
    def broken(x, y, p):
        return 1 / 0

    with pytest.raises(ZeroDivisionError):
        rf.fit_losses(TABLE, law=law(broken), intervals="sandwich")


def test_weights_of_which_one_counts_for_most_are_fitted():
    """Curvatures of 1 and 1e-18 of it have roots; alpha is that of the other 233 rows."""
    weights = [1.0] + [1e-9] * (TABLE.rows - 1)
    fit = rf.fit_losses(TABLE, weights=weights, intervals="sandwich")
    alpha = fit["alpha"]
    assert alpha.low < 0.35 < alpha.high < 0.4


@pytest.mark.parametrize("delta", [1e-13, 1e-320, 1e300])
@pytest.mark.parametrize("loss", ["huber", "tukey"])
def test_deltas_that_residuals_do_not_resolve_are_refused(loss, delta):
    with pytest.raises(ValueError, match=r"delta must be from 1e-12, .* to 1e\+100, got"):
        rf.fit_losses(TABLE, loss=loss, delta=delta, intervals="sandwich")


@pytest.mark.parametrize(
    ("groups", "place"), [([None, *range(233)], 0), ([*range(5), np.nan, *range(228)], 5)]
)
def test_a_missing_label_is_named(groups, place):
    with pytest.raises(ValueError, match=rf"groups must have a label for each row.* row {place} "):
        rf.fit_losses(TABLE, groups=groups, intervals="sandwich")


def test_a_loss_that_one_size_reaches_has_that_size():
    """The law is of N alone: T costs, and does nothing."""
    sizes = np.geomspace(1e7, 1e10, 20)
    L = 1.69 + 406 / sizes**0.34
    fit = rf.fit_losses(sizes, sizes[::-1], L, hold={"B_share": 0.0, "beta": 0.3}, resamples=20)
    budget = fit.budget_for(2.0)
    assert budget.C.value == 0
    assert budget.T.value == 0
    assert budget.N.value == pytest.approx((406 / 0.31) ** (1 / 0.34), rel=1e-4)
    assert "no-best-size" in [note.code for note in budget.notes]


@pytest.mark.parametrize("content", ["[" * 100_000, json.dumps([{"N": 10**400, "T": 1, "L": 2}])])
def test_json_that_is_too_deep_or_too_large_is_one_error(tmp_path, content):
    path = tmp_path / "runs.json"
    path.write_text(content)
    with pytest.raises(ValueError, match=r"runs\.json"):
        rf.read_losses(path)


def test_what_is_no_real_number_is_none(tmp_path):
    path = tmp_path / "runs.npz"
    np.savez(path, N=np.array([1.0 + 1j, 2.0]), T=np.ones(2), loss=np.ones(2))
    with pytest.raises(ValueError, match=r"column 'N'.* is no number"):
        rf.read_losses(path)
    (tmp_path / "runs.json").write_text('[{"N": true, "T": 1, "loss": 2}]')
    with pytest.raises(ValueError, match=r"column 'N'.* is no number"):
        rf.read_losses(tmp_path / "runs.json")


def test_lines_end_at_line_feeds_alone(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text("name,N,T,loss\nan\u2028ode,1e7,1e9,3\nb\x0c,1e8,1e9,2\n", encoding="utf-8")
    assert rf.read_losses(path).loss.tolist() == [3, 2]


def test_a_run_without_a_label_is_told(tmp_path):
    path = tmp_path / "runs.csv"
    path.write_text("run,N,T,loss\na,1e7,1e9,3\n,1e8,1e9,2\n")
    with pytest.warns(UserWarning, match="column 'run' has no label in line 3: it is not taken"):
        rf.read_losses(path)
    with pytest.raises(ValueError, match="column 'run': no label in 1 row, the first is line 3"):
        rf.read_losses(path, groups="run")
