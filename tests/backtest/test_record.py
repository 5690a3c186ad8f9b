"""Scores of a back-test, and who is rejected."""

import json
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, spearmanr

from tests.backtest.sources import plain, view_of
from whytransfer.backtest import BacktestRecord, Cut, Cuts, Score, Wanted, back_test, make_cuts, rejected
from whytransfer.backtest.record import BASELINE
from whytransfer.backtest.score import rank_correlation, sign_test

REPEATS = 80
"""Back-tests of fifty random halves each, in which a rejection is an accident."""


class Says:
    """An estimator that is a function of the view."""

    def __init__(self, name, rule, applies=None, doubt=None):
        self.name, self.rule, self._applies, self._doubt = name, rule, applies, doubt

    def applies(self, view):
        return self._applies

    def rejected(self, view):
        return None if self._doubt is None else self._doubt(view)

    def estimate(self, view):
        return self.rule(view)


def record(truths, sizes=400, **estimates):
    truths = np.asarray(truths, dtype=float)
    return BacktestRecord(
        kinds=("tilts",) * len(truths),
        truths=truths,
        estimates={name: np.asarray(values, dtype=float) for name, values in estimates.items()},
        aucs=np.full(len(truths), 0.7),
        sizes=np.full(len(truths), sizes),
        wanted_auc=0.7,
        guessing_error=0.5,
        left_out=(),
    )


@pytest.mark.parametrize(("worse", "better"), [(9, 1), (32, 18), (31, 19), (0, 7), (7, 0)])
def test_the_sign_test_sums_the_binomial(worse, better):
    n = worse + better
    assert sign_test(worse, better) == pytest.approx(
        sum(math.comb(n, i) for i in range(worse, n + 1)) / 2**n, rel=1e-12
    )


@given(st.integers(0, 10_000))
def test_a_score_equals_the_literal_loop(seed):
    rng = np.random.default_rng(seed)
    truths, estimates, baseline = rng.integers(0, 21, (3, 15)) / 20
    score = Score.of(estimates, truths, baseline, noise=0.01, guessing=0.5)
    pairs = list(zip(estimates, truths, baseline, strict=True))
    assert score.mae == pytest.approx(sum(abs(e - t) for e, t, _ in pairs) / 15, abs=1e-12)
    assert score.bias == pytest.approx(sum(e - t for e, t, _ in pairs) / 15, abs=1e-12)
    assert score.within == pytest.approx(sum(abs(e - t) <= 0.05 for e, t, _ in pairs) / 15, abs=1 / 15)
    assert score.worse == sum(abs(e - t) - abs(b - t) > 1e-9 for e, t, b in pairs)
    assert score.better == sum(abs(b - t) - abs(e - t) > 1e-9 for e, t, b in pairs)
    assert list(score.quantiles) == sorted(score.quantiles)
    if np.ptp(truths) and np.ptp(estimates):
        assert score.rank_correlation == pytest.approx(spearmanr(estimates, truths).statistic, abs=1e-12)


def test_what_does_not_vary_has_no_rank_correlation():
    assert rank_correlation(np.ones(5), np.arange(5.0)) is None
    assert rank_correlation(np.array([0.3]), np.array([0.2])) is None


def test_an_estimator_is_judged_where_it_spoke():
    found = record([0.1, 0.2, 0.3], source_error=[0.1, 0.1, 0.1], half=[np.nan, 0.2, 0.5], mute=[np.nan] * 3)
    assert found.score("half").pseudo_targets == 2
    assert found.score("half").mae == pytest.approx(0.1)
    assert found.score("half").baseline_mae == pytest.approx(0.15)
    assert found.score("mute") is None and found.score("nobody") is None
    assert set(found.scores()) == {BASELINE, "half"}


def test_the_constant_zero_is_rejected_and_no_change_never_is():
    rows = plain(800, 0.25)
    found = back_test(
        view_of(rows), rows, make_cuts(rows, Wanted(auc=0.7, size=400)), [Says("zero", lambda v: 0.0)]
    )
    assert set(rejected(found)) == {"zero"}
    assert "on 50 of 50 pseudo-targets it lay farther from the truth" in rejected(found)["zero"]


