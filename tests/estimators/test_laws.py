"""What holds for every estimator: symmetries, ranges, edges; and what holds when nothing moved."""

import ast
import copy
import json
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import whytransfer.estimators
from tests.estimators.views import binary, random_view, renamed, reordered, unmoved, view_of
from whytransfer.estimators import ESTIMATORS, Estimator
from whytransfer.estimators.aline import FIT, agreement_line

NAMES = sorted(ESTIMATORS)
seeds = st.integers(0, 10_000)
each = pytest.mark.parametrize("name", NAMES)
WITH_CONFUSION = (
    "ac",
    "bbse",
    "cbpe",
    "cbpe_temperature",
    "cot",
    "cot_em",
    "em",
    "iw",
    "knn",
    "nearest_source",
    "pape",
)


def test_every_estimator_of_the_folder_is_exported():
    folder = Path(whytransfer.estimators.__file__).parent
    written = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.AnnAssign) and getattr(node.target, "id", "") == "name":
                written |= {node.value.value} if isinstance(node.value, ast.Constant) else set()
    assert written == set(ESTIMATORS) | set(whytransfer.estimators.LOSS_ESTIMATORS)


@each
def test_its_file_bears_its_name_and_it_says_what_it_assumes(name):
    kind = ESTIMATORS[name]
    assert kind.__module__.endswith(f".{name}")
    assert kind.title
    assert len(kind.assumption) > 20
    assert not kind.assumption.endswith(".")


@each
@settings(max_examples=5)
@given(seeds)
def test_the_order_of_rows_does_not_matter(name, seed):
    view, rng = random_view(seed), np.random.default_rng(seed + 1)
    moved = reordered(view, rng.permutation(view.n), rng.permutation(view.m))
    assert ESTIMATORS[name]().estimate(moved) == pytest.approx(ESTIMATORS[name]().estimate(view), abs=1e-7)


@each
@settings(max_examples=5)
@given(seeds)
def test_the_names_of_the_classes_do_not_matter(name, seed):
    view = random_view(seed)
    moved = renamed(view, [2, 0, 1])
    assert ESTIMATORS[name]().estimate(moved) == pytest.approx(ESTIMATORS[name]().estimate(view), abs=1e-7)


@each
def test_the_same_view_gives_the_same_number_and_is_not_changed(name):
    view = random_view(5)
    kept = copy.deepcopy(view)
    assert ESTIMATORS[name]().estimate(view) == ESTIMATORS[name]().estimate(view)
    for field in fields(view):
        before, after = getattr(kept, field.name), getattr(view, field.name)
        if isinstance(before, np.ndarray):
            np.testing.assert_array_equal(before, after)


@each
@settings(max_examples=5)
@given(seeds)
def test_a_confusion_is_a_law_and_agrees_with_the_estimate(name, seed):
    view = random_view(seed)
    found = ESTIMATORS[name]().confusion(view)
    if found is None:
        assert name not in WITH_CONFUSION
        return
    assert found.shape == (3, 3)
    assert (found >= 0).all()
    assert found.sum() == pytest.approx(1.0, abs=1e-9)
    assert 1 - np.trace(found) == pytest.approx(ESTIMATORS[name]().estimate(view), abs=1e-9)


@pytest.mark.parametrize("name", ["ac", "cbpe", "cbpe_temperature", "em", "pape"])
def test_its_rows_add_up_to_the_predicted_shares(name):
    view = random_view(8)
    shares = np.bincount(view.target_codes, minlength=3) / view.m
    np.testing.assert_allclose(ESTIMATORS[name]().confusion(view).sum(axis=1), shares, atol=1e-9)


# ---------------------------------------------------------------- nothing moved


@pytest.mark.parametrize(
    "name", ["doc", "atc", "atc_entropy", "cott", "iw", "bbse", "dis2", "odd", "nearest_source"]
)
@settings(max_examples=10)
@given(seed=seeds)
def test_without_any_shift_it_is_the_source_error(name, seed):
    view = unmoved(random_view(seed, n=200))
    assert ESTIMATORS[name]().estimate(view) == pytest.approx(view.source_error, abs=1e-7)


