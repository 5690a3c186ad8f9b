"""What a document says of the photographs behind its rows: which were skipped, what embedded them, and a few of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from whytransfer.features.photos import Photos, distances
from whytransfer.features.thumbnails import EACH, thumbnails

FOREIGN, CONTESTED = "foreign", "contested"
"""Why an image is shown: it lies farthest from every source image, or models of other families contradict the model on it most."""


def with_photos(document: Mapping[str, Any], photos: Photos, *, examples: bool = True) -> dict[str, Any]:
    """The document with the encoder, the images that were skipped or converted, and thumbnails.

    Parameters
    ----------
    document : mapping
        An ``audit/1`` document about ``photos.problem``.
    photos : Photos
        The photographs.
    examples : bool
        Whether images of the user may be in it.

    Returns
    -------
    dict
        A new document: ``images`` (each with ``sha256``, ``jpeg_base64``, ``row``, ``name``, ``why``, ``value``), the warnings first, and the encoder
        in ``provenance``.
    """
    encoder = {"name": photos.encoder.name, "digest": photos.encoder.key, "features": photos.encoder.width}
    ranked = rankings(document, photos)
    target = photos.target
    return {
        **document,
        "warnings": [*photos.warnings, *document["warnings"]],
        "provenance": {**document["provenance"], "encoder": encoder},
        "images": thumbnails(target.paths, target.names, target.embedded.digests, ranked) if examples else [],
    }


def rankings(document: Mapping[str, Any], photos: Photos) -> dict[str, list[tuple[int, float]]]:
    """Target rows with their figure, the most foreign first, and the most contested first.

    Foreign: the distance to the nearest source image (`photos.distances`); ties by row. Contested: the share of models of other families that contradict
    the model, from the document.
    """
    apart = distances(photos)
    order = np.argsort(-apart, kind="stable")[:EACH]
    contested = document["diagnosis"].get("contested") or {}
    return {
        FOREIGN: [(int(row), float(apart[row])) for row in order],
        CONTESTED: [(int(one["row"]), float(one["share"])) for one in contested.get("rows", [])[:EACH]],
    }
