"""`diff` on audits as they are made: which claim decided, and whether the model is another."""

import whytransfer as wt
from tests.audit import cases


def audited(*, seed=0, labelled=True, model="stump", tolerance=0.4, **more):
    source, target = cases.rows(120, 150, seed)
    yt = target.y if labelled else None
    return wt.audit(
        wt.Problem(source.X, source.y, target.X, yt),
        model,
        tolerance=tolerance,
        time_budget=0,
        **more,
        **cases.QUICK,
    )


def test_the_claim_that_decides_is_told_beside_what_it_was():
    old, new = audited(), audited(tolerance=0.05)
    assert (old.verdict.answer, new.verdict.answer) == ("works", "fails")
    stands = "the new answer stands on target_error.direct ("
    (said,) = [line for line in wt.diff(old, new).why if line.startswith(stands)]
    assert said.endswith(", proved), as in the old audit")
    # Other rows, and what they say of the same claim.
    (said,) = [line for line in wt.diff(old, audited(seed=1, tolerance=0.05)).why if line.startswith(stands)]
    assert "; in the old audit it is " in said


def test_an_estimate_that_took_the_place_of_a_certificate_is_told():
    told = wt.diff(audited(), audited(labelled=False, tolerance=0.2))
    assert any(line.startswith("the new answer stands on target_error.panel (") for line in told.why)
    assert any(
        line.startswith("the old answer stands on target_error.direct (")
        and line.endswith("which the new audit does not have")
        for line in told.why
    )


def test_another_model_is_a_cause():
    told = wt.diff(audited(), audited(model="logistic"))
    (line,) = [line for line in told.why if line.startswith("the model is another: ")]
    assert "stump" in line and line.endswith("logistic regression trained on the source's training rows")


def test_an_option_that_was_left_out_is_told_in_words():
    told = wt.diff(audited(), audited(max_drop=0.3, tolerance=None, require="certified"))
    assert "option require: 'estimated' and 'certified'" in told.why
    assert not any("None" in line for line in told.why)
