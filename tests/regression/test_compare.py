"""Labelled domains of a quantity against each other: counted by hand, λ of seven rules with limits that hold, δ spent once."""

import io
import json

import numpy as np
import pytest
from rich.console import Console
from scipy.stats import binom

import whytransfer as wt
from tests.regression.conftest import table
from tests.report.test_schema import validator
from whytransfer.claims.intervals import Betting, Units
from whytransfer.cli import run
from whytransfer.compare import _best, compare
from whytransfer.metrics import loss
from whytransfer.models.regressors import regressor
from whytransfer.problem import Problem, make_splits
from whytransfer.report import render_comparison, to_json
from whytransfer.steps.regression.comparison import Held, least_sum

FRAMES = {"a": table(120, seed=1), "b": table(90, shift=0.6, seed=2), "c": table(80, seed=3, slope=-6.0)}
CAP = 15.0
EACH = 0.05 / 6
LOSSES = [loss("absolute", 4.0), loss("rmse", 4.0), loss("huber:1", 4.0)]


@pytest.fixture(scope="module")
def found():
    return compare(FRAMES, "y", metric="rmse", loss_cap=CAP)


@pytest.fixture(scope="module")
def uncapped():
    return compare({name: FRAMES[name] for name in ("a", "c")}, "y")


def taught(name):
    """Ridge regression of a domain's training rows, and the rows that taught it nothing."""
    problem = Problem.read(FRAMES[name], FRAMES[name], "y")
    splits = make_splits(problem, np.random.default_rng(np.random.SeedSequence(0, spawn_key=(1,))))
    rows = FRAMES[name].iloc[splits.source_train]
    model = regressor("linear", 0).fit(rows[["a", "b", "c"]], rows["y"].to_numpy())
    return model, np.sort(np.r_[splits.source_choose, splits.source_evaluate])


def limits(off, delta):
    """Of the root mean square of errors capped at `CAP`: an oracle by betting."""
    shares = np.minimum(np.abs(off), CAP) ** 2 / CAP**2
    bet = Betting()
    return tuple(CAP * np.sqrt(x) for x in (bet.lower_of(shares, delta), bet.upper_of(shares, delta)))


# ---------------------------------------------------------------- the table, by hand


def test_losses_are_those_of_models_that_never_saw_the_rows(found):
    for source, target in (("a", "b"), ("b", "a"), ("a", "c")):
        rows = FRAMES[target]
        off = taught(source)[0].predict(rows[["a", "b", "c"]]) - rows["y"].to_numpy()
        claim = found.claim(source, target, "target_error.direct")
        assert claim.estimate == pytest.approx(np.sqrt((np.minimum(np.abs(off), CAP) ** 2).mean()), rel=1e-9)
        assert (claim.lower, claim.upper) == pytest.approx(limits(off, EACH / 2), rel=1e-9)
        assert (claim.level, claim.unit, claim.loss) == (wt.Level.PROVED, wt.Unit.LABEL, "rmse")


def test_disagreement_is_the_loss_of_one_model_against_the_other(found):
    (a, _), (b, held) = taught("a"), taught("b")
    rows = FRAMES["b"].iloc[held][["a", "b", "c"]]
    apart = a.predict(rows) - b.predict(rows)
    claim = found.claim("a", "b", "disagreement.models")
    assert claim.estimate == pytest.approx(np.sqrt((apart**2).mean()), rel=1e-9)
    assert (claim.lower, claim.upper) == pytest.approx(limits(apart, claim.detail["delta"]), rel=1e-9)
    assert claim.detail["rows"] == len(held)


def test_losses_of_two_models_differ_by_no_more_than_the_models_do(found):
    """The triangle inequality of capped losses, on the rows that taught neither."""
    for here, there in (("a", "b"), ("b", "a"), ("a", "c"), ("c", "a"), ("b", "c"), ("c", "b")):
        (one, _), (other, held) = taught(here), taught(there)
        rows = FRAMES[there].iloc[held]
        losses = [
            np.sqrt((np.minimum(np.abs(m.predict(rows[["a", "b", "c"]]) - rows["y"]), CAP) ** 2).mean())
            for m in (one, other)
        ]
        assert abs(losses[0] - losses[1]) <= found.claim(here, there, "disagreement.models").estimate + 1e-12


