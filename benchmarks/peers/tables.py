"""The tables of docs/benchmarks/peers.md, from what ours and the peers left in the cache."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import materials
from benchmarks.adapt import Points
from benchmarks.adapt_judged import Outcome, Transfer, table_of, transfer, with_labels, without_labels
from benchmarks.calibrate import Measured
from benchmarks.judged import BEYOND, Field, by_set, judge, mean_of
from benchmarks.peers.environments import read
from benchmarks.peers.ours import DROP, kept
from benchmarks.problems import Pair
from whytransfer.backtest import shipped
from whytransfer.choice import shipped as shipped_priors
from whytransfer.choice.rule import HARM
from whytransfer.claims.power import labels_needed

FINE = 0.05
"""A pair is truly fine where the error rises by no more, and broken where it rises by more than `DROP`; what lies between is in neither."""
LEAST_SETS = 21
"""Data sets from which limits can be fitted on all others: one more than a 95 % quantile takes."""
TITLES = {
    "shared": "The shared data sets",
    "unseen": "Tables that the shipped reference class and the shipped priors have never seen",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Group:
    """All pairs of one group, in one order.

    Parameters
    ----------
    name : str
        ``shared`` or ``unseen``.
    field : Field
        Ours against the truth.
    keys : list of str
        By pair, where the peers keep theirs.
    transfers : list of Transfer
        The adaptations, the same order.
    truths : list of ndarray
        True classes of the target rows of the adaptations.
    peers : dict of str to dict
        What each peer's script left.
    left_out : bool
        Whether limits and priors were learned on the other data sets of this run; else they are the shipped ones.
    """

    name: str
    field: Field
    keys: list[str]
    transfers: list[Transfer]
    truths: list[np.ndarray]
    peers: dict[str, dict[str, Any]]
    left_out: bool

    def column(self, peer: str, what: Callable[[dict[str, Any]], float]) -> np.ndarray:
        """A figure of a peer by pair, NaN where it failed or was not measured."""
        pairs = self.peers.get(peer, {}).get("pairs", {})
        found = [pairs.get(key, {"failed": ""}) for key in self.keys]
        return np.array([np.nan if "failed" in one else float(what(one)) for one in found])

    def mean(self, values: np.ndarray, rows: np.ndarray | None = None) -> str:
        """Mean over data sets with its interval, where the values are known."""
        known = np.isfinite(values) if rows is None else rows & np.isfinite(values)
        return str(mean_of(by_set(values, self.field.sets, known))) if known.any() else "–"


def group(name: str, pairs: Sequence[Pair], cache: Path, peers: dict[str, dict[str, Any]]) -> Group | None:
    """Read a group back; None where it has no pair."""
    found = []
    for pair in pairs:
        for material in materials.read(cache / "materials" / f"{pair.key}.npz"):
            measured = Measured(material)
            if measured.transfer is not None:
                found.append((pair, measured, kept(pair, cache)))
    if not found:
        return None
    left_out = name == "shared" and len({pair.data_set for pair, *_ in found}) >= LEAST_SETS
    return Group(
        name=name,
        field=judge([m for _, m, _ in found], ("panel", "cbpe"), None if left_out else shipped()),
        keys=[pair.key for pair, *_ in found],
        transfers=[transfer(k, contested(m)) for _, m, k in found],
        truths=[k.arrays["truth"] for *_, k in found],
        peers=peers,
        left_out=left_out,
    )


def contested(measured: Measured) -> float | None:
    """How much more the audit's committee contradicts the source model on the target than on the source; None where it was not asked."""
    profile = measured.transfer.profile
    told = profile.estimates.get("disagreement")
    return None if told is None else told - profile.source_error


def sections(one: Group) -> list[str]:
    """Every table of a group."""
    sets, how = len(np.unique(one.field.sets)), "left out" if one.left_out else "shipped"
    told = {
        "left out": "Our limits and priors were learned on the other data sets of this very run (whole sets left out), from far fewer pairs than the shipped ones: those have seen these sets.",
        "shipped": "Our limits and priors are the shipped ones.",
    }[how]
    return [
        f"## {TITLES[one.name]}",
        "",
        f"{len(one.keys)} pairs of {sets} data sets. {told}",
        "",
        *intervals(one),
        *comfort(one),
        *alarms(one),
        *adaptation(one),
        *labels(one),
        *each(one),
    ]


