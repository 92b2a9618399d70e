"""`rfscale doctor`: it shows what a bug report needs and no more, and its self-test can fail."""

import dataclasses
import re
import tomllib
from importlib import metadata
from pathlib import Path

import llvmlite.binding
import pytest

import rfscale as rf
from rfscale.cli import installation, main
from rfscale.simulation.running import threads
from rfscale.support import compiled_cache

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
OF_DEVELOPERS = {"test", "book", "versions", "browser", "coverage", "release", "bench", "lint"}


def said(capsys, status=0):
    assert main(["doctor"]) == status
    written = capsys.readouterr()
    assert written.err == ""
    assert max(map(len, written.out.splitlines())) < 100
    return written.out


def test_it_names_every_dependency_and_finds_all_right(capsys):
    text = said(capsys)
    assert text.startswith(f"rfscale    {rf.__version__} in ")
    assert text.endswith("all right\n")
    assert text.count(": right, ") == 4
    for line in PROJECT["dependencies"]:
        name = re.match(r"\w+", line)[0]
        assert f"{name} {metadata.version(name)}" in text
    for title in ("machine", "BLAS", "compiled", "extras", "self-test"):
        assert re.search(rf"^{title} +\S", text, re.M)


def test_it_knows_the_extras():
    assert set(installation.EXTRAS) == set(PROJECT["optional-dependencies"]) - OF_DEVELOPERS
    for extra, (package, _) in installation.EXTRAS.items():
        assert PROJECT["optional-dependencies"][extra][0].startswith(package)


def wrong_theory(monkeypatch):
    predict = rf.predict

    def of_a_slightly_larger_teacher(model, **options):
        return predict(dataclasses.replace(model, sigma_w=1 + 1e-9), **options)

    monkeypatch.setattr(rf, "predict", of_a_slightly_larger_teacher)


def wrong_optimum(monkeypatch):
    optimal_ridge = rf.optimal_ridge

    def of_other_noise(model, **sizes):
        return optimal_ridge(dataclasses.replace(model, sigma_eps=0.1 * (1 + 1e-9)), **sizes)

    monkeypatch.setattr(rf, "optimal_ridge", of_other_noise)


def wrong_simulation(monkeypatch):
    simulate = rf.simulate

    def with_more_noise(model, **options):
        return simulate(dataclasses.replace(model, sigma_eps=0.102), **options)

    monkeypatch.setattr(rf, "simulate", with_more_noise)


def no_simulation(monkeypatch):
    def raises(*arguments, **options):
        raise RuntimeError("no kernel")

    monkeypatch.setattr(rf, "simulate", raises)


@pytest.mark.parametrize(
    ("break_it", "count", "where"),
    [
        (wrong_theory, 2, "one-loop loss: .*: WRONG"),
        (wrong_optimum, 1, "optimal ridge: .*: WRONG"),
        (wrong_simulation, 1, "simulated loss: .*: WRONG"),
        (no_simulation, 1, "simulated loss: RuntimeError: no kernel: WRONG"),
    ],
)
def test_a_wrong_answer_is_seen(break_it, count, where, monkeypatch, capsys):
    break_it(monkeypatch)
    text = said(capsys, status=1)
    assert re.search(where, text)
    assert text.endswith(f"{count} of 4 wrong\n")


def test_it_shows_no_secrets_and_no_home(monkeypatch, capsys):
    monkeypatch.setenv("MY_TOKEN", "a-secret")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "SkylakeX")
    monkeypatch.setattr(Path, "home", lambda: Path(rf.__file__).parents[1])
    text = said(capsys)
    assert "secret" not in text
    assert "TOKEN" not in text
    assert "OPENBLAS_CORETYPE=SkylakeX" in text
    assert f"{rf.__version__} in ~/rfscale\n" in text
    assert str(Path(rf.__file__).parents[1]) not in text


def test_a_section_that_breaks_says_why(monkeypatch, capsys):
    def raises():
        yield "a line"
        raise OSError("no such thing")

    monkeypatch.setitem(installation.SECTIONS, "machine", raises)
    assert "machine    cannot be found out: OSError: no such thing\n" in said(capsys)


@pytest.mark.parametrize(
    ("has_avx512", "kernels", "hinted"),
    [
        (True, ["SkylakeX"], False),
        (True, ["Haswell", "SkylakeX"], True),
        (True, ["SapphireRapids"], False),
        (False, ["Haswell"], False),
    ],
)
def test_a_faster_kernel_is_hinted_at(has_avx512, kernels, hinted, monkeypatch):
    class Controller:
        def info(self):
            common = {"user_api": "blas", "internal_api": "openblas", "version": "0.3"}
            common |= {"num_threads": 2, "filepath": "/x/numpy.libs/libopenblas.so"}
            return [common | {"architecture": kernel} for kernel in kernels]

    monkeypatch.setattr(threads, "blas_controller", Controller)
    features = {"avx512f": has_avx512}
    monkeypatch.setattr(llvmlite.binding, "get_host_cpu_features", lambda: features)
    lines = list(installation.blas())
    assert lines[0] == f"openblas 0.3, kernel {kernels[0]}, threads 2, in numpy.libs"
    assert (installation.HINT in lines) == hinted


def test_the_folder_of_the_cache(monkeypatch, tmp_path):
    monkeypatch.setattr(compiled_cache, "folder_of", lambda function: str(tmp_path))
    assert list(installation.cache()) == [f"{tmp_path} can be written, 0 functions are kept there"]
    tmp_path.joinpath("f.nbi").touch()
    assert ", 1 functions are kept" in next(installation.cache())
    monkeypatch.setattr(compiled_cache, "folder_of", lambda function: str(tmp_path / "none"))
    assert f"{tmp_path}/none CANNOT be written" in next(installation.cache())
    monkeypatch.undo()
    assert compiled_cache.folder_of(test_it_knows_the_extras) is None  # not compiled


def test_what_is_missing_can_be_installed(monkeypatch):
    monkeypatch.setattr(installation, "_version", lambda package: None)
    dask, frames, *_ = installation.extras()
    assert dask == 'dask: missing, pip install "rfscale[dask]" brings it, for sweeps on a cluster'
    assert "rfscale[frames]" in frames
