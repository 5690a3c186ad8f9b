"""The audit of a model that predicts a quantity."""

from whytransfer.steps.regression.run import answered

__all__ = ["answered"]
