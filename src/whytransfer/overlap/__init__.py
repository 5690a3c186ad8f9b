"""The domain classifier, the density ratio, the support: one fit, used by everyone."""

from whytransfer.overlap.auc import auc_lower_limit, auc_of
from whytransfer.overlap.calibration import calibrated, platt
from whytransfer.overlap.domain_classifier import DomainClassifier, score_rows
from whytransfer.overlap.neighbours import Neighbours, neighbours
from whytransfer.overlap.overlap import Overlap
from whytransfer.overlap.two_samples import TwoSamples

__all__ = [
    "DomainClassifier",
    "Neighbours",
    "Overlap",
    "TwoSamples",
    "auc_lower_limit",
    "auc_of",
    "calibrated",
    "neighbours",
    "platt",
    "score_rows",
]
