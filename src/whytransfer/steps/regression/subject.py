"""Whose predicted numbers the audit is about: found as of classes."""

from whytransfer.steps.subject import find

__all__ = ["find"]
