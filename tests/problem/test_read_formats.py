"""The same table from every format."""

import gzip
import io

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from whytransfer.problem.read import Wanted, read_table

TABLE = pd.DataFrame(
    {
        "age": [31, 45, 22],
        "income": [1.5, np.nan, 2.25],
        "city": ["Brest", None, "Łódź, a 'b' \"c\""],
        "member": [True, False, True],
        "since": pd.to_datetime(["2020-01-31", "1850-06-01", None]),
        "y": ["yes", "no", "yes"],
    }
)


def csv(**options):
    return lambda path: TABLE.to_csv(path, index=False, **options)


def as_stream(path):
    table = pa.Table.from_pandas(TABLE)
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)


def as_folder(path):
    path.mkdir()
    TABLE.iloc[:2].to_parquet(path / "part-0.parquet")
    TABLE.iloc[2:].to_parquet(path / "part-1.parquet")
    (path / "_SUCCESS").touch()
    (path / ".part.parquet").write_bytes(b"")


def crlf_and_bom(path):
    text = TABLE.to_csv(index=False, lineterminator="\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())


WRITERS = {
    "a.csv": csv(),
    "bom.csv": crlf_and_bom,
    "a.tsv": csv(sep="\t"),
    "semicolon.csv": csv(sep=";"),
    "bar.txt": csv(sep="|"),
    "german.csv": csv(sep=";", decimal=","),
    "a.csv.gz": lambda path: path.write_bytes(gzip.compress(TABLE.to_csv(index=False).encode())),
    "a.parquet": lambda path: TABLE.to_parquet(path),
    "indexed.parquet": lambda path: TABLE.set_axis([7, 8, 9]).to_parquet(path),
    "a.feather": lambda path: TABLE.to_feather(path),
    "a.arrow": as_stream,
    "folder": as_folder,
    "parquet_named.csv": lambda path: TABLE.to_parquet(path),
    "csv_named.parquet": csv(),
    "feather.gz": lambda path: path.write_bytes(gzip.compress(_feather())),
}


def _feather():
    buffer = io.BytesIO()
    TABLE.to_feather(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("name", WRITERS)
def test_the_same_table_from_every_format(tmp_path, name):
    WRITERS[name](tmp_path / name)
    table = read_table(tmp_path / name)
    assert list(table.columns) == list(TABLE.columns)
    assert table.index.equals(pd.RangeIndex(3))
    assert table["age"].tolist() == [31, 45, 22]
    assert table["age"].dtype == np.int64
    assert table["income"].dtype == np.float64
    assert table["income"].isna().tolist() == [False, True, False]
    assert table["income"].iloc[[0, 2]].tolist() == [1.5, 2.25]
    assert table["city"].iloc[[0, 2]].tolist() == ["Brest", "Łódź, a 'b' \"c\""]
    assert table["city"].isna().tolist() == [False, True, False]
    assert table["member"].dtype == bool
    assert table["since"].iloc[:2].tolist() == [pd.Timestamp("2020-01-31"), pd.Timestamp("1850-06-01")]
    assert table["since"].isna().tolist() == [False, False, True]
    assert table["y"].tolist() == ["yes", "no", "yes"]


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz_gives_the_columns_of_x_then_y(tmp_path, save):
    X = np.arange(6, dtype=np.float16).reshape(3, 2)
    save(tmp_path / "a.npz", X=X, y=[3, 4, 3], row=[9, 9, 9], domain="here", feature_names=["u", "v"])
    table = read_table(tmp_path / "a.npz")
    assert list(table.columns) == ["u", "v", "y"]
    assert table["v"].tolist() == [1.0, 3.0, 5.0]
    assert table["v"].dtype == np.float32
    assert table["y"].tolist() == [3, 4, 3]
    assert list(read_table(tmp_path / "a.npz", wanted=Wanted(beside=("row",))).columns) == [
        "u",
        "v",
        "y",
        "row",
    ]


def test_npz_without_names_counts_the_columns(tmp_path):
    np.savez(tmp_path / "a.npz", X=np.ones((2, 3)))
    assert list(read_table(tmp_path / "a.npz").columns) == ["x0", "x1", "x2"]
    np.savez(tmp_path / "b.npz", X=np.array([b"u", "é".encode()]), y=np.array([["a"], ["b"]]))
    table = read_table(tmp_path / "b.npz")
    assert table.to_numpy().tolist() == [["u", "a"], ["é", "b"]]


def test_folders_named_key_value_become_columns(tmp_path):
    for key in ("1", "b"):
        (tmp_path / f"k={key}").mkdir()
        TABLE.to_parquet(tmp_path / f"k={key}" / "0.parquet")
    assert read_table(tmp_path)["k"].tolist() == ["1"] * 3 + ["b"] * 3


def test_parts_of_a_folder_may_differ_in_width_of_numbers(tmp_path):
    TABLE[["age"]].to_parquet(tmp_path / "0.parquet")
    TABLE[["age"]].astype("float64").to_parquet(tmp_path / "1.parquet")
    assert read_table(tmp_path)["age"].tolist() == [31, 45, 22] * 2


def test_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"a,b\n1,2\n")))
    assert read_table("-").to_numpy().tolist() == [[1, 2]]


