"""The kind of shift, as far as it can be seen without target labels."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

VISIBLE_AT = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """What kind of shift the data show.

    Parameters
    ----------
    kind : str
        ``none_visible``, ``covariate_or_label`` or ``support``.
    text : str
        What that means and what it can't say.
    """

    kind: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return asdict(self)


def kind_of_shift(*, auc: float, p_value: float, no_overlap: bool) -> Shift:
    """Name the shift from the domain classifier.

    Parameters
    ----------
    auc : float
        Cross-fitted AUC of the domain classifier.
    p_value : float
        Of its held-out permutation test.
    no_overlap : bool
        The AUC's lower limit exceeds .99.
    """
    if no_overlap:
        return Shift(
            kind="support",
            text=f"a classifier tells the domains apart almost surely (AUC {auc:.3f}): the target has rows where the "
            "source has none, and what holds there can't be learned from the source. That is not failure, but nothing "
            "seen on the source speaks against it",
        )
    if p_value > VISIBLE_AT:
        return Shift(
            kind="none_visible",
            text=f"no difference of the inputs is visible (domain classifier AUC {auc:.3f}, p = {p_value:.2g}); a "
            "change of what the labels mean can't be seen without target labels",
        )
    return Shift(
        kind="covariate_or_label",
        text=f"the inputs differ (domain classifier AUC {auc:.3f}, p = {p_value:.2g}); whether the classes became more "
        "or less frequent, or the rows within them changed, is not told apart here, and a change of what the labels "
        "mean can't be seen without target labels",
    )
