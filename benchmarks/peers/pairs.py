"""Which transfers the peers are held against: the shared data, tables of the package registry, scikit-learn's and NannyML's census.

Drawn by rule, the same whoever runs it: of each data set of fewer than `WIDE` columns, at most so many ordered pairs, in an order drawn by the set's name
(`benchmarks.materials.drawn`). What does not lie beside the checkout is made once in the cache.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from benchmarks import registry
from benchmarks.materials import drawn
from benchmarks.peers.environments import Environment
from benchmarks.problems import SHARED, Pair

WIDE = 150
"""From so many columns neither Evidently nor subspace alignment ends in the minutes that there are (as in `benchmarks.adapt`)."""
TABLES = 14
"""Of the package registry, the first in the order of their names' hashes: as many as there was time for."""
LEVELS = 30
"""A column of whole numbers in the census is a category where it has at most so many values, as in `benchmarks.registry`."""


def found(cache: Path, most: int, only: str = "") -> dict[str, list[Pair]]:
    """Pairs by group: ``shared``, which the shipped reference class has seen, and ``unseen``, which it has not."""
    groups = {"shared": [SHARED] if SHARED.exists() else [], "unseen": [cache / "registry", cache / "more"]}
    made(cache)
    return {
        group: [
            pair
            for root in roots
            for pair in drawn(root, most)
            if only in pair.data_set and columns(pair) < WIDE
        ]
        for group, roots in groups.items()
    }


def columns(pair: Pair) -> int:
    with np.load(pair.source) as file:
        return int(file["X"].shape[1])


def made(cache: Path) -> None:
    """Fetch what the registry serves, once."""
    mark = cache / "fetched"
    if mark.exists():
        return
    (cache / "registry").mkdir(parents=True, exist_ok=True)
    registry.make(cache / "registry", TABLES)
    for name, domains in {
        "breast_cancer_texture": cancer(),
        "diabetes_sex": diabetes(),
        **census(cache),
    }.items():
        registry.write(domains, cache / "more" / name)
    mark.write_text("", encoding="utf-8")


def cancer() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """scikit-learn's breast cancer, cut at the median of the column that its name draws, which is left out."""
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    j = 1  # mean texture: the second column, and the first that is not a size
    low = X[:, j] <= np.median(X[:, j])
    rest = np.delete(X, j, axis=1)
    return {"smooth": (rest[low], y[low]), "rough": (rest[~low], y[~low])}


def diabetes() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """scikit-learn's diabetes, progression cut at its median, from one sex to the other."""
    from sklearn.datasets import load_diabetes

    X, y = load_diabetes(return_X_y=True, scaled=False)
    y, first = (y > np.median(y)).astype(int), X[:, 1] == X[:, 1].min()
    rest = np.delete(X, 1, axis=1)
    return {"first": (rest[first], y[first]), "second": (rest[~first], y[~first])}


def census(cache: Path) -> dict[str, dict[str, tuple[np.ndarray, np.ndarray]]]:
    """NannyML's employment of Massachusetts, read in its environment, whose reference year and last year are the domains; nothing where that is not installed."""
    import pandas as pd

    from benchmarks.peers.environments import NotInstalledError

    folder = cache / "census"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        Environment(name="nannyml", folder=cache / "environments").run("run_census.py", str(folder))
    except NotInstalledError:
        return {}
    parts = {path.stem: pd.read_parquet(path) for path in sorted(folder.glob("*.parquet"))}
    whole = pd.concat(parts.values(), keys=parts.keys())
    for c in whole.columns.drop("label"):
        if whole[c].nunique() <= LEVELS:
            whole[c] = whole[c].astype(str)
    X, y = registry.encoded(whole.drop(columns="label")), whole["label"].to_numpy().astype(int)
    rng = np.random.default_rng(0)
    made = {}
    for name in parts:
        rows = np.flatnonzero(whole.index.get_level_values(0) == name)
        rows = np.sort(rng.permutation(rows)[: registry.MOST_ROWS])
        made[name] = (X[rows], y[rows])
    return {"census_employment": made}
