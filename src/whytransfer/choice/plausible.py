"""Which methods are worth trying, by the diagnosed kind of shift."""

from __future__ import annotations

ALIGNMENTS = ("mean_scale", "central_moments", "coral", "linear_transport", "half_aligned")
"""They move the source to where the target is."""

OWN_LABELS = ("neighbours", "confident")
"""They learn from their own predictions on the target."""

WEIGHTS = ("nearest_neighbour",)
PRIORS = ("em", "rlls")
FEW_LABELS = ("pooled",)

BY_SHIFT: dict[str, tuple[str, ...]] = {
    "none_visible": (),
    # Whoever matches the domains' moments then moves the classes apart.
    "label": (*PRIORS, *WEIGHTS, *OWN_LABELS),
    "covariate": (*WEIGHTS, *ALIGNMENTS, *OWN_LABELS),
    "covariate_or_label": (*PRIORS, *WEIGHTS, *ALIGNMENTS, *OWN_LABELS),
    # Weights carry nothing to where the source has no row.
    "support": (*ALIGNMENTS, *OWN_LABELS),
    "new_class": (*ALIGNMENTS, *OWN_LABELS),
    "subspace": (*ALIGNMENTS, *OWN_LABELS),
    "concept": (*WEIGHTS, *ALIGNMENTS, *OWN_LABELS),
}
"""Candidates by kind of shift. Nearly all of them have a record on real transfers (`priors`), without which nobody is chosen unless target labels
speak for him; every other method joins by its name."""


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
    ('em', 'rlls', 'nearest_neighbour', 'neighbours', 'confident')
    >>> plausible("none_visible", labels=False)
    ()
    """
    return (*BY_SHIFT.get(shift, ()), *(FEW_LABELS if labels else ()))
