"""Methods are scikit-learn estimators: parameters, clones, copies, pipelines, searches, learners of any kind."""

import inspect
import pickle
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

import whytransfer.methods as room
from whytransfer import InputError
from whytransfer.methods import (
    METHODS,
    Bbse,
    Coral,
    FeatureAugmentation,
    MeanScale,
    Method,
    NearestNeighbour,
    SourceOnly,
    ThreeArrays,
    WeightedPooling,
)
from whytransfer.methods.fitting import weight_parameter
from whytransfer.models.learners import learner

ROOT = Path(__file__).parents[2]
SHALLOW = {name: kind for name, kind in METHODS.items() if kind.family != "deep"}


def sample(n=60, m=50, seed=0):
    rng = np.random.default_rng(seed)
    y, yt = np.arange(n) % 2, np.arange(m) % 2
    return rng.normal(size=(n, 2)) + 2 * y[:, None], y, 3 * rng.normal(size=(m, 2)) + 6 * yt[:, None] + 5, yt


# ---------------------------------------------------------------- registration


def test_every_module_of_a_method_is_exported():
    """A class with a name in a file of the room is registered; its file is what the export line names."""
    found = set()
    for module in pkgutil.iter_modules(room.__path__):
        members = vars(__import__(f"{room.__name__}.{module.name}", fromlist=["x"])).values()
        found |= {
            m.name for m in members if inspect.isclass(m) and issubclass(m, Method) and "name" in vars(m)
        }
    assert found == set(METHODS)
    assert {method.__name__ for method in METHODS.values()} <= set(room.__all__)


def test_every_method_has_a_section_in_the_documents_and_the_other_way_round():
    text = (ROOT / "docs" / "methods.md").read_text(encoding="utf-8")
    sections = re.findall(r"^### `(\w+)`", text, flags=re.MULTILINE)
    assert sorted(sections) == sorted(METHODS)
    for name, section in zip(sections, re.split(r"^### `\w+`.*$", text, flags=re.MULTILINE)[1:], strict=True):
        for part in ("**Formula.**", "**Right when**", "**Hurts when**"):
            assert part in section, (name, part)
        # Sections stand in the order of their names: what "the same" and "above" meant moved away.
        assert not re.search(r"\*\* (the same|as above)\b", section), name


# ---------------------------------------------------------------- parameters, clones, copies


