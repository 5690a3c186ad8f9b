"""Bounds that cut the features into regions: support, cells, and the overlap-aware disparity."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.stats import binom

from whytransfer.claims import Level, Status
from whytransfer.claims.intervals import interval
from whytransfer.errors import InputError
from whytransfer.theorems import Support, break_even, theorem
from whytransfer.theorems.cells import _filled

unit = st.floats(0, 1)
DRAWS, DELTA = 300, 0.1


class TestSupport:
    def test_e11_is_tight(self):
        """S = U[0, 1], T = U[.5, 1], f = 1[x > .3], noise .1, h = 1[x > .6]: on G = [.5, 1] the ratio is 2."""
        in_region = 0.1 * 0.9 + 0.4 * 0.1
        claim = theorem("support", region_error=in_region, outside=0.0, ratio=2.0)
        assert claim.upper == pytest.approx(0.26)
        assert theorem("ball", source_error=0.34, radius=2.0, kind="ratio").upper == pytest.approx(0.68)

    def test_holds_in_random_problems_and_fails_when_the_labels_change(self):
        rng = np.random.default_rng(0)
        broken = 0
        for _ in range(500):
            p, q, wrong = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6)), 0.2 * rng.random(6)
            region = rng.random(6) < 0.7
            if not region.any():
                continue
            claim = theorem(
                "support",
                region_error=min(1.0, float((p * wrong)[region].sum())),
                outside=min(1.0, float(q[~region].sum())),
                ratio=float((q / p)[region].max()),
            )
            assert (q * wrong).sum() <= claim.upper + 1e-12
            broken += (q * (1 - wrong)).sum() > claim.upper
        assert broken > 20

    def test_within_the_region_holds_in_random_problems_and_is_tight_where_the_ratio_is_one_number(self):
        rng = np.random.default_rng(1)
        for _ in range(300):
            p, q, wrong = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6)), 0.2 * rng.random(6)
            region = rng.random(6) < 0.7
            if not region.any():
                continue
            claim = Support().within(
                region_error=min(1.0, float((p * wrong)[region].sum())),
                outside=min(1.0, float(q[~region].sum())),
                ratio=float((q / p)[region].max()),
            )
            assert (q * wrong)[region].sum() / q[region].sum() <= claim.upper + 1e-9
            assert claim.quantity == "region_error" and claim.level is Level.CONDITIONAL
        # E11 on G = [.6, 1]: S(error, G) = .04, T(G) = .8, the ratio is 2 everywhere in it, the error within .1.
        tight = Support().within(region_error=0.04, outside=0.2, ratio=2.0)
        assert tight.upper == pytest.approx(0.1)
        assert Support().break_even_within(0.1, region_error=0.04, outside=0.2) == pytest.approx(2.0)

    def test_within_a_region_without_target_rows_nothing_is_said(self):
        assert Support().within(region_error=0.1, outside=1.0, ratio=2.0).upper is None
        assert Support().break_even_within(0.2, region_error=0.1, outside=1.0) == 0.0
        assert Support().break_even_within(0.2, region_error=0.0, outside=0.3) is None

    @pytest.mark.parametrize("ratio", [0.0, -1.0, np.inf, np.nan])
    def test_within_refuses_a_ratio_that_is_none(self, ratio):
        with pytest.raises(InputError, match="ratio"):
            Support().within(region_error=0.1, outside=0.1, ratio=ratio)

    @given(unit, unit, st.floats(0.01, 50), st.floats(0.01, 50))
    def test_monotone(self, inside, outside, a, b):
        small, large = sorted((a, b))
        base = theorem("support", region_error=inside, outside=outside, ratio=small).upper
        assert theorem("support", region_error=inside, outside=outside, ratio=large).upper >= base
        assert (
            theorem("support", region_error=min(1, inside + 0.1), outside=outside, ratio=small).upper >= base
        )
        assert (
            theorem("support", region_error=inside, outside=min(1, outside + 0.1), ratio=small).upper >= base
        )

    @given(st.floats(0.01, 1), unit, unit)
    def test_break_even(self, inside, outside, requirement):
        even = break_even("support", requirement, region_error=inside, outside=outside)
        if even > 0:
            found = theorem("support", region_error=inside, outside=outside, ratio=even).upper
            assert found == pytest.approx(requirement)
        else:
            assert outside >= requirement

    def test_any_ratio_will_do_without_errors(self):
        assert break_even("support", 0.2, region_error=0.0, outside=0.1) is None
        assert break_even("support", 0.2, region_error=0.0, outside=0.3) == pytest.approx(-0.1)

    def test_limits_from_counts_spend_their_deltas(self):
        inside = interval("clopper_pearson", 4, 200, 0.02)
        outside = interval("clopper_pearson", 10, 300, 0.03)
        claim = theorem("support", region_error=inside, outside=outside, ratio=2.0)
        assert claim.upper == pytest.approx(2 * inside.upper + outside.upper)
        assert claim.confidence == pytest.approx(0.95)
        assert [a.id for a in claim.assumptions] == ["covariate_shift", "ratio_on_region"]
        assert claim.assumptions[0].status is Status.UNTESTED

    def test_coverage_and_its_control(self):
        rng = np.random.default_rng(7)
        # S(error, G) = .1 with B = 2 and T(G^c) = .2: with every error outside and the ratio attained, err_T = .4.
        misses = understated = 0
        for _ in range(DRAWS):
            limits = {
                "region_error": interval("clopper_pearson", int(rng.binomial(200, 0.1)), 200, DELTA / 2),
                "outside": interval("clopper_pearson", int(rng.binomial(200, 0.2)), 200, DELTA / 2),
            }
            misses += theorem("support", ratio=2.0, **limits).upper < 0.4
            understated += theorem("support", ratio=1.0, **limits).upper < 0.4
        assert misses <= binom.ppf(0.999, DRAWS, DELTA)
        assert understated > binom.ppf(0.999, DRAWS, DELTA)

    @pytest.mark.parametrize("ratio", [0.0, -1.0, float("inf"), float("nan")])
    def test_bad_ratio(self, ratio):
        with pytest.raises(InputError, match="ratio"):
            theorem("support", region_error=0.1, outside=0.1, ratio=ratio)


class TestCells:
    @given(st.lists(st.tuples(unit, st.floats(0.2, 1)), min_size=5, max_size=8))
    def test_filling_is_what_the_programme_finds(self, pairs):
        values, shares = np.array(pairs).T
        solved = linprog(
            -values, A_eq=[np.ones(len(values))], b_eq=[1], bounds=[(0, s) for s in shares], method="highs"
        )
        assert _filled(values, shares) == pytest.approx(-solved.fun, abs=1e-7)

    def test_unvisited_cells_count_as_errors(self):
        claim = theorem("cells", source_counts=[100, 0], source_errors=[0, 0], target_counts=[50, 50])
        assert claim.estimate is None
        assert "no source row" in claim.detail["reason"]
        assert claim.detail["unsupported_share"] == 0.5
        assert claim.upper > 0.5
        assert claim.lower == 0.0

    def test_a_cell_that_nobody_visits_costs_its_share_only(self):
        claim = theorem("cells", source_counts=[100, 0], source_errors=[5, 0], target_counts=[50, 0])
        assert claim.estimate == pytest.approx(0.05)
        assert claim.lower < 0.05 < claim.upper

    @given(st.integers(0, 50), st.integers(0, 50), st.integers(1, 100), st.integers(1, 100))
    def test_monotone_in_the_errors(self, a, b, m1, m2):
        def claim(errors):
            return theorem("cells", source_counts=[60, 60], source_errors=errors, target_counts=[m1, m2])

        base, more = claim([a, b]), claim([a + 5, b])
        assert base.lower - 1e-12 <= base.estimate <= base.upper + 1e-12
        assert more.upper >= base.upper - 1e-12
        assert more.lower >= base.lower - 1e-12

    def test_coverage_and_its_control(self):
        rng = np.random.default_rng(11)
        p, q = np.array([0.5, 0.3, 0.2]), np.array([0.1, 0.3, 0.6])
        rates, other = np.array([0.02, 0.1, 0.3]), np.array([0.02, 0.1, 0.6])
        truth, changed = q @ rates, q @ other
        above = below = broken = 0
        for _ in range(DRAWS):
            counts, visits = rng.multinomial(300, p), rng.multinomial(300, q)
            claim = theorem(
                "cells",
                source_counts=counts,
                source_errors=rng.binomial(counts, rates),
                target_counts=visits,
                delta=DELTA,
            )
            above += claim.upper < truth
            below += claim.lower > truth
            broken += claim.upper < changed
        limit = binom.ppf(0.999, DRAWS, DELTA)
        assert max(above, below) <= limit
        assert broken > limit

    def test_plain_source_error_would_miss_the_shift(self):
        claim = theorem("cells", source_counts=[1000, 100], source_errors=[10, 50], target_counts=[100, 1000])
        assert claim.level is Level.CONDITIONAL
        assert claim.lower > 60 / 1100

    @pytest.mark.parametrize(
        ("terms", "message"),
        [
            (([10, 10], [1], [5, 5]), "same cells"),
            (([10, 10], [1, 11], [5, 5]), "source_errors"),
            (([10, 10], [1, 0.5], [5, 5]), "source_errors"),
            (([0, 0], [0, 0], [5, 5]), "source_counts"),
            (([10, 10], [1, 1], [0, 0]), "target_counts"),
        ],
    )
    def test_bad_terms(self, terms, message):
        names = ("source_counts", "source_errors", "target_counts")
        with pytest.raises(InputError, match=message):
            theorem("cells", **dict(zip(names, terms, strict=True)))


class TestODD:
    def test_without_an_overlap_it_is_dis2(self):
        whole = theorem("odd", source_error=0.1, outside_gap=0.15, n=1000, m=500)
        assert whole.upper == theorem("dis2", source_error=0.1, disagreement_gap=0.15, n=1000, m=500).upper
        assert whole.detail["decides"] is False
        assert whole.level is Level.CONDITIONAL
        assert {a.id for a in whole.assumptions} == {
            "critic_dominates(linear, outside the overlap)",
            "overlap_no_worse(domain classifier)",
        }
        assert "than the linear critic does outside the overlap, in the sense" in whole.assumptions[0].text

    @given(unit, st.floats(-1, 1), st.floats(-1, 1))
    def test_monotone(self, error, a, b):
        small, large = sorted((a, b))
        base = theorem("odd", source_error=error, outside_gap=small, n=50, m=50).upper
        assert theorem("odd", source_error=error, outside_gap=large, n=50, m=50).upper >= base

    def test_holds_when_both_assumptions_do_and_only_then(self):
        """Random finite populations: each row has an error of the model, one of its differences from the critic, a region."""
        rng = np.random.default_rng(2)
        checked = violated = 0
        for _ in range(3000):
            p, q = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6))
            wrong, differs, overlap = rng.integers(0, 2, (3, 6)).astype(bool)
            gap = ((q - p) * (differs & ~overlap)).sum()
            calm = ((q - p) * (wrong & overlap)).sum() <= 0
            dominated = ((q - p) * (wrong & ~overlap)).sum() <= gap
            claim = theorem(
                "odd", source_error=min(1.0, float(p @ wrong)), outside_gap=float(gap), n=np.inf, m=np.inf
            )
            holds = q @ wrong <= claim.upper + 1e-12
            if calm and dominated:
                checked += 1
                assert holds
            violated += not holds
        assert checked > 500
        assert violated > 100

    def test_covariate_shift_with_ratios_below_one_gives_the_first_assumption(self):
        rng = np.random.default_rng(3)
        for _ in range(300):
            p, q, wrong = rng.dirichlet(np.ones(6)), rng.dirichlet(np.ones(6)), rng.random(6)
            assert ((q - p) * wrong)[q <= p].sum() <= 0

    def test_coverage_with_the_truth_as_critic_and_a_control_without_one(self):
        rng = np.random.default_rng(4)
        n, m, misses, weak = 150, 150, 0, 0
        for _ in range(DRAWS):
            # err_S = .05; outside the overlap the model is wrong on .3 of the target and .05 of the source.
            source, target = rng.binomial(n, 0.05) / n, rng.binomial(m, 0.3) / m
            claim = theorem("odd", source_error=source, outside_gap=target - source, n=n, m=m, delta=DELTA)
            misses += claim.upper < 0.3
            weak += theorem("odd", source_error=source, outside_gap=0.0, n=n, m=m, delta=DELTA).upper < 0.3
        assert misses <= binom.ppf(0.999, DRAWS, DELTA)
        assert weak > DRAWS / 2
