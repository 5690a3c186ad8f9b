"""The part of the target where a model works: shaped and judged on different rows, certified under the support bound."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.stats import beta

import whytransfer as wt
from tests.diagnosis.planted import case_of
from whytransfer import demo
from whytransfer.claims import IID
from whytransfer.claims.intervals import part_limits
from whytransfer.report.validate import validate
from whytransfer.report.why import region as said
from whytransfer.steps import region, why
from whytransfer.steps.region_told import told
from whytransfer.steps.ties import Ties
from whytransfer.theorems import Support
from whytransfer.verdict import Requirement

WORLD = wt.lab.covariate_shift()
"""S = U[0, 1], T = U[.5, 1]: the ratio is 2 on the target's support; the model errs with .9 on (.3, .6], with .1 elsewhere."""

NEEDED = Requirement(value=0.2, quantity="target_error", kind="tolerance")
ASSERTED = {"ratio": 2.0, "covariate_shift": True}


def drawn(seed=0, n=1200, labels=False):
    source, target = WORLD.draw(n, n, seed)
    problem = wt.Problem(source.X, source.y, target.X, target.y if labels else None)
    return problem, wt.Predictions(WORLD.model(source.X), WORLD.model(target.X))


@pytest.fixture(scope="module")
def shaped():
    problem, predictions = drawn()
    case = case_of(problem, predictions=predictions)
    about = why.errors(case)
    return case, about, region.shape(case, about, NEEDED)


@pytest.fixture(scope="module")
def asserted():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("whytransfer.steps.run.backtest.record", lambda *case: None)
        problem, predictions = drawn(labels=True)
        return wt.audit(
            problem, predictions=predictions, tolerance=0.4, assume=ASSERTED, theorems=["support"]
        )


def test_the_best_areas_are_where_the_model_works(shaped):
    _, _, found = shaped
    x = WORLD.draw(1200, 1200, 0)[1].X[:, 0]
    areas = [found.there(area) for area in found.found.areas]
    assert areas[-1].all() and all((small <= large).all() for small, large in pairwise(areas))
    right = max(areas, key=lambda inside: (inside == (x > 0.6)).mean())
    assert (right == (x > 0.6)).mean() > 0.95
    # What is expected to work has an estimated error within the requirement: a bit of the bad part, for the bulk of the good one.
    assert found.found.works_error <= 0.2 < 0.26
    assert found.there(found.expected).mean() > 0.8


def test_rows_that_judge_do_not_shape_it(shaped):
    case, about, found = shaped
    judges = np.isin(case.apart.source_rows, found.source_rows)
    assert judges.sum() > 100 and not np.isin(found.source_rows, case.splits.source_choose).any()
    shaping = np.setdiff1d(case.apart.target_rows, found.target_rows)
    assert len(shaping) == len(found.target_rows) == 600

    def masks(wrong):
        return [a.inside for a in region.shape(case, replace(about, wrong=wrong), NEEDED).found.areas]

    same = masks(np.where(judges, ~about.wrong, about.wrong))
    assert all((a == b.inside).all() for a, b in zip(same, found.found.areas, strict=True))
    # The rows that do shape it would have changed it.
    turned = masks(np.where(judges, about.wrong, ~about.wrong))
    assert any((a != b.inside).any() for a, b in zip(turned, found.found.areas, strict=False))


def test_a_permitted_rise_is_one_over_the_error_of_the_rows_that_shape(shaped):
    """Errors of the rows that judge don't move the limit that shapes the areas."""
    allowed = Requirement(value=0.1, quantity="error_drop", kind="max_drop")
    case, about, _ = shaped
    found = region.shape(case, about, allowed)
    source, target = WORLD.draw(1200, 1200, 0)
    labels = source.y.copy()
    labels[found.source_rows] = 1 - labels[found.source_rows]
    other = case_of(
        wt.Problem(source.X, labels, target.X),
        predictions=wt.Predictions(WORLD.model(source.X), WORLD.model(target.X)),
    )
    assert other.source_error != case.source_error
    assert region.shape(other, about, allowed).required == found.required
    learning = np.setdiff1d(case.splits.source_evaluate, found.source_rows)
    wrong = WORLD.model(source.X)[learning] != source.y[learning]
    assert found.required == pytest.approx(0.1 + wrong.mean())


