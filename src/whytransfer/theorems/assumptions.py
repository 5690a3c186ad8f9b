"""What the theorems assume beside their terms. Each has one id, wherever it is listed."""

from __future__ import annotations

from whytransfer.claims import Assumption, Claim, Status, declared
from whytransfer.theorems.term import Term

COVARIATE_SHIFT = Assumption(
    id="covariate_shift",
    text="the law of the label given the features is the same in both domains (not testable without target labels)",
)

LABEL_SHIFT = Assumption(
    id="label_shift",
    text="the law of the features given the label is the same in both domains; only the shares of the classes differ",
)

WEIGHTS_KNOWN = Assumption(
    id="weights_known",
    text="the weights are the true density ratio of target to source, known in advance and not estimated from these rows",
)


def adaptability_at_most(value: float, hypothesis_class: str | None) -> Assumption:
    """λ ≤ value, asserted by whoever passed the plain number."""
    of = hypothesis_class or "the class"
    return declared(
        "adaptability_at_most",
        f"some hypothesis of {of} has a source error and a target error that add up to at most {value:g}",
    )


def assumed_adaptability(adaptability: Term, hypothesis_class: str | None) -> tuple[Assumption, ...]:
    """The assumption that a plain λ is; none for a Claim, which brings its own."""
    if isinstance(adaptability, Claim):
        return ()
    return (adaptability_at_most(float(adaptability), hypothesis_class),)


def assumed_margin_adaptability(
    adaptability: Term, hypothesis_class: str | None, rho: float
) -> tuple[Assumption, ...]:
    """The same for λ^ρ, a sum of margin errors."""
    if isinstance(adaptability, Claim):
        return ()
    of = hypothesis_class or "the class"
    text = f"some scorer of {of} has margin errors (margin {rho:g}) on source and target that add up to at most {float(adaptability):g}"
    return (declared("margin_adaptability_at_most", text),)


def model_in_class(hypothesis_class: str | None, *, asserted: bool) -> Assumption:
    """The model is in H, or a discrepancy that was computed for H ∪ {h}: what the HΔH bound needs beside λ (THEORY B2)."""
    return Assumption(
        id="model_in_class",
        text=f"the model belongs to {hypothesis_class or 'the class'}, or the discrepancy was computed for that class joined by it",
        status=Status.DECLARED if asserted else Status.UNTESTED,
    )


def class_good_on_source(sigma: float | None) -> Assumption:
    """err_S(h*) ≤ σ for some h* in H."""
    limit = "the sigma of the version space" if sigma is None else f"{sigma:g}"
    return declared(
        "class_good_on_source", f"some hypothesis of the class has a source error of at most {limit}"
    )


def class_good_on_target(tau: float) -> Assumption:
    """err_T(h*) ≤ τ for that same h*."""
    return declared("class_good_on_target", f"that same hypothesis has a target error of at most {tau:g}")


def labelling_differs_at_most(value: float) -> Assumption:
    """The third term of F4."""
    return declared(
        "labelling_functions_differ_at_most",
        f"the labelling functions of the two domains differ by at most {value:g} on average in one of the domains",
    )


def within_radius(kind: str, radius: float, *, outside: float = 0.0) -> Assumption:
    """T lies in the ball around S, but for the mass that it may have `outside` the source's support. The id is the key of `assume`."""
    if kind == "ratio":
        where = f", but for {outside:g} of the target where the source has none" if outside else ""
        text = f"no event, features and label together, is more than {radius:g} times as likely in the target as in the source{where}"
        return declared("ratio", text)
    return declared(
        f"radius.{kind}",
        f"the target's law of features and label is within {kind} divergence {radius:g} of the source's",
    )


def prevalence_known() -> Assumption:
    """The shares of the classes in the target, or boxes for them."""
    return declared("prevalence", "the shares of the classes in the target are as stated")


def critic_dominates(critic: str, where: str = "") -> Assumption:
    """Δ(h, y*) ≤ Δ(h, h'): what Dis² needs; `where` the rows are that count, everywhere if it is empty."""
    named, outside = (f"{critic}, {where}", f" {where}") if where else (critic, "")
    return Assumption(
        id=f"critic_dominates({named})",
        text=f"the true labelling does not disagree with the model more than the {critic} critic does{outside}, in the sense "
        "of target disagreement minus source disagreement",
    )


def overlap_no_worse(region: str) -> Assumption:
    """T(h ≠ Y, X in O) ≤ S(h ≠ Y, X in O): what the overlap-aware disparity needs beside its critic."""
    return Assumption(
        id=f"overlap_no_worse({region})",
        text=f"in the overlap ({region}) the model is wrong on no larger share of all target rows than of all source rows",
    )


def optima_known(value: float) -> Assumption:
    """The target terms of Mansour's bound, asserted as plain numbers."""
    return declared(
        "target_terms_at_most",
        f"the two reference hypotheses differ on the target, and the second errs on it, by at most {value:g} together",
    )


def rkhs_norm_at_most(value: float) -> Assumption:
    """What turns an MMD into a difference of losses."""
    return declared(
        "rkhs_norm",
        f"the functions that the bound compares have a norm of at most {value:g} in the kernel's space",
    )


def lipschitz_at_most(value: float) -> Assumption:
    """What turns a distance between rows into a difference of losses. The id is the key of `assume`."""
    return declared(
        "lipschitz", f"the functions that the bound compares have the Lipschitz constant {value:g}"
    )


def labels_move_along(cost: float, kind: str) -> Assumption:
    """A coupling with Y = Y'."""
    how = "on average" if kind == "mean" else "at the most"
    return declared(
        "labels_move_along",
        f"target rows are source rows that moved by {cost:g} {how} and kept their labels",
    )


def joint_errors_differ_at_most(value: float) -> Assumption:
    """e_T − e_S ≤ value, the unknown term of the PAC-Bayesian bound."""
    return declared(
        "joint_errors_differ_at_most",
        f"two random voters are wrong together on the target at most {value:g} more often than on the source",
    )


def ratio_on_region(ratio: float) -> Assumption:
    """dT_X/dS_X ≤ B on a stated region."""
    return declared(
        "ratio_on_region",
        f"within the region no set of features is more than {ratio:g} times as likely in the target as in the source",
    )


SIZES = Assumption(
    id="sizes_uninformative",
    text="a row's chance of being wrong does not depend on how large its group is",
)

CELLS_INVARIANT = Assumption(
    id="cells_invariant",
    text="within each cell the model is wrong equally often in both domains (not testable without target labels)",
)

EXACT_MINIMISER = Assumption(
    id="exact_minimiser",
    text="the model minimises the weighted error over its class exactly",
)

LARGE_SAMPLE = Assumption(
    id="large_sample",
    text="the nearest-neighbour error is its limit for infinitely many rows; for finite samples it proves nothing",
)
