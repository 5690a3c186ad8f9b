"""Reading a table from a file, by what the file holds and not only by its name.

CSV and TSV (also gzipped), Parquet (a file or a folder of parts), Arrow and Feather, and NPZ without pickles.
"""

from __future__ import annotations

import gzip
import os
import re
import stat
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from whytransfer.errors import InputError
from whytransfer.io import refuse_beyond_memory, refuse_bomb
from whytransfer.io.zips import LARGEST_EXPANSION, SMALL_EXPANSION
from whytransfer.problem.archive import read_archive
from whytransfer.problem.columnar import read_arrow, read_feather, read_folder, read_parquet
from whytransfer.problem.delimited import read_delimited
from whytransfer.problem.native import check_names

if TYPE_CHECKING:
    import pandas as pd

FORMATS = "CSV, TSV, Parquet (a file or a folder), Arrow, Feather or NPZ"
_REFUSED = {
    b"\x80\x02": "a pickle, which can run programs and is never read",
    b"\x80\x03": "a pickle, which can run programs and is never read",
    b"\x80\x04": "a pickle, which can run programs and is never read",
    b"\x80\x05": "a pickle, which can run programs and is never read",
    b"\xff\xfe": "text in UTF-16; save it as UTF-8",
    b"\xfe\xff": "text in UTF-16; save it as UTF-8",
    b"\xfd7zXZ": "compressed with xz; decompress it, or use gzip",
    b"BZh": "compressed with bzip2; decompress it, or use gzip",
    b"\x28\xb5\x2f\xfd": "compressed with zstd; decompress it, or use gzip",
    b"\x93NUMPY": "a single NumPy array; save X and y together with numpy.savez",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook; save the sheet as CSV",
    b"SQLite format 3": "an SQLite database; export the table as CSV or Parquet",
    b"\x89HDF": "an HDF5 file; write the table as Parquet",
    b"FEA1": "a Feather file of version 1; write it again with a current pyarrow",
}
_TEXTS = {
    re.compile(rb"\s*(\[\s*)?\{\s*\""): "JSON; write the table as CSV or Parquet",
    re.compile(
        rb"\s*<(\?xml|!doctype|html|table)\b", re.IGNORECASE
    ): "a web page or XML; save the table as CSV",
}
"""Texts that are no table, by how they begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a reader has to know about single columns.

    Parameters
    ----------
    text : tuple of str
        Columns of a text file to be read as text whatever they look like (ids such as ``007``).
    beside : tuple of str
        Arrays of an NPZ file to be read beside ``X`` and ``y``.
    label : str or None
        Column of a text file of which the frame's ``attrs`` tell the words that were read as missing.
    """

    text: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()
    label: str | None = None


def read_table(path: str | os.PathLike[str], *, wanted: Wanted | None = None) -> pd.DataFrame:
    """The table in a file or in a folder of Parquet parts.

    The format is found from the first bytes. Empty cells and the usual markers (``NA``, ``NaN``, ``null``, …) of a
    CSV are missing values; dates written year first are dates; whole numbers keep all their digits.

    Parameters
    ----------
    path : path
        A file, a folder of Parquet parts, or ``"-"`` for standard input.
    wanted : Wanted or None
        Columns that need care.

    Returns
    -------
    pandas.DataFrame
        At least one row and one column, with a fresh index; for NPZ the columns of ``X``, then ``y``.

    Raises
    ------
    InputError
        In one line: what is wrong with the file and how to mend it.
    """
    name = os.fspath(path)
    wanted = wanted or Wanted()
    if name == "-":
        frame = _from_bytes(sys.stdin.buffer.read(), "standard input", wanted)
    else:
        try:
            file = _usable(Path(name))
            frame = read_folder(file) if file.is_dir() else _from_file(file, name, wanted)
        except OSError as error:
            raise InputError(f"can't read {name!r}: {error.strerror or error}") from None
    check_names([str(column) for column in frame.columns], name)
    if frame.empty:
        raise InputError(f"{name!r} holds no rows, expected at least one; there is nothing to learn from")
    return frame


