"""The report in a terminal: the answer first, nothing cut off, plain text when piped."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from whytransfer.claims import figures
from whytransfer.report import adaptation, encoders, sources, why, words
from whytransfer.report.claim_groups import Entry, Group, Row, by_shift, groups, headline
from whytransfer.report.console import PIPED_WIDTH
from whytransfer.report.several import figures_of, many, parts

_STYLES = {
    "works": "bold green",
    "fails": "bold red",
    "undecided": "bold yellow",
    "not_comparable": "bold magenta",
}
_WIDEST = 120
_FEATURES_SHOWN = 8


def render(document: Mapping[str, Any], console: Console) -> None:
    """Print the report.

    Parameters
    ----------
    document : mapping
        An ``audit/1`` or ``audits/1`` document.
    console : rich.console.Console
        Where to. Not a terminal: 100 columns, no colour, no trailing blanks. `NO_COLOR` is honoured by rich.
    """
    for part in _several(document) if many(document) else _parts(document):
        print_part(console, part)


def render_brief(document: Mapping[str, Any], console: Console) -> None:
    """Print the verdict line only: the answer, its basis, the reason."""
    verdict = document["verdict"]
    print_part(console, _verdict_line({"basis": None, **verdict}))


def render_adaptation(summary: Mapping[str, Any], console: Console, *, brief: bool = False) -> None:
    """Print what an adaptation came to.

    Parameters
    ----------
    summary : mapping
        Its ``adaptation``, ``candidates`` and ``warnings``, as in an ``audit/1`` document.
    console : rich.console.Console
        Where to.
    brief : bool
        The choice only.
    """
    print_part(console, _choice_line(summary))
    if brief:
        return
    for part in (Text(), *_adaptation(summary), *section("Warnings", summary["warnings"], "! ")):
        print_part(console, part)


def _choice_line(summary: Mapping[str, Any]) -> Text:
    answer, style, rest = adaptation.choice(summary)
    return Text(answer, style=style).append(f": {words.clean(rest)}", style="default not bold")


def _adaptation(summary: Mapping[str, Any]) -> Iterator[RenderableType]:
    yield _pairs(adaptation.facts(summary))
    rows = adaptation.table(summary)
    if rows:
        yield heading("Candidates")
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(overflow="fold")
        names = adaptation.columns(summary)
        for _ in names[1:]:
            table.add_column(justify="right", no_wrap=True)
        table.add_row(*(Text(name, style="dim") for name in names))
        for row in rows:
            table.add_row(*(Text(words.clean(cell)) for cell in row))
        yield Padding(table, (0, 0, 0, 2))
    yield from section("Never chosen", adaptation.excluded(summary))


def print_part(console: Console, part: RenderableType) -> None:
    """Print one part at the width of every report."""
    # `print(width=...)` never goes beyond the console's own width, which is a guess where there is no terminal.
    width = min(console.width, _WIDEST) if console.is_terminal else PIPED_WIDTH
    console.print(_Trimmed(part, width), end="", crop=False, highlight=False, markup=False, emoji=False)


class _Trimmed:
    """A renderable of a given width whose lines end where their text ends."""

    def __init__(self, part: RenderableType, width: int) -> None:
        self._part = part
        self._width = width

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for line in console.render_lines(self._part, options.update(width=self._width), pad=False):
            while line and not line[-1].text.strip():
                line.pop()
            if line:
                line[-1] = Segment(line[-1].text.rstrip(), line[-1].style)
            yield from line
            yield Segment.line()


def _parts(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    diagnosis = document["diagnosis"]
    yield _verdict_line(document["verdict"])
    yield Text()
    yield _pairs(_facts(document))
    yield from _claims(document)
    if document.get("adaptation"):
        yield heading("Adaptation")
        yield Padding(_choice_line(document), (0, 0, 0, 2))
        yield from _adaptation(document)
    yield from section("Encoders", encoders.lines(document))
    if document.get("sources"):
        yield from _sources(document["sources"])
    yield from section("Break-even", words.told_once(b["text"] for b in document["break_even"]))
    yield from section("How the domains differ", _difference(diagnosis))
    yield from section("Why", why.lines(document))
    yield from _features(by_shift(diagnosis["features"]))
    yield from section("Next", [step["text"] for step in document["next_steps"]], "→ ")
    yield from section("Warnings", document["warnings"], "! ")


def _sources(told: Mapping[str, Any]) -> Iterator[RenderableType]:
    yield heading("Sources")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    for _ in sources.COLUMNS[1:]:
        table.add_column(justify="right", no_wrap=True)
    table.add_row(*(Text(name, style="dim") for name in sources.COLUMNS))
    for row in sources.table(told):
        table.add_row(*(Text(words.clean(cell, longest=200)) for cell in row))
    yield Padding(table, (0, 0, 0, 2))
    yield from section("Between sources", sources.lines(told))
    yield from section("Shared among sources", [told["sharing"]])


def _several(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    yield _verdict_line({"basis": None, **document["verdict"]})
    yield Text()
    names = ("", "answer", "error", "at least", "at most", "evidence", "rows")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    table.add_column(no_wrap=True)
    for name in names[2:]:
        table.add_column(no_wrap=True, justify="left" if name == "evidence" else "right")
    table.add_row(*(Text(name, style="dim") for name in names))
    for part in parts(document):
        answer = Text(part.answer, style=_STYLES[part.document["verdict"]["answer"]])
        table.add_row(
            Text(words.clean(part.name, longest=200)), answer, *(Text(cell) for cell in figures_of(part))
        )
    yield Padding(table, (0, 0, 0, 2))
    yield Text()
    yield _pairs([("shared", document["sharing"]), ("exit code", str(document["verdict"]["exit_code"]))])
    reasons = [f"{part.name}: {part.document['verdict']['reason']}" for part in parts(document)]
    yield from section("Why", reasons)
    yield from section("Warnings of all", document["warnings"], "! ")


def _verdict_line(verdict: Mapping[str, Any]) -> Text:
    line = Text(words.ANSWERS[verdict["answer"]], style=_STYLES[verdict["answer"]])
    if verdict["basis"] is not None:
        line.append(f" ({verdict['basis']})", style="default not bold")
    line.append(f": {words.clean(verdict['reason'])}", style="default not bold")
    return line


def _facts(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    verdict = document["verdict"]
    requirement, main = verdict["requirement"], headline(document)
    if requirement is not None:
        yield "required", requirement["text"]
    if main is not None:
        names = {"drop": "rise of error", "metric": "there"}
        yield names.get(main.key, "error there"), main.row.spoken
    if verdict["subject"]:
        yield "about", verdict["subject"]
    labels = words.labels_needed(document)
    if labels is not None:
        yield "labels", labels
    yield "rows", words.row_counts(document["problem"])
    yield "exit code", str(verdict["exit_code"])


def _pairs(pairs: Iterable[tuple[str, str]]) -> RenderableType:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, text in pairs:
        table.add_row(Text(name), Text(words.clean(text)))
    return Padding(table, (0, 0, 0, 2))


def _claims(document: Mapping[str, Any]) -> Iterator[RenderableType]:
    shown = groups(document)
    letters, width = _letters(shown), _widest(shown)
    if any(group.rows for group in shown):
        yield heading("What can be said, and how surely")
        yield _table([], letters, width, header=True)
    for group in shown:
        if group.rows:
            yield Padding(Text(group.heading, style="bold"), (0, 0, 0, 2))
            yield _table(group.rows, letters, width)
    if any(group.rows for group in shown):
        yield Text()
        yield _pairs(_legend(shown, letters))
    silent = [f"{group.heading}, {row.title}: {row.silence}" for group in shown for row in group.silent]
    yield from section("Without a figure", silent)


def _letters(shown: Iterable[Group]) -> dict[Entry, str]:
    """A short mark for every assumption behind a figure: a, b, … z, then a1, b1, …."""
    entries = dict.fromkeys(entry for group in shown for row in group.rows for entry in row.assumptions)
    return {entry: chr(97 + i % 26) + (str(i // 26) if i >= 26 else "") for i, entry in enumerate(entries)}


def _widest(shown: Iterable[Group]) -> int:
    """Characters of the longest figure, so that none is cut off."""
    figures_shown = (figure for group in shown for row in group.rows for figure in _figures(row))
    return max((len("estimate"), *map(len, figures_shown)))


def _figures(row: Row) -> tuple[str, str, str]:
    return (
        figures.estimate(row.estimate, row.unit),
        figures.at_least(row.lower, row.unit),
        figures.at_most(row.upper, row.unit),
    )


def _table(
    rows: Sequence[Row], letters: Mapping[Entry, str], widest: int, *, header: bool = False
) -> RenderableType:
    """Rows of figures; every table of the page has the same columns, so that they stand under one header."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    table.add_column(ratio=1, overflow="fold")
    for width in (widest, widest, widest, 6):
        table.add_column(justify="right", no_wrap=True, width=width)
    table.add_column(no_wrap=True, width=11)
    table.add_column(overflow="fold", width=5)
    if header:
        names = ("", "estimate", "at least", "at most", "sure", "evidence", "if")
        table.add_row(*(Text(name, style="dim") for name in names))
    for row in rows:
        table.add_row(*_cells(row, letters))
    return Padding(table, (0, 0, 0, 2))


