"""How many labels it takes: ``python -m benchmarks.labels``.

On real transfers whose target labels are known, at the tolerance that lies .05 above the true error: the least number of labels
with power .80 by the exact limit of a stratified draw, against that of a uniform one (Clopper–Pearson for the law, the
hypergeometric limit for the file); how many labels a sequential design looks at until it stops; and the error of whom 20 labels choose
among the source model and four adapted ones, less that of the best of them. Transfers count where the uniform draw needs at
most a quarter of the target file. Writes docs/benchmarks/labels.md; ``--cache FOLDER`` keeps what was measured.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np
from scipy.stats import binom, hypergeom
from threadpoolctl import threadpool_limits

from benchmarks.problems import SHARED, Pair, pairs
from whytransfer import methods
from whytransfer.claims.power import labels_needed
from whytransfer.labels import Cut, Draws, Watch
from whytransfer.labels.plan import EARLY_SHARE
from whytransfer.labels.strata import LEAST_DRAWN, UNIFORM_SHARE, WORTH, allocate, ranked_strata
from whytransfer.labels.watch import tuned_stake
from whytransfer.methods.base import Method
from whytransfer.problem import Problem
from whytransfer.steps import labelling
from whytransfer.steps.options import Options
from whytransfer.steps.run import prepare
from whytransfer.verdict import Basis

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "labels.md"
DELTA, POWER, ABOVE = 0.05, 0.80, 0.05
MOST_ROWS = 4000
PAIRS_EACH = 4
ADAPTED = ("coral", "mean_scale", "subspace_alignment", "linear_transport")
RUNS, K = 200, 20
BUDGET = 1.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Material:
    """One transfer: predicted errors of held-out source rows and of target rows, and who errs on the target."""

    data_set: str
    pair: str
    source_predicted: np.ndarray
    predicted: np.ndarray
    wrong: np.ndarray
    said: np.ndarray
    truth: np.ndarray


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=SHARED, help="folder of data sets")
    parser.add_argument("--cache", type=Path, default=None, help="folder for the materials")
    parser.add_argument("--pairs", type=int, default=PAIRS_EACH, help="transfers of each data set")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=None, help="where the page goes")
    options = parser.parse_args()
    found = materials(options.root, options.cache, options.pairs, options.workers)
    with ProcessPoolExecutor(options.workers) as pool:
        text = page(found, list(pool.map(measured, found)))
    print(text)
    out = options.out or (PAGE if options.root == SHARED else None)
    if out is not None:
        out.write_text(text, encoding="utf-8")


# ---------------------------------------------------------------- what is measured


def materials(root: Path, cache: Path | None, most: int, workers: int) -> list[Material]:
    """Every transfer, at most `most` of each data set."""
    chosen = [
        p for _, of_set in groupby(pairs(root=root), key=lambda p: p.data_set) for p in list(of_set)[:most]
    ]
    with ProcessPoolExecutor(workers) as pool:
        found = pool.map(_material, chosen, [cache] * len(chosen))
        return [m for m in found if m is not None]


def _material(pair: Pair, cache: Path | None) -> Material | None:
    kept = None if cache is None else cache / (pair.name.replace("/", "_") + ".npz")
    if kept is not None and kept.exists():
        with np.load(kept) as file:
            arrays = dict(file)
    else:
        arrays = _measured(pair)
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            np.savez(kept, **arrays)
    return Material(data_set=pair.data_set, pair=pair.name, **arrays) if arrays else None


def _measured(pair: Pair) -> dict[str, np.ndarray]:
    Xs, ys, Xt, yt = pair.arrays(MOST_ROWS)
    problem = Problem(Xs, ys, Xt)
    options = Options.checked(
        tolerance=None, max_drop=None, assume=None, require=Basis.ESTIMATED, delta=DELTA, population="law", seed=0,
        trained_on_source=None, theorems=None, examples=True, label_noise=0.0,
    )  # fmt: skip
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        case, _ = prepare(problem, None, None, options)
        scored = labelling.predicted(case)
        if scored is None:
            return {}
        about, predicted = scored
        said = [case.subject.target.codes]
        rows = case.splits.source_train
        for name in ADAPTED:
            kind: type[Method] = methods.METHODS[name]
            fitted = kind().fit(
                case.columns.source[rows], problem.source.labels[rows], target=case.columns.target
            )  # type: ignore[union-attr,index]
            said.append(np.asarray(fitted.predict(case.columns.target), dtype=np.int64))  # type: ignore[union-attr]
    truth = problem.codes(yt)
    return {
        "source_predicted": about.model.predict(about.source),
        "predicted": predicted,
        "wrong": said[0] != truth,
        "said": np.array(said),
        "truth": truth,
    }


def measured(found: Material) -> dict[str, float]:
    """Figures of one transfer; empty where a uniform draw needs more than a quarter of the file."""
    m, error = len(found.wrong), float(found.wrong.mean())
    tolerance = error + ABOVE
    if tolerance >= 1.0:
        return {}
    figures: dict[str, float] = {}
    for population in ("law", "file"):
        uniform = _uniform(m, error, tolerance, population)
        if uniform is None:
            continue
        least = _stratified(found, tolerance, uniform, population)
        figures[f"fixed, {population}"] = least / uniform
        stopped, budget = _stopping(found, tolerance, uniform, population)
        figures[f"sequential, {population}"] = float(np.minimum(stopped, budget).mean()) / least
        figures[f"power, {population}"] = float((stopped <= budget).mean())
        figures[f"unlimited, {population}"] = float(stopped.mean()) / uniform
        figures[f"labels, {population}"] = uniform
    # A cache may hold transfers that were measured without adapted candidates.
    if len(found.said) > 1:
        figures["regret, uniform"], figures["regret, contested"] = _regrets(found)
    return figures


def _uniform(m: int, error: float, tolerance: float, population: str) -> int | None:
    """The least number of labels with power .80 of a uniform draw; None beyond a quarter of the file."""
    if population == "law":
        return labels_needed(error, tolerance, DELTA, power=POWER, at_most=m // 4)
    wrong, limit = round(error * m), int(np.floor(tolerance * m + 1e-9)) + 1
    for n in range(5, m // 4 + 1):
        critical = hypergeom.ppf(DELTA, m, limit, n)
        critical -= hypergeom.cdf(critical, m, limit, n) > DELTA
        if hypergeom.cdf(critical, m, wrong, n) >= POWER:
            return n
    return None


def _stratified(found: Material, tolerance: float, uniform: int, population: str) -> int:
    """The same of the planner's stratified draw, by halving between 4/10 and 14/10 of the uniform one."""
    m = len(found.wrong)
    cut = Cut.best(found.source_predicted, tolerance)
    if cut.variance_ratio > WORTH:
        return uniform
    strata = ranked_strata(found.predicted, cut.share, np.random.default_rng(0))
    sizes = tuple(int(c) for c in np.bincount(strata))
    wrong = tuple(int(c) for c in np.bincount(strata, weights=found.wrong))

    def power(n: int) -> float:
        draws = Draws(sizes=sizes, drawn=allocate(n, sizes, cut.labels), population=population)  # type: ignore[arg-type]
        stairs = draws.critical(tolerance, DELTA * (1 - EARLY_SHARE))
        if population == "file":
            return draws.probability(stairs, wrong)
        first = binom.pmf(np.arange(draws.drawn[0] + 1), draws.drawn[0], wrong[0] / sizes[0])
        second = binom.cdf(np.arange(draws.drawn[1] + 1), draws.drawn[1], wrong[1] / sizes[1])
        return float(first @ np.append(second, 0.0)[stairs])

    low, high = max(2 * LEAST_DRAWN, int(0.4 * uniform)), min(m, int(1.4 * uniform))
    while high - low > max(1, 0.004 * uniform):
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high


