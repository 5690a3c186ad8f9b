"""Views for the tests: random ones, and one for each closed form."""

from dataclasses import replace

import numpy as np

from whytransfer.estimators import View
from whytransfer.models.committee import Votes


def view_of(labels, source, target, **others):
    """A view in which the model predicts the most probable class."""
    source, target = np.asarray(source, dtype=float), np.asarray(target, dtype=float)
    return View(
        classes=source.shape[1],
        source_labels=np.asarray(labels),
        source_codes=source.argmax(axis=1),
        target_codes=target.argmax(axis=1),
        source_proba=source,
        target_proba=target,
        **others,
    )


def binary(ones):
    """Probabilities of two classes from those of class 1."""
    ones = np.asarray(ones, dtype=float)
    return np.column_stack([1 - ones, ones])


def votes_of(families, source, target):
    """A committee with these codes."""
    return Votes(
        names=tuple(f"{f}_{i}" for i, f in enumerate(families)),
        families=tuple(families),
        source=np.asarray(source),
        target=np.asarray(target),
        weights=np.ones(len(families)),
    )


def random_view(seed, n=60, m=80, k=3, p=4):
    """Everything that a view can hold: labels drawn from the probabilities, a committee that mostly agrees."""
    rng = np.random.default_rng(seed)
    source, target = rng.dirichlet(np.ones(k) * 0.5, n), rng.dirichlet(np.ones(k), m)
    view = view_of(
        (source.cumsum(axis=1) < rng.random(n)[:, None]).sum(axis=1).clip(0, k - 1), source, target
    )
    flips = np.array([0.05, 0.15, 0.25, 0.35, 0.3, 0.4])[:, None]
    on_source = np.where(rng.random((6, n)) < flips, rng.integers(0, k, (6, n)), view.source_codes)
    on_target = np.where(rng.random((6, m)) < flips, rng.integers(0, k, (6, m)), view.target_codes)
    view = replace(
        view,
        source_columns=rng.normal(size=(n, p)),
        target_columns=rng.normal(size=(m, p)) + 0.5,
        source_ratio=rng.gamma(2.0, 0.5, n),
        target_ratio=rng.gamma(2.0, 0.7, m),
    )
    half = [
        np.where(rng.random(r) < 0.3, rng.integers(0, k, r), c)
        for r, c in ((n, view.source_codes), (m, view.target_codes))
    ]
    votes = votes_of(
        ["linear", "trees", "near", "wide", "critic", "critic", "subspace"],
        np.vstack([on_source, half[0]]),
        np.vstack([on_target, half[1]]),
    )
    return replace(view, votes=votes)


def reordered(view, s, t):
    """The same view, source rows in the order `s`, target rows in the order `t`."""
    source = ("source_labels", "source_codes", "source_proba", "source_columns", "source_ratio")
    target = ("target_codes", "target_proba", "target_columns", "target_ratio")
    moved = {name: getattr(view, name)[s] for name in source} | {
        name: getattr(view, name)[t] for name in target
    }
    votes = replace(view.votes, source=view.votes.source[:, s], target=view.votes.target[:, t])
    return replace(view, votes=votes, **moved)


def renamed(view, new):
    """The same view, class j called new[j]."""
    new = np.asarray(new)
    old = np.argsort(new)
    votes = replace(view.votes, source=new[view.votes.source], target=new[view.votes.target])
    return replace(
        view,
        source_labels=new[view.source_labels],
        source_codes=new[view.source_codes],
        target_codes=new[view.target_codes],
        source_proba=view.source_proba[:, old],
        target_proba=view.target_proba[:, old],
        votes=votes,
    )


def unmoved(view):
    """The same view with the source rows as target."""
    return replace(
        view,
        target_codes=view.source_codes,
        target_proba=view.source_proba,
        target_columns=view.source_columns,
        target_ratio=np.ones(view.n),
        source_ratio=np.ones(view.n),
        votes=replace(view.votes, target=view.votes.source),
    )
