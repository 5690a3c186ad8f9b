"""Prediction-powered inference: few target labels, helped by predicted errors of many unlabelled rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from whytransfer.claims import Claim
from whytransfer.claims.intervals import Betting, Units, hoeffding_term
from whytransfer.errors import InputError
from whytransfer.names import resolve
from whytransfer.theorems.assumptions import SIZES
from whytransfer.theorems.base import Terms, Theorem, check_delta
from whytransfer.theorems.laws import FloatArray

FORMS = {
    "betting": "betting limits of both parts; narrow where the predictions are good",
    "hoeffding": "sqrt(ln(2/delta) / (2m)) + 2 sqrt(ln(2/delta) / (2k))",
}


class PPI(Theorem):
    r"""err_T(h) = E_T g(X) + E_T[1[h(X) ≠ Y] − g(X)], for any fixed g: the first part needs no labels.

    g(x) in [0, 1] is a predicted probability of error, fixed by other rows; Angelopoulos, Bates, Fannjiang,
    Jordan and Zrnic (Science 2023), whose interval is asymptotic, here in finite samples (THEORY B14). **Proof.**
    An identity; the upper limit of each part fails with δ/2, whatever the dependence of the two, so their sum
    fails with at most δ. The m unlabelled rows give the first part, in [0, 1]; the k labelled ones the second, in
    [−1, 1], drawn independently of g.

    Proved, with no assumption on g: a bad g costs width and never truth. It is narrower than the direct limit
    from the k labels only if the loss minus g varies less than the loss (`detail["helps"]`) and m is large; it
    is then the estimate to prefer. With `population=True` the unlabelled rows are the whole target and the
    labelled ones a random draw from it, with or without replacement (Maclaurin's inequality, docs/theory): the first
    part is exact and the second has all of δ. A g that was fitted on the labelled rows breaks it. **Groups.** With `labelled_groups` or `unlabelled_groups`
    the part that they are about has its limits by groups: betting on their means, or Hoeffding with the effective
    number of rows. A group may have rows in both parts, which need no independence of each other. Where sizes differ, each part is about rows of groups of its
    own sizes, and their sum is the error only if sizes don't matter: the claim is then conditional on that. So it is where groups of one part meet single
    rows of the other, and with `population=True` unless `unlabelled_groups` shows that all groups of the target are as large as the labelled ones.

    Vacuous for fewer than some ten labels, with `form="hoeffding"` some thirty. Limits may leave [0, 1] and are
    not clipped.

    Examples
    --------
    >>> claim = PPI()(losses=[0.0, 1.0] * 100, labelled=[0.0, 1.0] * 100, unlabelled=[0.0, 1.0] * 5000)
    >>> claim.estimate, 0.5 < claim.upper < 0.58
    (0.5, True)
    """

    __slots__ = ()

    name: ClassVar[str] = "ppi"
    statement: ClassVar[str] = "err_T(h) = E_T g(X) + E_T[loss - g(X)], both parts limited at delta / 2"
    reference: ClassVar[str | None] = "angelopoulos:23"
    needs: ClassVar[Mapping[str, str]] = {
        "losses": "loss of the model on k labelled target rows, in [0, 1]",
        "labelled": "predicted loss g of those rows, in [0, 1], fixed by other rows",
        "unlabelled": "predicted loss g of m further target rows, in [0, 1]",
        "labelled_groups": "the group of each labelled row, where rows of one group may hang together",
        "unlabelled_groups": "the group of each further row",
        "form": '"betting" or "hoeffding"; "betting" when left out',
        "population": "whether the unlabelled rows are the whole target; False when left out",
        "delta": "failure probability of each limit, .05 when left out",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        losses: npt.ArrayLike,
        labelled: npt.ArrayLike,
        unlabelled: npt.ArrayLike,
        labelled_groups: npt.ArrayLike | None = None,
        unlabelled_groups: npt.ArrayLike | None = None,
        form: str = "betting",
        population: bool = False,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.ppi``."""
        resolve("form", form, FORMS)
        loss, g = _rows("losses", losses), _rows("labelled", labelled)
        if loss.shape != g.shape:
            raise InputError(
                f"expected a loss and a prediction of each labelled row, got {loss.size} and {g.size}"
            )
        predicted, rest = _rows("unlabelled", unlabelled), (loss - g + 1.0) / 2.0
        failure = check_delta(delta) if population else check_delta(delta) / 2.0
        few, many = Units.of(labelled_groups, rest.size), Units.of(unlabelled_groups, predicted.size)
        first = (float(predicted.mean()),) * 2 if population else _limits(predicted, form, failure, many)
        second = _limits(rest, form, failure, few)
        terms = Terms.of(self)
        return terms.target_error(
            first[1] + 2.0 * second[1] - 1.0,
            n_classes,
            lower=first[0] + 2.0 * second[0] - 1.0,
            estimate=float(predicted.mean() + (loss - g).mean()),
            delta=delta,
            assumptions=() if _of_one_size(few, many) else (SIZES,),
            loss="zero_one" if np.isin(loss, (0.0, 1.0)).all() else "bounded",
            detail={
                "form": form,
                "k": int(loss.size),
                "m": "population" if population else int(predicted.size),
                "predicted_error": float(predicted.mean()),
                "correction": float((loss - g).mean()),
                "helps": bool((loss - g).var() < loss.var()),
                "convention": "error, 0..1; each limit is one-sided",
            }
            | {
                f"{side}_units": units.said
                for side, units in (("labelled", few), ("unlabelled", many))
                if units.said
            },
        )


def _of_one_size(*parts: Units) -> bool:
    """Whether all units of both parts have as many rows; a row without a group is a unit of one."""
    return len(np.unique(np.concatenate([units.sizes for units in parts]))) == 1


def _limits(values: FloatArray, form: str, failure: float, units: Units) -> tuple[float, float]:
    """Lower and upper limit of a mean of values in [0, 1]."""
    if form == "betting" and units.groups is not None:
        return units.lower(values, failure), units.upper(values, failure)
    if form == "betting":
        return Betting().lower_of(values, failure), Betting().upper_of(values, failure)
    deviation = hoeffding_term(failure, units.effective)
    return float(values.mean()) - deviation, float(values.mean()) + deviation


def _rows(name: str, values: npt.ArrayLike) -> FloatArray:
    found = np.asarray(values, dtype=np.float64)
    if found.ndim != 1 or found.size == 0 or not ((found >= 0) & (found <= 1)).all():
        raise InputError(f"{name}: expected numbers in [0, 1], one a row, at least one")
    return found
