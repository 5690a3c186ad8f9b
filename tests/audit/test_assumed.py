"""Bounds that stand on an assertion about the shift: their values by closed forms, and what is refused."""

import numpy as np
import pytest

import whytransfer as wt

pytestmark = pytest.mark.usefixtures("without_back_test")


@pytest.fixture(scope="module")
def shifted():
    """A label shift of known strength, without its target labels."""
    return wt.lab.label_shift().draw(2000, 2000, seed=1)


@pytest.fixture(scope="module")
def few():
    """As few rows of it as formulas need."""
    return wt.lab.label_shift().draw(200, 200, seed=1)


def asserted(keys):
    """The theorems that these keys open, and no others."""
    opened = {"label_shift": "label_shift_lp", "prevalence": "prevalence", "radius": "ball", "ratio": "ball"}
    return sorted({opened[key.partition(".")[0]] for key in keys})


def audited(shifted, **assume):
    source, target = shifted
    keys = {k.replace("__", "."): v for k, v in assume.items()}
    return wt.audit(
        wt.Problem(source.X, source.y, target.X), tolerance=0.25, assume=keys, theorems=asserted(keys)
    )


@pytest.fixture(scope="module")
def asserted_all(few):
    """Everything asserted at once: each bound has its own share of δ, so that each is the one it would be alone at that δ."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("whytransfer.steps.run.backtest.record", lambda *case: None)
        balls = {"ratio": 2.0, "radius__tv": 0.05, "radius__chi2": 0.1, "radius__kl": 0.1}
        return audited(few, label_shift=True, prevalence__0=0.1, **balls)


@pytest.mark.parametrize(
    ("key", "worst"),
    [
        ("tv", lambda p: p + 0.05),
        ("chi2", lambda p: p + np.sqrt(0.1 * p * (1 - p))),
        ("ratio", lambda p: 2 * p),
    ],
)
def test_a_ball_around_the_source_is_its_closed_form(asserted_all, key, worst):
    audit = asserted_all
    (claim,) = (c for c in audit.claims if c.id.startswith("target_error.ball") and key in c.id)
    rows = claim.detail["delta"]
    errors = audit.claim("source_error").detail["errors"]
    upper = wt.interval(
        "clopper_pearson", errors, audit.claim("source_error").detail["rows"], delta=rows
    ).upper
    assert claim.upper == pytest.approx(min(1.0, worst(upper)), abs=1e-9)
    assert (claim.level, [a.status for a in claim.assumptions]) == ("conditional", ["declared"])


def test_label_shift_asserted_covers_the_truth_and_decides(shifted):
    _, target = shifted
    audit = audited(shifted, label_shift=True)
    claim = audit.claim("target_error.label_shift_lp")
    truth = (audit.model.predict(target.X) != target.y).mean()
    assert claim.lower < truth < claim.upper < 0.25
    assert (audit.verdict.answer, audit.verdict.basis) == ("works", "conditional")
    assert claim.id in audit.verdict.reason


def test_label_shift_that_the_data_contradict_never_decides(shifted):
    source, target = shifted
    # The domains are alike but for the label shift that is asserted away: every predicted class turned round.
    said = wt.Predictions(source.y, np.full(len(target.y), source.y[0]))
    noisy = wt.Predictions(
        np.where(np.random.default_rng(0).random(2000) < 0.3, 1 - source.y, source.y), said.target
    )
    problem = wt.Problem(source.X, source.y, target.X)
    audit = wt.audit(
        problem, predictions=noisy, tolerance=1.0, assume={"label_shift": True}, trained_on_source=False
    )
    claim = audit.claim("target_error.label_shift_lp")
    assert claim.upper is None
    assert "rejected" in {a.status for a in claim.assumptions}
    assert audit.verdict.basis != "conditional"


def test_the_share_of_one_class_gives_both_limits(shifted):
    _, target = shifted
    audit = audited(shifted, prevalence__1=0.9)
    claim = audit.claim("target_error.prevalence")
    truth = (audit.model.predict(target.X) != target.y).mean()
    assert claim.lower < truth < claim.upper


def test_what_is_asserted_shares_the_budget(asserted_all):
    audit = asserted_all
    spent = [
        c.detail["delta"]
        for c in audit.claims
        if c.level in ("proved", "conditional") and c.detail.get("delta")
    ]
    assert sum(spent) <= 0.05 * (1 + 1e-12)
    assert len([c for c in audit.claims if c.id.startswith("target_error.ball")]) == 4


@pytest.mark.parametrize(
    "assume",
    [
        {"ratio": 0.5},
        {"radius.tv": -0.1},
        {"radius.foo": 1.0},
        {"prevalence.2": 0.1},
        {"prevalence.0": 0.7, "prevalence.1": 0.7},
        {"prevalence.0": 1.5},
        {"label_shift": "no"},
        {"lipschitz": -1.0},
        {"range": 0.0},
        {"covariate_shift": 0.3},
    ],
    ids=str,
)
def test_assertions_that_make_no_sense_are_refused_in_one_line(few, assume):
    source, target = few
    with pytest.raises(wt.InputError) as error:
        wt.audit(wt.Problem(source.X, source.y, target.X), assume=assume)
    assert "\n" not in str(error.value)
