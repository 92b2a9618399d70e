"""The command line as a user types it."""

import dataclasses
import json
import re
from pathlib import Path

import numpy as np
import pytest
from cli_shared import figures_of, rows_of

import rfscale as rf
from rfscale import comparison, explorer
from rfscale.cli import compare as compare_command
from rfscale.cli import explore, main, main_job, number_lists, theory_curves
from rfscale.cli import map as map_command
from rfscale.cli import predict as predict_command
from rfscale.cli import simulate as simulate_command


def test_lists_and_ranges():
    assert number_lists.sizes("N", "10:1000:5log", whole=True).tolist() == [10, 32, 100, 316, 1000]
    assert number_lists.sizes("N", "1:4:7log,3,7", whole=True).tolist() == [1, 2, 3, 4, 7]
    assert number_lists.sizes("N", "10:20:3", whole=True).tolist() == [10, 15, 20]
    assert number_lists.sizes("N", "2.5,inf", whole=False).tolist() == [2.5, np.inf]
    assert number_lists.numbers("ridge", "0,1e-3:1e-1:3log").tolist() == pytest.approx(
        [0, 1e-3, 1e-2, 1e-1]
    )


@pytest.mark.parametrize("form", ["csv", "json", "table"])
def test_predict_prints_what_predict_returns(form, capsys):
    assert main(f"predict --N 10,20 --T 15 --M 50,60 --ridge 0.1 --format {form}".split()) == 0
    text = capsys.readouterr().out
    if form == "csv":
        found = [float(row["test"]) for row in rows_of(text)]
    elif form == "json":
        found = [row["test"] for row in json.loads(text)]
    else:
        head, *lines = [line.split() for line in text.splitlines()]
        found = [float(line[head.index("test")]) for line in lines]
    models = [rf.ScalingModel(rf.PowerLaw(1.0, M)) for M in (50, 60)]
    expected = np.concatenate([rf.predict(model, [10, 20], 15, 0.1).test for model in models])
    np.testing.assert_allclose(found, expected, rtol=5e-5 if form == "table" else 1e-15)


def test_infinity_in_json(capsys):
    assert main("predict --N 20 --T 20 --format json".split()) == 0
    row = json.loads(
        capsys.readouterr().out, parse_constant=lambda name: pytest.fail(f"{name} is not JSON")
    )[0]
    assert float(row["test"]) == np.inf


def test_model_options(capsys):
    options = "--alpha 0.5 --scale 2 --sigma-w 3 --sigma-u 0.5 --sigma-eps 0.1 --M 40".split()
    assert main(["optimal-ridge", "--N", "10", "--T", "15", "--format", "csv", *options]) == 0
    row = rows_of(capsys.readouterr().out)[0]
    best = rf.optimal_ridge(rf.ScalingModel(rf.PowerLaw(0.5, 40, 2.0), 3.0, 0.5, 0.1), 10, 15)
    assert float(row["ridge"]) == best.ridge
    assert row["location"] == "interior"


def test_simulate(capsys):
    assert (
        main("simulate --N 5,6 --T 12 --M 30 --ridge 0,.1 --draws 3 --seed 7 --format csv".split())
        == 0
    )
    found = {(r["N"], r["ridge"]): float(r["test_mean"]) for r in rows_of(capsys.readouterr().out)}
    estimate = rf.simulate(
        rf.ScalingModel(rf.PowerLaw(1.0, 30)), [5, 6], 12, [[0.0], [0.1]], draws=3, seed=7
    )
    assert found["6", "0.1"] == pytest.approx(estimate.test.mean[1, 1], rel=1e-14, abs=0)


def test_compare_agrees_and_exits_with_0(capsys):
    assert main("compare --N 10:60:3log --T 30 --M 200 --ridge 1e-3 --draws 10".split()) == 0
    assert "theory and simulation agree: 3 of 3 points" in capsys.readouterr().out


def test_compare_exits_with_1_when_the_theory_is_wrong(capsys, monkeypatch):
    def wrong(*arguments, **options):
        right = rf.predict(*arguments, **options)
        return dataclasses.replace(right, test=1.2 * right.test)

    monkeypatch.setattr(comparison, "predict", wrong)
    assert (
        main("compare --N 40,150 --T 90 --M 400 --ridge 1e-2 --draws 30 --format csv".split()) == 1
    )
    captured = capsys.readouterr()
    assert ": 0 of 2 points within" in captured.err
    assert {row["agrees"] for row in rows_of(captured.out)} == {"False"}


