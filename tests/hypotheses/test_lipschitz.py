"""Lipschitz functions against labellings, random members, total variation and the Wasserstein distance."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hypotheses.literal import SOME, anything, problems, share
from whytransfer.hypotheses import AllFunctions, Lipschitz


@SOME
@given(problem=problems(), L=st.sampled_from([0.0, 0.3, 1.0, 5.0]))
def test_lipschitz_is_optimal_by_a_dual_solution_and_a_grid(problem, L):
    xs, ys, xt, yt, _, _ = problem
    oracle = Lipschitz(L=L)
    claim = oracle.adaptability(xs, ys, xt, yt, classes=(0, 1))
    assert claim.loss == "absolute"
    if L == 0.0:
        literal = constants_absolute(ys, yt)
    elif L >= 1.0:
        # The values are whole numbers: every function into [0, 1] is 1-Lipschitz on them, and its best is a labelling.
        literal = float(min(share(p[: len(xs)], ys) + share(p[len(xs) :], yt) for p in anything(xs + xt, 2)))
    else:
        literal = None
    if literal is not None:
        assert claim.estimate == pytest.approx(literal, abs=1e-9)
    rng = np.random.default_rng(0)
    values = np.unique(xs + xt)
    for _ in range(20):
        # Random members: steps of at most L, clipped.
        heights = np.clip(
            np.cumsum(rng.uniform(-L, L, len(values)) * np.diff(values, prepend=values[0])) + rng.random(),
            0,
            1,
        )
        h = np.interp(xs + xt, values, heights)
        assert claim.estimate <= np.abs(h[: len(xs)] - ys).mean() + np.abs(h[len(xs) :] - yt).mean() + 1e-9


def constants_absolute(ys, yt):
    return min(abs(c - np.array(ys)).mean() + abs(c - np.array(yt)).mean() for c in (0.0, 1.0))


@SOME
@given(problem=problems())
def test_discrepancy_of_a_wide_lipschitz_class_is_total_variation(problem):
    xs, _, xt, _, _, _ = problem
    wide = Lipschitz(L=1.0).discrepancy(xs, xt).estimate
    assert wide == pytest.approx(AllFunctions().discrepancy(xs, xt).estimate, abs=1e-9)


def test_discrepancy_of_a_narrow_lipschitz_class_is_wasserstein():
    # 2L · W1 while nothing reaches the ends of [0, 1]: points 0 and 0.1 moved to 0.2 and 0.3.
    claim = Lipschitz(L=0.5).discrepancy([0.0, 0.1], [0.2, 0.3])
    assert claim.estimate == pytest.approx(0.2, abs=1e-9)
