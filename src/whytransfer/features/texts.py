"""A text column as numbers: each text's features take the place of the column."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.errors import UnknownNameError
from whytransfer.features.cache import Cache
from whytransfer.features.encoders import TextEncoder
from whytransfer.problem.read import Wanted, read_table
from whytransfer.threads import workers

if TYPE_CHECKING:
    import pandas as pd

BATCH = 4096
"""Texts under way at once; what progress is told after."""


def with_embedded(
    frame: pd.DataFrame,
    column: str,
    encoder: TextEncoder,
    *,
    what: str,
    cache: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """The table with the features of a text column in its place, called ``<column>~0``, ….

    Parameters
    ----------
    frame : data frame
        n rows.
    column : str
        The text column; a missing text counts as an empty one.
    encoder : TextEncoder
        What makes the features.
    what : str
        Whose table it is, for the message.
    cache : Path or None
        Folder of features worked out before. For WordLlama it would cost more than it saves: give it for slower encoders.
    progress : callable or None
        Told how many of how many distinct texts are done.

    Raises
    ------
    UnknownNameError
        When there is no such column.
    """
    import pandas as pd

    names = [str(name) for name in frame.columns]
    if column not in names:
        raise UnknownNameError(f"column of the {what} for --text", column, names)
    place = names.index(column)
    given = frame.iloc[:, place]
    texts = [
        encoder.missing if missing else str(text) for text, missing in zip(given, given.isna(), strict=True)
    ]
    codes, distinct = pd.factorize(np.array(texts, dtype=object))
    vectors = _vectors(
        [str(text) for text in distinct], encoder, Cache(cache, encoder.key, (encoder.width,)), progress
    )
    columns = pd.Index([f"{column}~{i}" for i in range(encoder.width)])
    features = pd.DataFrame(vectors[codes], columns=columns, index=frame.index)
    return pd.concat([frame.iloc[:, :place], features, frame.iloc[:, place + 1 :]], axis=1)


def read_with_text(
    path: Any,
    column: str,
    encoder: TextEncoder,
    *,
    what: str,
    text_columns: tuple[str, ...] = (),
    progress: Callable[[int, int], None] | None = None,
) -> pd.DataFrame:
    """The table of a file (or a data frame) with a text column embedded; `text_columns` are read as text too (groups such as ``007``)."""
    table = isinstance(path, (str, os.PathLike))
    frame = read_table(path, wanted=Wanted(text=(column, *text_columns))) if table else path
    return with_embedded(frame, column, encoder, what=what, progress=progress)


def _vectors(
    texts: list[str], encoder: TextEncoder, known: Cache, progress: Callable[[int, int], None] | None
) -> np.ndarray:
    found: list[np.ndarray] = []
    with ThreadPoolExecutor(workers()) as pool:
        for start in range(0, len(texts), BATCH):
            found += pool.map(lambda text: _one(text, encoder, known), texts[start : start + BATCH])
            if progress is not None:
                progress(len(found), len(texts))
    return np.stack(found) if found else np.empty((0, encoder.width), dtype=np.float32)


def _one(text: str, encoder: TextEncoder, known: Cache) -> np.ndarray:
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    vector = known.get(digest)
    if vector is None:
        vector = encoder.encode(text)
        known.put(digest, vector)
    return vector
