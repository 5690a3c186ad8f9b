"""Splits: disjoint, complete, stratified, whole groups, one seed one split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whytransfer.errors import InputError
from whytransfer.problem import Problem, make_splits


def split(labels, groups=None, m=10, target_groups=None, seed=0, **shares):
    n = len(labels)
    problem = Problem(
        np.arange(n), labels, np.arange(m), groups=(groups, target_groups), task="classification"
    )
    return problem, make_splits(problem, np.random.default_rng(seed), **shares)


def source_parts(splits):
    return splits.source_train, splits.source_choose, splits.source_evaluate


def target_parts(splits):
    return splits.target_train, splits.target_choose, splits.target_evaluate


LABELS = st.lists(st.sampled_from([0, 1, 2, None]), min_size=1, max_size=60).filter(
    lambda ys: any(y is not None for y in ys)
)


@given(labels=LABELS, m=st.integers(1, 40), seed=st.integers(0, 99))
def test_parts_are_disjoint_sorted_and_cover_the_labelled_rows(labels, m, seed):
    _, splits = split(labels, m=m, seed=seed)
    together = np.concatenate(source_parts(splits))
    assert sorted(together) == [i for i, y in enumerate(labels) if y is not None]
    assert sorted(np.concatenate(target_parts(splits))) == list(range(m))
    for part in (*source_parts(splits), *target_parts(splits)):
        assert part.dtype == np.int64
        assert (np.diff(part) > 0).all()


@given(labels=LABELS, seed=st.integers(0, 99))
def test_training_goes_on_until_it_has_seen_every_class_or_two_and_enough(labels, seed):
    problem, splits = split(labels, seed=seed)
    codes = problem.source.labels
    n, seen = int((codes >= 0).sum()), set(codes[splits.source_train])
    assert len(splits.source_train) >= round(n / 2)
    assert len(seen) >= min(2, len(problem.classes))
    if len(seen) < len(problem.classes):
        assert len(splits.source_train) >= round(0.7 * n)
        assert any("no training row has the label" in warning for warning in splits.warnings)
    if len(splits.source_train) > round(0.7 * n):
        assert len(seen) == min(2, len(problem.classes))


def test_one_rare_row_does_not_eat_the_scored_ones():
    for seed in range(20):
        _, splits = split([0, 1] * 50 + [2], seed=seed)
        assert len(splits.source_evaluate) >= 20


def test_the_scored_rows_are_draws_from_the_law():
    """Given where training stopped, the rest is exchangeable: the rare class is not scarcer among scored rows than its law."""
    labels = [0] * 16 + [1] * 4
    rates = [np.mean([labels[i] for i in split(labels, seed=seed)[1].source_evaluate]) for seed in range(500)]
    # One rate has a standard deviation of about .14 (8 of 20 rows without replacement .11); 4 standard errors of the mean.
    assert abs(np.mean(rates) - 0.2) < 4 * 0.14 / np.sqrt(500)


GROUPED = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 12)), min_size=1, max_size=60)


@given(rows=GROUPED, seed=st.integers(0, 99))
def test_groups_stay_whole(rows, seed):
    labels, groups = (np.array(column) for column in zip(*rows, strict=True))
    _, splits = split(labels, groups, m=len(groups), target_groups=groups, seed=seed)
    for parts in (source_parts(splits), target_parts(splits)):
        seen = [set(groups[part]) for part in parts]
        assert not seen[0] & seen[1]
        assert not seen[0] & seen[2]
        assert not seen[1] & seen[2]
        assert sorted(np.concatenate(parts)) == list(range(len(groups)))


def test_shares_of_a_large_sample():
    _, splits = split(np.repeat([0, 1, 2], [700, 290, 10]), m=1000)
    assert [len(part) for part in source_parts(splits)] == [500, 100, 400]
    assert [len(part) for part in target_parts(splits)] == [0, 200, 800]


def test_shares_of_many_small_groups():
    rng = np.random.default_rng(0)
    groups, labels = rng.integers(0, 300, 3000), rng.integers(0, 2, 3000)
    _, splits = split(labels, groups, m=3000, target_groups=groups)
    for parts, shares in ((source_parts(splits), (0.5, 0.1, 0.4)), (target_parts(splits), (0, 0.2, 0.8))):
        # A cut moves to the end of the group it falls into: of about 10 rows.
        assert np.abs(np.array([len(part) for part in parts]) - 3000 * np.array(shares)).max() < 50


def test_one_seed_one_split_another_seed_another():
    first, second, third = (split([0, 1] * 50, seed=seed)[1] for seed in (1, 1, 2))
    for a, b in zip(
        (*source_parts(first), *target_parts(first)),
        (*source_parts(second), *target_parts(second)),
        strict=True,
    ):
        assert a.tobytes() == b.tobytes()
    assert first.source_train.tobytes() != third.source_train.tobytes()


def test_target_labels_and_features_do_not_move_the_split():
    first = Problem(np.arange(40), [0, 1] * 20, np.arange(30))
    second = Problem(-np.arange(40.0), [0, 1] * 20, np.ones(30), yt=[0] * 15 + [1] * 15)
    a, b = (make_splits(problem, np.random.default_rng(0)) for problem in (first, second))
    assert a.target_evaluate.tobytes() == b.target_evaluate.tobytes()
    assert a.source_train.tobytes() == b.source_train.tobytes()


def test_every_row_is_scored_about_equally_often():
    counts = np.zeros(50)
    for seed in range(200):
        counts[split([0] * 25 + [1] * 25, seed=seed)[1].source_evaluate] += 1
    # 200 draws with share 0.4: standard deviation 6.9; 5 of them for 50 rows.
    assert np.abs(counts - 80).max() < 34


def test_a_method_of_adaptation_may_train_on_target_rows():
    _, splits = split([0, 1] * 20, m=100, target_shares=(0.4, 0.2, 0.4))
    assert [len(part) for part in target_parts(splits)] == [40, 20, 40]
    _, splits = split([0, 1] * 20, source_shares=(1.0, 0.0, 0.0))
    assert [len(part) for part in source_parts(splits)] == [40, 0, 0]


def test_parts_that_come_out_empty_are_said():
    assert split([0, 1])[1].warnings == (
        "the source has too few labelled rows for all splits: none is left for choosing and scoring",
    )
    assert split([0, 1] * 20, groups=["a"] * 40)[1].warnings == (
        "the source has too few labelled groups for all splits: none is left for choosing and scoring",
    )
    assert split([0, 1] * 20)[1].warnings == ()


@pytest.mark.parametrize("shares", [(0.5, 0.5), (0.5, 0.6, -0.1), (0.5, 0.1, 0.3)])
def test_shares_that_are_none(shares):
    with pytest.raises(InputError, match="with sum 1"):
        split([0, 1], source_shares=shares)


def test_a_large_group_is_scored_as_often_as_a_small_one():
    """Of 41 groups 20 train, 4 choose and 17 score, whichever they are: a cut by rows scored the one of 200 rows in a tenth of all splits."""
    from scipy.stats import binom

    groups = np.r_[np.arange(40), np.full(200, 40)]
    labels = np.arange(240) % 2
    scored, seeds = 0, 400
    for seed in range(seeds):
        _, splits = split(labels, groups, seed=seed)
        parts = [
            len(np.unique(groups[part]))
            for part in (splits.source_train, splits.source_choose, splits.source_evaluate)
        ]
        assert parts == [20, 4, 17]
        scored += 40 in groups[splits.source_evaluate]
    low, high = binom.ppf([0.0005, 0.9995], seeds, 17 / 41)
    assert low <= scored <= high
