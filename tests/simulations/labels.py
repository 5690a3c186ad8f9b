"""Coverage of label plans: exact limits of stratified draws, limits under optional stopping, skipped rows, candidates."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.simulations.harness import Section
from tests.simulations.ledger import DELTA, Ledger
from tests.simulations.refuted import below, ever_met, ever_refuted, missed
from whytransfer.claims.intervals import upper_limit
from whytransfer.labels import Draws, Filled, Horizon, LabelPlan, Watch, comparisons
from whytransfer.labels.judge import counts, early_upper, judge
from whytransfer.labels.plan import EARLY_SHARE, ENDLESS_SHARE

Z95 = 1.6448536269514722
ERRORS = (0.0, 0.02, 0.1, 0.3, 0.6)
SIZES = ((40, 10), (400, 100), (4_000, 1_000), (20_000, 5_000))
"""Rows of the file, and labels."""
FILES = 4
"""Files of each cell that limits for the file are tried on."""

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
    score, first = x + 0.3 * rng.random(m), round(0.6 * m)
    edge = np.partition(score, first)[first]
    return File(wrong=rng.random(m) < rates, strata=(score >= edge).astype(np.int64))


def stratified_limits(
    seed: np.random.SeedSequence, repeats: int = 2_000, sizes: tuple[tuple[int, int], ...] = SIZES
) -> Section:
    """The exact limits of two strata and of one, for the law and for the file; Wald's is the control."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for m, n in sizes:
        for error in ERRORS:
            world = f"{n} of {m} rows, error {error:g}"
            law = _draws(m, n, "law")
            drawn = np.array([_counted(rng, files(rng, m, error), law, 1)[0] for _ in range(repeats)])
            _write(ledger, "two strata, law", world, missed(law, drawn, error, DELTA))
            wald = _wald(law, drawn) < error - 1e-9
            _write(ledger, "Wald", world, (wald,), control=True)
            for _ in range(FILES):
                file = files(rng, m, error)
                for name, draws in (
                    ("two", _draws(m, n, "file")),
                    ("one", Draws(sizes=(m,), drawn=(n,), population="file")),
                ):
                    drawn = _counted(rng, file, draws, repeats // FILES)
                    found = missed(draws, drawn, float(file.wrong.sum()), DELTA)
                    _write(
                        ledger, f"{name} strata, file" if name == "two" else "one stratum, file", world, found
                    )
    return ledger.section(
        "Labels drawn by stratum",
        f"{repeats} files a cell, rows independent, errors {RISE:g} times likelier in the worse half; the surer 60 % by a noisy "
        f"score are one stratum, whose labels are 40 %; for the file itself {FILES} files, drawn from as often together. Each limit "
        f"one-sided at δ = {DELTA}. Limits are not searched: one misses where the truth is refuted at δ. "
        "The control adds 1.645 standard errors to the stratified estimate.",
    )


def _write(
    ledger: Ledger, name: str, world: str, sides: tuple[np.ndarray, ...], *, control: bool = False
) -> None:
    """Write down who missed: the upper limit, and the lower one where there are two."""
    for upper in sides[0]:
        ledger.see(name, world, 0.0, upper=-1.0 * upper, control=control, measured=False)
    for lower in sides[1] if len(sides) == 2 else ():
        ledger.see(name, world, 0.0, lower=1.0 * lower, control=control, measured=False)


def _draws(m: int, n: int, population: str) -> Draws:
    first = round(0.6 * m)
    return Draws(sizes=(first, m - first), drawn=(round(0.4 * n), n - round(0.4 * n)), population=population)  # type: ignore[arg-type]


def _counted(rng: np.random.Generator, file: File, draws: Draws, repeats: int) -> np.ndarray:
    """Errors among rows drawn at random from each stratum, (repeats, H): hypergeometric, given the file."""
    strata = file.strata if len(draws.sizes) == 2 else np.zeros_like(file.strata)
    wrong = np.bincount(strata, weights=file.wrong, minlength=len(draws.sizes)).astype(int)
    return np.array(
        [
            rng.hypergeometric(k, size - k, n, size=repeats)
            for k, size, n in zip(wrong, draws.sizes, draws.drawn, strict=True)
        ]
    ).T


def _wald(draws: Draws, outcomes: np.ndarray) -> np.ndarray:
    rates = outcomes / np.array(draws.drawn)
    variance = np.sum(draws.weights**2 * rates * (1 - rates) / np.array(draws.drawn), axis=1)
    return np.asarray(rates @ draws.weights + Z95 * np.sqrt(variance))


def watched_limits(
    seed: np.random.SeedSequence, repeats: int = 2_000, sizes: tuple[int, ...] = (10, 100, 1_000, 5_000)
) -> Section:
    """Limits after every label, against an adversary who stops at the worst moment; exact limits of a fixed n are the control."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for n in sizes:
        for error in ERRORS:
            m, world = 4 * n, f"up to {n} labels, error {error:g}"
            wrong = round(error * m)
            independent = rng.random((repeats, n)) < error
            drawn = np.array([rng.permutation(m)[:n] < wrong for _ in range(repeats)])
            for rows, paths, truth, whole in ((None, independent, error, 1.0), (m, drawn, wrong, m)):
                about = "law" if rows is None else "file"
                horizon, watch = Horizon(n=n, rows=rows), Watch(rows=rows)
                sides = ((paths, truth), (~paths, whole - truth))
                met = tuple(ever_met(horizon.boundary(value, DELTA), marks) for marks, value in sides)
                _write(ledger, f"horizon, {about}", world, met)
                refuted = tuple(ever_refuted(watch, marks, value, DELTA) for marks, value in sides)
                _write(ledger, f"watch, {about}", world, refuted)
            looks = np.unique(np.linspace(5, n, 50).astype(int))
            seen = np.cumsum(independent, axis=1)[:, looks - 1].astype(float)
            peeked = upper_limit(seen, np.broadcast_to(looks.astype(float), seen.shape), DELTA)
            low = (peeked.min(axis=1) < error - 1e-9,)
            _write(ledger, "Clopper–Pearson, looked at often", world, low, control=True)
    return ledger.section(
        "Labels watched one by one",
        f"{repeats} draws a cell; an adversary looks after every label and stops where the limit is shortest, so that it misses where "
        f"the truth is refuted at any moment. One-sided at δ = {DELTA}, for the law and for a file of four times as many rows. "
        "The horizon ends with the last label, the watch never. The control looks at fifty moments with the exact limit of one.",
    )


def skipped_labels(
    seed: np.random.SeedSequence,
    repeats: int = 2_000,
    errors: tuple[float, ...] = (0.05, 0.2, 0.4),
    sizes: tuple[int, ...] = (10, 40, 1_000, 5_000),
) -> Section:
    """Half-filled sheets: an annotator who skips what the model gets wrong, and whoever looks early and takes the best limit."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for n in sizes:
        for error in errors:
            world = f"{n} of {4 * n} rows, error {error:g}"
            _fixed_sheets(rng, ledger, world, n, error, repeats)
            _sequential_sheets(rng, ledger, world, n, error, repeats)
    for error in errors:
        for design in ("fixed", "sequential"):
            _judged_sheets(rng, ledger, error, design, repeats)
    return ledger.section(
        "Half-filled sheets",
        f"{repeats} draws a cell: a quarter of the rows is planned, in two strata (fixed) or one (sequential), for the law. Who skips errors "
        "leaves out four in five of the rows that the model gets wrong. Who looks takes the shortest limit of those after a "
        f"sixteenth and after half of the labels, and of the one at the end. One-sided at δ = {DELTA}. Cells called judged went through the "
        "function that judges sheets. The control uses what is filled.",
    )


def _fixed_sheets(
    rng: np.random.Generator, ledger: Ledger, world: str, n: int, error: float, repeats: int
) -> None:
    """Upper limits: at the planned number the order is halved over all draws; early ones are worked out."""
    planned, early = DELTA * (1.0 - EARLY_SHARE), DELTA * EARLY_SHARE
    shy, least, sooner, filled = [], [], [], []
    for _ in range(repeats):
        plan, wrong = _plan(rng, error, "fixed", n)
        known = ~wrong | (rng.random(n) >= 0.8)
        prefix = n if known.all() else int(np.argmin(known))
        shy.append(
            (counts(plan, wrong | ~known), early_upper(plan, wrong[:prefix], early) if prefix else 1.0)
        )
        least.append(counts(plan, wrong & known))
        sooner.append(min(early_upper(plan, wrong[:t], early) for t in (max(1, n // 16), n // 2)))
        filled.append((wrong[known].sum(), max(1, known.sum())))
    draws = plan.draws
    outcomes = np.array([k for k, _ in shy])
    exact = below(draws, outcomes, error, planned)
    skipped = exact | (np.array([u for _, u in shy]) < error - 1e-9)
    lower = below(draws, np.array(draws.drawn) - np.array(least), 1.0 - error, planned)
    _write(ledger, "fixed, skips errors", world, (skipped, lower))
    _write(ledger, "fixed, shortest of three looks", world, (exact | (np.array(sooner) < error - 1e-9),))
    errs, rows = np.array(filled, dtype=float).T
    _write(
        ledger, "use what is filled", world, (upper_limit(errs, rows, DELTA) < error - 1e-9,), control=True
    )


def _sequential_sheets(
    rng: np.random.Generator, ledger: Ledger, world: str, n: int, error: float, repeats: int
) -> None:
    """After every label, skipped rows at their worst: the limits of the plan's labels and those without end."""
    horizon, watch = Horizon(n=n), Watch()
    ended, endless = DELTA * (1.0 - ENDLESS_SHARE), DELTA * ENDLESS_SHARE
    wrong = rng.random((repeats, n)) < error
    known = ~wrong | (rng.random((repeats, n)) >= 0.8)
    sides = ((wrong | ~known, error), (~(wrong & known), 1.0 - error))
    found = tuple(
        ever_met(horizon.boundary(value, ended), marks) | ever_refuted(watch, marks, value, endless)
        for marks, value in sides
    )
    _write(ledger, "sequential, skips errors, worst moment", world, found)


def _judged_sheets(rng: np.random.Generator, ledger: Ledger, error: float, design: str, repeats: int) -> None:
    """The limits themselves, as `certify` works them out, of plans of forty labels."""
    world = f"40 of 160 rows, error {error:g}, judged"
    for _ in range(repeats):
        plan, wrong = _plan(rng, error, design, 40)
        codes = np.where(wrong, 1, 0)
        shy = np.where(wrong & (rng.random(plan.n) < 0.8), -1, codes)
        stopped = np.where(np.arange(plan.n) < plan.n // 2, codes, -1)
        for name, kept in (("skips errors", shy), ("stops half-way", stopped)):
            found = judge(plan, Filled(codes=kept), DELTA)
            ledger.see(
                f"{design}, {name}", world, error, upper=found.upper, lower=found.lower, measured=False
            )


def _plan(rng: np.random.Generator, error: float, design: str, n: int) -> tuple[LabelPlan, np.ndarray]:
    """A plan about a model that always says class 0, so that class 1 is an error; with the errors of its rows."""
    file = files(rng, 4 * n, error)
    strata = file.strata if design == "fixed" else np.zeros_like(file.strata)
    drawn = (round(0.4 * n), n - round(0.4 * n)) if design == "fixed" else (n,)
    rows = rng.permutation(
        np.concatenate([rng.permutation(np.flatnonzero(strata == h))[:k] for h, k in enumerate(drawn)])
    )
    plan = LabelPlan(
        digest="", label="y", classes=np.array([0, 1]), requirement=min(error + 0.15, 0.9), requirement_kind="tolerance",
        delta=DELTA, spends={"target_error.direct": DELTA}, seed=0, design=design, way="uniform", population="law",  # type: ignore[arg-type]
        sizes=tuple(int(c) for c in np.bincount(strata)), drawn=drawn, rows=rows, strata=strata[rows],
        batches=np.ones(n, dtype=np.int64), predictions={"model": np.zeros(n, dtype=np.int64)},
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
