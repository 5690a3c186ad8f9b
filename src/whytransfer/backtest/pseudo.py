"""Pseudo-targets: the cuts of a back-test, and each as an estimator would see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from whytransfer.backtest.cut import Cut, Wanted
from whytransfer.backtest.cuts import WAYS
from whytransfer.backtest.rows import LabelledRows
from whytransfer.backtest.separation import Separation, Sight
from whytransfer.backtest.view import View
from whytransfer.models.committee import CRITICS, Votes, trust
from whytransfer.overlap.two_samples import Floats, Integers

PSEUDO_TARGETS = 50
"""How many by default: a sign test at level .05 then sees an estimator that is worse on 68 % of them with probability .8."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cuts:
    """What could be cut out of labelled rows.

    Parameters
    ----------
    cuts : tuple of Cut
        In the order of the ways, real structure first.
    wanted : Wanted
        What they should be like.
    left_out : tuple of str
        Ways that could not be used, a sentence each; or why there is no cut at all.
    """

    cuts: tuple[Cut, ...]
    wanted: Wanted
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pseudo:
    """One pseudo-target as an estimator sees it, and what it does not see.

    Parameters
    ----------
    cut : Cut
        How it was made.
    view : View
        Pseudo-source rows with labels, pseudo-target rows without.
    truth : float
        The model's error on the pseudo-target rows, counted.
    auc : float or None
        How far apart a cheap cross-fitted domain classifier finds the two; None without columns.
    """

    cut: Cut
    view: View
    truth: float
    auc: float | None


def make_cuts(rows: LabelledRows, wanted: Wanted, *, count: int = PSEUDO_TARGETS, seed: int = 0) -> Cuts:
    """About `count` cuts, as many of each way that applies; what is over goes to real structure first.

    Parameters
    ----------
    rows : LabelledRows
        What is cut.
    wanted : Wanted
        Size and strength.
    count : int
        How many in all; a way that yields fewer than its share leaves the rest undone.
    seed : int
        Fixes every draw; each way has a stream of its own.
    """
    if rows.unfit is not None:
        return Cuts(cuts=(), wanted=wanted, left_out=(rows.unfit,))
    wanted = Wanted.like(auc=wanted.auc, rows=rows.n, target_rows=wanted.size)
    ways = {name: way() for name, way in WAYS.items()}
    why = {name: way.applies(rows) for name, way in ways.items()}
    able = [name for name in ways if why[name] is None]
    streams = dict(zip(ways, np.random.SeedSequence(seed, spawn_key=(41,)).spawn(len(ways)), strict=True))
    made: list[Cut] = []
    for i, name in enumerate(able):
        share = count // len(able) + (i < count % len(able))
        made += ways[name].cuts(rows, wanted, share, np.random.default_rng(streams[name]))
    kept = tuple(cut for cut in made if cut.feasible and len(np.unique(rows.labels[cut.source])) > 1)
    return Cuts(
        cuts=kept,
        wanted=wanted,
        left_out=tuple(f"{name}: {reason}" for name, reason in why.items() if reason is not None),
    )


def pseudo_targets(view: View, rows: LabelledRows, cuts: Cuts) -> Iterator[Pseudo]:
    """Each cut as a view of its own, nothing refitted but a cheap domain classifier.

    The density ratio is estimated anew on each cut, not taken from the known probabilities of the draw: the
    audit does not know its ratio either. Critics of the committee leave, because they were pushed apart on the
    real target; on changed rows the families vote where they can be asked.

    Parameters
    ----------
    view : View
        The real problem; its source rows are `rows`, in the same order.
    rows : LabelledRows
        What was cut.
    cuts : Cuts
        What `make_cuts` made of `rows`.
    """
    return (make() for make in pseudo_makers(view, rows, cuts))


def pseudo_makers(view: View, rows: LabelledRows, cuts: Cuts) -> Iterator[Callable[[], Pseudo]]:
    """What makes each of `pseudo_targets`: for a back-test that knows the answers to some of them already."""
    sight = (
        None if view.source_columns is None or view.source_ratio is None else Sight.on(view.source_columns, 0)
    )
    for i, cut in enumerate(cuts.cuts):
        seed = int(np.random.SeedSequence(view.seed, spawn_key=(42, i)).generate_state(1)[0])
        yield partial(_pseudo, view, rows, cut, sight, seed)


def _pseudo(view: View, rows: LabelledRows, cut: Cut, sight: Sight | None, seed: int) -> Pseudo:
    source, target = cut.source, cut.target
    columns = cut.target_columns(rows)
    codes, proba = _said(rows, cut, columns)
    apart = None
    if sight is not None and rows.columns is not None and columns is not None:
        apart = Separation.between(sight.of(rows.columns[source]), sight.of(columns), seed)
    seen = replace(
        view,
        source_labels=rows.labels[source],
        source_codes=rows.codes[source],
        source_proba=None if rows.proba is None else rows.proba[source],
        source_columns=None if rows.columns is None else rows.columns[source],
        source_ratio=None if apart is None else apart.source_ratio,
        target_codes=codes,
        target_proba=proba,
        target_columns=columns,
        target_ratio=None if apart is None else apart.target_ratio,
        votes=_votes(view.votes, rows, cut, columns),
        seed=seed,
    )
    truth = float((codes != rows.labels[target]).mean())
    return Pseudo(cut=cut, view=seen, truth=truth, auc=None if apart is None else apart.auc)


def _said(rows: LabelledRows, cut: Cut, columns: Floats | None) -> tuple[Integers, Floats | None]:
    if cut.change is not None and columns is not None and rows.ask is not None:
        said = rows.ask(columns)
        return said.codes, None if rows.proba is None else said.proba
    return rows.codes[cut.target], None if rows.proba is None else rows.proba[cut.target]


def _votes(votes: Votes | None, rows: LabelledRows, cut: Cut, columns: Floats | None) -> Votes | None:
    """The families' votes on the rows of a cut, trusted by their errors on the pseudo-source."""
    if votes is None:
        return None
    known = votes.without(CRITICS)
    source = known.source[:, cut.source]
    target = known.source[:, cut.target]
    if cut.change is not None:
        if rows.vote is None or columns is None:
            return None
        target = rows.vote(columns)
    return replace(
        known,
        source=source,
        target=target,
        weights=trust(source, rows.labels[cut.source], rows.codes[cut.source]),
    )
