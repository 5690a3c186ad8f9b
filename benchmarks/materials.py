"""What every pair of the shared data sets gives to the estimators, measured once and kept.

For each pair and learner: exactly what an audit's estimators see (`View`, the committee's votes among it), the overlap of
the domains, and the true target error, which no step sees. Kept in a folder, everything that is learned across data
sets is worked out from it in minutes.
"""

from __future__ import annotations

import hashlib
import itertools
import warnings
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.problems import SHARED, Pair, pairs
from whytransfer.estimators import View
from whytransfer.models.committee import Votes
from whytransfer.problem import Problem
from whytransfer.steps import panel, subject
from whytransfer.steps.options import Options
from whytransfer.steps.run import prepare
from whytransfer.verdict import Basis

LEARNERS = ("logistic", "boosted")
OWN = {"logistic": "linear", "boosted": "boosted"}
MOST_ROWS = 2000
SHARED_ARRAYS = ("source_columns", "target_columns", "train_columns")
"""Arrays that do not depend on the learner, and are kept once a pair."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """One transfer: what an audit sees of it, and how it ended."""

    data_set: str
    pair: str
    learner: str
    view: View
    overlap: dict[str, float]
    target_error: float
    target_wrong: np.ndarray


def materials(
    cache: Path, *, root: Path = SHARED, workers: int = 2, most: int | None = None
) -> Iterator[Material]:
    """Transfers under `root`, at most `most` a data set, read from `cache` where they are there already.

    They come one at a time, because together they are large.
    """
    cache.mkdir(parents=True, exist_ok=True)
    tasks = [(pair, cache / f"{pair.key}.npz") for pair in drawn(root, most)]
    missing = [task for task in tasks if not task[1].exists()]
    if missing:
        with ProcessPoolExecutor(workers) as pool:
            for name in pool.map(_measure, missing):
                print(name, flush=True)
    for _, path in tasks:
        yield from read(path)


def drawn(root: Path, most: int | None) -> list[Pair]:
    """The pairs of every data set, or `most` of them, drawn by the set's name."""
    found: list[Pair] = []
    for name, given in itertools.groupby(pairs(root=root), key=lambda pair: pair.data_set):
        own = list(given)
        rng = np.random.default_rng(int(hashlib.sha256(name.encode()).hexdigest()[:12], 16))
        rows = sorted(rng.permutation(len(own))[: len(own) if most is None else most])
        found += [own[i] for i in rows]
    return found


def read(path: Path) -> list[Material]:
    """The transfers of one file."""
    with np.load(path, allow_pickle=False) as kept:
        arrays = {name: kept[name] for name in kept.files}
    shared = {name: arrays[name].astype(np.float64) for name in SHARED_ARRAYS if name in arrays}
    return [_material(arrays, shared, learner) for learner in LEARNERS if f"{learner}.classes" in arrays]


def _material(arrays: dict[str, np.ndarray], shared: dict[str, np.ndarray], learner: str) -> Material:
    own = {
        name.removeprefix(f"{learner}."): value
        for name, value in arrays.items()
        if name.startswith(f"{learner}.")
    }
    votes = Votes(
        own=OWN[learner],
        names=tuple(own["votes.names"].tolist()),
        families=tuple(own["votes.families"].tolist()),
        **{name: own[f"votes.{name}"] for name in ("source", "target", "weights")},
    )
    given: dict[str, Any] = {f.name: own.get(f.name) for f in fields(View) if f.name not in ("votes", "seed")}
    given |= shared
    given["classes"] = int(own["classes"])
    wrong = own["target_wrong"]
    return Material(
        data_set=str(arrays["data_set"]),
        pair=str(arrays["pair"]),
        learner=learner,
        view=View(**given, votes=votes),
        overlap={k.removeprefix("overlap."): float(v) for k, v in arrays.items() if k.startswith("overlap.")},
        target_error=float(own["target_error"]),
        target_wrong=wrong,
    )


def _measure(task: tuple[Pair, Path]) -> str:
    pair, path = task
    write(path, measured(pair))
    return pair.name


def write(path: Path, arrays: dict[str, Any]) -> None:
    """Keep what was measured of one pair, whole or not at all."""
    half = path.with_suffix(".part.npz")
    np.savez(half, **arrays)
    half.rename(path)


def measured(pair: Pair, learners: tuple[str, ...] = LEARNERS) -> dict[str, Any]:
    """What `read` reads, of one pair; of a learner on which the panel is silent nothing."""
    Xs, ys, Xt, yt = pair.arrays(MOST_ROWS)
    problem = Problem(Xs, ys, Xt)
    options = Options.checked(
        tolerance=None, max_drop=None, assume=None, require=Basis.ESTIMATED, delta=0.05, population="law", seed=0,
        trained_on_source=None, theorems=None, examples=True, label_noise=0.0,
    )  # fmt: skip
    kept: dict[str, Any] = {"data_set": pair.data_set, "pair": pair.name}
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        case, _ = prepare(problem, learners[0], None, options)
        others = panel.committee(case)
        for learner in learners:
            found = subject.find(problem, case.splits, learner, None, options)
            case = replace(case, subject=found.subject)
            seen = panel.view(case, others)
            if seen is None or seen.votes is None or case.overlap is None or case.overlap.auc is None:
                continue
            kept |= _arrays(seen, learner)
            wrong = problem.classes[case.subject.target.codes] != yt
            kept[f"{learner}.target_error"] = float(np.mean(wrong))
            kept[f"{learner}.target_wrong"] = wrong[case.apart.target_rows]
            for name in ("auc", "auc_linear", "auc_boosted", "auc_lower", "balanced_error"):
                kept[f"overlap.{name}"] = getattr(case.overlap, name)
            kept["overlap.majority_error"] = case.majority_error
    return kept


def _arrays(seen: View, learner: str) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for field in fields(View):
        value = getattr(seen, field.name)
        if field.name == "votes":
            kept |= {f"{learner}.votes.{f.name}": np.asarray(getattr(value, f.name)) for f in fields(Votes)}
        elif field.name in SHARED_ARRAYS:
            kept[field.name] = value.astype(np.float32)
        elif field.name != "seed" and value is not None:
            kept[f"{learner}.{field.name}"] = value
    return kept
