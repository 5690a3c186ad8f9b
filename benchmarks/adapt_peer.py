"""What skada's scorers choose on the same rows: run in an environment of its own, which needs numpy and skada only.

    python -m venv /tmp/peer && /tmp/peer/bin/pip install skada==0.6.0
    /tmp/peer/bin/python benchmarks/adapt_peer.py CACHE/logistic OUT.json

CACHE is that of `benchmarks.adapt`; one pair of each data set of fewer than 150 columns is read, with the columns that our methods see. Methods: logistic
regression with CORAL, linear optimal transport or subspace alignment as skada has them, and without (source only). Each is fitted once on all source and
target rows, target labels hidden; each scorer takes the method that it scores best, and source only where it can score none. What OUT.json holds already is not measured again; `benchmarks.adapt --peer OUT.json` shows it.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np

WIDE = 150


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    rows = json.loads(out.read_text("utf-8")) if out.exists() else []
    seen = {row["data_set"] for row in rows}
    for path in sorted(folder.glob("*.npz")):
        data_set = path.name.split("__")[0]
        if data_set in seen or path.name.endswith(".part.npz"):
            continue
        with np.load(path) as file:
            S, codes, T, truth = (file[k] for k in ("S", "codes", "T", "truth"))
        if S.shape[1] >= WIDE:
            continue
        seen.add(data_set)
        rows.append(
            {"data_set": data_set, "pair": path.stem, **one(S.astype(float), codes, T.astype(float), truth)}
        )
        print(rows[-1], flush=True)
        out.write_text(json.dumps(rows, indent=1), encoding="utf-8")


def one(S: np.ndarray, codes: np.ndarray, T: np.ndarray, truth: np.ndarray) -> dict[str, dict[str, float]]:
    """Gains of the methods over source only, and of what each scorer takes."""
    from skada import CORALAdapter, LinearOTMappingAdapter, SubspaceAlignmentAdapter, make_da_pipeline
    from skada.metrics import (
        CircularValidation,
        ImportanceWeightedScorer,
        PredictionEntropyScorer,
        SoftNeighborhoodDensity,
    )
    from sklearn.linear_model import LogisticRegression

    scorers = {
        "importance weights": ImportanceWeightedScorer(),
        "entropy": PredictionEntropyScorer(),
        "neighbourhood density": SoftNeighborhoodDensity(),
        "circular": CircularValidation(),
    }
    makers = {
        "source": lambda: make_da_pipeline(base()),
        "coral": lambda: make_da_pipeline(CORALAdapter(), base()),
        "linear_transport": lambda: make_da_pipeline(LinearOTMappingAdapter(), base()),
        "subspace_alignment": lambda: make_da_pipeline(SubspaceAlignmentAdapter(), base()),
    }

    def base() -> LogisticRegression:
        return (
            LogisticRegression(max_iter=1000)
            .set_fit_request(sample_weight=True)
            .set_score_request(sample_weight=True)
        )

    X = np.concatenate([S, T])
    domain = np.where(np.arange(len(X)) < len(S), 1, -2)
    y = np.concatenate([codes, np.full(len(T), -1)])
    right: dict[str, float] = {}
    scores: dict[str, dict[str, float]] = {name: {} for name in scorers}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, make in makers.items():
            try:
                model = make().fit(X, y.copy(), sample_domain=domain)
                right[name] = float((model.predict(T, sample_domain=np.full(len(T), -2)) == truth).mean())
            except Exception as error:  # noqa: BLE001  (a peer may raise anything; it is said)
                print(f"  {name}: {error!r}"[:160])
                continue
            for scorer, score in scorers.items():
                try:
                    scores[scorer][name] = float(score(model, X, y.copy(), sample_domain=domain))
                except Exception as error:  # noqa: BLE001
                    print(f"  {scorer} of {name}: {error!r}"[:160])
    kept = right["source"]
    taken = {}
    for scorer, found in scores.items():
        able = {name: value for name, value in found.items() if np.isfinite(value)}
        best = max(able, key=able.__getitem__) if able else "source"
        taken[scorer] = right[best] - kept
    return {"methods": {name: value - kept for name, value in right.items()}, "scorers": taken}


if __name__ == "__main__":
    main()
