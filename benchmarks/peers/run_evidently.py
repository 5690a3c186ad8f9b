"""Evidently's drift preset on every pair. Runs in its own environment (see runner.py).

Reference are the held-out source rows, current the target rows. Columns of ten values or fewer are declared categories; everything else is the preset's own: its choice of
test a column, its thresholds, and drift of the data set where half of the columns drift.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import runner
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

CATEGORIES = 10


def measure(rows: dict[str, np.ndarray]) -> dict:
    names = [f"x{j}" for j in range(rows["held"].shape[1])]
    tables = [pd.DataFrame(rows[part], columns=names) for part in ("held", "target")]
    few = [c for c in names if tables[0][c].nunique() <= CATEGORIES]
    for table in tables:
        table[few] = table[few].round(6).astype(str)
    definition = DataDefinition(numerical_columns=[c for c in names if c not in few], categorical_columns=few)
    reference, current = (Dataset.from_pandas(t, data_definition=definition) for t in tables)
    found = Report([DataDriftPreset()]).run(current, reference).dict()
    counted = next(m for m in found["metrics"] if m["metric_name"].startswith("DriftedColumnsCount"))
    share = float(counted["value"]["share"])
    return {"share": share, "columns": len(names), "alarm": share >= 0.5}


if __name__ == "__main__":
    runner.main(("evidently", "numpy", "pandas", "scipy"), measure)
