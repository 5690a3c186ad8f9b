"""Encoders that were tried, in words; read from the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from whytransfer.claims import figures


def lines(document: Mapping[str, Any]) -> list[str]:
    """A line for each encoder that was tried: what the panel expects, LogME and H-score where there are labels."""
    return [_line(one) for one in document["diagnosis"].get("encoders") or ()]


def _line(one: Mapping[str, Any]) -> str:
    panel = one["panel"]
    expected = (
        "no estimate"
        if panel["estimate"] is None
        else f"estimated target error {figures.estimate(panel['estimate'])}, at least {figures.at_least(panel['lower'])}, "
        f"at most {figures.at_most(panel['upper'])}"
    )
    scores = [
        f"{domain} LogME {figures.number(found['logme'])}, H-score {figures.number(found['h_score'], places=2)}"
        for domain in ("source", "target")
        if (found := one[domain]) is not None
    ]
    about = " (this audit)" if one["chosen"] else ""
    return "; ".join([f"{one['name']}{about}: {expected}", *scores])
