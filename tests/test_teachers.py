"""General teachers and test distributions: theory against other papers' formulas, simulation
against plain numpy.
"""

import pickle

import numpy as np
import pytest
import reference
from scipy.optimize import brentq
from test_simulation import generator, latent_draws

import rfscale as rf
from rfscale.model.spectra import Variances
from rfscale.simulation.one_draw.experiment import Experiment
from rfscale.simulation.one_draw.linear_features import LinearFeatures

M = 30
SHIFTED = (np.arange(M) % 4) / 2.0  # neither decreasing nor positive
COUPLED = {
    "teacher": {"teacher": rf.Teacher.power_law(1.3)},
    "growing": {"teacher": rf.Teacher.power_law(-0.6)},
    "weights": {"teacher": rf.Teacher.weights(np.cos(np.arange(M))), "sigma_w": 1.7},
    "shift": {"test_spectrum": rf.PowerLaw(0.3, M, scale=2.0)},
    "eigenvalues": {"test_spectrum": rf.Eigenvalues(np.linspace(2, 1, M))},
    "both": {"teacher": rf.Teacher.power_law(0.5), "test_spectrum": SHIFTED},
}


def weights(model):
    """Root mean squares of w in units of sigma_w/sqrt(M), from their definition."""
    teacher = model.teacher
    if isinstance(teacher, rf.GivenWeights):
        return np.abs(teacher.array) * np.sqrt(model.M)
    return np.arange(1, model.M + 1) ** (-teacher.power / 2)


def variances(model):
    """Of the test data."""
    test = model.test_spectrum
    if isinstance(test, Variances):
        return test.array
    return (test or model.spectrum).eigenvalues


def simon(model, N, T, ridge):
    """Twice the test loss by the eigenframework of [Simon] for random features, for an isotropic
    test distribution.

    Kernel (1/N) Sigma of N features of unit variance, ridge delta = gamma M/(sigma_u^2 N).
    """
    lam, delta = model.spectrum.eigenvalues, ridge * model.M / (model.sigma_u**2 * N)
    coefficients = lam * weights(model) ** 2 * model.sigma_w**2 / model.M

    def kappa(g):
        return g * (N - np.sum(lam / (lam + g))) / N

    def mismatch(log_g):
        g = np.exp(log_g)
        return T - np.sum(lam / (lam + g)) - delta / kappa(g)

    top = np.log(lam.sum() + delta * 10)
    low = (
        brentq(lambda z: N - 1e-9 - np.sum(lam / (lam + np.exp(z))), -60, top, xtol=1e-14)
        if len(lam) > N
        else -60.0
    )
    g = np.exp(brentq(mismatch, low, top, xtol=1e-15, rtol=8.9e-16))
    z, q = np.sum(lam / (lam + g)), np.sum((lam / (lam + g)) ** 2)
    modes = g / (lam + g) - kappa(g) * lam / (lam + g) ** 2 * N / (N - q)
    overfitting = 1 / (1 - (q * (N - 2 * z) + z**2) / (T * (N - q)))
    return overfitting * (modes @ coefficients + model.sigma_eps**2) - model.sigma_eps**2


@pytest.mark.parametrize("exponent", [-0.5, 0.0, 0.7, 1.5, 4.0])
@pytest.mark.parametrize(
    ("N", "T", "ridge"), [(40, 25, 1e-2), (25, 40, 1e-2), (30, 30, 1.0), (70, 90, 1e-1)]
)
def test_planar_theory_is_that_of_simon_et_al(exponent, N, T, ridge):
    model = rf.ScalingModel(
        rf.PowerLaw(1.0, 60), 1.3, 0.8, 0.2, teacher=rf.Teacher.power_law(exponent)
    )
    assert 2 * rf.predict(model, N, T, ridge).test == pytest.approx(
        simon(model, N, T, ridge), rel=1e-12, abs=0
    )


