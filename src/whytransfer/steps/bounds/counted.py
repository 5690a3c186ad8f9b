"""Errors that were counted, by every hold-out theorem; what the training rows alone would certify; the floor of all models."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from whytransfer.claims import Assumption, Claim
from whytransfer.claims.intervals import Units
from whytransfer.steps.bounds.desk import Bounds, Desk, renamed, standing
from whytransfer.steps.case import Case
from whytransfer.steps.errors import labelled_units
from whytransfer.steps.label_noise import widened
from whytransfer.steps.linear_score import linear_score
from whytransfer.theorems import PPI, THEOREMS, VC, CoverHart, Rademacher
from whytransfer.theorems.assumptions import SIZES

ENCODING_FIXED = Assumption(
    id="encoding_fixed",
    text="the encoding of the columns, learned on these very training rows, adds no rule to the class and takes none away",
)

WITH_REPLACEMENT = Assumption(
    id="drawn_with_replacement",
    text="the labelled rows of the file were drawn with replacement: the inequality by an empirical variance is not proved for draws without",
)

NEIGHBOURS_ROWS = 2000
"""Training rows that the nearest neighbour is looked for among."""


def held_out_ids(name: str) -> Callable[[Case], tuple[str, ...]]:
    """The source error, and the target error where labels are known."""

    def ids(case: Case) -> tuple[str, ...]:
        source = (
            (f"source_error.{name}",) if len(case.splits.source_evaluate) and not case.source_withheld else ()
        )
        return (*source, *((f"target_error.{name}",) if len(case.labelled_target) else ()))

    return ids


def held_out(name: str) -> Callable[[Desk], Bounds]:
    """One hold-out theorem on the source's evaluation rows, and on the labelled rows of the target."""

    def run(desk: Desk) -> Bounds:
        case, claims = desk.case, []
        for claim_id in held_out_ids(name)(case):
            quantity = claim_id.partition(".")[0]
            wrong = case.source_wrong if quantity == "source_error" else _target_wrong(case)
            if name == "empirical_bernstein" and len(wrong) < 2:
                continue
            on_source = quantity == "source_error"
            units = case.units("source", errors=True) if on_source else labelled_units(case)
            # Groups of several sizes have no empirical variance of one mean: rows are counted, and that is said.
            grouped = name != "empirical_bernstein" or len(np.unique(units.sizes)) == 1
            made = THEOREMS[name]()(
                errors=wrong.astype(np.float64),
                groups=units.groups if grouped else None,
                delta=desk.delta(claim_id),
            )
            claim = replace(renamed(made, claim_id, quantity), guessing_error=case.guessing_error)
            made = _counted(desk, claim, on_source=on_source, grouped=grouped, errors=True)
            # These forms know the sizes of the groups that were drawn, not those of the file.
            of_file = [SIZES] if units.groups is not None and units.file is not None else []
            # Hoeffding's reduction of draws without replacement is one for means, and not for the variance that this form reads.
            drawn = [WITH_REPLACEMENT] if name == "empirical_bernstein" and units.file is not None else []
            claims.append(standing(made, [*of_file, *drawn]))
        return Bounds(claims=tuple(claims))

    return run


def _counted(
    desk: Desk, claim: Claim, *, on_source: bool, grouped: bool = False, errors: bool = False
) -> Claim:
    """What a count in one domain stands on: independent rows of that domain, or units of them where its limits are by units."""
    case = desk.case
    claim = widened(claim, case.label_noise, errors=1)
    if on_source:
        trained = [] if case.subject.independent_of_source else [case.not_trained]
        return standing(claim, [*trained, *case.dependence("source", errors=errors, grouped=grouped)])
    more = [] if case.whole else case.dependence("target", errors=errors, grouped=grouped)
    claim = standing(claim, [*more, *case.doubts(labels=True)])
    uninformative = claim.upper is not None and claim.upper >= case.majority_error
    return claim.with_detail(uninformative=uninformative, subject=str(case.subject.certified_kind))


def in_the_headline(desk: Desk) -> Bounds:  # noqa: ARG001  (every row of the table has one signature)
    """Clopper–Pearson is what the claims about the source error and from target labels are made by: nothing to add."""
    return Bounds()


def _target_wrong(case: Case) -> np.ndarray:
    rows = case.labelled_target
    return np.asarray(case.subject.certified.codes[rows] != case.problem.target.labels[rows])  # type: ignore[index]


def vc(desk: Desk) -> Bounds:
    """What the training error alone certifies, by the VC dimension of the model's class."""
    wrong, dimension = _training_wrong(desk.case), _dimension(desk.case)
    claim = VC()(
        errors=int(wrong.sum()),
        n=len(wrong),
        d=dimension,
        delta=desk.delta("source_error.vc"),
        n_classes=desk.case.classes,
    )
    return _of_training(desk, claim, "source_error.vc")


