"""From labels to an answer: what is certified, what half-filled sheets prove, and what a plan declares."""

import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt
from whytransfer.claims.intervals import Betting, upper_limit
from whytransfer.labels import Filled, Watch
from whytransfer.labels.candidates import choose
from whytransfer.labels.direct import CHANCE, uniform_part
from whytransfer.labels.judge import counts, judge
from whytransfer.labels.plan import EARLY_SHARE, ENDLESS_SHARE
from whytransfer.labels.repeat import share_of_repeat
from whytransfer.report import words
from whytransfer.steps.labelling import contest


def labelled(plan, truth, known):
    """The true labels of the planned rows that are marked, None for the others."""
    return [truth[row] if k else None for row, k in zip(plan.rows, known, strict=True)]


def first(plan, t):
    return np.arange(plan.n) < t


@pytest.fixture(scope="module")
def wrong(plans, truth):
    """Whether the model errs on each row of the fixed plan."""
    plan = plans["fixed"]
    return plan.classes[plan.predictions["model"]] != truth[plan.rows]


def test_all_labels_give_the_exact_limit_of_the_draw(plans, truth, wrong):
    plan = plans["fixed"]
    claim = wt.certify(plan, truth[plan.rows]).claim("target_error")
    delta = 0.05 * (1 - EARLY_SHARE)
    found = counts(plan, wrong)
    assert claim.id == "target_error.direct"
    assert claim.upper == plan.draws.upper(found, delta)
    assert claim.lower == plan.draws.lower(found, delta)
    assert claim.estimate == pytest.approx(plan.draws.estimate(found))
    assert (claim.level, claim.confidence, claim.detail["method"]) == ("proved", 0.95, "planned")


@pytest.mark.parametrize(
    ("tolerance", "answer", "code"), [(0.5, "works", 0), (0.05, "fails", 10), (0.2, "undecided", 11)]
)
def test_three_answers(plans, truth, tolerance, answer, code):
    plan = replace(plans["fixed"], requirement=tolerance)
    audit = wt.certify(plan, truth[plan.rows])
    assert (audit.verdict.answer, audit.verdict.exit_code) == (answer, code)
    assert (audit.verdict.basis == "certified") == (code != 11)
    steps = [step["action"] for step in audit.document["next_steps"]]
    assert steps == [{0: "stop", 10: "adapt", 11: "collect"}[code]]


def test_the_document_is_an_audit(plans, truth, tmp_path):
    audit = wt.certify(plans["sequential"], truth[plans["sequential"].rows])
    audit.to_json(tmp_path / "audit.json")
    assert wt.Audit.from_json(tmp_path / "audit.json").verdict == audit.verdict
    audit.to_html(tmp_path / "audit.html")
    spent = audit.document["provenance"]["delta_spent"]
    assert sum(entry["delta"] for entry in spent) <= 0.05
    json.loads(audit.to_json(), parse_constant=pytest.fail)


def test_labels_in_any_form_say_the_same(plans, truth, tmp_path):
    plan = plans["fixed"]
    by_row = {int(row): truth[row] for row in plan.rows[::-1]}
    assert wt.certify(plan, by_row).to_json() == wt.certify(plan, truth[plan.rows]).to_json()
    with pytest.raises(wt.InputError, match="expected 100"):
        wt.certify(plan, truth[:7])
    with pytest.raises(wt.InputError, match="not in the plan"):
        wt.certify(plan, {int(np.setdiff1d(np.arange(plan.m), plan.rows)[0]): "yes"})


# ---------------------------------------------------------------- half-filled sheets


def test_skipped_rows_count_as_errors_above_and_as_right_below(plans, truth, wrong):
    """An annotator who leaves out every row that the model gets wrong gains nothing."""
    plan = plans["fixed"]
    honest = wt.certify(plan, truth[plan.rows]).claim("target_error")
    shy = wt.certify(plan, labelled(plan, truth, ~wrong)).claim("target_error")
    assert shy.upper == honest.upper
    assert shy.lower <= honest.lower
    filled_only = upper_limit(0, int((~wrong).sum()), 0.05)
    assert filled_only < honest.estimate < shy.upper


