"""A model that was adapted to rows remembers them: it is no judge of itself there, and one of fresh rows."""

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

import whytransfer as wt
from whytransfer.methods import METHODS
from whytransfer.methods.met import Met
from whytransfer.methods.numeric import NumericMethod
from whytransfer.models.saved import load_model, save_model
from whytransfer.problem import Encoder
from whytransfer.steps.met import meeting

IDS = ("file_taught_nothing", "labels_taught_nothing")


def drawn(n, seed, sign=1.0):
    """Two classes along the first of four columns; with sign −1 the other way round."""
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 2, n)
    X = rng.normal(size=(n, 4))
    X[:, 0] += 0.8 * sign * (2 * y - 1)
    return X, y


X, Y = drawn(120, 0)
SEEN, THERE = drawn(60, 1, -1.0)
FRESH, FRESH_Y = drawn(60, 2, -1.0)


def some(labels, known):
    """Labels of which the marked ones are known."""
    found = np.full(len(labels), None, dtype=object)
    found[known] = labels[known]
    return found


@pytest.fixture(scope="module")
def coral():
    return METHODS["coral"]().fit(X, Y, target=SEEN)


@pytest.fixture(scope="module")
def pooled():
    """Taught by the labels of the first 30 rows."""
    return METHODS["pooled"]().fit(X, Y, target=SEEN, target_y=some(THERE, np.arange(30)))


def found(model, rows, labels, *, whole=False):
    """Ids of what claims from all rows, and from labelled ones, stand on."""
    met = meeting(wt.Problem(X, Y, rows, labels), [model], whole=whole)
    return tuple(None if a is None else a.id for a in (met.rows, met.labelled))


def test_rows_are_known_again_in_any_order_and_others_are_not(coral):
    met = coral.met_
    mixed = np.concatenate([SEEN[::-2], FRESH])
    assert met.among(mixed).rows.tolist() == [True] * 30 + [False] * 60
    assert not met.among(mixed).labelled.any()
    assert met.among(pd.DataFrame(SEEN)).rows.all()
    assert not METHODS["source"]().fit(X, Y, target=SEEN).met_


def test_rows_whose_label_was_seen_are_told_apart(pooled):
    seen = pooled.met_.among(SEEN)
    assert seen.rows.all() and seen.labelled.tolist() == [True] * 30 + [False] * 30


@pytest.mark.parametrize("kind", ["frame", "sparse"])
def test_every_kind_of_rows(kind):
    from scipy.sparse import csr_array

    rng = np.random.default_rng(3)
    if kind == "sparse":
        rows, others = (csr_array(rng.random((50, 6)) * (rng.random((50, 6)) < 0.5)) for _ in range(2))
        first = rows[:10]
    else:
        rows, others = (
            pd.DataFrame(
                {
                    "size": rng.normal(size=50),
                    "town": rng.choice(["a", "b", None], 50),
                    "when": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 9999, 50), "D"),
                    "note": [f"word {v} other {w}" for v, w in rng.integers(0, 999, (50, 2))],
                }
            )
            for _ in range(2)
        )
        # The columns come in another order, and others beside them.
        first = rows.iloc[:10][["when", "note", "town", "size"]].assign(more=1)
    met = Met.of(Encoder().fit(rows), rows)
    assert met.among(first).rows.all() and met.among(rows).rows.all()
    assert met.among(others).rows.mean() < 0.1


def test_where_no_row_repeats_one_is_enough_and_where_rows_repeat_chance_is_allowed_for(coral):
    one = np.concatenate([FRESH, SEEN[:1]])
    assert coral.met_.among(one).beyond_chance() and not coral.met_.among(FRESH).beyond_chance()
    rng = np.random.default_rng(4)
    # Columns of few values: fresh rows equal old ones in about two of three cases.
    coarse = [np.column_stack([rng.integers(0, 12, 200), rng.integers(0, 12, 200)]) for _ in range(60)]
    met = Met.of(Encoder().fit(coarse[0]), coarse[0])
    assert 0.5 < met.among(coarse[1]).rows.mean() < 0.9
    assert sum(met.among(rows).beyond_chance() for rows in coarse[1:]) <= 1
    assert met.among(coarse[0]).beyond_chance()
    assert all(
        met.among(np.concatenate([rows[:100], coarse[0][:100]])).beyond_chance() for rows in coarse[1:6]
    )
    # Each value often: nothing can be told.
    assert not Met.of(Encoder().fit(coarse[0]), coarse[0] % 2).among(coarse[0] % 2).beyond_chance()


