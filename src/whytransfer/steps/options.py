"""The options of an audit, checked before anything is computed."""

from __future__ import annotations

import math
import numbers
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whytransfer.claims import Unit
from whytransfer.errors import InputError, UnknownNameError
from whytransfer.hypotheses import hypotheses
from whytransfer.metrics import Loss, Metric
from whytransfer.steps import assumed
from whytransfer.verdict import Basis, Requirement

ABOUT_A_CLASS = ("class", "sigma", "tau", "lambda")
ABOUT_THE_SHIFT = (*assumed.LEAST, *assumed.FLAGS, *(f"radius.{kind}" for kind in assumed.RADII))
ASSUMPTIONS = (*ABOUT_A_CLASS, *ABOUT_THE_SHIFT, "prevalence.<class>")
"""Keys of `assume`."""

LEAST_DELTA = 1e-9
"""A smaller failure probability than any use needs, and large enough for its shares to be told from 0."""

MOST_SECONDS = 10.0**9
"""Some thirty years."""

LARGEST = 1e150
"""A loss in the unit of a label: its square still is a number."""

NUMERIC_THEOREMS = ("disparity", "version_space")
"""Bounds that have a form for metric losses."""

MOST_SEED = 2**32
"""Seeds of the libraries underneath are 32 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `audit` was asked."""

    tolerance: float | None
    max_drop: float | None
    assume: Mapping[str, float | str]
    require: Basis
    delta: float
    population: str
    seed: int
    trained_on_source: bool | None
    theorems: tuple[str, ...] | None
    examples: bool
    label_noise: float = 0.0
    metric: Metric | None = None
    """What is judged in the place of the error."""
    time_budget: float | None = None
    """Seconds, after which steps are skipped; None: no end."""
    loss: Loss | None = None
    """How far predicted numbers may be off; None where the labels are classes."""
    max_weight: float | None = None
    """What no weight of a row exceeds, as declared; None: not declared."""

    @classmethod
    def checked(cls, **given: Any) -> Options:
        """The options, or one sentence about the first that can't be used."""
        given = {name: _plain(value) for name, value in given.items()}
        costs = given.get("metric") is not None and given["metric"].unit is not Unit.ERROR
        numeric = given.get("loss") is not None
        most = LARGEST if numeric else 1.0
        _number("tolerance", given["tolerance"], *((-math.inf, math.inf) if costs else (0.0, most)))
        _number("max_drop", given["max_drop"], 0.0, most)
        if given["tolerance"] is not None and given["max_drop"] is not None:
            raise InputError("tolerance and max_drop exclude each other: give one of them")
        if not isinstance(given["delta"], (int, float)) or not LEAST_DELTA <= given["delta"] < 0.5:
            raise InputError(
                f"delta: expected a number from {LEAST_DELTA:g} to less than 0.5, got {given['delta']}"
            )
        noise = given["label_noise"]
        if isinstance(noise, bool) or not isinstance(noise, (int, float)) or not 0.0 <= noise < 0.5:
            raise InputError(
                f"label_noise: expected the largest share of wrong labels, from 0 to less than 0.5, got {noise!r}"
            )
        largest = given.get("max_weight")
        _number("max_weight", largest, 0.0, LARGEST)
        if largest == 0:
            raise InputError("max_weight: expected a positive number, got 0")
        _check_metric(given)
        if numeric:
            _check_numeric(given)
        _number("time_budget", given.get("time_budget"), 0.0, MOST_SECONDS)
        if given["population"] not in ("law", "file"):
            raise InputError(f"population: expected 'law' or 'file', got {given['population']!r}")
        if (
            isinstance(given["seed"], bool)
            or not isinstance(given["seed"], int)
            or not 0 <= given["seed"] < MOST_SEED
        ):
            raise InputError(f"seed: expected a whole number from 0 to 2**32 - 1, got {given['seed']!r}")
        assume = _assumed(given["assume"], given.get("loss"))
        return cls(**{**given, "assume": assume, "theorems": _bounds(given["theorems"])})

    def requirement(self, majority_error: float) -> Requirement:
        """What WORKS means."""
        if self.metric is not None:
            quantity = f"target_{self.metric.name}"
            value = 0.0 if self.tolerance is None else self.tolerance
            return Requirement(value=value, quantity=quantity, kind="tolerance", title=self.metric.title)
        if self.loss is not None:
            return self._about_numbers(majority_error)
        if self.max_drop is not None:
            return Requirement(value=self.max_drop, quantity="error_drop", kind="max_drop")
        if self.tolerance is not None:
            return Requirement(value=self.tolerance, quantity="target_error", kind="tolerance")
        return Requirement(value=majority_error, quantity="target_error", kind="majority_error")

    def _about_numbers(self, constant: float) -> Requirement:
        """What WORKS means for predicted numbers; `constant` is the loss of always saying the source's best number."""
        title = "" if self.loss is None else self.loss.title
        if self.max_drop is not None:
            return Requirement(value=self.max_drop, quantity="error_drop", kind="max_drop", title=title)
        kind, value = (
            ("majority_error", constant) if self.tolerance is None else ("tolerance", self.tolerance)
        )
        return Requirement(value=value, quantity="target_error", kind=kind, title=title)

    def to_dict(self) -> dict[str, Any]:
        """As resolved, for the provenance."""
        return {
            "tolerance": self.tolerance,
            "max_drop": self.max_drop,
            "assume": dict(self.assume),
            "require": str(self.require),
            "delta": self.delta,
            "population": self.population,
            "seed": self.seed,
            "trained_on_source": self.trained_on_source,
            "theorems": None if self.theorems is None else list(self.theorems),
            "examples": self.examples,
            "label_noise": self.label_noise,
            "time_budget": self.time_budget,
            "metric": "error" if self.metric is None else self.metric.to_dict(),
            **({} if self.loss is None else {"metric": self.loss.to_dict()}),
            **({} if self.max_weight is None else {"max_weight": self.max_weight}),
        }


