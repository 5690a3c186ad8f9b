"""A problem from arrays and from frames of every kind: the same codes, nobody's object changed."""

import copy
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

from whytransfer.errors import InputError
from whytransfer.problem import Problem

SOURCE = pd.DataFrame(
    {
        "a": [1.0, 2.5, np.nan, 4.0],
        "k": ["u", "v", None, "u"],
        "b": [True, False, True, True],
        "y": ["no", "yes", "yes", "no"],
        "g": [1, 1, 2, 3],
        "t": pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-04"]),
        "w": [1.0, 2.0, 0.0, 1.0],
    }
)
TARGET = pd.DataFrame(
    {
        "k": ["w", "v"],
        "a": [7, 8],
        "b": [False, True],
        "g": [9, 9],
        "t": pd.to_datetime(["2021-01-01", "2021-01-02"]),
        "w": [1, 1],
    }
)
BACKENDS = {
    "pandas": lambda f: f,
    "pandas object": lambda f: f.astype({"k": object, "b": object}),
    "pandas category": lambda f: f.astype({"k": "category"}),
    "pandas nullable": lambda f: f.convert_dtypes(),
    "pandas arrow": lambda f: f.convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.from_pandas,
    "polars lazy": lambda f: pl.from_pandas(f).lazy(),
    "arrow": lambda f: pa.Table.from_pandas(f, preserve_index=False),
    "arrow batch": lambda f: pa.RecordBatch.from_pandas(f, preserve_index=False),
}


def read(source, target, **options):
    return Problem.read(source, target, label="y", group="g", time="t", weights="w", **options)


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_frame_gives_the_same_problem(backend):
    convert = BACKENDS[backend]
    problem, plain = read(convert(SOURCE), convert(TARGET)), read(SOURCE, TARGET)
    assert problem.mismatch is None
    assert problem.digest == plain.digest
    assert problem.classes.tolist() == ["no", "yes"]
    assert problem.source.labels.tolist() == [0, 1, 1, 0]
    assert problem.source.names == problem.target.names == ("a", "k", "b")
    assert problem.source.groups.tolist() == ["1", "1", "2", "3"]
    assert problem.target.time.tolist() == [moment.to_pydatetime() for moment in TARGET["t"]]
    assert problem.source.weights.tolist() == [1.0, 2.0, 0.0, 1.0]
    assert problem.target.n == 2
    assert problem.warnings == ()


@pytest.mark.parametrize("backend", BACKENDS)
def test_rows_keep_their_container(backend):
    source = BACKENDS[backend](SOURCE)
    problem = read(source, BACKENDS[backend](TARGET))
    part = problem.source.take(np.array([3, 0]))
    if backend not in ("polars lazy", "arrow batch"):
        assert type(part) is type(source)
    assert part.shape == (2, 3)
    assert problem.source.take(np.array([True, False, False, True])).shape == (2, 3)
    assert list(problem.source.frame()["a"].dropna()) == [1.0, 2.5, 4.0]


def test_files_and_frames_give_the_same_problem(tmp_path):
    SOURCE.to_csv(tmp_path / "s.csv", index=False)
    TARGET.to_parquet(tmp_path / "t.parquet")
    assert read(tmp_path / "s.csv", str(tmp_path / "t.parquet")).digest == read(SOURCE, TARGET).digest


X = np.array([[0.0, 1.0], [2.0, 0.0], [0.0, 3.0], [1.0, 1.0]])
ARRAYS = {
    "float64": lambda a: a,
    "float32": lambda a: a.astype(np.float32),
    "float16": lambda a: a.astype(np.float16),
    "int": lambda a: a.astype(int),
    "fortran": np.asfortranarray,
    "list": lambda a: a.tolist(),
    "object": lambda a: a.astype(object),
    "pandas": pd.DataFrame,
    "csr": sparse.csr_array,
    "csc": sparse.csc_matrix,
    "coo": sparse.coo_array,
}


@pytest.mark.parametrize("kind", ARRAYS)
def test_every_array_gives_the_same_codes(kind):
    problem = Problem(ARRAYS[kind](X), [-1, 1, 1, -1], ARRAYS[kind](X[:2]), yt=[1, None])
    assert problem.classes.tolist() == [-1, 1]
    assert problem.source.labels.tolist() == [0, 1, 1, 0]
    assert problem.target.labels.tolist() == [1, -1]
    assert problem.mismatch is None
    frame = problem.source.frame()
    values = frame.toarray() if sparse.issparse(frame) else frame.to_numpy(dtype=float)
    assert values.tolist() == X.tolist()


