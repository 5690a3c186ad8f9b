"""Can the two domains be told apart? One cross-fitted classifier, fitted once and used by everyone."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from whytransfer.io.journal import kept
from whytransfer.overlap.auc import auc_lower_limit, auc_of
from whytransfer.overlap.calibration import calibrated
from whytransfer.overlap.neighbours import neighbours
from whytransfer.overlap.overlap import Overlap
from whytransfer.overlap.two_samples import Floats, Integers, TwoSamples
from whytransfer.threads import one_thread

SMALLEST_PROBABILITY = 1e-6
"""Probabilities nearer to 0 or 1 are moved here, so that the density ratio stays finite; `Overlap.clipped` counts them."""

AUC_FAILURE = 0.05
"""One-sided failure probability of `Overlap.auc_lower`."""


class DomainClassifier:
    """A linear (logistic) and a boosted-tree classifier of source against target, the better one chosen by log-loss."""

    KINDS: ClassVar[tuple[str, ...]] = ("linear", "boosted")
    FOLDS: ClassVar[int] = 5

    @classmethod
    def fit(cls, Xs: Any, Xt: Any, seed: int = 0) -> Overlap:
        """Cross-fit both classifiers.

        Parameters
        ----------
        Xs, Xt : array-like of numbers, (n, p) and (m, p)
            Encoded rows.
        seed : int
            Fixes the folds, which are stratified by domain, and the trees.

        Returns
        -------
        Overlap
            With fewer than two rows in a domain: the prior as probability of every row, no AUC, and the reason.

        Raises
        ------
        InputError
            On anything but finite numbers in the same columns.

        Examples
        --------
        >>> overlap = DomainClassifier.fit([0.0, 0.1, 0.2, 0.3], [9.0, 9.1, 9.2, 9.3])
        >>> overlap.auc, overlap.proxy_a_distance, overlap.no_overlap
        (1.0, 2.0, False)
        """
        samples = TwoSamples.read(Xs, Xt)
        n, m = samples.n, samples.m
        folds = min(cls.FOLDS, n, m)
        if folds < 2:
            return _unfitted(samples)
        rows, is_target = samples.pooled, np.arange(n + m) >= n
        fold = fold_of_rows(n, m, folds, seed)
        fitted = {kind: _cross_fit(kind, rows, is_target, fold, seed) for kind in cls.KINDS}
        losses = {kind: _log_loss(probabilities, is_target) for kind, probabilities in fitted.items()}
        kind = min(cls.KINDS, key=losses.__getitem__)
        aucs = {name: _auc_within_folds(fitted[name], is_target, fold) for name in cls.KINDS}
        probabilities = np.clip(fitted[kind], SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        corrected = calibrated(probabilities, is_target, fold)
        usable = np.clip(corrected, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
        clipped = int(((probabilities != fitted[kind]) | (usable != corrected)).sum())
        for array in (probabilities, usable):
            array.flags.writeable = False
        return Overlap(
            probabilities=probabilities,
            calibrated=usable,
            neighbours=neighbours(samples.source, samples.target),
            n=n,
            m=m,
            folds=folds,
            kind=kind,
            auc=aucs[kind],
            auc_linear=aucs["linear"],
            auc_boosted=aucs["boosted"],
            auc_lower=auc_lower_limit(aucs[kind], n, m, AUC_FAILURE),
            balanced_error=_balanced_error(probabilities, is_target, fold),
            clipped=clipped,
        )


def fold_of_rows(n: int, m: int, folds: int, seed: int) -> Integers:
    """By row, its fold: 0 … folds − 1, as equal as can be in each domain. A domain's folds depend on its size only."""
    parts = [np.random.default_rng(seed).permutation(size) % folds for size in (n, m)]
    return np.concatenate(parts).astype(np.int64)


def score_rows(
    kind: str, train: Floats, train_is_target: NDArray[np.bool_], rows: Floats, seed: int
) -> Floats:
    """P(target | row) of `rows` by one classifier trained on `train`.

    One thread: the sums, and so the bytes of a report, do not depend on the machine's number of cores, and
    several audits beside each other do not fight for them (EVIDENCE section 4).
    """
    return kept(
        "domain classifier",
        (kind, train, train_is_target, rows, str(seed)),
        lambda: _scored(kind, train, train_is_target, rows, seed),
        write=lambda scores: {"scores": scores},
        read=lambda arrays: arrays["scores"],
    )


def _scored(kind: str, train: Floats, train_is_target: NDArray[np.bool_], rows: Floats, seed: int) -> Floats:
    classifier = _linear() if kind == "linear" else _boosted(seed)
    with one_thread(), warnings.catch_warnings():
        # Separable domains have no finite optimum: stopping at the iteration limit is what we want there.
        warnings.simplefilter("ignore")
        classifier.fit(train, train_is_target)
        return np.asarray(classifier.predict_proba(rows)[:, 1], dtype=np.float64)


def _linear() -> Any:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(max_iter=200))


def _boosted(seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=100, max_leaf_nodes=15, max_bins=64, early_stopping=False, random_state=seed
    )


def _cross_fit(kind: str, rows: Floats, is_target: NDArray[np.bool_], fold: Integers, seed: int) -> Floats:
    probabilities = np.empty(len(rows))
    for k in range(int(fold.max()) + 1):
        held_out = fold == k
        probabilities[held_out] = score_rows(
            kind, rows[~held_out], is_target[~held_out], rows[held_out], seed
        )
    return probabilities


def _log_loss(probabilities: Floats, is_target: NDArray[np.bool_]) -> float:
    p = np.clip(probabilities, SMALLEST_PROBABILITY, 1 - SMALLEST_PROBABILITY)
    return float(-np.where(is_target, np.log(p), np.log1p(-p)).mean())


def _auc_within_folds(probabilities: Floats, is_target: NDArray[np.bool_], fold: Integers) -> float:
    """The mean AUC of the folds, weighted by their number of pairs.

    Scores of two folds come from two classifiers, each of which has seen the other fold: comparing
    them pulls the AUC of equal laws below one half.
    """
    aucs: list[float] = []
    pairs: list[float] = []
    for k in range(int(fold.max()) + 1):
        inside = fold == k
        aucs.append(auc_of(probabilities[inside], is_target[inside]))
        pairs.append(float(is_target[inside].sum()) * float((~is_target[inside]).sum()))
    return float(np.average(aucs, weights=pairs))


def _balanced_error(probabilities: Floats, is_target: NDArray[np.bool_], fold: Integers) -> float:
    """Mean of the two domains' errors of the rule "target when the probability exceeds the training prior"."""
    called_target = np.empty(len(fold), dtype=bool)
    for k in range(int(fold.max()) + 1):
        inside = fold == k
        called_target[inside] = probabilities[inside] > is_target[~inside].mean()
    return float((called_target[~is_target].mean() + (~called_target[is_target]).mean()) / 2)


def _unfitted(samples: TwoSamples) -> Overlap:
    n, m = samples.n, samples.m
    probabilities = np.full(n + m, m / (n + m))
    probabilities.flags.writeable = False
    sizes: Sequence[str] = [f"{size} {name} row" for size, name in ((n, "source"), (m, "target")) if size < 2]
    return Overlap(
        probabilities=probabilities,
        calibrated=probabilities,
        neighbours=neighbours(samples.source, samples.target),
        n=n,
        m=m,
        folds=0,
        kind=None,
        auc=None,
        auc_linear=None,
        auc_boosted=None,
        auc_lower=None,
        balanced_error=None,
        clipped=0,
        reason=f"a domain classifier needs two rows of each domain, got {' and '.join(sizes)}",
    )
