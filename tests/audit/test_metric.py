"""An audit judged by another metric than the error."""

import numpy as np
import pytest

import whytransfer as wt
from whytransfer.report import to_html, to_junit, to_markdown
from whytransfer.report.claim_groups import headline
from whytransfer.report.validate import validate


@pytest.fixture(scope="module")
def problem():
    rng = np.random.default_rng(0)

    def half(n):
        X = rng.normal(size=(n, 2))
        return X, np.where(X[:, 0] + 0.5 * rng.normal(size=n) > 0.8, "ill", "well")

    (Xs, ys), (Xt, yt) = half(50), half(150)
    return wt.Problem(Xs, ys, Xt, yt)


@pytest.fixture(scope="module")
def costs(tmp_path_factory):
    path = tmp_path_factory.mktemp("costs") / "costs.csv"
    path.write_text(",ill,well\nill,0,10\nwell,1,0\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def judged(problem, costs):
    return wt.audit(problem, "stump", tolerance=4.0, metric=f"cost:{costs}", theorems=["hdh"])


def test_the_metric_decides_and_delta_is_spent_once(judged):
    direct = judged.claim("target_cost.direct")
    assert judged.verdict.requirement.quantity == "target_cost" and judged.verdict.basis is wt.Basis.CERTIFIED
    assert direct.level is wt.Level.PROVED and direct.detail["delta"] == 0.025
    spent = {s["id"]: s["delta"] for s in judged.document["provenance"]["delta_spent"]}
    assert (
        spent["target_error.direct"] == pytest.approx(0.05 * 3 / 8 / 2) and spent["source_cost"] == 0.05 / 8
    )
    assert sum(spent.values()) <= 0.05 + 1e-12 and judged.document["delta"] == 0.05


def test_the_cost_is_counted_by_hand(problem, judged):
    said = judged.model.predict(problem.target.take(np.arange(150)))
    true = problem.classes[problem.target.labels]
    by_hand = np.mean([0 if h == y else 10 if y == "ill" else 1 for h, y in zip(said, true, strict=True)])
    assert judged.claim("target_cost.direct").estimate == pytest.approx(by_hand, abs=1e-12)
    bound, error = judged.claim("target_cost.hdh.stumps"), judged.claim("target_error.hdh.stumps")
    assert bound.upper == pytest.approx(min(1.0, error.upper) * 10) and bound.detail["from"] == [error.id]


def test_the_document_is_whole_and_about_the_metric(judged):
    document = judged.document
    validate(document)
    assert document["break_even"] == [] and document["diagnosis"]["regions"] == {}
    assert document["provenance"]["options"]["metric"]["matrix"] == [[0.0, 10.0], [1.0, 0.0]]
    assert headline(document).quantity == "Mean cost on the target"
    assert not any(c.quantity in ("region_error", "error_drop") for c in judged.claims)
    for written in (to_markdown(document), to_junit(document), to_html(document, interactive=False)):
        assert "mean cost" in written


def test_without_labels_there_is_an_estimate_and_no_answer(problem):
    blind = problem.with_target_labels([None] * 150)
    audit = wt.audit(blind, "stump", tolerance=0.3, metric="balanced_error", time_budget=0)
    panel = audit.claim("target_balanced_error.panel")
    assert audit.verdict.answer is wt.Answer.UNDECIDED and "balanced error" in audit.verdict.reason
    assert panel.level is wt.Level.ESTIMATED and panel.upper is None
    assert audit.document["next_steps"][0]["action"] == "label"


@pytest.mark.parametrize(
    ("options", "word"),
    [
        ({"metric": "auc"}, "tolerance"),
        ({"metric": "f1", "max_drop": 0.1}, "max_drop"),
        ({"metric": "f1", "tolerance": 0.1, "label_noise": 0.1}, "label_noise"),
        ({"metric": "f1", "tolerance": 1.5}, "from 0 to 1"),
        ({"metric": "accuracy"}, "known are"),
    ],
)
def test_what_has_no_meaning_is_refused(problem, options, word):
    with pytest.raises(wt.InputError, match=word):
        wt.audit(problem, "stump", **options)