def test_explore(capsys, monkeypatch, tmp_path):
    """What the page does is tested in a browser; here, that it is whole and asks for nothing from
    anywhere.
    """
    monkeypatch.chdir(tmp_path)
    assert main(["explore"]) == 0
    assert main(["explore", "-o", "page.html"]) == 0
    assert capsys.readouterr().err.splitlines()[1] == "page: page.html, to be opened in a browser"
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page == (tmp_path / explore.DEFAULT_PAGE).read_text(encoding="utf-8")
    for name in explorer.SCRIPTS:
        assert (Path(explorer.__file__).parent / f"{name}.js").read_text(encoding="utf-8") in page
    assert rf.__version__ in page
    name_of_svg = "http://www.w3.org/2000/svg"  # not an address that is asked
    assert set(re.findall(r"https?://[^\s\"'<`]*", page)) == {name_of_svg}
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=\"(?!data:)", page)


@pytest.mark.parametrize("ridge", ["0", "1e-4", "optimal"])
def test_map(capsys, monkeypatch, tmp_path, ridge):
    monkeypatch.chdir(tmp_path)
    options = f"--M 100 --N 1:1000:30log --T 2:500:20log --ridge {ridge} --sigma-eps 0.1"
    assert main(["map", *options.split(), "--format", "csv"]) == 0
    captured = capsys.readouterr()
    assert captured.err == f"picture: {map_command.DEFAULT_PICTURE}\n"
    assert (tmp_path / map_command.DEFAULT_PICTURE).read_bytes()[:4] == b"\x89PNG"
    rows = rows_of(captured.out)
    assert len(rows) == 25
    for row in rows:
        assert float(row["N"]) * float(row["T"]) == pytest.approx(
            float(row["budget"]), rel=1e-12, abs=0
        )
    model = rf.ScalingModel(rf.PowerLaw(1.0, 100), sigma_eps=0.1)
    strength = "optimal" if ridge == "optimal" else float(ridge)
    for row in rows[5:-5:5]:  # no other share of the budget does better
        N = np.geomspace(max(1, float(row["budget"]) / 1e3), 1e3, 50)
        assert rf.predict(model, N, float(row["budget"]) / N, strength).test.min() >= float(
            row["test"]
        ) * (1 - 1e-12)