def _stopping(found: Material, tolerance: float, uniform: int, population: str) -> tuple[np.ndarray, int]:
    """Labels until a sequential design certifies, in each run, at most four budgets or the file; and that budget.

    The budget is half as large again as the fixed uniform number: power is then about .80 too.
    """
    budget = min(len(found.wrong), round(BUDGET * uniform))
    m, rng = len(found.wrong), np.random.default_rng(1)
    rows = m if population == "file" else None
    watch = Watch(rows=rows, stake=tuned_stake(tolerance, DELTA, budget))
    hypothesis = tolerance if rows is None else int(np.floor(tolerance * m + 1e-9)) + 1
    last, stopped = min(4 * budget, m if rows else 4 * budget), []
    for _ in range(RUNS):
        drawn = rng.permutation(found.wrong)[:last] if rows else rng.random(last) < found.wrong.mean()
        settled = np.flatnonzero(watch.log_wealth(drawn, hypothesis) >= -np.log(DELTA))
        stopped.append(settled[0] + 1 if len(settled) else last)
    return np.array(stopped), budget


def _regrets(found: Material) -> tuple[float, float]:
    """Mean error of whom K labels choose, less that of the best candidate: uniform labels, and contested ones."""
    errors = (found.said != found.truth).astype(float)
    best, rng = errors.mean(axis=1).min(), np.random.default_rng(2)
    contested = (labelling.contest(list(found.said)) > 0).astype(np.int64)
    m, several = len(found.truth), 0 < contested.sum() < len(contested)
    sizes = tuple(int(c) for c in np.bincount(contested, minlength=2))
    lost = np.zeros((RUNS, 2))
    for run in range(RUNS):
        uniform = rng.choice(m, K, replace=False)
        lost[run, 0] = errors[_first_least(errors[:, uniform].mean(axis=1))].mean() - best
        if not several:
            lost[run, 1] = lost[run, 0]
            continue
        share = UNIFORM_SHARE * sizes[0] / m
        drawn = allocate(K, sizes, (share, 1 - share), least=1)
        rows = rng.choice(np.flatnonzero(contested == 1), drawn[1], replace=False)
        lost[run, 1] = errors[_first_least(errors[:, rows].mean(axis=1))].mean() - best
    return float(lost[:, 0].mean()), float(lost[:, 1].mean())


