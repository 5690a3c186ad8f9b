"""How good is the panel without target labels? ``python -m benchmarks.estimate``.

Mean absolute errors, coverage and widths of the intervals, false comfort and power, for two learners as the user's model; each data
set weighs the same, every figure with an interval from a bootstrap over data sets. Limits are those fitted on all other data sets,
or with ``--shipped`` those of the reference class that ships (for data sets that it has not seen: ``--root FOLDER``, laid out as the shared
data). Writes docs/benchmarks/estimate.md when run on the shared data; ``--cache FOLDER`` keeps what was measured.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from benchmarks.calibrate import LEFT, measured
from benchmarks.judged import BEYOND, Field, Figure, by_set, judge, mean_of, over_sets
from benchmarks.materials import LEARNERS
from benchmarks.problems import SHARED
from whytransfer.backtest import shipped

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "estimate.md"
RIVALS = ("ac", "doc", "atc", "cbpe", "cot")
SHOWN = ("panel", *RIVALS, "subspaces", "disagreement", "cot_gap", "panel_votes")
TOLERANCES = (0.1, 0.2, 0.3)
DROPS = (0.15, 0.2)
ALLOWED = 0.015
"""False comfort that is asked for on the shared data."""
MOST = 8
"""Data sets that are named as those with the largest errors."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=SHARED, help="folder of data sets")
    parser.add_argument("--cache", type=Path, default=None, help="folder for the materials")
    parser.add_argument(
        "--shipped", action="store_true", help="judge the shipped reference class, fit nothing"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--most", type=int, default=None, help="pairs a data set; all without it")
    parser.add_argument("--out", type=Path, default=None, help="where the page goes")
    options = parser.parse_args()
    found = measured(options.root, options.cache, options.workers, options.most)
    reference = shipped() if options.shipped else None
    names = [n for n in SHOWN if n not in LEFT]
    asked = " --root FOLDER --shipped" if options.shipped else ""
    asked += f" --most {options.most}" if options.most is not None else ""
    text = page(judge(found, names, reference), asked, shipped_only=options.shipped)
    print(text)
    out = options.out or (PAGE if options.root == SHARED and not options.shipped else None)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")


def page(field: Field, asked: str, *, shipped_only: bool) -> str:
    how = (
        "The limits are those of the reference class that ships, which saw none of them; nothing was fitted here. On tables of the package registry "
        "(`python -m benchmarks.registry FOLDER`) labels and domains were taken by fixed rules, with nobody's eye on how a transfer ends; the power of 2 AUC − 1 by "
        "which transport counts and the second guard of the lower limit were chosen with these tables in view."
        if shipped_only
        else "Limits were fitted on all other data sets (whole sets left out)."
    )
    lines = [
        "# The shipped reference class on other data sets"
        if shipped_only
        else "# The target error without target labels",
        "",
        f"Written by `python -m benchmarks.estimate{asked}`: {len(field.truth)} transfers of {len(np.unique(field.sets))} data sets. {how}",
        "Every figure is a mean over data sets, in brackets a 95 % interval from a bootstrap over data sets.",
        "",
    ]
    for learner in LEARNERS:
        rows = field.learners == learner
        if rows.any():
            lines += [
                f"## User's model: {learner}",
                "",
                *errors(field, rows),
                *intervals(field, rows),
                *comfort(field, rows),
                *where(field, rows),
            ]
    return "\n".join([*lines, *TRIED]) if not shipped_only else "\n".join(lines)


def errors(field: Field, rows: np.ndarray) -> list[str]:
    """Mean absolute errors, and the panel's over the best rival's in the same resample."""
    miss = {
        name: by_set(np.abs(j.estimate - field.truth), field.sets, rows & np.isfinite(j.estimate))
        for name, j in field.judged.items()
    }
    lines = ["| estimate | mean absolute error |", "|---|---|"]
    lines += [f"| {name} | {mean_of(values)} |" for name, values in miss.items()]
    rivals = [miss[name] for name in RIVALS if name in miss]

    def ratio(chosen: np.ndarray) -> float:
        return float(np.nanmean(miss["panel"][chosen]) / min(np.nanmean(r[chosen]) for r in rivals))

    def without_transport(chosen: np.ndarray) -> float:
        best = min(np.nanmean(miss[n][chosen]) for n in RIVALS if n != "cot")
        return float(np.nanmean(miss["panel"][chosen]) / best)

    count = len(np.unique(field.sets))
    return [
        *lines,
        "",
        f"Panel over the best of AC, DoC, ATC, CBPE and COT: **{over_sets(ratio, count)}**.",
        f"Panel over the best of AC, DoC, ATC and CBPE: {over_sets(without_transport, count)}.",
        "",
    ]


def intervals(field: Field, rows: np.ndarray) -> list[str]:
    """How often the limits hold, and how wide they are."""
    lines = [
        "| interval of | upper limit holds | lower limit holds | both hold | mean width |",
        "|---|---|---|---|---|",
    ]
    for name, j in field.judged.items():
        known = rows & np.isfinite(j.upper)
        above, below = field.truth <= j.upper + 1e-12, field.truth >= j.lower - 1e-12
        figures = [
            str(mean_of(by_set(np.asarray(v, dtype=float), field.sets, known)))
            for v in (above, below, above & below, j.upper - j.lower)
        ]
        lines.append(f"| {name} | {' | '.join(figures)} |")
    return [*lines, ""]


def comfort(field: Field, rows: np.ndarray) -> list[str]:
    """False comfort and power of the panel's WORKS."""
    lines = [
        "| tolerance | false comfort, of all pairs | of the pairs told WORKS | truly fine pairs told WORKS |",
        "|---|---|---|---|",
    ]
    asked = [(f"{t}", np.full(len(field.truth), t)) for t in TOLERANCES]
    asked += [(f"err_S + {d}", field.source_error + d) for d in DROPS]
    for label, tolerance in asked:
        works = field.works("panel", tolerance)
        false = works & (field.truth > tolerance + BEYOND)
        told = rows & works
        share = _ratio(false & rows, told, field)
        power = mean_of(by_set(works.astype(float), field.sets, rows & (field.truth <= tolerance)))
        lines.append(
            f"| {label} | {mean_of(by_set(false.astype(float), field.sets, rows))} | {share} | {power} |"
        )
    return [*lines, "", *ordered(field, rows)]


def ordered(field: Field, rows: np.ndarray) -> list[str]:
    """The power that the order of the upper limits would carry, were the line drawn by somebody who knows how the transfers end."""
    said = []
    rise = field.judged["panel"].upper - field.source_error
    for drop in DROPS:
        tolerance, most = field.source_error + drop, 0.0
        for line in np.unique(np.round(rise[rows & field.like], 3)):
            works = (rise <= line) & field.like
            false = np.nanmean(
                by_set((works & (field.truth > tolerance + BEYOND)).astype(float), field.sets, rows)
            )
            if false <= ALLOWED:
                fine = by_set(works.astype(float), field.sets, rows & (field.truth <= tolerance))
                most = max(most, float(np.nanmean(fine)))
        said.append(f"{most:.2f} at err_S + {drop}")
    return [
        (
            f"Drawn by somebody who knows how the transfers end, so that false comfort is at most {100 * ALLOWED:g} %, a line through the panel's upper limits less "
            f"err_S would tell WORKS to {' and '.join(said)} of the truly fine pairs."
        ),
        "",
    ]


def where(field: Field, rows: np.ndarray) -> list[str]:
    """The data sets on which the panel errs most, and how far an estimate that nobody has, the best of the single ones on each set, would come."""
    sets = np.unique(field.sets[rows])
    miss = {
        name: by_set(np.abs(j.estimate - field.truth), field.sets, rows)
        for name, j in field.judged.items()
        if name == "panel" or name in RIVALS
    }
    known = np.isin(np.unique(field.sets), sets)
    panel = miss["panel"][known]
    best = np.nanmin([miss[name][known] for name in RIVALS if name in miss], axis=0)
    columns = {
        "source error": by_set(field.source_error, field.sets, rows)[known],
        "target error": by_set(field.truth, field.sets, rows)[known],
        "panel's error": panel,
        "panel less truth": by_set(field.judged["panel"].estimate - field.truth, field.sets, rows)[known],
        "best rival on this set": best,
    }
    worst = np.argsort(-panel, kind="stable")[:MOST]
    share = panel[worst].sum() / panel.sum()
    lines = [
        (
            f"The {len(worst)} data sets with the largest errors make {100 * share:.0f} % of the panel's mean absolute error. A choice of the best of "
            f"{len(RIVALS)} rivals on each data set, which nobody can make without labels, would err by {best.mean():.3f}."
        ),
        "",
        "| data set | " + " | ".join(columns) + " |",
        "|---|" + "--:|" * len(columns),
    ]
    for i in worst:
        figures = " | ".join(f"{values[i]:.3f}" for values in columns.values())
        lines.append(f"| {sets[i]} | {figures} |")
    return [*lines, ""]


def _ratio(part: np.ndarray, whole: np.ndarray, field: Field) -> Figure | str:
    """Mean share a data set over mean share a data set."""
    if not whole.any():
        return "–"
    everything = np.ones(len(part), dtype=bool)
    top, bottom = (by_set(v.astype(float), field.sets, everything) for v in (part, whole))
    return over_sets(
        lambda chosen: float(top[chosen].sum() / bottom[chosen].sum()) if bottom[chosen].sum() else np.nan,
        len(top),
    )


TRIED = [
    "## What was tried",
    "",
    "On the shared data, whole sets left out; ratios are mean absolute errors over that of temperature-scaled COT, logistic and boosted.",
    "",
    "| centre of the panel | ratio |",
    "|---|---|",
    "| disagreement alone | 1.01 · .96 |",
    "| rise of COT alone | 1.04 · 1.03 |",
    "| mean of the two | .94 · .92 |",
    "| .8 of the larger + .2 of the smaller (.7 to .9 are alike; .6: .92 · .89, 1: .91 · .88); the panel until models of halves of the columns joined it; on 129 tables of the package registry .95 · 1.07 | .89 · .87 |",
    "| their larger one, with COT itself in the place of its rise | .89 · .87 |",
    "| weights of larger and smaller fitted by least absolute deviations, not negative | .91 · .90 |",
    "| the same for seven estimates | .92 · .91 |",
    "| the same for the members' own gaps, COT and its rise | .87 · .91 |",
    "| extra trees on 32 label-free features, half way to the fixed formula | .86 · .85 |",
    "| the fixed formula plus the median residual of transfers as hard | .89 · .88 |",
    "| at most 12 pairs a set (the panel itself there: .90 · .88): labels transported to the committee's vote shares, and how often the model misses them | 1.01 · .94 and more |",
    "| the same: extra trees on 45 features, half way to the fixed formula; 93 tables of the package registry learned from as well | .90 · .89; .88 · .89 |",
    "| a model of single rows (confidence, votes, transport's cost, nearness, critics), learned on the target rows of the other sets: logistic, boosted trees, and with the pair's signals | 1.00 · .91, 1.05 · .98, 1.01 · .96 |",
    "| half the used formula, half the last of these | .89 · .84 |",
    "| a third of `disagreement` replaced by models asked after the target was moved onto the source (means and spreads, covariances); on 129 tables of the package registry .96 · 1.08, where the used formula has .95 · 1.07 | .87 · .84 |",
    "| models of random halves of the columns (`subspaces`) in the place of other families, alone; on those tables .82 · .87, where `disagreement` has .92 · 1.00 | .98 · .90 |",
    "| `subspaces` and the rise of COT: .8 of the larger + .2 of the smaller; on those tables .91 · .99 | .88 · .82 |",
    "| **the first, drawn to the second by (2 AUC − 1)⁴** (powers 1, 2, 3, 6: .86 · .81, .86 · .80, .86 · .80, .87 · .80); on those tables .85 · .93 (.89 · .97, .87 · .95, .86 · .94, .84 · .92) | .86 · .80 |",
    "| the same with `disagreement` in the place of `subspaces`; on those tables .92 · 1.01 | .87 · .84 |",
    "| models of one half of the rows, nearest to the target or farthest from it, or of a quarter; of the columns that moved least or tell most, without those that tell most; alone | .98 · .97 and more |",
    "| probabilities of models of halves in the place of their votes; their mean as one model: its votes, its confidence, its own transport (at most 6 pairs a set; their votes there .97 · .90) | 1.00 · .90 and more |",
    "",
    (
        "Fitting gains little: 34 data sets are few, and each new signal costs what it brings. The trees' gain of two points was not worth a model that "
        "nobody can read."
    ),
    "",
    "Limits, by what the same 34 sets left out showed at err_S + .15 (power, false comfort) and err_S + .20 (power):",
    "",
    "| limits | mean width | power · false comfort · power |",
    "|---|---|---|",
    "| widths by quantile regression of six signals, one conformal factor, with the correction for one more set | .53 | .02 · .000 · .06 |",
    "| the same without that correction | .40 | .07 · .005 · .20 |",
    "| quantiles in windows of a fitted scale | .36 | .10 · .014 · .34 |",
    "| windows of the mean position of rise, critic and the EM estimate of the class shares' change | .38 | .19 · .008 · .23 |",
    "| windows of the mean position of rise, critic and worst class | .36 | .35 · .009 · .48 |",
    "| the same with weights that fall off as a Gaussian in the place of windows (without the guard below; on 129 tables of the package registry false comfort .016 · .023 instead of .031 · .023) | .36 | .34 · .014 · .48 |",
    "| the same with 93 tables of the package registry as further reference, weighing half (at most 12 pairs a set; without them .39, .33 · .000 · .47) | .43 | .24 · .000 · .39 |",
    "| **the Gaussian weights around the centre with `subspaces`, the lower limit never above those of `subspaces` and `disagreement`**; on 129 tables of the package registry .72 · .016 · .82 and .71 · .016 · .79 (before: .68 · .016 · .78 and .62 · .023 · .76) | .37 | .29 · .011 · .45 and .32 · .011 · .45 |",
    "| the windows, the lower limit never above that of `disagreement`: lower .969 · .963 instead of .965 · .949 (at most 12 pairs a set; added after the tables above were written) | .41 | the same |",
    "| quantiles of a forest on 45 features, with those tables and without (at most 12 pairs a set) | .38 | .23 · .007 · .33 and .23 · .000 · .35 |",
    "| the windows with a fourth signal: contradiction by models asked after the target was moved, the domain AUC, predicted classes' shares, an error model of rows | .40, .39, .39, .37 | .27 · .013 · .34, .19 · .025 · .34, .20 · .016 · .33, .36 · .017 · .45 |",
    "| Gaussian weights with a fourth signal: each column told from the others as if it were the label, and how much oftener that fails on the target (at most 3 pairs of each of 30 sets; the mean, weighed by what the column tells of the label, the most, on the worse side, beyond what two such models disagree; without it .40, .21 · .011 · .51 and .26 · .000 · .43); its rank correlation with what the panel misses, by learner and form, is −.36 to .30 on 8 sets and −.30 to .13 on 24 | .33 to .56 | .10–.27 · .000–.011 · .22–.53 and .15–.29 · .000–.011 · .24–.44 |",
    "| Gaussian weights, the mean of limits on 100 resamples of the data sets, at .95 and .96 | .37, .40 | .27 · .009 · .44, .18 · .008 · .39 |",
    "| in each window the upper limit that least width and 2 or 1.5 times the share beyond it add up to (coverage where a point of it costs least) | .37, .34 | .04 · .005 · .39, .12 · .008 · .44 |",
    "",
    (
        "The error on the model's worst class is what tells silent failures: where classes differ much in how well they are known, another mix of "
        "classes changes the error, and neither confidence nor disagreement need show it. The three signals and the weight 1.5 of the third were chosen on "
        "these 34 sets, so that their figures are a little too good. The order of the limits could carry more power (the sentence below each table of false comfort): "
        "it is the 95 % of a limit learned from 34 sets that keeps it down. `--root FOLDER --shipped` holds the shipped table against sets that it has never seen."
    ),
    "",
]

if __name__ == "__main__":
    main()
