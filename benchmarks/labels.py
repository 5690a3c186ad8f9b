"""How many labels it takes: ``python -m benchmarks.labels``.

On real transfers whose target labels are known, at the tolerance that lies .05 above the true error: the least number of labels
with power .80 by the exact limit of a stratified draw, against that of a uniform one (Clopper–Pearson for the law, the
hypergeometric limit for the file); how many labels a sequential design is expected to look at, counted over all paths; and the error
of whom 20 labels choose among the source model and four adapted ones, less that of the best of them. Labels count where the uniform
draw needs at most a quarter of the target file. Writes docs/benchmarks/labels.md; ``--cache FOLDER`` keeps what was measured.
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
from scipy.stats import hypergeom
from threadpoolctl import threadpool_limits

from benchmarks.problems import SHARED, Pair, pairs
from whytransfer import methods
from whytransfer.claims.power import labels_needed
from whytransfer.labels import Division, Draws, Horizon
from whytransfer.labels.draws import whole_rows
from whytransfer.labels.forecast import law_probability
from whytransfer.labels.plan import EARLY_SHARE, ENDLESS_SHARE
from whytransfer.labels.strata import LEAST_DRAWN, UNIFORM_SHARE, WORTH, allocate, ranked_strata
from whytransfer.methods.base import Method
from whytransfer.problem import Problem
from whytransfer.steps import labelling
from whytransfer.steps.options import Options
from whytransfer.steps.run import prepare
from whytransfer.verdict import Basis

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "labels.md"
DELTA, POWER, ABOVE = 0.05, 0.80, 0.05
MOST_ROWS = 4000
ADAPTED = ("coral", "mean_scale", "subspace_alignment", "linear_transport")
RUNS, K = 200, 20
BUDGETS = (1.5, 2.0)
PAIRS_EACH = 4


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
    parser.add_argument("--pairs", type=int, default=PAIRS_EACH, help="transfers of each data set, at most")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=None, help="where the page goes")
    options = parser.parse_args()
    found = materials(options.root, options.cache, options.pairs, options.workers)
    with ProcessPoolExecutor(options.workers) as pool:
        text = page(found, list(pool.map(measured, found)), options.pairs)
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
        uniform = _uniform(m, error, tolerance, population, DELTA, m // 4)
        if uniform is None:
            continue
        least = _stratified(found, tolerance, uniform, population)
        figures[f"fixed, {population}"] = least / uniform
        budget = _budget(m, error, tolerance, uniform, population)
        figures[f"budget, {population}"] = budget / uniform
        _, looked = _looked(m, error, tolerance, budget, population)
        figures[f"sequential, {population}"] = looked / uniform
        for times in BUDGETS:
            chance, looked = _looked(m, error, tolerance, min(m, round(times * uniform)), population)
            figures[f"power {times:g}, {population}"] = chance
            figures[f"sequential {times:g}, {population}"] = looked / uniform
        figures[f"labels, {population}"] = uniform
    figures["regret, uniform"], figures["regret, contested"] = _regrets(found)
    return figures


def _uniform(m: int, error: float, tolerance: float, population: str, delta: float, most: int) -> int | None:
    """The least number of labels with power .80 of a uniform draw; None beyond `most`."""
    if population == "law":
        return labels_needed(error, tolerance, delta, power=POWER, at_most=most)
    wrong, limit = round(error * m), whole_rows(tolerance, m) + 1
    for n in range(5, most + 1):
        critical = hypergeom.ppf(delta, m, limit, n)
        critical -= hypergeom.cdf(critical, m, limit, n) > delta
        if hypergeom.cdf(critical, m, wrong, n) >= POWER:
            return n
    return None


def _stratified(found: Material, tolerance: float, uniform: int, population: str) -> int:
    """The same of the planner's stratified draw, by halving between 4/10 and 14/10 of the uniform one."""
    m = len(found.wrong)
    division = Division.best(found.source_predicted, tolerance)
    exact = DELTA * (1.0 - EARLY_SHARE)
    if division.ratio(uniform / m if population == "law" else 0.0) > WORTH:
        # The planner draws uniformly; early looks cost it their share all the same.
        return _uniform(m, float(found.wrong.mean()), tolerance, population, exact, m) or m
    strata = ranked_strata(found.predicted, division.share, np.random.default_rng(0))
    sizes = tuple(int(c) for c in np.bincount(strata))
    wrong = tuple(int(c) for c in np.bincount(strata, weights=found.wrong))

    def power(n: int) -> float:
        draws = Draws(sizes=sizes, drawn=allocate(n, sizes, division.labels), population=population)  # type: ignore[arg-type]
        stairs = draws.critical(tolerance, exact)
        if population == "file":
            return draws.probability(stairs, wrong)
        return law_probability(draws, stairs, (wrong[0] / sizes[0], wrong[1] / sizes[1]))

    low, high = max(2 * LEAST_DRAWN, int(0.4 * uniform)), min(m, int(1.4 * uniform))
    while high - low > max(1, 0.004 * uniform):
        middle = (low + high) // 2
        low, high = (low, middle) if power(middle) >= POWER else (middle, high)
    return high


