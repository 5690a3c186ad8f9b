"""A baseline as a file: a zip of JSON, arrays without objects, a Parquet table and skops models. Nothing in it can run."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from whytransfer.errors import InputError
from whytransfer.io import DAMAGED_ZIP, refuse_bombs

SCHEMA = "whytransfer/baseline/1"
ABOUT = "baseline.json"


def packed(about: Mapping[str, Any], parts: Mapping[str, bytes]) -> bytes:
    """The bytes of the file; the same parts are always the same bytes.

    Parameters
    ----------
    about : mapping
        Plain JSON values; the digest of every part is added.
    parts : mapping of str to bytes
        By name inside the file.
    """
    told = {"schema": SCHEMA, **about, "parts": {name: _digest(content) for name, content in parts.items()}}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {ABOUT: json.dumps(told, indent=2).encode(), **parts}.items():
            # A fixed date: the same parts are the same bytes.
            archive.writestr(
                zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED
            )
    return written.getvalue()


def unpacked(path: Path) -> tuple[dict[str, Any], dict[str, bytes]]:
    """What the file holds, every part as its digest says.

    Raises
    ------
    InputError
        In one line, for a file that is none, is damaged, or was changed.
    """
    if not path.is_file():
        raise InputError(f"baseline {path}: no such file; give what Baseline.save wrote")
    try:
        with zipfile.ZipFile(path) as archive:
            refuse_bombs(archive, f"baseline {path}")
            parts = {name: archive.read(name) for name in archive.namelist()}
    except (OSError, *DAMAGED_ZIP) as error:
        raise InputError(
            f"baseline {path}: can't be read ({getattr(error, 'strerror', None) or error}); give what Baseline.save wrote"
        ) from None
    about = _about(parts.pop(ABOUT, b""), path)
    if {name: _digest(content) for name, content in parts.items()} != about["parts"]:
        raise InputError(f"baseline {path}: its parts are not those it was saved with; save it again")
    return about, parts


def _about(content: bytes, path: Path) -> dict[str, Any]:
    try:
        about = json.loads(content)
    except ValueError:
        about = None
    schema = about.get("schema") if isinstance(about, dict) else None
    if not isinstance(about, dict) or schema != SCHEMA or not isinstance(about.get("parts"), dict):
        raise InputError(
            f"baseline {path}: expected schema {SCHEMA!r}, got {schema!r}; give what Baseline.save wrote"
        )
    return about


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def array_bytes(values: np.ndarray) -> bytes:
    """An array in NumPy's format, without objects."""
    written = io.BytesIO()
    np.lib.format.write_array(written, np.ascontiguousarray(values), allow_pickle=False)
    return written.getvalue()


def array_of(content: bytes, name: str) -> np.ndarray:
    """The array that `array_bytes` wrote.

    Raises
    ------
    InputError
        For anything else, and for an array of objects.
    """
    try:
        found: np.ndarray = np.lib.format.read_array(io.BytesIO(content), allow_pickle=False)
    except ValueError as error:
        raise InputError(f"baseline: {name} can't be read ({error})") from None
    return found


def table_bytes(table: Any) -> dict[str, bytes]:
    """A data frame as Parquet, a CSR matrix as its three arrays."""
    if hasattr(table, "tocsr"):
        shape = np.array(table.shape, dtype=np.int64)
        arrays = {"data": table.data, "indices": table.indices, "indptr": table.indptr, "shape": shape}
        return {f"source.{name}.npy": array_bytes(values) for name, values in arrays.items()}
    written = io.BytesIO()
    table.to_parquet(written, index=False)
    return {"source.parquet": written.getvalue()}


def table_of(parts: Mapping[str, bytes]) -> Any:
    """The table that `table_bytes` wrote."""
    if "source.parquet" in parts:
        from whytransfer.problem.columnar import read_parquet

        return read_parquet(io.BytesIO(parts["source.parquet"]), "the rows of the baseline")
    from scipy.sparse import csr_matrix

    names = ("data", "indices", "indptr", "shape")
    data, indices, indptr, shape = (array_of(parts[f"source.{name}.npy"], name) for name in names)
    return csr_matrix((data, indices, indptr), shape=(int(shape[0]), int(shape[1])))
