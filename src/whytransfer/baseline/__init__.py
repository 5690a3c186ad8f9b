"""What an audit needs of the source, kept in one file: nightly audits need the source's data no more."""

from whytransfer.baseline.baseline import Baseline

__all__ = ["Baseline"]
