"""The process of a command: what it imports, Ctrl-C at any moment, closed and broken streams."""

import signal
import sys
import threading

import cpu_limit
import pytest
from sweeps_shared import children_hear_ctrl_c

import rfscale
from rfscale.cli import main

HEAVY = ("numpy", "scipy", "numba", "matplotlib", "mpmath", "sympy", "tqdm", "argparse")
PREDICT = "predict --N 5 --T 6"
INTERRUPTED = "rfscale: interrupted\n"


def run(line, *, shell=False, folder=None, code=None):
    """What a process prints and its exit status; `code` is run in the place of `-m rfscale`."""
    start = ["-m", "rfscale"] if code is None else ["-c", code]
    command = [sys.executable, *start, *line.split()]
    if shell:
        command = ["sh", "-c", " ".join([sys.executable, "-m", "rfscale", line])]
    with children_hear_ctrl_c():
        return cpu_limit.run(command, 120, cwd=folder)


# --- what is imported --------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["", "--help", "-h", "--version", "predic", "--N 10 predict"])
def test_what_needs_no_command_imports_no_library(line):
    code = f"""
import atexit, sys
from rfscale.cli import main
atexit.register(lambda: print([name for name in {HEAVY[:-1]} if name in sys.modules]))
sys.exit(main())
"""
    done = run(line, code=code)
    assert done.stdout.splitlines()[-1] == "[]"


def test_only_the_module_of_the_command_is_imported():
    code = """
import sys
from rfscale.cli import COMMANDS, main
main(["explore", "-o", "/dev/null"])
print([name for name in COMMANDS if "rfscale.cli." + name.replace("-", "_") in sys.modules])
"""
    assert run("", code=code).stdout == "['explore']\n"


# --- Ctrl-C ------------------------------------------------------------------------------------

BROKEN_OFF = """
import os, signal, time
try:
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(60)
except BaseException:
    os._exit(7)  # whatever it does instead
"""


def write_module(folder, name, text):
    (folder / f"{name}.py").write_text(text)


@pytest.mark.parametrize("module", ["argparse", "numpy", "numba", "tomllib"])
def test_ctrl_c_in_an_import_ends_at_once(module, tmp_path):
    """Also where what is imported turns the KeyboardInterrupt into something else."""
    write_module(tmp_path, module, BROKEN_OFF)
    line = "sweep none.toml --store none.db" if module == "tomllib" else PREDICT
    done = run(line, folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", INTERRUPTED)


OWN = """
import os
import signal

import rfscale as rf

def interrupt():
    os.kill(os.getpid(), signal.SIGINT)

def plain():
    interrupt()

def odd():
    try:
        interrupt()
    except BaseException:
        raise SystemError("error return without exception set")

def swallowed():
    class Dying:
        def __del__(self):
            interrupt()
    Dying()
    return rf.Eigenvalues([1.0, 0.5])

def executed():
    exec("interrupt()", globals())

def twice():
    try:
        interrupt()
    finally:
        try:
            interrupt()
        finally:
            os._exit(7)
"""


@pytest.mark.parametrize("moment", ["plain", "odd", "executed", "swallowed", "twice"])
def test_ctrl_c_in_a_command_is_one_line(moment, tmp_path):
    """As it is, as another error, in code that is executed, in a finaliser, where Python would go
    on, and twice.
    """
    write_module(tmp_path, "own", OWN)
    done = run(f"{PREDICT} --spectrum own:{moment}", folder=tmp_path)
    assert (done.returncode, done.stdout, done.stderr) == (130, "", INTERRUPTED)


def test_ctrl_c_while_the_process_ends():
    code = """
import atexit, os, signal, sys
from rfscale.cli import main
atexit.register(lambda: os.kill(os.getpid(), signal.SIGINT))
sys.exit(main())
"""
    done = run("--version", code=code)
    assert (done.returncode, done.stderr) == (130, INTERRUPTED)


@pytest.fixture
def heard():
    """Ctrl-C is heard, which whoever started the tests may have turned off."""
    with children_hear_ctrl_c():
        yield


@pytest.mark.usefixtures("heard")
def test_a_program_that_calls_main_keeps_its_handlers(capsys, monkeypatch):
    seen = []
    monkeypatch.setattr("rfscale.cli._run", lambda *_: seen.append(handler()) or 0)
    before = handler()
    hook = sys.unraisablehook
    assert main(["predict"]) == 0
    assert handler() is before
    assert seen[0] is not before
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in the background of a shell
    try:
        main(["predict"])
        assert seen[1] == handler() == signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    thread = threading.Thread(target=main, args=(["predict"],))
    thread.start()
    thread.join()
    assert seen[2] is before
    assert sys.unraisablehook is hook


def handler():
    return signal.getsignal(signal.SIGINT)


# --- streams -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "stream"),
    [
        ("--help", ">&-"),
        ("", ">&- 2>&-"),
        ("--version", "| true"),
        ("predict --help", "| true"),
        (PREDICT, ">&-"),
        (PREDICT, "| true"),
        (PREDICT, ">&- 2>&-"),
        ("formulas", ">&-"),
    ],
)
def test_a_closed_output_is_quiet(line, stream):
    done = run(f"{line} {stream}", shell=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_errors_do_not_go_to_a_standard_output_where_standard_error_is_closed():
    done = run("predict --N 0 --T 5 2>&-", shell=True)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "")


@pytest.mark.parametrize("line", ["--help", "predict --help", PREDICT])
def test_a_full_disk_is_one_line(line):
    done = run(f"{line} >/dev/full", shell=True)
    assert done.returncode == 2
    reason = "No space left on device"
    assert done.stderr == f"rfscale: error: cannot write standard output: {reason}\n"


def test_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"rfscale {rfscale.__version__}\n"
