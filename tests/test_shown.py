"""How objects show themselves: short reprs, small tables, HTML that is whole."""

import sys
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from types import SimpleNamespace

import numpy as np
import pytest

import rfscale as rf
from rfscale.support import progress_bar
from rfscale.support.short_repr import LONGEST

MODEL = rf.ScalingModel(rf.PowerLaw(1.0, 200), sigma_eps=0.1)
MANY = np.arange(1.0, 301.0)
GENERAL = rf.ScalingModel(
    rf.Eigenvalues(MANY**-2), teacher=rf.GivenWeights(MANY), test_spectrum=MANY
)


@dataclass(frozen=True, eq=False)
class Mine(rf.Spectrum):
    values: np.ndarray

    @property
    def eigenvalues(self):
        return self.values


@cache
def objects():
    estimate = rf.simulate(MODEL, [20, 30], 40, draws=2, seed=1)
    X = np.random.default_rng(1).standard_normal((120, 20)) / MANY[:20]
    data = rf.measure(X, X.sum(axis=1))
    runs = rf.published_losses("openlm-c4")
    fit = rf.fit_losses(runs, resamples=20)
    return [
        rf.PowerLaw(1.0, 10**15),
        rf.PowerLaw(MANY, 10),
        GENERAL.spectrum,
        GENERAL.teacher,
        GENERAL.test_spectrum,
        Mine(MANY[::-1]),
        rf.Isotropic(),
        rf.SourceCondition(0.5),
        rf.LinearFeatures(),
        MODEL,
        GENERAL,
        rf.predict(MODEL, MANY[:299], MANY[:299, None]),
        rf.optimal_ridge(GENERAL, [20, 30], 40),
        rf.bias_variance(MODEL, [20, 30], 40, 0.1),
        rf.optimal_time(GENERAL, [20, 30], 40, ridge=[[0.0], [0.1]]),
        rf.best_filter(MODEL, [5, 9], 7),
        rf.best_filter(MODEL, 5, 7).training,
        rf.estimate_test_loss(MANY, MANY, rf.GradientFlow(MANY)),
        rf.predict(MODEL, 20, 30, training=rf.HeavyBall(20, 1e-3)),
        rf.optimal_sgd_step(MODEL, 20, [1000, 2000]),
        rf.SGD([10, 100], 4, 0.1),
        rf.Ridge(MANY),
        rf.GradientFlow(tau=MANY),
        rf.GradientDescent(20, 0.1),
        rf.HeavyBall(20, 0.1),
        rf.IteratedRidge(0.1),
        rf.PrincipalComponents(0.1),
        rf.Filter(lambda s: 1 / s),
        rf.loss_covariance(MODEL, [20, 30], 40, 0.1, [[0.1], [1.0]]),
        estimate,
        estimate.test,
        rf.compare(MODEL, [20, 60], [[30], [90]], draws=2, seed=1),
        rf.sweep({"a<b": MODEL}, [20, 30], 40, draws=2, seed=1, progress=False),
        rf.predict(MODEL, [20, 30], 40, 0.1, leverages=[0.5, 1.5]),
        rf.sample_moments(np.vander(MANY[:40], 30), MANY[:40]),
        rf.fit_spectrum(MANY**-2.0, 400),
        rf.spectrum_shape(MANY**-2.0),
        rf.sample_spectrum(MODEL.spectrum, 50, MANY),
        rf.intrinsic_dimension(X),
        data,
        data.predict([5, 10], 20, stderr=False),
        rf.compare(data, [5, 10], 20, draws=2),
        rf.experiment(X, X.sum(axis=1), [5, 10], 20, 0.1, draws=2),
        data.features,
        runs,
        fit,
        fit["alpha"],
        rf.profile(fit, "alpha"),
        fit.law,
        rf.Note("a-code", "a message"),
        fit.predict(runs.N[:9, None], runs.T[:20]),
        fit.allocate([1e20, 1e21]),
        fit.budget_for([2.0, 3.0]),
        rf.compare_laws(runs.N, runs.T, runs.loss, ["chinchilla", "tied"], resamples=20),
        rf.neighbours.Quanta(0.4, 500, tau=5),
        rf.neighbours.PARITY_NETWORK,
        rf.neighbours.optimal_quanta(rf.neighbours.Quanta(0.4, 500), [1e4, 1e6]),
        rf.neighbours.simulate_quanta(rf.neighbours.Quanta(0.4, 500), [5, 9], 40, draws=2),
        rf.neighbours.simulate_sparse([5, 9], 2, 1.0, 20, draws=2),
    ]


