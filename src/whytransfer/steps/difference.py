"""Two documents beside each other: every pair is ``[old, new]``, and what did not change is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

from whytransfer.steps.causes import causes

SCHEMA = "whytransfer/diff/1"
SEVERAL = "whytransfer/diffs/1"
FIGURES = ("estimate", "lower", "upper")
TOLD_OF_FEATURES = ("shift", "harm", "harm_lower", "harm_upper", "harmful")


def compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The ``diff/1`` document of two ``audit/1`` documents."""
    told: dict[str, Any] = {
        "schema": SCHEMA,
        "version": version("whytransfer"),
        "verdict": _verdicts(old["verdict"], new["verdict"]),
        "requirement": _pair(old["verdict"]["requirement"], new["verdict"]["requirement"]),
        "claims": _claims(old["claims"], new["claims"]),
        "assumptions": _assumptions(old["claims"], new["claims"]),
        "features": _features(old["diagnosis"]["features"], new["diagnosis"]["features"]),
        "shift": _pair(*(d["diagnosis"].get("shift", {}).get("kind") for d in (old, new))),
        "problem": _changed(old["problem"], new["problem"]),
        "data": _data(old, new),
        "versions": _changed(
            *({**d["provenance"]["versions"], "python": d["provenance"].get("python")} for d in (old, new))
        ),
        "options": _changed(
            *({**d["provenance"]["options"], "seed": d["seed"], "delta": d["delta"]} for d in (old, new))
        ),
        "warnings": {
            "new": [w for w in new["warnings"] if w not in old["warnings"]],
            "gone": [w for w in old["warnings"] if w not in new["warnings"]],
        },
    }
    return {**told, "why": causes(old, new, told)}


def several_compared(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """The ``diffs/1`` document of two ``audits/1`` documents: what differs in each target or sub-group of one name."""
    before, after = ({one["name"]: one["audit"] for one in document["audits"]} for document in (old, new))
    parts = [{"name": name, "diff": compared(before[name], after[name])} for name in after if name in before]
    verdicts = [
        {"basis": None, "subject": None, "labels_needed": None, **document["verdict"]}
        for document in (old, new)
    ]
    return {
        "schema": SEVERAL,
        "version": version("whytransfer"),
        "verdict": _verdicts(*verdicts),
        "why": [
            f"{part['name']}: {why}"
            for part in parts
            if part["diff"]["verdict"]["changed"]
            for why in part["diff"]["why"]
        ]
        or ["every target or sub-group that both have answers as before"],
        "sharing": _pair(old["sharing"], new["sharing"]),
        "appeared": [name for name in after if name not in before],
        "gone": [name for name in before if name not in after],
        "parts": parts,
    }


def _verdicts(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    kept = ("answer", "basis", "reason", "subject", "labels_needed", "exit_code")
    same = all(old[name] == new[name] for name in ("answer", "basis"))
    return {
        "changed": not same,
        "old": {name: old[name] for name in kept},
        "new": {name: new[name] for name in kept},
    }


def _pair(old: Any, new: Any) -> list[Any] | None:
    return None if old == new else [old, new]


def _changed(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """By name, what differs; a name that one of them lacks has None there."""
    names = dict.fromkeys((*old, *new))
    return {name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)}


def _claims(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    before, after = ({claim["id"]: claim for claim in claims} for claims in (old, new))
    told = (*FIGURES, "confidence", "level")
    moved = [
        _moved(id_, before[id_], after[id_])
        for id_ in after
        if id_ in before and any(before[id_][name] != after[id_][name] for name in told)
    ]
    return {
        "moved": moved,
        "appeared": [id_ for id_ in after if id_ not in before],
        "gone": [id_ for id_ in before if id_ not in after],
    }


def _moved(id_: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    told = (*FIGURES, "confidence", "level")
    return {
        "id": id_,
        "unit": new["unit"],
        "old": {name: old[name] for name in told},
        "new": {name: new[name] for name in told},
        "change": {
            name: None if old[name] is None or new[name] is None else new[name] - old[name]
            for name in FIGURES
        },
        "apart": _above(new, old) or _above(old, new),
    }


def _above(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether the lower limit of one exceeds the upper limit of the other."""
    return one["lower"] is not None and other["upper"] is not None and one["lower"] > other["upper"]


def _assumptions(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Assumptions of a claim that both audits make, known in another way now, or listed by one of them only."""
    before, after = (
        {c["id"]: {a["id"]: a for a in c["assumptions"]} for c in claims} for claims in (old, new)
    )
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for id_ in (i for i in after if i in before):
        for name in dict.fromkeys((*before[id_], *after[id_])):
            was, is_ = before[id_].get(name), after[id_].get(name)
            states = [None if a is None else a["status"] for a in (was, is_)]
            if states[0] == states[1]:
                continue
            said = is_ or was or {}
            key = (name, *states)
            entry = found.setdefault(
                key, {"id": name, "text": said["text"], "status": states, "test": said["test"], "claims": []}
            )
            entry["claims"].append(id_)
    return list(found.values())


def _features(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    before, after = ({f["name"]: f for f in features} for features in (old, new))
    moved = []
    for name in (n for n in after if n in before):
        figures = {key: [before[name].get(key), after[name].get(key)] for key in TOLD_OF_FEATURES}
        if any(was != is_ for was, is_ in figures.values()):
            moved.append({"name": name, **figures})
    # Those that began or ceased to harm come first, then by how much the harm changed.
    moved.sort(key=lambda f: (f["harmful"][0] == f["harmful"][1], -_size(f["harm"]), -_size(f["shift"])))
    return {
        "moved": moved,
        "appeared": [n for n in after if n not in before],
        "gone": [n for n in before if n not in after],
    }


def _size(pair: Sequence[float | None]) -> float:
    was, is_ = pair
    return 0.0 if was is None or is_ is None else abs(is_ - was)


def _data(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    return {
        domain: {
            "same": _digest(old, domain) == _digest(new, domain) and _digest(new, domain) is not None,
            "rows": [d["problem"][domain]["rows"] for d in (old, new)],
            "labelled": [d["problem"][domain]["labelled"] for d in (old, new)],
            "digest": [_digest(d, domain) for d in (old, new)],
        }
        for domain in ("source", "target")
    }


def _digest(document: Mapping[str, Any], domain: str) -> str | None:
    found: str | None = document["provenance"]["digests"].get(domain)
    return found
