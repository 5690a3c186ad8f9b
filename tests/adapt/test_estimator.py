"""TransferClassifier and the scorer as scikit-learn uses them."""

import pickle

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils.estimator_checks import parametrize_with_checks

import whytransfer as wt
from tests.adapt.conftest import moved
from whytransfer.steps import backtest
from whytransfer.steps.adapt import pseudo
from whytransfer.transfer_classifier import TransferClassifier


class OnItself(TransferClassifier):
    """The target is the source: what scikit-learn's checks can ask, which know no target."""

    def __init__(self, learner=None, methods=(), *, seed=0):
        super().__init__(learner, methods, seed=seed)

    def fit(self, X, y):
        return super().fit(X, y, target=X)


WHY_NOT = {
    "check_fit1d": "a single column may be given as one dimension, as everywhere in this package",
    "check_fit2d_predict1d": "one dimension is one column, and rows of other columns are refused in this package's own words",
    "check_n_features_in_after_fitting": "rows of other columns are refused in this package's own words",
    "check_complex_data": "refused in this package's own words",
    "check_estimators_empty_data_messages": "refused in this package's own words",
    "check_requires_y_none": "refused in this package's own words",
    "check_supervised_y_2d": "labels of shape (n, 1) are taken without a warning",
    "check_classifiers_regression_target": "a quantity is refused in this package's own words",
}


@pytest.mark.filterwarnings("ignore")
@parametrize_with_checks([OnItself()], expected_failed_checks=lambda _: WHY_NOT)
def test_scikit_learns_own_checks(estimator, check, quick):
    check(estimator)


def test_parameters_clone_and_pickle(quick):
    X, y, T, _ = moved()
    made = TransferClassifier("stump", ["mean_scale"], seed=3)
    assert made.get_params() == {"learner": "stump", "methods": ["mean_scale"], "seed": 3}
    assert clone(made).get_params() == made.get_params()
    fitted = made.fit(X, y, target=T)
    again = pickle.loads(pickle.dumps(fitted))
    assert np.array_equal(again.predict_proba(T), fitted.predict_proba(T))
    with pytest.raises(sklearn.exceptions.NotFittedError):
        clone(made).predict(T)


def test_it_is_adapt(quick):
    X, y, T, yt = moved()
    labels = np.where(np.arange(100) < 20, yt, -1)
    words = np.array(["no", "yes"])
    own = TransferClassifier(methods=["mean_scale"]).fit(
        X, words[y], target=T, target_y=[words[v] if v >= 0 else None for v in labels]
    )
    other = wt.adapt(
        wt.Problem(X, y, T), methods=["mean_scale"], target_labels={i: int(yt[i]) for i in range(20)}
    )
    assert own.adapted_.choice.name == other.choice.name
    assert (own.predict(T) == words[other.predict(T)]).all()
    assert own.classes_.tolist() == ["no", "yes"] and own.n_features_in_ == 2


def test_routing_in_a_pipeline_and_a_search(quick):
    X, y, T, _ = moved(n=80, m=60)
    with sklearn.config_context(enable_metadata_routing=True):
        pipe = Pipeline(
            [("scale", StandardScaler()), ("adapt", TransferClassifier(methods=[]))],
            transform_input=["target"],
        )
        assert pipe.fit(X, y, target=T).predict(T).shape == (60,)
        asked = TransferClassifier(methods=[]).set_fit_request(target=True)
        assert len(cross_val_score(asked, X, y, cv=2, params={"target": T})) == 2
        search = GridSearchCV(asked, {"learner": [None, "stump"]}, cv=2).fit(X, y, target=T)
        assert search.predict(T).shape == (60,)


def test_audits_and_adaptations_ask_the_committee_where_routing_is_on(monkeypatch):
    """Its members are pipelines that are fitted with weights, which routing refuses to hand on unasked."""
    monkeypatch.setattr(pseudo, "PROBLEMS", 2)
    X, y, T, _ = moved(n=200, m=120)
    problem = wt.Problem(X, y, T)
    told = wt.audit(problem, "stump", theorems=[], tolerance=0.3).to_json()
    with sklearn.config_context(enable_metadata_routing=True):
        assert wt.audit(problem, "stump", theorems=[], tolerance=0.3).to_json() == told
        asked = TransferClassifier(methods=["mean_scale"]).set_fit_request(target=True)
        found = Pipeline([("scale", StandardScaler()), ("adapt", asked)]).fit(X, y, target=T)
    assert found[-1].adapted_.candidates[0].evidence.contested is not None


