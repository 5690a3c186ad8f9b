"""``whytransfer lab --html``: the theory to play with. Vega-Lite over grids that `explorable` computed; the browser computes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from typing import Any

from whytransfer.claims import figures
from whytransfer.lab import explorable
from whytransfer.lab.table import xi_table
from whytransfer.report import html, vega

START = """\
const views = {};
const embed = async (place) => {
  const spec = JSON.parse(document.getElementById(place.dataset.spec).textContent);
  @NARROW@
  const {view} = await vegaEmbed(place, spec, {actions: false, renderer: "svg"});
  (views[place.dataset.panel] ||= []).push(view);
  place.addEventListener("input", () => follow(place.dataset.panel, view));
};
const follow = async (panel, from) => {
  await from.runAsync();
  const names = JSON.parse(document.getElementById(panel).dataset.sliders);
  for (const view of views[panel]) {
    if (view !== from) for (const name of names) view.signal(name, from.signal(name));
    await view.runAsync();
  }
};
document.querySelectorAll(".explorable").forEach(place => { place.hidden = false; embed(place); });
""".replace("@NARROW@", vega.NARROW)
"""What draws the charts, and lets all charts of a panel follow the sliders of its first."""

_TERMS = {
    "domain": ["source error", "distance", "λ", "sampling"],
    "range": ["var(--quiet)", "var(--conditional)", "var(--witness)", "var(--fill)"],
}
_ERROR = {"type": "quantitative", "scale": {"domain": [0, 2]}, "title": "error; the bar is the bound"}
_PARAMS = dict[str, Any]
BOUNDS = ("HΔH", "disparity", "Lagrangian", "version space")
"""The bounds of the two Gaussians, from the loosest to the sharpest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One part of the page.

    Parameters
    ----------
    key, title, lead : str
        Its name, its heading, and what to look for.
    charts : tuple of dict
        Vega-Lite specifications; the first has the sliders.
    head, rows : sequence
        A table for those without sliders: column names, and cells as text.
    """

    key: str
    title: str
    lead: tuple[str, ...]
    charts: tuple[dict[str, Any], ...]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]

    @property
    def sliders(self) -> list[str]:
        """Names of what its sliders set."""
        return [param["name"] for param in self.charts[0]["params"]]


def to_html(*, interactive: bool = True) -> str:
    """The page: self-contained, no request, its tables complete without a script.

    Parameters
    ----------
    interactive : bool
        Whether sliders may be in it; they need the ``[report]`` extra.
    """
    shown = panels()
    script = vega.bundle(START) if interactive else None
    return html.page(
        "lab.html.j2",
        panels=[
            {
                "key": panel.key,
                "title": panel.title,
                "lead": panel.lead,
                "sliders": panel.sliders,
                "charts": [vega.data(chart) for chart in panel.charts] if script else [],
                "head": panel.head,
                "rows": panel.rows,
            }
            for panel in shown
        ],
        errata=xi_table().errata,
        script=script,
        digest=vega.digest(script) if script else None,
        version=version("whytransfer"),
    )


@cache
def panels() -> tuple[Panel, ...]:
    """The three panels, in the order of the argument."""
    return (_comb(), _gaussians(), _alignment())


def _comb() -> Panel:
    terms = explorable.comb()
    sliders = [
        _choice("teeth", "teeth of the comb, 1/ξ", explorable.TEETH, 10),
        _choice("j", "j of the unions of j intervals", explorable.INTERVALS, 2),
    ]
    at = "datum.teeth == teeth && (datum.j == null || datum.j == j)"
    return Panel(
        key="comb",
        title="Small distance, hopeless transfer: the comb",
        lead=(
            (
                "Source points stand at even multiples of ξ and are all of class 1, target points at odd multiples and all of class 0. The domains lie ξ apart, "
                "and the model that answers 1 everywhere is perfect on one and wrong everywhere on the other. So every bound has to reach 1."
            ),
            (
                "Make ξ smaller: for thresholds and intervals the distance goes, and λ takes its place. Make the class richer: λ goes, and the distance takes its place. "
                "Which term is to blame depends on the class; that the transfer fails does not."
            ),
        ),
        charts=(
            _bars(
                terms,
                sliders,
                at,
                "name",
                ["thresholds", "intervals", "unions of j intervals", "all functions"],
                truth=1.0,
            ),
            _points(explorable.teeth(), sliders, "datum.teeth == teeth", (0.0, 1.0)),
        ),
        head=("ξ", "class", "distance", "λ", "bound"),
        rows=[
            (f"1/{count}", _named(name, j), *_cells(found))
            for (count, name, j), found in _grouped(terms, "teeth", "name", "j")
            if count in (4, 10, 20) and j in (None, 2, 5)
        ],
    )


def _gaussians() -> Panel:
    terms, truths = explorable.gaussians()
    sliders = [
        _choice("shift", "shift of the target's mean", explorable.SHIFTS, 1.0),
        _choice("noise", "wrong labels, in both domains", explorable.NOISES, 0.1),
        _choice("size", "rows of each domain", explorable.SIZES, 1_000),
    ]
    here = "abs(datum.shift - shift) < 1e-9 && abs(datum.noise - noise) < 1e-9"
    bars = _bars(
        terms,
        sliders,
        f"{here} && datum.size == size",
        "bound",
        BOUNDS,
        truth=None,
    )
    bars["layer"].append(_line_at_truth(truths, here))
    return Panel(
        key="gaussians",
        title="Four bounds on one error: two Gaussians",
        lead=(
            (
                "The source is N(0, 1), the target N(shift, 1); the label is 1 above .3, with some labels wrong in both domains; the model answers 1 above 0; H are thresholds. "
                "The black line is the model's true error on the target, the bars are bounds on it."
            ),
            (
                "Shift the target: the distance grows, whether or not the error does. Add noise: λ grows by twice as much, though nothing about the transfer changed. Take rows away: "
                "sampling makes a bound of what was certain. The version-space bound pays for neither the source error nor the noise twice, and stays nearest."
            ),
        ),
        charts=(bars,),
        head=("shift", "wrong labels", "true target error", *BOUNDS),
        rows=[
            (f"{t['shift']:g}", f"{t['noise']:g}", figures.estimate(t["target"]), *_totals(terms, t))
            for t in truths
            if t["noise"] in (0.0, 0.1) and t["shift"] in (0.0, 1.0, 2.0)
        ],
    )


def _line_at_truth(truths: Sequence[Mapping[str, float]], here: str) -> dict[str, Any]:
    """The layer with the true target error of those worlds that `here`, an expression of the sliders, lets through."""
    return {
        "data": {"values": list(truths)},
        "transform": [{"filter": here}],
        "mark": {"type": "rule", "strokeWidth": 2, "stroke": "var(--ink)"},
        "encoding": {"x": {"field": "target", **_ERROR}},
    }


def _alignment() -> Panel:
    terms = explorable.alignment()
    sliders = [_choice("moved", "how far the domains were moved together", explorable.MOVED, 0.0)]
    at = "abs(datum.moved - moved) < 1e-9"
    return Panel(
        key="alignment",
        title="Alignment that makes it worse: distance to 0, λ to 1",
        lead=(
            (
                "Two domains that lie apart, each half of class 0 and half of class 1. One interval is right on both: λ of intervals is 0. Now move them onto each other, as every method that "
                "matches marginals does."
            ),
            (
                "The distance falls to 0, and λ rises to 1: class 1 of the source has come to lie on class 0 of the target. No label of the target was used, so nothing could warn. After any change of "
                "representation λ is another number."
            ),
        ),
        charts=(
            _bars(terms, sliders, at, "name", ["thresholds", "intervals"], truth=None),
            _points(explorable.moved_points(), sliders, at, (-1.0, 2.0)),
        ),
        head=("moved", "class", "distance", "λ", "their sum"),
        rows=[
            (f"{moved:g}", name, *_cells(found))
            for (moved, name), found in _grouped(terms, "moved", "name")
            if moved in (0.0, 0.5, 0.75, 1.0)
        ],
    )


def _choice(name: str, text: str, values: Sequence[float], start: float) -> _PARAMS:
    """A slider over equal steps where the values are such, else a list."""
    steps = {round(b - a, 9) for a, b in pairwise(values)}
    bind: dict[str, Any] = {"input": "select", "options": list(values)}
    if len(steps) == 1:
        bind = {"input": "range", "min": values[0], "max": values[-1], "step": steps.pop()}
    return {"name": name, "value": start, "bind": {**bind, "name": text}}


def _unbound(sliders: Iterable[Mapping[str, Any]]) -> list[_PARAMS]:
    return [{"name": s["name"], "value": s["value"]} for s in sliders]


def _bars(
    values: Sequence[Mapping[str, Any]],
    sliders: Sequence[_PARAMS],
    at: str,
    lane: str,
    lanes: Sequence[str],
    *,
    truth: float | None,
) -> dict[str, Any]:
    """Terms stacked to a bound, a lane each; the truth as a line."""
    layer: list[dict[str, Any]] = [
        {
            "data": {"values": list(values)},
            "transform": [
                {"filter": at},
                {"calculate": f"indexof({_TERMS['domain']}, datum.term)", "as": "place"},
            ],
            "mark": {"type": "bar", "height": 14},
            "encoding": {
                "y": {"field": lane, "type": "nominal", "title": None, "scale": {"domain": list(lanes)}},
                "x": {"field": "value", "aggregate": "sum", "stack": "zero", **_ERROR},
                "color": {"field": "term", "type": "nominal", "scale": _TERMS},
                "order": {"field": "place", "type": "quantitative"},
            },
        }
    ]
    if truth is not None:
        layer.append(
            {
                "data": {"values": [{"truth": truth}]},
                "mark": {"type": "rule", "strokeWidth": 2, "stroke": "var(--ink)"},
                "encoding": {"x": {"field": "truth", **_ERROR}},
            }
        )
    return _chart(sliders, 30 * len(lanes), layer)


def _points(
    values: Sequence[Mapping[str, Any]], sliders: Sequence[_PARAMS], at: str, span: tuple[float, float]
) -> dict[str, Any]:
    """The points of both domains: full of class 1, empty of class 0."""
    return _chart(
        _unbound(sliders),
        60,
        [
            {
                "data": {"values": list(values)},
                "transform": [{"filter": at}, {"calculate": "'class ' + datum.label", "as": "class"}],
                "mark": {"type": "point", "size": 60, "stroke": "var(--ink)", "opacity": 1},
                "encoding": {
                    "y": {
                        "field": "domain",
                        "type": "nominal",
                        "title": None,
                        "scale": {"domain": ["source", "target"]},
                    },
                    "x": {
                        "field": "x",
                        "type": "quantitative",
                        "scale": {"domain": list(span)},
                        "title": None,
                    },
                    "fill": {
                        "field": "class",
                        "type": "nominal",
                        "scale": {"domain": ["class 0", "class 1"], "range": ["transparent", "var(--ink)"]},
                    },
                },
            }
        ],
    )


def _chart(sliders: Sequence[_PARAMS], height: int, layer: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "$schema": vega.SCHEMA,
        "width": "container",
        "height": height,
        "background": "transparent",
        "config": vega.CONFIG,
        "params": list(sliders),
        "layer": layer,
    }


def _grouped(
    terms: Sequence[Mapping[str, Any]], *keys: str
) -> list[tuple[tuple[Any, ...], dict[str, float]]]:
    found: dict[tuple[Any, ...], dict[str, float]] = {}
    for row in terms:
        found.setdefault(tuple(row[key] for key in keys), {})[row["term"]] = row["value"]
    return list(found.items())


def _cells(found: Mapping[str, float]) -> tuple[str, str, str]:
    distance, lam = found["distance"], found["λ"]
    return figures.estimate(distance), figures.estimate(lam), figures.estimate(distance + lam)


def _totals(terms: Sequence[Mapping[str, Any]], at: Mapping[str, Any]) -> list[str]:
    """Each bound when its terms are known exactly, as many rows would make them."""
    totals: dict[str, float] = {}
    for row in terms:
        here = (row["shift"], row["noise"], row["size"]) == (at["shift"], at["noise"], explorable.SIZES[0])
        if here and row["term"] != "sampling":
            totals[row["bound"]] = totals.get(row["bound"], 0.0) + row["value"]
    return [figures.estimate(value) for value in totals.values()]


def _named(name: str, j: int | None) -> str:
    return name if j is None else name.replace(" j ", f" {j} ")
