"""A whole audit of two tables of 50 mixed columns against Evidently and NannyML together: ``python -m benchmarks.peers.table_audit``.

The tables are those of `benchmarks.speed_scale`, 10^6 rows each unless ``--power`` says otherwise: 40 columns of numbers, 10 of categories, a label in the source. Ours is the command
line, from the start of Python to its exit, which trains and splits too. The peers get the tables with a model's probabilities in them, which cost them nothing, and do less: Evidently
its drift preset and the HTML of it, NannyML CBPE and the drift of every column. Each runs in its own environment, one after another, with ``--threads`` (2) threads; wall, processor
and peak memory are the operating system's. A peer that ends with an error, or beyond ``--limit`` seconds, is tried at a tenth of the rows, and the page says so.

Writes docs/benchmarks/table_audit.md. ``--only ours|evidently|nannyml`` measures one and keeps the others' figures (``--cache``, out/peers).
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.peers.environments import LOCKS, THREADS, Environment, NotInstalledError, environment, read
from benchmarks.speed_scale import GROUP, written

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "benchmarks" / "table_audit.md"
WHAT = {
    "ours": "whytransfer: whole audit, JSON",
    "evidently": "Evidently: drift preset, HTML",
    "nannyml": "NannyML: CBPE, drift of columns",
}
GOALS = (60.0, 2048.0, 5.0)
"""Seconds, MiB and how many times faster than the two together: the goals of this line."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--power", type=int, default=6, help="ten to this many rows in each table")
    parser.add_argument("--only", choices=list(WHAT), default=None)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--limit", type=float, default=1800.0, help="seconds for each program")
    parser.add_argument("--cache", type=Path, default=ROOT / "out" / "peers")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    kept = options.cache / "table_audit.json"
    found = read(kept)
    for name in WHAT if options.only is None else (options.only,):
        for power in (options.power, options.power - 1):
            one = measured(name, power, options)
            one |= {"rows": 10**power, "threads": options.threads, "load": round(os.getloadavg()[1], 1)}
            found.setdefault(name, {})[str(power)] = one
            kept.write_text(json.dumps(found, indent=1), encoding="utf-8")
            print(WHAT[name], one, flush=True)
            if "failed" not in one:
                break
    text = page(found)
    print(text)
    PAGE.write_text(text, encoding="utf-8")


def measured(name: str, power: int, options: argparse.Namespace) -> dict:
    """Wall and processor seconds and peak memory in MiB of one program on tables of so many rows."""
    variables = environment(options.threads)
    with tempfile.TemporaryDirectory(dir=options.cache) as folder:
        paths = [
            written(Path(folder) / f"{side}.parquet", 10**power, k)
            for k, side in enumerate(("here", "there"))
        ]
        if name == "ours":
            variables = {**os.environ, **{f"{one}_NUM_THREADS": str(options.threads) for one in THREADS}}
            command = [str(Path(sys.executable).with_name("whytransfer")), "audit", *paths]
            command += ["--label", "y", "--json", str(Path(folder) / "audit.json")]
        else:
            for path in paths:
                with_proba(Path(path))
            try:
                python = Environment(name=name, folder=options.cache / "environments").make()
            except NotInstalledError as error:
                return {"failed": f"did not install: {error}"}
            command = [str(python), str(LOCKS / f"run_table_{name}.py"), *paths, str(Path(folder) / "out")]
        return timed(command, variables, options.limit, expected=(0, 10, 11) if name == "ours" else (0,))


def with_proba(path: Path) -> None:
    """Add what a logistic model on the first column says: the peers are given a model."""
    half = path.with_suffix(".half")
    with pq.ParquetFile(path) as file:
        schema = file.schema_arrow.append(pa.field("proba", pa.float64()))
        with pq.ParquetWriter(half, schema) as out:
            for batch in file.iter_batches(GROUP):
                table = pa.Table.from_batches([batch])
                scores = 1.0 / (1.0 + np.exp(-1.7 * table["n0"].to_numpy()))
                out.write_table(table.append_column("proba", pa.array(scores)), row_group_size=GROUP)
    half.rename(path)


