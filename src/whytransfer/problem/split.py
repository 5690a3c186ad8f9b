"""Who learns, who chooses, who scores: the only splits of the product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from whytransfer.errors import InputError
from whytransfer.problem.codes.code import listed

if TYPE_CHECKING:
    from whytransfer.problem.problem import Problem
    from whytransfer.problem.sample import Sample

SOURCE_SHARES = (0.5, 0.1, 0.4)
TARGET_SHARES = (0.0, 0.2, 0.8)
"""Of train, choose, evaluate. An audit learns nothing from target rows; a method of adaptation takes a share."""

_NOBODY = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Splits:
    """Row indices (0-based, sorted int64) of each part; the parts of a domain share no row and no group.

    Parameters
    ----------
    source_train, source_choose, source_evaluate : numpy.ndarray
        Labelled source rows: what models are fitted on, chosen on, scored on. Rows without a label are in none.
    target_train, target_choose, target_evaluate : numpy.ndarray
        All target rows; `target_train` is empty in an audit.
    warnings : tuple of str
        Parts that came out empty, classes that no training row has.
    picked : bool
        Whether target rows were taken out before, because somebody had labelled them to learn from or to choose with: what is left is a
        random draw only if those were.
    """

    source_train: np.ndarray
    source_choose: np.ndarray
    source_evaluate: np.ndarray
    target_choose: np.ndarray
    target_evaluate: np.ndarray
    target_train: np.ndarray = field(default_factory=_NOBODY.copy)
    warnings: tuple[str, ...] = ()
    picked: bool = False


def splits_of(
    problem: Problem,
    seed: int,
    *,
    source_shares: Sequence[float] = SOURCE_SHARES,
    target_shares: Sequence[float] = TARGET_SHARES,
) -> Splits:
    """`make_splits` by the first stream of the one seed: whoever splits the same rows by the same seed finds the same parts."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(1,)))
    return make_splits(problem, rng, source_shares=source_shares, target_shares=target_shares)


def make_splits(
    problem: Problem,
    rng: np.random.Generator,
    *,
    source_shares: Sequence[float] = SOURCE_SHARES,
    target_shares: Sequence[float] = TARGET_SHARES,
) -> Splits:
    """Split both domains at random, so that the rows that are scored are fresh draws.

    The rows (or whole groups) are put in random order. Training takes its share of them from the front and goes on until it
    has seen every class, or two classes and half of what scoring should get (of a quantity it takes its share and no more);
    choosing comes next, scoring gets what is left. Given the list of classes, which is read off the whole file, where training ends depends on nothing that comes
    after it (a stopping time), so that the rest are independent draws from the same law, as exact intervals need.
    A split with the same mix of classes in every part would look tidier and break that: the labels of the scored
    rows would then hang together. The target is split without a look at its labels.

    Parameters
    ----------
    problem : Problem
        Labels and groups are read from it, never features.
    rng : numpy.random.Generator
        The source of randomness; the same state gives the same splits.
    source_shares, target_shares : sequence of float
        Shares of train, choose, evaluate: not negative, summing to 1.

    Raises
    ------
    InputError
        For shares that are none.
    """
    for shares in (source_shares, target_shares):
        if len(shares) != 3 or min(shares) < 0 or abs(sum(shares) - 1) > 1e-9:
            raise InputError(
                f"shares {tuple(shares)}, expected three (train, choose, evaluate), each ≥ 0, with sum 1"
            )
    source = _in_turn(problem.source, np.flatnonzero(problem.source.labelled), rng, source_shares, learn=True)
    target = _in_turn(problem.target, np.arange(problem.target.n), rng, target_shares, learn=False)
    return Splits(
        source_train=source[0],
        source_choose=source[1],
        source_evaluate=source[2],
        target_train=target[0],
        target_choose=target[1],
        target_evaluate=target[2],
        warnings=_warnings(problem, source),
    )


def _in_turn(
    sample: Sample, rows: np.ndarray, rng: np.random.Generator, shares: Sequence[float], *, learn: bool
) -> list[np.ndarray]:
    """Train, choose and evaluate, each taken in turn from the rows in random order, whole groups together."""
    if not len(rows):
        return [rows, rows, rows]
    units = np.arange(len(rows)) if sample.groups is None else _unit_of(sample.groups[rows])
    turn = rng.permutation(int(units.max()) + 1)[units]
    order = np.argsort(turn, kind="stable")
    # Shares are of units: a cut at a share of the rows falls into a large group more often than into a small one, and
    # scoring would get the small ones.
    ends = np.append(np.flatnonzero(np.diff(turn[order])) + 1, len(rows))
    train = round(shares[0] * len(ends))
    if learn and shares[0] > 0 and sample.labels is not None and sample.labels.dtype.kind != "f":
        labels = sample.labels[rows][order]
        # The place of the unit in which each class is seen first, from 1 on.
        first_seen = 1 + np.searchsorted(ends, np.sort(np.unique(labels, return_index=True)[1]), side="right")
        latest = round((shares[0] + shares[2] / 2) * len(ends))
        train = max(train, int(first_seen[:2][-1]), min(int(first_seen[-1]), latest))
    choose = min(train + round(shares[1] * len(ends)), len(ends))
    cuts = [0 if units_before == 0 else int(ends[units_before - 1]) for units_before in (train, choose)]
    return [np.sort(rows[part]) for part in np.split(order, cuts)]


def _unit_of(groups: np.ndarray) -> np.ndarray:
    return np.unique(groups.astype(str), return_inverse=True)[1]


def _warnings(problem: Problem, source: list[np.ndarray]) -> tuple[str, ...]:
    said = []
    if problem.source.labels is not None and len(source[0]) and len(problem.classes):
        seen = np.unique(problem.source.labels[source[0]])
        unseen = np.setdiff1d(np.arange(len(problem.classes)), seen)
        if len(unseen):
            said.append(
                f"no training row has the label {listed([str(problem.classes[i]) for i in unseen])}, which is too rare: "
                "the model can't predict it"
            )
    names = ("training", "choosing", "scoring")
    empty = [name for name, part in zip(names, source, strict=True) if not len(part)]
    if empty:
        units = "groups" if problem.source.groups is not None else "rows"
        said.append(
            f"the source has too few labelled {units} for all splits: none is left for {' and '.join(empty)}"
        )
    return tuple(said)
