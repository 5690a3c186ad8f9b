"""Several labelled domains against each other: from which one to which a model carries over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

from whytransfer.audit import options_of
from whytransfer.claims import Claim
from whytransfer.errors import InputError
from whytransfer.metrics import is_loss
from whytransfer.problem import Problem
from whytransfer.wording import of_whom

SCHEMA = "whytransfer/compare/1"
MOST_DOMAINS = 12
"""Domains that are compared, 132 ordered pairs."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What was found between labelled domains; made by `compare`.

    Parameters
    ----------
    document : dict
        A ``whytransfer/compare/1`` document: ``task`` and ``metric``, ``domains``, ``pairs`` (``from``, ``to``, ``reason``, ``claims``), ``best``
        source of each target, ``sharing`` of δ, ``warnings``.

    Examples
    --------
    >>> Comparison({"pairs": [{"from": "a", "to": "b", "reason": "columns differ", "claims": []}]}).claim("a", "b", "source_error") is None
    True
    """

    document: dict[str, Any]

    def claim(self, source: str, target: str, id_: str) -> Claim | None:
        """A claim of an ordered pair; one that holds both ways is found in either order. None where there is none."""
        for pair in self.document["pairs"]:
            same = (pair["from"], pair["to"]) == (source, target)
            other = (pair["to"], pair["from"]) == (source, target) and id_.startswith(
                ("adaptability", "divergence")
            )
            if same or other:
                found = next((c for c in pair["claims"] if c["id"] == id_), None)
                if found is not None:
                    return Claim.from_dict(found)
        return None


def compare(
    domains: Mapping[str, Any],
    label: str,
    model: Any = None,
    *,
    group: str | None = None,
    time: str | None = None,
    delta: float = 0.05,
    seed: int = 0,
    label_noise: float = 0.0,
    task: str | None = None,
    metric: str = "error",
    loss_cap: float | None = None,
) -> Comparison:
    """Every ordered pair of labelled domains: a model trained on the first, counted on the second.

    For each ordered pair the error of the first's model on its own held-out rows and on all rows of the second, and how often the models of
    both contradict each other on rows of the second that taught neither. For each pair the divergences of an audit and λ,
    the least sum of both errors that one rule of a class reaches. Every ordered pair has an equal share of δ, declared before any row is
    scored, so that all `proved` claims of the table hold together.

    Where the label is a quantity the errors are losses in its unit, and models are as far apart as the loss of one against the other. λ is
    then the least sum of both losses that one of seven rules reaches: the two models, and five families taught by the training rows of both
    domains. Upper limits need `loss_cap`, as in `audit`.

    Parameters
    ----------
    domains : mapping of str to path or data frame
        Two to twelve labelled tables by name.
    label : str
        The label column of all.
    model : object, str or None
        An unfitted estimator, or the name of a learner; None is ``"logistic"``, of a quantity ``"linear"``.
    group, time : str, optional
        Columns with that role.
    delta : float
        Failure probability per side of everything together.
    seed : int
        The one seed.
    label_noise : float
        Largest share of wrong labels, in [0, .5).
    task : str, optional
        ``"classification"``, ``"regression"``, or None to take it from the labels.
    metric : str
        Of a quantity: ``"error"`` or ``"absolute"``, ``"rmse"``, ``"huber:KNEE"``. Classes are compared by their error.
    loss_cap : float, optional
        Of a quantity: errors beyond it count as this large, > 0, in the unit of the label. Without it there are lower limits only.

    Returns
    -------
    Comparison
        Frozen: ``.document`` with every pair, ``.claim(source, target, id)``.

    Raises
    ------
    InputError
        On unusable input, in one sentence.

    References
    ----------
    Each claim names its theorem and the key of its source, as in `audit`.

    Examples
    --------
    >>> import pandas as pd
    >>> table = pd.DataFrame({"x": range(40), "y": ["no", "yes"] * 20})
    >>> found = compare({"a": table, "b": table.assign(z=1)[["z", "y"]]}, "y", "stump")
    >>> [pair["reason"] is None for pair in found.document["pairs"]]
    [False, False]
    """
    from whytransfer.steps.comparison import compared

    if not 2 <= len(domains) <= MOST_DOMAINS:
        raise InputError(f"compare: expected two to {MOST_DOMAINS} domains, got {len(domains)}")
    names = list(domains)
    pairs = {(a, b): None for a in names for b in names if a != b}
    roles = {"group": group, "time": time, "task": task}
    problems = {(a, b): _read(domains, a, b, label, roles) for a, b in pairs}
    numeric = _numeric(problems, label)
    if not numeric and metric != "error" and not is_loss(metric):
        raise InputError(
            f"compare: metric {metric} is judged by `audit` only; classes are compared by their error: leave metric out"
        )
    each = delta / len(pairs)
    options = options_of(
        numeric=numeric, delta=each, seed=seed, label_noise=label_noise, metric=metric, loss_cap=loss_cap
    )
    found = compared(problems, model, options)
    told = [
        {"from": a, "to": b, "reason": pair.reason, "claims": [claim.to_dict() for claim in pair.claims]}
        for (a, b), pair in found.items()
    ]
    of_source = {a: problem for (a, _), problem in problems.items()}
    return Comparison(
        {
            "schema": SCHEMA,
            "version": version("whytransfer"),
            "seed": seed,
            "delta": delta,
            "sharing": f"each of {len(pairs)} ordered pairs has δ = {each:.4g} per side, so that all claims of all of them hold together (union bound)",
            "label": label,
            "task": "regression" if numeric else "classification",
            "metric": "error" if options.loss is None else options.loss.to_dict(),
            "domains": [_domain(name, problem) for name, problem in of_source.items()],
            "pairs": told,
            "best": [best for name in names if (best := _best(name, told)) is not None],
            "warnings": _warnings({pair: one.warnings for pair, one in found.items()}),
        }
    )


def _read(
    domains: Mapping[str, Any], source: str, target: str, label: str, roles: Mapping[str, Any]
) -> Problem:
    """The problem of an ordered pair; what can't be used is told with the name of its domain."""
    try:
        return Problem.read(domains[source], domains[target], label, use_target_labels=True, **roles)
    except InputError as error:
        raise InputError(of_whom(str(error), source, target)) from error


