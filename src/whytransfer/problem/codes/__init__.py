"""How one kind of column becomes numbers: one file a kind. Everything is learnt from the rows given to `fit`."""

from whytransfer.problem.codes.categories import CategoryCode
from whytransfer.problem.codes.code import Code, Reason
from whytransfer.problem.codes.dates import DateCode
from whytransfer.problem.codes.numbers import NumberCode
from whytransfer.problem.codes.sparse import SparseCode
from whytransfer.problem.codes.words import WordCode

__all__ = ["CategoryCode", "Code", "DateCode", "NumberCode", "Reason", "SparseCode", "WordCode"]
