"""NannyML's DLE for a quantity: ``run_dle.py OUT.json``. Runs in NannyML's environment.

scikit-learn's diabetes, progression of the disease, from one sex to the other and back: a linear regression learns from half of the source, DLE from the other half with its
labels, and estimates the mean absolute error on the target. The target's labels are read afterwards.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nannyml as nml
import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes
from sklearn.linear_model import LinearRegression


def main() -> None:
    X, y = load_diabetes(return_X_y=True, scaled=False)
    first = X[:, 1] == X[:, 1].min()
    X = np.delete(X, 1, axis=1)
    found = {}
    for name, source in (("first to second", first), ("second to first", ~first)):
        order = np.random.default_rng(0).permutation(np.flatnonzero(source))
        train, held = order[: len(order) // 2], order[len(order) // 2 :]
        target = np.flatnonzero(~source)
        model = LinearRegression().fit(X[train], y[train])
        columns = [f"x{j}" for j in range(X.shape[1])]
        reference, analysis = (pd.DataFrame(X[rows], columns=columns) for rows in (held, target))
        reference["said"], analysis["said"] = model.predict(X[held]), model.predict(X[target])
        reference["truth"] = y[held]
        dle = nml.DLE(
            feature_column_names=columns, y_pred="said", y_true="truth", metrics=["mae"], chunk_number=1
        )
        said = dle.fit(reference).estimate(analysis).filter(period="analysis").to_df()["mae"].iloc[0]
        found[name] = {
            "source": float(np.abs(reference["said"] - y[held]).mean()),
            "estimate": float(said["value"]),
            "lower": float(said["lower_confidence_boundary"]),
            "upper": float(said["upper_confidence_boundary"]),
            "truth": float(np.abs(analysis["said"] - y[target]).mean()),
        }
    Path(sys.argv[1]).write_text(json.dumps(found), encoding="utf-8")
    print(found)


if __name__ == "__main__":
    main()
