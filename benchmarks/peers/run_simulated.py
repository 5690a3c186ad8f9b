"""SKADA-Bench's simulated shifts, made and learned by skada: ``run_simulated.py FOLDER OUT.json``. Runs in skada's environment.

The data, the base learner (an SVM with its defaults), the splits (five, a fifth of each domain for testing) and the five seeds are those of the published benchmark (whose concept drift skada now calls a conditional shift). Its
methods were tuned by a scorer; here those are run that have nothing to tune (source only, target only, CORAL) and two with skada's defaults. The
first split of each seed is written as NPZ, for ours.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import skada
from skada import CORALAdapter, LinearOTMappingAdapter, OTMappingAdapter, make_da_pipeline
from skada.datasets import make_shifted_datasets
from skada.model_selection import StratifiedDomainShuffleSplit
from sklearn.svm import SVC

NOISE = {
    "covariate_shift": (1, 0.6),
    "target_shift": (1, 0.8),
    "conditional_shift": (1, 0.8),
    "subspace": (3, 0.4),
}
ADAPTERS = {"CORAL": CORALAdapter, "LinOT": LinearOTMappingAdapter, "MapOT": OTMappingAdapter}
SEEDS, SPLITS = 5, 5


def base() -> SVC:
    return SVC().set_fit_request(sample_weight=True)


def main() -> None:
    folder, out = Path(sys.argv[1]), Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, dict[str, list[float]]] = {}
    for shift, (times, noise) in NOISE.items():
        right: dict[str, list[float]] = {}
        for seed in range(SEEDS):
            X, y, domain = make_shifted_datasets(
                n_samples_source=100 * times,
                n_samples_target=100 * times,
                shift=shift,
                noise=noise,
                label="binary",
                center_cov_shift=(-0.4, 3),
                random_state=seed,
            )
            splits = StratifiedDomainShuffleSplit(n_splits=SPLITS, test_size=0.2, random_state=0)
            for k, (train, test) in enumerate(splits.split(X, y, domain)):
                here, there = train[domain[train] > 0], train[domain[train] < 0]
                tested = test[domain[test] < 0]
                if not k:
                    arrays = {
                        "X": X[here],
                        "y": y[here],
                        "T": X[there],
                        "test": X[tested],
                        "truth": y[tested],
                    }
                    np.savez(folder / f"{shift}_{seed}.npz", **arrays)
                masked = np.where(domain[train] > 0, y[train], -1)
                models = {
                    "Train Src": SVC().fit(X[here], y[here]),
                    "Train Tgt": SVC().fit(X[there], y[there]),
                }
                said = {name: model.predict(X[tested]) for name, model in models.items()}
                for name, adapter in ADAPTERS.items():
                    fitted = make_da_pipeline(adapter(), base())
                    fitted.fit(X[train], masked.copy(), sample_domain=domain[train])
                    said[name] = fitted.predict(X[tested], sample_domain=domain[tested])
                for name, labels in said.items():
                    right.setdefault(name, []).append(float((labels == y[tested]).mean()))
        found[shift] = right
        print(shift, {name: round(float(np.mean(values)), 3) for name, values in right.items()}, flush=True)
    out.write_text(json.dumps({"version": skada.__version__, "right": found}), encoding="utf-8")


if __name__ == "__main__":
    main()
