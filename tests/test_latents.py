"""Latent data of other laws: their moments, the losses they give, and where theory holds for them.

With independent components of excess kurtosis kappa the loss is that of the theory up to terms of
relative order kappa/T: a sample enters through x^T A x, whose variance is (2 + kappa) tr (A
Lambda)^2 for diagonal A instead of 2 tr (A Lambda)^2.
"""

import json
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
import reference
from cli_shared import assert_one_line, rows_of
from sweeps_shared import PlainNumpy, assert_same, forget

import rfscale as rf
from rfscale.cli import main
from rfscale.simulation.one_draw import blocks
from rfscale.simulation.one_draw.experiment import Experiment
from rfscale.simulation.one_draw.latents import latents
from rfscale.simulation.options import Options

MODEL = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1)
GRID = {"N": [5, 9], "T": [7, 12], "ridge": [1e-3, 0.1], "draws": 6, "seed": 3, "progress": False}
KURTOSIS = {"rademacher": -2.0, "uniform": -1.2, "student-t(12)": 6 / (12 - 4)}

BATCH = [0.018627477253100624, 0.004588115211420707]  # of `test_gaussian_data_are_what_they_were`
BLOCKS = [0.0014317302601993195]
TESTED = 0.014736560863494157


def elliptical(rng, shape, df=5):
    """Student's t of many variables: one factor for each sample."""
    return np.sqrt((df - 2) / rng.chisquare(df, (shape[0], 1))) * rng.standard_normal(shape)


def transposed(rng, shape):
    return rng.standard_normal(shape[::-1])


def holed(rng, shape):
    z = rng.standard_normal(shape)
    z[0, 0] = np.nan
    return z


def shifted(rng, shape):
    return rng.standard_normal(shape) + 0.1


def narrow(rng, shape):
    return rng.uniform(-1, 1, shape)


def correlated(rng, shape):
    return np.sqrt(0.9) * rng.standard_normal(shape) + np.sqrt(0.1) * rng.choice(
        [-1, 1], (shape[0], 1)
    )


def forgetful(rng, shape):
    return np.random.default_rng().standard_normal(shape)


def imaginary(rng, shape):
    return 1j * rng.standard_normal(shape)


def heavy(rng, shape):
    """Of infinite variance."""
    return rng.standard_cauchy(shape)


def failing(rng):
    return rng.standard_normal()


