"""Coverage where rows depend on each other: limits by groups and by blocks in time; those for independent rows must fail."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.stats import norm

import whytransfer as wt
from tests.simulations.adaptability import LOCATION, location_shift
from tests.simulations.harness import Section
from tests.simulations.ledger import DELTA, Ledger
from whytransfer.claims.intervals import Betting, Units, hoeffding_term
from whytransfer.divergences import DIVERGENCES
from whytransfer.divergences.request import Request
from whytransfer.overlap import TwoSamples
from whytransfer.steps.series import Series
from whytransfer.steps.ties import Ties, Timed, _timed

EQUAL = np.full(20, 10)
UNEQUAL = np.array([1] * 12 + [4] * 6 + [30] * 2)
ALIKE = np.sqrt(0.5)
"""Chance that a row is its group's template: two rows are both with probability ½, so that every function of a row has
intra-class correlation ½."""


def templates(rng: np.random.Generator, sizes: np.ndarray, icc: bool) -> np.ndarray:
    """Which of n + G independent draws each of the n rows is: its own, or its group's."""
    n, groups = int(sizes.sum()), np.repeat(np.arange(len(sizes)), sizes)
    shared = rng.random(n) < (ALIKE if icc else 0.0)
    return np.where(shared, n + groups, np.arange(n))


def dependent_errors(seed: np.random.SeedSequence, repeats: int = 2_000) -> Section:
    """Counted errors in groups of one size and of many sizes, with and without resemblance."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for kind, sizes in (("20 groups of 10", EQUAL), ("20 groups of 1 to 30", UNEQUAL)):
        groups = np.repeat(np.arange(len(sizes)), sizes)
        units, rows = Units.of(groups, len(groups)), Units(n=len(groups))
        for error in (0.05, 0.3):
            for icc in (True, False):
                world = f"{kind}, error {error:g}, correlation {'0.5' if icc else '0'}"
                for _ in range(repeats):
                    draws = rng.random(len(groups) + len(sizes)) < error
                    wrong = draws[templates(rng, sizes, icc)].astype(float)
                    _see_errors(ledger, world, error, wrong, units, rows if icc else None)
    _large_groups_err_more(rng, ledger, repeats)
    return ledger.section(
        "Errors of rows in groups",
        f"{repeats} draws a cell; limits one-sided at δ = {DELTA}. `by groups` bets on the means of the groups, `by counts` knows "
        "the number of errors and the sizes only, `Hoeffding` takes the effective number of rows n²/Σn². The control is "
        "Clopper–Pearson on the rows of groups whose rows resemble each other. Where large groups err more, a second control bets on "
        "means of groups that all count the same.",
    )


def _large_groups_err_more(rng: np.random.Generator, ledger: Ledger, repeats: int) -> None:
    """Groups of one or four rows err with chance .02, those of 30 with .4: the error of a row is that of groups of these sizes."""
    groups = np.repeat(np.arange(len(UNEQUAL)), UNEQUAL)
    chances = np.where(UNEQUAL.max() == UNEQUAL, 0.4, 0.02)
    error = float(UNEQUAL @ chances) / len(groups)
    units = Units.of(groups, len(groups))
    for _ in range(repeats):
        draws = rng.random(len(groups) + len(UNEQUAL)) < np.concatenate([chances[groups], chances])
        wrong = draws[templates(rng, UNEQUAL, icc=True)].astype(float)
        world = "20 groups of 1 to 30, the large ones err more, correlation 0.5"
        _see_errors(ledger, world, error, wrong, units, None)
        means = np.bincount(groups, weights=wrong) / UNEQUAL
        ledger.see(
            "betting, means of groups alike",
            world,
            error,
            upper=Betting().upper_of(np.minimum(means, 1.0), DELTA),
            control=True,
        )


def _see_errors(
    ledger: Ledger, world: str, error: float, wrong: np.ndarray, units: Units, rows: Units | None
) -> None:
    errors, spread = float(wrong.sum()), hoeffding_term(DELTA, units.effective)
    found = {
        "by groups": (units.lower(wrong, DELTA), units.upper(wrong, DELTA), False),
        "by counts": (units.lower_of_count(errors, DELTA), units.upper_of_count(errors, DELTA), False),
        "hoeffding, effective rows": (wrong.mean() - spread, wrong.mean() + spread, False),
    }
    if rows is not None:
        found["clopper_pearson, rows"] = (rows.lower(wrong, DELTA), rows.upper(wrong, DELTA), True)
    for name, (lower, upper, control) in found.items():
        ledger.see(name, world, error, lower=lower, upper=upper, control=control)


def errors_in_time(seed: np.random.SeedSequence, repeats: int = 2_000, n: int = 400) -> Section:
    """Errors that come in stretches, by blocks whose length the choosing rows ask for."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    total, choose = n + n // 4, np.arange(0, n + n // 4, 5)
    evaluate = np.setdiff1d(np.arange(total), choose)
    for rho in (0.0, 0.5, 0.8):
        for error in (0.1, 0.3):
            world = f"{n} rows in time, error {error:g}, latent correlation {rho:g}"
            for _ in range(repeats):
                wrong = _waves(rng, total, rho) > norm.isf(error)
                units = _blocks(wrong, evaluate, choose)
                seen = wrong[evaluate].astype(float)
                rows = Units(n=len(seen))
                if units is not None:
                    ledger.see(
                        "by blocks",
                        world,
                        error,
                        lower=units.lower(seen, DELTA),
                        upper=units.upper(seen, DELTA),
                    )
                if rho == 0.8:
                    ledger.see(
                        "clopper_pearson, rows",
                        world,
                        error,
                        lower=rows.lower(seen, DELTA),
                        upper=rows.upper(seen, DELTA),
                        control=True,
                    )
    return ledger.section(
        "Errors in time",
        f"{repeats} draws a cell; errors where a Gaussian series of lag-1 correlation ρ is large. Blocks are taken in every draw "
        "where the test of the scored rows rejects independence, their length as in an audit; where it does not, no block form "
        "is made, and a cell then counts fewer draws. Blocks are nearly independent only: this is why such claims are `conditional`. "
        "The control takes every row for independent.",
    )