def _looked(m: int, error: float, tolerance: float, budget: int, population: str) -> tuple[float, float]:
    """Of a sequential design: the probability that it certifies within the budget, and how many labels it looks at on average."""
    rows = m if population == "file" else None
    horizon = Horizon(n=budget, rows=rows)
    against, truth = (tolerance, error) if rows is None else (whole_rows(tolerance, m) + 1, round(error * m))
    stops = horizon.stopping(horizon.boundary(against, DELTA * (1.0 - ENDLESS_SHARE)), truth)
    chance = min(1.0, float(stops.sum()))
    return chance, float(stops @ np.arange(budget + 1)) + (1.0 - chance) * budget


def _budget(m: int, error: float, tolerance: float, uniform: int, population: str) -> int:
    """The least budget with which a sequential design has power .80, by halving up to twice the fixed uniform number."""
    low, high = uniform // 2, min(m, 2 * uniform)
    while high - low > 1:
        middle = (low + high) // 2
        enough = _looked(m, error, tolerance, middle, population)[0] >= POWER
        low, high = (low, middle) if enough else (middle, high)
    return high


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


ROWS = (
    ("fixed", "stratified, fixed: its number", "{:.3f}", max),
    ("sequential", "sequential with power .80: labels looked at", "{:.3f}", max),
    ("budget", "the same: its budget", "{:.3f}", max),
    *(
        row
        for times in BUDGETS
        for row in (
            (
                f"sequential {times:g}",
                f"sequential with a budget of {times:g}: labels looked at",
                "{:.3f}",
                max,
            ),
            (f"power {times:g}", "the same: its power", "{:.2f}", min),
        )
    ),
)
"""Figures over the number of a uniform draw, the last one in itself: key, text, form, and which is the worst."""


def page(found: list[Material], figures: list[dict[str, float]], most: int) -> str:
    """The tables of docs/benchmarks/labels.md."""
    sets = [m.data_set for m in found]
    lines = [
        "# Labels",
        "",
        f"Written by `python -m benchmarks.labels`: at most {most} transfers of each data set, at most {MOST_ROWS} rows of each",
        f"domain, logistic regression; tolerance = true error + {ABOVE:g}, δ = {DELTA:g}, power {POWER:g}. Numbers of labels stand over those of a",
        "fixed uniform draw: Clopper–Pearson for the law, the hypergeometric limit for the file. They are means over data sets of the mean over",
        "their transfers; nothing is simulated but the choice.",
        "",
        "| | data sets | transfers | mean | worst data set | worst transfer |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for key, text, form, worst in ROWS:
        for population in ("law", "file"):
            values = [f.get(f"{key}, {population}") for f in figures]
            lines.append(_row(f"{text}, {population}", sets, values, form, worst))
    lines += [
        "",
        f"Choosing among the source model and {', '.join(ADAPTED)} with {K} labels: mean error above the best one's, {RUNS} draws a transfer.",
        "",
        "| labels | data sets | transfers | mean | worst data set | worst transfer |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for name in ("regret, uniform", "regret, contested"):
        lines.append(_row(name.split(", ")[1], sets, [f.get(name) for f in figures], "{:.4f}", max))
    lines += _lost(sets, figures)
    lines += [
        "",
        "| transfer | labels, uniform (law) | fixed, law | fixed, file | sequential, law | sequential, file |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    for material, f in zip(found, figures, strict=True):
        if "fixed, law" in f or "fixed, file" in f:
            keys = ("labels, law", "fixed, law", "fixed, file", "sequential, law", "sequential, file")
            cells = [_cell(f.get(k), "{:.0f}" if k == "labels, law" else "{:.3f}") for k in keys]
            lines.append(f"| {material.pair} | {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def _lost(sets: list[str], figures: list[dict[str, float]]) -> list[str]:
    """On how many data sets contested labels choose better, alike and worse."""
    lost: dict[str, list[float]] = {}
    for name, f in zip(sets, figures, strict=True):
        if "regret, uniform" in f:
            lost.setdefault(name, []).append(f["regret, contested"] - f["regret, uniform"])
    means = np.array([np.mean(v) for v in lost.values()])
    better, worse = int((means < -1e-9).sum()), int((means > 1e-9).sum())
    return [
        "",
        f"Contested labels choose better on {better} data sets, worse on {worse}, alike on {len(means) - better - worse}.",
    ]


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
