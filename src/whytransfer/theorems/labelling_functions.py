"""The bound with labelling functions: the article's corrected assumption (F4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.names import resolve
from whytransfer.theorems.assumptions import labelling_differs_at_most
from whytransfer.theorems.base import SOURCE_ERROR, Bound, Terms
from whytransfer.theorems.term import Reading, Term, read

FACTORS = {"tv": 1.0, "d1": 2.0}


class LabellingFunctions(Bound):
    r"""err_T(h) ≤ err_S(h) + d(S_X, T_X) + min{ E_S\|f_S − f_T\|, E_T\|f_S − f_T\| }.

    THEORY F4 = Theorem 1 of Ben-David et al. (2010), whose d is d₁ = 2 TV (`form="d1"`). The constant is
    loose: `form="tv"`, the default, has d = TV.

    **Proof of the TV form.** err_T(h) = E_T|h − f_T| ≤ E_T|h − f_S| + E_T|f_S − f_T|, and |E_T g − E_S g| ≤
    TV for g = |h − f_S| in [0, 1], with E_S g = err_S(h). The other branch exchanges the marginals first:
    E_T|h − f_T| ≤ E_S|h − f_T| + TV. The labelling functions may be probabilities, f: X → [0, 1]; h need not
    belong to any class.

    No class of hypotheses enters, so the third term is another object than λ. TV of continuous laws has no
    distribution-free upper limit from samples: in practice this is a bound for populations, discrete columns,
    or an assumed radius. Vacuous on disjoint supports (TV = 1), however close they lie.

    Examples
    --------
    >>> bound = LabellingFunctions()
    >>> bound(source_error=0.0, total_variation=1.0, labelling_on_target=0.0).upper
    1.0
    >>> bound(source_error=0.0, total_variation=1.0, labelling_on_target=0.0, form="d1").upper
    2.0
    """

    __slots__ = ()

    name: ClassVar[str] = "labelling_functions"
    statement: ClassVar[str] = "err_T(h) <= err_S(h) + TV(S_X, T_X) + min{E_S|f_S - f_T|, E_T|f_S - f_T|}"
    reference: ClassVar[str | None] = "ben-david:10"
    unknown: ClassVar[str] = "labelling_on_target"
    needs: ClassVar[Mapping[str, str]] = {
        "source_error": "error of the model on the source, 0..1",
        "total_variation": "TV of the two marginals, 0..1 (half of d1)",
        "labelling_on_source": "E_S|f_S - f_T|, 0..1 (one of the two is enough)",
        "labelling_on_target": "E_T|f_S - f_T|, 0..1 (one of the two is enough)",
        "form": '"tv" (sharp) or "d1" (as published, d1 = 2 TV); "tv" when left out',
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        source_error: Term,
        total_variation: Term,
        labelling_on_source: Term | None = None,
        labelling_on_target: Term | None = None,
        form: str = "tv",
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.labelling_functions``."""
        factor = resolve("form", form, FACTORS)
        given = {"labelling_on_source": labelling_on_source, "labelling_on_target": labelling_on_target}
        differences = [read(name, term) for name, term in given.items() if term is not None]
        if not differences:
            raise InputError(
                "expected labelling_on_source or labelling_on_target, got neither; one of them is enough"
            )
        error = read("source_error", source_error, about=SOURCE_ERROR)
        distance = read("total_variation", total_variation, of_class=True, hint="pass d1 / 2")
        terms = Terms.of(self, error, distance, *differences)
        asserted = [r.value for r in differences if r.claim is None and r.value is not None]
        return terms.target_error(
            _total(error, distance, differences, factor),
            n_classes,
            assumptions=(labelling_differs_at_most(min(asserted)),) if asserted else (),
            detail={"form": form, "convention": "errors and TV in 0..1; d1 = 2 TV in 0..2"},
        )


def _total(error: Reading, distance: Reading, differences: list[Reading], factor: float) -> float | None:
    values = [r.value for r in differences if r.value is not None]
    if error.value is None or distance.value is None or len(values) < len(differences):
        return None
    return error.value + factor * distance.value + min(values)