def test_whole_groups_shape_it_or_judge_it():
    source, target = WORLD.draw(600, 600, 1)
    groups = tuple(np.arange(600) // 3 for _ in range(2))
    problem = wt.Problem(source.X, source.y, target.X, groups=groups)
    case = case_of(problem)
    found = region.shape(case, why.errors(case), replace(NEEDED, value=0.5))
    for rows, domain in ((found.source_rows, "source"), (found.target_rows, "target")):
        pool = case.splits.source_evaluate if domain == "source" else np.arange(600)
        left = np.setdiff1d(pool, rows)
        assert len(left) and not np.intersect1d(groups[0][rows], groups[0][left]).size


def test_the_claim_is_the_formula_of_the_support_bound_on_exact_limits(asserted):
    claim = asserted.claim("region_error.support")
    # The claim's share of δ goes to all nested areas alike, and half of each to either term.
    share = claim.detail["delta"] / claim.detail["areas_tried"] / 2
    # 1,200 target rows, half of them judge; 480 source rows evaluate, half of them judge.
    outside, hits = round((1 - claim.detail["share"]) * 600), claim.detail["terms"]["region_error"]
    known = [beta.ppf(1 - share, k + 1, 240 - k) for k in range(240)]
    assert min(abs(np.array(known) - hits)) < 1e-9
    most = beta.ppf(1 - share, outside + 1, 600 - outside)
    assert claim.upper == pytest.approx(2.0 * hits / (1 - most), abs=1e-9)
    assert (claim.level, claim.quantity, claim.theorem) == ("conditional", "region_error", "support")
    assert {a.id: str(a.status) for a in claim.assumptions} == {
        "covariate_shift": "declared",
        "ratio_on_region": "declared",
        "model_not_trained_on_source": "untested",
    }
    validate(asserted.document)


def test_it_certifies_most_of_where_the_model_works(asserted):
    """Required .4: on all of the target the bound is 2·.34 = .68; on x > .6, four fifths of it, the error is .1."""
    claim = asserted.claim("region_error.support")
    assert 0.1 < claim.upper <= 0.4 < asserted.claim("target_error.support").upper
    assert 0.5 < claim.detail["share"] < 0.95
    # Labels know more: they certify the whole.
    works = asserted.document["diagnosis"]["regions"]["works"]["certificate"]
    assert (works["answer"], works["share"]) == ("works", 1.0) and 0.26 < works["upper"] <= 0.4
    diagnosis = asserted.document["diagnosis"]
    assert "labels certify that it works on all rows (100 % of the target)" in said(diagnosis)[1]
    # A document of an earlier version, which knew of one region only, is said as well.
    older = {key: works[key] for key in works if key not in {"rule", "share"}}
    regions = {**diagnosis["regions"], "works": {**diagnosis["regions"]["works"], "certificate": older}}
    assert "labels certify that it works" in said({"regions": regions})[1]
    # What half of the labels leave open of all rows, the claims say with all of them.
    for share, lines in ((1.0, 1), (0.5, 2)):
        open_ = {**works, "answer": "undecided", "share": share}
        regions["works"]["certificate"] = open_
        assert len(said({"regions": regions})) == lines


def test_the_region_s_claim_decides_nothing_about_the_whole_target(asserted):
    assert asserted.verdict.requirement.quantity == "target_error"
    assert "region_error" not in asserted.verdict.reason


def test_it_spends_its_share_of_delta(asserted):
    spent = {row["id"]: row["delta"] for row in asserted.document["provenance"]["delta_spent"]}
    assert spent["region_error.support"] == spent["source_error"]
    assert sum(spent.values()) <= 0.05 + 1e-12


def test_without_an_assertion_there_is_a_condition_and_no_claim(shaped):
    case, _, found = shaped
    wide = replace(found, required=0.3)
    assert region.claims(case, wide, None) == []
    condition = told(case, wide, foreign=False)["works"]["condition"]
    # On x > .6 the population's break-even ratio is .3·.8/.04 = 6, the true one 2, and T/S of any part of it is 2.
    assert condition["answer"] in {"met", "open"} and condition["share"] > 0.5
    assert condition["ratio_at_least"] <= 2.0 < condition["ratio_at_most"] < 6.0
    assert "covariate shift" in condition["text"] and condition["rule"] in condition["text"]
    assert condition["text"] in said({"regions": told(case, wide, foreign=False)})


def test_an_estimate_for_rows_that_the_source_has_not_is_no_expectation(shaped):
    """On Gentoo the estimated error is .02 and the true one .47: nobody there looks like an Adelie."""
    case, _, found = shaped
    wide = replace(found, required=0.3)
    assert told(case, wide, foreign=False)["text"].endswith("if errors at the same inputs stayed the same")
    text = told(case, wide, foreign=True)["text"]
    assert "a guess" in text and "expected" not in text
    penguins = wt.Problem.read(demo.domain("Adelie"), demo.domain("Gentoo"), label="sex")
    document = wt.audit(penguins, tolerance=0.2, theorems=[]).document
    validate(document)
    seen = document["diagnosis"]
    assert seen["shift"]["kind"] == "support"
    assert seen["regions"]["text"].startswith("on 100 % of the target, all rows, the estimated error is 0.0")
    assert seen["regions"]["text"].endswith("so that this is a guess")


def test_an_area_that_is_more_frequent_than_the_condition_allows_is_refuted(shaped):
    """Required .03: the break-even ratio .03·.8/.04 = .6 lies below T/S = 2."""
    case, _, found = shaped
    strict = told(case, replace(found, required=0.03), foreign=False)["works"]["condition"]
    assert strict["answer"] == "refuted" and strict["ratio_at_least"] > strict["ratio_at_most"]


def test_groups_are_judged_with_all_their_rows():
    """How many rows of a group lie in an area may go with how many of them are wrong there: shares of groups, not the rows within."""
    problem, predictions = drawn(labels=True)
    case = case_of(problem, predictions=predictions)
    groups = np.arange(1200) // 8
    case = replace(case, ties=(case.ties[0], Ties(domain="target", groups=groups)))
    found = region.shape(case, why.errors(case), NEEDED)
    certificate = told(case, found, foreign=False)["works"]["certificate"]
    area = next(a for a in found.found.areas if a.rule == certificate["rule"])
    inside, wrong = found.there(area), case.subject.certified.codes != problem.target.labels
    judges = found.target_rows
    counts = [
        np.bincount(groups[judges], weights=mask[judges]).astype(int)[np.unique(groups[judges])]
        for mask in (wrong & inside, inside, np.ones(1200, dtype=bool))
    ]
    limits = part_limits(*counts, 0.05 / len(found.found.areas))
    assert (certificate["lower"], certificate["upper"]) == pytest.approx(limits, abs=1e-9)
    assert certificate["wrong"] == counts[0].sum()


def test_labels_that_look_chosen_certify_no_region():
    problem, predictions = drawn(labels=True)
    case = case_of(problem, predictions=predictions)
    found = region.shape(case, why.errors(case), NEEDED)
    assert told(case, found, foreign=False)["works"]["certificate"] is not None
    chosen = IID.with_status(wt.Status.REJECTED, test="copies")
    for doubtful in (replace(case, chosen=chosen), replace(case, copies=(None, chosen))):
        assert told(doubtful, found, foreign=False)["works"]["certificate"] is None


def test_labels_that_may_be_wrong_certify_no_region(shaped):
    case, _, found = shaped
    works = told(replace(case, label_noise=0.05), found, foreign=False)["works"]
    assert works["certificate"] is None and works["condition"] is None


def test_the_limit_holds_in_repeated_draws():
    """Regions as they are shaped, forty draws at δ = .2: the error within exceeds the limit no more often than it may."""
    misses, rng = 0, np.random.default_rng(0)
    for _ in range(40):
        cut = rng.uniform(0.55, 0.9)
        x, t = rng.random(150), 0.5 + 0.5 * rng.random(150)
        wrong = rng.random(150) < np.where((x > 0.3) & (x <= 0.6), 0.9, 0.1)
        hits, out = int((wrong & (x > cut)).sum()), int((t <= cut).sum())
        limits = (beta.ppf(0.9, hits + 1, 150 - hits), beta.ppf(0.9, out + 1, 150 - out))
        within = Support().within(region_error=limits[0], outside=limits[1], ratio=2.0).upper
        true = (0.9 * max(0.6 - cut, 0) + 0.1 * (1 - max(cut, 0.6))) / (1 - cut)
        misses += within < true
    # The 99.9 % quantile of Bin(40, .2).
    assert misses <= 16
