"""What can't be read is refused in one line that says how to mend it."""

import gzip
import os
import zipfile

import numpy as np
import pandas as pd
import pytest

from whytransfer.errors import InputError
from whytransfer.problem.read import read_table

GOOD = pd.DataFrame({"a": range(500), "b": ["text"] * 500})


def refused(path, *words):
    with pytest.raises(InputError) as caught:
        read_table(path)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 500
    for word in words:
        assert word in message, message
    return message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", ["is empty", "expected a table as CSV"]),
        (b"\xef\xbb\xbf\r\n \n", ["is empty"]),
        (b"a,b\n", ["holds no rows"]),
        (b"a,b", ["holds no rows"]),
        (b"a,b,a\n1,2,3\n", ["'a' stands more than once", "rename"]),
        (b",b\n0,2\n", ["column 1 of 2 has no name", "index=False"]),
        (b"a, \n0,2\n", ["column 2 of 2 has no name"]),
        (b"a,b,c\n1,2,3\n1,2\n", ["Expected 3 columns, got 2"]),
        (b'a,b\n"x,1\n2,3\n', ["rows of equal length"]),
        ("a,b\né,1\n".encode("latin-1"), ["not UTF-8", "line 2", "iconv"]),
        ("é,b\n1,1\n".encode("latin-1"), ["not UTF-8", "line 1"]),
        (b"a,b\n" + b"1,2\n" * 50_000 + b"\xe9,1\n", ["not UTF-8", "line 50002"]),
        ("a,b\n1,2\n".encode("utf-16"), ["UTF-16"]),
        (b"a,b\n\x00,1\n", ["binary file"]),
        (b"\x80\x04\x95abc", ["pickle", "never read"]),
        (b"SQLite format 3\x00", ["SQLite"]),
        (b"FEA1abcdef", ["version 1"]),
        (b"BZh91AY&SY", ["bzip2"]),
        (b'[{"x":1.5,"y":"a"},{"x":2,"y":"b"}]', ["JSON", "CSV"]),
        (b'\xef\xbb\xbf{"x":1.5,"y":"a"}\n{"x":2,"y":"b"}\n', ["JSON"]),
        (b'[\n {\n  "x": 1,\n  "y": "a"\n }\n]', ["JSON"]),
        (b"<!DOCTYPE html><table><tr><td>1", ["web page"]),
        (b'<?xml version="1.0"?>\n<rows/>', ["XML"]),
        (b"PAR1", ["truncated Parquet"]),
        (b"ARROW1\x00\x00", ["truncated Arrow"]),
        (b"PK\x03\x04", ["truncated NPZ"]),
        (b"\xff\xff\xff\xff\x10", ["Arrow"]),
    ],
)
def test_content_that_is_no_table(tmp_path, content, words):
    (tmp_path / "a.csv").write_bytes(content)
    refused(tmp_path / "a.csv", "a.csv", *words)


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
@pytest.mark.parametrize("kind", ["parquet", "feather", "npz", "csv.gz"])
def test_truncated_files(tmp_path, kind, share):
    path = tmp_path / f"a.{kind}"
    if kind == "npz":
        np.savez(path, X=np.arange(500.0), y=np.arange(500))
    elif kind == "csv.gz":
        path.write_bytes(gzip.compress(GOOD.to_csv(index=False).encode()))
    else:
        getattr(GOOD, f"to_{kind}")(path)
    content = path.read_bytes()
    path.write_bytes(content[: int(share * len(content))])
    refused(path, "truncated")


def test_a_damaged_byte_in_gzip(tmp_path):
    content = bytearray(gzip.compress(GOOD.to_csv(index=False).encode()))
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "a.csv.gz").write_bytes(bytes(content))
    refused(tmp_path / "a.csv.gz", "damaged")


def test_a_gzip_bomb(tmp_path, monkeypatch):
    for module in ("problem.read", "io.zips"):
        monkeypatch.setattr(f"whytransfer.{module}.SMALL_EXPANSION", 2**20)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(b"a,b\n" + b"1,2\n" * 2**20))
    refused(tmp_path / "a.csv.gz", "250-fold")


def test_an_npz_bomb(tmp_path, monkeypatch):
    monkeypatch.setattr("whytransfer.io.zips.SMALL_EXPANSION", 1000)
    np.savez_compressed(tmp_path / "a.npz", X=np.zeros(100_000))
    refused(tmp_path / "a.npz", "250-fold")


def test_an_npz_whose_header_lies_about_its_size(tmp_path):
    import io

    buffer = io.BytesIO()
    np.save(buffer, np.zeros((10, 2)))
    lie = buffer.getvalue().replace(b"(10, 2)", b"(10**9,")
    assert lie == buffer.getvalue() or len(lie) == len(buffer.getvalue())
    lie = buffer.getvalue().replace(b"(10, 2)", b"(99, 9)")
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("X.npy", lie)
    refused(tmp_path / "a.npz", "its header says shape (99, 9)")


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        (
            {"X": np.ones((3, 2)), "y": np.array([1, "a", None], dtype=object)},
            ["y", "Python objects", "never read"],
        ),
        ({"X": np.array([[1, None]], dtype=object)}, ["X", "Python objects"]),
        ({"y": np.ones(3)}, ["holds no array X", "found y"]),
        ({"X": np.ones((3, 2)), "y": np.ones(4)}, ["y has shape (4,) but X has 3 rows"]),
        ({"X": np.ones((3, 2)), "feature_names": ["a"]}, ["1 feature_names for 2 columns"]),
        ({"X": np.ones((3, 2)), "feature_names": ["a", "a"]}, ["'a' stands more than once"]),
        ({"X": np.ones((3, 2, 2))}, ["X has shape (3, 2, 2)"]),
        ({"X": np.ones((3, 2), dtype=complex)}, ["complex"]),
        ({"X": np.ones((0, 2)), "y": np.ones(0)}, ["holds no rows"]),
    ],
)
def test_npz_that_does_not_fit(tmp_path, arrays, words):
    np.savez(tmp_path / "a.npz", **arrays)
    refused(tmp_path / "a.npz", *words)


def test_a_workbook_is_told_from_an_npz(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    refused(tmp_path / "a.xlsx", "Excel", "save the table as CSV")


def test_paths_that_are_no_table(tmp_path):
    (tmp_path / "data.parquet").write_bytes(b"PAR1")
    refused(tmp_path / "dataa.parquet", "no such file", "did you mean", "data.parquet")
    refused(tmp_path / "no" / "a.csv", "no folder")
    (tmp_path / "images").mkdir()
    refused(tmp_path / "images", "holds no *.parquet files", "--label-from folder")
    refused(os.devnull, "pipe or a device")
    os.mkfifo(tmp_path / "pipe")
    refused(tmp_path / "pipe", "pipe or a device")


def test_parts_of_a_folder_that_differ(tmp_path):
    GOOD.to_parquet(tmp_path / "0.parquet")
    GOOD[["a"]].to_parquet(tmp_path / "1.parquet")
    refused(tmp_path, "differ in the column 'b'")
    (tmp_path / "1.parquet").write_bytes(b"PAR1nonsense")
    refused(tmp_path, "1.parquet", "truncated Parquet")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path):
    GOOD.to_parquet(tmp_path / "a.parquet")
    (tmp_path / "a.parquet").chmod(0)
    refused(tmp_path / "a.parquet", "Permission denied")