def test_the_estimate_counts_a_skipped_row_as_half_an_error(plans, truth, wrong):
    """One gap near the top must not leave the estimate to the few rows before it."""
    plan = plans["fixed"]
    known = ~first(plan, 3) | first(plan, 2)
    found = np.where(known, wrong, 0.5)
    rates = [found[plan.strata == h].mean() for h in range(len(plan.sizes))]
    claim = wt.certify(plan, labelled(plan, truth, known)).claim("target_error")
    assert claim.estimate == pytest.approx(np.dot(plan.sizes, rates) / plan.m)


def test_an_early_look_is_told_and_gets_a_limit_of_its_own(plans, truth, wrong):
    plan = plans["fixed"]
    audit = wt.certify(plan, labelled(plan, truth, first(plan, 40)))
    claim = audit.claim("target_error")
    assert any("an early look: 40 of the 100" in note for note in audit.warnings)
    # Sixty rows to come may all be wrong; the early look knows better.
    imputed = plan.draws.upper(counts(plan, wrong | ~first(plan, 40)), 0.05 * (1 - EARLY_SHARE))
    assert claim.detail["method"] == "early"
    assert wt.certify(plan, truth[plan.rows]).claim("target_error").upper < claim.upper < imputed
    assert audit.document["labels"]["expected_more"] == 60


def test_the_early_look_of_one_stratum_is_the_watch(problem, truth):
    plan = wt.plan_labels(problem, tolerance=0.3, budget=60, way="uniform", seed=2)
    wrong = plan.classes[plan.predictions["model"]] != truth[plan.rows]
    claim = wt.certify(plan, labelled(plan, truth, first(plan, 30))).claim("target_error")
    assert claim.upper == Watch().upper(wrong[:30], 0.05 * EARLY_SHARE)


def test_no_label_says_nothing(plans):
    audit = wt.certify(plans["fixed"], [None] * 100)
    claim = audit.claim("target_error")
    assert (claim.lower, claim.upper, claim.estimate) == (0.0, 1.0, None)
    assert audit.verdict.answer == "undecided"


def test_sequential_limits_do_not_depend_on_how_often_one_looked(plans, truth):
    """Certifying after every batch leads to what one look at the end says; limits never get longer."""
    plan = plans["sequential"]
    claims = [
        wt.certify(plan, labelled(plan, truth, first(plan, t))).claim("target_error") for t in (20, 50, 100)
    ]
    assert claims[-1] == wt.certify(plan, truth[plan.rows]).claim("target_error")
    assert claims[0].upper >= claims[1].upper >= claims[2].upper
    assert claims[0].lower <= claims[1].lower <= claims[2].lower


def test_a_sequential_plan_says_when_to_stop(plans, truth):
    plan = replace(plans["sequential"], requirement=0.5)
    found = {}
    for t in (10, 100):
        document = wt.certify(plan, labelled(plan, truth, first(plan, t))).document
        found[t] = document["labels"]["stop"], document["labels"]["expected_more"], document["next_steps"][0]
    assert found[10][0] is False
    assert 0 < found[10][1] < 90
    assert "more labels are expected" in found[10][2]["text"]
    assert found[100][:2] == (True, 0)
    assert found[100][2]["action"] == "stop"


def test_rows_skipped_in_a_sequential_design_count_as_errors(plans, truth):
    plan = plans["sequential"]
    known = first(plan, 80)
    known[10] = False
    claim = wt.certify(plan, labelled(plan, truth, known)).claim("target_error")
    marks = plan.classes[plan.predictions["model"]] != truth[plan.rows]
    marks[10] = True
    assert claim.upper == plan.horizon.upper(marks[:80], 0.05 * (1 - ENDLESS_SHARE))


# ---------------------------------------------------------------- what a plan declares


def test_labels_that_are_there_already_choose_no_row(problem, plans, truth):
    known = problem.with_target_labels(truth)
    again = wt.plan_labels(known, tolerance=0.3, budget=100, seed=1, design="fixed", way="stratified")
    assert again.to_json() == plans["fixed"].to_json()


