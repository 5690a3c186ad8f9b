"""Estimators on pseudo-targets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import numpy as np

from whytransfer.backtest.pseudo import Cuts, Pseudo, pseudo_makers
from whytransfer.backtest.record import BASELINE, BacktestRecord
from whytransfer.backtest.rows import LabelledRows
from whytransfer.backtest.view import View
from whytransfer.io.journal import Arrays, digest, kept
from whytransfer.overlap.two_samples import Floats
from whytransfer.threads import one_thread


class Estimates(Protocol):
    """What the engine asks of an estimator."""

    @property
    def name(self) -> str:
        """Its name in the record."""

    def applies(self, view: View) -> str | None:
        """Why there is no estimate; None where there is one."""

    def rejected(self, view: View) -> str | None:
        """The test that rejected its assumption; None where none did."""

    def estimate(self, view: View) -> float:
        """The estimated target error."""


def back_test(
    view: View,
    rows: LabelledRows,
    cuts: Cuts,
    estimators: Sequence[Estimates],
    *,
    most: Mapping[str, int] | None = None,
) -> BacktestRecord:
    """Run estimators on every pseudo-target and keep what they said beside the truth.

    An estimator is left out of a pseudo-target under the rules by which the audit would leave it out: where it
    does not apply, and where its assumption is rejected. Estimates are cut to [0, 1], as in claims.

    Parameters
    ----------
    view : View
        The real problem; its source rows are `rows`, in the same order.
    rows : LabelledRows
        Held-out rows, so that the model's errors on them are honest.
    cuts : Cuts
        What `make_cuts` made of `rows`.
    estimators : sequence of Estimates
        Anything with a name, `applies`, `rejected` and `estimate`.
    most : mapping of str to int, optional
        Estimators that cost much, and on how many pseudo-targets each runs: evenly spaced ones, so that all kinds
        are among them. It is said in the record.
    """
    count, limits = len(cuts.cuts), dict(most or {})
    runs = {e.name: _spaced(count, limits.get(e.name, count)) for e in estimators}
    said = {name: np.full(count, np.nan) for name in (BASELINE, *runs)}
    truths, aucs = np.zeros(count), np.full(count, np.nan)
    # One thread: the same bytes on any number of cores, and EVIDENCE 4.
    with one_thread():
        seen = digest(rows.labels, rows.codes, rows.columns, view.target_codes, view.target_columns)
        for i, make in enumerate(pseudo_makers(view, rows, cuts)):
            asked = [e for e in estimators if i in runs[e.name]]
            cut, names = cuts.cuts[i], [e.name for e in asked]
            found = kept(
                f"pseudo-target {i}",
                (seen, str(view.seed), cut.kind, cut.name, cut.source, cut.target, *names),
                partial(_found, make, asked),
                write=_Found.arrays,
                read=_Found.of,
            )
            truths[i], aucs[i], said[BASELINE][i] = found.truth, found.auc, found.baseline
            for name, value in zip(names, found.estimates, strict=True):
                said[name][i] = value
    return BacktestRecord(
        kinds=tuple(cut.kind for cut in cuts.cuts),
        truths=truths,
        estimates=said,
        aucs=aucs,
        sizes=np.array([len(cut.target) for cut in cuts.cuts], dtype=np.int64),
        wanted_auc=cuts.wanted.auc,
        guessing_error=1.0 - 1.0 / max(view.classes, 2),
        left_out=(*cuts.left_out, *_fewer(runs, count)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What was found on one pseudo-target; NaN where there was nothing."""

    truth: float
    auc: float
    baseline: float
    estimates: Floats

    def arrays(self) -> Arrays:
        """For the journal."""
        return {"known": np.array([self.truth, self.auc, self.baseline]), "estimates": self.estimates}

    @classmethod
    def of(cls, arrays: Arrays) -> _Found:
        """The inverse of `arrays`."""
        truth, auc, baseline = arrays["known"].tolist()
        return cls(truth=truth, auc=auc, baseline=baseline, estimates=arrays["estimates"])


def _found(make: Callable[[], Pseudo], estimators: Sequence[Estimates]) -> _Found:
    pseudo = make()
    return _Found(
        truth=pseudo.truth,
        auc=float("nan") if pseudo.auc is None else pseudo.auc,
        baseline=pseudo.view.source_error,
        estimates=np.array([_estimate(e, pseudo) for e in estimators], dtype=np.float64),
    )


def _estimate(estimator: Estimates, pseudo: Pseudo) -> float:
    if estimator.applies(pseudo.view) is not None or estimator.rejected(pseudo.view) is not None:
        return float("nan")
    value = float(estimator.estimate(pseudo.view))
    return float(np.clip(value, 0.0, 1.0)) if np.isfinite(value) else float("nan")


def _fewer(runs: Mapping[str, set[int]], count: int) -> tuple[str, ...]:
    """A sentence for each number of pseudo-targets that fell short."""
    short = sorted({len(run) for run in runs.values() if len(run) < count})
    return tuple(
        f"run on {size} of {count} pseudo-targets for their cost: "
        + ", ".join(name for name, run in runs.items() if len(run) == size)
        for size in short
    )


def _spaced(count: int, most: int) -> set[int]:
    """At most `most` of 0 … count − 1, evenly spaced."""
    return set(range(count)) if most >= count else {int(i) for i in np.linspace(0, count - 1, max(most, 0))}
