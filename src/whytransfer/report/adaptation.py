"""An adaptation in words and cells: what was chosen, why, what it may cost, what every candidate scored. Nothing is computed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from whytransfer.claims import figures
from whytransfer.report import words

COLUMNS = ("candidate", "score", "moves", "shares", "circular", "back-test", "AUC", "floor")
"""The cells of `table`; `facts` says what they are."""

LEGEND = (
    "score by the rule that chose; share of target rows on which it contradicts the source model; distance of its predicted class shares from the "
    "source's; circular error; mean gain on pseudo-targets; AUC of the domains and the learner's error at home, as the learner sees the rows"
)


NUMERIC_COLUMNS = ("candidate", "gain", "at least", "at most")
NUMERIC_LEGEND = "gain: how much lower the mean absolute error is on labelled target rows than the source model's, in the unit of the label"

SOURCES_LEGEND = "gain: how much less it errs than one model of all sources' rows"


def choice(summary: Mapping[str, Any]) -> tuple[str, str, str]:
    """The answer in capitals, its style, and the sentence behind it."""
    made = summary["adaptation"]["choice"]
    if made["name"] == "source":
        answer, kept = (
            ("REFUSED", "no adaptation is chosen, the source model stays")
            if made["refused"]
            else ("KEPT", "the source model")
        )
        return answer, "bold yellow", f"{kept}. {words.capital(made['why'])}"
    title = next(c["title"] for c in summary["candidates"] if c["name"] == made["name"])
    return "ADAPTED", "bold green", f"{made['name']} ({title}). {words.capital(made['why'])}"


def facts(summary: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of a name and a sentence."""
    claims = {c["id"]: c for c in summary["adaptation"]["claims"]}
    ceiling, gain = claims.get("loss_ceiling"), claims.get("expected_gain")
    if gain is not None:
        shown = figures.estimate(gain["estimate"], gain["unit"])
        yield "expected gain", f"{shown}{_limits(gain)} ({gain['level']})"
    if ceiling is not None and ceiling["upper"] is not None:
        yield "at worst", _at_worst(ceiling)
    setting = summary["adaptation"]["setting"]
    if setting is not None:
        yield "what moved", words.SHIFT_KINDS.get(setting["shift"], "too few rows can be compared to say")
    for name, word in (
        ("divergence.domain_classifier", "AUC, domains"),
        ("adaptability.linear", "λ, linear"),
    ):
        said = _before_and_after(claims.get(name), claims.get(f"{name}.adapted"))
        if said:
            yield word, said
    if _numeric(summary):
        if ceiling is not None and ceiling["upper"] is None and ceiling["estimate"] is not None:
            differ = figures.estimate(ceiling["estimate"], ceiling["unit"])
            yield (
                "models differ",
                f"by {differ} on average, which the mean absolute error can't exceed on these rows",
            )
        yield "columns", NUMERIC_LEGEND if _unit(summary) == "label" else SOURCES_LEGEND
        return
    yield (
        "probabilities",
        "the learner's, as calibrated as it is on the source; that they are so on the target is an assumption",
    )
    if summary["candidates"]:
        yield "columns", LEGEND


def _at_worst(ceiling: Mapping[str, Any]) -> str:
    """How much the adaptation may cost; of a limit that was counted on rows how surely."""
    if ceiling["confidence"] is None:
        return "the error is the source model's, which is kept"
    limit = figures.at_most(ceiling["upper"], ceiling["unit"])
    sure = figures.sure(ceiling["confidence"])
    return f"the error is at most {limit} above the source model's ({sure} sure, {ceiling['level']})"


def table(summary: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """One row a candidate that could be fitted, the chosen one marked."""
    if _numeric(summary):
        unit = _unit(summary) or "error"
        return [_numeric_cells(c, unit) for c in summary["candidates"] if c["failed"] is None]
    return [_cells(c) for c in summary["candidates"] if c["evidence"] is not None]


def columns(summary: Mapping[str, Any]) -> tuple[str, ...]:
    """The headings of `table`."""
    return NUMERIC_COLUMNS if _numeric(summary) else COLUMNS


def _numeric(summary: Mapping[str, Any]) -> bool:
    """Whether candidates have gains and no other evidence."""
    return _unit(summary) is not None


def _unit(summary: Mapping[str, Any]) -> str | None:
    """The unit of the gains where there is no other evidence: of a quantity that of the label, of several sources the error; else None."""
    families = {c["family"] for c in summary["candidates"]}
    return "label" if "quantity" in families else "error" if "sources" in families else None


def _numeric_cells(candidate: Mapping[str, Any], unit: str) -> tuple[str, ...]:
    said = candidate["compared"] or {}
    values = (said.get("gain"), said.get("lower"), said.get("upper"))
    mark = " ←" if candidate["chosen"] else ""
    shown = (figures.estimate, figures.at_least, figures.at_most)
    cells = ("" if v is None else show(v, unit) for v, show in zip(values, shown, strict=True))
    return (f"{candidate['name']}{mark}", *cells)


def excluded(summary: Mapping[str, Any]) -> list[str]:
    """Who was never to be chosen, and why."""
    rivals = [c for c in summary["candidates"] if c["name"] != "source"]
    failed = [f"{c['name']} could not be fitted: {c['failed']}" for c in rivals if c["failed"]]
    return failed + [
        f"{c['name']}: {c['evidence']['collapse']}"
        for c in rivals
        if c["evidence"] and c["evidence"]["collapse"]
    ]


def _cells(candidate: Mapping[str, Any]) -> tuple[str, ...]:
    seen = candidate["evidence"]
    tested = seen["backtest"]
    values: Sequence[float | None] = (
        candidate["score"],
        seen["moved"],
        seen["share_distance"],
        seen["reverse"],
        None if tested is None else tested["mean"],
        seen["auc"],
        seen["floor"],
    )
    mark = " ←" if candidate["chosen"] else ""
    return (f"{candidate['name']}{mark}", *("" if v is None else figures.estimate(v) for v in values))


def _limits(claim: Mapping[str, Any]) -> str:
    parts = [
        f"{word} {shown(claim[side], claim['unit'])}"
        for word, side, shown in (
            ("at least", "lower", figures.at_least),
            ("at most", "upper", figures.at_most),
        )
        if claim[side] is not None
    ]
    return (
        f", {' and '.join(parts)} ({figures.sure(claim['confidence'])} sure each)"
        if parts and claim["confidence"]
        else ""
    )


def _before_and_after(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> str:
    if before is None or before["estimate"] is None:
        return ""
    first = figures.estimate(before["estimate"], before["unit"])
    if after is None or after["estimate"] is None:
        return first
    return f"{first} before, {figures.estimate(after['estimate'], after['unit'])} after"