def test_the_surer_stratum_has_the_lesser_predicted_errors_and_inclusion_is_its_share(plans):
    plan = plans["fixed"]
    assert plan.predicted_error[plan.strata == 0].max() <= plan.predicted_error[plan.strata == 1].min()
    assert plan.inclusion[plan.strata == 1] == pytest.approx(plan.drawn[1] / plan.sizes[1])
    assert plan.inclusion[plan.strata == 0].max() < plan.inclusion[plan.strata == 1].min()
    # A tenth of the labels is spread evenly: no row weighs more than ten times as much as in a uniform draw.
    assert (plan.n / plan.m / plan.inclusion).max() <= 10


def test_the_curve_has_its_gap_at_the_requirement(plans):
    power = plans["fixed"].power
    assert all(entry["answer"] == ("works" if entry["true_error"] <= 0.3 else "fails") for entry in power)
    below = [e["probability"] for e in power if e["true_error"] <= 0.3]
    assert below == sorted(below, reverse=True)
    assert power[0]["true_error"] == 0.0
    assert power[0]["labels"] == 9  # ⌈ln .05 / ln .7⌉
    assert plans["fixed"].forecast["savings"]["pseudo_targets"] > 0


def test_with_further_claims_the_headline_has_half(problem, truth):
    plan = wt.plan_labels(problem, tolerance=0.3, budget=80, per_class=True, seed=3)
    audit = wt.certify(plan, truth[plan.rows])
    assert plan.spends == {
        "target_error.direct": 0.025,
        "class_error.no": 0.0125,
        "class_error.yes": 0.0125,
    }
    assert audit.claim("target_error").confidence == 0.975
    rows = uniform_part(plan)
    for name in ("no", "yes"):
        inside = rows[truth[plan.rows[rows]] == name]
        errors = (plan.classes[plan.predictions["model"][inside]] != name).sum()
        assert audit.claim(f"class_error.{name}").upper == upper_limit(
            int(errors), len(inside), 0.0125 - CHANCE
        )
    silent = wt.certify(plan, labelled(plan, truth, first(plan, 79))).claim("class_error.yes")
    assert silent.upper is None
    assert "may belong to any class" in silent.detail["reason"]


def test_a_source_gives_lambda_with_its_parts(plans, transfer, truth, tmp_path):
    plan = plans["fixed"]
    audit = wt.certify(plan, truth[plan.rows], source=transfer[0])
    claim = audit.claim("adaptability.stumps")
    assert claim.detail["source_part"] + claim.detail["target_part"] == pytest.approx(claim.estimate)
    assert 0 <= claim.lower <= claim.estimate <= claim.upper
    assert audit.claim("target_error").confidence == 0.975
    # The cells of a sheet serve as well as the plan's own features.
    plan.to_csv(tmp_path / "rows.csv")
    text = (tmp_path / "rows.csv").read_text().splitlines()
    lines = [text[0], *(line + truth[int(line.split(",")[0])] for line in text[1:])]
    (tmp_path / "rows.csv").write_text("\n".join(lines))
    read = type(plan).read(tmp_path / "rows.plan.json")
    again = wt.certify(read, tmp_path / "rows.csv", source=transfer[0]).claim("adaptability.stumps")
    assert again.estimate == pytest.approx(claim.estimate)
    assert claim.level == again.level == "proved"


