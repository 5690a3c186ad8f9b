"""Worlds and files without an answer: undecided with a reason, or not comparable."""

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt
from tests.audit import cases

pytestmark = pytest.mark.usefixtures("without_back_test")


@pytest.mark.parametrize("seed", range(2))
def test_flipped_labels_are_never_proved_to_fail_or_work_without_labels(seed):
    world = wt.lab.label_flip()
    source, target = world.draw(150, 150, seed)
    blind = wt.audit(wt.Problem(source.X, source.y, target.X), tolerance=0.3)
    assert blind.verdict.basis in (None, "estimated") and blind.verdict.answer != "fails"
    assert not [c for c in blind.claims if c.quantity == "target_error" and c.level == "proved"]
    seen = wt.audit(wt.Problem(source.X, source.y, target.X, target.y), tolerance=0.3, **cases.QUICK)
    assert (seen.verdict.answer, seen.verdict.basis, seen.verdict.exit_code) == ("fails", "certified", 10)
    assert seen.claim("target_error").estimate > 0.9


@pytest.mark.parametrize("xi", [0.1, 0.01])
def test_the_xi_family_is_undecided(xi, near):
    source, target = wt.lab.xi(xi=xi).draw(100, 100)
    audit = wt.audit(wt.Problem(source.X, source.y, target.X), tolerance=1.0)
    assert (audit.verdict.answer, audit.verdict.exit_code) == ("undecided", 11)


def test_a_source_of_one_class_is_undecided_with_its_reason(near):
    source, target = cases.rows(60, 60)
    audit = wt.audit(wt.Problem(source.X, np.full(60, "yes"), target.X), tolerance=1.0)
    assert audit.verdict.answer == "undecided" and "one class" in audit.verdict.reason
    assert audit.claim("target_error.panel").estimate is None


def test_a_source_of_one_class_is_undecided_whatever_was_predicted(near):
    source, target = cases.rows(60, 60)
    same = np.full(60, "yes")
    audit = wt.audit(
        wt.Problem(source.X, same, target.X, same), predictions=wt.Predictions(same, same), tolerance=1.0
    )
    assert (audit.verdict.answer, audit.verdict.basis) == ("undecided", None)
    assert "one class" in audit.verdict.reason
    assert audit.document["next_steps"][0]["action"] == "collect"


@pytest.mark.parametrize(("m", "decided"), [(1, False), (19, False), (20, True)])
def test_fewer_than_twenty_target_rows_are_undecided_even_with_labels(m, decided):
    source, target = cases.rows(60, m)
    said = wt.Predictions(source.y, target.y)
    audit = wt.audit(wt.Problem(source.X, source.y, target.X, target.y), predictions=said, tolerance=1.0)
    assert (audit.verdict.answer == "works") == decided
    if not decided:
        assert audit.verdict.basis is None and f"{m} row" in audit.verdict.reason


def test_without_overlap_an_assumption_decides_nothing(far):
    source, _ = cases.rows(300, 300)
    target = source.X + 50.0
    audit = wt.audit(
        wt.Problem(source.X, source.y, target),
        tolerance=1.0,
        assume={"radius.tv": 0.1},
        theorems=["ball"],
    )
    assert audit.document["diagnosis"]["overlap"]["no_overlap"] is True
    assert audit.document["diagnosis"]["shift"]["kind"] == "support"
    assert audit.claim("target_error.ball.tv").upper < 1.0
    assert (audit.verdict.answer, audit.verdict.basis) == ("undecided", None)


# Not comparable


FRAME = pd.DataFrame({"a": np.linspace(0, 1, 60), "b": np.linspace(1, 0, 60), "y": ["no", "yes"] * 30})
OTHERS = {
    "a column is missing": (FRAME.drop(columns="a"), "a"),
    "a column has another name": (FRAME.rename(columns={"a": "aa"}), "aa"),
    "a column is of another kind": (FRAME.assign(a=["red", "blue"] * 30), "a"),
    "a label is new": (FRAME.assign(y=["no", "maybe"] * 30), "maybe"),
}


@pytest.mark.parametrize("case", sorted(OTHERS))
def test_schema_and_label_spaces_that_differ_are_not_comparable(case):
    target, word = OTHERS[case]
    problem = wt.Problem.read(FRAME, target, label="y", use_target_labels=True)
    audit = wt.audit(problem, tolerance=1.0)
    assert (audit.verdict.answer, audit.verdict.exit_code) == ("not_comparable", 12)
    assert (audit.verdict.basis, audit.verdict.requirement, audit.model, audit.splits) == (None,) * 4
    assert word in audit.verdict.reason and "\n" not in audit.verdict.reason
    assert audit.claim("target_error").estimate is None
    assert audit.claim("target_error").detail["reason"]
    cases.parsed(audit)
    with pytest.raises(wt.NotCertified):
        audit.require("estimated")


def test_numbers_of_columns_that_differ_are_not_comparable():
    source, target = cases.rows(60, 60)
    audit = wt.audit(wt.Problem(source.X, source.y, np.column_stack([target.X, target.X])))
    assert audit.verdict.answer == "not_comparable"


def test_a_class_of_the_source_may_be_absent_from_the_target():
    source, target = cases.rows(60, 60)
    audit = wt.audit(wt.Problem(source.X, source.y, target.X, np.ones(60)), tolerance=0.9, **cases.QUICK)
    assert audit.verdict.answer != "not_comparable"
    assert audit.claim("target_error.direct").detail["rows"] == 60


def test_a_break_even_below_what_lambda_must_be_is_said_to_be_out_of_reach():
    # A third of the labels are noise: no stump errs less, so λ can't be as small as the bound would need.
    audit = wt.audit(cases.unlabelled(800, 800, source_flip=0.33), tolerance=0.5, theorems=["lagrangian"])
    least = audit.claim("adaptability.stumps").lower
    found = next(b for b in audit.document["break_even"] if b["theorem"] == "lagrangian")
    assert 0 <= found["lambda"] < least
    assert "whatever the labels" in found["text"]
    clean = wt.audit(cases.unlabelled(800, 800), tolerance=0.9, theorems=["lagrangian"])
    found = next(b for b in clean.document["break_even"] if b["theorem"] == "lagrangian")
    assert found["lambda"] >= clean.claim("adaptability.stumps").lower
    assert "whatever the labels" not in found["text"]


def test_the_picture_of_overlap_counts_every_row_once():
    problem = wt.lab.gaussians(mean=1.0).sample(150, 200, seed=0)
    overlap = wt.audit(problem, tolerance=0.3).document["diagnosis"]["overlap"]
    histogram = overlap["histogram"]
    assert sum(histogram["source"]) == overlap["rows"]["source"] and sum(histogram["target"]) == 200
    # Target rows look more like target rows.
    middles = np.convolve(histogram["edges"], [0.5, 0.5], "valid")
    assert (
        np.average(middles, weights=histogram["target"])
        > np.average(middles, weights=histogram["source"]) + 0.1
    )
