"""Labelled domains against each other, in a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from whytransfer.claims import figures
from whytransfer.report import words
from whytransfer.report.terminal import heading, print_part, section

_BETWEEN = (
    ("λ of stumps", "adaptability.stumps"),
    ("λ of linear rules", "adaptability.linear"),
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
    yield heading("Error of the model trained on … (row), on … (column); on its own domain: held-out rows")
    yield _square(names, lambda a, b: _error(claims, names, a, b))
    yield heading("How often both models contradict each other, on … (column)")
    yield _square(names, lambda a, b: "" if a == b else _limits(claims[a, b].get("disagreement.models")))
    yield heading("Between two domains")
    yield _between(names, claims)
    yield from section(
        "Not comparable", [f"{p['from']} to {p['to']}: {p['reason']}" for p in told["pairs"] if p["reason"]]
    )
    yield from section("Who learns for whom", [_best(best) for best in told["best"]])
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
    return f"{shown} ({figures.at_least(claim['lower'], unit)} to {figures.at_most(claim['upper'], unit)})"


def _square(names: list[str], cell: Any) -> RenderableType:
    table = _table(["", *names])
    for a in names:
        table.add_row(Text(_name(a)), *(Text(cell(a, b)) for b in names))
    return Padding(table, (0, 0, 0, 2))


def _between(names: list[str], claims: Mapping[Any, Any]) -> RenderableType:
    table = _table(["", *(title for title, _ in _BETWEEN)])
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            both = {**claims[b, a], **claims[a, b]}
            table.add_row(
                Text(f"{_name(a)}, {_name(b)}"), *(Text(_limits(both.get(id_))) for _, id_ in _BETWEEN)
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


def _best(best: Mapping[str, Any]) -> str:
    surely = "; its limits lie below those of all others" if best["sure"] else ""
    return (
        f"on {best['to']} the model of {best['from']} errs least ({figures.estimate(best['error'])}){surely}"
    )