def test_lambda_from_another_source_is_conditional_on_its_being_the_planned_one(plans, transfer, truth):
    plan, source = plans["fixed"], transfer[0]
    claim = wt.certify(plan, truth[plan.rows], source=source.iloc[:-1]).claim("adaptability.stumps")
    assert claim.level == "conditional"
    assert [a.id for a in claim.assumptions] == ["source_as_planned"]
    # A plan that knew groups of the source; the file alone does not show them.
    x = [frame[["a", "b"]] for frame in transfer]
    grouped = wt.Problem(x[0], source["y"], x[1], groups=(np.arange(400) // 4, None))
    plan = wt.plan_labels(grouped, tolerance=0.3, budget=60, way="uniform")
    source = x[0].assign(label=source["y"], group=np.arange(400) // 4)
    claim = wt.certify(plan, truth[plan.rows], source=source).claim("adaptability.stumps")
    assert claim.level == "conditional"


def test_what_pandas_calls_missing_is_not_labelled(plans, truth):
    plan = plans["fixed"]
    known = list(truth[plan.rows[:60]])
    expected = wt.certify(plan, [*known, *[None] * (plan.n - 60)]).claims
    for missing in (pd.NA, pd.NaT, float("nan"), np.float64("nan"), ""):
        assert wt.certify(plan, [*known, *[missing] * (plan.n - 60)]).claims == expected


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (5, "got int"),
        (pd.DataFrame({"row": [1], "y": ["no"]}), r"dict\(zip\(frame\['row'\], frame\['y'\]\)\)"),
    ],
)
def test_labels_in_another_form_are_refused_in_a_sentence(plans, labels, said):
    with pytest.raises(wt.InputError, match=said):
        wt.certify(plans["fixed"], labels)


def test_a_numpy_label_is_shown_as_what_it_is(plans):
    plan = plans["fixed"]
    with pytest.raises(wt.InputError, match=r": 7 "):
        wt.certify(plan, {int(plan.rows[0]): np.int64(7)})


@pytest.fixture(scope="module")
def crowded(problem, truth):
    """A plan with a claim for each class and for another candidate."""
    other = {"other": ["no"] * len(truth)}
    return wt.plan_labels(
        problem, tolerance=0.3, budget=60, per_class=True, candidates=other, way="stratified", seed=3
    )


def test_shares_of_delta_add_up_whoever_joins(crowded, plans, transfer, truth):
    """λ takes its δ from the headline, not from what classes and candidates have already."""
    for plan in (crowded, plans["fixed"]):
        audit = wt.certify(plan, truth[plan.rows], source=transfer[0])
        spent = {part["id"]: part["delta"] for part in audit.document["provenance"]["delta_spent"]}
        assert "adaptability.stumps" in spent
        assert sum(spent.values()) == pytest.approx(plan.delta)


def test_the_least_delta_is_not_used_up_by_the_uniform_part(crowded, transfer, truth):
    tiny = {name: share * 2e-8 for name, share in crowded.spends.items()}
    plan = replace(crowded, delta=1e-9, spends=tiny)
    audit = wt.certify(plan, truth[plan.rows], source=transfer[0])
    for name in ("target_error.direct", "class_error.no", "class_error.yes", "adaptability.stumps"):
        assert 0.0 <= audit.claim(name).lower <= audit.claim(name).estimate <= audit.claim(name).upper


def test_class_errors_are_told_by_name_not_by_place(crowded, truth):
    shuffled = replace(crowded, spends=dict(sorted(crowded.spends.items(), reverse=True)))
    claims = [wt.certify(plan, truth[plan.rows]).claim("class_error.yes") for plan in (crowded, shuffled)]
    assert claims[0] == claims[1]


def test_wrong_labels_widen_both_limits(plans, truth):
    for design in ("fixed", "sequential"):
        plan = plans[design]
        exact = wt.certify(plan, truth[plan.rows]).claim("target_error")
        noisy = wt.certify(replace(plan, label_noise=0.05), truth[plan.rows]).claim("target_error")
        assert noisy.upper > exact.upper + 0.05
        assert noisy.lower < max(0.0, exact.lower - 0.05) + 1e-12
        assert noisy.level == "proved"
        assert [a.id for a in noisy.assumptions] == ["label_noise"]


def test_wrong_labels_are_placed_in_the_worst_way(plans, truth, wrong):
    """Five labels may be wrong: the limit is that of the worst way to add five errors, by trying all."""
    plan = replace(plans["fixed"], label_noise=0.05)
    filled = Filled(codes=np.searchsorted(plan.classes.astype(str), truth[plan.rows].astype(str)))
    found, delta = counts(plan, wrong), 0.05 * (1 - EARLY_SHARE)
    literal = max(plan.draws.upper((found[0] + i, found[1] + 5 - i), delta) for i in range(6))
    assert judge(plan, filled, 0.05).upper == pytest.approx(min(1.0, literal + 0.05), abs=1e-3)


def test_repeated_certificates_share_delta(problem):
    plan = wt.plan_labels(problem, tolerance=0.3, budget=10, repeat=2, way="uniform")
    assert plan.delta == pytest.approx(0.05 * 6 / (np.pi**2 * 4))
    assert sum(share_of_repeat(0.05, t) for t in range(1, 10_000)) < 0.05
    with pytest.raises(wt.InputError, match="repeat"):
        wt.plan_labels(problem, tolerance=0.3, repeat=0)


def test_grouped_target_rows_make_a_certificate_conditional(transfer):
    source, target = transfer
    groups = (np.arange(400), 1000 + np.repeat(np.arange(40), 10))
    grouped = wt.Problem(source[["a", "b"]], source["y"], target[["a", "b"]], groups=groups)
    common = {"tolerance": 0.5, "budget": 40, "way": "uniform"}
    plan = wt.plan_labels(grouped, **common)
    audit = wt.certify(plan, target["y"].to_numpy()[plan.rows])
    claim = audit.claim("target_error")
    assert claim.level == "conditional"
    assert audit.verdict.answer == "undecided"
    # Said before anyone labels, and not as if there were no labels.
    assert any("will be conditional on independent_within_groups_target" in w for w in plan.warnings)
    assert (
        "target_error.direct decides nothing: it stands on independent_within_groups" in audit.verdict.reason
    )
    # Of the file itself the draw is random whatever its rows have in common.
    plan = wt.plan_labels(grouped, population="file", **common)
    assert wt.certify(plan, target["y"].to_numpy()[plan.rows]).verdict.answer == "works"


def test_columns_that_drift_in_time_make_a_certificate_conditional(transfer):
    """Before there are labels only the columns can tell that rows hang together."""
    source, target = (frame.sort_values("a").reset_index(drop=True) for frame in transfer)
    times = (np.arange(400), np.arange(400))
    drifting = wt.Problem(source[["a", "b"]], source["y"], target[["a", "b"]], time=times)
    common = {"tolerance": 0.5, "budget": 40, "way": "uniform"}
    plan = wt.plan_labels(drifting, **common)
    claim = wt.certify(plan, target["y"].to_numpy()[plan.rows]).claim("target_error")
    assert (claim.level, [a.id for a in claim.assumptions]) == ("conditional", ["iid"])
    plan = wt.plan_labels(drifting, population="file", **common)
    assert wt.certify(plan, target["y"].to_numpy()[plan.rows]).claim("target_error").level == "proved"


# ---------------------------------------------------------------- candidates


@pytest.fixture(scope="module")
def contest_plan(problem, transfer, truth):
    """Three candidates: one that knows the truth but for a tenth, one that contradicts the model on half of the rows."""
    rng = np.random.default_rng(5)
    flip = {"yes": "no", "no": "yes"}
    good = [flip[y] if rng.random() < 0.1 else y for y in truth]
    bad = [flip[y] if rng.random() < 0.5 else y for y in truth]
    return wt.plan_labels(problem, tolerance=0.3, budget=80, candidates={"good": good, "bad": bad}, seed=4)


def test_contested_rows_get_the_labels(contest_plan):
    assert contest_plan.way == "disagreement"
    assert contest_plan.population == "file"
    assert contest_plan.drawn[1] > 0.9 * contest_plan.n
    said = contest(list(contest_plan.predictions.values()))
    assert (said[contest_plan.strata == 0] == 0).all()
    assert (said[contest_plan.strata == 1] > 0).all()
    assert all(rows[0] == 0 for rows in contest_plan.contested.values())


def test_the_better_candidate_is_chosen_and_the_difference_limited(contest_plan, problem, truth):
    audit = wt.certify(contest_plan, truth[contest_plan.rows])
    assert audit.document["labels"]["choice"] == "good"
    assert any("labels speak for good" in note for note in audit.warnings)
    claim = audit.claim("error_difference.bad")
    assert claim.lower <= claim.estimate <= claim.upper
    assert claim.detail["population"] == "file"
    assert sum(contest_plan.spends.values()) == pytest.approx(0.05)


def test_a_difference_of_a_uniform_draw_is_betting_on_the_differences(problem, truth):
    other = np.where(np.arange(400) % 3 == 0, "yes", "no")
    plan = wt.plan_labels(problem, tolerance=0.3, budget=50, candidates={"other": other}, way="uniform")
    claim = wt.certify(plan, truth[plan.rows]).claim("error_difference.other")
    model = plan.classes[plan.predictions["model"]]
    gain = (other[plan.rows] != truth[plan.rows]).astype(float) - (model != truth[plan.rows])
    assert claim.estimate == pytest.approx(gain.mean())
    assert claim.upper == pytest.approx(2 * Betting().upper_of((1 + gain) / 2, 0.025) - 1)


def test_candidates_that_agree_on_this_file_may_differ_in_the_law(problem, truth):
    other = {"other": ["yes"] * 400}
    plan = wt.plan_labels(problem, tolerance=0.3, budget=50, candidates=other, design="sequential")
    plan = replace(
        plan,
        predictions={"model": plan.predictions["model"], "other": plan.predictions["model"]},
        contested={"other": (0,)},
    )
    claim = wt.certify(plan, truth[plan.rows]).claim("error_difference.other")
    assert claim.estimate == 0.0
    assert claim.detail["population"] == "law"
    assert claim.upper == pytest.approx(2 * Betting().upper_of(np.full(50, 0.5), 0.025) - 1)
    assert claim.lower == pytest.approx(-claim.upper)
    assert claim.upper > 0.05


def test_without_labels_the_model_is_kept(contest_plan):
    assert choose(contest_plan, Filled(codes=np.full(80, -1))) == "model"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"budget": 0}, "budget"),
        ({"budget": 401}, "at most the 400 rows"),
        ({"budget": True}, "budget"),
        ({"design": "fixd"}, "fixed"),
        ({"way": "best"}, "way"),
        ({"tolerance": 2.0}, "tolerance"),
        ({"candidates": {"model": ["yes"] * 400}}, "name of the model itself"),
        ({"candidates": {"x": ["yes"] * 3}}, "candidate x"),
    ],
)
def test_bad_input_gets_one_line(problem, given, said):
    with pytest.raises(wt.InputError, match=said) as error:
        wt.plan_labels(problem, **{"tolerance": 0.3, **given})
    assert "\n" not in str(error.value)


