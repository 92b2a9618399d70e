"""The memory and the cores that this process may use. Memory is asked for before a large allocation
rather than after it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")
OWN_CGROUP = Path("/proc/self/cgroup")


def available_memory() -> float:
    """Bytes that this process may still allocate, by the machine and by its control groups."""
    return min([_machine_memory(), *_cgroup_memory()])


def require_memory(needed: float, purpose: str) -> None:
    """Raise ValueError if `purpose` needs more bytes than are available.

    Examples
    --------
    >>> require_memory(1e30, "a large thing")
    Traceback (most recent call last):
    ValueError: a large thing needs ... GB of memory, but only ... GB are available
    """
    available = available_memory()
    if needed > available:
        raise ValueError(
            f"{purpose} needs {needed / 1e9:.3g} GB of memory, "
            f"but only {available / 1e9:.3g} GB are available"
        )


def available_cores() -> int:
    """The cores that this process may use: those of its affinity mask, and no more than its control
    groups pay for.
    """
    try:
        cores = len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        cores = os.cpu_count() or 1
    return max(1, math.ceil(min(cores, _cgroup_cores())))


def _machine_memory() -> float:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
        fields = dict(line.split(":", 1) for line in lines)
        return 1024.0 * int(fields["MemAvailable"].split()[0])
    except (OSError, KeyError, ValueError):
        pass
    try:  # systems without /proc: all physical memory is the best bound the standard library knows
        return float(os.sysconf("SC_PHYS_PAGES")) * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return float("inf")


def _cgroup_memory() -> Iterator[float]:
    for limit, used in (
        ("memory.max", "memory.current"),
        ("memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        for folder in _cgroups("memory"):
            try:
                yield float((folder / limit).read_text()) - float((folder / used).read_text())
            except (OSError, ValueError):  # not there, or "max"
                continue


@cache
def _cgroup_cores() -> float:
    """The least number of cores, maybe a fraction, whose time one of the control groups grants."""
    least = math.inf
    for folder in _cgroups("cpu"):
        try:
            quota, period = (folder / "cpu.max").read_text().split()
        except (OSError, ValueError):
            try:  # version 1
                quota, period = (
                    (folder / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period")
                )
            except OSError:
                continue
        try:
            granted = float(quota) / float(period)
        except (ValueError, ZeroDivisionError):  # "max", or nonsense
            continue
        if granted > 0:
            least = min(least, granted)
    return least


def _cgroups(controller: str) -> Iterator[Path]:
    """The folders of the control groups of this process, innermost first, in version 2 and in
    version 1.
    """
    try:
        lines = OWN_CGROUP.read_text().splitlines()
    except OSError:
        lines = []
    for line in [*lines, "0::/"]:  # in a container the own path may not be visible, but its root is
        controllers, path = [*line.split(":", 2), "", ""][1:3]
        if controllers and controller not in controllers.split(","):
            continue
        bases = {CGROUPS / controllers, CGROUPS / controller} if controllers else {CGROUPS}
        for base in bases:
            inner = base / path.strip("/")
            yield from (folder for folder in (inner, *inner.parents) if folder.is_relative_to(base))
