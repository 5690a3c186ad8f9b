"""What stands on a kind of shift that the target's rows reject is withheld or doubted, and that is said."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import binom

import whytransfer as wt
from whytransfer.claims import Status
from whytransfer.estimators import ESTIMATORS
from whytransfer.steps import rejected_shift
from whytransfer.steps.refuted import LEAST, SUPREMA, radii
from whytransfer.theorems import break_even_radius

CORRECTIONS = {"bbse", "em", "cot_em", "cott_em"}

pytestmark = pytest.mark.usefixtures("without_back_test")


def audited(world, n=500, seed=0, known=0, **options):
    source, target = world.draw(n, n, seed)
    labels = np.where(np.arange(n) < known, target.y.astype(float), np.nan) if known else None
    return wt.audit(wt.Problem(source.X, source.y, target.X, labels), **{"tolerance": 0.5, **options})


def estimates(audit):
    return {c.id.removeprefix("target_error.") for c in audit.claims if c.level == "estimated"}


def test_they_are_those_that_stand_on_it():
    assert {name for name, kind in ESTIMATORS.items() if kind.on_label_shift} == CORRECTIONS
    for name, kind in ESTIMATORS.items():
        assert kind.on_label_shift == ("label shift" in kind.assumption), name


def test_without_a_rejection_nothing_is_withheld():
    assert rejected_shift.withheld(None) == {} and rejected_shift.rejections(None) == {}


def test_inputs_that_moved_withhold_them_all():
    """The columns reject label shift, though two predicted shares can always be explained: the programme of B13 sees nothing."""
    audit = audited(wt.lab.planted_inputs(), theorems=["label_shift_lp"], assume={"label_shift": True})
    assert audit.document["diagnosis"]["shift"]["label_shift"]["rejected"]
    assert not estimates(audit) & CORRECTIONS
    left = audit.claim("target_error.panel").detail["left_out"]
    assert all("label shift is rejected" in left[name] for name in CORRECTIONS)
    # The certificate that was asserted to stand on it is doubted, and decides nothing.
    asserted = audit.claim("target_error.label_shift_lp")
    assert [a.status for a in asserted.assumptions if a.id == "label_shift"] == [Status.REJECTED]
    assert audit.verdict.basis != "conditional"


def test_shares_that_moved_keep_them():
    audit = audited(wt.lab.planted_labels(), theorems=["label_shift_lp"], assume={"label_shift": True})
    assert not audit.document["diagnosis"]["shift"]["label_shift"]["rejected"]
    assert estimates(audit) >= CORRECTIONS
    asserted = audit.claim("target_error.label_shift_lp")
    assert [a.status for a in asserted.assumptions if a.id == "label_shift"] == [Status.DECLARED]


COVARIATE = {"radius.tv": 0.05, "covariate_shift": True}


def test_labels_with_another_meaning_doubt_what_was_asserted_of_them():
    """Other labels at the same inputs: 150 of them reject covariate shift, and nothing that stands on it decides."""
    options = {"theorems": ["labelling_functions"], "assume": COVARIATE}
    blind = audited(wt.lab.concept_shift(), **options)
    stands = {a.id: a for a in blind.claim("target_error.labelling_functions").assumptions}
    assert stands["covariate_shift"].status is Status.DECLARED and blind.verdict.basis == "conditional"
    seen = audited(wt.lab.concept_shift(), known=150, **options)
    assert seen.document["diagnosis"]["shift"]["concept"]["rejected"]
    stands = {a.id: a for a in seen.claim("target_error.labelling_functions").assumptions}
    assert stands["covariate_shift"].status is Status.REJECTED and "labels" in stands["covariate_shift"].test
    assert stands["radius.tv"].status is Status.DECLARED
    assert seen.verdict.basis != "conditional"


def test_labels_that_mean_the_same_leave_it_asserted():
    audit = audited(wt.lab.planted_inputs(), known=150, theorems=["labelling_functions"], assume=COVARIATE)
    stands = {a.id: a for a in audit.claim("target_error.labelling_functions").assumptions}
    assert stands["covariate_shift"].status is Status.DECLARED


# Numbers that were asserted of the shift


@pytest.mark.parametrize("kind", LEAST)
def test_the_least_radius_is_that_of_two_coins(kind):
    """Brute force over all pairs of shares that are v apart."""
    v, p = 0.37, np.linspace(0.0, 1.0 - 0.37, 20_001)
    found = [break_even_radius(kind, float(s), float(s + v)) for s in p]
    least = min(r for r in found if r is not None)
    assert least >= LEAST[kind](v) - 1e-12
    # Pinsker's inequality is all but exact.
    assert least == pytest.approx(LEAST[kind](v), abs=0.01 if kind == "kl" else 1e-6)


RADII = {"radius.tv": 0.05, "radius.kl": 0.01, "radius.chi2": 0.01, "radius.hellinger": 0.002, "ratio": 1.1}


def test_a_radius_that_the_domains_are_farther_apart_than_decides_nothing():
    """N(0, 1) against N(2, 1): half-lines differ by .68, and the audit itself proves .4."""
    world, enough = wt.lab.gaussians(mean=2.0), dict.fromkeys(RADII, 9.0)
    audit = audited(world, n=400, theorems=["ball"], assume=RADII, tolerance=0.2)
    least = max(audit.claim(id_).lower for id_ in SUPREMA)
    assert least > 0.3
    for key in RADII:
        claim = next(c for c in audit.claims if [a.id for a in c.assumptions] == [key])
        assert claim.assumptions[0].status is Status.REJECTED and claim.upper is not None
        assert any(w.startswith(f"what was assumed is rejected: {key};") for w in audit.warnings)
    assert audit.verdict.basis != "conditional"
    # Of the radius at which the requirement would break even the same is said.
    even = {b["unknown"]: b for b in audit.document["break_even"]}
    for key in RADII:
        assert ("this route can't certify" in even[key]["text"]) is (
            even[key]["value"] < LEAST[key.removeprefix("radius.")](least)
        )
    assert any("this route can't certify" in b["text"] for b in even.values())
    wide = audited(world, n=400, theorems=["ball"], assume=enough)
    balls = [c for c in wide.claims if c.id.startswith("target_error.ball")]
    assert len(balls) == 5 and all(a.status is Status.DECLARED for c in balls for a in c.assumptions)
    assert not any("what was assumed is rejected" in w for w in wide.warnings)


def test_a_radius_as_large_as_the_truth_is_hardly_ever_rejected():
    """The limits that reject it fail with their δ: of 200 draws at the true total variation next to none."""
    rng, misses = np.random.default_rng(0), 0
    truth = wt.lab.gaussians(mean=1.0).truth["total_variation"]
    for seed in range(200):
        here, there = rng.normal(size=(60, 1)), rng.normal(1.0, 1.0, (60, 1))
        made = [
            wt.divergence(n, here, there, delta=0.05, seed=seed) for n in ("half_line", "interval", "stump")
        ]
        case = SimpleNamespace(assume={"radius.tv": truth})
        misses += bool(radii(case, made))
    assert misses <= binom.ppf(0.999, 200, 0.15)


@pytest.mark.parametrize(("share", "status"), [(0.9, Status.REJECTED), (0.5, Status.DECLARED)])
def test_shares_that_target_labels_exclude_are_rejected(share, status):
    audit = audited(
        wt.lab.no_shift(), known=200, theorems=["prevalence", "tv_lower"], assume={"prevalence.1": share}
    )
    for id_ in ("target_error.prevalence", "error_sum_lower.tv_lower"):
        stands = {a.id: a for a in audit.claim(id_).assumptions}
        assert stands["prevalence"].status is status, id_
    assert any("what was assumed is rejected: prevalence;" in w for w in audit.warnings) is (
        status is Status.REJECTED
    )
