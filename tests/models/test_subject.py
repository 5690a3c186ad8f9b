"""The subject of an audit: what a model says, put in the order of the problem's classes."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import whytransfer as wt
from whytransfer.models import Kind, of_model, of_predictions, train
from whytransfer.problem import make_splits

CLASSES = np.array(["a", "b", "c"])


@pytest.fixture(scope="module")
def problem():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(90, 2))
    return wt.Problem(X, CLASSES[np.digitize(X[:, 0], [-0.5, 0.5])], rng.normal(size=(30, 2)))


class Reversed:
    """Knows two of the three classes, the later one first."""

    classes_ = np.array(["c", "a"])

    def predict(self, rows):
        return np.where(rows[:, 0] > 0, "c", "a")

    def predict_proba(self, rows):
        p = 1 / (1 + np.exp(-rows[:, 0]))
        return np.column_stack([p, 1 - p])


def test_probabilities_are_in_the_order_of_the_problem_s_classes(problem):
    subject = of_model(problem, Reversed(), kind=Kind.GIVEN, title="reversed")
    p = 1 / (1 + np.exp(-problem.target.rows[:, 0]))
    assert subject.target.proba == pytest.approx(np.column_stack([1 - p, np.zeros(30), p]), abs=1e-12)
    assert np.array_equal(subject.target.codes, np.where(problem.target.rows[:, 0] > 0, 2, 0))


def test_a_model_without_probabilities_has_none(problem):
    said = of_predictions(problem, wt.Predictions(["a"] * 90, ["b"] * 30))
    assert (said.model, said.source.proba, said.target.proba) == (None, None, None)
    assert said.kind is Kind.PREDICTIONS and set(said.target.codes) == {1}


@pytest.mark.parametrize(
    ("kind", "independent"),
    [(Kind.TRAINED, True), (Kind.REFIT, True), (Kind.GIVEN, False), (Kind.PREDICTIONS, False)],
)
def test_only_what_was_trained_here_is_known_to_be_independent(problem, kind, independent):
    subject = of_model(problem, Reversed(), kind=kind, title="x")
    assert subject.independent_of_source is independent


def test_training_sees_training_rows_and_raw_labels_only(problem):
    seen = {}

    class Spy(LogisticRegression):
        def fit(self, X, y):
            seen.update(X=X, y=y)
            return super().fit(X, y)

    splits = make_splits(problem, np.random.default_rng(0))
    train(problem, splits, Spy(), kind=Kind.TRAINED, title="spy")
    assert np.array_equal(seen["X"], problem.source.rows[splits.source_train])
    assert set(seen["y"]) == {"a", "b", "c"}


def test_warnings_while_training_are_kept_and_do_not_escape(problem):
    splits = make_splits(problem, np.random.default_rng(0))
    hasty = LogisticRegression(max_iter=1, C=1e6)
    subject = train(problem, splits, hasty, kind=Kind.TRAINED, title="hasty")
    assert (
        len(subject.warnings) == 1 and "converge" in subject.warnings[0] and "\n" not in subject.warnings[0]
    )


def test_what_cannot_be_trained_is_refused_in_one_line(problem):
    splits = make_splits(problem, np.random.default_rng(0))
    with pytest.raises(wt.InputError) as refused:
        train(problem, splits, LogisticRegression(C=-1), kind=Kind.TRAINED, title="broken")
    assert "\n" not in str(refused.value) and "trained" in str(refused.value)


@pytest.mark.parametrize(("labels", "shown"), [([7] * 30, "7"), (["no"] * 30, "'no'"), ([True] * 30, "True")])
def test_a_constant_model_is_called_by_its_label_as_people_write_it(labels, shown):
    rows = np.arange(30.0)[:, None]
    verdict = wt.audit(wt.Problem(rows, labels, rows + 0.5), theorems=[]).verdict
    assert verdict.subject == f"the model that always predicts {shown}"