def test_only_problems_and_plans_are_taken():
    with pytest.raises(wt.InputError, match="expected a Problem"):
        wt.plan_labels(None)
    with pytest.raises(wt.InputError, match="expected a plan"):
        wt.certify(None, None)


def test_labels_split_the_change_in_error(problem, truth):
    """DISDE by its definition, from the weights that the plan keeps; nothing is split while a row was skipped."""
    plan = wt.plan_labels(problem, tolerance=0.3, budget=200, way="uniform", seed=6)
    found = wt.certify(plan, truth[plan.rows]).document
    wrong = (plan.classes[plan.predictions["model"]] != truth[plan.rows]).astype(float)
    source, here, there = (
        plan.shared.source_wrong.astype(float),
        plan.shared.source_weights,
        plan.shared.target_weights,
    )
    literal = [
        source.mean(),
        np.average(source, weights=here),
        np.average(wrong, weights=there),
        wrong.mean(),
    ]
    split = found["diagnosis"]["decomposition"]
    assert [split[name]["value"] for name in ("inputs", "meaning", "unseen")] == pytest.approx(
        np.diff(literal)
    )
    assert [step["kind"] for step in found["waterfall"]] == ["error", "change", "change", "change", "error"]
    assert found["waterfall"][0]["value"] == pytest.approx(source.mean())
    gap = wt.certify(plan, labelled(plan, truth, first(plan, 199))).document
    assert gap["diagnosis"]["decomposition"] == {}


