"""What estimators say of each class reaches the claims, and any metric of scikit-learn can be had from it."""

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score

import whytransfer as wt
from tests.audit import cases
from whytransfer.estimators import ESTIMATORS, Confusion, Estimator
from whytransfer.steps import confusions

GIVE = {name for name, kind in ESTIMATORS.items() if kind.confusion is not Estimator.confusion}


def test_claims_have_the_law_whose_error_is_the_estimate(without_labels):
    told = {c.id.removeprefix("target_error."): c for c in without_labels.claims if c.level == "estimated"}
    assert (
        {name for name, c in told.items() if "confusion" in c.detail} == GIVE & set(told) >= {"cbpe", "knn"}
    )
    for name in GIVE & set(told):
        found = told[name].detail["confusion"]
        law = np.array(found["law"])
        assert law.shape == (2, 2) and law.sum() == pytest.approx(1.0) and (law >= 0).all()
        assert 1 - np.trace(law) == pytest.approx(told[name].detail["raw"], abs=1e-9)
        rates = [1 - law[k, k] / law[:, k].sum() for k in range(2)]
        assert found["error_by_true_class"] == pytest.approx(rates)


def test_any_weighted_metric_can_be_had_from_it(without_labels):
    found = without_labels.claim("target_error.cbpe").detail["confusion"]
    made = Confusion(law=np.array(found["law"]))
    assert made.score(accuracy_score) == pytest.approx(1 - made.error)
    assert 1 - made.score(balanced_accuracy_score) == pytest.approx(found["balanced_error"])
    assert made.score(lambda *rows, **kw: f1_score(*rows, average="macro", **kw)) == pytest.approx(
        found["macro_f1"]
    )


def test_many_classes_are_not_written_down(monkeypatch, without_labels):
    problem = cases.unlabelled()
    monkeypatch.setattr(confusions, "MOST_CLASSES", 1)
    audit = wt.audit(problem, tolerance=0.5, **cases.QUICK)
    assert not any("confusion" in c.detail for c in audit.claims)
