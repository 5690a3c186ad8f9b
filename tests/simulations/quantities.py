"""Coverage where rows carry weights, and where a label is a quantity."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import t as student

from tests.simulations.harness import Section
from tests.simulations.ledger import DELTA, Ledger
from whytransfer.claims.intervals import Betting, Units
from whytransfer.claims.intervals.weighted import weighted_lower, weighted_upper
from whytransfer.metrics import Loss, loss
from whytransfer.steps.regression.comparison import Held, least_sum
from whytransfer.steps.regression.counted import counted, cut_at

CAP = 4.0
LOSSES = (loss("absolute", CAP), loss("rmse", CAP), loss("huber:1", CAP))

KINDS = {
    "heavy rows err more": ((0.5, 0.3, 0.15, 0.05), (0.05, 0.2, 0.5, 0.9), (0.5, 1.0, 2.0, 6.0)),
    "heavy rows err less": ((0.5, 0.3, 0.15, 0.05), (0.9, 0.5, 0.2, 0.05), (0.5, 1.0, 2.0, 6.0)),
    "rare heavy rows, all wrong": ((0.99, 0.01), (0.0, 1.0), (0.5, 50.0)),
    "weights say nothing": ((0.5, 0.5), (0.1, 0.1), (1.0, 3.0)),
}
"""Shares of the kinds of rows, their error rates, their weights."""


def weighted_limits(
    seed: np.random.SeedSequence, repeats: int = 1_000, sizes: tuple[int, ...] = (20, 80, 400)
) -> Section:
    """Weighted means with a declared largest weight; without one, and without weights, the limits must fail somewhere."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for world, (law, errors, weights) in KINDS.items():
        rates, weighs = np.array(errors), np.array(weights)
        truth = float((np.array(law) * weighs) @ rates / (np.array(law) @ weighs))
        for n in sizes:
            for _ in range(repeats):
                kind = rng.choice(len(law), n, p=law)
                wrong, w = (rng.random(n) < rates[kind]).astype(float), weighs[kind]
                named = f"{world}, {n} rows"
                ledger.see(
                    "declared largest weight",
                    named,
                    truth,
                    upper=weighted_upper(wrong, w, weighs.max(), DELTA),
                    lower=weighted_lower(wrong, w, weighs.max(), DELTA),
                )
                drawn = weighted_upper(wrong, w, float(w.max()), DELTA)
                ledger.see("largest weight drawn", named, truth, upper=drawn, control=True)
                plain = Betting().upper_of(wrong, DELTA)
                ledger.see("without the weights", named, truth, upper=plain, control=True)
    return ledger.section(
        "Rows with weights",
        f"{repeats} draws a cell of E[w X] / E[w], each limit one-sided at δ = {DELTA}. Controls: the largest weight among the rows that were drawn "
        "in the place of one that was declared before, and limits that leave the weights out.",
    )


def quantity_limits(
    seed: np.random.SeedSequence, repeats: int = 1_000, sizes: tuple[int, ...] = (10, 40, 200)
) -> Section:
    """Mean errors of a quantity in the unit of the label: counted, cut, and the least sum over two domains."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for one in LOSSES:
        for world, draw in ERRORS.items():
            powers = one.powers(draw(np.random.default_rng(0), 2_000_000), np.zeros(1))
            truth = one.measured(float(powers.mean()))
            for n in sizes:
                for _ in range(repeats):
                    _counted(ledger, one, truth, draw(rng, n), f"{world}, {n} rows")
    for sigma in (0.5, 1.0, 1.5):
        for n in sizes:
            for _ in range(repeats):
                _uncapped(ledger, rng, sigma, n)
    for one in LOSSES:
        _least_sums(ledger, rng, one, repeats)
    _least_sums(ledger, rng, loss("absolute"), repeats)
    return ledger.section(
        "Errors of a quantity",
        f"{repeats} draws a cell; each limit one-sided at δ = {DELTA}, single errors capped at {CAP:g} but where the loss has no cap: then lognormal errors, whose "
        "lower limit is cut at what other rows show. `least sum` is λ of ten rules on two laws of eight points. Truths of capped laws are means of two "
        "million draws. Control: Student's limit, which takes errors for normal.",
    )


def _rarely(rng: np.random.Generator, n: int) -> np.ndarray:
    return np.where(rng.random(n) < 0.02, CAP, 0.05)


ERRORS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal errors": lambda rng, n: rng.normal(size=n),
    "lognormal errors": lambda rng, n: np.exp(1.5 * rng.normal(size=n) - 1.0),
    "one in fifty at the cap": _rarely,
}


def _counted(ledger: Ledger, one: Loss, truth: float, errors: np.ndarray, world: str) -> None:
    found = counted(errors, np.zeros(len(errors)), Units(n=len(errors)), DELTA, one)
    ledger.see(one.name, world, truth, upper=found.upper, lower=found.lower)
    powers = one.powers(errors, np.zeros(len(errors)))
    reach = float(student.isf(DELTA, len(powers) - 1)) * powers.std(ddof=1) / np.sqrt(len(powers))
    limit = one.measured(float(powers.mean() + reach))
    ledger.see(f"Student, {one.name}", world, truth, upper=limit, control=True)


def _uncapped(ledger: Ledger, rng: np.random.Generator, sigma: float, n: int) -> None:
    """Lognormal errors, whose mean is exp(σ²/2)."""
    seen, scored = np.exp(sigma * rng.normal(size=(2, n)))
    found = counted(scored, np.zeros(n), Units(n=n), DELTA, loss("absolute"), cut_at(seen, np.zeros(n)))
    ledger.see(
        "absolute, no cap",
        f"lognormal of σ = {sigma:g}, {n} rows",
        float(np.exp(sigma**2 / 2)),
        lower=found.lower,
    )


def _least_sums(ledger: Ledger, rng: np.random.Generator, one: Loss, repeats: int) -> None:
    points = rng.normal(size=(12, 8)) * 2
    laws = rng.dirichlet(np.ones(8), size=2)
    labels, rules = points[:2], np.vstack([points[3:], points[0] + 0.4])
    truth = min(
        sum(one.measured(float(law @ one.powers(rule, y))) for law, y in zip(laws, labels, strict=True))
        for rule in rules
    )
    for _ in range(repeats):
        rows = [rng.choice(8, n, p=law) for n, law in zip((30, 25), laws, strict=True)]
        held = [
            Held(said=rules[:, r], labels=y[r], units=Units(n=len(r)))
            for r, y in zip(rows, labels, strict=True)
        ]
        found, _ = least_sum(held[0], held[1], one, DELTA)
        sides = {"lower": found.lower} if one.cap is None else {"lower": found.lower, "upper": found.upper}
        ledger.see(f"least sum, {one.name}{'' if one.cap else ', no cap'}", "30 and 25 rows", truth, **sides)
