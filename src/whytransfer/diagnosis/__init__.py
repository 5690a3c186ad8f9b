"""Why: which columns moved, and what kind of shift that is."""

from whytransfer.diagnosis.concept import ConceptTest, LabelledRows, concept_test
from whytransfer.diagnosis.disde import Decomposition, Part, decompose, shared_weights
from whytransfer.diagnosis.error_model import ErrorModel, signals
from whytransfer.diagnosis.features import FeatureShift, feature_shifts
from whytransfer.diagnosis.harm import MOST_GROUPS, Group, Harm, groups_of, harms
from whytransfer.diagnosis.label_shift import LabelShiftTest, label_shift_test
from whytransfer.diagnosis.regions import Area, Readable, Regions, find_regions, readable
from whytransfer.diagnosis.reliability import reliability
from whytransfer.diagnosis.scores import Samples
from whytransfer.diagnosis.shift import Shift, kind_of_shift

__all__ = [
    "MOST_GROUPS",
    "Area",
    "ConceptTest",
    "Decomposition",
    "ErrorModel",
    "FeatureShift",
    "Group",
    "Harm",
    "LabelShiftTest",
    "LabelledRows",
    "Part",
    "Readable",
    "Regions",
    "Samples",
    "Shift",
    "concept_test",
    "decompose",
    "feature_shifts",
    "find_regions",
    "groups_of",
    "harms",
    "kind_of_shift",
    "label_shift_test",
    "readable",
    "reliability",
    "shared_weights",
    "signals",
]
