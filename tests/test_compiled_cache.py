"""The cache of compiled functions: damaged files are compiled anew, and nothing is loaded that does
not belong to the function.
"""

import errno
import os
import pickle
import subprocess
import sys

import numba
import pytest

from rfscale.support import compiled_cache
from rfscale.support.compiled import compiled

DAMAGED = "is damaged and is compiled anew"
SCRIPT = """
from rfscale.support.compiled import compiled
def make(number):
    def f(x):
        return x + number
    f.__qualname__ = f"f{number}"
    return compiled(f)
functions = [make(number) for number in range(%d)]
values = [f(10) for f in functions]
hits = [sum(f.stats.cache_hits.values()) for f in functions]
print(values, hits)
"""


def flipped(content):
    """Bit 4 of a byte in the middle: in a data file that is in the machine code or the bitcode."""
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 16]) + content[middle + 1 :]


WRONG_SHAPE = pickle.dumps(numba.__version__) + pickle.dumps(["no", "index", "at all"])
DAMAGES = {
    ("nbi", "empty"): lambda content: b"",
    ("nbi", "cut in the version"): lambda content: content[:3],
    ("nbi", "cut after the version"): lambda content: pickle.dumps(numba.__version__),
    ("nbi", "cut in the middle"): lambda content: content[: len(content) // 2],
    ("nbi", "cut before the last byte"): lambda content: content[:-1],
    ("nbi", "garbage"): lambda content: b"\xff" * len(content),
    ("nbi", "wrong shape"): lambda content: WRONG_SHAPE,
    ("nbc", "empty"): lambda content: b"",
    ("nbc", "cut in the middle"): lambda content: content[: len(content) // 2],
    ("nbc", "cut before the last byte"): lambda content: content[:-1],
    ("nbc", "garbage"): lambda content: b"\xff" * len(content),
    ("nbc", "flipped bit"): flipped,
    ("nbc", "wrong shape"): lambda content: pickle.dumps((1, 2, 3)),
    ("nbc", "not bytes"): lambda content: pickle.dumps((b"", "text")),
}


def start(script, folder):
    """Values, cache hits and stderr of a process that runs the script."""
    done = subprocess.run(
        [sys.executable, "-W", "error", script],
        capture_output=True,
        text=True,
        env=os.environ | {"NUMBA_CACHE_DIR": str(folder)},
    )
    assert done.returncode == 0, done.stderr
    values, hits = done.stdout.removesuffix("]\n").split("] [")
    return values, [int(hit) for hit in hits.split(",")], done.stderr


def test_damaged_files_are_compiled_anew(tmp_path):
    """Each function has its own damage. The next process computes the same without the cache and
    says so in one line; the one after that finds all in the cache and says nothing.
    """
    script = tmp_path / "script.py"
    script.write_text(SCRIPT % len(DAMAGES))
    expected, hits, words = start(script, tmp_path / "cache")
    assert (set(hits), words) == ({0}, "")

    folder = next((tmp_path / "cache").glob("*/script.f0-*.nbi")).parent
    for number, ((suffix, _), damage) in enumerate(DAMAGES.items()):
        (path,) = folder.glob(f"script.f{number}-*.{suffix}")
        content = path.read_bytes()
        damaged = damage(content)
        assert damaged != content
        path.write_bytes(damaged)

    values, hits, words = start(script, tmp_path / "cache")
    assert values == expected
    assert set(hits) == {0}
    assert words.count("\n") == 1
    assert DAMAGED in words
    assert str(folder) in words

    values, hits, words = start(script, tmp_path / "cache")
    assert values == expected
    assert set(hits) == {1}
    assert words == ""


CALLER = """
from rfscale.support.compiled import compiled
from pair.called import number
@compiled
def f(x):
    return x + number()
"""
CALLED = """
from rfscale.support.compiled import compiled
@compiled
def number():
    return %d
"""


def test_a_function_is_compiled_anew_when_one_that_it_calls_changes(tmp_path):
    """In another file of its package. A file without compiled functions changes nothing."""
    package = tmp_path / "pair"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "caller.py").write_text(CALLER)
    script = tmp_path / "script.py"
    script.write_text(
        "from pair.caller import f\nprint([f(10)], [sum(f.stats.cache_hits.values())])\n"
    )
    (package / "called.py").write_text(CALLED % 1)
    assert start(script, tmp_path / "cache")[:2] == ("[11", [0])
    (package / "beside.py").write_text("CHANGED = True")
    (package / ".#called.py").symlink_to("nothing")
    assert start(script, tmp_path / "cache")[:2] == ("[11", [1])
    (package / "called.py").write_text(CALLED % 2)
    assert start(script, tmp_path / "cache")[:2] == ("[12", [0])


# --- the files themselves
# --------------------------------------------------------------------------------------------------

DATA = ("name", b"\x00\x01 machine code", {"more": 1})


def files(folder, stamp="today"):
    return compiled_cache.CheckedFiles(str(folder), "f", stamp)


def loaded(folder):
    """The data, or None where they are missing or an error says that they cannot be used."""
    try:
        return files(folder).load("key")
    except Exception:
        return None


@pytest.mark.parametrize("name", ["f.nbi", "f.1.nbc"])
def test_no_damage_is_loaded(tmp_path, name):
    """Cut at any length, and with one bit of any byte flipped, a file gives the data or nothing."""
    files(tmp_path).save("key", DATA)
    assert loaded(tmp_path) == DATA
    path = tmp_path / name
    content = path.read_bytes()
    for length in range(len(content)):
        path.write_bytes(content[:length])
        assert loaded(tmp_path) is None
    for place in range(len(content)):
        damaged = bytearray(content)
        damaged[place] ^= 1 << place % 8
        path.write_bytes(damaged)
        assert loaded(tmp_path) in (DATA, None)


def test_data_of_an_older_source_are_not_loaded(tmp_path):
    """The process was killed when the new index was written and the new data were not."""
    files(tmp_path, "yesterday").save("key", DATA)
    old = (tmp_path / "f.1.nbc").read_bytes()
    files(tmp_path).save("key", ("new", *DATA))
    (tmp_path / "f.1.nbc").write_bytes(old)
    assert files(tmp_path, "yesterday").load("key") is None
    assert files(tmp_path).load("key") is None
    files(tmp_path).save("key", ("new", *DATA))
    assert files(tmp_path).load("key") == ("new", *DATA)


def test_data_of_another_signature_are_not_loaded(tmp_path):
    files(tmp_path).save("key", DATA)
    files(tmp_path).save("other", ("other", *DATA))
    os.replace(tmp_path / "f.2.nbc", tmp_path / "f.1.nbc")
    with pytest.raises(ValueError, match="another signature"):
        files(tmp_path).load("key")


# --- nothing can be written
# --------------------------------------------------------------------------------------------------


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(compiled_cache, "_said", set())
    return tmp_path


def squared(x):
    return x * x


@pytest.mark.parametrize("what", ["save", "_save_index", "_save_data"])
def test_a_full_disk_does_not_stop_a_compilation(cache, monkeypatch, capfd, what):
    def full(self, *arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(compiled_cache.CheckedFiles, what, full)
    function = compiled(squared)
    assert (function(3), function(3.5)) == (9, 12.25)
    words = capfd.readouterr().err
    assert words.count("\n") == 1
    assert "cannot be kept" in words
    assert str(cache) in words
    monkeypatch.undo()
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(cache))
    again = compiled(squared)
    assert again(3) == 9
    assert capfd.readouterr().err == ""


def test_what_cannot_be_removed_is_left_alone(cache, capfd):
    """A folder in the place of the index: no file can be read there, removed or written."""
    index = compiled(squared)._cache._cache_file.index
    index.mkdir(parents=True)
    assert compiled(squared)(3) == 9
    assert capfd.readouterr().err.count("\n") == 1
    assert list(index.parent.iterdir()) == [index]


def test_a_closed_stderr_does_not_stop_a_compilation(cache, monkeypatch):
    index = compiled(squared)._cache._cache_file.index
    index.write_bytes(b"")
    with open(os.devnull, "w") as closed:
        monkeypatch.setattr(sys, "stderr", closed)
    assert compiled(squared)(3) == 9
    assert index.stat().st_size > 0
