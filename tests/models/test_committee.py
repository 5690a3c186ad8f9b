"""The committee: who is in it, whom it trusts, critics that are judged on other rows than they were pushed on, families by name."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC

from whytransfer.models import committee as module
from whytransfer.models.committee import CRITICS, EXCESS, PUSHED, Committee, trust
from whytransfer.models.families import FAMILIES
from whytransfer.models.family import family_of
from whytransfer.models.subspaces import LEARNERS, SUBSPACE


def rows(n, seed, shift=0.0, p=4):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(n, p)) + shift
    return X, (X[:, 0] + X[:, 1] + 0.5 * rng.normal(size=n) > 0).astype(np.int64)


@pytest.fixture(scope="module")
def made():
    return Committee.fit(*rows(200, 0), classes=2, seed=0)


@pytest.fixture(scope="module")
def votes(made):
    (S, y), (T, _) = rows(120, 1), rows(90, 2, shift=1.0)
    h = LogisticRegression().fit(*rows(200, 0))
    return made.votes(S, y, h.predict(S), T, h.predict(T), own="linear")


def test_a_member_of_every_family_and_the_critics(votes):
    whole, halved = votes.without(SUBSPACE), votes.names[len(FAMILIES) : -len(PUSHED)]
    assert whole.names == (*FAMILIES, *PUSHED)
    assert whole.families == (*FAMILIES, *[CRITICS] * len(PUSHED)) and votes.own == "linear"
    # Four columns have three splits into halves.
    assert 2 * len(LEARNERS) <= len(halved) <= 6 * len(LEARNERS) and votes.families[len(FAMILIES)] == SUBSPACE
    assert votes.source.shape == (len(votes.names), 120) and votes.target.shape == (len(votes.names), 90)
    assert set(np.unique(votes.target)) <= {0, 1}
    assert ((votes.weights > 0) & (votes.weights <= 1)).all()


def test_every_family_learns(made):
    X, y = rows(400, 3)
    assert ((made.predict(X) == y).mean(axis=1) > 0.75).all()


def test_the_same_seed_gives_the_same_votes():
    (S, y), (T, _) = rows(50, 1), rows(40, 2)
    codes = np.zeros(40, dtype=np.int64)
    twice = [Committee.fit(*rows(80, 0), classes=2, seed=5).votes(S, y, y, T, codes) for _ in range(2)]
    assert (twice[0].target == twice[1].target).all() and (twice[0].source == twice[1].source).all()


def test_rows_of_one_class_make_no_committee():
    assert Committee.fit(np.zeros((10, 2)), np.ones(10, dtype=np.int64), classes=2, seed=0) is None


def test_classes_that_no_training_row_has_are_never_predicted():
    X, y = rows(100, 0)
    made = Committee.fit(X, y * 2, classes=4, seed=0)
    T = rows(60, 2)[0]
    votes = made.votes(X, y * 2, y * 2, T, np.full(60, 1, dtype=np.int64))
    assert set(np.unique(votes.target)) <= {0, 2}


def test_more_rows_than_needed_are_drawn(monkeypatch):
    monkeypatch.setattr(module, "MOST_ROWS", 60)
    made = Committee.fit(*rows(200, 0), classes=2, seed=0)
    assert len(made.labels) == 60


def test_critics_contradict_more_where_they_were_pushed(votes):
    h = LogisticRegression().fit(*rows(200, 0))
    T, S = rows(90, 2, shift=1.0)[0], rows(120, 1)[0]
    strong = votes.names.index("critic_linear")
    honest = votes.names.index("generative")
    gap = (votes.target != h.predict(T)).mean(axis=1) - (votes.source != h.predict(S)).mean(axis=1)
    assert gap[strong] > gap[honest] + 0.1


def test_no_critic_votes_on_a_row_it_was_pushed_on():
    # The target's labels are noise: a critic that saw its own rows would contradict nearly all of them, one that did not can't.
    rng = np.random.default_rng(0)
    X, y = rows(300, 0, p=30)
    T, said = rng.normal(size=(80, 30)), rng.integers(0, 2, 80)
    votes = Committee.fit(X, y, classes=2, seed=0).votes(X, y, y, T, said)
    critics = votes.target[[f == CRITICS for f in votes.families]]
    apart = (critics != said).mean(axis=1)
    assert (apart < 0.5 + 4 * np.sqrt(0.25 / 80)).all()


def test_trust_in_closed_form():
    labels = np.zeros(100, dtype=np.int64)
    codes = labels.copy()
    worse = labels.copy()
    worse[:20] = 1
    # Excess .2 with a standard error of √(.2 · .8/100) = .04.
    assert trust(np.array([labels, worse]), labels, codes) == pytest.approx([1.0, np.exp(-0.16 / EXCESS)])


def test_better_members_and_unlucky_ones_keep_their_weight():
    labels = np.zeros(100, dtype=np.int64)
    codes, unlucky = labels.copy(), labels.copy()
    codes[:10], unlucky[10:21] = 1, 1
    assert trust(np.array([labels, unlucky]), labels, codes) == pytest.approx([1.0, 1.0])


def test_without_some_families(votes):
    left = votes.without(CRITICS, "linear")
    assert "linear" not in left.families and CRITICS not in left.families and left.own == "linear"
    assert len(left.weights) == len(left.names) == len(left.source) == len(left.target)
    critics = votes.only(CRITICS)
    assert critics.names == tuple(PUSHED) and critics.own == "linear"
    assert np.array_equal(critics.target, votes.target[-len(PUSHED) :])


@pytest.mark.parametrize(
    ("model", "family"),
    [
        (LogisticRegression(), "linear"),
        (LinearSVC(), "linear"),
        (SVC(), "kernel"),
        (HistGradientBoostingClassifier(), "boosted"),
        (RandomForestClassifier(), "trees"),
        (KNeighborsClassifier(), "neighbours"),
        (GaussianNB(), "bayes"),
        (make_pipeline(StandardScaler(), RandomForestClassifier()), "trees"),
        (GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {}), "linear"),
        (CalibratedClassifierCV(GaussianNB()), "bayes"),
        (object(), None),
        (None, None),
    ],
    ids=lambda v: type(v).__name__ if not isinstance(v, str) else v,
)
def test_families_by_name(model, family):
    assert family_of(model) == family


def test_a_subclass_is_of_its_parents_family():
    class Mine(LogisticRegression):
        pass

    assert family_of(Mine()) == "linear"
