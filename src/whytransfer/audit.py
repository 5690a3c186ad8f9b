"""The audit: will the model work on the target? One straight line through all that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whytransfer.claims import Claim
from whytransfer.errors import InputError, NotCertifiedError, UnknownNameError
from whytransfer.io import write_atomically
from whytransfer.verdict import Answer, Basis, Verdict

if TYPE_CHECKING:
    import pandas as pd

    from whytransfer.models import Predictions
    from whytransfer.problem import Problem, Splits


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found out about one transfer. Frozen; made by `audit` or `Audit.from_json`.

    Three methods reach up to the report, which stands above: a result knows how to write itself, and the report
    reads the document only.

    Parameters
    ----------
    verdict : Verdict
        The answer with its basis and reason.
    claims : tuple of Claim
        Everything that is said, in a fixed order.
    warnings : tuple of str
        Everything that was left out, drawn, rejected or odd.
    model : object or None
        The fitted predictor on raw rows that all claims are about; None after `from_json` and with predictions only.
    splits : Splits or None
        Row indices of train, choose and evaluate in each domain; None after `from_json`.
    document : dict
        The ``whytransfer/audit/1`` document, from which JSON and report are written.
    """

    verdict: Verdict
    claims: tuple[Claim, ...]
    warnings: tuple[str, ...]
    model: Any
    splits: Splits | None
    document: dict[str, Any]

    def claim(self, key: str) -> Claim:
        """The claim with this id, else the headline claim of this quantity.

        The headline of ``"target_error"`` is `target_error.direct` where target labels certify it, else
        `target_error.panel`, which always exists.

        Raises
        ------
        UnknownNameError
            A `KeyError` that lists the ids.
        """
        by_id = {c.id: c for c in self.claims}
        if key in by_id:
            return by_id[key]
        headlines = (f"{key}.direct", f"{key}.panel")
        of_quantity = [c for c in self.claims if c.quantity == key]
        found = [by_id[h] for h in headlines if h in by_id] or of_quantity
        if not found:
            raise UnknownNameError("claim", key, by_id)
        return found[0]

    def require(self, basis: str) -> None:
        """Raise unless the answer is WORKS on this basis or a stronger one.

        Raises
        ------
        NotCertifiedError
            With the verdict in one sentence.
        """
        required, verdict = _basis(basis), self.verdict
        if verdict.answer is not Answer.WORKS or verdict.basis is None or not verdict.basis.reaches(required):
            raise NotCertifiedError(
                f"{verdict.answer.value}, where WORKS ({required}) is required: {verdict.reason}"
            )

    def to_frame(self) -> pd.DataFrame:
        """One row a claim: id, quantity, estimate, lower, upper, confidence, level and what it stands on."""
        import pandas as pd

        columns = ["id", "quantity", "estimate", "lower", "upper", "confidence", "level", "unit", "theorem"]
        rows = [{name: c.to_dict()[name] for name in columns} for c in self.claims]
        stands = [", ".join(f"{a.id} ({a.status})" for a in c.assumptions) for c in self.claims]
        return pd.DataFrame(rows, columns=columns).assign(assumptions=stands)

    def metrics(self) -> dict[str, float]:
        """A flat dict of floats for experiment trackers: ``"<id>.estimate"``, ``".lower"``, ``".upper"``, exit code."""
        flat = {
            f"{c.id}.{part}": value
            for c in self.claims
            for part in ("estimate", "lower", "upper")
            if (value := getattr(c, part)) is not None
        }
        return {**flat, "exit_code": float(self.verdict.exit_code)}

    def to_json(self, path: str | Path | None = None) -> str:
        """The document as text, the same bytes for the same input and seed; also written to `path` if given."""
        from whytransfer.report import to_json

        text = to_json(self.document)
        if path is not None:
            write_atomically(Path(path), text)
        return text

    def to_html(self, path: str | Path) -> None:
        """Write the self-contained report."""
        from whytransfer.report import to_html

        write_atomically(Path(path), to_html(self.document))

    @classmethod
    def from_json(cls, path: str | Path) -> Audit:
        """The audit that `to_json` wrote, without its model.

        Raises
        ------
        InputError
            When the file can't be read or is no ``whytransfer/audit/1`` document.
        """
        from whytransfer.report import from_json
        from whytransfer.steps.document import restored

        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputError(
                f"audit {path}: can't be read ({error}); give what `audit --json` wrote"
            ) from error
        document = from_json(text)
        verdict, claims = restored(document)
        return cls(
            verdict=verdict,
            claims=claims,
            warnings=tuple(document["warnings"]),
            model=None,
            splits=None,
            document=document,
        )


def _basis(name: str) -> Basis:
    try:
        return Basis(name)
    except ValueError:
        raise UnknownNameError("basis", name, [str(b) for b in Basis]) from None


def audit(
    problem: Problem,
    model: Any = None,
    predictions: Predictions | None = None,
    tolerance: float | None = None,
    max_drop: float | None = None,
    assume: Mapping[str, float | str] | None = None,
    require: str = "estimated",
    delta: float = 0.05,
    population: str = "law",
    target_labels: Any = None,
    seed: int = 0,
    *,
    trained_on_source: bool | None = None,
    theorems: Sequence[str] | None = None,
    examples: bool = True,
) -> Audit:
    """Will the model work on the target?

    Parameters
    ----------
    problem : Problem
        The two samples.
    model : object, str or None
        A fitted object with ``predict`` on raw rows (and ``predict_proba`` if it has it), an unfitted
        scikit-learn estimator, or the name of a learner; None is ``"logistic"``.
    predictions : Predictions, optional
        What a model said, in the place of a model.
    tolerance, max_drop : float, optional
        WORKS means err_T ≤ tolerance, or err_T − err_S ≤ max_drop. Neither: err_T ≤ the source's majority error.
    assume : mapping, optional
        Assumptions that you assert: ``{"class": "stumps", "sigma": .05, "tau": .1}`` or ``{"class": ..., "lambda": ...}``.
    require : {"certified", "conditional", "estimated"}
        WORKS on a weaker basis becomes UNDECIDED.
    delta : float
        Failure probability per side of all `proved` and `conditional` claims together.
    population : {"law", "file"}
        Whether claims are about the law that the target rows come from, or about the rows of the file.
    target_labels : array-like, optional
        Target labels for evaluation only (missing = unknown); they never reach a training or choosing step.
    seed : int
        The one seed.
    trained_on_source : bool, optional
        Of a given fitted model: whether it was trained on these source rows. True refits a clone on the training
        split; False declares that it was not; None tests it.
    theorems : sequence of str, optional
        Only these bounds; all by default.
    examples : bool
        Whether examples of user rows may enter the document; this version shows none, only histograms and category names.

    Returns
    -------
    Audit
        Frozen.

    Raises
    ------
    InputError
        On unusable input, in one sentence.
    """
    from whytransfer.steps.options import Options
    from whytransfer.steps.run import compared, not_comparable

    options = Options.checked(
        tolerance=tolerance,
        max_drop=max_drop,
        assume=assume,
        require=_basis(require),
        delta=delta,
        population=population,
        seed=seed,
        trained_on_source=trained_on_source,
        theorems=theorems,
        examples=examples,
    )
    if target_labels is not None:
        problem = problem.with_target_labels(target_labels)
    findings = (
        not_comparable(problem, options)
        if problem.mismatch
        else compared(problem, model, predictions, options)
    )
    return Audit(
        verdict=findings.verdict,
        claims=findings.claims,
        warnings=findings.warnings,
        model=findings.model,
        splits=findings.splits,
        document=findings.document,
    )
