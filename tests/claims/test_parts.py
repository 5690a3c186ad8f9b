"""Rates within a part of grouped rows (the error in a cell, an answer in a class): oracle, laws, exact coverage, and the control."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from whytransfer.claims.intervals import (
    Units,
    grouped_lower,
    grouped_upper,
    lower_limit,
    part_limits,
    upper_limit,
)
from whytransfer.claims.intervals.betting import SHARES, STAKES
from whytransfer.errors import InputError


@st.composite
def groups_in_part(draw):
    sizes = draw(st.lists(st.integers(1, 5), min_size=2, max_size=7))
    part = [draw(st.integers(0, n)) for n in sizes]
    hits = [draw(st.integers(0, k)) for k in part]
    return np.array(hits), np.array(part), np.array(sizes)


def literal_wealth(m, hits, part, sizes):
    """The mixture, written out group by group."""
    total = 0.0
    for share, stake in zip(SHARES, STAKES, strict=True):
        product = share
        for h, k, n in zip(hits, part, sizes, strict=True):
            product *= 1 - n / max(sizes) * stake * (h / n - m * k / n) / (1 - m)
        total += product
    return total


@given(sample=groups_in_part(), failure=st.sampled_from([0.3, 0.05, 0.001]))
def test_the_limits_are_where_the_wealth_reaches_one_in_delta(sample, failure):
    hits, part, sizes = sample
    lower, upper = part_limits(hits, part, sizes, failure)
    if not part.sum() or sizes.max() == 1:
        return
    rate = hits.sum() / part.sum()
    assert 0.0 <= lower <= rate <= upper <= 1.0
    if rate < upper < 1:
        assert literal_wealth(upper, hits, part, sizes) == pytest.approx(1 / failure, rel=1e-6)
    if 0 < lower < rate:
        assert literal_wealth(1 - lower, part - hits, part, sizes) == pytest.approx(1 / failure, rel=1e-6)


@given(sample=groups_in_part())
def test_a_part_that_is_the_whole_is_betting_on_group_means(sample):
    hits, _, sizes = sample
    losses = np.concatenate([np.arange(n) < h for h, n in zip(hits, sizes, strict=True)]).astype(float)
    owner = np.repeat(np.arange(len(sizes)), sizes)
    lower, upper = part_limits(hits, sizes, sizes, 0.05)
    if sizes.max() > 1:
        assert upper == pytest.approx(grouped_upper(losses, owner, 0.05), abs=1e-12)
        assert lower == pytest.approx(grouped_lower(losses, owner, 0.05), abs=1e-12)


def test_independent_rows_and_groups_of_one_row_are_clopper_pearson():
    exact = float(lower_limit(3, 10, 0.05)), float(upper_limit(3, 10, 0.05))
    assert part_limits(3, 10, 40, 0.05) == exact
    part = np.repeat([1, 0], [10, 30])
    assert part_limits((np.arange(40) < 3).astype(int), part, np.ones(40, dtype=int), 0.05) == exact
    assert part_limits(0, 0, 40, 0.05) == (0.0, 1.0)
    assert part_limits(np.zeros(3, int), np.zeros(3, int), np.full(3, 9), 0.05) == (0.0, 1.0)


def test_copies_of_rows_are_worth_nothing():
    hits, part, sizes = np.array([1, 0, 2, 0]), np.array([2, 1, 2, 0]), np.array([3, 2, 2, 4])
    assert part_limits(4 * hits, 4 * part, 4 * sizes, 0.05) == pytest.approx(
        part_limits(hits, part, sizes, 0.05), abs=1e-12
    )


# A group of six rows: none in the part, some of them, or all; all that are there answer alike.
PATTERNS = {(0, 0): 0.4, (6, 0): 0.3, (6, 6): 0.15, (2, 2): 0.15}


@pytest.mark.parametrize("failure", [0.05, 0.2])
def test_exact_coverage_where_what_lies_in_the_part_goes_with_the_answer(failure):
    """All outcomes of ten groups are listed; the rate is that of rows, whatever number of its group's rows lie in the part."""
    G, sizes = 10, np.full(10, 6)
    rate = sum(p * h for (_, h), p in PATTERNS.items()) / sum(p * k for (k, _), p in PATTERNS.items())
    above = below = by_rows = total = 0.0
    for counts in itertools.product(range(G + 1), repeat=len(PATTERNS) - 1):
        last = G - sum(counts)
        if last < 0:
            continue
        every = (*counts, last)
        chance = math.factorial(G) / math.prod(map(math.factorial, every))
        chance *= math.prod(p**c for p, c in zip(PATTERNS.values(), every, strict=True))
        part, hits = (np.repeat([pattern[i] for pattern in PATTERNS], every) for i in (0, 1))
        lower, upper = part_limits(hits, part, sizes, failure)
        above += chance * (upper < rate)
        below += chance * (lower > rate)
        by_rows += chance * (part_limits(int(hits.sum()), int(part.sum()), 60, failure)[1] < rate)
        total += chance
    assert total == pytest.approx(1)
    assert max(above, below) <= failure
    # The control: the rows of the part, each taken for independent.
    assert by_rows > failure


def test_tables_of_units():
    codes = np.array([0, 2, 2, 1])
    assert Units(n=4).counts(codes, 4).tolist() == [1, 1, 2, 0]
    assert Units.of(["a", "b", "b", "a"], 4).counts(codes, 3).tolist() == [[1, 1, 0], [0, 0, 2]]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: part_limits(3, 2, 5, 0.05),
        lambda: part_limits(np.array([1, 1]), np.array([1]), np.array([1, 1]), 0.05),
        lambda: part_limits(np.array([-1, 1]), np.array([1, 1]), np.array([1, 1]), 0.05),
        lambda: part_limits(1, 2, 3, 1.0),
    ],
)
def test_bad_input(wrong):
    with pytest.raises(InputError):
        wrong()


@pytest.mark.parametrize("failure", [0.05, 0.2])
def test_a_rate_in_a_file_allows_for_groups_that_were_not_drawn(failure):
    """Four of eight groups are drawn in all ways; the hits stand in the two large ones, which a fifth of all draws lack."""
    sizes, part, hits = (
        np.r_[np.ones(6, int), 9, 9],
        np.r_[np.ones(6, int), 5, 7],
        np.r_[np.zeros(6, int), 5, 7],
    )
    rate, above, alone, draws = 12 / 18, 0, 0, list(itertools.combinations(range(8), 4))
    for chosen in draws:
        taken = np.array(chosen)
        above += part_limits(hits[taken], part[taken], sizes[taken], failure, largest=9)[1] < rate
        alone += part_limits(hits[taken], part[taken], sizes[taken], failure)[1] < rate
    assert above <= failure * len(draws)
    assert alone > failure * len(draws)


def test_a_part_of_units_is_counted_by_rows_or_by_groups():
    rng = np.random.default_rng(0)
    inside, hits, owner = rng.random(60) < 0.5, rng.random(60) < 0.3, np.repeat(np.arange(15), 4)
    both = int((hits & inside).sum()), int(inside.sum())
    assert Units(n=60).part(inside, hits, 0.05) == part_limits(*both, 60, 0.05)
    counts = [np.bincount(owner, weights=mask).astype(int) for mask in (hits & inside, inside)]
    assert Units.of(owner, 60).part(inside, hits, 0.05) == part_limits(*counts, np.full(15, 4), 0.05)
    assert Units(n=60).part(np.zeros(60, bool), hits, 0.05) == (0.0, 1.0)
