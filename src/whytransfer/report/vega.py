"""Vega-Lite in a page that may fetch nothing: one script of pinned hash, specifications as JSON."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from markupsafe import Markup

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"

CONFIG = {
    "font": "system-ui, sans-serif",
    "axis": {
        "labelColor": "var(--quiet)", "titleColor": "var(--quiet)", "gridColor": "var(--hair)", "domainColor": "var(--hair)",
        "tickColor": "var(--hair)", "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "labelLimit": 260,
    },
    "legend": {"labelColor": "var(--quiet)", "labelFontSize": 12, "title": None, "orient": "top", "labelLimit": 220},
    "view": {"stroke": None},
}  # fmt: skip
"""Colours are those of the page's style, so that light and dark need no second specification."""

NARROW = "if (document.body.clientWidth < 600) spec.config.axis.labelLimit = 120;"
"""Of a script that has a `spec`: shorter labels where the page is narrow."""


@cache
def bundle(start: str) -> str | None:
    """Vega, Vega-Lite, and the script that starts them; None where the ``[report]`` extra is not installed."""
    try:
        from vl_convert import javascript_bundle
    except ImportError:
        return None
    return str(javascript_bundle(start))


def digest(script: str) -> str:
    """The script's hash as a content security policy names it."""
    return base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()


def data(specification: Mapping[str, Any]) -> Markup:
    """A specification inside a script element: no character of it can close the element."""
    text = json.dumps(specification, sort_keys=True, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
