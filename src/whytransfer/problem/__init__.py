"""What is known: two samples and a task."""

from whytransfer.problem.check import Checked, check
from whytransfer.problem.encode import Encoder
from whytransfer.problem.problem import Problem
from whytransfer.problem.read import read_table
from whytransfer.problem.sample import Sample
from whytransfer.problem.split import Splits, make_splits, splits_of

__all__ = [
    "Checked",
    "Encoder",
    "Problem",
    "Sample",
    "Splits",
    "check",
    "make_splits",
    "read_table",
    "splits_of",
]