def test_often_worse_by_a_trifle_is_not_rejected():
    # Worse on all fifty, by .001; a truth of .2 on 400 rows has a standard error of √(.2·.8/400) = .02.
    found = record(np.full(50, 0.2), source_error=np.full(50, 0.19), other=np.full(50, 0.189))
    assert found.score("other").p_value == pytest.approx(0.5**50)
    assert found.noise == pytest.approx(0.02)
    assert rejected(found) == {}
    far = record(np.full(50, 0.2), source_error=np.full(50, 0.19), other=np.full(50, 0.169))
    assert set(rejected(far)) == {"other"}


def test_too_much_is_rejected_only_where_knowing_nothing_would_have_been_nearer():
    # Truths of .2 on 400 rows: √(.2·.8/400) = .02. Nothing changed is exact; 1 − 1/2 lies .3 away.
    truths = np.full(50, 0.2)
    found = record(truths, source_error=truths, low=truths - 0.1, high=truths + 0.1, wild=truths + 0.4)
    assert set(rejected(found)) == {"low", "wild"}
    assert "the source error itself, and too low" in rejected(found)["low"]
    assert "knows nothing" in rejected(found)["wild"]
    assert found.score("high").worse == 50


def test_too_few_pseudo_targets_reject_nobody():
    for count, out in ((9, set()), (10, {"zero"})):
        found = record(np.full(count, 0.3), source_error=np.full(count, 0.3), zero=np.zeros(count))
        assert set(rejected(found)) == out


def iid_cuts(n, count, rng):
    """Random halves: no shift at all."""
    made = []
    for _ in range(count):
        order = rng.permutation(n)
        made.append(
            Cut(kind="iid", name="half", source=np.sort(order[: n // 2]), target=np.sort(order[n // 2 :]))
        )
    return Cuts(cuts=tuple(made), wanted=Wanted(auc=0.5, size=n // 2), left_out=())


def test_on_random_halves_an_equally_good_estimator_is_seldom_rejected():
    # The other half of a random half errs by as much, on the other side: an estimator that misses the truth by the same
    # amount times a factor whose logarithm is symmetric is as often nearer as farther. Its sign test is exact.
    worse = 0
    for seed in range(REPEATS):
        rng = np.random.default_rng(seed)
        rows = plain(201, 0.2, seed)
        factors = iter(np.exp(rng.normal(0, 0.5, 50)))
        cuts = iid_cuts(200, 50, rng)
        truths = iter([rows.wrong[c.target].mean() for c in cuts.cuts])

        def equal(view, truths=truths, factors=factors):
            truth = next(truths)
            return truth + (view.source_error - truth) * next(factors)

        found = back_test(view_of(rows), rows, cuts, [Says("equal", equal)])
        worse += found.score("equal").p_value < 0.05
        assert BASELINE not in rejected(found)
    assert worse <= binom.ppf(0.999, REPEATS, 0.05)


def test_on_random_halves_the_fall_of_confidence_is_seldom_rejected():
    def doc(view):
        return view.source_error + (view.source_proba.max(1).mean() - view.target_proba.max(1).mean())

    out = 0
    for seed in range(REPEATS):
        rng = np.random.default_rng(seed)
        p = rng.uniform(0.5, 1.0, 300)
        rows = plain(300, 0.0, seed)
        wrong = rng.random(300) > p
        proba = np.column_stack([1 - p, p])
        proba = np.where(rows.labels[:, None] ^ wrong[:, None], proba, proba[:, ::-1])
        rows = type(rows)(classes=2, labels=rows.labels, codes=rows.labels ^ wrong, proba=proba)
        found = back_test(view_of(rows), rows, iid_cuts(300, 50, rng), [Says("doc", doc)])
        out += "doc" in rejected(found)
    assert out <= binom.ppf(0.999, REPEATS, 0.05)


def test_the_document_holds_plain_finite_values():
    rows = plain(200, 0.2)
    found = back_test(
        view_of(rows), rows, make_cuts(rows, Wanted(auc=0.7, size=100)), [Says("zero", lambda v: 0.0)]
    )
    text = json.dumps(found.to_dict(), allow_nan=False)
    assert json.loads(text) == found.to_dict()
    empty = back_test(
        view_of(rows), rows, Cuts(cuts=(), wanted=Wanted(auc=0.7, size=50), left_out=("why",)), []
    )
    assert empty.to_dict() | {"estimators": {}, "median_auc": None} == empty.to_dict()
    assert rejected(empty) == {}
