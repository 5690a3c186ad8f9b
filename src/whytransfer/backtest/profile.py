"""What is known of a transfer problem without a single target label, in a handful of numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from whytransfer.overlap.two_samples import Floats

CENTRE = ("subspaces", "cot_gap")
"""The estimates in the panel's centre: models of half of the columns that contradict the model, and predicted labels that leave the
source's shares. Neither sees what the other sees; confidence (AC, DoC, ATC, CBPE) adds nothing to the two (docs/benchmarks/estimate.md)."""

LARGER = 0.8
"""Weight of the larger of the two, .2 that of the smaller: .7 to .9 are alike, and fitted weights did no better on data sets left out."""

APART = 4
"""Power of 2 AUC − 1 by which the second counts: 1 to 6 are alike on the shared data; on other tables more is better."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """Label-free features of one transfer problem, on which other people's transfers are compared with it.

    Parameters
    ----------
    auc : float
        AUC of the better domain classifier, cross-fitted; 0.5 (same law) to 1 (no overlap).
    source_error : float
        Held-out error on the source, 0 to 1.
    majority : float
        Share of the most frequent source class.
    classes : int
        Number of classes.
    critic : float
        T(h ≠ h') − S(h ≠ h') of the linear critic pushed apart on the target: how much room the version space has there; −1 to 1.
    worst_class : float
        Held-out error on the class that the model knows worst, less `source_error`: how much the error rises if the target
        were all of that class, while each class stays as it is; 0 to 1.
    noise : float
        Standard error of the estimates from the numbers of rows.
    estimates : mapping of str to float
        Estimates of the target error, as they come (not cut to [0, 1]); at least ``"subspaces"``.
    """

    auc: float
    source_error: float
    majority: float
    classes: int
    critic: float
    worst_class: float
    noise: float
    estimates: Mapping[str, float] = field(hash=False)

    def gap(self, name: str) -> float:
        """An estimate less the source error."""
        return self.estimates[name] - self.source_error

    @property
    def kind(self) -> str:
        """Which calibration the panel needs: ``"panel"``, or ``"panel_votes"`` for a model that gives no probabilities."""
        return "panel" if all(name in self.estimates for name in CENTRE) else "panel_votes"

    def centre(self, name: str = "panel") -> float:
        """What `name` expects the error to rise by; for the panel the first gap of `CENTRE`, drawn towards `rise` as far as the domains lie apart.

        Where target rows have source rows beside them, models know what to say of them, and a cost of transport above theirs
        is mostly noise; where they have none, every model extrapolates, and only the shares of what is predicted give a failure away.
        """
        if name == "panel":
            first = self.gap(CENTRE[0])
            return first + self.apart**APART * (self.rise() - first)
        return self.gap(CENTRE[0]) if name == "panel_votes" else self.gap(name)

    @property
    def apart(self) -> float:
        """2 AUC − 1: how far a classifier tells the domains, 0 to 1."""
        return max(0.0, 2.0 * self.auc - 1.0)

    def rise(self) -> float:
        """The weighted larger and smaller gap of `CENTRE`, whatever the overlap."""
        gaps = [self.gap(one) for one in CENTRE]
        return LARGER * max(gaps) + (1.0 - LARGER) * min(gaps)

    def signals(self, name: str = "panel") -> Floats:
        """What says how hard the problem is, shape (3,), larger is harder; `SIGNALS` names them.

        For a single estimator nothing that another estimate enters: the residuals on all estimates would be the same for
        each of them.
        """
        if name in ("panel", "panel_votes"):
            rise = self.rise() if name == "panel" else self.centre(name)
            return np.array([rise, max(0.0, self.critic), self.worst_class])
        return np.array([self.gap(name), self.apart, self.worst_class])

    def position(self) -> Floats:
        """Where the problem lies among others, shape (7,): gaps instead of levels where levels say nothing."""
        return np.array(
            [
                self.apart,
                self.source_error,
                self.gap(CENTRE[0]),
                self.critic,
                self.worst_class,
                self.majority,
                np.log(self.classes),
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            **{name: getattr(self, name) for name in NUMBERS},
            "estimates": {name: float(value) for name, value in self.estimates.items()},
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Profile:
        """Read what `to_dict` wrote."""
        numbers: dict[str, Any] = {name: float(data[name]) for name in NUMBERS}
        numbers["classes"] = int(data["classes"])
        return cls(
            **numbers,
            estimates={str(name): float(value) for name, value in data["estimates"].items()},
        )


NUMBERS = ("auc", "source_error", "majority", "classes", "critic", "worst_class", "noise")
"""The features that are not estimates, in their fixed order."""

SIGNALS = ("expected rise", "room of the critic", "worst class")
"""What `Profile.signals` of the panel holds."""