def test_a_link_is_followed(tmp_path):
    TABLE.to_parquet(tmp_path / "a.parquet")
    (tmp_path / "b").symlink_to("a.parquet")
    assert len(read_table(tmp_path / "b")) == 3


def text(tmp_path, content, **options):
    (tmp_path / "a.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(tmp_path / "a.csv", **options)


def test_markers_of_missing_values(tmp_path):
    table = text(tmp_path, "n,s\n1,a\nNA,NA\n,\nNaN,null\nNULL,n/a\nnan,None\n")
    assert table["n"].dtype == np.float64
    assert table.isna().sum().tolist() == [5, 5]


def test_whole_numbers_keep_all_digits(tmp_path):
    table = text(tmp_path, "a,b\n9007199254740993,1\n,2\n")
    assert int(table["a"].iloc[0]) == 9007199254740993
    assert table["a"].isna().tolist() == [False, True]
    pd.DataFrame({"a": pd.array([2**60 + 1, None], dtype="Int64")}).to_parquet(tmp_path / "b.parquet")
    assert int(read_table(tmp_path / "b.parquet")["a"].iloc[0]) == 2**60 + 1


def test_dates_written_year_first(tmp_path):
    table = text(tmp_path, "a,b,c\n2020/01/31,2020-01-31 10:30,2020-01-31T10:30:15Z\n1700/02/01,,\n")
    assert [dtype.kind for dtype in table.dtypes] == ["M", "M", "M"]
    assert table["a"].iloc[1] == pd.Timestamp("1700-02-01")
    assert table["b"].iloc[0] == pd.Timestamp("2020-01-31 10:30")


def test_dates_that_can_be_read_two_ways_stay_text(tmp_path):
    assert text(tmp_path, "a,b\n01/02/2020,1\n03/04/2020,2\n")["a"].tolist() == ["01/02/2020", "03/04/2020"]


def test_quoted_line_breaks_and_delimiters(tmp_path):
    table = text(tmp_path, 'a,b\n"x\ny, z",1\n"say ""hi""",2\n')
    assert table["a"].tolist() == ["x\ny, z", 'say "hi"']


def test_line_ends_of_an_old_mac_and_a_missing_last_one(tmp_path):
    assert text(tmp_path, "a,b\r1,2\r3,4").to_numpy().tolist() == [[1, 2], [3, 4]]


def test_a_column_of_numbers_with_one_word_stays_as_written(tmp_path):
    table = text(tmp_path, "a,b\n" + "01,2\n" * 50_000 + "x,2\n")
    assert table["a"].iloc[[0, -1]].tolist() == ["01", "x"]


def test_ids_can_be_kept_as_text(tmp_path):
    content = "id,x\n007,1\n7,2\n"
    assert text(tmp_path, content)["id"].tolist() == [7, 7]
    assert text(tmp_path, content, wanted=Wanted(text=("id", "absent")))["id"].tolist() == ["007", "7"]


def test_text_that_holds_other_delimiters(tmp_path):
    table = text(tmp_path, "a;b\nx, y;1\nz;2\n")
    assert table["a"].tolist() == ["x, y", "z"]


def test_a_wide_header_and_long_rows(tmp_path):
    names = ",".join(f"column_number_{i:06d}" for i in range(10_000))
    table = text(tmp_path, f"{names}\n{','.join(['1.25'] * 10_000)}\n")
    assert table.shape == (1, 10_000)


@pytest.mark.parametrize(
    "notes",
    [b"{", b"\xff", b"[]", b'{"index_columns": [1, null]}', b'{"columns": [{}]}', b'{"index_columns": 3}'],
)
def test_damaged_notes_of_pandas_do_not_matter(tmp_path, notes):
    import pyarrow.parquet as pq

    pq.write_table(
        pa.table({"a": [1, 2]}).replace_schema_metadata({b"pandas": notes}), tmp_path / "a.parquet"
    )
    assert read_table(tmp_path / "a.parquet")["a"].tolist() == [1, 2]


def test_an_index_in_a_file_is_no_column(tmp_path):
    TABLE[["age"]].set_axis([5, 6, 8]).to_parquet(tmp_path / "a.parquet")
    TABLE[["age"]].set_index(pd.Index(["u", "v", "w"], name="id")).to_parquet(tmp_path / "b.parquet")
    for name in ("a", "b"):
        assert list(read_table(tmp_path / f"{name}.parquet").columns) == ["age"]