def test_one_dimension_is_one_column():
    problem = Problem([0.1, 0.9], [0, 1], np.array([0.5]))
    assert problem.source.names == ("x0",)
    assert problem.source.rows.shape == (2, 1)


def test_digest_sees_content_only():
    digests = {
        Problem(form(X), [0, 1, 1, 0], form(X)).digest for form in (np.array, np.float32, np.asfortranarray)
    }
    assert len(digests) == 1
    assert Problem(X, [0, 1, 1, 0], X, yt=[0, 1, 1, 0]).digest not in digests
    assert Problem(X, [0, 1, 0, 0], X).digest not in digests
    assert Problem(X, [0, 1, 1, 0], X, weights=(np.ones(4), None)).digest not in digests
    assert Problem(X, [0, 2, 2, 0], X).digest not in digests


def test_nobodys_object_is_changed(tmp_path):
    for convert in (lambda f: f, lambda f: f.astype({"k": "category"}), lambda f: f.astype(object)):
        source, target = convert(SOURCE).set_axis(list("pqrs")), convert(TARGET)
        before = copy.deepcopy((source, target))
        problem = read(source, target, target_labels={0: "yes"})
        problem.source.frame(), problem.digest, problem.source.take(np.array([0]))
        pd.testing.assert_frame_equal(source, before[0])
        pd.testing.assert_frame_equal(target, before[1])
    Xs, ys, S = X.copy(), np.array([1, -1, 1, 1]), sparse.csr_array(X)
    Xs.setflags(write=False)
    ys.setflags(write=False)
    Problem(Xs, ys, S, yt=ys, weights=(ys * ys, None)).digest
    assert (S.toarray() == X).all()


def test_a_problem_is_frozen_and_pickles():
    problem = read(SOURCE, TARGET)
    with pytest.raises(AttributeError):
        problem.mismatch = "x"
    with pytest.raises(ValueError, match="read-only"):
        problem.classes[0] = "x"
    assert pickle.loads(pickle.dumps(problem)).digest == problem.digest


def test_an_index_is_ignored_and_unnamed_columns_are_told():
    shuffled = SOURCE.set_axis([3, 1, 2, 0])
    assert read(shuffled, TARGET).digest == read(SOURCE, TARGET).digest
    source = SOURCE.assign(**{"Unnamed: 0": range(4)})
    problem = read(source, TARGET.assign(**{"Unnamed: 0": range(2)}))
    assert "Unnamed: 0" in problem.source.names
    assert [w for w in problem.warnings if "row index" in w] == [
        "column 'Unnamed: 0' looks like a row index that pandas wrote; it is used as a feature: leave it out"
    ]


def test_source_rows_without_label_keep_their_number():
    problem = Problem(X, [1, None, 0, np.nan], X)
    assert problem.source.labels.tolist() == [1, -1, 0, -1]
    assert problem.source.labelled.tolist() == [True, False, True, False]
    assert problem.source.n == 4
    assert problem.warnings == ("2 of 4 source rows have no label and are left out of training and scoring",)


def test_a_label_column_in_the_target_is_set_aside_and_said():
    target = TARGET.assign(y=["yes", None])
    problem = read(SOURCE, target)
    assert problem.target.labels is None
    assert "y" not in problem.target.names
    assert any("'y' (1 label): set aside" in warning for warning in problem.warnings)
    assert read(SOURCE, target, use_target_labels=True).target.labels.tolist() == [1, -1]
    assert read(SOURCE, target, use_target_labels=True).warnings == ()
    assert read(SOURCE, TARGET.assign(y=None)).warnings == ()


def test_target_labels_that_are_set_aside_never_make_a_mismatch():
    assert read(SOURCE, TARGET.assign(y=["maybe", "no"])).mismatch is None
    found = read(SOURCE, TARGET.assign(y=["maybe", "no"]), use_target_labels=True)
    assert "in 1 of 2 rows: 'maybe' not among the source's classes 'no', 'yes'" in found.mismatch
    assert found.target.labels.tolist() == [-1, 0]


def test_a_source_class_that_the_target_has_not_is_fine():
    assert Problem(X, [0, 1, 2, 2], X, yt=[0, 0, 0, 0]).mismatch is None


def test_other_target_labels_make_another_problem():
    problem = Problem(X, [0, 1, 1, 0], X)
    labelled = problem.with_target_labels({2: 1})
    assert problem.target.labels is None
    assert labelled.target.labels.tolist() == [-1, -1, 1, -1]
    assert labelled.with_target_labels([5, 0, 0, 0]).mismatch is not None
    assert labelled.with_target_labels([5, 0, 0, 0]).with_target_labels([1, 0, 0, 0]).mismatch is None
    assert labelled.with_target_labels(None).digest == problem.digest


