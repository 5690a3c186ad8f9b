"""Zip archives from strangers: what they would unpack to is known before memory is taken."""

from __future__ import annotations

import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from whytransfer.errors import InputError

LARGEST_EXPANSION = 250
"""A packed file may grow by this factor, and by any factor up to `SMALL_EXPANSION` bytes; tables stay below, bombs don't."""
SMALL_EXPANSION = 2**28

DAMAGED_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    UnicodeDecodeError,  # names of members that are not the UTF-8 which they are said to be
)
"""What `zipfile` raises on damaged archives, beside OSError."""


def refuse_bomb(packed: int, unpacked: int, what: str) -> None:
    """Refuse what grows more than a table or a model does.

    Parameters
    ----------
    packed, unpacked : int
        Bytes before and after.
    what : str
        What it is, for the message.

    Raises
    ------
    InputError
        With the factor.

    Examples
    --------
    >>> refuse_bomb(1_000, 100_000_000, "'a.npz'")
    """
    if unpacked > max(SMALL_EXPANSION, LARGEST_EXPANSION * packed):
        raise InputError(
            f"{what} grows more than {LARGEST_EXPANSION}-fold when unpacked ({packed} to {unpacked} bytes), "
            "which no table does; unpack it by hand if it is meant"
        )


def refuse_bombs(archive: zipfile.ZipFile, what: str) -> None:
    """`refuse_bomb` for all members of an archive together, by its directory.

    `zipfile` stops at the size that the directory says, so a directory that lies unpacks to a damaged member, not to more.
    """
    members = archive.infolist()
    refuse_bomb(sum(m.compress_size for m in members), sum(m.file_size for m in members), what)


@contextmanager
def headers_of_any_age() -> Iterator[None]:
    """Arrays in here are read without NumPy's note that a header is of Python 2: damaged ones look like it, and the old ones are read rightly."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Reading `.npy` or `.npz` file required additional header")
        yield
