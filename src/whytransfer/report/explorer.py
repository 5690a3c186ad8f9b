"""The explorer of the report: move the requirement, an assumption or the labels, and see what the answer would be.

A Vega-Lite chart over the figures of the document. The rules are those of `whytransfer.verdict`, written once more as
expressions because they run in the reader's browser; a test holds the two together at the document's own requirement.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from whytransfer.claims import Claim
from whytransfer.report import vega, words
from whytransfer.verdict import FEWEST_TARGET_ROWS, Basis, contradicted

RANK = {str(basis): len(Basis) - place for place, basis in enumerate(Basis)}
"""certified 3, conditional 2, estimated 1."""

ROW = 26
"""Height of a bar's lane, in pixels."""

_DECIDES = {"proved": "certified", "estimated": "estimated", "conditional": "conditional"}

START = """\
const spec = JSON.parse(document.getElementById("explorer-spec").textContent);
const chart = document.getElementById("explorer-chart");
const said = document.getElementById("explorer-answer");
const tell = () => {
  said.textContent = said.dataset.says = chart.querySelector(".answer_marks text").textContent;
};
@NARROW@
document.getElementById("explorer").hidden = false;
vegaEmbed(chart, spec, {actions: false, renderer: "svg"}).then(({view}) => {
  chart.addEventListener("input", () => view.runAsync().then(tell));
  tell();
});
""".replace("@NARROW@", vega.NARROW)
"""What starts the chart, and keeps the sentence above it, which screen readers announce."""


def rows_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What may decide, now or after a slider was moved.

    Parameters
    ----------
    document : mapping
        An ``audit/1`` document whose requirement is about the error on the target.

    Returns
    -------
    list of dict
        ``name``, ``rank`` (`RANK`) and ``moves``: ``"nothing"`` (with ``lower``, ``upper``), ``"lambda"`` (its upper limit is ``base`` + λ
        where λ is at most ``most``), ``"sigma_tau"`` (``base`` + τ where σ is at most ``sigma``), ``"labels"`` (with ``labels``, ``lower``,
        ``upper``).
    """
    found = [
        {
            "name": words.clean(words.title(claim)),
            "rank": RANK[_DECIDES[claim["level"]]],
            "moves": "nothing",
            "lower": claim["lower"],
            "upper": claim["upper"],
        }
        for claim in document["claims"]
        if _may_decide(claim)
    ]
    if contradicted([Claim.from_dict(claim) for claim in document["claims"]], "target_error"):
        found = [row for row in found if row["rank"] != RANK["estimated"]]
    if (document["diagnosis"]["overlap"] or {}).get("no_overlap"):
        # What is conditional decides nothing where the domains don't overlap, whatever is asserted.
        found = [row for row in found if row["rank"] != RANK["conditional"]]
    else:
        found += _assumed(document["break_even"], document["verdict"]["requirement"]["value"])
        found += _as_asserted(document["claims"], document["provenance"]["options"])
    return [*found, *_labelled(document)]


def _may_decide(claim: Mapping[str, Any]) -> bool:
    if claim["quantity"] != "target_error" or (claim["lower"] is None and claim["upper"] is None):
        return False
    if claim["level"] == "conditional":
        # λ and (σ, τ) have sliders; what else was asserted stands.
        return _declared(claim) and claim["theorem"] not in {*_BY_LAMBDA, "version_space"}
    if claim["id"] == "target_error.panel":
        # A problem unlike all reference transfers keeps its estimate from deciding, at every requirement.
        distance, typical = (claim["detail"].get(key) for key in ("distance", "typical_distance"))
        return not (isinstance(distance, float) and isinstance(typical, float) and distance > typical)
    return str(claim["level"]) == "proved"


def _declared(claim: Mapping[str, Any]) -> bool:
    return all(a["status"] == "declared" for a in claim["assumptions"])


_BY_LAMBDA = ("hdh", "disparity", "lagrangian", "localised")


def _assumed(break_even: Sequence[Mapping[str, Any]], requirement: float) -> Iterator[dict[str, Any]]:
    """A bound is its break-even's complement: what it lacks to the requirement is what its unknown may be.

    The localised supremum grows with λ: what is known of it at the break-even serves every smaller λ, and no larger one.
    """
    for item in break_even:
        if not _declared({"assumptions": item.get("assumptions") or ()}):
            # A claim at this very λ would stand on the same, and decide nothing.
            continue
        about = _bound(item)
        if item["theorem"] in _BY_LAMBDA and item["lambda"] is not None:
            most = item["lambda"] if item["theorem"] == "localised" else MOST_LAMBDA
            yield {**about, "moves": "lambda", "base": requirement - item["lambda"], "most": most}
        for sigma, tau in item["sigma_tau"] if item["theorem"] == "version_space" else ():
            yield {**about, "moves": "sigma_tau", "base": requirement - tau, "sigma": sigma}


MOST_LAMBDA = 2.0
"""λ is a sum of two errors."""


def _as_asserted(claims: Sequence[Mapping[str, Any]], options: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """What was worked out at the very λ, or σ and τ, that were asserted; it serves smaller ones, too."""
    given = options.get("assume")
    asserted = set(given) if isinstance(given, Mapping) else set()
    for claim in claims:
        if claim["level"] != "conditional" or claim["upper"] is None or not _declared(claim):
            continue
        if claim["theorem"] == "localised" and "lambda" in asserted:
            most = _asserted(options, "lambda")
            yield {**_bound(claim), "moves": "lambda", "base": claim["upper"] - most, "most": most}
        elif claim["theorem"] == "version_space" and {"sigma", "tau"} <= asserted:
            sigma, tau = (_asserted(options, name) for name in ("sigma", "tau"))
            yield {**_bound(claim), "moves": "sigma_tau", "base": claim["upper"] - tau, "sigma": sigma}


def _bound(item: Mapping[str, Any]) -> dict[str, Any]:
    name = words.clean(f"{words.theorem(item['theorem'])}, {words.plain(item['hypothesis_class'])}")
    return {"name": name, "rank": RANK["conditional"], "lower": None}


def _labelled(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for point in document["curves"].get("budget") or ():
        yield {
            "name": "labels, if as many are wrong as estimated",
            "rank": RANK["certified"],
            "moves": "labels",
            **{key: point[key] for key in ("labels", "lower", "upper")},
        }


def spec(document: Mapping[str, Any]) -> dict[str, Any] | None:
    """The Vega-Lite specification; None where nothing could be explored.

    Nothing can where the domains could not be compared, where the target is too small or the source has one class, so that nothing is decided
    at any requirement, and where the requirement is about the rise of the error.
    """
    problem = document["problem"]
    if problem["target"]["rows"] < FEWEST_TARGET_ROWS or len(problem["classes"]) < 2:
        return None
    requirement = document["verdict"]["requirement"]
    if (
        requirement is None
        or requirement["value"] is None
        or requirement["kind"] == "max_drop"
        or requirement.get("quantity") not in (None, "target_error")
    ):
        return None
    rows = rows_of(document)
    if not rows:
        return None
    options = document["provenance"]["options"]
    required = RANK.get(options.get("require"), RANK["estimated"])
    sliders = Sliders(
        tolerance=requirement["value"],
        lambda_=_asserted(options, "lambda"),
        sigma=_asserted(options, "sigma"),
        tau=_asserted(options, "tau"),
    )
    if answer_at(rows, sliders, required) != document["verdict"]["answer"]:
        # What forbade an estimate to decide (a target unlike all others, say) goes on forbidding it.
        rows = [row for row in rows if row["rank"] > RANK["estimated"]]
        if not rows or answer_at(rows, sliders, required) != document["verdict"]["answer"]:
            return None
    return _chart(rows, sliders, required)


def _asserted(options: Mapping[str, Any], name: str) -> float:
    """What was asserted of λ, σ or τ; 1 where nothing was. A document's options are only shown, and may be anything."""
    given = options.get("assume")
    value = given.get(name) if isinstance(given, Mapping) else None
    return float(value) if isinstance(value, (int, float)) else 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sliders:
    """Where the sliders stand; λ, σ or τ of 1 assert nothing."""

    tolerance: float
    lambda_: float = 1.0
    sigma: float = 1.0
    tau: float = 1.0
    labels: int = 0