# ---------------------------------------------------------------- who is better at what


def wins(groups: Sequence[Group], peers: Mapping[str, dict[str, Any]], audited: dict[str, Any]) -> list[str]:
    """Where a peer's figure is the better one, by rule; nobody picks the lines."""
    lines = [
        "## Where a peer wins",
        "",
        "Written by rule from the tables below: every figure of theirs that is better than ours, by chance or not.",
        "",
    ]
    for one in groups:
        where = "shared data" if one.name == "shared" else "unseen tables"
        lines += [f"- {where}: {told}" for told in _won(one)]
    done = {name: np.median([f["cpu"] for f in found["pairs"].values()]) for name, found in peers.items()}
    if audited and done:
        own = np.median([f["cpu"] for f in audited["pairs"].values()])
        quicker = sorted((cpu, name) for name, cpu in done.items() if cpu < own)
        if quicker:
            told = ", ".join(f"{name} {cpu:.1f} s" for cpu, name in quicker)
            lines.append(f"- processor time a pair, for what each does: {told}; a whole audit {own:.1f} s.")
    return [*lines, ""]


def _won(one: Group) -> list[str]:
    field, found, lines = one.field, bands(one), []
    rise = field.truth - field.source_error

    def at(values: np.ndarray, rows: np.ndarray | None = None) -> float:
        known = np.isfinite(values) & (np.ones(len(values), dtype=bool) if rows is None else rows)
        return float(np.nanmean(by_set(values, field.sets, known))) if known.any() else np.nan

    ours, theirs = found["whytransfer, panel"], found["NannyML, CBPE with its confidence band"]
    both = np.isfinite(theirs[0])
    miss, cbpe = (at(np.abs(band[0] - field.truth), both) for band in (ours, theirs))
    if cbpe < miss:
        lines.append(
            f"NannyML's CBPE lies nearer to the truth: mean absolute error {cbpe:.3f}, ours {miss:.3f}."
        )
    widths = [at(band[2] - band[1], both) for band in (ours, theirs)]
    if widths[1] < widths[0]:
        held = at((np.abs(field.truth - (theirs[1] + theirs[2]) / 2) <= (theirs[2] - theirs[1]) / 2 + 1e-12).astype(float), both)  # fmt: skip
        lines.append(f"CBPE's band is narrower, {widths[1]:.3f} to {widths[0]:.3f}; it holds the truth in {100 * held:.0f} % of the data sets.")  # fmt: skip
    for drop in (FINE, DROP):
        tolerance = field.source_error + drop
        fine = (field.truth <= tolerance) & both
        power = (
            at(field.works("panel", tolerance).astype(float), fine),
            at((theirs[2] <= tolerance) * 1.0, fine),
        )
        false = [
            at((told & (field.truth > tolerance + BEYOND)) * 1.0, both)
            for told in (field.works("panel", tolerance), theirs[2] <= tolerance)
        ]
        if power[1] > power[0]:
            lines.append(
                f"at err_S + {drop}, CBPE's band passes {100 * power[1]:.0f} % of the truly fine pairs, our verdict {100 * power[0]:.0f} %; false comfort {100 * false[1]:.1f} % and {100 * false[0]:.1f} % of all pairs."
            )
    broken = rise > DROP
    if broken.any():
        fails = (field.judged["panel"].lower > field.source_error + DROP) & field.like
        own = at(fails.astype(float), broken)
        rung = [
            f"{name} {100 * at(said, broken):.0f} % ({100 * at(said, rise <= FINE):.0f} %)"
            for name, said in drift(one).items()
            if at(said, broken) > own
        ]
        if rung:
            lines.append(
                f"rings on broken pairs, in brackets on fine ones: {'; '.join(rung)}; our FAILS {100 * own:.0f} % ({100 * at(fails.astype(float), rise <= FINE):.0f} %)."
            )
    gained = gains(one)
    own = gained["whytransfer, without labels"]
    ahead = []
    for name, values in gained.items():
        known = np.isfinite(values)
        if not name.startswith("whytransfer") and known.any():
            theirs_gain, ours_gain = (at(np.where(known, v, np.nan)) for v in (values, own))
            if theirs_gain > ours_gain:
                ahead.append(f"{name} {100 * theirs_gain:+.1f} ({100 * np.nanmin(values):+.1f})")
    if ahead:
        lines.append(
            f"mean gain without labels in points, in brackets the worst: {'; '.join(ahead)}; ours {100 * at(own):+.1f} ({100 * np.nanmin(own):+.1f})."
        )
    return lines