def test_planar_theory_of_kernel_regression():
    """N = infinity: bias and variance of ridge regression with a general teacher, e.g. [AZP],
    [Bach].
    """
    model = rf.ScalingModel(rf.PowerLaw(0.8, 200), sigma_eps=0.1, teacher=rf.Teacher.power_law(0.6))
    found, lam = rf.predict(model, np.inf, [20, 60]), model.spectrum.eigenvalues
    q = found.delta[:, None] / (lam + found.delta[:, None])
    bias = np.sum(lam * weights(model) ** 2 / model.M * q**2, axis=1)
    expected = (bias + 0.1**2 * found.df2 / found.T) / (2 * (1 - found.df2 / found.T))
    np.testing.assert_allclose(found.test, expected, rtol=1e-12)


def test_an_isotropic_teacher_is_the_default():
    spectrum = rf.PowerLaw(1.0, 50)
    assert isinstance(rf.ScalingModel(spectrum).teacher, rf.Isotropic)
    with pytest.deprecated_call(match=r"^Teacher.isotropic\(sigma_w\) is deprecated"):
        teacher = rf.Teacher.isotropic(2.0)
    assert rf.ScalingModel(spectrum, teacher=teacher) == rf.ScalingModel(spectrum, sigma_w=2.0)
    assert rf.ScalingModel(spectrum, teacher=rf.Teacher.power_law(0.0)) == rf.ScalingModel(spectrum)
    assert rf.ScalingModel(spectrum, test_spectrum=rf.PowerLaw(1.0, 50)) == rf.ScalingModel(
        spectrum
    )
    same = rf.ScalingModel(
        spectrum, sigma_eps=0.1, teacher=rf.Teacher.weights(-np.ones(50) / np.sqrt(50))
    )
    same = rf.ScalingModel(
        spectrum, sigma_eps=0.1, teacher=same.teacher, test_spectrum=spectrum.eigenvalues
    )
    for order in ("planar", "one-loop"):
        for N, T, ridge in [(10, 30, 0.0), (30, 10, 1e-3), (60, 80, 1e-3), (np.inf, 20, 0.0)]:
            general = rf.predict(same, N, T, ridge, order=order)
            plain = rf.predict(rf.ScalingModel(spectrum, sigma_eps=0.1), N, T, ridge, order=order)
            names = ["signal", "noise", "test", "train", "df1"]
            names += ["order_error"] if order == "one-loop" else []  # without, the one is a bound
            for name in names:
                assert getattr(general, name) == pytest.approx(
                    float(getattr(plain, name)), rel=1e-12, abs=0
                ), name


def test_power_laws_of_any_size_are_their_sums():
    """The quadrature of a power law against its eigenvalues one by one."""
    law = rf.PowerLaw(1.2, 3000)
    quick = rf.ScalingModel(
        law, teacher=rf.Teacher.power_law(0.7), test_spectrum=rf.PowerLaw(0.9, 3000)
    )
    slow = rf.ScalingModel(
        rf.Eigenvalues(law.eigenvalues),
        teacher=quick.teacher,
        test_spectrum=quick.test_spectrum.eigenvalues,
    )
    slow = rf.ScalingModel(
        slow.spectrum,
        teacher=rf.Teacher.weights(weights(quick) / np.sqrt(3000)),
        test_spectrum=slow.test_spectrum,
    )
    for order in ("planar", "one-loop"):
        for name in ("signal", "train"):
            a, b = (
                getattr(rf.predict(m, [50, 500, 2999], 700, [[0.0], [1e-6]], order=order), name)
                for m in (quick, slow)
            )
            np.testing.assert_allclose(a, b, rtol=1e-11)
    assert np.all(
        np.isfinite(
            rf.predict(
                rf.ScalingModel(rf.PowerLaw([0.5, 1.0], 10**12), teacher=quick.teacher), 1e8, 1e9
            ).test
        )
    )