def limits_at(row: Mapping[str, Any], at: Sliders) -> tuple[float | None, float | None]:
    """Lower and upper limit of one row; (None, None) where it says nothing."""
    match row["moves"]:
        case "lambda":
            return None, row["base"] + at.lambda_ if at.lambda_ < 1 and at.lambda_ <= row["most"] else None
        case "sigma_tau":
            return None, row["base"] + at.tau if at.tau < 1 and at.sigma <= row["sigma"] else None
        case "labels" if row["labels"] != at.labels:
            return None, None
    return row["lower"], row["upper"]


def answer_at(rows: Sequence[Mapping[str, Any]], at: Sliders, required: int) -> str:
    """The answer that the chart shows with its sliders there."""
    ranks: dict[int, set[str]] = {}
    for row in rows:
        lower, upper = limits_at(row, at)
        if upper is not None and upper <= at.tolerance:
            ranks.setdefault(row["rank"], set()).add("works")
        elif lower is not None and lower > at.tolerance:
            ranks.setdefault(row["rank"], set()).add("fails")
    if not ranks:
        return "undecided"
    best = max(ranks)
    if "fails" in ranks[best]:
        return "fails"
    return "works" if best >= required else "undecided"


def _chart(rows: Sequence[Mapping[str, Any]], start: Sliders, required: int) -> dict[str, Any]:
    names = list(dict.fromkeys(row["name"] for row in sorted(rows, key=lambda row: -row["rank"])))
    return {
        "$schema": vega.SCHEMA,
        "width": "container",
        "height": ROW * len(names),
        "background": "transparent",
        "config": vega.CONFIG,
        "params": _params(rows, start),
        "data": {"name": "rows", "values": list(rows)},
        "transform": _NOW,
        "layer": [_limits(names), _required(), _answer(required)],
    }


