"""alibi-detect's drift detectors on every pair. Runs in its own environment (see runner.py); its licence (BSL 1.1) lets it be measured, not built upon.

`TabularDrift` with its Bonferroni correction and `MMDDrift` (PyTorch, 100 permutations), both at their default level .05; MMD holds a matrix of all pairs of rows and takes
`MOST` of each domain, drawn by one seed.
"""

from __future__ import annotations

import numpy as np
import runner
from alibi_detect.cd import MMDDrift, TabularDrift

CATEGORIES, MOST = 10, 400


def measure(rows: dict[str, np.ndarray]) -> dict:
    held, target = (np.ascontiguousarray(rows[name], dtype=np.float32) for name in ("held", "target"))
    few = {j: None for j in range(held.shape[1]) if len(np.unique(held[:, j])) <= CATEGORIES}
    tabular = TabularDrift(held, p_val=0.05, categories_per_feature=few or None)
    rng = np.random.default_rng(0)
    drawn = [part[rng.permutation(len(part))[:MOST]] for part in (held, target)]
    mmd = MMDDrift(drawn[0], backend="pytorch", p_val=0.05, n_permutations=100, device="cpu")
    said = mmd.predict(drawn[1])["data"]
    return {
        "tabular": bool(tabular.predict(target)["data"]["is_drift"]),
        "mmd": bool(said["is_drift"]),
        "mmd_p": float(said["p_val"]),
    }


if __name__ == "__main__":
    runner.main(("alibi-detect", "numpy", "torch", "scipy"), measure)