# ---------------------------------------------------------------- the target's error


def bands(one: Group) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Estimate, lower and upper limit of the target's error by pair, of each tool that gives them."""
    field = one.field
    found = {
        "whytransfer, panel": tuple(
            getattr(field.judged["panel"], k) for k in ("estimate", "lower", "upper")
        ),
        "whytransfer, CBPE alone with our limits": tuple(
            getattr(field.judged["cbpe"], k) for k in ("estimate", "lower", "upper")
        ),
    }
    accuracy, low, high, below, above = (
        one.column("nannyml", lambda f, k=k: f[k])
        for k in ("accuracy", "lower", "upper", "threshold_low", "threshold_high")
    )
    found["NannyML, CBPE with its confidence band"] = (1 - accuracy, 1 - high, 1 - low)
    found["NannyML, CBPE with its alert thresholds"] = (1 - accuracy, 1 - above, 1 - below)
    return found


def intervals(one: Group) -> list[str]:
    lines = [
        "### Intervals for the target's error",
        "",
        "| interval | upper limit holds | lower limit holds | both hold | mean width | median width | mean absolute error of the estimate |",
        "|---|---|---|---|---|---|---|",
    ]
    truth = one.field.truth
    for name, (estimate, lower, upper) in bands(one).items():
        above, below = (np.where(np.isfinite(upper), part, np.nan) for part in (truth <= upper + 1e-12, truth >= lower - 1e-12))  # fmt: skip
        width = upper - lower
        median = np.nanmedian(by_set(width, one.field.sets, np.isfinite(width))) if np.isfinite(width).any() else np.nan  # fmt: skip
        figures = [one.mean(v) for v in (above, below, above * below, width)]
        lines.append(
            f"| {name} | {' | '.join(figures)} | {median:.3f} | {one.mean(np.abs(estimate - truth))} |"
        )
    return [*lines, ""]


def comfort(one: Group) -> list[str]:
    """Who says that it works, and is wrong."""
    lines = [
        "### False comfort",
        "",
        f"*Told WORKS* at a requirement: our verdict; for CBPE, that its band, or its estimate, lies within. False where the true error exceeds the requirement by more than {BEYOND}.",
        "",
        "| requirement | told by | false comfort, of all pairs | truly fine pairs told WORKS |",
        "|---|---|---|---|",
    ]
    found, truth = bands(one), one.field.truth
    estimate, _, upper = found["NannyML, CBPE with its confidence band"]
    for drop in (FINE, DROP):
        tolerance = one.field.source_error + drop
        told = {
            "whytransfer, panel": one.field.works("panel", tolerance).astype(float),
            "NannyML, band": np.where(np.isfinite(upper), upper <= tolerance, np.nan),
            "NannyML, estimate": np.where(np.isfinite(estimate), estimate <= tolerance, np.nan),
        }
        for name, works in told.items():
            false = one.mean(np.where(truth > tolerance + BEYOND, works, works * 0.0))
            lines.append(f"| err_S + {drop} | {name} | {false} | {one.mean(works, truth <= tolerance)} |")
    return [*lines, ""]


def drift(one: Group) -> dict[str, np.ndarray]:
    """Whether each detector rings, by pair."""
    return {
        "Evidently, data drift preset (half of the columns)": one.column("evidently", lambda f: f["alarm"]),
        "Evidently, any column": one.column("evidently", lambda f: f["share"] > 0),
        "Frouros, Kolmogorov–Smirnov, Bonferroni": one.column("frouros", lambda f: f["ks"]),
        "Frouros, MMD": one.column("frouros", lambda f: f["mmd"]),
        "alibi-detect, TabularDrift": one.column("alibi-detect", lambda f: f["tabular"]),
        "alibi-detect, MMDDrift": one.column("alibi-detect", lambda f: f["mmd"]),
        "NannyML, domain classifier": one.column("nannyml", lambda f: f["auc_alert"]),
        "NannyML, CBPE: most chunks alert": one.column("nannyml", lambda f: f["alerts"] > 0.5),
        "NannyML, CBPE: any chunk alerts": one.column("nannyml", lambda f: f["alerts"] > 0),
    }


