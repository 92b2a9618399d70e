"""Everything that is assumed: spectrum, teacher, features and label noise, frozen and validated
once.
"""

from rfscale.model.scaling_model import RegimeWarning, ScalingModel, require_model

__all__ = ["RegimeWarning", "ScalingModel", "require_model"]
