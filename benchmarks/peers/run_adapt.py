"""adapt's shallow methods on every pair. Runs in its own environment (see runner.py).

Each around a logistic regression; `reverse_validation`, adapt's own label-free score for any method, takes the method whose score is best (least).
"""

from __future__ import annotations

import numpy as np
import runner
from adapt.feature_based import CORAL, SA
from adapt.instance_based import KLIEP, NearestNeighborsWeighting
from adapt.metrics import reverse_validation
from sklearn.linear_model import LogisticRegression

MAKERS = {
    "CORAL": lambda T: CORAL(base(), Xt=T, lambda_=1e-5, random_state=0, verbose=0),
    "SA": lambda T: SA(base(), Xt=T, n_components=None, random_state=0, verbose=0),
    "KLIEP": lambda T: KLIEP(base(), Xt=T, kernel="rbf", gamma=1.0 / T.shape[1], random_state=0, verbose=0),
    "NearestNeighborsWeighting": lambda T: NearestNeighborsWeighting(
        base(), Xt=T, n_neighbors=6, random_state=0, verbose=0
    ),
}


def base() -> LogisticRegression:
    return LogisticRegression(max_iter=1000)


def measure(rows: dict[str, np.ndarray]) -> dict:
    S, T, codes = rows["S"].astype(float), rows["T"].astype(float), rows["codes"]
    said = {"source": base().fit(S, codes).predict(T).tolist()}
    scores, failed = {}, {}
    for name, make in MAKERS.items():
        try:
            model = make(T).fit(S, codes)
            said[name] = np.asarray(model.predict(T)).ravel().tolist()
        except Exception as error:  # noqa: BLE001  (a peer may raise anything; it is kept)
            failed[name] = f"{type(error).__name__}: {error}"[:120]
            continue
        try:
            scores[name] = float(reverse_validation(model, S, codes, T))
        except Exception as error:  # noqa: BLE001
            failed[f"reverse validation of {name}"] = f"{type(error).__name__}: {error}"[:120]
    able = {name: value for name, value in scores.items() if np.isfinite(value)}
    chosen = {"reverse validation": min(able, key=able.__getitem__) if able else "source"}
    return {"said": said, "chosen": chosen, "errors": failed}


if __name__ == "__main__":
    runner.main(("adapt", "numpy", "scikit-learn", "tensorflow"), measure)
