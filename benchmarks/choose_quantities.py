"""Do estimates of a loss on the target choose among models better than the loss on the source? ``python -m benchmarks.choose_quantities OUT [FIRST LAST]``.

`wt.make_scorer` refuses a label that is a quantity for what this says. The tables are those that ``python -m benchmarks.quantities OUT`` builds, in the
order of the SHA-256 of their names; of each one ordered pair of domains drawn by its name, 400 source rows, 250 target rows. Six models learn from half of
the source rows; of the other half every quarter is judged beside a committee that the other quarter taught, as a scorer would, which sees no training row. For each rule the regret is
ln(true loss of the model that it takes / least true loss of the six). ``OUT/choices.jsonl`` has a line a table; a run goes on where the last one ended.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.quantities import generator, read

SOURCE_ROWS, TARGET_ROWS = 400, 250
LEAST = 1e-9
"""A loss that is none, so that logarithms exist."""


def models() -> dict[str, Any]:
    from sklearn.ensemble import HistGradientBoostingRegressor
    from sklearn.linear_model import Ridge
    from sklearn.neighbors import KNeighborsRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.tree import DecisionTreeRegressor

    return {
        "ridge": make_pipeline(StandardScaler(), Ridge(1.0)),
        "ridge1000": make_pipeline(StandardScaler(), Ridge(1000.0)),
        "knn5": make_pipeline(StandardScaler(), KNeighborsRegressor(5)),
        "knn40": make_pipeline(StandardScaler(), KNeighborsRegressor(40)),
        "boost": HistGradientBoostingRegressor(max_leaf_nodes=15, early_stopping=False, random_state=0),
        "tree3": DecisionTreeRegressor(max_depth=3, random_state=0),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("first", type=int, nargs="?", default=0)
    parser.add_argument("last", type=int, nargs="?", default=None)
    options = parser.parse_args()
    record = options.out / "choices.jsonl"
    lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
    found = [json.loads(line) for line in lines]
    paths = sorted(options.out.glob("*.npz"), key=lambda p: hashlib.sha256(p.stem.encode()).hexdigest())
    for path in paths[options.first : options.last]:
        if any(one["table"] == path.stem for one in found):
            continue
        one = asked(path)
        if one is not None:
            found.append({"table": path.stem, "rec": one})
            with record.open("a", encoding="utf-8") as file:
                file.write(json.dumps(found[-1]) + "\n")
    for name, said in summarised([one["rec"] for one in found]).items():
        print(name, json.dumps(said))


def asked(path: Path) -> dict[str, Any] | None:
    """What can be seen of each model, and its true loss; None where no column varies."""
    import numpy as np

    from whytransfer import InputError
    from whytransfer.estimators.dle import DirectLoss
    from whytransfer.estimators.losses import LossView
    from whytransfer.methods.columns import Columns
    from whytransfer.models.regressor_committee import committee

    domains, rng = read(path), generator(path.stem)
    pairs = list(itertools.permutations(sorted(domains), 2))
    here, there = pairs[rng.integers(len(pairs))]
    (X, y), (T, truth) = domains[here], domains[there]
    r, t = rng.permutation(len(X))[:SOURCE_ROWS], rng.permutation(len(T))[:TARGET_ROWS]
    X, y, T, truth = X[r], y[r], T[t], truth[t]
    n = len(X) // 2
    held, labels = X[n:], y[n:]
    try:
        columns = Columns.of(held)
    except InputError:
        return None
    source, target = columns.numbers(held, "source"), columns.numbers(T, "target")
    turn = np.random.default_rng(np.random.SeedSequence(0, spawn_key=(61,))).permutation(len(held)) % 2
    panels = [
        committee(source[turn != k], labels[turn != k], source[turn == k], target, seed=0) for k in (0, 1)
    ]
    rec = {}
    for name, model in models().items():
        model.fit(X[:n], y[:n])
        said, asked_there = model.predict(held), model.predict(T)
        off, halves = np.abs(said - labels), []
        for k, panel in enumerate(panels):
            judged = turn == k
            view = LossView(
                losses=off[judged],
                source_columns=np.c_[source[judged], said[judged]],
                target_columns=np.c_[target, asked_there],
                seed=0,
            )
            apart = np.abs(panel.source - said[judged]).mean(), np.abs(panel.target - asked_there).mean()
            halves.append([float(v) for v in (off[judged].mean(), *apart, DirectLoss().estimate(view))])
        rec[name] = {
            "source": float(off.mean()),
            "true": float(np.abs(asked_there - truth).mean()),
            "halves": halves,
        }
    return rec


class Quarter(NamedTuple):
    """A quarter of the source rows: the loss there, how far the committee is from the model on it and on the target, what direct estimation says."""

    loss: float
    here: float
    there: float
    dle: float


def _mean(one: dict[str, Any], of: Callable[[Quarter], float]) -> float:
    return sum(of(Quarter(*quarter)) for quarter in one["halves"]) / len(one["halves"])


def _log(over: float, under: float) -> float:
    return math.log(max(over, LEAST) / max(under, LEAST))


def _rise(one: dict[str, Any], share: float) -> float:
    """The loss on the source times the rises of disagreement, to the power of `share`, and of direct estimation, to that of the rest."""
    logs = _mean(one, lambda q: share * _log(q.there, q.here) + (1.0 - share) * _log(q.dle, q.loss))
    return float(one["source"]) * math.exp(logs)


def _gap(one: dict[str, Any], share: float) -> float:
    """The loss on the source and the differences of both, weighed alike."""
    gaps = _mean(one, lambda q: share * (q.there - q.here) + (1.0 - share) * (q.dle - q.loss))
    return float(one["source"]) + gaps


RULES: dict[str, Callable[[dict[str, Any]], float]] = {
    "source": lambda one: float(one["source"]),
    "panel": lambda one: _rise(one, 0.75),
    "disagreement": lambda one: _rise(one, 1.0),
    "disagreement_gap": lambda one: _gap(one, 1.0),
    "both_gaps": lambda one: _gap(one, 0.5),
    "dle": lambda one: _rise(one, 0.0),
}
"""The loss that each rule expects on the target; whoever has the least is taken."""


def summarised(found: list[dict[str, Any]]) -> dict[str, Any]:
    """By rule: mean regret, its difference to that of the source with a standard error, how far the expected losses are off."""
    import numpy as np

    best = [min(one["true"] for one in rec.values()) for rec in found]
    said: dict[str, Any] = {"tables": len(found)}
    plain = None
    for name, rule in RULES.items():
        taken = [min(rec.values(), key=rule)["true"] for rec in found]
        regret = np.array([_log(a, b) for a, b in zip(taken, best, strict=True)])
        plain = regret if plain is None else plain
        differ = regret - plain
        said[name] = {
            "regret": round(float(regret.mean()), 4),
            "more_than_source": round(float(differ.mean()), 4),
            "error": round(float(differ.std(ddof=1) / math.sqrt(len(differ))), 4)
            if len(differ) > 1
            else None,
            "off": round(
                float(np.mean([abs(_log(one["true"], rule(one))) for rec in found for one in rec.values()])),
                3,
            ),
        }
    return said


if __name__ == "__main__":
    main()