def test_the_best_source_is_sure_from_two_sided_limits_only():
    """Without a cap nobody has an upper limit; equal losses are told apart by name, and settle nothing."""

    def pairs(upper, second):
        limits = {"a": (1.0, 0.5, upper), "b": (second, 2.0, upper)}
        kind = {"id": "target_error.direct", "level": "proved"}
        return [
            {"from": n, "to": "c", "claims": [{**kind, "estimate": e, "lower": l, "upper": u}]}
            for n, (e, l, u) in limits.items()
        ]

    assert _best("c", pairs(1.9, 3.0)) == {"to": "c", "from": "a", "error": 1.0, "sure": True}
    assert _best("c", pairs(None, 3.0))["sure"] is False
    assert _best("c", pairs(None, 1.0)) == {"to": "c", "from": "a", "error": 1.0, "sure": False}


def test_one_rule_is_good_in_both_where_the_labels_mean_the_same(found):
    same, other = (found.claim("a", name, "adaptability.finite") for name in ("b", "c"))
    assert same == found.claim("b", "a", "adaptability.finite")
    for claim in (same, other):
        assert claim.level is wt.Level.PROVED and claim.lower <= claim.estimate <= claim.upper <= 2 * CAP
        assert len(claim.detail["members"]) == 7 and claim.detail["rule"] in claim.detail["members"]
    assert other.lower > same.estimate, "a slope of −6 in the place of 2: no rule of these is good in both"
    assert {b["to"]: b["from"] for b in found.document["best"]} == {"a": "b", "b": "a", "c": "b"}


def test_delta_is_spent_once_by_the_whole_table(found):
    spent = 0.0
    for pair in found.document["pairs"]:
        shares = [c["detail"]["delta"] for c in pair["claims"] if c["level"] == "proved" and c["confidence"]]
        assert 0 < sum(shares) <= EACH + 1e-12
        spent += sum(shares)
    assert spent <= 0.05 + 1e-12


def test_without_a_cap_there_are_lower_limits_only(uncapped):
    claims = [c for pair in uncapped.document["pairs"] for c in pair["claims"] if c["unit"] == "label"]
    assert {c["id"] for c in claims} == {
        "source_error",
        "target_error.direct",
        "disagreement.models",
        "adaptability.finite",
    }
    for claim in claims:
        assert claim["upper"] is None and 0 < claim["lower"] <= claim["estimate"]
        assert "loss_cap" in claim["detail"]["reason"]
    assert not any(best["sure"] for best in uncapped.document["best"])


def test_its_document_follows_the_schema_and_is_printed(found, uncapped):
    checked = validator("whytransfer/compare/1")
    for one in (found, uncapped):
        document = json.loads(to_json(one.document))
        checked.validate(document)
        assert document["task"] == "regression" and document["best"][0]["error"] > 1
        assert not checked.is_valid({**document, "task": "classification"}), "errors of classes are at most 1"
        file = io.StringIO()
        render_comparison(document, Console(file=file))
        text = file.getvalue()
        assert "λ of seven rules" in text and "contradict" not in text and "None" not in text
    assert text.lstrip().startswith("Mean absolute error of the model")
    assert sum("read as a quantity" in w for w in found.document["warnings"]) == 3, "once a domain"


def test_the_command_says_what_the_function_says(found, tmp_path, capsys):
    for name, rows in FRAMES.items():
        rows.to_csv(tmp_path / f"{name}.csv", index=False)
    files = [str(tmp_path / f"{name}.csv") for name in FRAMES]
    asked = ["--label", "y", "--metric", "rmse", "--loss-cap", "15", "--json", "-", "-q"]
    assert run(["compare", *files, *asked]) == 0
    told = json.loads(capsys.readouterr().out.replace('.csv"', '"').replace(".csv", ""))
    ours = json.loads(to_json(found.document))
    assert [p["claims"] for p in told["pairs"]] == [p["claims"] for p in ours["pairs"]]
    assert run(["compare", *files, "--label", "y", "--metric", "mse", "-q"]) == 2
    said = capsys.readouterr().err
    assert "no triangle inequality" in said and len(said.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("change", "options", "words"),
    [
        (None, {"label_noise": 0.1}, "share of wrong classes"),
        (None, {"loss_cap": 0}, "loss_cap"),
        (None, {"metric": "f1"}, "metric of a quantity"),
        (None, {"model": "stump"}, "learner of a quantity"),
        (lambda y: y.round().astype(int) % 4, {}, "quantity in a and as classes in c; say which"),
        ("all", {"metric": "f1"}, "classes are compared by their error"),
        ("all", {"metric": "rmse"}, "is about a quantity"),
        ("all", {"loss_cap": 2.0}, "is about a quantity"),
    ],
)
def test_refused_in_one_line(change, options, words):
    frames = {name: FRAMES[name] for name in ("a", "c")}
    if change == "all":
        frames = {name: rows.assign(y=rows.y > 0) for name, rows in frames.items()}
    elif change is not None:
        frames["c"] = frames["c"].assign(y=change(frames["c"].y))
    with pytest.raises((wt.InputError, wt.UnknownNameError), match=words) as caught:
        compare(frames, "y", **options)
    assert "\n" not in str(caught.value)


