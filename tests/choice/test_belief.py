"""Beliefs about a gain: means and tails against drawn Dirichlet laws, and what labels do to them."""

import numpy as np
import pytest

from whytransfer.choice import Belief, Prior

BELIEFS = [
    Belief(better=2.0, worse=1.0, neither=7.0),
    Belief(better=0.4, worse=5.0, neither=40.0),
    Belief(better=9.0, worse=9.0, neither=1e-3),
]


@pytest.mark.parametrize("belief", BELIEFS)
def test_mean_and_tails_are_those_of_the_dirichlet_law(belief):
    rng = np.random.default_rng(0)
    shares = rng.dirichlet([belief.better, belief.worse, belief.neither], size=40_000)
    gains = shares[:, 0] - shares[:, 1]
    assert belief.mean == pytest.approx(gains.mean(), abs=4 * gains.std() / 200)
    for cut in (-0.3, -0.01, 0.0, 0.05, 0.4):
        # Four standard errors of the draw, and the rule's own midpoints.
        assert belief.below(cut) == pytest.approx((gains < cut).mean(), abs=0.0125)


@pytest.mark.parametrize("belief", BELIEFS)
def test_quantiles_turn_tails_round(belief):
    for level in (0.05, 0.5, 0.95):
        q = belief.quantile(level)
        assert belief.below(q - 2e-4) <= level + 1e-3
        assert belief.below(q + 2e-4) >= level - 1e-3


def test_a_prior_is_worth_its_rows_where_the_candidate_contradicts():
    """Ten contradicted rows, six won and three lost, in a candidate that contradicts a fifth of the rows: fifty target rows."""
    belief = Belief.of(Prior(better=0.6, worse=0.3, strength=10.0, sets=5), moved=0.2)
    assert (belief.better, belief.worse, belief.neither) == pytest.approx((6.0, 3.0, 41.0))
    assert belief.mean == pytest.approx(0.2 * (0.6 - 0.3))


def test_labels_add_their_counts_and_win_in_the_end():
    prior = Belief.of(Prior(better=0.1, worse=0.8, strength=10.0, sets=5), moved=0.5)
    assert prior.seen(4, 1, 20) == Belief(
        better=prior.better + 4, worse=prior.worse + 1, neither=prior.neither + 15
    )
    assert prior.mean < 0 < prior.seen(300, 100, 1000).mean
    assert prior.seen(30_000, 10_000, 100_000).mean == pytest.approx(0.2, abs=1e-3)
    assert prior.seen(30_000, 10_000, 100_000).below(0.19) < 0.01


def test_tails_grow_and_end_at_zero_and_one():
    belief = BELIEFS[0]
    cuts = np.linspace(-1, 1, 41)
    tails = [belief.below(float(c)) for c in cuts]
    assert tails == sorted(tails)
    assert tails[0] == 0.0
    assert tails[-1] == 1.0
