"""Coverage of the theorems without a class of hypotheses: hold-out and grouped rows, label shift, prevalence, weights."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

import whytransfer as wt
from tests.simulations.harness import Section
from tests.simulations.ledger import DELTA, Ledger
from whytransfer.claims.power import labels_needed

RIGHT = float(norm.cdf(1))
"""P(h(x) = y) for h = 1[x > 0] and x given y from N(±1, 1)."""


def direct_limits(seed: np.random.SeedSequence, repeats: int = 2_000) -> Section:
    """Each certificate where its assumption holds, and where it does not."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for part in (_label_shift, _prevalence, _weights, _critic, _same_rows, _power):
        for _ in range(repeats):
            part(ledger, rng)
    return ledger.section(
        "Target error without a class of hypotheses",
        f"{repeats} draws a cell; each limit one-sided at δ = {DELTA}, where nothing else is said. Controls: a location "
        "shift where label shift is assumed; a wrong prevalence; other labels on the target where covariate shift is "
        "assumed; a critic that is weaker than the truth; Clopper–Pearson on the rows that chose the rule, where `vc` "
        "holds. `labels needed` misses when as many labels as it names don't settle the question; it promises 80 %, "
        "if the error is as supposed.",
    )


def grouped_errors(
    seed: np.random.SeedSequence, repeats: int = 2_000, groups: int = 20, size: int = 10
) -> Section:
    """Errors that come in groups, intra-class correlation .5: the form for independent rows must fail."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for error in (0.05, 0.2):
        world = f"{groups} groups of {size}, error {error:g}"
        for _ in range(repeats):
            # Beta(e, 1 - e) between the groups: intra-class correlation 1/(e + (1 - e) + 1) = 1/2.
            rates = rng.beta(error, 1 - error, size=(groups, 1))
            wrong = (rng.random((groups, size)) < rates).astype(float)
            rows = {
                "clopper_pearson, all rows of groups": (
                    wt.interval("clopper_pearson", int(wrong.sum()), wrong.size, delta=DELTA),
                    True,
                ),
                "clopper_pearson, one row a group": (
                    wt.interval("clopper_pearson", int(wrong[:, 0].sum()), groups, delta=DELTA),
                    False,
                ),
                "betting, means of groups": (wt.interval("betting", wrong.mean(axis=1), delta=DELTA), False),
                "hoeffding, means of groups": (
                    wt.interval("hoeffding", wrong.mean(axis=1), delta=DELTA),
                    False,
                ),
            }
            for name, (claim, control) in rows.items():
                ledger.see(name, world, error, upper=claim.upper, lower=claim.lower, control=control)
    return ledger.section(
        "Rows in groups",
        f"{repeats} draws a cell of errors with intra-class correlation 0.5. The control counts all rows as independent; "
        "the others take the group as the unit.",
    )


def _confusion(rng, n):
    per_class = [n // 2, n - n // 2]
    right = [int(rng.binomial(k, RIGHT)) for k in per_class]
    return [[right[0], per_class[1] - right[1]], [per_class[0] - right[0], right[1]]]


def _label_shift(ledger: Ledger, rng: np.random.Generator, n: int = 1_000, m: int = 1_000) -> None:
    ones = int(rng.binomial(m, 0.9 * RIGHT + 0.1 * (1 - RIGHT)))
    claim = wt.theorem(
        "label_shift_lp", confusion_counts=_confusion(rng, n), predicted_counts=[m - ones, ones], delta=DELTA
    )
    ledger.see("label_shift_lp", "label shift", 1 - RIGHT, upper=claim.upper, lower=claim.lower)
    # Both classes one further to the right: 1[x > 0] now errs on half of class 0.
    error = 0.25 + 0.5 * float(norm.cdf(-2))
    ones = int(rng.binomial(m, 0.25 + 0.5 * float(norm.cdf(2))))
    claim = wt.theorem(
        "label_shift_lp", confusion_counts=_confusion(rng, n), predicted_counts=[m - ones, ones], delta=DELTA
    )
    ledger.see("label_shift_lp, location shift", "location shift", error, upper=claim.upper, control=True)


def _prevalence(ledger: Ledger, rng: np.random.Generator, m: int = 200) -> None:
    # The model says 1 with probability .02, always wrongly; a class of share .01 is never found: the worst case.
    ones = int(rng.binomial(m, 0.02))
    for name, share, control in (("prevalence", 0.01, False), ("prevalence, understated", 0.001, True)):
        claim = wt.theorem("prevalence", prevalence=share, predicted_counts=[m - ones, ones], delta=DELTA)
        ledger.see(
            name, "rare class, never found", 0.03, upper=claim.upper, lower=claim.lower, control=control
        )
    # The other end, reached with equality: everything is called 0, every second row is 1, and 0.1 of them is asserted.
    claim = wt.theorem("prevalence", prevalence=0.1, predicted_counts=[m, 0], delta=DELTA)
    ledger.see("prevalence, understated", "everything called 0", 0.5, upper=claim.upper, control=True)


def _weights(ledger: Ledger, rng: np.random.Generator, n: int = 200) -> None:
    x = rng.random(n)
    wrong = ((x > 0.6) != ((x > 0.3) ^ (rng.random(n) < 0.1))).astype(float)
    for form in ("best", "betting", "hoeffding", "cortes"):
        claim = wt.theorem(
            "importance_weighting",
            weights=2.0 * (x > 0.5),
            losses=wrong,
            largest_weight=2.0,
            second_moment=2.0,
            form=form,
            delta=DELTA,
        )
        ledger.see(f"importance_weighting, {form}", "covariate shift", 0.26, upper=claim.upper)
        # The target's labels are flipped with probability .9, the source's with .1: err_T = .2 * .1 + .8 * .9.
        ledger.see(
            f"importance_weighting, {form}, other labels",
            "concept shift",
            0.74,
            upper=claim.upper,
            control=True,
        )
    direct = wt.interval("clopper_pearson", int(rng.binomial(n, 0.26)), n, delta=DELTA)
    ledger.see(f"{n} target labels", "covariate shift", 0.26, upper=direct.upper, lower=direct.lower)


def _critic(ledger: Ledger, rng: np.random.Generator, n: int = 200) -> None:
    xs, xt = rng.normal(size=n), rng.normal(1, 1, size=n)
    ys = (xs > 0.3) ^ (rng.random(n) < 0.05)
    error = 0.1 + 0.8 * float(norm.cdf(-0.7) - norm.cdf(-1))
    gap = float((xt > 0).mean() - (xs > 0).mean())  # the critic that always says 0
    claim = wt.theorem(
        "dis2", source_error=float(((xs > 0) != ys).mean()), disagreement_gap=gap, n=n, m=n, delta=DELTA
    )
    ledger.see("dis2", "worked example, constant critic", error, upper=claim.upper)
    # Labels that contradict the model on all of the target, and a critic that is the model itself.
    claim = wt.theorem("dis2", source_error=0.0, disagreement_gap=0.0, n=n, m=n, delta=DELTA)
    ledger.see("dis2, critic too weak", "comb", 1.0, upper=claim.upper, control=True)


def _same_rows(ledger: Ledger, rng: np.random.Generator, n: int = 100) -> None:
    x, y = rng.random(n), rng.integers(0, 2, n)
    rule = wt.hypotheses("thresholds").erm(x, np.column_stack([y, 1 - y]))
    errors = round(rule.cost)
    vc = wt.theorem("vc", errors=errors, n=n, d=2, delta=DELTA)
    ledger.see("vc", "labels are coins", 0.5, upper=vc.upper)
    naive = wt.interval("clopper_pearson", errors, n, delta=DELTA)
    ledger.see("clopper_pearson on training rows", "labels are coins", 0.5, upper=naive.upper, control=True)


QUESTIONS = [(0.05, 0.10), (0.02, 0.05), (0.15, 0.10)]
LABELS = {
    question: labels_needed(*question, DELTA, power=0.8, at_most=10_000) or 10_000 for question in QUESTIONS
}


def _power(ledger: Ledger, rng: np.random.Generator) -> None:
    for (error, requirement), k in LABELS.items():
        for name, true, control in (
            ("labels needed", error, False),
            ("labels needed, error nearer", (error + 2 * requirement) / 3, True),
        ):
            claim = wt.interval("clopper_pearson", int(rng.binomial(k, true)), k, delta=DELTA)
            limit = claim.upper if error < requirement else -claim.lower
            settled = limit <= (requirement if error < requirement else -requirement)
            ledger.see(
                name,
                f"error {error:g}, requirement {requirement:g}, {k} labels",
                0.0,
                upper=0.0 if settled else -1.0,
                control=control,
                delta=0.2,
                measured=False,
            )
