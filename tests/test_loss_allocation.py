"""The best N and T of fitted laws: closed forms, any cost, budgets of losses, and their ends."""

from dataclasses import replace

import numpy as np
import pytest

import rfscale as rf
from rfscale.measured.losses.cost import Cost
from rfscale.measured.losses.optimal_sizes import CostedLaw, exponents, optimum
from rfscale.measured.losses.roots import increasing_roots

FLOPS = 5.76e23
# E, A, B, alpha, beta, printed by Besiroglu et al. (arXiv:2404.10102)
PUBLISHED = (1.8172, 482.01, 2085.43, 0.3478, 0.3658)


def costed(law, parameters, cost=None):
    """With N0 = T0 = 1, where coefficients at the centre are those of the powers."""
    chosen = law_of(law)
    return CostedLaw(chosen, np.array([parameters]), 1.0, 1.0, Cost.checked(cost, 1.0, 1.0))


def law_of(name):
    from rfscale.measured.losses.laws import law_called

    return law_called("law", name)


@pytest.fixture(scope="module")
def fit():
    table = rf.published_losses("chinchilla")
    return rf.fit_losses(table.N, table.T, table.loss, resamples=200)


@pytest.fixture(scope="module")
def exact_fit():
    """Of a table without noise, at the published parameters."""
    E, A, B, alpha, beta = PUBLISHED
    N, T = (
        grid.ravel() for grid in np.meshgrid(np.geomspace(1e8, 1e10, 5), np.geomspace(1e9, 1e12, 5))
    )
    return rf.fit_losses(N, T, E + A / N**alpha + B / T**beta, resamples=20)


def closed(C, parameters=PUBLISHED):
    """N, the ratio T/N and the exponent of the sum of powers at C = 6 N T."""
    _, A, B, alpha, beta = parameters
    N = (alpha * A / (beta * B)) ** (1 / (alpha + beta)) * (C / 6) ** (beta / (alpha + beta))
    return N, C / 6 / N**2, beta / (alpha + beta)


def test_published_parameters_give_the_published_sizes():
    best = optimum(costed("chinchilla", PUBLISHED), np.array(np.log(FLOPS)))
    N, T = np.exp(best.log_N[0]), np.exp(best.log_T[0])
    assert f"{N / 1e9:.1f} {T / 1e12:.2f}" == "72.2 1.33"  # as they are printed
    assert closed(FLOPS)[0] == pytest.approx(N, rel=1e-9, abs=0)
    exponent = exponents(costed("chinchilla", PUBLISHED), np.array(np.log(FLOPS)), best)
    assert exponent[0] == pytest.approx(closed(FLOPS)[2], rel=0, abs=1e-8)
    assert f"{exponent[0]:.3f}" == "0.513"


@pytest.mark.parametrize("C", [1e-12, 1.0, 1e12, 1e60])
def test_closed_form_far_from_the_centre(C):
    """log N to 1e-8, as the excess over E is what is compared: of the loss it is 1e-20."""
    best = optimum(costed("chinchilla", PUBLISHED), np.array(np.log(C)))
    assert best.log_N[0] == pytest.approx(np.log(closed(C)[0]), rel=0, abs=1e-8)
    assert best.edge[0] == 0


def test_intervals_of_a_real_table(fit):
    """T/N and the exponent, which another implementation has as 23 (12.6 to 43) and .500 (.468 to
    .529); ends of 200 resamples scatter by 10 percent of the width of an interval.
    """
    found = fit.allocate(FLOPS)
    assert found.ratio.value == pytest.approx(23, rel=0.02, abs=0)
    assert np.log([found.ratio.low, found.ratio.high]) == pytest.approx(
        np.log([12.6, 43]), rel=0, abs=0.15
    )
    assert found.exponent.value == pytest.approx(0.5, rel=0, abs=0.001)
    assert (found.exponent.low, found.exponent.high) == pytest.approx(
        (0.468, 0.529), rel=0, abs=0.007
    )
    assert found.N.value * found.T.value * 6 == pytest.approx(FLOPS, rel=1e-12, abs=0)
    there = fit.losses([found.N.value], [found.T.value], fit.best[None])[0, 0]
    assert found.loss.value == pytest.approx(there, rel=1e-12, abs=0)


@pytest.mark.parametrize("law", ["coupled", "random-features power"])
def test_no_other_size_is_better(law):
    """And the exponent is the slope of the best sizes, by a wide difference, which errs by h^2."""
    parameters = {
        "coupled": (1.7, 1.0, 0.34, 0.33, 0.2, 2.0),
        "random-features power": (1.7, 1.0, 0.3, 0.5, 0.9),
    }[law]
    these = costed(law, parameters)
    logs = np.log(1e6) + np.array([-0.1, 0.0, 0.1])
    best = [optimum(these, log_cost) for log_cost in logs]
    near = these.at_cost(best[1].log_N[:, None] + np.array([-0.01, 0.01]), logs[1])
    assert (near > best[1].log_excess[:, None]).all()
    slope = (best[2].log_N - best[0].log_N) / 0.2
    assert exponents(these, logs[1], best[1]) == pytest.approx(slope, rel=0, abs=1e-4)