def gap(law, N, draws, **options):
    """The relative gap to one loop at T = 2 N, M = 10 N, and its standard error."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 10 * N), sigma_eps=0.1)
    theory = rf.predict(model, N, 2 * N, order="one-loop")
    found = rf.simulate(model, N, 2 * N, draws=draws, seed=1, latents=law, **options).test
    return found.mean / theory.test - 1, found.stderr / theory.test, theory.order_error


@pytest.mark.parametrize("law", KURTOSIS)
def test_moments_of_the_laws(law):
    z = latents(law).draw(np.random.default_rng(0), 1000, 400)
    assert z.shape == (1000, 400)
    values = z.ravel()
    # five standard errors of each mean; rademacher's second and fourth powers do not scatter
    for power, expected in [(1, 0), (2, 1), (3, 0), (4, 3 + KURTOSIS[law])]:
        error = np.std(values**power) / np.sqrt(values.size)
        assert abs(np.mean(values**power) - expected) <= 5 * error + 1e-12, power
    # neighbours are independent: squares too are not correlated
    for one, other in [(z[:, 1:], z[:, :-1]), (z[1:], z[:-1])]:
        product = (one**2 - 1) * (other**2 - 1)
        assert abs(product.mean()) <= 5 * product.std() / np.sqrt(product.size) + 1e-12


def test_gaussian_data_are_what_they_were():
    """Numbers of the version before there were other laws: batches, single draws, test points."""
    wide = rf.ScalingModel(rf.PowerLaw(1.0, 5000), sigma_eps=0.1)
    for arguments, expected in [
        ((MODEL, 9, 12, [1e-3, 0.1]), BATCH),
        ((wide, 30, 40, [1e-3]), BLOCKS),
    ]:
        for law in ({}, {"latents": "gaussian"}):
            found = rf.simulate(*arguments, draws=4, seed=3, **law).test.mean
            # processors differ in the last digits; the condition of the features is below 1e4
            np.testing.assert_allclose(found, expected, rtol=1e-11)
    for law in ({}, {"latents": "gaussian"}):
        found = rf.simulate(MODEL, 9, 12, 1e-3, draws=4, seed=3, test_points=20, **law)
        assert found.test.mean == pytest.approx(TESTED, rel=1e-11, abs=0)
        assert found.latents == "gaussian"


@pytest.mark.parametrize("law", ["rademacher", "student-t(3)", elliptical])
def test_a_draw_is_that_of_plain_numpy(law):
    """With test points averaged over exactly: whatever the law, they are their covariance."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_w=1.3, sigma_u=0.7, sigma_eps=0.1)
    eigenvalues = model.spectrum.eigenvalues
    expected = []
    for draw in range(3):
        generator = Experiment(model, 9, 12, seed=3).generator(draw)
        u = generator.standard_normal((9, 60)) * model.sigma_u / np.sqrt(60)
        z = latents(law).law(generator, (12, 60))
        x = (z * np.sqrt(eigenvalues)).T
        expected.append(reference.losses(u, x, eigenvalues, 0.1, model.sigma_w, model.sigma_eps))
    found = rf.simulate(model, 9, 12, 0.1, draws=3, seed=3, latents=law)
    means = [found.signal.mean, found.noise.mean, found.train.mean]
    # normal equations lose their condition number, below 1e3 at this ridge
    np.testing.assert_allclose(means, np.mean(expected, axis=0), rtol=1e-11)


@pytest.mark.parametrize("law", ["rademacher", elliptical])
def test_drawn_test_points_have_the_mean_of_the_exact_average(law):
    points = {"draws": 2000, "latents": law}
    exact = rf.simulate(MODEL, 9, 12, 1e-2, seed=1, **points).test
    drawn = rf.simulate(MODEL, 9, 12, 1e-2, seed=2, test_points=8, **points).test
    error = np.hypot(exact.stderr, drawn.stderr)
    assert error < 0.05 * exact.mean  # test points of variance 1.2 would be seen
    assert abs(drawn.mean - exact.mean) <= 4 * error


@pytest.mark.parametrize("law", ["rademacher", "uniform"])
def test_theory_holds_for_independent_components(law):
    """To kappa/T, about twice what is found, beside the theory's own next order."""
    off, error, order_error = gap(law, 20, 1000)
    assert abs(off) <= 4 * error + order_error + abs(KURTOSIS[law]) / 40
    assert 4 * error < 0.02  # this and the two orders: a variance off by a tenth would be seen


def test_the_gap_is_of_order_one_over_size():
    """T gap/kappa is the same at T = 20 and T = 40, and is seen."""
    small, small_error, _ = gap("rademacher", 10, 4000)
    large, large_error, _ = gap("rademacher", 20, 4000)
    errors = np.array([small_error * 20, large_error * 40]) / 2
    scaled = np.array([small * 20, large * 40]) / -2
    assert np.all(scaled > 5 * errors)
    assert abs(scaled[0] - scaled[1]) <= 4 * np.hypot(*errors) + 0.15  # 3/T of .45: the next order


def test_theory_ends_where_samples_have_a_common_factor():
    """The same components and covariance, but no gap that vanishes with the size."""
    small, small_error, small_order = gap(elliptical, 10, 1000)
    large, large_error, large_order = gap(elliptical, 20, 1000)
    assert small > 10 * small_error + small_order
    assert large > 10 * large_error + large_order
    # a gap of relative order 1/size would be half as large
    assert large - 0.75 * small > 4 * np.hypot(large_error, 0.75 * small_error)


