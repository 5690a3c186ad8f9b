"""Fit the reference class that ships with the package: ``python -m benchmarks.calibrate``.

For every pair of the shared data sets and two learners, what an audit knows without target labels (`benchmarks.materials`) and the
true target error, which no step sees; from these the limits by hardness, with data sets as units, and their left-out record. Writes
src/whytransfer/backtest/reference.json and docs/benchmarks/reference.md. With ``--cache FOLDER`` the materials are kept there, and read where
they are there already.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from benchmarks.materials import Material, materials
from benchmarks.problems import SHARED
from whytransfer.backtest import Transfer, calibrate
from whytransfer.estimators import ESTIMATORS
from whytransfer.estimators.described import describe

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "src" / "whytransfer" / "backtest" / "reference.json"
TABLE = ROOT / "docs" / "benchmarks" / "reference.md"
LEFT = ("iw_loss", "dle")
"""For regression."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=None, help="folder for the materials")
    parser.add_argument("--root", type=Path, default=SHARED, help="folder of data sets")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args()
    found = [t.transfer for t in measured(options.root, options.cache, options.workers)]
    sets = len({t.data_set for t in found})
    _, data = calibrate(found, name=f"{sets} public data sets")
    options.out.write_text(json.dumps(data, separators=(",", ":")) + "\n", encoding="utf-8")
    if options.out == OUT:
        TABLE.parent.mkdir(parents=True, exist_ok=True)
        TABLE.write_text(table(data["record"], sets, len(found)), encoding="utf-8")
    print(table(data["record"], sets, len(found)))


class Measured:
    """A transfer with who measured it."""

    def __init__(self, material: Material) -> None:
        self.learner, self.pair, self.data_set = material.learner, material.pair, material.data_set
        self.transfer = transfer(material)


def measured(root: Path, cache: Path | None, workers: int, most: int | None = None) -> list[Measured]:
    """The transfers under `root`, at most `most` a data set, on which the panel speaks."""
    with tempfile.TemporaryDirectory() as spare, threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return list(_measured(materials(cache or Path(spare), root=root, workers=workers, most=most)))


def _measured(found: Iterator[Material]) -> Iterator[Measured]:
    for material in found:
        one = Measured(material)
        if one.transfer is not None:
            yield one


def transfer(material: Material) -> Transfer | None:
    """What was known, and how it ended; None where the panel is silent."""
    kinds = [kind() for kind in ESTIMATORS.values()]
    majority = 1.0 - material.overlap["majority_error"]
    found = describe(material.view, kinds, auc=material.overlap["auc"], majority=majority, telling=False)
    if found.profile is None:
        return None
    return Transfer(data_set=material.data_set, profile=found.profile, target_error=material.target_error)


def table(record: dict[str, dict[str, Any]], sets: int, transfers: int) -> str:
    lines = [
        "# The reference class",
        "",
        f"Written by `python -m benchmarks.calibrate` from {transfers} transfers of {sets} data sets (two learners); every figure",
        "with whole data sets left out, each data set weighing the same. Limits are one-sided at 95 %.",
        "`panel_votes` is the panel of a model that gives no probabilities.",
        "",
        "| estimate | transfers | upper limit holds | lower limit holds | both hold | mean width | mean absolute error |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, r in record.items():
        figures = [f"{r[k]:.3f}" for k in ("upper_holds", "lower_holds", "both_hold", "width", "mae")]
        lines.append(f"| {name} | {r['transfers']} | {' | '.join(figures)} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
