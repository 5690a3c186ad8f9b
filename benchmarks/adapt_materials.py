"""What every candidate says on every pair of the shared data sets, measured once and kept.

For each pair and learner: the probabilities of the source model and of each candidate on the target rows, what the source model errs on held-out
source rows, the columns as the methods see them, and the true classes, which no method sees. With k target labels,
drawn at random twice: the same for the methods that learn from them, beside their cross-fitted predictions on the labelled rows.
"""

from __future__ import annotations

import itertools
import warnings
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone
from threadpoolctl import threadpool_limits

from benchmarks.problems import SHARED, Pair, pairs
from whytransfer.errors import InputError
from whytransfer.methods import METHODS, Method
from whytransfer.methods.columns import Columns
from whytransfer.models.learners import learner
from whytransfer.overlap import DomainClassifier

LEARNERS = ("logistic", "boosted")
PAIRS = {"logistic": 6, "boosted": 3}
"""Ordered pairs of a data set, at most, drawn by its name."""
SOURCE_ROWS, TARGET_ROWS = 2000, 1000
"""Rows of each domain, at most; half of the source trains, as in an audit."""
QUICK = (
    "source",
    "mean_scale",
    "central_moments",
    "coral",
    "linear_transport",
    "neighbours",
)
CANDIDATES = {"logistic": (*QUICK, "confident", "nearest_neighbour"), "boosted": QUICK}
"""`half_aligned` is the mean of five of these, as its test says, and is put together from them."""
FEW = ("pooled",)
LABELS = (20, 100)
DRAWS = 2
WIDE, MOST_CELLS = 150, 1500
"""From so many columns no boosted trees, and one draw of labels; beyond so many columns times classes nothing is learned from labels. Two dozen fits a
pair would take hours there."""
FOLDS = 5
"""Of the labelled rows, as in `steps.adapt.compared`."""
FAILS = (InputError, ValueError, np.linalg.LinAlgError)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kept:
    """One pair and learner, read back.

    Parameters
    ----------
    data_set, pair, learner : str
        Which.
    arrays : dict of str to ndarray
        ``proba.<candidate>`` (m, K), ``S``, ``codes``, ``T``, ``truth`` (−1 for a class that the source lacks),
        ``source_error``, ``auc``, ``auc_lower``; ``rows.<k>.<draw>``, ``full.<method>.<k>.<draw>`` (m, K) and ``crossed.<method>.<k>.<draw>`` (k,).
    """

    data_set: str
    pair: str
    learner: str
    arrays: dict[str, np.ndarray]


def kept(cache: Path, *, root: Path = SHARED, missing_too: bool = True) -> Iterator[Kept]:
    """Every pair under `root`, read from `cache` where it is there already; measured and written there where not."""
    for name in LEARNERS:
        folder = cache / name
        folder.mkdir(parents=True, exist_ok=True)
        for pair in chosen(PAIRS[name], root):
            path = folder / f"{pair.data_set}__{pair.source.stem}__{pair.target.stem}.npz"
            if not path.exists():
                if not missing_too or (name == "boosted" and _columns(pair) >= WIDE):
                    continue
                _write(path, measure(pair, name))
                print(name, pair.name, flush=True)
            with np.load(path) as file:
                yield Kept(
                    data_set=pair.data_set,
                    pair=path.stem,
                    learner=name,
                    arrays={k: file[k] for k in file.files},
                )


def _columns(pair: Pair) -> int:
    with np.load(pair.source) as file:
        return int(file["X"].shape[1])


