"""Audits of a numeric label: what is proved, what is estimated, and what is refused in one line."""

import json

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt
from tests.regression.conftest import table
from whytransfer.claims.intervals import Betting
from whytransfer.errors import InputError


def test_the_certificate_is_betting_on_capped_losses(audited, labelled):
    """An oracle in three lines: squares of errors capped at 15, as shares of 15²."""
    off = np.minimum(np.abs(audited.model.predict(labelled.target.rows) - labelled.target.labels), 15.0)
    claim = audited.claim("target_error.direct")
    assert claim.estimate == pytest.approx(np.sqrt((off**2).mean()))
    assert claim.upper == pytest.approx(15.0 * np.sqrt(Betting().upper_of(off**2 / 225.0, 0.025)))
    assert claim.lower == pytest.approx(15.0 * np.sqrt(Betting().lower_of(off**2 / 225.0, 0.025)))
    assert (claim.level, claim.unit, claim.loss) == (wt.Level.PROVED, wt.Unit.LABEL, "rmse")
    assert audited.verdict.answer is wt.Answer.WORKS
    assert audited.verdict.basis is wt.Basis.CERTIFIED


def test_delta_adds_up(audited):
    spent = [item["delta"] for item in audited.document["provenance"]["delta_spent"]]
    assert sum(spent) <= 0.05 + 1e-12
    assert {"source_error", "target_error.direct", "target_error.version_space.finite"} <= {
        item["id"] for item in audited.document["provenance"]["delta_spent"]
    }


def test_estimates_are_estimates(audited):
    for name in ("panel", "dle", "iw_loss", "disagreement"):
        claim = audited.claim(f"target_error.{name}")
        assert claim.level is wt.Level.ESTIMATED
        # Inputs moved, labels did not: the truth is known from the labels.
        assert claim.estimate == pytest.approx(audited.claim("target_error.direct").estimate, rel=0.5)
    panel = audited.claim("target_error.panel")
    assert panel.lower < panel.estimate < panel.upper
    assert [a.id for a in panel.assumptions] == ["exchangeable_with_reference"]


def test_the_bounds_stand_on_what_was_asserted(audited):
    claim = audited.claim("target_error.version_space.finite")
    assert claim.level is wt.Level.CONDITIONAL and claim.upper > 3.0
    assert [(a.id, str(a.status)) for a in claim.assumptions] == [("sigma_tau", "declared")]
    even = {b["theorem"]: b for b in audited.document["break_even"]}
    assert even["disparity"]["lambda"] is not None
    # The frontier: where the bound with τ = 0 leaves room, the requirement minus that room is the bound at this σ.
    assert all(sigma >= 0 for sigma, _ in even["version_space"]["sigma_tau"])
    # Its pairs are picked by the rows and hold together, so that they are wider than the limit at a σ that was asserted before.
    said = audited.document["provenance"]["options"]["assume"]
    at = next(tau for sigma, tau in reversed(even["version_space"]["sigma_tau"]) if sigma <= said["sigma"])
    assert audited.verdict.requirement.value - at > claim.upper - said["tau"]


def test_without_a_cap_there_is_no_upper_limit(labelled):
    found = wt.audit(labelled, tolerance=1.0)
    direct = found.claim("target_error.direct")
    assert direct.upper is None and direct.lower is not None and "loss_cap" in direct.detail["reason"]
    assert found.verdict.answer is wt.Answer.FAILS, "a lower limit refutes without a cap"
    assert found.verdict.basis is wt.Basis.CERTIFIED
    assert not [c for c in found.claims if c.id.endswith(".finite")]
    assert any("loss-cap" in s["text"] for s in wt.audit(labelled, tolerance=9.0).document["next_steps"])


def test_a_wrong_sigma_is_rejected(labelled):
    found = wt.audit(
        labelled, tolerance=3.0, loss_cap=15.0, assume={"class": "finite", "sigma": 0.1, "tau": 0.1}
    )
    claim = found.claim("target_error.version_space.finite")
    assert claim.upper is None and claim.assumptions[0].status is wt.Status.REJECTED
    assert any("sigma, tau: rejected" in w for w in found.warnings)


def test_same_seed_same_bytes_and_there_and_back(audited, labelled, tmp_path):
    again = wt.audit(
        labelled,
        tolerance=6.0,
        metric="rmse",
        loss_cap=15.0,
        assume={"class": "finite", "sigma": 4.0, "tau": 3.0},
    )
    assert again.to_json() == audited.to_json(tmp_path / "a.json")
    back = wt.Audit.from_json(tmp_path / "a.json")
    assert back.claims == audited.claims
    audited.to_html(tmp_path / "a.html")
    page = (tmp_path / "a.html").read_text(encoding="utf-8")
    assert "in the unit of the label" in page
    assert json.loads(audited.to_json())["problem"]["task"] == "regression"
    for form in (audited.to_markdown(), audited.to_junit()):
        assert "root mean squared error" in form


def test_the_axis_of_the_report_holds_the_figures(audited):
    from whytransfer.report.claim_groups import axis

    shown = [audited.claim(c).estimate for c in ("source_error", "target_error.direct", "target_error.panel")]
    assert axis(audited.document) >= max(6.0, *shown)


def test_a_rise_and_the_whole_target(labelled):
    found = wt.audit(labelled, max_drop=2.0, loss_cap=15.0, population="file")
    direct, rise = found.claim("target_error.direct"), found.claim("error_drop.direct")
    assert direct.lower == direct.estimate == direct.upper
    assert rise.upper == pytest.approx(direct.upper - found.claim("source_error").lower)
    assert found.verdict.requirement.quantity == "error_drop"


