"""What is said before any statistics."""

import math

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from whytransfer.problem import Problem, check
from whytransfer.problem.leaks import determining
from whytransfer.problem.twins import row_hashes, twins

RNG = np.random.default_rng(0)


def said(problem, **options):
    return check(problem, **options).warnings


def about(problem, words, **options):
    return [warning for warning in said(problem, **options) if words in warning]


def plain(n=40, m=30, p=4, labels=None, **options):
    labels = RNG.permutation(np.arange(n) % 2) if labels is None else labels
    return Problem(RNG.normal(size=(n, p)), labels, RNG.normal(size=(m, p)), **options)


def test_a_sound_problem_needs_no_words():
    checked = check(plain(), requirement=0.2, failure=0.05)
    assert checked.warnings == ()
    assert checked.mismatch is None


def test_reading_is_told_first_and_once():
    problem = plain(labels=[None] + [0, 1] * 19 + [0])
    assert said(problem)[0] == problem.warnings[0]
    assert len(set(said(problem))) == len(said(problem))


def test_the_mismatch_of_reading_is_passed_on():
    problem = Problem(np.ones((4, 2)), [0, 1, 0, 1], np.ones((4, 3)))
    assert check(problem).mismatch == problem.mismatch is not None


def test_one_class():
    assert about(plain(labels=["a"] * 40), "one class only, 'a'")


def test_labels_that_look_alike():
    assert about(
        plain(labels=["Yes", "yes", "no", "no "] * 10), "the labels 'Yes', 'yes' differ in case or spaces"
    )
    assert about(plain(labels=["Yes", "yes", "no", "no "] * 10), "the labels 'no', 'no ' differ")


@pytest.mark.parametrize(("requirement", "failure"), [(0.05, 0.05), (0.1, 0.025), (0.3, 0.1)])
def test_how_many_labels_a_certificate_needs_at_least(requirement, failure):
    # Zero errors in n rows: upper limit 1 − δ^(1/n) ≤ q, that is n ≥ ln δ / ln(1 − q).
    needed = math.ceil(math.log(failure) / math.log(1 - requirement))
    few = about(
        plain(m=needed - 1, n=400), "even without a single error", requirement=requirement, failure=failure
    )
    assert len(few) == 1
    assert f"the target has {needed - 1} rows" in few[0]
    assert f"{needed} labelled rows" in few[0]
    assert not about(plain(m=needed, n=400), "even without", requirement=requirement, failure=failure)
    assert len(about(plain(n=4, m=4), "even without", requirement=0.1)) == 2


def test_sizes_are_not_judged_without_a_requirement():
    assert not about(plain(n=4, m=4), "even without")
    assert not about(plain(n=4, m=4), "even without", requirement=0.0)
    assert not about(plain(n=4, m=4), "even without", requirement=1.0)


def test_groups_in_both_domains():
    found = about(plain(n=4, m=4, groups=([1, 1, 2, None], [2, 2, 3, None])), "both domains hold")
    assert found == [
        (
            "both domains hold 1 group ('2'): 2 of 4 target rows belong to groups that the model may have been "
            "trained on, so the domains are not independent"
        )
    ]
    assert not about(plain(n=4, m=4, groups=([1, 1, 2, 2], [3, 4, 3, 4])), "both domains")


def test_columns_that_tell_nothing():
    labels = [0, 1, 1, 0]
    source = pd.DataFrame({"a": 1, "b": "x", "c": None, "d": 2.0, "e": "x", "f": RNG.normal(size=4)})
    target = pd.DataFrame({"a": [1.0, 1.0], "b": "x", "c": None, "d": [2.0, 3.0], "e": "y", "f": [0.1, 0.2]})
    problem = Problem(source, labels, target)
    assert about(problem, "same single value in both domains tell nothing: 'a', 'b', 'c'")
    assert about(
        problem,
        "single value in the source take others in the target, about which nothing can be learnt here: 'd', 'e'",
    )


def test_columns_that_count_the_rows():
    source = pd.DataFrame({"id": np.arange(1, 31), "x": RNG.normal(size=30)})
    target = pd.DataFrame({"id": np.arange(100, 120), "x": RNG.normal(size=20)})
    assert about(Problem(source, np.arange(30) % 2, target), "count the rows") == [
        "columns that count the rows tell which domain a row is from and nothing else: leave out 'id'"
    ]
    assert not about(Problem(source, np.arange(30) % 2, target[::-1]), "count the rows")


def leaky(**columns):
    n = 60
    y = np.arange(n) % 2
    frame = pd.DataFrame({"x": RNG.normal(size=n), **{name: make(y) for name, make in columns.items()}})
    return frame, y


@pytest.mark.parametrize(
    "make",
    [
        lambda y: y,
        lambda y: 1 - y,
        lambda y: np.where(y == 1, "yes", "no"),
        lambda y: pd.Categorical(np.where(y == 1, "yes", "no")),
        lambda y: y == 1,
        lambda y: np.where(y == 1, np.nan, 2.0),
        lambda y: pd.Series(np.where(y == 1, "a", None), dtype=object),
        lambda y: y + 2 * (np.arange(len(y)) % 3),
    ],
)
def test_the_label_in_disguise(make):
    frame, y = leaky(copy=make)
    assert determining(frame, y) == ["copy"]
    assert about(Problem(frame, y, frame[::-1]), "read off a single column in every source row: 'copy'")