def test_codes_of_predictions():
    problem = Problem(X, [0.0, 1.0, 1.0, 0.0], X)
    assert problem.codes(np.array([1.0, 0.0, np.nan])).tolist() == [1, 0, -1]
    assert problem.codes(["1", "0"]).tolist() == [1, 0]
    with pytest.raises(InputError, match="the model's predictions: 2 not among"):
        problem.codes([0, 2], "the model's predictions")


def test_npz_calls_its_label_y(tmp_path):
    np.savez(tmp_path / "a.npz", X=X, y=[0, 1, 1, 0])
    problem = Problem.read(tmp_path / "a.npz", tmp_path / "a.npz", label="outcome", use_target_labels=True)
    assert problem.label_name == "y"
    assert problem.target.labels.tolist() == [0, 1, 1, 0]
    assert problem.warnings == ("the label of an NPZ file is its array 'y'; it was read for 'outcome'",)


def test_names_of_one_side_serve_both():
    named = pd.DataFrame(X, columns=["u", "v"])
    for source, target in ((named, X), (X, named)):
        problem = Problem(source, [0, 1, 1, 0], target)
        assert problem.source.names == problem.target.names == ("u", "v")
        assert any("matched by position" in warning for warning in problem.warnings)
        assert list(problem.target.frame().columns) == ["u", "v"]


def test_numbers_as_names():
    frame = pd.DataFrame(np.column_stack([X, [0, 1, 1, 0]]))
    problem = Problem.read(frame, frame, label="2", use_target_labels=True)
    assert problem.source.names == ("0", "1")
    assert problem.target.labels.tolist() == [0, 1, 1, 0]