def test_given_models_predictions_and_groups(domains):
    from sklearn.linear_model import LinearRegression
    from sklearn.pipeline import make_pipeline

    source, target = (d[["a", "b", "y"]] for d in domains)
    problem = wt.Problem.read(source, target, "y", use_target_labels=True)
    fresh = table(100, seed=9)
    model = make_pipeline(LinearRegression()).fit(fresh[["a", "b"]], fresh["y"])
    given = wt.audit(problem, model, tolerance=9.0, loss_cap=15.0)
    assert given.claim("source_error").level is wt.Level.CONDITIONAL
    said = wt.Predictions(model.predict(source[["a", "b"]]), model.predict(target[["a", "b"]]))
    told = wt.audit(problem, predictions=said, tolerance=9.0, loss_cap=15.0)
    for key in ("estimate", "lower", "upper"):
        assert getattr(told.claim("target_error.direct"), key) == getattr(
            given.claim("target_error.direct"), key
        )
    groups = np.arange(len(target)) // 4
    grouped = wt.Problem(
        source[["a", "b"]], source.y, target[["a", "b"]], target.y, groups=(None, groups), task="regression"
    )
    wide = wt.audit(grouped, model, tolerance=9.0, loss_cap=15.0).claim("target_error.direct")
    assert wide.detail["groups"] == 35
    assert wide.upper > given.claim("target_error.direct").upper


def test_what_learned_these_rows_is_found_out(domains):
    from sklearn.neighbors import KNeighborsRegressor

    source, target = (d[["a", "b", "y"]] for d in domains)
    by_heart = KNeighborsRegressor(1).fit(source[["a", "b"]].to_numpy(), source.y)
    problem = wt.Problem(source[["a", "b"]].to_numpy(), source.y, target[["a", "b"]].to_numpy())
    found = wt.audit(problem, by_heart, tolerance=3.0)
    assert "withheld" in found.claim("source_error").detail["reason"]
    assert found.claim("target_error.panel").estimate is None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"metric": "mse"}, "no triangle inequality"),
        ({"metric": "f1"}, "metric of a quantity"),
        ({"label_noise": 0.1}, "share of wrong classes"),
        ({"theorems": ["hdh"]}, "theorem about a quantity"),
        ({"assume": {"ratio": 2.0}}, "no claim about a quantity"),
        ({"assume": {"class": "stumps", "lambda": 1.0}}, "class=finite"),
        ({"assume": {"class": "finite", "sigma": 1.0}}, "sigma and tau together"),
        ({"tolerance": -1.0}, "tolerance"),
        ({"model": "logistic"}, "learner of a quantity"),
        ({"time_budget": 3.0}, "time_budget"),
    ],
)
def test_refused_in_one_line(labelled, options, words):
    with pytest.raises((InputError, KeyError), match=words) as caught:
        wt.audit(labelled, **{"tolerance": 1.0, **options})
    assert "\n" not in str(caught.value)


def test_classes_have_no_cap():
    classes = wt.Problem([[0.0], [1.0]] * 30, ["a", "b"] * 30, [[0.0]] * 30)
    for options in ({"loss_cap": 1.0}, {"metric": "rmse"}):
        with pytest.raises(InputError, match="is about a quantity, and the labels are classes"):
            wt.audit(classes, tolerance=0.1, **options)


def test_what_is_about_classes_says_so(labelled, domains):
    for call in (
        lambda: wt.audit(labelled, domains=domains[0].c),
        lambda: wt.make_scorer("target_error", target=domains[1][["a"]])(
            None, domains[0][["a"]], domains[0].y
        ),
        lambda: wt.TransferClassifier().fit(domains[0][["a"]], domains[0].y, target=domains[1][["a"]]),
    ):
        with pytest.raises(InputError, match="is about classes, and the label"):
            call()


def test_hard_input():
    one = wt.Problem(pd.DataFrame({"a": [1.0] * 30}), np.linspace(0, 1, 30), pd.DataFrame({"a": [1.0] * 25}))
    found = wt.audit(one, tolerance=1.0)
    assert found.verdict.answer is wt.Answer.UNDECIDED
    assert "no column can be compared" in found.claim("target_error.panel").detail["reason"]
    tiny = wt.Problem([[0.0], [1.0]], [0.5, 1.5], [[2.0]])
    assert wt.audit(tiny).verdict.answer is wt.Answer.UNDECIDED
    alike = wt.Problem(
        np.arange(60.0)[:, None], np.full(60, 2.5), np.arange(40.0)[:, None], task="regression"
    )
    assert "always predicts 2.5" in " ".join(wt.audit(alike, tolerance=1.0).warnings)


def test_labels_that_would_settle_it(labelled):
    found = wt.audit(labelled.with_target_labels(None), tolerance=5.0, loss_cap=15.0)
    n = found.verdict.labels_needed
    assert n is not None and n <= labelled.target.n
    assert any(str(n) in step["text"] for step in found.document["next_steps"])


def test_a_diff_decides_as_the_audit_did(labelled):
    old, new = (wt.audit(labelled, tolerance=t, loss_cap=15.0) for t in (6.0, 0.5))
    told = wt.diff(old, new).document
    assert any("by the old one the new answer would be WORKS" in why for why in told["why"])
