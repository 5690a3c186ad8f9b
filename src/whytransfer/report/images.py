"""Thumbnails of target rows, as the report shows them; read from the document, which may be anybody's."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from whytransfer.claims import figures
from whytransfer.report import words

SIDE = 96
"""Pixels of a side on the page: those of the thumbnail."""

MOST_BYTES = 150_000
"""Of base64 on one page: a document from elsewhere may hold more, and the page stays small."""

JPEG = b"\xff\xd8\xff"
"""First bytes of every JPEG: nothing else is put into a page as one."""

_GROUPS = {
    "foreign": (
        "The most foreign",
        "How far the nearest source image is, where 1 is the distance within which 99 % of the source's images have another one.",
    ),
    "contested": ("The most contested", "Share of models of other families that contradict the model."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """One thumbnail with its name and figure."""

    name: str
    jpeg: Markup
    told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Thumbnails that are shown for one reason."""

    title: str
    text: str
    images: tuple[Image, ...]


def groups(document: Mapping[str, Any]) -> list[Group]:
    """The thumbnails by reason; images without a known reason, and what is no JPEG, are left out."""
    room = MOST_BYTES
    found: dict[str, list[Image]] = {why: [] for why in _GROUPS}
    for item in document["images"]:
        why, jpeg = item.get("why"), item["jpeg_base64"]
        if why not in found or len(jpeg) > room or not _is_jpeg(jpeg):
            continue
        room -= len(jpeg)
        name = str(item.get("name") or item["sha256"][:12])
        found[why].append(
            Image(
                name=words.clean(name, longest=120),
                # Only letters, digits, +, / and = are in it: that was checked.
                jpeg=Markup(jpeg),  # noqa: S704
                told=_told(item.get("value")),
            )
        )
    return [
        Group(title=title, text=text, images=tuple(found[why]))
        for why, (title, text) in _GROUPS.items()
        if found[why]
    ]


def _is_jpeg(text: str) -> bool:
    try:
        return base64.b64decode(text, validate=True).startswith(JPEG)
    except (binascii.Error, ValueError):
        return False


def _told(value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    return figures.number(value, places=2)
