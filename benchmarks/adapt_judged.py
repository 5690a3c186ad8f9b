"""Transfers as the choice sees them, and what became of every choice, whole data sets left out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from benchmarks.adapt_materials import DRAWS, FEW, LABELS, Kept
from whytransfer.choice import (
    SOURCE,
    Choice,
    Evidence,
    Fared,
    Paired,
    Priors,
    Setting,
    choose,
    choose_by_labels,
    coarse_share,
    collapse_of,
    fit_priors,
    kind_of,
    share_distance,
)
from whytransfer.methods import METHODS
from whytransfer.methods.half_aligned import ALIGNMENTS


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labelled:
    """What k target labels, drawn once, show; judged on all other target rows."""

    k: int
    evidence: tuple[Evidence, ...]
    compared: tuple[Paired, ...]
    gains: dict[str, float]
    fared: tuple[Fared, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Transfer:
    """One pair and learner: evidence, and how every candidate ended."""

    data_set: str
    pair: str
    learner: str
    setting: Setting
    evidence: tuple[Evidence, ...]
    gains: dict[str, float]
    fared: tuple[Fared, ...]
    labelled: tuple[Labelled, ...] = field(default=())


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome:
    """What one choice came to."""

    data_set: str
    pair: str
    learner: str
    choice: Choice
    gain: float
    best: float
    """The gain of the best candidate, the source model among them."""


def transfer(kept: Kept, contested: float | None = None) -> Transfer:
    """Turn what was measured into what the rule sees and what it does not; `contested` is the committee's rise of the source model, where one was asked."""
    proba, truth = _candidates(kept), kept.arrays["truth"]
    shares = np.bincount(kept.arrays["codes"], minlength=proba[SOURCE].shape[1]) / len(kept.arrays["codes"])
    auc, lower = (float(kept.arrays[key]) for key in ("auc", "auc_lower"))
    setting = Setting(
        columns="numbers",
        shift="unknown",
        classes=len(shares),
        n=len(kept.arrays["codes"]),
        m=len(truth),
        p=kept.arrays["S"].shape[1],
        auc=auc if np.isfinite(auc) else None,
        auc_lower=lower if np.isfinite(lower) else None,
        source_error=float(kept.arrays["source_error"]) if "source_error" in kept.arrays else None,
        shares=tuple(shares.tolist()),
        coarse=coarse_share(kept.arrays["S"]),
    )
    codes = {name: said.argmax(axis=1) for name, said in proba.items()}
    evidence = tuple(
        replace(one, contested=contested) if one.name == SOURCE else one for one in _evidence(codes, shares)
    )
    return Transfer(
        data_set=kept.data_set,
        pair=kept.pair,
        learner=kept.learner,
        setting=setting,
        evidence=evidence,
        gains=_gains(codes, truth),
        fared=_fared(kept.data_set, codes, truth, evidence, setting),
        labelled=tuple(_labelled(kept, codes, shares, setting)),
    )


def _candidates(kept: Kept) -> dict[str, np.ndarray]:
    proba = {key[6:]: value for key, value in kept.arrays.items() if key.startswith("proba.")}
    parts = [proba.get(kind.name) for kind in ALIGNMENTS]
    if all(part is not None for part in parts):
        proba["half_aligned"] = proba[SOURCE] / 2 + np.mean(parts, axis=0) / 2
    names = [SOURCE, *(name for name in METHODS if name in proba and name != SOURCE)]
    return {name: proba[name] for name in names}


def _evidence(codes: dict[str, np.ndarray], shares: np.ndarray) -> tuple[Evidence, ...]:
    made, names = [], [str(c) for c in range(len(shares))]
    for name, said in codes.items():
        predicted = np.bincount(said, minlength=len(shares)) / len(said)
        made.append(
            Evidence(
                name=name,
                family=METHODS[name].family,
                transforms_source=METHODS[name].transforms_source,
                moved=float((said != codes[SOURCE]).mean()),
                predicted=tuple(predicted.tolist()),
                share_distance=share_distance(predicted.tolist(), shares.tolist()),
                collapse=collapse_of(said, shares.tolist(), names),
            )
        )
    return tuple(made)


