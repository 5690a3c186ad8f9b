"""What stands on a kind of shift that the target's rows reject is withheld or doubted, and that is said."""

import numpy as np
import pytest

import whytransfer as wt
from whytransfer.claims import Status
from whytransfer.estimators import ESTIMATORS
from whytransfer.steps import rejected_shift

CORRECTIONS = {"bbse", "em", "cot_em", "cott_em"}

pytestmark = pytest.mark.usefixtures("without_back_test")


def audited(world, n=500, seed=0, known=0, **options):
    source, target = world.draw(n, n, seed)
    labels = np.where(np.arange(n) < known, target.y.astype(float), np.nan) if known else None
    return wt.audit(wt.Problem(source.X, source.y, target.X, labels), tolerance=0.5, **options)


def estimates(audit):
    return {c.id.removeprefix("target_error.") for c in audit.claims if c.level == "estimated"}


def test_they_are_those_that_stand_on_it():
    assert {name for name, kind in ESTIMATORS.items() if kind.on_label_shift} == CORRECTIONS
    for name, kind in ESTIMATORS.items():
        assert kind.on_label_shift == ("label shift" in kind.assumption), name


def test_without_a_rejection_nothing_is_withheld():
    assert rejected_shift.withheld(None) == {} and rejected_shift.doubted((), None) == []


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
