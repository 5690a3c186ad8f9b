"""The version-space bound: what the hypotheses that are good on the source say about the model on the target."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from whytransfer.claims import Assumption, Claim
from whytransfer.theorems.assumptions import class_good_on_source, class_good_on_target
from whytransfer.theorems.base import CONVENTION, Bound, Terms
from whytransfer.theorems.term import Term, read

CARRIED = ("sigma", "kept", "witness", "half_diameter", "errors_allowed")
"""What the claim of the version-space term found and the bound passes on."""


class VersionSpace(Bound):
    r"""err_T(h) ≤ τ + sup { T(h≠h') : h' in H, err_S(h') ≤ σ }, if some h* in H has err_S(h*) ≤ σ and err_T(h*) ≤ τ.

    THEORY B4(a), derived for this project; for any predictor h, in H or not.

    **Proof.** h* is one of the h' of the supremum, so err_T(h) ≤ T(h≠h*) + err_T(h*) ≤ sup + τ.

    **Sharp.** With τ = 0, each labelling y = h'(x) of the target with h' in the version space agrees with all
    that can be observed and with the assumption; so the bound is exactly the worst case, and nobody certifies
    less without another assumption. Likewise *any* predictor has a worst case of at least ½ sup T(h1≠h2) over
    the version space: `detail["half_diameter"]`, passed on from the term where it was found.

    **Finite samples** (test inversion). Keep every h' whose errors a level-δ₁ exact test of err_S(h') ≤ σ
    does not reject; the term is the largest Clopper–Pearson limit (δ₂) of T(h≠h') among them. Valid because
    h* alone must survive and be covered: no complexity of H enters. h may be trained on the same source rows;
    it must be independent of the target rows. When no hypothesis survives, the assumption itself is rejected,
    and the bound is withheld.

    Not vacuous exactly when near-optimal source models agree on the target.

    Examples
    --------
    >>> round(VersionSpace()(version_space=0.083308, tau=0.10, sigma=0.05).upper, 6)
    0.183308
    """

    __slots__ = ()

    name: ClassVar[str] = "version_space"
    statement: ClassVar[str] = "err_T(h) <= tau + sup {T(h != h') : h' in H, err_S(h') <= sigma}"
    reference: ClassVar[str | None] = None
    unknown: ClassVar[str] = "tau"
    needs: ClassVar[Mapping[str, str]] = {
        "version_space": "sup of T(h != h') over the h' in H with err_S(h') <= sigma, 0..1",
        "tau": "target error of a hypothesis of H whose source error is at most sigma, 0..1; asserted, not measurable",
        "sigma": "the source error that was allowed, 0..1, for the record; taken from the claim where it says it",
        "n_classes": "number of classes, for the flag `vacuous`; 2 when left out",
    }

    def __call__(
        self, *, version_space: Term, tau: float, sigma: float | None = None, n_classes: int = 2
    ) -> Claim:
        """The claim ``target_error.version_space.<class>``."""
        terms = Terms.of(
            self,
            read("version_space", version_space, of_class=True, about=("version_space_disagreement",)),
            read("tau", tau),
        )
        found = version_space.detail if isinstance(version_space, Claim) else {}
        carried = {key: found[key] for key in CARRIED if key in found}
        detail = {"sigma": sigma, "tau": float(tau)} | carried
        return terms.target_error(
            terms.total,
            n_classes,
            assumptions=(*_source_assumption(version_space, sigma), class_good_on_target(float(tau))),
            detail=detail | {"plug_in": terms.plug_in, "convention": CONVENTION},
        )


def _source_assumption(version_space: Term, sigma: float | None) -> tuple[Assumption, ...]:
    listed = isinstance(version_space, Claim) and any(
        a.id == "class_good_on_source" for a in version_space.assumptions
    )
    return () if listed else (class_good_on_source(sigma),)


def frontier(
    requirement: float,
    terms: Iterable[tuple[float, Term]] | Callable[[float], Term],
    sigmas: Iterable[float] = (),
) -> tuple[tuple[float, float], ...]:
    """For each σ, how large τ may be: the two-parameter break-even of the version-space bound (THEORY C4).

    Parameters
    ----------
    requirement : float
        The largest acceptable target error.
    terms : iterable of (sigma, term) or callable
        The version-space term at each σ, as a number or a Claim; or a function of σ, evaluated at `sigmas`.
    sigmas : iterable of float
        Where to evaluate a function.

    Returns
    -------
    tuple of (sigma, tau)
        τ = requirement − term, negative where not even τ = 0 suffices; a σ at which no hypothesis survives is
        left out, since that σ is rejected.

    >>> frontier(0.25, [(0.0, 0.1), (0.05, 0.2)])
    ((0.0, 0.15), (0.05, 0.04999999999999999))
    """
    pairs: Iterable[tuple[float, Any]] = ((s, terms(s)) for s in sigmas) if callable(terms) else terms
    bound = VersionSpace()
    found = ((float(s), bound.break_even(requirement, version_space=t, sigma=float(s))) for s, t in pairs)
    return tuple((s, tau) for s, tau in found if tau is not None)
