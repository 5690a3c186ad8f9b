"""Tables streamed into summaries: all rows counted, samples the same for any number of workers, partitions named."""

import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from threadpoolctl import threadpool_info

import whytransfer as wt
from whytransfer.cli import run
from whytransfer.errors import InputError
from whytransfer.report import load_schema
from whytransfer.scale import (
    Threads,
    engine_of,
    engines,
    is_large,
    partitions_of,
    read_streamed,
    rows_in,
    streamed,
)
from whytransfer.scale.partitions import Partition
from whytransfer.summaries import Quantiles


def table(n, shift, seed):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=n) + shift
    return pd.DataFrame(
        {
            "x": x,
            "gap": np.where(rng.random(n) < 0.1, np.nan, x),
            "site": rng.choice(["a", "b", "c"], size=n, p=[0.6, 0.3, 0.1]),
            "whole": rng.integers(9, size=n),
            "when": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(1000, size=n), unit="h"),
            "flag": rng.random(n) < 0.5,
            "y": np.where(x + rng.normal(size=n) > 0.3, "yes", "no"),
        }
    )


def written(folder, frame, parts, group=100):
    folder.mkdir()
    for k, rows in enumerate(np.array_split(np.arange(len(frame)), parts)):
        frame.iloc[rows].to_parquet(folder / f"part-{k}.parquet", row_group_size=group)
    return str(folder)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    root = tmp_path_factory.mktemp("streamed")
    here, there = table(900, 0.0, 0), table(700, 0.4, 1)
    return written(root / "here", here, 3), written(root / "there", there.drop(columns="y"), 2), here, there


def test_partitions_are_all_rows_in_order(files):
    source, _, here, _ = files
    parts = partitions_of(source)
    assert [part.rows for part in parts] == [100] * 9 and rows_in(source) == 900
    assert [part.first_row for part in parts] == list(range(0, 900, 100))
    read = pa.concat_tables([batch for part in parts for _, batch in part.batches()])
    assert read.column_names == list(here.columns)
    np.testing.assert_array_equal(read["x"].to_numpy(), here["x"])


def test_a_reservoir_with_room_for_all_is_the_file(files):
    source, target, *_ = files
    problem = read_streamed(source, target, "y", size=5000)
    assert problem.digest == wt.Problem.read(source, target, "y").digest
    assert not any("streamed" in warning for warning in problem.warnings)


def test_samples_and_summaries_do_not_depend_on_the_workers(files, monkeypatch):
    source, target, here, _ = files
    found = []
    for count in ("1", "3"):
        monkeypatch.setenv("NUMBA_NUM_THREADS", count)
        found.append(read_streamed(source, target, "y", size=250, seed=4))
    one, other = found
    assert one.digest == other.digest and one.streamed == other.streamed
    assert (one.source.n, one.target.n) == (250, 250)
    rows = one.source.frame()["x"].to_numpy()
    assert np.isin(rows, here["x"]).all() and (np.diff(np.searchsorted(np.sort(here["x"]), rows)) != 0).all()


def test_all_rows_are_summarised(files):
    source, target, here, there = files
    problem = read_streamed(source, target, "y", size=50)
    columns = {column["name"]: column for column in problem.streamed["columns"]}
    assert columns["x"]["source"]["mean"] == pytest.approx(here["x"].mean())
    assert columns["x"]["target"]["variance"] == pytest.approx(there["x"].var())
    assert columns["gap"]["source"]["missing"] == here["gap"].isna().sum()
    assert columns["site"]["source"]["most_frequent"] == here["site"].value_counts().to_dict()
    assert columns["when"]["source"]["largest"] == here["when"].max().timestamp()
    assert columns["flag"]["source"]["mean"] == pytest.approx(here["flag"].mean())
    gap = columns["x"]["half_line"]
    exact = wt.divergence("half_line", here["x"], there["x"]).estimate
    assert abs(gap["estimate"] - exact) <= gap["within"] + 1e-12
    assert problem.streamed["source"]["rows"] == 900 and problem.streamed["source"]["reservoir"] == 50
    assert (
        "900 rows were streamed" in problem.warnings[0]
        and "±17.31 % (Hoeffding, 95 % sure each way)" in problem.warnings[0]
    )


def test_folders_say_columns_and_arrow_files_stream_too(tmp_path):
    frame = table(300, 0.0, 2)
    for key in (2, 10):
        folder = tmp_path / "keyed" / f"year={key}"
        folder.mkdir(parents=True)
        frame.to_parquet(folder / "a.parquet")
    problem = read_streamed(str(tmp_path / "keyed"), str(tmp_path / "keyed"), "y", size=1000)
    assert problem.digest == wt.Problem.read(tmp_path / "keyed", tmp_path / "keyed", "y").digest
    frame.to_feather(tmp_path / "t.arrow", compression="uncompressed")
    arrow = read_streamed(str(tmp_path / "t.arrow"), str(tmp_path / "t.arrow"), "y", size=1000)
    assert arrow.source.digest == wt.Problem.read(frame, frame, "y").source.digest


