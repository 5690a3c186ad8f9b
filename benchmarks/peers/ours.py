"""What we say of every pair, and the rows that the peers get: run by ``python -m benchmarks.peers``.

Of each pair: the audit's materials for a logistic regression (`benchmarks.materials`), what every adaptation predicts (`benchmarks.adapt_materials`), and ``rows/<pair>.npz``
with the same rows for the peers, in which no label of the target stands. A whole audit is timed in a process of its own, on the pairs that it is asked for.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import adapt_materials, materials
from benchmarks.adapt_materials import Kept
from benchmarks.peers.environments import read
from benchmarks.problems import Pair

LEARNER = "logistic"
DROP = 0.15
"""The requirement of the timed audits, and of the tables: an error at most so much above the source's. The middle one of `benchmarks.estimate`."""


def measure(pair: Pair, cache: Path) -> None:
    """Everything of one pair that is not there yet. A pair on which the panel is silent leaves no rows."""
    folders = {name: cache / name for name in ("materials", "adapt", "rows")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    paths = {name: folder / f"{pair.key}.npz" for name, folder in folders.items()}
    if not paths["materials"].exists():
        materials.write(paths["materials"], materials.measured(pair, (LEARNER,)))
    if not paths["adapt"].exists():
        materials.write(paths["adapt"], adapt_materials.measure(pair, LEARNER))
    if not paths["rows"].exists():
        for material in materials.read(paths["materials"]):
            materials.write(paths["rows"], rows(material, paths["adapt"]))


def rows(material: materials.Material, adapted: Path) -> dict[str, np.ndarray]:
    """What a peer may see of a pair.

    ``held``, ``target``: columns of held-out source rows and of target rows; ``held_said``, ``held_proba``, ``target_said``, ``target_proba``: what the model says of them;
    ``held_truth``. ``S``, ``codes``, ``T``: source rows with labels and target rows for adaptation.
    """
    seen = material.view
    with np.load(adapted) as file:
        parts = {name: file[name] for name in ("S", "codes", "T")}
    return {
        "held": seen.source_columns.astype(np.float32),
        "held_truth": seen.source_labels,
        "held_said": seen.source_codes,
        "held_proba": seen.source_proba,
        "target": seen.target_columns.astype(np.float32),
        "target_said": seen.target_codes,
        "target_proba": seen.target_proba,
        **parts,
    }


def kept(pair: Pair, cache: Path) -> Kept:
    """What the adaptations said, as `benchmarks.adapt_judged` wants it."""
    with np.load(cache / "adapt" / f"{pair.key}.npz") as file:
        arrays = {name: file[name] for name in file.files}
    return Kept(data_set=pair.data_set, pair=pair.key, learner=LEARNER, arrays=arrays)


def audits(cache: Path, pairs: list[tuple[str, str, str]]) -> None:
    """Time whole audits here, one pair after another, and keep answer and seconds in ``audits.json``."""
    import whytransfer as wt

    path = cache / "audits.json"
    for data_set, source, target in pairs:
        pair = Pair(data_set=data_set, source=Path(source), target=Path(target))
        found: dict[str, Any] = read(path)
        if pair.key in found.get("pairs", {}):
            continue
        Xs, ys, Xt, _ = pair.arrays(materials.MOST_ROWS)
        wall, cpu = time.perf_counter(), time.process_time()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            audit = wt.audit(wt.Problem(Xs, ys, Xt), max_drop=DROP)
            audit.to_json()
        figures = {
            "answer": audit.verdict.answer.value,
            "wall": time.perf_counter() - wall,
            "cpu": time.process_time() - cpu,
        }
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        found = {
            "pairs": {**found.get("pairs", {}), pair.key: figures},
            "peak": max(peak, found.get("peak", 0.0)),
        }
        path.write_text(json.dumps(found, indent=1), encoding="utf-8")
        print(f"  {pair.key} {figures['answer']} {figures['wall']:.1f} s", flush=True)


if __name__ == "__main__":
    audits(Path(sys.argv[1]), json.loads(sys.stdin.read()))
