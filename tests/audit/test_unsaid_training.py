"""Models of which nobody said whether they were trained on the source: what may be decided, and what every sentence stands on."""

import numpy as np
import pytest
from sklearn.tree import DecisionTreeClassifier

import whytransfer as wt
from tests.audit import cases
from whytransfer.report.explorer import _assumed

pytestmark = pytest.mark.usefixtures("without_back_test")


class Threshold:
    """A foreign object: predict, and nothing else."""

    def predict(self, rows):
        return (rows[:, 0] > 0.3).astype(int)


@pytest.fixture(scope="module")
def transfer():
    return cases.rows(160, 120, source_flip=0.15)


@pytest.fixture(scope="module")
def by_heart(transfer):
    """Answers of a tree that has learnt the source's rows by heart, which nobody can fit again."""
    source, _ = transfer
    tree = DecisionTreeClassifier(random_state=0).fit(source.X, source.y)
    return wt.Predictions(*(tree.predict(part.X) for part in transfer))


def test_an_estimate_that_may_stand_on_training_rows_decides_nothing_until_it_is_said(transfer, by_heart):
    source, target = transfer
    blind = wt.Problem(source.X, source.y, target.X)
    open_ = wt.audit(blind, predictions=by_heart, tolerance=0.4, theorems=[])
    panel = open_.claim("target_error.panel")
    assert panel.upper is not None and panel.upper <= 0.4
    assert open_.verdict.answer == "undecided" and "trained_on_source=False" in open_.verdict.reason
    said = wt.audit(blind, predictions=by_heart, tolerance=0.4, theorems=[], trained_on_source=False)
    assert (said.verdict.answer, said.verdict.basis) == ("works", "estimated")
    # Of labels nobody has to know what the model was trained on.
    seen = wt.audit(
        wt.Problem(source.X, source.y, target.X, target.y), predictions=by_heart, tolerance=0.45, theorems=[]
    )
    assert seen.verdict.basis == "certified"


def test_a_model_no_better_than_ours_is_estimated_with_what_nobody_tested_in_the_sentence(transfer):
    source, target = transfer
    said = wt.Predictions(*(Threshold().predict(part.X) for part in transfer))
    audit = wt.audit(wt.Problem(source.X, source.y, target.X), predictions=said, tolerance=0.9, theorems=[])
    assert audit.verdict.basis == "estimated"
    assert "was not trained, tuned or chosen on these source rows (not tested)" in audit.verdict.reason


def test_a_regressor_that_knows_the_rows_is_not_estimated_either():
    rng = np.random.default_rng(0)
    X, Xt = rng.normal(size=(300, 3)), rng.normal(size=(200, 3))
    y = X[:, 0] + rng.normal(size=300)
    said = wt.Predictions(y + 0.01 * rng.normal(size=300), Xt[:, 0] + rng.normal(size=200))
    problem = wt.Problem(X, y, Xt)
    audit = wt.audit(problem, predictions=said, tolerance=1.0)
    assert audit.claim("target_error.panel").upper <= 1.0
    assert audit.verdict.answer == "undecided" and "nearer to the label" in audit.verdict.reason
    known = wt.audit(problem, predictions=said, tolerance=1.0, trained_on_source=False)
    assert known.verdict.answer == "works"


def test_no_break_even_promises_more_than_the_source_error_it_stands_on(transfer, by_heart):
    source, target = transfer
    blind = wt.Problem(source.X, source.y, target.X)
    told = {
        trained: wt.audit(blind, predictions=by_heart, tolerance=0.9, trained_on_source=trained).document[
            "break_even"
        ]
        for trained in (None, False)
    }
    for trained, status in ((None, "not tested"), (False, "asserted by the user")):
        balls = [b for b in told[trained] if b["theorem"] == "ball"]
        assert balls and all(
            b["text"].endswith(f"was not trained, tuned or chosen on these source rows ({status})")
            for b in balls
        )
        assert {a["id"] for b in balls for a in b["assumptions"]} == {"model_not_trained_on_source"}
    # What judges no model on the source stands on nothing of it, and with a slider only the others decide.
    free = [b for b in told[None] if b["theorem"] in ("lagrangian", "localised", "version_space")]
    assert free and not any(b["assumptions"] for b in free)
    moved = {row["name"] for row in _assumed(told[None], 0.9)}
    assert moved and not any("HΔH" in name or "disparity" in name for name in moved)
    assert any("HΔH" in row["name"] for row in _assumed(told[False], 0.9))
