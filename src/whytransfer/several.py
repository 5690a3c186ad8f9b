"""Several audits that hold together: a verdict a sub-group of the target, or a verdict a target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from whytransfer.audit import options_of, reference_of
from whytransfer.errors import InputError
from whytransfer.io import write_atomically
from whytransfer.problem import Problem
from whytransfer.result import Audit, audit_of, audit_of_document, written
from whytransfer.verdict import Answer
from whytransfer.wording import how_many

SCHEMA = "whytransfer/audits/1"
WORST_FIRST = (Answer.FAILS, Answer.NOT_COMPARABLE, Answer.UNDECIDED, Answer.WORKS)
"""The answer of several audits is the first of these that one of them has: what is known to fail matters most, then what could not
be looked at."""

_WORDS = {
    Answer.FAILS: ("fails", "fail"),
    Answer.NOT_COMPARABLE: ("is not comparable", "are not comparable"),
    Answer.UNDECIDED: ("is undecided", "are undecided"),
    Answer.WORKS: ("works", "work"),
}
"""Of one, and of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audits:
    """Several audits of one source; made by `audit_each` or `Audits.from_json`.

    Parameters
    ----------
    audits : dict of str to Audit
        By the name of the target or sub-group, in order.
    document : dict
        The ``whytransfer/audits/1`` document: ``kind``, ``column``, ``sharing`` of δ, ``verdict``, and the ``audit/1`` document of each.

    Examples
    --------
    Sub-groups of fewer than 20 rows are UNDECIDED:

    >>> import whytransfer as wt
    >>> problem = wt.lab.gaussians(mean=1.0).sample(60, 30, seed=0)
    >>> each = wt.audit_each(problem, "stump", by=["left", "right"] * 15, tolerance=0.3)
    >>> list(each.audits), each.answer, each.exit_code
    (['left', 'right'], <Answer.UNDECIDED: 'undecided'>, 11)
    """

    audits: dict[str, Audit]
    document: dict[str, Any]

    def __repr__(self) -> str:
        return f"Audits({self.answer.spoken}: {self.document['verdict']['reason']})"

    def __getitem__(self, name: str) -> Audit:
        return self.audits[name]

    @property
    def answer(self) -> Answer:
        """The worst answer: FAILS, else NOT COMPARABLE, else UNDECIDED, else WORKS."""
        return Answer(self.document["verdict"]["answer"])

    @property
    def exit_code(self) -> int:
        """The exit code of the worst answer."""
        return self.answer.exit_code

    @property
    def model(self) -> Any:
        """The model that the first audit with one is about; None after `from_json`."""
        return next((a.model for a in self.audits.values() if a.model is not None), None)

    def to_json(self, path: str | Path | None = None) -> str:
        """The document as text; also written to `path` if given."""
        from whytransfer.report import to_json

        return written(to_json(self.document), path)

    def to_html(self, path: str | Path) -> None:
        """Write a page with the table, and a page for each audit beside it: ``<stem>.1.html``, …."""
        from whytransfer.report import to_pages

        for name, page in to_pages(self.document, Path(path).name).items():
            write_atomically(Path(path).with_name(name), page)

    def to_markdown(self, path: str | Path | None = None) -> str:
        """A comment for a pull request, with the table and each audit folded; also written to `path` if given."""
        from whytransfer.report import to_markdown

        return written(to_markdown(self.document), path)

    def to_junit(self, path: str | Path | None = None) -> str:
        """JUnit XML with a test case for each audit; also written to `path` if given."""
        from whytransfer.report import to_junit

        return written(to_junit(self.document), path)

    def metrics(self) -> dict[str, float]:
        """A flat dict of floats for experiment trackers: ``"<name>/<id>.upper"``, …, and the exit code of all."""
        each = {
            f"{name}/{key}": value
            for name, audit in self.audits.items()
            for key, value in audit.metrics().items()
        }
        return {**each, "exit_code": float(self.exit_code)}

    @classmethod
    def from_json(cls, path: str | Path) -> Audits:
        """The audits that `to_json` wrote, without their models.

        Raises
        ------
        InputError
            When the file can't be read or is no ``whytransfer/audits/1`` document.
        """
        from whytransfer.report import read_saved

        return audits_of_document(read_saved(path, SCHEMA))


def read_audit(path: str | Path) -> Audit | Audits:
    """What `audit --json` wrote: one audit, or several.

    Raises
    ------
    InputError
        For any other file.
    """
    from whytransfer.report import read_saved
    from whytransfer.report.validate import SCHEMA_ID

    document = read_saved(path, SCHEMA_ID, SCHEMA)
    return audits_of_document(document) if document["schema"] == SCHEMA else audit_of_document(document)


def audits_of_document(document: dict[str, Any]) -> Audits:
    """The audits of a document that the schema accepts, without their models."""
    audits = {one["name"]: audit_of_document(one["audit"]) for one in document["audits"]}
    return Audits(audits=audits, document=document)


