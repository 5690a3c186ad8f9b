"""Models that come with the problem: fitted, unfitted, foreign, broken, or known by their predictions only."""

import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.validation import check_is_fitted

import whytransfer as wt
from tests.audit import cases
from whytransfer.methods import METHODS
from whytransfer.models.learners import learner

pytestmark = pytest.mark.usefixtures("without_back_test")

SOURCE_SIDE = ("source_error", "target_error.hdh.stumps", "target_error.disparity.stumps")


def not_trained(claim):
    """What the claim says of the model and the source rows."""
    return next((a for a in claim.assumptions if a.id == "model_not_trained_on_source"), None)


@pytest.fixture(scope="module")
def transfer():
    return cases.rows(160, 120, source_flip=0.15)


@pytest.fixture(scope="module")
def problem(transfer):
    source, target = transfer
    return wt.Problem(source.X, source.y, target.X, target.y)


@pytest.fixture(scope="module")
def tree(transfer):
    """A tree that has learnt its training rows by heart."""
    source, _ = transfer
    return DecisionTreeClassifier(random_state=0).fit(source.X, source.y)


@pytest.fixture(scope="module")
def caught(problem, tree):
    return wt.audit(problem, model=tree, tolerance=0.5)


class Whole:
    """A foreign object that always says 1."""

    def predict(self, rows):
        return np.ones(len(rows), dtype=int)


class Threshold:
    """A foreign object: predict, and nothing else."""

    def predict(self, rows):
        return (np.asarray(rows)[:, 0] > 0.3).astype(int)


# How it is known whether the model was trained on these rows


def test_a_model_trained_here_needs_no_assumption(with_labels):
    claim = with_labels.claim("source_error")
    assert (claim.level, claim.assumptions) == ("proved", ())


def test_an_honest_model_is_tested_and_not_rejected(problem):
    elsewhere, _ = cases.rows(300, 1, seed=9, source_flip=0.15)
    model = LogisticRegression().fit(elsewhere.X, elsewhere.y)
    audit = wt.audit(problem, model=model, tolerance=0.5, theorems=["hdh"])
    source, direct = audit.claim("source_error"), audit.claim("target_error.direct")
    assert source.level == "conditional" and audit.model is model
    stands = not_trained(source)
    assert stands.status == "not_rejected" and stands.test and stands.power
    assert audit.claim("target_error.hdh.stumps").level == "conditional"
    assert not_trained(audit.claim("target_error.hdh.stumps")) is not None
    assert (direct.level, direct.assumptions) == ("proved", ())
    assert "given LogisticRegression" in audit.verdict.subject


def test_a_model_that_learnt_the_rows_by_heart_is_caught(caught, problem, tree, transfer):
    for id_ in SOURCE_SIDE:
        claim = caught.claim(id_)
        assert (claim.estimate, claim.lower, claim.upper) == (None, None, None), id_
        assert "withheld" in claim.detail["reason"]
        assert not_trained(claim).status == "rejected" and not_trained(claim).test
    assert caught.claim("target_error.panel").estimate is None
    assert any("withheld" in w for w in caught.warnings)
    # Its errors on these rows would have said that it is perfect.
    assert (tree.predict(transfer[0].X) == transfer[0].y).all()


def test_what_target_labels_say_does_not_depend_on_it(caught, tree, transfer):
    _, target = transfer
    direct = caught.claim("target_error")
    assert (direct.id, direct.level, direct.assumptions) == ("target_error.direct", "proved", ())
    assert direct.estimate == (tree.predict(target.X) != target.y).mean()
    assert caught.verdict.basis == "certified"


def test_declared_is_taken_as_declared(problem, tree):
    audit = wt.audit(problem, model=tree, tolerance=0.5, trained_on_source=False, **cases.QUICK)
    claim = audit.claim("source_error")
    assert claim.level == "conditional" and not_trained(claim).status == "declared"
    assert claim.estimate == 0.0


def test_a_model_that_was_trained_here_is_refitted_for_the_source_side(problem, tree, transfer):
    source, _ = transfer
    audit = wt.audit(problem, model=tree, tolerance=0.5, trained_on_source=True, **cases.QUICK)
    claim, rows = audit.claim("source_error"), audit.splits.source_evaluate
    train = audit.splits.source_train
    clone = DecisionTreeClassifier(random_state=0).fit(source.X[train], source.y[train])
    assert (claim.level, claim.detail["subject"]) == ("proved", "refit")
    assert claim.estimate == (clone.predict(source.X[rows]) != source.y[rows]).mean() > 0
    # The certificate decides here, and it is about the given model; without target labels the clone is the subject.
    assert "refitted" not in audit.verdict.subject
    blind = wt.audit(
        wt.Problem(source.X, source.y, problem.target.rows), model=tree, trained_on_source=True, **cases.QUICK
    )
    assert "refitted" in blind.verdict.subject


def test_claims_from_target_labels_stay_about_the_given_model(problem, tree, transfer):
    _, target = transfer
    audit = wt.audit(problem, model=tree, tolerance=0.5, trained_on_source=True, **cases.QUICK)
    own = (tree.predict(target.X) != target.y).mean()
    assert audit.claim("target_error.direct").estimate == own
    assert audit.claim("target_error.direct").detail["subject"] == "given"


