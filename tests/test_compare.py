"""Labelled domains against each other: every figure is what counting by hand gives, and δ is spent once."""

import io
import json

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

import whytransfer as wt
from tests.report.documents import HOSTILE
from tests.report.test_schema import validator
from whytransfer.claims import Budget
from whytransfer.cli import run
from whytransfer.compare import _best, compare
from whytransfer.models.learners import learner
from whytransfer.problem import Problem, make_splits
from whytransfer.report import render_comparison, to_json


def frame(n, seed, flip=False):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n)
    return pd.DataFrame({"x": x, "y": np.where((x + 0.4 * rng.normal(size=n) > 0) ^ flip, "yes", "no")})


FRAMES = {"a": frame(60, 1), "b": frame(50, 2, flip=True), "c": frame(30, 3).replace({"yes": "maybe"})}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("compare")
    for name, table in FRAMES.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return folder


@pytest.fixture(scope="module")
def found():
    return compare(FRAMES, "y", "stump")


def taught(name):
    """The stump of a domain's training rows, and the rows that taught it nothing."""
    problem = Problem.read(FRAMES[name], FRAMES[name], "y")
    splits = make_splits(problem, np.random.default_rng(np.random.SeedSequence(0, spawn_key=(1,))))
    table = FRAMES[name].iloc[splits.source_train]
    model = learner("stump", 0).fit(table[["x"]], table["y"].to_numpy())
    return model, splits


def test_errors_are_those_of_models_that_never_saw_the_rows(found):
    each = 0.05 / 6
    for source, target in (("a", "b"), ("b", "a")):
        model, _ = taught(source)
        wrong = int((model.predict(FRAMES[target][["x"]]) != FRAMES[target]["y"]).sum())
        claim = found.claim(source, target, "target_error.direct")
        exact = wt.interval(
            "clopper_pearson", errors=wrong, n=len(FRAMES[target]), delta=each / 2, side="both"
        )
        assert claim.estimate == pytest.approx(wrong / len(FRAMES[target]), abs=1e-12)
        assert (claim.lower, claim.upper) == pytest.approx((exact.lower, exact.upper), abs=1e-12)
        assert claim.level is wt.Level.PROVED


def test_disagreement_is_counted_on_rows_that_taught_neither(found):
    (a, _), (b, splits) = taught("a"), taught("b")
    rows = FRAMES["b"].iloc[np.sort(np.r_[splits.source_choose, splits.source_evaluate])][["x"]]
    apart = a.predict(rows) != b.predict(rows)
    claim = found.claim("a", "b", "disagreement.models")
    exact = wt.interval(
        "clopper_pearson", errors=int(apart.sum()), n=len(rows), delta=claim.detail["delta"], side="both"
    )
    assert claim.estimate == apart.mean() and (claim.lower, claim.upper) == pytest.approx(
        (exact.lower, exact.upper), abs=1e-12
    )


def test_what_holds_both_ways_is_told_once_and_found_in_either_order(found):
    for id_ in ("adaptability.stumps", "divergence.stump", "divergence.domain_classifier"):
        assert found.claim("a", "b", id_) == found.claim("b", "a", id_) is not None
    ids = [c["id"] for pair in found.document["pairs"] for c in pair["claims"]]
    assert ids.count("adaptability.stumps") == 1 and ids.count("target_error.direct") == 2
    assert found.claim("a", "b", "adaptability.stumps").lower > 0.2, (
        "labels flipped: no stump is good in both"
    )


def test_its_document_follows_the_schema(found):
    checked = validator("whytransfer/compare/1")
    document = json.loads(to_json(found.document))
    checked.validate(document)
    assert {pair["reason"] is None for pair in document["pairs"]} == {True, False}
    for change in (
        lambda d: d.pop("sharing"),
        lambda d: d["domains"].__delitem__(slice(1, None)),
        lambda d: d["pairs"][0].pop("reason"),
        lambda d: d["pairs"][0]["claims"][0].update(level="certain"),
        lambda d: d["best"][0].update(error=1.5),
        lambda d: d.update(delta=1),
    ):
        broken = json.loads(to_json(document))
        change(broken)
        assert not checked.is_valid(broken)


def test_delta_is_spent_once_by_the_whole_table(found):
    spent = 0.0
    for pair in found.document["pairs"]:
        shares = [
            c["detail"].get("delta", 0.0)
            for c in pair["claims"]
            if c["level"] in ("proved", "conditional") and c["confidence"]
        ]
        assert sum(shares) <= 0.05 / 6 + 1e-12
        spent += sum(shares)
    assert 0 < spent <= 0.05 + 1e-12
    assert Budget.declare(0.05 / 6, ("x",)).headline == 0.05 / 12


def test_other_labels_can_not_be_compared_and_the_rest_can(found):
    reasons = {(p["from"], p["to"]): p["reason"] for p in found.document["pairs"]}
    assert reasons["a", "b"] is None and "maybe" in reasons["a", "c"]
    assert {(b["to"], b["from"]) for b in found.document["best"]} == {("a", "b"), ("b", "a")}
    assert not any(b["sure"] for b in found.document["best"])


def test_it_is_printed_whole_and_as_text(found):
    document = json.loads(json.dumps(found.document).replace('"a"', json.dumps(HOSTILE)))
    file = io.StringIO()
    render_comparison(document, Console(file=file))
    text = file.getvalue()
    assert "\x1b" not in text and "None" not in text and all(len(line) <= 100 for line in text.splitlines())


def test_the_command_says_what_the_function_says(files, found, capsys):
    names = [str(files / f"{name}.csv") for name in FRAMES]
    assert (
        run(["compare", names[0], names[2], "--label", "y", "--learner", "stump", "--json", "-", "-q"]) == 0
    )
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "whytransfer/compare/1" and [d["name"] for d in document["domains"]] == [
        "a.csv",
        "c.csv",
    ]
    assert run(["compare", names[0], names[2], "--label", "y", "-q"]) == 0
    assert "Not comparable" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["a.csv", "--label", "y"], "two to 12"),
        (["a.csv", "a.csv", "--label", "y"], "given twice"),
        (["a.csv", "b.csv"], "--label"),
        (["a.csv", "b.csv", "--label", "z"], "'z'"),
        (["a.csv", "b.csv", "--label", "y", "--json", "a.csv"], "input file"),
    ],
)
def test_bad_use_is_one_line(arguments, word, files, capsys, monkeypatch):
    monkeypatch.chdir(files)
    assert run(["compare", *arguments]) == 2
    said = capsys.readouterr().err
    assert word in said and len(said.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("levels", "sure"), [(("proved", "proved"), True), (("proved", "conditional"), False)]
)
def test_the_best_source_is_sure_from_proved_limits_only(levels, sure):
    """Limits of rows that hang together, or that stand in both domains, settle nothing for sure."""
    limits = {"a": (0.1, 0.05, 0.2), "b": (0.4, 0.3, 0.5)}
    pairs = [
        {
            "from": name,
            "to": "c",
            "claims": [{"id": "target_error.direct", "level": level, "estimate": e, "lower": l, "upper": u}],
        }
        for (name, (e, l, u)), level in zip(limits.items(), levels, strict=True)
    ]
    assert _best("c", pairs) == {"to": "c", "from": "a", "error": 0.1, "sure": sure}
