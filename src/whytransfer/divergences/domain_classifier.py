"""How well a classifier tells the two domains apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from whytransfer.claims import Claim, Level, Unit
from whytransfer.divergences.base import Divergence, Findings, Laws
from whytransfer.divergences.permutation import Relabelled, relabellings
from whytransfer.divergences.request import PERMUTE, SPLIT, Halves, Request
from whytransfer.overlap import DomainClassifier, Overlap, TwoSamples, auc_lower_limit, score_rows


@dataclass(frozen=True, slots=True, kw_only=True)
class DomainClassifierAUC(Divergence):
    """The cross-fitted AUC of a classifier of source against target; the proxy A-distance and the test in ``detail``.

    .5 is what equal laws give, 1 is perfect separation. The better of a linear and a boosted classifier
    (`overlap.DomainClassifier`). The lower limit is Newcombe's (`overlap.auc_lower_limit`), an approximation: level
    estimated. There is no upper limit: a better classifier may exist. The test is exact: both classifiers are
    trained on a seeded half of each domain, their mean probability scores the other half, whose labels
    are exchanged (Lopez-Paz and Oquab 2017).

    Examples
    --------
    >>> DomainClassifierAUC().between([0.0, 0.1, 0.2, 0.3], [9.0, 9.1, 9.2, 9.3])
    1.0
    """

    name: ClassVar[str] = "domain_classifier"
    unit: ClassVar[Unit] = Unit.AUC
    convention: ClassVar[str] = (
        "cross-fitted AUC of source against target, .5 for equal laws, 1 for separated ones"
    )
    reference: ClassVar[str] = "lopez-paz:17"
    laws: ClassVar[Laws] = Laws(
        largest=1.0, on_itself=0.5, symmetric=False, row_order=False, translation=False
    )
    level: ClassVar[Level] = Level.ESTIMATED

    def between(self, Xs: Any, Xt: Any) -> float:
        """The cross-fitted AUC (seed 0); .5, what nothing learnt gives, where a domain has a single row."""
        auc = DomainClassifier.fit(Xs, Xt, 0).auc
        return 0.5 if auc is None else auc

    def measure(self, samples: TwoSamples, request: Request) -> Findings:
        """The AUC with its lower limit."""
        return self.findings(DomainClassifier.fit(samples.source, samples.target, request.seed), request)

    def findings(self, overlap: Overlap, request: Request) -> Findings:
        """The AUC of a fit that was made already, with its lower limit at `request.delta`."""
        auc = overlap.auc
        return Findings(
            estimate=auc,
            lower=None if auc is None else auc_lower_limit(auc, overlap.n, overlap.m, request.delta),
            reason=overlap.reason or "no upper limit: a better classifier may exist",
            detail={
                "proxy_a_distance": overlap.proxy_a_distance,
                "auc_linear": overlap.auc_linear,
                "auc_boosted": overlap.auc_boosted,
                "classifier": overlap.kind,
                "folds": overlap.folds,
                "effective_sample_size": overlap.effective_sample_size,
                "no_overlap": overlap.no_overlap,
            },
        )

    def claim_from(self, overlap: Overlap, Xs: Any, Xt: Any, request: Request) -> Claim:
        """The claim from a fit that was made already on these rows, which only the test reads again."""
        samples = TwoSamples.read(Xs, Xt)
        relabelled = self.relabel(samples, request) if request.permutations else None
        return self.stated(self.findings(overlap, request), samples, request, relabelled)

    def relabel(self, samples: TwoSamples, request: Request) -> Relabelled | None:
        """The AUC on one half of classifiers trained on the other; None where a domain has a single row."""
        from scipy.stats import rankdata

        halves = Halves.of(samples, request.rng(SPLIT))
        if halves is None:
            return None
        train, test = halves.choose, halves.evaluate
        is_target = np.arange(train.n + train.m) >= train.n
        scores = np.mean(
            [
                score_rows(kind, train.pooled, is_target, test.pooled, request.seed)
                for kind in DomainClassifier.KINDS
            ],
            axis=0,
        )
        ranks, n, m = rankdata(scores), test.n, test.m
        least = m * (m + 1) / 2
        blocks = relabellings(n, m, request.permutations, request.rng(PERMUTE), bytes_a_cell=9)
        rank_sums = np.concatenate([labels @ ranks for labels in blocks])
        return Relabelled(
            observed=float((ranks[n:].sum() - least) / (n * m)), values=(rank_sums - least) / (n * m)
        )
