"""WORKS is never said for want of evidence: end to end, with the reference class that ships."""

import numpy as np
import pytest

import whytransfer as wt
from tests.audit import cases

UNDECIDED = ("undecided", None)


def answer(problem, **options):
    audit = wt.audit(problem, **{"tolerance": 0.9, **cases.QUICK, **options})
    return (str(audit.verdict.answer), audit.verdict.basis), audit


def test_two_rows_of_a_target_decide_nothing():
    source, target = cases.rows(200, 2)
    found, audit = answer(wt.Problem(source.X, source.y, target.X))
    assert found == UNDECIDED and "2 rows" in audit.verdict.reason
    # Nor do they with labels that are all right.
    found, _ = answer(wt.Problem(source.X, source.y, target.X, target.y))
    assert found == UNDECIDED


def test_one_class_decides_nothing():
    source, target = cases.rows(200, 200)
    found, audit = answer(wt.Problem(source.X, np.ones(200, dtype=int), target.X), tolerance=1.0)
    assert found == UNDECIDED and "one class" in audit.verdict.reason


@pytest.mark.parametrize("learner", ["logistic", "boosted"])
def test_the_xi_family_decides_nothing(learner):
    """Source and target are 2ξ apart at most, the model is right on every source row, and wrong on every target row."""
    source, target = wt.lab.xi(xi=0.002).draw(250, 250)
    found, _ = answer(wt.Problem(source.X, source.y, target.X), model=learner, tolerance=1.0)
    assert found == UNDECIDED


def test_a_problem_unlike_all_reference_transfers_decides_nothing():
    """Twelve classes that are told apart without an error, and a target that nobody could take for the source."""
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(12), 15)
    X = 20.0 * y[:, None] + rng.standard_normal((180, 2))
    found, audit = answer(wt.Problem(X, y, X + 300.0))
    panel = audit.claim("target_error.panel")
    assert panel.detail["distance"] > panel.detail["typical_distance"]
    assert found == UNDECIDED and "unlike all reference transfers" in audit.verdict.reason


@pytest.mark.parametrize("seed", range(2))
def test_a_label_flip_gets_an_estimated_works_at_most_that_names_what_it_stands_on(seed):
    """Nobody can tell it from no shift: the inputs are the same, and every label is wrong."""
    source, target = wt.lab.label_flip().draw(300, 300, seed)
    found, audit = answer(wt.Problem(source.X, source.y, target.X), tolerance=0.3)
    assert found in {UNDECIDED, ("works", "estimated")}
    assert audit.document["diagnosis"]["shift"]["kind"] == "none_visible"
    assert "can't be seen" in audit.document["diagnosis"]["shift"]["text"]
    if found != UNDECIDED:
        assert (
            "standing on the assumption that this transfer is like the reference transfers"
            in audit.verdict.reason
        )
    panel = audit.claim("target_error.panel")
    assert panel.level == "estimated" and panel.estimate < 0.1
    assert "exchangeable_with_reference" in {a.id for a in panel.assumptions}


def test_no_certificate_comes_of_a_label_flip_that_nobody_sees(without_back_test):
    source, target = wt.lab.label_flip().draw(200, 200, 0)
    sure, _ = answer(wt.Problem(source.X, source.y, target.X), tolerance=0.3, require="certified")
    assert sure == UNDECIDED


def test_an_estimated_works_on_a_label_flip_says_what_it_stands_on(near):
    """A reference class that finds every problem typical lets the estimate decide."""
    source, target = wt.lab.label_flip().draw(200, 200, 0)
    found, audit = answer(wt.Problem(source.X, source.y, target.X), tolerance=0.3)
    assert found == ("works", "estimated")
    assert (
        "standing on the assumption that this transfer is like the reference transfers"
        in audit.verdict.reason
    )
    assert not [c for c in audit.claims if c.quantity == "target_error" and c.level == "proved" and c.upper]