def alarms(one: Group) -> list[str]:
    """Alarms of drift against what became of the error."""
    field, rise = one.field, one.field.truth - one.field.source_error
    fine, broken = rise <= FINE, rise > DROP
    rings = drift(one)
    lines = [
        "### Alarms against the truth",
        "",
        f"{int(fine.sum())} pairs are truly fine (the error rises by at most {FINE}), {int(broken.sum())} broken (by more than {DROP}). Ours rings where the verdict is FAILS at err_S + {DROP}, is quiet where",
        "it is WORKS, and says UNDECIDED elsewhere; the others have no third answer.",
        "",
        "| who | rings on fine pairs | quiet on broken pairs | undecided on fine pairs | undecided on broken pairs |",
        "|---|---|---|---|---|",
    ]
    tolerance = field.source_error + DROP
    works = field.works("panel", tolerance)
    fails = (field.judged["panel"].lower > tolerance) & field.like
    open_ = (~works & ~fails).astype(float)
    ours = [one.mean(v.astype(float), rows) for v, rows in ((fails, fine), (works, broken), (open_, fine), (open_, broken))]  # fmt: skip
    lines.append(f"| whytransfer, label-free verdict | {' | '.join(ours)} |")
    for name, said in rings.items():
        lines.append(f"| {name} | {one.mean(said, fine)} | {one.mean(1 - said, broken)} | – | – |")
    return [*lines, ""]


# ---------------------------------------------------------------- adaptation


def gains(one: Group) -> dict[str, np.ndarray]:
    """Gain over source only by rule and pair, in accuracy; each tool's over its own source model."""
    outcomes = _ours(one, lambda t, table: without_labels([t], table))
    found = {"whytransfer, without labels": outcomes}
    found |= {
        f"whytransfer, {k} labels": _ours(one, lambda t, table, k=k: with_labels([t], table, k))
        for k in (20, 100)
    }
    for peer, rules in (("skada", True), ("adapt", True), ("pot", False)):
        pairs = one.peers.get(peer, {}).get("pairs", {})
        known = [pairs.get(key, {"failed": ""}) for key in one.keys]
        done = [f for f in known if "failed" not in f]
        names = {"skada": "skada", "adapt": "adapt", "pot": "POT"}
        if rules:
            for rule in sorted({rule for f in done for rule in f["chosen"]}):
                found[f"{names[peer]}, {rule}"] = _gained(one, known, lambda f, rule=rule: f["chosen"][rule])
        for method in sorted({m for f in done for m in f["said"]} - {"source"}):
            found[f"{names[peer]}, always `{method}`"] = _gained(one, known, lambda _, method=method: method)
    return found


def _ours(one: Group, chosen: Callable[[Transfer, Any], list[Outcome]]) -> np.ndarray:
    tables: dict[str, Any] = {}
    found = []
    for t in one.transfers:
        if t.data_set not in tables:
            rest = [o for o in one.transfers if o.data_set != t.data_set]
            tables[t.data_set] = table_of(rest) if one.left_out else shipped_priors()
        outcomes = chosen(t, tables[t.data_set])
        found.append(float(np.mean([o.gain for o in outcomes])) if outcomes else np.nan)
    return np.array(found)


def _gained(one: Group, known: Sequence[dict], which: Callable[[dict], str]) -> np.ndarray:
    found = []
    for f, truth in zip(known, one.truths, strict=True):
        if "failed" in f or "source" not in f["said"]:
            found.append(np.nan)
            continue
        # A method that could not be fitted leaves the source model where it was.
        said = np.array(f["said"].get(which(f), f["said"]["source"]))
        found.append(float((said == truth).mean() - (np.array(f["said"]["source"]) == truth).mean()))
    return np.array(found)


