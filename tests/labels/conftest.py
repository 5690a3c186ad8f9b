"""One small transfer and its plans, made once."""

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt

ROWS = 400


@pytest.fixture(scope="session")
def transfer():
    """Source and target frames whose label is a noisy sign: the model errs where |a| is small."""
    rng, frames = np.random.default_rng(0), []
    for shift in (0.0, 0.4):
        x = rng.normal(shift, 1.0, size=(ROWS, 2))
        label = np.where(x[:, 0] + 0.6 * rng.normal(size=ROWS) > 0, "yes", "no")
        frames.append(pd.DataFrame(x, columns=["a", "b"]).assign(y=label))
    return tuple(frames)


@pytest.fixture(scope="session")
def problem(transfer):
    source, target = transfer
    return wt.Problem.read(source, target.drop(columns="y"), label="y")


@pytest.fixture(scope="session")
def truth(transfer):
    """The true label of every target row."""
    return transfer[1]["y"].to_numpy()


@pytest.fixture(scope="session")
def plans(problem):
    """A fixed stratified plan and a sequential one."""
    common = {"tolerance": 0.3, "budget": 100, "seed": 1}
    return {
        "fixed": wt.plan_labels(problem, design="fixed", way="stratified", **common),
        "sequential": wt.plan_labels(problem, design="sequential", **common),
    }
