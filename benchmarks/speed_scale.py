"""What tables cost that are larger than memory: ``python -m benchmarks.speed_scale --most 7 --audit``.

Tables of 40 numbers, 10 categories and a label are written as Parquet, row groups of 125,000. Every size is one fresh process that
streams a source and a target of so many rows into summaries and samples (`scale.read_streamed`); but for ``--no-audit`` the command line
audits them whole as well, two audits run side by side, and one Dask worker and two stream the largest. Time is the processor's and the wall's,
memory the peak that the operating system reports for the whole process. Writes docs/benchmarks/scale.md and its plot; about ten minutes up to
10⁷ rows, which take 8 GB of disk.

``--cache FILE`` keeps what was measured: a run with it goes on where another ended, and the page is written whole.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "scale.md"
PLOT = PAGE.with_suffix(".svg")
NUMBERS, CATEGORIES, GROUP = 40, 10, 125_000
SIDE_BY_SIDE, BY_DASK = 4, 7
"""Powers of ten of rows on which two audits, and Dask's workers, are timed. Of 10⁶ rows two workers are done in five seconds, of which the last sum and its way to
the client, where nobody works, take a tenth."""
GOALS = {"seconds": 60.0, "memory": 2048.0, "growth": 8.0, "same": 0.2, "two": 2.2, "workers": 1.6}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=7, help="the largest size is ten to this")
    parser.add_argument(
        "--audit", action=argparse.BooleanOptionalAction, default=True, help="audit each size whole as well"
    )
    parser.add_argument("--cache", type=Path, default=None, help="a JSON file of what was measured")
    parser.add_argument("--folder", type=Path, default=None, help="where the tables are written")
    parser.add_argument("--child", nargs="*", default=[], help="do one thing here and print its figures")
    options = parser.parse_args()
    if options.child:
        kind, *arguments = options.child
        print(json.dumps({"stream": streamed, "write": written_here, "dask": by_dask}[kind](*arguments)))
        return
    found = json.loads(options.cache.read_text()) if options.cache and options.cache.exists() else {}
    for power in range(4, options.most + 1):
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            measure(found, power, Path(folder), whole=options.audit)
        if options.cache:
            options.cache.write_text(json.dumps(found, indent=1), encoding="utf-8")
    PAGE.write_text(page(found), encoding="utf-8")
    plot(found["sizes"])


def measure(found: dict, power: int, folder: Path, *, whole: bool) -> None:
    """Add what is not known yet of tables of one size."""
    sizes = found.setdefault("sizes", {})
    known = sizes.setdefault(str(power), {"load": os.getloadavg()[0]})
    wanted = {"stream", "audit"} if whole else {"stream"}
    wanted |= {"two"} if whole and power == SIDE_BY_SIDE else set()
    wanted |= {"workers"} if whole and power == BY_DASK else set()
    wanted -= {*known, *found}
    if not wanted:
        return
    paths = tables(folder, power)
    if "stream" in wanted:
        known["stream"] = json.loads(run(child("stream", *paths))[0])
    if "audit" in wanted:
        known["audit"] = audits(paths, 1)
    if "two" in wanted:
        found["two"] = {"one": audits(paths, 1)["wall"], "both": audits(paths, 2)["wall"]}
    if "workers" in wanted:
        small = tables(folder, 4)
        found["workers"] = {
            str(count): json.loads(run(child("dask", str(count), *small, *paths))[0]) for count in (1, 2)
        }
    print(power, known, {name: found[name] for name in ("two", "workers") if name in wanted}, flush=True)


def child(kind: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", "benchmarks.speed_scale", "--child", kind, *arguments]


def tables(folder: Path, power: int) -> list[str]:
    """Both tables of a size, written beside each other."""
    paths = [str(folder / f"{name}{power}.parquet") for name in ("here", "there")]
    made = [
        subprocess.Popen(child("write", path, str(power), str(k)), stdout=subprocess.DEVNULL)
        for k, path in enumerate(paths)
    ]
    if any(process.wait() for process in made):
        sys.exit("the tables could not be written")
    return paths


def written_here(path: str, power: str, which: str) -> None:
    written(Path(path), 10 ** int(power), int(which))


def written(path: Path, rows: int, which: int) -> str:
    """A table of so many rows; the target's (1) has moved and has no label."""
    writer = None
    for k, start in enumerate(range(0, rows, GROUP)):
        size = min(GROUP, rows - start)
        rng = np.random.default_rng((which, k))
        X = rng.normal(size=(size, NUMBERS)) + 0.3 * which * (np.arange(NUMBERS) < 5)
        columns = {f"n{j}": X[:, j] for j in range(NUMBERS)}
        for j in range(CATEGORIES):
            names = pa.array([f"v{v}" for v in range(5 + j)])
            columns[f"c{j}"] = names.take(pa.array(rng.integers(5 + j, size=size)))
        if not which:
            columns["y"] = pa.array(np.where(X[:, 0] + rng.normal(size=size) > 0, "yes", "no"))
        table = pa.table(columns)
        writer = writer or pq.ParquetWriter(path, table.schema)
        writer.write_table(table, row_group_size=GROUP)
    writer.close()
    return str(path)


