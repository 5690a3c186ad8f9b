"""Planted shifts are named: the table of `benchmarks.shifts` in fifty draws, and its first draw of each world."""

from collections import Counter

import pytest

from benchmarks.shifts import MOST_HARM, PLANTED, SEEDS, Planted, called_harm, named, page
from whytransfer import lab


@pytest.mark.coverage
@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: p.words)
def test_planted_shifts_are_named_in_fifty_draws(planted):
    found = [named(planted, seed) for seed in range(SEEDS)]
    kinds = Counter(kind for kind, _ in found)
    assert kinds[planted.kind] >= planted.fewest, kinds
    assert planted.labels or all(unseen for _, unseen in found)


@pytest.mark.coverage
@pytest.mark.parametrize("learner", ["logistic", "boosted"])
def test_harmless_drift_is_called_harm_in_five_of_fifty_at_most(learner):
    assert sum(called_harm(learner, seed) for seed in range(SEEDS)) <= MOST_HARM


@pytest.mark.parametrize("kind", ["covariate_or_label", "concept"])
def test_a_draw_is_prepared_as_an_audit_prepares_it(kind):
    planted = next(p for p in PLANTED if p.kind == kind)
    assert named(planted, 0) == (kind, not planted.labels)


def test_the_page_says_where_it_falls_short():
    good = [[(p.kind, True)] * 50 for p in PLANTED]
    text, holds = page(good, {"logistic": [False] * 50})
    assert holds and text.count("| 50 | 46 | – |") == len(PLANTED) - 1
    bad = [[("covariate", True)] * 5 + row[5:] for row in good]
    text, holds = page(bad, {"logistic": [True] * 6 + [False] * 44})
    assert not holds and "`covariate` 5" in text and "| logistic | 6 | 5 |" in text


def test_a_rare_class_leaves_label_shift_open():
    """Four rows of a class don't tell its law: label shift, which holds, may not be rejected for its rarity."""
    world = lab.planted_labels(source=0.08, target=0.9, separation=1.5)
    planted = Planted(words="a rare class", world=world, rows=(100, 300), kind="covariate_or_label")
    assert [named(planted, seed)[0] for seed in range(3)] == ["covariate_or_label"] * 3