def test_what_a_model_met_is_what_claims_about_it_stand_on(coral):
    assert found(coral, SEEN, THERE) == (IDS[0], IDS[0])
    assert found(coral, FRESH, FRESH_Y) == (None, None)
    assert found(coral, SEEN, THERE, whole=True) == (IDS[0], None)
    both, labels = np.concatenate([SEEN, FRESH]), np.concatenate([THERE, FRESH_Y])
    assert found(coral, both, some(labels, np.arange(60, 120))) == (IDS[0], None)
    assert found(coral, both, some(labels, np.arange(59, 120))) == (IDS[0], IDS[0])
    assert found(LogisticRegression().fit(X, Y), SEEN, THERE) == (None, None)


def test_labels_that_taught_certify_not_even_the_file(pooled):
    first = np.arange(30)
    assert found(pooled, SEEN, some(THERE, first)) == (IDS[0], IDS[0])
    assert found(pooled, SEEN, some(THERE, first), whole=True) == (IDS[0], IDS[1])
    # All labels are the truth, and a draw that knows nothing of the first one meets some of them.
    assert found(pooled, SEEN, THERE, whole=True) == (IDS[0], None)
    again = np.random.default_rng(5).permutation(60)[:20]
    assert 5 <= np.isin(again, first).sum() <= 13
    assert found(pooled, SEEN, some(THERE, again), whole=True) == (IDS[0], None)


def test_what_stands_around_a_model_does_not_hide_what_it_met(tmp_path):
    """Pipelines, searches, and files."""
    piped = Pipeline([("scale", StandardScaler()), ("adapt", METHODS["coral"]())], transform_input=["target"])
    searched = GridSearchCV(clone(piped), {"adapt__seed": [0]}, cv=2)
    with sklearn.config_context(enable_metadata_routing=True):
        piped.fit(X, Y, target=SEEN)
        searched.fit(X, Y, target=SEEN)
    save_model(piped, tmp_path / "m.skops")
    for model in (piped, searched, load_model(tmp_path / "m.skops")):
        assert found(model, SEEN, THERE) == (IDS[0], IDS[0])
        assert found(model, FRESH, FRESH_Y) == (None, None)


def test_a_model_that_a_search_chose_by_target_rows_has_met_them():
    scorer = wt.make_scorer("target_error", target=SEEN)
    searched = GridSearchCV(LogisticRegression(), {"C": [1.0]}, scoring=scorer, cv=2, refit=True).fit(X, Y)
    assert found(searched, SEEN, THERE) == (IDS[0], IDS[0])
    assert found(searched, FRESH, FRESH_Y) == (None, None)
    assert found(GridSearchCV(LogisticRegression(), {"C": [1.0]}, cv=2).fit(X, Y), SEEN, THERE) == (
        None,
        None,
    )


def test_methods_for_a_quantity():
    y, there = X[:, 0] + 1.0, SEEN[:, 0]
    for name, seen in (("coral", 0), ("recalibrated", 20)):
        labels = np.where(np.arange(60) < 20, there, np.nan)
        met = NumericMethod(name).fit(X, y, target=SEEN, target_y=labels).met_.among(SEEN)
        assert met.rows.all() and met.labelled.sum() == seen
    assert NumericMethod("source").fit(X, y, target=SEEN).met_ is None


@pytest.mark.parametrize(
    ("adapted", "options", "conditional"),
    [
        ("model", {"way": "uniform"}, True),
        ("candidate", {"way": "uniform"}, True),
        ("model", {"way": "uniform", "population": "file"}, False),
        ("none", {"way": "uniform"}, False),
    ],
)
def test_a_plan_says_before_anyone_labels_that_a_model_has_met_its_rows(coral, adapted, options, conditional):
    plain = LogisticRegression().fit(X, Y)
    plan = wt.plan_labels(
        wt.Problem(X, Y, SEEN),
        coral if adapted == "model" else plain,
        tolerance=0.3,
        budget=30,
        candidates={"other": coral if adapted == "candidate" else plain},
        **options,
    )
    assert ("file_taught_nothing" in {a.id for a in plan.standing}) == conditional
    assert any("was adapted to 60 of the 60 target rows" in w for w in plan.warnings) == conditional
    claim = wt.certify(plan, dict.fromkeys(plan.rows.tolist(), 0)).claim("target_error.direct")
    assert claim.level == ("conditional" if conditional else "proved")


def test_a_plan_of_a_quantity_says_so_too():
    problem = wt.Problem(X, X[:, 0] + 0.5, SEEN, task="regression")
    model = NumericMethod("mean_scale").fit(X, X[:, 0] + 0.5, target=SEEN)
    common = {"tolerance": 1.0, "budget": 20, "metric": "absolute", "loss_cap": 5.0}
    standing = wt.plan_labels(problem, model, **common).standing
    assert [a.id for a in standing] == ["file_taught_nothing"]
    fresh = wt.Problem(X, X[:, 0] + 0.5, FRESH, task="regression")
    assert wt.plan_labels(fresh, model, **common).standing == ()
