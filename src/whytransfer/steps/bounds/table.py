"""The table of bounds: every theorem, when it runs in an audit, what it needs, and who works it out."""

from __future__ import annotations

from whytransfer.steps import assumed
from whytransfer.steps.bounds import (
    counted,
    critics,
    distances,
    ensembles,
    labels,
    margins,
    shift,
    three_terms,
    version_space,
)
from whytransfer.steps.bounds.plan import (
    BINARY,
    CHOSEN,
    CLASSES,
    LABELS,
    LINEAR,
    PROBABILITIES,
    ROWS,
    SOME_LABELS,
    SOURCE_ROWS,
    TARGET_ROWS,
    TRAINED,
    Need,
    Plan,
    assertion,
    one,
)
from whytransfer.steps.bounds.three_terms import of_class

RADII = tuple(assumed.key_of(kind) for kind in (*assumed.RADII, "ratio"))
RADIUS = assertion(*RADII, example="radius.tv=…, radius.kl=…, radius.chi2=…, radius.hellinger=… or ratio=…")
RATIO = assertion("ratio", example="ratio=…")
SHIFT = assertion("covariate_shift", example="covariate_shift=true")
TV = assertion("radius.tv", example="radius.tv=…")
LIPSCHITZ = assertion("lipschitz", example="lipschitz=…")
RANGE = assertion("range", example="range=…")
LABEL_SHIFT = assertion("label_shift", example="label_shift=true")
PREVALENCE = assertion(assumed.PREVALENCE, example="prevalence.<class>=…")
SHARES = Need(
    text="target labels, or assume prevalence.<class>=…",
    met=lambda case: LABELS.met(case) or PREVALENCE.met(case),
)
DIMENSION = Need(text="our logistic or stump learner and two classes", met=counted.known_dimension)
STUMPS = Need(text="the class stumps", met=lambda case: case.assume.get("class", "stumps") == "stumps")

HOLD_OUT = ("hoeffding", "chernoff", "empirical_bernstein", "betting")
"""On request: choosing the smallest of several limits would cost δ, and none is below Clopper–Pearson's at one fixed n."""


def _of_class(name: str, run: object, **more: object) -> Plan:
    return Plan(name=name, run=run, ids=of_class(name), of_class=True, **more)  # type: ignore[arg-type]


