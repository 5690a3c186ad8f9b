"""A file that is the whole target (THEORY F11): T^ is T, so that no limit pays for its rows."""

from math import log, sqrt

import numpy as np
import pytest
from scipy.stats import beta, binom

import whytransfer as wt
from tests.audit.test_bounds import worked_out
from whytransfer.errors import InputError
from whytransfer.hypotheses import Thresholds
from whytransfer.theorems import theorem

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
    names = ["version_space", "localised", "lagrangian", "disparity", "hdh", "cells", "prevalence"]
    return {
        population: worked_out(problem, assume=said, theorems=names, population=population)
        for population in ("law", "file")
    }


def test_an_audit_of_a_whole_file_never_pays_for_its_rows(audited):
    for name in ("version_space", "localised", "lagrangian", "disparity", "hdh", "cells", "prevalence"):
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
