"""The table of bounds: every theorem runs or is refused in one line, says what `wt.theorem` says, and spends its share once."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.stats import beta

import whytransfer as wt
from tests.audit import cases
from whytransfer.claims import figures
from whytransfer.cli import run
from whytransfer.hypotheses import Stumps
from whytransfer.report.claim_groups import groups
from whytransfer.steps import bounds, errors, panel
from whytransfer.steps.bounds import PLANS
from whytransfer.steps.bounds.work import rows_of
from whytransfer.steps.options import Options
from whytransfer.steps.run import prepare, rule, spenders

pytestmark = pytest.mark.usefixtures("without_back_test")

SHIFT = {"covariate_shift": True}
ASSERTED = {
    "ball": {"radius.tv": 0.1, "radius.kl": 0.02, "radius.chi2": 0.1, "radius.hellinger": 0.01, "ratio": 1.5},
    "prevalence": {"prevalence.1": 0.8},
    "label_shift_lp": {"label_shift": True},
    "labelling_functions": {"radius.tv": 0.1, **SHIFT},
    "support": {"ratio": 3.0, **SHIFT},
    "importance_weighting": {"ratio": 3.0, **SHIFT},
    "wasserstein": {"lipschitz": 1.0, "range": 20.0, **SHIFT},
    "mmd": {"lipschitz": 1.0},
}
"""What has to be asserted for a theorem to run."""

FROM_LABELS = {"tv_lower", "zhao_lower", "alpha_pooling", "ppi"}
"""Theorems that need target labels (or shares of classes)."""

BASE = {"tolerance": 0.3, "max_drop": None, "assume": None, "require": "estimated", "delta": 0.05, "population": "law", "seed": 0,
        "trained_on_source": None, "theorems": None, "examples": True, "label_noise": 0.0}  # fmt: skip


def worked_out(problem, *, model=None, **given):
    """Case, counted claims and bounds of one audit, without the steps that take time and have no part in them."""
    options = Options.checked(**{**BASE, **given})
    case, _ = prepare(problem, model, None, options)
    counted = [c for c in (errors.source_error(case), errors.direct(case)) if c is not None]
    return (
        case,
        counted,
        bounds.evaluate(case, counted, options.requirement(case.majority_error), options.theorems),
    )


def some_labels(n=100, m=100, known=50):
    source, target = cases.rows(n, m)
    return wt.Problem(
        source.X, source.y, target.X, np.where(np.arange(m) < known, target.y.astype(float), np.nan)
    )


def found(name, **more):
    make = some_labels if name in FROM_LABELS else cases.unlabelled
    return worked_out(make(), assume=ASSERTED.get(name), theorems=[name], **more)


# Every theorem has a place


def test_every_theorem_is_in_the_table():
    assert set(PLANS) == set(wt.theorems())


@pytest.mark.parametrize("name", PLANS)
def test_every_theorem_of_the_table_runs_by_its_name_and_no_other_does(name):
    case, counted, said = found(name)
    made = {c.theorem for c in (*counted, *said.claims)} - {None}
    assert made <= {name, "clopper_pearson"} and name in made
    declared = set(PLANS[name].ids(case)) | {c.id for c in said.claims if c.id.startswith("adaptability")}
    assert {c.id for c in said.claims if c.delta} <= declared
    assert PLANS[name].terms


@pytest.mark.parametrize("name", sorted(n for n, p in PLANS.items() if n in ASSERTED or n in FROM_LABELS))
def test_without_what_it_needs_a_theorem_is_refused_in_one_line_and_left_out_by_default(name):
    with pytest.raises(wt.InputError, match=f"theorem {name}: it needs") as error:
        worked_out(cases.unlabelled(40, 40), theorems=[name])
    assert "\n" not in str(error.value)
    case, _ = prepare(cases.unlabelled(40, 40), None, None, Options.checked(**BASE))
    assert name not in {plan.name for plan in bounds.chosen(case, None)}


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(wt.InputError, match="lagrangian"):
        wt.audit(cases.unlabelled(20, 20), theorems=["lagrangean"])


def test_the_command_says_in_one_line_what_a_theorem_needs_and_exits_with_2(tmp_path, capsys):
    source, target = cases.rows(40, 40)
    files = []
    for name, rows in (("source", source), ("target", target)):
        files.append(str(tmp_path / f"{name}.csv"))
        table = np.column_stack([rows.X, rows.y])
        np.savetxt(files[-1], table, delimiter=",", header="x,y", comments="", fmt=["%.6f", "%d"])
    assert run(["audit", *files, "--label", "y", "--theorem", "ball"]) == 2
    said = capsys.readouterr().err.strip().splitlines()[-1]
    assert "theorem ball: it needs assume radius.tv" in said


@pytest.mark.parametrize(("name", "by_groups"), [("hoeffding", True), ("betting", True), ("vc", False)])
def test_theorems_without_a_form_by_groups_stand_on_independent_rows(name, by_groups):
    source, target = cases.rows(80, 80)
    owner = np.repeat(np.arange(20), 4)
    problem = wt.Problem(source.X, source.y, target.X, groups=(owner, owner + 20))
    _, _, said = worked_out(problem, theorems=[name])
    claim = next(c for c in said.claims if c.theorem == name)
    stands = {a.id for a in claim.assumptions}
    assert ("independent_within_groups_source" in stands) is not by_groups
    assert claim.level == ("proved" if by_groups else "conditional")


@pytest.mark.parametrize("name", ["lagrangian", "disparity", "dis2", "localised"])
def test_wrong_labels_move_a_bound_by_no_less_than_their_share(name):
    assume = {"class": "stumps", "lambda": 0.2}
    clean, noisy = (
        worked_out(cases.unlabelled(400, 400), assume=assume, theorems=[name], label_noise=noise)[2].claims[
            -1
        ]
        for noise in (0.0, 0.05)
    )
    # An error is at most 1, so that no limit needs to be moved beyond that.
    assert noisy.upper >= min(clean.upper + 0.05, max(clean.upper, 1.0)) - 1e-12
    assert "label_noise" in {a.id for a in noisy.assumptions}


# What they say is what the theorem says


def clopper_pearson(errors_, n, delta):
    return beta.ppf(1 - delta, errors_ + 1, n - errors_) if errors_ < n else 1.0


def test_dis2_is_its_formula_on_rows_that_chose_nothing():
    case, _, said = found("dis2")
    claim = said.claims[-1]
    n, m, delta = len(case.splits.source_evaluate), len(case.splits.target_evaluate), claim.detail["delta"]
    deviation = np.sqrt((n + 4 * m) * np.log(1 / delta) / (2 * n * m))
    assert claim.upper == pytest.approx(claim.estimate + deviation, abs=1e-12)
    again = wt.theorem(
        "dis2",
        source_error=case.source_error,
        disagreement_gap=claim.estimate - case.source_error,
        n=n,
        m=m,
        delta=delta,
    )
    assert again.upper == pytest.approx(claim.upper, abs=1e-12)


def test_cells_are_the_theorem_on_counts_of_the_cells_that_it_names():
    case, _, said = found("cells")
    claim, s, t = said.claims[-1], case.splits.source_evaluate, case.splits.target_evaluate
    cuts = np.array(claim.detail["cuts"])
    cell = lambda proba: np.array([sum(p > cut for cut in cuts) for p in proba.max(axis=1)])  # noqa: E731
    source, target = cell(case.subject.source.proba[s]), cell(case.subject.target.proba[t])
    count = lambda cells, where: [int((cells[where] == b).sum()) for b in range(len(cuts) + 1)]  # noqa: E731
    everywhere = np.ones(len(t), bool)
    again = wt.theorem(
        "cells",
        source_counts=count(source, np.ones(len(s), bool)),
        source_errors=count(source, case.source_wrong),
        target_counts=count(target, everywhere),
        delta=claim.detail["delta"],
    )
    assert (claim.lower, claim.upper) == pytest.approx((again.lower, again.upper), abs=1e-12)


def test_balls_and_labelling_functions_are_closed_forms_of_the_source_error():
    case, _, said = found("ball")
    uppers = {c.id.rsplit(".", 1)[1]: c for c in said.claims if c.theorem == "ball"}
    p = clopper_pearson(int(case.source_wrong.sum()), len(case.source_wrong), uppers["tv"].detail["delta"])
    assert uppers["tv"].upper == pytest.approx(p + 0.1, abs=1e-9)
    assert uppers["ratio"].upper == pytest.approx(1.5 * p, abs=1e-9)
    assert uppers["chi2"].upper == pytest.approx(p + np.sqrt(0.1 * p * (1 - p)), abs=1e-9)
    case, _, said = found("labelling_functions")
    claim = said.claims[-1]
    p = clopper_pearson(int(case.source_wrong.sum()), len(case.source_wrong), claim.detail["delta"])
    assert claim.upper == pytest.approx(p + 0.1, abs=1e-9)
    assert {a.id: str(a.status) for a in claim.assumptions} == {
        "covariate_shift": "declared",
        "radius.tv": "declared",
    }


def test_disagreement_is_half_of_what_was_counted_on_rows_that_did_not_choose_the_partner():
    case, _, said = found("disagreement")
    claim, m = said.claims[-1], len(case.splits.target_evaluate)
    count = round(claim.detail["disagreement"] * m)
    lower = beta.ppf(claim.detail["delta"], count, m - count + 1) if count else 0.0
    assert claim.lower == pytest.approx(lower / 2, abs=1e-12)
    assert (claim.level, claim.quantity) == ("proved", "larger_target_error")


def test_vc_is_about_the_training_rows_and_the_dimension_of_half_spaces():
    case, _, said = found("vc")
    claim, rows = said.claims[-1], case.splits.source_train
    wrong = (case.subject.source.codes[rows] != case.problem.source.labels[rows]).sum()
    again = wt.theorem("vc", errors=int(wrong), n=len(rows), d=2, delta=claim.detail["delta"])
    assert claim.upper == pytest.approx(again.upper, abs=1e-12)
    assert claim.level == "conditional"


def test_localised_with_an_asserted_lambda_is_the_theorem_with_the_class_s_own_term():
    assume = {"class": "stumps", "lambda": 0.2}
    case, _, said = worked_out(cases.unlabelled(), assume=assume, theorems=["localised"])
    claim, source, target = said.claims[-1], *cases.rows()
    s, t = case.splits.source_evaluate, case.splits.target_evaluate
    answers = case.problem.classes[case.subject.target.codes[t]]
    term = wt.hypotheses("stumps").lagrangian(
        (None, answers), source.X[s], source.y[s], target.X[t], level=0.2, delta=claim.detail["delta"]
    )
    assert claim.upper == pytest.approx(
        wt.theorem("localised", lagrangian=term, adaptability=0.2).upper, abs=1e-12
    )


@pytest.mark.parametrize("name", ["localised", "disparity", "lagrangian", "hdh"])
def test_asserting_the_break_even_reaches_the_requirement_and_a_little_more_exceeds_it(name):
    problem = cases.unlabelled(600, 600)
    _, _, open_ = worked_out(problem, theorems=[name], tolerance=0.9)
    even = next(b for b in open_.break_even if b.theorem == name)
    assert even.value == even.adaptability and even.value > 0
    for by, holds in ((-0.01, True), (0.02, False)):
        assume = {"class": "stumps", "lambda": even.value + by}
        _, _, closed = worked_out(problem, theorems=[name], tolerance=0.9, assume=assume)
        assert (closed.claims[-1].upper <= 0.9) is holds


def test_every_kind_of_ball_has_its_break_even_radius_and_it_is_the_one_that_reaches_the_requirement():
    _, counted, said = worked_out(cases.unlabelled(), tolerance=0.6)
    even = {b.unknown: b.value for b in said.break_even if b.theorem == "ball"}
    assert set(even) == {"radius.tv", "radius.chi2", "radius.kl", "radius.hellinger", "ratio"}
    for unknown, radius in even.items():
        kind = unknown.rsplit(".", 1)[-1]
        worst = wt.theorem("ball", source_error=counted[0].upper, radius=radius, kind=kind).upper
        assert worst == pytest.approx(0.6, abs=1e-9)


# δ


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    labels=st.booleans(),
    delta=st.sampled_from([0.01, 0.05, 0.3]),
    asserted=st.sets(st.sampled_from(sorted(ASSERTED)), max_size=3),
    names=st.none() | st.sets(st.sampled_from(sorted(set(PLANS) - set(ASSERTED) - FROM_LABELS - {"hdh", "mansour"})), max_size=3),
    whole=st.booleans(),
)  # fmt: skip
def test_whatever_runs_the_shares_add_up_to_no_more_than_delta(labels, delta, asserted, names, whole):
    assume = {key: value for name in asserted for key, value in ASSERTED[name].items()}
    _, counted, said = worked_out(
        some_labels(60, 60, 30) if labels else cases.unlabelled(60, 60),
        assume=assume,
        delta=delta,
        theorems=None if names is None else sorted(names),
        population="file" if whole else "law",
    )
    sure = [c for c in (*counted, *said.claims) if c.level in ("proved", "conditional") and c.confidence]
    others = sum(c.detail["delta"] for c in sure if c.id != "target_error.direct")
    # Five divergences spend beside them.
    assert others <= delta / 2 * (1 + 1e-12)
    assert len({c.id for c in said.claims}) == len(said.claims)


def test_who_spends_is_declared_before_a_row_is_scored_and_does_not_hang_on_labels_values():
    options = Options.checked(**BASE)
    source, target = cases.rows(60, 60)
    declared = [
        spenders(prepare(wt.Problem(source.X, source.y, target.X, yt), None, None, options)[0], options)
        for yt in (target.y, 1 - target.y)
    ]
    assert declared[0] == declared[1] and len(set(declared[0])) == len(declared[0])


# What may decide


@pytest.mark.parametrize("name", ["dis2", "odd", "cells", "importance_weighting"])
@pytest.mark.parametrize("tolerance", [0.0, 1.0])
def test_what_nobody_asserted_decides_nothing(name, tolerance):
    options = Options.checked(**{**BASE, "tolerance": tolerance})
    case, _, said = found(name, tolerance=tolerance)
    claims = tuple(c for c in said.claims if c.theorem == name)
    assert claims[0].upper <= 1.5 and claims[0].level == "conditional"
    assert rule(case, claims, options.requirement(0.5), options, None).basis is None


def test_asserted_covariate_shift_lets_its_bounds_decide_and_weights_that_are_estimated_do_not():
    options = Options.checked(**{**BASE, "tolerance": 1.0})
    for name, decides in (("labelling_functions", True), ("importance_weighting", False)):
        case, _, said = found(name, tolerance=1.0)
        claims = tuple(c for c in said.claims if c.theorem == name)
        assert (rule(case, claims, options.requirement(0.5), options, None).basis == "conditional") is decides


# Tightness


def test_tightness_is_deviation_from_the_plug_in_and_excess_over_the_best_on_the_same_footing():
    assume = {"class": "stumps", "lambda": 0.2}
    _, _, said = worked_out(cases.unlabelled(), assume=assume)
    by = {c.theorem: c for c in said.claims if c.quantity == "target_error" and c.upper is not None}
    for claim in by.values():
        shown = claim.detail["tightness"]
        assert shown["plug_in"] + shown["deviation"] == pytest.approx(claim.upper, abs=1e-12)
        assert shown["excess"] >= 0 and (shown["plug_in"] >= 0 or claim.theorem == "cells")
    three = [by[n] for n in ("lagrangian", "disparity")]
    assert three[1].detail["tightness"]["excess"] == pytest.approx(
        three[1].upper - min(by["lagrangian"].upper, by["localised"].upper, three[1].upper), abs=1e-12
    )
    # Dis² stands on another assumption: nothing is on its footing but itself.
    assert by["dis2"].detail["tightness"]["excess"] == 0.0


def test_what_labels_say_enters_no_bound_that_uses_none():
    source, target = cases.rows()
    both = [worked_out(wt.Problem(source.X, source.y, target.X, yt)) for yt in (target.y, 1 - target.y)]
    for one, other in zip(both[0][2].claims, both[1][2].claims, strict=True):
        if one.theorem in ("dis2", "odd", "cells"):
            assert one == other
    direct = bounds.against_labels(both[0][1], both[0][2].claims)[-1]
    over = direct.detail["bounds_above"]
    dis2 = next(c for c in both[0][2].claims if c.theorem == "dis2")
    assert over[dis2.id] == pytest.approx(dis2.upper - direct.estimate, abs=1e-12)


def test_the_report_lists_bounds_the_tightest_first(with_labels):
    shown = next(g for g in groups(with_labels.document) if g.key == "bounds")
    uppers = [row.upper for row in shown.rows if row.upper is not None]
    assert uppers == sorted(uppers) and len(uppers) >= 6
    assert {"target_error.dis2", "target_error.cells"} <= {row.id for row in shown.rows}
    assert len({c["id"] for c in with_labels.document["claims"]}) == len(with_labels.document["claims"])


def test_the_committee_of_the_panel_is_the_committee_of_the_bounds(monkeypatch):
    """Four theorems about it, one fit; and the claims are those of a committee of their own."""
    case, counted, alone = worked_out(cases.unlabelled(120, 120), theorems=COMMITTEE)
    made, fits = panel.committee(case), []
    monkeypatch.setattr(panel, "committee", lambda *_: fits.append(1))
    requirement = Options.checked(**BASE).requirement(case.majority_error)
    found = bounds.evaluate(case, counted, requirement, COMMITTEE, made)
    assert fits == []
    assert [c.to_dict() for c in found.claims] == [c.to_dict() for c in alone.claims]


COMMITTEE = ["pac_bayes_kl", "pac_bayes_da", "pac_bayes_ratio", "disagreement"]


def test_an_empirical_variance_of_a_whole_file_is_not_proved():
    """Rows of a file are drawn without replacement, which Hoeffding's forms cover and the empirical Bernstein inequality does not."""
    asked = ["empirical_bernstein", "hoeffding", "betting"]
    for population, expected in (("law", "proved"), ("file", "conditional")):
        _, _, made = worked_out(some_labels(), theorems=asked, population=population)
        levels = {c.id: str(c.level) for c in made.claims}
        assert levels["target_error.empirical_bernstein"] == expected
        assert levels["source_error.empirical_bernstein"] == levels["target_error.hoeffding"] == "proved"
        assert levels["target_error.betting"] == "proved"


