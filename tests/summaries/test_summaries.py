"""What summaries promise beyond adding up: bounds over many rows, uniform samples, the same for any cut."""

import math

import numpy as np
import pyarrow as pa
import pytest
from scipy.stats import binom, chisquare

from whytransfer.errors import InputError
from whytransfer.summaries import Categories, Duplicates, KernelMean, Moments, Quantiles, Reservoir
from whytransfer.summaries.reservoir import cutoff, keys


def in_parts(empty, values, size):
    total = empty
    for start in range(0, len(values), size):
        total = total + empty.of(values[start : start + size], first_row=start)
    return total


@pytest.fixture(scope="module")
def columns():
    rng = np.random.default_rng(0)
    law = rng.standard_t(3, size=60_000)
    return {
        "drawn": law,
        "rising": np.sort(law),
        "falling": -np.sort(-law),
        "few": np.round(law),
        "shifted": law[::-1] + 0.3,
    }


@pytest.mark.parametrize("which", ["drawn", "rising", "falling", "few"])
def test_ranks_of_many_rows(columns, which):
    rows, width = columns[which], 256
    total = in_parts(Quantiles(width=width), rows, 777)
    assert total.error <= len(rows) * math.log2(2 * len(rows) / width) / width
    points = np.quantile(rows, np.linspace(0, 1, 41))
    truth = np.searchsorted(np.sort(rows), points, side="right")
    assert max(abs(total.rank(x) - r) for x, r in zip(points, truth, strict=True)) <= total.error
    heaviest = 1 << (len(total.levels) - 1)
    for share in (0.05, 0.5, 0.95):
        x = total.quantile(share)
        low, high = (rows < x).sum(), (rows <= x).sum()
        assert low - total.error - heaviest <= share * len(rows) <= high + total.error + heaviest


def test_gap_of_two_columns_lies_within_its_error(columns):
    one, other = (in_parts(Quantiles(width=128), columns[name], 5000) for name in ("drawn", "shifted"))
    found, within = one.largest_gap(other)
    s, t = np.sort(columns["drawn"]), np.sort(columns["shifted"])
    points = np.concatenate([s, t])
    truth = np.abs(
        np.searchsorted(s, points, side="right") - np.searchsorted(t, points, side="right")
    ).max() / len(s)
    assert abs(found - truth) <= within < 0.2


def test_moments_keep_their_digits():
    """A mean of 10⁹ and a variance of 2/3·n/(n − 1): the textbook sum of squares would have no digit left."""
    rows = 1e9 + np.tile([-1.0, 0.0, 1.0], 20_000)
    found = in_parts(Moments(), rows, 999)
    assert found.variance == pytest.approx(2 / 3 * 60_000 / 59_999, rel=1e-6)
    assert (found.least, found.largest) == (1e9 - 1, 1e9 + 1)
    assert Moments().of([4.0]).variance is None


def test_reservoir_is_the_same_for_any_cut_and_order():
    rows = np.arange(5000.0)
    whole = Reservoir(size=40, seed=2).of(rows)
    for size in (1000, 333):
        assert in_parts(Reservoir(size=40, seed=2), rows, size).rows.tolist() == whole.rows.tolist()
    late = Reservoir(size=40, seed=2).of(rows[2500:], first_row=2500) + Reservoir(size=40, seed=2).of(
        rows[:2500]
    )
    assert late.values.tolist() == whole.values.tolist() == whole.rows.tolist()
    table = Reservoir(size=3).of(pa.table({"x": [1, 2]})) + Reservoir(size=3).of(
        pa.table({"x": [3, 4]}), first_row=2
    )
    assert table.values["x"].to_pylist() == (table.rows + 1).tolist()


def test_a_cutoff_keeps_the_same_rows_and_sends_no_other():
    rows, size = np.arange(5000.0), 40
    for seed in range(3):
        known = Reservoir(size=size, seed=seed, cutoff=cutoff(len(rows), size, seed))
        parts = [known.of(rows[start : start + 500], first_row=start) for start in range(0, 5000, 500)]
        assert sum(len(part.rows) for part in parts) == size
        total = sum(parts[1:], start=parts[0])
        assert total.rows.tolist() == Reservoir(size=size, seed=seed).of(rows).rows.tolist()
        assert total.n == 5000
    assert cutoff(40, 40, 0) is None


def test_reservoir_is_uniform():
    """Each of 50 rows is kept 10/50 of the time, pairs included: 4,000 seeds, χ² not beyond its 99.9 % quantile."""
    kept = np.array([np.argsort(keys(np.arange(50), seed))[:10] for seed in range(4000)])
    assert chisquare(np.bincount(kept.ravel(), minlength=50)).pvalue > 0.001
    neighbours = sum(1 in k and 0 in k for k in kept)
    assert (
        binom.ppf(0.0005, 4000, 10 * 9 / (50 * 49))
        <= neighbours
        <= binom.ppf(0.9995, 4000, 10 * 9 / (50 * 49))
    )


def test_kernel_mean_lies_within_its_bound_of_the_exact_distance():
    """P(outside) ≤ δ over the seed: 40 seeds at δ = .1."""
    rng = np.random.default_rng(4)
    s, t = rng.normal(size=(60, 2)), rng.normal(size=(50, 2)) + 0.7

    def k(a, b):
        return np.exp(-((a[:, None] - b) ** 2).sum(axis=2) / (2 * 1.5**2)).mean()

    exact = k(s, s) + k(t, t) - 2 * k(s, t)
    outside, values = 0, []
    for seed in range(40):
        empty = KernelMean(columns=2, frequencies=64, bandwidth=1.5, seed=seed)
        values.append((in_parts(empty, s, 7)).squared_distance(empty.of(t)))
        outside += abs(values[-1] - exact) > empty.within(0.1)
    assert outside <= binom.ppf(0.999, 40, 0.1)
    assert np.mean(values) == pytest.approx(exact, abs=4 * np.std(values) / np.sqrt(40))


def test_repeated_contents():
    rng = np.random.default_rng(5)
    contents = rng.integers(2**63, size=9000, dtype=np.uint64)
    rows = np.concatenate([contents, contents[:3000]])  # a third of the contents twice
    found = in_parts(Duplicates(size=1000), rows, 1234)
    assert not found.complete and abs(found.repeated - 1 / 3) <= found.within(1e-3)
    assert in_parts(Duplicates(size=10_000), rows, 1234).repeated == 1 / 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Quantiles(width=4), Quantiles(width=8)),
        (Reservoir(seed=0), Reservoir(seed=1)),
        (Categories(most=2), Categories(most=3)),
        (Duplicates(size=2), Duplicates(size=3)),
        (KernelMean(seed=0), KernelMean(seed=1)),
    ],
)
def test_other_parameters_are_refused(one, other):
    with pytest.raises(InputError, match="can't be added"):
        one + other


def test_contents_in_both_are_exact_only_where_all_are_looked_at():
    """Either table may fit where the two together don't: the share is then one of a sample, and said to be."""
    empty = Duplicates(size=16)
    here, there = (np.arange(start, start + 12, dtype=np.uint64) for start in (0, 8))
    one, two = empty.of(here), empty.of(there)
    assert one.complete and two.complete
    both, seen = one.shared(two)
    assert (both, seen) == (4, 16)  # of 20 contents in all, the least 16
    assert one.off(seen, 0.05) == pytest.approx(math.sqrt(math.log(40) / 32))
    both, seen = one.shared(empty.of(here[:2]))
    assert (both, seen, one.off(seen, 0.05)) == (2, 12, 0.0)
