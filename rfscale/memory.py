"""How much memory there is, asked before a large allocation rather than after the machine has died of it."""

from __future__ import annotations

import os
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")


def available_memory() -> float:
    """Bytes that this process may still allocate: the least of the machine's and its control group's."""
    return min(_machine_memory(), _cgroup_memory())


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
            f"{purpose} needs {needed / 1e9:.3g} GB of memory, but only {available / 1e9:.3g} GB are available"
        )


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


def _cgroup_memory() -> float:
    try:
        limit = (_CGROUP / "memory.max").read_text().strip()
        used = (_CGROUP / "memory.current").read_text().strip()
        return float("inf") if limit == "max" else float(limit) - float(used)
    except (OSError, ValueError):
        return float("inf")
