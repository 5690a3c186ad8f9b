"""CSV, Parquet and the frame itself: one problem; and readers that never break on what they are given."""

import os
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import example, given, settings
from hypothesis import strategies as st

from whytransfer.errors import InputError
from whytransfer.problem import Encoder, Problem
from whytransfer.problem.read import read_table

# Text that no reader takes for a number, a date, a boolean or a missing value.
WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x00", exclude_categories=["Cs", "Cc"]), max_size=6
).map(lambda s: f"w{s}.")
FLOATS = st.floats(-1e30, 1e30, allow_nan=False, width=64)
ROWS = st.tuples(
    st.none() | FLOATS,
    st.integers(-(2**63), 2**63 - 1),
    st.none() | WORDS,
    st.booleans(),
    st.none() | st.dates(),
    st.sampled_from(["no", "yes"]),
)


def frame_of(rows):
    table = pd.DataFrame(rows, columns=["number", "whole", "word", "flag", "day", "y"])
    table["number"] = table["number"].astype(float)
    table["whole"] = table["whole"].astype(np.int64)
    table["word"] = table["word"].astype(object)
    return table


def one_line(error):
    assert "\n" not in str(error)
    assert len(str(error)) < 600


@settings(max_examples=25)
@given(rows=st.lists(ROWS, min_size=1, max_size=12), delimiter=st.sampled_from([",", ";", "\t", "|"]))
@example(rows=[(1e30, 0, None, True, None, "no"), (-1e30, 1, None, True, None, "yes")], delimiter=",")
def test_csv_and_parquet_give_the_same_problem(rows, delimiter):
    table = frame_of(rows)
    with tempfile.TemporaryDirectory() as folder:
        csv, parquet = Path(folder, "a.csv"), Path(folder, "a.parquet")
        table.to_csv(csv, index=False, sep=delimiter, lineterminator="\r\n")
        table.to_parquet(parquet)
        problems = [Problem.read(path, parquet, label="y", use_target_labels=True) for path in (csv, parquet)]
    problems.append(Problem.read(table, table, label="y", use_target_labels=True))
    assert {problem.mismatch for problem in problems} == {None}
    assert len({problem.digest for problem in problems}) == 1
    codes = [
        Encoder().fit(problem.source.rows).transform(problem.target.rows).tobytes() for problem in problems
    ]
    assert len(set(codes)) == 1


@settings(max_examples=150)
@given(
    content=st.binary(max_size=200) | st.text(alphabet='ab,;\t"\n\r1.e-N\x00é', max_size=60).map(str.encode)
)
def test_any_bytes_are_a_table_or_one_line(content):
    descriptor, path = tempfile.mkstemp(suffix=".csv")
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
        table = read_table(path)
        assert len(table) >= 1
    except InputError as error:
        one_line(error)
    finally:
        os.unlink(path)


MAGIC = [b"PAR1", b"ARROW1\x00\x00", b"PK\x03\x04", b"\x1f\x8b\x08", b"\xff\xff\xff\xff"]


@settings(max_examples=100)
@given(magic=st.sampled_from(MAGIC), content=st.binary(max_size=300))
def test_any_bytes_after_a_magic_number_are_one_line(magic, content):
    descriptor, path = tempfile.mkstemp()
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(magic + content)
        read_table(path)
    except InputError as error:
        one_line(error)
    finally:
        os.unlink(path)


@settings(max_examples=50)
@given(
    cells=st.lists(
        st.none() | st.integers() | FLOATS | WORDS | st.booleans() | st.dates(), min_size=2, max_size=8
    )
)
def test_any_cells_are_a_problem_or_one_line(cells):
    source = pd.DataFrame({"a": pd.Series(cells, dtype=object), "b": range(len(cells))})
    try:
        problem = Problem(source, ["u", "v"] + ["u"] * (len(cells) - 2), source)
    except InputError as error:
        one_line(error)
    else:
        assert problem.mismatch is None
        assert np.isfinite(Encoder().fit(problem.source.rows).transform(problem.target.rows)).all()
