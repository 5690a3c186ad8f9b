"""Audit every ordered pair of every shared data set, and hold each document against the schema.

``python -m benchmarks.audits [--most ROWS] [--form npz|parquet] [--twice] [--only NAME]`` prints one line a pair and a
summary; the exit code is 1 when an audit raised, a document broke the schema, or the bytes differed between two runs.
A run over everything (the default) writes docs/benchmarks/audits.md.
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import jsonschema
from threadpoolctl import threadpool_limits

import whytransfer as wt
from benchmarks.problems import Pair, pairs
from whytransfer.errors import WhyTransferError
from whytransfer.report import load_schema

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "audits.md"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--form", choices=["npz", "parquet", "both"], default="both")
    parser.add_argument("--twice", action="store_true", help="audit twice and compare the bytes")
    parser.add_argument("--only", default="", help="data sets whose name holds this")
    parser.add_argument("--labels", action="store_true", help="use the target's labels for evaluation")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    forms = ["npz", "parquet"] if options.form == "both" else [options.form]
    tasks = [
        (pair, options.twice, options.labels)
        for form in forms
        for pair in pairs(form)
        if options.only in pair.data_set
    ]
    failures, answers, slowest, rows = [], collections.Counter(), ("", 0.0), []
    with ProcessPoolExecutor(options.workers) as pool:
        for name, answer, seconds, problem in pool.map(_one, tasks):
            print(f"{name:70s} {answer:28s} {seconds:6.1f} s {problem}", flush=True)
            answers[answer] += 1
            rows.append((name, answer, problem))
            slowest = max(slowest, (name, seconds), key=lambda x: x[1])
            if problem:
                failures.append(name)
    if options.form == "both" and not options.only:
        write(rows, options)
    print(
        f"\n{len(tasks)} audits, {len(failures)} failures; {dict(answers)}; slowest {slowest[1]:.1f} s ({slowest[0]})"
    )
    sys.exit(1 if failures else 0)


def write(rows: list[tuple[str, str, str]], options: argparse.Namespace) -> None:
    """The answers by form of file; times stay out, they are the machine's."""
    counts = collections.Counter((name.rsplit("(", 1)[1].rstrip(")"), answer) for name, answer, _ in rows)
    twice = ", twice, bytes compared" if options.twice else ""
    lines = [
        "# An audit of every pair",
        "",
        f"Written by `python -m benchmarks.audits`: every ordered pair of every shared data set{twice}, default learner,",
        "default requirement (the source's majority error); every document is held against the schema.",
        "",
        "| form | answer | audits |",
        "|---|---|---|",
        *(f"| {form} | {answer} | {count} |" for (form, answer), count in sorted(counts.items())),
        "",
        f"Failures: {sum(bool(problem) for *_, problem in rows)} of {len(rows)}.",
        "",
    ]
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text("\n".join(lines), encoding="utf-8")


def _one(task: tuple[Pair, bool, bool]) -> tuple[str, str, float, str]:
    pair, twice, labels = task
    label = "y" if pair.source.suffix == ".npz" else "label"
    started = time.perf_counter()
    try:
        with threadpool_limits(1):
            problem = wt.Problem.read(pair.source, pair.target, label=label, use_target_labels=labels)
            audit = wt.audit(problem)
            text = audit.to_json()
            seconds = time.perf_counter() - started
            jsonschema.validate(json.loads(text, parse_constant=_refuse), load_schema())
            if twice and wt.audit(problem).to_json() != text:
                return pair.name, "-", seconds, "DIFFERENT BYTES"
    except WhyTransferError as error:
        return pair.name, "-", time.perf_counter() - started, f"REFUSED {error}"
    except Exception:  # noqa: BLE001  (that is what is being looked for)
        return (
            pair.name,
            "-",
            time.perf_counter() - started,
            "RAISED " + traceback.format_exc().replace("\n", " | "),
        )
    basis = f" ({audit.verdict.basis})" if audit.verdict.basis else ""
    return pair.name, audit.verdict.answer.value + basis, seconds, ""


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} in the document")


if __name__ == "__main__":
    main()
