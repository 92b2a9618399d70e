"""The random-feature model of neural scaling laws: solved, simulated and compared."""

from rfscale.model import RegimeWarning, ScalingModel
from rfscale.spectrum import Eigenvalues, PowerLaw

__all__ = ["Eigenvalues", "PowerLaw", "RegimeWarning", "ScalingModel"]
