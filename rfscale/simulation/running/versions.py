"""The versions that the last bits of a simulation may depend on."""

from __future__ import annotations

import platform

import numba
import numpy as np
import scipy

from rfscale.simulation.running.threads import blas_controller
from rfscale.version import __version__


def versions() -> dict[str, str]:
    """Of this package, python, the libraries and BLAS, by name."""
    keys = ("internal_api", "version", "architecture")
    blas = {
        " ".join(str(library.get(key)) for key in keys)
        for library in blas_controller().info()
        if library["user_api"] == "blas"
    }
    return {
        "rfscale": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "numba": numba.__version__,
        "blas": ", ".join(sorted(blas)),
    }