def test_a_sequential_plan_gives_lambda_when_all_is_labelled(plans, transfer, truth):
    plan = plans["sequential"]
    whole = wt.certify(plan, truth[plan.rows], source=transfer[0]).claim("adaptability.stumps")
    assert whole.lower <= whole.estimate <= whole.upper
    part = wt.certify(plan, labelled(plan, truth, first(plan, 99)), source=transfer[0]).claim(
        "adaptability.stumps"
    )
    assert part.upper is None
    assert "has no label" in part.detail["reason"]


def test_what_is_expected_after_some_labels_is_the_mean_over_all_ways_to_go_on(plans, truth):
    """Against simulated labels of the estimated rate, each judged by certify's own boundary."""
    plan = replace(plans["sequential"], requirement=0.4)
    state = wt.certify(plan, labelled(plan, truth, first(plan, 20))).document
    estimate = state["claims"][0]["estimate"]
    errors = round(20 * estimate)
    bounds = plan.horizon.boundary(0.4, 0.05 * (1 - ENDLESS_SHARE))
    rng = np.random.default_rng(0)
    counts_ = errors + np.cumsum(rng.random((4000, 80)) < estimate, axis=1)
    met = counts_ <= bounds[21:]
    looked = np.where(met.any(axis=1), met.argmax(axis=1) + 1, 80)
    assert state["labels"]["expected_more"] == pytest.approx(looked.mean(), abs=1.5)
    assert state["labels"]["chance"] == pytest.approx(met.any(axis=1).mean(), abs=0.03)