@pytest.mark.parametrize("name", METHODS)
def test_parameters(name):
    method = METHODS[name]()
    params = method.get_params(deep=False)
    assert params == clone(method).get_params(deep=False)
    signature = inspect.signature(METHODS[name].__init__).parameters
    assert set(params) == set(signature) - {"self"}
    assert not [p for p in signature.values() if p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    assert method.set_params(seed=7).seed == 7
    with pytest.raises(ValueError, match="nothing"):
        method.set_params(nothing=1)


@pytest.mark.parametrize("name", SHALLOW)
def test_a_fitted_method_survives_pickle_and_its_clone_is_unfitted(name):
    X, y, T, yt = sample()
    extra = {"target_y": np.where(np.arange(50) < 10, yt, -1)} if SHALLOW[name].needs_target_labels else {}
    method = SHALLOW[name](seed=3).fit(X, y, target=T, **extra)
    again = pickle.loads(pickle.dumps(method))
    assert np.array_equal(again.predict_proba(T), method.predict_proba(T))
    assert again.notes_ == method.notes_ and all(isinstance(note, str) for note in method.notes_)
    assert not hasattr(clone(method), "rule_")
    with pytest.raises(sklearn.exceptions.NotFittedError):
        clone(method).predict(T)


# ---------------------------------------------------------------- routing


@pytest.fixture
def routing():
    with sklearn.config_context(enable_metadata_routing=True):
        yield


def test_in_a_pipeline(routing):
    X, y, T, _yt = sample()
    pipe = Pipeline([("scale", StandardScaler()), ("adapt", MeanScale())], transform_input=["target"])
    alone = MeanScale().fit(X, y, target=T)
    assert (pipe.fit(X, y, target=T).predict(T) == alone.predict(T)).all()
    asked = make_pipeline(StandardScaler(), Coral().set_fit_request(target=True))
    asked.set_params(transform_input=["target"])
    assert asked.fit(X, y, target=T).predict(T).shape == (50,)


def test_in_a_search(routing):
    X, y, T, yt = sample()
    search = GridSearchCV(Coral(), {"regularisation": [None, 0.1, 1.0]}, cv=3)
    search.fit(X, y, target=T)
    assert search.best_params_["regularisation"] in (None, 0.1, 1.0)
    assert search.predict(T).shape == (50,)
    assert len(cross_val_score(SourceOnly(), X, y, cv=3, params={"target": T})) == 3
    labels = np.where(np.arange(50) < 10, yt, -1)
    few = GridSearchCV(WeightedPooling(), {"alpha": [0.1, 0.5]}, cv=2)
    assert few.fit(X, y, target=T, target_y=labels).predict(T).shape == (50,)


def test_a_learner_of_ones_own_is_weighted_under_routing(routing):
    X, y, T, _yt = sample()
    own = make_pipeline(StandardScaler(), LogisticRegression())
    method = NearestNeighbour(own).fit(X, y, target=T)
    assert not [note for note in method.notes_ if "weights" in note and "takes no" in note]


# ---------------------------------------------------------------- learners


def test_which_learners_take_weights():
    assert weight_parameter(LogisticRegression()) == "sample_weight"
    assert weight_parameter(make_pipeline(StandardScaler(), LogisticRegression())) == (
        "logisticregression__sample_weight"
    )
    assert weight_parameter(make_pipeline(StandardScaler(), KNeighborsClassifier())) is None


def test_weights_reach_the_learner():
    """Rows of weight 2 are rows that stand there twice."""
    from whytransfer.methods.domains import Domains
    from whytransfer.methods.fitting import train

    X, y, T, _ = sample()
    domains = Domains(source=X, codes=y, target=T, classes=2, seed=0)
    weights = 1.0 + (np.arange(60) < 30)
    twice = np.concatenate([np.arange(60), np.arange(30)])
    # Weights are scaled to mean 1, so that a ridge weighs against 60 rows in one case and against 90 in the other.
    pairs = [
        (LogisticRegression(tol=1e-10), LogisticRegression(tol=1e-10, C=60 / 90)),
        (RandomForestClassifier(5, random_state=0, bootstrap=False),) * 2,
    ]
    for own, other in pairs:
        notes = []
        weighted = train(own, domains, notes, weights=weights).proba(T)
        copied = train(other, domains, notes, rows=X[twice], codes=y[twice]).proba(T)
        assert weighted == pytest.approx(copied, abs=1e-4)
        assert notes == []


def test_a_learner_without_weights_gets_resampled_rows_and_that_is_said():
    X, y, T, _yt = sample()
    method = NearestNeighbour(KNeighborsClassifier(3)).fit(X, y, target=T)
    assert any("KNeighborsClassifier takes no weights" in note for note in method.notes_)
    assert np.array_equal(
        method.predict(T), NearestNeighbour(KNeighborsClassifier(3)).fit(X, y, target=T).predict(T)
    )


def test_a_learner_without_probabilities_votes():
    X, y, T, _yt = sample()
    method = MeanScale(LinearSVC()).fit(X, y, target=T)
    assert set(np.unique(method.predict_proba(T))) == {0.0, 1.0}


@pytest.mark.parametrize("name", ["boosted", "stump"])
def test_the_learners_of_this_package_fit_in(name):
    X, y, T, yt = sample()
    assert (MeanScale(learner(name)).fit(X, y, target=T).predict(T) == yt).mean() > 0.7


def test_what_the_learner_warns_of_is_a_note():
    X, y, T, _ = sample()
    method = SourceOnly(LogisticRegression(max_iter=1)).fit(X, y, target=T)
    assert any("failed to converge" in note for note in method.notes_)


def test_a_learner_that_refuses_the_rows_is_bad_input():
    X, y, T, _ = sample()
    with pytest.raises(InputError, match="the learner can't be trained"):
        SourceOnly(KNeighborsClassifier(n_neighbors=-1)).fit(X, y, target=T)


# ---------------------------------------------------------------- few labels


def test_target_labels_may_be_missing_in_three_ways():
    X, y, T, yt = sample()
    some = np.arange(50) < 10
    ways = [
        np.where(some, yt, np.nan),
        np.where(some, yt, -1),
        [int(v) if s else None for v, s in zip(yt, some, strict=False)],
    ]
    fits = [FeatureAugmentation().fit(X, y, target=T, target_y=way).predict_proba(T) for way in ways]
    assert np.array_equal(fits[0], fits[1]) and np.array_equal(fits[0], fits[2])


def test_target_labels_are_checked():
    X, y, T, yt = sample()
    for labels, words in (
        (np.full(50, np.nan), "at least one target row"),
        (np.full(50, 5), "got 5"),
        (yt[:3], "50 target rows"),
        (None, "target_y="),
    ):
        with pytest.raises(InputError, match=words):
            FeatureAugmentation().fit(X, y, target=T, target_y=labels)


def test_labels_may_be_booleans_or_categories():
    import pandas as pd

    X, y, T, _yt = sample()
    numbers = MeanScale().fit(X, y, target=T).predict(T)
    booleans = MeanScale().fit(X, y == 1, target=T).predict(T)
    categories = MeanScale().fit(X, pd.Series(y).map({0: "a", 1: "b"}).astype("category"), target=T)
    assert booleans.dtype == bool and (booleans == (numbers == 1)).all()
    assert (categories.predict(T) == np.array(["a", "b"])[numbers]).all()


def test_minus_one_is_a_label_where_the_source_has_it():
    X, y, T, yt = sample()
    method = FeatureAugmentation().fit(X, 2 * y - 1, target=T, target_y=2 * yt - 1)
    assert (method.predict(T) == 2 * yt - 1).mean() > 0.8


def test_no_target_label_reaches_a_method_that_asks_for_none():
    X, y, T, yt = sample()
    for kind in METHODS.values():
        assert ("target_y" in inspect.signature(kind.fit).parameters) == kind.needs_target_labels
    with pytest.raises(TypeError):
        Coral().fit(X, y, target=T, target_y=yt)


# ---------------------------------------------------------------- parameters are checked when they are used


@pytest.mark.parametrize(
    ("name", "params", "words"),
    [
        ("kmm", {"bound": 0.0}, "bound: expected a number above 0, got 0"),
        ("kmm", {"landmarks": 1}, "landmarks: expected a whole number of at least 2, got 1"),
        ("kliep", {"bandwidth": -1.0}, "bandwidth"),
        ("rulsif", {"alpha": 1.0}, "below 1"),
        ("rlls", {"strength": "much"}, "strength"),
        ("tca", {"regularisation": 0.0}, "regularisation"),
        ("jda", {"rounds": 0}, "rounds"),
        ("coral", {"regularisation": -1.0}, "regularisation"),
        ("subspace_alignment", {"components": 2.5}, "components"),
        ("sinkhorn_transport", {"regularisation": float("nan")}, "regularisation"),
        ("gradual", {"dropped": 2.0}, "dropped"),
    ],
)
def test_bad_parameters_are_refused_in_one_line(name, params, words):
    X, y, T, _ = sample()
    with pytest.raises(InputError, match=words) as error:
        METHODS[name](**params).fit(X, y, target=T)
    assert "\n" not in str(error.value)


ASKS_TARGET_ROWS_ONLY = {"neighbours"}


def test_large_domains_are_drawn_from_and_that_is_said():
    X, y, T, _yt = sample(n=300, m=280)
    for name, kind in SHALLOW.items():
        if "landmarks" not in inspect.signature(kind.__init__).parameters:
            continue
        method = kind(landmarks=40, seed=1).fit(X, y, target=T)
        from_source = any(note.startswith("40 of 300 source rows") for note in method.notes_)
        assert from_source == (name not in ASKS_TARGET_ROWS_ONLY), name
        assert any(note.startswith("40 of 280 target rows") for note in method.notes_), name
        assert method.predict(T).shape == (280,)


# ---------------------------------------------------------------- foreign estimators


class Positional:
    def fit(self, Xs, ys, Xt):
        Xs += 1000  # a guest that writes on the table
        self.model = LogisticRegression().fit(Xs - 1000 - Xs.mean(axis=0) + 1000 + Xt.mean(axis=0), ys)

    def predict(self, X):
        return self.model.predict(X)


class Named(Positional):
    def fit(self, X, y, Xt=None, yt=None):
        super().fit(X, y, Xt)


class Stacked:
    def fit(self, X, y, sample_domain=None):
        assert (y[sample_domain < 0] == -1).all() and (y[sample_domain > 0] >= 0).all()
        self.inner = Positional()
        self.inner.fit(X[sample_domain > 0], y[sample_domain > 0], X[sample_domain < 0])

    def predict(self, X, sample_domain=None):
        assert (sample_domain == -2).all()
        return self.inner.predict(X)


@pytest.mark.parametrize("guest", [Positional, Named, Stacked])
def test_foreign_forms(guest):
    X, y, T, yt = sample()
    before = X.copy()
    words = np.array(["a", "b"])
    method = ThreeArrays(guest()).fit(X, words[y], target=T)
    assert (method.predict(T) == words[yt]).mean() > 0.8
    assert np.array_equal(X, before)
    assert "name" not in dir(ThreeArrays)


def test_a_transport_of_pot_is_a_method():
    ot = pytest.importorskip("ot")
    X, y, T, _yt = sample()
    method = ThreeArrays(ot.da.EMDTransport()).fit(X, y, target=T)
    assert np.array_equal(method.predict(T), METHODS["exact_transport"]().fit(X, y, target=T).predict(T))


def test_foreign_nonsense_is_bad_input():
    X, y, T, _ = sample()

    class Wrong(Positional):
        def predict(self, X):
            return np.full(len(X), 17)

    with pytest.raises(InputError, match="class code"):
        ThreeArrays(Wrong()).fit(X, y, target=T).predict(T)
    with pytest.raises(InputError, match="fit"):
        ThreeArrays(object()).fit(X, y, target=T)


def test_label_shift_that_is_rejected_is_said():
    """A model that is never wrong here, and predicts a mixture there, explains it by shares; one that errs in one way only does not."""
    rng = np.random.default_rng(0)
    y = np.arange(400) % 2
    # Half of class 1 looks like class 0: at least 3/4 of the rows are predicted as 0 under any shares of the classes.
    X = rng.normal(size=(400, 1)) * 0.1 + 8.0 * (y * (np.arange(400) % 4 == 1))[:, None]
    T = np.full((200, 1), 8.0)
    assert any("label shift is rejected" in note for note in Bbse().fit(X, y, target=T).notes_)
    assert not any("rejected" in note for note in Bbse().fit(X, y, target=X).notes_)


def test_fitted_methods_survive_a_skops_file_of_trusted_types(tmp_path):
    from whytransfer.models.saved import load_model, save_model

    X, y, T, yt = sample()
    words = np.array(["a", "b"])
    for name in ("coral", "kliep", "tca", "em", "tradaboost", "central_moments", "subspace_alignment"):
        extra = {"target_y": words[yt]} if METHODS[name].needs_target_labels else {}
        method = METHODS[name]().fit(X, words[y], target=T, **extra)
        save_model(method, tmp_path / "method.skops")
        again = load_model(tmp_path / "method.skops")
        assert np.array_equal(again.predict_proba(T), method.predict_proba(T))
        assert (again.predict(T) == method.predict(T)).all()


def test_wide_sparse_rows_are_taken_and_huge_ones_refused():
    from scipy import sparse

    from whytransfer.methods import columns

    _, y, _, _ = sample()
    S = sparse.random(60, 1500, density=0.02, random_state=0, format="csr")
    assert MeanScale().fit(S, y, target=S).predict(S).shape == (60,)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(columns, "DENSE_CELLS", 1000)
        with pytest.raises(InputError, match="TruncatedSVD"):
            MeanScale().fit(S, y, target=S)
