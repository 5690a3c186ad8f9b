"""Ways of adapting on pseudo-transfers: each is fitted anew on a cut and scored where the labels are known."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import numpy as np

from whytransfer.backtest.cut import Cut
from whytransfer.backtest.pseudo import Cuts
from whytransfer.backtest.rows import LabelledRows
from whytransfer.backtest.score import sign_test
from whytransfer.io.journal import digest, from_plain, kept, plain
from whytransfer.overlap.two_samples import Floats, Integers


class Candidate(Protocol):
    """A way of predicting the target from labelled source rows and unlabelled target rows."""

    @property
    def name(self) -> str:
        """Its name in the record."""

    def fit_predict(self, Xs: Floats, ys: Integers, Xt: Floats) -> np.ndarray:
        """Class codes of the target rows, shape (m,), or probabilities of the K classes, shape (m, K)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PseudoProblem:
    """A transfer problem cut out of labelled source rows.

    Parameters
    ----------
    Xs, ys : ndarray, shapes (n, p) and (n,)
        Pseudo-source columns and class codes: what a candidate may learn from.
    Xt : ndarray of float64, shape (m, p)
        Pseudo-target columns: what it may look at.
    yt : ndarray of int64, shape (m,)
        What it never sees.
    cut : Cut
        How the problem was made.
    """

    Xs: Floats
    ys: Integers
    Xt: Floats
    yt: Integers
    cut: Cut


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """What a candidate gains over the first one (keep the source model).

    Parameters
    ----------
    problems : int
        Pseudo-problems on which both gave predictions.
    mean : float
        Mean of the first one's error minus the candidate's, in error units; > 0 is better.
    worst : float
        The smallest of those differences.
    better, worse : int
        On how many problems it made fewer, more errors.
    p_value : float
        Exact one-sided sign test of "no more often better than worse".
    """

    problems: int
    mean: float
    worst: float
    better: int
    worse: int
    p_value: float

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CandidateRecord:
    """Errors of candidates on pseudo-problems.

    Parameters
    ----------
    names : tuple of str
        The first one is what the others are compared with: keep the source model.
    errors : ndarray of float64, shape (C, P)
        Error of each on each pseudo-target; NaN where it failed.
    kinds : tuple of str
        The way each problem was cut.
    failures : tuple of str
        What went wrong, a sentence each.
    """

    names: tuple[str, ...]
    errors: Floats
    kinds: tuple[str, ...]
    failures: tuple[str, ...]

    def gain(self, name: str) -> Gain | None:
        """What `name` gains over the first candidate; None where they have no problem in common."""
        difference = self.errors[0] - self.errors[self.names.index(name)]
        known = difference[np.isfinite(difference)]
        if not len(known):
            return None
        better, worse = int((known > 1e-12).sum()), int((known < -1e-12).sum())
        return Gain(
            problems=len(known),
            mean=float(known.mean()),
            worst=float(known.min()),
            better=better,
            worse=worse,
            p_value=sign_test(better, worse),
        )


def pseudo_problems(rows: LabelledRows, cuts: Cuts) -> Iterator[PseudoProblem]:
    """Each cut as a transfer problem: any labelled rows will do, because every candidate is fitted anew.

    Changed rows (noise, missing values) are changed in the target only; without columns there is no problem.
    """
    if rows.columns is None:
        return
    for cut in cuts.cuts:
        changed = cut.target_columns(rows)
        yield PseudoProblem(
            Xs=rows.columns[cut.source],
            ys=rows.labels[cut.source],
            Xt=rows.columns[cut.target] if changed is None else changed,
            yt=rows.labels[cut.target],
            cut=cut,
        )


def score_candidates(
    problems: Iterator[PseudoProblem] | Sequence[PseudoProblem], candidates: Sequence[Candidate]
) -> CandidateRecord:
    """Fit every candidate on every problem and count its errors; one that fails is said, and the others go on."""
    names = tuple(c.name for c in candidates)
    errors: list[list[float]] = []
    kinds: list[str] = []
    failures: list[str] = []
    for i, problem in enumerate(problems):
        seen = digest(problem.Xs, problem.ys, problem.Xt, problem.yt)
        scored = [
            kept(
                f"pseudo-problem {i}",
                (candidate.name, seen),
                partial(_scored, candidate, problem),
                write=plain,
                read=from_plain,
            )
            for candidate in candidates
        ]
        errors.append([np.nan if error is None else error for error, _ in scored])
        failures += [
            f"{candidate.name} failed on pseudo-problem {i} ({problem.cut.kind}): {reason}"
            for candidate, (_, reason) in zip(candidates, scored, strict=True)
            if reason
        ]
        kinds.append(problem.cut.kind)
    table = np.array(errors, dtype=np.float64).T if errors else np.empty((len(names), 0))
    return CandidateRecord(names=names, errors=table, kinds=tuple(kinds), failures=tuple(failures))


def _scored(candidate: Candidate, problem: PseudoProblem) -> tuple[float | None, str]:
    """The candidate's error, or None and why it failed."""
    try:
        said = np.asarray(candidate.fit_predict(problem.Xs, problem.ys, problem.Xt))
        return error_of(said, problem.yt), ""
    except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
        return None, " ".join(str(error).split()) or type(error).__name__


def error_of(said: np.ndarray, labels: Integers) -> float:
    """Share of wrong predictions; `said` holds class codes, shape (m,), or probabilities, shape (m, K).

    Raises
    ------
    ValueError
        When the number of rows differs.
    """
    codes = said.argmax(axis=1) if said.ndim == 2 else said
    if codes.shape != labels.shape:
        raise ValueError(f"expected predictions for {len(labels)} rows, got shape {said.shape}")
    return float((codes != labels).mean())
