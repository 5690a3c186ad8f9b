"""The domain classifier, the density ratio, the support: one fit, used by everyone."""

from whytransfer.overlap.auc import auc_lower_limit, auc_of
from whytransfer.overlap.domain_classifier import DomainClassifier, score_rows
from whytransfer.overlap.overlap import Overlap
from whytransfer.overlap.rows import TwoSamples

__all__ = ["DomainClassifier", "Overlap", "TwoSamples", "auc_lower_limit", "auc_of", "score_rows"]
