"""How one of several ways to adapt is chosen, or none: evidence in, a choice with its reason out."""

from whytransfer.choice.choice import Choice, keep
from whytransfer.choice.collapse import collapse_of, share_distance
from whytransfer.choice.columns import columns_kind
from whytransfer.choice.evidence import SOURCE, Evidence, Setting
from whytransfer.choice.paired import Paired
from whytransfer.choice.plausible import plausible
from whytransfer.choice.reverse import reverse_error
from whytransfer.choice.rule import LabelRule, choose, choose_by_labels

__all__ = [
    "SOURCE",
    "Choice",
    "Evidence",
    "LabelRule",
    "Paired",
    "Setting",
    "choose",
    "choose_by_labels",
    "collapse_of",
    "columns_kind",
    "keep",
    "plausible",
    "reverse_error",
    "share_distance",
]