# What the limit itself may fail with, and wrong labels


@pytest.mark.parametrize(
    "name", ["hdh", "lagrangian", "localised", "ball", "margin_disparity", "pac_bayes_da"]
)
def test_a_permitted_rise_is_as_sure_as_the_source_error_it_is_counted_from(name):
    case, counted, made = worked_out(
        cases.unlabelled(400, 400), assume=ASSERTED.get(name), theorems=[name], tolerance=None, max_drop=0.8
    )
    source = next(c for c in counted if c.id == "source_error")
    assert source.lower > 0
    own = source.delta if name == "ball" else case.budget.of(next(iter(PLANS[name].ids(case))))
    sure = f"({figures.sure(1.0 - own - source.delta)} sure)"
    assert all(sure in even.text for even in made.break_even if even.value is None or even.value >= 0)
    assert any(sure in even.text for even in made.break_even), [even.text for even in made.break_even]


@pytest.mark.parametrize("name", ["transport_labels", "pac_bayes_da"])
def test_a_break_even_leaves_room_for_wrong_labels(name):
    """As if the requirement were stricter by their share."""
    noisy, strict, plain = (
        worked_out(cases.unlabelled(), theorems=[name], tolerance=tolerance, label_noise=noise)[2]
        .break_even[0]
        .value
        for tolerance, noise in ((0.5, 0.02), (0.48, 0.0), (0.5, 0.0))
    )
    assert noisy == pytest.approx(strict, abs=1e-12) and noisy < plain