def streamed(source: str, target: str) -> dict[str, float]:
    """Seconds and MiB of one streaming, in this process."""
    from whytransfer.scale import read_streamed

    cpu, wall = time.process_time(), time.perf_counter()
    read_streamed(source, target, "y")
    return {
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def by_dask(workers: str, *paths: str) -> float:
    """Seconds in which so many worker processes of one thread each map and add up both tables; every worker reads the small ones first, and so loads what is needed."""
    from distributed import Client, LocalCluster

    from whytransfer.scale import Dask, read_streamed

    class Clocked:
        spent = 0.0

        def run(self, tables):
            started = time.perf_counter()
            totals = engine.run(tables)
            self.spent += time.perf_counter() - started
            return totals

    with LocalCluster(
        n_workers=int(workers), threads_per_worker=1, processes=True, dashboard_address=":0", silence_logs=50
    ) as cluster:
        engine, clock = Dask(scheduler=cluster.scheduler_address), Clocked()
        with Client(cluster) as client:
            # Not through the engine: one partition would go to one worker only.
            client.run(warmed, *paths[:2])
        read_streamed(*paths[2:], "y", engine=clock)
    return clock.spent


def warmed(*paths: str) -> None:
    """Stream two small tables in this process."""
    from whytransfer.scale import read_streamed

    read_streamed(*paths, "y")


def audits(paths: list[str], count: int) -> dict[str, float]:
    """Seconds and MiB of ``whytransfer audit``, so many beside each other, each with its own cache."""
    command = [str(Path(sys.executable).with_name("whytransfer")), "audit", *paths, "--label", "y", "--quiet"]
    with tempfile.TemporaryDirectory() as cache:
        started = time.perf_counter()
        running = [
            subprocess.Popen(
                command,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, "XDG_CACHE_HOME": f"{cache}/{k}"},
            )
            for k in range(count)
        ]
        ended = [waited(process, command) for process in running]
        wall = time.perf_counter() - started
    return {
        "wall": wall,
        "cpu": sum(used.ru_utime + used.ru_stime for used in ended),
        "peak": max(used.ru_maxrss for used in ended) / 1024,
    }


