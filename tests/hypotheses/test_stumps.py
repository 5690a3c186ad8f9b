"""Stumps against literal loops over every column, threshold and pair of labels."""

import sys
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whytransfer.errors import InputError
from whytransfer.hypotheses import stumps as stumps_module
from whytransfer.hypotheses.sorted_columns import SortedColumns, SortedMemo
from whytransfer.hypotheses.stumps import Stump, Stumps, best_stump

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


def slow_stumps(rows, n_labels):
    """Every stump's answers, by its definition; thresholds at the data and at minus infinity."""
    for j in range(rows.shape[1]):
        for t in [-np.inf, *sorted(set(rows[:, j]))]:
            for a, b in product(range(n_labels), repeat=2):
                yield np.array([a if x <= t else b for x in rows[:, j]])


def slow_sum(table, answers):
    return sum(table[i, k] for i, k in enumerate(answers))


def problem(seed, n=9, p=2, n_labels=2, decimals=0):
    """Rows with many ties and a cost table of any sign."""
    rng = np.random.default_rng(seed)
    return np.round(rng.normal(size=(n, p)), decimals), rng.normal(size=(n, n_labels))


@pytest.mark.parametrize("n_labels", [1, 2, 3, 4])
@pytest.mark.parametrize("p", [1, 2, 3])
@pytest.mark.parametrize("seed", range(5))
def test_least_cost_is_that_of_the_loops(seed, p, n_labels):
    rows, cost = problem(seed, p=p, n_labels=n_labels)
    found = Stumps().minimise(rows, cost)
    slow = min(slow_sum(cost, answers) for answers in slow_stumps(rows, n_labels))
    assert found.value == pytest.approx(slow, abs=1e-12)
    assert found.exact
    assert slow_sum(cost, found.hypothesis.codes(rows)) == pytest.approx(found.value, abs=1e-12)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.integers(-1, 1), st.integers(-5, 5), st.integers(-5, 5), st.integers(-5, 5)),
        min_size=1,
        max_size=12,
    )
)  # fmt: skip
def test_whole_costs_are_minimised_exactly(table):
    table = np.array(table, dtype=float)
    rows, cost = table[:, :2], table[:, 2:]
    assert Stumps().erm(rows, cost).cost == min(slow_sum(cost, h) for h in slow_stumps(rows, 3))


def test_rows_of_equal_value_move_together():
    # Row by row a cut between the two middle rows would cost 0.
    found = Stumps().erm([0.0, 1.0, 1.0, 2.0], [[0, 1], [0, 1], [1, 0], [1, 0]])
    assert found.cost == 1.0


@pytest.mark.parametrize("label", [0, 1, 2])
def test_constants_are_members_of_the_class(label):
    cost = np.ones((6, 3))
    cost[:, label] = 0
    found = Stumps().erm(np.arange(6.0), cost)
    assert found.cost == 0
    assert found.rule == f"always {label}"
    assert found.predict([-1e300, 1e300]).tolist() == [label, label]


def test_a_constant_column_leaves_the_constants():
    found = Stumps().erm(np.zeros(4), [[0, 1], [0, 1], [0, 1], [1, 0]])
    assert (found.cost, found.rule) == (1.0, "always 0")


@pytest.mark.parametrize(("n_labels", "seed"), [(2, 0), (2, 1), (3, 2), (3, 3)])
def test_enumeration_lists_every_behaviour_once(n_labels, seed):
    rows, _ = problem(seed, n=6, n_labels=n_labels)
    listed = Stumps().enumerate(rows, n_labels)
    slow = {tuple(answers) for answers in slow_stumps(rows, n_labels)}
    assert {tuple(answers) for answers in listed.predictions} == slow
    assert len(listed) == len(slow)
    for answers, member in zip(listed.predictions, listed.hypotheses, strict=True):
        assert np.array_equal(member.predict(rows), answers)


def test_enumeration_refuses_what_would_not_fit():
    with pytest.raises(InputError, match="enumerate on fewer rows"):
        Stumps().enumerate(np.arange(20_000.0), 2)


def counted(seed, n_labels, n=8, m=7):
    """A pooled sample with source errors and target disagreements, as the version-space bound counts them."""
    rng = np.random.default_rng(seed)
    rows = np.round(rng.normal(size=(n + m, 2)), 1)
    codes = rng.integers(0, n_labels, n + m)
    wrong = (codes[:, None] != np.arange(n_labels)).astype(np.int64)
    errors, gains = wrong.copy(), wrong.copy()
    errors[n:], gains[:n] = 0, 0
    return rows, errors, gains


