"""Why two audits answer differently: by trial where that can be tried, else what lies behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from whytransfer.claims import Claim, Status, figures
from whytransfer.steps.document import restored
from whytransfer.verdict import FEWEST_TARGET_ROWS, SPOKEN, Basis, Requirement, Ruling, decide
from whytransfer.wording import how_many

ABOUT_THE_REQUIREMENT = ("tolerance", "max_drop")
MOST_FEATURES = 10
"""Columns that are told by name; the document has all."""


def causes(old: Mapping[str, Any], new: Mapping[str, Any], told: Mapping[str, Any]) -> list[str]:
    """The causes, as far as trial finds them; then what lies behind them."""
    found = []
    if told["requirement"] and (said := _other_requirement(old, new)):
        found.append(said)
    if told["verdict"]["changed"]:
        found += _speaking_beside(old, new)
    found += [_assumed(a) for a in told["assumptions"] if "rejected" in a["status"]]
    found += [_harm(f) for f in told["features"]["moved"] if f["harmful"][0] != f["harmful"][1]][
        :MOST_FEATURES
    ]
    found += _behind(told)
    count = len(told["claims"]["moved"])
    if not found and count:
        return [f"the answer and its basis are the same; {how_many(count, 'claims')} moved"]
    return found or ["nothing that the audits tell differs"]


def _other_requirement(old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    """What the new claims would say to the old requirement."""
    before, asked = restored(old)[0].requirement, restored(new)[0].requirement
    ruled = None if before is None else _ruled(new, before)
    if before is None or asked is None or ruled is None:
        return None
    changed = f"the requirement was {before.shown} ({before.kind}) and is {asked.shown} ({asked.kind})"
    if ruled.answer == new["verdict"]["answer"]:
        return f"{changed}; by the old one the new answer would still be {ruled.answer.value.upper()}"
    return f"{changed}; by the old one the new answer would be {ruled.answer.value.upper()}"


def _ruled(document: Mapping[str, Any], requirement: Requirement) -> Ruling | None:
    """What the claims of a document say to a requirement; None where its own verdict does not follow from what it tells."""
    verdict, claims = restored(document)
    if verdict.requirement is None:
        return None
    own = _decided(document, claims, verdict.requirement)
    return _decided(document, claims, requirement) if own.answer is verdict.answer else None


def _decided(document: Mapping[str, Any], claims: Sequence[Claim], requirement: Requirement) -> Ruling:
    panel = next((c for c in claims if c.id == "target_error.panel"), None)
    about = document["problem"]
    far = panel is not None and (
        panel.detail.get("distance", 0.0) > panel.detail.get("typical_distance", 0.0)
        # Of a quantity the panel has no distance: what it stands on was rejected.
        or (about["task"] == "regression" and any(a.status is Status.REJECTED for a in panel.assumptions))
    )
    one_class = about["task"] == "classification" and len(about["classes"]) < 2
    few = about["target"]["rows"] < FEWEST_TARGET_ROWS or one_class
    required = document["provenance"]["options"].get("require")
    return decide(
        claims,
        requirement,
        required=Basis(required) if required in list(Basis) else Basis.ESTIMATED,
        blocked="too little" if few else None,
        estimate_blocked="unlike all reference transfers" if far else None,
        no_overlap=bool((document["diagnosis"].get("overlap") or {}).get("no_overlap")),
    )


def _speaking(document: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The claim that the reason of the verdict names, by its id or in words."""
    reason, required = document["verdict"]["reason"], document["verdict"]["requirement"] or {}
    quantity = required.get("quantity") or "target_error"
    named = [c for c in document["claims"] if c["id"] in reason]
    named = named or [
        c
        for c in document["claims"]
        if c["quantity"] == quantity and SPOKEN.get(c["id"].rpartition(".")[2], reason + ".") in reason
    ]
    return max(named, key=lambda c: len(c["id"]), default=None)


def _speaking_beside(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """The claims that decided, each beside what it is in the other audit; one that decided both is told once."""
    after, before = _speaking(new), _speaking(old)
    found = [] if after is None else [_beside(after, "new", old, "old")]
    if before is not None and (after is None or before["id"] != after["id"]):
        found.append(_beside(before, "old", new, "new"))
    return found


def _beside(claim: Mapping[str, Any], here: str, other: Mapping[str, Any], there: str) -> str:
    elsewhere = next((c for c in other["claims"] if c["id"] == claim["id"]), None)
    said = f"the {here} answer stands on {claim['id']} ({_limits(claim)})"
    if elsewhere is None:
        return f"{said}, which the {there} audit does not have"
    if _limits(elsewhere) == _limits(claim):
        return f"{said}, as in the {there} audit"
    return f"{said}; in the {there} audit it is {_limits(elsewhere)}"


def _limits(claim: Mapping[str, Any]) -> str:
    low, high = (
        figures.at_least(claim["lower"], claim["unit"]),
        figures.at_most(claim["upper"], claim["unit"]),
    )
    return f"{low} to {high}, {claim['level']}"


def _assumed(entry: Mapping[str, Any]) -> str:
    was, is_ = (status or "not needed" for status in entry["status"])
    return f"{entry['id']} was {was} and is {is_}"


def _harm(feature: Mapping[str, Any]) -> str:
    verb = "harms now" if feature["harmful"][1] else "harms no longer"
    return f"the shift of {feature['name']} {verb}"


def _given(value: Any) -> str:
    """An option's value; one that was left out, or that is about another kind of audit, has none."""
    return "none" if value is None or value == {} else repr(value)


def _behind(told: Mapping[str, Any]) -> list[str]:
    """What went in: data, columns, options, versions."""
    found = []
    for domain, data in told["data"].items():
        rows, labelled = data["rows"], data["labelled"]
        if data["digest"][0] != data["digest"][1]:
            found.append(
                f"the {domain}'s rows are others: {rows[0]:,} and {rows[1]:,}, {labelled[0]:,} and {labelled[1]:,} labelled"
            )
    if "classes" in told["problem"] or "features" in told["problem"]:
        found.append("the columns or the classes are others")
    found += [
        f"option {name}: {_given(was)} and {_given(is_)}"
        for name, (was, is_) in told["options"].items()
        if name not in ABOUT_THE_REQUIREMENT or not told["requirement"]
    ]
    was, is_ = (told["verdict"][side]["subject"] for side in ("old", "new"))
    if was and is_ and was != is_:
        found.append(f"the model is another: {was}, and {is_}")
    if told["versions"]:
        found.append("versions: " + ", ".join(f"{n} {a} and {b}" for n, (a, b) in told["versions"].items()))
    return found
