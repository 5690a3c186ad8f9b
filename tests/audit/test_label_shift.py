"""Corrections for label shift are withheld where label shift is rejected, and that is said."""

import pytest

import whytransfer as wt
from whytransfer.claims import Status
from whytransfer.estimators import ESTIMATORS
from whytransfer.steps import label_shift

CORRECTIONS = {"bbse", "em", "cot_em", "cott_em"}

pytestmark = pytest.mark.usefixtures("without_back_test")


def audited(world, n=500, seed=0, **options):
    source, target = world.draw(n, n, seed)
    return wt.audit(wt.Problem(source.X, source.y, target.X), tolerance=0.5, **options)


def estimates(audit):
    return {c.id.removeprefix("target_error.") for c in audit.claims if c.level == "estimated"}


def test_they_are_those_that_stand_on_it():
    assert {name for name, kind in ESTIMATORS.items() if kind.on_label_shift} == CORRECTIONS
    for name, kind in ESTIMATORS.items():
        assert kind.on_label_shift == ("label shift" in kind.assumption), name


def test_without_a_rejection_nothing_is_withheld():
    assert label_shift.withheld(None) == {} and label_shift.doubted((), None) == []


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