def rademacher(desk: Desk) -> Bounds:
    """The same by Massart's lemma: a class with N behaviours on n rows has a complexity of at most sqrt(2 ln N / n)."""
    wrong = _training_wrong(desk.case)
    n, dimension = len(wrong), _dimension(desk.case)
    # Sauer's lemma, N ≤ (e n / d)^d for n ≥ d; 2^n behaviours are all there can be.
    behaviours = dimension * math.log(math.e * n / dimension) if n >= dimension else n * math.log(2.0)
    claim = Rademacher()(
        error=float(wrong.mean()),
        n=n,
        complexity=min(1.0, math.sqrt(2.0 * behaviours / n)),
        delta=desk.delta("source_error.rademacher"),
        n_classes=desk.case.classes,
    )
    return _of_training(desk, claim, "source_error.rademacher")


def _of_training(desk: Desk, claim: Claim, claim_id: str) -> Bounds:
    made = widened(renamed(claim, claim_id, "source_error"), desk.case.label_noise, errors=1)
    rows = f"{len(desk.case.splits.source_train)} training rows"
    said = standing(made, [ENCODING_FIXED, *desk.case.dependence("source")]).with_detail(rows_are=rows)
    return Bounds(claims=(said,))


def _training_wrong(case: Case) -> np.ndarray:
    rows = case.splits.source_train
    return np.asarray(case.subject.source.codes[rows] != case.problem.source.labels[rows])  # type: ignore[index]


def known_dimension(case: Case) -> bool:
    """Whether the model is of a class whose VC dimension is known: our linear learner or stump, with two classes."""
    return case.classes == 2 and (linear_score(case) is not None or _is_stump(case))


def _dimension(case: Case) -> int:
    """VC dimension: p + 1 for half-spaces; for stumps the largest d with 2^d ≤ 2p(d − 1) + 2, the behaviours they have on d rows."""
    p = 0 if case.columns is None else case.columns.source.shape[1]
    if linear_score(case) is not None:
        return p + 1
    d = 1
    while 2 ** (d + 1) <= 2 * p * d + 2:
        d += 1
    return d


def _is_stump(case: Case) -> bool:
    last = getattr(case.subject.model, "named_steps", {}).get("classify")
    return case.subject.independent_of_source and getattr(last, "hypothesis_class", None) == "stumps"


def cover_hart(desk: Desk) -> Bounds:
    """The floor of all models on the source, from its nearest neighbour: a statement about infinitely many rows."""
    from sklearn.neighbors import KNeighborsClassifier

    from whytransfer.steps.bounds.chosen import Chooser

    case, chooser = desk.case, Chooser.of(desk.case)
    if case.columns is None or case.problem.source.labels is None:
        return Bounds()
    train = case.splits.source_train[:NEIGHBOURS_ROWS]
    near = KNeighborsClassifier(n_neighbors=1).fit(
        chooser.standard(case.columns.source[train]), case.problem.source.labels[train]
    )
    rows = case.splits.source_evaluate
    wrong = near.predict(chooser.standard(case.columns.source[rows])) != case.problem.source.labels[rows]
    claim = CoverHart()(nearest_neighbour_error=float(wrong.mean()), n_classes=case.classes)
    return Bounds(claims=(claim.with_detail(rows=len(rows), neighbours_among=len(train)),))


def ppi(desk: Desk) -> Bounds:
    """The labelled rows with the model's own confidence on all others as a control variate."""
    case, labelled = desk.case, desk.case.labelled_target
    proba = case.subject.certified.proba
    if proba is None:
        return Bounds()
    doubt = np.clip(1.0 - proba.max(axis=1), 0.0, 1.0)
    rest = np.setdiff1d(np.arange(case.problem.target.n), labelled)
    few = labelled_units(case) if case.whole else case.units("target", labelled)
    claim = PPI()(
        labelled_groups=few.groups,
        unlabelled_groups=_groups_of_file(case, few) if case.whole else case.units("target", rest).groups,
        losses=_target_wrong(case).astype(np.float64),
        labelled=doubt[labelled],
        # Where the file is the whole target the mean of all its rows is known.
        unlabelled=doubt if case.whole else doubt[rest],
        population=case.whole,
        delta=desk.delta("target_error.ppi"),
        n_classes=case.classes,
    )
    return Bounds(claims=(_counted(desk, claim, on_source=False, grouped=True),))


def _groups_of_file(case: Case, few: Units) -> npt.NDArray[np.int64] | None:
    """Those of all rows, where the labelled ones were drawn by groups: others of the file may have other sizes."""
    return None if few.groups is None else case.ties[1].groups