def chosen(most: int, root: Path = SHARED) -> list[Pair]:
    """At most so many pairs of each data set, in an order that takes one of every set before a second of any."""
    by_set: dict[str, list[Pair]] = {}
    for pair in pairs(root=root):
        by_set.setdefault(pair.data_set, []).append(pair)
    drawn = [
        [own[i] for i in np.random.default_rng(zlib.crc32(name.encode())).permutation(len(own))[:most]]
        for name, own in by_set.items()
    ]
    return [pair for turn in itertools.zip_longest(*drawn) for pair in turn if pair is not None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """A pair cut as the benchmark uses it."""

    X: np.ndarray
    y: np.ndarray
    held: np.ndarray
    held_y: np.ndarray
    target: np.ndarray
    truth: np.ndarray


def rows_of(pair: Pair) -> Rows:
    """Training and held-out source rows, target rows with their labels; in random order, since files are sorted."""
    Xs, ys, Xt, yt = pair.arrays(SOURCE_ROWS)
    rng = np.random.default_rng(np.random.SeedSequence(7))
    here, there = rng.permutation(len(ys)), rng.permutation(len(yt))[:TARGET_ROWS]
    Xs, ys, n = Xs[here], ys[here], len(ys) // 2
    while len(np.unique(ys[:n])) < len(np.unique(ys)):
        # As in an audit: training goes on until every class is in.
        n += 1
    return Rows(X=Xs[:n], y=ys[:n], held=Xs[n:], held_y=ys[n:], target=Xt[there], truth=yt[there])


def measure(pair: Pair, name: str) -> dict[str, Any]:
    """All arrays of one pair and learner."""
    rows = rows_of(pair)
    columns, classes = Columns.of(rows.X), np.unique(rows.y)
    S, T = columns.numbers(rows.X, "source"), columns.numbers(rows.target, "target")
    out: dict[str, Any] = {
        "S": S.astype(np.float32),
        "T": T.astype(np.float32),
        "codes": np.searchsorted(classes, rows.y),
        "truth": np.where(np.isin(rows.truth, classes), np.searchsorted(classes, rows.truth), -1),
    }
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        apart = DomainClassifier.fit(S, T, seed=0)
        out |= {
            key: np.nan if value is None else value
            for key, value in (("auc", apart.auc), ("auc_lower", apart.auc_lower))
        }
        base = learner(name, 0)[1:]
        for candidate in CANDIDATES[name]:
            out |= _label_free(METHODS[candidate](base, seed=0), rows)
        if S.shape[1] * len(classes) <= MOST_CELLS:
            for k, draw in itertools.product(
                LABELS, range(DRAWS if name == "logistic" and S.shape[1] < WIDE else 1)
            ):
                out |= _with_labels(base, rows, out["truth"], classes, k, draw)
    return out


def _label_free(method: Method, rows: Rows) -> dict[str, Any]:
    try:
        method.fit(rows.X, rows.y, target=rows.target)
        out = {f"proba.{method.name}": method.predict_proba(rows.target).astype(np.float32)}
        if method.name == "source" and len(rows.held):
            out["source_error"] = np.asarray((method.predict(rows.held) != rows.held_y).mean())
    except FAILS as error:
        print(f"  {method.name} failed: {error}", flush=True)
        return {}
    return out


def _with_labels(
    base: Any, rows: Rows, truth: np.ndarray, classes: np.ndarray, k: int, draw: int
) -> dict[str, Any]:
    """Methods that learn from k labels, where at least twenty other rows are left to judge them."""
    rng = np.random.default_rng(np.random.SeedSequence((k, draw)))
    able = rng.permutation(np.flatnonzero(truth >= 0))
    if len(truth) < k + 20 or len(able) < k:
        return {}
    known = able[:k]
    fold = rng.permutation(k) % FOLDS
    out: dict[str, Any] = {f"rows.{k}.{draw}": known}
    for name in FEW:
        method, key = METHODS[name](base, seed=0), f"{name}.{k}.{draw}"

        def said(seen: np.ndarray, asked: np.ndarray, method: Method = method) -> np.ndarray:
            labels = np.full(len(truth), None, dtype=object)
            labels[seen] = classes[truth[seen]]
            fitted = clone(method).fit(rows.X, rows.y, target=rows.target, target_y=labels)
            return np.asarray(fitted.predict_proba(rows.target[asked]), dtype=np.float32)

        crossed = np.zeros(k, dtype=np.int64)
        for f in range(FOLDS):
            crossed[fold == f] = said(known[fold != f], known[fold == f]).argmax(axis=1)
        out |= {f"full.{key}": said(known, np.arange(len(truth))), f"crossed.{key}": crossed}
    return out


def _write(path: Path, arrays: dict[str, Any]) -> None:
    half = path.with_suffix(".part.npz")
    np.savez(half, **arrays)
    half.rename(path)