@pytest.mark.parametrize(("name", "factor"), [("support", 3.0), ("wasserstein", 1.0)])
def test_a_bound_with_one_error_in_it_moves_by_the_share_of_wrong_labels(name, factor):
    made = [found(name, label_noise=noise, tolerance=0.99)[2] for noise in (0.0, 0.02)]
    claims = [next(c for c in one.claims if c.theorem == name) for one in made]
    assert claims[1].upper == pytest.approx(claims[0].upper + factor * 0.02, abs=1e-12)
    stands = {a.id for a in claims[1].assumptions}
    assert "label_noise" in stands and "labels_right" not in stands
    assert made[1].break_even[0].value < made[0].break_even[0].value


def test_the_margin_disparity_pays_for_wrong_labels_once():
    values = []
    for noise in (0.0, 0.02):
        case, _, made = worked_out(cases.unlabelled(), theorems=["margin_disparity"], label_noise=noise)
        share = case.budget.of("target_error.margin_disparity")
        values.append(made.break_even[0].value + errors.source_error(case, share / 2).upper)
    assert values[0] == pytest.approx(values[1], abs=1e-12)


# The frontier of σ and τ


def frontier_of(problem):
    case, _, made = worked_out(problem, theorems=["version_space"])
    return case, next(b for b in made.break_even if b.theorem == "version_space").sigma_tau


