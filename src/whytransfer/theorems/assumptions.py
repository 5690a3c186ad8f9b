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


def within_radius(kind: str, radius: float) -> Assumption:
    """T lies in the ball around S. The id is the key of `assume`."""
    if kind == "ratio":
        text = f"no event, features and label together, is more than {radius:g} times as likely in the target as in the source"
        return declared("ratio", text)
    return declared(
        f"radius.{kind}",
        f"the target's law of features and label is within {kind} divergence {radius:g} of the source's",
    )


def prevalence_known() -> Assumption:
    """The shares of the classes in the target, or boxes for them."""
    return declared("prevalence", "the shares of the classes in the target are as stated")


def critic_dominates(critic: str) -> Assumption:
    """Δ(h, y*) ≤ Δ(h, h'): what Dis² needs."""
    return Assumption(
        id=f"critic_dominates({critic})",
        text=f"the true labelling does not disagree with the model more than the {critic} critic does, in the sense "
        "of target disagreement minus source disagreement",
    )
