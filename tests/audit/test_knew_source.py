"""Given models of classes and of quantities: one test of what they knew, and nothing that their library says is lost."""

import warnings
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

import whytransfer as wt
from whytransfer.problem import make_splits
from whytransfer.steps.adapt.request import options_of
from whytransfer.steps.subject import find

KINDS = {
    "classes": (DecisionTreeClassifier, LogisticRegression),
    "quantity": (DecisionTreeRegressor, LinearRegression),
}


def rows(n, seed, kind):
    """The first column, noisily, as a class or as a number."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, 2))
    y = X[:, 0] + rng.normal(size=n)
    return X, (y if kind == "quantity" else (y > 0).astype(int))


def found(kind, model, **options):
    X, y = rows(150, 0, kind)
    task = "regression" if kind == "quantity" else "classification"
    problem = wt.Problem(X, y, X[:40], task=task)
    splits = make_splits(problem, np.random.default_rng(0))
    return find(problem, splits, model, None, replace(options_of(0), **options)), splits


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_that_learnt_the_rows_by_heart_is_rejected_by_the_sign_test(kind):
    tree = KINDS[kind][0](random_state=0).fit(*rows(150, 0, kind))
    told, splits = found(kind, tree)
    assert told.not_trained.status == "rejected"
    # It is never wrong, so that all rows on which they differ speak for it: p = 2^-k.
    differ = int(told.not_trained.power.split()[0])
    assert f"on {differ} rows" in told.not_trained.test and "on 0, p" in told.not_trained.test
    assert told.not_trained.test.endswith(f"p = {binom.sf(differ - 1, differ, 0.5):.3g}")
    held_back = len(splits.source_choose) + len(splits.source_evaluate)
    assert differ == held_back if kind == "quantity" else 5 < differ < held_back
    assert "withheld" in told.warnings[-1]


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_of_other_rows_is_not_rejected(kind):
    told, _ = found(kind, KINDS[kind][1]().fit(*rows(400, 1, kind)))
    assert told.not_trained.status == "not_rejected" and told.warnings == ()


class Loud:
    """A foreign model whose library warns when it is asked."""

    def __init__(self, model):
        self.model = model

    def predict(self, X):
        warnings.warn("an old format", stacklevel=1)
        return self.model.predict(X)


@pytest.mark.parametrize("trained_on_source", [None, False])
@pytest.mark.parametrize("kind", KINDS)
def test_what_the_library_of_a_given_model_warns_of_is_told(kind, trained_on_source):
    model = Loud(KINDS[kind][1]().fit(*rows(400, 1, kind)))
    told, _ = found(kind, model, trained_on_source=trained_on_source)
    assert told.warnings[0] == "while predicting: an old format"
