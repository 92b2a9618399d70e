"""Shapes of transformers, the bound of compressed sensing, Kaplan's law, and a note's mistakes."""

import mpmath as mp
import numpy as np
import pytest
from scipy.optimize import brentq

import rfscale as rf
from rfscale.measured.losses.known_laws import KAPLAN

toy = rf.neighbours
GPT2_XL = toy.TransformerShape(1600, 48)


def test_the_two_shapes_of_the_note():
    wide = GPT2_XL.widened(2)
    assert (wide.d, wide.layers) == (3200, 12)
    assert GPT2_XL.parameters == wide.parameters == 1_474_560_000
    assert (GPT2_XL.neurons, wide.neurons) == (76_800, 38_400)
    assert GPT2_XL.aspect_ratio == pytest.approx(33.3, abs=0.05)
    assert wide.aspect_ratio == pytest.approx(266.7, abs=0.05)
    assert wide.features_per_layer(48) == 4
    assert wide.features_per_neuron(76_800) == 2


def test_kaplans_pair():
    flat = toy.TransformerShape(d=4288, layers=6)
    assert flat.parameters == pytest.approx(1.324e9, rel=5e-4)
    assert flat.aspect_ratio == pytest.approx(714.7, abs=0.05)
    assert flat.aspect_ratio / GPT2_XL.aspect_ratio == pytest.approx(21.4, abs=0.05)


@pytest.mark.parametrize("factor", [0.5, 1.7, 4])
def test_widening(factor):
    """And neurons as (parameters/12)^(2/3) ratio^(-1/3)."""
    wide = GPT2_XL.widened(factor)
    # a few products each
    assert wide.parameters == pytest.approx(GPT2_XL.parameters, rel=1e-14, abs=0)
    assert wide.neurons == pytest.approx(GPT2_XL.neurons / factor, rel=1e-14, abs=0)
    ratio = wide.aspect_ratio / GPT2_XL.aspect_ratio
    assert ratio == pytest.approx(factor**3, rel=1e-14, abs=0)
    for shape in (wide, GPT2_XL):
        neurons = (shape.parameters / 12) ** (2 / 3) * shape.aspect_ratio ** (-1 / 3)
        assert shape.neurons == pytest.approx(neurons, rel=1e-13, abs=0)


def test_shapes_may_be_arrays():
    shapes = toy.TransformerShape([1600, 3200], [[48], [12]])
    assert shapes.parameters.shape == shapes.widened([2, 3]).neurons.shape == (2, 2)
    assert shapes.neurons[1, 1] == 38_400
    assert repr(GPT2_XL) == "TransformerShape(d=1600.0, layers=48.0)"


def test_a_comparison_shows_and_saves_itself(tmp_path):
    both = toy.compare_shapes(GPT2_XL, GPT2_XL.widened(2), features=1e6)
    rows = dict(zip(both.quantity, zip(both.of_A, both.of_B, both.ratio, strict=True), strict=True))
    assert rows["neurons"] == (76_800, 38_400, 0.5)
    assert rows["features per neuron"][2] == 2
    density = rows["largest density"]
    assert 1 / density[2] == toy.doubling_factor(1e6 / 76_800)
    assert "features per layer        20833       83333        4" in str(both)
    both.save(tmp_path / "both.npz")
    again = toy.ShapeComparison.load(tmp_path / "both.npz")
    assert str(again) == str(both)
    few = toy.compare_shapes(GPT2_XL, GPT2_XL.widened(2), features=1e5)
    assert (few.of_A[-1], few.of_B[-1]) == (1, 1)  # the bound allows any density
    near = toy.compare_shapes(GPT2_XL, GPT2_XL.widened(0.5), features=2.5 * 76_800, C=1.2)
    assert near.of_A[-1] == toy.largest_density(2.5, C=1.2)  # 2.5 is between e/C and e
    assert near.of_B[-1] == 1
    shares = toy.compare_shapes(GPT2_XL, GPT2_XL.widened(2))
    assert list(shares.quantity[-2:]) == [
        "share of features per layer",
        "share of features per neuron",
    ]
    assert shares.of_A[-2] == 1 / 48


def test_the_bound_and_its_inverse():
    found = toy.most_features_per_neuron([0.9, 0.99, 0.999])
    np.testing.assert_allclose(found, [4.34, 21.7, 144.8], atol=0.05)
    for rho, C in ((3, 1), (30, 1), (1e6, 1), (2, 3.5)):
        p = brentq(
            lambda p, C=C, rho=rho: -C * rho * p * np.log(p) - 1,
            1e-12,
            np.exp(-1),
            xtol=1e-18,
            rtol=1e-15,
        )
        # the root is known to rounding over the slope, of order 1
        assert toy.largest_density(rho, C) == pytest.approx(p, rel=1e-12, abs=0)
        # 1 - S loses the digits that p has below 1
        assert toy.most_features_per_neuron(1 - p, C) == pytest.approx(
            rho, rel=1e-15 / p + 1e-12, abs=0
        )
    for excess in (0, 1e-14, 1e-9, 1e-4):  # near 1/e the root moves as the root of rounding
        rho = np.exp(1) * (1 + excess)
        exact = float(mp.exp(mp.lambertw(-1 / mp.mpf(rho), -1).real))
        error = 3e-16 / np.sqrt(2 * excess) if excess else 3e-8
        assert toy.largest_density(rho) == pytest.approx(exact, rel=error + 1e-15, abs=0)
    # 1e300 features: the logarithm 690 has an error of 1e-13
    exact = float(mp.exp(mp.lambertw(mp.mpf("-1e-300"), -1).real))
    assert toy.largest_density(1e300) == pytest.approx(exact, rel=3e-13, abs=0)


