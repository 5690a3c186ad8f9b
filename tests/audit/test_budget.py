"""δ is declared once and spent: who gets what, and whether the limits are those of that δ."""

import numpy as np
import pytest
from scipy.stats import beta, hypergeom

import whytransfer as wt
from tests.audit import cases

pytestmark = pytest.mark.usefixtures("without_back_test")


def clopper_pearson(errors, n, delta):
    """Both one-sided exact limits, from the quantiles of the beta distribution."""
    lower = beta.ppf(delta, errors, n - errors + 1) if errors else 0.0
    upper = beta.ppf(1 - delta, errors + 1, n - errors) if errors < n else 1.0
    return lower, upper


ASSUMED = {"class": "stumps", "lambda": 0.2}
SIGMA_TAU = {"class": "stumps", "sigma": 0.2, "tau": 0.2}


@pytest.mark.parametrize(
    ("make", "assume", "delta"),
    [
        (cases.labelled, None, 0.05),
        (cases.labelled, ASSUMED, 0.05),
        (cases.labelled, SIGMA_TAU, 0.2),
        (cases.unlabelled, None, 0.2),
        (cases.unlabelled, SIGMA_TAU, 0.05),
    ],
    ids=["labels", "labels_lambda", "labels_sigma_tau", "nothing", "sigma_tau"],
)
def test_all_sure_claims_hold_together_at_one_minus_delta(make, assume, delta):
    audit = wt.audit(make(60, 60), assume=assume, delta=delta)
    spent = [c.detail["delta"] for c in cases.surely(audit) if c.confidence is not None]
    assert len(spent) >= 7
    assert sum(spent) <= delta * (1 + 1e-12)
    others = sum(c.detail["delta"] for c in cases.surely(audit) if c.id != "target_error.direct" and c.delta)
    assert others <= delta / 2 * (1 + 1e-12)
    if make is cases.labelled:
        assert audit.claim("target_error.direct").detail["delta"] == delta / 2


def test_the_ledger_adds_up_where_a_drop_is_asked_for():
    audit = wt.audit(cases.labelled(60, 60), max_drop=0.5, **cases.QUICK)
    spent = [c.detail["delta"] for c in audit.claims if c.level in ("proved", "conditional") and c.delta]
    assert sum(spent) <= 0.05 * (1 + 1e-12)


def test_the_drop_spends_nothing_of_its_own_and_fails_when_a_part_does():
    audit = wt.audit(cases.labelled(60, 60), max_drop=0.5, **cases.QUICK)
    drop, direct, source = (audit.claim(k) for k in ("error_drop", "target_error.direct", "source_error"))
    assert drop.detail["delta"] == 0.0
    assert drop.delta == pytest.approx(direct.detail["delta"] + source.detail["delta"], abs=1e-12)
    assert drop.lower == pytest.approx(direct.lower - source.upper, abs=1e-12)
    assert drop.upper == pytest.approx(direct.upper - source.lower, abs=1e-12)
    assert drop.estimate == pytest.approx(direct.estimate - source.estimate, abs=1e-12)
    assert drop.level == "proved"


def test_what_was_spent_is_in_the_provenance(with_labels):
    listed = {row["id"]: row["delta"] for row in with_labels.document["provenance"]["delta_spent"]}
    spent = {c.id: c.delta for c in with_labels.claims if c.level in ("proved", "conditional") and c.delta}
    assert listed == spent


@pytest.mark.parametrize("known", [1, 20, 60])
def test_the_direct_certificate_is_clopper_pearson(known):
    source, target = cases.rows(60, 60)
    yt = np.where(np.arange(60) < known, target.y.astype(float), np.nan)
    said = wt.Predictions(source.y, (target.X[:, 0] > 0.1).astype(int))
    problem = wt.Problem(source.X, source.y, target.X, yt)
    claim = wt.audit(problem, predictions=said, delta=0.1, **cases.QUICK).claim("target_error.direct")
    errors = int((said.target[:known] != target.y[:known]).sum())
    lower, upper = clopper_pearson(errors, known, 0.05)
    assert (claim.detail["errors"], claim.detail["rows"]) == (errors, known)
    assert claim.estimate == errors / known
    assert claim.lower == pytest.approx(lower, abs=1e-12)
    assert claim.upper == pytest.approx(upper, abs=1e-12)
    assert (claim.level, claim.confidence, claim.theorem) == ("proved", 0.95, "clopper_pearson")


