"""NPZ archives as pandas frames; never with pickles, and never more memory than the archive's directory says."""

from __future__ import annotations

import sys
import tokenize
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

import numpy as np

from whytransfer.errors import InputError
from whytransfer.io import DAMAGED_ZIP, headers_of_any_age, refuse_beyond_memory, refuse_bombs

if TYPE_CHECKING:
    import pandas as pd


def read_archive(source: Path | IO[bytes], name: str, beside: tuple[str, ...] = ()) -> pd.DataFrame:
    """The arrays of an NPZ file as one frame.

    ``X`` (n, p) gives the columns, named by ``feature_names`` (p) or ``x0``, ``x1``, …; the array ``y`` and those
    named in `beside` become columns under their own names, other arrays are not read. float16 is read as float32.

    Raises
    ------
    InputError
        When it is no NPZ, holds no ``X``, needs a pickle, or its parts don't fit each other.
    """
    wanted = {"X", "y", "feature_names", *beside}
    try:
        with zipfile.ZipFile(source) as archive:
            refuse_bombs(archive, repr(name))
            arrays = {
                member.filename.removesuffix(".npy"): _array(archive, member, name)
                for member in archive.infolist()
                if member.filename.removesuffix(".npy") in wanted and member.filename.endswith(".npy")
            }
            members = sorted(archive.namelist())
    except DAMAGED_ZIP as error:
        raise InputError(
            f"{name!r} is a damaged or truncated NPZ file ({error}); copy or write it again"
        ) from None
    if "X" not in arrays:
        arrays_there = [member.removesuffix(".npy") for member in members if member.endswith(".npy")]
        # A name may hold line breaks, and the message is one line.
        found = " ".join(", ".join(arrays_there).split())
        raise InputError(
            f"{name!r} holds no array X, expected X (rows, columns) and y (rows); found "
            f"{found[:200] or 'no array at all (an Excel workbook or a zip? save the table as CSV)'}"
        )
    return _frame(arrays, name)


def _array(archive: zipfile.ZipFile, member: zipfile.ZipInfo, name: str) -> np.ndarray:
    """One array; its header must agree with the size in the archive's directory before memory is taken."""
    where = f"{name!r}: array {member.filename.removesuffix('.npy')}"
    refuse_beyond_memory(member.file_size, where)
    try:
        with headers_of_any_age(), archive.open(member) as stream:
            version = np.lib.format.read_magic(stream)
            header = (
                np.lib.format.read_array_header_1_0
                if version == (1, 0)
                else np.lib.format.read_array_header_2_0
            )
            shape, _, dtype = header(stream)
            if dtype.hasobject:
                raise InputError(
                    f"{where} holds Python objects, which need a pickle and are never read; save numbers or text"
                )
            if stream.tell() + dtype.itemsize * int(np.prod(shape, dtype=np.float64)) != member.file_size:
                raise InputError(f"{where} is truncated: its header says shape {shape}; write it again")
        with headers_of_any_age(), archive.open(member) as stream:
            return _characters(np.lib.format.read_array(stream, allow_pickle=False), where)
    except (ValueError, TypeError, SyntaxError, LookupError, OverflowError, tokenize.TokenError) as error:
        # numpy parses the header of an array as a literal of Python
        if isinstance(error, InputError):
            raise
        raise InputError(
            f"{where} can't be read ({' '.join(str(error).split())[:160]}); write it again"
        ) from None


def _characters(array: np.ndarray, where: str) -> np.ndarray:
    """The array, unless its text holds numbers that are no characters: Python's own text breaks on those."""
    if array.dtype.kind == "U" and array.size and array.dtype.itemsize:
        native = np.ascontiguousarray(array.astype(array.dtype.newbyteorder("=")))
        if native.view(np.uint32).max() > sys.maxunicode:
            raise InputError(f"{where} holds text that is damaged; write it again")
    return array


def _frame(arrays: dict[str, np.ndarray], name: str) -> pd.DataFrame:
    import pandas as pd

    X = arrays["X"]
    if X.ndim == 1:
        X = X[:, None]
    if X.ndim != 2 or X.dtype.kind not in "biufSUmM":
        raise InputError(
            f"{name!r}: X has shape {X.shape} and type {X.dtype}, expected (rows, columns) of numbers or text"
        )
    if X.dtype == np.float16:
        X = X.astype(np.float32)
    names = _names(arrays, X.shape[1], name)
    roles = {}
    for key in sorted(set(arrays) - {"X", "feature_names", *names}, key=lambda key: (key != "y", key)):
        if arrays[key].shape not in ((len(X),), (len(X), 1)):
            raise InputError(
                f"{name!r}: {key} has shape {arrays[key].shape} but X has {len(X)} rows, expected one value a row"
            )
        roles[key] = _text(arrays[key].ravel())
    frame = pd.DataFrame(_text(X), columns=pd.Index(names), copy=False)
    return pd.concat([frame, pd.DataFrame(roles)], axis=1) if roles else frame


def _names(arrays: dict[str, np.ndarray], columns: int, name: str) -> list[str]:
    if "feature_names" not in arrays:
        return [f"x{position}" for position in range(columns)]
    names = [str(value) for value in _text(arrays["feature_names"].ravel())]
    if len(names) != columns:
        raise InputError(
            f"{name!r}: {len(names)} feature_names for {columns} columns of X, expected one each"
        )
    return names


def _text(values: np.ndarray) -> np.ndarray:
    if values.dtype.kind != "S":
        return values
    try:
        return np.char.decode(values, "utf-8")
    except UnicodeDecodeError:
        return np.char.decode(values, "latin-1")
