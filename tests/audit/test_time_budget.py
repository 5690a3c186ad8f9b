"""A time budget skips whole steps, the least valuable first, and says which."""

import json

import numpy as np
import pytest

import whytransfer as wt
from whytransfer.steps import clock
from whytransfer.steps.clock import SKIPPED_LAST_TO_FIRST, Clock


@pytest.fixture(scope="module")
def problem():
    return wt.lab.gaussians(mean=1.0).sample(38, 40, seed=0)


def figures(audit):
    return {c.id: (c.estimate, c.lower, c.upper, c.level) for c in audit.claims}


def test_no_time_leaves_what_is_counted_and_the_answer(problem):
    hurried = wt.audit(problem, "stump", tolerance=0.3, theorems=["hdh"], time_budget=0)
    whole = wt.audit(problem, "stump", tolerance=0.3, theorems=["hdh"])
    kept, all_of_them = figures(hurried), figures(whole)
    assert kept.items() <= all_of_them.items() and "target_error.hdh.stumps" not in kept
    assert {"source_error", "target_error.direct", "target_error.panel", "divergence.stump"} <= set(kept)
    assert hurried.verdict == whole.verdict
    # So few rows that there is no back-test to be skipped.
    skipped = [name for name in SKIPPED_LAST_TO_FIRST if "back-test" not in name]
    assert hurried.warnings[-1] == f"the time budget of 0 s was over: skipped {', '.join(skipped)}"
    assert "time budget" not in " ".join(whole.warnings)
    assert json.loads(hurried.to_json())["diagnosis"]["features"] == []


def test_a_step_begins_while_there_is_time(monkeypatch):
    now = [0.0]
    monkeypatch.setattr(clock.time, "perf_counter", lambda: now[0])
    ticking = Clock(2.0)
    answers = []
    for at, name in ((0.5, "a"), (1.99, "b"), (2.0, "c"), (9.0, "d")):
        now[0] = at
        answers.append(ticking.allows(name))
    assert answers == [True, True, False, False] and ticking.skipped == ["c", "d"]
    assert ticking.notes == ["the time budget of 2 s was over: skipped c, d"]
    assert Clock(None).allows("x") and Clock(None).notes == []


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), "soon"])
def test_any_other_budget_is_refused(problem, seconds):
    with pytest.raises(wt.InputError, match="time_budget"):
        wt.audit(problem, "stump", time_budget=seconds)


def test_several_audits_share_it():
    problem = wt.Problem(np.zeros((4, 1)), [0, 1, 0, 1], np.zeros((30, 1)))
    few = wt.audit_each(problem, by=np.repeat(["a", "b"], 15), time_budget=10)
    assert few["a"].document["provenance"]["options"]["time_budget"] == 5.0