def _waves(rng: np.random.Generator, n: int, rho: float) -> np.ndarray:
    from scipy.signal import lfilter

    fresh = rng.normal(size=n)
    fresh[1:] *= np.sqrt(1 - rho**2)
    return np.asarray(lfilter([1.0], [1.0, -rho], fresh))


def _blocks(wrong: np.ndarray, evaluate: np.ndarray, choose: np.ndarray) -> Units | None:
    order = np.arange(len(wrong))
    found: Timed | None = _timed(Series(wrong[:, None], order), evaluate, choose, "source", "errors")
    if found is None or found.blocks is None:
        return None
    return Ties(domain="source", order=order, errors=found).units(evaluate, errors=True)


def dependent_terms(seed: np.random.SeedSequence, repeats: int = 2_000) -> Section:
    """The terms of the bounds and the divergences, on rows in groups with intra-class correlation ½."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for kind, sizes in (("20 groups of 10", EQUAL), ("20 groups of 1 to 30", UNEQUAL)):
        groups = np.repeat(np.arange(len(sizes)), sizes)
        for i in range(repeats):
            n = len(groups) + len(sizes)
            xs, ys, xt, yt = location_shift(rng, n, n)
            of_s, of_t = templates(rng, sizes, True), templates(rng, sizes, True)
            sample = xs[of_s], ys[of_s], xt[of_t], yt[of_t]
            _see_terms(ledger, kind, sample, groups)
            _see_divergences(
                ledger, kind, rng.normal(size=n)[of_s], rng.normal(1, 1, size=n)[of_t], groups, i
            )
    return ledger.section(
        "Terms and divergences of rows in groups",
        f"{repeats} draws a cell, intra-class correlation ½ in every function of a row; limits one-sided at δ = {DELTA}. λ of "
        "thresholds, its bound without target labels, the disparity of a fixed rule, the version space's disagreement (which must "
        "hold that with the best rule), and divergences. Controls: the same limits with every row taken for independent.",
    )


def _see_terms(ledger: Ledger, world: str, sample: tuple[np.ndarray, ...], groups: np.ndarray) -> None:
    xs, ys, xt, yt = sample
    oracle = wt.hypotheses("thresholds")
    h = (xs > 0).astype(int), (xt > 0).astype(int)
    apart = float(norm.cdf(0.5) - norm.cdf(0.0) + norm.cdf(-1.5) - norm.cdf(-2.0)) / 2
    # T − S of the rows above 0, where the two halves of the source lie at ±1 and those of the target at 0 and 2.
    disparity = float(norm.cdf(0.0) + norm.cdf(2.0) - norm.cdf(-1.0) - norm.cdf(1.0)) / 2
    both = (groups, groups)
    for given, control in ((both, False), (None, True)):
        found = oracle.adaptability(xs, ys, xt, yt, groups=given)
        _see(ledger, control, "adaptability", world, LOCATION, found)
        space = oracle.version_space(h, xs, ys, xt, sigma=LOCATION / 2, groups=given)
        _see(ledger, control, "version_space", world, apart, space)
        free = oracle.adaptability(xs, ys, xt, groups=given)
        _see(ledger, control, "adaptability, no target labels", world, LOCATION, free)
        gap = oracle.disparity(h, xs, xt, groups=given)
        _see(ledger, control, "disparity", world, disparity, gap)


def _see(ledger: Ledger, control: bool, term: str, world: str, truth: float, claim: wt.Claim) -> None:
    """Both limits of a claim; all controls share a name, because no form for rows promises anything here."""
    limits = {s: v for s, v in (("lower", claim.lower), ("upper", claim.upper)) if v is not None}
    if control:
        term, world = "limits for independent rows", f"{term}, {world}"
    ledger.see(term, world, truth, control=control, **limits)  # type: ignore[arg-type]


def _see_divergences(
    ledger: Ledger, world: str, xs: np.ndarray, xt: np.ndarray, groups: np.ndarray, seed: int
) -> None:
    units = Units.of(groups, len(groups))
    names: dict[str, tuple[float, Callable[[], object]]] = {
        "half_line": (float(2 * norm.cdf(0.5) - 1), DIVERGENCES["half_line"]),
        "wasserstein1": (1.0, DIVERGENCES["wasserstein1"]),
    }
    for given, control in (((units, units), False), (None, True)):
        samples = TwoSamples(source=xs[:, None], target=xt[:, None], names=("x",), units=given)
        for name, (truth, kind) in names.items():
            claim = kind().claim_of(samples, Request(delta=DELTA, seed=seed))  # type: ignore[attr-defined]
            _see(ledger, control, name, world, truth, claim)
