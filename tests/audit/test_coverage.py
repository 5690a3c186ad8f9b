"""What an audit calls proved, held against the truth of a world: how often it misses, and controls that must miss more."""

from dataclasses import dataclass, field

import numpy as np
import pytest
from scipy.stats import binom, norm
from sklearn.tree import DecisionTreeClassifier

import whytransfer as wt
from whytransfer.overlap import DomainClassifier
from whytransfer.steps import backtest, bounds, gaps, panel

REPEATS = 60
DELTA = 0.4
"""Large, so that misses are frequent enough to be counted."""
WORLD = wt.lab.worked_example()


BOUNDS = ["hdh", "disparity", "lagrangian", "localised", "mansour", "tv_lower", "betting"]
"""Those that are proved with target labels."""


def errors_of(cut):
    """Exact source and target error of the rule 1[x > cut]."""
    between = abs(norm.cdf(cut - WORLD.shift) - norm.cdf(WORLD.boundary - WORLD.shift))
    return float(WORLD.source_error(cut)), WORLD.target_flip + (1 - 2 * WORLD.target_flip) * between


def cut_of(logistic):
    """Where a logistic model in one column changes its mind: its log-odds are a line through two points."""
    p = logistic.predict_proba(np.array([[0.0], [1.0]]))[:, 1]
    at_0, at_1 = np.log(p / (1 - p))
    assert at_1 > at_0
    return -at_0 / (at_1 - at_0)


def source_error_of(tree):
    """The source error of any rule on the line, on a fine grid of quantiles."""
    x = norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    wrong = (tree.predict(x[:, None]) != (x > WORLD.boundary)).mean()
    return WORLD.source_flip + (1 - 2 * WORLD.source_flip) * wrong


@dataclass
class Count:
    """Misses of one claim over the repeats."""

    deltas: set = field(default_factory=set)
    below: int = 0
    above: int = 0
    wald: int = 0
    repeats: int = 0

    def add(self, claim, truth):
        self.repeats += 1
        self.deltas.add(claim.detail["delta"])
        self.below += claim.upper is not None and claim.upper < truth
        self.above += claim.lower is not None and claim.lower > truth
        if "rows" in claim.detail and "errors" in claim.detail:
            p, n = claim.estimate, claim.detail["rows"]
            self.wald += p - norm.ppf(claim.detail["delta"]) * np.sqrt(p * (1 - p) / n) < truth

    @property
    def allowed(self):
        return int(binom.ppf(0.999, self.repeats, max(self.deltas)))


def truths(audit):
    """The claims of an audit whose truth is known, with it."""
    source, target = errors_of(cut_of(audit.model))
    population = WORLD.truth
    return {
        "source_error": source,
        "target_error.direct": target,
        "target_error.hdh.stumps": target,
        "target_error.disparity.stumps": target,
        "target_error.lagrangian.stumps": target,
        "target_error.localised.stumps": target,
        "target_error.mansour.stumps": target,
        "target_error.betting": target,
        "error_sum_lower.tv_lower": source + target,
        # In one column and with two labels, stumps are the thresholds of both orientations.
        "adaptability.stumps": population["adaptability.thresholds"],
        "divergence.half_line": population["half_line"],
        "divergence.interval": population["interval"],
        "divergence.stump": population["half_line"],
        "divergence.wasserstein1": population["wasserstein1"],
    }


@pytest.fixture(scope="module")
def quick():
    """Leave out what is estimated only: the domain classifier, permutations and λ of surrogates take most of the time."""
    fit = DomainClassifier.fit
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DomainClassifier, "fit", lambda Xs, Xt, seed=0: fit(Xs[:1], Xt[:1]))
        patch.setattr(gaps, "PERMUTATIONS", 0)
        patch.setattr(bounds, "SURROGATES", ())
        patch.setattr(panel, "committee", lambda case: None)
        patch.setattr(backtest, "record", lambda case, seen, others: None)
        yield


@pytest.fixture(scope="module")
def counts(quick):
    found = {}
    for seed in range(REPEATS):
        audit = wt.audit(WORLD.sample(60, 60, seed=seed), delta=DELTA, seed=seed, theorems=BOUNDS)
        for id_, truth in truths(audit).items():
            claim = audit.claim(id_)
            assert claim.level == "proved", id_
            found.setdefault(id_, Count()).add(claim, truth)
    return found


@pytest.mark.slow
def test_proved_claims_miss_no_more_often_than_they_may(counts):
    assert len(counts) == 14
    for id_, count in counts.items():
        assert count.repeats == REPEATS and len(count.deltas) == 1
        assert count.below <= count.allowed, f"{id_}: too low {count.below} times, {count.allowed} allowed"
        assert count.above <= count.allowed, f"{id_}: too high {count.above} times, {count.allowed} allowed"


@pytest.mark.slow
def test_the_certificate_is_not_needlessly_wide(counts):
    direct = counts["target_error.direct"]
    # Clopper–Pearson misses less often than δ = .2 because errors are whole numbers, but not much less.
    assert direct.deltas == {0.2}
    assert direct.below + direct.above > binom.ppf(0.001, 2 * REPEATS, 0.1)


@pytest.mark.slow
def test_the_control_wald_limits_at_the_same_delta_miss_too_often(counts):
    source = counts["source_error"]
    assert source.wald > source.allowed


@pytest.mark.slow
def test_the_control_rows_that_trained_the_model_miss_too_often(quick):
    count = Count()
    for seed in range(12):
        problem = WORLD.sample(160, 60, seed=seed)
        labels = problem.classes[problem.source.labels]
        tree = DecisionTreeClassifier(random_state=0).fit(problem.source.rows, labels)
        # Falsely declared: these very rows taught it.
        audit = wt.audit(problem, model=tree, trained_on_source=False, delta=DELTA, seed=seed, theorems=[])
        claim = audit.claim("source_error")
        assert claim.level == "conditional"
        count.add(claim, source_error_of(tree))
    assert count.below > count.allowed