def _cells(row: Row, letters: Mapping[Entry, str]) -> Iterator[RenderableType]:
    what = Text(words.clean(row.title))
    if row.flags:
        what.append(f" ({', '.join(row.flags)})", style="dim")
    yield Padding(what, (0, 0, 0, 2))
    yield from map(Text, _figures(row))
    yield Text(figures.sure(row.confidence))
    yield Text(row.level)
    yield Text(" ".join(sorted(letters[entry] for entry in row.assumptions)))


def _legend(shown: Sequence[Group], letters: Mapping[Entry, str]) -> Iterator[tuple[str, str]]:
    used = {row.level for group in shown for row in group.rows}
    yield from ((level, sentence) for level, sentence in words.LEVEL_SENTENCES.items() if level in used)
    flagged = {flag for group in shown for row in group.rows for flag in row.flags}
    yield from ((flag, words.FLAGS[flag].partition(": ")[2]) for flag in words.FLAGS if flag in flagged)
    for entry, letter in letters.items():
        test = f": {entry.test}" if entry.test else ""
        yield f"if {letter}", f"{entry.text} ({words.STATUSES[entry.status]}{test})"


def _difference(diagnosis: Mapping[str, Any]) -> list[str]:
    shift, overlap = diagnosis["shift"] or {}, diagnosis["overlap"] or {}
    lines = [shift["text"]] if shift.get("text") else []
    if overlap.get("auc") is not None:
        lines.append(words.overlap_sentence(overlap, overlap.get("p_value") or shift.get("p_value")))
    elif overlap.get("reason"):
        lines.append(overlap["reason"])
    return lines


