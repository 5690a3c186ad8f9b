"""Theorems that read rows or counts, by groups: groups of one row change nothing, copies are worth nothing, oracles."""

import math

import numpy as np
import pytest

import whytransfer as wt
from whytransfer.claims.intervals import Units, counted_lower, counted_upper, grouped_upper, part_limits

RNG = np.random.default_rng(5)
N, M = 40, 30
CELL, WRONG, VISITED = RNG.integers(0, 3, N), RNG.random(N) < 0.3, RNG.integers(0, 3, M)
PAIRS, SEEN = RNG.integers(0, 4, N), RNG.integers(0, 2, M)
LOSSES, DOUBT, MORE = RNG.random(N).round(2), RNG.random(N).round(2), RNG.random(M).round(2)
WEIGHTS = 2.0 * RNG.random(N)
VOTES, TRUE, THERE = RNG.integers(0, 2, (3, N)), RNG.integers(0, 2, N), RNG.integers(0, 2, (3, M))


def counted(values, size, groups):
    return Units.of(groups, len(values)).counts(np.asarray(values), size)


def terms(name, s=None, t=None, times=1):
    """The terms of a theorem on rows that stand there `times` times, in the groups s and t of the single rows."""

    def again(values):
        return np.repeat(np.asarray(values), times, axis=-1)

    s, t = (None if g is None else again(g) for g in (s, t))
    tables = {
        "cells": lambda: {
            "source_counts": counted(again(CELL), 3, s),
            "source_errors": counted(again(CELL * 2 + WRONG), 6, s)[..., 1::2],
            "target_counts": counted(again(VISITED), 3, t),
        },
        "prevalence": lambda: {"prevalence": 0.3, "predicted_counts": counted(again(SEEN), 2, t)},
        "label_shift_lp": lambda: {
            "confusion_counts": (c := counted(again(PAIRS), 4, s)).reshape(*c.shape[:-1], 2, 2),
            "predicted_counts": counted(again(SEEN), 2, t),
        },
        "ppi": lambda: {
            "losses": again(LOSSES),
            "labelled": again(DOUBT),
            "unlabelled": again(MORE),
            "labelled_groups": s,
            "unlabelled_groups": t,
        },
        "importance_weighting": lambda: {
            "weights": again(WEIGHTS),
            "losses": again(LOSSES),
            "groups": s,
            "largest_weight": 2.0,
        },
        "pac_bayes_da": lambda: {
            "source_votes": again(VOTES),
            "source_labels": again(TRUE),
            "target_votes": again(THERE),
            "source_groups": s,
            "target_groups": t,
            "joint_error_gap": 0.0,
        },
        "transport_labels": lambda: {
            "cost": 0.01,
            "radii": [0.1, 0.2],
            "wrong": again(WRONG),
            "distances": again(DOUBT),
            "groups": s,
        },
        **{
            kind: lambda: {"errors": again(WRONG).astype(float), "groups": s}
            for kind in ("hoeffding", "chernoff", "betting", "empirical_bernstein")
        },
    }
    return tables[name]()


NAMES = (
    "cells",
    "prevalence",
    "label_shift_lp",
    "ppi",
    "importance_weighting",
    "pac_bayes_da",
    "transport_labels",
    "hoeffding",
    "chernoff",
    "betting",
    "empirical_bernstein",
)


def limits(claim):
    return [x for x in (claim.lower, claim.upper) if x is not None]


@pytest.mark.parametrize("name", NAMES)
def test_groups_of_one_row_change_nothing(name):
    rows = wt.theorem(name, **terms(name))
    alone = wt.theorem(name, **terms(name, np.arange(N), np.arange(M)))
    assert limits(alone) == pytest.approx(limits(rows), abs=1e-9)
    assert alone.level == rows.level and alone.estimate == pytest.approx(rows.estimate)


@pytest.mark.parametrize("name", NAMES)
def test_copies_in_one_group_are_worth_nothing_and_counted_as_rows_they_are_believed(name):
    twice, often = (wt.theorem(name, **terms(name, np.arange(N), np.arange(M), times=k)) for k in (2, 6))
    assert limits(often) == pytest.approx(limits(twice), abs=1e-9)
    # The form for rows believes the copies.
    believed = wt.theorem(name, **terms(name, times=6))
    assert believed.upper < often.upper - 0.01
    assert often.level == believed.level


def test_estimates_are_those_of_the_rows():
    groups = np.arange(N) // 4, np.arange(M) // 3
    for name in ("cells", "label_shift_lp", "ppi", "importance_weighting"):
        rows, by_group = wt.theorem(name, **terms(name)), wt.theorem(name, **terms(name, *groups))
        assert by_group.estimate == pytest.approx(rows.estimate, abs=1e-12)


