"""Static drawings: figures of the document turned into coordinates, nothing else.

Horizontal positions on the axis of errors are percentages, so that a drawing fills its column at any width while
strokes, marks and text keep their size. Every drawing has a title and a description for those who don't see it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from markupsafe import Markup

from whytransfer.claims import figures
from whytransfer.report import words
from whytransfer.report.claim_groups import Row

_TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)
_LINE = "1.2em"
"""Height at which a claim is drawn: that of the first line of the text beside it."""

MARKS = Markup(
    '<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>'
    '<circle id="proved" r="5"/><path id="conditional" d="M0-6.5 6.5 0 0 6.5-6.5 0z"/>'
    '<circle id="estimated" r="4.75"/><path id="witness" d="M0-6 6 5H-6z"/>'
    '<path id="cap" d="M0-6V6"/><path id="right" d="M-5-5 1 0-5 5"/><path id="left" d="M5-5-1 0 5 5"/>'
    "</defs></svg>"
)
"""The marks of the four levels and of limits, defined once a page: distinct by shape and by fill, not only by colour."""


def ladder_row(
    row: Row, *, guessing: float | None, requirement: float | None, label: str, axis: float = 1.0
) -> Markup:
    """One claim on the axis of errors, 0 to 1, or of losses, 0 to `axis`.

    A bar joins the limits that are known; where one is missing, dots run to the end of the axis. Without an
    estimate the mark of the level sits on the limit. What lies beyond the axis is an arrow at its end.
    """
    return _drawing(
        "row",
        label,
        row.spoken,
        [
            *_ground(guessing, None if requirement is None else requirement / axis),
            *_interval(_scaled(row, axis)),
            *_marks(_scaled(row, axis)),
        ],
        height="100%",
    )


def _scaled(row: Row, axis: float) -> Row:
    """The row with its figures as shares of the axis."""
    if axis == 1.0:
        return row
    estimate, lower, upper = (
        None if value is None else value / axis for value in (row.estimate, row.lower, row.upper)
    )
    return replace(row, estimate=estimate, lower=lower, upper=upper)


def ladder_head(guessing: float | None, *, requirement: float | None, axis: float = 1.0) -> Markup:
    """The axis over a ladder: where guessing begins, what is required, and the scale."""
    lines, y = [], 0
    if guessing is not None:
        y += 15
        lines.append(
            Markup(
                '<text class="shade-label" x="100%" y="{}" text-anchor="end">no better than guessing</text>'
            ).format(y)
        )
    if requirement is not None:
        y += 15
        anchor = "start" if requirement < 0.5 * axis else "end"
        lines.append(
            Markup('<text class="require-label" x="{}" y="{}" text-anchor="{}">required ≤ {}</text>').format(
                _percent(requirement / axis), y, anchor, figures.general(requirement)
            )
        )
    for tick in _TICKS:
        anchor = "start" if tick == 0 else "end" if tick == 1 else "middle"
        lines.append(
            Markup('<text class="tick" x="{}" y="{}" text-anchor="{}">{:g}</text>').format(
                _percent(tick), y + 14, anchor, tick * axis
            )
        )
    # The words stand in the row's header and in the legend as well; here they are part of the picture.
    return Markup(
        '<svg class="head" width="100%" height="{}" aria-hidden="true" focusable="false">{}</svg>'
    ).format(y + 19, Markup().join(lines))


def legend_mark(level: str) -> Markup:
    """The mark of a level with a piece of its bar."""
    return Markup(
        '<svg class="key" width="44" height="16" aria-hidden="true" focusable="false">{}{}</svg>'
    ).format(
        Markup('<line class="bar {}" x1="4" x2="40" y1="8" y2="8"/>').format(level)
        if level != "witness"
        else "",
        Markup('<use class="mark {}" href="#{}" x="22" y="8"/>').format(level, level),
    )


def paired_histogram(histogram: Mapping[str, Any], label: str) -> Markup:
    """The two samples of a numeric column over the same bins: the source filled, the target as an outline."""
    edges = histogram["edges"]
    densities = [_densities(histogram[domain], edges) for domain in ("source", "target")]
    top = max((value for density in densities for value in density), default=0.0) or 1.0
    span = (edges[-1] - edges[0]) or 1.0
    xs = [_short(240 * (edge - edges[0]) / span) for edge in edges]
    source, target = (_steps(xs, [60 * value / top for value in density]) for density in densities)
    body = [
        Markup('<path class="source" d="{}"/>').format(source),
        Markup('<path class="target" d="{}"/>').format(target),
    ]
    told = f"Rows by value from {figures.general(edges[0])} to {figures.general(edges[-1])}; source filled, target outlined."
    return _drawing("histogram", label, told, body, height="64", view="0 0 240 62")


def paired_bar(source: float, target: float, top: float, label: str) -> Markup:
    """The shares of one category: the source's bar filled, the target's outlined beneath it."""
    bars = [
        Markup('<rect class="{}" x="0" y="{}" width="{}" height="5"/>').format(
            domain, y, _percent(share / (top or 1.0))
        )
        for domain, y, share in (("source", 2, source), ("target", 9, target))
    ]
    told = f"source {figures.number(source, places=2)}, target {figures.number(target, places=2)} of the rows"
    return _drawing("category", label, told, bars, height="17")


def shift_bar(value: float, label: str) -> Markup:
    """How far a column moved, on 0 to 1."""
    body = [Markup('<line class="shift" x1="0" x2="{}" y1="2" y2="2"/>').format(_percent(value))]
    return _drawing("meter", label, figures.number(value), body, height="4")


def frontier(points: Sequence[Sequence[float]], label: str) -> Markup:
    """The pairs (σ, τ) up to which the answer holds, as the staircase that is safe between the points."""
    ordered = sorted((float(sigma), float(tau)) for sigma, tau in points if tau >= 0)
    widest = max((sigma for sigma, _ in ordered), default=0.0) or 1.0
    highest = max((tau for _, tau in ordered), default=0.0) or 1.0
    xs = [_short(44 + 240 * max(sigma, 0.0) / widest) for sigma, _ in ordered]
    ys = [_short(130 - 108 * tau / highest) for _, tau in ordered]
    # Between two points only the next, lower τ is known to do; left of the first σ the data speak against it.
    steps = "".join(f"V{y}H{x}" for x, y in zip(xs[1:], ys[1:], strict=True))
    pairs = "; ".join(f"σ {figures.at_least(s)}, τ {figures.at_least(t)}" for s, t in ordered[:12])
    body = [
        Markup('<path class="area" d="M{} 130{}V130z"/>').format(xs[0], steps) if steps else Markup(),
        Markup('<path class="axis" d="M44 12V130H292"/>'),
        *(Markup('<circle r="3" cx="{}" cy="{}"/>').format(x, y) for x, y in zip(xs, ys, strict=True)),
        _text(38, 26, "end", figures.at_least(highest)),
        _text(38, 132, "end", "0"),
        _text(44, 146, "middle", "0"),
        _text(300, 146, "end", figures.at_least(widest)),
        _text(160, 146, "middle", "σ, error here"),
        _text(52, 14, "start", "τ, error there"),
    ]
    told = f"Holds up to {pairs}" if pairs else "Holds nowhere"
    return _drawing("frontier", label, told, body, height="152", view="0 0 300 152", width="300")


def fall(start: float, end: float, told: str, *, change: bool, axis: float = 1.0) -> Markup:
    """A step of a waterfall on the axis of errors: a bar from where the step before ended to where this one ends."""
    low, high = (min(max(value / axis, 0.0), 1.0) for value in sorted((start, end)))
    name = "change" if change else "whole"
    body = [
        Markup('<rect class="fall {}" x="{}" y="3" width="{}" height="10"/>').format(
            name, _percent(low), _percent(max(high - low, 0.002))
        )
    ]
    return _drawing("meter", "Step of the waterfall", told, body, height="16")


def reliability(confidence: Sequence[float], right: Sequence[float], label: str) -> Markup:
    """The share of right answers against confidence, beside the diagonal on which both agree."""
    xs = [_short(30 + 140 * min(max(value, 0.0), 1.0)) for value in confidence]
    ys = [_short(160 - 140 * min(max(value, 0.0), 1.0)) for value in right]
    path = "M" + "L".join(f"{x} {y}" for x, y in zip(xs, ys, strict=False))
    pairs = ", ".join(
        f"{figures.number(c, places=2)}: {figures.number(r, places=2)}"
        for c, r in zip(confidence, right, strict=False)
    )
    body = [
        Markup('<path class="axis" d="M30 20V160H170"/><path class="grid" d="M30 160L170 20"/>'),
        Markup('<path class="line" d="{}"/>').format(path),
        *(Markup('<circle r="3" cx="{}" cy="{}"/>').format(x, y) for x, y in zip(xs, ys, strict=False)),
        _text(26, 26, "end", "1"),
        _text(26, 164, "end", "0"),
        _text(170, 176, "end", "confidence 1"),
        _text(34, 16, "start", "share right"),
    ]
    told = f"Confidence and share right: {pairs}"
    return _drawing("frontier reliability", label, told, body, height="182", view="0 0 200 182", width="200")


def budget(points: Sequence[Mapping[str, Any]], requirement: float | None, label: str) -> Markup:
    """Limits of the error against the number of labels: they close in, and the question is settled where the requirement leaves them."""
    most = points[-1]["labels"]
    xs = [_short(34 + 250 * point["labels"] / most) for point in points]
    low, high = ([_short(130 - 116 * point[side]) for point in points] for side in ("lower", "upper"))
    there = "L".join(f"{x} {y}" for x, y in zip(xs, high, strict=True))
    back = "L".join(f"{x} {y}" for x, y in zip(reversed(xs), reversed(low), strict=True))
    line = Markup()
    if requirement is not None:
        y = _short(130 - 116 * requirement)
        line = Markup('<path class="require" d="M34 {}H284"/>').format(y)
    body = [
        Markup('<path class="area" d="M{}L{}z"/>').format(there, back),
        Markup('<path class="axis" d="M34 14V130H284"/>'),
        line,
        _text(30, 20, "end", "1"),
        _text(30, 132, "end", "0"),
        _text(34, 146, "middle", "0"),
        _text(284, 146, "end", figures.count(most)),
        _text(159, 146, "middle", "labels"),
        _text(40, 12, "start", "error"),
    ]
    some = points[:: max(1, len(points) // 8)]
    told = "; ".join(
        f"{figures.count(p['labels'])} labels: {figures.at_least(p['lower'])} to {figures.at_most(p['upper'])}"
        for p in some
    )
    return _drawing("frontier budget", label, told, body, height="152", view="0 0 300 152", width="300")


def _drawing(
    name: str,
    label: str,
    told: str,
    body: Sequence[Markup],
    *,
    height: str,
    view: str = "",
    width: str = "100%",
) -> Markup:
    box = Markup(' viewBox="{}" preserveAspectRatio="none"').format(view) if view else Markup()
    return Markup(
        '<svg class="{}" role="img" width="{}" height="{}"{} focusable="false"><title>{}</title><desc>{}</desc>{}</svg>'
    ).format(name, width, height, box, words.clean(label), words.clean(told), Markup().join(body))


def _ground(guessing: float | None, requirement: float | None) -> Iterator[Markup]:
    if guessing is not None:
        yield Markup('<rect class="shade" x="{}" y="0" width="{}" height="100%"/>').format(
            _percent(guessing), _percent(1.0 - guessing)
        )
    for tick in _TICKS:
        yield _line("grid", tick, tick, vertical=True)
    if requirement is not None:
        yield _line("require", requirement, requirement, vertical=True)


def _interval(row: Row) -> Iterator[Markup]:
    low, high = row.lower, row.upper
    if low is None and high is None:
        return
    known_low = row.estimate if low is None else low
    known_high = row.estimate if high is None else high
    if known_low is not None and known_high is not None:
        yield _line(f"bar {row.level}", known_low, known_high)
    if low is None:
        yield _line("open", 0.0, high if known_low is None else known_low)
    if high is None:
        yield _line("open", low if known_high is None else known_high, 1.0)
    for limit in (low, high):
        # Without an estimate the mark itself stands on the limit.
        if limit is not None and row.estimate is not None and 0.0 <= limit <= 1.0:
            yield _use("cap", limit, f"bar {row.level}")


def _marks(row: Row) -> Iterator[Markup]:
    values = (
        [row.estimate] if row.estimate is not None else [v for v in (row.lower, row.upper) if v is not None]
    )
    for value in values:
        if 0.0 <= value <= 1.0:
            yield _use(row.level, value, f"mark {row.level}")
    shown = [value for value in (row.estimate, row.lower, row.upper) if value is not None]
    if max(shown, default=0.0) > 1.0:
        yield _use("right", 1.0, f"arrow {row.level}")
    if min(shown, default=0.0) < 0.0:
        yield _use("left", 0.0, f"arrow {row.level}")


def _line(name: str, start: float | None, end: float | None, *, vertical: bool = False) -> Markup:
    y1, y2 = ("0", "100%") if vertical else (_LINE, _LINE)
    return Markup('<line class="{}" x1="{}" x2="{}" y1="{}" y2="{}"/>').format(
        name, _percent(start or 0.0), _percent(end or 0.0), y1, y2
    )


def _use(mark: str, value: float, name: str) -> Markup:
    return Markup('<use class="{}" href="#{}" x="{}" y="{}"/>').format(name, mark, _percent(value), _LINE)


def _text(x: float, y: float, anchor: str, text: str) -> Markup:
    return Markup('<text x="{}" y="{}" text-anchor="{}">{}</text>').format(x, y, anchor, text)


def _densities(counts: Sequence[float], edges: Sequence[float]) -> list[float]:
    """Share a unit of width, so that area and not height is what a bin of another width shows."""
    total = sum(counts) or 1.0
    whole = (edges[-1] - edges[0]) or 1.0
    widths = [(right - left) / whole for left, right in itertools.pairwise(edges)]
    return [count / total / width if width > 0 else 0.0 for count, width in zip(counts, widths, strict=False)]


def _steps(xs: Sequence[str], heights: Sequence[float]) -> str:
    path = f"M{xs[0]} 61"
    for left, right, height in zip(xs, xs[1:], heights, strict=False):
        path += f"L{left} {_short(61 - height)}H{right}"
    return f"{path}V61"


def _percent(value: float) -> str:
    return f"{_short(100.0 * min(max(value, 0.0), 1.0))}%"


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