@pytest.fixture(scope="module", params=range(len(objects())), ids=lambda i: f"object{i}")
def thing(request):
    return objects()[request.param]


def test_every_public_class_is_here():
    shown = {cls for thing in objects() for cls in type(thing).__mro__}
    abstract = {rf.Estimator, rf.Experiment, rf.RegimeWarning}  # LinearFeatures is an Estimator
    classes = {getattr(rf, name) for name in rf.__all__} - abstract
    assert {cls for cls in classes if isinstance(cls, type)} <= shown


def test_reprs_are_short(thing):
    assert type(thing).__name__ in repr(thing)
    assert len(repr(thing)) <= LONGEST
    assert "\n" not in repr(thing)


def test_what_is_printed_is_small(thing):
    lines = str(thing).splitlines()
    assert len(lines) <= 18
    assert max(map(len, lines)) <= LONGEST
    table = [line for line in lines if "  " in line and "(" not in line]
    assert max(map(len, table), default=0) < 100


class Whole(HTMLParser):
    """Every tag is closed by its own."""

    def __init__(self, text):
        super().__init__()
        self.open = []
        self.seen = set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        assert not attributes  # no styles, colours or scripts
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_html_is_whole_and_plain(thing):
    page = Whole(thing._repr_html_())
    assert not page.open
    assert page.seen <= {"table", "thead", "tbody", "tr", "th", "td", "p", "span"}
    assert len(thing._repr_html_()) < 6000


def test_reprs_can_be_evaluated_where_they_are_short():
    for thing in (MODEL.spectrum, rf.PowerLaw(0.5, 10, 2.0), rf.SourceCondition(0.7), MODEL):
        assert eval(repr(thing), vars(rf)) == thing


def test_a_model_shows_its_equations():
    assert str(MODEL).splitlines() == [
        "ScalingModel",
        "  latents   x_J ~ N(0, lambda_J), lambda_J = J^-2, J = 1..200",
        "  teacher   w_J ~ N(0, 1/200)",
        "  features  phi = u x, u_iJ ~ N(0, 1/200)",
        "  labels    y = w x + eps, eps ~ N(0, 0.1^2)",
    ]
    assert r"$y = w x + \epsilon,\; \epsilon \sim N(0, 0.1^2)$" in MODEL._repr_html_()
    other = rf.ScalingModel(rf.PowerLaw(0.5, 9, 2.0), 3.0, 4.0, teacher=rf.SourceCondition(0.7))
    assert "lambda_J = 2 J^-1.5, J = 1..9" in str(other)
    assert "w_J ~ N(0, 3^2/9 J^-0.7)" in str(other)
    assert "u_iJ ~ N(0, 4^2/9)" in str(other)


def test_labels_are_escaped():
    sweep = rf.sweep({"a<b": MODEL, "$5": MODEL}, 20, 40, draws=2, seed=1, progress=False)
    assert "a&lt;b" in sweep._repr_html_()
    assert "<td><span>$</span>5</td>" in sweep._repr_html_()  # which is not typeset
    assert "a<b" not in sweep._repr_html_()


def test_nothing_keeps_an_object_from_showing():
    assert repr(rf.PowerLaw.__new__(rf.PowerLaw)) == "<PowerLaw>"
    assert repr(rf.Prediction.__new__(rf.Prediction)) == "<Prediction>"


# --- the progress bar -----------------------------------------------------------------------------


@pytest.fixture
def notebook(monkeypatch):
    shell = SimpleNamespace(config={"IPKernelApp": {}})
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))


def test_a_bar_is_shown_in_a_notebook_without_widgets(notebook, monkeypatch, capsys):
    monkeypatch.setattr(progress_bar, "find_spec", lambda name: None)
    rf.simulate(MODEL, [5, 6], 12, draws=2, seed=1, progress=True)
    assert "2 of 2 cells 100%" in capsys.readouterr().err
    rf.simulate(MODEL, [5, 6], 12, draws=2, seed=1)
    assert capsys.readouterr().err == ""


def test_the_bar_is_quiet_where_standard_error_is_a_file(capsys):
    assert not progress_bar.in_notebook()
    rf.simulate(MODEL, [5, 6], 12, draws=2, seed=1, progress=True)
    assert capsys.readouterr().err == ""
