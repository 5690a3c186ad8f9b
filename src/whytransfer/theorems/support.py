"""The support bound: where the source covers the target, its errors count B times; elsewhere everything is an error."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.theorems.assumptions import COVARIATE_SHIFT, ratio_on_region
from whytransfer.theorems.base import Bound, Terms
from whytransfer.theorems.term import Term, read


class Support(Bound):
    r"""err_T(h) ≤ B · S(h(X) ≠ Y, X ∈ G) + T(X ∉ G), if dT_X/dS_X ≤ B on the region G, under covariate shift.

    THEORY B9, derived for this project; the simple form of the support bound of Johansson, Sontag and
    Ranganath (AISTATS 2019). **Proof.** T(h ≠ Y, X∈G) = E_S w(X) 1[X∈G] P(h ≠ Y \| X) ≤ B S(h ≠ Y, X∈G), the
    error given the features being the same in both domains; outside G it is at most 1.

    `region_error` is the joint probability of an error and of G, not the error within G. Both terms are
    measurable from held-out rows (Clopper–Pearson counts) if G was fixed by others; B is assumed, on G only,
    which is less than a ratio everywhere. G = all features: B err_S. `break_even` solves for B. Vacuous when
    much of the target lies outside G.

    Examples
    --------
    >>> round(Support()(region_error=0.04, outside=0.1, ratio=2.0).upper, 6)
    0.18
    >>> round(Support().break_even(0.3, region_error=0.04, outside=0.1), 6)
    5.0
    """

    __slots__ = ()

    name: ClassVar[str] = "support"
    statement: ClassVar[str] = "err_T(h) <= B S(h(X) != Y, X in G) + T(X not in G)  if dT_X/dS_X <= B on G"
    reference: ClassVar[str | None] = "johansson:19"
    unknown: ClassVar[str] = "ratio"
    needs: ClassVar[Mapping[str, str]] = {
        "region_error": "S(h(x) != y and x in G), 0..1",
        "outside": "T(x not in G), 0..1",
        "ratio": "B, the largest value of dT_X/dS_X on G, > 0, assumed",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(self, *, region_error: Term, outside: Term, ratio: float, n_classes: int = 2) -> Claim:
        """The claim ``target_error.support``."""
        # Below 1 is possible on a region, unlike everywhere.
        if not 0.0 < ratio < math.inf:
            raise InputError(f"ratio: expected a finite B > 0, got {ratio:g}")
        terms = Terms.of(self, read("region_error", region_error), read("outside", outside))
        inside, rest = (r.value for r in terms.readings)
        return terms.target_error(
            None if inside is None or rest is None else ratio * inside + rest,
            n_classes,
            assumptions=(COVARIATE_SHIFT, ratio_on_region(float(ratio))),
            detail={"ratio": float(ratio), "convention": "joint probabilities, 0..1"},
        )

    def within(self, *, region_error: Term, outside: Term, ratio: float, n_classes: int = 2) -> Claim:
        """The claim ``region_error.support``: the error among the target rows of the region alone.

        T(h(X) ≠ Y | X ∈ G) ≤ B · S(h(X) ≠ Y, X ∈ G) / (1 − T(X ∉ G)): the first line of the proof, divided by T(G), with
        the same terms as the bound itself. Nothing is said of the rows outside.

        Examples
        --------
        >>> round(Support().within(region_error=0.04, outside=0.2, ratio=2.0).upper, 6)
        0.1
        """
        if not 0.0 < ratio < math.inf:
            raise InputError(f"ratio: expected a finite B > 0, got {ratio:g}")
        terms = Terms.of(self, read("region_error", region_error), read("outside", outside))
        inside, rest = (r.value for r in terms.readings)
        # Nothing is left to be right about where the whole target may lie outside.
        some = inside is not None and rest is not None and rest < 1.0
        return terms.claim(
            id_=f"region_error.{self.name}",
            quantity="region_error",
            upper=ratio * inside / (1.0 - rest) if some else None,  # type: ignore[operator]
            assumptions=(COVARIATE_SHIFT, ratio_on_region(float(ratio))),
            guessing_error=terms.guessing_error(n_classes),
            detail={"ratio": float(ratio), "convention": "the error within the region, 0..1"},
        )

    def break_even_within(self, requirement: float, *, region_error: Term, outside: Term) -> float | None:
        """The largest B at which the error within the region stays within the requirement; None: any ratio will do."""
        inside, rest = read("region_error", region_error).value, read("outside", outside).value
        if inside is None or rest is None or inside == 0.0:
            return None
        return requirement * max(0.0, 1.0 - rest) / inside

    def break_even(  # type: ignore[override]
        self, requirement: float, *, region_error: Term, outside: Term, n_classes: int = 2
    ) -> float | None:
        """The value B* = (requirement − T(G^c)) / S(error, G), negative when T(G^c) alone exceeds it; None: any ratio will do."""
        inside, rest = read("region_error", region_error).value, read("outside", outside).value
        if inside is None or rest is None:
            return None
        slack = requirement - rest
        return slack / inside if inside > 0 else (slack if slack < 0 else None)