@pytest.mark.parametrize("name", ["cbpe", "pape", "em", "cbpe_temperature", "knn", "aline"])
def test_without_any_shift_it_is_nearly_the_source_error(name):
    view = unmoved(random_view(3, n=2000))
    # Calibration is right on average over a block, which may straddle the border between two predictions; knn smooths.
    assert ESTIMATORS[name]().estimate(view) == pytest.approx(view.source_error, abs=0.03)


def test_equal_weights_make_pape_cbpe():
    view = replace(random_view(2), source_ratio=np.full(60, 3.0))
    assert ESTIMATORS["pape"]().estimate(view) == pytest.approx(
        ESTIMATORS["cbpe"]().estimate(view), abs=1e-12
    )


def test_a_model_that_errs_more_on_the_target_for_no_visible_reason_is_seen_by_none():
    # The control: labels of the target are no part of a view, so that a flip of theirs changes nothing.
    view = unmoved(random_view(3, n=2000))
    flipped_error = 1 - view.source_error
    for name in NAMES:
        if ESTIMATORS[name]().applies(view) is None:
            assert abs(ESTIMATORS[name]().estimate(view) - flipped_error) > 0.1


# ---------------------------------------------------------------- edges


def edge_views():
    rng = np.random.default_rng(0)
    full = random_view(1, n=40, m=20)
    yield "twenty target rows", full
    yield "one target row", reordered(full, np.arange(40), np.array([3]))
    one = np.tile([0.9, 0.05, 0.05], (40, 1)) + 0.01 * rng.random((40, 3))
    one /= one.sum(axis=1, keepdims=True)
    yield (
        "one class predicted",
        replace(
            full,
            source_proba=one,
            target_proba=one[:20],
            source_codes=np.zeros(40, int),
            target_codes=np.zeros(20, int),
        ),
    )
    hard = np.eye(3)[full.source_codes], np.eye(3)[full.target_codes]
    yield "probabilities 0 and 1", replace(full, source_proba=hard[0], target_proba=hard[1])
    yield (
        "never wrong, certain",
        replace(full, source_proba=hard[0], target_proba=hard[1], source_labels=full.source_codes),
    )
    yield "always wrong", replace(full, source_labels=(full.source_codes + 1) % 3)
    yield "one class of labels", replace(full, source_labels=np.zeros(40, dtype=np.int64))
    flat = np.full((40, 3), 1 / 3)
    yield "flat probabilities", replace(full, source_proba=flat, target_proba=flat[:20])
    yield (
        "all columns equal",
        replace(full, source_columns=np.zeros((40, 4)), target_columns=np.zeros((20, 4))),
    )
    yield "everything far", replace(full, target_columns=full.target_columns + 1e6)
    yield "one row carries all", replace(full, source_ratio=np.eye(40)[0] * 1e9)
    many = random_view(2, n=60, m=30, k=10)
    yield "ten classes, some missing", replace(many, source_labels=many.source_labels % 4)
    yield "classes that the source never predicts", replace(many, source_codes=many.source_codes % 3)
    ties = np.round(random_view(4, n=60, m=60, k=2).source_proba * 2) / 2
    yield "ties", replace(random_view(4, n=60, m=60, k=2), source_proba=ties, target_proba=ties)


EDGES = dict(edge_views())


@each
@pytest.mark.parametrize("edge", sorted(EDGES))
def test_at_the_edges_it_gives_a_number_or_a_sentence(name, edge):
    view, estimator = EDGES[edge], ESTIMATORS[name]()
    lacks = estimator.applies(view)
    if lacks is not None:
        assert isinstance(lacks, str)
        assert len(lacks) > 20
        return
    value = estimator.estimate(view)
    assert isinstance(value, float)
    assert np.isfinite(value)
    if name not in (
        "doc",
        "dis2",
        "odd",
        "disagreement",
        "subspaces",
        "cot_gap",
    ):  # these may leave [0, 1], and say so
        assert -1e-9 <= value <= 1 + 1e-9
    rejected = estimator.rejected(view)
    assert rejected is None or isinstance(rejected, str)
    found = estimator.confusion(view)
    if found is not None:
        assert found.sum() == pytest.approx(1.0, abs=1e-6)
        assert (found >= -1e-12).all()
    # Plain JSON, finite numbers only.
    assert json.loads(json.dumps(estimator.detail(view), allow_nan=False)) == estimator.detail(view)