def test_one_domain_may_have_groups_alone():
    s, t = np.arange(N) // 4, np.arange(M) // 3
    for name in ("cells", "label_shift_lp", "ppi", "pac_bayes_da"):
        for one in ((s, None), (None, t)):
            assert wt.theorem(name, **terms(name, *one)).upper is not None


def test_predictions_of_groups_of_unlike_sizes_add_up_only_if_sizes_don_t_matter():
    alike = wt.theorem("ppi", **terms("ppi", np.arange(N) // 2, np.arange(M) // 2))
    assert (alike.level, alike.assumptions) == (wt.Level.PROVED, ())
    for groups in ((np.arange(N) // 2, np.arange(M) // 3), (np.arange(N) // 3, None)):
        unlike = wt.theorem("ppi", **terms("ppi", *groups))
        assert unlike.level is wt.Level.CONDITIONAL
        assert [a.id for a in unlike.assumptions] == ["sizes_uninformative"]


def test_cells_by_hand():
    """The upper limit of two cells: the dearer one is filled up to its largest share, the other one takes the rest."""
    source = np.array([[3, 1], [2, 2], [4, 0], [1, 3]] * 6)
    errors = np.array([[0, 1], [1, 2], [0, 0], [1, 1]] * 6)
    target = np.array([[2, 1], [3, 0], [1, 2]] * 8)
    claim = wt.theorem("cells", source_counts=source, source_errors=errors, target_counts=target)
    share, rows = 0.05 / 4, np.full(24, 4)
    r = [part_limits(errors[:, b], source[:, b], rows, share)[1] for b in (0, 1)]
    t = part_limits(target[:, 1], np.full(24, 3), np.full(24, 3), share)[1]
    assert r[1] > r[0]
    assert claim.upper == pytest.approx(t * r[1] + (1 - t) * r[0], abs=1e-12)
    assert claim.detail["failure_a_limit"] == pytest.approx(share)


def test_weights_by_hand():
    groups = np.repeat(np.arange(8), 5)
    share = np.bincount(groups) / N
    values, log = WEIGHTS * LOSSES, math.log(20)
    expected = {
        "hoeffding": values.mean() + 2 * math.sqrt(log * (share**2).sum() / 2),
        "cortes": values.mean() + 4 * share.max() * log / 3 + math.sqrt(2 * 1.5 * log * (share**2).sum()),
        "betting": 2 * grouped_upper(values / 2, groups, 0.05),
    }
    for form, limit in expected.items():
        claim = wt.theorem(
            "importance_weighting",
            weights=WEIGHTS,
            losses=LOSSES,
            groups=groups,
            largest_weight=2.0,
            second_moment=1.5,
            form=form,
        )
        assert claim.upper == pytest.approx(limit, abs=1e-12)
        assert claim.detail["source_units"] == {"unit": "groups", "groups": 8, "effective": pytest.approx(8)}


def test_second_moment_of_all_rows_may_lie_in_the_large_groups():
    """Singles of weight 1 that are right; groups of fifty, wrong, all of weight M or 0: d₂ is nearly all theirs."""
    rng, size, largest, many, single = np.random.default_rng(11), 50, 20.0, 400, 380_000
    groups = np.concatenate([np.repeat(np.arange(many), size), many + np.arange(single)])
    losses, n = (groups < many).astype(float), many * size + single
    second = (single + many * size * largest) / n
    given = {"losses": losses, "groups": groups, "largest_weight": largest, "second_moment": second}
    first = np.concatenate([np.zeros(many * size), np.ones(single)])
    # The mean of the weighted losses is 0 here; what is added to it is the same for every draw.
    added = wt.theorem("importance_weighting", **given, weights=first, form="cortes").upper
    log, share = math.log(20), size / n
    assert added == pytest.approx(
        2 * largest * share * log / 3 + math.sqrt(2 * second * share * log), rel=1e-12
    )
    means = rng.binomial(many, 1 / largest, 4000) * size * largest / n
    assert (means + added < losses.mean()).mean() <= 0.05
    believed = (
        2 * largest * share * log / 3 + math.sqrt(2 * second * log * (np.bincount(groups) ** 2).sum()) / n
    )
    assert (means + believed < losses.mean()).mean() > 0.05


def test_counted_errors_by_hand():
    groups, wrong = np.repeat(np.arange(5), [1, 2, 4, 8, 25]), WRONG.astype(float)
    sizes = np.bincount(groups)
    found = {name: wt.theorem(name, errors=wrong, groups=groups) for name in ("hoeffding", "chernoff")}
    spread = math.sqrt(math.log(20) * (sizes**2).sum() / N**2 / 2)
    assert found["hoeffding"].upper == pytest.approx(min(1.0, wrong.mean() + spread), abs=1e-12)
    assert found["hoeffding"].lower == pytest.approx(max(0.0, wrong.mean() - spread), abs=1e-12)
    assert found["chernoff"].upper == counted_upper(wrong.sum(), sizes, 0.05)
    assert found["chernoff"].lower == counted_lower(wrong.sum(), sizes, 0.05)
    many = wt.theorem("hoeffding", errors=np.tile([1.0, 1.0, 0.0], 60), groups=np.repeat(np.arange(90), 2))
    spread = math.sqrt(math.log(20) / 90 / 2)
    assert (many.lower, many.upper) == pytest.approx((2 / 3 - spread, 2 / 3 + spread), abs=1e-12)
    assert not any(claim.detail["anytime"] for claim in found.values())


@pytest.mark.parametrize("side", [0, 1])
def test_a_term_of_grouped_rows_is_no_term_of_so_many_independent_rows(side):
    """Its own limit allows for groups; a deviation of n rows would not, and a bound of it would be called proved."""
    rng, groups = np.random.default_rng(3), np.repeat(np.arange(20), 40)
    there = np.repeat(rng.normal(size=(2, 20)), 40, axis=1)
    given = (groups, None) if side == 0 else (None, groups)
    found = wt.hypotheses("thresholds").discrepancy(*there, groups=given)
    alone = wt.theorem("hdh", source_error=0.1, discrepancy=found, adaptability=0.1)
    assert alone.upper == pytest.approx(0.2 + found.upper)
    with pytest.raises(
        wt.InputError, match=rf"{'nm'[side]}: .* worth 20 independent rows, got 800; leave n and m out"
    ):
        wt.theorem("hdh", source_error=0.1, discrepancy=found, adaptability=0.1, n=800, m=800)
    sizes = {"n": math.inf, "m": 800} if side == 0 else {"n": 800, "m": math.inf}
    # Nothing is drawn from a population.
    assert (
        wt.theorem("hdh", source_error=0.1, discrepancy=found, adaptability=0.1, **sizes).upper < alone.upper
    )


def test_an_error_of_grouped_rows_is_no_error_of_so_many_independent_rows():
    error = wt.theorem("betting", errors=WRONG.astype(float), groups=np.arange(N) // 4)
    with pytest.raises(wt.InputError, match="worth 10 independent rows, got 40"):
        wt.theorem("dis2", source_error=error, disagreement_gap=0.1, n=N, m=100)
    with pytest.raises(wt.InputError, match="worth 10 independent rows, got 40"):
        wt.theorem("pac_bayes_kl", error=error, n=N, divergence=0.1)
    with pytest.raises(wt.InputError, match="expected the 40 rows"):
        wt.theorem(
            "pac_bayes_kl", error=wt.theorem("betting", errors=WRONG.astype(float)), n=400, divergence=0.1
        )
    assert (
        wt.theorem("dis2", source_error=error.estimate, disagreement_gap=0.1, n=10, m=100).upper is not None
    )


@pytest.mark.parametrize(
    ("labelled", "unlabelled", "population", "assumed"),
    [
        (None, None, False, False),
        (N // 4, None, False, True),
        (None, 60, False, True),
        (N // 4, 60, False, False),
        (N // 4, 30, False, True),
        (N // 4, None, True, True),
        (N // 4, 60, True, False),
        (N // 4, 30, True, True),
    ],
)
def test_parts_of_units_of_other_sizes_are_one_error_only_if_sizes_do_not_matter(
    labelled, unlabelled, population, assumed
):
    """Labelled groups of four say nothing about rows that stand alone, of which the other part is made."""
    claim = wt.theorem(
        "ppi",
        losses=WRONG.astype(float),
        labelled=np.full(N, 0.2),
        unlabelled=np.full(240, 0.2),
        labelled_groups=None if labelled is None else np.arange(N) % labelled,
        unlabelled_groups=None if unlabelled is None else np.arange(240) % unlabelled,
        population=population,
    )
    assert ([a.id for a in claim.assumptions] == ["sizes_uninformative"]) == assumed
    assert (claim.level == "conditional") == assumed


@pytest.mark.parametrize(
    ("name", "given", "sentence"),
    [
        ("clopper_pearson", {"errors": WRONG.astype(float), "groups": np.arange(N) // 2}, "betting"),
        ("betting", {"errors": 3, "n": 40, "groups": np.arange(N)}, "losses of the rows"),
        ("empirical_bernstein", {"errors": WRONG.astype(float), "groups": np.repeat([0, 1], [10, 30])}, "one size"),
        ("betting", {"errors": WRONG.astype(float), "groups": np.arange(3)}, "one a row"),
        ("importance_weighting", {"weighted_error": 0.2, "n": 9, "groups": [1], "largest_weight": 2.0}, "either"),
        ("cells", {"source_counts": np.ones((2, 3)), "source_errors": np.ones(3), "target_counts": np.ones(3)}, "same cells"),
    ],
)  # fmt: skip
def test_bad_input(name, given, sentence):
    with pytest.raises(wt.InputError, match=sentence):
        wt.theorem(name, **given)
