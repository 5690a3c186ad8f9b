"""LogME and the H-score against literal computations."""

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.stats import multivariate_normal

from whytransfer.features.transferability import h_score, logme, transferability


def blobs(apart, n=40, p=5, seed=0):
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    return rng.normal(size=(n, p)) + apart * np.eye(3, p)[labels], labels


def by_search(features, labels):
    """The evidence is the density of y under N(0, I/β + FFᵀ/α): maximised without any of the algebra."""
    found = []
    for value in np.unique(labels):
        y = (labels == value).astype(float)

        def negative(logs, y=y):
            alpha, beta = np.exp(logs)
            return -multivariate_normal.logpdf(y, cov=np.eye(len(y)) / beta + features @ features.T / alpha)

        found.append(-minimize(negative, [0.0, 0.0], method="Nelder-Mead").fun / len(y))
    return float(np.mean(found))


@pytest.mark.parametrize("apart", [0.0, 1.0, 4.0])
@pytest.mark.parametrize("p", [5, 60])
def test_logme_is_the_largest_evidence(apart, p):
    features, labels = blobs(apart, p=p)
    assert logme(features, labels) == pytest.approx(by_search(features, labels), abs=2e-3)


def test_h_score_in_one_column_is_the_share_of_variance_between_classes():
    rng = np.random.default_rng(0)
    labels = np.arange(3000) % 2
    x = rng.normal(size=3000) + 2.0 * labels
    means = np.where(labels == 1, x[labels == 1].mean(), x[labels == 0].mean())
    # One column needs no shrinkage to speak of.
    assert h_score(x[:, None], labels) == pytest.approx(means.var() / x.var(), rel=0.01)


def test_more_columns_than_rows_do_not_score_by_themselves():
    features, labels = blobs(0.0, n=40, p=200)
    separated, _ = blobs(6.0, n=40, p=200)
    assert h_score(features, labels) < 0.5 < 1.0 < h_score(separated, labels) <= 2.0


def test_unlabelled_rows_and_single_classes():
    features, labels = blobs(1.0)
    some = np.where(np.arange(40) < 30, labels, -1)
    assert transferability(features, some) == transferability(features[:30], labels[:30])
    assert transferability(features, np.zeros(40, dtype=int)) is None
    assert transferability(np.zeros((4, 2)), np.array([0, 1, 0, 1])) is None


@pytest.mark.parametrize("column", [[0.0, 1.0, 0.0, 1.0], [1.0, 1.0, -1.0, -1.0]])
def test_labels_explained_exactly_or_not_at_all_have_finite_scores(column):
    found = transferability(np.array(column)[:, None], np.array([0, 1, 0, 1]))
    assert np.isfinite([found.logme, found.h_score]).all()