def test_rows_of_both_tables_are_compared(files, tmp_path):
    """Contents that stand in both, whatever the order of the columns, and the kernel distance of all rows."""
    source, target, here, there = files
    apart = read_streamed(source, target, "y", size=50)
    assert apart.streamed["contents"] == {
        "shared": 0.0, "looked_at": 1600, "within": 0.0, "repeated_in_source": 0.0, "repeated_in_target": 0.0
    }  # fmt: skip
    assert not any("contents" in warning for warning in apart.warnings)
    leaked = pd.concat([there, here[:40]])[["y", "flag", "when", "whole", "site", "gap", "x"]]
    leaky = written(tmp_path / "leaky", leaked.drop(columns="y"), 2)
    together = read_streamed(source, leaky, "y", size=50)
    assert together.streamed["contents"]["shared"] == 40 / 1600
    assert any(w.startswith("40 of 1600 distinct contents") for w in together.warnings)
    few = pd.DataFrame({"a": np.arange(600) % 7, "y": np.arange(600) % 2})
    same = written(tmp_path / "few", few, 1)
    assert not any("contents" in w for w in read_streamed(same, same, "y", size=50).warnings)

    kernel = apart.streamed["kernel_mean"]
    numbers = ["x", "gap", "whole", "when", "flag"]
    assert kernel["columns"] == len(numbers) and kernel["frequencies"] == 128
    first = here[:100][numbers].astype({"when": "int64"}).astype(float)  # a row group
    units = [
        ((t[numbers].astype({"when": "int64"}).astype(float) - first.mean()) / first.std(ddof=0)).fillna(0.0)
        for t in (here, there)
    ]
    exact = wt.divergence("mmd", *units, bandwidth=kernel["bandwidth"]).estimate ** 2
    assert abs(kernel["mmd_squared"] - exact) <= 4 * kernel["standard_error"] <= kernel["within"]


@pytest.mark.parametrize("scheme", ["memory", "file"])
def test_urls_are_streamed_like_files(tmp_path, scheme):
    """Files in memory are one object for all threads; folders say columns wherever they lie."""
    fsspec = pytest.importorskip("fsspec")
    frame = table(300, 0.0, 2)
    for key in (2, 10):
        folder = tmp_path / "keyed" / f"year={key}"
        folder.mkdir(parents=True)
        frame.to_parquet(folder / "a.parquet", row_group_size=50)
    frame.to_feather(tmp_path / "t.arrow", compression="uncompressed")
    root = tmp_path.as_uri() if scheme == "file" else "memory://here"
    if scheme == "memory":
        fsspec.filesystem("memory").put(str(tmp_path) + "/", "/here", recursive=True)
    by_path = read_streamed(str(tmp_path / "keyed"), str(tmp_path / "t.arrow"), "y", size=400)
    by_url = read_streamed(f"{root}/keyed", f"{root}/t.arrow", "y", size=400)
    assert by_url.digest == by_path.digest and by_url.streamed == by_path.streamed
    assert rows_in(f"{root}/keyed") == 600 and rows_in(f"{root}/keyed/year=2/a.parquet") == 300
    with pytest.raises(InputError, match="there is no such file"):
        partitions_of(f"{root}/nothing")


def test_the_command_line_reads_urls(files, capsys):
    pytest.importorskip("fsspec")
    here, there = (f"file://{path}" for path in files[:2])
    asked = ["audit", here, there, "--label", "y"]
    assert run([*asked, "--by", "site"]) == 2
    assert "a URL draws a sample of the rows, and --by speaks" in capsys.readouterr().err
    assert run(["audit", here, "nowhere://there", "--label", "y"]) == 2
    assert "'nowhere://there' can't be opened" in capsys.readouterr().err


