"""The cores and the memory that a process may use, by its affinity and its control groups."""

import os
from pathlib import Path

import pytest

from rfscale.support import machine

UNLIMITED = "max 100000"


def version_1(folder, quota):
    """The files of a control group of version 1."""
    return {f"{folder}/cpu.cfs_quota_us": quota, f"{folder}/cpu.cfs_period_us": "100000"}


@pytest.fixture
def cgroups(tmp_path, monkeypatch):
    """Write control groups, given as a dictionary of files and the process's own groups, into a
    folder of our own.
    """

    def make(own, files):
        machine._cgroup_cores.cache_clear()
        monkeypatch.setattr(machine, "CGROUPS", tmp_path)
        monkeypatch.setattr(machine, "OWN_CGROUP", tmp_path / "own")
        (tmp_path / "own").write_text(own)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)

    monkeypatch.setattr(os, "sched_getaffinity", lambda process: set(range(16)), raising=False)
    yield make
    machine._cgroup_cores.cache_clear()


@pytest.mark.parametrize(
    ("own", "files", "cores"),
    [
        ("0::/\n", {}, 16),
        ("0::/\n", {"cpu.max": "max 100000"}, 16),
        ("0::/\n", {"cpu.max": "300000 100000"}, 3),
        ("0::/\n", {"cpu.max": "250000 100000"}, 3),  # a part of a core is worth a thread
        ("0::/\n", {"cpu.max": "10000 100000"}, 1),
        (
            "0::/a/b\n",
            {"a/b/cpu.max": UNLIMITED, "a/cpu.max": "400000 100000", "cpu.max": UNLIMITED},
            4,
        ),
        ("0::/not/visible\n", {"cpu.max": "200000 100000"}, 2),
        ("4:memory:/x\n3:cpu,cpuacct:/y\n", version_1("cpu,cpuacct/y", "500000"), 5),
        ("3:cpuacct,cpu:/\n", version_1("cpu", "300000"), 3),
        ("0::/\n", {"cpu.max": "100000 0"}, 16),
        ("nonsense\n0::/\n", {"cpu.max": "many 100000"}, 16),
        ("3:cpu:/\n", version_1("cpu", "-1"), 16),
    ],
)
def test_cores_of_a_control_group(cgroups, own, files, cores):
    cgroups(own, files)
    assert machine.available_cores() == cores


def test_cores_of_an_affinity_mask(cgroups, monkeypatch):
    cgroups("0::/\n", {"cpu.max": "800000 100000"})
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {3, 5}, raising=False)
    assert machine.available_cores() == 2
    monkeypatch.delattr(os, "sched_getaffinity")
    assert 1 <= machine.available_cores() <= 8


def test_memory_of_a_control_group(cgroups):
    cgroups(
        "0::/a\n", {"a/memory.max": "3000000", "a/memory.current": "1000000", "memory.max": "max"}
    )
    assert machine.available_memory() == 2_000_000
    cgroups(
        "4:memory:/b\n",
        {"memory/b/memory.limit_in_bytes": "5000", "memory/b/memory.usage_in_bytes": "1000"},
    )
    assert machine.available_memory() == 4000


def test_no_control_groups(cgroups, monkeypatch):
    cgroups("", {})
    monkeypatch.setattr(machine, "OWN_CGROUP", Path("/nowhere"))
    assert machine.available_cores() == 16
    assert machine.available_memory() > 0
