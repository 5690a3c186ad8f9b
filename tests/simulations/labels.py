"""Coverage of label plans: exact limits of stratified draws, anytime limits under optional stopping, skipped rows, candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.simulations.harness import Section
from tests.simulations.ledger import DELTA, Ledger
from whytransfer.claims.intervals import upper_limit
from whytransfer.labels import Draws, Filled, LabelPlan, Watch, comparisons
from whytransfer.labels.judge import judge
from whytransfer.labels.watch import tuned_stake

Z95 = 1.6448536269514722
ERRORS = (0.0, 0.02, 0.1, 0.3, 0.6)
SIZES = ((40, 10), (400, 100))
"""Rows of the file, and labels. Larger ones take an hour: every new pair of counts asks for the worst of all splits."""

RISE = 3.0
"""How many times likelier an error is in the worse half of the rows: predicted errors that are worth something."""


@dataclass(frozen=True, slots=True)
class File:
    """A file of rows: whether each is wrong, and in which stratum it lies (the surer 60 % by a noisy score)."""

    wrong: np.ndarray
    strata: np.ndarray


def files(rng: np.random.Generator, m: int, error: float) -> File:
    """m independent rows with x uniform, and P(wrong | x) higher in the upper half; strata by rank of x with noise."""
    x = rng.random(m)
    low = 2.0 * error / (1.0 + RISE)
    rates = np.where(x < 0.5, low, min(1.0, 2.0 * error - low))
    rank = np.argsort(np.argsort(x + 0.3 * rng.random(m)))
    return File(wrong=rng.random(m) < rates, strata=(rank >= round(0.6 * m)).astype(np.int64))


def stratified_limits(seed: np.random.SeedSequence, repeats: int = 2_000) -> Section:
    """The exact limits of two strata and of one, for the law and for the file; Wald's is the control."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for m, n in SIZES:
        for error in ERRORS:
            world = f"{n} of {m} rows, error {error:g}"
            plans = {name: _draws(m, n, name, population) for name, population in _KINDS}
            found: dict[tuple[str, tuple[int, ...]], tuple[float, float]] = {}
            for _ in range(repeats):
                file = files(rng, m, error)
                for (name, population), draws in zip(_KINDS, plans.values(), strict=True):
                    truth = error if population == "law" else float(file.wrong.mean())
                    counts = _counted(rng, file, draws)
                    key = (name, counts)
                    if key not in found:
                        found[key] = draws.upper(counts, DELTA), draws.lower(counts, DELTA)
                    upper, lower = found[key]
                    ledger.see(name, world, truth, upper=upper, lower=lower)
                    if name == "two strata, law":
                        wald = _wald(draws, counts)
                        ledger.see("Wald", world, truth, upper=wald, control=True)
    return ledger.section(
        "Labels drawn by stratum",
        f"{repeats} files a cell, rows independent, errors {RISE:g} times likelier in the worse half; the surer 60 % by a noisy "
        f"score are one stratum, whose labels are 40 %. Each limit one-sided at δ = {DELTA}, for the law or for the file itself. "
        "The control adds 1.645 standard errors to the stratified estimate.",
    )


_KINDS = (("two strata, law", "law"), ("two strata, file", "file"), ("one stratum, file", "file"))


def _draws(m: int, n: int, name: str, population: str) -> Draws:
    if name.startswith("one"):
        return Draws(sizes=(m,), drawn=(n,), population="file")
    first = round(0.6 * m)
    return Draws(sizes=(first, m - first), drawn=(round(0.4 * n), n - round(0.4 * n)), population=population)  # type: ignore[arg-type]


def _counted(rng: np.random.Generator, file: File, draws: Draws) -> tuple[int, ...]:
    """Errors among rows drawn at random from each stratum: hypergeometric, given the file."""
    strata = file.strata if len(draws.sizes) == 2 else np.zeros_like(file.strata)
    wrong = np.bincount(strata, weights=file.wrong, minlength=len(draws.sizes)).astype(int)
    return tuple(
        int(rng.hypergeometric(k, size - k, n))
        for k, size, n in zip(wrong, draws.sizes, draws.drawn, strict=True)
    )