def test_main_job(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(main_job, "PEAK_N", np.array([15.0, 300.0]))
    monkeypatch.setattr(main_job, "BREAKDOWN_N", np.array([10.0, 100.0]))
    assert main(["compare", "--draws", "4"]) == 0
    out = capsys.readouterr().out
    assert "14 of 14 points" in " ".join(out.split())
    assert (tmp_path / compare_command.DEFAULT_PICTURE).read_bytes()[:4] == b"\x89PNG"
    assert main("compare --draws 4 --format csv --plot other.pdf -o rows.csv".split()) == 0
    assert len(rows_of((tmp_path / "rows.csv").read_text())) == 14
    assert (tmp_path / "other.pdf").read_bytes()[:4] == b"%PDF"


@pytest.mark.filterwarnings("ignore:the test loss has no variance")
@pytest.mark.parametrize(
    "command", ["predict", "optimal-ridge", "simulate --draws 2", "compare --draws 2"]
)
@pytest.mark.parametrize(
    "lists", ["--N 5:20:4 --T 8,9", "--N 6 --T 4:30:5log --M 20,40", "--N 5 --T 6"]
)
def test_plot(command, lists, tmp_path, capsys):
    files = f"--plot {tmp_path}/p.png -o {tmp_path}/o"
    status = main(f"{command} {lists} {files}".split())
    assert status in (0, 1, 3)  # sizes this small need not agree
    assert (tmp_path / "p.png").read_bytes()[:4] == b"\x89PNG"
    assert (tmp_path / "o").read_text().count("\n") > 1
    assert capsys.readouterr().out == ""


def test_plot_against_ridge(tmp_path):
    files = f"--plot {tmp_path}/p.svg -o {tmp_path}/o"
    assert main(f"predict --N 5 --T 8 --ridge 0,1e-3:1:5log {files}".split()) == 0


@pytest.mark.parametrize("option", ["--output", "--plot"])
def test_outputs_are_checked_before_anything_is_computed(option, monkeypatch, capsys):
    monkeypatch.setattr(simulate_command, "simulate", lambda *a, **k: pytest.fail("computed first"))
    assert main(["simulate", "--N", "5", "--T", "5", option, "no/such/folder/p.png"]) == 2
    capsys.readouterr()


def test_orders_teachers_and_test_spectra(capsys, tmp_path):
    picture = str(tmp_path / "curves.png")
    line = "--N 10,20 --T 30 --M 60 --sigma-eps 0.1 --teacher-exponent 0.7 --test-alpha 0.4"
    options = [*line.split(), "--format", "csv"]
    spectrum = rf.PowerLaw(1.0, 60)
    model = rf.ScalingModel(
        spectrum,
        sigma_eps=0.1,
        teacher=rf.Teacher.power_law(0.7),
        test_spectrum=rf.PowerLaw(0.4, 60),
    )
    assert (
        main(["predict", *options, "--ridge", "0.01", "--order", "one-loop", "--plot", picture])
        == 0
    )
    rows = rows_of(capsys.readouterr().out)
    expected = rf.predict(model, [10, 20], 30, 0.01, order="one-loop")
    assert [float(row["test"]) for row in rows] == expected.test.tolist()
    assert {row["order"] for row in rows} == {"one-loop"}
    assert main(["simulate", *options, "--draws", "8"]) == 0
    rows = rows_of(capsys.readouterr().out)
    found = rf.simulate(model, [10, 20], 30, draws=8, seed=1)
    assert [float(row["test_q75"]) for row in rows] == found.test.q75.tolist()
    assert main(["optimal-ridge", *options]) == 0
    rows = rows_of(capsys.readouterr().out)
    assert [float(row["ridge"]) for row in rows] == rf.optimal_ridge(
        model, [10, 20], 30
    ).ridge.tolist()
    assert main(["simulate", *options[:-2], "--draws", "8"]) == 0
    head = capsys.readouterr().out.splitlines()[0].split()
    assert head == ["M", "N", "T", "ridge", "test", "stderr", "draws"]  # a table is for reading
    assert main(["simulate", *options[:-2], "--draws", "8", "--wide"]) == 0
    assert {"test_q75", "sigma_eps"} <= set(capsys.readouterr().out.splitlines()[0].split())


def test_predict_says_how_draws_scatter_where_it_is_asked_for(capsys):
    options = ["predict", "--N", "10,20", "--T", "30", "--M", "50"]
    assert main(options) == 0
    assert "std" not in capsys.readouterr().out
    assert main([*options, "--std"]) == 0
    assert capsys.readouterr().out.splitlines()[0].endswith("std  std error/%")
    assert main([*options, "--std", "--format", "csv"]) == 0
    rows = rows_of(capsys.readouterr().out)
    expected = rf.predict(rf.ScalingModel(rf.PowerLaw(1.0, 50)), [10, 20], 30)
    assert [float(row["std"]) for row in rows] == expected.std.tolist()
    assert [float(row["std_error"]) for row in rows] == expected.std_error.tolist()


@pytest.mark.filterwarnings("default")
def test_one_loop_warns_in_one_line(capsys):
    assert main("predict --N 20 --T 20 --ridge 1e-12 --order one-loop".split()) == 0
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "one loop may be off by more than 20%" in error


@pytest.fixture
def figures(monkeypatch):
    return figures_of(monkeypatch)


def long_lines(axes):
    """Positions and losses of the theory's lines."""
    return [line.get_data() for line in axes.lines if len(line.get_xdata()) > 100]


def test_what_is_drawn_is_what_was_asked_for(figures, capsys):
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60), sigma_eps=0.1)
    options = "--N 5:40:4 --T 15 --M 60 --sigma-eps 0.1 --plot p.png"
    assert main(["optimal-ridge", *options.split()]) == 0
    assert main(["predict", *options.split(), "--ridge", "0.01", "--order", "one-loop"]) == 0
    assert main(["predict", *options.split(), "--ridge", "optimal"]) == 0
    orders = ("planar", "one-loop", "planar")
    ridges = ("optimal", 0.01, "optimal")
    for figure, ridge, order in zip(figures, ridges, orders, strict=True):
        ((N, loss),) = long_lines(figure.axes[0])
        assert {5, 15, 40} <= set(N)
        np.testing.assert_array_equal(loss, rf.predict(model, N, 15, ridge, order=order).test)
    capsys.readouterr()


def test_titles_hold_what_curves_share(figures, capsys, monkeypatch):
    monkeypatch.setattr(map_command, "PATH_POINTS", 6)  # no title depends on the path
    more = "--sigma-eps 0.1 --teacher-exponent 0.5 --test-alpha 0.7 --plot p.png"
    assert main(f"predict --N 5:40:4 --T 15,20 --M 100000 --ridge 1e-3 {more}".split()) == 0
    assert main("optimal-ridge --N 5 --T 15:20:4 --M 60,90 --plot p.png".split()) == 0
    assert main(f"map --N 5:40:4 --T 15,20 --M 123456 --ridge optimal {more}".split()) == 0
    end = r"$\sigma_\epsilon$ = 0.1, $\beta$ = 0.5, $\alpha_\mathrm{test}$ = 0.7"
    titles = [figure.get_suptitle() or figure.axes[0].get_title() for figure in figures]
    assert titles == [
        rf"$\alpha$ = 1, $M$ = $10^{{5}}$, {end}, $\gamma$ = 0.001",
        r"$\alpha$ = 1, $N$ = 5, optimal $\gamma$",
        rf"$\alpha$ = 1, $M$ = 123456, {end}, optimal $\gamma$",
    ]
    capsys.readouterr()


