"""Small problems, and adaptations of them that several tests look at."""

import numpy as np
import pytest

import whytransfer as wt
from whytransfer.choice import Choice
from whytransfer.steps import panel
from whytransfer.steps.adapt import claims, pseudo, run


def moved(n=120, m=100, seed=0, flip=0.1):
    """Two classes; the target in other units about another zero. Arrays X, y, T, yt."""
    rng = np.random.default_rng(seed)
    y, yt = np.arange(n) % 2, np.arange(m) % 2
    X = rng.normal(size=(n, 2)) + np.outer(4 * y, [1, 0])
    T = (rng.normal(size=(m, 2)) + np.outer(4 * yt, [1, 0])) * [2.0, 0.5] + [9.0, -3.0]
    return X, np.where(rng.random(n) < flip, 1 - y, y), T, yt


@pytest.fixture(scope="session")
def arrays():
    return moved()


@pytest.fixture
def quick(monkeypatch):
    """Two pseudo-problems in the place of a dozen; without d, λ and committee, which take most of the time: a test looks at them without this."""
    monkeypatch.setattr(pseudo, "PROBLEMS", 2)
    monkeypatch.setattr(claims, "distances", lambda *_: [])
    monkeypatch.setattr(panel, "committee", lambda _: None)


@pytest.fixture
def always(monkeypatch):
    """A rule that chooses the candidate of this name, whatever the evidence: what is tested is what follows from a choice."""

    monkeypatch.setattr(pseudo, "PROBLEMS", 2)

    def fix(name):
        made = Choice(name=name, why="the test says so", rule="label_free", gain=0.1)
        monkeypatch.setattr(run, "choose", lambda *_: made)
        monkeypatch.setattr(run, "choose_by_labels", lambda *_: made)

    return fix


@pytest.fixture(scope="session")
def penguins():
    from whytransfer.demo import domain

    return wt.Problem.read(domain("Adelie"), domain("Gentoo"), label="sex", use_target_labels=True)
