"""Audit every ordered pair of every shared data set, and hold each document against the schema.

``python -m benchmarks.audits [--most ROWS] [--form npz|parquet] [--twice] [--only NAME]`` prints one line a pair and a
summary; the exit code is 1 when an audit raised, a document broke the schema, or the bytes differed between two runs.
"""

from __future__ import annotations

import argparse
import collections
import json
import sys
import time
import traceback
from concurrent.futures import ProcessPoolExecutor

import jsonschema
from threadpoolctl import threadpool_limits

import whytransfer as wt
from benchmarks.problems import Pair, pairs
from whytransfer.errors import WhyTransferError
from whytransfer.report import load_schema


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
    failures, answers, slowest = [], collections.Counter(), ("", 0.0)
    with ProcessPoolExecutor(options.workers) as pool:
        for name, answer, seconds, problem in pool.map(_one, tasks):
            print(f"{name:70s} {answer:28s} {seconds:6.1f} s {problem}", flush=True)
            answers[answer] += 1
            slowest = max(slowest, (name, seconds), key=lambda x: x[1])
            if problem:
                failures.append(name)
    print(
        f"\n{len(tasks)} audits, {len(failures)} failures; {dict(answers)}; slowest {slowest[1]:.1f} s ({slowest[0]})"
    )
    sys.exit(1 if failures else 0)


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