def _first_least(errors: np.ndarray) -> int:
    """Whoever errs least; of equals the first, so that the source model is kept unless another is better."""
    return int(np.argmin(errors))


# ---------------------------------------------------------------- the page


def page(found: list[Material], figures: list[dict[str, float]]) -> str:
    """The tables of docs/benchmarks/labels.md."""
    sets = [m.data_set for m in found]
    lines = [
        "# Labels",
        "",
        f"Written by `python -m benchmarks.labels`: at most {PAIRS_EACH} transfers of each data set, at most {MOST_ROWS} rows of each",
        f"domain, logistic regression; tolerance = true error + {ABOVE:g}, δ = {DELTA:g}, power {POWER:g}. Ratios are means over data sets",
        "of the mean over their transfers.",
        "",
        "| | data sets | transfers | mean | worst data set | worst transfer |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name, text in (
        ("fixed, law", "stratified over uniform (Clopper–Pearson), law"),
        ("fixed, file", "stratified over uniform (hypergeometric), file"),
        (
            "sequential, law",
            f"sequential with {BUDGET:g} times the uniform number: labels until it stops, over the stratified number, law",
        ),
        ("sequential, file", "the same, file"),
        ("unlimited, law", "sequential without end: labels until it certifies, over the uniform number, law"),
        ("unlimited, file", "the same, file"),
    ):
        lines.append(_row(text, sets, [f.get(name) for f in figures], "{:.3f}", max))
    for population in ("law", "file"):
        values = [f.get(f"power, {population}") for f in figures]
        lines.append(_row(f"its power within that budget, {population}", sets, values, "{:.2f}", min))
    lines += [
        "",
        f"Choosing among the source model and {', '.join(ADAPTED)} with {K} labels: mean error above the best one's.",
        "",
    ]
    lines += [
        "| labels | data sets | transfers | mean | worst data set | worst transfer |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name in ("regret, uniform", "regret, contested"):
        lines.append(_row(name.split(", ")[1], sets, [f.get(name) for f in figures], "{:.4f}", max))
    lines += ["", "| transfer | labels, uniform (law) | ratio, law | ratio, file |", "|---|--:|--:|--:|"]
    for material, f in zip(found, figures, strict=True):
        if "fixed, law" in f or "fixed, file" in f:
            cells = [
                _cell(f.get(k), form)
                for k, form in (
                    ("labels, law", "{:.0f}"),
                    ("fixed, law", "{:.3f}"),
                    ("fixed, file", "{:.3f}"),
                )
            ]
            lines.append(f"| {material.pair} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _row(
    text: str, sets: list[str], values: list[float | None], form: str, worst: Callable[[list[float]], float]
) -> str:
    by_set: dict[str, list[float]] = {}
    for name, value in zip(sets, values, strict=True):
        if value is not None:
            by_set.setdefault(name, []).append(value)
    means = [float(np.mean(v)) for v in by_set.values()]
    every = [v for values in by_set.values() for v in values]
    if not means:
        return f"| {text} | 0 | 0 | – | – | – |"
    told = (float(np.mean(means)), worst(means), worst(every))
    return f"| {text} | {len(means)} | {len(every)} | " + " | ".join(form.format(v) for v in told) + " |"


def _cell(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


if __name__ == "__main__":
    main()
