"""The laws of a summary, for every one that is registered: what A and B say together is what their sum says."""

import copy
import pickle

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from whytransfer.summaries import (
    SUMMARIES,
    Categories,
    Counts,
    Duplicates,
    KernelMean,
    Moments,
    Quantiles,
    Reservoir,
)

numbers = st.lists(st.sampled_from([0.0, -1.5, 2.0, 3.25, float("nan"), 1e6]), max_size=30).map(np.array)
finite = st.lists(st.integers(-4, 4), max_size=30).map(lambda x: np.array(x, dtype=float))
names = st.lists(st.sampled_from(["a", "b", "c", "d", None]), max_size=30)
hashes = st.lists(st.integers(0, 12), max_size=30).map(lambda x: np.array(x, dtype=np.uint64))

INSTANCES = [
    (Counts(), numbers),
    (Moments(), numbers),
    (Quantiles(width=4), finite),
    (Quantiles(width=64), numbers),
    (KernelMean(columns=1, frequencies=5, seed=3), finite),
    (Categories(most=2), names),
    (Categories(most=50), names),
    (Reservoir(size=5, seed=1), finite),
    (Duplicates(size=3), hashes),
    (Duplicates(size=50), hashes),
]
IDS = [f"{type(empty).__name__}{k}" for k, (empty, _) in enumerate(INSTANCES)]


def said(summary):
    """Everything that a summary holds, as plain values."""
    return {name: _plain(getattr(summary, name)) for name in summary.__dataclass_fields__}


def _plain(value):
    if isinstance(value, np.ndarray):
        return value.tolist()
    return (
        [_plain(v) for v in value]
        if isinstance(value, tuple)
        else dict(value)
        if hasattr(value, "items")
        else value
    )


def alike(one, other):
    for name, value in said(one).items():
        assert _close(said(other)[name], value), name


def _close(one, other):
    """Equal, floats up to rounding."""
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_close, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return one == pytest.approx(other, rel=1e-9, abs=1e-9)
    return one == other


def test_every_summary_is_here():
    assert {type(empty) for empty, _ in INSTANCES} == set(SUMMARIES.values())
    assert all(kind.bound for kind in SUMMARIES.values())


@pytest.mark.parametrize(("empty", "values"), INSTANCES, ids=IDS)
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_laws(empty, values, data):
    a, b, c = (data.draw(values) for _ in range(3))
    A, B = empty.of(a), empty.of(b, first_row=len(a))
    C = empty.of(c, first_row=len(a) + len(b))
    before = copy.deepcopy(said(A)), copy.deepcopy(said(B))
    both = A + B
    assert (said(A), said(B)) == before  # adding changes nothing that was there
    alike(A + empty, A)
    alike(empty + A, A)
    alike(empty.of(a[:0]), empty)
    alike(both, B + A)
    alike(pickle.loads(pickle.dumps(both)), both)
    if empty.exact:
        alike((A + B) + C, A + (B + C))
        alike(both, empty.of(np.concatenate([a, b])))
    with pytest.raises((AttributeError, TypeError)):
        A.n = 3


@settings(max_examples=150, deadline=None)
@given(
    parts=st.lists(st.lists(st.integers(-9, 9), max_size=40), min_size=1, max_size=9), width=st.integers(2, 9)
)
def test_no_rank_is_wrong_by_more_than_the_error(parts, width):
    total = Quantiles(width=width)
    for part in parts:
        total = total + Quantiles(width=width).of(part)
    rows = np.array([x for part in parts for x in part], dtype=float)
    assert total.n == len(rows)
    assert sum(len(level) << h for h, level in enumerate(total.levels)) == len(rows)
    assert all(len(level) <= width for level in total.levels)
    for x in np.arange(-10, 10.5, 0.5):
        assert abs(total.rank(x) - (rows <= x).sum()) <= total.error
    if len(rows) <= width:
        assert total.error == 0


@settings(max_examples=100, deadline=None)
@given(
    parts=st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=30), min_size=1, max_size=6),
    most=st.integers(1, 9),
)
def test_no_count_is_too_large_or_too_small_by_more_than_the_error(parts, most):
    total = Categories(most=most)
    for part in parts:
        total = total + Categories(most=most).of(part)
    rows = [x for part in parts for x in part]
    assert len(total.counts) <= most
    assert total.error * (most + 1) <= len(rows)
    for name in "abcdefgh":
        assert 0 <= rows.count(name) - total.counts.get(name, 0) <= total.error
    if len(set(rows)) <= most:
        assert total.error == 0
