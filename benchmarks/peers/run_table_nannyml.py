"""NannyML on two large tables: ``run_table_nannyml.py HERE.parquet THERE.parquet OUT.parquet``. Runs in its own environment; benchmarks/peers/table_audit.py times it.

CBPE and the drift of every column, in its ten chunks; the domain classifier, which would train a hundred boosted models, is left out in the peer's favour.
"""

from __future__ import annotations

import sys

import nannyml as nml
import pandas as pd

here, there = (pd.read_parquet(path) for path in sys.argv[1:3])
columns = [c for c in there.columns if c[0] in "nc" and c[1:].isdigit()]
for table in (here, there):
    table["said"] = (table["proba"] > 0.5).astype(int)
    for c in columns:
        if c[0] == "c":
            table[c] = table[c].astype("category")
here["truth"] = (here["y"] == "yes").astype(int)
cbpe = nml.CBPE(
    y_pred="said",
    y_pred_proba="proba",
    y_true="truth",
    metrics=["accuracy"],
    problem_type="classification_binary",
    chunk_number=10,
)
estimated = cbpe.fit(here).estimate(there).filter(period="analysis").to_df()
drift = nml.UnivariateDriftCalculator(column_names=columns, chunk_number=10)
found = drift.fit(here).calculate(there).filter(period="analysis").to_df()
found.columns = ["/".join(map(str, c)) for c in found.columns]
found.to_parquet(sys.argv[3])
print(estimated["accuracy"]["value"].mean())
