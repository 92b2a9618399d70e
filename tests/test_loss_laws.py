"""Laws of the loss: their slopes, centres, the names of their parameters, and what they nest."""

import numpy as np
import pytest

import rfscale as rf
from rfscale.measured.losses.known_laws import LAWS
from rfscale.measured.losses.laws import law_called
from rfscale.measured.losses.random_features import best_loss_finite_M
from rfscale.theory.asymptotics.best_ridge import best_loss

RNG = np.random.default_rng(20)
X = np.exp(RNG.uniform(-3.0, 3.0, 50))
Y = np.exp(RNG.uniform(-3.0, 3.0, 50))
IDS = [law.name for law in LAWS]


def theta_of(law, fits=4):
    """Random parameters in the box where fits start."""
    box = np.array([law.starts[name] for name in law.nonlinear])
    return RNG.uniform(box[:, 0], box[:, 1], (fits, len(box)))


@pytest.mark.parametrize("law", LAWS, ids=IDS)
def test_terms_are_1_at_the_centre(law):
    columns = law.columns(np.ones(1), np.ones(1), theta_of(law))
    assert columns == pytest.approx(1.0, abs=1e-12)


@pytest.mark.parametrize("law", [law for law in LAWS if law.analytic], ids=lambda law: law.name)
def test_imaginary_parts_are_slopes(law):
    """Central differences of a step h are right to h^2/6 of the third derivative and eps/h.

    Without ridge there is a pole at N = T/r, from which these points and ratios keep away.
    """
    theta = theta_of(law)
    if law.name == "ridgeless":
        theta[:, 1] = [-8.0, -7.0, 7.0, 8.0]
    for j in range(theta.shape[1]):
        step = np.zeros(theta.shape[1])
        step[j] = 1e-5
        slope = np.imag(law.columns(X, Y, theta + 1e-30j * (step > 0))) / 1e-30
        centred = (law.columns(X, Y, theta + step) - law.columns(X, Y, theta - step)) / 2e-5
        assert slope == pytest.approx(centred, rel=1e-5, abs=1e-6 * np.abs(slope).max())


def test_laws_that_hold_others():
    """Coupled at g = 1 is Chinchilla, at 1/beta Kaplan, and the talk's law Kaplan's at one alpha.

    Each is a sum of products of some ten powers: a few units of the last place.
    """
    alpha, beta, log_r = (np.array([z]) for z in (0.4, 0.3, 0.7))
    coupled = law_called("law", "coupled")
    kaplan = law_called("law", "kaplan")
    w = 1 / (1 + np.exp(log_r))

    def terms(law, *theta):
        return law.columns(X, Y, np.stack(theta, axis=1))[1, 0]

    sum_of_two = w * X**-alpha + (1 - w) * Y**-beta
    assert terms(coupled, alpha, beta, log_r, beta / beta) == pytest.approx(sum_of_two, rel=1e-13)
    of_kaplan = terms(kaplan, alpha, beta, log_r)
    assert terms(coupled, alpha, beta, log_r, 1 / beta) == pytest.approx(of_kaplan, rel=1e-13)
    of_talk = terms(law_called("law", "talk"), alpha, log_r)
    assert terms(kaplan, alpha, alpha, log_r) == pytest.approx(of_talk, rel=1e-13)


@pytest.mark.parametrize("law", LAWS, ids=IDS)
def test_published_parameters_give_the_law_back(law):
    """A coefficient or ratio, turned into the literature's and back, is the same."""
    N0, T0 = 3e8, 7e9
    theta = tuple(theta_of(law).T)
    for one in law.published:
        inner = theta[list(law.nonlinear).index(one.of)] if one.of in law.nonlinear else 1.7
        there = one.value(inner, N0, T0, theta)
        assert one.centred(there, N0, T0, theta) == pytest.approx(inner, rel=1e-11, abs=1e-11)


