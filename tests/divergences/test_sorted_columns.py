"""The walks along sorted columns, against the step functions and the quantile functions."""

from fractions import Fraction

import numpy as np
import pytest

from whytransfer.divergences import HalfLine, Interval, Stump, Wasserstein1, sorted_columns
from whytransfer.divergences._merge import largest_gaps, transport_cost
from whytransfer.divergences.sorted_columns import gaps_of, transport_costs
from whytransfer.overlap import TwoSamples


def literal_gaps(s, t):
    """The first largest and the first smallest D, by counting at every value."""
    found = [(0, -np.inf)]
    found += [(len(s) * int((t <= z).sum()) - len(t) * int((s <= z).sum()), z) for z in np.unique([*s, *t])]
    high = max(found, key=lambda pair: pair[0])
    low = min(found, key=lambda pair: pair[0])
    return high[0], low[0], high[1], low[1]


def literal_cost(s, t):
    """Every source row cut into m pieces and every target row into n, matched in order: exact."""
    n, m = len(s), len(t)
    pairs = zip(np.repeat(np.sort(s), m), np.repeat(np.sort(t), n), strict=True)
    return float(sum(abs(Fraction(float(a)) - Fraction(float(b))) for a, b in pairs) / (n * m))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("values", [2, 5, 1000])
def test_walks(dtype, values):
    rng = np.random.default_rng(values)
    for _ in range(60):
        s, t = (np.sort(rng.integers(values, size=rng.integers(1, 12)) / 7).astype(dtype) for _ in range(2))
        assert largest_gaps(s, t) == literal_gaps(s, t)
        assert transport_cost(s, t) == pytest.approx(literal_cost(s, t), rel=1e-14, abs=1e-14)


def test_strides_end_anywhere():
    """Samples longer than a stride, of sizes without a common factor: masses 1/n and 1/m, mean shifted by 1."""
    s, t = np.sort(np.random.default_rng(0).normal(size=10_007)), np.arange(9001.0)
    moved = transport_cost(s, s + 1.0)
    assert moved == pytest.approx(1.0, abs=1e-12)
    assert transport_cost(s, t) == pytest.approx(t.mean() - s.mean() + 2 * _left_of(s, t), rel=1e-12)


def _left_of(s, t):
    """∫ (F⁻¹ − G⁻¹)⁺ over the quantiles, by their common grid of 1/(nm)."""
    edges = np.union1d(np.arange(len(s) + 1) * len(t), np.arange(len(t) + 1) * len(s))
    at = edges[:-1]
    gain = s[at // len(t)] - t[at // len(s)]
    return (np.maximum(gain, 0) * np.diff(edges)).sum() / (len(s) * len(t))


@pytest.fixture(scope="module")
def pair():
    rng = np.random.default_rng(1)
    source, target = rng.normal(size=(230, 19)), np.round(rng.normal(size=(170, 19)) + 0.2, 1)
    target[:, 3], source[:, 4], target[:, 4] = source[:170, 3], 1.0, 1.0
    return source, target


@pytest.mark.parametrize("kind", [HalfLine, Interval, Stump, Wasserstein1])
def test_many_rows_say_what_few_do(pair, kind, monkeypatch):
    few = TwoSamples.read(*pair)
    slow, slow_claim = kind().by_column(few), kind().claim_of(few, _request())
    monkeypatch.setattr(sorted_columns, "FEW_ROWS", 0)
    many = TwoSamples.read(*pair)
    np.testing.assert_allclose(kind().by_column(many), slow, rtol=1e-13)
    claim = kind().claim_of(many, _request())
    assert claim.detail.get("set") == slow_claim.detail.get("set")
    assert claim.estimate == pytest.approx(slow_claim.estimate, rel=1e-13)


def _request():
    from whytransfer.divergences import Request

    return Request(seed=3)


def test_all_of_them_share_one_sort(pair, monkeypatch):
    samples, calls = TwoSamples.read(*pair), []
    honest = sorted_columns._by_column
    monkeypatch.setattr(sorted_columns, "_by_column", lambda *a, **k: calls.append(1) or honest(*a, **k))
    for kind in (HalfLine, Interval, Stump, Wasserstein1):
        kind().by_column(samples)
    assert len(calls) == 1
    assert gaps_of(samples) is gaps_of(samples)
    assert transport_costs(samples) is transport_costs(samples)
