"""Three sources, two of which the target is a mixture of, each with a rule of its own."""

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt

RULES = {
    "north": (0.0, lambda x: x[:, 0] > 0),
    "odd": (-3.0, lambda x: x[:, 0] < -3),
    "south": (3.0, lambda x: x[:, 1] > 3),
}


def rows(name, n, rng):
    mean, rule = RULES[name]
    x = rng.normal(mean, 1, (n, 2))
    y = rule(x) ^ (rng.random(n) < 0.05)
    return pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": np.where(y, "yes", "no"), "site": name})


@pytest.fixture(scope="session")
def tables():
    rng = np.random.default_rng(0)
    source = pd.concat([rows(name, 160, rng) for name in RULES], ignore_index=True)
    target = pd.concat([rows("north", 75, rng), rows("south", 125, rng)], ignore_index=True)
    return source, target.drop(columns="site")


@pytest.fixture(scope="session")
def problem(tables):
    source, target = tables
    return wt.Problem.read(source.drop(columns="site"), target, "y", use_target_labels=True)


@pytest.fixture(scope="session")
def found(problem, tables):
    return wt.audit(
        problem, "stump", tolerance=0.3, domains=tables[0].site, column="site", theorems=[], time_budget=0
    )