@pytest.mark.parametrize(("n_labels", "seed"), [(2, 0), (2, 1), (3, 2), (4, 3)])
def test_frontier_is_that_of_the_loops(n_labels, seed):
    rows, errors, gains = counted(seed, n_labels)
    most = 5
    found = Stumps().frontier(rows, errors, gains, most)
    slow = [-1] * (most + 1)
    for answers in slow_stumps(rows, n_labels):
        e = slow_sum(errors, answers)
        if e <= most:
            slow[e] = max(slow[e], slow_sum(gains, answers))
    assert found.best.tolist() == slow
    for e in np.flatnonzero(found.best >= 0):
        answers = found.pick(int(e)).codes(rows)
        assert (slow_sum(errors, answers), slow_sum(gains, answers)) == (e, found.best[e])


def test_a_frontier_at_another_level_is_the_same_walk():
    rows, errors, gains = counted(5, 3)
    stumps = Stumps()
    for most in (5, 2, 40):
        again, fresh = (
            stumps.frontier(rows, errors, gains, most),
            Stumps().frontier(rows, errors, gains, most),
        )
        assert again.best.tolist() == fresh.best.tolist() and len(again.best) == most + 1
        assert again.kept == fresh.kept
    assert len(stumps._walked.kept) == 1
    changed = stumps.frontier(rows, errors, 200 * gains, 5)
    first = stumps.frontier(rows, errors, gains, 5)
    assert changed.best.tolist() == [200 * e if e > 0 else e for e in first.best]