# --- the kernel's ridge ------------------------------------------------------------------------


def with_kernel_ridge(model, N, T, ridge=None, *, kernel_ridge=None, **options):
    """`predict` with gamma = delta N/M, where sigma_u = 1 and N is finite."""
    assert (ridge is None) != (kernel_ridge is None)
    gamma = ridge if kernel_ridge is None else kernel_ridge * N / model.M
    return rf.predict(model, N, T, gamma, **options)


@pytest.fixture
def kernel_predict(monkeypatch):
    for module in (predict_command, theory_curves):
        monkeypatch.setattr(module, "predict", with_kernel_ridge)


def test_a_kernel_ridge_takes_the_place_of_the_ridge(kernel_predict, figures, capsys):
    line = "predict --N 20,40 --T 30 --M 60 --kernel-ridge 1e-3:1:3log --format csv --plot p.png"
    assert main(line.split()) == 0
    rows = rows_of(capsys.readouterr().out)
    delta = np.array([1e-3, 10**-1.5, 1.0])
    assert [float(row["kernel_ridge"]) for row in rows] == pytest.approx([*delta, *delta])
    N = np.array([[20.0], [40.0]])
    model = rf.ScalingModel(rf.PowerLaw(1.0, 60))
    expected = rf.predict(model, N, 30, delta * N / 60).test.ravel()
    np.testing.assert_allclose([float(row["test"]) for row in rows], expected, rtol=1e-12)
    (axes,) = figures[0].axes
    assert axes.get_xlabel() == r"kernel ridge $\delta$"
    for (position, loss), n in zip(long_lines(axes), N.ravel(), strict=True):
        assert position[[0, -1]].tolist() == [1e-3, 1.0]
        gamma = position * n / 60
        np.testing.assert_allclose(loss, rf.predict(model, n, 30, gamma).test, rtol=1e-12)


def test_curves_are_told_apart_by_their_kernel_ridge(kernel_predict, figures, capsys):
    line = "predict --N 5:40:4 --T 30 --M 60 --kernel-ridge {} --plot p.png"
    assert main(line.format("0,0.1").split()) == 0
    assert main(line.format("0.1").split()) == 0
    names = [text.get_text() for text in figures[0].axes[0].get_legend().get_texts()]
    assert names == [r"$\delta$ = 0", r"$\delta$ = 0.1"]
    assert figures[1].axes[0].get_title().endswith(r"$T$ = 30, $\delta$ = 0.1")
    capsys.readouterr()


def test_without_a_kernel_ridge_none_is_passed(monkeypatch, capsys):
    seen = []

    def predict(model, **arguments):
        seen.append(sorted(arguments))
        return rf.predict(model, **arguments)

    monkeypatch.setattr(predict_command, "predict", predict)
    assert main("predict --N 5 --T 8".split()) == 0
    assert seen == [["N", "T", "order", "ridge"]]
    capsys.readouterr()


def test_known_values_of_the_kernel_limit(capsys):
    line = "predict --N 1e15,inf --T 100 --M 4000 --sigma-eps .3 --kernel-ridge 0,1e-3,1,1e3"
    assert main([*line.split(), "--format", "csv"]) == 0
    rows = rows_of(capsys.readouterr().out)
    found = {}
    for row in rows:
        found.setdefault(float(row["N"]), []).append(float(row["test"]))
    # half a unit of the last digit that is given
    np.testing.assert_array_less(
        np.abs(np.array(found[1e15]) - [0.0455, 0.0420, 0.0033, 0.00019]),
        [5e-5, 5e-5, 5e-5, 5e-6],
    )
    np.testing.assert_allclose(found[np.inf], found[1e15], rtol=1e-9)


@pytest.mark.parametrize("command", ["simulate --draws 4", "compare --draws 4"])
def test_experiments_take_a_kernel_ridge(command, capsys):
    options = "--N 10 --T 15 --M 40 --format csv".split()
    assert main([*command.split(), *options, "--kernel-ridge", "0.2"]) in (0, 1)
    (kernel,) = rows_of(capsys.readouterr().out)
    assert main([*command.split(), *options, "--ridge", "0.05"]) in (0, 1)  # 0.2 N/M
    (plain,) = rows_of(capsys.readouterr().out)
    assert kernel["kernel_ridge"] == "0.2"
    assert kernel.keys() >= plain.keys()
    for name in ("test_mean", "simulated", "predicted"):
        if name in plain:
            assert float(kernel[name]) == pytest.approx(float(plain[name]), rel=1e-9, abs=0)
