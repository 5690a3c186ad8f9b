"""Columns that are missing, extra, in another order, or of another kind."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

from whytransfer.problem import Problem

LABELS = [0, 1, 0, 1]


def problem(source, target):
    return Problem(pd.DataFrame(source), LABELS, pd.DataFrame(target))


def columns(**values):
    return pd.DataFrame(values)


AGE, CITY = [1, 2, 3, 4], ["a", "b", "c", "a"]


def test_the_order_of_columns_does_not_matter():
    found = problem(columns(age=AGE, city=CITY), columns(city=CITY, age=AGE))
    assert found.mismatch is None
    assert found.warnings == ()
    assert found.target.names == ("age", "city")
    assert list(found.target.rows.columns) == ["age", "city"]


def test_extra_columns_are_set_aside_and_said():
    found = problem(columns(age=AGE), columns(age=AGE, more=AGE, other=AGE))
    assert found.mismatch is None
    assert found.target.names == ("age",)
    assert found.warnings == (
        "the target has the columns 'more', 'other', which the source has not: set aside",
    )


@pytest.mark.parametrize("name", ["ages", "Age", "age ", "agee"])
def test_a_missing_column_is_a_mismatch_with_the_nearest_name(name):
    found = problem(columns(age=AGE, city=CITY), columns(**{name: AGE, "city": CITY}))
    assert (
        found.mismatch == f"the target lacks the source's column 'age' (the nearest name there is {name!r})"
    )


def test_many_missing_columns_are_counted():
    source = columns(**{f"column{i}": AGE for i in range(9)})
    assert problem(source, columns(zzz=AGE)).mismatch.endswith("'column4' and 4 more")


def test_arrays_of_another_width():
    found = Problem(np.ones((4, 3)), LABELS, np.ones((2, 2)))
    assert found.mismatch == "the source has 3 columns and the target has 2, and not both name them"


SAME_KIND = {
    "int and float": ([1, 2, 3, 4], [1.5, 2.5]),
    "int and nullable": ([1, 2, 3, 4], pd.array([1, None], dtype="Int64")),
    "bool and 0/1": ([True, False, True, True], [0, 1]),
    "0/1 and bool": ([0.0, 1.0, 1.0, 0.0], [True, False]),
    "bool with gaps": ([True, None, False, True], [0, 1]),
    "category and text": (pd.Categorical(CITY), ["a", "z"]),
    "text and category": (CITY, pd.Categorical(["a", "z"])),
    "numeric category and int": (pd.Categorical([1, 2, 1, 2]), [1, 2]),
    "int and numeric category": ([1, 2, 1, 2], pd.Categorical([1.0, 2.0])),
    "empty and text": ([None] * 4, ["a", "b"]),
    "text and empty": (CITY, [np.nan, np.nan]),
    "dates and empty": (pd.date_range("2020", periods=4), [None, None]),
    "dates of any sort": (pd.date_range("2020", periods=4), [dt.date(2020, 1, 1), None]),
    "zones": (pd.date_range("2020", periods=4, tz="Asia/Tokyo"), pd.date_range("2020", periods=2)),
    "decimals": ([Decimal("1.5")] * 4, [1, 2]),
    "durations": (pd.to_timedelta([1, 2, 3, 4], unit="s"), [1.0, 2.0]),
    "times of day": ([dt.time(1), dt.time(2), None, dt.time(3)], [1.0, 2.0]),
}  # fmt: skip
ANOTHER_KIND = {
    "number and text": ([1, 2, 3, 4], ["1", "old"], "numbers in the source but text in the target (such as 'old')"),
    "text and number": (CITY, [1, 2], "text in the source (such as 'a') but numbers in the target"),
    "numbers written as text": ([1, 2, 3, 4], ["1", "2"], "numbers in the source but text in the target (such as '1')"),
    "bool and other numbers": ([True, False, True, True], [0, 7], "true/false in the source but numbers in the target"),
    "text and bool": (CITY, [True, False], "text in the source (such as 'a') but true/false in the target"),
    "dates and text": (pd.date_range("2020", periods=4), ["x", "y"], "dates in the source but text in the target (such as 'x')"),
    "dates and numbers": (pd.date_range("2020", periods=4), [1, 2], "dates in the source but numbers in the target"),
    "words as categories and int": (pd.Categorical(CITY), [1, 2], "text in the source (such as 'a') but numbers in the target"),
}  # fmt: skip


@pytest.mark.parametrize("case", SAME_KIND)
def test_what_counts_as_one_kind(case):
    source, target = SAME_KIND[case]
    assert problem(columns(c=source), columns(c=target)).mismatch is None


@pytest.mark.parametrize("case", ANOTHER_KIND)
def test_what_counts_as_another_kind(case):
    source, target, sentence = ANOTHER_KIND[case]
    assert problem(columns(c=source), columns(c=target)).mismatch == f"column 'c' holds {sentence}"


def test_several_reasons_make_one_sentence():
    source = columns(**dict.fromkeys("abcde", AGE))
    found = Problem(source, LABELS, source.astype(str).map(lambda c: c + "x"), yt=["?", None, None, None])
    assert found.mismatch.count("holds numbers in the source but text") == 3
    assert "(and 2 more columns differ)" in found.mismatch
    assert "'?' not among the source's classes 0, 1" in found.mismatch


def test_columns_of_mixed_types_are_read_as_text_and_said():
    found = problem(columns(c=[1, "a", 2.0, "b"]), columns(c=["a", "1"]))
    assert found.mismatch is None
    assert found.warnings == ("source: column 'c' mixes float, int, str and is read as text",)
    assert found.source.frame()["c"].tolist() == ["1", "a", "2", "b"]
