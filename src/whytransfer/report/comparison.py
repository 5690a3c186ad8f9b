"""Labelled domains against each other, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from whytransfer.claims import figures
from whytransfer.metrics import Loss
from whytransfer.report import words
from whytransfer.report.terminal import heading, print_part, section

_ADAPTABILITY = {
    False: (("λ of stumps", "adaptability.stumps"), ("λ of linear rules", "adaptability.linear")),
    True: (("λ of seven rules", "adaptability.finite"),),
}
"""By whether the label is a quantity."""
_BETWEEN = (
    ("largest gap of a stump", "divergence.stump"),
    ("told apart (AUC)", "divergence.domain_classifier"),
)


def render_comparison(told: Mapping[str, Any], console: Console) -> None:
    """Print a ``compare/1`` document."""
    for part in _parts(told):
        print_part(console, part)


def _parts(told: Mapping[str, Any]) -> Iterator[RenderableType]:
    names = [domain["name"] for domain in told["domains"]]
    claims = {(pair["from"], pair["to"]): {c["id"]: c for c in pair["claims"]} for pair in told["pairs"]}
    numeric = told.get("task") == "regression"
    measured = _measured(told["metric"]) if numeric else "Error"
    apart = (
        "How far both models are from each other"
        if numeric
        else "How often both models contradict each other"
    )
    yield heading(
        f"{measured} of the model trained on … (row), on … (column); on its own domain: held-out rows"
    )
    yield _square(names, lambda a, b: _error(claims, names, a, b))
    yield heading(f"{apart}, on … (column)")
    yield _square(names, lambda a, b: "" if a == b else _limits(claims[a, b].get("disagreement.models")))
    yield heading("Between two domains")
    yield _between(names, claims, (*_ADAPTABILITY[numeric], *_BETWEEN))
    yield from section(
        "Not comparable", [f"{p['from']} to {p['to']}: {p['reason']}" for p in told["pairs"] if p["reason"]]
    )
    yield from section(
        "Who learns for whom", [_best(best, "label" if numeric else "error") for best in told["best"]]
    )
    yield from section("Shared", [told["sharing"]])
    yield from section("Warnings", told["warnings"], "! ")


def _error(claims: Mapping[Any, Any], names: list[str], a: str, b: str) -> str:
    if a != b:
        return _limits(claims[a, b].get("target_error.direct"))
    own = next(
        (found for other in names if other != a and (found := claims[a, other].get("source_error"))), None
    )
    return _limits(own)


def _limits(claim: Mapping[str, Any] | None) -> str:
    """Estimate and both limits in one cell."""
    if claim is None or (claim["estimate"] is None and claim["lower"] is None and claim["upper"] is None):
        return "–"
    unit = claim["unit"]
    shown = figures.estimate(claim["estimate"], unit) if claim["estimate"] is not None else "?"
    if claim["lower"] is None and claim["upper"] is None:
        return shown
    if claim["upper"] is None:
        return f"{shown} (from {figures.at_least(claim['lower'], unit)})"
    return f"{shown} ({figures.at_least(claim['lower'], unit)} to {figures.at_most(claim['upper'], unit)})"


def _square(names: list[str], cell: Any) -> RenderableType:
    table = _table(["", *names])
    for a in names:
        table.add_row(Text(_name(a)), *(Text(cell(a, b)) for b in names))
    return Padding(table, (0, 0, 0, 2))


def _measured(metric: Mapping[str, Any]) -> str:
    """The loss as the subject of a heading."""
    title = Loss(name=metric["name"], knee=metric["knee"], cap=metric["cap"]).title.removeprefix("the ")
    return title[0].upper() + title[1:]


def _between(
    names: list[str], claims: Mapping[Any, Any], columns: tuple[tuple[str, str], ...]
) -> RenderableType:
    table = _table(["", *(title for title, _ in columns)])
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            both = {**claims[b, a], **claims[a, b]}
            table.add_row(
                Text(f"{_name(a)}, {_name(b)}"), *(Text(_limits(both.get(id_))) for _, id_ in columns)
            )
    return Padding(table, (0, 0, 0, 2))


def _name(name: str) -> str:
    return words.clean(name, longest=40)


def _table(names: list[str]) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    for _ in names:
        table.add_column(overflow="fold")
    table.add_row(*(Text(_name(name), style="dim") for name in names))
    return table


def _best(best: Mapping[str, Any], unit: str) -> str:
    surely = "; its limits lie below those of all others" if best["sure"] else ""
    return f"on {best['to']} the model of {best['from']} errs least ({figures.estimate(best['error'], unit)}){surely}"