def test_a_common_factor_is_common_to_all_blocks():
    """A function draws all directions at once; named laws are drawn block by block."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, 5000))
    for law, shapes in [("uniform", [(4096, 3), (904, 3)]), (elliptical, [(5000, 3)])]:
        experiment = Experiment(model, 2, 3, seed=1, latents=latents(law))
        assert [x.shape for _, _, x in blocks.blocks(experiment, 0)] == shapes


@pytest.mark.parametrize("law", ["student-t(4)", elliptical])
def test_the_same_bits_on_workers_over_processes_and_from_a_store(law, tmp_path):
    path = tmp_path / "sweep.db"
    serial = rf.sweep(MODEL, **GRID, workers=1, latents=law)
    alone = rf.simulate(
        MODEL, [[[5]], [[9]]], [[7], [12]], [1e-3, 0.1], draws=6, seed=3, workers=2, latents=law
    )
    assert np.array_equal(serial.test.mean[0], alone.test.mean)
    with ProcessPoolExecutor(2, mp_context=get_context("forkserver")) as executor:
        assert_same(rf.sweep(MODEL, **GRID, executor=executor, store=path, latents=law), serial)
    forget(path, "cell in (1, 2)")
    resumed = rf.resume_sweep(path, progress=False)
    assert_same(resumed, serial)
    assert resumed.latents == serial.latents == alone.latents == latents(law).text
    assert resumed.estimate().latents == serial.latents
    named = rf.sweep(MODEL, **GRID, latents=serial.latents)  # what a result says can be given
    assert_same(named, serial)
    with pytest.raises(ValueError, match=r'another sweep: latents = "[^"]*" there, "uniform" here'):
        rf.sweep(MODEL, **GRID, store=path, latents="uniform")


def test_a_function_that_changed_does_not_go_on(tmp_path, monkeypatch):
    path = tmp_path / "sweep.db"
    rf.sweep(MODEL, **GRID, latents=elliptical, store=path)
    code = f"import rfscale as rf; rf.resume_sweep({str(path)!r})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    said = f"the function elliptical of module {__name__}, which is not defined here"
    assert said in done.stderr
    before = elliptical

    def other(rng, shape):
        return before(rng, shape, 6)

    other.__qualname__ = "elliptical"
    monkeypatch.setattr(sys.modules[__name__], "elliptical", other)
    with pytest.raises(ValueError, match="gives other numbers than it did"):
        rf.resume_sweep(path)


@pytest.mark.parametrize(
    ("law", "said"),
    [
        ("cauchy", r'be "gaussian", "rademacher", .*, got a str: \'cauchy\''),
        ("Rademacher", "got a str: 'Rademacher'"),
        (3, "a function of a generator and a shape, got 3"),
        (None, "a function of a generator and a shape, got None"),
        (dict, "got the class dict"),
        *[
            (f"student-t({df})", "with a finite number df > 2")
            for df in ("2", "1.5", "-3", "nan", "inf", "", "three")
        ],
        (lambda rng, shape: rng.standard_normal(shape), "a module defines at its top level"),
        (np.random.default_rng(1).standard_normal, "a module defines at its top level"),
        (transposed, r"the shape \(samples, directions\) = \(16, 8\), .*:transposed .* \(8, 16\)"),
        (holed, "be finite numbers, .*:holed returned nan"),
        (shifted, r"of .*:shifted the mean of z_1 is 0\.\d+, not 0"),
        (narrow, r"of .*:narrow the mean of z_1 z_1 is 0\.33\d?, not 1"),
        (correlated, r"of .*:correlated the mean of z_1 z_2 is 0\.\d+, not 0"),
        (heavy, r"of .*:heavy the mean of z_1 z_1 is \d.*, not 1"),
        (forgetful, ".*:forgetful gave two results for one seed"),
        (imaginary, ".*:imaginary returned an array of complex128"),
        (failing, ".*:failing failed, TypeError: "),
    ],
)
def test_what_is_no_law_is_refused(law, said):
    with pytest.raises(ValueError, match=f"^latents must .*{said}"):
        rf.simulate(MODEL, 5, 7, draws=2, latents=law)


def test_each_draw_of_a_function_is_checked(monkeypatch):
    law = latents(elliptical)
    monkeypatch.setattr(type(law), "law", property(lambda self: holed), raising=False)
    with pytest.raises(ValueError, match=r"elliptical#[0-9a-f]{8} returned nan"):
        law.draw(np.random.default_rng(0), 5, 6)


def test_an_estimator_of_a_user_draws_its_own_data():
    with pytest.raises(ValueError, match=r"latents must be gaussian .*PlainNumpy draws its data"):
        rf.simulate(MODEL, 5, 7, draws=2, latents="uniform", estimator=PlainNumpy())
    rf.simulate(MODEL, 5, 7, 0.1, draws=2, latents="gaussian", estimator=PlainNumpy())


@pytest.mark.parametrize(
    ("given", "text"),
    [("student-t( 3.0 )", "student-t(3)"), ("student-t(2.5)", "student-t(2.5)")],
)
def test_one_law_has_one_text(given, text):
    options = Options(draws=7, seed=3, latents=given)
    assert options.latents.text == text
    assert Options.from_parameters(json.loads(json.dumps(options.parameters()))) == options


def test_results_record_the_law(tmp_path):
    path = tmp_path / "result.npz"
    for law in ("uniform", elliptical):
        compared = rf.compare(MODEL, [5, 9], 12, 0.1, draws=3, seed=1, latents=law)
        text = latents(law).text
        compared.save(path)
        assert rf.Comparison.load(path).estimate.latents == text
        for result in (compared, compared.estimate, rf.sweep(MODEL, **GRID, latents=law)):
            assert set(result.columns()["latents"]) == {text}
            assert f"\nlatent data: {text}, not Gaussian" in str(result)
    compared = rf.compare(MODEL, [5, 9], 12, 0.1, draws=3, seed=1)
    for result in (compared, compared.estimate, rf.sweep(MODEL, **GRID)):
        assert "latents" not in result.columns()
        assert "latent data" not in str(result)


def test_on_the_command_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "laws_of_mine.py").write_text(
        "def signs(rng, shape):\n    return rng.choice([-1, 1], shape)\n"
    )
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    line = "simulate --N 5 --T 11 --M 60 --draws 4 --format csv --latents"
    for law in ("student-t(3)", "laws_of_mine:signs"):
        assert main([*line.split(), law]) == 0
        (row,) = rows_of(capsys.readouterr().out)
        if "laws_of_mine" in sys.modules and ":" in law:
            law = sys.modules["laws_of_mine"].signs
        found = rf.simulate(model, 5, 11, draws=4, seed=1, latents=law)
        assert float(row["test_mean"]) == found.test.mean
        assert row["latents"] == found.latents
    config = "N = 5\nT = 11\ndraws = 4\nseed = 1\nlatents = '{}'\n[model]\nalpha = 1.0\nM = 60\n"
    (tmp_path / "grid.toml").write_text(config.format("laws_of_mine:signs"))
    assert main("sweep grid.toml --store grid.db --format csv".split()) == 0
    (row,) = rows_of(capsys.readouterr().out)
    assert float(row["test_mean"]) == found.test.mean
    (tmp_path / "bad.toml").write_text(config.format("cauchy"))
    said = 'bad.toml: latents must be "gaussian"'
    assert_one_line("sweep bad.toml --store bad.db", said, capsys)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--N 5 --T 7 --latents student-t(2)", "--latents must be"),
        ("--N 5 --T 7 --latents cauchy", "--latents must be"),
        ("--N 5 --T 7 --latents math:pi", "--latents must be"),
        ("--N 5 --T 7 --latents no_such:law", "--latents no_such: there is no module no_such"),
        ("--latents uniform", "--latents needs --N and --T"),
    ],
)
def test_bad_lines(options, said, capsys):
    assert_one_line(f"compare {options}", said, capsys)
