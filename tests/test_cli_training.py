"""Trainings on the command line: times, filters and the best time."""

import numpy as np
import pytest
from cli_shared import assert_one_line, rows_of

import rfscale as rf
from rfscale.cli import main
from rfscale.cli.training_text import KINDS, TYPED, training_of

MODEL = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1)
LINE = "--M 60 --sigma-eps 0.1 --format csv"
SIZES = "predict --N 10 --T 5"


def column(name, capsys):
    """A column of the rows that were printed."""
    return [float(row[name]) for row in rows_of(capsys.readouterr().out)]


@pytest.mark.parametrize("name", ["time", "tau"])
def test_times_are_those_of_gradient_flow(name, capsys):
    line = f"predict --N 20,30 --T 15 --{name} 0,1:1e4:3log,inf --ridge 0,.01 {LINE}"
    assert main(line.split()) == 0
    times = np.array([0.0, 1.0, 1e2, 1e4, np.inf])
    flow = rf.GradientFlow(**{name: times}, ridge=np.array([[[0.0]], [[0.01]]]))
    expected = rf.predict(MODEL, np.array([[20], [30]]), 15, training=flow).test
    np.testing.assert_array_equal(column("test", capsys), expected.ravel())


@pytest.mark.parametrize(
    ("text", "training"),
    [
        ("ridge:ridge=0.1", rf.Ridge(0.1)),
        ("flow:tau=30,ridge=0.1", rf.GradientFlow(tau=30.0, ridge=0.1)),
        ("descent:steps=7,step_size=0.01", rf.GradientDescent(7, 0.01)),
        ("heavy-ball:steps=7,step_size=0.01,momentum=.5", rf.HeavyBall(7, 0.01, 0.5)),
        ("iterated-ridge:ridge=0.1,times=3", rf.IteratedRidge(0.1, 3)),
        ("pcr:cutoff=0.1", rf.PrincipalComponents(0.1)),
        ("sgd:steps=7,batch=2,step_size=0.01", rf.SGD(7, 2, 0.01)),
    ],
)
def test_filters_are_trainings(text, training, capsys):
    assert main(f"predict --N 20 --T 15 --filter {text} {LINE}".split()) == 0
    expected = rf.predict(MODEL, 20, 15, training=training).test
    assert column("test", capsys) == [float(expected)]


def test_every_kind_has_an_example():
    assert TYPED.keys() == KINDS.keys()
    for kind, typed in TYPED.items():
        assert isinstance(training_of("--filter", f"{kind}:{typed}"), KINDS[kind])


def test_lists_of_a_filter_are_axes(capsys):
    text = "descent:steps=1:100:3log,step_size=0.01,0.02"
    assert main(f"predict --N 20 --T 15 --filter {text} {LINE}".split()) == 0
    descent = rf.GradientDescent([1, 10, 100], [[0.01], [0.02]])
    expected = rf.predict(MODEL, 20, 15, training=descent).test
    np.testing.assert_array_equal(column("test", capsys), expected.ravel())


def test_a_training_is_simulated(capsys):
    assert main(f"simulate --N 5 --T 12 --tau 1,100 --draws 3 {LINE}".split()) == 0
    flow = rf.GradientFlow(tau=[1.0, 100.0])
    expected = rf.simulate(MODEL, 5, 12, training=flow, draws=3, seed=1).test.mean
    np.testing.assert_array_equal(column("test_mean", capsys), expected)


def test_a_training_is_compared(capsys):
    line = "compare --N 20 --T 60 --M 200 --tau 1,100 --draws 10"
    assert main(line.split()) == 0
    assert "theory and simulation agree: 2 of 2 points" in capsys.readouterr().out


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The current folder, with a user's module in it."""
    (tmp_path / "trainings_of_mine.py").write_text(
        "from dataclasses import dataclass\n"
        "import numpy as np, rfscale as rf\n"
        "@dataclass(frozen=True, eq=False)\n"
        "class Landweber(rf.Training):\n"
        "    step_size: float\n"
        "    steps: int = 20\n"
        "    def filter(self, s):\n"
        "        return (1 - (1 - self.step_size * s) ** self.steps) / s\n"
        "def cut(s):\n"
        "    return 1 / np.hypot(s, 0.1)\n"
        "def made():\n"
        "    return rf.GradientFlow(time=3.0)\n"
        "flow = rf.GradientFlow(time=3.0)\n"
        "def bad(s):\n"
        "    return np.full_like(s, np.nan)\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("text", "training"),
    [
        ("Landweber:step_size=0.01", rf.GradientDescent(20, 0.01)),
        ("Landweber:step_size=0.01,steps=5,10", rf.GradientDescent([5, 10], 0.01)),
        ("cut", rf.Filter(lambda s: 1 / np.hypot(s, 0.1))),
        ("made", rf.GradientFlow(time=3.0)),
        ("flow", rf.GradientFlow(time=3.0)),
    ],
)
def test_trainings_of_a_user(text, training, folder, capsys):
    """What a filter integrates over the kernel's spectrum is right to 1e-9; see `delta_error`."""
    line = f"predict --N 20 --T 30 --filter trainings_of_mine:{text} {LINE}"
    assert main(line.split()) == 0
    expected = np.ravel(rf.predict(MODEL, 20, 30, training=training).test)
    np.testing.assert_allclose(column("test", capsys), expected, rtol=1e-8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Landweber", "needs step_size"),
        ("Landweber:step=1", "has no field step: did you mean step_size or steps?"),
        ("cut:a=1", "is no class of trainings, with fields such as a"),
        ("bad", "must return finite numbers, got none at s = 1e-12"),
        ("other", "module trainings_of_mine has no other"),
    ],
)
def test_bad_trainings_of_a_user(text, said, folder, capsys):
    assert_one_line(f"{SIZES} --filter trainings_of_mine:{text}", said, capsys)


