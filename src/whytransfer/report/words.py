"""The words of the report: names and sentences that a person understands."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from whytransfer.claims import Level, figures
from whytransfer.claims.assumption import KNOWN_AS

ANSWERS = {"works": "WORKS", "fails": "FAILS", "undecided": "UNDECIDED", "not_comparable": "NOT COMPARABLE"}

LEVEL_SENTENCES = {str(level): level.sentence for level in Level}

LEVEL_WORDS = {
    "proved": "proved",
    "conditional": "proved if its assumptions hold",
    "estimated": "an estimate, not a guarantee",
    "witness": "a counter-example on these rows",
}

UNITS = {
    "error": "error",
    "feature": "raw units of the columns",
    "kernel": "distance of kernel means",
    "moment": "difference of moments",
    "nats": "nats",
    "ratio": "ratio",
    "auc": "share of pairs told apart, 0.5 to 1",
    "label": "unit of the label",
}

METRICS = {
    "target_balanced_error": "Balanced error on the target",
    "target_f1": "One minus the macro F1 on the target",
    "target_auc": "One minus the AUC on the target",
    "target_cost": "Mean cost on the target",
}

FLAGS = {
    "rejected": "rejected: not to be trusted, an assumption behind it is rejected",
    "far": "far: not to be trusted, this transfer is unlike all reference transfers",
    "vacuous": "vacuous: no better than guessing",
    "uninformative": "uninformative: no better than always predicting the source's most frequent class",
}

STATUSES = {str(status): said for status, said in KNOWN_AS.items()}

SHIFT_KINDS = {
    "none_visible": "no shift is visible",
    "covariate": "the inputs shifted",
    "label": "the class shares shifted",
    "covariate_or_label": "the inputs or the class shares shifted",
    "support": "the target has rows unlike any source row",
    "new_class": "the target may hold a class the source does not know",
    "subspace": "the shift lies in a few directions",
    "concept": "the labels mean something else",
}

_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories without a glyph: control, format, surrogate, private, unassigned, separators of lines."""

_ESTIMATORS = {
    "direct": "from target labels",
    "panel": "panel of estimators",
    "ac": "average confidence (AC)",
    "doc": "difference of confidences (DoC)",
    "atc": "thresholded confidence (ATC)",
    "cbpe": "calibrated confidence (CBPE)",
    "pape": "weighted calibrated confidence (PAPE)",
    "cot": "confidence transport (COT)",
    "cott": "thresholded confidence transport (COTT)",
    "iw": "importance weighting",
    "disagreement": "disagreement of models",
    "subspaces": "disagreement of models of half the columns",
    "dis2": "disagreement discrepancy (Dis²)",
    "odd": "overlap-aware disagreement (ODD)",
    "bbse": "label-shift correction (BBSE)",
    "em": "label-shift correction (EM)",
    "atc_entropy": "thresholded entropy (ATC)",
    "cbpe_temperature": "calibrated confidence, temperature (CBPE)",
    "cot_em": "confidence transport, estimated shares",
    "cott_em": "thresholded transport, estimated shares",
    "cot_gap": "rise of the confidence transport",
    "knn": "error of near source rows",
    "nearest_source": "error of the nearest source rows",
    "aline": "agreement on the line",
    "dle": "direct loss estimation (DLE)",
    "iw_loss": "importance-weighted source loss",
}

_THEOREMS = {
    "hdh": "three-term bound (HΔH)",
    "disparity": "disparity bound",
    "margin_disparity": "margin disparity bound",
    "lagrangian": "Lagrangian version-space bound",
    "localised": "localised version-space bound",
    "version_space": "version-space bound",
    "subspaces": "disagreement of models of half the columns",
    "dis2": "disagreement discrepancy (Dis²)",
    "odd": "overlap-aware disagreement (ODD)",
    "cells": "cells of confidence",
    "support": "support bound",
    "importance_weighting": "importance weighting, estimated weights",
    "prevalence": "shares of the classes (Fréchet)",
    "label_shift_lp": "label shift, linear programme",
    "labelling_functions": "bound of the labelling functions",
    "transport_labels": "transport of labels",
    "ball": "ball around the source",
    "mansour": "Mansour's bound",
    "alpha_pooling": "pooling with target labels",
    "pac_bayes_da": "PAC-Bayesian bound",
    "pac_bayes_ratio": "PAC-Bayesian bound by a ratio",
    "mmd": "MMD bound",
    "wasserstein": "Wasserstein bound",
    "vc": "VC bound",
    "tv_lower": "total-variation bound",
    "zhao_lower": "Zhao's bound",
}

_DIVERGENCES = {
    "half_line": "half-lines (Kolmogorov)",
    "interval": "intervals",
    "stump": "stumps",
    "stump_pairs": "pairs of stumps (HΔH)",
    "wasserstein1": "Wasserstein distance W1, one column",
    "wasserstein": "Wasserstein distance W1",
    "mmd": "maximum mean discrepancy (MMD)",
    "energy": "energy distance",
    "domain_classifier": "domain classifier (AUC)",
    "hdh": "HΔH",
}