def _gains(codes: dict[str, np.ndarray], truth: np.ndarray) -> dict[str, float]:
    right = (codes[SOURCE] == truth).mean()
    return {name: float((said == truth).mean() - right) for name, said in codes.items()}


def _fared(
    data_set: str,
    codes: dict[str, np.ndarray],
    truth: np.ndarray,
    evidence: Sequence[Evidence],
    setting: Setting,
) -> tuple[Fared, ...]:
    kept = codes[SOURCE]
    return tuple(
        Fared(
            data_set=data_set,
            kind=kind_of(e, evidence, setting),
            name=e.name,
            moved=e.moved,
            better=float(((codes[e.name] == truth) & (kept != truth)).mean()),
            worse=float(((codes[e.name] != truth) & (kept == truth)).mean()),
        )
        for e in evidence[1:]
    )


def _labelled(
    kept: Kept, codes: dict[str, np.ndarray], shares: np.ndarray, setting: Setting
) -> Iterable[Labelled]:
    truth = kept.arrays["truth"]
    for k in LABELS:
        for draw in range(DRAWS):
            known = kept.arrays.get(f"rows.{k}.{draw}")
            if known is None:
                continue
            crossed = {name: said[known] for name, said in codes.items()}
            full = dict(codes)
            for name in FEW:
                crossed[name] = kept.arrays[f"crossed.{name}.{k}.{draw}"]
                full[name] = kept.arrays[f"full.{name}.{k}.{draw}"].argmax(axis=1)
            rest = np.setdiff1d(np.arange(len(truth)), known)
            judged = {name: said[rest] for name, said in full.items()}
            evidence = _evidence(judged, shares)
            wrong = {name: said != truth[known] for name, said in crossed.items()}
            yield Labelled(
                k=k,
                evidence=evidence,
                compared=tuple(
                    Paired(name=name, wrong=w, source_wrong=wrong[SOURCE], fixed=name not in FEW)
                    for name, w in wrong.items()
                    if name != SOURCE
                ),
                gains=_gains(judged, truth[rest]),
                fared=tuple(
                    f for f in _fared(kept.data_set, judged, truth[rest], evidence, setting) if f.name in FEW
                ),
            )


def table_of(transfers: Iterable[Transfer]) -> Priors:
    """The table learned from these transfers."""
    fared: list[Fared] = []
    for t in transfers:
        fared += t.fared
        fared += [f for drawn in t.labelled for f in drawn.fared]
    return fit_priors(fared)


def without_labels(transfers: Sequence[Transfer], table: Priors | None) -> list[Outcome]:
    """What the rule chose in each transfer, with a given table, or the one learned from all other data sets."""
    return [
        Outcome(
            data_set=t.data_set,
            pair=t.pair,
            learner=t.learner,
            choice=(made := choose(t.evidence, t.setting, own)),
            gain=t.gains[made.name],
            best=max(t.gains.values()),
        )
        for t, own in _each(transfers, table)
    ]


def with_labels(transfers: Sequence[Transfer], table: Priors | None, k: int) -> list[Outcome]:
    """The same with k labels, each draw by itself."""
    return [
        Outcome(
            data_set=t.data_set,
            pair=t.pair,
            learner=t.learner,
            choice=(made := choose_by_labels(drawn.compared, drawn.evidence, t.setting, own)),
            gain=drawn.gains[made.name],
            best=max(drawn.gains.values()),
        )
        for t, own in _each(transfers, table)
        for drawn in t.labelled
        if drawn.k == k
    ]


def _each(transfers: Sequence[Transfer], table: Priors | None) -> Iterable[tuple[Transfer, Priors]]:
    tables: dict[str, Priors] = {}
    for t in transfers:
        if table is None and t.data_set not in tables:
            tables[t.data_set] = table_of(o for o in transfers if o.data_set != t.data_set)
        yield t, tables[t.data_set] if table is None else table
