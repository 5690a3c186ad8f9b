"""The terms of the bounds, each computed by one oracle."""

from whytransfer.hypotheses.terms.adaptability import adaptability
from whytransfer.hypotheses.terms.discrepancy import discrepancy
from whytransfer.hypotheses.terms.disparity import disparity
from whytransfer.hypotheses.terms.lagrangian import lagrangian
from whytransfer.hypotheses.terms.version_space import version_space

__all__ = ["adaptability", "discrepancy", "disparity", "lagrangian", "version_space"]