def title(claim: Mapping[str, Any]) -> str:
    """What sets a claim apart inside its group.

    >>> title({"id": "target_error.version_space.stumps"}), title({"id": "adaptability.stumps"})
    ('version-space bound, stumps', 'stumps')
    """
    head, _, rest = str(claim["id"]).partition(".")
    first, _, last = rest.partition(".")
    if head == "source_error":
        return plain(rest) or "held-out rows"
    if head in {"target_error", "error_drop"} and not last:
        return _ESTIMATORS.get(first) or _THEOREMS.get(first, plain(first) or "target rows")
    if head in {"target_error", "error_drop", "error_sum_lower"}:
        return f"{theorem(first)}{f', {plain(last)}' if last else ''}"
    if head == "region_error":
        return f"error within the region, {theorem(first)}"
    if head == "divergence":
        return f"{_DIVERGENCES.get(first, plain(first))}{f' of {plain(last)}' if last else ''}"
    if head == "adaptability":
        return plain(rest)
    return plain(str(claim["id"]))


def capital(text: str) -> str:
    """The text with a capital first letter where that is a plain one, the rest untouched.

    >>> capital("three-term bound"), capital("λ is small"), capital("mmd_x is a column")
    ('Three-term bound', 'λ is small', 'mmd_x is a column')
    """
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    return (
        text[:1].upper() + text[1:]
        if first.isascii() and first.strip(",;:'").replace("-", "").isalpha()
        else text
    )


def sentence(text: str) -> str:
    """The text with a capital and a full stop.

    >>> sentence("λ is small"), sentence("Is it?")
    ('λ is small.', 'Is it?')
    """
    return capital(text) + ("" if text.rstrip()[-1:] in {"", ".", "!", "?", "…", ":"} else ".")


def theorem(name: str) -> str:
    """A theorem's name in words.

    >>> theorem("version_space"), theorem("my_bound")
    ('version-space bound', 'my bound')
    """
    return _THEOREMS.get(name, plain(name))


def plain(name: str) -> str:
    """A name of the library as words."""
    return name.replace("_", " ").replace(".", ", ")


def labels_needed(document: Mapping[str, Any]) -> str | None:
    """How many labels would settle the question, and which estimate has to be right: the panel's, or in a plan that of its labels.

    None where nobody knows, and where the answer is certified: there is nothing left to settle.
    """
    verdict = document["verdict"]
    settled = verdict["answer"] in ("works", "fails") and verdict["basis"] == "certified"
    if verdict["labels_needed"] is None or settled:
        return None
    number = figures.count(verdict["labels_needed"])
    asked = any(claim["id"].endswith(".panel") for claim in document["claims"])
    whose = "the panel's estimate" if asked else "the estimate from the labels so far"
    # Rows whose labels were looked at can't be drawn again, but a sequential plan goes on with them.
    sequential = document["provenance"]["options"].get("design") == "sequential"
    more = "in all" if sequential else "fresh ones" if document["problem"]["target"]["labelled"] else ""
    which = f"target labels{f' ({more})' if more else ''}, drawn at random,"
    return f"{number} {which} would settle it with probability .80 if {whose} is right"


def row_counts(problem: Mapping[str, Any]) -> str:
    """The sizes of both domains."""
    return ", ".join(
        f"{domain} {figures.count(problem[domain]['rows'])} ({figures.count(problem[domain]['labelled'])} labelled)"
        for domain in ("source", "target")
    )


def silence(claim: Mapping[str, Any]) -> str:
    """Why a claim holds no number."""
    reason, rest = claim["detail"].get("reason"), claim["detail"].get("without_the_unseen_part")
    if reason:
        beside = f" (the rest of the bound is {figures.number(rest)})" if isinstance(rest, float) else ""
        return f"{reason}{beside}"
    if str(claim["id"]).startswith("adaptability"):
        return "not estimable without target labels"
    return "nothing can be said"


def told_once(texts: Iterable[str]) -> list[str]:
    """Sentences about several things, each once: what is said of all of them after the same colon follows their names.

    >>> told_once(["hdh: never", "vc: now", "disparity: never"])
    ['hdh; disparity: never', 'vc: now']
    """
    about: dict[str, list[str]] = {}
    for text in texts:
        name, colon, said = text.partition(": ")
        about.setdefault(colon + said, []).append(name)
    return [f"{'; '.join(names)}{said}" for said, names in about.items()]


def overlap_sentence(overlap: Mapping[str, Any], p: float | None) -> str:
    """How well a classifier tells the domains apart."""
    lower = overlap.get("auc_lower")
    limit = f", at least {figures.at_least(lower)}" if lower is not None else ""
    test = f", {figures.tested(p)}" if p is not None else ""
    end = "; the domains do not overlap" if overlap.get("no_overlap") else ""
    return (
        f"a classifier tells source rows from target rows with AUC {figures.estimate(overlap['auc'])}{limit}{test} "
        f"(0.5: not at all, 1: always){end}"
    )


def clean(text: str, *, longest: int = 600) -> str:
    r"""The text of somebody else, safe to lay out: control and direction characters made visible, overlong text cut.

    >>> clean("a\x1b[31mb\u202ec")
    'a\\x1b[31mb\\u202ec'
    """
    if len(text) > longest:
        text = f"{text[:longest]} [cut: {len(text) - longest:,} more characters in the JSON]"
    if text.isprintable():
        return text
    return "".join(_visible(character) for character in text)


def _visible(character: str) -> str:
    # A joiner inside an emoji or a word of Persian or Hindi is spelling, not a trick.
    if character in "\u200c\u200d" or unicodedata.category(character) not in _UNSEEN:
        return character
    return character.encode("unicode_escape").decode("ascii")
