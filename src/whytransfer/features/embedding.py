"""From a list of images to a table of features: all cores, from the cache where they were worked out before."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from whytransfer.errors import InputError
from whytransfer.features.cache import Cache
from whytransfer.features.encoders.base import ImageEncoder
from whytransfer.features.listing import Listing
from whytransfer.features.pictures import Unreadable, content, glance, pixels, quietly
from whytransfer.threads import workers

Progress = Callable[[int, int], None]

BATCH = 64
"""Images under way at once, in all threads together: a batch of decoded images bounds memory (64 × 224² × 3 bytes are 10 MB) and is
what progress is told after."""

NAMED = 5
"""Images named in one sentence; the number of the others is told."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Embedded:
    """Features of the images that could be used.

    Parameters
    ----------
    features : ndarray of float32, shape (n, width)
    rows : ndarray of int64, shape (n,)
        Position in the listing of each.
    digests : tuple of str
        SHA-256 of the content of each.
    skipped : dict of str to str
        Name and reason of each image that could not be used.
    converted : dict of str to str
        Name of each image that was converted, and how.
    """

    features: np.ndarray
    rows: np.ndarray
    digests: tuple[str, ...]
    skipped: dict[str, str]
    converted: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Done:
    digest: str = ""
    vector: np.ndarray | None = None
    reason: str | None = None
    remark: str | None = None


def embed(
    listing: Listing,
    encoder: ImageEncoder,
    *,
    cache: Path | None = None,
    progress: Progress | None = None,
) -> Embedded:
    """Features of all images of a listing, in its order.

    Parameters
    ----------
    listing : Listing
        n images.
    encoder : ImageEncoder
        What makes features of them.
    cache : Path or None
        Folder of features that were worked out before; None: none.
    progress : callable or None
        Told after every batch how many of how many are done.

    Returns
    -------
    Embedded
        The features do not depend on the order of the images, on the batch, or on the number of cores.
    """
    known = Cache(cache, encoder.key, (encoder.width,))
    done: list[_Done] = []
    waiting = iter(listing.paths)
    with quietly(), one_thread_each(), ThreadPoolExecutor(workers()) as pool:
        while batch := list(islice(waiting, BATCH)):
            done += pool.map(lambda path: _one(path, encoder, known), batch)
            if progress is not None:
                progress(len(done), len(listing.paths))
    rows = np.array([i for i, one in enumerate(done) if one.vector is not None], dtype=np.int64)
    vectors = [one.vector for one in done if one.vector is not None]
    return Embedded(
        features=np.stack(vectors) if vectors else np.empty((0, encoder.width), dtype=np.float32),
        rows=rows,
        digests=tuple(done[i].digest for i in rows),
        skipped={name: one.reason for name, one in zip(listing.names, done, strict=True) if one.reason},
        converted={name: one.remark for name, one in zip(listing.names, done, strict=True) if one.remark},
    )


def _one(path: Path, encoder: ImageEncoder, known: Cache) -> _Done:
    try:
        data = content(path)
        remark = glance(data)
        digest = hashlib.sha256(data).hexdigest()
        vector = known.get(digest)
        if vector is None:
            vector = encoder.encode(pixels(data, encoder.side))
    except Unreadable as error:
        return _Done(reason=str(error))
    if not np.isfinite(vector).all():
        return _Done(reason=f"its features by {encoder.name} are not finite")
    known.put(digest, vector)
    return _Done(digest=digest, vector=vector, remark=remark)


@contextmanager
def one_thread_each() -> Iterator[None]:
    """Within it a torch operation uses one thread: sums in one order whatever the machine, and the cores go to several images.

    The number is the process's own and is put back. Without torch there is nothing to do.
    """
    try:
        import torch
    except ImportError:
        yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def refuse_unusable(parts: Sequence[tuple[str, Embedded]], *, skip: bool) -> list[str]:
    """Refuse images that can't be used, or say how many and which were skipped, and which were converted.

    Parameters
    ----------
    parts : sequence of (str, Embedded)
        Whose images, for the message (``"source"``), and what became of them.
    skip : bool
        Whether the user asked to skip them.

    Raises
    ------
    InputError
        When some can't be used and `skip` is false, or none of a domain is left.
    """
    said = []
    bad = {f"{whose}: {name}": reason for whose, part in parts for name, reason in part.skipped.items()}
    if bad and not skip:
        raise InputError(
            f"{_count(len(bad))} can't be used: {_told(bad)}; mend or remove them, or leave them out with --skip-broken"
        )
    for whose, part in parts:
        if not len(part.rows):
            raise InputError(f"{whose}: none of the images can be used: {_told(part.skipped)}")
        if part.skipped:
            total = len(part.rows) + len(part.skipped)
            said.append(f"{whose}: {len(part.skipped)} of {total} images were skipped: {_told(part.skipped)}")
        if part.converted:
            said.append(
                f"{whose}: {_count(len(part.converted))} had to be converted: {_told(part.converted)}"
            )
    return said


def _told(names: dict[str, str]) -> str:
    """The first few names with their reasons, and how many more there are."""
    shown = "; ".join(f"{name} ({reason})" for name, reason in list(names.items())[:NAMED])
    return shown + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def _count(number: int) -> str:
    return f"{number} image{'' if number == 1 else 's'}"
