"""The same rows in any container and with labels of any kind give the same answer, and are left as they were."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse

import whytransfer as wt
from tests.audit import cases


@pytest.fixture(scope="module")
def transfer():
    return cases.rows(60, 60)


@pytest.fixture(scope="module")
def frames(transfer):
    return [pd.DataFrame(part.X, columns=["a"]).assign(y=part.y) for part in transfer]


@pytest.fixture(scope="module")
def as_arrays(transfer):
    source, target = transfer
    return wt.audit(wt.Problem(source.X, source.y, target.X, target.y), tolerance=0.5, **cases.QUICK)


CONTAINERS = {"pandas": lambda f: f, "polars": pl.from_pandas, "arrow": pa.Table.from_pandas}


@pytest.mark.parametrize("container", sorted(CONTAINERS))
def test_tables_answer_like_arrays(frames, as_arrays, container):
    source, target = (CONTAINERS[container](frame) for frame in frames)
    problem = wt.Problem.read(source, target, label="y", use_target_labels=True)
    audit = wt.audit(problem, tolerance=0.5, **cases.QUICK)
    assert audit.document["problem"]["features"] == ["a"]
    for claim in as_arrays.claims:
        same = audit.claim(claim.id)
        assert (same.estimate, same.lower, same.upper) == (claim.estimate, claim.lower, claim.upper)
    assert audit.verdict.answer == as_arrays.verdict.answer
    # The model takes the rows in the container they came in.
    rows = problem.target.take(np.arange(60))
    assert (audit.model.predict(rows) != frames[1]["y"]).mean() == audit.claim("target_error").estimate


KINDS = {
    "minus and plus one": ([-1, 1], [-1, 1]),
    "text": (["no", "yes"], ["no", "yes"]),
    "booleans": ([False, True], [False, True]),
    "gaps": ([3, 17], [3, 17]),
    "other order": (["zebra", "ant"], ["ant", "zebra"]),
}


@pytest.mark.usefixtures("without_back_test")
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_labels_of_any_kind_answer_alike(transfer, as_arrays, kind):
    names, classes = KINDS[kind]
    source, target = transfer
    ys, yt = (np.array(names)[part.y] for part in transfer)
    audit = wt.audit(wt.Problem(source.X, ys, target.X, yt), tolerance=0.5, **cases.QUICK)
    assert audit.document["problem"]["classes"] == classes
    assert audit.claim("target_error.direct").estimate == as_arrays.claim("target_error.direct").estimate
    assert audit.claim("source_error").upper == as_arrays.claim("source_error").upper
    said = audit.model.predict(target.X)
    assert set(said.tolist()) <= set(names)
    assert (said != yt).mean() == audit.claim("target_error.direct").estimate


@pytest.mark.usefixtures("without_back_test")
def test_unlabelled_source_rows_are_in_no_split_and_that_is_said(transfer):
    source, target = transfer
    ys = source.y.astype(float)
    ys[:10] = np.nan
    audit = wt.audit(wt.Problem(source.X, ys, target.X), **cases.QUICK)
    used = np.concatenate(
        [audit.splits.source_train, audit.splits.source_choose, audit.splits.source_evaluate]
    )
    assert np.array_equal(np.sort(used), np.arange(10, 60))
    assert any("10 of 60 source rows have no label" in w for w in audit.warnings)


def words(n, seed):
    """A sparse table of counts in which the first column decides."""
    rng = np.random.default_rng(seed)
    counts = rng.poisson(0.3, (n, 30)) * 1.0
    return sparse.csr_matrix(counts), (counts[:, 0] > 0).astype(int)


@pytest.mark.parametrize("form", [sparse.csc_matrix, sparse.csr_array])
def test_sparse_rows_answer_like_their_dense_selves(form):
    (S, ys), (T, yt) = words(80, 0), words(80, 1)
    said = wt.Predictions(ys, yt)
    before = S.copy()
    audits = [
        wt.audit(wt.Problem(a, ys, b, yt), predictions=said, **cases.QUICK)
        for a, b in ((form(S), form(T)), (S.toarray(), T.toarray()))
    ]
    for mine, other in zip(*(a.claims for a in audits), strict=True):
        assert (mine.id, mine.estimate, mine.lower, mine.upper) == (
            other.id,
            other.estimate,
            other.lower,
            other.upper,
        )
    assert (before != S).nnz == 0


@pytest.mark.usefixtures("without_back_test")
def test_a_learner_reads_sparse_rows():
    (S, ys), (T, yt) = words(120, 0), words(120, 1)
    audit = wt.audit(wt.Problem(S, ys, T, yt), tolerance=0.5, **cases.QUICK)
    assert (audit.model.predict(T) != yt).mean() == audit.claim("target_error").estimate
    assert audit.verdict.basis == "certified"


def test_the_caller_s_objects_are_left_as_they_were(transfer, frames):
    source, target = transfer
    arrays = [source.X.copy(), source.y.copy(), target.X.copy(), target.y.copy()]
    for array in arrays:
        array.setflags(write=False)
    wt.audit(wt.Problem(*arrays), tolerance=0.5)
    tables = [f.assign(g=np.arange(60) // 2, w=1.0 + np.arange(60) % 3, s=["a", None] * 30) for f in frames]
    copies = [t.copy(deep=True) for t in tables]
    assume = {"class": "stumps", "lambda": 0.1}
    given = dict(assume)
    problem = wt.Problem.read(*tables, label="y", use_target_labels=True, group="g", weights="w")
    wt.audit(problem, assume=assume, theorems=["lagrangian"])
    for table, copy in zip(tables, copies, strict=True):
        pd.testing.assert_frame_equal(table, copy)
    assert assume == given
