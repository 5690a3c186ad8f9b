"""Coverage of the limits of λ, with and without target labels."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

import whytransfer as wt
from tests.simulations.harness import Section
from tests.simulations.ledger import DELTA, Ledger
from whytransfer.claims.intervals import lower_limit, upper_limit

Rows = np.ndarray


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A class of hypotheses, a law to draw from, λ of that class, and the threshold that attains it."""

    name: str
    hypotheses: str
    truth: float
    best: float
    draw: Callable[[np.random.Generator, int, int], tuple[Rows, Rows, Rows, Rows]]


def location_shift(rng, n, k):
    """x given y is N(±1, 1) on the source, one further on the target (THEORY E15)."""
    ys, yt = rng.integers(0, 2, n), rng.integers(0, 2, k)
    return rng.normal(2 * ys - 1, 1), ys, rng.normal(2 * yt, 1), yt


def with_noise(rng, n, k):
    """The same, with a second column that says nothing."""
    xs, ys, xt, yt = location_shift(rng, n, k)
    return np.column_stack([xs, rng.normal(size=n)]), ys, np.column_stack([xt, rng.normal(size=k)]), yt


def label_shift(rng, n, k):
    """x given y is N(±1, 1) in both; half of the source is of class 1, nine tenths of the target (E10)."""
    ys, yt = (rng.random(n) < 0.5).astype(int), (rng.random(k) < 0.9).astype(int)
    return rng.normal(2 * ys - 1, 1), ys, rng.normal(2 * yt - 1, 1), yt


def label_flip(rng, n, k):
    """The labels of the target are those of the source, exchanged (E13)."""
    xs, xt = rng.random(n), rng.random(k)
    return xs, (xs > 0.5).astype(int), xt, (xt <= 0.5).astype(int)


LOCATION = float(norm.cdf(-1.5) + norm.cdf(-0.5))


BALANCE = float(0.5 * np.log(0.6 / 1.4))
"""Where 1.4 of class 1 balances .6 of class 0."""


WORLDS = (
    World(name="location shift", hypotheses="thresholds", truth=LOCATION, best=0.5, draw=location_shift),
    World(
        name="location shift, noise column", hypotheses="stumps", truth=LOCATION, best=0.5, draw=with_noise
    ),
    World(
        name="label shift",
        hypotheses="thresholds",
        truth=float(1.4 * norm.cdf(BALANCE - 1) + 0.6 * norm.sf(BALANCE + 1)),
        best=BALANCE,
        draw=label_shift,
    ),
    World(name="label flip", hypotheses="thresholds", truth=1.0, best=0.5, draw=label_flip),
)


def adaptability_limits(
    seed: np.random.SeedSequence, repeats: int = 2_000, n: int = 100, k: int = 60
) -> Section:
    """Exact ERM less one Hoeffding term from below, a rule tested on other rows from above."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for world in WORLDS:
        H = wt.hypotheses(world.hypotheses)
        for i in range(repeats):
            xs, ys, xt, yt = world.draw(rng, n, k)
            labelled = H.adaptability(xs, ys, xt, yt, delta=DELTA, seed=i)
            without = H.adaptability(xs, ys, xt, delta=DELTA, seed=i)
            for how, claim in (("with target labels", labelled), ("without", without)):
                ledger.see(
                    f"λ of {world.hypotheses}, {how}",
                    world.name,
                    world.truth,
                    upper=claim.upper,
                    lower=claim.lower,
                )
            _best_rule_known(ledger, world, xs, ys, xt, yt)
    _selected(ledger, rng, repeats)
    return ledger.section(
        "Adaptability",
        f"{repeats} draws a cell of {n} source and {k} target rows; each limit one-sided at δ = {DELTA} "
        "([adaptability](adaptability.md)). `best rule known` is the best exact interval of somebody who knew in advance which "
        "rule attains λ: Clopper–Pearson at δ/2 a domain. Controls: labels only where the rows are easy, or only where they are hard, "
        "instead of at random.",
    )


def _best_rule_known(ledger: Ledger, world: World, xs: Rows, ys: Rows, xt: Rows, yt: Rows) -> None:
    first = [np.asarray(x).reshape(len(x), -1)[:, 0] for x in (xs, xt)]
    wrong = [(int(((x > world.best) != y).sum()), len(y)) for x, y in zip(first, (ys, yt), strict=True)]
    upper = sum(float(upper_limit(*w, DELTA / 2)) for w in wrong)
    lower = sum(float(lower_limit(*w, DELTA / 2)) for w in wrong)
    ledger.see("best rule known", world.name, world.truth, upper=upper, lower=lower)


def _selected(ledger: Ledger, rng: np.random.Generator, repeats: int) -> None:
    H = wt.hypotheses("thresholds")
    for i in range(repeats):
        xs, ys, xt, yt = location_shift(rng, 1_000, 1_000)
        (easy_s, easy_t), (hard_s, hard_t) = (
            tuple(keep(np.abs(x - 0.5)) for x in (xs, xt)) for keep in (lambda d: d > 1, lambda d: d < 1)
        )
        easy = H.adaptability(xs[easy_s], ys[easy_s], xt[easy_t], yt[easy_t], delta=DELTA, seed=i)
        hard = H.adaptability(xs[hard_s], ys[hard_s], xt[hard_t], yt[hard_t], delta=DELTA, seed=i)
        world = "location shift, labels not at random"
        ledger.see("λ of thresholds, easy rows only", world, LOCATION, upper=easy.upper, control=True)
        ledger.see("λ of thresholds, hard rows only", world, LOCATION, lower=hard.lower, control=True)
