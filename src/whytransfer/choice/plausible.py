"""Which methods are worth trying, by the diagnosed kind of shift."""

from __future__ import annotations

ALIGNMENTS = (
    "mean_scale",
    "central_moments",
    "coral",
    "linear_transport",
    "class_moments",
    "subspace_alignment",
    "gfk",
)
"""Quick ones that move the source, or both domains."""

WEIGHTS = ("nearest_neighbour", "rulsif", "kmm")
PRIORS = ("bbse", "rlls", "em", "class_kernel_means")
OWN_LABELS = ("confident", "gradual")
FEW_LABELS = ("weighted_pooling", "feature_augmentation", "tradaboost")

BY_SHIFT: dict[str, tuple[str, ...]] = {
    "none_visible": (),
    "label": PRIORS,
    "covariate": (*WEIGHTS, *ALIGNMENTS, *OWN_LABELS),
    "covariate_or_label": (*PRIORS, *WEIGHTS, *ALIGNMENTS, *OWN_LABELS),
    # Weights carry nothing to where the source has no row.
    "support": (*ALIGNMENTS, *OWN_LABELS),
    "new_class": (*ALIGNMENTS, *OWN_LABELS),
    "subspace": (*ALIGNMENTS, *OWN_LABELS),
    "concept": (*WEIGHTS, *ALIGNMENTS, *OWN_LABELS),
}
"""Candidates by kind of shift. Slow methods (several seconds on 5,000 rows, and the deep ones) join by name only."""


def plausible(shift: str, *, labels: bool) -> tuple[str, ...]:
    """Names of the methods to try, without the source model.

    Parameters
    ----------
    shift : str
        A kind of ``diagnosis.shift.kind``; any other says that nothing is known.
    labels : bool
        Whether some target labels may be learned from.

    Examples
    --------
    >>> plausible("label", labels=False)
    ('bbse', 'rlls', 'em', 'class_kernel_means')
    >>> plausible("none_visible", labels=False)
    ()
    """
    return (*BY_SHIFT.get(shift, ()), *(FEW_LABELS if labels else ()))
