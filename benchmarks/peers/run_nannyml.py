"""NannyML on every pair: CBPE, its domain classifier and its drift of single columns. Runs in its own environment (see runner.py).

CBPE sees the model's probabilities and labels of held-out source rows as reference, and the probabilities of the target rows. The whole target as one chunk gives the
estimate and its confidence band; ten chunks of both, NannyML's own default, give the thresholds and alerts.
"""

from __future__ import annotations

import nannyml as nml
import numpy as np
import pandas as pd
import runner

CATEGORIES = 10
"""Whole numbers with so many values or fewer are categories."""


def measure(rows: dict[str, np.ndarray]) -> dict:
    reference, analysis, scores = tables(rows)
    kind = "classification_binary" if rows["held_proba"].shape[1] == 2 else "classification_multiclass"
    cbpe = {
        "y_pred": "said",
        "y_pred_proba": scores,
        "y_true": "truth",
        "metrics": ["accuracy"],
        "problem_type": kind,
    }
    whole = estimated(nml.CBPE(**cbpe, chunk_number=1), reference, analysis)
    chunks = estimated(nml.CBPE(**cbpe, chunk_number=10), reference, analysis)
    found = {
        "accuracy": float(whole["value"].iloc[0]),
        "lower": float(whole["lower_confidence_boundary"].iloc[0]),
        "upper": float(whole["upper_confidence_boundary"].iloc[0]),
        "threshold_low": float(chunks["lower_threshold"].iloc[0]),
        "threshold_high": float(chunks["upper_threshold"].iloc[0]),
        "alerts": float(chunks["alert"].mean()),
    }
    columns = [c for c in reference.columns if c.startswith("x")]
    # Its own settings but for the threads: LightGBM takes all processors otherwise, whatever the environment says.
    apart = nml.DomainClassifierCalculator(
        feature_column_names=columns,
        chunk_number=1,
        hyperparameters={"n_jobs": 1, "random_state": 13, "verbosity": -1},
    )
    auc = (
        apart.fit(reference).calculate(analysis).filter(period="analysis").to_df()["domain_classifier_auroc"]
    )
    found |= {"auc": float(auc["value"].iloc[0]), "auc_alert": bool(auc["alert"].iloc[0])}
    return found


def tables(rows: dict[str, np.ndarray]) -> tuple[pd.DataFrame, pd.DataFrame, object]:
    """Reference and analysis as NannyML wants them, and the names of the probabilities."""
    K = rows["held_proba"].shape[1]
    made = []
    for part in ("held", "target"):
        table = pd.DataFrame(rows[part], columns=[f"x{j}" for j in range(rows[part].shape[1])])
        # Classes of several have names there; two are 0 and 1.
        table["said"] = rows[f"{part}_said"] if K == 2 else [f"c{k}" for k in rows[f"{part}_said"]]
        for k in range(K):
            table[f"p{k}"] = rows[f"{part}_proba"][:, k]
        made.append(table)
    made[0]["truth"] = rows["held_truth"] if K == 2 else [f"c{k}" for k in rows["held_truth"]]
    for c in [c for c in made[0].columns if c.startswith("x")]:
        values = np.unique(made[0][c])
        if len(values) <= CATEGORIES:
            for table in made:
                table[c] = table[c].round(6).astype(str).astype("category")
    return made[0], made[1], "p1" if K == 2 else {f"c{k}": f"p{k}" for k in range(K)}


def estimated(cbpe: nml.CBPE, reference: pd.DataFrame, analysis: pd.DataFrame) -> pd.DataFrame:
    """Its figures about accuracy, a row a chunk of the target."""
    return cbpe.fit(reference).estimate(analysis).filter(period="analysis").to_df()["accuracy"]


if __name__ == "__main__":
    runner.main(("nannyml", "numpy", "pandas", "scikit-learn", "lightgbm"), measure)
