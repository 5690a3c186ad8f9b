"""Frouros' tests of two samples on every pair. Runs in its own environment (see runner.py).

Kolmogorov–Smirnov on every column at .05 over their number, and kernel MMD with 100 permutations at .05. MMD keeps no matrix between permutations, so that it takes
`MOST` rows of each domain, drawn by one seed.
"""

from __future__ import annotations

import numpy as np
import runner
from frouros.callbacks import PermutationTestDistanceBased
from frouros.detectors.data_drift import MMD, KSTest

LEVEL, MOST = 0.05, 300


def measure(rows: dict[str, np.ndarray]) -> dict:
    held, target = (np.ascontiguousarray(rows[name], dtype=float) for name in ("held", "target"))
    values = []
    for j in range(held.shape[1]):
        test = KSTest()
        test.fit(X=held[:, j])
        values.append(float(test.compare(X=target[:, j])[0].p_value))
    rng = np.random.default_rng(0)
    few = [part[rng.permutation(len(part))[:MOST]] for part in (held, target)]
    mmd = MMD(
        callbacks=[
            PermutationTestDistanceBased(num_permutations=100, random_state=0, num_jobs=1, name="permutation")
        ]
    )
    mmd.fit(X=few[0])
    _, logs = mmd.compare(X=few[1])
    p = float(logs["permutation"]["p_value"])
    return {"ks": min(values) < LEVEL / len(values), "mmd": p < LEVEL, "mmd_p": p}


if __name__ == "__main__":
    runner.main(("frouros", "numpy", "scipy"), measure)
