"""Who trains, who chooses, who scores in an adaptation; and the problem as the choice may see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from whytransfer.methods import Method
from whytransfer.methods.met import Met
from whytransfer.models.subject import Subject
from whytransfer.problem import Encoder, Problem, Splits, splits_of
from whytransfer.steps.adapt.aimed import Aimed
from whytransfer.steps.adapt.request import Request, options_of
from whytransfer.steps.case import Case
from whytransfer.steps.run import prepare

SOURCE_SHARES = (0.5, 0.2, 0.3)
"""Train, choose, evaluate. An audit chooses nothing, an adaptation does: on a fifth of the rows."""

TARGET_SHARES = (0.6, 0.0, 0.4)
"""Methods and choice look at the same target rows, without labels; claims are judged on the others."""

SAMPLE = 1000
"""Training rows on which candidates are looked at as their learners see rows."""

_NOBODY = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ground:
    """The rows of an adaptation by what they are for.

    Parameters
    ----------
    problem : Problem
        As it was given, with labels for evaluation.
    splits : Splits
        Of its rows. ``target_train``: what methods see, without labels; ``target_choose``: rows whose label may be learned from;
        ``target_evaluate``: what no step before the claims has seen.
    case : Case
        What the choice may see, as a case of its own with positions of its own: the source rows that train, then those that choose; the target's
        ``target_train`` rows; no target label. Rows that evaluate are not in it, so that nobody has to be trusted not to look.
    labelled : (k,) array of int64
        Class codes of the rows of ``target_choose``.
    notes : tuple of str
        What there was to say.
    """

    problem: Problem
    splits: Splits
    case: Case
    labelled: np.ndarray
    notes: tuple[str, ...]

    @property
    def source_rows(self) -> Any:
        """Raw source rows that train."""
        return self.problem.source.take(self.splits.source_train)

    @property
    def source_labels(self) -> np.ndarray:
        """Their labels, as the user writes them."""
        return np.asarray(self.problem.classes[self.problem.source.labels[self.splits.source_train]])  # type: ignore[index]

    @property
    def sample(self) -> np.ndarray:
        """Places of at most `SAMPLE` of the training rows, drawn by the seed: on which candidates are looked at as their learners see rows."""
        rng = np.random.default_rng(np.random.SeedSequence(self.case.seed, spawn_key=(56,)))
        return np.sort(rng.permutation(len(self.splits.source_train))[:SAMPLE])

    def shown(self, method: Method, known: np.ndarray | None = None) -> tuple[Any, np.ndarray | None]:
        """Raw target rows that a method sees, and, where it learns from target labels, a label or None for each.

        Parameters
        ----------
        method : Method
            Those that learn from no target label never see the labelled rows: these compare them.
        known : (k,) array of bool, optional
            Which of the labelled rows join; all by default.
        """
        target, rows = self.problem.target, self.splits.target_train
        if not method.needs_target_labels:
            return target.take(rows), None
        known = np.ones(len(self.labelled), dtype=bool) if known is None else known
        joining = self.splits.target_choose[known]
        labels = np.full(len(rows) + len(joining), None, dtype=object)
        labels[len(rows) :] = self.problem.classes[self.labelled[known]]
        return target.take(np.concatenate([rows, joining])), labels


def lay_out(problem: Problem, request: Request) -> Ground:
    """Split the rows, and train the source model on what may be seen."""
    blind = problem.with_target_labels(None)
    splits = divided(blind, request)
    train, choose = len(splits.source_train), len(splits.source_choose)
    part = blind.with_rows(
        source=np.concatenate([splits.source_train, splits.source_choose]), target=splits.target_train
    )
    inner = Splits(
        source_train=np.arange(train),
        source_choose=_NOBODY,
        source_evaluate=np.arange(train, train + choose),
        target_choose=_NOBODY,
        target_evaluate=np.arange(part.target.n),
    )
    case, notes = prepare(part, _source_model(part, inner, request), None, options_of(request.seed), inner)
    return Ground(
        problem=problem,
        splits=splits,
        case=case,
        labelled=request.labelled[splits.target_choose],
        notes=tuple(dict.fromkeys((*splits.warnings, *notes))),
    )


def constant(subject: Subject) -> bool:
    """Whether the source model always says the same, because nothing could be learned."""
    return not isinstance(subject.model, Aimed)


def _source_model(part: Problem, splits: Splits, request: Request) -> Any:
    """What an audit is to train; its own default where no column varies, which then answers with a constant."""
    if not Encoder().fit(part.source.take(splits.source_train)).get_feature_names_out().size:
        return None
    return Aimed(request.source, part.target.take(np.arange(part.target.n)))


def divided(blind: Problem, request: Request) -> Splits:
    """Who trains, who chooses, who evaluates; rows whose label may be learned from leave what evaluates, with their groups."""
    drawn = splits_of(blind, request.seed, source_shares=SOURCE_SHARES, target_shares=TARGET_SHARES)
    return without_spent(blind, drawn, np.flatnonzero(request.labelled >= 0), drawn.warnings)


def without_spent(problem: Problem, drawn: Splits, labelled: np.ndarray, said: tuple[str, ...]) -> Splits:
    """The parts of the rows where those at `labelled` may be learned from: they, and their groups, leave what methods see and what evaluates."""
    spent = _with_their_groups(problem, labelled)
    learn, evaluate = (np.setdiff1d(rows, spent) for rows in (drawn.target_train, drawn.target_evaluate))
    if not len(learn):
        # Labels of all rows: the methods have to see some of them without.
        learn = drawn.target_train if len(drawn.target_train) else np.arange(problem.target.n)
        said = (*said, "every target row is labelled: methods saw the rows on which they are compared")
    return Splits(
        source_train=drawn.source_train,
        source_choose=drawn.source_choose,
        source_evaluate=drawn.source_evaluate,
        target_train=learn,
        target_choose=labelled,
        target_evaluate=evaluate,
        warnings=said,
    )


def met(problem: Problem, splits: Splits, encoder: Encoder) -> Met:
    """The target rows that a candidate met which was chosen: those that methods and choice saw, and those with labels.

    A source model that is kept has met none. It was fixed before, and that it is kept is no reason to doubt its errors: it is kept and misjudged no more often
    than it is misjudged.
    """
    rows = np.union1d(splits.target_train, splits.target_choose)
    return Met.of(encoder, problem.target.take(rows), np.isin(rows, splits.target_choose))


def _with_their_groups(blind: Problem, labelled: np.ndarray) -> np.ndarray:
    """The labelled rows, with all rows of their groups: what hangs together with a spent row can't judge."""
    groups = blind.target.groups
    return labelled if groups is None else np.flatnonzero(np.isin(groups, groups[labelled]))
