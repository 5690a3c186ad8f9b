"""`Baseline`: a source with its model, kept for audits of targets to come."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from whytransfer.audit import options_of, reference_of
from whytransfer.baseline.archive import packed, unpacked
from whytransfer.baseline.parts import fit_together, kept_of, kept_parts, taught_of, taught_parts
from whytransfer.baseline.rows import Kept, drawn
from whytransfer.errors import InputError
from whytransfer.io import write_atomically
from whytransfer.problem import Problem, Splits, splits_of
from whytransfer.result import Audit, audit_of
from whytransfer.steps import regression
from whytransfer.steps.counted import counted
from whytransfer.steps.measured import answered
from whytransfer.steps.run import not_comparable
from whytransfer.steps.subject import Taught, find

MOST_ROWS = 20_000
"""Source rows kept by default. The costly steps of an audit look at 7,000 at most; counts look at all that there are."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Baseline:
    """A source and its model, kept so that targets can be audited without the source's data. Made by `fit` or `load`.

    **What is stored of the source's rows.** Their feature values, labels, groups, times and weights: all rows up to `rows`, else
    that many drawn at random. Committees, divergences and bounds look at rows, and no summary would give the same
    claims. A baseline is therefore as confidential as the rows it keeps; `rows` keeps fewer, and ``rows=0`` no feature value at all: labels, what the
    model says, and numbers for the groups are left, and audits certify from target labels and say nothing else. Beside them: the model, what it
    says on each kept row, how it is known that it had not seen them, the parts that train, choose and score. No path, no date.

    Parameters
    ----------
    kept : Kept
        The rows.
    taught : Taught
        The model, with what it says on them.
    about : dict
        ``rows`` of the source, ``kept`` of them, its ``digest`` (SHA-256 of all its rows), ``seed``, ``trained_on_source``.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import whytransfer as wt
    >>> problem = wt.lab.gaussians(mean=1.0).sample(120, 100, seed=0)
    >>> baseline = wt.Baseline.fit(problem, "stump")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "nightly.baseline")
    ...     baseline.save(path)
    ...     again = wt.Baseline.load(path)
    >>> again.about["kept"]
    120
    """

    kept: Kept
    taught: Taught
    about: dict[str, Any]

    def __repr__(self) -> str:
        return f"Baseline({self.about['kept']:,} of {self.about['rows']:,} source rows kept, seed {self.about['seed']})"

    @classmethod
    def fit(
        cls,
        problem_or_source: Any,
        model: Any = None,
        *,
        label: str | None = None,
        group: str | None = None,
        time: str | None = None,
        weights: str | None = None,
        task: str | None = None,
        rows: int | None = MOST_ROWS,
        trained_on_source: bool | None = None,
        seed: int = 0,
    ) -> Baseline:
        """Keep what audits need of a source.

        Parameters
        ----------
        problem_or_source : Problem, path or data frame
            A problem, whose target is not looked at; or a labelled source, with `label` its label column.
        model : object, str or None
            As in `audit`: a fitted model, an unfitted estimator, the name of a learner; None is ``"logistic"``, of a quantity
            ``"linear"``.
        label, group, time, weights : str, optional
            Columns of a source that is no problem.
        task : str, optional
            Of a source that is no problem: ``"classification"``, ``"regression"``, or None to take it from the labels.
        rows : int or None
            Most source rows to keep, drawn at random in their parts, whole groups where there are groups; None for all; 0 for none of their feature
            values.
        trained_on_source : bool, optional
            As in `audit`.
        seed : int
            The one seed: of the split, of the draw, and of every audit.

        Raises
        ------
        InputError
            On unusable input, in one sentence.
        """
        problem = _problem(problem_or_source, label, group=group, time=time, weights=weights, task=task)
        options = options_of(seed=seed, trained_on_source=trained_on_source)
        splits = splits_of(problem, options.seed)
        found = find(problem, splits, model, None, options)
        positions = drawn(problem, splits, rows, options.seed)
        said = found.subject.source
        proba = None if said.proba is None or rows == 0 else said.proba[positions]
        subject = replace(found.subject, source=replace(said, codes=said.codes[positions], proba=proba))
        about = {
            "rows": problem.source.n,
            "kept": len(positions) if rows != 0 else 0,
            "digest": problem.source.digest,
            "seed": options.seed,
            "trained_on_source": trained_on_source,
        }
        taught = Taught.of(replace(found, subject=subject), model)
        return cls(kept=Kept.of(problem, splits, positions, blank=rows == 0), taught=taught, about=about)

    @property
    def model(self) -> Any:
        """The fitted predictor that all claims are about."""
        return self.taught.subject.model

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write one file, whole or not at all: a zip of JSON, arrays, Parquet and skops, which can run nothing.

        Raises
        ------
        InputError
            When it can't be written, or the model holds types that no file of a model may name.
        """
        about, parts = kept_parts(self.kept)
        taught, more = taught_parts(self.taught)
        write_atomically(path, packed({**self.about, "source": about, "model": taught}, {**parts, **more}))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Baseline:
        """The baseline that `save` wrote.

        Raises
        ------
        InputError
            For any other file, and for one that was changed.
        """
        about, parts = unpacked(Path(path))
        try:
            kept = kept_of(about["source"], parts)
            taught = taught_of(about["model"], parts, f"the model of {os.fspath(path)}")
            told = {name: about[name] for name in ("rows", "kept", "digest", "seed", "trained_on_source")}
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            if isinstance(error, InputError):
                raise
            raise InputError(
                f"baseline {os.fspath(path)}: it lacks or misstates {error}; save it again"
            ) from None
        if not fit_together(kept, taught.subject.source):
            raise InputError(f"baseline {os.fspath(path)}: its parts don't fit each other; save it again")
        return cls(kept=kept, taught=taught, about=told)

    def audit(
        self,
        target: Any,
        tolerance: float | None = None,
        max_drop: float | None = None,
        assume: Mapping[str, float | str] | None = None,
        require: str = "estimated",
        delta: float = 0.05,
        population: str = "law",
        target_labels: Any = None,
        *,
        use_target_labels: bool = False,
        group: str | None = None,
        time: str | None = None,
        weights: str | None = None,
        theorems: Any = None,
        reference: Any = None,
        label_noise: float = 0.0,
        metric: str = "error",
        time_budget: float | None = None,
        loss_cap: float | None = None,
    ) -> Audit:
        """Will the model work on this target? As `audit`, with the kept rows in the place of the source.

        Where all rows were kept the claims are those of `audit` on the files, to the last digit; where some were, they are
        those of the kept rows, which is said.

        Parameters
        ----------
        target : path, data frame, array or Problem
            Rows the model must work on; of a problem its target, with its labels.
        tolerance, max_drop, assume, require, delta, population, target_labels, theorems, reference, label_noise, metric, time_budget, loss_cap
            As in `audit`.
        use_target_labels : bool
            Evaluate with the target's label column.
        group, time, weights : str, optional
            Columns of the target with that role.

        Raises
        ------
        InputError
            On unusable input, in one sentence.
        """
        if self.kept.numeric and reference is not None:
            raise InputError("reference: a reference class of your own is about classes; leave it out")
        options = options_of(
            numeric=self.kept.numeric,
            loss_cap=loss_cap,
            seed=self.about["seed"],
            trained_on_source=self.about["trained_on_source"],
            tolerance=tolerance,
            max_drop=max_drop,
            assume=assume,
            require=require,
            delta=delta,
            population=population,
            theorems=theorems,
            label_noise=label_noise,
            metric=metric,
            time_budget=time_budget,
        )
        columns = {"groups": group, "time": time, "weights": weights}
        problem = self.kept.problem(target, columns, target_labels, use_target_labels=use_target_labels)
        splits = self._splits(problem)
        if problem.mismatch:
            findings = not_comparable(problem, options)
        elif self.kept.blank:
            findings = counted(problem, self.taught, options, splits)
        elif problem.numeric:
            findings = regression.answered(problem, self.taught, None, options, splits)
        else:
            findings = answered(problem, self.taught, None, options, reference_of(reference), splits)
        return self._told(audit_of(findings))

    def _splits(self, problem: Problem) -> Splits:
        """The parts of the source as they were, and those of the target as any audit draws them."""
        parts = self.kept.parts
        return replace(
            splits_of(problem, self.about["seed"]),
            source_train=parts["source_train"],
            source_choose=parts["source_choose"],
            source_evaluate=parts["source_evaluate"],
        )

    def _told(self, audit: Audit) -> Audit:
        """The audit with the baseline in its provenance, and what was left out among its warnings."""
        kept, rows = self.about["kept"], self.about["rows"]
        notes = (
            ()
            if kept in (0, rows)
            else (f"the source is a baseline of {kept:,} of its {rows:,} rows, drawn at random",)
        )
        told = audit.document["provenance"]
        digests = {**told["digests"], **({"source": self.about["digest"]} if self.kept.blank else {})}
        provenance = {**told, "digests": digests, "baseline": dict(self.about)}
        warnings = [*audit.document["warnings"], *notes]
        document = {**audit.document, "provenance": provenance, "warnings": warnings}
        return replace(audit, warnings=(*audit.warnings, *notes), document=document)


def _problem(given: Any, label: str | None, **columns: str | None) -> Problem:
    """The problem itself, or a source made into one by standing in for its own target."""
    named = [name for name, value in (("label", label), *columns.items()) if value is not None]
    if isinstance(given, Problem):
        if named:
            raise InputError(f"Baseline.fit: {named[0]}= belongs to a source that is no Problem")
        return given
    if label is None:
        raise InputError("Baseline.fit: name the column of the source that holds the label with label=")
    problem = Problem.read(given, given, label, **columns)  # type: ignore[arg-type]
    return problem.with_rows(target=np.arange(1))