WRITTEN = {  # each law as the literature writes it, without E
    "chinchilla": lambda N, T, p: p["A"] / N ** p["alpha"] + p["B"] / T ** p["beta"],
    "tied": lambda N, T, p: p["A"] / N ** p["alpha"] + p["B"] / T ** p["alpha"],
    "kaplan": lambda N, T, p: (
        ((p["Nc"] / N) ** (p["alpha"] / p["beta"]) + p["Tc"] / T) ** p["beta"]
    ),
    "talk": lambda N, T, p: p["k"] * (1 / N + p["r"] / T) ** p["alpha"],
    "coupled": lambda N, T, p: (
        ((p["A"] / N ** p["alpha"]) ** p["g"] + (p["B"] / T ** p["beta"]) ** p["g"]) ** (1 / p["g"])
    ),
    "random-features": lambda N, T, p: p["k"] * best_loss(N, T / p["r"], p["alpha"]),
    "random-features power": lambda N, T, p: (
        p["k"] * best_loss(N ** p["p"], T / p["r"], p["alpha"])
    ),
    "ridgeless": lambda N, T, p: (
        p["k"]
        * np.minimum(N, T / p["r"]) ** -p["alpha"]
        / (1 - np.minimum(N, T / p["r"]) / np.maximum(N, T / p["r"]))
    ),
}


@pytest.mark.parametrize("name", WRITTEN)
def test_laws_are_what_they_are_written_as(name):
    """With parameters in units of N and T; rounding grows by the logarithm of the units."""
    law = law_called("law", name)
    theta = theta_of(law, fits=1)
    N0, T0 = 3e8, 7e9
    c = np.array([[0.3, 1.1, 0.6]])[:, : len(law.linear)]
    each = dict(zip(law.parameters, np.concatenate([c, theta], axis=1)[0], strict=True))
    there = each | {one.name: one.value(each[one.of], N0, T0, theta[0]) for one in law.published}
    written = each["E"] + WRITTEN[name](N0 * X, T0 * Y, there)
    ours = law.losses(X, Y, np.concatenate([c, theta], axis=1))[0]
    assert ours == pytest.approx(written, rel=1e-11)


@pytest.mark.parametrize("alpha", [0.3, 1.0, 2.5])
def test_finite_M_is_the_loss_of_large_models(alpha):
    """At sizes n the discrete model differs by some (1 + alpha)/2n: order 1/M at fixed N/M, T/M."""
    gaps = []
    for M in (2_000, 8_000):
        model = rf.ScalingModel(rf.PowerLaw(alpha=alpha, M=M))
        exact = rf.optimal_ridge(model, N=[0.1 * M, 0.6 * M], T=[0.3 * M, 0.2 * M]).test
        ours = best_loss_finite_M([0.1, 0.6], [0.3, 0.2], alpha) * M**-alpha / (2 * M)
        gaps.append(ours / exact - 1)
    assert np.abs(gaps[1]).max() < (1 + alpha) / (0.1 * 8_000)
    assert gaps[0] / gaps[1] == pytest.approx(4.0, rel=0.05)


def test_finite_M_far_below_M_is_infinite_M():
    """What a finite M takes off is (n/M)^alpha, here with alpha = 1 some 1e-9."""
    C = rf.asymptotics.power_law_constant(1.0)
    N = np.array([1e-9, 1e-9, 3e-9])
    T = np.array([1e-9, 5e-8, 1e-9])
    assert best_loss_finite_M(N, T, 1.0) == pytest.approx(C * best_loss(N, T, 1.0), rel=1e-7)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": "chinchilla"}, "one of the package's laws, got 'chinchilla'"),
        ({"linear": ()}, "at least one coefficient"),
        ({"linear": ("alpha",)}, "must differ"),
        ({"nonlinear": {"alpha": (1.0, 1.0)}}, "finite ranges"),
        ({"starts": {"beta": (0.1, 1.0)}}, "starts must be of alpha, got 'beta'"),
        ({"fixed": {"Q": 3.0}}, "fixed must be of K, alpha, got 'Q'"),
    ],
)
def test_laws_that_are_none(change, said):
    given = {
        "name": "mine",
        "formula": "K/N^alpha",
        "linear": ("K",),
        "nonlinear": {"alpha": (0.1, 1.0)},
        "terms": lambda x, y, alpha: (x**-alpha,),
    }
    with pytest.raises(ValueError, match=said):
        rf.Law(**(given | change))


def test_k_at_large_M_is_that_at_infinite_M():
    """But for (N/M)^alpha = 2.5e-4 of the loss, the first correction, and a factor of order 1."""
    theta = (0.9, 0.3)
    k = {}
    for name, more in (("random-features", ()), ("random-features M", (np.log(1e4),))):
        one = next(one for one in law_called("law", name).published if one.name == "k")
        k[name] = one.value(2.0, 1e3, 1e5, theta + more)
    assert k["random-features M"] == pytest.approx(k["random-features"], rel=2.5e-3, abs=0)
