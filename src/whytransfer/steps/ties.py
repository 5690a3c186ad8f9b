"""How the rows of one domain hang together: in groups that were named, in time where a test says so, or not at all."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from whytransfer.claims import IID, Assumption, Status, figures
from whytransfer.claims.intervals import Units
from whytransfer.models import Subject
from whytransfer.problem import Problem, Splits
from whytransfer.steps.columns import Columns
from whytransfer.steps.series import Series, Tested
from whytransfer.theorems.assumptions import SIZES

REJECTED_BELOW = 0.01
"""Level of the tests of independence in time: a false alarm widens limits and costs `proved`, a miss costs validity."""

GROWN_BELOW = 0.05
"""Blocks grow while the lag-1 autocorrelation of their means is rejected at this level: growing too far only widens."""

FEWEST_BLOCKS = 8
"""Fewer block means than this say nothing about their dependence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """What the tests in time found about one kind of claim.

    Parameters
    ----------
    tested : Tested
        The test on the rows that are scored.
    blocks : int or None
        Number of blocks, where independence was rejected.
    standing : tuple of Assumption
        What block forms then stand on.
    """

    tested: Tested
    blocks: int | None = None
    standing: tuple[Assumption, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ties:
    """The dependence of one domain's rows.

    Parameters
    ----------
    domain : {"source", "target"}
        Whose rows.
    groups : numpy.ndarray or None
        (N,) the group of every row of the file; None where no two rows share one.
    order : numpy.ndarray or None
        (N,) the place of every row in time, equal times in random order; None without times, or with groups.
    errors, inputs : Timed or None
        The tests in time: of the model's errors, and of the rows as such. None where nothing could be tested.
    """

    domain: str
    groups: np.ndarray | None = None
    order: np.ndarray | None = None
    errors: Timed | None = None
    inputs: Timed | None = None

    def units(self, rows: np.ndarray, *, errors: bool) -> Units:
        """The independent units of these rows, for counted errors or for any claim."""
        if self.groups is not None:
            return Units.of(self.groups[rows], len(rows))
        blocks = self._blocks(errors=errors)
        if blocks is None or self.order is None:
            return Units(n=len(rows))
        place = np.argsort(np.argsort(self.order[rows]))
        return Units.of(place * min(blocks, len(rows)) // max(len(rows), 1), len(rows), "blocks")

    def standing(self, *, errors: bool) -> tuple[Assumption, ...]:
        """What claims of grouped or block form stand on: nothing for groups, independent blocks for blocks."""
        if self.groups is not None:
            return ()
        found = (self.errors,) if errors else (self.errors, self.inputs)
        return tuple(dict.fromkeys(a for timed in found if timed is not None for a in timed.standing))

    def against_rows(self) -> tuple[Assumption, ...]:
        """What claims stand on whose limits take every row for independent."""
        if self.groups is not None:
            text = f"rows of one group are independent in the {self.domain}: this claim has no form by groups"
            return (Assumption(id=f"independent_within_groups_{self.domain}", text=text),)
        return tuple(a for a in self.standing(errors=False) if a.id == IID.id)

    def said(self, *, errors: bool) -> dict[str, str]:
        """What was tested and not rejected, for the ``detail`` of a claim."""
        found = self.errors if errors else self.inputs
        if self.groups is not None or found is None or found.blocks is not None:
            return {}
        return {f"independence_{self.domain}": f"{found.tested.text}; {found.tested.power}"}

    def _blocks(self, *, errors: bool) -> int | None:
        """The fewest blocks of the tests that matter: with errors alone only theirs."""
        found = (self.errors,) if errors else (self.errors, self.inputs)
        counts = [t.blocks for t in found if t is not None and t.blocks is not None]
        return min(counts) if counts else None


def find(
    problem: Problem, splits: Splits, subject: Subject, columns: Columns | None, seed: int
) -> tuple[Ties, Ties]:
    """How the rows of the source and those of the target hang together."""
    return (
        _of_domain("source", problem, splits, subject, columns, seed),
        _of_domain("target", problem, splits, subject, columns, seed),
    )


def _of_domain(
    domain: str, problem: Problem, splits: Splits, subject: Subject, columns: Columns | None, seed: int
) -> Ties:
    in_source = domain == "source"
    sample = problem.source if in_source else problem.target
    if sample.groups is not None and len(np.unique(sample.groups.astype(str))) < sample.n:
        return Ties(domain=domain, groups=np.unique(sample.groups.astype(str), return_inverse=True)[1])
    if sample.time is None:
        return Ties(domain=domain)
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(9, int(in_source))))
    # Equal times tell no order; the file's would let a sorted column pass for dependence in time.
    order = np.argsort(np.lexsort((rng.permutation(sample.n), sample.time)))
    choose = splits.source_choose if in_source else splits.target_choose
    evaluate = splits.source_evaluate if in_source else splits.target_evaluate
    answers = subject.source.codes if in_source else subject.certified.codes
    errors = inputs = None
    if sample.labels is not None:
        known = sample.labelled
        # Of a quantity how far it is off; rows without a label are not looked at.
        apart = np.where(known, np.abs(answers - sample.labels), 0.0) if problem.numeric else None
        wrong = answers != sample.labels if apart is None else apart
        scored = evaluate[known[evaluate]] if in_source else np.flatnonzero(known)
        errors = _timed(Series(wrong[:, None], order), scored, choose[known[choose]], domain, "errors")
    if columns is not None:
        table = columns.source if in_source else columns.target
        inputs = _timed(Series(table, order), evaluate, choose, domain, "columns")
    return Ties(domain=domain, order=order, errors=errors, inputs=inputs)


