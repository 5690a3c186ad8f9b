"""One small transfer with a numeric label, audited once for all who look at it."""

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt


def table(n, shift=0.0, seed=0, slope=2.0):
    """y = slope·a + 3 sin 2a + b + 1[c = u] + noise; a moves between the domains."""
    rng = np.random.default_rng(seed)
    a, b, c = rng.normal(shift, 1, n), rng.normal(size=n), rng.choice(["u", "v"], n)
    y = slope * a + 3 * np.sin(2 * a) + b + (c == "u") + rng.normal(size=n)
    return pd.DataFrame({"a": a, "b": b, "c": c, "y": y})


@pytest.fixture(scope="session")
def domains():
    return table(200, seed=1), table(140, shift=0.6, seed=2)


@pytest.fixture(scope="session")
def labelled(domains):
    return wt.Problem.read(*domains, "y", use_target_labels=True)


@pytest.fixture(scope="session")
def audited(labelled):
    return wt.audit(
        labelled,
        tolerance=6.0,
        metric="rmse",
        loss_cap=15.0,
        assume={"class": "finite", "sigma": 4.0, "tau": 3.0},
    )
