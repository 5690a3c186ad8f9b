"""Why: which columns moved, and what kind of shift that is."""

from whytransfer.diagnosis.features import FeatureShift, feature_shifts
from whytransfer.diagnosis.shift import Shift, kind_of_shift

__all__ = ["FeatureShift", "Shift", "feature_shifts", "kind_of_shift"]
