"""One closed form for every estimator, worked out by hand."""

from dataclasses import replace

import numpy as np
import pytest

from tests.estimators.views import binary, view_of, votes_of
from whytransfer.estimators import ESTIMATORS, LOSS_ESTIMATORS, LossView

# Four source rows, the last one wrong. Mean confidence on the source (.9 + .8 + .7 + .6)/4 = .75, on the target
# (.65 + .95 + .5 + .75)/4 = .7125. One source row in four is wrong, so that the threshold of `atc` is the lowest source
# confidence, .6, and of the target rows one, .5, lies below it; the order by entropy is the same for two classes.
FOUR = replace(
    view_of(
        [0, 0, 1, 0],
        [[0.9, 0.1], [0.8, 0.2], [0.3, 0.7], [0.4, 0.6]],
        [[0.65, 0.35], [0.05, 0.95], [0.5, 0.5], [0.25, 0.75]],
    ),
    # Weights 2, ½, 1, ½: the wrong row has ½ of 4.
    source_ratio=np.array([2.0, 0.5, 1.0, 0.5]),
    target_ratio=np.array([3.0, 0.5, 0.2, 2.0]),
    # Nearest to -1, .4, 2.5, 3.1 are 0, 0, {2, 3} and 3, of which 3 is the wrong one: (0 + 0 + ½ + 1)/4.
    source_columns=np.array([[0.0], [1.0], [2.0], [3.0]]),
    target_columns=np.array([[-1.0], [0.4], [2.5], [3.1]]),
    # The model says 0011 and 0101. The first critic contradicts it on no source row and on one target row, gap ¼; the second
    # on the first source row and on every target row, gap ¾. The other member, gap 1, is no critic. Of target
    # rows 0 and 3 the parts 1 − 1/3 and 1 − 1/2 exceed the source: (2/3 + 0)/4 and (2/3 + 1/2)/4; the wrong row has min(1, ½) of 4.
    votes=votes_of(
        ["critic", "critic", "linear"],
        [[0, 0, 1, 1], [1, 0, 1, 1], [0, 0, 1, 1]],
        [[1, 1, 0, 1], [1, 0, 1, 0], [1, 0, 1, 0]],
    ),
)

# Pooling adjacent violators on p = .2, .4, .6, .8 with labels 0, 1, 0, 1 gives 0, ½, ½, 1; between, a straight line: ¼ at .3, ½
# at .5, ¾ at .7, 1 at .9. Predicted 0, 1, 1, 1: errors ¼, ½, ¼, 0. With weights 1, 3, 1, 1 the pool is ¾: 3/8 at .3, ¾, 7/8, 1.
POOLED = replace(
    view_of([0, 1, 0, 1], binary([0.2, 0.4, 0.6, 0.8]), binary([0.3, 0.5000001, 0.7, 0.9])),
    source_ratio=np.array([1.0, 3.0, 1.0, 1.0]),
)

# All source rows say .8 (odds 4) and three of five are right (odds 3/2): 1/T = ln 1.5 / ln 4. Odds of 16 on the target become
# 2.25, that is 9/13.
HOT = view_of([1, 1, 1, 0, 0], binary([0.8] * 5), binary([0.8, 16 / 17]))

# Four of five rows with p = .8 are of class 1: T = 1, shares (.2, .8). The target's lowest p, .1, takes the label 0 at cost .1, the
# others label 1 at .2, .85, .3, .1. On the source one row costs .8, four cost .2, and a fifth is wrong: the threshold is .8.
CARRIED = view_of([1, 1, 1, 1, 0], binary([0.8] * 5), binary([0.8, 0.1, 0.15, 0.7, 0.9]))

# Ten rows A with p = .9, nine of them of class 1, and ten rows B with p = .2, two of class 1: calibrated, S(A | 1) = 9/11, S(A | 0) =
# 1/9. With a quarter of class 1, T(A) = ¼·9/11 + ¾/9 = 38/132, and the error is ¼·2/11 + ¾/9 = 17/132.
SHIFTED = view_of(
    [1] * 9 + [0] + [1] * 2 + [0] * 8, binary([0.9] * 10 + [0.2] * 10), binary([0.9] * 38 + [0.2] * 94)
)

# k = 2 of the source rows 0, 1, 2, 4, whose nearest others are at 1, 1, 1, 2; 99 % of the way between them is 1.97. The target rows
# .1, 3.5, 5 and 6.5 have theirs at .1, .5, 1 and 2.5 (far: ½). Only the row at 0 is wrong: ½, 0, 0, ½.
SPREAD = replace(
    view_of([1, 0, 0, 0], binary([0.1] * 4), binary([0.1] * 4)),
    source_columns=np.array([[0.0], [1.0], [2.0], [4.0]]),
    target_columns=np.array([[0.1], [3.5], [5.0], [6.5]]),
)

# The same votes on both domains: the line is y = x, and the accuracy 3/4 of 4 rows is shrunk to (3 + ½)/5.
LINE = replace(
    FOUR,
    target_codes=FOUR.source_codes,
    votes=votes_of(
        ["a", "b", "c"],
        [[0, 0, 1, 0], [0, 1, 1, 0], [1, 1, 0, 0]],
        [[0, 0, 1, 0], [0, 1, 1, 0], [1, 1, 0, 0]],
    ),
)