@pytest.mark.parametrize(
    ("alpha", "exponent", "test_alpha"),
    [
        (1.0, 12.0, 1.0),
        (1.0, 0.0, 12.0),
        (0.5, -9.0, 0.5),
        (8.0, 0.3, 0.2),
        (3.0, 0.0, 9.0),
        (1.0, -20.0, 1.0),
    ],
)
def test_steep_teachers_and_strong_shifts(alpha, exponent, test_alpha):
    """The quadrature where powers of J are steep, against all eigenvalues."""
    law = rf.PowerLaw(alpha, 20_000)
    quick = rf.ScalingModel(
        law,
        sigma_eps=0.1,
        teacher=rf.Teacher.power_law(exponent),
        test_spectrum=rf.PowerLaw(test_alpha, 20_000),
    )
    slow = rf.ScalingModel(
        rf.Eigenvalues(law.eigenvalues),
        sigma_eps=0.1,
        teacher=rf.Teacher.weights(weights(quick) / np.sqrt(20_000)),
        test_spectrum=variances(quick),
    )
    for name in ("signal", "noise", "train"):
        a, b = (
            getattr(rf.predict(model, [5, 100, 19_000], 25_000), name) for model in (quick, slow)
        )
        np.testing.assert_allclose(a, b, rtol=1e-11)


@pytest.mark.parametrize(
    ("alpha", "exponent"), [(1.0, 0.4), (0.5, -0.2), (1.0, 1.8), (2.0, 2.2), (1.0, 4.5)]
)
def test_exponents(alpha, exponent):
    """Local slopes of the loss at M where the spectrum ends far away."""
    model = rf.ScalingModel(rf.PowerLaw(alpha, 10**15), teacher=rf.Teacher.power_law(exponent))
    sizes = np.array([1e5, 1.01e5])
    in_N, in_T = rf.asymptotics.loss_exponents(alpha, exponent)
    curves = [
        (in_N, rf.predict(model, sizes, np.inf).test),
        (in_T, rf.predict(model, np.inf, sizes).test),
    ]
    if exponent < 1:  # else even so many features are felt
        curves.append((in_T, rf.predict(model, 1e11, sizes, "optimal").test))
    for expected, losses in curves:
        slope = -np.log(losses[1] / losses[0]) / np.log(1.01)
        # slowest correction n^-|distance to the crossing|, and (n/M)^(alpha + beta)
        assert slope == pytest.approx(expected, rel=0, abs=0.01)
    with pytest.raises(ValueError, match=r"^exponent must be > -alpha"):
        rf.asymptotics.loss_exponents(alpha, -alpha)


