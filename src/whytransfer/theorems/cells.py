"""The cell form: errors of the source, cell by cell, counted as often as the target visits each cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.claims import Claim
from whytransfer.claims.intervals import part_limits
from whytransfer.errors import InputError
from whytransfer.theorems.assumptions import CELLS_INVARIANT
from whytransfer.theorems.base import Terms, Theorem, check_delta
from whytransfer.theorems.laws import FloatArray, as_counts, as_law, box_of_counts


class Cells(Theorem):
    r"""err_T(h) = Σ_b T(b) r_S(b), if P(h ≠ Y \| cell b) is the same in both domains; 1 in cells that the source never visits.

    THEORY B9, derived for this project. Cells are a partition by anything that is known without labels (bins
    of confidence, strata, clusters, predicted class), fixed by other rows.

    **Finite samples.** With B cells each r_S(b) and each T(b) has an upper Clopper–Pearson limit that fails
    with δ/(2B): together they fail with at most δ. The upper limit is the largest Σ t_b r_b over shares t
    below their limits with Σ t_b = 1: the worst cells are filled first, so no programme is needed. The lower
    limit is the mirror image, each at 1 − δ. Shares that are known, those of a file that is the whole target,
    leave δ/B for each error. A cell without source rows has r in [0, 1]. **Groups.** Tables of two
    dimensions, a row a group, (G, B): limits by betting on groups take the place of Clopper–Pearson's (`part_limits`).

    Exact given the cells. Conditional on the invariance, which within a cell is covariate shift averaged: finer
    cells make it more credible and the limits wider. Vacuous with few rows a cell. It says nothing of errors
    that change within a cell.

    Examples
    --------
    >>> claim = Cells()(source_counts=[500, 500], source_errors=[10, 100], target_counts=[200, 800])
    >>> claim.estimate, claim.lower < 0.164 < claim.upper
    (0.164, True)
    """

    __slots__ = ()

    name: ClassVar[str] = "cells"
    statement: ClassVar[str] = "err_T(h) = sum over cells b of T(b) P_S(h != Y | b)"
    reference: ClassVar[str | None] = None
    needs: ClassVar[Mapping[str, str]] = {
        "source_counts": "held-out source rows in each of B cells; by groups: (G, B), those of each group",
        "source_errors": "how many of them are wrong, in the same shape",
        "target_counts": "target rows in each cell, (B,) or, by groups, (G, B) (or give target_shares)",
        "target_shares": "share of each cell in the target, (B,), where it is known (or give target_counts)",
        "delta": "failure probability of each limit, .05 when left out",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        source_counts: npt.ArrayLike,
        source_errors: npt.ArrayLike,
        target_counts: npt.ArrayLike | None = None,
        target_shares: npt.ArrayLike | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.cells``."""
        boxes = _Boxes.of(
            source_counts, source_errors, _Visits.of(target_counts, target_shares), check_delta(delta)
        )
        terms = Terms.of(self)
        return terms.target_error(
            _filled(boxes.errors[:, 1], boxes.shares),
            n_classes,
            lower=1.0 - _filled(1.0 - boxes.errors[:, 0], boxes.shares),
            estimate=boxes.estimate,
            delta=delta,
            assumptions=(CELLS_INVARIANT,),
            detail={
                "cells": len(boxes.shares),
                "unsupported_share": boxes.unsupported,
                "failure_a_limit": boxes.failure,
                "reason": None
                if boxes.estimate is not None
                else "a cell that the target visits has no source row",
                "convention": "error, 0..1; each limit is one-sided",
            },
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Visits:
    """How often the target visits each cell: the shares, (B,), and the counts that they are estimated by, if they are."""

    shares: FloatArray
    counts: npt.NDArray[np.int64] | None

    @classmethod
    def of(cls, counts: npt.ArrayLike | None, shares: npt.ArrayLike | None) -> _Visits:
        """From exactly one of them."""
        if counts is not None and shares is None:
            table = as_counts("target_counts", counts, 1)
            visits = np.atleast_2d(table).sum(axis=0)
            return cls(shares=visits / visits.sum(), counts=table)
        if counts is not None or shares is None:
            raise InputError("expected either target_counts or target_shares, got both or none")
        # A law needs two classes, a partition may have one cell: one that nobody visits is added.
        return cls(shares=as_law("target_shares", np.append(shares, 0.0))[:-1], counts=None)

    def upper(self, failure: float) -> FloatArray:
        """Upper limits of the shares; the shares themselves where they are known."""
        return self.shares if self.counts is None else box_of_counts(self.counts, failure)[:, 1]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Boxes:
    """Limits of each cell's error, (B, 2), and upper limits of its share, (B,); each fails with `failure`."""

    errors: FloatArray
    shares: FloatArray
    failure: float
    estimate: float | None
    unsupported: float

    @classmethod
    def of(
        cls,
        source_counts: npt.ArrayLike,
        source_errors: npt.ArrayLike,
        visits: _Visits,
        delta: float,
    ) -> _Boxes:
        """Checked."""
        n = as_counts("source_counts", source_counts, 1)
        wrong = np.asarray(source_errors, dtype=np.float64)
        if n.shape != wrong.shape or n.shape[-1] != len(visits.shares):
            raise InputError(
                f"expected the same cells thrice, got {n.shape}, {wrong.shape} and {visits.shares.shape}"
            )
        if not ((wrong >= 0) & (wrong <= n) & (wrong == np.floor(wrong))).all():
            raise InputError("source_errors: expected whole numbers from 0 to the source rows of the cell")
        cells, rows = range(n.shape[-1]), n.sum(axis=-1)
        failure = delta / ((1 if visits.counts is None else 2) * len(cells))
        errors = np.array(
            [part_limits(wrong[..., b].astype(np.int64), n[..., b], rows, failure) for b in cells]
        )
        n, wrong = (np.atleast_2d(table).sum(axis=0) for table in (n, wrong))
        supported = bool((n[visits.shares > 0] > 0).all())
        return cls(
            errors=errors,
            shares=visits.upper(failure),
            failure=failure,
            estimate=float(np.sum(visits.shares * wrong / np.maximum(n, 1))) if supported else None,
            unsupported=float(visits.shares[n == 0].sum()),
        )


def _filled(values: FloatArray, shares: FloatArray) -> float:
    """Max Σ t_b v_b over 0 ≤ t ≤ shares with Σ t = 1: the dearest cells are filled first."""
    order = np.argsort(-values, kind="stable")
    filled = np.minimum(np.cumsum(shares[order]), 1.0)
    return min(1.0, max(0.0, float(np.diff(filled, prepend=0.0) @ values[order])))