def test_a_target_whose_rows_are_copies_certifies_about_its_rows_only(transfer):
    source, target = transfer
    copies = pd.concat([target.iloc[:60]] * 5, ignore_index=True)
    problem = wt.Problem.read(source, copies.drop(columns="y"), label="y")
    truth = copies["y"].to_numpy()
    for population, expected in (("law", ["iid"]), ("file", [])):
        plan = wt.plan_labels(
            problem, "stump", tolerance=0.9, budget=100, way="uniform", population=population
        )
        audit = wt.certify(plan, truth[plan.rows])
        claim = audit.claim("target_error")
        assert [a.id for a in claim.assumptions] == expected
        assert (claim.level == "proved") == (not expected)
        assert (audit.verdict.basis == "certified") == (not expected)


@pytest.mark.parametrize("design", ["fixed", "sequential"])
def test_a_sheet_that_nobody_has_filled_in_is_told_to_be_empty(plans, design):
    verdict = wt.certify(plans[design], {}).verdict
    assert (verdict.answer, verdict.basis) == ("undecided", None)
    assert verdict.reason == "no row of the sheet is labelled yet, of the 100 rows that are planned"


def test_strata_take_nothing_off_what_the_file_strays_from_its_law(problem):
    """Of a draw of n of m rows only a share 1 − n/m of the variance about the law is left to the way of drawing."""
    common = {"tolerance": 0.3, "seed": 1, "design": "fixed", "way": "stratified"}
    saved = {
        n: wt.plan_labels(problem, budget=n, **common).forecast["savings"]["expected"] for n in (100, 300)
    }
    assert saved[100] / (1 - 100 / 400) == pytest.approx(saved[300] / (1 - 300 / 400))
    whole = wt.plan_labels(problem, budget=100, population="file", **common).forecast["savings"]["expected"]
    assert saved[100] == pytest.approx(whole * (1 - 100 / 400))
    assert wt.plan_labels(problem, **{**common, "way": "auto"}, budget=400).way == "uniform"


def test_what_comes_next_counts_what_is_missing_and_names_the_estimate_that_has_to_be_right(plans, truth):
    plan = replace(plans["fixed"], requirement=0.2)
    all_but_one = labelled(plan, truth, np.arange(plan.n) != 1)
    audit = wt.certify(plan, all_but_one)
    (step,) = audit.document["next_steps"]
    batch = plan.batches[1]
    assert f"continue: label the rest of batch {batch} (1 row)" in step["text"]
    assert step["text"].endswith(f"1 of the {plan.n} planned labels is missing")
    none = wt.certify(plan, [None] * plan.n).document["next_steps"][0]["text"]
    assert f"continue: label batch 1 ({(plan.batches == 1).sum()} rows)" in none
    assert none.endswith(f"{plan.n} of the {plan.n} planned labels are missing")
    # A plan has no panel: what the number of labels stands on is what the labels say.
    verdict = {**audit.document["verdict"], "labels_needed": 50}
    said = words.labels_needed({**audit.document, "verdict": verdict})
    assert said.startswith("50 target labels (fresh ones)") and "estimate from the labels so far" in said