def _wald(draws: Draws, counts: tuple[int, ...]) -> float:
    rates = np.array(counts) / np.array(draws.drawn)
    variance = np.sum(draws.weights**2 * rates * (1 - rates) / np.array(draws.drawn))
    return float(draws.estimate(counts) + Z95 * np.sqrt(variance))


def watched_limits(
    seed: np.random.SeedSequence, repeats: int = 2_000, sizes: tuple[int, ...] = (10, 100, 1_000)
) -> Section:
    """Anytime limits, against an adversary who stops at the worst moment; looking at exact limits of a fixed n is the control."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for n in sizes:
        for error in (0.02, 0.1, 0.3, 0.6):
            m, world = 4 * n, f"up to {n} labels, error {error:g}"
            stake = tuned_stake(min(error + 0.05, 0.95), DELTA, n)
            for _ in range(repeats):
                wrong = rng.random(m) < error
                drawn = rng.permutation(wrong)[:n]
                for name, rows, truth in (
                    ("watch, law", None, error),
                    ("watch, file", m, float(wrong.mean())),
                ):
                    watch = Watch(rows=rows, stake=stake)
                    # The limit after n rows is the least of all moments: it is the adversary's.
                    upper, lower = _ever(watch, drawn, truth)
                    ledger.see(name, world, truth, upper=upper, lower=lower, measured=False)
                looks = np.unique(np.linspace(5, n, 50).astype(int))
                peeked = upper_limit(np.cumsum(drawn)[looks - 1].astype(float), looks.astype(float), DELTA)
                ledger.see(
                    "Clopper–Pearson, looked at often",
                    world,
                    error,
                    upper=float(np.min(peeked)),
                    control=True,
                )
    return ledger.section(
        "Labels watched one by one",
        f"{repeats} draws a cell; an adversary looks after every label and stops where the limit is shortest. One-sided at "
        f"δ = {DELTA}, for the law and for the file. The control looks at fifty moments with the exact limit of one.",
    )


def _ever(watch: Watch, wrong: np.ndarray, truth: float) -> tuple[float, float]:
    """Limits that miss exactly where those of the watch do at some moment: the truth, moved beyond it where it was refuted.

    A limit lies below the truth at some moment if and only if the truth is refuted at some moment: one pass over the rows in the
    place of a search.
    """
    sides = []
    for marks, value in ((wrong, truth), (~wrong, 1.0 - truth)):
        hypothesis = value if watch.rows is None else round(value * watch.rows)
        refuted = watch.log_wealth(marks, hypothesis).max() > -np.log(DELTA)
        sides.append(refuted)
    return truth - 0.01 * sides[0], truth + 0.01 * sides[1]


def skipped_labels(
    seed: np.random.SeedSequence, repeats: int = 2_000, errors: tuple[float, ...] = (0.05, 0.2, 0.4)
) -> Section:
    """Half-filled sheets: an annotator who skips what the model gets wrong, early looks, and a look at every moment."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for error in errors:
        for design in ("fixed", "sequential"):
            for _ in range(repeats):
                plan, wrong = _plan(rng, error, design)
                codes = np.where(wrong, 1, 0)
                world = f"error {error:g}"
                shy = np.where(wrong & (rng.random(plan.n) < 0.8), -1, codes)
                stopped = np.where(np.arange(plan.n) < plan.n // 2, codes, -1)
                for name, kept in (("skips errors", shy), ("stops half-way", stopped)):
                    found = judge(plan, Filled(codes=kept), DELTA)
                    ledger.see(f"{design}, {name}", world, error, upper=found.upper, lower=found.lower)
                known = shy >= 0
                filled = upper_limit(int(wrong[known].sum()), max(1, int(known.sum())), DELTA)
                ledger.see("use what is filled", world, error, upper=filled, control=True)
                if design == "fixed":
                    moments = [
                        judge(plan, Filled(codes=np.where(np.arange(plan.n) < t, codes, -1)), DELTA).upper
                        for t in (10, 20, 30, plan.n)
                    ]
                    ledger.see("fixed, least of four looks", world, error, upper=min(moments))
    return ledger.section(
        "Half-filled sheets",
        f"{repeats} draws a cell: 40 of 160 rows are planned, in two strata (fixed) or one (sequential). Who skips errors leaves out "
        f"four in five of the rows that the model gets wrong. One-sided at δ = {DELTA}. The control uses what is filled.",
    )


def _plan(rng: np.random.Generator, error: float, design: str) -> tuple[LabelPlan, np.ndarray]:
    """A plan about a model that always says class 0, so that class 1 is an error; with the errors of its rows."""
    file = files(rng, 160, error)
    strata = file.strata if design == "fixed" else np.zeros_like(file.strata)
    drawn = (16, 24) if design == "fixed" else (40,)
    rows = rng.permutation(
        np.concatenate([rng.permutation(np.flatnonzero(strata == h))[:n] for h, n in enumerate(drawn)])
    )
    plan = LabelPlan(
        digest="", label="y", classes=np.array([0, 1]), requirement=min(error + 0.15, 0.9), requirement_kind="tolerance",
        delta=DELTA, spends={"target_error.direct": DELTA}, seed=0, design=design, way="uniform", population="law",  # type: ignore[arg-type]
        sizes=tuple(int(c) for c in np.bincount(strata)), drawn=drawn, rows=rows, strata=strata[rows],
        batches=np.ones(40, dtype=np.int64), predictions={"model": np.zeros(40, dtype=np.int64)},
    )  # fmt: skip
    return plan, file.wrong[rows]


def paired_candidates(seed: np.random.SeedSequence, repeats: int = 2_000) -> Section:
    """The difference of two candidates' errors on the file, from labels that mostly go to contested rows."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for share, better in ((0.2, 0.5), (0.2, 0.9), (0.6, 0.3)):
        world = f"{share:.0%} contested, the second right on {better:.0%} of them"
        for _ in range(repeats):
            m, n = 600, 60
            contested = rng.random(m) < share
            strata = contested.astype(np.int64)
            sizes = tuple(int(c) for c in np.bincount(strata, minlength=2))
            drawn = (6, n - 6)
            truth = np.where(rng.random(m) < (better if share < 1 else 0.5), 1, 0)
            first, second = np.zeros(m, dtype=np.int64), np.where(contested, 1, 0)
            rows = np.concatenate(
                [rng.permutation(np.flatnonzero(strata == h))[:k] for h, k in enumerate(drawn)]
            )
            plan = LabelPlan(
                digest="", label="y", classes=np.array([0, 1]), requirement=0.5, requirement_kind="tolerance", delta=DELTA,
                spends={"target_error.direct": DELTA / 2, "error_difference.second": DELTA / 2}, seed=0, design="fixed",
                way="disagreement", population="file", sizes=sizes, drawn=drawn, rows=rows, strata=strata[rows],
                batches=np.ones(n, dtype=np.int64), predictions={"model": first[rows], "second": second[rows]},
                contested={"second": (0, sizes[1])},
            )  # fmt: skip
            claim = comparisons(plan, Filled(codes=truth[rows]))[0]
            exact = float(((second != truth).astype(float) - (first != truth)).mean())
            ledger.see(
                "difference of candidates",
                world,
                exact,
                upper=claim.upper,
                lower=claim.lower,
                delta=DELTA / 2,
            )
            gain = (second[rows] != truth[rows]).astype(float) - (first[rows] != truth[rows])
            wald = gain.mean() + Z95 * gain.std(ddof=1) / np.sqrt(n)
            ledger.see(
                "unweighted Wald",
                world,
                exact,
                upper=float(wald),
                lower=float(2 * gain.mean() - wald),
                control=True,
            )
    return ledger.section(
        "Candidates compared on contested rows",
        f"{repeats} files of 600 rows a cell, 54 of 60 labels on contested rows; one-sided at δ = {DELTA / 2}. The control forgets "
        "that contested rows were drawn more often.",
    )
