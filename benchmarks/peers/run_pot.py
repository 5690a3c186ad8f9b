"""POT's transports of the source, each followed by a logistic regression, on every pair. Runs in its own environment (see runner.py).

POT has no rule that chooses among them: each stands for "always this". Its entropic transport is left out: on standardised columns with far rows its kernel underflows, and
a pair takes 45 seconds of the processor.
"""

from __future__ import annotations

import numpy as np
import ot
import runner
from sklearn.linear_model import LogisticRegression

MAKERS = {
    "LinearTransport": lambda: ot.da.LinearTransport(reg=1e-6),
    "EMDTransport": lambda: ot.da.EMDTransport(norm="median"),
}


def measure(rows: dict[str, np.ndarray]) -> dict:
    S, T, codes = rows["S"].astype(float), rows["T"].astype(float), rows["codes"]
    said = {"source": LogisticRegression(max_iter=1000).fit(S, codes).predict(T).tolist()}
    failed = {}
    for name, make in MAKERS.items():
        try:
            moved = make().fit(Xs=S, ys=codes, Xt=T).transform(Xs=S)
            said[name] = LogisticRegression(max_iter=1000).fit(moved, codes).predict(T).tolist()
        except Exception as error:  # noqa: BLE001  (a peer may raise anything; it is kept)
            failed[name] = f"{type(error).__name__}: {error}"[:120]
    return {"said": said, "errors": failed}


if __name__ == "__main__":
    runner.main(("POT", "numpy", "scipy", "scikit-learn"), measure)
