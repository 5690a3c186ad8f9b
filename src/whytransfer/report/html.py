"""The report as one HTML file: complete without a script, no request, light and dark, on paper too."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from whytransfer.claims import figures
from whytransfer.report import adaptation, encoders, explorer, images, sources, svg, vega, why, words
from whytransfer.report.claim_groups import Group, axis, by_shift, groups, headline, ledger

if TYPE_CHECKING:
    from jinja2 import Environment

FEATURES_DRAWN = 24
FEATURES_LISTED = 200
CATEGORIES_DRAWN = 8
WARNINGS_LISTED = 100


def to_html(document: Mapping[str, Any], *, interactive: bool = True) -> str:
    """The document as a self-contained HTML page; the same document is always the same bytes.

    With the ``[report]`` extra there is a chart with sliders, whose script is in the page; everything else is the same without.

    Parameters
    ----------
    document : mapping
        An ``audit/1`` document. Its strings are data: whatever they hold is shown as text.
    interactive : bool
        Whether the chart with sliders may be in it: 900 KB of script, no request.

    Returns
    -------
    str
        The page; write it as UTF-8.
    """
    return (
        _environment()
        .get_template("report.html.j2")
        .render(explorer=_explorer(document) if interactive else None, **_context(document))
    )


def fragment(document: Mapping[str, Any], parts: Sequence[str], title: str) -> str:
    """Some parts of the report, by the names of their templates, as a self-contained page without a script."""
    page = _environment().get_template("fragment.html.j2")
    return page.render(
        parts=[f"{part}.html.j2" for part in parts], title=title, explorer=None, **_context(document)
    )


def page(template: str, *, script: str | None, **values: Any) -> str:
    """Another page in the report's style; `script` is a library's code and ours, and enters as it is."""
    code = None if script is None else Markup(script)  # noqa: S704
    return _environment().get_template(template).render(script=code, **values)


def _context(document: Mapping[str, Any]) -> dict[str, Any]:
    """What the templates are filled with."""
    features = by_shift(document["diagnosis"]["features"])
    shown = groups(document)
    return {
        "document": document,
        "verdict": document["verdict"],
        "headline": headline(document),
        "requirement": _line_at(document["verdict"]),
        "axis": axis(document),
        "groups": [group for group in shown if group.key != "units"],
        "units": next((group for group in shown if group.key == "units"), None),
        "any_figure": any(group.rows for group in shown if group.key != "units"),
        "levels": _levels_in_use(shown),
        "shift": document["diagnosis"]["shift"] or {},
        "overlap": document["diagnosis"]["overlap"] or {},
        "drawn": [_drawn(feature) for feature in features[:FEATURES_DRAWN]],
        "listed": features[FEATURES_DRAWN : FEATURES_DRAWN + FEATURES_LISTED],
        "left_out": max(0, len(features) - FEATURES_DRAWN - FEATURES_LISTED),
        "warnings": document["warnings"][:WARNINGS_LISTED],
        "warnings_left_out": max(0, len(document["warnings"]) - WARNINGS_LISTED),
        "ledger": ledger(document["claims"]),
        "even": [item for item in document["break_even"] if _is_open(item)],
        "odd": words.told_once(item["text"] for item in document["break_even"] if not _is_open(item)),
        "options": {"seed": document["seed"], "delta": document["delta"]} | document["provenance"]["options"],
    }


def _explorer(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the page needs for its sliders; None where there is nothing to explore, or no library to do it with."""
    specification, script = explorer.spec(document), vega.bundle(explorer.START)
    if specification is None or script is None:
        return None
    return {
        "data": vega.data(specification),
        "script": Markup(script),  # noqa: S704 (the library's code and ours, nothing of the document)
        "digest": vega.digest(script),
    }


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("whytransfer.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_finalize,
    )
    style = files("whytransfer.report").joinpath("templates/report.css").read_text(encoding="utf-8")
    environment.globals |= {
        "adaptation": adaptation,
        "encoders": encoders,
        "images": images,
        "sources": sources,
        "svg": svg,
        "why": why,
        "words": words,
        "figures": figures,
        "prose": _prose,
    }
    environment.globals["style"] = Markup(style)  # noqa: S704 (our own file, nothing of the document)
    environment.filters["json"] = _as_json
    return environment


def _finalize(value: object) -> object:
    """What every expression of the template passes through before it is escaped."""
    return words.clean(value) if type(value) is str else value


def _prose(text: str) -> Markup:
    """A sentence of the document: isolated from the direction of the page, what stands in backticks as code."""
    parts = words.clean(text).split("`")
    if len(parts) % 2 == 0:
        parts = ["`".join(parts)]
    marked = (
        Markup("<code>{}</code>").format(part) if i % 2 else Markup("{}").format(part)
        for i, part in enumerate(parts)
    )
    return Markup("<bdi>{}</bdi>").format(Markup().join(marked))


def _as_json(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _line_at(verdict: Mapping[str, Any]) -> Mapping[str, float]:
    """Where the line of the requirement stands, by group: an error and a difference of errors share no line."""
    requirement = verdict["requirement"]
    if requirement is None or requirement["value"] is None:
        return {}
    if requirement["kind"] == "max_drop":
        return {"drop": requirement["value"]}
    if requirement.get("quantity") not in (None, "target_error"):
        return {}
    return {"target": requirement["value"], "bounds": requirement["value"]}


def _is_open(item: Mapping[str, Any]) -> bool:
    """Whether a bound leaves any room: a λ, a radius, …, or a pair (σ, τ), under which the requirement holds."""
    value = item.get("value", item["lambda"])
    room = value is not None and value >= 0
    return room or any(tau >= 0 for _, tau in item["sigma_tau"])


def _levels_in_use(shown: Sequence[Group]) -> list[tuple[str, str]]:
    used = {row.level for group in shown for row in group.rows}
    return [(level, sentence) for level, sentence in words.LEVEL_SENTENCES.items() if level in used]


def _drawn(feature: Mapping[str, Any]) -> dict[str, Any]:
    """A column with what its drawing needs."""
    histogram = feature.get("histogram") or {}
    return {
        "name": feature["name"],
        "shift": feature["shift"],
        "p_value": feature.get("p_value"),
        "harm": feature.get("harm"),
        "harmful": feature.get("harmful", False),
        "harm_limits": (feature.get("harm_lower"), feature.get("harm_upper")),
        "harm_group": [n for n in feature.get("harm_group") or () if n != feature["name"]],
        "numeric": histogram if len(histogram.get("edges") or ()) > 1 else None,
        "categories": _categories(histogram) if histogram.get("categories") else None,
    }


def _categories(histogram: Mapping[str, Any]) -> dict[str, Any]:
    """Shares of each domain's rows by category, as drawn: the first few, and how many there are beside them."""
    shares = {
        domain: [count / (sum(histogram[domain]) or 1.0) for count in histogram[domain]]
        for domain in ("source", "target")
    }
    rows = list(zip(histogram["categories"], shares["source"], shares["target"], strict=False))
    return {
        "rows": rows[:CATEGORIES_DRAWN],
        "left_out": max(0, len(rows) - CATEGORIES_DRAWN),
        "top": max((share for row in rows[:CATEGORIES_DRAWN] for share in row[1:]), default=1.0),
    }