def timed(command: list[str], variables: dict[str, str], limit: float, expected: tuple[int, ...]) -> dict:
    """Run to the end; figures of the process and all that it started."""
    with tempfile.TemporaryFile() as said:
        wall = time.perf_counter()
        process = subprocess.Popen(command, env=variables, stdout=said, stderr=said, start_new_session=True)
        while (ended := os.wait4(process.pid, os.WNOHANG))[0] == 0:
            if time.perf_counter() - wall > limit:
                os.killpg(process.pid, signal.SIGKILL)
                process.returncode = os.wait4(process.pid, 0)[1]
                return {"failed": f"not done after {limit:.0f} s"}
            time.sleep(0.05)
        _, status, used = ended
        process.returncode = os.waitstatus_to_exitcode(status)
        figures = {
            "wall": time.perf_counter() - wall,
            "cpu": used.ru_utime + used.ru_stime,
            "peak": used.ru_maxrss / 1024,
        }
        if process.returncode not in expected:
            said.seek(0)
            lines = [line for line in said.read().decode(errors="replace").splitlines() if line.strip()]
            why = lines[-1][:160] if lines else "no word"
            return {**figures, "failed": f"exit code {process.returncode}: {why}"}
        return figures


def page(found: dict) -> str:
    """The page, from what was measured last."""
    lines = [
        "# A whole audit beside Evidently and NannyML",
        "",
        "Written by `python -m benchmarks.peers.table_audit`: two Parquet tables of 40 columns of numbers, 10 of categories and a label, as many rows in each as the table says. Ours is the",
        "whole command, which trains and splits too; the peers are given a model's probabilities and do less (no model, no domain classifier, no bound, no plan). Each in its own environment,",
        "one after another; *load* is what else the machine did.",
        "",
        "| program | rows each | wall, s | processor, s | peak memory, MiB | threads | load | |",
        "|---|--:|--:|--:|--:|--:|--:|---|",
    ]
    done: dict[str, dict[int, dict]] = {}
    for name, what in WHAT.items():
        for power, one in sorted(found.get(name, {}).items(), key=lambda item: -int(item[0])):
            cells = [f"{one[k]:.0f}" if k in one else "–" for k in ("wall", "cpu", "peak")]
            lines.append(
                f"| {what} | {one['rows']:,} | {' | '.join(cells)} | {one['threads']} | {one['load']} | {one.get('failed', '').replace('|', '/')} |"
            )
            if "failed" not in one:
                done.setdefault(name, {})[int(power)] = one
    return "\n".join([*lines, "", *compared(done)]) + "\n"


def compared(done: dict[str, dict[int, dict]]) -> list[str]:
    """Ours over the two together, at the most rows that all three did."""
    shared = set.intersection(*(set(done.get(name, {})) for name in WHAT))
    seconds, memory, times = GOALS
    lines = []
    if 6 in done.get("ours", {}):
        one = done["ours"][6]
        met = one["wall"] <= seconds and one["peak"] <= memory
        lines += [
            f"Goal of ours at 10⁶ rows, ≤ {seconds:.0f} s and ≤ {memory:.0f} MiB: {'met' if met else '**not met**'}."
        ]
    if shared:
        ours, *others = (done[name][max(shared)] for name in WHAT)
        wall, cpu = (sum(one[k] for one in others) / ours[k] for k in ("wall", "cpu"))
        met = "met" if wall >= times else "**not met**"
        lines.append(
            f"At 10^{max(shared)} rows the two together take {wall:.1f} × our wall time ({cpu:.1f} × our processor time); the goal is {times:.0f} ×: {met}."
        )
    return lines or ["Not all three were measured at one size yet."]


if __name__ == "__main__":
    main()