GOLDEN = {
    "ac": (FOUR, 1 - 0.7125),
    "doc": (FOUR, 1 / 4 + 0.75 - 0.7125),
    "atc": (FOUR, 1 / 4),
    "atc_entropy": (FOUR, 1 / 4),
    "iw": (FOUR, 0.5 / 4),
    "nearest_source": (FOUR, (0 + 0 + 1 / 2 + 1) / 4),
    "dis2": (FOUR, 1 / 4 + 3 / 4),
    "odd": (FOUR, 0.5 / 4 + (2 / 3 + 1 / 2) / 4),
    "cbpe": (POOLED, (1 / 4 + 1 / 2 + 1 / 4 + 0) / 4),
    "pape": (POOLED, (3 / 8 + 1 / 4 + 1 / 8 + 0) / 4),
    "cbpe_temperature": (HOT, (2 / 5 + 4 / 13) / 2),
    "cot": (CARRIED, (0.1 + 0.2 + 0.85 + 0.3 + 0.1) / 5),
    "cott": (CARRIED, 1 / 5),
    "bbse": (SHIFTED, 17 / 132),
    "em": (SHIFTED, 17 / 132),
    # 33 rows A to class 1 at .1, five to class 0 at .9, all B to class 0 at .2.
    "cot_em": (SHIFTED, (33 * 0.1 + 5 * 0.9 + 94 * 0.2) / 132),
    # On the source A costs .1 (10 rows), B .8 (one, to class 1) and .2 (nine); 3 of 20 are wrong: all of the one, 2 of the nine.
    "cott_em": (SHIFTED, (5 + 94 * 2 / 9) / 132),
    "knn": (SPREAD, (1 / 2 + 0 + 0 + 1 / 2) / 4),
    "aline": (LINE, 1 - 3.5 / 5),
}
ELSEWHERE = {"disagreement", "subspaces", "cot_gap"}
"""Have files of tests of their own."""


def test_every_estimator_has_a_golden_row():
    assert GOLDEN.keys() == ESTIMATORS.keys() - ELSEWHERE
    assert LOSS_GOLDEN.keys() == LOSS_ESTIMATORS.keys()


@pytest.mark.parametrize("name", sorted(GOLDEN))
def test_golden(name):
    view, expected = GOLDEN[name]
    # The target row at .5000001 stands for ½ that is predicted 1.
    assert ESTIMATORS[name]().estimate(view) == pytest.approx(expected, abs=1e-6 if view is POOLED else 1e-9)


def test_what_they_say_besides():
    assert ESTIMATORS["iw"]().detail(FOUR)["effective_sample_size"] == pytest.approx(
        4**2 / (4 + 0.25 + 1 + 0.25)
    )
    assert ESTIMATORS["odd"]().detail(FOUR) == {"outside": pytest.approx((2 / 3 + 1 / 2) / 4)}
    assert ESTIMATORS["dis2"]().detail(FOUR) == {"gap": 0.75, "critics": 2}
    assert ESTIMATORS["knn"]().detail(SPREAD) == {"neighbours": 2, "far": 0.25}
    assert ESTIMATORS["cbpe_temperature"]().detail(HOT)["temperature"] == pytest.approx(
        np.log(4) / np.log(1.5)
    )
    line = ESTIMATORS["aline"]().detail(LINE)
    assert (line["slope"], line["intercept"], line["r2"]) == pytest.approx((1.0, 0.0, 1.0))
    assert line["pairs"] == 6
    for name in ("bbse", "em", "cot_em", "cott_em"):
        assert ESTIMATORS[name]().detail(SHIFTED)["prevalence"] == pytest.approx([3 / 4, 1 / 4], abs=1e-8)


def test_golden_confusions():
    # Predicted 0 are rows 0 and 2, predicted 1 rows 1 and 3.
    expected = np.array([[0.65 + 0.5, 0.35 + 0.5], [0.05 + 0.25, 0.95 + 0.75]]) / 4
    np.testing.assert_allclose(ESTIMATORS["ac"]().confusion(FOUR), expected, atol=1e-12)
    # Predicted (rows), true (columns): weights of rows 0 and 1, row 3, row 2.
    np.testing.assert_allclose(
        ESTIMATORS["iw"]().confusion(FOUR), np.array([[2.5, 0], [0.5, 1.0]]) / 4, atol=1e-12
    )
    # B (predicted 0) and A by class: ¾·8/9, ¼·2/11; ¾/9, ¼·9/11.
    shifted = np.array([[3 / 4 * 8 / 9, 1 / 4 * 2 / 11], [3 / 4 / 9, 1 / 4 * 9 / 11]])
    for name in ("bbse", "em"):
        np.testing.assert_allclose(ESTIMATORS[name]().confusion(SHIFTED), shifted, atol=1e-8)
    # The far row, predicted 0, is of either class with probability ½; the others' neighbours are two of class 0 each but one.
    np.testing.assert_allclose(
        ESTIMATORS["knn"]().confusion(SPREAD), np.array([[5 / 8 + 1 / 8, 1 / 8 + 1 / 8], [0, 0]]), atol=1e-12
    )


LOSSES = LossView(
    losses=np.arange(20.0),
    source_columns=np.zeros((20, 1)),
    target_columns=np.ones((3, 1)),
    source_ratio=np.repeat([3.0, 1.0], 10),
)
LOSS_GOLDEN = {
    # (3·(0 + … + 9) + (10 + … + 19)) / 40
    "iw_loss": (3 * 45 + 145) / 40,
    # A constant column tells nothing: each model says the mean of the four folds that it saw, on average the mean of all.
    "dle": 9.5,
}


@pytest.mark.parametrize("name", sorted(LOSS_GOLDEN))
def test_golden_losses(name):
    assert LOSS_ESTIMATORS[name]().estimate(LOSSES) == pytest.approx(LOSS_GOLDEN[name], abs=1e-9)
