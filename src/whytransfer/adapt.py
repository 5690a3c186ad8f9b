"""Adaptation: a model for the target where one is shown to help, else the source model, kept. One straight line through all that is known."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from whytransfer.errors import InputError
from whytransfer.problem import Problem, Splits
from whytransfer.result import Audit, audit_of

if TYPE_CHECKING:
    import numpy as np

    from whytransfer.choice import Choice
    from whytransfer.claims import Claim
    from whytransfer.steps.adapt.records import Candidate
    from whytransfer.steps.adapt.run import Outcome


@dataclass(frozen=True, kw_only=True, eq=False)
class Adapted:
    """What an adaptation came to. Frozen; made by `adapt`.

    Examples
    --------
    Without candidates the source model is kept, which is a full answer:

    >>> import whytransfer as wt
    >>> problem = wt.lab.gaussians(mean=1.0).sample(60, 60, seed=0)
    >>> adapted = wt.adapt(problem, methods=[])
    >>> adapted.choice.name, adapted.predict(problem.target.rows).shape
    ('source', (60,))
    """

    _problem: Problem = field(repr=False)
    _outcome: Outcome = field(repr=False)
    _seed: int = field(repr=False)

    def __repr__(self) -> str:
        return f"Adapted({self.choice})"

    @property
    def choice(self) -> Choice:
        """Which candidate (``.name``), ``.why``, by which ``.rule``, its expected ``.gain``; the source model kept is a full answer."""
        return self._outcome.choice

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What each candidate scored and on which evidence, the source model first."""
        return self._outcome.candidates

    @property
    def claims(self) -> tuple[Claim, ...]:
        """``loss_ceiling`` (how much worse than the source model it can be at most), ``expected_gain``, d and λ before and after."""
        return self._outcome.claims

    @property
    def warnings(self) -> tuple[str, ...]:
        """Everything that was drawn, failed or left out."""
        return self._outcome.warnings

    @property
    def model(self) -> Any:
        """The fitted predictor on raw target rows; None where the columns of the domains differ."""
        return self._outcome.model

    @property
    def met_(self) -> Any:
        """The target rows that the model met while it was adapted or chosen, by hashes; None where the source model is kept, and where there is none."""
        return getattr(self.model, "met_", None)

    @property
    def splits(self) -> Splits | None:
        """Which rows trained, chose, evaluate: those that evaluate were seen by no step before the claims."""
        return self._outcome.splits

    def predict(self, X: Any) -> np.ndarray:
        """Labels of target rows (m, p), shape (m,); numbers where the label is a quantity.

        Raises
        ------
        InputError
            Where the domains can't be compared, so that there is no model.
        """
        return self._ready().predict(X)  # type: ignore[no-any-return]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Class probabilities of target rows, shape (m, K), in the order of ``classes_``.

        They are the learner's, as calibrated as it is on the source; that they are so on the target is an assumption.

        Raises
        ------
        InputError
            As `predict`; and where the label is a quantity, which has no classes.
        """
        self._problem.refuse_numeric("predict_proba", "use predict, which gives numbers")
        return self._ready().predict_proba(X)  # type: ignore[no-any-return]

    @property
    def classes_(self) -> np.ndarray:
        """(K,) labels, in the order of the probabilities; of a quantity there are none, and it is refused."""
        self._problem.refuse_numeric("classes_", "use predict, which gives numbers")
        return self._ready().classes_  # type: ignore[no-any-return]

    def save(self, path: str | Path) -> None:
        """Write the model as a skops file; `whytransfer audit --model` takes it."""
        from whytransfer.models.saved import save_model

        save_model(self._ready(), Path(path))

    def claim(self, key: str) -> Claim:
        """The claim with this id.

        Raises
        ------
        UnknownNameError
            A `KeyError` that lists the ids.
        """
        from whytransfer.names import resolve

        return resolve("claim", key, {c.id: c for c in self.claims})

    @cached_property
    def audit(self) -> Audit:
        """The audit of this model, made when it is first asked for.

        Of the target it sees the rows that no step of the adaptation has seen, and their labels for evaluation where they are known. Its
        document holds the adaptation as ``candidates`` and ``adaptation``.

        Raises
        ------
        InputError
            When no target row is left for that.
        """
        from whytransfer.steps.adapt.document import audited

        return audit_of(audited(self._problem, self._outcome, self._seed))

    def summary(self) -> dict[str, Any]:
        """The choice, every candidate, claims and warnings as plain JSON values, without the audit."""
        from whytransfer.steps.adapt.document import summary

        return summary(self._outcome)

    def to_json(self, path: str | Path | None = None) -> str:
        """The document of `audit`, as text; also written to `path` if given."""
        return self.audit.to_json(path)

    def _ready(self) -> Any:
        if self.model is None:
            raise InputError(f"adapt: there is no model; {self.choice.why}")
        return self.model


def adapt(
    problem: Problem,
    methods: Any = "auto",
    learner: Any = None,
    target_labels: Any = None,
    seed: int = 0,
    *,
    domains: Any = None,
) -> Adapted:
    """Adapt a model to the target where that is shown to help, or keep the source model.

    Parameters
    ----------
    problem : Problem
        The two samples. Its target labels are for evaluation: no step that trains or chooses sees them.
    methods : "auto" or sequence of str and Method
        Candidates beside the source model: those that the diagnosed kind of shift calls for; or names of `whytransfer.methods`, methods,
        foreign estimators in `ThreeArrays`; an empty list keeps the source model. Of a quantity, names of `methods.numeric`.
    learner : str, classifier or None
        What every candidate trains: a learner's name, an unfitted scikit-learn classifier (of a quantity: regressor), or None for
        logistic (ridge) regression.
    target_labels : path, array-like, data frame, mapping or None
        Labels (m,), or by row, that one may learn or choose with (missing = unknown). Rows that trained a candidate don't choose it, and all of them
        leave later claims.
    seed : int
        The one seed.
    domains : array-like of shape (n,), optional
        Several sources: the name of the source of every source row. Candidates are then one model of all rows, each source alone, and
        the combination by where their rows lie (Mansour, Mohri and Rostamizadeh 2009).

    Returns
    -------
    Adapted
        Frozen.

    Raises
    ------
    InputError
        On unusable input, in one sentence.

    References
    ----------
    docs/methods.md has the formula and the source of each method, docs/decisions.md how one is chosen.

    Examples
    --------
    >>> import whytransfer as wt
    >>> adapted = wt.adapt(wt.lab.label_flip().sample(200, 200, seed=0))
    >>> adapted.choice.name, adapted.claim("loss_ceiling").upper
    ('source', 0.0)
    """
    from whytransfer.steps.adapt.request import Request
    from whytransfer.steps.adapt.run import adapted, not_comparable
    from whytransfer.steps.regression import adapting

    if not isinstance(problem, Problem):
        raise InputError(
            f"adapt: expected a Problem, got {type(problem).__name__}; make one with wt.Problem.read(source, target, label=...)"
        )
    if domains is not None and not problem.mismatch:
        from whytransfer.steps.adapt import sources

        problem.refuse_numeric("domains", "adapt from each source by itself")
        several = sources.adapted(problem, domains, methods, learner, target_labels, seed)
        return Adapted(_problem=problem, _outcome=several, _seed=seed)
    if problem.numeric and not problem.mismatch:
        made = adapting.adapted(problem, methods, learner, target_labels, seed)
        return Adapted(_problem=problem, _outcome=made, _seed=seed)
    request = Request.checked(problem, methods, learner, target_labels, seed)
    blind = problem.with_target_labels(None)
    found = not_comparable(blind) if blind.mismatch else adapted(problem, request)
    return Adapted(_problem=problem, _outcome=found, _seed=seed)