def test_any_cost_is_solved_for_T(exact_fit):
    """2 N S of use beside training is as if T grew by S/3; on the best sizes slopes are in the
    ratio of the cost's, which is Lagrange's condition.
    """
    _, A, B, alpha, beta = PUBLISHED
    S = 1e12
    found = exact_fit.allocate([1e22, FLOPS], lambda N, T: 6 * N * T + 2 * N * S)
    N, T = found.N.value, found.T.value
    np.testing.assert_allclose(6 * N * T + 2 * N * S, [1e22, FLOPS], rtol=1e-12)
    of_N = alpha * A / N**alpha / (6 * T + 2 * S)  # - N dL/dN over N dC/dN, and so of T
    of_T = beta * B / T**beta / (6 * T)
    np.testing.assert_allclose(of_N, of_T, rtol=1e-6)  # noise-free fits are right to 1e-8 or so
    same = exact_fit.allocate(FLOPS, lambda N, T: 6 * N * T)
    assert same.N.value == pytest.approx(exact_fit.allocate(FLOPS).N.value, rel=1e-8, abs=0)


def test_budget_of_a_loss_is_the_inverse(fit):
    found = fit.allocate([1e20, FLOPS])
    budget = fit.budget_for(found.loss.value)
    np.testing.assert_allclose(budget.C.value, found.C, rtol=1e-8)
    np.testing.assert_allclose(budget.N.value, found.N.value, rtol=1e-6)
    assert (budget.C.low < found.C).all()
    assert (budget.C.high > found.C).all()
    assert budget.notes == ()


def test_no_size_reaches_a_loss_at_or_below_E(fit):
    found = fit.budget_for([1.0, fit["E"].value, 2.5])
    assert found.C.value.tolist()[:2] == [np.inf, np.inf]
    assert np.isfinite(found.C.value[2])
    for interval in (found.C, found.N, found.T):
        assert not np.isnan([interval.value, interval.low, interval.high]).any()
    assert [note.code for note in found.notes] == ["not-reached"]
    assert found.C.low[0] == np.inf  # 1 is below E of all resamples


def test_a_law_of_T_alone_has_no_best_N(exact_fit):
    """A = 0: all is spent on T."""
    best = exact_fit.best.copy()
    best[1] = 0.0
    samples = np.repeat(best[None], 4, axis=0)
    of_T = replace(exact_fit, best=best, spread=replace(exact_fit.spread, samples=samples))
    found = of_T.allocate(FLOPS)
    assert (found.N.value, found.N.high, found.T.value) == (0, 0, np.inf)
    assert found.exponent.value == 0
    assert "no-best-size" in [note.code for note in found.notes]
    assert np.isfinite(found.loss.value)


def test_one_exponent_is_said_beside_the_number(fit):
    tied = rf.fit_losses(fit.table.N, fit.table.T, fit.table.loss, "tied", intervals="sandwich")
    assert (
        "exponent-built-in: the exponent of N is the same whatever the losses are under tied"
        in str(tied.allocate(1e21))
    )
    assert fit.allocate(1e21).notes == ()
    assert [note.code for note in fit.allocate(1e-300).notes] == ["no-best-size"]
    assert [note.code for note in fit.allocate(FLOPS).notes] == ["extrapolation"]


def test_allocations_are_stored_and_listed(fit, tmp_path):
    found = fit.allocate([1e20, 1e21])
    found.save(tmp_path / "a.npz")
    np.testing.assert_array_equal(rf.Allocation.load(tmp_path / "a.npz").T.high, found.T.high)
    assert {"C", "N_low", "T/N", "exponent_high"} <= found.columns().keys()
    fit.budget_for(2.5).save(tmp_path / "b.npz")
    assert rf.Budget.load(tmp_path / "b.npz").cost == "6 N T"


@pytest.mark.parametrize(
    ("C", "cost", "said"),
    [
        (0.0, None, "C must be a finite number > 0, got 0"),
        (1e21, 6, "cost must be a function of N and T, got 6"),
        (1e21, lambda N, T: N, "increase with T"),
        (1e21, lambda N, T: [1, 2, 3], "of the shape of N and T"),
        (1e21, lambda N, T: 1.0, "of the shape of N and T"),
        (1e21, lambda N, T: N.nothing, "fails on them"),
        (1e21, lambda N, T: N * T + 1e22, "C must be more than any model costs"),
    ],
)
def test_what_is_no_budget_or_cost_is_named(exact_fit, C, cost, said):
    with pytest.raises(ValueError, match=said):
        exact_fit.allocate(C, cost)


def test_roots_of_increasing_functions():
    """Each known by itself: smooth, none on either side, flat, and steep; to 3e-14 of the value, or
    to rounding of the root.
    """
    shift = np.array([1.0, 2.5, -30.0, 1e3, -1e3])
    low = np.full(5, -60.0)
    roots = increasing_roots(lambda u: u + np.exp(u / 9) - shift, low, -low)
    inner = roots[:3]
    np.testing.assert_allclose(inner + np.exp(inner / 9), shift[:3], rtol=0, atol=5e-14)
    assert roots[3:].tolist() == [np.inf, -np.inf]
    flat = increasing_roots(lambda u: (u - 0.3) ** 9, low, -low)
    np.testing.assert_allclose(flat, 0.3, atol=1.1 * 3e-14 ** (1 / 9))
    steep = increasing_roots(lambda u: np.cbrt(u - 0.3), low, -low)
    np.testing.assert_allclose(steep, 0.3, atol=1e-13)