def audit_each(
    problems: Mapping[str, Problem] | Problem,
    model: Any = None,
    predictions: Any = None,
    *,
    by: Any = None,
    column: str | None = None,
    delta: float = 0.05,
    reference: Any = None,
    **options: Any,
) -> Audits:
    """A verdict for each of several targets, or for each sub-group of one target, all of which hold together.

    The model is trained once. δ is shared equally, declared before any row is scored: all `proved` and `conditional` claims of all audits hold
    together at 1 − δ per side (union bound). Sub-groups of fewer than 20 rows are UNDECIDED, make no claim and spend nothing.

    Parameters
    ----------
    problems : mapping of str to Problem, or Problem
        The targets by name, with one source; or one problem, whose target is cut by `by`.
    model : object, str or None
        As in `audit`.
    predictions : Predictions or mapping of str to Predictions, optional
        As in `audit`; for several targets by their names.
    by : array-like of shape (m,), optional
        The sub-group of each target row of one problem; missing values make a group of their own. At most 100 groups.
    column : str, optional
        What `by` is called.
    delta : float
        Failure probability per side of everything together.
    reference : path or Reference, optional
        As in `audit`.
    **options
        The other options of `audit`: ``tolerance``, ``max_drop``, ``assume``, ``require``, ``population``, ``seed``, …; ``time_budget``
        is shared equally.

    Returns
    -------
    Audits
        Frozen: ``.audits`` by name, ``.answer`` (the worst one), ``.exit_code``.

    Raises
    ------
    InputError
        On unusable input, in one sentence.

    References
    ----------
    As `audit`; the union bound over targets and sub-groups.

    Examples
    --------
    >>> import numpy as np
    >>> import whytransfer as wt
    >>> problem = wt.lab.gaussians(mean=1.0).sample(60, 30, seed=0)
    >>> sides = np.where(np.arange(30) < 19, "left", "right")
    >>> wt.audit_each(problem, "stump", by=sides, tolerance=0.3).document["sharing"].partition(" (")[0]
    'each of 0 sub-groups has δ = 0.05 per side, so that all claims of all of them hold together'
    """
    from whytransfer.steps.several import audited, by_group, share, sliced

    groups = isinstance(problems, Problem)
    if isinstance(problems, Problem):
        if by is None:
            raise InputError(
                "audit_each: give several problems by name, or one problem with by=, a group for each target row"
            )
        parts = by_group(problems, by)
        said = {} if predictions is None else sliced(predictions, parts, by)
    else:
        if by is not None or not problems:
            raise InputError("audit_each: expected at least one problem by name, or one problem with by=")
        parts, said = dict(problems), dict(predictions or {})
    shared = share(parts, delta, groups=groups)
    if options.get("time_budget") is not None:
        options["time_budget"] = options["time_budget"] / len(parts)
    checked = options_of(numeric=_numeric(parts), delta=shared.each, **options)
    found = audited(parts, model, said, checked, reference_of(reference), groups=groups)
    audits = {name: audit_of(findings) for name, findings in found.items()}
    told = {
        "kind": "groups" if groups else "targets",
        "column": column,
        "delta": delta,
        "sharing": shared.text,
    }
    return Audits(audits=audits, document=_document(audits, told, checked.seed))


def _numeric(problems: Mapping[str, Problem]) -> bool:
    """Whether the label is a quantity, which all problems must agree on."""
    found = {problem.numeric for problem in problems.values()}
    if len(found) > 1:
        raise InputError(
            "audit_each: the label is a quantity in some problems and a class in others; say task= where they are read"
        )
    return found.pop()


def _document(audits: Mapping[str, Audit], told: Mapping[str, Any], seed: int) -> dict[str, Any]:
    answers = [a.verdict.answer for a in audits.values()]
    worst = next(answer for answer in WORST_FIRST if answer in answers)
    shared = [
        w
        for w, count in Counter(
            w for a in audits.values() for w in dict.fromkeys(a.document["warnings"])
        ).items()
        if count == len(audits)
    ]
    return {
        "schema": SCHEMA,
        "version": version("whytransfer"),
        "seed": seed,
        **told,
        "verdict": {
            "answer": str(worst),
            "exit_code": worst.exit_code,
            "reason": _reason(audits, told["kind"]),
        },
        "warnings": shared if len(audits) > 1 else [],
        "audits": [{"name": name, "audit": audit.document} for name, audit in audits.items()],
    }


def _reason(audits: Mapping[str, Audit], kind: str) -> str:
    """How many answer what, the worst first, with the names of those that don't work."""
    parts = []
    for answer in WORST_FIRST:
        names = [name for name, audit in audits.items() if audit.verdict.answer is answer]
        if names:
            shown = (
                ""
                if answer is Answer.WORKS
                else f" ({', '.join(names[:5])}{', …' if len(names) > 5 else ''})"
            )
            parts.append(f"{len(names)} {_WORDS[answer][len(names) > 1]}{shown}")
    what = "sub-groups" if kind == "groups" else "targets"
    return f"of {how_many(len(audits), what)} {', '.join(parts)}"
