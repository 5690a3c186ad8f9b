"""Dask's workers give what threads give: the same bytes, whoever dies; what can't be read is named."""

import threading
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from whytransfer.cli import run
from whytransfer.errors import InputError
from whytransfer.scale import Dask, Partition, Threads, partitions_of, read_streamed, streamed
from whytransfer.scale.engines import summarise
from whytransfer.scale.table import TableSummary
from whytransfer.summaries import Reservoir

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def cluster():
    made = distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    )
    yield made
    made.close()


@pytest.fixture(scope="module")
def parts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dask") / "t"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for k in range(6):
        frame = pd.DataFrame(
            {
                "x": rng.normal(size=400),
                "s": rng.choice(["a", "b"], size=400),
                "y": rng.choice(["n", "m"], size=400),
            }
        )
        frame.to_parquet(folder / f"{k}.parquet", row_group_size=200)
    return str(folder)


def broken(parts):
    """A copy of a part whose first row group is damaged."""
    bad = Path(parts).with_name("bad.parquet")
    content = bytearray((Path(parts) / "0.parquet").read_bytes())
    content[4:400] = bytes([255]) * 396
    bad.write_bytes(content)
    return str(bad)


def test_the_same_bytes_as_threads(cluster, parts):
    by_threads, by_dask = (
        read_streamed(parts, parts, "y", size=300, engine=engine)
        for engine in (Threads(), Dask(scheduler=cluster.scheduler_address))
    )
    assert by_dask.digest == by_threads.digest
    assert by_dask.streamed == by_threads.streamed
    assert by_dask.warnings == by_threads.warnings


def test_a_partition_that_can_not_be_read_is_named(cluster, parts):
    with pytest.raises(InputError, match=r"bad\.parquet', row group 0 can't be read"):
        read_streamed(parts, broken(parts), "y", engine=Dask(scheduler=cluster.scheduler_address))


def test_the_command_writes_the_same_bytes_with_either_engine(cluster, parts, monkeypatch, tmp_path, capsys):
    """Exit codes and documents alike; what can't be read is exit 2, and nothing is written."""
    monkeypatch.setattr(streamed, "LARGE", 1)
    monkeypatch.setattr(streamed, "RESERVOIR", 200)
    monkeypatch.setattr("whytransfer.steps.run.backtest.record", lambda *case: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    dask = ["--engine", "dask", "--scheduler", cluster.scheduler_address]
    found = []
    for name, engine in (("threads", []), ("dask", dask)):
        out = tmp_path / f"{name}.json"
        few = ["--learner", "stump", "--theorem", "vc", "--json", str(out)]
        found.append((run(["audit", parts, parts, "--label", "y", *few, *engine]), out.read_bytes()))
    assert found[0] == found[1]
    assert b"2,400 rows were streamed" in found[1][1]
    bad, out = broken(parts), tmp_path / "none.json"
    capsys.readouterr()
    assert run(["audit", parts, bad, "--label", "y", "--json", str(out), *dask]) == 2
    said = capsys.readouterr().err
    assert "bad.parquet', row group 0 can't be read" in said and "Traceback" not in said
    assert not out.exists()


def test_a_scheduler_without_workers_is_not_waited_for(parts):
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0", silence_logs=50) as lonely,
        pytest.raises(InputError, match="has had no worker for 0.2 s; start workers"),
    ):
        read_streamed(parts, parts, "y", size=300, engine=Dask(scheduler=lonely.scheduler_address, alone=0.2))


def test_nobody_there():
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        Dask(scheduler="tcp://127.0.0.1:9", timeout=0.5).run([([], TableSummary())])


def test_a_worker_that_is_killed_changes_nothing(cluster, parts):
    """The worker's process is killed while it works; its nanny starts another, and the lost partitions are read again."""
    partitions = partitions_of(parts)
    many = [
        Partition(path=p.path, group=p.group, first_row=p.first_row + 2400 * k, rows=p.rows)
        for k in range(12)
        for p in partitions
    ]
    empty = TableSummary(reservoir=Reservoir(size=100))
    victim = next(iter(cluster.workers.values()))
    before = victim.pid

    def kill():
        time.sleep(0.15)
        victim.process.process._process.kill()

    killer = threading.Thread(target=kill)
    killer.start()
    found = Dask(scheduler=cluster.scheduler_address).run([(many, empty)])[0]
    killer.join()
    assert found.reservoir.rows.tolist() == Threads().run([(many, empty)])[0].reservoir.rows.tolist()
    assert found.rows == sum(summarise(p, empty).rows for p in partitions) * 12
    for _ in range(100):
        if victim.pid not in (None, before):
            break
        time.sleep(0.1)
    assert victim.pid != before
