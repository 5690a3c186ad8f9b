"""What an audit found: verdict, claims, warnings, and how they are written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whytransfer.claims import Claim
from whytransfer.errors import NotCertified, UnknownNameError
from whytransfer.io import write_atomically
from whytransfer.verdict import Answer, Basis, Verdict

if TYPE_CHECKING:
    import pandas as pd

    from whytransfer.problem import Splits
    from whytransfer.report import Chart
    from whytransfer.steps.run import Findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Audit:
    """What was found out about one transfer. Frozen; made by `audit` or `Audit.from_json`.

    Those that write and read reach up to the report, which stands above: a result knows how to write itself, and the report
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

    Examples
    --------
    >>> import whytransfer as wt
    >>> problem = wt.lab.gaussians(mean=1.0).sample(60, 60, seed=0)
    >>> plan = wt.plan_labels(problem, "stump", tolerance=0.4, budget=30)
    >>> audit = wt.certify(plan, problem.classes[problem.target.labels][plan.rows])
    >>> audit.require("certified")
    >>> audit.exit_code, audit.claim("target_error").id
    (0, 'target_error.direct')
    """

    verdict: Verdict
    claims: tuple[Claim, ...]
    warnings: tuple[str, ...]
    model: Any
    splits: Splits | None
    document: dict[str, Any]

    def __repr__(self) -> str:
        basis = "" if self.verdict.basis is None else f" ({self.verdict.basis})"
        return f"Audit({self.verdict.answer.spoken}{basis}: {self.verdict.reason})"

    @property
    def exit_code(self) -> int:
        """The exit code of the verdict."""
        return self.verdict.exit_code

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
        NotCertified
            With the verdict in one sentence.
        """
        required, verdict = basis_of(basis), self.verdict
        if verdict.answer is not Answer.WORKS or verdict.basis is None or not verdict.basis.reaches(required):
            raise NotCertified(
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

        return written(to_json(self.document), path)

    def to_html(self, path: str | Path, *, interactive: bool = True) -> None:
        """Write the self-contained report; with ``interactive=False`` without the sliders of the ``[report]`` extra and their script."""
        from whytransfer.report import to_html

        write_atomically(Path(path), to_html(self.document, interactive=interactive))

    def to_markdown(self, path: str | Path | None = None) -> str:
        """A comment for a pull request, text of the user escaped; also written to `path` if given."""
        from whytransfer.report import to_markdown

        return written(to_markdown(self.document), path)

    def to_junit(self, path: str | Path | None = None) -> str:
        """JUnit XML with one test case, which passes when the answer is WORKS; also written to `path` if given."""
        from whytransfer.report import to_junit

        return written(to_junit(self.document), path)

    def plot_ladder(self) -> Chart:
        """Every estimate, bound and count of the error on one axis, as the report draws it; a notebook shows it."""
        return self._chart("ladder")

    def plot_waterfall(self) -> Chart:
        """From the error on the source to the error on the target, step by step."""
        return self._chart("waterfall")

    def plot_break_even(self) -> Chart:
        """How far what nobody sees may go before the answer changes."""
        return self._chart("break_even")

    def plot_labels(self) -> Chart:
        """What target labels would settle: limits by number of labels, and how many for which true error."""
        return self._chart("labels")

    def plot_features(self) -> Chart:
        """The columns, the most shifted first, with histograms and harm."""
        return self._chart("features")

    def plot_reliability(self) -> Chart:
        """The share of right answers against confidence, on the source, and on labelled target rows."""
        return self._chart("reliability")

    def _chart(self, name: str) -> Chart:
        from whytransfer.report import chart

        return chart(self.document, name)

    def _repr_html_(self) -> str:
        """The verdict and the ladder, for notebooks."""
        from whytransfer.report import banner

        return banner(self.document)._repr_html_()

    @classmethod
    def from_json(cls, path: str | Path) -> Audit:
        """The audit that `to_json` wrote, without its model.

        Raises
        ------
        InputError
            When the file can't be read or is no ``whytransfer/audit/1`` document.
        """
        from whytransfer.report import read_saved

        return audit_of_document(read_saved(path))


def audit_of_document(document: dict[str, Any]) -> Audit:
    """The audit of a document that the schema accepts, without its model."""
    from whytransfer.steps.document import restored

    verdict, claims = restored(document)
    return Audit(
        verdict=verdict,
        claims=claims,
        warnings=tuple(document["warnings"]),
        model=None,
        splits=None,
        document=document,
    )


def written(text: str, path: str | Path | None) -> str:
    """The text, also written to `path` if given, whole or not at all."""
    if path is not None:
        write_atomically(Path(path), text)
    return text


def audit_of(findings: Findings) -> Audit:
    """The audit that these findings are."""
    return Audit(
        verdict=findings.verdict,
        claims=findings.claims,
        warnings=findings.warnings,
        model=findings.model,
        splits=findings.splits,
        document=findings.document,
    )


def basis_of(name: str) -> Basis:
    """The basis of this name.

    Raises
    ------
    UnknownNameError
        With the nearest name.
    """
    try:
        return Basis(name)
    except ValueError:
        raise UnknownNameError("basis", name, [str(b) for b in Basis]) from None
