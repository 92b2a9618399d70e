"""Files are whole: whatever happens while one is written, the old one stays."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rfscale.support.files import replacing

WRITES = """
import resource, signal, sys
from rfscale.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
sys.exit(main(sys.argv[1:]))
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_takes_the_place_of_the_old(tmp_path):
    path = tmp_path / "rows.csv"
    for text in ("one\n", "two\n"):
        with replacing(path, "w") as file:
            file.write(text)
            file.flush()
            assert not path.exists() or path.read_text() != text
        assert path.read_bytes() == text.encode()
    assert names(tmp_path) == ["rows.csv"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, MemoryError])
def test_what_fails_leaves_the_old_file(error, tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("old")

    def fail(file):
        file.write(b"half")
        raise error

    with pytest.raises(error), replacing(path) as file:
        fail(file)
    assert path.read_text() == "old"
    assert names(tmp_path) == ["rows.csv"]


def test_permissions_and_links_are_kept(tmp_path):
    path = tmp_path / "rows.csv"
    path.write_text("old")
    path.chmod(0o640)
    link = tmp_path / "link.csv"
    link.symlink_to(path)
    with replacing(link, "w") as file:
        file.write("new")
    assert path.read_text() == "new"
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o640
    mask = os.umask(0o027)
    try:
        with replacing(tmp_path / "another", "w"):
            pass
    finally:
        os.umask(mask)
    assert (tmp_path / "another").stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to(tmp_path):
    with replacing("/dev/null", "w") as file:
        file.write("nothing")
    with pytest.raises(OSError, match="cannot write /dev/full: No space left on device"):  # noqa: SIM117
        with replacing("/dev/full", "w") as file:
            file.write("nothing")
    os.mkfifo(tmp_path / "pipe")
    with ThreadPoolExecutor(1) as pool:
        read = pool.submit((tmp_path / "pipe").read_text)
        with replacing(tmp_path / "pipe", "w") as file:
            file.write("rows")
        assert read.result() == "rows"


@pytest.mark.parametrize("name", ["rows.csv", "rows.json", "rows.txt"])
def test_rows_on_a_full_disk(name, tmp_path):
    """A limit on the size of files stands for the disk: the writes fail in the same way."""
    (tmp_path / name).write_text("old")
    line = [sys.executable, "-c", WRITES, *f"predict --N 1:1000:1000 --T 50 -o {name}".split()]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
    done = subprocess.run(
        line, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.stderr == f"rfscale: error: cannot write {name}: File too large\n"
    assert done.returncode == 2
    assert (tmp_path / name).read_text() == "old"
    assert names(tmp_path) == [name]
