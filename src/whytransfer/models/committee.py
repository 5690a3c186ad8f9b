"""A committee: fast models of several families, fitted on the rows that taught the user's model.

Where models that do equally well on the source contradict each other on the target, at least one of them errs there.
How much more they contradict the user's model on the target than on the source is the disparity of THEORY B3 with a
handful of real witnesses in the place of the supremum (EVIDENCE 2b). Three kinds of members:

* **families** learn the source labels and know nothing of the target: linear, boosted trees, neighbours, randomised
  trees, generative, a small network, a kernel machine;
* **halves** learn the source labels from half of the columns (`whytransfer.models.subspaces`);
* **critics** learn the source labels and to contradict the user's model on target rows, as in Dis² (Rosenfeld & Garg
  2023): members of the version space, pushed apart. They are cross-fitted in two halves of the target rows, so that no
  critic votes on a row it was pushed on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from whytransfer.io.journal import kept
from whytransfer.models.families import BINS, FAMILIES, fitted, predicted
from whytransfer.models.subspaces import SUBSPACE, Half, fit_halves

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

MOST_ROWS = 2000
"""Training rows of the committee; more are drawn by the seed. Disagreement settles long before that many."""

FEWEST_PER_CLASS = 2
"""Training rows by class, on average: a model of each class's spread needs more rows than classes."""

EXCESS = 0.05
"""Excess of source error, in error units, at which a member's weight falls to 1/e."""

CRITICS = "critic"
"""Family of the members that were pushed apart on the target."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Votes:
    """What the members of a committee predict on rows that taught none of them.

    Parameters
    ----------
    names : tuple of str
        The M members.
    families : tuple of str
        The family of each; ``"subspace"`` for those that see half of the columns, ``"critic"`` for those pushed apart on the target.
    source : ndarray of int64, shape (M, n)
        Class codes on held-out source rows.
    target : ndarray of int64, shape (M, m)
        Class codes on target rows.
    weights : ndarray of float64, shape (M,)
        How far each is trusted, 0 to 1: exp(−excess of its source error / 0.05), where the excess over the user's
        model counts from one standard error upwards. A member that only seems worse by chance keeps its weight, so
        that judging it on the rows on which its disagreement is measured favours nobody.
    own : str or None
        The family of the user's model, where it is known: members of it say little new about the model.
    """

    names: tuple[str, ...]
    families: tuple[str, ...]
    source: Integers
    target: Integers
    weights: Floats
    own: str | None = None

    def without(self, *families: str) -> Votes:
        """The members of all other families."""
        return self._kept([family not in families for family in self.families])

    def only(self, family: str) -> Votes:
        """The members of one family."""
        return self._kept([family == one for one in self.families])

    def _kept(self, members: Sequence[bool]) -> Votes:
        rows = np.array(members, dtype=bool)
        return replace(
            self,
            names=tuple(n for n, k in zip(self.names, members, strict=True) if k),
            families=tuple(f for f, k in zip(self.families, members, strict=True) if k),
            source=self.source[rows],
            target=self.target[rows],
            weights=self.weights[rows],
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Committee:
    """Fitted members of every family; the critics come when it votes, because they depend on the user's model.

    Parameters
    ----------
    names : tuple of str
        Families; a member's name is its family's.
    members : tuple
        Fitted scikit-learn classifiers on columns, one a family.
    halves : tuple of Half
        Fitted members that see half of the columns.
    columns, labels : ndarray, shapes (r, p) and (r,)
        The training rows.
    classes : int
        K.
    seed : int
        Of everything random in it.
    """

    names: tuple[str, ...]
    members: tuple[Any, ...]
    halves: tuple[Half, ...]
    columns: Floats
    labels: Integers
    classes: int
    seed: int

    @classmethod
    def fit(cls, columns: Floats, labels: Integers, *, classes: int, seed: int) -> Committee | None:
        """Fit a member of every family; None where the training rows hold one class only, or one row a class.

        Parameters
        ----------
        columns : ndarray of float64, shape (r, p)
            Encoded training rows in units of their standard deviations.
        labels : ndarray of int64, shape (r,)
            Class codes.
        classes : int
            K, codes being 0 … K − 1.
        seed : int
            Draws the rows where there are more than `MOST_ROWS`, and starts the learners.
        """
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(11,)))
        if len(labels) > MOST_ROWS:
            rows = np.sort(rng.choice(len(labels), MOST_ROWS, replace=False))
            columns, labels = columns[rows], labels[rows]
        known = len(np.unique(labels))
        if known < 2 or len(labels) < FEWEST_PER_CLASS * known:
            return None
        made = {name: kind(columns, labels, seed) for name, kind in FAMILIES.items()}
        taught = {name: fitted(member, columns, labels) for name, member in made.items()}
        return cls(
            names=tuple(taught),
            members=tuple(taught.values()),
            halves=fit_halves(columns, labels, seed),
            columns=columns,
            labels=labels,
            classes=classes,
            seed=seed,
        )

    def predict(self, columns: Floats) -> Integers:
        """Class codes of a member of every family, shape (F, n)."""
        return np.array([predicted(member, columns) for member in self.members], dtype=np.int64)

    def voiced(self, columns: Floats) -> Integers:
        """Class codes of all members but the critics, in the order of `Votes`, shape (M, n)."""
        return np.vstack([self.predict(columns), *(half.predict(columns) for half in self.halves)])

    def votes(
        self,
        source: Floats,
        source_labels: Integers,
        source_codes: Integers,
        target: Floats,
        target_codes: Integers,
        *,
        own: str | None = None,
    ) -> Votes:
        """What all members, critics among them, say on held-out rows of both domains.

        Parameters
        ----------
        source, target : ndarray of float64, shapes (n, p) and (m, p)
            Held-out source rows and target rows, in the units of the training rows.
        source_labels, source_codes : ndarray of int64, shape (n,)
            True classes and what the user's model says.
        target_codes : ndarray of int64, shape (m,)
            What the user's model says.
        own : str, optional
            The family of the user's model.
        """
        names = (*self.names, *(half.name for half in self.halves), *PUSHED)
        said_source, said_target = kept(
            "votes of the committee",
            (*names, self.columns, self.labels, source, target, target_codes, str(self.seed)),
            lambda: self._said(source, target, target_codes),
            write=lambda said: {"source": said[0], "target": said[1]},
            read=lambda arrays: (arrays["source"], arrays["target"]),
        )
        return Votes(
            names=names,
            families=(*self.names, *(SUBSPACE for _ in self.halves), *(CRITICS for _ in PUSHED)),
            source=said_source,
            target=said_target,
            weights=trust(said_source, source_labels, source_codes),
            own=own,
        )

    def _said(self, source: Floats, target: Floats, target_codes: Integers) -> tuple[Integers, Integers]:
        """The votes of all members, then of the critics, on the rows of both domains."""
        critics = [self._critic(kind, push, source, target, target_codes) for kind, push in PUSHED.values()]
        on_source, on_target = self.voiced(source), self.voiced(target)
        return np.vstack([on_source, *(s for s, _ in critics)]), np.vstack(
            [on_target, *(t for _, t in critics)]
        )

    def _critic(
        self, kind: str, push: float, source: Floats, target: Floats, target_codes: Integers
    ) -> tuple[Integers, Integers]:
        """A critic's votes on the source and the target rows: each row by the critic that was pushed on the other half."""
        halves = [_halves(len(rows), self.seed, i) for i, rows in enumerate((source, target))]
        said = np.zeros(len(source), dtype=np.int64), np.zeros(len(target), dtype=np.int64)
        other = self._other_class(target, target_codes)
        for half in (False, True):
            pushed = halves[1] == half
            rows = np.vstack([self.columns, target[pushed]])
            labels = np.concatenate([self.labels, other[pushed]])
            weights = np.concatenate(
                [
                    np.full(len(self.labels), 1.0),
                    np.full(int(pushed.sum()), push * len(self.labels) / max(int(pushed.sum()), 1)),
                ]
            )
            critic = fitted(
                _for_weights(FAMILIES[kind](rows, labels, self.seed), weights), rows, labels, weights
            )
            for answers, all_rows, side in zip(said, (source, target), halves, strict=True):
                judged = side != half
                if judged.any():
                    answers[judged] = predicted(critic, all_rows[judged])
        return said

    def _other_class(self, rows: Floats, codes: Integers) -> Integers:
        """The class, other than the model's, that the linear member finds likeliest, shape (m,)."""
        linear = self.members[self.names.index("linear")]
        likely = np.full((len(rows), self.classes), -1.0)
        likely[:, linear.classes_] = linear.predict_proba(rows)
        likely[np.arange(len(rows)), codes] = -2.0
        return np.asarray(likely.argmax(axis=1), dtype=np.int64)


