"""How one of several ways to adapt is chosen, or none: evidence in, a choice with its reason out."""

from whytransfer.choice.belief import Belief, Prior
from whytransfer.choice.choice import Choice, keep
from whytransfer.choice.collapse import collapse_of, share_distance
from whytransfer.choice.columns import columns_kind
from whytransfer.choice.evidence import SOURCE, Evidence, Setting
from whytransfer.choice.kinds import KINDS, coarse_share, kind_of
from whytransfer.choice.paired import Paired
from whytransfer.choice.plausible import plausible
from whytransfer.choice.priors import Fared, Priors, fit_priors, shipped
from whytransfer.choice.reverse import reverse_error
from whytransfer.choice.rule import choose, choose_by_labels

__all__ = [
    "KINDS",
    "SOURCE",
    "Belief",
    "Choice",
    "Evidence",
    "Fared",
    "Paired",
    "Prior",
    "Priors",
    "Setting",
    "choose",
    "choose_by_labels",
    "coarse_share",
    "collapse_of",
    "columns_kind",
    "fit_priors",
    "keep",
    "kind_of",
    "plausible",
    "reverse_error",
    "share_distance",
    "shipped",
]
