"""Kinds of transfer by what alignments do in them, from what is seen without labels."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from whytransfer.choice.evidence import SOURCE, Evidence, Setting
from whytransfer.methods.half_aligned import ALIGNMENTS

ALIKE = "alike"
CODES = "codes"
NEAR = "near"
FAR = "far"
RESTORED = "restored"
AGREED = "agreed"

KINDS: dict[str, str] = {
    ALIKE: "the rows of both domains look alike",
    CODES: "most columns hold codes or counts, not measurements",
    NEAR: "columns are measurements, and the domains overlap",
    FAR: "columns are measurements, and the domains lie apart",
    RESTORED: (
        "columns are measurements, the domains lie apart, the source model predicts other shares of the classes there, and the candidate "
        "puts them back"
    ),
    AGREED: (
        "columns are measurements, the domains lie apart, the source model predicts other shares of the classes there, and every alignment "
        "puts them back"
    ),
}
"""Each in words. What the kinds are told by was looked for on 34 data sets; how candidates fare in each is learned and left out by whole sets."""

VALUES = 20
"""A column of at most so many distinct values holds codes, counts or categories: its mean and spread mean little."""

SEEN_APART = 0.55
"""Lower limit of the domain classifier's AUC below which the marginals agree as far as anybody can see."""

LIE_APART = 0.95
"""AUC from which the domains lie apart: where EVIDENCE 2 draws the line beyond which the truth strays far from estimates."""

LOST = 0.25
"""Total variation between the classes' shares in the source and among the source model's predictions from which it may be lost: with two equal
classes, three rows in four are given the same one."""

BACK = 0.5
"""A candidate puts the shares back where its predictions have at most half of that distance."""

SAME = 0.07
"""… and comes back to them where at most this is left. Maps as different as means, covariances and optimal transport seldom all come back to the source's
shares where the target has others: they left .06 at most where they were right, .08 at least where they were wrong (docs/benchmarks/adapt.md)."""

FEWEST = 3
"""Alignments that have to agree: those that `half_aligned` is made of, of which one may have failed."""


_ALIGNMENTS = frozenset(kind.name for kind in ALIGNMENTS)


def coarse_share(columns: NDArray[np.float64]) -> float:
    """Share of columns (n, p) with at most `VALUES` distinct values, in [0, 1]; 1 where there is no column.

    Examples
    --------
    >>> coarse_share(np.column_stack([np.arange(50.0), np.arange(50.0) % 3]))
    0.5
    """
    few = [len(np.unique(column)) <= VALUES for column in columns.T]
    return float(np.mean(few)) if few else 1.0


def kind_of(candidate: Evidence, candidates: Sequence[Evidence], setting: Setting) -> str:
    """The kind of transfer, a key of `KINDS`, as it looks to one candidate.

    Parameters
    ----------
    candidate : Evidence
        Of the candidate.
    candidates : sequence of Evidence
        Of all of them, the source model among them.
    setting : Setting
        What is known of the problem.
    """
    if setting.auc is None or setting.auc_lower is None or setting.auc_lower < SEEN_APART:
        return ALIKE
    if setting.coarse > 0.5:
        return CODES
    if setting.auc < LIE_APART:
        return NEAR
    lost = next(c for c in candidates if c.name == SOURCE).share_distance
    if lost < LOST or candidate.share_distance > BACK * lost:
        return FAR
    left = [c.share_distance for c in candidates if c.name in _ALIGNMENTS]
    agreed = len(left) >= FEWEST and max(*left, candidate.share_distance) <= SAME
    return AGREED if agreed else RESTORED
