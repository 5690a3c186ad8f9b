"""A file that is the whole target (THEORY F11): T^ is T, so that no limit pays for its rows."""

from math import log, sqrt
from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import beta, binom

import whytransfer as wt
from tests.audit.test_bounds import worked_out
from whytransfer.claims import Claim
from whytransfer.claims.intervals import Units
from whytransfer.errors import InputError
from whytransfer.hypotheses import Thresholds
from whytransfer.steps.bounds.desk import Desk
from whytransfer.steps.bounds.drawn_file import law_limit, of_file
from whytransfer.steps.met import TAUGHT_NOTHING, Meeting
from whytransfer.theorems import theorem
from whytransfer.theorems.assumptions import LABEL_SHIFT
from whytransfer.theorems.ball import KINDS

DELTA, SIGMA = 0.05, 0.1
RNG = np.random.default_rng(7)
XS, XT = RNG.random(60), RNG.random(45) + 0.3
YS = ((XS > 0.5) ^ (RNG.random(60) < 0.08)).astype(int)
HS, HT = (XS > 0.6).astype(int), (XT > 0.6).astype(int)
GROUPS = (None, np.arange(45) // 9)


def rules():
    """Source errors and target disagreements of every threshold rule, counted one by one."""
    cuts = [-np.inf, *np.sort(np.concatenate([XS, XT]))]
    for cut in cuts:
        for up in (True, False):
            s, t = ((x > cut) if up else (x <= cut) for x in (XS, XT))
            yield int((s != YS).sum()), int((t != HT).sum()), int((s != HS).sum())


def limit(name, **more):
    """The upper limit of a term where the target is known whole, although its rows come in groups."""
    return getattr(Thresholds(), name)(
        **more, delta=DELTA, groups=GROUPS, target_is_whole=True, classes=(0, 1)
    ).upper


def kept(failure):
    """Rules that the exact test of "error ≤ σ" does not reject."""
    return [rule for rule in rules() if binom.sf(rule[0] - 1, 60, SIGMA) > failure]


SAMPLE = {"h": (HS, HT), "Xs": XS, "Xt": XT}


def test_the_version_space_counts_and_spends_all_of_delta_on_its_test():
    largest = max(apart for _, apart, _ in kept(DELTA)) / 45
    assert limit("version_space", **SAMPLE, ys=YS, sigma=SIGMA) == pytest.approx(largest, abs=1e-12)


def test_a_version_space_of_a_sample_pays_for_it():
    drawn = Thresholds().version_space(**SAMPLE, ys=YS, sigma=SIGMA, delta=DELTA, classes=(0, 1)).upper
    count = max(apart for _, apart, _ in kept(DELTA / 2))
    assert drawn == pytest.approx(beta.ppf(1 - DELTA / 2, count + 1, 45 - count), abs=1e-9)


def test_suprema_pay_for_the_source_alone():
    term = sqrt(log(1 / DELTA) / (2 * 60))
    assert limit("disparity", **SAMPLE) == pytest.approx(max(t / 45 - s / 60 for _, t, s in rules()) + term)
    assert limit("lagrangian", **SAMPLE, ys=YS) == pytest.approx(
        max(t / 45 - e / 60 for e, t, _ in rules()) + term
    )
    inside = max(t / 45 - e / 60 for e, t, _ in kept(DELTA / 2))
    assert limit("lagrangian", **SAMPLE, ys=YS, level=SIGMA) == pytest.approx(
        inside + sqrt(log(2 / DELTA) / (2 * 60))
    )


def test_the_supremum_over_pairs_pays_for_the_source_alone():
    s, t = np.sort(XS), np.sort(XT)
    cuts = [-np.inf, *np.sort(np.concatenate([s, t]))]
    gap = [np.searchsorted(t, c, "right") / 45 - np.searchsorted(s, c, "right") / 60 for c in cuts]
    found = limit("discrepancy", Xs=XS, Xt=XT)
    assert found == pytest.approx(max(gap) - min(gap) + sqrt(log(1 / DELTA) / (2 * 60)))


def test_known_shares_of_cells_leave_delta_to_the_errors():
    claim = theorem("cells", source_counts=[50, 40], source_errors=[2, 8], target_shares=[0.25, 0.75])
    limits = [beta.ppf(1 - DELTA / 2, e + 1, n - e) for e, n in ((2, 50), (8, 40))]
    assert claim.upper == pytest.approx(0.25 * limits[0] + 0.75 * limits[1], abs=1e-9)
    assert claim.estimate == pytest.approx(0.25 * 0.04 + 0.75 * 0.2)
    one = theorem("cells", source_counts=[50], source_errors=[2], target_shares=[1.0])
    assert one.upper == pytest.approx(beta.ppf(1 - DELTA, 3, 48), abs=1e-9)


@pytest.mark.parametrize("more", [{}, {"target_counts": [1, 1], "target_shares": [0.5, 0.5]}])
def test_shares_or_counts_of_cells_not_both(more):
    with pytest.raises(InputError, match="either target_counts or target_shares"):
        theorem("cells", source_counts=[5, 5], source_errors=[0, 0], **more)


def test_a_known_disagreement_of_voters_leaves_delta_to_their_joint_errors():
    terms = {"source_votes": [[0, 1] * 20, [0, 0] * 20], "source_labels": [0, 1] * 20, "ratio": 1.5}
    claim = theorem("pac_bayes_ratio", target_disagreement=0.25, delta=DELTA, **terms)
    assert claim.confidence == pytest.approx(1 - DELTA)
    assert claim.upper < theorem("pac_bayes_ratio", target_disagreement=0.25, delta=DELTA / 2, **terms).upper


@pytest.fixture(scope="module")
def audited():
    """A file of one column, read as a draw and as the whole target."""
    x, z = np.random.default_rng(3).random((300, 1)), np.random.default_rng(4).random((200, 1)) + 0.2
    problem = wt.Problem(x, ((x[:, 0] > 0.5) ^ (np.random.default_rng(5).random(300) < 0.1)).astype(int), z)
    said = {"class": "thresholds", "sigma": 0.15, "tau": 0.1, "lambda": 0.3, "prevalence.1": 0.7}
    names = ["version_space", "localised", "lagrangian", "disparity", "hdh", "prevalence"]
    return {
        population: worked_out(problem, assume=said, theorems=names, population=population)
        for population in ("law", "file")
    }


def test_an_audit_of_a_whole_file_never_pays_for_its_rows(audited):
    for name in ("version_space", "localised", "lagrangian", "disparity", "hdh", "prevalence"):
        drawn, whole = (
            next(c for c in audited[p][2].claims if c.theorem == name and c.quantity == "target_error")
            for p in ("law", "file")
        )
        assert whole.upper < drawn.upper, name


def test_prevalence_of_a_whole_file_is_a_closed_form_without_delta(audited):
    case, _, said = audited["file"]
    claim = next(c for c in said.claims if c.theorem == "prevalence")
    share = float((case.subject.target.codes == 1).mean())
    assert (claim.lower, claim.upper) == pytest.approx(
        (abs(share - 0.7), 1 - max(0, 0.7 + share - 1, 0.3 + 1 - share - 1))
    )
    assert claim.detail["delta"] == 0.0


def test_the_version_space_of_a_whole_file_is_a_count_of_its_rows(audited):
    case, _, said = audited["file"]
    claim = next(c for c in said.claims if c.theorem == "version_space")
    rows, columns = case.splits.source_evaluate, case.columns
    s, t = columns.source[rows, 0], columns.target[:, 0]
    y, h, n = case.problem.source.labels[rows], case.subject.target.codes, len(rows)
    # Its share of δ is what its confidence says.
    failure = 1 - claim.confidence
    largest = max(
        int((((t > cut) == up) != h).sum())
        for cut in [-np.inf, *s, *t]
        for up in (True, False)
        if binom.sf(int((((s > cut) == up) != y).sum()) - 1, n, 0.15) > failure
    )
    assert claim.upper == pytest.approx(0.1 + largest / len(t), abs=1e-12)


# What is assumed of laws holds of no file


def desk_of(m, units=None, taught=None, met=None):
    """As much of a desk as the draw of a file of m rows is about."""
    case = SimpleNamespace(
        whole=True,
        units=lambda _: units or Units(n=m),
        dependence=lambda *_, **__: [],
        splits=SimpleNamespace(target_train=taught or ()),
        subject=SimpleNamespace(model=None),
        met=Meeting(rows=met),
    )
    return Desk(case=case, limit=0.3, source=None)


def claimed(lower, upper):
    return Claim(
        id="target_error.ball.tv", quantity="target_error", unit=wt.Unit.ERROR, level=wt.Level.CONDITIONAL, lower=lower,
        upper=upper, confidence=0.99, assumptions=(LABEL_SHIFT,), detail={"delta": 0.01},
    )  # fmt: skip


@pytest.mark.parametrize("m", [1, 20, 200, 5000])
@pytest.mark.parametrize("p", [0.0, 0.003, 0.1, 0.5, 0.97, 1.0])
def test_a_file_errs_beyond_the_limits_as_seldom_as_said(m, p):
    """The law's error is known here: what is left is the draw, whose tails are counted exactly."""
    made = of_file(desk_of(m), claimed(p, p), 0.05)
    counts = np.arange(m + 1) / m
    assert binom.pmf(np.flatnonzero(counts > made.upper + 1e-12), m, p).sum() <= 0.05
    assert binom.pmf(np.flatnonzero(counts < made.lower - 1e-12), m, p).sum() <= 0.05
    assert made.confidence == pytest.approx(0.94) and made.detail["delta"] == pytest.approx(0.06)
    assert made.detail["of_the_law"] == [p, p]


def test_of_a_model_that_was_adapted_to_rows_of_the_file_the_draw_is_an_assumption():
    """The mean of its errors on rows that taught it is not that of their law."""
    desks = desk_of(200), desk_of(200, taught=[0, 1]), desk_of(200, met=TAUGHT_NOTHING)
    free, *adapted = (of_file(desk, claimed(0.1, 0.1), 0.05) for desk in desks)
    assert "file_taught_nothing" not in {a.id for a in free.assumptions}
    for made in adapted:
        assert free.upper == made.upper and "file_taught_nothing" in {a.id for a in made.assumptions}


def test_the_limit_of_the_law_is_the_one_whose_files_stay_within_the_requirement():
    desk = desk_of(200)
    largest = law_limit(desk, 0.05)
    assert of_file(desk, claimed(0.0, largest), 0.05).upper == pytest.approx(0.3, abs=1e-9)
    assert 0.0 < law_limit(desk_of(4), 0.05) < 0.02  # two of four rows are soon wrong
    grouped = desk_of(40, Units.of(np.arange(40) // 4, 40))
    assert of_file(grouped, claimed(0.1, 0.2), 0.05).upper == pytest.approx(0.2 + sqrt(log(20) / 20))
    none = law_limit(grouped, 0.05)  # not even a law without errors
    assert none < 0.0 and none == pytest.approx(0.3 - sqrt(log(20) / 20))


ABOUT_LAWS = {
    "ball": {"radius.tv": 0.05},
    "labelling_functions": {"radius.tv": 0.05, "covariate_shift": True},
    "label_shift_lp": {"label_shift": True},
    "support": {"ratio": 2.0, "covariate_shift": True},
    "importance_weighting": {"ratio": 2.0, "covariate_shift": True},
    "cells": {},
    "wasserstein": {"lipschitz": 0.1, "range": 2.0, "covariate_shift": True},
    "pac_bayes_ratio": {"ratio": 1.5},
}


@pytest.mark.parametrize("name", ABOUT_LAWS)
def test_what_is_assumed_of_laws_pays_for_the_draw_of_the_file(name):
    x, z = np.random.default_rng(3).random((300, 1)), np.random.default_rng(4).random((200, 1)) + 0.05
    problem = wt.Problem(x, ((x[:, 0] > 0.5) ^ (np.random.default_rng(5).random(300) < 0.1)).astype(int), z)
    made = {}
    for population in ("law", "file"):
        _, _, bounds = worked_out(problem, assume=ABOUT_LAWS[name], theorems=[name], population=population)
        made[population] = next(c for c in bounds.claims if c.theorem == name)
    law, file = made["law"], made["file"]
    assert file.detail["population"] == "file" and "of_the_law" not in law.detail
    of_the_law = file.detail["of_the_law"][1]
    assert name == "cells" or file.upper > law.upper
    assert file.confidence == pytest.approx(law.confidence)
    if name == "wasserstein":
        assert file.upper == of_the_law > 1.0, "a vacuous limit of the law is one of the file"
    else:
        draw = -log((1.0 - law.confidence) / 2) / 200
        assert file.upper > of_the_law
        assert file.upper == pytest.approx(KINDS["kl"].worst(of_the_law, draw), abs=1e-12)