def test_a_target_is_needed_and_must_be_comparable():
    X, y, T, _ = moved()
    with pytest.raises(wt.InputError, match="target="):
        TransferClassifier().fit(X, y)
    with pytest.raises(wt.InputError, match="compared"):
        TransferClassifier().fit(X, y, target=T[:, :1])


# ---------------------------------------------------------------- the scorer


def test_the_score_is_the_negative_of_the_source_error_and_the_rise_as_its_parts_say():
    """Literally: both halves, each with the committee of the other, larger and smaller rise weighed .8 and .2."""
    from whytransfer import scorer
    from whytransfer.estimators import DisagreementGap, TransportGap

    X, y, T, _ = moved(n=120, m=80, seed=1)
    model = LogisticRegression().fit(X, y)
    views = scorer._views(wt.Problem(X, y, T), model, 0)
    assert len(views) == 2 and sum(v.n for v in views) == 120
    rises = []
    for view in views:
        two = sorted(kind().estimate(view) - view.source_error for kind in (DisagreementGap, TransportGap))
        rises.append(0.2 * two[0] + 0.8 * two[1])
    expected = (model.predict(X) != y).mean() + sum(rises) / 2
    assert wt.make_scorer("target_error", target=T)(model, X, y) == pytest.approx(
        -min(max(expected, 0), 1), abs=1e-12
    )


def test_it_selects_in_a_search():
    """Neighbours memorise the flipped labels; on a target like the source the smoother model is estimated to do better."""
    X, y, *_ = moved(n=160, flip=0.25)
    T = moved(n=120, seed=5)[0]
    search = GridSearchCV(
        KNeighborsClassifier(),
        {"n_neighbors": [1, 25]},
        cv=2,
        scoring=wt.make_scorer("target_error", target=T),
    )
    assert search.fit(X, y).best_params_["n_neighbors"] == 25
    assert (search.cv_results_["mean_test_score"] <= 0).all()


def test_the_scorer_refuses_in_one_line():
    X, y, T, _ = moved()
    with pytest.raises(wt.UnknownNameError, match="target_error"):
        wt.make_scorer("target_eror", target=T)
    with pytest.raises(wt.InputError, match="target="):
        wt.make_scorer("target_error")
    model = LogisticRegression().fit(X, y)
    with pytest.raises(wt.InputError, match="compared"):
        wt.make_scorer("target_error", target=T[:, :1])(model, X, y)
    with pytest.raises(wt.InputError, match="held-out rows"):
        wt.make_scorer("target_error", target=T)(model, X[:6], y[:6])


def test_an_audit_of_the_model_on_the_rows_that_adapted_it_proves_nothing_about_their_law(quick, monkeypatch):
    """Taught by all labels it makes no error on them, and is wrong elsewhere; the source model, which is kept, is judged as any other."""
    monkeypatch.setattr(backtest, "record", lambda *_: None)
    rng = np.random.default_rng(0)
    y, yt = rng.integers(0, 2, 200), rng.integers(0, 2, 100)
    X, T = rng.normal(size=(200, 4)), rng.normal(size=(100, 4))
    X[:, 0] += 0.8 * (2 * y - 1)
    T[:, 0] -= 0.8 * (2 * yt - 1)

    def audited(methods, population):
        model = TransferClassifier(DecisionTreeClassifier(random_state=0), methods)
        model.fit(X, y, target=T, target_y=yt)
        problem = wt.Problem(X, y, T, yt)
        audit = wt.audit(problem, model, tolerance=0.3, theorems=[], population=population)
        return model, audit, audit.claim("target_error.direct")

    model, audit, direct = audited(["pooled"], "law")
    assert direct.estimate < 0.1 and direct.level == "conditional" and audit.verdict.basis != "certified"
    assert [a.id for a in direct.assumptions] == ["file_taught_nothing"]
    assert sum("labels of 100 target rows taught or chose" in w for w in audit.warnings) == 1
    assert sum("was adapted to 100 of the 100 target rows" in w for w in audit.warnings) == 1
    assert model.met_.labelled.size == 100
    # All labels of a file say how often the model errs there, whatever taught it.
    assert audited(["pooled"], "file")[2].level == "proved"
    kept, _, direct = audited([], "law")
    assert kept.met_ is None and direct.level == "proved"
