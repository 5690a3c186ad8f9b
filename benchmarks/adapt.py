"""Does the choice among adaptations help? ``python -m benchmarks.adapt``.

Every pair of the shared data sets that `adapt_materials` draws, for two learners: what the rule chooses without target labels, with 20 and with 100 of
them, and what comes of it; tables of priors learned from all other data sets. Each data set weighs the same, every figure has an interval from a
bootstrap over data sets. Writes docs/benchmarks/adapt.md and the shipped table when run on the shared data; ``--cache FOLDER`` keeps what was
measured; ``--root FOLDER --shipped`` holds the shipped table against data sets that it has never seen; ``--measured`` takes only what is in the cache.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.adapt_judged import Outcome, Transfer, table_of, transfer, with_labels, without_labels
from benchmarks.adapt_materials import LABELS, LEARNERS, WIDE, kept
from benchmarks.adapt_tried import TRIED
from benchmarks.judged import Figure, mean_of
from benchmarks.problems import SHARED
from whytransfer.choice import SOURCE, Choice, Priors, shipped
from whytransfer.choice.rule import HARM, HEDGED, LEAST, RISK, RISK_WITH_LABELS

PAGE = Path(__file__).resolve().parents[1] / "docs" / "benchmarks" / "adapt.md"
TABLE = Path(__file__).resolve().parents[1] / "src" / "whytransfer" / "choice" / "priors.json"
FIXED = (
    "mean_scale",
    "central_moments",
    "coral",
    "linear_transport",
    "half_aligned",
    "neighbours",
    "confident",
    "nearest_neighbour",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, default=SHARED, help="folder of data sets")
    parser.add_argument("--cache", type=Path, default=None, help="folder for the materials")
    parser.add_argument("--shipped", action="store_true", help="use the shipped table, fit nothing")
    parser.add_argument("--measured", action="store_true", help="only what the cache holds")
    parser.add_argument("--out", type=Path, default=None, help="where the page goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        cache = options.cache or Path(folder)
        transfers = [
            transfer(one) for one in kept(cache, root=options.root, missing_too=not options.measured)
        ]
    text = page(transfers, shipped() if options.shipped else None)
    print(text)
    ours = options.root == SHARED and not options.shipped
    if ours:
        TABLE.write_text(table_of(transfers).to_json(), encoding="utf-8")
    out = options.out or (PAGE if ours else None)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")


def page(transfers: Sequence[Transfer], table: Priors | None) -> str:
    """The whole page."""
    lines = [
        "# Adaptation that helps, or refuses",
        "",
        "Written by `python -m benchmarks.adapt`. " + _how(table),
        "",
        "At most 2,000 source rows, of which half train, and 1,000 target rows; labels of the target see neither the methods nor the rule, except for",
        "the k labels of the tables that say so, which are then left out of the judged rows. Every figure is a mean over data sets, in points of",
        f"accuracy or in per cent of pairs, in brackets a 95 % interval from a bootstrap over data sets. *Worse* means by more than {100 * HARM:.0f} point.",
        "",
        "**The rule.** A candidate is believed to fare as candidates of its name fared in other transfers of the same kind: the share of rows, of those whose",
        "label it changed, on which it was right alone and wrong alone (`choice/priors.json`). Labels add their counts. Chosen is the largest expected gain of at",
        f"least {100 * LEAST:.0f} point whose believed risk of harm is at most {RISK} (without labels; with labels {RISK_WITH_LABELS}). Without labels only",
        f"`{HEDGED}` may be chosen, in which the source model keeps half the say, unless a candidate puts lost class shares back.",
        "",
    ]
    for learner in LEARNERS:
        own = [t for t in transfers if t.learner == learner]
        if own:
            lines += section(learner, own, _left_out(transfers, own, table))
    return "\n".join([*lines, *TRIED]) + "\n"


def section(learner: str, own: Sequence[Transfer], chosen: dict[str, list[Outcome]]) -> list[str]:
    """One learner's tables."""
    sets = Counter(t.data_set for t in own)
    lines = [f"## Learner: {learner}", "", f"{len(own)} transfers of {len(sets)} data sets."]
    if learner == "boosted":
        lines += [f"Data sets of {WIDE} columns or more are left out: boosted trees take hours there."]
    lines += ["", *_header("Rule")]
    lines += [_line(f"**{name}**", outcomes) for name, outcomes in chosen.items()]
    lines += ["", "What a fixed method gains where it was tried, without any rule:", "", *_header("Always")]
    lines += [_line(f"`{name}`", fixed(own, name)) for name in FIXED if any(name in t.gains for t in own)]
    lines += ["", "Chosen without labels: " + _counts(chosen["without labels"]), ""]
    return lines


