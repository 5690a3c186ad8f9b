"""Several sources in words and cells: what each does at home and there, how much it says, and whether they go together. Nothing is computed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from whytransfer.claims import figures

COLUMNS = ("source", "rows", "weight", "error here", "error there", "at least", "at most", "evidence")


def table(told: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """A row a source, the lowest error there first; what was counted there, else what the panel estimates."""
    rows = []
    for one in told["each"]:
        claims = {c["id"]: c for c in one["claims"]}
        here = claims["source_error"]["estimate"]
        there = claims.get("target_error.direct") or claims["target_error.panel"]
        cells = (
            str(one["name"]),
            figures.count(one["rows"]),
            figures.number(one["weight"], places=2),
            figures.estimate(here),
            figures.estimate(there["estimate"]),
            figures.at_least(there["lower"]),
            figures.at_most(there["upper"]),
            str(there["level"]) if there["estimate"] is not None else "–",
        )
        rows.append((there["estimate"] is None, there["estimate"] or 0.0, cells))
    return [cells for _, _, cells in sorted(rows, key=lambda row: row[:2])]


def lines(told: Mapping[str, Any]) -> list[str]:
    """A sentence a pair: λ with its limits, and the error of each one's model on the other."""
    pairs = {(p["from"], p["to"]): p for p in told["pairs"]}
    said = []
    for (a, b), pair in pairs.items():
        if pair["reason"]:
            said.append(f"{a} to {b}: {pair['reason']}")
            continue
        claims = {c["id"]: c for c in pair["claims"]}
        found = claims.get("adaptability.stumps")
        if found is None:
            continue
        parts = []
        if found["lower"] is not None or found["upper"] is not None:
            parts.append(
                f"λ of stumps, the least sum of both errors of one rule, is at least {figures.at_least(found['lower'])} and at most "
                f"{figures.at_most(found['upper'])} ({found['level']})"
            )
        linear = claims.get("adaptability.linear")
        if linear is not None and linear["upper"] is not None:
            parts.append(f"of linear rules at most {figures.at_most(linear['upper'])} ({linear['level']})")
        crossed = [
            f"{x}'s model errs {figures.estimate(c['estimate'])} on {y}"
            for x, y in ((a, b), (b, a))
            if (x, y) in pairs
            for c in pairs[x, y]["claims"]
            if c["id"] == "target_error.direct"
        ]
        said.append(f"{a} and {b}: {'; '.join([*parts, *crossed])}")
    return said