def test_a_given_model_is_left_as_it_was(problem, transfer):
    source, _ = transfer
    model = DecisionTreeClassifier(max_depth=2, random_state=0).fit(source.X, source.y)
    before = pickle.dumps(model)
    few = wt.Problem(source.X[:60], source.y[:60], problem.target.rows[:40])
    for trained in (None, True, False):
        wt.audit(few, model=model, trained_on_source=trained, **cases.QUICK)
    assert pickle.dumps(model) == before


def test_an_unfitted_estimator_is_cloned_trained_on_the_training_rows_and_left_unfitted(problem, transfer):
    source, _ = transfer
    estimator = LogisticRegression(C=0.3)
    audit = wt.audit(problem, model=estimator, **cases.QUICK)
    with pytest.raises(NotFittedError):
        check_is_fitted(estimator)
    train = audit.splits.source_train
    by_hand = LogisticRegression(C=0.3).fit(source.X[train], source.y[train])
    assert np.array_equal(audit.model.coef_, by_hand.coef_)
    assert audit.claim("source_error").level == "proved"
    assert "LogisticRegression trained" in audit.verdict.subject


def test_the_encoding_is_learnt_on_training_rows_though_the_model_saw_them_all(transfer):
    source, _ = transfer
    frames = [pd.DataFrame({"a": part.X[:, 0], "kind": ["p", "q"] * (len(part.y) // 2)}) for part in transfer]
    problem = wt.Problem(frames[0], source.y, frames[1])
    rows = wt.audit(problem, model=Whole(), **cases.QUICK).splits.source_evaluate
    frames[0].loc[rows[0], "kind"] = "seen when scoring only"
    model = learner("logistic").fit(frames[0], source.y)
    audit = wt.audit(
        wt.Problem(frames[0], source.y, frames[1]), model=model, trained_on_source=False, **cases.QUICK
    )
    named = {c["name"] for c in audit.claim("divergence.half_line").detail["columns"]}
    assert named == {"a", "kind=p", "kind=q"}


# Foreign objects


def test_an_object_with_predict_only_is_audited_and_what_is_missing_is_said(problem, transfer):
    _, target = transfer
    audit = wt.audit(problem, model=Threshold(), tolerance=0.5, theorems=["disparity"])
    assert audit.claim("target_error").estimate == ((target.X[:, 0] > 0.3) != target.y).mean()
    assert not_trained(audit.claim("source_error")).status == "untested"
    assert any("can't be cloned" in w for w in audit.warnings)
    panel = audit.claim("target_error.panel")
    assert panel.estimate is not None and "probabilities" in panel.detail["left_out"]["doc"]
    assert "target_error.doc" not in {c.id for c in audit.claims}


def test_an_object_that_cannot_be_cloned_cannot_be_refitted(problem):
    with pytest.raises(wt.InputError, match="cloned"):
        wt.audit(problem, model=Threshold(), trained_on_source=True)


def test_a_scikit_learn_object_without_fit_is_taken_to_be_fitted(problem):
    class Constant(BaseEstimator):
        def predict(self, rows):
            return np.ones(len(rows), dtype=int)

    audit = wt.audit(problem, model=Constant(), **cases.QUICK)
    assert audit.claim("source_error").level == "conditional"


def boom(rows):
    raise RuntimeError("the first line\nand the second")


def zero(rows):
    return np.zeros(len(rows), dtype=int)


BROKEN = {
    "predict raises": (boom, None),
    "one row too few": (lambda rows: zero(rows)[1:], None),
    "unseen labels": (lambda rows: zero(rows) + 7, None),
    "missing predictions": (lambda rows: np.full(len(rows), np.nan), None),
    "nothing": (lambda rows: None, None),
    "a table": (lambda rows: np.zeros((len(rows), 2)), None),
    "probabilities raise": (zero, boom),
    "probabilities NaN": (zero, lambda rows: np.full((len(rows), 2), np.nan)),
    "probabilities of three classes": (zero, lambda rows: np.full((len(rows), 3), 1 / 3)),
    "probabilities of too few rows": (zero, lambda rows: np.full((len(rows) - 1, 2), 0.5)),
    "probabilities above one": (zero, lambda rows: np.tile([2.0, -1.0], (len(rows), 1))),
    "probabilities that don't add up": (zero, lambda rows: np.full((len(rows), 2), 0.7)),
}


def made_of(predict, predict_proba):
    methods = {"predict": lambda self, rows: predict(rows)}
    if predict_proba is not None:
        methods["predict_proba"] = lambda self, rows: predict_proba(rows)
    return type("Foreign", (), methods)()


@pytest.mark.parametrize("case", sorted(BROKEN))
def test_a_broken_model_is_refused_in_one_line(problem, case):
    with pytest.raises(wt.InputError) as refused:
        wt.audit(problem, model=made_of(*BROKEN[case]))
    assert "\n" not in str(refused.value) and len(str(refused.value)) > 20


@pytest.mark.parametrize("proba", [0.5, [["a", "b"]] * 200], ids=["one number", "text"])
def test_probabilities_that_are_none_are_refused_in_one_line(problem, proba):
    with pytest.raises(wt.InputError):
        wt.audit(problem, model=made_of(zero, lambda rows: proba))


# Predictions in the place of a model


@pytest.fixture(scope="module")
def probabilities(transfer):
    return [1 / (1 + np.exp(-2 * part.X[:, 0])) for part in transfer]


def test_predictions_are_what_the_claims_are_about(problem, transfer, probabilities):
    source, target = transfer
    said = [(p > 0.5).astype(int) for p in probabilities]
    audit = wt.audit(problem, predictions=wt.Predictions(*said), tolerance=0.5, theorems=["hdh"])
    assert audit.model is None
    assert audit.claim("target_error").estimate == (said[1] != target.y).mean()
    rows = audit.splits.source_evaluate
    claim = audit.claim("source_error")
    assert claim.estimate == (said[0][rows] != source.y[rows]).mean()
    assert claim.level == "conditional" and not_trained(claim).status == "untested"
    assert any("not known" in w for w in audit.warnings)
    assert "predictions" in audit.verdict.subject
    # Without probabilities the panel stands on the committee alone.
    assert list(audit.claim("target_error.panel").detail["centre"]) == ["subspaces"]


def test_probabilities_may_be_one_column_of_two_classes(problem, probabilities):
    said = [(p > 0.5).astype(int) for p in probabilities]
    forms = [
        [np.column_stack([1 - p, p]) for p in probabilities],
        probabilities,
        [p[:, None] for p in probabilities],
    ]
    claims = [
        wt.audit(problem, predictions=wt.Predictions(*said, *form), trained_on_source=False, **cases.QUICK).claims
        for form in forms
    ]  # fmt: skip
    assert claims[0] == claims[1] == claims[2]
    mean = 1 - np.maximum(probabilities[1], 1 - probabilities[1]).mean()
    ac = next(c for c in claims[0] if c.id == "target_error.ac")
    assert ac.estimate == pytest.approx(mean, abs=1e-12)
    assert not_trained(next(c for c in claims[0] if c.id == "source_error")).status == "declared"


def test_predictions_and_a_model_exclude_each_other_and_predictions_cannot_be_refitted(problem, transfer):
    said = wt.Predictions(*(part.y for part in transfer))
    with pytest.raises(wt.InputError, match="exclude"):
        wt.audit(problem, model="stump", predictions=said)
    with pytest.raises(wt.InputError, match="refitted"):
        wt.audit(problem, predictions=said, trained_on_source=True)


@pytest.mark.parametrize("side", [0, 1])
def test_predictions_of_another_length_are_refused(problem, transfer, side):
    said = [part.y for part in transfer]
    said[side] = said[side][:-1]
    with pytest.raises(wt.InputError, match="one a row"):
        wt.audit(problem, predictions=wt.Predictions(*said))


def test_a_pair_of_arrays_is_no_predictions(problem, transfer):
    with pytest.raises(wt.InputError, match="Predictions"):
        wt.audit(problem, predictions=tuple(part.y for part in transfer))


@pytest.mark.parametrize("name", ["boosted", "stump", "tree2"])
def test_learners_by_name(name):
    audit = wt.audit(cases.labelled(60, 60), model=name, **cases.QUICK)
    _, target = cases.rows(60, 60)
    assert audit.claim("target_error").estimate == (audit.model.predict(target.X) != target.y).mean()
    assert audit.claim("source_error").level == "proved"
    assert audit.claim("target_error.panel").estimate is not None


@pytest.mark.parametrize(
    ("name", "population", "fresh", "conditional"),
    [
        ("coral", "law", False, True),
        ("coral", "law", True, False),
        ("coral", "file", False, False),
        ("source", "law", False, False),
    ],
)
def test_of_a_model_that_was_adapted_to_these_rows_nothing_is_proved_about_their_law(
    name, population, fresh, conditional
):
    source, target = cases.rows(120, 60)
    model = METHODS[name]().fit(source.X, source.y, target=cases.rows(1, 60, 1)[1].X if fresh else target.X)
    problem = wt.Problem(source.X, source.y, target.X, target.y)
    audit = wt.audit(
        problem, model, tolerance=0.5, population=population, trained_on_source=False, theorems=["version_space", "clopper_pearson", "pac_bayes_ratio"],
        assume={"class": "stumps", "sigma": 0.2, "tau": 0.2, "ratio": 2.0},
    )  # fmt: skip
    assert any("was adapted to 60 of the 60 target rows" in w for w in audit.warnings) == conditional
    about = {
        c.id: [a.id for a in c.assumptions] for c in audit.claims if c.level in ("proved", "conditional")
    }
    for id_ in ("target_error.direct", "target_error.version_space.stumps"):
        assert ("file_taught_nothing" in about[id_]) == conditional
    # Distances, λ and other models are not about it.
    assert "ensemble_target_error.pac_bayes_ratio" in about
    assert not any(
        "file_taught_nothing" in ids
        for id_, ids in about.items()
        if id_.startswith(("divergence", "adaptability", "source_error", "ensemble"))
    )
