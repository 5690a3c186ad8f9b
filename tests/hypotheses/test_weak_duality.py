"""Weak duality, for classes whose constrained maximum can't be enumerated."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given

from tests.hypotheses.literal import BINARY, EXACT, SOME, parts, problems
from whytransfer.hypotheses import Thresholds, Unions, segments


class Undisclosed(Thresholds):
    """Thresholds that do not say their frontier."""

    __slots__ = ()
    name = "undisclosed"

    def frontier(self, rows, errors, gains, most):
        return None


@SOME
@given(problem=problems())
def test_weak_duality_is_the_least_upper_value_over_mu(problem):
    xs, ys, xt, _, h, budget = problem
    n, _m = len(xs), len(xt)
    all_parts = parts(BINARY["thresholds"][1](xs + xt), xs, ys, h)
    claim = Undisclosed().version_space(h, xs, ys, xt, sigma=budget / n, classes=(0, 1))
    exact = Thresholds().version_space(h, xs, ys, xt, sigma=budget / n, classes=(0, 1))
    assert claim.detail["method"] == "weak_duality"
    assert exact.detail["method"] == "enumeration"
    assert (claim.estimate is None) == (exact.estimate is None)
    if exact.estimate is None:
        return
    c = Fraction(budget, n)
    slopes = {Fraction(0)}
    for (e1, _, t1), (e2, _, t2) in combinations(all_parts, 2):
        if e1 != e2:
            slopes.add(max(Fraction(0), (t1 - t2) / (e1 - e2)))
    dual = min(max(t - mu * (e - c) for e, _, t in all_parts) for mu in slopes)
    assert claim.estimate == pytest.approx(float(dual), abs=1e-9)
    assert claim.estimate >= exact.estimate - EXACT
    assert claim.upper >= exact.upper - 1e-9
    localised = Undisclosed().lagrangian(h, xs, ys, xt, level=budget / n, classes=(0, 1))
    assert (
        localised.estimate
        >= Thresholds().lagrangian(h, xs, ys, xt, level=budget / n, classes=(0, 1)).estimate - EXACT
    )


def test_a_union_beyond_the_table_falls_back_to_weak_duality(monkeypatch):
    monkeypatch.setattr(segments, "LARGEST_TABLE", 0)
    rng = np.random.default_rng(3)
    xs, xt = rng.integers(0, 9, 30), rng.integers(0, 9, 30)
    ys, ht = rng.integers(0, 2, 30), rng.integers(0, 2, 30)
    bounded = Unions(j=2).version_space((None, ht), xs, ys, xt, sigma=0.4)
    monkeypatch.undo()
    exact = Unions(j=2).version_space((None, ht), xs, ys, xt, sigma=0.4)
    assert bounded.detail["method"] == "weak_duality"
    assert exact.detail["method"] == "enumeration"
    assert bounded.estimate >= exact.estimate
    assert bounded.upper >= exact.upper