@pytest.mark.parametrize("seed", range(6))
def test_compiled_cuts_are_those_of_prefix_sums(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    rows = np.round(rng.normal(size=(40, 3)), seed % 3)
    cost = rng.normal(size=(40, 3)) if seed < 3 else rng.integers(0, 2, size=(40, 3)) / 7
    slow = best_stump(SortedColumns.of(rows), cost)
    monkeypatch.setattr(stumps_module, "MANY_CELLS", 0)
    assert best_stump(SortedColumns.of(rows), cost) == slow


def test_frontier_counts_each_rule_once():
    # Two constants, and per cut (one, between 0 and 1) two orientations.
    rows, errors = np.array([[0.0], [1.0], [1.0]]), np.zeros((3, 2), dtype=np.int64)
    assert Stumps().frontier(rows, errors, errors, 0).kept == 2 + 2


def test_frontier_says_which_number_of_errors_nobody_makes():
    rows, errors = np.zeros((3, 1)), np.array([[0, 1]] * 3)
    frontier = Stumps().frontier(rows, errors, errors, 2)
    assert frontier.best.tolist() == [0, -1, -1]
    with pytest.raises(InputError, match="no stump makes exactly 1 errors"):
        frontier.pick(1)


def by_loops(rows_s, codes_s, rows_t, answers_t, n_labels):
    """Errors on the source and disagreements on the target of every stump on the pooled sample."""
    pooled = np.concatenate([rows_s, rows_t])
    for h in slow_stumps(pooled, n_labels):
        yield int(np.sum(h[: len(rows_s)] != codes_s)), int(np.sum(h[len(rows_s) :] != answers_t))


@pytest.mark.parametrize(("n_labels", "seed"), [(2, 0), (2, 5), (3, 1)])
def test_terms_of_the_bounds_are_those_of_the_loops(n_labels, seed):
    rng = np.random.default_rng(seed)
    n, m = 12, 9
    Xs, Xt = np.round(rng.normal(size=(n, 2)), 1), np.round(rng.normal(size=(m, 2)) + 0.5, 1)
    ys, yt = rng.integers(0, n_labels, n), rng.integers(0, n_labels, m)
    hs, ht = rng.integers(0, n_labels, n), rng.integers(0, n_labels, m)
    names = range(n_labels)
    stumps = Stumps()

    joint = min(e / n + d / m for e, d in by_loops(Xs, ys, Xt, yt, n_labels))
    assert stumps.adaptability(Xs, ys, Xt, yt, classes=names).estimate == pytest.approx(joint, abs=1e-12)
    disparity = max(d / m - e / n for e, d in by_loops(Xs, hs, Xt, ht, n_labels))
    assert stumps.disparity((hs, ht), Xs, Xt, classes=names).estimate == pytest.approx(disparity, abs=1e-12)
    space = list(by_loops(Xs, ys, Xt, ht, n_labels))
    lagrangian = max(d / m - e / n for e, d in space)
    assert stumps.lagrangian((hs, ht), Xs, ys, Xt, classes=names).estimate == pytest.approx(
        lagrangian, abs=1e-12
    )
    sigma = (min(e for e, _ in space) + 1) / n
    inside = max(d / m for e, d in space if e <= sigma * n + 1e-9)
    claim = stumps.version_space((None, ht), Xs, ys, Xt, sigma=sigma, classes=names)
    assert claim.estimate == pytest.approx(inside, abs=1e-12)
    assert claim.detail["exact"]


@pytest.mark.parametrize("xi", [0.1, 0.01])
def test_adaptability_of_the_xi_comb(xi):
    # THEORY A2: lambda of thresholds of both orientations is 1 - 2 xi; stumps of one column are the same class.
    teeth = np.arange(round(1 / (2 * xi)))
    claim = Stumps().adaptability(2 * teeth, np.ones(len(teeth)), 2 * teeth + 1, np.zeros(len(teeth)))
    assert claim.estimate == pytest.approx(1 - 2 * xi, abs=1e-12)


@pytest.mark.shared
@pytest.mark.skipif(not SHARED.is_dir(), reason=f"no benchmark data at {SHARED}")
def test_adaptability_from_adelie_to_gentoo_is_known():
    source, target = (
        np.load(SHARED / "penguin_sex_species" / f"{name}.npz") for name in ("Adelie", "Gentoo")
    )
    claim = Stumps().adaptability(source["X"], source["y"], target["X"], target["y"])
    assert claim.estimate == pytest.approx(0.584, abs=5e-4)
    assert claim.lower < claim.estimate < claim.upper


@pytest.mark.parametrize("seed", range(3))
def test_order_of_rows_and_columns_does_not_matter(seed):
    rows, cost = problem(seed, n=20, p=3, n_labels=3)
    rng = np.random.default_rng(seed)
    i, j = rng.permutation(20), rng.permutation(3)
    value = Stumps().minimise(rows, cost).value
    assert Stumps().minimise(rows[i], cost[i]).value == pytest.approx(value, abs=1e-12)
    assert Stumps().minimise(np.ascontiguousarray(rows[:, j]), cost).value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize("factor", [0.125, 1e-300, 1e300])
def test_thresholds_scale_with_the_column(factor):
    rows, cost = problem(1, n=20, p=1)
    first, scaled = Stumps().minimise(rows, cost), Stumps().minimise(rows * factor, cost)
    assert scaled.value == first.value
    assert scaled.hypothesis.threshold == pytest.approx(first.hypothesis.threshold * factor, rel=1e-9)
    assert np.array_equal(scaled.hypothesis.codes(rows * factor), first.hypothesis.codes(rows))


def test_a_threshold_separates_neighbouring_floats():
    low = 0.1
    rows = np.array([[low], [np.nextafter(low, 1)]])
    found = Stumps().erm(rows, [[0, 1], [1, 0]])
    assert found.cost == 0
    assert found.predict(rows).tolist() == [0, 1]


def test_rules_name_columns_and_labels():
    stump = Stump(column=1, threshold=42.125, below=1, above=0, feature="bill_length")
    assert stump.describe(["male", "female"]) == "bill_length <= 42.125 → female, else male"
    assert stump.rule == "bill_length <= 42.125 → 1, else 0"
    found = Stumps(features=("a", "b")).erm([[0.0, 0.0], [0.0, 1.0]], [[0, 1], [1, 0]])
    assert found.rule == "b <= 0.5 → 0, else 1"
    with pytest.raises(InputError, match="expected 2 names, one a column, got 1"):
        Stumps(features=("a",)).erm([[0.0, 0.0], [0.0, 1.0]], [[0, 1], [1, 0]])


def test_arguments_are_left_as_they_were():
    rows, cost = problem(0)
    before = rows.copy(), cost.copy()
    Stumps().minimise(rows, cost)
    assert np.array_equal(rows, before[0])
    assert np.array_equal(cost, before[1])


def test_sorting_is_shared_but_a_changed_array_is_noticed():
    memo, rows = SortedMemo(), np.array([[2.0], [1.0]])
    first = memo.of(rows)
    assert memo.of(rows.copy()) is first
    rows[0] = 0.0
    assert memo.of(rows).values[0].tolist() == [0.0, 1.0]
    assert first.values[0].tolist() == [1.0, 2.0]
    for k in range(5):
        memo.of(np.full((1, 1), float(k)))
    assert len(memo.kept) == memo.capacity


@pytest.mark.parametrize("seed", range(3))
def test_sorted_columns_are_what_they_say(seed):
    rows, amounts = problem(seed, n=15)
    columns = SortedColumns.of(rows)
    for j in range(columns.p):
        assert columns.values[j].tolist() == sorted(set(rows[:, j]))
        assert np.array_equal(columns.values[j][columns.rank[j]], rows[:, j])
        ordered = rows[columns.order[j], j]
        assert columns.last(j).tolist() == [i == 14 or ordered[i] < ordered[i + 1] for i in range(15)]
        sums = columns.prefix_sums(j, amounts)
        for cut in range(columns.distinct(j) + 1):
            inside = rows[:, j] <= columns.threshold(j, cut)
            assert inside.sum() == (columns.rank[j] < cut).sum()
            assert sums[cut] == pytest.approx(amounts[inside].sum(axis=0), abs=1e-12)
        assert columns.size(j) // 2 < columns.distinct(j) <= columns.size(j)


def test_numba_stays_out_of_plain_stumps():
    # It takes a third of a second to import; only pairs and trees need it. Other tests may have loaded it already.
    import subprocess

    code = "import sys; from whytransfer.hypotheses.stumps import Stumps; Stumps().erm([0, 1], [[0, 1], [1, 0]]); sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