def test_the_pairs_of_the_frontier_hold_together():
    """Whoever reads it takes the pair that suits best: each has a ninth of δ."""
    case, pairs = frontier_of(cases.unlabelled(400, 400))
    rows, share = rows_of(case), case.budget.of("target_error.version_space.stumps")
    assert len(pairs) > 1
    for sigma, tau in pairs:
        limit = Stumps().version_space(
            rows.h, rows.Xs, rows.ys, rows.Xt, sigma=sigma, delta=share / 9, classes=rows.classes
        )
        assert BASE["tolerance"] - tau == pytest.approx(limit.upper, abs=1e-12)


def test_rows_that_judge_do_not_place_the_frontier():
    problem = cases.unlabelled(400, 400)
    case, pairs = frontier_of(problem)
    labels = problem.classes[problem.source.labels]
    changed = case.splits.source_evaluate[:12]
    labels[changed] = 1 - labels[changed]
    other, moved = frontier_of(wt.Problem(problem.source.rows, labels, problem.target.rows))
    assert other.splits.source_evaluate.tolist() == case.splits.source_evaluate.tolist()
    assert moved != pairs
    # Some σ are rejected, the others stay where they were.
    assert moved and {sigma for sigma, _ in moved} <= {sigma for sigma, _ in pairs}