def fixed(own: Sequence[Transfer], name: str) -> list[Outcome]:
    """Always the same candidate, where it could be fitted; the source model elsewhere."""
    return [
        Outcome(
            data_set=t.data_set,
            pair=t.pair,
            learner=t.learner,
            choice=Choice(name=name, why="always", rule="fixed"),
            gain=t.gains.get(name, 0.0),
            best=max(t.gains.values()),
        )
        for t in own
    ]


def _left_out(
    everything: Sequence[Transfer], own: Sequence[Transfer], table: Priors | None
) -> dict[str, list[Outcome]]:
    """By rule, the outcomes of one learner's transfers; tables are learned from both learners."""
    mine = {id(t) for t in own}
    order = [t for t in everything if id(t) in mine]
    tables = {t.data_set: table or table_of(o for o in everything if o.data_set != t.data_set) for t in order}
    named: dict[str, list[Outcome]] = {"without labels": []}
    named |= {f"{k} labels": [] for k in LABELS}
    for t in order:
        named["without labels"] += without_labels([t], tables[t.data_set])
        for k in LABELS:
            named[f"{k} labels"] += with_labels([t], tables[t.data_set], k)
    return named


def _header(first: str) -> list[str]:
    return [
        f"| {first} | mean gain | best candidate's gain | worse | better | mean of negative parts | worst | another model |",
        "|---|---|---|---|---|---|---|---|",
    ]


def _line(name: str, outcomes: Sequence[Outcome]) -> str:
    if not outcomes:
        return f"| {name} | – | – | – | – | – | – | – |"
    figures = [
        figure(outcomes, lambda o: o.gain),
        figure(outcomes, lambda o: o.best),
        figure(outcomes, lambda o: o.gain < -HARM),
        figure(outcomes, lambda o: o.gain > HARM),
        figure(outcomes, lambda o: min(o.gain, 0.0)),
    ]
    worst = 100 * min(o.gain for o in outcomes)
    used = figure(outcomes, lambda o: o.choice.name != SOURCE)
    return f"| {name} | {' | '.join(map(str, figures))} | {worst:.1f} | {used} |"


class Points(Figure):
    """A figure in points or per cent."""

    def __str__(self) -> str:
        return f"{100 * self.value:.1f} ({100 * self.low:.1f} to {100 * self.high:.1f})"


def figure(outcomes: Sequence[Outcome], what: Callable[[Outcome], float]) -> Points:
    """The mean over data sets of the means within them."""
    by_set: dict[str, list[float]] = {}
    for o in outcomes:
        by_set.setdefault(o.data_set, []).append(float(what(o)))
    found = mean_of(np.array([np.mean(values) for values in by_set.values()]))
    return Points(value=found.value, low=found.low, high=found.high)


def _counts(outcomes: Sequence[Outcome]) -> str:
    counted = Counter(o.choice.name for o in outcomes).most_common()
    return ", ".join(f"`{name}` {count}" for name, count in counted) + "."


def _how(table: Priors | None) -> str:
    return (
        "The table of priors was learned on all other data sets, both learners together (whole sets left out)."
        if table is None
        else "The table of priors is the shipped one; nothing was learned here."
    )


if __name__ == "__main__":
    main()
