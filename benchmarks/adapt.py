"""Does the choice among adaptations help? ``python -m benchmarks.adapt``.

Every pair of the shared data sets that `adapt_materials` draws, for two learners: what the rule chooses without target labels, with 20 and with 100 of
them, and what comes of it; tables of priors learned from all other data sets. Each data set weighs the same, every figure has an interval from a
bootstrap over data sets. Writes docs/benchmarks/adapt.md and the shipped table when run on the shared data; ``--cache FOLDER`` keeps what was
measured; ``--root FOLDER --shipped`` holds the shipped table against data sets that it has never seen; ``--measured`` takes only what is in the cache.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

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
PARTLY = "Made with `--measured`: of the pairs that the command draws, those that had been measured on a busy machine."
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
    parser.add_argument("--peer", type=Path, default=None, help="what `adapt_peer` wrote")
    parser.add_argument(
        "--unseen", type=Path, default=None, help="folder of data sets that nobody has looked at"
    )
    parser.add_argument("--unseen-cache", type=Path, default=None, help="folder for their materials")
    parser.add_argument("--measured", action="store_true", help="only what the cache holds")
    parser.add_argument("--out", type=Path, default=None, help="where the page goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measured = partial(_measured, too=not options.measured)
        transfers = measured(options.cache or Path(folder), options.root)
        others = options.unseen_cache or Path(folder) / "unseen"
        unseen = [] if options.unseen is None else measured(others, options.unseen)
    peer = None if options.peer is None else json.loads(options.peer.read_text("utf-8"))
    text = page(transfers, shipped() if options.shipped else None, peer, unseen)
    if options.measured:
        text = text.replace("\n\n", f"\n\n{PARTLY}\n\n", 1)
    print(text)
    ours = options.root == SHARED and not options.shipped
    if ours:
        TABLE.write_text(table_of(transfers).to_json(), encoding="utf-8")
    out = options.out or (PAGE if ours else None)
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(text, encoding="utf-8")


def _measured(cache: Path, root: Path, *, too: bool) -> list[Transfer]:
    return [transfer(one) for one in kept(cache, root=root, missing_too=too)]


def page(
    transfers: Sequence[Transfer],
    table: Priors | None,
    peer: list[dict[str, Any]] | None = None,
    unseen: Sequence[Transfer] = (),
) -> str:
    """The whole page."""
    lines = [
        "# Adaptation that helps, or refuses",
        "",
        "Written by `python -m benchmarks.adapt`. " + _how(table),
        "",
        "At most 2,000 source rows, of which half train, and 1,000 target rows; neither the methods nor the rule see labels of the target, except for",
        "the k labels of the tables that say so, which are then left out of the judged rows. Every figure is a mean over data sets, in points of",
        f"accuracy or in per cent of pairs, in brackets a 95 % interval from a bootstrap over data sets. *Worse* means by more than {100 * HARM:.0f} point.",
        "",
        "**The rule.** A candidate is believed to fare as candidates of its name fared in other transfers of the same kind: the share of rows, of those whose",
        "label it changed, on which it was right alone and wrong alone (`choice/priors.json`). Labels add their counts. Chosen is the largest expected gain of at",
        f"least {100 * LEAST:g} points whose believed risk of harm is at most {RISK} (without labels; with labels {RISK_WITH_LABELS}). Without labels only",
        f"`{HEDGED}` may be chosen, in which the source model keeps half the say, unless a candidate puts lost class shares back.",
        "`wt.adapt` asks in addition, without labels, that the committee's estimate of the source model's error leaves room for a gain: 2 err_T(h) − T(h ≠ h').",
        "These tables were measured without a committee, so that this condition is not in them.",
        "",
    ]
    for learner in LEARNERS:
        own = [t for t in transfers if t.learner == learner]
        if own:
            chosen = _left_out(transfers, own, table)
            lines += section(learner, own, chosen)
            if peer and learner == "logistic":
                lines += beside(peer, chosen["without labels"])
    if unseen:
        lines += beyond(unseen, table or table_of(transfers))
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


def beyond(unseen: Sequence[Transfer], table: Priors) -> list[str]:
    """The table learned from all data sets above, on others; all learners together."""
    chosen = _left_out(unseen, unseen, table)
    lines = [
        "## Data sets that nobody has looked at",
        "",
        f"{len(unseen)} transfers of {len({t.data_set for t in unseen})} tables of R packages, made by `benchmarks/registry.py`, which picks labels and domains by rule; logistic regression,",
        "one pair a table, tables in random order, as many as there was time for. Rule, constants and table were fixed before any of them was read, but for 13 of them, on which",
        "an earlier rule had been tried, and but for the kind of transfer in which alignments agree, which was made after one of them (`KMsurv__kidtran`) had been looked at.",
        "",
        *_header("Rule"),
        *[_line(f"**{name}**", outcomes) for name, outcomes in chosen.items()],
    ]
    lines += [
        _line(f"always `{name}`", fixed(unseen, name)) for name in ("mean_scale", "coral", "half_aligned")
    ]
    return [*lines, "", "Chosen without labels: " + _counts(chosen["without labels"]), ""]


def beside(peer: list[dict[str, Any]], ours: Sequence[Outcome]) -> list[str]:
    """What skada's scorers chose on the same rows, one pair a data set."""
    mine = {o.pair: o.gain for o in ours}
    rows = [row for row in peer if row["pair"] in mine]
    columns = {"our rule": [mine[row["pair"]] for row in rows]}
    columns |= {f"skada, {scorer}": [row["scorers"][scorer] for row in rows] for scorer in rows[0]["scorers"]}
    lines = [
        f"On the same rows of {len(rows)} of these pairs, one a data set (under {WIDE} columns), what the scorers of skada 0.6.0 take among source only, CORAL, linear",
        "optimal transport and subspace alignment, each as skada has them (`benchmarks/adapt_peer.py`; its linear transport fails where a column is constant):",
        "",
        "| Chosen by | mean gain | worse | mean of negative parts | worst |",
        "|---|---|---|---|---|",
    ]
    for name, values in columns.items():
        gains = np.array(values)
        figures = [mean_of(part.astype(float)) for part in (gains, gains < -HARM, np.minimum(gains, 0.0))]
        shown = " | ".join(str(Points(value=f.value, low=f.low, high=f.high)) for f in figures)
        lines.append(f"| {name} | {shown} | {100 * gains.min():.1f} |")
    return [*lines, ""]


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
