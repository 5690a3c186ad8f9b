"""How many labels settle it is told of single rows only: where rows hang together, counted limits are longer than those."""

import numpy as np
import pytest

import whytransfer as wt
from tests.audit import cases
from whytransfer.claims.intervals import Units
from whytransfer.claims.power import labels_needed

pytestmark = pytest.mark.usefixtures("without_back_test")


def test_the_number_for_single_rows_does_not_settle_it_in_groups():
    """Why none is told: even with independent errors, limits by groups need more."""
    rng = np.random.default_rng(0)
    group = np.repeat(np.arange(200), rng.integers(1, 7, 200))
    n = labels_needed(0.089, 0.15, 0.025, at_most=len(group))
    settled = {"rows": 0, "groups": 0}
    for _ in range(40):
        wrong = rng.random(len(group)) < 0.089
        rows = rng.choice(len(group), n, replace=False)
        for kind, units in (("rows", Units(n=n)), ("groups", Units.of(group[rows], n))):
            settled[kind] += units.upper(wrong[rows], 0.025) <= 0.15
    assert settled["rows"] >= 26 and settled["groups"] <= 12


@pytest.mark.parametrize("groups", [False, True], ids=["rows", "groups"])
def test_a_number_is_told_of_single_rows_only(groups):
    source, target = cases.rows(300, 300)
    known = (np.arange(300), 1000 + np.arange(300) // 3) if groups else None
    problem = wt.Problem(source.X, source.y, target.X, groups=known)
    audit = wt.audit(problem, tolerance=0.2, theorems=[], time_budget=0)
    panel = audit.claim("target_error.panel")
    assert audit.verdict.answer == "undecided" and panel.estimate is not None
    curves, (step,) = audit.document["curves"], audit.document["next_steps"]
    assert step["action"] == "label"
    if groups:
        assert audit.verdict.labels_needed is None and not curves["labels"] and not curves["budget"]
        assert "can't be foretold where rows hang together" in step["text"]
    else:
        assert audit.verdict.labels_needed and curves["labels"] and curves["budget"]
        assert f"label {audit.verdict.labels_needed} target rows" in step["text"]


@pytest.mark.parametrize("groups", [False, True], ids=["rows", "groups"])
def test_of_a_quantity_too(groups):
    rng = np.random.default_rng(1)
    X, Xt = rng.normal(size=(200, 2)), rng.normal(size=(400, 2))
    known = (np.arange(200), 1000 + np.arange(400) // 4) if groups else None
    problem = wt.Problem(X, X[:, 0] + rng.normal(size=200), Xt, groups=known)
    audit = wt.audit(problem, tolerance=1.4, loss_cap=4.0)
    assert (audit.verdict.labels_needed is None) == groups