def _features(features: Sequence[Mapping[str, Any]]) -> Iterator[RenderableType]:
    if not features:
        return
    yield heading("Columns that moved most")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(overflow="fold")
    for _ in ("shift", "p"):
        table.add_column(justify="right", no_wrap=True)
    table.add_row(*(Text(name, style="dim") for name in ("column", "shift", "p")))
    for feature in features[:_FEATURES_SHOWN]:
        name = Text(words.clean(feature["name"], longest=200))
        table.add_row(name, figures.estimate(feature["shift"]), figures.p_value(feature.get("p_value")))
    yield Padding(table, (0, 0, 0, 2))
    left = len(features) - _FEATURES_SHOWN
    if left > 0:
        yield Padding(Text(f"and {left:,} more in the HTML report and the JSON", style="dim"), (0, 0, 0, 2))


def section(title: str, lines: Sequence[str], marker: str = "· ") -> Iterator[RenderableType]:
    """A heading with a line for each text of the document; nothing where there is none."""
    if not lines:
        return
    yield heading(title)
    table = Table.grid(padding=0)
    table.add_column(no_wrap=True, style="dim")
    table.add_column(overflow="fold")
    for line in lines:
        table.add_row(marker, Text(words.clean(line)))
    yield Padding(table, (0, 0, 0, 2))


def heading(text: str) -> Text:
    """A heading, set off by an empty line."""
    return Text(f"\n{text}", style="bold")
