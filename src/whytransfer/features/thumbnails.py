"""Small pictures of a few target rows, so that a reader sees what the figures speak of."""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from whytransfer.features.pictures import Unreadable, content, quietly, thumbnail

SIDE = 96
"""Pixels of a thumbnail's side: an object is told at arm's length, and two dozen fit a page's width in three lines."""

QUALITY = 80
"""Of the JPEG: about 3 kB for 96 pixels."""

MOST_BYTES = 150_000
"""Of all thumbnails of a report together, as base64."""

EACH = 12
"""Images shown for each reason."""


def thumbnails(
    paths: Sequence[Path],
    names: Sequence[str],
    digests: Sequence[str],
    ranked: Mapping[str, Sequence[tuple[int, float]]],
) -> list[dict[str, Any]]:
    """The first images of each ranking, as JPEG, in turn, until the bytes are used up.

    Parameters
    ----------
    paths, names, digests : sequence, length m
        Where each target row's image is, what it is called, and the SHA-256 of its content when it was embedded.
    ranked : mapping of str to sequence of (int, float)
        Rows with a figure, the first to be shown first, by why they are shown.

    Returns
    -------
    list of dict
        ``sha256``, ``jpeg_base64``, ``row``, ``name``, ``why``, ``value``. Images that have changed since they were embedded are left out.
    """
    found: list[dict[str, Any]] = []
    room = MOST_BYTES
    with quietly():
        for place in range(EACH):
            for why, rows in ranked.items():
                if place >= len(rows):
                    continue
                row, value = rows[place]
                jpeg = _jpeg(paths[row], digests[row])
                if jpeg is None or len(jpeg) > room:
                    continue
                room -= len(jpeg)
                found.append(
                    {
                        "sha256": digests[row],
                        "jpeg_base64": jpeg,
                        "row": int(row),
                        "name": names[row],
                        "why": why,
                        "value": float(value),
                    }
                )
    order = list(ranked)
    return sorted(found, key=lambda image: order.index(image["why"]))


def _jpeg(path: Path, digest: str) -> str | None:
    try:
        data = content(path)
        if hashlib.sha256(data).hexdigest() != digest:
            return None
        small = thumbnail(data, SIDE)
    except Unreadable:
        # It was readable when it was embedded: somebody has changed it since, and no picture is better than another one.
        return None
    file = io.BytesIO()
    small.save(file, "JPEG", quality=QUALITY, optimize=True)
    return base64.b64encode(file.getvalue()).decode("ascii")