def _timed(series: Series, scored: np.ndarray, choose: np.ndarray, domain: str, what: str) -> Timed | None:
    """The test on the scored rows and, where it rejects, how many blocks the choosing rows ask for."""
    tested = series.test(scored, what)
    if tested is None:
        return None
    if tested.p_value >= REJECTED_BELOW:
        return Timed(tested=tested)
    n, length = len(scored), 1
    while len(choose) // (2 * length) >= FEWEST_BLOCKS:
        found = series.test(choose, what, length=length)
        if found is None or found.p_value >= GROWN_BELOW:
            break
        length *= 2
    # The cube root is the rate at which blocks of a stationary series should grow with n, whatever the choosing rows can see.
    rows = max(math.ceil(n ** (1 / 3)), math.ceil(length * n / max(len(choose), 1)) if length > 1 else 1)
    blocks = max(1, n // rows)
    left = series.test(scored, what, length=rows)
    kept = left is None or left.p_value >= REJECTED_BELOW
    text = (
        f"blocks of {rows} {domain} rows next to each other in time are independent of each other, and of the rows that the "
        "model was trained on"
    )
    standing = Assumption(
        id="blocks_independent",
        text=text,
        status=Status.UNTESTED if left is None else (Status.NOT_REJECTED if kept else Status.REJECTED),
        test=None if left is None else left.text,
        power=None if left is None else left.power,
    )
    rejected = IID.with_status(Status.REJECTED, test=f"{domain}: {tested.text}", power=tested.power)
    return Timed(tested=tested, blocks=blocks, standing=(standing, rejected))


def sizes_uninformative(wrong: np.ndarray, units: Units) -> Assumption | None:
    """The rejected assumption that small and large groups err alike; None where nothing speaks against it.

    The error of the groups of at most the median size against that of the others: rejected where their limits, at
    `REJECTED_BELOW`/4 each, leave nothing in common. Exact: both errors within their limits has probability ≥ 1 − `REJECTED_BELOW`.
    """
    if units.kind != "groups" or units.groups is None:
        return None
    sizes = units.sizes
    small = (sizes <= np.median(sizes))[units.groups]
    if small.all():
        return None
    limits = []
    for part in (small, ~small):
        rows = np.flatnonzero(part)
        of, errs = units.take(rows), wrong[rows]
        limits.append((of.lower(errs, REJECTED_BELOW / 4), of.upper(errs, REJECTED_BELOW / 4)))
    (low_s, high_s), (low_l, high_l) = limits
    if low_s <= high_l and low_l <= high_s:
        return None
    return SIZES.with_status(
        Status.REJECTED,
        test=f"groups of at most {int(np.median(sizes))} rows err between {figures.at_least(low_s)} and {figures.at_most(high_s)}, "
        f"larger ones between {figures.at_least(low_l)} and {figures.at_most(high_l)}, level {REJECTED_BELOW:g}",
    )