def refuse_missing(path: str) -> None:
    """Refuse a file that is not there, before others are read; standard input and URLs are left to who reads them.

    Raises
    ------
    InputError
        With the nearest name beside it.
    """
    if path == "-" or "://" in path:
        return
    try:
        _usable(Path(path))
    except OSError as error:
        raise InputError(f"can't read {path!r}: {error.strerror or error}") from None


def _usable(file: Path) -> Path:
    if not file.exists():
        close = _nearest(file)
        raise InputError(f"can't read {str(file)!r}: there is no such file{close}")
    mode = file.stat().st_mode
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise InputError(
            f"can't read {str(file)!r}: it is a pipe or a device, expected a file; use - for standard input"
        )
    return file


def _nearest(file: Path) -> str:
    import difflib
    import glob

    if not file.parent.is_dir():
        return f", and no folder {str(file.parent)!r} either"
    # By their stems: a shared .csv makes any two short names look alike.
    stems = {other.stem: other.name for other in sorted(file.parent.iterdir(), reverse=True)}
    stems |= {other.stem: other.name for other in file.parent.glob(f"*{glob.escape(file.suffix)}")}
    close = difflib.get_close_matches(file.stem, stems, n=1)
    return f"; did you mean {str(file.with_name(stems[close[0]]))!r}?" if close else ""


def _from_file(file: Path, name: str, wanted: Wanted) -> pd.DataFrame:
    with file.open("rb") as stream:
        head = stream.read(4096)
    if not head.startswith((b"PAR1", b"ARROW1")):
        # Those two are mapped and read by columns; all others are in memory whole.
        refuse_beyond_memory(file.stat().st_size, repr(name))
    if not head.strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise InputError(f"{name!r} is empty, expected a table as {FORMATS}")
    if head.startswith(b"PAR1"):
        return read_parquet(file, name)
    if head.startswith(b"ARROW1"):
        return read_feather(file, name)
    if head.startswith(b"PK"):
        return read_archive(file, name, wanted.beside)
    if head.startswith(b"\x1f\x8b"):
        return _from_bytes(_unpacked(file, name), name, wanted)
    return _from_bytes(file.read_bytes(), name, wanted)


def _from_bytes(content: bytes, name: str, wanted: Wanted) -> pd.DataFrame:
    import io

    if not content[:4096].strip(b"\xef\xbb\xbf \t\r\n\x00"):
        raise InputError(f"{name!r} is empty, expected a table as {FORMATS}")
    if content.startswith(b"PAR1"):
        return read_parquet(io.BytesIO(content), name)
    if content.startswith(b"ARROW1"):
        return read_feather(io.BytesIO(content), name)
    if content.startswith(b"PK"):
        return read_archive(io.BytesIO(content), name, wanted.beside)
    if content.startswith(b"\xff\xff\xff\xff"):
        return read_arrow(io.BytesIO(content), name)
    refused = next((why for magic, why in _REFUSED.items() if content.startswith(magic)), None)
    text = content[:4096].removeprefix(b"\xef\xbb\xbf")
    refused = refused or next((why for begins, why in _TEXTS.items() if begins.match(text)), None)
    if refused:
        raise InputError(f"{name!r} is {refused}; expected {FORMATS}")
    if b"\x00" in content[:4096]:
        raise InputError(f"{name!r} is a binary file of an unknown kind, expected {FORMATS}")
    return read_delimited(content, name, wanted.text, wanted.label)


def _unpacked(file: Path, name: str) -> bytes:
    """The content of a gzipped file, which may not be a bomb."""
    packed = file.stat().st_size
    allowed = max(SMALL_EXPANSION, LARGEST_EXPANSION * packed)
    try:
        with gzip.open(file, "rb") as stream:
            content = stream.read(allowed + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(
            f"{name!r} is a damaged or truncated gzip file ({error}); copy or write it again"
        ) from None
    refuse_bomb(packed, len(content), repr(name))
    return content


def is_archive(path: str | os.PathLike[str]) -> bool:
    """Whether it is an NPZ file (or another zip)."""
    file = Path(path)
    if not file.is_file():
        return False
    with file.open("rb") as stream:
        return stream.read(2) == b"PK"