BAD = [
    ("--time -1", "--time must be >= 0, got -1"),
    ("--time nan", "--time must hold numbers, got 'nan'"),
    ("--time x", "--time must be a LIST such as"),
    ("--time 1:10", "--time must be a LIST and a range has a COUNT, such as 1:10:20log"),
    ("--tau -1,2", "--tau must be >= 0, got -1"),
    ("--time 1 --tau 1", "--tau and --time exclude each other"),
    ("--time 1 --filter pcr:cutoff=1", "--filter and --time exclude each other"),
    ("--time 1 --ridge -1", "--ridge must be finite and >= 0, got -1"),
    ("--time 1 --ridge optimal", "--ridge must be numbers beside --time, got 'optimal'"),
    ("--time 1 --kernel-ridge 1", "--kernel-ridge and --time exclude each other"),
    ("--time 1 --std", "--std is known for ridges alone, not with --time"),
    ("--time 1 --order one-loop", "--order must be planar with a training that is no Ridge"),
    ("--filter pcr:cutoff=1 --ridge 1", "--ridge and --filter exclude each other"),
    ("--filter descend:steps=3", "got 'descend:steps=3': did you mean descent?"),
    ("--filter heavyball:steps=3", "did you mean heavy-ball?"),
    ("--filter momentum", "or module:object, got 'momentum'"),
    ("--filter descent", "--filter descent needs steps and step_size, such as descent:steps=100,"),
    ("--filter descent:100", "must be NAME:FIELD=LIST, such as descent:steps=100,step_size=0.1"),
    ("--filter descent:steps=3", "--filter descent needs step_size, such as"),
    ("--filter descent:steps=3,step=1", "has no field step: did you mean step_size or steps?"),
    ("--filter descent:steps=3,x=1", "has no field x; it has steps, step_size, ridge"),
    ("--filter descent:steps=1,steps=2", "must hold steps once"),
    ("--filter descent:steps=-1,step_size=1", "--filter descent: steps must be integers >= 0"),
    ("--filter descent:steps=2.5,step_size=1", "descent: steps must hold whole numbers"),
    ("--filter descent:steps=1,step_size=nan", "descent: step_size must hold numbers, got 'nan'"),
    ("--filter descent:steps=9,step_size=1e3", "--filter: step_size must be at most"),
    ("--filter flow", "--filter flow needs time or tau, such as flow:time="),
    ("--filter flow:time=-1", "--filter flow: time must be >= 0, got -1"),
    ("--filter sgd:steps=1,batch=1", "--filter sgd needs step_size or relative_step"),
    ("--filter sgd:steps=9,batch=1,step_size=.1", "--T must be at least steps times batch, 9"),
    ("--filter sgd:steps=2,batch=1,step_size=1e4", "--filter: step_size must be below"),
    ("--filter pcr:cutoff=", "pcr: cutoff must be a LIST without an empty place"),
    ("--filter nothing:here", "there is no module nothing"),
]


@pytest.mark.parametrize(("options", "said"), BAD)
def test_one_line_that_answers(options, said, capsys):
    assert_one_line(f"{SIZES} {options}", said, capsys)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("compare --tau 1", "--N and --T are missing"),
        ("map --time 1", "map has no option --time; compare, predict, simulate have it"),
        ("optimal-time --N 10 --T 5 --ridge -1", "--ridge must be finite and >= 0, got -1"),
        ("optimal-time --N 10 --T 5 --ridge optimal", "--ridge must be numbers"),
    ],
)
def test_other_commands_answer_too(line, said, capsys):
    assert_one_line(line, said, capsys)


def test_the_best_time(capsys):
    assert main(f"optimal-time --N 10,20 --T 30 --ridge 0,.1 {LINE}".split()) == 0
    rows = rows_of(capsys.readouterr().out)
    best = rf.optimal_time(MODEL, [10, 20], 30, ridge=[[0.0], [0.1]])
    for name, expected in (
        ("time", best.time),
        ("tau", best.tau),
        ("test", best.prediction.test),
        ("over_best_ridge", best.over_best_ridge),
    ):
        found = [float(row[name]) for row in rows]
        np.testing.assert_array_equal(found, expected.ravel())
    assert main("optimal-time --N 10 --T 30".split()) == 0
    head = capsys.readouterr().out.splitlines()[0]
    assert {"time", "tau", "test", "ridge"} <= set(head.split())
