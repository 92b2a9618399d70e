"""What `rfscale doctor` says of an installation: versions, machine, BLAS, cache, extras."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

CORE = "numpy scipy numba llvmlite threadpoolctl mpmath sympy matplotlib tqdm".split()
# what each brings, and for what
EXTRAS = {
    "dask": ("distributed", "sweeps on a cluster"),
    "frames": ("pandas", "to_frame() of results"),
    "data": ("scikit-dimension", "the dimension of data"),
    "trained": ("jax", "networks that are trained"),
    "completion": ("shtab", "completion in the shell"),
}
VARIABLES = [f"{library}_NUM_THREADS" for library in ("OPENBLAS", "OMP", "MKL", "NUMBA")]
VARIABLES += ["OPENBLAS_CORETYPE", "NUMBA_CACHE_DIR", "NUMBA_DISABLE_JIT", "RFSCALE_QUIET"]
WITH_AVX512 = {"SkylakeX", "Cooperlake", "SapphireRapids"}  # kernels of OpenBLAS
FIXED_SPACE = "\xa0"  # no line is broken there
HINT = (
    "This processor has AVX-512, which the kernel does not use: try OPENBLAS_CORETYPE=SkylakeX in "
    "the environment, set before Python starts. It changes last digits."
)


def versions() -> Iterator[str]:
    """The package, Python, the system, and the libraries."""
    from rfscale.version import __version__

    yield f"{__version__} in {Path(__file__).parents[1]}"
    yield f"Python {platform.python_version()} in {sys.prefix}, {platform.platform()}"
    yield ", ".join(f"{name}{FIXED_SPACE}{_version(name) or 'MISSING'}" for name in CORE)


def machine() -> Iterator[str]:
    """Cores and memory that may be used, and the variables that change numbers or speed."""
    from rfscale.support.machine import available_cores, available_memory

    memory = available_memory() / 1e9
    yield f"{available_cores()} of {os.cpu_count()} cores may be used, {memory:.1f} GB are free"
    values = [f"{name}={os.environ[name]}" for name in VARIABLES if name in os.environ]
    yield "environment: " + (", ".join(values) or "nothing that changes numbers or speed is set")


def blas() -> Iterator[str]:
    """The libraries with their kernels and threads, and a hint if a faster kernel may be had."""
    from rfscale.simulation.running.threads import blas_controller

    libraries = [each for each in blas_controller().info() if each["user_api"] == "blas"]
    for library in libraries:
        kernel = library.get("architecture", "unknown")
        name = f"{library['internal_api']} {library['version']}"
        yield f"{name}, kernel {kernel}, threads {library['num_threads']}, in {_owner(library)}"
    if not libraries:
        yield "none that threadpoolctl knows: draws in parallel may wait for each other"
    if _slow_kernel(libraries):
        yield HINT


def _owner(library: dict[str, Any]) -> str:
    """The package of which a wheel brought it, or the file."""
    path = Path(library["filepath"])
    return path.parent.name if path.parent.name.endswith(".libs") else str(path)


def _slow_kernel(libraries: list[dict[str, Any]]) -> bool:
    """Whether OpenBLAS computes without AVX-512 on a processor that has it."""
    from llvmlite import binding

    kernels = {
        library.get("architecture")
        for library in libraries
        if library["internal_api"] == "openblas"
    }
    return bool(kernels - WITH_AVX512) and binding.get_host_cpu_features().get("avx512f", False)


def cache() -> Iterator[str]:
    """Where compiled functions are kept."""
    from rfscale.support.compiled_cache import folder_of
    from rfscale.theory.kernels import planar_points

    folder = folder_of(planar_points)
    if folder is None:
        yield "the JIT is disabled: everything is slow"
        return
    kept = len(list(Path(folder).glob("*.nbi"))) if Path(folder).is_dir() else 0
    if _can_be_written(folder):
        yield f"{folder} can be written, {kept} functions are kept there"
    else:
        yield f"{folder} CANNOT be written: compiled in each process, unless NUMBA_CACHE_DIR is set"


def _can_be_written(folder: str) -> bool:
    try:
        with tempfile.TemporaryFile(dir=folder):
            return True
    except OSError:
        return False


def extras() -> Iterator[str]:
    """What is optional, and what it is for."""
    for extra, (package, purpose) in EXTRAS.items():
        version = _version(package)
        missing = f'missing, pip install "rfscale[{extra}]" brings it'
        yield f"{extra}: {f'{package} {version}' if version else missing}, for {purpose}"


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


SECTIONS: dict[str, Callable[[], Iterator[str]]] = {
    "rfscale": versions,
    "machine": machine,
    "BLAS": blas,
    "compiled": cache,
    "extras": extras,
}
