"""Pictures of trainings on the command line, and sweeps of them."""

import numpy as np
import pytest
from cli_shared import assert_one_line, figures_of, rows_of

import rfscale as rf
from rfscale.cli import main

MODEL = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1)
LINE = "--M 60 --sigma-eps 0.1 --format csv"


def test_a_picture_over_time(monkeypatch, capsys):
    figures = figures_of(monkeypatch)
    line = f"predict --N 20,30 --T 15 --tau 1:1e4:5log {LINE} --plot p.png"
    assert main(line.split()) == 0
    (axes,) = figures[0].axes
    assert axes.get_xlabel() == r"training time $\tau$"
    assert axes.get_title().endswith("gradient flow")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["$N$ = 20", "$N$ = 30"]
    for line, N in zip(axes.lines, (20, 30), strict=True):
        tau, loss = line.get_data()
        assert len(tau) > 100
        assert tau[[0, -1]].tolist() == pytest.approx([1.0, 1e4])
        flow = rf.GradientFlow(tau=tau)
        expected = rf.predict(MODEL, N, 15, training=flow).test
        np.testing.assert_allclose(loss, expected, rtol=1e-9)  # other nodes: 1e-11 of each


def test_a_picture_over_steps_and_of_the_best_time(monkeypatch, capsys):
    figures = figures_of(monkeypatch)
    more = f"--T 15 {LINE} --plot p.png"
    filter_ = "descent:steps=1,10,100,step_size=.01"
    assert main(f"simulate --N 20 --filter {filter_} --draws 2 {more}".split()) == 0
    assert main(f"predict --N 20 --filter {filter_} {more}".split()) == 0
    assert main(f"optimal-time --N 10:40:4log {more}".split()) == 0
    simulated, predicted, best = (figure.axes[0] for figure in figures)
    assert simulated.get_xlabel() == "number of steps $k$"
    assert predicted.get_title().endswith(r"gradient descent, $\eta$ = 0.01")
    assert predicted.lines[0].get_xdata().tolist() == [1, 10, 100]
    assert best.get_title().endswith("stopped at the best time")
    N, loss = best.lines[0].get_data()
    np.testing.assert_array_equal(loss, rf.optimal_time(MODEL, N, 15).prediction.test)


def test_the_best_time_is_marked_on_the_loss_over_time(monkeypatch, capsys):
    figures = figures_of(monkeypatch)
    more = f"{LINE} --plot p.png"
    assert main(f"optimal-time --N 10,20,40 --T 15 {more}".split()) == 0
    assert main(f"optimal-time --N 20 --T 15 {more}".split()) == 0
    assert main(f"optimal-time --N 20 --T inf {more}".split()) == 0
    several, one, endless = (figure.axes[-1] for figure in figures)
    assert [len(figure.axes) for figure in figures] == [2, 1, 1]
    best = rf.optimal_time(MODEL, [10, 20, 40], 15)
    dots = [line.get_xydata() for line in several.lines if line.get_marker() == "o"]
    np.testing.assert_array_equal(np.concatenate(dots), np.transpose([best.tau, best.test]))
    curves = [line for line in several.lines if line.get_linestyle() == "-"]
    for curve, least in zip(curves, best.test, strict=True):
        assert np.all(curve.get_ydata() >= least * (1 - 1e-9))  # other nodes: 1e-11 of each
    names = [text.get_text() for text in one.get_legend().get_texts()]
    assert names == ["theory", "best time"]
    assert one.get_xlabel() == r"training time $\tau$"
    assert not [line for line in endless.lines if line.get_marker() == "o"]  # later is better


CONFIG = """
N = {N}
T = 15
training = "{training}"
draws = 2
seed = 1
[model]
alpha = 1.0
M = 60
"""


@pytest.mark.parametrize(
    ("N", "x", "lines"),
    [([10, 20], r"training time $\tau$", 2), ([10, 20, 30, 40], "number of features $N$", 3)],
)
def test_a_sweep_of_trainings(N, x, lines, tmp_path, monkeypatch, capsys):
    figures = figures_of(monkeypatch)
    config = tmp_path / "grid.toml"
    config.write_text(CONFIG.format(N=N, training="flow:tau=1,10,100"))
    line = f"sweep {config} --store {tmp_path / 'a.db'} --format csv --plot p.png"
    assert main(line.split()) == 0
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    flow = rf.GradientFlow(tau=[1, 10, 100])
    expected = rf.sweep(model, N, 15, training=flow, draws=2, seed=1).test.mean
    found = [float(row["test_mean"]) for row in rows_of(capsys.readouterr().out)]
    np.testing.assert_array_equal(found, expected.ravel())
    (axes,) = figures[0].axes
    assert axes.get_xlabel() == x
    curves = [line for line in axes.lines if line.get_linestyle() == "-"]
    assert len(curves) == lines
    at = (
        {"N": N[0], "training": flow}
        if lines == 2
        else {"N": N, "training": rf.GradientFlow(tau=1.0)}
    )
    theory = rf.predict(model, T=15, **at).test
    np.testing.assert_allclose(curves[0].get_ydata(), theory, rtol=1e-9)


@pytest.mark.parametrize(
    ("training", "said"),
    [
        ("descnt:steps=1", "grid.toml: training must be one of ridge, flow, descent,"),
        ("descent:steps=1,step_size=-1", "training descent: step_size must be finite and > 0"),
        ("descent:steps=9,step_size=1e3", "step_size must be at most"),
    ],
)
def test_bad_trainings_of_a_sweep(training, said, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "grid.toml").write_text(CONFIG.format(N=[10], training=training))
    assert_one_line("sweep grid.toml --store a.db", said, capsys)
