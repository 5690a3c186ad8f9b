"""Why a verdict changed: what is told is what differs, and causes are found by trial."""

import copy
import io
import json
from dataclasses import replace

import pytest
from rich.console import Console

import whytransfer as wt
from tests.report.documents import HOSTILE, answers, claim, fails, hostile, several, works
from whytransfer.cli import run
from whytransfer.report import render_difference, to_json
from whytransfer.steps.difference import compared


@pytest.fixture(scope="module")
def certificates():
    """Two certificates of one plan and its labels, and one of the same labels by a stricter requirement."""
    problem = wt.lab.gaussians(mean=1.0).sample(100, 100, seed=0)
    truth = problem.classes[problem.target.labels]
    plan = wt.plan_labels(problem, model="stump", tolerance=0.35, budget=60, way="uniform")
    return [wt.certify(p, truth[plan.rows]) for p in (plan, replace(plan, requirement=0.02))]


def test_the_requirement_alone_changed_the_answer(certificates):
    lenient, strict = certificates
    told = wt.diff(lenient, strict)
    assert told.changed and told.document["verdict"]["old"]["answer"] == "works"
    assert "the requirement was 0.35 (tolerance) and is 0.02 (tolerance)" in told.why[0]
    assert told.why[0].endswith("by the old one the new answer would be WORKS")
    assert told.document["requirement"][1]["value"] == 0.02
    assert told.document["data"]["target"]["same"] and told.document["versions"] == {}
    assert "option" not in " ".join(told.why)


def test_evidence_alone_changed_the_answer():
    old, new = works(), works()
    new["claims"][1] = claim("target_error.direct", 0.3, 0.24, 0.37, confidence=0.975)
    new["verdict"] |= {
        "answer": "fails",
        "exit_code": 10,
        "reason": "it is at least 0.240 (target_error.direct)",
    }
    told = compared(old, new)
    assert told["requirement"] is None
    assert told["why"] == [
        "the new answer stands on target_error.direct (0.240 to 0.370, proved); in the old audit it is 0.039 to 0.103, proved"
    ]
    (moved,) = told["claims"]["moved"]
    assert moved["id"] == "target_error.direct" and moved["apart"]
    assert moved["change"]["lower"] == pytest.approx(0.24 - 0.039) and moved["change"][
        "upper"
    ] == pytest.approx(0.37 - 0.103)


def test_the_same_audit_twice_differs_in_nothing():
    for document in answers().values():
        told = compared(document, copy.deepcopy(document))
        assert told["why"] == ["nothing that the audits tell differs"] and not told["verdict"]["changed"]
        assert told["claims"] == told["features"] == {"moved": [], "appeared": [], "gone": []}
        assert told["assumptions"] == [] and told["options"] == told["problem"] == {}


def test_assumptions_harm_data_options_and_versions():
    old, new = works(), works()
    said = {"status": "rejected", "test": "a sign test, p = 0.001", "power": None}
    new["claims"][0]["assumptions"][0] |= said
    new["diagnosis"]["features"][0] |= {"harm": 0.2, "harmful": True}
    new["provenance"]["digests"]["target"] = "ff" * 32
    new["provenance"]["versions"]["numpy"] = "2.9"
    new["seed"], new["claims"] = 1, new["claims"][:-1]
    told = compared(old, new)
    (assumption,) = told["assumptions"]
    assert assumption["status"] == ["not_rejected", "rejected"] and assumption["claims"] == ["source_error"]
    assert told["features"]["moved"][0]["name"] == "flipper_length_mm"
    assert told["features"]["moved"][0]["harmful"] == [None, True]
    assert told["options"] == {"seed": [0, 1]} and told["versions"] == {"numpy": ["2.3.1", "2.9"]}
    assert not told["data"]["target"]["same"] and told["data"]["source"]["same"]
    assert told["claims"]["gone"] == [old["claims"][-1]["id"]]
    causes = " | ".join(told["why"])
    for word in (
        "was not_rejected and is rejected",
        "flipper_length_mm harms now",
        "the target's rows",
        "option seed: 0 and 1",
        "numpy",
    ):
        assert word in causes


@pytest.mark.parametrize(
    "pair", [(works(), fails()), (fails(), hostile()), (answers()["not_comparable"], works())]
)
def test_it_is_printed_whole_and_as_text(pair):
    file = io.StringIO()
    render_difference(compared(*pair), Console(file=file))
    text = file.getvalue()
    assert "\x1b" not in text and "None" not in text and all(len(line) <= 100 for line in text.splitlines())
    assert to_json(compared(*pair))


def test_the_command_says_what_the_function_says(tmp_path, capsys):
    paths = [tmp_path / name for name in ("old.json", "new.json", "diff.json")]
    for path, document in zip(paths, (works(), fails()), strict=False):
        path.write_text(to_json(document), encoding="utf-8")
    old, new, out = map(str, paths)
    assert run(["diff", old, new, "--json", out]) == 0
    assert capsys.readouterr().out.startswith("WORKS (certified), and now FAILS (certified)")
    assert run(["diff", old, new, "--json", "-"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (
        document == json.loads(paths[2].read_text()) == wt.diff(*map(wt.Audit.from_json, (old, new))).document
    )
    assert run(["diff", old, new, "--json", old]) == 2
    assert run(["diff", old, str(tmp_path / "no.json")]) == 2
    assert HOSTILE not in capsys.readouterr().err


def test_anything_else_is_refused():
    with pytest.raises(wt.InputError, match="two audits"):
        wt.diff({}, {})


def test_several_audits_are_compared_by_their_names(tmp_path, capsys):
    old, new = several(), several()
    new["audits"][0]["audit"] = fails()
    new["audits"][2]["name"] = "other"
    new["verdict"]["reason"] = "of 3 sub-groups 2 fail"
    paths = [tmp_path / name for name in ("old.json", "new.json")]
    for path, document in zip(paths, (old, new), strict=True):
        path.write_text(to_json(document), encoding="utf-8")
    told = wt.diff(*map(wt.Audits.from_json, paths))
    assert not told.changed and told.document["appeared"] == ["other"] and told.document["gone"] == ["tiny"]
    changed = {part["name"]: part["diff"]["verdict"]["changed"] for part in told.document["parts"]}
    assert changed == {"north": True, "south": False}
    assert all(why.startswith("north: ") for why in told.why) and "the requirement was 0.15" in told.why[0]
    assert told.document["parts"][0]["diff"] == compared(works(), fails())
    assert run(["diff", *map(str, paths)]) == 0
    shown = capsys.readouterr().out
    assert (
        shown.startswith("FAILS, as before")
        and "north: WORKS (certified), and now FAILS (certified)" in shown
    )
    single = tmp_path / "one.json"
    single.write_text(to_json(works()), encoding="utf-8")
    assert run(["diff", str(paths[0]), str(single)]) == 2
    assert "two of a kind" in capsys.readouterr().err