def test_a_column_that_is_empty_in_a_part_has_no_type_there(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    for k, values in enumerate(([None, None], [1.5, None], [None, None])):
        kind = pa.float64() if k == 1 else pa.null()
        pq.write_table(
            pa.table({"x": pa.array(values, kind), "z": [k, 1], "y": ["n", "m"]}), folder / f"{k}.parquet"
        )
    found = read_streamed(str(folder), str(folder), "y").streamed["columns"][0]["source"]
    assert (found["rows"], found["missing"], found["mean"]) == (6, 5, 1.5)


def test_what_can_not_be_read_is_named(tmp_path, files):
    source = written(tmp_path / "bad", files[2], 3, group=1000)
    bad = tmp_path / "bad" / "part-1.parquet"
    content = bytearray(bad.read_bytes())
    content[4:400] = bytes([255]) * 396
    bad.write_bytes(content)
    with pytest.raises(InputError, match=r"part-1\.parquet', row group 0 can't be read"):
        read_streamed(source, files[1], "y")
    bad.write_bytes(b"PAR1 and no more")
    with pytest.raises(InputError, match=r"part-1\.parquet' can't be read"):
        read_streamed(source, files[1], "y")
    assert not is_large(source, files[1])  # who reads it whole refuses it
    bad.unlink()
    files[2].drop(columns="x").to_parquet(bad)
    with pytest.raises(InputError, match="differ in the column 'x'"):
        read_streamed(source, files[1], "y")


@pytest.mark.parametrize("groups", [0, 1])
def test_a_table_without_rows_is_named(files, tmp_path, groups):
    path = str(tmp_path / "none.parquet")
    schema = pa.Table.from_pandas(files[2]).schema
    with pq.ParquetWriter(path, schema) as writer:
        for _ in range(groups):
            writer.write_table(schema.empty_table())
    for source, target in ((files[0], path), (path, files[1])):
        with pytest.raises(InputError, match=r"none\.parquet' holds no rows, expected at least one"):
            read_streamed(source, target, "y")


def test_one_thread_of_blas_for_each_thread_that_reads(files, monkeypatch):
    def threads():
        return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]

    before, seen = threads(), []
    summarise = engines.summarise
    monkeypatch.setattr(engines, "summarise", lambda *one: (seen.append(threads()), summarise(*one))[1])
    read_streamed(*files[:2], "y", size=50)
    assert seen and all(count == 1 for one in seen for count in one) and threads() == before


def test_a_file_that_changes_under_way_is_noticed(files):
    part = partitions_of(files[0])[0]
    changed = Partition(path=part.path, group=0, first_row=0, rows=99)
    with pytest.raises(InputError, match="changed while it was read"):
        list(changed.batches())


def test_columns_of_two_kinds_are_refused(tmp_path):
    folder = tmp_path / "t"
    folder.mkdir()
    for k, values in enumerate((["a"], [1.0])):
        pq.write_table(pa.table({"x": values, "y": ["n"]}), folder / f"{k}.parquet")
    with pytest.raises(InputError, match="column 'x' holds numbers in one partition and text in another"):
        read_streamed(str(folder), str(folder), "y")


@pytest.mark.parametrize(
    ("name", "scheduler", "said"),
    [
        ("threads", "tcp://a:1", "is for --engine dask"),
        ("dask", None, "needs --scheduler"),
        ("spark", None, "threads or dask"),
    ],
)
def test_engines(name, scheduler, said):
    with pytest.raises(InputError, match=said):
        engine_of(name, scheduler)
    assert engine_of("threads", None) == Threads()


def test_ranks_of_a_million_rows_are_known_to_a_quarter_of_a_percent():
    """By the proven bound alone: parts of 65,536 rows."""
    total, rng = Quantiles(), np.random.default_rng(3)
    for _ in range(16):
        total = total + Quantiles().of(rng.normal(size=65_536))
    assert total.error / total.n < 0.0025


def test_the_command_line_switches_by_size_and_says_so(files, monkeypatch, tmp_path, capsys):
    source, target, *_ = files
    monkeypatch.setattr(streamed, "LARGE", 800)
    monkeypatch.setattr(streamed, "RESERVOIR", 200)
    monkeypatch.setattr("whytransfer.steps.run.backtest.record", lambda *case: None)
    out = tmp_path / "audit.json"
    few = ["--learner", "stump", "--theorem", "vc"]
    code = run(["audit", source, target, "--label", "y", *few, "--json", str(out)])
    assert code in (0, 10, 11), capsys.readouterr().err
    document = json.loads(out.read_text())
    assert document["provenance"]["scale"]["source"]["rows"] == 900
    assert document["problem"]["source"]["rows"] == 200
    assert any("900 rows were streamed" in warning for warning in document["warnings"])
    import jsonschema

    jsonschema.validate(document, load_schema())
    assert run(["audit", source, target, "--label", "y", "--engine", "dask"]) == 2
    assert "--scheduler" in capsys.readouterr().err
    dask = ["--engine", "dask", "--scheduler", "tcp://127.0.0.1:1"]
    assert run(["audit", source, target, "--label", "y", "--target-is-whole", *dask]) == 2
    assert "--target-is-whole speaks of" in capsys.readouterr().err


def test_samples_answer_no_question_about_all_rows(files):
    problem = read_streamed(files[0], files[1], "y", size=100)
    with pytest.raises(InputError, match="needs every row of the files"):
        wt.audit(problem, population="file")
    with pytest.raises(InputError, match="needs every row of the files"):
        wt.plan_labels(problem, tolerance=0.3)
