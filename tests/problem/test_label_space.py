"""Labels of any kind, in any container, as codes."""

import datetime as dt
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from whytransfer.errors import InputError
from whytransfer.problem import Problem
from whytransfer.problem.label_space import LabelSpace


def space(values, task=None):
    return LabelSpace.of(values, name="y", task=task)


@pytest.mark.parametrize(
    ("labels", "classes"),
    [
        (["no", "yes", "no"], ["no", "yes"]),
        ([-1, 1, -1], [-1, 1]),
        ([True, False], [False, True]),
        ([7, 300, 7, 12], [7, 12, 300]),
        ([0.0, 2.0, 0.0], [0, 2]),
        ([1.0, np.nan, 0.0], [0, 1]),
        (["a", None, np.nan, "b"], ["a", "b"]),
        (["a", "", "  ", "b"], ["a", "b"]),
        (pd.Series(["b", "a"], dtype="category"), ["a", "b"]),
        (pd.Series([2, 1], dtype="category").cat.add_categories(9), [1, 2]),
        (pd.array([1, None, 0], dtype="Int64"), [0, 1]),
        (pd.array([True, None], dtype="boolean"), [True]),
        (pl.Series(["b", None, "a"]), ["a", "b"]),
        (pa.array([3, None, 1]), [1, 3]),
        (np.array([b"b", b"a"]), ["a", "b"]),
        (np.array(["b", "a"]), ["a", "b"]),
        (np.array([[1], [0]]), [0, 1]),
        (np.ma.array([1, 5, 0], mask=[0, 1, 0]), [0, 1]),
        ([Decimal(2), Decimal(1)], [1, 2]),
        ([1, "a"], ["1", "a"]),
        ([dt.date(2020, 1, 2), dt.date(2019, 1, 1)], ["2019-01-01", "2020-01-02"]),
        ([2**60 + 1, 2**60], [2**60, 2**60 + 1]),
    ],
)
def test_classes_are_the_distinct_labels_sorted(labels, classes):
    found = space(labels).classes
    assert found.tolist() == classes
    assert [type(value) for value in found.tolist()] == [type(value) for value in classes]


def test_codes_point_into_the_classes_and_missing_is_minus_one():
    assert space([-1, 1]).codes([1, -1, None, 1]).codes.tolist() == [1, 0, -1, 1]
    assert space(["x", "b"]).codes(["x", pd.NA, "b", np.nan]).codes.tolist() == [1, -1, 0, -1]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ([0, 1], ["0", "1"]),
        (["0", "1"], [0, 1]),
        (["0", "1"], [0.0, 1.0]),
        ([0, 1], ["0.0", " 1 "]),
        ([False, True], [0, 1]),
        ([0, 1], [False, True]),
        ([False, True], ["false", "TRUE"]),
        (["False", "True"], [False, True]),
        (["False", "True"], ["false", "true"]),
        (["-1", "1"], [-1.0, 1.0]),
        (pd.Categorical(["0", "1"]), np.array([0, 1], dtype=np.int8)),
    ],
)
def test_another_writing_of_the_same_value_is_matched(source, target):
    coded = space(source).codes(target)
    assert coded.codes.tolist() == [0, 1]
    assert coded.outside == ()


def test_a_writing_that_fits_two_classes_fits_none():
    coded = space(["1", "1.0", "2"]).codes(["1", "1.0", 1, 2])
    assert coded.codes.tolist() == [0, 1, -1, -1]
    assert coded.outside == (1, 2)
    assert space([0, 1]).codes([True]).codes.tolist() == [1]
    assert space(["true", "1"]).codes([True]).codes.tolist() == [-1]


@pytest.mark.parametrize("value", ["Yes", "yes ", "y", "1_000", "inf", 3, 0.5])
def test_what_is_no_class_stays_outside(value):
    coded = space(["1000", "no", "yes"]).codes([value, "no", value])
    assert coded.codes.tolist() == [-1, 1, -1]
    assert coded.outside == (value,)
    assert coded.outside_rows == 2


def test_the_nearest_class_is_named():
    assert space(["no", "yes"]).strange(("Yes", "maybe")) == (
        "'Yes' (the nearest is 'yes'), 'maybe' not among the source's classes 'no', 'yes'"
    )


def test_look_alikes():
    assert space(["No", "no ", "yes"]).look_alikes() == (("No", "no "),)
    assert space([1, 2]).look_alikes() == ()


@pytest.mark.parametrize(
    ("labels", "word"),
    [(np.linspace(0, 1, 9), "0.125"), (np.arange(51), "51 different numbers")],
)
def test_a_quantity_is_regression_unless_told_otherwise(labels, word):
    read = Problem(np.arange(len(labels))[:, None], labels, [[0.0], [1.0]])
    assert read.numeric and len(read.classes) == 0
    assert np.array_equal(read.source.labels, labels)
    assert any(word in said and "--task classification" in said for said in read.warnings)
    told = Problem(np.arange(len(labels))[:, None], labels, [[0.0], [1.0]], task="classification")
    assert not told.numeric and len(told.classes) == len(labels)


def test_many_numeric_classes_are_fine_when_each_stands_often():
    assert len(space(np.tile(np.arange(51), 5)).classes) == 51
    assert len(space(np.arange(50)).classes) == 50


def test_text_that_looks_like_an_identifier():
    with pytest.raises(InputError, match="looks like an identifier"):
        space([f"id{i}" for i in range(60)])


@pytest.mark.parametrize("labels", [[None, None], [], np.array([np.nan]), ["", " "]])
def test_no_label_at_all(labels):
    with pytest.raises(InputError, match="is empty in the source"):
        space(labels)


@pytest.mark.parametrize("labels", [np.eye(3), [[1, 0], [0, 1]]])
def test_indicator_columns_are_refused(labels):
    with pytest.raises(InputError, match="not indicator columns"):
        space(labels)


def test_an_infinite_label_is_refused():
    with pytest.raises(InputError, match="inf is no label"):
        space([0.0, np.inf])