def test_the_source_error_is_counted_on_rows_that_trained_nothing(with_labels):
    source, _ = cases.rows()
    rows = with_labels.splits.source_evaluate
    claim = with_labels.claim("source_error")
    errors = int((with_labels.model.predict(source.X[rows]) != source.y[rows]).sum())
    lower, upper = clopper_pearson(errors, len(rows), claim.detail["delta"])
    assert claim.estimate == errors / len(rows)
    assert claim.lower == pytest.approx(lower, abs=1e-12)
    assert claim.upper == pytest.approx(upper, abs=1e-12)
    # The model is the one of the training rows, and of no others.
    refit = wt.audit(cases.labelled(), model="logistic", tolerance=0.5, **cases.QUICK).model
    rows = with_labels.splits.source_train
    by_hand = refit.__class__(refit.steps).fit(source.X[rows], source.y[rows])
    grid = np.linspace(-3, 4, 500)[:, None]
    assert np.array_equal(by_hand.predict_proba(grid), with_labels.model.predict_proba(grid))


def test_the_whole_file_known_leaves_no_doubt_and_half_of_it_does():
    source, target = cases.rows(60, 60)
    said = wt.Predictions(source.y, (target.X[:, 0] > 0.1).astype(int))
    wrong = said.target != target.y
    whole = wt.Problem(source.X, source.y, target.X, target.y)
    exact = wt.audit(whole, predictions=said, population="file", **cases.QUICK).claim("target_error")
    assert exact.lower == exact.estimate == exact.upper == wrong.mean()
    assert exact.level == "proved"
    yt = np.where(np.arange(60) < 30, target.y.astype(float), np.nan)
    half = wt.Problem(source.X, source.y, target.X, yt)
    open_ = wt.audit(half, predictions=said, population="file", **cases.QUICK).claim("target_error")
    assert open_.lower < wrong[:30].mean() < open_.upper
    # A draw without replacement, counted exactly: no file that the limits leave out explains what was seen at δ/2.
    delta, errors = 0.025, int(wrong[:30].sum())
    possible = [
        hits / 60
        for hits in range(errors, 60 - (30 - errors) + 1)
        if hypergeom.cdf(errors, 60, hits, 30) > delta and hypergeom.sf(errors - 1, 60, hits, 30) > delta
    ]
    assert (open_.lower, open_.upper) == pytest.approx((min(possible), max(possible)))
    law = wt.audit(whole, predictions=said, **cases.QUICK).claim("target_error")
    assert law.lower < law.estimate < law.upper


def slow_gain(xs, ys, xt, said):
    """The largest T(h ≠ h') − err_S(h') over cuts between values and labels on each side, by trying all of them."""
    cuts = [-np.inf, *sorted(set(xs) | set(xt))]
    return max(
        np.mean(np.where(xt <= t, left, right) != said) - np.mean(np.where(xs <= t, left, right) != ys)
        for t in cuts
        for left in (0, 1)
        for right in (0, 1)
    )


@pytest.mark.parametrize("population", ["law", "file"])
def test_a_bound_is_its_terms_and_for_a_whole_file_the_target_s_sampling_error_vanishes(population):
    source, target = cases.rows(80, 60)
    audit = wt.audit(
        wt.Problem(source.X, source.y, target.X),
        assume={"class": "stumps", "lambda": 0.3},
        theorems=["lagrangian"],
        population=population,
    )
    claim = audit.claim("target_error.lagrangian.stumps")
    s = audit.splits.source_evaluate
    t = np.arange(60) if population == "file" else audit.splits.target_evaluate
    gain = slow_gain(source.X[s, 0], source.y[s], target.X[t, 0], audit.model.predict(target.X[t]))
    inverse = 1 / len(s) + (0 if population == "file" else 1 / len(t))
    deviation = np.sqrt(inverse * np.log(1 / claim.detail["delta"]) / 2)
    assert claim.upper == pytest.approx(0.3 + gain + deviation, abs=1e-12)
    even = audit.document["break_even"][0]
    majority = audit.verdict.requirement.value
    assert even["lambda"] == pytest.approx(majority - gain - deviation, abs=1e-12)


@pytest.mark.parametrize("delta", [0, 0.5, 1, -0.1, float("nan"), None, "a"])
def test_a_delta_that_is_none_is_refused(delta):
    with pytest.raises(wt.InputError, match="delta"):
        wt.audit(cases.unlabelled(30, 30), delta=delta)