def test_whole_numbers_are_a_quantity_where_it_is_said():
    frames = {name: FRAMES[name].assign(y=FRAMES[name].y.round().astype(int) % 4) for name in ("a", "b")}
    told = compare(frames, "y", task="regression", loss_cap=3.0).document
    assert told["task"] == "regression" and told["metric"] == {"name": "absolute", "knee": None, "cap": 3.0}


# ---------------------------------------------------------------- λ of a finite class


def held(said, labels):
    return Held(said=np.array(said), labels=np.array(labels), units=Units(n=len(labels)))


def test_limits_of_rules_that_are_right_or_off_by_the_cap_are_closed_forms():
    """n losses of 0, or of the cap, are Clopper–Pearson's extremes: 1 − δ^(1/n) and δ^(1/n)."""
    one, delta, n, m = loss("absolute", 2.0), 0.1, 12, 7
    right, wrong = held([np.zeros(n)], np.zeros(n)), held([np.zeros(n)], np.full(n, 9.0))
    there = held([np.zeros(m)], np.zeros(m))
    found, best = least_sum(right, there, one, delta)
    assert (found.value, found.lower, best) == (0.0, 0.0, 0)
    assert found.upper == pytest.approx(2 * (1 - 0.05 ** (1 / n)) + 2 * (1 - 0.05 ** (1 / m)))
    off = least_sum(wrong, there, one, delta)[0]
    assert off.value == 2.0 and off.lower == pytest.approx(2 * 0.05 ** (1 / n))
    # A second rule, right in both: it is found, and its limits pay for the choice.
    two, best = least_sum(
        held([np.zeros(n), np.full(n, 9.0)], np.full(n, 9.0)), held(np.zeros((2, m)), np.zeros(m)), one, delta
    )
    assert best == 1 and two.lower == 0.0
    assert two.upper == pytest.approx(2 * (1 - 0.025 ** (1 / n)) + 2 * (1 - 0.025 ** (1 / m)))


def test_a_rule_that_is_good_there_and_bad_here_keeps_what_it_tells():
    """Without a cap: off by 10 in one domain and .01 in the other, and the reverse; cut by what the same rule is off, the limit would be below .2."""
    n = 12
    here, there = np.repeat([[0.01], [10.0]], n, axis=1), np.repeat([[10.0], [0.01]], n, axis=1)
    found, _ = least_sum(held(here, np.zeros(n)), held(there, np.zeros(n)), loss("absolute"), 0.1)
    assert found.value == pytest.approx(10.01) and found.upper is None and found.lower > 5.0


@pytest.mark.parametrize("one", LOSSES, ids=lambda one: one.name)
def test_a_change_of_unit_changes_the_unit_only(one):
    rng = np.random.default_rng(2)
    said, labels = rng.normal(size=(2, 3, 30)) * 2, rng.normal(size=(2, 30)) * 2
    larger = loss(one.name if one.knee is None else f"huber:{10 * one.knee}", 10 * one.cap)
    small = least_sum(held(said[0], labels[0]), held(said[1], labels[1]), one, 0.1)[0]
    large = least_sum(held(10 * said[0], 10 * labels[0]), held(10 * said[1], 10 * labels[1]), larger, 0.1)[0]
    for name in ("value", "lower", "upper"):
        assert getattr(large, name) == pytest.approx(10 * getattr(small, name), rel=1e-6)


def test_the_least_upper_limit_would_break_if_rules_did_not_pay_for_the_choice():
    """The control: of 60 rules that are equally wrong, the least limit at δ each lies below the truth far more often than δ."""
    rng, one, n, delta = np.random.default_rng(8), loss("absolute", 1.0), 30, 0.2
    paid = free = 0
    for _ in range(100):
        here, there = rng.random((60, n)) < 0.5, rng.random((60, n)) < 0.5
        zero = np.zeros(n)
        found, _ = least_sum(held(here.astype(float), zero), held(there.astype(float), zero), one, delta)
        paid += found.upper < 1.0
        alone = min(
            Units(n=n).upper(a, delta / 2) + Units(n=n).upper(b, delta / 2)
            for a, b in zip(here, there, strict=True)
        )
        free += alone < 1.0
    assert free > binom.ppf(0.999, 100, delta) >= paid
