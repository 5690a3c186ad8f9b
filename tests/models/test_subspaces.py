"""Models of halves of the columns: every split covers all columns, nobody sees beyond its half, and a column that changes its meaning is contradicted."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from whytransfer.estimators import ESTIMATORS, View
from whytransfer.models.committee import Committee
from whytransfer.models.subspaces import LEARNERS, MOST_COLUMNS, SPLITS, SUBSPACE, fit_halves, halves


@given(columns=st.integers(2, 40), seed=st.integers(0, 5))
def test_halves_of_a_split_share_no_column_and_leave_none_out(columns, seed):
    found = halves(columns, seed)
    assert 2 <= len(found) <= 2 * SPLITS
    assert len({tuple(half) for half in found.values()}) == len(found)
    for name, half in found.items():
        assert (np.diff(half) > 0).all() and len(half) in (columns // 2, (columns + 1) // 2)
        other = found.get(name[0] + ("b" if name[1] == "a" else "a"))
        if other is not None:
            assert np.array_equal(np.sort(np.r_[half, other]), np.arange(columns))


def test_one_column_is_a_half_by_itself_and_very_many_are_drawn_from():
    assert [half.tolist() for half in halves(1, seed=0).values()] == [[0]]
    assert {len(half) for half in halves(4 * MOST_COLUMNS, seed=0).values()} == {MOST_COLUMNS}


def rows(n, seed, p=6):
    """Two columns tell the label alike, the others nothing."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    X = rng.normal(size=(n, p))
    X[:, :2] += 3.0 * (2 * y[:, None] - 1)
    return X, y


def test_nobody_is_moved_by_columns_beyond_its_half():
    X, y = rows(200, 0)
    for half in fit_halves(X, y, seed=0):
        blind = X.copy()
        blind[:, np.setdiff1d(np.arange(X.shape[1]), half.columns)] = 99.0
        assert np.array_equal(half.predict(X), half.predict(blind))
        assert half.name.split("_")[0] in LEARNERS


def changed(meaning):
    """The model reads the first column only; on the target that column means the opposite, or nothing has changed."""
    (X, y), (S, ys), (T, yt) = rows(300, 0), rows(200, 1), rows(200, 2)
    if meaning:
        T[:, 0] *= -1.0
    model = LogisticRegression().fit(X[:, :1], y)
    here, there = model.predict(S[:, :1]), model.predict(T[:, :1])
    votes = Committee.fit(X, y, classes=2, seed=0).votes(S, ys, here, T, there, own="linear")
    view = View(classes=2, source_labels=ys, source_codes=here, target_codes=there, votes=votes)
    return view, float((there != yt).mean())


def test_a_column_that_means_the_opposite_is_contradicted_by_those_that_cannot_see_it():
    view, truth = changed(meaning=True)
    assert truth > 0.95
    said = ESTIMATORS["subspaces"]().estimate(view)
    assert said > ESTIMATORS["disagreement"]().estimate(view) - 0.1
    blind = [
        i
        for i, name in enumerate(view.votes.names)
        if view.votes.families[i] == SUBSPACE and trusts_second(name)
    ]
    assert blind
    assert all((view.votes.target[i] != view.target_codes).mean() > 0.9 for i in blind)
    # The control: nothing changed, nobody contradicts more than on the source.
    same, error = changed(meaning=False)
    assert ESTIMATORS["subspaces"]().estimate(same) == pytest.approx(error, abs=0.05)


def trusts_second(name):
    """Whether the half of this member holds the second column and not the first."""
    half = halves(6, seed=0)[name.split("_")[1]]
    return 1 in half and 0 not in half