def _assumed(assume: Mapping[str, float | str] | None, loss: Loss | None = None) -> dict[str, float | str]:
    if assume is not None and not isinstance(assume, Mapping):
        raise InputError(
            f"assume: expected a mapping such as {{'class': 'stumps', 'lambda': .1}}, got {type(assume).__name__}"
        )
    given = {key: _plain(value) for key, value in dict(assume or {}).items()}
    for key in given:
        if key in (*ABOUT_A_CLASS, *ABOUT_THE_SHIFT) or key.startswith(assumed.PREVALENCE):
            continue
        raise UnknownNameError("assumption", key, ASSUMPTIONS)
    assumed.check(given)
    if loss is None:
        _check_class(given)
    else:
        _check_class_of_numbers(given)
    return given


def _check_numeric(given: Mapping[str, Any]) -> None:
    """What no claim about predicted numbers can use, said in one line each."""
    if given["label_noise"]:
        raise InputError(
            "label_noise is a share of wrong classes; a quantity is off by an amount, for which no claim has a form: leave it out"
        )
    if given.get("time_budget") is not None:
        raise InputError(
            "time_budget: an audit of a quantity has no step that could be left out; leave it out"
        )
    if given["theorems"] is None:
        return
    names = [given["theorems"]] if isinstance(given["theorems"], str) else given["theorems"]
    for name in names:
        if name not in NUMERIC_THEOREMS:
            raise UnknownNameError("theorem about a quantity", name, NUMERIC_THEOREMS)


def _check_class_of_numbers(given: Mapping[str, float | str]) -> None:
    """σ, τ and λ of the committee, in the unit of the label."""
    other = next((key for key in given if key not in ABOUT_A_CLASS), None)
    if other is not None:
        raise InputError(
            f"assume {other}: no claim about a quantity stands on it; class=finite with sigma and tau, or with lambda, is what can be asserted"
        )
    for key in ("sigma", "tau", "lambda"):
        if key in given:
            _number(f"assume {key}", given[key], 0.0, LARGEST)
    if given and given.get("class") != "finite":
        raise InputError(
            "assume: of a quantity say class=finite, the committee of the audit, with sigma and tau or with lambda"
        )
    if ("sigma" in given) != ("tau" in given) or set(given) == {"class"}:
        raise InputError(
            "assume class=finite: say sigma and tau together, or lambda, in the unit of the label"
        )


def _check_metric(given: Mapping[str, Any]) -> None:
    """What a metric needs, and what is about the error only."""
    metric = given.get("metric")
    if metric is None:
        return
    if given["max_drop"] is not None or given["tolerance"] is None:
        raise InputError(
            f"metric {metric.name}: say with tolerance the largest value of {metric.title} that works; max_drop is about the error"
        )
    if given["label_noise"]:
        raise InputError(f"metric {metric.name}: label_noise is about the error; leave one of them out")


def _check_class(given: Mapping[str, float | str]) -> None:
    """What is assumed must be about a class, and of a class something must be assumed."""
    numbers = [k for k in ("sigma", "tau", "lambda") if k in given]
    for key in numbers:
        _number(f"assume {key}", given[key], 0.0, 2.0 if key == "lambda" else 1.0)
    if numbers and "class" not in given:
        raise InputError(f"assume {numbers[0]}: name the class it is about too, such as class=stumps")
    if "class" in given and not numbers:
        raise InputError("assume class: say what you assume of it too, such as sigma=.05,tau=.1 or lambda=.1")
    if ("sigma" in given) != ("tau" in given):
        raise InputError(
            "assume sigma and tau go together: some member of the class errs at most sigma here and tau there"
        )
    if "class" in given:
        chosen = hypotheses(str(given["class"]))
        if not chosen.exact:
            raise InputError(f"assume class={given['class']}: bounds need an exact class, such as stumps")


def _bounds(names: Sequence[str] | str | None) -> tuple[str, ...] | None:
    if names is None:
        return None
    from whytransfer.theorems import theorems

    names = [names] if isinstance(names, str) else names
    for name in names:
        if name not in theorems():
            raise UnknownNameError("theorem", name, theorems())
    return tuple(names)


def _plain(value: Any) -> Any:
    """NumPy's numbers as Python's, so that the document holds plain JSON."""
    if isinstance(value, (bool, int, float)):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    return float(value) if isinstance(value, numbers.Real) else value


def _number(name: str, value: Any, low: float, high: float) -> None:
    if value is None:
        return
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not math.isfinite(value)
        or not low <= value <= high
    ):
        raise InputError(f"{name}: expected a number from {low:g} to {high:g}, got {value!r}")
