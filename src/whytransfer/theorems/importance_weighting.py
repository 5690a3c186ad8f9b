"""Importance weighting with known weights: source rows that count as much as target rows would."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.claims import Claim
from whytransfer.claims.intervals import Betting, Units, hoeffding_term
from whytransfer.errors import InputError
from whytransfer.names import resolve
from whytransfer.theorems.assumptions import COVARIATE_SHIFT, WEIGHTS_KNOWN
from whytransfer.theorems.base import Terms, Theorem, check_delta, check_size
from whytransfer.theorems.laws import FloatArray

FORMS = {
    "best": "the smallest of betting, Hoeffding and Cortes, which share delta equally",
    "betting": "a bet on the weighted losses divided by the largest weight",
    "hoeffding": "M sqrt(ln(1/delta) / (2 n))",
    "cortes": "2 M ln(1/delta) / (3 n) + sqrt(2 d2 ln(1/delta) / n)",
}


def cortes_term(n: float, largest_weight: float, second_moment: float, delta: float) -> float:
    """2M ln(1/δ)/(3n) + sqrt(2 d₂ ln(1/δ)/n): Bernstein's inequality with variance at most d₂ = E_S w² (E22).

    By groups, n is the number of rows over those of the largest group.

    >>> round(cortes_term(1000, 2.0, 2.0, 0.05), 6)
    0.113461
    """
    surprise = math.log(1 / delta)
    return 2 * largest_weight * surprise / (3 * n) + math.sqrt(2 * second_moment * surprise / n)


class ImportanceWeighting(Theorem):
    r"""err_T(h) ≤ (1/n) Σ_i w_i 1[h(x_i) ≠ y_i] + deviation, with w = dT_X/dS_X known and at most M, under covariate shift.

    THEORY B9; Cortes, Mansour and Mohri (NIPS 2010) for `form="cortes"`, whose proof is Bernstein's
    inequality: the weighted losses lie in [0, M] and have mean err_T(h) and variance at most d₂ = E_S w² ≤ M.
    `form="hoeffding"` and `form="betting"` use the range alone; betting adapts to the variance and needs no
    d₂. `form="best"`, the default, takes the smallest of those that the terms allow and gives each an equal
    share of δ, so that choosing costs nothing more.

    The weights must be known: of an estimated ratio ŵ the bias \|E_S (w − ŵ) l\| ≤ E_S \|w − ŵ\| is not
    certified by any split. M and d₂ are those of the law, not the largest weight seen. Vacuous when the
    effective sample, n / d₂ rows, is small; infinite d₂ means that the source never sees where the target
    lives.

    **Groups.** With `groups` each form takes its place by groups: bets on the groups' means; Hoeffding with n_eff =
    n²/Σ n_g²; and Bernstein for Σ (n_g/n) Z_g, with n over the rows of the largest group in the place of n: its terms have a
    range of M n_g/n, and variances that sum to at most Σ (n_g/n)² E_g w² ≤ max (n_g/n) · d₂. Here n_eff would not do,
    because large groups may be the ones with large weights, and d₂ is the mean over all rows.

    Examples
    --------
    >>> claim = ImportanceWeighting()(weighted_error=0.26, n=1000, largest_weight=2, second_moment=2, form="cortes")
    >>> round(claim.upper - 0.26, 6)
    0.113461
    """

    __slots__ = ()

    name: ClassVar[str] = "importance_weighting"
    statement: ClassVar[str] = (
        "err_T(h) <= mean of w_i 1[h(x_i) != y_i] + deviation, w = dT_X/dS_X <= M known"
    )
    reference: ClassVar[str | None] = "cortes:10"
    needs: ClassVar[Mapping[str, str]] = {
        "weights": "w of each source row, in [0, M] (with losses; or give weighted_error)",
        "losses": "loss of each source row, in [0, 1] (with weights)",
        "groups": "the group of each source row, where rows of one group may hang together (with weights and losses)",
        "weighted_error": "the mean of w times loss (or give weights and losses)",
        "n": "source rows, with weighted_error; left out: weighted_error is the population's",
        "largest_weight": "M, the largest value of dT_X/dS_X, known in advance",
        "second_moment": "d2 = E_S w^2, 1..M; M when left out",
        "form": '"best", "betting", "hoeffding" or "cortes"; "best" when left out',
        "delta": "failure probability, .05 when left out",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        largest_weight: float,
        weights: npt.ArrayLike | None = None,
        losses: npt.ArrayLike | None = None,
        groups: npt.ArrayLike | None = None,
        weighted_error: float | None = None,
        n: int | None = None,
        second_moment: float | None = None,
        form: str = "best",
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.importance_weighting``."""
        resolve("form", form, FORMS)
        moments = _Moments.of(weights, losses, weighted_error, n, largest_weight, second_moment, groups)
        limits = moments.limits(form, check_delta(delta))
        used = min(limits, key=lambda name: limits[name])
        terms = Terms.of(self)
        return terms.target_error(
            limits[used],
            n_classes,
            delta=delta if moments.n is not None else 0.0,
            estimate=moments.mean,
            assumptions=(COVARIATE_SHIFT, WEIGHTS_KNOWN),
            detail={
                "form": form,
                "used": used,
                "limits": limits,
                "n": moments.n,
                "largest_weight": moments.largest,
                "second_moment": moments.second,
                "effective_rows": None if moments.n is None else moments.rows / moments.second,
            }
            | (
                {}
                if moments.units is None or not moments.units.said
                else {"source_units": moments.units.said}
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moments:
    """The weighted losses, or their mean, with what is known of the weights."""

    mean: float
    n: int | None
    largest: float
    second: float
    values: FloatArray | None
    units: Units | None = None

    @property
    def rows(self) -> float:
        """How many independent rows the mean is worth."""
        return float(self.n or 0) if self.units is None else self.units.effective

    @classmethod
    def of(
        cls,
        weights: npt.ArrayLike | None,
        losses: npt.ArrayLike | None,
        weighted_error: float | None,
        n: int | None,
        largest: float,
        second: float | None,
        groups: npt.ArrayLike | None,
    ) -> _Moments:
        """Checked."""
        if not 1.0 <= largest < math.inf:
            raise InputError(
                f"largest_weight: a density ratio has mean 1, so expected a finite M >= 1, got {largest:g}"
            )
        second = largest if second is None else second
        if not 1.0 <= second <= largest:
            raise InputError(f"second_moment: expected a number in [1, M = {largest:g}], got {second:g}")
        if weights is not None and losses is not None and weighted_error is None:
            values = _weighted(weights, losses, largest)
            return cls(
                mean=float(values.mean()),
                n=len(values),
                largest=largest,
                second=second,
                values=values,
                units=Units.of(groups, len(values)),
            )
        if weighted_error is None or weights is not None or losses is not None or groups is not None:
            raise InputError("expected either weights and losses, or weighted_error")
        if not 0.0 <= weighted_error <= largest:
            raise InputError(
                f"weighted_error: expected a number in [0, M = {largest:g}], got {weighted_error:g}"
            )
        size = None if n is None else check_size("n", n)
        return cls(mean=float(weighted_error), n=size, largest=largest, second=second, values=None)

    def limits(self, form: str, delta: float) -> dict[str, float]:
        """The upper limits of the forms asked for, each with its share of δ."""
        if self.n is None:
            return {"population": self.mean}
        available = ["hoeffding", "cortes"] + (["betting"] if self.values is not None else [])
        if form != "best" and form not in available:
            raise InputError(f"form={form!r} needs weights and losses of each row, got weighted_error only")
        forms = available if form == "best" else [form]
        return {name: self._limit(name, delta / len(forms)) for name in forms}

    def _limit(self, form: str, delta: float) -> float:
        grouped = self.units is not None and self.units.groups is not None
        if form == "betting" and self.values is not None:
            relative = self.values / self.largest
            if self.units is not None and grouped:
                return self.largest * self.units.upper(relative, delta)
            return self.largest * Betting().upper_of(relative, delta)
        if form == "hoeffding":
            return self.mean + self.largest * hoeffding_term(delta, self.rows)
        independent = self.rows
        if self.units is not None and grouped:
            independent = self.units.n / float(self.units.sizes.max())
        return self.mean + cortes_term(independent, self.largest, self.second, delta)


def _weighted(weights: npt.ArrayLike, losses: npt.ArrayLike, largest: float) -> FloatArray:
    w, loss = np.asarray(weights, dtype=np.float64), np.asarray(losses, dtype=np.float64)
    if w.ndim != 1 or w.shape != loss.shape or len(w) == 0:
        raise InputError(f"expected one weight and one loss a row, got shapes {w.shape} and {loss.shape}")
    if not ((loss >= 0) & (loss <= 1)).all():
        raise InputError("losses: expected numbers in [0, 1]")
    if not ((w >= 0) & (w <= largest)).all():
        raise InputError(
            f"weights: expected numbers in [0, M = {largest:g}]; a larger one contradicts largest_weight"
        )
    return w * loss
