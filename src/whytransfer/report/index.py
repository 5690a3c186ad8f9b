"""Several audits as HTML: a page with their table, and a page for each of them beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from markupsafe import Markup

from whytransfer.report import words
from whytransfer.report.html import to_html
from whytransfer.report.several import Part, figures_of, many, parts

_HEAD = Markup(
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1">\n<meta name="color-scheme" content="light dark">\n'
    '<meta name="referrer" content="no-referrer">\n'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'\">\n"
    '<link rel="icon" href="data:,">\n<title>{answer} – whytransfer audits</title>\n<style>\n{style}\n</style>\n</head>\n'
)
_BODY = Markup(
    '<body class="{kind}">\n<header class="banner">\n  <p class="kicker">whytransfer audits</p>\n'
    '  <h1><span class="answer">{answer}</span></h1>\n  <p class="reason"><bdi>{reason}</bdi></p>\n</header>\n<main>\n<section>\n'
    '<h2>{what}</h2>\n<div class="scroll">\n<table class="plain">\n<thead><tr>{names}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>\n</div>\n'
    "<p>{sharing}</p>\n</section>\n{warnings}</main>\n</body>\n</html>\n"
)
_NAMES = ("", "answer", "error", "at least", "at most", "evidence", "rows")
_NUMBERS = ("error", "at least", "at most", "rows")


def to_pages(document: Mapping[str, Any], name: str) -> dict[str, str]:
    """The files of a document: the one page of an audit, or the table of several with a page for each of them.

    Parameters
    ----------
    document : mapping
        An ``audit/1`` or ``audits/1`` document.
    name : str
        Of the first file; those beside it are called ``<stem>.1.html``, ….

    Returns
    -------
    dict of str to str
        Text by file name, the first file last: a table whose pages are there.
    """
    if not many(document):
        return {name: to_html(document)}
    stem = PurePath(name).stem
    told = parts(document)
    names = [f"{stem}.{place}.html" for place in range(1, len(told) + 1)]
    pages = {page: to_html(part.document) for page, part in zip(names, told, strict=True)}
    return {**pages, name: _index(document, names)}


def _index(document: Mapping[str, Any], pages: list[str]) -> str:
    verdict = document["verdict"]
    answer = words.ANSWERS[verdict["answer"]]
    style = Markup(files("whytransfer.report").joinpath("templates/report.css").read_text(encoding="utf-8"))  # noqa: S704 (our own file)
    rows = Markup("\n").join(_row(part, page) for part, page in zip(parts(document), pages, strict=True))
    names = Markup().join(Markup('<th scope="col"{}>{}</th>').format(_kind(name), name) for name in _NAMES)
    column = document["column"]
    what = "Targets" if document["kind"] == "targets" else f"Sub-groups by {words.clean(column or 'group')}"
    body = _BODY.format(
        kind=verdict["answer"],
        answer=answer,
        reason=words.sentence(words.clean(verdict["reason"])),
        what=what,
        names=names,
        rows=rows,
        sharing=words.sentence(words.clean(document["sharing"])),
        warnings=_warnings(document["warnings"]),
    )
    return str(_HEAD.format(answer=answer, style=style) + body)


def _row(part: Part, page: str) -> Markup:
    link = Markup('<th scope="row"><a href="{}"><bdi>{}</bdi></a></th>').format(
        quote(page), words.clean(part.name, longest=200) or "(no name)"
    )
    cells = Markup().join(
        Markup("<td{}>{}</td>").format(_kind(name), cell)
        for name, cell in zip(_NAMES[1:], (part.answer, *figures_of(part)), strict=True)
    )
    return Markup("<tr>{}{}</tr>").format(link, cells)


def _kind(name: str) -> Markup:
    """The class of a column: numbers stand under each other."""
    return Markup(' class="num"') if name in _NUMBERS else Markup()


def _warnings(said: Sequence[str]) -> Markup:
    """What is said of all audits together; nothing where nothing is."""
    if not said:
        return Markup()
    lines = Markup("\n").join(
        Markup("<li><bdi>{}</bdi></li>").format(words.sentence(words.clean(one))) for one in said
    )
    return Markup(
        '<section>\n<h2>Warnings of all</h2>\n<ul class="warnings">\n{}\n</ul>\n</section>\n'
    ).format(lines)
