"""What Python shows of results: a sentence, however many rows they hold."""

import numpy as np
import pytest

import whytransfer as wt


@pytest.fixture(scope="module")
def problem():
    return wt.lab.gaussians(mean=1.0).sample(120, 60, seed=0)


def test_a_problem(problem):
    assert repr(problem) == (
        "Problem(source: 120 rows, 120 labelled; target: 60 rows, 60 labelled; 1 column; 2 classes)"
    )
    other = wt.Problem(problem.source.rows, np.linspace(0.0, 1.0, 120), np.zeros((1, 2)))
    assert repr(other) == (
        "Problem(source: 120 rows, 120 labelled; target: 1 row, 0 labelled; 1 column; regression; not comparable)"
    )


def test_audits(problem):
    audit = wt.audit(problem, "stump", tolerance=0.4, theorems=[], time_budget=0)
    assert repr(audit) == f"Audit(WORKS (certified): {audit.verdict.reason})"
    each = wt.audit_each(problem, "stump", by=["left", "right"] * 30, tolerance=0.4, time_budget=0)
    assert repr(each).startswith("Audits(WORKS: of 2 sub-groups") and len(repr(each)) < 100
    other = wt.Problem(problem.source.rows, problem.source.labels, np.zeros((9, 2)))
    assert repr(wt.audit(other)).startswith("Audit(NOT COMPARABLE: ")


def test_plans(problem):
    plan = wt.plan_labels(problem, "stump", tolerance=0.3, budget=20, way="uniform")
    assert repr(plan) == "LabelPlan(20 of 60 target rows, fixed design, drawn uniform; error at most 0.3)"
    x = np.arange(60.0)[:, None]
    numbers = wt.plan_labels(wt.Problem(x, x[:, 0] / 7, x), tolerance=2.0, loss_cap=9.0, budget=20)
    assert repr(numbers).startswith("NumberPlan(20 of 60 target rows; ") and repr(numbers).endswith(
        " at most 2)"
    )


def test_baselines_and_scorers(problem):
    baseline = wt.Baseline.fit(problem, "stump", rows=50)
    assert repr(baseline) == "Baseline(50 of 120 source rows kept, seed 0)"
    scorer = wt.make_scorer("target_error", target=problem.target.rows)
    assert repr(scorer) == "TargetError(target=<ndarray>, seed=0)"
