"""The audit: will the model work on the target? One straight line through all that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from whytransfer.errors import InputError, UnknownNameError
from whytransfer.problem import Problem
from whytransfer.problem.target_labels import refuse_sheet
from whytransfer.result import Audit, audit_of, basis_of

if TYPE_CHECKING:
    from whytransfer.models import Predictions
    from whytransfer.steps.options import Options

__all__ = ["Audit", "audit"]

DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "tolerance": None,
        "max_drop": None,
        "assume": None,
        "require": "estimated",
        "delta": 0.05,
        "population": "law",
        "seed": 0,
        "trained_on_source": None,
        "theorems": None,
        "examples": True,
        "label_noise": 0.0,
        "metric": "error",
        "time_budget": None,
        "loss_cap": None,
        "max_weight": None,
    }
)
"""The options that say what is asked, and what they are where nothing is said."""


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
    reference: Any = None,
    label_noise: float = 0.0,
    metric: str = "error",
    time_budget: float | None = None,
    loss_cap: float | None = None,
    max_weight: float | None = None,
    domains: Any = None,
    column: str | None = None,
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
        Target labels (m,) for evaluation only (missing = unknown); they never reach a training or choosing step.
    seed : int
        The one seed.
    trained_on_source : bool, optional
        Of a given fitted model: whether it was trained on these source rows. True refits a clone on the training
        split; False declares that it was not; None tests it.
    theorems : sequence of str, optional
        Only these bounds; all by default.
    examples : bool
        Whether examples of user rows may enter the document; this version shows none, only histograms and category names.

    label_noise : float
        η: the largest share of the labels that may be wrong, whichever they are, in [0, .5). Limits widen accordingly.

    metric : str
        What `tolerance` limits: ``"error"``, ``"balanced_error"``, ``"f1"`` (one minus the macro F1), ``"auc"`` (one minus the AUC), or ``"cost:FILE"``.
        Of a label that is a quantity: ``"error"`` or ``"absolute"`` (mean absolute error), ``"rmse"``, or ``"huber:KNEE"``, all in the
        unit of the label, as are `tolerance` and `max_drop`.

    time_budget : float, optional
        Seconds after which further steps are skipped: columns by harm, then bounds, the back-test, the kind of shift; never what is counted,
        the divergences and the panel. What was skipped is said among the warnings; the same steps give the same claims.

    loss_cap : float, optional
        Of a quantity: errors beyond it count as this large, in the unit of the label. Without it no upper limit is certified.

    max_weight : float, optional
        Of weighted rows: what no weight exceeds, whichever row is drawn, in their unit. Without it weighted claims have no limits.

    domains : array-like of shape (n,), optional
        Several sources: the name of the source of every source row. What is judged is then the combination of their models by where their rows lie;
        every source alone and every pair of sources stand beside it in the document's ``sources``, with δ shared.
    column : str, optional
        What `domains` is called.

    reference : path or Reference, optional
        A reference class of your own transfers, written by `whytransfer calibrate`, in the place of the shipped one.

    Returns
    -------
    Audit
        Frozen.

    Raises
    ------
    InputError
        On unusable input, in one sentence.

    References
    ----------
    Each claim names its theorem and the key of its source; `cite` gives the entries.

    Examples
    --------
    >>> import whytransfer as wt
    >>> problem = wt.lab.gaussians(mean=1.0).sample(60, 60, seed=0)
    >>> audit = wt.audit(problem, "stump", tolerance=0.4, theorems=[])
    >>> audit.verdict.answer, audit.verdict.basis
    (<Answer.WORKS: 'works'>, <Basis.CERTIFIED: 'certified'>)
    """
    from whytransfer.steps import regression, sources
    from whytransfer.steps.measured import answered
    from whytransfer.steps.run import not_comparable

    if not isinstance(problem, Problem):
        raise InputError(
            f"audit: expected a Problem, got {type(problem).__name__}; make one with wt.Problem.read(source, target, label=...)"
        )
    if population == "file":
        problem.refuse_streamed("an audit of the target as a whole")
    options = options_of(
        numeric=problem.numeric,
        loss_cap=loss_cap,
        max_weight=max_weight,
        tolerance=tolerance,
        max_drop=max_drop,
        assume=assume,
        require=require,
        delta=delta,
        population=population,
        seed=seed,
        trained_on_source=trained_on_source,
        theorems=theorems,
        examples=examples,
        label_noise=label_noise,
        metric=metric,
        time_budget=time_budget,
    )
    if target_labels is not None:
        refuse_sheet(target_labels)
        problem = problem.with_target_labels(target_labels)
    if problem.mismatch:
        return audit_of(not_comparable(problem, options))
    if domains is not None:
        problem.refuse_numeric("domains", "audit each source by itself")
        if predictions is not None:
            raise InputError(
                "domains: every source trains a model of its own, so that predictions can't be given"
            )
        return audit_of(sources.audited(problem, domains, model, options, _reference(reference), column))
    if problem.numeric:
        if reference is not None:
            raise InputError("reference: a reference class of your own is about classes; leave it out")
        return audit_of(regression.answered(problem, model, predictions, options))
    return audit_of(answered(problem, model, predictions, options, reference_of(reference)))


def options_of(*, numeric: bool = False, **given: Any) -> Options:
    """The options of an audit, checked, each at its default where nothing is given; `numeric`: the label is a quantity.

    Raises
    ------
    InputError
        For an option that is none, and for a value that can't be used.
    """
    from whytransfer.metrics import is_loss, loss, metric
    from whytransfer.steps.options import Options

    unknown = next((name for name in given if name not in DEFAULTS), None)
    if unknown is not None:
        raise UnknownNameError("option of an audit", unknown, DEFAULTS)
    asked = {**DEFAULTS, **given}
    cap, name = asked.pop("loss_cap"), str(asked["metric"])
    asked["require"] = basis_of(asked["require"])
    if numeric:
        return Options.checked(**{**asked, "metric": None, "loss": loss(name, cap)})
    if cap is not None or is_loss(name):
        what = "loss_cap" if cap is not None else f"metric {name}"
        raise InputError(
            f'{what} is about a quantity, and the labels are classes; if they are a quantity, pass task="regression" (--task regression)'
        )
    judged = None if name == "error" else metric(name)
    return Options.checked(**{**asked, "metric": judged})


def _reference(given: Any) -> Any:
    """A reference class that is there: the shipped one where none is given."""
    from whytransfer.backtest import shipped

    return reference_of(given) or shipped()


def reference_of(given: Any) -> Any:
    """A reference class, or the file of one; None for the shipped one."""
    from whytransfer.backtest import Reference

    return given if given is None or isinstance(given, Reference) else Reference.read(given)