def _domain(name: str, problem: Problem) -> dict[str, Any]:
    """What the document tells of a domain: the source of any problem that begins with it."""
    return {
        "name": name,
        "rows": problem.source.n,
        "labelled": int(problem.source.labelled.sum()),
        "digest": problem.source.digest,
        "classes": [str(label) for label in problem.classes.tolist()],
    }


def _numeric(problems: Mapping[tuple[str, str], Problem], label: str) -> bool:
    """Whether the label is a quantity, in all domains alike."""
    kinds = {source: problem.numeric for (source, _), problem in problems.items()}
    if len(set(kinds.values())) > 1:
        quantity = ", ".join(name for name, numeric in kinds.items() if numeric)
        classes = ", ".join(name for name, numeric in kinds.items() if not numeric)
        raise InputError(
            f"compare: label {label!r} reads as a quantity in {quantity} and as classes in {classes}; say which it is with task= (--task)"
        )
    return all(kinds.values())


def _warnings(said: Mapping[tuple[str, str], tuple[str, ...]]) -> list[str]:
    """Each sentence with its pair; one that stands in every pair of the same source is about that source and told once."""
    told = []
    for (a, b), sentences in said.items():
        others = [rest for (source, target), rest in said.items() if source == a and target != b]
        for sentence in sentences:
            shared = bool(others) and all(sentence in rest for rest in others)
            told.append(f"{a}: {sentence}" if shared else f"{a} to {b}: {sentence}")
    return list(dict.fromkeys(told))


def _best(target: str, pairs: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The domain whose model errs least on this one; sure where its upper limit lies below the lower limits of all others, all of them proved."""
    counted = [
        (claim["estimate"], claim["lower"], claim["upper"], pair["from"], claim["level"] == "proved")
        for pair in pairs
        for claim in pair["claims"]
        if pair["to"] == target and claim["id"] == "target_error.direct"
    ]
    if not counted:
        return None
    first, *others = sorted(counted, key=lambda found: (found[0], found[3]))
    sure = (
        bool(others)
        and first[4]
        and first[2] is not None
        and all(proved and lower is not None and first[2] < lower for _, lower, _, _, proved in others)
    )
    return {"to": target, "from": first[3], "error": first[0], "sure": sure}