def test_closed_form_of_the_plateaus():
    """M = infinity: Delta sum W p = tau^(1-z) (pi/a)/sin(pi z) and T Delta s^W/s = tau^(1-z) pi
    z/sin(pi z).
    """
    alpha, beta = 1.0, 0.4
    model = rf.ScalingModel(rf.PowerLaw(alpha, 10**18), teacher=rf.Teacher.power_law(beta))
    a, n = 1 + alpha, 1e9
    z = (1 - beta) / a
    found_N, found_T = rf.predict(model, n, np.inf), rf.predict(model, np.inf, n)
    unit = 1 / (2 * 1e18)
    in_N = unit * found_N.delta ** (1 - z) * np.pi / a / np.sin(np.pi * z)
    # corrections: the end M, (n/M)^(alpha+beta), and zeta(beta) Delta of the sum's first terms
    assert found_N.test == pytest.approx(in_N, rel=1e-4, abs=0)
    in_T = unit * found_T.delta ** (1 - z) * np.pi * z / np.sin(np.pi * z)
    assert found_T.test == pytest.approx(in_T, rel=1e-4, abs=0)


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
@pytest.mark.parametrize("name", COUPLED)
@pytest.mark.parametrize(("N", "T"), [(6, 12), (12, 6), (8, 8), (40, 45)])
def test_simulation_is_that_of_plain_numpy_on_the_same_draws(name, N, T):
    model = rf.ScalingModel(
        rf.PowerLaw(1.0, M, 1.5), sigma_u=1.2, sigma_eps=0.3, **{"sigma_w": 1.1} | COUPLED[name]
    )
    for ridges in ([1e-2], [0.0, 1e-2, 1.0]):
        batch = LinearFeatures().batch_size(Experiment(model, N, T, 5))
        draws = list(latent_draws(model, N, T, 5, 8, batch=batch))
        found = rf.simulate(model, N, T, ridges, draws=8, seed=5)
        for k, ridge in enumerate(ridges):
            rms = weights(model)
            shifted = np.array(
                [
                    reference.losses(u, x, variances(model), ridge, model.sigma_w, 0.3, rms)
                    for u, x in draws
                ]
            )
            own = np.array(
                [
                    reference.losses(
                        u, x, model.spectrum.eigenvalues, ridge, model.sigma_w, 0.3, rms
                    )
                    for u, x in draws
                ]
            )
            for part, expected in (
                ("signal", shifted[:, 0]),
                ("noise", shifted[:, 1]),
                ("train", own[:, 2]),
            ):
                loss = getattr(found, part)
                scale = expected.mean()
                assert loss.mean[k] == pytest.approx(scale, rel=1e-9, abs=1e-14)
                assert loss.std[k] == pytest.approx(expected.std(ddof=1), rel=1e-7, abs=1e-14)


