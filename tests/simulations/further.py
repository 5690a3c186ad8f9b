"""Coverage of the theorems for ensembles, cells, predictions, transport, and rules chosen on their own rows."""

from __future__ import annotations

import math

import numpy as np
from scipy.stats import norm

import whytransfer as wt
from tests.simulations.harness import Section
from tests.simulations.ledger import DELTA, Ledger
from whytransfer.hypotheses import margin_disparity

CUTS = np.array([0.4, 0.6, 0.8])
"""Three voters 1[x > cut]; the labelling is 1[x > .3] with one label in ten flipped."""


def further_limits(seed: np.random.SeedSequence, repeats: int = 2_000) -> Section:
    """Each certificate where its assumption holds, and where it does not."""
    rng, ledger = np.random.default_rng(seed), Ledger()
    for part in (_predictions, _cells, _voters, _margins, _transport, _overlap, _chosen):
        for _ in range(repeats):
            part(ledger, rng)
    return ledger.section(
        "Ensembles, cells, predictions, transport, complexity",
        f"{repeats} draws a cell; each limit one-sided at δ = {DELTA}. S is uniform on [0, 1], T on [½, 1], y = 1[x > .3] with "
        "one label in ten flipped, unless another world is named. Controls: predictions that were fitted to the labelled "
        "rows; other labels on the target, where invariance in cells, a ratio, a gap or λ is asserted; a cost of "
        "transport that is understated; a critic that is weaker than the truth; KL = 0 for a voter chosen on these rows.",
    )


def _labelled(rng: np.random.Generator, x: np.ndarray) -> np.ndarray:
    return (x > 0.3) ^ (rng.random(len(x)) < 0.1)


def _predictions(ledger: Ledger, rng: np.random.Generator, k: int = 100, m: int = 500) -> None:
    x, more = 0.5 + rng.random(k) / 2, 0.5 + rng.random(m) / 2
    losses = ((x > 0.6) != _labelled(rng, x)).astype(float)
    for form in ("betting", "hoeffding"):
        claim = wt.theorem(
            "ppi",
            losses=losses,
            labelled=0.8 * (x < 0.6) + 0.1,
            unlabelled=0.8 * (more < 0.6) + 0.1,
            form=form,
            delta=DELTA,
        )
        ledger.see(f"ppi, {form}", "good predictions", 0.26, upper=claim.upper, lower=claim.lower)
    claim = wt.theorem("ppi", losses=losses, labelled=losses, unlabelled=np.zeros(m), delta=DELTA)
    ledger.see(
        "ppi, fitted to the labelled rows", "labels learnt by heart", 0.26, upper=claim.upper, control=True
    )


def _cells(ledger: Ledger, rng: np.random.Generator, n: int = 300) -> None:
    x, there = rng.random(n), 0.5 + rng.random(n) / 2
    wrong = (x > 0.6) != _labelled(rng, x)
    edges = [0.0, 0.3, 0.6, 1.0]
    counts, _ = np.histogram(x, edges)
    errors, _ = np.histogram(x[wrong], edges)
    seen, _ = np.histogram(there, edges)
    claim = wt.theorem("cells", source_counts=counts, source_errors=errors, target_counts=seen, delta=DELTA)
    ledger.see("cells", "same errors in each cell", 0.26, upper=claim.upper, lower=claim.lower)
    ledger.see("cells, other labels", "nine labels in ten flipped", 0.74, upper=claim.upper, control=True)


def _voters(ledger: Ledger, rng: np.random.Generator, n: int = 200) -> None:
    x, there = rng.random(n), 0.5 + rng.random(n) / 2
    rows = {
        "source_votes": (x > CUTS[:, None]).astype(int),
        "source_labels": _labelled(rng, x).astype(int),
        "target_votes": (there > CUTS[:, None]).astype(int),
        "delta": DELTA,
    }
    truth, flipped = (0.1 + 0.26 + 0.58) / 3, (0.9 + 0.74 + 0.42) / 3
    # d_D / 2 is the mean over ordered pairs of half the mass between two cuts, e_D the Gibbs error less that.
    joint_s, joint_t = 0.34 - 0.8 / 9, truth - 1.2 / 9
    for name, term in (
        ("pac_bayes_ratio", {"ratio": 2.0}),
        ("pac_bayes_da", {"joint_error_gap": joint_t - joint_s}),
    ):
        claim = wt.theorem(name, **term, **rows)
        ledger.see(name, "three voters", truth, upper=claim.upper)
    for name, term in (("pac_bayes_ratio", {"ratio": 1.0}), ("pac_bayes_da", {"joint_error_gap": 0.0})):
        claim = wt.theorem(name, **term, **rows)
        ledger.see(
            f"{name}, other labels", "nine labels in ten flipped", flipped, upper=claim.upper, control=True
        )


