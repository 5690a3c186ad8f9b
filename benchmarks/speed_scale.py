"""What streaming costs from 10⁴ rows on: ``python -m benchmarks.speed_scale [--most 6] [--audit]``.

Tables of 40 numbers, 10 categories and a label are written as Parquet, row groups of 125,000. Every size is one fresh process that
streams a source and a target of so many rows into summaries and samples (`scale.read_streamed`); with ``--audit`` the command line
audits them whole as well. Time is the processor's and the wall's, memory the peak that the operating system reports for the whole process.
Writes docs/benchmarks/scale.md.
"""

from __future__ import annotations

import argparse
import json
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
NUMBERS, CATEGORIES, GROUP = 40, 10, 125_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--most", type=int, default=6, help="the largest size is ten to this")
    parser.add_argument("--audit", action="store_true", help="audit each size whole as well")
    parser.add_argument(
        "--child", nargs="*", default=[], help="stream these two files here and print the figures"
    )
    options = parser.parse_args()
    if options.child:
        print(json.dumps(streamed(*options.child)))
        return
    lines = []
    for power in range(4, options.most + 1):
        with tempfile.TemporaryDirectory() as folder:
            paths = [
                written(Path(folder) / f"{name}.parquet", 10**power, k)
                for k, name in enumerate(("here", "there"))
            ]
            found = json.loads(run([sys.executable, "-m", "benchmarks.speed_scale", "--child", *paths])[0])
            audited = audit(paths) if options.audit else None
        lines.append(line(power, found, audited))
        print(lines[-1], flush=True)
    PAGE.write_text(page(lines), encoding="utf-8")


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


def audit(paths: list[str]) -> tuple[float, float]:
    """Seconds and MiB of ``whytransfer audit``."""
    _, wall, peak = run(
        [str(Path(sys.executable).with_name("whytransfer")), "audit", *paths, "--label", "y", "--quiet"]
    )
    return wall, peak


def run(command: list[str]) -> tuple[str, float, float]:
    """Output, seconds, and the peak memory in MiB of this child alone."""
    import os

    started = time.perf_counter()
    child = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    out = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    code = child.returncode = os.waitstatus_to_exitcode(status)
    if code not in (0, 10, 11):
        sys.exit(f"{' '.join(command)}: exit code {code}")
    return out, time.perf_counter() - started, used.ru_maxrss / 1024


def line(power: int, found: dict[str, float], audited: tuple[float, float] | None) -> str:
    cells = 2 * 10**power * (NUMBERS + CATEGORIES)
    whole = "– | –" if audited is None else f"{audited[0]:.0f} s | {audited[1]:.0f} MiB"
    return (
        f"| 10{'⁰¹²³⁴⁵⁶⁷⁸⁹'[power]} + 10{'⁰¹²³⁴⁵⁶⁷⁸⁹'[power]} | {found['cpu']:.2f} s | {found['wall']:.2f} s | "
        f"{1e9 * found['cpu'] / cells:.0f} ns | {found['peak']:.0f} MiB | {whole} |"
    )


def page(lines: list[str]) -> str:
    """The page, whole."""
    return "\n".join(
        [
            "# Growth with the rows",
            "",
            f"Written by `python -m benchmarks.speed_scale`: {NUMBERS} columns of numbers and {CATEGORIES} of categories in both tables, Parquet.",
            "Streaming is every summary of every row and the two samples; the audit is the whole command, from the start of Python to its exit.",
            "",
            "| rows | streaming, processor | streaming, wall | a cell | peak memory | whole audit | its peak memory |",
            "|---|--:|--:|--:|--:|--:|--:|",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    main()