def test_twice_as_many_features_have_to_be_sparser():
    factors = toy.doubling_factor([3, 5, 10, 30, 100, 1000, 1e200])
    said = [3.75, 2.81, 2.52, 2.34, 2.25, 2.17, 2]
    np.testing.assert_allclose(factors, said, atol=0.005)
    assert np.all(factors > 2)


def test_kaplans_law_is_that_of_the_fits():
    """The one formula, in two forms: with N_c and D_c, and as shares at a centre."""
    N = np.array([1e7, 1e9, 1e12])[:, None]
    D = np.array([1e8, 1e10])
    N0, D0, alpha, beta = 3e8, 2e9, 0.07, 0.11
    N_c, D_c = 5e13, 2e13
    of_N, of_D = (N_c / N0) ** (alpha / beta), D_c / D0
    terms = KAPLAN.terms(N / N0, D / D0, alpha, beta, np.log(of_D / of_N))
    fitted = (of_N + of_D) ** beta * terms[1]
    plain = toy.kaplan_loss(N, D, alpha_N=alpha, alpha_D=beta, N_c=N_c, D_c=D_c)
    np.testing.assert_allclose(plain, fitted, rtol=1e-13)  # a few powers


def test_kaplans_law_right_and_as_the_note_has_it():
    N = [1e9, np.inf, 1e9]
    D = [1e10, 1e10, np.inf]
    np.testing.assert_allclose(toy.kaplan_loss(N, D), [2.4197, 2.1642, 2.3188], atol=5e-5)
    np.testing.assert_allclose(toy.kaplan_loss_in_note(N, D), [2.3190, 1.0828, 2.3188], atol=5e-5)
    separate = toy.kaplan_loss(1e9, np.inf, N_c=8.8e13)
    assert separate == pytest.approx(2.376, abs=5e-4)
    data = toy.kaplan_loss(np.inf, 1e10, alpha_D=0.095, D_c=5.4e13)
    assert data == pytest.approx(2.262, abs=5e-4)
    for law, exponent in ((toy.kaplan_loss, 0.103), (toy.kaplan_loss_in_note, 0.103**2)):
        few, many = law(np.inf, [1e6, 1e9])
        assert np.log(few / many) / np.log(1e3) == pytest.approx(exponent, rel=1e-12, abs=0)


BAD = [0, -1, np.nan, np.inf, True, "5", None, []]


@pytest.mark.parametrize("bad", BAD)
def test_bad_numbers_are_named(bad):
    calls = {
        "d": lambda: toy.TransformerShape(bad, 48),
        "layers": lambda: toy.TransformerShape(1600, bad),
        "factor": lambda: GPT2_XL.widened(bad),
        "features": lambda: GPT2_XL.features_per_neuron(bad),
        "C": lambda: toy.most_features_per_neuron(0.9, bad),
        "features_per_neuron": lambda: toy.largest_density(bad),
        "alpha_N": lambda: toy.kaplan_loss(1, 1, alpha_N=bad),
        "alpha_D": lambda: toy.kaplan_loss_in_note(1, 1, alpha_D=bad),
        "N_c": lambda: toy.kaplan_loss(1, 1, N_c=bad),
        "D_c": lambda: toy.kaplan_loss(1, 1, D_c=bad),
    }
    if bad != np.inf:
        calls["N"] = lambda: toy.kaplan_loss(bad, 1e9)
        calls["D"] = lambda: toy.kaplan_loss_in_note(1e9, bad)
    for name, call in calls.items():
        with pytest.raises(ValueError, match=rf"^{name} "):
            call()


def test_what_the_bound_does_not_hold_for():
    for S in (0.0, 0.6, -0.1, 1.0, np.nan, True, "0.9", []):
        with pytest.raises(ValueError, match=r"^S "):
            toy.most_features_per_neuron(S)
    with pytest.raises(ValueError, match=r">= e/C = 2.71828, .* any density, got 2.7$"):
        toy.largest_density([3, 2.7])
    with pytest.raises(ValueError, match=r"^features_per_neuron must be >= e/C = 1.35914"):
        toy.doubling_factor(1, C=2)


def test_what_is_no_shape():
    with pytest.raises(ValueError, match=r"^A must be a TransformerShape, got 3"):
        toy.compare_shapes(3, GPT2_XL)
    with pytest.raises(ValueError, match=r"^B must have one width and one depth"):
        toy.compare_shapes(GPT2_XL, toy.TransformerShape([1, 2], 3))
    with pytest.raises(ValueError, match=r"^features "):
        toy.compare_shapes(GPT2_XL, GPT2_XL, features=-1)
    with pytest.raises(ValueError, match=r"^C "):
        toy.compare_shapes(GPT2_XL, GPT2_XL, features=1, C=0)
    with pytest.raises(ValueError, match=r"^shapes must broadcast"):
        toy.TransformerShape([1, 2], [1, 2, 3])
