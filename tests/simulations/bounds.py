"""Coverage of the bounds with λ or (σ, τ): as limits of their supremum, and as limits of the target error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

import whytransfer as wt
from tests.simulations.harness import Section
from tests.simulations.ledger import DELTA, Ledger

Rows = np.ndarray
HALF = DELTA / 2
BORDER, FLIPS_S, FLIPS_T = 0.3, 0.05, 0.10


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """A law to draw from, a model with its true target error, and what may be asserted of thresholds."""

    name: str
    draw: Callable[[np.random.Generator, int], tuple[Rows, Rows, Rows]]
    adaptability: float
    sigma: float
    tau: float


def worked(rng, n):
    """S = N(0, 1), T = N(1, 1), y = 1[x > .3] with 5 % and 10 % flips: the worked example of THEORY B4."""
    xs = rng.normal(size=n)
    ys = ((xs > BORDER) ^ (rng.random(n) < FLIPS_S)).astype(int)
    return xs, ys, rng.normal(1, 1, size=n)


def comb(rng, n):
    """The article's example at ξ = .1: five even points labelled 1, five odd points labelled 0."""
    return 2.0 * rng.integers(0, 5, n), np.ones(n, dtype=int), 2.0 * rng.integers(0, 5, n) + 1.0


WORKED = World(name="worked example", draw=worked, adaptability=FLIPS_S + FLIPS_T, sigma=FLIPS_S, tau=FLIPS_T)
COMB = World(name="comb, ξ = .1", draw=comb, adaptability=0.8, sigma=0.0, tau=0.8)
UNDERSTATED = World(name=COMB.name, draw=comb, adaptability=0.0, sigma=0.0, tau=0.0)


def at_zero(x):
    """1[x > 0]: the model of the worked example."""
    return (np.asarray(x).ravel() > 0).astype(int)


def always_one(x):
    """The model of the comb, right everywhere on the source and wrong everywhere on the target."""
    return np.ones(np.size(x), dtype=int)


def suprema(model_at: float = 0.0) -> dict[str, float]:
    """The population values of the terms in the worked example for 1[x > model_at], over a fine grid of thresholds."""
    cuts = np.concatenate([np.linspace(-9, 10, 19_001), [BORDER]])
    apart_t = np.abs(norm.cdf(cuts - 1) - norm.cdf(model_at - 1))
    apart_s = np.abs(norm.cdf(cuts) - norm.cdf(model_at))
    error = FLIPS_S + (1 - 2 * FLIPS_S) * np.abs(norm.cdf(cuts) - norm.cdf(BORDER))
    both = [(apart_t, apart_s, error), (1 - apart_t, 1 - apart_s, 1 - error)]
    good = error <= FLIPS_S + FLIPS_T
    return {
        "discrepancy": float(2 * norm.cdf(0.5) - 1),
        "disparity": float(max((t - s).max() for t, s, _ in both)),
        "lagrangian": float(max((t - e).max() for t, _, e in both)),
        "localised": float((apart_t - error)[good].max()),
        "version_space": float(apart_t[-1]),
    }