@pytest.mark.parametrize("name", COUPLED)
def test_explicit_test_sets(name):
    """A given teacher is taken as it is, with its signs; a random one is drawn."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=0.3, **COUPLED[name])
    found = rf.simulate(model, 6, 9, 1e-2, draws=4, seed=5, test_points=7)
    expected = []
    for number, (u, x) in enumerate(latent_draws(model, 6, 9, 5, 4)):
        stream = generator(model, 6, 9, 5, number, 1)
        w, x_test = (
            stream.standard_normal(M),
            stream.standard_normal((M, 7)) * np.sqrt(variances(model))[:, None],
        )
        eps = 0.3 * generator(model, 6, 9, 5, number, 2).standard_normal(9)
        given = isinstance(model.teacher, rf.GivenWeights)
        w = model.sigma_w * (model.teacher.array if given else w * weights(model) / np.sqrt(M))
        expected.append(reference.explicit_losses(u, x, w, eps, x_test, 1e-2))
    np.testing.assert_allclose(
        [found.test.mean, found.train.mean], np.mean(expected, axis=0), rtol=1e-10
    )


@pytest.mark.parametrize("name", COUPLED)
def test_theory_and_simulation_agree(name):
    """To one loop, where the planar theory does not."""
    model = rf.ScalingModel(rf.PowerLaw(1.0, M, 1.5), sigma_eps=0.05, **COUPLED[name])
    comparison = rf.compare(model, [10, 40], [[25], [60]], [[[1e-3]], [[1e-1]]], draws=3000, seed=1)
    assert comparison.judged.mean() >= 0.75
    assert not comparison.disagrees.any()
    assert np.abs(comparison.planar_z[comparison.judged]).max() > 6


def test_optimal_ridge_of_a_general_model():
    model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=0.05, **COUPLED["both"])
    best = rf.optimal_ridge(model, [10, 20], 25)
    assert best.location.tolist() == ["interior", "interior"]
    ridges = best.ridge[:, None] * np.exp(np.linspace(-3, 3, 601))
    scanned = rf.predict(model, np.array([10, 20])[:, None], 25, ridges)
    np.testing.assert_allclose(best.prediction.test, scanned.test.min(axis=1), rtol=1e-9)
    np.testing.assert_allclose(best.ridge, ridges[[0, 1], scanned.test.argmin(axis=1)], rtol=0.02)
    easier = rf.ScalingModel(rf.PowerLaw(1.0, M), test_spectrum=rf.PowerLaw(2.0, M))
    assert rf.optimal_ridge(easier, 40, 50).location == "zero"  # all is learned
    shifted = rf.optimal_ridge(rf.ScalingModel(rf.PowerLaw(1.0, M), **COUPLED["shift"]), 10, np.inf)
    assert shifted.location == "infinity"  # a finite one has no effect there
    assert np.isinf(shifted.prediction.T)
    nothing = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_w=0.0, sigma_eps=1.0, **COUPLED["shift"])
    assert rf.optimal_ridge(nothing, 10, 20).location == "infinity"
    loud = rf.ScalingModel(
        rf.PowerLaw(1.0, M), sigma_w=1e-3, sigma_eps=30.0, teacher=rf.Teacher.power_law(1e-12)
    )
    plain = rf.optimal_ridge(
        rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_w=1e-3, sigma_eps=30.0), 10, 20
    )
    # 1e9 lambda_+, in a very flat minimum
    assert rf.optimal_ridge(loud, 10, 20).ridge == pytest.approx(float(plain.ridge), rel=0.02)
    few = [
        rf.optimal_ridge(model, 10, 1e6).ridge
        for model in (quick_teacher(0.0), quick_teacher(1e-12))
    ]
    assert few[1] == pytest.approx(float(few[0]), rel=0.01)  # 1e-6 of N T Delta/M
    quiet = rf.ScalingModel(
        rf.PowerLaw(1.0, M), sigma_eps=1e-9, teacher=rf.Teacher.power_law(1e-12)
    )
    plain = rf.optimal_ridge(rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=1e-9), 40, 50)
    # 1e-18 lambda_+
    assert rf.optimal_ridge(quiet, 40, 50).ridge == pytest.approx(float(plain.ridge), rel=3e-3)
    nearly_plain = rf.ScalingModel(
        rf.PowerLaw(1.0, M), sigma_eps=0.05, teacher=rf.Teacher.power_law(1e-12)
    )
    plain = rf.optimal_ridge(
        rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=0.05), [10, 40], [[25], [30]]
    )
    found = rf.optimal_ridge(nearly_plain, [10, 40], [[25], [30]])
    # the square root of rounding in a flat minimum
    np.testing.assert_allclose(found.ridge, plain.ridge, rtol=3e-4)
    np.testing.assert_allclose(found.prediction.test, plain.prediction.test, rtol=1e-10)


@pytest.mark.parametrize("name", COUPLED)
def test_files_and_stores_keep_the_model(name, tmp_path):
    model = rf.ScalingModel(rf.PowerLaw(1.0, M), sigma_eps=0.05, **COUPLED[name])
    estimate = rf.simulate(model, 5, 9, draws=2, seed=1)
    estimate.save(tmp_path / "estimate.npz")
    assert rf.Estimate.load(tmp_path / "estimate.npz").model == model
    done = rf.sweep(model, 5, 9, draws=2, seed=1, store=tmp_path / "store.db")
    assert rf.resume_sweep(tmp_path / "store.db").models == (model,)
    assert done.test.mean.item() == estimate.test.mean
    with pytest.raises(ValueError, match="is the store of another sweep: model 0: "):
        rf.sweep(
            rf.ScalingModel(model.spectrum, sigma_eps=0.05),
            5,
            9,
            draws=2,
            seed=1,
            store=tmp_path / "store.db",
        )


def test_closed_forms_refuse_what_they_do_not_hold_for():
    model = rf.ScalingModel(rf.PowerLaw(1.0, M), **COUPLED["teacher"])
    for form, sizes in (
        (rf.asymptotics.ridgeless, (5, 9)),
        (rf.asymptotics.optimal_ridge_power_law, (5, 9)),
    ):
        with pytest.raises(
            ValueError,
            match=r"^model must have an isotropic teacher and no other test_spectrum here",
        ):
            form(model, *sizes)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: model_with(sigma_w=-1.0), r"^sigma_w must be a finite number >= 0, got -1.0"),
        (lambda: rf.Teacher.power_law(np.nan), r"^beta must be a finite number, got nan"),
        (lambda: rf.Teacher.weights([[1.0]]), r"^array must be one-dimensional and finite"),
        (lambda: rf.Teacher.weights([1.0, np.inf]), r"^array must be one-dimensional and finite"),
        (
            lambda: rf.Teacher.weights([0.0, 0.0]),
            r"^array must be one-dimensional and finite, with an entry that is",
        ),
        (lambda: rf.Teacher.weights([]), r"^array must be one-dimensional and finite"),
        (
            lambda: model_with(teacher=rf.Teacher.weights([1.0, 2.0])),
            r"^teacher must have M = 3 entries.*got 2",
        ),
        (
            lambda: isotropic_and(sigma_w=2.0),
            r"^sigma_w must be given once, got 2",
        ),
        (
            lambda: model_with(test_spectrum=rf.PowerLaw(1.0, 4)),
            r"^test_spectrum must have M = 3 entries.*got 4",
        ),
        (
            lambda: model_with(test_spectrum=rf.PowerLaw([1.0, 2.0], 3)),
            r"^test_spectrum must be a single one",
        ),
        (
            lambda: model_with(test_spectrum=[1.0, -1.0, 0.0]),
            r"^test_spectrum must be one-dimensional, finite and >= 0",
        ),
        (
            lambda: model_with(test_spectrum=[0.0, 0.0, 0.0]),
            r"^test_spectrum must be one-dimensional, finite and >= 0",
        ),
        (
            lambda: rf.ScalingModel(
                rf.Eigenvalues([1.0, 2.0]), teacher=rf.Teacher.weights([1.0, 2.0])
            ),
            r"^spectrum must be given largest first where teacher is an array",
        ),
        (
            lambda: rf.ScalingModel(rf.PowerLaw([1.0, 2.0], 2), test_spectrum=[1.0, 2.0]),
            r"^test_spectrum must not be an array where the spectrum stands for several",
        ),
        (
            lambda: rf.ScalingModel(rf.PowerLaw(1.0, 10**12), teacher=rf.Teacher.power_law(30.0)),
            r"^teacher and test_spectrum must be such that "
            r"M\^\(\|exponent\| \+ \|alpha - test alpha\|\) <= 1e250",
        ),
        (
            lambda: rf.ScalingModel(
                rf.PowerLaw(20.0, 10**12),
                teacher=rf.Teacher.power_law(-10.0),
                test_spectrum=rf.PowerLaw(0.1, 10**12),
            ),
            r"got exponent = -10 and alpha - test alpha = 19.9",
        ),
        (
            lambda: model_with(test_spectrum=rf.Eigenvalues([1.0, 3.0, 2.0])),
            r"^test_spectrum must be an array, or eig",
        ),
        (
            lambda: rf.ScalingModel(
                pickle.loads(pickle.dumps(rf.Eigenvalues([1.0, 2.0]))),
                teacher=rf.Teacher.weights([1.0, 2.0]),
            ),
            r"^spectrum must be given largest first",
        ),
    ],
)
def test_bad_input(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def isotropic_and(sigma_w):
    with pytest.deprecated_call(match=r"^Teacher.isotropic\(sigma_w\) is deprecated"):
        teacher = rf.Teacher.isotropic(3.0)
    return model_with(sigma_w=sigma_w, teacher=teacher)


def quick_teacher(exponent):
    return rf.ScalingModel(rf.PowerLaw(1.0, M), teacher=rf.Teacher.power_law(exponent))


def model_with(**couplings):
    return rf.ScalingModel(rf.PowerLaw(1.0, 3), **couplings)
