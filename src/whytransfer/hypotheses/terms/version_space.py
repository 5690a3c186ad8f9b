"""The version-space (Rashomon) term: how much a rule that is good on the source can contradict h on the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from whytransfer.claims import Assumption, Claim, Level, Status, Unit
from whytransfer.hypotheses.answers import Answers
from whytransfer.hypotheses.labels import Labels
from whytransfer.hypotheses.terms.lagrangian import zero_one_only
from whytransfer.hypotheses.terms.landscape import Found, Landscape, farthest_pair
from whytransfer.hypotheses.terms.pool import (
    ROUNDING,
    Groups,
    Pool,
    check_probability,
    disagreements,
    errors_allowed,
)

if TYPE_CHECKING:
    from whytransfer.hypotheses.base import HypothesisClass

CONVENTION = "max of T(h≠h') over the h' with err_S(h') ≤ sigma, in 0..1; tau is added to it"


def version_space(
    oracle: HypothesisClass,
    h: object,
    Xs: object,
    ys: object,
    Xt: object,
    *,
    sigma: float,
    delta: float = 0.05,
    classes: Sequence[object] | None = None,
    groups: Groups | None = None,
    target_is_whole: bool = False,
) -> Claim:
    """Largest T(h≠h') over the h' in H with err_S(h') ≤ sigma: the sharp form, with test inversion (THEORY B4(a)).

    If some h* in H has err_S(h*) ≤ sigma and err_T(h*) ≤ tau, then err_T(h) ≤ tau + this for any h, in H or not. `h` may have been
    trained on the source rows; it must be independent of the target rows.

    Parameters
    ----------
    oracle : HypothesisClass
        Of loss 1[h(x) ≠ y].
    h : object
        A fitted object with predict, a `Hypothesis`, a callable, or a pair of label arrays (the first, on Xs, may be None).
    Xs, ys : array-like
        Labelled source rows.
    Xt : array-like
        Target rows.
    sigma : float
        The source error that some h* in H is assumed not to exceed, in [0, 1].
    delta : float
        Failure probability of the upper limit: half for the test, half for the interval; all for the test where the target
        rows are all there are.
    classes : sequence, optional
        All labels, where `ys` and `h` don't show them all.
    groups : pair of array-like of shape (n,) and (m,), optional
        The group of every source and of every target row, None for a domain of independent rows: the limits then need
        independence between groups only (docs/theory/dependent_rows.md).
    target_is_whole : bool
        Whether the target rows are all there are, so that T^ is T and nothing is paid for them (THEORY F11).

    Returns
    -------
    Claim
        ``divergence.version_space.<name>``. Estimate: the maximum over the h' with at most sigma·n errors. Upper limit: keep
        every h' whose exact binomial test of err_S(h') ≤ sigma is not rejected at δ/2, P(Bin(n, sigma) ≥ E(h')) > δ/2, and take
        the Clopper–Pearson limit at δ/2 of the largest disagreement among them (groups: `counted_upper` does both). No h' kept: the assumption is rejected at
        δ/2 and there is no limit. Where the constrained maximum can't be enumerated, both are upper values by weak duality
        (``detail["method"]``). ``detail["half_diameter"]``: half the disagreement of two rules found inside, below which no
        predictor's worst-case target error can lie. A surrogate gives a witness only.
    """
    check_probability(delta, "delta", strict=True)
    check_probability(sigma, "sigma", strict=False)
    zero_one_only(oracle, "the version space")
    answers = Answers.of(h, (Xs, Xt), seen=(ys, oracle.own_labels()), classes=classes, source=False)
    labels, codes = answers.labels, answers.labels.code(ys, "ys")
    oracle.check_labels(len(labels))
    pool = Pool.of(oracle, Xs, Xt, labels, groups, target_is_whole)
    pool.check(codes, answers.target)
    test = delta if target_is_whole else delta / 2
    allowed, not_worse = errors_allowed(sigma, pool.n), pool.units[0].most_errors(sigma, test)
    landscape = Landscape.of(
        oracle, pool, codes, answers.target, len(labels), most=max(allowed, not_worse), price=0.0
    )
    best = oracle.minimise(pool.rows, landscape.errors.astype(float)).hypothesis
    space = _Space(
        oracle=oracle,
        landscape=landscape,
        labels=labels,
        sigma=sigma,
        delta=delta,
        test=test,
        allowed=allowed,
        not_worse=not_worse,
        least_errors=disagreements(best, pool.source, codes),
    )
    return space.claim()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Space:
    """Everything the claim is made of."""

    oracle: HypothesisClass
    landscape: Landscape
    labels: Labels
    sigma: float
    delta: float
    test: float
    allowed: int
    not_worse: int
    least_errors: int

    def claim(self) -> Claim:
        on_sample = self.landscape.largest(self.allowed)
        kept = self.landscape.largest(self.not_worse) if self.oracle.exact else on_sample
        upper = self._upper(kept)
        return Claim(
            id=f"divergence.version_space.{self.oracle.name}",
            quantity="version_space_disagreement",
            unit=Unit.ERROR,
            level=Level.CONDITIONAL if self.oracle.exact else Level.WITNESS,
            estimate=None if on_sample.value is None else min(on_sample.value, 1.0),
            upper=upper,
            confidence=None if upper is None else 1 - self.delta,
            citation="zhang:20",
            hypothesis_class=self.oracle.label,
            loss=self.oracle.loss,
            assumptions=(self._assumption(),),
            detail=self._detail(on_sample, kept, upper),
        )

    def _upper(self, kept: Found) -> float | None:
        if kept.value is None or not self.oracle.exact:
            return None
        m, units = self.landscape.pool.m, self.landscape.pool.units[1]
        # A dual value between two whole numbers of rows bounds the lower of them.
        count = min(m, int(kept.value * m + ROUNDING * m))
        if self.landscape.pool.target_is_whole:
            return count / m
        return units.upper_of_count(count, self.delta / 2)

    def _assumption(self) -> Assumption:
        from scipy.special import betaincinv

        n, label = self.landscape.pool.n, self.oracle.label
        text = f"some rule of the class {label} has a source error of at most {self.sigma:g}"
        if not self.oracle.exact:
            return Assumption(id="class_good_on_source", text=text)
        units = self.landscape.pool.units[0]
        p_value = units.p_value_of(self.least_errors, self.sigma)
        rejected = self.least_errors > self.not_worse
        power = "none: no number of errors on these rows could reject it"
        if self.not_worse < n and units.groups is not None:
            power = f"a rule that errs on more than {self.not_worse} of these {n} rows is rejected"
        elif self.not_worse < n:
            seen = float(betaincinv(self.not_worse + 1, n - self.not_worse, 0.8))
            power = f"a single rule with a source error of {seen:.3g} would be rejected with probability 0.8"
        kind = "exact binomial test" if units.groups is None else f"test by {units.count} {units.kind}"
        return Assumption(
            id="class_good_on_source",
            text=text,
            status=Status.REJECTED if rejected else Status.NOT_REJECTED,
            test=f"{kind} of every rule at level {self.test:g}; the best one errs on "
            f"{self.least_errors} of {n} source rows, p = {p_value:.3g}",
            power=power,
        )

    def _detail(self, on_sample: Found, kept: Found, upper: float | None) -> dict[str, Any]:
        landscape, frontier = self.landscape, self.landscape.frontier
        worst = on_sample.witness or kept.witness
        inside = self.allowed if on_sample.witness is not None else self.not_worse
        half = None if worst is None else farthest_pair(landscape, worst, inside) / 2
        return {
            "delta": self.delta,
            "exact": landscape.method == "enumeration",
            "method": landscape.method,
            "sigma": self.sigma,
            "errors_allowed": self.allowed,
            "errors_not_rejected": self.not_worse,
            "least_errors": self.least_errors,
            "kept": None if frontier is None else frontier.kept,
            "witness": None if worst is None else worst.describe(self.labels.names),
            "half_diameter": half,
            "labels": len(self.labels),
            "source_rows": landscape.pool.n,
            "target_rows": landscape.pool.m,
            "convention": CONVENTION,
            "reason": self._reason(upper),
        } | landscape.pool.said

    def _reason(self, upper: float | None) -> str:
        if not self.oracle.exact:
            return "no limits: the class is a surrogate, and what it finds is a witness"
        if upper is None:
            return (
                f"the assumption that a rule of {self.oracle.label} has a source error of at most {self.sigma:g} is rejected "
                f"at level {self.test:.3g}"
            )
        return "no lower limit: the h' was found on these rows; a lower limit needs one that was fixed on other rows"
