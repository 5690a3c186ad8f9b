"""The PAC-Bayesian domain adaptation bounds: finite ensembles, where disagreement and joint errors are exact."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, norm

from whytransfer.claims import Level
from whytransfer.claims.intervals import Betting, interval
from whytransfer.errors import InputError
from whytransfer.theorems import break_even, theorem
from whytransfer.theorems.votes import disagreements, joint_errors

DRAWS, DELTA = 200, 0.1
unit = st.floats(0, 1)


def literal(votes, labels, rho):
    """R, d and e by loops over rows and pairs of voters."""
    H, n = votes.shape
    R = sum(rho[h] * (votes[h, i] != labels[i]) for h in range(H) for i in range(n)) / n
    d = e = 0.0
    for a, b, i in itertools.product(range(H), range(H), range(n)):
        d += rho[a] * rho[b] * (votes[a, i] != votes[b, i]) / n
        e += rho[a] * rho[b] * (votes[a, i] != labels[i] and votes[b, i] != labels[i]) / n
    return R, d, e


def test_e25_the_identity_of_germain():
    # Of ten rows: the first voter errs on 2, the second on 3, both on 1.
    votes = np.ones((2, 10), dtype=int)
    votes[0, [0, 1]] = 0
    votes[1, [0, 2, 3]] = 0
    labels = np.ones(10, dtype=int)
    assert disagreements(votes).mean() == pytest.approx(0.15)
    assert joint_errors(votes, labels).mean() == pytest.approx(0.175)
    claim = theorem("pac_bayes_da", target_disagreement=0.15, source_joint_error=0.175, joint_error_gap=0.0)
    assert claim.upper == pytest.approx(0.25)
    assert claim.detail["majority_vote_upper"] == pytest.approx(0.5)


@pytest.mark.parametrize("K", [2, 3, 4])
def test_half_of_d_plus_e_is_the_gibbs_error_for_two_classes_and_at_least_it_for_more(K):
    rng = np.random.default_rng(K)
    strict = 0
    for _ in range(30):
        votes, labels = rng.integers(0, K, (4, 6)), rng.integers(0, K, 6)
        rho = rng.dirichlet(np.ones(4))
        R, d, e = literal(votes, labels, rho)
        assert disagreements(votes, rho).mean() == pytest.approx(d)
        assert joint_errors(votes, labels, rho).mean() == pytest.approx(e)
        assert d / 2 + e >= R - 1e-12
        strict += d / 2 + e > R + 1e-9
    assert (strict == 0) == (K == 2)


def test_population_bounds_hold_and_fail_without_a_term():
    rng = np.random.default_rng(9)
    without_d = without_ratio = 0
    for _ in range(300):
        votes, labels = rng.integers(0, 2, (3, 5)), rng.integers(0, 2, 5)
        p, q = rng.dirichlet(np.ones(5)), rng.dirichlet(np.ones(5))
        rho = rng.dirichlet(np.ones(3))
        wrong = rho @ (votes != labels)
        d, e = disagreements(votes, rho), joint_errors(votes, labels, rho)
        R_s, R_t, B = p @ wrong, q @ wrong, float((q / p).max())
        gap = float(q @ e - p @ e)
        exact = theorem(
            "pac_bayes_da", target_disagreement=q @ d, source_joint_error=p @ e, joint_error_gap=gap
        )
        published = theorem(
            "pac_bayes_da",
            target_disagreement=q @ d,
            source_disagreement=p @ d,
            source_error=R_s,
            joint_error_gap=gap,
            form="published",
        )
        ratio = theorem("pac_bayes_ratio", ratio=B, target_disagreement=q @ d, source_joint_error=p @ e)
        assert exact.upper == pytest.approx(R_t)
        assert published.upper >= exact.upper - 1e-12
        assert ratio.upper >= R_t - 1e-12
        without_d += ratio.upper - q @ d / 2 < R_t - 1e-9
        without_ratio += q @ d / 2 + p @ e < R_t - 1e-9
    assert without_d > 10
    assert without_ratio > 50


@given(unit, unit, st.floats(1, 20), st.floats(1, 20), st.floats(-1, 1), st.floats(-1, 1))
def test_monotone(d, e, b1, b2, g1, g2):
    terms = {"target_disagreement": d, "source_joint_error": e}
    low, high = sorted((b1, b2))
    base = theorem("pac_bayes_ratio", ratio=low, **terms).upper
    assert theorem("pac_bayes_ratio", ratio=high, **terms).upper >= base
    assert theorem("pac_bayes_ratio", ratio=low, outside=0.1, **terms).upper >= base
    assert theorem("pac_bayes_ratio", ratio=low, **terms | {"target_disagreement": 1.0}).upper >= base
    low, high = sorted((g1, g2))
    base = theorem("pac_bayes_da", joint_error_gap=low, **terms).upper
    assert theorem("pac_bayes_da", joint_error_gap=high, **terms).upper >= base
    assert theorem("pac_bayes_da", joint_error_gap=low, **terms | {"source_joint_error": 1.0}).upper >= base


@given(unit, st.floats(0.01, 1), unit)
def test_break_even_is_closed_and_inverts_the_bound(d, e, requirement):
    terms = {"target_disagreement": d, "source_joint_error": e}
    ratio = break_even("pac_bayes_ratio", requirement, **terms)
    assert ratio == pytest.approx((requirement - d / 2) / e)
    if ratio >= 1:
        assert theorem("pac_bayes_ratio", ratio=ratio, **terms).upper == pytest.approx(requirement)
    gap = break_even("pac_bayes_da", requirement, **terms)
    assert gap == pytest.approx(requirement - d / 2 - e)


def test_break_even_without_joint_errors():
    assert break_even("pac_bayes_ratio", 0.2, target_disagreement=0.1, source_joint_error=0.0) is None
    assert break_even(
        "pac_bayes_ratio", 0.2, target_disagreement=0.6, source_joint_error=0.0
    ) == pytest.approx(-0.1)


class TestRows:
    """Five thresholds on N(−1, 1) and N(1, 1), balanced; the target is the same law or its labels are flipped."""

    CUTS = np.array([-0.6, -0.3, 0.0, 0.3, 0.6])
    TRUTH = float(
        np.mean([0.5 * norm.sf(c + 1) + 0.5 * norm.cdf(c - 1) for c in (-0.6, -0.3, 0.0, 0.3, 0.6)])
    )

    def draw(self, rng, n):
        y = rng.integers(0, 2, n)
        return (rng.normal(2 * y - 1.0) > self.CUTS[:, None]).astype(int), y

    def test_coverage_and_its_control(self):
        rng = np.random.default_rng(1)
        misses = flipped = gap = denied = 0
        for _ in range(DRAWS):
            source, y = self.draw(rng, 150)
            target, _ = self.draw(rng, 150)
            rows = {"source_votes": source, "source_labels": y, "target_votes": target, "delta": DELTA}
            claim = theorem("pac_bayes_ratio", ratio=1.0, **rows)
            misses += claim.upper < self.TRUTH
            flipped += claim.upper < 1 - self.TRUTH
            identity = theorem("pac_bayes_da", joint_error_gap=0.0, **rows)
            gap += identity.upper < self.TRUTH
            denied += identity.upper < 1 - self.TRUTH
        assert max(misses, gap) <= binom.ppf(0.999, DRAWS, DELTA)
        assert (flipped, denied) == (DRAWS, DRAWS)

    def test_limits_are_betting_at_half_of_delta_each(self):
        source, y = self.draw(np.random.default_rng(2), 60)
        target, _ = self.draw(np.random.default_rng(3), 80)
        claim = theorem(
            "pac_bayes_ratio", ratio=2.0, source_votes=source, source_labels=y, target_votes=target
        )
        d = Betting().upper_of(2 * disagreements(target), 0.025) / 2
        e = Betting().upper_of(joint_errors(source, y), 0.025)
        assert claim.upper == pytest.approx(d / 2 + 2 * e)
        assert claim.confidence == pytest.approx(0.95)
        assert claim.level is Level.CONDITIONAL
        assert [a.id for a in claim.assumptions] == ["ratio"]

    def test_a_claim_and_rows_may_be_mixed(self):
        target, _ = self.draw(np.random.default_rng(3), 80)
        e = interval("clopper_pearson", 3, 100, 0.02)
        claim = theorem("pac_bayes_ratio", ratio=2.0, source_joint_error=e, target_votes=target, delta=0.06)
        assert claim.confidence == pytest.approx(1 - 0.02 - 0.06)

    def test_one_voter_is_an_ensemble(self):
        target, y = self.draw(np.random.default_rng(4), 40)
        assert disagreements(target[:1], [1.0]).max() == 0
        assert joint_errors(target[:1], y, [1.0]).tolist() == (target[0] != y).astype(float).tolist()
        with pytest.raises(InputError, match="adding up to 1"):
            disagreements(target[:1], [0.5])

    @pytest.mark.parametrize(
        ("terms", "message"),
        [
            ({}, "target_disagreement or target_votes"),
            ({"target_disagreement": 0.1}, "source_joint_error"),
            ({"target_disagreement": 0.1, "source_votes": [[0, 1]]}, "source_joint_error"),
            ({"target_disagreement": 0.1, "source_joint_error": 0.1, "target_votes": [[0]]}, "got both"),
            ({"target_votes": [[0, 1, 2]], "source_joint_error": 0.1}, "n_classes"),
            ({"target_votes": [0, 1], "source_joint_error": 0.1}, "one row a voter"),
            ({"target_votes": [[0, 1]], "source_joint_error": 0.1, "weights": [0.5, 0.5]}, "weights"),
            ({"target_disagreement": 0.1, "source_votes": [[0, 1]], "source_labels": [0]}, "one label"),
        ],
    )
    def test_bad_terms(self, terms, message):
        with pytest.raises(InputError, match=message):
            theorem("pac_bayes_ratio", ratio=2.0, **terms)
        with pytest.raises(InputError, match=message):
            theorem("pac_bayes_da", joint_error_gap=0.0, **terms)

    def test_a_ratio_below_one_and_a_published_form_of_claims_are_refused(self):
        terms = {"target_disagreement": 0.1, "source_joint_error": 0.1}
        with pytest.raises(InputError, match="mean 1"):
            theorem("pac_bayes_ratio", ratio=0.9, **terms)
        # Where a tenth of the target lies outside the source's support, the ratio has mean .9 inside it.
        assert theorem("pac_bayes_ratio", ratio=0.9, outside=0.1, **terms).upper == pytest.approx(0.24)
        with pytest.raises(InputError, match="mean 1"):
            theorem("pac_bayes_ratio", ratio=0.89, outside=0.1, **terms)
        e = interval("clopper_pearson", 3, 100)
        with pytest.raises(InputError, match="population values"):
            theorem(
                "pac_bayes_da",
                joint_error_gap=0.0,
                form="published",
                source_error=e,
                source_disagreement=0.1,
                target_disagreement=0.1,
            )
        with pytest.raises(InputError, match="two classes"):
            theorem("pac_bayes_da", joint_error_gap=0.0, form="published", n_classes=3)
        with pytest.raises(InputError, match="needs source_error"):
            theorem("pac_bayes_da", joint_error_gap=0.0, form="published", target_disagreement=0.1)
        with pytest.raises(InputError, match="belong to"):
            theorem("pac_bayes_da", joint_error_gap=0.0, source_error=0.1, **terms)


def test_the_ratio_that_is_assumed_leaves_out_what_lies_outside_the_source():
    """Where the source has no mass no ratio holds: the assumption must not say that it does."""
    terms = {"ratio": 2.0, "target_disagreement": 0.1, "source_joint_error": 0.04}
    inside, partly = (theorem("pac_bayes_ratio", **terms, outside=o).assumptions[0] for o in (0.0, 0.05))
    assert "but for" not in inside.text
    assert "but for 0.05 of the target where the source has none" in partly.text
