"""A committee for a quantity: quick regressors of several families, fitted on the rows that taught the user's model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from whytransfer.threads import one_thread

Floats = NDArray[np.float64]

MOST_ROWS = 2000
"""Training rows of the committee, as for classes (`committee.MOST_ROWS`)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Opinions:
    """What regressors of several families say on rows that taught none of them.

    Parameters
    ----------
    names : tuple of str
        The M members.
    source, target : ndarray of float64, shapes (M, n) and (M, m)
        Predicted numbers on the given rows.
    """

    names: tuple[str, ...]
    source: Floats
    target: Floats


def committee(columns: Floats, labels: Floats, source: Floats, target: Floats, *, seed: int) -> Opinions:
    """Fit one quick regressor of each family on training rows and ask all of them about other rows.

    Parameters
    ----------
    columns, labels : ndarray, shapes (r, p) and (r,)
        Standardised columns and labels of source training rows; `MOST_ROWS` of them are drawn where there are more.
    source, target : ndarray, shapes (n, p) and (m, p)
        Rows to predict, standardised alike.
    seed : int
        For the draw and the members' own randomness.
    """
    from sklearn.ensemble import ExtraTreesRegressor, HistGradientBoostingRegressor
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.linear_model import RidgeCV
    from sklearn.neighbors import KNeighborsRegressor

    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(21,)))
    if len(columns) > MOST_ROWS:
        rows = np.sort(rng.choice(len(columns), MOST_ROWS, replace=False))
        columns, labels = columns[rows], labels[rows]
    centre, width = float(labels.mean()), float(labels.std()) or 1.0
    # The kernel's width: mean squared distance of standardised rows is 2p.
    gamma = 1.0 / (2.0 * max(columns.shape[1], 1))
    members = {
        "linear": RidgeCV(alphas=np.logspace(-2, 4, 13)),
        "boosted": HistGradientBoostingRegressor(
            max_iter=60, max_leaf_nodes=15, early_stopping=False, random_state=seed
        ),
        "neighbours": KNeighborsRegressor(n_neighbors=min(15, len(columns)), weights="distance"),
        "trees": ExtraTreesRegressor(n_estimators=60, min_samples_leaf=3, random_state=seed, n_jobs=1),
        "kernel": KernelRidge(alpha=1.0, kernel="rbf", gamma=gamma),
    }
    said: list[tuple[Floats, Floats]] = []
    with one_thread():
        for member in members.values():
            fitted = member.fit(columns, (labels - centre) / width)
            said.append((centre + width * fitted.predict(source), centre + width * fitted.predict(target)))
    return Opinions(
        names=tuple(members), source=np.stack([s for s, _ in said]), target=np.stack([t for _, t in said])
    )