REFUSED = {
    "no labels": (lambda: Problem(X, None, X), "source labels: None given"),
    "labels of another length": (lambda: Problem(X, [0, 1], X), "2 labels for 4 source rows"),
    "yt of another length": (lambda: Problem(X, [0, 1, 1, 0], X, yt=[0]), "1 label for 4 target rows"),
    "no rows": (lambda: Problem(X[:0], [], X), "source: no rows|is empty in the source"),
    "no target rows": (lambda: Problem(X, [0, 1, 1, 0], X[:0]), "target: no rows"),
    "no columns": (lambda: Problem(X[:, :0], [0, 1, 1, 0], X), "no feature columns|columns"),
    "three dimensions": (lambda: Problem(X[None], [0], X), "expected two dimensions"),
    "ragged": (lambda: Problem([[1], [1, 2]], [0, 1], X), "rows of different lengths"),
    "complex": (lambda: Problem(X * 1j, [0, 1, 1, 0], X), "complex128"),
    "structured": (lambda: Problem(np.zeros(4, dtype=[("a", int)]), [0, 1, 1, 0], X), "can't be used"),
    "masked": (lambda: Problem(np.ma.array(X), [0, 1, 1, 0], X), "NaN where values are missing"),
    "a dict": (lambda: Problem({"a": [1]}, [0], X), "got dict"),
    "infinite": (lambda: Problem(np.where(X == 3, np.inf, X), [0, 1, 1, 0], X), "'x1' holds an infinite number in row 2"),
    "minus infinite target": (lambda: Problem(X, [0, 1, 1, 0], -np.inf * (X + 1)), "target: column 'x0'"),
    "a path": (lambda: Problem("source.csv", [0, 1], X), "got str; wt.Problem.read.* takes paths"),
    "nothing": (lambda: Problem(None, [0, 1], X), "source: expected a table or an array, got NoneType"),
    "huge": (lambda: Problem(np.where(X == 3, 1e31, X), [0, 1, 1, 0], X), "'x1' holds 1e.31 in row 2"),
    "huge below zero": (lambda: Problem(X, [0, 1, 1, 0], np.where(X == 3, -1e300, X)), "target: column 'x1' holds -1e.300 in row 2"),
    "huge in sparse": (lambda: Problem(sparse.csr_array(np.where(X == 3, -1e31, X)), [0, 1, 1, 0], X), "larger than 1e\\+30"),
    "infinite in sparse": (lambda: Problem(sparse.csr_array(np.where(X == 3, np.inf, X)), [0, 1, 1, 0], X), "sparse matrix holds missing or infinite"),
    "missing in sparse": (lambda: Problem(sparse.csr_array(np.where(X == 3, np.nan, X)), [0, 1, 1, 0], X), "sparse matrix holds missing"),
    "lists in cells": (lambda: Problem(pd.DataFrame({"a": [[1], [2]]}), [0, 1], pd.DataFrame({"a": [1]})), "'a' holds values of type list"),
    "groups not a pair": (lambda: Problem(X, [0, 1, 1, 0], X, groups=[1, 2, 3, 4]), r"groups: expected a pair \(source, target\)"),
    "groups of another length": (lambda: Problem(X, [0, 1, 1, 0], X, groups=([1], None)), "source groups: 1 value for 4 rows"),
    "an unknown task": (lambda: Problem(X, [0, 1, 1, 0], X, task="ranking"), "unknown task 'ranking'"),
    "an array to read": (lambda: Problem.read(X, X, label="y"), "an array has no column names"),
    "a label that is not there": (lambda: read(SOURCE.rename(columns={"y": "Y "}), TARGET), "no label column 'y'; did you mean 'Y '"),
    "no target label to use": (lambda: read(SOURCE, TARGET, use_target_labels=True), "target: no label column 'y'"),
    "two sources of labels": (lambda: read(SOURCE, TARGET, use_target_labels=True, target_labels=[1, 0]), "both given"),
    "two roles": (lambda: Problem.read(SOURCE, TARGET, label="y", group="g", time="g"), "named as groups and as time"),
    "no group column": (lambda: Problem.read(SOURCE, TARGET, label="y", group="gg"), "no groups column 'gg'; did you mean 'g'|no groups column"),
    "nothing but the label": (lambda: Problem.read(SOURCE[["y", "g"]], TARGET, label="y", group="g"), "no feature columns beside 'g', 'y'"),
    "duplicate names": (lambda: Problem(pd.DataFrame(X, columns=["a", "a"]), [0, 1, 1, 0], X), "'a' stands more than once"),
    "levels of names": (lambda: Problem(pd.DataFrame(X, columns=pd.MultiIndex.from_tuples([(1, 2), (1, 3)])), [0, 1, 1, 0], X), "several levels"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_line(case):
    call, words = REFUSED[case]
    with pytest.raises(InputError, match=words) as caught:
        call()
    assert "\n" not in str(caught.value)


def test_a_quantity_keeps_its_numbers():
    read = Problem(X, [0.5, None, 3.0, 2.0], X, yt={1: -4.5})
    assert read.task == "regression" and read.classes.tolist() == []
    assert np.array_equal(read.source.labels, [0.5, np.nan, 3.0, 2.0], equal_nan=True)
    assert read.source.labelled.tolist() == [True, False, True, True]
    # A negative number is a label, not a mark of a missing one.
    assert read.target.labelled.tolist() == [False, True, False, False]
    assert read.with_rows(target=np.array([1])).target.labels.tolist() == [-4.5]
    assert Problem(X, [0, 1, 1, 0], X, task="regression").numeric
    with pytest.raises(InputError, match=r"row 1 has 'high', expected a finite number"):
        Problem(X, [0.5, 1.0, 3.0, 2.0], X, yt=[1.0, "high", None, None])
    with pytest.raises(InputError, match="row 2 has 1e.31, expected numbers of at most 1e.30 in size"):
        Problem(X, [0.5, 1.0, 1e31, 2.0], X)
    with pytest.raises(InputError, match="unknown task 'ranking', expected 'classification' or 'regression'"):
        Problem(X, [0, 1, 1, 0], X, task="ranking")
    assert Problem(X, [0.5, 1.25, 0.5, 0.5], X, task="classification").classes.tolist() == [0.5, 1.25]


def test_a_wrong_delimiter_is_told(tmp_path):
    (tmp_path / "a.csv").write_text("a b y\n1 2 0\n1 3 1\n")
    (tmp_path / "b.csv").write_text("a,b,y\n1,2,0\n1,3,1\n")
    with pytest.raises(InputError, match="source: only one column, 'a b y'.*separated by something else"):
        Problem.read(tmp_path / "a.csv", tmp_path / "b.csv", label="y")
    with pytest.raises(InputError, match="target: only one column, 'a b y'"):
        Problem.read(tmp_path / "b.csv", tmp_path / "a.csv", label="y")


def test_a_target_of_one_feature_is_fine(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,0\n2,1\n")
    (tmp_path / "b.csv").write_text("x\n1\n3\n")
    assert Problem.read(tmp_path / "a.csv", tmp_path / "b.csv", label="y").mismatch is None


def test_both_files_are_looked_for_before_one_is_read(tmp_path, monkeypatch):
    (tmp_path / "here.csv").write_text("a,y\n1,0\n")
    monkeypatch.setattr("whytransfer.problem.tables.read_table", lambda *_, **__: pytest.fail("it was read"))
    with pytest.raises(InputError, match=r"can't read '.*there.csv': there is no such file"):
        Problem.read(tmp_path / "here.csv", tmp_path / "there.csv", label="y")
