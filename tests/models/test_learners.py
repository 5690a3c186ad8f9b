"""The learners that come with the tool: raw mixed rows in, labels and probabilities out, scikit-learn's conventions kept."""

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV

import whytransfer as wt
from whytransfer.models.learners import TITLES, ExactClassifier, Standardise, learner


def mixed(n, seed):
    """Numbers with gaps, categories and booleans; `number` decides, but for one row in ten."""
    rng = np.random.default_rng(seed)
    number = rng.normal(size=n)
    frame = pd.DataFrame(
        {
            "number": number,
            "gaps": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)),
            "colour": rng.choice(["red", "green", "blue"], n),
            "flag": rng.random(n) < 0.5,
        }
    )
    return frame, np.where((number > 0) ^ (rng.random(n) < 0.1), "yes", "no")


@pytest.fixture(scope="module")
def rows():
    return mixed(150, 0)


@pytest.fixture(scope="module", params=["logistic", "boosted", "stump", "tree2"])
def fitted(request, rows):
    return learner(request.param).fit(*rows)


def test_the_default_is_first_and_each_has_a_title():
    assert list(TITLES) == ["logistic", "boosted", "stump", "tree2"]
    assert [learner(name).steps[0][0] for name in TITLES] == ["encode"] * 4


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(wt.UnknownNameError, match="did you mean 'logistic'"):
        learner("logistik")


def test_a_learner_learns_from_mixed_rows_and_predicts_labels(fitted):
    frame, y = mixed(400, 1)
    said = fitted.predict(frame)
    assert set(said) == {"yes", "no"} and said.shape == (400,)
    assert (said != y).mean() < 0.2


def test_probabilities_sum_to_one_and_agree_with_the_labels(fitted):
    frame, _ = mixed(200, 2)
    proba = fitted.predict_proba(frame)
    assert proba.shape == (200, 2) and (proba >= 0).all()
    assert np.allclose(proba.sum(axis=1), 1, atol=1e-12)
    likely = fitted.classes_[proba.argmax(axis=1)]
    clear = np.abs(proba[:, 0] - 0.5) > 1e-9
    assert (likely == fitted.predict(frame))[clear].all()


def test_rows_of_the_target_may_hold_what_training_never_saw(fitted):
    frame, _ = mixed(50, 3)
    frame.loc[:10, "colour"] = "violet"
    frame.loc[5:20, "number"] = np.nan
    assert np.isfinite(fitted.predict_proba(frame)).all()


def test_the_rows_are_left_as_they_were(rows):
    frame, y = rows
    before = frame.copy(deep=True)
    learner("logistic").fit(frame, y).predict(frame)
    pd.testing.assert_frame_equal(frame, before)


@pytest.mark.parametrize("name", ["logistic", "boosted", "stump", "tree2"])
def test_clone_is_unfitted_and_learns_the_same(name, rows, fitted):
    frame, y = rows
    model = learner(name, seed=3)
    twin = clone(model)
    assert twin.get_params()["encode__most_categories"] == model.get_params()["encode__most_categories"]
    with pytest.raises(NotFittedError):
        twin.predict(frame)
    assert np.array_equal(twin.fit(frame, y).predict_proba(frame), model.fit(frame, y).predict_proba(frame))


def test_parameters_can_be_searched(rows):
    search = GridSearchCV(learner("logistic"), {"classify__C": [0.01, 1.0], "encode__components": [2]}, cv=2)
    assert search.fit(*rows).best_score_ > 0.8


def test_a_fitted_learner_survives_pickling(fitted):
    frame, _ = mixed(40, 4)
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.predict_proba(frame), fitted.predict_proba(frame))


def test_the_seed_reaches_the_learner():
    assert learner("boosted", 7).get_params()["classify__random_state"] == 7
    assert learner("logistic", 7).get_params()["classify__random_state"] == 7


# The exact classes as classifiers


def slow_stump(x, y, labels):
    """The least number of errors over cuts between values and labels on each side."""
    cuts = [-np.inf, *sorted(set(x))]
    return min(
        sum((left if v <= t else right) != c for v, c in zip(x, y, strict=True))
        for t in cuts
        for left in labels
        for right in labels
    )


@given(st.integers(0, 10_000))
@settings(max_examples=40)
def test_the_stump_has_the_fewest_errors_there_are(seed):
    rng = np.random.default_rng(seed)
    n, k = rng.integers(2, 15), rng.integers(2, 4)
    X, y = rng.integers(0, 5, (n, 2)).astype(float), rng.integers(0, k, n)
    model = ExactClassifier("stumps").fit(X, y)
    least = min(slow_stump(X[:, j], y, range(k)) for j in range(2))
    assert (model.predict(X) != y).sum() == least


@given(st.integers(0, 10_000), st.sampled_from(["stumps", "tree2"]))
@settings(max_examples=40)
def test_probabilities_are_the_frequencies_of_training_rows_with_the_same_answer(seed, name):
    rng = np.random.default_rng(seed)
    X, y = rng.normal(size=(30, 2)), rng.choice(["a", "b", "c"], 30)
    model = ExactClassifier(name).fit(X, y)
    proba, said = model.predict_proba(X), model.predict(X)
    for row, answer in zip(proba, said, strict=True):
        same = said == answer
        expected = [(1 + (y[same] == c).sum()) / (len(model.classes_) + same.sum()) for c in model.classes_]
        assert row == pytest.approx(expected, abs=1e-12)


def test_one_class_is_always_said():
    model = ExactClassifier("stumps").fit(np.arange(5.0)[:, None], ["only"] * 5)
    assert set(model.predict([[9.0]])) == {"only"}
    assert model.predict_proba([[9.0]]).tolist() == [[1.0]]


def test_an_unfitted_exact_classifier_says_so():
    with pytest.raises(NotFittedError):
        ExactClassifier("stumps").predict([[0.0]])


# Scaling


def test_dense_columns_get_mean_zero_and_unit_variance():
    X = np.random.default_rng(0).normal(3, 5, (50, 2))
    scaled = Standardise().fit(X).transform(X)
    assert np.allclose(scaled.mean(axis=0), 0, atol=1e-12)
    assert np.allclose(scaled.std(axis=0), 1, atol=1e-12)


def test_sparse_columns_stay_sparse_and_are_not_centred():
    X = sparse.random(50, 6, density=0.3, random_state=0, format="csr")
    scaled = Standardise().fit(X).transform(X)
    assert sparse.issparse(scaled) and scaled.nnz == X.nnz
    assert np.allclose(scaled.toarray(), X.toarray() / X.toarray().std(axis=0), atol=1e-12)


def test_an_exact_learner_on_a_wide_sparse_table_is_refused_in_one_line():
    wide = sparse.random(40, 1200, density=0.05, random_state=0, format="csr")
    y = np.random.default_rng(0).integers(0, 2, 40)
    with pytest.raises(wt.InputError) as refused:
        wt.audit(wt.Problem(wide, y, wide), model="stump", theorems=[])
    assert "\n" not in str(refused.value)
