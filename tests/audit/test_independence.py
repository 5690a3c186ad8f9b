"""What speaks against independence lowers the level: cases in both domains, labels that were chosen, two models in one claim."""

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

import whytransfer as wt
from tests.audit import cases


def partly(known, source, target):
    return wt.Problem(source.X, source.y, target.X, np.where(known, target.y.astype(float), np.nan))


def test_labels_of_chosen_rows_certify_nothing_outright():
    source, target = cases.rows(300, 600)
    easy = np.abs(target.X[:, 0]) > np.quantile(np.abs(target.X[:, 0]), 0.6)
    audit = wt.audit(partly(easy, source, target), tolerance=0.5, **cases.QUICK)
    claim = audit.claim("target_error.direct")
    assert claim.level == "conditional"
    assert [(a.id, str(a.status)) for a in claim.assumptions] == [("labelled_at_random", "rejected")]
    assert audit.verdict.basis != "certified"
    assert any("look chosen" in w for w in audit.warnings)


@pytest.mark.parametrize("seed", range(5))
def test_labels_of_random_rows_certify_and_the_condition_is_said(seed):
    source, target = cases.rows(300, 600)
    known = np.zeros(600, dtype=bool)
    known[np.random.default_rng(seed).choice(600, 200, replace=False)] = True
    audit = wt.audit(partly(known, source, target), tolerance=0.5, **cases.QUICK)
    assert audit.claim("target_error.direct").level == "proved"
    assert any("drawn at random" in w for w in audit.warnings)


def test_groups_in_both_domains_lower_every_proved_claim_about_the_target():
    source, target = cases.rows(200, 200)
    people = np.arange(200)
    problem = wt.Problem(source.X, source.y, target.X, target.y, groups=(people, people))
    audit = wt.audit(problem, tolerance=0.9, **cases.QUICK)
    assert audit.claim("target_error.direct").level == "conditional"
    assert "domains_independent" in {a.id for a in audit.claim("target_error.direct").assumptions}
    assert not [c for c in audit.claims if c.quantity == "divergence" and c.level == "proved"]
    assert audit.verdict.basis != "certified"


def test_a_drop_is_never_between_two_models():
    source, target = cases.rows(300, 300)
    model = DecisionTreeClassifier(random_state=0).fit(source.X, source.y)
    problem = wt.Problem(source.X, source.y, target.X, target.y)
    audit = wt.audit(problem, model=model, trained_on_source=True, max_drop=0.5, **cases.QUICK)
    assert "error_drop.direct" not in {c.id for c in audit.claims}
    assert audit.claim("target_error.direct").detail["subject"] == "given"
    assert audit.claim("source_error").detail["subject"] == "refit"
