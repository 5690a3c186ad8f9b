"""What the tests of the diagnosis share: the kind of shift of one draw of a world, and a case without the rest of an audit."""

import numpy as np

from whytransfer.diagnosis import LabelledRows, Samples, kind_of_shift
from whytransfer.overlap import DomainClassifier
from whytransfer.steps import explained, why
from whytransfer.steps.options import Options
from whytransfer.steps.run import prepare
from whytransfer.verdict import Basis


def named(world, seed, n=700, labels=0):
    """The kind of shift of one draw, with the world's own model; the first half of the source trains the class scores."""
    source, target = world.draw(n, n, seed)
    half = n // 2
    known = np.full(n, -1)
    if labels:
        rows = np.random.default_rng(seed).choice(n, labels, replace=False)
        known[rows] = target.y[rows]
    held = slice(half, None)
    overlap = DomainClassifier.fit(source.X[held], target.X, seed)
    rows = LabelledRows(
        source=source.X[held],
        target=target.X,
        labels=source.y[held],
        target_labels=known,
        wrong=world.model(source.X[held]) != source.y[held],
        target_wrong=world.model(target.X) != known,
        train=source.X[:half],
        train_labels=source.y[:half],
    )
    samples = Samples(source=source.X, target=target.X, labels=source.y, seed=seed)
    origin = tuple(f"x{j}" for j in range(source.X.shape[1]))
    return kind_of_shift(samples, overlap, rows, origin=origin)


def case_of(problem, learner="logistic", seed=0, predictions=None):
    """The case an audit would hear: split, trained, encoded, told apart."""
    options = Options(
        tolerance=None,
        max_drop=None,
        assume={},
        require=Basis("estimated"),
        delta=0.05,
        population="law",
        seed=seed,
        trained_on_source=None,
        theorems=(),
        examples=True,
    )
    return prepare(problem, None if predictions else learner, predictions, options)[0]


def columns_of(problem, learner="logistic", seed=0):
    """The features of the document, by name."""
    case = case_of(problem, learner, seed)
    return {f["name"]: f for f in explained.features(case, why.errors(case))[0]}
