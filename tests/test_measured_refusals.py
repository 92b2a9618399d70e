"""What measured data must not do silently: drop rows, options, units or points."""

import re

import numpy as np
import pytest

import rfscale as rf

RNG = np.random.default_rng(19)
X = RNG.standard_normal((60, 4)) / np.arange(1, 5)
Y = X.sum(axis=1) + 0.1 * RNG.standard_normal(60)


@pytest.mark.parametrize("head", [3, 8])
def test_a_head_does_not_lower_alpha(head):
    """Without a window, too: 4 samples of alpha = 0.5 whose first directions are doubled.

    Their mean is off by more than 4 errors of it in one of 10^4; a window from `head` on, as it
    was, gives .48 and .46, off by 4 and 8.
    """
    scales = np.arange(1, 601.0) ** -0.75
    scales[:head] *= np.sqrt(2)
    fits = []
    for seed in range(4):
        x = np.random.default_rng(seed).standard_normal((200, 600)) * scales
        eigenvalues = np.linalg.svd(x, compute_uv=False) ** 2 / 200
        fits.append(rf.fit_spectrum(eigenvalues, 200, head=head))
    alpha = np.mean([fit.alpha for fit in fits])
    assert alpha == pytest.approx(0.5, abs=4 * fits[0].stderr / 2)


def test_equal_eigenvalues_behind_a_head_are_no_power_law():
    fit = rf.fit_spectrum(np.append([9.0, 8.0], np.ones(60)), 2000, head=2)
    assert fit.stderr == np.inf
    assert fit.verdict == "slower than 1/J"


@pytest.mark.parametrize("code", ["#N/A", "#DIV/0!", "#VALUE!"])
def test_errors_of_a_spreadsheet_are_no_comments(tmp_path, code):
    """numpy takes a row that begins with # for a comment; here every third one does."""
    rows = [[f"{value:.3f}" for value in row] for row in X]
    for row in rows[::3]:
        row[0] = code
    path = tmp_path / "sheet.csv"
    path.write_text("a,b,c,y\n# a comment\n" + "\n".join(",".join(row) for row in rows))
    with pytest.raises(ValueError, match=re.escape("line 3: no value in column 'a', as in 20")):
        rf.read_samples(path)


def test_comments_that_begin_like_errors_are_comments(tmp_path):
    path = tmp_path / "table.csv"
    rows = "\n".join(" ".join(f"{value:.3f}" for value in row) for row in X)
    path.write_text(f"#NA-free data\n#names of columns follow\n{rows}\n#nano\n")
    assert rf.read_samples(path)[0].shape == X.shape
    path.write_text(f"{rows}\n#N/A 1 2 3\n")
    with pytest.raises(ValueError, match="line 61: no value in column 1"):
        rf.read_samples(path)


def test_a_ridge_beside_a_kernel_ridge_is_refused():
    data = rf.measure(X, Y)
    for ask in (data.predict, lambda *a, **k: rf.compare(data, *a, **k)):
        with pytest.raises(ValueError, match="ridge and kernel_ridge must not both be given"):
            ask(2, 20, 7.0, kernel_ridge=1.0)


def test_columns_of_one_name_are_told():
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X[:, :2], columns=["a", "a"]).astype(object)
    frame.iloc[0, 0] = "x"
    with pytest.raises(ValueError, match=r"X must be .* with text or other objects in the columns"):
        rf.measure(frame, Y)


@pytest.mark.parametrize("scale", [1e-145, 1e145])
def test_units_that_squares_have_no_room_for(scale):
    for ask in (rf.measure, lambda X, y: rf.experiment(X, y, 2, 20, 0.0)):
        with pytest.raises(ValueError, match="y must vary by 1e-140 to 1e"):
            ask(X, Y * scale)


def test_samples_of_no_leverage_are_not_there():
    """With leverages T/t of t samples and (almost) 0 of the others, t are trained on at the ridge
    gamma t/T; so with the same errors of finite sizes. Some 1e-14 t is left of the others.
    """
    model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=300))
    some = 40
    T = 100
    tau = np.append(np.full(some, T / some), np.full(T - some, 1e-14))
    of_all = rf.predict(model, N=60, T=T, ridge=1e-3, leverages=tau * T / tau.sum())
    of_some = rf.predict(model, N=60, T=some, ridge=1e-3 * some / T, leverages=np.ones(some))
    for name in ("test", "order_error"):
        assert getattr(of_all, name) == pytest.approx(getattr(of_some, name), rel=1e-11, abs=0)


def test_a_point_between_infinite_ones_is_drawn():
    model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=50))
    axes = rf.plotting.loss_curve(rf.predict(model, N=[20, 30], T=20, ridge=0.0))
    marked = [line for line in axes.lines if line.get_marker() == "_"]
    assert [line.get_xdata().tolist() for line in marked] == [[30]]


def test_curves_of_another_grid_are_refused():
    model = rf.ScalingModel(rf.PowerLaw(alpha=1.0, M=50))
    prediction = rf.predict(model, N=[5, 10], T=20)
    estimate = rf.simulate(model, N=[5, 10], T=[[20], [30]], draws=2)
    with pytest.raises(ValueError, match="estimate must have the 1 curves of prediction, got 2"):
        rf.plotting.loss_curve(prediction, estimate)
    comparison = rf.compare(model, N=[5, 10], T=20, draws=2)
    with pytest.raises(ValueError, match="give its prediction and its estimate"):
        rf.plotting.loss_curve(comparison)
