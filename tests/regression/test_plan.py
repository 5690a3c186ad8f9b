"""Label plans for a quantity: a uniform draw, betting in its order, and sheets as people fill them."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.tree import DecisionTreeRegressor

import whytransfer as wt
from tests.regression.conftest import table
from tests.report.schemas import validator
from whytransfer.claims.intervals import Betting
from whytransfer.errors import InputError
from whytransfer.labels import LabelPlan
from whytransfer.labels.number_plan import NumberPlan
from whytransfer.metrics import loss
from whytransfer.steps.regression.power import Question


@pytest.fixture(scope="module")
def planned(labelled):
    return wt.plan_labels(labelled, tolerance=7.0, metric="rmse", loss_cap=15.0, budget=60)


def test_a_certificate_is_betting_over_the_draw(planned, labelled):
    truth = labelled.target.labels[planned.rows]
    found = wt.certify(planned, truth)
    squares = np.minimum(np.abs(planned.predictions - truth), 15.0) ** 2
    claim = found.claim("target_error.direct")
    assert claim.upper == pytest.approx(15.0 * np.sqrt(Betting().upper_of(squares / 225.0, 0.05)))
    assert claim.level is wt.Level.PROVED and claim.unit is wt.Unit.LABEL
    assert found.verdict.answer is wt.Answer.WORKS
    assert json.loads(found.to_json())["labels"]["stop"] is True


def test_a_sheet_that_nobody_has_filled_in_is_told_to_be_empty(planned):
    verdict = wt.certify(planned, {}).verdict
    assert verdict.answer == "undecided"
    assert verdict.reason == "no row of the sheet is labelled yet, of the 60 rows that are planned"


def test_skipped_rows_count_for_the_worst(planned, labelled):
    truth = labelled.target.labels[planned.rows].copy()
    truth[40:] = np.nan
    whole = wt.certify(planned, truth).claim("target_error.direct")
    truth[:5] = np.nan
    gaps = wt.certify(planned, truth).claim("target_error.direct")
    assert gaps.detail["skipped"] == 5
    assert gaps.lower < whole.lower and gaps.upper > whole.upper


def test_sheets_go_out_and_come_back(planned, labelled, tmp_path):
    sheet = tmp_path / "rows.csv"
    planned.to_csv(sheet)
    again = LabelPlan.read(tmp_path / "rows.plan.json")
    assert isinstance(again, NumberPlan) and again.to_json() == planned.to_json()
    lines = sheet.read_text(encoding="utf-8").splitlines()
    assert lines[0] == "row,batch,a,b,c,y"
    truth = labelled.target.labels[planned.rows]
    # As a spreadsheet of a country with decimal commas writes it.
    body = [f'{line}"{str(y).replace(".", ",")}"' for line, y in zip(lines[1:20], truth, strict=False)]
    body += lines[20:]
    sheet.write_text("\n".join([lines[0], *body]) + "\n", encoding="utf-8")
    found = wt.certify(again, sheet)
    assert found.claim("target_error.direct").detail["rows"] == 19
    from whytransfer.labels.sheet import continued

    following = continued(again, sheet, tmp_path / "next.csv")
    assert "19 of 60 are labelled" in following.text
    assert wt.certify(LabelPlan.read(following.plan), tmp_path / "next.csv").claims == found.claims


def test_damage_is_told(planned, tmp_path):
    planned.to_csv(tmp_path / "rows.csv")
    plan = tmp_path / "rows.plan.json"
    document = json.loads(plan.read_text(encoding="utf-8"))
    document["rows"][1]["row"] = document["rows"][0]["row"]
    plan.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputError, match="a row stands twice"):
        LabelPlan.read(plan)
    with pytest.raises(InputError, match="is no number"):
        wt.certify(planned, ["high", *[None] * 59])


def test_power_is_what_sampling_finds():
    """Against limits that are really computed, at the same true loss."""
    errors = np.abs(np.random.default_rng(0).normal(size=500))
    asked = Question(loss=loss("absolute", 5.0), requirement=1.0, failure=0.05, errors=errors, seed=0)
    shares = asked.shares(0.7)
    assert 5.0 * shares.mean() == pytest.approx(0.7, rel=1e-6)
    rng = np.random.default_rng(1)
    settled = [5.0 * Betting().upper_of(rng.choice(shares, 80), 0.05) <= 1.0 for _ in range(200)]
    assert asked.chance(80, 0.7) == pytest.approx(np.mean(settled), abs=0.12)
    refuted = [5.0 * Betting().lower_of(rng.choice(asked.shares(1.5), 80), 0.05) > 1.0 for _ in range(200)]
    assert asked.chance(80, 1.5) == pytest.approx(np.mean(refuted), abs=0.12)
    n = asked.needed(0.7, 5000)
    assert asked.chance(n, 0.7) >= 0.8
    assert asked.needed(0.999, 50) is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"loss_cap": None}, "declare with loss_cap"),
        ({"way": "stratified"}, "draws uniformly"),
        ({"per_class": True}, "draws uniformly"),
        ({"population": "file"}, "target-is-whole"),
        ({"budget": 0}, "budget"),
    ],
)
def test_refused(labelled, options, words):
    with pytest.raises(InputError, match=words):
        wt.plan_labels(labelled, **{"tolerance": 4.0, "loss_cap": 15.0, "budget": 10, **options})


def test_a_plan_follows_its_schema(planned):
    checked = validator("whytransfer/plan-numbers/1")
    document = json.loads(planned.to_json())
    checked.validate(document)
    document["loss"]["cap"] = None
    assert not checked.is_valid(document)


def test_numbers_with_grouped_digits_are_refused(planned):
    """1,234 was read as 1.234."""
    row, other = (int(r) for r in planned.rows[:2])
    with pytest.raises(InputError, match="fraction or in the thousands"):
        wt.certify(planned, {row: "1,234", other: "12"})
    assert wt.certify(planned, {row: "1,234", other: "12,5"}).claim("target_error.direct").detail["rows"] == 2


def test_a_target_whose_rows_are_copies_certifies_under_a_condition(labelled):
    source, target = labelled.source.frame(), labelled.target.frame()
    copies = target.iloc[np.repeat(np.arange(30), 5)]
    names = list(source.columns)
    problem = wt.Problem(source, labelled.source.labels, copies[names], task="regression")
    plan = wt.plan_labels(problem, tolerance=7.0, loss_cap=15.0, budget=40)
    truth = labelled.target.labels[np.repeat(np.arange(30), 5)]
    claim = wt.certify(plan, truth[plan.rows]).claim("target_error.direct")
    assert claim.level is wt.Level.CONDITIONAL and [a.id for a in claim.assumptions] == ["iid"]


def test_a_model_that_learned_from_the_rows_of_a_plan_is_judged_by_others():
    """The seed alone would draw the same rows again, on which a tree that was taught by them makes no error."""
    source, target = table(120, seed=1), table(200, shift=0.5, seed=2, slope=-2.0)
    problem = wt.Problem.read(source, target.drop(columns="y"), "y")
    common = {"tolerance": 3.0, "budget": 120, "metric": "absolute", "loss_cap": 20.0}
    first = wt.plan_labels(problem, **common)
    known = pd.concat([source, target.iloc[first.rows]])[["a", "b", "y"]]
    columns = ColumnTransformer([("numbers", "passthrough", ["a", "b"])])
    taught = make_pipeline(columns, DecisionTreeRegressor(random_state=0)).fit(known[["a", "b"]], known["y"])
    again, same = (wt.plan_labels(problem, taught, **common) for _ in range(2))
    assert again.rows.tolist() == same.rows.tolist() and 40 < np.isin(again.rows, first.rows).sum() < 100
    found = wt.certify(
        again, dict(zip(again.rows.tolist(), target["y"].iloc[again.rows].tolist(), strict=True))
    )
    off = np.abs(taught.predict(target) - target["y"]).clip(upper=20).mean()
    assert found.claim("target_error.direct").upper >= off
    # One that is trained here has seen no label, and has the draw of the seed.
    assert wt.plan_labels(problem, "boosted", **common).rows.tolist() == first.rows.tolist()


def test_rows_that_stand_in_the_source_too_prove_nothing_of_the_target():
    source, target = table(120, seed=1), table(80, shift=0.5, seed=2)
    both = pd.concat([source.iloc[:60], target], ignore_index=True).drop(columns="y")
    common = {"tolerance": 3.0, "budget": 40, "metric": "absolute", "loss_cap": 20.0}
    found = wt.plan_labels(wt.Problem.read(source, both, "y"), **common)
    assert [(a.id, str(a.status)) for a in found.standing] == [("domains_independent", "rejected")]
    alone = wt.plan_labels(wt.Problem.read(source, target.drop(columns="y"), "y"), **common)
    assert alone.standing == ()