def bound_limits(seed: np.random.SeedSequence, repeats: int = 2_000, n: int = 100) -> Section:
    """Terms and bounds of thresholds where all is known, then with each assumption broken."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    truths, cut_error = suprema(), _target_error
    for _ in range(repeats):
        xs, ys, xt = worked(rng, n)
        _terms(ledger, truths, at_zero, xs, ys, xt)
        _bounds(ledger, WORKED, at_zero, cut_error(0.0), (xs, ys, xt))
        trained, error = _trained(xs, ys)
        _without_source(ledger, WORKED, trained, error, (xs, ys, xt), "trained on the same source rows, ")
        _knows_the_rows(ledger, xs, ys, xt)
        direct = wt.interval(
            "clopper_pearson", int(rng.binomial(n, cut_error(0.0))), n, delta=DELTA, side="upper"
        )
        ledger.see(f"err_T by {n} target labels", WORKED.name, cut_error(0.0), upper=direct.upper)
    for _ in range(repeats):
        rows = comb(rng, n)
        _bounds(ledger, COMB, always_one, 1.0, rows)
        _bounds(ledger, UNDERSTATED, always_one, 1.0, rows, note=", λ or τ understated")
        _outside(ledger, rows)
    return ledger.section(
        "Bounds with λ or (σ, τ)",
        f"{repeats} draws a cell of n = m = {n} rows, thresholds of both orientations; each limit one-sided at δ = {DELTA} "
        "in all. `sup` is the limit of the supremum alone; `err_T` that of the target error, with the true λ, or σ and τ, "
        "asserted; the best exact interval, Clopper–Pearson on as many target labels as rows, is there to compare. The comb is tight: every bound with the true λ equals the target error, 1. Controls: λ = 0 or τ = 0 "
        "asserted where λ = τ = 0.8; a model outside the class that the discrepancy was not joined by; a model that was "
        "fitted to the target rows it is judged on.",
    )


def _target_error(cut: float) -> float:
    return float(FLIPS_T + (1 - 2 * FLIPS_T) * np.abs(norm.cdf(cut - 1) - norm.cdf(BORDER - 1)))


def _terms(ledger, truths, h, xs, ys, xt):
    H, world = wt.hypotheses("thresholds"), WORKED.name
    claims = {
        "discrepancy": H.discrepancy(xs, xt, delta=DELTA),
        "disparity": H.disparity(h, xs, xt, delta=DELTA),
        "lagrangian": H.lagrangian(h, xs, ys, xt, delta=DELTA),
        "localised": H.lagrangian(h, xs, ys, xt, level=WORKED.adaptability, delta=DELTA),
        "version_space": H.version_space(h, xs, ys, xt, sigma=WORKED.sigma, delta=DELTA),
    }
    for name, claim in claims.items():
        ledger.see(f"sup of {name}", world, truths[name], upper=claim.upper)


def _bounds(ledger, world, h, error, rows, note=""):
    """All bounds of a model that is independent of all rows."""
    xs, ys, xt = rows
    H, control = wt.hypotheses("thresholds"), bool(note)
    wrong = int((h(xs) != ys).sum())
    share = {
        "source_error": wt.interval("clopper_pearson", wrong, len(ys), delta=HALF),
        "adaptability": world.adaptability,
    }
    apart = H.disparity(h, xs, xt, delta=HALF)
    same_rows = {"n": len(xs), "m": len(xt), "delta": DELTA, "adaptability": world.adaptability}
    claims = {
        "hdh": wt.theorem("hdh", discrepancy=H.discrepancy(xs, xt, delta=HALF), **share),
        "disparity": wt.theorem("disparity", disparity=apart, **share),
        "disparity, same rows": wt.theorem(
            "disparity", source_error=wrong / len(ys), disparity=apart.estimate, **same_rows
        ),
    }
    for name, claim in claims.items():
        ledger.see(f"err_T by {name}{note}", world.name, error, upper=claim.upper, control=control)
    _without_source(ledger, world, h, error, rows, "", note)


def _without_source(ledger, world, h, error, rows, before, note=""):
    """The bounds for which h may have seen the source rows."""
    xs, ys, xt = rows
    H, lam, control = wt.hypotheses("thresholds"), world.adaptability, bool(note)
    claims = {
        "lagrangian": wt.theorem(
            "lagrangian", lagrangian=H.lagrangian(h, xs, ys, xt, delta=DELTA), adaptability=lam
        ),
        "localised": wt.theorem(
            "localised", lagrangian=H.lagrangian(h, xs, ys, xt, level=lam, delta=DELTA), adaptability=lam
        ),
        "version_space": wt.theorem(
            "version_space",
            version_space=H.version_space(h, xs, ys, xt, sigma=world.sigma, delta=DELTA),
            tau=world.tau,
        ),
    }
    for name, claim in claims.items():
        ledger.see(f"err_T by {name}{note}", before + world.name, error, upper=claim.upper, control=control)


def _trained(xs: Rows, ys: Rows):
    """The threshold of one orientation with the fewest errors on these very rows, and its target error."""
    order = np.argsort(xs)
    wrong = np.append(0, np.cumsum(ys[order])) + np.append(np.cumsum((1 - ys[order])[::-1])[::-1], 0)
    best = int(wrong.argmin())
    cut = float(xs[order][best - 1]) if best else -np.inf
    return (lambda x: (np.asarray(x).ravel() > cut).astype(int)), _target_error(cut)


def _knows_the_rows(ledger, xs, ys, xt):
    """Agrees with the best rule on the target rows that are there, and contradicts it everywhere else."""
    good = (xt > BORDER).astype(int)
    H = wt.hypotheses("thresholds")
    pair = ((xs > BORDER).astype(int), good)
    claim = wt.theorem(
        "version_space",
        version_space=H.version_space(pair, xs, ys, xt, sigma=WORKED.sigma, delta=DELTA),
        tau=WORKED.tau,
    )
    ledger.see(
        "err_T by version_space, model fitted to the target rows",
        WORKED.name,
        1 - FLIPS_T,
        upper=claim.upper,
        control=True,
    )


def _outside(ledger, rows):
    """Constants as the class, all labels 1, and a model that says 1 on even and 0 on odd points: λ = 0, err_T = 1."""
    xs, _, xt = rows
    H = wt.hypotheses("constants")
    model = (np.ones(len(xs), dtype=int), np.zeros(len(xt), dtype=int))
    source = wt.interval("clopper_pearson", 0, len(xs), delta=HALF)
    for name, h, control in (
        ("err_T by hdh, model outside, joined", model, False),
        ("err_T by hdh, model outside, not joined", None, True),
    ):
        term = H.discrepancy(xs, xt, h=h, delta=HALF)
        claim = wt.theorem("hdh", source_error=source, discrepancy=term, adaptability=0.0)
        ledger.see(name, "constants on the comb, all labels 1", 1.0, upper=claim.upper, control=control)
