"""Tables behind a URL, by fsspec: ``file://``, ``memory://``, ``s3://`` and whatever else is installed beside it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from whytransfer.errors import InputError

SEPARATOR = "://"


def is_url(path: object) -> bool:
    """Whether a path is a URL rather than a place in the local file system.

    Examples
    --------
    >>> is_url("s3://bucket/here.parquet"), is_url("here.parquet"), is_url("-")
    (True, False, False)
    """
    return isinstance(path, str) and SEPARATOR in path


@contextmanager
def opened(url: str) -> Iterator[BinaryIO]:
    """The file behind a URL, for reading.

    Raises
    ------
    OSError
        When it can't be read.
    """
    system, place = _system(url)
    with system.open(place, "rb") as file:
        # A file in memory is one object for all who open it: threads would move each other's place in it.
        yield io.BytesIO(file.getvalue()) if isinstance(file, io.BytesIO) else file


def parts_below(url: str) -> list[str] | None:
    """URLs of all files below a folder, by path; None of a single file.

    Raises
    ------
    InputError
        When there is nothing, or no library for such URLs.
    """
    system, place = _system(url)
    try:
        if system.isfile(place):
            return None
        found = sorted(system.find(place))
    except OSError as error:
        raise InputError(f"can't read {url!r} ({' '.join(str(error).split())[:160]})") from None
    if not found:
        raise InputError(f"can't read {url!r}: there is no such file; correct the URL")
    return [str(system.unstrip_protocol(part)) for part in found]


def _system(url: str) -> tuple[Any, str]:
    """The file system of a URL, and the place in it."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise InputError(f"{url!r}: URLs need fsspec: pip install 'whytransfer[dask]'") from None
    try:
        system, place = url_to_fs(url)
    except (ImportError, ValueError, OSError) as error:
        # fsspec names the library that a protocol needs.
        raise InputError(
            f"{url!r} can't be opened ({' '.join(str(error).split())[:160]}); install what it needs, or copy the file here"
        ) from None
    return system, str(place)