def _params(rows: Sequence[Mapping[str, Any]], start: Sliders) -> list[dict[str, Any]]:
    """The sliders; what no row moves with has none."""
    moving = {row["moves"] for row in rows}
    unit = {"input": "range", "min": 0, "max": 1, "step": 0.005}
    labels = [row["labels"] for row in rows if row["moves"] == "labels"]
    counts = {"input": "range", "min": 0, "max": max(labels, default=0), "step": min(labels, default=1)}
    return [
        {
            "name": name,
            "value": value,
            **({"bind": {**bind, "name": text}} if of is None or of in moving else {}),
        }
        for name, value, of, bind, text in (
            ("tolerance", start.tolerance, None, unit, "required: error at most"),
            ("lambda", start.lambda_, "lambda", unit, "asserted: λ at most"),
            ("sigma", start.sigma, "sigma_tau", unit, "asserted: σ at most"),
            ("tau", start.tau, "sigma_tau", unit, "asserted: τ at most"),
            ("labels", start.labels, "labels", counts, "further labels"),
        )
    ]


_BASES = "['', 'estimated', 'conditional', 'certified']"

_NOW = [
    {
        "filter": "datum.moves != 'labels' || datum.labels == labels",
    },
    {"filter": "datum.moves != 'lambda' || (lambda < 1 && lambda <= datum.most)"},
    {"filter": "datum.moves != 'sigma_tau' || (sigma <= datum.sigma && tau < 1)"},
    {
        "calculate": "datum.moves == 'lambda' ? datum.base + lambda : datum.moves == 'sigma_tau' ? datum.base + tau : datum.upper",
        "as": "at_most",
    },
    # Of several pairs (σ, τ) of one bound the sharpest speaks.
    {
        "aggregate": [
            {"op": "min", "field": "at_most", "as": "at_most"},
            {"op": "max", "field": "lower", "as": "at_least"},
            {"op": "max", "field": "rank", "as": "rank"},
        ],
        "groupby": ["name"],
    },
    {
        "calculate": "isValid(datum.at_most) && datum.at_most <= tolerance ? 1 : isValid(datum.at_least) && datum.at_least > tolerance ? -1 : 0",
        "as": "side",
    },
    {"calculate": f"{_BASES}[datum.rank]", "as": "basis"},
    {"calculate": "isValid(datum.at_least) ? max(0, datum.at_least) : 0", "as": "from"},
    {"calculate": "isValid(datum.at_most) ? min(1, datum.at_most) : 1", "as": "to"},
]
"""Rows as they stand with the sliders as they are; λ, σ and τ of 1 assert nothing."""

_AXIS = {"type": "quantitative", "scale": {"domain": [0, 1]}, "title": "error on the target"}


def _limits(names: Sequence[str]) -> dict[str, Any]:
    """A bar from limit to limit for everything that may decide, the strongest basis on top."""
    colours = {
        "domain": ["certified", "conditional", "estimated"],
        "range": ["var(--proved)", "var(--conditional)", "var(--estimated)"],
    }
    return {
        "mark": {"type": "rule", "strokeWidth": 3},
        "encoding": {
            "y": {
                "field": "name",
                "type": "nominal",
                "title": None,
                "scale": {"domain": list(names)},
            },
            "x": {"field": "from", **_AXIS},
            "x2": {"field": "to"},
            "color": {"field": "basis", "type": "nominal", "scale": colours, "legend": None},
        },
    }


def _required() -> dict[str, Any]:
    """The line of the requirement."""
    return {
        "transform": [
            {"aggregate": [{"op": "count", "as": "n"}], "groupby": []},
            {"calculate": "tolerance", "as": "at"},
        ],
        "mark": {"type": "rule", "strokeWidth": 2, "stroke": "var(--accent)"},
        "encoding": {"x": {"field": "at", **_AXIS}},
    }


def _answer(required: int) -> dict[str, Any]:
    """The strongest basis that says anything; within one basis FAILS wins. The page shows its text above the chart."""
    fails = f"datum.fails > 0 && datum.fails >= datum.works ? 'FAILS, ' + {_BASES}[datum.fails]"
    works = f"datum.works >= {required} ? 'WORKS, ' + {_BASES}[datum.works]"
    return {
        "name": "answer",
        "transform": [
            {"calculate": "datum.side == 1 ? datum.rank : 0", "as": "works"},
            {"calculate": "datum.side == -1 ? datum.rank : 0", "as": "fails"},
            {
                "aggregate": [{"op": "max", "field": f, "as": f} for f in ("works", "fails")],
                "groupby": [],
            },
            {"calculate": f"{fails} : {works} : 'UNDECIDED'", "as": "says"},
        ],
        "mark": {"type": "text", "opacity": 0, "aria": False},
        "encoding": {"text": {"field": "says", "type": "nominal"}, "x": {"value": 0}, "y": {"value": 0}},
    }