_PLANS = (
    _of_class(
        "hdh",
        three_terms.hdh,
        needs=(ROWS, CLASSES),
        terms="Clopper–Pearson for the source error, the exact supremum over pairs of the class joined by the model, λ",
    ),
    _of_class(
        "disparity",
        three_terms.disparity,
        needs=(ROWS, CLASSES),
        terms="source error and exact disparity of the model with one deviation for both, λ",
    ),
    _of_class(
        "lagrangian",
        three_terms.lagrangian,
        needs=(ROWS, CLASSES),
        judged_on_source=False,
        terms="the exact supremum of target disagreement minus source error, λ",
    ),
    _of_class(
        "localised",
        version_space.localised,
        needs=(ROWS, CLASSES),
        judged_on_source=False,
        terms="that supremum over the rules that an exact test of err_S(h') ≤ λ keeps, λ",
    ),
    _of_class(
        "version_space",
        version_space.version_space,
        needs=(ROWS, CLASSES),
        judged_on_source=False,
        terms="the largest disagreement among the rules that an exact test of err_S(h') ≤ σ keeps, τ",
    ),
    Plan(
        name="dis2",
        needs=(ROWS, CLASSES, CHOSEN),
        run=critics.dis2,
        ids=one("target_error.dis2"),
        terms="a linear critic of the training and choosing rows, scored on the evaluation rows",
    ),
    Plan(
        name="odd",
        needs=(ROWS, CLASSES, CHOSEN),
        run=critics.odd,
        ids=one("target_error.odd"),
        terms="a linear critic outside the region of small density ratio, both fixed by training and choosing rows",
    ),
    Plan(
        name="cells",
        needs=(ROWS, CLASSES, CHOSEN),
        run=critics.cells,
        ids=one("target_error.cells"),
        terms="quantiles of the confidence at the choosing rows as cells; counts of the evaluation rows",
    ),
    Plan(
        name="ball",
        needs=(SOURCE_ROWS, RADIUS),
        run=shift.ball,
        ids=shift.ball_ids,
        terms="Clopper–Pearson for the source error, the asserted radius",
    ),
    Plan(
        name="prevalence",
        needs=(TARGET_ROWS, PREVALENCE),
        run=shift.prevalence,
        ids=one("target_error.prevalence"),
        judged_on_source=False,
        terms="the asserted shares of the classes, counts of the predictions on the target",
    ),
    Plan(
        name="label_shift_lp",
        needs=(SOURCE_ROWS, TARGET_ROWS, LABEL_SHIFT),
        run=shift.label_shift,
        ids=one("target_error.label_shift_lp"),
        terms="confusion counts of the source, counts of the predictions on the target",
    ),
    Plan(
        name="labelling_functions",
        needs=(SOURCE_ROWS, TV, SHIFT),
        run=shift.labelling_functions,
        ids=one("target_error.labelling_functions"),
        terms="Clopper–Pearson for the source error, the asserted total variation, equal labelling functions by covariate shift",
    ),
    Plan(
        name="support",
        needs=(ROWS, CHOSEN, SHIFT, RATIO),
        run=critics.support,
        ids=one("target_error.support"),
        terms="the region where a ratio estimated on training and choosing rows is at most the asserted one; counts",
    ),
    Plan(
        name="importance_weighting",
        needs=(ROWS, CHOSEN, SHIFT, RATIO),
        run=critics.importance_weighting,
        ids=one("target_error.importance_weighting"),
        terms="a ratio estimated on training and choosing rows, cut off at the asserted one, taken for the true one",
    ),
    Plan(
        name="wasserstein",
        needs=(ROWS, CHOSEN, LINEAR, LIPSCHITZ, RANGE),
        run=distances.wasserstein,
        ids=one("target_error.wasserstein"),
        terms="W1 of the encoded columns with the asserted diameter; ramp loss, or absolute loss (WDGRL) without covariate_shift",
    ),
    Plan(
        name="mmd",
        needs=(ROWS, CHOSEN, BINARY, PROBABILITIES, LIPSCHITZ),
        run=distances.mmd,
        ids=one("target_error.mmd"),
        on_request=True,
        terms="absolute loss of the predicted probability, MMD at a bandwidth fixed in advance, lipschitz as the norm",
    ),
    Plan(
        name="transport_labels",
        needs=(ROWS, LINEAR),
        run=distances.transport_labels,
        ids=one("target_error.transport_labels"),
        on_request=True,
        terms="distances of source rows to the boundary of a linear model on a grid fixed in advance",
    ),
    Plan(
        name="tv_lower",
        needs=(SOURCE_ROWS, TARGET_ROWS, CLASSES, SHARES),
        run=labels.tv_lower,
        ids=one("error_sum_lower.tv_lower"),
        terms="total variation of the labels, from target labels or asserted shares, and of the predictions",
    ),
    Plan(
        name="zhao_lower",
        needs=(SOURCE_ROWS, TARGET_ROWS, CLASSES, SHARES),
        run=labels.zhao_lower,
        ids=one("error_sum_lower.zhao_lower"),
        on_request=True,
        terms="Jensen–Shannon divergences that follow from the total variations of labels and predictions",
    ),
    _of_class(
        "mansour",
        labels.mansour,
        needs=(ROWS, CLASSES),
        on_request=True,
        terms="the class's best rule on the training rows as both references, the exact supremum over pairs",
    ),
    Plan(
        name="alpha_pooling",
        needs=(ROWS, CLASSES, LABELS, STUMPS),
        run=labels.alpha_pooling,
        ids=of_class("alpha_pooling", "excess_target_error"),
        on_request=True,
        judged_on_source=False,
        of_class=True,
        terms="the exact supremum over pairs, λ from target labels, VC dimension of stumps",
    ),
    Plan(
        name="ppi",
        needs=(SOME_LABELS, PROBABILITIES),
        run=counted.ppi,
        ids=one("target_error.ppi"),
        on_request=True,
        judged_on_source=False,
        terms="errors of the labelled target rows, the model's doubt on all others",
    ),
    Plan(
        name="clopper_pearson",
        needs=(),
        run=counted.in_the_headline,
        ids=lambda _: (),
        judged_on_source=False,
        terms="source_error and target_error.direct, in every audit",
    ),
    *(
        Plan(
            name=name,
            needs=(SOURCE_ROWS,),
            run=counted.held_out(name),
            ids=counted.held_out_ids(name),
            on_request=True,
            judged_on_source=False,
            terms="the model's errors on the source's evaluation rows, and on labelled target rows",
        )
        for name in HOLD_OUT
    ),
    Plan(
        name="vc",
        needs=(TRAINED, DIMENSION),
        run=counted.vc,
        ids=one("source_error.vc"),
        on_request=True,
        terms="the model's errors on its training rows, p + 1 for half-spaces",
    ),
    Plan(
        name="rademacher",
        needs=(TRAINED, DIMENSION),
        run=counted.rademacher,
        ids=one("source_error.rademacher"),
        on_request=True,
        terms="the model's errors on its training rows, Massart's lemma with Sauer's count",
    ),
    Plan(
        name="pac_bayes_kl",
        needs=(ROWS, CLASSES, CHOSEN),
        run=ensembles.pac_bayes_kl,
        ids=one("ensemble_source_error.pac_bayes_kl"),
        on_request=True,
        judged_on_source=False,
        terms="errors on the evaluation rows of a committee of other families, uniform weights as prior and posterior",
    ),
    Plan(
        name="margin_disparity",
        needs=(ROWS, CLASSES, CHOSEN),
        run=margins.margin_disparity,
        ids=one("target_error.margin_disparity"),
        on_request=True,
        terms="errors of the model; the margin disparity, at margin 0.25, of a committee of other families by their probabilities, one share of δ for both",
    ),
    Plan(
        name="pac_bayes_da",
        needs=(ROWS, CLASSES, CHOSEN),
        run=ensembles.pac_bayes_da,
        ids=one("ensemble_target_error.pac_bayes_da"),
        on_request=True,
        judged_on_source=False,
        terms="disagreement and joint errors of that committee, by betting limits",
    ),
    Plan(
        name="pac_bayes_ratio",
        needs=(ROWS, CLASSES, CHOSEN),
        run=ensembles.pac_bayes_ratio,
        ids=one("ensemble_target_error.pac_bayes_ratio"),
        on_request=True,
        judged_on_source=False,
        terms="disagreement and joint errors of that committee, by betting limits; the asserted ratio",
    ),
    Plan(
        name="disagreement",
        needs=(ROWS, CLASSES, CHOSEN),
        run=ensembles.disagreement,
        ids=one("larger_target_error.disagreement"),
        on_request=True,
        judged_on_source=False,
        terms="the member of that committee that contradicts the model most often on the choosing rows, counted on the evaluation rows",
    ),
    Plan(
        name="cover_hart",
        needs=(ROWS, CLASSES, CHOSEN, TRAINED),
        run=counted.cover_hart,
        ids=lambda _: (),
        on_request=True,
        judged_on_source=False,
        terms="errors of the nearest training row on the evaluation rows; a limit of large samples, no δ",
    ),
)

PLANS: dict[str, Plan] = {plan.name: plan for plan in _PLANS}
"""By name, in the order in which an audit works them out."""
