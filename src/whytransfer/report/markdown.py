"""The audit as a comment on a pull request: GitHub's Markdown, in which text of the user stays text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from whytransfer.report import why, words
from whytransfer.report.claim_groups import Row, headline, ledger
from whytransfer.report.several import Part, figures_of, many, parts

LISTED = 12
"""Items of a list that are shown; a comment has 65,536 characters at most, the JSON has all."""

SHOWN_WHOLE = 20
"""Audits of one document that are told at length; beyond, the table alone fits into a comment."""

_SPECIAL = re.compile(r"([\\`*_\[\]#|~$^])")
_OPENING = re.compile(r"^(?:([-+=])|(\d{1,9})([.)]))(?=\s|$|[-+=])")
_BREAK = "<!-- -->"
_LINKED = re.compile(
    r"(@|#(?=\w)|\b(?:https?|ftp|mailto|xmpp):|\bwww(?=\.)|\bGH(?=-\d)|(?<!\w):(?=[\w+-]+:)|\b[0-9a-f]{6}(?=[0-9a-f]))",
    re.IGNORECASE,
)


def to_markdown(document: Mapping[str, Any]) -> str:
    """The document as a comment in GitHub's Markdown; the same document is always the same text.

    Parameters
    ----------
    document : mapping
        An ``audit/1`` or ``audits/1`` document. Its strings are data: whatever they hold is shown as text, no name is
        notified, no issue is linked.

    Returns
    -------
    str
        Verdict, requirement, error with its limits and level, assumptions, kind of shift, columns that moved with the harm they do, what to do next,
        warnings.
    """
    lines = _several(document) if many(document) else _one(parts(document)[0], "###")
    return "\n".join(lines) + "\n"


def escaped(text: str, *, longest: int = 600) -> str:
    r"""The text so that GitHub shows it as it stands: no tag, no format, no link, no mention.

    Characters with a meaning are escaped; what GitHub links after the page is made (names, issues, addresses, commits, emoji)
    is broken by an empty comment, which escaping alone does not do.

    >>> escaped("a*b* <i>@octocat</i> a|b")
    'a\\*b\\* &lt;i&gt;@<!-- -->octocat&lt;/i&gt; a\\|b'
    """
    plain = " ".join(words.clean(str(text), longest=longest).split())
    # Broken first: the marks must not be escaped, and escapes must not hide an address.
    pieces = _LINKED.sub(lambda found: f"{found[0]}\0", plain).split("\0")
    marked = _BREAK.join(_SPECIAL.sub(r"\\\1", _html(piece)) for piece in pieces)
    # What begins a list or underlines a heading does so at the beginning of a line only.
    return _OPENING.sub(lambda found: f"\\{found[1]}" if found[1] else f"{found[2]}\\{found[3]}", marked)


def _html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _one(part: Part, mark: str) -> Iterator[str]:
    document, verdict = part.document, part.document["verdict"]
    yield f"{mark} {_title(part)}"
    yield ""
    yield escaped(words.sentence(verdict["reason"]))
    yield ""
    yield "| | |"
    yield "|---|---|"
    for name, text in _facts(document):
        yield f"| {name} | {escaped(text)} |"
    yield from _list("What the answer stands on", _standing(document))
    yield from _list("Columns that moved", why.harm_lines(document["diagnosis"]))
    yield from _list("Next", [step["text"] for step in document["next_steps"]])
    yield from _warnings(document["warnings"])
    yield ""
    yield _foot(document)


def _title(part: Part) -> str:
    what = f"{escaped(part.name, longest=120)}: " if part.name else "whytransfer: "
    return f"{what}{part.answer}"


def _facts(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The rows of the table: what was asked, and the few figures that answer it."""
    verdict, main = document["verdict"], headline(document)
    if verdict["requirement"] is not None:
        yield "required", verdict["requirement"]["text"]
    if main is not None:
        yield main.quantity.lower(), main.row.spoken
    source = next((c for c in document["claims"] if c["id"] == "source_error"), None)
    if source is not None:
        yield "error on the source", Row.of(source).spoken
    if verdict["subject"]:
        yield "about", verdict["subject"]
    shift = (document["diagnosis"].get("shift") or {}).get("text")
    if shift:
        yield "kind of shift", shift
    labels = words.labels_needed(document)
    if labels is not None:
        yield "labels", labels
    yield "rows", words.row_counts(document["problem"])


def _standing(document: Mapping[str, Any]) -> list[str]:
    """The assumptions of the claims about what was asked that the banner shows."""
    main = headline(document)
    if main is None:
        return []
    told = [c for c in document["claims"] if c["id"] == main.row.id]
    found = [
        f"{entry.text} ({words.STATUSES[entry.status]}{f': {entry.test}' if entry.test else ''})"
        for entry in ledger(told)
    ]
    proved = main.row.level == "proved" and not main.row.silence
    return found or ([words.LEVEL_SENTENCES["proved"]] if proved else [])


def _list(heading: str, items: Sequence[str]) -> Iterator[str]:
    if not items:
        return
    yield ""
    yield f"**{heading}**"
    yield ""
    yield from _items(items)


def _items(items: Sequence[str]) -> Iterator[str]:
    for item in items[:LISTED]:
        yield f"- {escaped(item)}"
    if len(items) > LISTED:
        yield f"- and {len(items) - LISTED:,} more in the JSON"


def _warnings(warnings: Sequence[str]) -> Iterator[str]:
    if not warnings:
        return
    yield ""
    yield f"<details><summary>Warnings ({len(warnings):,})</summary>"
    yield ""
    yield from _items(warnings)
    yield ""
    yield "</details>"


def _foot(document: Mapping[str, Any]) -> str:
    said = (
        f"whytransfer {document['version']}",
        f"seed {document['seed']}",
        f"δ {document['delta']:.4g}",
        f"exit code {document['verdict']['exit_code']}",
    )
    return f"<sub>{' · '.join(escaped(part) for part in said)}</sub>"


def _several(document: Mapping[str, Any]) -> Iterator[str]:
    told = parts(document)
    verdict = document["verdict"]
    yield f"### whytransfer: {words.ANSWERS[verdict['answer']]}"
    yield ""
    yield escaped(words.sentence(verdict["reason"]))
    yield ""
    yield from _table(told)
    yield ""
    yield escaped(f"δ = {document['delta']:.4g} per side, shared: {document['sharing']}")
    for part in told[:SHOWN_WHOLE]:
        yield ""
        yield f"<details><summary>{_html_only(part)}</summary>"
        yield ""
        yield from _one(part, "####")
        yield ""
        yield "</details>"
    yield ""
    yield _foot(document)


def _html_only(part: Part) -> str:
    # A summary is HTML, in which a backslash is one.
    plain = words.clean(part.name, longest=120)
    pieces = _LINKED.sub(lambda found: f"{found[0]}\0", plain).split("\0")
    return f"{_BREAK.join(_html(piece) for piece in pieces)}: {part.answer}"


def _table(told: Iterable[Part]) -> Iterator[str]:
    yield "| | answer | error | at least | at most | evidence | rows |"
    yield "|---|---|---:|---:|---:|---|---:|"
    for part in told:
        cells = (escaped(part.name, longest=120), part.answer, *figures_of(part))
        yield f"| {' | '.join(cells)} |"
