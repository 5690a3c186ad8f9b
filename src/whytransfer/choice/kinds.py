"""Kinds of transfer by what alignments do in them, from what is seen without labels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from whytransfer.choice.evidence import Evidence, Setting

ALIKE = "alike"
CODES = "codes"
NEAR = "near"
FAR = "far"
RESTORED = "restored"

KINDS: dict[str, str] = {
    ALIKE: "the rows of both domains look alike",
    CODES: "most columns hold codes or counts, not measurements",
    NEAR: "columns are measurements, and the domains overlap",
    FAR: "columns are measurements, and the domains lie apart",
    RESTORED: (
        "columns are measurements, the domains lie apart, the source model predicts other shares of the classes there, and the candidate "
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


def coarse_share(columns: NDArray[np.float64]) -> float:
    """Share of columns (n, p) with at most `VALUES` distinct values, in [0, 1]; 1 where there is no column.

    Examples
    --------
    >>> coarse_share(np.column_stack([np.arange(50.0), np.arange(50.0) % 3]))
    0.5
    """
    few = [len(np.unique(column)) <= VALUES for column in columns.T]
    return float(np.mean(few)) if few else 1.0


def kind_of(candidate: Evidence, source: Evidence, setting: Setting) -> str:
    """The kind of transfer, a key of `KINDS`, as it looks to one candidate.

    Parameters
    ----------
    candidate, source : Evidence
        Of the candidate, and of the source model.
    setting : Setting
        What is known of the problem.
    """
    if setting.auc is None or setting.auc_lower is None or setting.auc_lower < SEEN_APART:
        return ALIKE
    if setting.coarse > 0.5:
        return CODES
    if setting.auc < LIE_APART:
        return NEAR
    lost = source.share_distance >= LOST
    return RESTORED if lost and candidate.share_distance <= BACK * source.share_distance else FAR
