"""Limits by groups: closed forms, literal oracles, laws, exact coverage, and the form for rows as the control that fails."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.stats import binom

from whytransfer.claims.intervals import (
    Betting,
    Chernoff,
    Units,
    counted_lower,
    counted_most,
    counted_upper,
    effective_rows,
    grouped_lower,
    grouped_upper,
    lower_limit,
    upper_limit,
)
from whytransfer.claims.intervals.betting import SHARES, STAKES
from whytransfer.claims.intervals.grouped import counted_p_value
from whytransfer.errors import InputError

SIZES = st.lists(st.integers(1, 6), min_size=1, max_size=8)


def rows_of(sizes):
    return np.repeat(np.arange(len(sizes)), sizes)


@st.composite
def grouped(draw):
    sizes = draw(SIZES)
    wrong = draw(st.lists(st.booleans(), min_size=sum(sizes), max_size=sum(sizes)))
    return np.array(wrong, dtype=float), rows_of(sizes)


# ---------------------------------------------------------------- effective numbers


@pytest.mark.parametrize(
    ("sizes", "expected"), [([1] * 7, 7.0), ([5, 5, 5], 3.0), ([9], 1.0), ([1, 2, 3], 36 / 14), ([], 0.0)]
)
def test_effective_rows(sizes, expected):
    assert effective_rows(np.array(sizes, dtype=np.int64)) == pytest.approx(expected, abs=1e-12)


@given(sizes=SIZES)
def test_effective_rows_lie_between_one_and_the_number_of_groups(sizes):
    assert 1.0 - 1e-12 <= effective_rows(np.array(sizes)) <= len(sizes) + 1e-12


# ---------------------------------------------------------------- betting on group means


def literal_wealth(m, losses, groups):
    """The mixture, written out group by group."""
    sizes = np.bincount(groups)
    total = 0.0
    for share, stake in zip(SHARES, STAKES, strict=True):
        product = share
        for g, size in enumerate(sizes):
            product *= 1 - size / sizes.max() * stake * (losses[groups == g].mean() - m) / (1 - m)
        total += product
    return total


@given(sample=grouped(), failure=st.sampled_from([0.3, 0.05, 0.001]))
def test_the_limit_is_where_the_wealth_reaches_one_in_delta(sample, failure):
    losses, groups = sample
    limit = grouped_upper(losses, groups, failure)
    assert losses.mean() <= limit <= 1.0
    if losses.mean() + 1e-6 < limit < 1 - 1e-6:
        assert literal_wealth(limit - 1e-7, losses, groups) < 1 / failure * (1 + 1e-4)
        assert literal_wealth(limit + 1e-7, losses, groups) > 1 / failure * (1 - 1e-4)


@given(wrong=st.lists(st.booleans(), min_size=1, max_size=40), failure=st.sampled_from([0.3, 0.01]))
def test_groups_of_one_row_are_rows(wrong, failure):
    losses = np.array(wrong, dtype=float)
    alone = np.arange(len(losses))
    assert grouped_upper(losses, alone, failure) == pytest.approx(
        Betting().upper_of(losses, failure), abs=1e-9
    )
    units = Units.of(alone, len(losses))
    assert units.kind == "rows" and units.said == {}
    assert units.upper(losses, failure) == upper_limit(int(losses.sum()), len(losses), failure)
    assert units.lower(losses, failure) == lower_limit(int(losses.sum()), len(losses), failure)


@given(sample=grouped())
def test_the_lower_limit_mirrors_the_upper_one(sample):
    losses, groups = sample
    assert grouped_lower(losses, groups, 0.05) == pytest.approx(1 - grouped_upper(1 - losses, groups, 0.05))
    assert grouped_lower(losses, groups, 0.05) <= losses.mean()


@given(sample=grouped(), seed=st.integers(0, 10))
def test_names_and_order_of_the_groups_don_t_matter(sample, seed):
    losses, groups = sample
    turn = np.random.default_rng(seed).permutation(len(losses))
    names = np.array([f"g{9 - g}" for g in groups])
    one, other = Units.of(groups, len(losses)), Units.of(names[turn], len(losses))
    assert one.upper(losses, 0.05) == pytest.approx(other.upper(losses[turn], 0.05), abs=1e-9)


def test_repeating_every_row_of_a_group_says_nothing_new():
    wrong = np.array([1.0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
    once, thrice = np.arange(10), np.repeat(np.arange(10), 3)
    assert grouped_upper(np.repeat(wrong, 3), thrice, 0.05) == pytest.approx(grouped_upper(wrong, once, 0.05))
    # The form for rows believes it has thirty.
    assert upper_limit(6, 30, 0.05) < upper_limit(2, 10, 0.05) < grouped_upper(wrong, once, 0.05)


def test_one_group_and_no_group_say_next_to_nothing():
    units = Units.of(["a"] * 50, 50)
    assert (units.count, units.effective) == (1, 1.0)
    assert units.upper(np.ones(50), 0.05) == 1.0 and units.lower(np.ones(50), 0.05) <= 0.05
    assert Units(n=0).upper([], 0.05) == 1.0 and Units(n=0).lower([], 0.05) == 0.0
    assert units.halves(np.random.default_rng(0))[0].size == 0


@pytest.mark.parametrize("error", [0.15, 0.3])
@pytest.mark.parametrize("sizes", [[4] * 6, [1, 1, 2, 5, 9]])
def test_exact_coverage_where_a_group_is_one_opinion(error, sizes):
    """Every group wholly right or wholly wrong: all outcomes can be listed."""
    groups, failure, missed, missed_by_rows = rows_of(sizes), 0.05, 0.0, 0.0
    for outcome in range(2 ** len(sizes)):
        bad = np.array([outcome >> g & 1 for g in range(len(sizes))])
        chance = error ** bad.sum() * (1 - error) ** (len(sizes) - bad.sum())
        losses = bad[groups].astype(float)
        missed += chance * (grouped_upper(losses, groups, failure) < error)
        missed_by_rows += chance * (upper_limit(int(losses.sum()), len(groups), failure) < error)
    assert missed <= failure
    if min(sizes) > 1:
        assert missed_by_rows > failure


@pytest.mark.parametrize("failure", [0.05, 0.2])
def test_exact_coverage_where_large_groups_err_more(failure):
    """Groups that are one opinion, of chance 0 if they are small and ½ if they are large: what is limited is the mean of rows."""
    sizes, chances = np.array([1] * 60 + [8] * 6), np.array([0.0] * 60 + [0.5] * 6)
    groups, error = rows_of(sizes), float(sizes @ chances) / sizes.sum()
    above = below = by_counts = by_means = 0.0
    for k in range(7):
        # The large groups are alike: only how many of them are wrong matters.
        losses = np.repeat(np.r_[np.zeros(60), np.arange(6) < k], sizes)
        chance = binom.pmf(k, 6, 0.5)
        above += chance * (grouped_upper(losses, groups, failure) < error)
        below += chance * (grouped_lower(losses, groups, failure) > error)
        by_counts += chance * (counted_upper(losses.sum(), sizes, failure) < error)
        # The control: every group's mean counts the same, whatever the number of its rows.
        means = np.r_[np.zeros(60), np.arange(6) < k]
        by_means += chance * (Betting().upper_of(means, failure) < error)
    assert max(above, below, by_counts) <= failure
    assert by_means > failure


def test_groups_drawn_from_a_file_may_miss_its_largest_one():
    """All errors of the file stand in one large group, which half of all draws lack: exactly that often must the limit hold."""
    sizes, drawn = np.array([1] * 19 + [20]), 10
    error, file = 20 / 39, int(sizes.max())
    without = np.zeros(drawn)
    assert grouped_upper(without, np.arange(drawn), 0.05, file) > error
    # The control: weights by the largest group that was drawn.
    assert grouped_upper(without, np.arange(drawn), 0.05) < error
    units = Units(n=drawn, groups=np.arange(drawn), kind="groups", file=sizes)
    assert min(units.upper(without, 0.05), units.upper_of_count(0, 0.05)) > error
    part = units.take(np.array([3, 5]))
    assert part.file is sizes and part.groups.tolist() == [0, 1] and units.take(np.array([], int)).n == 0
    with pytest.raises(InputError, match="largest"):
        grouped_upper(np.zeros(20), np.repeat([0, 1], [12, 8]), 0.05, 11)


def test_rows_drawn_from_a_file_have_no_binomial_limit():
    """One row of a hundred is wrong: five that are drawn hold it with chance .05, where the binomial tail says .0490."""
    file, seen, failure = np.ones(100, dtype=np.int64), np.array([1.0, 0, 0, 0, 0]), 0.0495
    chance = 5 / 100
    assert failure < chance and Units(n=5).lower(seen, failure) > 0.01
    drawn = Units(n=5, file=file)
    assert drawn.lower(seen, failure) <= 0.01
    assert drawn.lower(seen, failure) == pytest.approx(Chernoff().lower(1, 5, failure), abs=1e-12)
    assert drawn.upper(seen, failure) == pytest.approx(Chernoff().upper(1, 5, failure), abs=1e-12)
    assert (drawn.theorem, drawn.take(np.arange(2)).file is file) == ("chernoff", True)
    assert drawn.upper([0.5, 0.25], failure) == Betting().upper_of([0.5, 0.25], failure)
    assert Units(n=0, file=file).upper([], 0.05) == 1.0 and Units(n=0, file=file).lower([], 0.05) == 0.0


# ---------------------------------------------------------------- counts of errors alone


def literal_tail(errors, p, sizes):
    """Least over s of E exp(s (mean of Y − x)) for G coins of the mean p' that Y_g = wrong rows / largest have; or Hoeffding's."""
    G, largest, n = len(sizes), max(sizes), sum(sizes)
    x, mean = errors / (G * largest), p * n / (G * largest)
    found = minimize_scalar(
        lambda s: G * (math.log(1 - mean + mean * math.exp(s)) - s * x), bounds=(0, 60), method="bounded"
    )
    by_rows = -2 * n**2 / (np.array(sizes) ** 2).sum() * max(errors / n - p, 0.0) ** 2
    return math.exp(min(found.fun, by_rows, 0.0))


@given(sizes=SIZES, share=st.floats(0.02, 0.98), p=st.floats(0.05, 0.95))
def test_the_tail_is_hoeffding_s_over_all_exponents(sizes, share, p):
    errors = math.floor(share * sum(sizes))
    found = counted_p_value(errors, p, np.array(sizes))
    assert found <= literal_tail(errors, p, sizes) + 1e-6
    assert found == pytest.approx(literal_tail(errors, p, sizes), abs=1e-4)


def test_the_tail_holds_where_errors_go_with_sizes():
    """Sixty single rows that are always wrong, three groups of twenty that are wrong with chance ½: all rows are with chance ⅛."""
    sizes = np.array([1] * 60 + [20] * 3)
    assert 1 / 8 <= counted_p_value(120, 0.75, sizes) < 1
    # Coins of one chance for all groups, the control, would have said ¾ to the power of their number.
    assert 0.75**63 < 1 / 8
    assert counted_upper(0, sizes, 1 / 8) >= 0.25 and counted_lower(120, sizes, 1 / 8) <= 0.75


@given(n=st.integers(1, 60), share=st.floats(0, 1), size=st.integers(1, 5))
def test_groups_of_one_size_have_chernoff_s_limit(n, share, size):
    errors = round(share * n)
    sizes = np.full(n, size)
    assert counted_upper(size * errors, sizes, 0.05) == pytest.approx(
        Chernoff().upper(errors, n, 0.05), abs=1e-7
    )
    assert counted_lower(size * errors, sizes, 0.05) == pytest.approx(
        Chernoff().lower(errors, n, 0.05), abs=1e-7
    )


@settings(max_examples=15)
@given(sizes=SIZES, failure=st.sampled_from([0.2, 0.01]))
def test_limits_rise_with_the_number_of_errors(sizes, failure):
    sizes = np.array(sizes)
    uppers = [counted_upper(e, sizes, failure) for e in range(sizes.sum() + 1)]
    lowers = [counted_lower(e, sizes, failure) for e in range(sizes.sum() + 1)]
    assert np.all(np.diff(uppers) >= -1e-12) and np.all(np.diff(lowers) >= -1e-12)
    rates = np.arange(sizes.sum() + 1) / sizes.sum()
    assert np.all(np.array(uppers) >= rates - 1e-12) and np.all(np.array(lowers) <= rates + 1e-12)


@given(sizes=SIZES, rate=st.floats(0, 1), failure=st.sampled_from([0.2, 0.01]))
def test_the_largest_count_not_rejected(sizes, rate, failure):
    sizes = np.array(sizes)
    most = counted_most(rate, sizes, failure)
    assert most >= math.floor(rate * sizes.sum() + 1e-9)
    if most < sizes.sum() and rate < 1:
        assert counted_p_value(most + 1, rate, sizes) <= failure
    if most > math.ceil(rate * sizes.sum()):
        assert counted_p_value(most, rate, sizes) > failure


@pytest.mark.parametrize("rate", [0.0, 0.1, 0.37, 1.0])
def test_no_test_by_groups_is_sharper_than_the_exact_one_of_opinions(rate):
    # Groups of three that are one opinion each: P(Bin(20, rate) ≥ e) at 3e wrong rows.
    sizes = np.full(20, 3)
    for e in range(1, 21):
        assert counted_p_value(3 * e, rate, sizes) >= binom.sf(e - 1, 20, rate) - 1e-12


# ---------------------------------------------------------------- units


def test_units_keep_their_groups_when_rows_are_taken_or_halved():
    units = Units.of(np.repeat(list("abcde"), [3, 1, 4, 1, 5]), 14)
    assert units.said == {"unit": "groups", "groups": 5, "effective": 196 / 52}
    taken = units.take(np.array([0, 1, 3]))
    assert taken.sizes.tolist() == [2, 1]
    assert units.take(np.array([0, 3, 4])).kind == "rows"
    one, other = units.halves(np.random.default_rng(3))
    assert sorted([*one, *other]) == list(range(14))
    assert not set(units.groups[one]) & set(units.groups[other])


@given(sizes=st.lists(st.integers(1, 9), min_size=2, max_size=6), seed=st.integers(0, 20))
def test_halves_have_the_same_number_of_units_whatever_their_sizes(sizes, seed):
    units = Units.of(rows_of(sizes), sum(sizes))
    one, other = units.halves(np.random.default_rng(seed))
    owner = rows_of(sizes)
    assert (len(set(owner[one])), len(set(owner[other]))) == (len(sizes) // 2, (len(sizes) + 1) // 2)
    assert sorted([*one, *other]) == list(range(sum(sizes)))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: Units.of([1, 2], 3),
        lambda: grouped_upper(np.zeros(3), np.zeros(2, dtype=int), 0.05),
        lambda: grouped_upper(np.full(3, 2.0), np.zeros(3, dtype=int), 0.05),
        lambda: grouped_upper(np.zeros(3), np.zeros(3, dtype=int), 0.0),
        lambda: counted_upper(7, np.array([3, 3]), 0.05),
    ],
)
def test_bad_input(wrong):
    with pytest.raises(InputError):
        wrong()


def test_units_of_rows_have_no_groups():
    with pytest.raises(ValueError, match="rows have no groups"):
        Units(n=3, groups=np.zeros(3, dtype=np.int64))
