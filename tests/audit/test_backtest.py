"""The back-test inside an audit: its rows, their structure, the model asked about changes, and what the claims say."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import whytransfer as wt
from tests.audit import cases
from whytransfer.backtest import WAYS
from whytransfer.steps import backtest, panel, run
from whytransfer.steps.options import Options
from whytransfer.verdict import Basis


def case_of(problem, model=None, predictions=None):
    options = Options.checked(
        tolerance=0.5,
        max_drop=None,
        assume=None,
        require=Basis.ESTIMATED,
        delta=0.05,
        population="law",
        seed=0,
        trained_on_source=None,
        theorems=[],
        examples=True,
        label_noise=0.0,
    )
    return run.prepare(problem, model, predictions, options)[0]


def recorded(problem, model=None, predictions=None):
    case = case_of(problem, model, predictions)
    others = panel.committee(case)
    return backtest.record(case, panel.view(case, others), others)


def mixed(n=400, seed=0):
    """A table with numbers, gaps, a category of three values, groups and times; two sites of another law as target."""
    rng = np.random.default_rng(seed)
    frames = []
    for shift in (0.0, 0.7):
        x = rng.standard_normal((n, 3)) + shift
        frame = pd.DataFrame(
            {"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "site": rng.choice(["u", "v", "w"], n)}
        )
        frame.loc[rng.random(n) < 0.1, "b"] = np.nan
        frame["y"] = (x[:, 0] + 0.5 * (frame["site"] == "u") + 0.7 * rng.standard_normal(n) > 0.5).astype(int)
        frames.append(frame)
    groups = tuple(rng.integers(0, 60, n).astype(str) for _ in frames)
    time = tuple(np.arange(n, dtype=float) for _ in frames)
    return frames, groups, time


def problem_of(frames, **roles):
    source, target = frames
    return wt.Problem(source.drop(columns="y"), source["y"], target.drop(columns="y"), **roles)


@pytest.fixture(scope="module")
def structured():
    frames, groups, time = mixed()
    return case_of(problem_of(frames, groups=groups, time=time))


def test_the_claims_carry_the_record(without_labels):
    told = without_labels.claim("target_error.panel").detail["backtest"]
    assert told["pseudo_targets"] >= 10 and sum(told["kinds"].values()) == told["pseudo_targets"]
    assert set(told["kinds"]) == set(WAYS) - {"structure"}
    assert "no time, group or site column is known" in told["left_out"][0]
    for name in ("ac", "atc", "doc"):
        own = without_labels.claim(f"target_error.{name}").detail["backtest"]
        assert own["kinds"] == told["kinds"]
        assert {**told["estimators"][name], "kinds": told["kinds"]} == own
    assert json.loads(json.dumps(told, allow_nan=False)) == told


def test_labels_for_evaluation_do_not_reach_it(with_labels, without_labels):
    both = [a.claim("target_error.panel").detail["backtest"] for a in (with_labels, without_labels)]
    assert both[0] == both[1]


def test_time_groups_and_categories_are_structure(structured):
    found = backtest.structures(structured)
    assert [(s.kind, s.name) for s in found] == [("time", "time"), ("groups", "groups"), ("site", "site")]
    rows = structured.apart.source_rows
    assert (found[0].values == rows).all()
    assert all(len(s.values) == len(rows) for s in found)
    assert set(found[2].values) == {"u", "v", "w"}


def test_the_model_is_asked_about_encoded_columns(structured):
    said = backtest.asked(structured)(structured.apart.source)
    rows, own = structured.apart.source_rows, structured.subject.source
    assert (said.codes == own.codes[rows]).all()
    assert said.proba == pytest.approx(own.proba[rows], abs=1e-9)


def test_columns_of_one_category_form_one_block(structured):
    others = panel.committee(structured)
    rows = backtest.labelled_rows(structured, panel.view(structured, others), others)
    names = structured.columns.origin
    for one in range(len(names)):
        for other in range(len(names)):
            assert (rows.blocks[one] == rows.blocks[other]) == (names[one] == names[other])
    votes = rows.vote(rows.columns)
    assert (votes == others.voiced(rows.columns)).all()


def test_a_foreign_model_is_not_asked_and_that_is_said():
    source, target = cases.rows(n=300, m=100)
    half = LogisticRegression().fit(*(part[:150] for part in (source.X, source.y)))
    problem = wt.Problem(source.X[150:], source.y[150:], target.X)
    found = recorded(problem, model=half)
    assert set(found.kinds) == set(WAYS) - {"structure", "missingness", "noise"}
    assert sum("can't be asked" in sentence for sentence in found.left_out) == 2


def test_predictions_without_probabilities_are_tested_too():
    source, target = cases.rows(n=300, m=100)
    said = wt.Predictions((source.X[:, 0] > 0.3).astype(int), (target.X[:, 0] > 0.3).astype(int))
    found = recorded(wt.Problem(source.X, source.y, target.X), predictions=said)
    assert len(found.kinds) == 150 // 4  # half of 300 rows are held out
    assert "doc" not in found.scores() and "disagreement" in found.scores()


def test_a_model_that_knows_the_rows_is_not_tested_on_them():
    source, target = cases.rows(n=200, m=100, seed=1)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 2, 200)  # nothing to learn: a tree that is right on them has seen them
    from sklearn.tree import DecisionTreeClassifier

    problem = wt.Problem(source.X, labels, target.X)
    case = case_of(problem, model=DecisionTreeClassifier(random_state=0).fit(source.X, labels))
    others = panel.committee(case)
    assert case.source_withheld
    assert backtest.record(case, panel.view(case, others), others) is None


def test_too_few_rows_give_no_pseudo_target_and_a_reason():
    source, target = cases.rows(n=60, m=50)
    found = recorded(wt.Problem(source.X, source.y, target.X))
    assert found.kinds == () and "held back" in found.left_out[0]
    audit = wt.audit(wt.Problem(source.X, source.y, target.X), tolerance=0.5, **cases.QUICK)
    assert audit.claim("target_error.panel").detail["backtest"]["pseudo_targets"] == 0


def test_an_estimator_that_fails_on_pseudo_targets_makes_no_claim_and_the_panel_says_so(monkeypatch):
    monkeypatch.setattr(
        "whytransfer.steps.run.rejected", lambda record: {"atc": "it lies farther off than guessing"}
    )
    audit = wt.audit(cases.unlabelled(), tolerance=0.5)
    ids = {c.id for c in audit.claims}
    assert "target_error.atc" not in ids and "target_error.doc" in ids
    assert audit.claim("target_error.panel").detail["left_out"]["atc"] == "it lies farther off than guessing"
