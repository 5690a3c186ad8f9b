"""Evidently on two large tables: ``run_table_evidently.py HERE.parquet THERE.parquet OUT.html``. Runs in its own environment; benchmarks/peers/table_audit.py times it."""

from __future__ import annotations

import sys

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

here, there = (pd.read_parquet(path) for path in sys.argv[1:3])
columns = [c for c in there.columns if c[0] in "nc" and c[1:].isdigit()]
definition = DataDefinition(
    numerical_columns=[c for c in columns if c[0] == "n"],
    categorical_columns=[c for c in columns if c[0] == "c"],
)
reference, current = (Dataset.from_pandas(t[columns], data_definition=definition) for t in (here, there))
report = Report([DataDriftPreset()]).run(current, reference)
report.save_html(sys.argv[3])
counted = next(m for m in report.dict()["metrics"] if m["metric_name"].startswith("DriftedColumnsCount"))
print(counted["value"])
