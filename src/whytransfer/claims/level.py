"""How surely something is said, and in which unit."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """The evidence behind a claim. The order of the members is the order of strength.

    Examples
    --------
    >>> Level.ESTIMATED.sentence
    'a model-based estimate with a back-tested interval; not a guarantee'
    """

    PROVED = "proved"
    """Holds for independent draws within each domain; nothing else is assumed."""
    CONDITIONAL = "conditional"
    """Proved if the listed assumptions hold, which the data can't settle."""
    ESTIMATED = "estimated"
    """A model-based estimate with a back-tested interval; not a guarantee."""
    WITNESS = "witness"
    """A concrete counter-example, found on the rows it is shown on."""

    @property
    def sentence(self) -> str:
        """What the level means, as it is printed."""
        return _SENTENCES[self]


_SENTENCES = {
    Level.PROVED: "holds for independent draws within each domain; nothing else is assumed",
    Level.CONDITIONAL: "proved if the listed assumptions hold, which the data can't settle",
    Level.ESTIMATED: "a model-based estimate with a back-tested interval; not a guarantee",
    Level.WITNESS: "a concrete counter-example, found on the rows it is shown on",
}


class Unit(StrEnum):
    """What a number measures. Numbers of different units are never added.

    Examples
    --------
    >>> import whytransfer as wt
    >>> wt.divergence("wasserstein1", [0.0, 1.0], [1.0, 2.0]).unit
    <Unit.FEATURE: 'feature'>
    """

    ERROR = "error"
    """A probability of error or a difference of probabilities."""
    FEATURE = "feature"
    """A distance between rows, in the raw units of the columns."""
    KERNEL = "kernel"
    """A distance in a reproducing-kernel Hilbert space."""
    MOMENT = "moment"
    """A difference of moments."""
    NATS = "nats"
    """An information divergence, natural logarithm."""
    RATIO = "ratio"
    """A dimensionless ratio, such as a chi-square divergence."""
    AUC = "auc"
    """A probability of correct ranking, 0.5 to 1."""
    LABEL = "label"
    """A mean loss of predicted numbers, in the unit of the label."""