def points(one: Group, values: np.ndarray) -> str:
    known = np.isfinite(values)
    if not known.any():
        return "–"
    f = mean_of(by_set(values, one.field.sets, known))
    return str(Points(value=f.value, low=f.low, high=f.high))


def adaptation(one: Group) -> list[str]:
    lines = [
        "### Adaptation, by who chooses",
        "",
        f"In points of accuracy over the same tool's own source model, or per cent of pairs. *Worse* means by more than {100 * HARM:.0f} point; a method that could not be fitted counts as the source model.",
        "",
        "| chosen by | pairs | mean gain | worse | better | mean of negative parts | worst |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, values in gains(one).items():
        known = np.isfinite(values)
        if not known.any():
            continue
        parts = (values, values < -HARM, values > HARM, np.minimum(values, 0.0))
        shown = [points(one, np.where(known, part, np.nan)) for part in parts]
        lines.append(f"| {name} | {known.sum()} | {' | '.join(shown)} | {100 * np.nanmin(values):.1f} |")
    return [*lines, ""]


# ---------------------------------------------------------------- labels


def labels(one: Group) -> list[str]:
    """What estimates are worth in labels, and how many a certificate takes."""
    truth, sets = one.field.truth, one.field.sets
    spread = np.sqrt(2 * truth * (1 - truth) / np.pi)
    lines = [
        "### In labels",
        "",
        "*Worth*: the size of a random draw of target labels whose own share of errors would lie as near to the truth on average (a normal draw, √(2p(1−p)/(πk)) away).",
        "",
        "| estimate | worth, labels |",
        "|---|---|",
    ]
    for name in ("whytransfer, panel", "NannyML, CBPE with its confidence band"):
        miss = np.abs(bands(one)[name][0] - truth)
        known = np.isfinite(miss)
        if known.any():
            k = (np.nanmean(by_set(spread, sets, known)) / np.nanmean(by_set(miss, sets, known))) ** 2
            lines.append(f"| {name.removesuffix(' with its confidence band')} | {k:.0f} |")
    needed = [labels_needed(float(p), float(p) + FINE, 0.05, at_most=10**5) if p + FINE < 1 else None for p in truth]  # fmt: skip
    known = [k for k in needed if k is not None]
    return [
        *lines,
        "",
        f"Random labels that certify an error at most {FINE} above the true one (Clopper–Pearson at .95, power .80): median {np.median(known):.0f}, from {min(known)} to {max(known)}. No peer plans them; what our plans save is in [labels](labels.md).",
        "",
    ]


# ---------------------------------------------------------------- data set by data set


def each(one: Group) -> list[str]:
    """Medians over the pairs of each data set."""
    found, gained = bands(one), gains(one)
    ours, theirs = found["whytransfer, panel"], found["NannyML, CBPE with its confidence band"]
    columns: dict[str, Callable[[np.ndarray], str]] = {
        "err_S": lambda r: f"{np.median(one.field.source_error[r]):.3f}",
        "err_T": lambda r: f"{np.median(one.field.truth[r]):.3f}",
        "our interval": lambda r: f"{np.median(ours[1][r]):.2f}–{np.median(ours[2][r]):.2f}",
        "CBPE's band": lambda r: f"{np.median(theirs[1][r]):.2f}–{np.median(theirs[2][r]):.2f}",
        "Evidently: columns that drift": lambda r: (
            f"{np.median(one.column('evidently', lambda f: f['share'])[r]):.2f}"
        ),
        "our gain": lambda r: f"{100 * np.median(gained['whytransfer, without labels'][r]):.1f}",
        "with 20 labels": lambda r: f"{100 * np.median(gained['whytransfer, 20 labels'][r]):.1f}",
    }
    for rule in ("skada, circular", "skada, importance weights", "adapt, reverse validation"):
        if rule in gained:
            columns[rule] = lambda r, rule=rule: f"{100 * np.median(gained[rule][r]):.1f}"
    lines = [
        "### By data set, medians over its pairs",
        "",
        f"| data set | pairs | {' | '.join(columns)} |",
        "|---|---|" + "---|" * len(columns),
    ]
    for name in np.unique(one.field.sets):
        rows = np.flatnonzero(one.field.sets == name)
        cells = [show(rows).replace("nan", "–") for show in columns.values()]
        lines.append(f"| {name} | {len(rows)} | {' | '.join(cells)} |")
    return [*lines, ""]


def quantity(found: dict[str, dict[str, float]]) -> list[str]:
    """NannyML's DLE on scikit-learn's diabetes."""
    if not found:
        return []
    lines = [
        "## A quantity: NannyML's DLE",
        "",
        "scikit-learn's diabetes, from one sex to the other, mean absolute error of a linear regression; DLE's estimate with its confidence band. Two pairs of one small data set show that it runs, not",
        "how good it is; ours for quantities are held against the truth [on a page of their own](quantities.md).",
        "",
        "| pair | error on the source | DLE | its band | true error | band holds |",
        "|---|---|---|---|---|---|",
    ]
    for name, f in found.items():
        holds = "yes" if f["lower"] <= f["truth"] <= f["upper"] else "no"
        lines.append(
            f"| {name} | {f['source']:.1f} | {f['estimate']:.1f} | {f['lower']:.1f}–{f['upper']:.1f} | {f['truth']:.1f} | {holds} |"
        )
    return [*lines, ""]


# ---------------------------------------------------------------- cost


def cost(peers: Mapping[str, dict[str, Any]], audited: dict[str, Any]) -> list[str]:
    """Seconds a pair and memory of the process."""
    lines = [
        "## Time and memory",
        "",
        "One thread each; medians over the pairs, on the machine that wrote this page, which was busy with other work: the processor's seconds are the fairer ones. Memory is the peak of the whole process over all pairs.",
        "Ours is a whole audit, with bounds, back-test and document; what each peer does is on the left.",
        "",
        "| what | pairs | wall, s | processor, s | start of the program, s | peak, MiB |",
        "|---|---|---|---|---|---|",
    ]
    for name, what in {
        "nannyml": "NannyML: CBPE twice, domain classifier",
        "evidently": "Evidently: data drift preset",
        "frouros": "Frouros: tests of columns, MMD",
        "alibi-detect": "alibi-detect: TabularDrift, MMDDrift",
        "skada": "skada: five methods, six scorers",
        "adapt": "adapt: four methods, reverse validation",
        "pot": "POT: two transports",
    }.items():
        if name in peers:
            lines.append(_cost(what, peers[name]))
    if audited:
        lines.append(_cost("whytransfer: audit", audited))
    return [*lines, ""]


def _cost(what: str, found: dict[str, Any]) -> str:
    done = [f for f in found["pairs"].values() if "failed" not in f]
    wall, cpu = (np.median([f[k] for f in done]) if done else np.nan for k in ("wall", "cpu"))
    start = f"{found['start']:.1f}" if "start" in found else "–"
    return f"| {what} | {len(done)} | {wall:.2f} | {cpu:.2f} | {start} | {found['peak']:.0f} |"


def failures(peers: Mapping[str, dict[str, Any]]) -> list[str]:
    """What a peer could not do, counted."""
    lines = ["## What failed", "", "| who | what | on pairs | the first message |", "|---|---|---|---|"]
    for name, found in peers.items():
        said: dict[str, list[str]] = {}
        for f in found["pairs"].values():
            if "failed" in f:
                said.setdefault("everything", []).append(f["failed"])
            for what, message in f.get("errors", {}).items():
                said.setdefault(what, []).append(message)
        lines += [
            f"| {name} | {what} | {len(messages)} of {len(found['pairs'])} | {messages[0].splitlines()[0][:110].replace('|', '/')} |"
            for what, messages in sorted(said.items())
        ]
    return [*lines, ""] if len(lines) > 4 else []


def answers(audited: dict[str, Any]) -> str:
    """How many whole audits ended with which answer."""
    counted = sorted(
        (answer, len(list(found)))
        for answer, found in itertools.groupby(sorted(f["answer"] for f in audited.get("pairs", {}).values()))
    )
    return ", ".join(f"{answer} {count}" for answer, count in counted)


def left(cache: Path, peers: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What each peer's script left in the cache."""
    return {name: found for name in peers if (found := read(cache / f"{name}.json"))}
