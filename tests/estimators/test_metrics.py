"""Errors by class and other metrics of a joint law, against scikit-learn on the rows themselves."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics

from tests.estimators.views import random_view
from whytransfer.errors import InputError
from whytransfer.estimators import ESTIMATORS
from whytransfer.estimators.metrics import Confusion


def confusion_of(predicted, true, classes):
    """The empirical joint law of codes."""
    law = np.zeros((classes, classes))
    np.add.at(law, (predicted, true), 1 / len(true))
    return Confusion(law=law)


def test_golden():
    # P(h = 0, Y = 0) = .5, (0, 1) .1, (1, 0) .1, (1, 1) .3.
    found = Confusion(law=np.array([[0.5, 0.1], [0.1, 0.3]]))
    assert found.error == pytest.approx(0.2)
    assert found.error_by_true == pytest.approx((0.1 / 0.6, 0.1 / 0.4))
    assert found.error_by_predicted == pytest.approx((0.1 / 0.6, 0.1 / 0.4))
    assert found.balanced_error == pytest.approx((1 / 6 + 1 / 4) / 2)
    assert found.macro_f1 == pytest.approx((2 * 0.5 / 1.2 + 2 * 0.3 / 0.8) / 2)


def test_rows_are_predicted_and_columns_true():
    found = confusion_of(np.array([0, 0, 0, 1]), np.array([0, 1, 1, 1]), 2)
    np.testing.assert_array_equal(found.law, [[0.25, 0.5], [0.0, 0.25]])
    assert found.error_by_true == pytest.approx((0.0, 2 / 3))
    assert found.error_by_predicted == pytest.approx((2 / 3, 0.0))


@given(st.integers(0, 10_000), st.integers(2, 6))
def test_it_agrees_with_scikit_learn_on_the_rows(seed, K):
    rng = np.random.default_rng(seed)
    true = np.concatenate([np.arange(K), rng.integers(0, K, 60)])
    predicted = np.where(rng.random(len(true)) < 0.5, true, rng.integers(0, K, len(true)))
    found = confusion_of(predicted, true, K)
    assert found.error == pytest.approx(1 - metrics.accuracy_score(true, predicted))
    recall = metrics.recall_score(true, predicted, average=None, zero_division=0.0)
    assert found.error_by_true == pytest.approx(tuple(1 - recall))
    precision = metrics.precision_score(true, predicted, average=None, zero_division=0.0)
    for mine, theirs, ever in zip(
        found.error_by_predicted, precision, np.isin(np.arange(K), predicted), strict=True
    ):
        assert (mine is None) if not ever else mine == pytest.approx(1 - theirs)
    assert found.balanced_error == pytest.approx(1 - metrics.balanced_accuracy_score(true, predicted))
    assert found.macro_f1 == pytest.approx(
        metrics.f1_score(true, predicted, average="macro", zero_division=0.0)
    )
    names = [f"class {k}" for k in range(K)]
    for metric in (metrics.matthews_corrcoef, metrics.cohen_kappa_score, metrics.zero_one_loss):
        direct = metric(true, predicted)
        assert found.score(metric) == pytest.approx(direct)
        assert found.score(metric, names) == pytest.approx(direct)


def test_a_class_without_mass_has_no_error():
    found = Confusion(law=np.array([[0.5, 0.0, 0.2], [0.0, 0.0, 0.3], [0.0, 0.0, 0.0]]))
    assert found.error_by_true == (0.0, None, 1.0)
    assert found.error_by_predicted == (pytest.approx(0.2 / 0.7), 1.0, None)
    assert found.balanced_error == pytest.approx(1 / 2)
    assert found.macro_f1 == pytest.approx((1.0 / 1.2 + 0 + 0) / 3)


@pytest.mark.parametrize(
    ("law", "said"),
    [
        (np.array([0.5, 0.5]), "K x K"),
        (np.full((2, 2), 0.5), "add up to 1"),
        (np.array([[1.5, 0.0], [0.0, -0.5]]), "add up to 1"),
        (np.full((2, 2), np.nan), "add up to 1"),
    ],
)
def test_what_is_no_law_is_refused(law, said):
    with pytest.raises(InputError, match=said):
        Confusion(law=law)


def test_every_confusion_of_an_estimator_can_be_scored():
    view = random_view(0, n=200, m=200)
    for kind in ESTIMATORS.values():
        law = kind().confusion(view)
        if law is not None:
            found = Confusion(law=law)
            assert 0 <= found.balanced_error <= 1
            assert 0 <= found.macro_f1 <= 1
            assert found.score(metrics.zero_one_loss) == pytest.approx(found.error)
