"""The disparity bound: the supremum over one hypothesis, with the model held fixed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from whytransfer.claims import Claim
from whytransfer.theorems.assumptions import assumed_adaptability
from whytransfer.theorems.base import (
    CONVENTION,
    SOURCE_ERROR,
    Bound,
    Samples,
    Terms,
)
from whytransfer.theorems.term import Term, read


class Disparity(Bound):
    r"""err_T(h) ≤ err_S(h) + sup over h' in H of [T(h≠h') − S(h≠h')] + λ_H.

    THEORY B3; the disparity (discrepancy) of Kuroki et al. (AAAI 2019) and Zhang et al. (ICML 2019).
    One-sided and for one h: never larger than the HΔH bound; any number of classes; h may lie outside H (H is
    the class of h*).

    **Proof.** With h* attaining λ_H: err_T(h) ≤ T(h≠h*) + err_T(h*) = [T − S](h≠h*) + S(h≠h*) + err_T(h*),
    and S(h≠h*) ≤ err_S(h) + err_S(h*).

    **Finite samples.** With `n` and `m`, source error and disparity are those of the same n source rows and m
    target rows, and one term sqrt((4/n + 1/m) ln(1/δ)/2) is added: only h* must be covered, with a source
    variable 1[h≠y] − 1[h≠h*] in [−1, 1]. h must be independent of both samples. Without them, upper limits
    are added and their δ with them.

    Exact for exact classes; the disparity of a surrogate (a trained critic) is a lower value and is refused.
    Vacuous when some h' of the class agrees with h on the source and contradicts it on the target, however
    bad h' is on the source: the Lagrangian bound mends that.

    Examples
    --------
    >>> round(Disparity()(source_error=0.156120, disparity=0.341345, adaptability=0.15).upper, 6)
    0.647465
    """

    __slots__ = ()

    name: ClassVar[str] = "disparity"
    statement: ClassVar[str] = "err_T(h) <= err_S(h) + sup_{h' in H} [T(h != h') - S(h != h')] + lambda_H"
    reference: ClassVar[str | None] = "zhang:19"
    unknown: ClassVar[str] = "adaptability"
    needs: ClassVar[Mapping[str, str]] = {
        "source_error": "error of the model on the source, 0..1",
        "disparity": "sup over h' in H of T(h != h') - S(h != h'), -1..1",
        "adaptability": "lambda_H, the least sum of source and target error over H, 0..2",
        "n": "source rows, when source error and disparity are those of the same samples",
        "m": "target rows, when source error and disparity are those of the same samples",
        "delta": "failure probability of the deviation, .05 when left out; used with n and m only",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self,
        *,
        source_error: Term,
        disparity: Term,
        adaptability: Term,
        n: float | None = None,
        m: float | None = None,
        delta: float = 0.05,
        n_classes: int = 2,
    ) -> Claim:
        """The claim ``target_error.disparity.<class>``."""
        samples = Samples.of(n, m, delta, disparity, source_error, ranges=(2.0, 1.0))
        terms = Terms.of(
            self,
            read("source_error", source_error, samples.side, about=SOURCE_ERROR),
            read(
                "disparity", disparity, samples.side, within=(-1.0, 1.0), of_class=True, about=("disparity",)
            ),
            read("adaptability", adaptability, within=(0.0, 2.0), of_class=True, about=("adaptability",)),
        )
        total = terms.total
        return terms.target_error(
            None if total is None else total + samples.deviation,
            n_classes,
            delta=samples.spent,
            assumptions=assumed_adaptability(adaptability, terms.hypothesis_class),
            detail={
                "plug_in": terms.plug_in,
                **samples.said,
                "convention": CONVENTION,
            },
        )
