"""The drawings of the report one by one, for notebooks: the same templates, the same style."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from markupsafe import escape

from whytransfer.io import write_atomically
from whytransfer.report.html import fragment

CHARTS: dict[str, tuple[str, str]] = {
    "ladder": ("ladder", "every estimate, bound and count of the error on one axis"),
    "waterfall": ("waterfall", "from the error on the source to the error on the target"),
    "break_even": ("break_even", "how far what nobody sees may go before the answer changes"),
    "labels": ("labels", "what target labels would settle"),
    "features": ("features", "columns by shift, with histograms and harm"),
    "reliability": ("reliability", "share of right answers against confidence"),
}
"""By name: the template that draws it, and what it shows."""

_HEIGHTS = {"ladder": 46, "features": 90}
_LEAST = 420


@dataclass(frozen=True, slots=True)
class Chart:
    """One drawing of an audit: a notebook shows it, `save` writes it as a page of its own.

    Parameters
    ----------
    name : str
        A key of `CHARTS`, or ``"banner"``.
    page : str
        A self-contained HTML page without a script; every string of the audit is escaped in it.
    height : int
        Pixels that a notebook gives it; what is longer scrolls.
    """

    name: str
    page: str = field(repr=False)
    height: int = _LEAST

    def _repr_html_(self) -> str:
        # A frame, so that neither style reaches the other; sandboxed, so that nothing in it could run.
        return (
            f'<iframe sandbox="" title="{escape(self.name)}" srcdoc="{escape(self.page)}" '
            f'style="width:100%;height:{self.height}px;border:0"></iframe>'
        )

    def save(self, path: str | Path) -> None:
        """Write it as an HTML file, atomically."""
        write_atomically(Path(path), self.page)


def chart(document: Mapping[str, Any], name: str) -> Chart:
    """The drawing of this name, a key of `CHARTS`."""
    template, title = CHARTS[name]
    return Chart(name, fragment(document, [template], f"{name}: {title}"), _height(document, name))


def banner(document: Mapping[str, Any]) -> Chart:
    """What a notebook shows of an audit: the verdict and the ladder."""
    return Chart(
        "audit",
        fragment(document, ["banner", "ladder"], "whytransfer audit"),
        _LEAST + _height(document, "ladder"),
    )


def _height(document: Mapping[str, Any], name: str) -> int:
    rows = {"ladder": len(document["claims"]), "features": min(24, len(document["diagnosis"]["features"]))}
    return min(1200, max(_LEAST, _HEIGHTS.get(name, 0) * rows.get(name, 0)))
