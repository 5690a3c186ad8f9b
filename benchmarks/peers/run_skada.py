"""skada's methods and scorers on every pair. Runs in its own environment (see runner.py).

A logistic regression with CORAL, linear optimal transport, subspace alignment, density weights of a discriminator, and without any (source only); each is fitted once on
all source and target rows, labels of the target hidden. Each scorer takes the method that it scores best, and source only where it can score none.
"""

from __future__ import annotations

import numpy as np
import runner
from skada import (
    CORALAdapter,
    DiscriminatorReweightAdapter,
    LinearOTMappingAdapter,
    SubspaceAlignmentAdapter,
    make_da_pipeline,
)
from skada.metrics import (
    CircularValidation,
    DeepEmbeddedValidation,
    ImportanceWeightedScorer,
    MixValScorer,
    PredictionEntropyScorer,
    SoftNeighborhoodDensity,
)
from sklearn.linear_model import LogisticRegression

SCORERS = {
    "importance weights": ImportanceWeightedScorer,
    "entropy": PredictionEntropyScorer,
    "neighbourhood density": SoftNeighborhoodDensity,
    "deep embedded validation": DeepEmbeddedValidation,
    "circular": CircularValidation,
    "MixVal": MixValScorer,
}


def base() -> LogisticRegression:
    return (
        LogisticRegression(max_iter=1000)
        .set_fit_request(sample_weight=True)
        .set_score_request(sample_weight=True)
    )


MAKERS = {
    "source": lambda: make_da_pipeline(base()),
    "coral": lambda: make_da_pipeline(CORALAdapter(), base()),
    "linear_transport": lambda: make_da_pipeline(LinearOTMappingAdapter(), base()),
    "subspace_alignment": lambda: make_da_pipeline(SubspaceAlignmentAdapter(), base()),
    "discriminator_weights": lambda: make_da_pipeline(DiscriminatorReweightAdapter(), base()),
}


def measure(rows: dict[str, np.ndarray]) -> dict:
    S, T, codes = rows["S"].astype(float), rows["T"].astype(float), rows["codes"]
    X = np.concatenate([S, T])
    domain = np.where(np.arange(len(X)) < len(S), 1, -2)
    y = np.concatenate([codes, np.full(len(T), -1)])
    said, failed, scores = {}, {}, {name: {} for name in SCORERS}
    for name, make in MAKERS.items():
        try:
            # Copies: skada writes into the labels that it is given.
            model = make().fit(X, y.copy(), sample_domain=domain)
            said[name] = model.predict(T, sample_domain=np.full(len(T), -2)).tolist()
        except Exception as error:  # noqa: BLE001  (a peer may raise anything; it is kept)
            failed[name] = f"{type(error).__name__}: {error}"[:120]
            continue
        for scorer, kind in SCORERS.items():
            try:
                scores[scorer][name] = float(kind()(model, X, y.copy(), sample_domain=domain))
            except Exception as error:  # noqa: BLE001
                failed[f"{scorer} of {name}"] = f"{type(error).__name__}: {error}"[:120]
    chosen = {}
    for scorer, found in scores.items():
        able = {name: value for name, value in found.items() if np.isfinite(value)}
        chosen[scorer] = max(able, key=able.__getitem__) if able else "source"
    return {"said": said, "chosen": chosen, "errors": failed}


if __name__ == "__main__":
    runner.main(("skada", "POT", "numpy", "scikit-learn"), measure)
