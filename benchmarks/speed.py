"""The hot paths against their alternatives, side by side in one run: ``python -m benchmarks.speed``.

Every case runs in a process of its own: ours first, so that the peak memory that the operating system reports is ours, then ours and
the peer's in turns; the ratio is of the least times. JAX and hyppo run in an environment of their own (out/environments, made from
benchmarks/peers/fuse.txt where it is not there yet). Writes docs/benchmarks/speed.md.

``--only NAME`` runs single cases; ``--cache FILE`` keeps what was measured, so that the page can be written from several runs (without it,
a run of single cases writes none); ``--threads N`` (2) is what NumPy, BLAS and ours may use.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.speed_cases import CASES, Case
from benchmarks.speed_peers import Spent

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "speed.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--child", default="", help="run one case here and print its figures as JSON")
    parser.add_argument("--page", type=Path, default=PAGE)
    parser.add_argument("--cache", type=Path, default=None, help="a JSON file of what was measured")
    options = parser.parse_args()
    if options.child:
        print(json.dumps(measured(next(case for case in CASES if case.name == options.child))))
        return
    known = json.loads(options.cache.read_text()) if options.cache and options.cache.exists() else {}
    for case in CASES:
        if options.only in case.name:
            known[case.name] = in_a_process(case, options.threads)
            print(line(case, known[case.name]), flush=True)
            if options.cache:
                options.cache.write_text(json.dumps(known, indent=1), encoding="utf-8")
    if options.cache or not options.only:
        rows = [(case, known[case.name]) for case in CASES if case.name in known]
        missing = [case.work for case in CASES if case.name not in known]
        options.page.write_text(page(rows, missing, options.threads), encoding="utf-8")


def in_a_process(case: Case, threads: int) -> dict[str, float]:
    """The figures of a case from a fresh process with so many threads for everything."""
    limits = {f"{name}_NUM_THREADS": str(threads) for name in ("OMP", "OPENBLAS", "NUMBA")}
    command = [sys.executable, "-m", "benchmarks.speed", "--child", case.name]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, **limits}, check=False)
    if done.returncode:
        sys.exit(f"{case.name}: {done.stderr[-2000:]}")
    return json.loads(done.stdout.splitlines()[-1])


def measured(case: Case) -> dict[str, float]:
    """Seconds of ours and of the peer, least of `repeats` in turns, and the extra memory of ours in MiB."""
    work = case.prepare()
    work.warm()
    before = peak()
    ours, peer = [spent(work.ours)], []
    extra = peak() - before
    for _ in range(case.repeats):
        peer.append(spent(work.peer))
        ours.append(spent(work.ours))
    (wall, cpu), (peer_wall, peer_cpu) = (map(min, zip(*times, strict=True)) for times in (ours, peer))
    return {"ours": wall, "peer": peer_wall, "cpu": cpu / peer_cpu, "processor": cpu, "extra": extra}


def spent(function: Callable[[], object]) -> tuple[float, float]:
    """Seconds on the wall, and of all processors together, processes that were started included."""
    started = time.perf_counter(), cpu()
    found = function()
    if isinstance(found, Spent):  # another environment has measured its own call
        return found.wall, found.cpu
    return time.perf_counter() - started[0], cpu() - started[1]


def cpu() -> float:
    """Processor seconds of this process and of those it has started."""
    return sum(
        used.ru_utime + used.ru_stime
        for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def peak() -> float:
    """The largest memory of this process so far, in MiB, as the operating system counted it."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def line(case: Case, found: dict[str, float]) -> str:
    """One line of the table."""
    ratio = found["ours"] / found["peer"]
    if case.goal_faster:
        told, met = f"{1 / ratio:.1f} × faster", 1 / ratio >= case.goal
        goal = f"≥ {case.goal:g} × faster"
    elif case.goal_seconds:
        told, met, goal = (
            f"{found['processor']:.2f} s of the processor",
            found["ours"] <= case.goal,
            f"≤ {case.goal:g} s",
        )
    else:
        told, met, goal = f"{ratio:.2f} ×", ratio <= case.goal, f"≤ {case.goal:g} ×"
    memory = f"{found['extra']:.0f} MiB"
    if case.most_memory:
        met, goal = met and found["extra"] <= case.most_memory, f"{goal}; ≤ {case.most_memory} MiB"
    return (
        f"| {case.work} | {found['ours']:.3g} s | {case.peer_name}: {found['peer']:.3g} s | {told} | {found['cpu']:.2f} | {goal} | "
        f"{memory} | {'yes' if met else '**no**'} |"
    )


def page(rows: list[tuple[Case, dict[str, float]]], missing: list[str], threads: int) -> str:
    """The page, whole."""
    unmeasured = ["", f"Not measured yet: {'; '.join(missing)}."] if missing else []
    return "\n".join(
        [
            "# Speed",
            "",
            f"Written by `python -m benchmarks.speed`: every line from one process with {threads} threads, ours and the alternative in",
            "turns, the least time of each. Memory is what ours added to the peak that the operating system reports, beside the data.",
            f"Processor time is that of ours over the alternative's, both processors added up: what other programs do on the machine (load {os.getloadavg()[1]:.1f}",
            "while this ran, on two processors) moves it less than the wall's.",
            "Tests of two samples by others run in an environment of their own (`benchmarks/peers/run_fuse.py`), compiling not counted; *written out* is",
            "a program that stands there, after its authors' published one.",
            "",
            "| work | ours | alternative | ratio | processor time | goal | extra memory | met |",
            "|---|--:|--:|--:|--:|--:|--:|:-:|",
            *(line(case, found) for case, found in rows),
            *unmeasured,
            "",
        ]
    )


if __name__ == "__main__":
    main()