def test_what_is_no_disguise():
    frame, y = leaky(noise=lambda y: RNG.integers(0, 3, len(y)), constant=lambda y: 1)
    frame["nearly"] = np.where(np.arange(60) == 7, 1 - y, y)
    frame["id"] = np.arange(60)
    frame["name"] = [f"row {i}" for i in range(60)]
    frame["day"] = pd.date_range("2020", periods=60)
    assert determining(frame, y) == []
    assert determining(frame, np.zeros(60, dtype=int)) == []
    assert not about(Problem(frame[["nearly"]].iloc[:10], y[:10], frame[["nearly"]]), "read off")


def test_a_disguise_is_looked_at_in_every_row():
    n = 5000
    y = RNG.integers(0, 2, n)
    wrong = np.setdiff1d(np.arange(n), np.linspace(0, n - 1, 2000).astype(int))[0]
    frame = pd.DataFrame({"copy": y, "nearly": np.where(np.arange(n) == wrong, 1 - y, y)})
    assert determining(frame, y) == ["copy"]


def literal_twins(source, target):
    def same(a, b):
        return all(u == v or (u != u and v != v) for u, v in zip(a, b, strict=True))

    return [any(same(a, b) for b in target) for a in source]


@pytest.mark.parametrize("kind", ["frame", "csr"])
def test_twins_against_all_pairs(kind):
    S, T = RNG.integers(0, 3, (40, 3)).astype(float), RNG.integers(0, 3, (30, 3)).astype(float)
    if kind == "frame":
        S[0], T[0] = np.nan, np.nan
    make = pd.DataFrame if kind == "frame" else sparse.csr_array
    found = twins(make(S), make(T))
    assert found.source_rows.tolist() == literal_twins(S, T)
    assert found.target_rows.tolist() == literal_twins(T, S)
    assert found.source_repeats.tolist() == [
        literal_twins([a], np.delete(S, i, 0))[0] for i, a in enumerate(S)
    ]
    assert found.pairs == sum(sum(literal_twins([a], [b])) for a in S for b in T)
    assert not found.same_rows
    assert twins(make(S), make(S[::-1])).same_rows


def test_equal_rows_hash_alike_whatever_their_type():
    a = pd.DataFrame({"n": [1, 0], "t": pd.to_datetime(["2020", None]), "s": ["u", None]})
    b = pd.DataFrame(
        {"n": [1.0, -0.0], "t": a["t"].astype("datetime64[s]"), "s": pd.Categorical(["u", None])}
    )
    assert row_hashes(a).tolist() == row_hashes(b).tolist()
    assert len(set(row_hashes(pd.DataFrame({"a": [1, 2], "b": [2, 1]})))) == 2


def test_copies_are_told_with_their_number():
    S, T = RNG.normal(size=(100, 4)), RNG.normal(size=(50, 4))
    T[:10] = S[20:30]
    assert about(Problem(S, np.arange(100) % 2, T), "identical") == [
        (
            "10 target rows are identical to source rows in every column (20% of the smaller domain), more than chance "
            "explains: if they are the same cases, a model trained here has seen them, and its target error is understated"
        )
    ]
    one_column = Problem(S[:, 0], np.arange(100) % 2, T[:, 0])
    assert about(one_column, "10 target rows are identical")


def test_coarse_columns_repeat_by_chance():
    for p in (1, 3, 5):
        S, T = RNG.integers(0, 3, (300, p)), RNG.integers(0, 3, (200, p))
        assert not about(Problem(S, RNG.integers(0, 2, 300), T), "more than chance")


def test_one_twin_is_not_worth_a_word():
    S, T = RNG.normal(size=(100, 4)), RNG.normal(size=(50, 4))
    T[0] = S[0]
    assert not about(Problem(S, np.arange(100) % 2, T), "identical")


def test_the_same_rows():
    S = RNG.normal(size=(50, 2))
    assert about(Problem(S, np.arange(50) % 2, S[::-1]), "hold the same rows")
    assert not about(Problem(S, np.arange(50) % 2, S[:-1]), "hold the same rows")


def test_repeated_source_rows():
    S = RNG.normal(size=(100, 4))
    S[10:20] = S[0:10]
    labels = np.arange(100) % 2
    labels[10:20] = labels[0:10]
    found = about(Problem(S, labels, RNG.normal(size=(50, 4))), "repeat another one")
    assert found[0].startswith("20 of 100 source rows repeat another one exactly, label included")
    labels[10:20] = 1 - labels[0:10]
    assert not about(Problem(S, labels, RNG.normal(size=(50, 4))), "repeat another one")


def test_sparse_tables_are_checked_too():
    S = sparse.random_array((60, 40), density=0.3, rng=np.random.default_rng(1), format="csr")
    T = sparse.vstack(
        [S[:10], sparse.random_array((30, 40), density=0.3, rng=np.random.default_rng(2))]
    ).tocsr()
    assert about(Problem(S, np.arange(60) % 2, T), "10 target rows are identical")


def test_checks_change_nothing():
    source = pd.DataFrame({"a": RNG.normal(size=30), "k": ["u", "v"] * 15})
    before = source.copy(deep=True)
    check(Problem(source, np.arange(30) % 2, source), requirement=0.1)
    pd.testing.assert_frame_equal(source, before)