def _margins(ledger: Ledger, rng: np.random.Generator, n: int = 200, rho: float = 0.1) -> None:
    # Scores x - cut and cut - x; the model cuts at .6. λ is that of the scorer at .3: .19 on the source, .1 on the target.
    cuts, lam, error = np.array([0.3, 0.5, 0.8]), 0.29, 0.26
    x, there = rng.random(n), 0.5 + rng.random(n) / 2
    scores = [np.stack([cuts[:, None] - rows, rows - cuts[:, None]], axis=2) for rows in (x, there)]
    answers = [(rows > 0.6).astype(int) for rows in (x, there)]
    # The scorer at .8 attains the supremum: .5 on the target, .25 on the source.
    found = margin_disparity((scores[0], scores[1]), (answers[0], answers[1]), rho=rho, delta=DELTA)
    ledger.see("disparity of margins", "three scorers", 0.25, upper=found.upper)
    ledger.see(
        "disparity of margins, without its term", "three scorers", 0.25, upper=found.estimate, control=True
    )
    claim = wt.theorem(
        "margin_disparity",
        source_error=float((answers[0] != _labelled(rng, x)).mean()),
        margin_disparity=found,
        adaptability=lam,
        rho=rho,
        n=n,
        m=n,
        delta=DELTA,
    )
    ledger.see("margin_disparity", "three scorers", error, upper=claim.upper)
    # A model that cuts at .3 where nine labels in ten are flipped, and λ said to be 0.
    answers = [(rows > 0.3).astype(int) for rows in (x, there)]
    claim = wt.theorem(
        "margin_disparity",
        source_error=float((answers[0] != _labelled(rng, x)).mean()),
        margin_disparity=margin_disparity((scores[0], scores[1]), (answers[0], answers[1]), rho=rho),
        adaptability=0.0,
        rho=rho,
        n=n,
        m=n,
        delta=DELTA,
    )
    ledger.see(
        "margin_disparity, λ understated", "nine labels in ten flipped", 0.9, upper=claim.upper, control=True
    )


def _transport(ledger: Ledger, rng: np.random.Generator, n: int = 200) -> None:
    # y = 1[x > 1/2] without noise; the target's rows moved to the right with their labels.
    x = rng.random(n)
    rows = {"wrong": np.zeros(n), "distances": np.abs(x - 0.5), "radii": [0.05, 0.1, 0.2], "delta": DELTA}
    for kind in ("mean", "largest"):
        claim = wt.theorem("transport_labels", cost=0.05, kind=kind, **rows)
        ledger.see(f"transport_labels, {kind}", "moved by .05", 0.05, upper=claim.upper)
        claim = wt.theorem("transport_labels", cost=0.001, kind=kind, **rows)
        ledger.see(
            f"transport_labels, {kind}, cost understated", "moved by .4", 0.4, upper=claim.upper, control=True
        )


def _overlap(ledger: Ledger, rng: np.random.Generator, n: int = 200) -> None:
    # N(0, 1) and N(1, 1), one labelling: left of 1/2 the target is the rarer. The critic always says 0.
    xs, xt = rng.normal(size=n), rng.normal(1, 1, size=n)
    ys = (xs > 0.3) ^ (rng.random(n) < 0.05)
    gap = float((xt > 0.5).mean() - (xs > 0.5).mean())
    error = 0.05 + 0.9 * float(norm.cdf(-0.7) - norm.cdf(-1))
    sizes = {"n": n, "m": n, "delta": DELTA}
    claim = wt.theorem("odd", source_error=float(((xs > 0) != ys).mean()), outside_gap=gap, **sizes)
    ledger.see("odd", "Gaussians, constant critic", error, upper=claim.upper)
    claim = wt.theorem("odd", source_error=0.0, outside_gap=0.0, **sizes)
    ledger.see("odd, critic too weak", "comb", 1.0, upper=claim.upper, control=True)


def _chosen(ledger: Ledger, rng: np.random.Generator, n: int = 50, voters: int = 20_000) -> None:
    # Labels are coins, so that every rule errs on half of the law, whatever it does on these rows.
    x, y = rng.random(n), rng.integers(0, 2, n)
    wrong = (wt.hypotheses("thresholds").enumerate(x).predictions != y).astype(float)
    claim = wt.theorem("rademacher", losses=wrong, delta=DELTA, seed=int(rng.integers(2**31)))
    ledger.see("rademacher", "labels are coins", 0.5, upper=claim.upper)
    least = float(rng.binomial(n, 0.5, size=voters).min()) / n
    for name, divergence, control in (
        ("pac_bayes_kl", math.log(voters), False),
        ("pac_bayes_kl, KL understated", 0.0, True),
    ):
        claim = wt.theorem("pac_bayes_kl", error=least, n=n, divergence=divergence, delta=DELTA)
        ledger.see(name, "best of 20000 coins", 0.5, upper=claim.upper, control=control)
