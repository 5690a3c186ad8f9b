"""Fit the reference class that ships with the package: ``python -m benchmarks.calibrate``.

For every pair of the shared data sets and two learners, the label-free profile of the problem (exactly what an audit
computes) and the true target error, which no step sees. Then the quantiles of err_T − estimate given the profile,
conformalised with data sets as units, and their left-out record. Writes src/whytransfer/backtest/reference.json and
docs/benchmarks/reference.md.
"""

from __future__ import annotations

import argparse
import json
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.problems import Pair, pairs
from whytransfer.backtest import Profile, fit_residuals
from whytransfer.backtest.reference import as_json
from whytransfer.problem import Problem
from whytransfer.steps import panel
from whytransfer.steps.options import Options
from whytransfer.steps.run import prepare
from whytransfer.verdict import Basis

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src" / "whytransfer" / "backtest" / "reference.json"
TABLE = ROOT / "docs" / "benchmarks" / "reference.md"
LEARNERS = ("logistic", "boosted")
MOST_ROWS = 2000
CONFIDENCE = 0.95
ESTIMATES = {"panel": "doc", "ac": "ac", "doc": "doc", "atc": "atc"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--cache", type=Path, default=None, help="keep the measured rows here, and read them if there"
    )
    options = parser.parse_args()
    rows = measured(options.workers, options.cache)
    names = sorted({row["data_set"] for row in rows})
    sets = np.array([names.index(row["data_set"]) for row in rows])
    profiles = [Profile(**dict(zip(Profile.names(), row["profile"], strict=True))) for row in rows]
    truth = np.array([row["target_error"] for row in rows])
    residuals, record = {}, {}
    for name, estimate in ESTIMATES.items():
        values = np.array([getattr(p, estimate) for p in profiles])
        predictors = np.array([p.predictors(name) for p in profiles])
        residuals[name], record[name] = fit_residuals(predictors, truth - values, sets, confidence=CONFIDENCE)
    document = as_json(residuals, profiles, sets, CONFIDENCE, record)
    OUT.write_text(json.dumps(document, separators=(",", ":")) + "\n", encoding="utf-8")
    TABLE.parent.mkdir(parents=True, exist_ok=True)
    TABLE.write_text(table(record, len(names), len(rows)), encoding="utf-8")
    print(TABLE.read_text(encoding="utf-8"))


def measured(workers: int, cache: Path | None) -> list[dict]:
    if cache is not None and cache.exists():
        return json.loads(cache.read_text(encoding="utf-8"))
    tasks = [(pair, learner) for pair in pairs() for learner in LEARNERS]
    with ProcessPoolExecutor(workers) as pool:
        rows = [row for row in pool.map(_one, tasks, chunksize=4) if row is not None]
    if cache is not None:
        cache.write_text(json.dumps(rows), encoding="utf-8")
    return rows


def _one(task: tuple[Pair, str]) -> dict | None:
    pair, learner = task
    Xs, ys, Xt, yt = pair.arrays(MOST_ROWS)
    problem = Problem(Xs, ys, Xt)
    options = Options.checked(
        tolerance=None, max_drop=None, assume=None, require=Basis.ESTIMATED, delta=0.05, population="law", seed=0,
        trained_on_source=None, theorems=None, examples=True,
    )  # fmt: skip
    with threadpool_limits(1):
        case, _ = prepare(problem, learner, None, options)
        found = panel.profile(case)
    if found is None:
        return None
    said = problem.classes[case.subject.target.codes]
    error = float(np.mean(said != yt))
    return {
        "data_set": pair.data_set,
        "pair": pair.name,
        "learner": learner,
        "profile": found.values(),
        "target_error": error,
    }


def table(record: dict[str, dict[str, float]], sets: int, transfers: int) -> str:
    lines = [
        "# The reference class",
        "",
        f"Written by `python -m benchmarks.calibrate` from {transfers} transfers of {sets} data sets (two learners); every figure",
        "with whole data sets left out, each data set weighing the same. Limits are one-sided at 95 %.",
        "",
        "| estimate | upper limit holds | lower limit holds | mean width | MAE raw | MAE corrected |",
        "|---|---|---|---|---|---|",
    ]
    for name, r in record.items():
        lines.append(
            f"| {name} | {r['upper_holds']:.3f} | {r['lower_holds']:.3f} | {r['width']:.3f} | {r['mae_raw']:.3f} | "
            f"{r['mae_corrected']:.3f} |"
        )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