def trust(said: Integers, labels: Integers, codes: Integers) -> Floats:
    """How far each member is trusted, by its held-out source error against the user's model, shape (M,).

    Parameters
    ----------
    said : ndarray of int64, shape (M, n)
        What the members say.
    labels, codes : ndarray of int64, shape (n,)
        True classes, and what the user's model says.

    Examples
    --------
    >>> trust(np.array([[0, 1, 0, 1]]), np.array([0, 1, 0, 1]), np.array([0, 1, 0, 0]))
    array([1.])
    """
    n = max(len(labels), 1)
    worse = (said != labels).astype(float) - (codes != labels)
    excess = worse.mean(axis=1) if len(labels) else np.zeros(len(said))
    noise = worse.std(axis=1) / np.sqrt(n) if len(labels) else np.zeros(len(said))
    return np.asarray(np.exp(-np.maximum(0.0, excess - noise) / EXCESS))


def _halves(rows: int, seed: int, domain: int) -> NDArray[np.bool_]:
    turn = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(12, domain))).permutation(rows)
    return np.asarray(turn % 2 == 1)


def _for_weights(member: Any, weights: Floats) -> Any:
    """The member, ready for weighted rows: boosted trees get their columns in bins."""
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.pipeline import Pipeline, make_pipeline

    from whytransfer.models.weighted_bins import WeightedBins

    before = [step for _, step in member.steps[:-1]] if isinstance(member, Pipeline) else []
    last = member.steps[-1][1] if isinstance(member, Pipeline) else member
    if not isinstance(last, HistGradientBoostingClassifier):
        return member
    return make_pipeline(*before, WeightedBins(weights, BINS), last)


PUSHED = {
    "critic_linear": ("linear", 1.0),
    "critic_linear_gentle": ("linear", 0.1),
    "critic_boosted": ("boosted", 0.3),
}
"""Critics: the family they are of, and the weight of all target rows over that of all training rows."""
