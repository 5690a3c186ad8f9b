"""Bounds for hypotheses chosen on the rows they are scored on: Rademacher and PAC-Bayes-kl."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from whytransfer.errors import InputError
from whytransfer.theorems import theorem
from whytransfer.theorems.pac_bayes_kl import relative_entropy
from whytransfer.theorems.rademacher import rademacher_complexity

DRAWS, DELTA = 200, 0.1
unit = st.floats(0, 1)


def enumerated(losses):
    """The slow oracle: all sign vectors."""
    n = losses.shape[1]
    return np.mean([max(losses @ np.array(s)) / n for s in itertools.product((-1, 1), repeat=n)])


class TestRademacher:
    def test_complexity_is_that_of_all_sign_vectors(self):
        rng = np.random.default_rng(1)
        for _ in range(5):
            losses = rng.integers(0, 2, size=(6, 9)).astype(float)
            # One draw lies between −1 and 1 and has variance below 1/n times (range 2)²/4.
            assert rademacher_complexity(losses, draws=20_000) == pytest.approx(enumerated(losses), abs=0.01)

    def test_all_behaviours_shatter_and_are_vacuous(self):
        every = np.array(list(itertools.product((0, 1), repeat=8)))
        # The best function takes the positive signs: half of n on average.
        assert rademacher_complexity(every, draws=5000) == pytest.approx(0.5, abs=0.01)
        assert theorem("rademacher", losses=every).upper > 1

    def test_the_draws_are_paid_for(self):
        losses = np.tile([0.0, 1.0], 50)[None, :]
        for draws in (10, 1000):
            detail = theorem("rademacher", losses=losses, draws=draws).detail
            paid = math.sqrt((9 + 16 / draws) * math.log(20) / 200)
            assert detail["deviation"] == pytest.approx(paid)
            assert detail["deviation"] < detail["published"] or draws == 10

    def test_the_chosen_row(self):
        losses = np.array([[0.0, 1.0, 1.0], [0.0, 0.0, 1.0]])
        assert theorem("rademacher", losses=losses).estimate == pytest.approx(1 / 3)
        assert theorem("rademacher", losses=losses, chosen=0).estimate == pytest.approx(2 / 3)
        with pytest.raises(InputError, match="chosen"):
            theorem("rademacher", losses=losses, chosen=2)

    @given(unit, unit, unit, st.integers(2, 10**6))
    def test_grows_with_error_and_complexity_and_falls_with_rows(self, error, a, b, n):
        small, large = sorted((a, b))
        base = theorem("rademacher", error=error, n=n, complexity=small).upper
        assert theorem("rademacher", error=error, n=n, complexity=large).upper >= base
        assert theorem("rademacher", error=error, n=n + 1, complexity=small).upper <= base
        assert theorem("rademacher", error=min(1.0, error + 0.1), n=n, complexity=small).upper >= base

    def test_holds_for_the_minimiser_and_fails_without_the_complexity(self):
        """300 voters that guess, of which the best on 50 rows is reported: its error is ½."""
        rng = np.random.default_rng(3)
        misses = without = 0
        for seed in range(DRAWS):
            losses = rng.integers(0, 2, size=(300, 50)).astype(float)
            claim = theorem("rademacher", losses=losses, draws=20, seed=seed, delta=DELTA)
            misses += claim.upper < 0.5
            without += claim.estimate + math.sqrt(math.log(1 / DELTA) / 100) < 0.5
        assert misses <= binom.ppf(0.999, DRAWS, DELTA)
        assert without > DRAWS / 2

    @pytest.mark.parametrize(
        ("terms", "message"),
        [
            ({"error": 0.1, "n": 10}, "expected either losses"),
            ({"losses": [[0.1]], "error": 0.1}, "expected either losses"),
            ({"losses": [0.1, 0.2]}, "one row a hypothesis"),
            ({"losses": [[0.1, 1.2]]}, r"in \[0, 1\]"),
            ({"error": 0.1, "n": 10, "complexity": 0.1, "kind": "mean"}, "kind"),
            ({"error": 0.1, "n": 10, "complexity": -0.1}, "complexity"),
        ],
    )
    def test_bad_terms(self, terms, message):
        with pytest.raises(InputError, match=message):
            theorem("rademacher", **terms)


class TestPACBayesKL:
    def test_maurers_sum_is_below_2_root_n_also_for_small_n(self):
        for n in range(1, 150):
            k = np.arange(n + 1)
            p = k / n
            assert binom.pmf(k, n, p).sum() <= 2 * math.sqrt(n) + 1e-9

    @given(st.floats(0, 1), st.integers(1, 10**6), st.floats(0, 50))
    def test_limits_solve_the_inequality(self, error, n, nats):
        claim = theorem("pac_bayes_kl", error=error, n=n, divergence=nats)
        radius = (nats + math.log(2 * math.sqrt(n) / 0.05)) / n
        assert claim.detail["radius"] == pytest.approx(radius)
        assert 0 <= claim.lower <= error <= claim.upper <= 1
        for q in (claim.lower, claim.upper):
            if 1e-6 < q < 1 - 1e-6 and 0 < error < 1:
                found = error * math.log(error / q) + (1 - error) * math.log((1 - error) / (1 - q))
                assert found == pytest.approx(radius, rel=1e-5, abs=1e-9)

    @given(st.floats(0, 0.9), st.integers(10, 10**5), st.floats(0, 20), st.floats(0, 20))
    def test_monotone(self, error, n, a, b):
        small, large = sorted((a, b))
        base = theorem("pac_bayes_kl", error=error, n=n, divergence=small).upper
        assert theorem("pac_bayes_kl", error=error, n=n, divergence=large).upper >= base - 1e-9
        assert theorem("pac_bayes_kl", error=error, n=2 * n, divergence=small).upper <= base + 1e-9
        assert theorem("pac_bayes_kl", error=error + 0.05, n=n, divergence=small).upper >= base - 1e-9

    def test_weights_give_the_divergence(self):
        by_weights = theorem("pac_bayes_kl", error=0.1, n=100, posterior=[0.5, 0.5, 0, 0])
        assert by_weights.upper == theorem("pac_bayes_kl", error=0.1, n=100, divergence=math.log(2)).upper
        assert relative_entropy([0.5, 0.5], [0.25, 0.75]) == pytest.approx(
            0.5 * math.log(2) + 0.5 * math.log(2 / 3)
        )

    def test_holds_for_the_best_of_many_and_fails_when_the_divergence_is_dropped(self):
        """10⁵ voters that guess; ρ is the best on 100 rows, so KL(ρ‖π) = ln 10⁵ and R = ½."""
        rng = np.random.default_rng(5)
        misses = without = 0
        for _ in range(60):
            error = rng.binomial(100, 0.5, size=10**5).min() / 100
            honest = theorem("pac_bayes_kl", error=error, n=100, divergence=math.log(10**5), delta=DELTA)
            misses += honest.upper < 0.5
            without += theorem("pac_bayes_kl", error=error, n=100, divergence=0.0, delta=DELTA).upper < 0.5
        assert misses <= binom.ppf(0.999, 60, DELTA)
        assert without == 60

    @pytest.mark.parametrize(
        ("terms", "message"),
        [
            ({}, "either divergence"),
            ({"divergence": 1.0, "posterior": [0.5, 0.5]}, "either divergence"),
            ({"divergence": 1.0, "prior": [0.5, 0.5]}, "either divergence"),
            ({"divergence": -1.0}, "divergence"),
            ({"posterior": [0.5, 0.5], "prior": [1.0, 0.0]}, "excludes"),
            ({"posterior": [0.5, 0.5], "prior": [0.5, 0.25, 0.25]}, "as many weights"),
        ],
    )
    def test_bad_terms(self, terms, message):
        with pytest.raises(InputError, match=message):
            theorem("pac_bayes_kl", error=0.1, n=100, **terms)
