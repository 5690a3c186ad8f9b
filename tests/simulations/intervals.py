"""Coverage of the intervals: coins, losses between 0 and 1, and an adversary who stops at the worst moment."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import ClassVar

import numpy as np

from tests.simulations.harness import Cell, Section, Table, percent
from whytransfer.claims.intervals import INTERVALS, BoundedInterval, ClopperPearson, Interval

DELTA = 0.05
SIZES = (10, 50, 200, 1000, 5000)
ERRORS = (0.0, 0.01, 0.05, 0.1, 0.3, 0.5, 0.6)
SIDES = ("upper", "lower")
KINDS: tuple[Interval, ...] = tuple(kind() for kind in INTERVALS.values())


@dataclass(frozen=True, slots=True)
class Wald(Interval):
    """The textbook interval p̂ ± z sqrt(p̂ (1 − p̂) / n): the control, which misses far too often at small n."""

    name: ClassVar[str] = "wald"

    def _above(self, errors, n, failure):
        from scipy.stats import norm

        rate = errors / n
        return rate + norm.isf(failure) * np.sqrt(rate * (1 - rate) / n)


def coins(
    seed: np.random.SeedSequence,
    repeats: int = 20_000,
    sizes: Sequence[int] = SIZES,
    errors: Sequence[float] = ERRORS,
    kinds: Sequence[Interval] = KINDS,
) -> Section:
    """Errors of 0 and 1 with a known probability, at sample sizes fixed in advance."""
    rng = np.random.default_rng(seed)
    cells, entries = [], {}
    for n, p in product(sizes, errors):
        counts, times = np.unique(rng.binomial(n, p, repeats), return_counts=True)
        limits = {
            kind.name: (kind.uppers(counts, n, DELTA), kind.lowers(counts, n, DELTA))
            for kind in (*kinds, Wald(), ClopperPearson())
        }
        width = {name: float(((up - low) * times).sum()) for name, (up, low) in limits.items()}
        for kind in (*kinds, Wald()):
            up, low = limits[kind.name]
            missed = {"upper": int(times[up < p].sum()), "lower": int(times[low > p].sum())}
            cells += [
                _cell(kind.name, f"{side}, n = {n}, error {p:g}", missed[side], repeats) for side in SIDES
            ]
            entries[kind.name, n, p] = (
                f"{percent(missed['upper'] / repeats)} / {percent(missed['lower'] / repeats)} · "
                f"{width[kind.name] / width[ClopperPearson.name]:.2f}"
            )
    tables = [
        Table(
            caption=f"{kind.name}: misses above / below, % · width relative to Clopper–Pearson",
            header=("n", *(f"error {p:g}" for p in errors)),
            rows=tuple((str(n), *(entries[kind.name, n, p] for p in errors)) for n in sizes),
        )
        for kind in (*kinds, Wald())
    ]
    return Section(
        title="Errors counted once",
        text=f"{repeats} draws of Bin(n, error) a cell; every limit one-sided at δ = {DELTA}. A miss above is an upper "
        "limit below the true error, a miss below a lower limit above it.",
        cells=tuple(cell for cell in cells if cell.certificate != Wald.name),
        controls=tuple(cell for cell in cells if cell.certificate == Wald.name),
        tables=tuple(tables),
    )


GRADES = np.arange(11) / 10
LOSSES = {
    "quiet": np.array([0, 8, 30, 34, 20, 8, 0, 0, 0, 0, 0]) / 100,
    "even": np.full(11, 1 / 11),
    "mostly zero": np.array([80, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]) / 100,
    "rare disaster": np.array([0, 99, 0, 0, 0, 0, 0, 0, 0, 0, 1]) / 100,
}
"""Laws of losses on 0, .1, …, 1, with a known mean."""


class NormalTheory:
    """Mean ± z s / sqrt(n): the control, which the rare disaster breaks."""

    name = "normal_theory"

    def upper_of(self, losses, failure):
        from scipy.stats import norm

        return losses.mean() + norm.isf(failure) * losses.std(ddof=1) / math.sqrt(losses.size)

    def lower_of(self, losses, failure):
        return 2 * losses.mean() - self.upper_of(losses, failure)


def bounded_losses(
    seed: np.random.SeedSequence, repeats: int = 2_000, sizes: Sequence[int] = (10, 50, 200, 1000)
) -> Section:
    """Losses anywhere in [0, 1], the intervals that take them."""
    rng = np.random.default_rng(seed)
    kinds = [kind for kind in KINDS if isinstance(kind, BoundedInterval)]
    cells, entries = [], {}
    for (world, law), n in product(LOSSES.items(), sizes):
        truth, draws = float(GRADES @ law), rng.choice(GRADES, p=law, size=(repeats, n))
        for kind in (*kinds, NormalTheory()):
            limits = np.array([(kind.upper_of(row, DELTA), kind.lower_of(row, DELTA)) for row in draws])
            # A limit that equals the truth but for rounding has not missed it.
            missed = ((limits - truth) * (-1, 1) > 1e-12).sum(axis=0)
            cells += [
                _cell(kind.name, f"{side}, n = {n}, {world}", int(m), repeats)
                for side, m in zip(SIDES, missed, strict=True)
            ]
            entries[kind.name, world, n] = (
                f"{percent(missed[0] / repeats)} / {percent(missed[1] / repeats)} · "
                f"{float(np.mean(limits[:, 0] - limits[:, 1])):.3f}"
            )
    names = [kind.name for kind in (*kinds, NormalTheory())]
    table = Table(
        caption="Misses above / below, % · mean width",
        header=("losses", "n", *names),
        rows=tuple((w, str(n), *(entries[name, w, n] for name in names)) for w, n in product(LOSSES, sizes)),
    )
    return Section(
        title="Losses between 0 and 1",
        text=f"{repeats} draws a cell from laws on 0, 0.1, …, 1; every limit one-sided at δ = {DELTA}.",
        cells=tuple(cell for cell in cells if cell.certificate != NormalTheory.name),
        controls=tuple(cell for cell in cells if cell.certificate == NormalTheory.name),
        tables=(table,),
    )


def optional_stopping(
    seed: np.random.SeedSequence,
    repeats: int = 4_000,
    looks: int = 1_000,
    errors: Sequence[float] = (0.02, 0.1, 0.3, 0.5),
) -> Section:
    """An adversary looks after every row and stops at the worst moment; Clopper–Pearson is the control."""
    rng = np.random.default_rng(seed)
    kinds = [kind for kind in KINDS if kind.anytime]
    cells = []
    for p in errors:
        counts = np.cumsum(rng.random((repeats, looks)) < p, axis=1)
        seen = np.arange(1, looks + 1)
        for kind in (*kinds, ClopperPearson()):
            above = _still_missing(kind.uppers, p, looks)
            below = _still_missing(kind.uppers, 1 - p, looks)
            missed = ((counts < above).any(axis=1), (seen - counts < below).any(axis=1))
            cells += [
                _cell(kind.name, f"{side}, error {p:g}", int(m.sum()), repeats)
                for side, m in zip(SIDES, missed, strict=True)
            ]
    names = list(dict.fromkeys(cell.certificate for cell in cells))
    table = Table(
        caption="Runs in which the limit missed at some moment, upper / lower, %",
        header=("error", *names),
        rows=tuple(
            (f"{p:g}", *(" / ".join(percent(c.rate) for c in _of(cells, name, p)) for name in names))
            for p in errors
        ),
    )
    return Section(
        title="Looking after every row",
        text=f"{repeats} runs of {looks} rows; a run counts as missed when the limit was wrong at **any** of its "
        f"{looks} moments. Limits one-sided at δ = {DELTA}. Clopper–Pearson, exact at one size, is the control.",
        cells=tuple(cell for cell in cells if cell.certificate != ClopperPearson.name),
        controls=tuple(cell for cell in cells if cell.certificate == ClopperPearson.name),
        tables=(table,),
    )


def _still_missing(uppers: Callable[..., np.ndarray], p: float, looks: int) -> np.ndarray:
    """For every t, the least count whose upper limit reaches `p`: fewer errors than that are a miss."""
    least = np.zeros(looks, dtype=np.int64)
    for t in range(1, looks + 1):
        # A right answer more never raises a limit and an error more never lowers it, so the least count stays or grows by 1.
        start = least[t - 2] if t > 1 else 0
        window = np.arange(start, min(start + 2, t + 1))
        least[t - 1] = start + int(np.sum(uppers(window, t, DELTA) < p))
    return least


def _cell(certificate: str, world: str, misses: int, repeats: int) -> Cell:
    return Cell(certificate=certificate, world=world, misses=misses, repeats=repeats, delta=DELTA)


def _of(cells: Sequence[Cell], name: str, p: float) -> list[Cell]:
    return [c for c in cells if c.certificate == name and c.world.endswith(f"error {p:g}")]
