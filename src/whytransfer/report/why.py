"""Why, as the report says it: waterfall, parts of the target, reliability; read from the document, nothing computed but places."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from whytransfer.claims import figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of the waterfall.

    Parameters
    ----------
    label : str
    change : bool
        Whether it is a change of the error, and not an error.
    value, lower, upper : float or None
    start, end : float or None
        Where its bar begins and ends on the axis of errors; None where it has none.
    reason : str or None
        Why there is no value.
    """

    label: str
    change: bool
    value: float | None
    lower: float | None
    upper: float | None
    start: float | None
    end: float | None
    reason: str | None

    @property
    def spoken(self) -> str:
        """The step in words."""
        if self.value is None:
            return f"{self.label}: {self.reason or 'not known'}"
        shown, lower, upper = self.figures
        if self.lower is None or self.upper is None:
            return f"{self.label} {shown}"
        return f"{self.label} {shown} ({lower} to {upper})"

    @property
    def figures(self) -> tuple[str, str, str]:
        """Value, lower and upper limit as they are told, the limits rounded outwards; of a change with their signs."""
        if self.change:
            return signed(self.value), signed_least(self.lower), signed_most(self.upper)
        return figures.estimate(self.value), figures.at_least(self.lower), figures.at_most(self.upper)


A_PART = ", a part of what is expected to work on the whole"
"""Of a group that fails inside an area whose mean error is within the requirement."""


def signed(value: float | None) -> str:
    """A change of the error with its sign.

    >>> signed(0.05), signed(-0.25), signed(None)
    ('+0.050', '−0.250', '–')
    """
    return _with_sign(figures.estimate(value))


def signed_least(value: float | None) -> str:
    """A lower limit of a change, never shown higher than it is.

    >>> signed_least(0.0259), signed_least(-0.0041)
    ('+0.025', '−0.005')
    """
    return _with_sign(figures.at_least(value))


def signed_most(value: float | None) -> str:
    """An upper limit of a change, never shown lower than it is.

    >>> signed_most(0.0251), signed_most(-0.0049)
    ('+0.026', '−0.004')
    """
    return _with_sign(figures.at_most(value))


def _with_sign(shown: str) -> str:
    return shown if shown[0] in "−–" else f"+{shown}"


def steps(document: Mapping[str, Any]) -> list[Step]:
    """The waterfall; a change begins where the step before it ended."""
    found: list[Step] = []
    at: float | None = None
    for item in document["waterfall"]:
        change, value = item.get("kind") == "change", item["value"]
        start = at if change else 0.0
        end = None if value is None or start is None else start + value
        found.append(
            Step(
                label=str(item["label"]),
                change=change,
                value=value,
                lower=item["lower"],
                upper=item["upper"],
                start=None if end is None else start,
                end=end,
                reason=item.get("reason"),
            )
        )
        at = end if end is not None or not change else at
    return found if len(found) > 2 else []


def lines(document: Mapping[str, Any]) -> list[str]:
    """For the terminal: the waterfall, the sub-groups, the region, the columns that harm."""
    diagnosis = document["diagnosis"]
    found = [step.spoken for step in steps(document)]
    decomposition = diagnosis.get("decomposition") or {}
    if decomposition.get("reason") and not any(decomposition["reason"] in text for text in found):
        found.append(f"the change in error is not split: {decomposition['reason']}")
    found += [
        f"{'expected to fail' if group['fails'] else 'weaker'} where {group['rule']}{A_PART if group.get('within') and group['fails'] else ''}: estimated error "
        f"{figures.estimate(group['error'])} on {100 * group['share']:.0f} % of the target"
        for group in (diagnosis.get("regions") or {}).get("failing", [])
    ]
    found += region(diagnosis)
    return [*found, *harm_lines(diagnosis)]


def region(diagnosis: Mapping[str, Any]) -> list[str]:
    """The largest part on which the model is expected to work, with what labels say of it."""
    regions = diagnosis.get("regions") or {}
    if not regions.get("text"):
        return []
    works = regions.get("works") or {}
    certificate, condition = works.get("certificate"), works.get("condition")
    if certificate is None:
        return [regions["text"], *([condition["text"]] if condition else [])]
    answer = {
        "works": "labels certify that it works",
        "fails": "labels refute that it works",
    }.get(certificate["answer"], "labels leave open whether it works")
    # Documents of earlier versions know of one region only.
    judged = {**works, **certificate}
    if certificate["answer"] == "undecided" and judged["share"] >= 1.0:
        # Of all rows the claims say more, with all of the labels.
        return [regions["text"]]
    exact = (
        f"{answer} on {judged['rule']} ({100 * judged['share']:.0f} % of the target): {certificate['wrong']} of {certificate['rows']} labelled rows there "
        f"are wrong: at least {figures.at_least(certificate['lower'])}, at most {figures.at_most(certificate['upper'])}, each "
        f"{figures.sure(certificate['confidence'])} sure; {certificate['text']}"
    )
    return [regions["text"], exact]


def harm_lines(diagnosis: Mapping[str, Any]) -> list[str]:
    """Which moved columns harm, and which only drift."""
    told = [f for f in diagnosis["features"] if f.get("harm") is not None]
    harmful = {tuple(f.get("harm_group") or [f["name"]]): f for f in told if f.get("harmful")}
    found = [
        f"the shift of {', '.join(names)} raises the estimated error by {signed(f['harm'])} "
        f"({signed_least(f['harm_lower'])} to {signed_most(f['harm_upper'])})"
        for names, f in sorted(harmful.items(), key=lambda pair: -pair[1]["harm"])[:5]
    ]
    drifting = [f["name"] for f in told if not f.get("harmful") and (f.get("p_value") or 1.0) <= 0.01]
    if drifting:
        shown = ", ".join(drifting[:5]) + (f" and {len(drifting) - 5} more" if len(drifting) > 5 else "")
        found.append(f"moved, without visible harm to the estimated error: {shown}")
    return found