def test_the_edges_reach_both_answers():
    answers = {(ESTIMATORS[n]().applies(v) is None) for n in NAMES for v in EDGES.values()}
    assert answers == {True, False}


@each
def test_too_few_source_rows_and_an_empty_target_are_said(name):
    full = random_view(1, n=40, m=20)
    few = reordered(full, np.arange(19), np.arange(20))
    assert ESTIMATORS[name]().applies(few) == "only 19 labelled source rows were held back, fewer than 20"
    assert (
        ESTIMATORS[name]().applies(reordered(full, np.arange(40), np.arange(0))) == "the target has no rows"
    )
    twenty = replace(reordered(full, np.arange(20), np.arange(20)), source_ratio=np.ones(20))
    # Twenty rows may still be too few to tell classes apart, or to draw a line through.
    assert ESTIMATORS[name]().applies(twenty) is None or name in ("aline", "bbse")


BARE = dict.fromkeys(
    (
        "source_proba",
        "target_proba",
        "source_columns",
        "target_columns",
        "source_ratio",
        "target_ratio",
        "votes",
    )
)


@pytest.mark.parametrize(
    ("missing", "silenced"),
    [
        (
            ("source_proba",),
            (
                "ac",
                "doc",
                "atc",
                "atc_entropy",
                "cbpe",
                "cbpe_temperature",
                "pape",
                "cot",
                "cot_gap",
                "cot_em",
                "cott",
                "cott_em",
                "em",
            ),
        ),
        (("target_columns",), ("knn", "nearest_source")),
        (("source_ratio",), ("iw", "pape", "odd")),
        (("target_ratio",), ("odd",)),
        (("votes",), ("dis2", "odd", "aline", "subspaces")),
    ],
)
def test_what_is_missing_is_named(missing, silenced):
    view = replace(random_view(0, n=200, m=200), **dict.fromkeys(missing))
    quiet = {n for n in NAMES if ESTIMATORS[n]().applies(view) is not None} - {"disagreement"}
    assert quiet - {"aline"} == set(silenced) - {"aline"}
    bare = replace(view, **BARE)
    # From predictions and labels alone there is one estimate.
    assert {n for n in NAMES if ESTIMATORS[n]().applies(bare) is None} == {"bbse"}


@each
def test_asked_all_the_same_it_says_what_it_expected(name):
    bare = replace(random_view(0), **BARE)
    if name != "bbse":
        with pytest.raises(ValueError, match="expected"):
            ESTIMATORS[name]().estimate(bare)


def test_a_line_that_does_not_fit_is_not_used():
    view = random_view(0, n=400, m=400)
    rng = np.random.default_rng(0)
    noise = replace(view.votes, target=rng.integers(0, 3, view.votes.target.shape))
    said = ESTIMATORS["aline"]().applies(replace(view, votes=noise))
    assert said is not None
    assert "do not lie on a line" in said
    whole = view.votes.without("subspace")
    line = agreement_line(
        np.vstack([view.source_codes, whole.source]), np.vstack([view.target_codes, whole.target])
    )
    assert line.r2 > FIT
    assert ESTIMATORS["aline"]().applies(view) is None
    few = replace(view, votes=view.votes.without("wide", "near"))
    assert "3 models are too few" in ESTIMATORS["aline"]().applies(few)
    alike = replace(
        view, votes=replace(view.votes, source=np.tile(view.source_codes, (len(view.votes.names), 1)))
    )
    assert "there is no line" in ESTIMATORS["aline"]().applies(alike)


def test_predictions_that_say_nothing_can_not_be_corrected():
    codes = np.zeros(40, dtype=np.int64)
    view = replace(view_of([0, 1] * 20, binary([0.1] * 40), binary([0.1] * 20)), source_codes=codes)
    assert (
        ESTIMATORS["bbse"]().applies(view)
        == "the model's predictions do not tell the classes apart on the source"
    )
    single = replace(view, source_labels=codes)
    for name in ("bbse", "em", "cot_em", "cott_em"):
        assert ESTIMATORS[name]().applies(single) == "the held-out source rows have one class only"


def test_an_estimator_says_nothing_by_default():
    class Plain(Estimator):
        def estimate(self, view):
            return 0.0

    view = random_view(0)
    assert Plain().applies(view) is None
    assert (Plain().confusion(view), Plain().rejected(view), Plain().detail(view)) == (None, None, {})