def run(command: list[str]) -> tuple[str, float, float]:
    """Output, seconds, and the peak memory in MiB of this child alone."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = process.stdout.read()
    used = waited(process, command)
    return out, time.perf_counter() - started, used.ru_maxrss / 1024


def waited(process: subprocess.Popen, command: list[str]) -> resource.struct_rusage:
    """What a child used, once it has ended well."""
    _, status, used = os.wait4(process.pid, 0)
    code = process.returncode = os.waitstatus_to_exitcode(status)
    if code not in (0, 10, 11):
        sys.exit(f"{' '.join(command)}: exit code {code}")
    return used


def rows_of(power: int) -> str:
    return f"10{'⁰¹²³⁴⁵⁶⁷⁸⁹'[power]}"


def line(power: int, known: dict) -> str:
    stream, cells = known["stream"], 2 * 10**power * (NUMBERS + CATEGORIES)
    whole = "– | – | –"
    if "audit" in known:
        audit = known["audit"]
        whole = f"{audit['wall']:.0f} s | {audit['cpu']:.0f} s | {audit['peak']:.0f} MiB"
    return (
        f"| {rows_of(power)} + {rows_of(power)} | {stream['cpu']:.2f} s | {stream['wall']:.2f} s | "
        f"{1e9 * stream['cpu'] / cells:.0f} ns | {stream['peak']:.0f} MiB | {whole} | {known['load']:.1f} |"
    )


def promises(found: dict) -> list[str]:
    """What must hold, with what was measured; only what was."""
    sizes, said = found["sizes"], []

    def add(what: str, measured: str, goal: str, met: bool) -> None:
        said.append(f"| {what} | {measured} | {goal} | {'yes' if met else '**no**'} |")

    million, more = (sizes.get(power, {}).get("audit") for power in ("6", "7"))
    if million:
        wall, peak = million["wall"], million["peak"]
        add(
            "whole audit of 10⁶ + 10⁶ rows",
            f"{wall:.0f} s",
            f"≤ {GOALS['seconds']:.0f} s",
            wall <= GOALS["seconds"],
        )
        add("its peak memory", f"{peak:.0f} MiB", f"≤ {GOALS['memory']:.0f} MiB", peak <= GOALS["memory"])
    if million and more:
        growth, memory = more["wall"] / million["wall"], more["peak"] / million["peak"]
        add(
            "ten times the rows",
            f"{growth:.1f} × the time",
            f"≤ {GOALS['growth']:g} ×",
            growth <= GOALS["growth"],
        )
        add("the same", f"{memory:.2f} × the memory", "1 ± 0.2 ×", abs(memory - 1) <= GOALS["same"])
    if "two" in found:
        ratio = found["two"]["both"] / found["two"]["one"]
        told = f"{found['two']['both']:.1f} s, {ratio:.2f} × one ({found['two']['one']:.1f} s)"
        rows = rows_of(SIDE_BY_SIDE)
        add(
            f"two audits side by side, {rows} + {rows} rows",
            told,
            f"≤ {GOALS['two']} ×",
            ratio <= GOALS["two"],
        )
    if "workers" in found:
        one, two = found["workers"]["1"], found["workers"]["2"]
        told = f"{two:.1f} s, {one / two:.2f} × as fast as one ({one:.1f} s)"
        rows = rows_of(BY_DASK)
        add(
            f"two Dask workers, {rows} + {rows} rows",
            told,
            f"≥ {GOALS['workers']} ×",
            one / two >= GOALS["workers"],
        )
    return said


def page(found: dict) -> str:
    """The page, whole."""
    lines = [line(int(power), known) for power, known in sorted(found["sizes"].items())]
    held = promises(found)
    return "\n".join(
        [
            "# Growth with the rows",
            "",
            f"Written by `python -m benchmarks.speed_scale --most 7 --audit`: {NUMBERS} columns of numbers and {CATEGORIES} of categories in both tables, Parquet.",
            "Streaming is every summary of every row and the two samples; the audit is the whole command, from the start of Python to its exit. The load is what",
            "the machine of two processors was doing when a size began: a wall time means what it says where it is near 0.",
            "",
            "| rows | streaming, processor | streaming, wall | a cell | peak memory | whole audit | its processor time | its peak memory | load |",
            "|---|--:|--:|--:|--:|--:|--:|--:|--:|",
            *lines,
            "",
            f"![Seconds and memory against the rows of each table, both axes logarithmic; the figures are those of the table]({PLOT.name})",
            "",
            *(["| what must hold | measured | goal | met |", "|---|--:|--:|:-:|", *held, ""] if held else []),
        ]
    )


def plot(sizes: dict) -> None:
    """Seconds and memory against rows, as SVG with the same bytes for the same figures."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams.update({"svg.hashsalt": "scale", "svg.fonttype": "path", "font.size": 9})
    import matplotlib.pyplot as plt

    powers = sorted(sizes, key=int)
    figure, (time_axis, memory_axis) = plt.subplots(1, 2, figsize=(8, 3.2), layout="constrained")
    series = (
        (time_axis, "stream", "cpu", "streaming, processor", "o-"),
        (time_axis, "audit", "wall", "whole audit, wall", "s-"),
        (memory_axis, "stream", "peak", "streaming", "o-"),
        (memory_axis, "audit", "peak", "whole audit", "s-"),
    )
    for axis, kind, name, label, style in series:
        known = [(10 ** int(power), sizes[power][kind][name]) for power in powers if kind in sizes[power]]
        if known:
            axis.plot(*zip(*known, strict=True), style, label=label)
    for axis, what in ((time_axis, "seconds"), (memory_axis, "peak memory, MiB")):
        axis.set(xscale="log", yscale="log", xlabel="rows of each table", ylabel=what)
        axis.grid(alpha=0.3)
        axis.legend()
    figure.savefig(PLOT, metadata={"Date": None})


if __name__ == "__main__":
    main()
