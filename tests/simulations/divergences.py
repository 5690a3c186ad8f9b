"""Coverage of the divergences: P1 from above, a function fixed on other rows from below."""

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
Draw = Callable[[np.random.Generator, int], tuple[Rows, Rows]]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Two laws, the true divergences between them, and the half-line that attains the supremum."""

    name: str
    draw: Draw
    truth: dict[str, float]
    best: float
    span: tuple[float, float] | None = None


def gaussians(mean: float) -> World:
    """N(0, 1) and N(mean, 1): THEORY E5, E6."""
    tv = float(2 * norm.cdf(mean / 2) - 1)
    mmd = float(np.sqrt(2 / np.sqrt(3) * (1 - np.exp(-(mean**2) / 6))))

    def draw(rng, n):
        return rng.normal(size=n), rng.normal(mean, 1, size=n)

    truth = {"half_line": tv, "interval": tv, "stump": tv, "mmd": mmd}
    return World(name=f"Gaussians, shift {mean:g}", draw=draw, truth=truth, best=mean / 2)


def uniforms(shift: float) -> World:
    """U[0, 1] and U[shift, 1 + shift]: THEORY E9."""

    def draw(rng, n):
        return rng.random(n), shift + rng.random(n)

    truth = dict.fromkeys(("half_line", "interval", "stump", "wasserstein1"), shift)
    return World(
        name=f"uniforms, shift {shift:g}", draw=draw, truth=truth, best=shift, span=(0.0, 1.0 + shift)
    )


def atoms() -> World:
    """Five atoms, so that most rows are tied; truths by summing."""
    p, q = np.array([5, 1, 2, 1, 1]) / 10, np.array([2, 3, 1, 3, 1]) / 10
    gaps = np.append(0.0, np.cumsum(p - q))

    def draw(rng, n):
        return rng.choice(5, p=p, size=n).astype(float), rng.choice(5, p=q, size=n).astype(float)

    truth = {
        "half_line": float(np.abs(gaps).max()),
        "stump": float(np.abs(gaps).max()),
        "interval": float(np.ptp(gaps)),
        "wasserstein1": float(np.abs(gaps[1:-1]).sum()),
    }
    best = float(np.abs(gaps[1:]).argmax())
    return World(name="five atoms", draw=draw, truth=truth, best=best, span=(0.0, 4.0))


def divergence_limits(seed: np.random.SeedSequence, repeats: int = 2_000, n: int = 100) -> Section:
    """Both limits of five divergences; their assumptions broken in the controls."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for world in (gaussians(0.0), gaussians(1.0), uniforms(0.3), atoms()):
        for i in range(repeats):
            xs, xt = world.draw(rng, n)
            for name, truth in world.truth.items():
                claim = _claim(name, world, rng, xs, xt, seed=i)
                ledger.see(name, world.name, truth, upper=claim.upper, lower=claim.lower)
            _known_set(ledger, world, xs, xt)
    _chosen_on_the_same_rows(ledger, rng, repeats, n)
    _grouped(ledger, rng, repeats)
    _range_too_short(ledger, rng, repeats, n)
    return ledger.section(
        "Divergences",
        f"{repeats} draws a cell of n = m = {n} rows; each limit one-sided at δ = {DELTA}. Upper limits are P1, lower ones "
        "from a function fixed on one half of the rows ([two principles](two-principles.md)). `best half-line known` is the "
        "best exact interval of somebody who knew in advance which half-line attains the supremum: Clopper–Pearson at δ/2 a "
        "domain. Controls: the lower limit of a set that was chosen on the very rows it is scored on; rows in 20 groups "
        "of 50 with intra-class correlation 0.5 treated as independent (one row a group holds); a range for W1 that "
        "the target leaves with probability 0.002.",
    )


def _claim(name, world, rng, xs, xt, seed):
    if name == "stump":  # a second column that does not shift
        xs, xt = (np.column_stack([x, rng.normal(size=len(x))]) for x in (xs, xt))
    if name == "mmd":
        return wt.divergence("mmd", xs, xt, bandwidth=1.0, delta=DELTA, seed=seed)
    if name == "wasserstein1":
        return wt.divergence(name, xs, xt, range=world.span, delta=DELTA, seed=seed)
    return wt.divergence(name, xs, xt, delta=DELTA, seed=seed)


def _known_set(ledger: Ledger, world: World, xs: Rows, xt: Rows) -> None:
    inside = [(int((x <= world.best).sum()), len(x)) for x in (xs, xt)]
    truth = world.truth["half_line"]
    upper = upper_limit(*inside[0], DELTA / 2) - lower_limit(*inside[1], DELTA / 2)
    lower = lower_limit(*inside[0], DELTA / 2) - upper_limit(*inside[1], DELTA / 2)
    ledger.see("best half-line known", world.name, truth, upper=float(upper), lower=float(lower))


def _chosen_on_the_same_rows(ledger: Ledger, rng: np.random.Generator, repeats: int, n: int) -> None:
    for _ in range(repeats):
        gap = wt.divergence("interval", rng.normal(size=n), rng.normal(size=n)).estimate
        # What Clopper-Pearson at best takes off for two domains, were the interval fixed in advance.
        off = upper_limit(n / 2, n, DELTA / 2) - 0.5
        ledger.see(
            "interval chosen on its own rows",
            "no shift",
            0.0,
            lower=max(0.0, gap - 2 * float(off)),
            control=True,
        )


def _grouped(
    ledger: Ledger, rng: np.random.Generator, repeats: int, groups: int = 20, size: int = 50
) -> None:
    for mean in (0.0, 1.0):
        world = f"{groups} groups of {size}, shift {mean:g}"
        truth = float(2 * norm.cdf(mean / 2) - 1)
        for i in range(repeats):
            xs, xt = (
                (rng.normal(size=(groups, 1)) + rng.normal(size=(groups, size))) / np.sqrt(2) + m
                for m in (0.0, mean)
            )
            claim = wt.divergence("half_line", xs.ravel(), xt.ravel(), delta=DELTA, seed=i)
            ledger.see(
                "half_line, all rows of groups",
                world,
                truth,
                upper=claim.upper,
                lower=claim.lower,
                control=True,
            )
            claim = wt.divergence("half_line", xs[:, 0], xt[:, 0], delta=DELTA, seed=i)
            ledger.see("half_line, one row a group", world, truth, upper=claim.upper, lower=claim.lower)


def _range_too_short(ledger: Ledger, rng: np.random.Generator, repeats: int, n: int) -> None:
    rare, far = 0.002, 1000.0
    for i in range(repeats):
        xs, xt = rng.random(n), rng.random(n)
        if rng.random() < 1 - (1 - rare) ** n:
            upper = None  # a row outside the range was seen, and is refused
        else:
            upper = wt.divergence("wasserstein1", xs, xt, range=(0.0, 1.0), delta=DELTA, seed=i).upper
        # At least the far mass has to be carried over the gap.
        ledger.see(
            "wasserstein1, range too short", "0.002 at 1000", rare * (far - 1.0), upper=upper, control=True
        )
