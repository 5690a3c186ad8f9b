"""Bins of equal weight: the quantiles by their definition, and the same trees as scikit-learn grows without them."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.ensemble._hist_gradient_boosting import binning

from whytransfer.models.weighted_bins import WeightedBins, edges


def literal(column, weights, share):
    """The least value with at least that share of the weight at and below it; the mean with the next where it is reached exactly."""
    x = sorted(set(column))
    total = sum(weights)
    for i, value in enumerate(x):
        below = sum(w for v, w in zip(column, weights, strict=True) if v <= value)
        if below == share * total:
            return (value + x[min(i + 1, len(x) - 1)]) / 2
        if below > share * total:
            return value
    return x[-1]


@given(
    st.lists(st.tuples(st.integers(0, 50), st.sampled_from([0.25, 0.5, 1.0, 2.0])), min_size=1, max_size=40)
)
def test_edges_are_the_weighted_quantiles(rows):
    # Values that differ: among equal ones the definition of the next value is a matter of taste.
    weight_of = dict(rows)
    column, weights = np.array(list(weight_of), dtype=float), np.array(list(weight_of.values()))
    if len(column) <= 4:
        expected = [(a + b) / 2 for a, b in zip(sorted(column), sorted(column)[1:], strict=False)]
    else:
        expected = sorted({literal(column, weights, k / 4) for k in (1, 2, 3)})
    assert edges(column, weights, 4).tolist() == pytest.approx(expected)


def test_bins_rise_with_the_values_and_new_rows_find_theirs():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(500, 2))
    made = WeightedBins(np.ones(500), 16).fit(X)
    found = made.transform(X)
    assert found.min() == 0 and found.max() == 15
    for column, bins in zip(X.T, found.T, strict=True):
        assert (np.diff(bins[np.argsort(column)]) >= 0).all()
        assert np.bincount(bins.astype(int)).max() <= 33
    assert made.transform(np.array([[-99.0, 99.0]])).tolist() == [[0.0, 15.0]]


BY_WEIGHT = "sample_weight" in inspect.signature(binning._find_binning_thresholds).parameters
"""Whether this scikit-learn cuts at quantiles that weights can shift; before, it cut columns of many values at midpoints of percentiles."""


@pytest.mark.parametrize(
    "digits",
    [1, pytest.param(9, marks=pytest.mark.skipif(not BY_WEIGHT, reason="this scikit-learn cuts otherwise"))],
)
def test_trees_on_bins_are_the_trees_on_the_columns(digits):
    rng = np.random.default_rng(1)
    X, Z = (np.round(rng.normal(size=(n, 3)), digits) for n in (400, 300))
    y = (X[:, 0] + rng.normal(size=400) > 0).astype(int)
    trees = HistGradientBoostingClassifier(max_iter=10, max_bins=32, early_stopping=False, random_state=0)
    bins = WeightedBins(np.ones(400), 32).fit(X)
    plain = trees.fit(X, y).predict_proba(Z)
    assert trees.fit(bins.transform(X), y).predict_proba(bins.transform(Z)) == pytest.approx(plain, abs=1e-12)
