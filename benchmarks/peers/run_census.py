"""NannyML's census of employment in Massachusetts as Parquet, its reference year and its last one: ``run_census.py FOLDER``. Runs in NannyML's environment."""

from __future__ import annotations

import sys
from pathlib import Path

import nannyml

FOLDER = Path(sys.argv[1])
reference, analysis, truth = nannyml.load_us_census_ma_employment_data()
analysis = analysis.merge(truth, on="id")
last = analysis[analysis["year"] == analysis["year"].max()]
for table in (reference, last):
    said = ["id", "year", "prediction", "predicted_probability"]
    year = int(table["year"].iloc[0])
    table.drop(columns=said).rename(columns={"employed": "label"}).to_parquet(FOLDER / f"{year}.parquet")
