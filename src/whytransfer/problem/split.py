"""Who learns, who chooses, who scores: the only splits of the product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from whytransfer.errors import InputError

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
        Parts that came out empty.
    """

    source_train: np.ndarray
    source_choose: np.ndarray
    source_evaluate: np.ndarray
    target_choose: np.ndarray
    target_evaluate: np.ndarray
    target_train: np.ndarray = field(default_factory=_NOBODY.copy)
    warnings: tuple[str, ...] = ()


def make_splits(
    problem: Problem,
    rng: np.random.Generator,
    *,
    source_shares: Sequence[float] = SOURCE_SHARES,
    target_shares: Sequence[float] = TARGET_SHARES,
) -> Splits:
    """Split both domains at random.

    The source is split with the same mix of classes in every part, as far as whole numbers and whole groups allow,
    and with at least one row of every class in train. The target is split without a look at its labels. Rows of
    one group always stay together.

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
    source = _split_source(problem.source, rng, np.asarray(source_shares, dtype=np.float64))
    target = _split_target(problem.target, rng, np.asarray(target_shares, dtype=np.float64))
    return Splits(
        source_train=source[0],
        source_choose=source[1],
        source_evaluate=source[2],
        target_train=target[0],
        target_choose=target[1],
        target_evaluate=target[2],
        warnings=_warnings(problem, source),
    )


def _split_source(sample: Sample, rng: np.random.Generator, shares: np.ndarray) -> list[np.ndarray]:
    rows = np.flatnonzero(sample.labelled)
    labels = np.zeros(0, dtype=np.int64) if sample.labels is None else sample.labels[rows]
    if sample.groups is None:
        parts = _stratified(labels, rng, shares)
    else:
        _, units = np.unique(sample.groups[rows].astype(str), return_inverse=True)
        parts = _whole_groups(units, labels, rng, shares)
    return [np.sort(rows[parts == part]) for part in range(3)]


def _stratified(labels: np.ndarray, rng: np.random.Generator, shares: np.ndarray) -> np.ndarray:
    """Part (0, 1, 2) of each row.

    Rows are put in random order within their class, the r-th of n_c at (r + u_c) / n_c with one random u_c in [0, 1) a class,
    the first of each class before all others; then the joint order is cut at the shares.
    """
    n = len(labels)
    order = rng.permutation(n)
    order = order[np.argsort(labels[order], kind="stable")]
    classes, start, sizes = np.unique(labels[order], return_index=True, return_counts=True)
    rank = np.arange(n) - np.repeat(start, sizes)
    place = (rank + np.repeat(rng.random(len(classes)), sizes)) / np.repeat(sizes, sizes)
    place[rank == 0] = -1.0
    joint = order[np.argsort(place, kind="stable")]
    train = n if shares[0] == 1 else max(round(shares[0] * n), len(classes) if shares[0] > 0 else 0)
    choose = min(round(shares[1] * n), n - train)
    parts = np.full(n, 2)
    parts[joint[:train]] = 0
    parts[joint[train : train + choose]] = 1
    return parts


def _whole_groups(
    units: np.ndarray, labels: np.ndarray, rng: np.random.Generator, shares: np.ndarray
) -> np.ndarray:
    """Part of each row, whole groups together: large groups first, each to the part that lacks its classes most."""
    k = int(labels.max(initial=-1)) + 1
    g = int(units.max(initial=-1)) + 1
    counts = np.zeros((g, max(k, 1)))
    np.add.at(counts, (units, labels), 1)
    wanted = shares[:, None] * counts.sum(axis=0)
    scale = np.maximum(counts.sum(axis=0), 1)
    lacking = wanted.copy()
    order = rng.permutation(g)
    order = order[np.argsort(-counts[order].sum(axis=1), kind="stable")]
    home = np.zeros(g, dtype=np.int64)
    open_parts = np.flatnonzero(shares > 0)
    for unit in order:
        # Σ_c (lack − count)² falls most where 2·lack·count − count² is largest; each class on its own scale.
        gain = ((2 * lacking[open_parts] - counts[unit]) * counts[unit] / scale**2).sum(axis=1)
        home[unit] = open_parts[int(np.argmax(gain))]
        lacking[home[unit]] -= counts[unit]
    if shares[0] > 0:
        _every_class_in_train(home, counts)
    parts: np.ndarray = home[units]
    return parts


def _every_class_in_train(home: np.ndarray, counts: np.ndarray) -> None:
    """Move the smallest group that holds a class to train, for each class that train lacks."""
    for label in range(counts.shape[1]):
        holders = np.flatnonzero(counts[:, label] > 0)
        if len(holders) and not (home[holders] == 0).any():
            home[holders[np.argmin(counts[holders].sum(axis=1))]] = 0


def _split_target(sample: Sample, rng: np.random.Generator, shares: np.ndarray) -> list[np.ndarray]:
    if sample.groups is None:
        order = rng.permutation(sample.n)
        cuts = np.cumsum([round(share * sample.n) for share in shares[:2]])
        return [np.sort(part).astype(np.int64) for part in np.split(order, np.minimum(cuts, sample.n))]
    _, units = np.unique(sample.groups.astype(str), return_inverse=True)
    parts = _whole_groups(units, np.zeros(sample.n, dtype=np.int64), rng, shares)
    return [np.flatnonzero(parts == part) for part in range(3)]


def _warnings(problem: Problem, source: list[np.ndarray]) -> tuple[str, ...]:
    said = []
    names = ("training", "choosing", "scoring")
    empty = [name for name, part in zip(names, source, strict=True) if not len(part)]
    if empty:
        units = "groups" if problem.source.groups is not None else "rows"
        said.append(
            f"the source has too few labelled {units} for all splits: none is left for {' and '.join(empty)}"
        )
    return tuple(said)
