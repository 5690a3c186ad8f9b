"""Metrics as losses: values as scikit-learn has them, limits that hold, and what follows from laws and from errors."""

import itertools

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.metrics import balanced_accuracy_score, f1_score, roc_auc_score

import whytransfer as wt
from whytransfer.claims.intervals import Units
from whytransfer.metrics import AUC, F1, METRICS, BalancedError, Cost, Labelled, metric
from whytransfer.metrics.auc import _expected

MATRIX = np.array([[0.0, 2.0, 5.0], [1.0, -1.0, 3.0], [4.0, 1.0, 0.0]])
LAW = np.array([[0.30, 0.05, 0.02], [0.06, 0.22, 0.05], [0.04, 0.03, 0.23]])
"""P(predicted i, true j) of three classes."""


def rows(labels, codes, proba=None, classes=3, groups=None):
    units = Units.of(groups, len(labels))
    return Labelled(
        labels=np.asarray(labels), codes=np.asarray(codes), proba=proba, classes=classes, units=units
    )


def draw(n, rng):
    """Rows from `LAW`, with scores whose AUC is known: the score of the true class is raised."""
    cells = rng.choice(9, n, p=LAW.ravel())
    codes, labels = cells // 3, cells % 3
    proba = rng.dirichlet(np.ones(3), n)
    return rows(labels, codes, proba)


def cost():
    return Cost(names=("a", "b", "c"), matrix=MATRIX)


def test_values_are_those_of_scikit_learn():
    rng = np.random.default_rng(0)
    sample = draw(200, rng)
    y, h, p = sample.labels, sample.codes, sample.proba
    assert BalancedError().of_rows(sample, 0.05).value == pytest.approx(
        1 - balanced_accuracy_score(y, h), abs=1e-12
    )
    assert F1().of_rows(sample, 0.05).value == pytest.approx(1 - f1_score(y, h, average="macro"), abs=1e-12)
    auc = roc_auc_score(y, p, multi_class="ovr", average="macro")
    assert AUC().of_rows(sample, 0.05).value == pytest.approx(1 - auc, abs=1e-12)
    two = rows(y % 2, h % 2, np.c_[1 - p[:, 0], p[:, 0]], classes=2)
    assert AUC().of_rows(two, 0.05).value == pytest.approx(1 - roc_auc_score(y % 2, p[:, 0]), abs=1e-12)
    assert cost().of_rows(sample, 0.05).value == pytest.approx(
        np.mean([MATRIX[j, i] for j, i in zip(y, h, strict=True)]), abs=1e-12
    )


@pytest.mark.parametrize("kind", [BalancedError, F1, cost], ids=["balanced_error", "f1", "cost"])
def test_the_law_of_the_rows_gives_the_value_of_the_rows(kind):
    sample = draw(300, np.random.default_rng(1))
    law = np.zeros((3, 3))
    np.add.at(law, (sample.codes, sample.labels), 1 / 300)
    assert kind().of_law(law) == pytest.approx(kind().of_rows(sample, 0.05).value, abs=1e-12)


def truth(kind):
    return {
        "balanced_error": BalancedError().of_law(LAW),
        "f1": F1().of_law(LAW),
        "cost": cost().of_law(LAW),
        "auc": 0.5,
    }[kind.name]


@pytest.mark.parametrize("kind", [BalancedError, F1, AUC, cost], ids=["balanced_error", "f1", "auc", "cost"])
@pytest.mark.parametrize("n", [12, 80])
def test_each_limit_holds_as_often_as_it_says(kind, n):
    # With scores that say nothing the AUC of every class is one half.
    rng, trials, failure = np.random.default_rng(7), 150, 0.1
    found = [kind().of_rows(draw(n, rng), failure) for _ in range(trials)]
    true = truth(kind())
    most = binom.isf(1e-3, trials, failure)
    assert sum(limits.upper < true for limits in found) <= most
    assert sum(limits.lower > true for limits in found) <= most
    if n == 80:
        assert np.mean([limits.upper - limits.lower for limits in found]) < 0.65 * kind().largest, (
            "limits that say something"
        )


def test_limits_of_balanced_error_and_f1_in_closed_form():
    labels, codes = (
        np.repeat([0, 1], [10, 30]),
        np.r_[np.zeros(8, int), np.ones(2, int), np.zeros(3, int), np.ones(27, int)],
    )
    sample, exact = rows(labels, codes, classes=2), {}
    for name, errors, n in (("0", 2, 10), ("1", 3, 30), ("J0", 8, 13), ("J1", 27, 32)):
        exact[name] = wt.interval("clopper_pearson", errors=errors, n=n, delta=0.05 / 2, side="both")
    found = BalancedError().of_rows(sample, 0.05)
    assert found.upper == pytest.approx((exact["0"].upper + exact["1"].upper) / 2, abs=1e-12)
    assert found.lower == pytest.approx((exact["0"].lower + exact["1"].lower) / 2, abs=1e-12)
    score = [[2 * j / (1 + j) for j in (exact[name].lower, exact[name].upper)] for name in ("J0", "J1")]
    found = F1().of_rows(sample, 0.05)
    assert found.upper == pytest.approx(1 - (score[0][0] + score[1][0]) / 2, abs=1e-12)
    assert found.lower == pytest.approx(1 - (score[0][1] + score[1][1]) / 2, abs=1e-12)


def test_limits_of_the_auc_in_closed_form():
    """Hoeffding's term of as many disjoint pairs as the rarer side has rows; with three classes the mean of three, at δ/3."""
    labels = np.repeat([0, 1, 2], [40, 60, 100])
    scores = np.random.default_rng(11).permutation(200) / 400.0
    two = AUC().of_rows(rows(labels % 2, labels % 2, np.c_[1 - scores, scores], classes=2), 0.05)
    width = np.sqrt(np.log(1 / 0.05) / (2 * 60))
    assert (two.lower, two.upper) == pytest.approx((two.value - width, two.value + width), abs=1e-12)
    proba = np.c_[scores, scores[::-1] / 2, 1 - scores - scores[::-1] / 2]
    three = AUC().of_rows(rows(labels, labels, proba), 0.05)
    widths = [np.sqrt(np.log(3 / 0.05) / (2 * fewer)) for fewer in (40, 60, 100)]
    each = [1 - roc_auc_score(labels == k, proba[:, k]) for k in range(3)]
    assert three.value == pytest.approx(np.mean(each), abs=1e-12)
    assert three.lower == pytest.approx(np.mean(np.maximum(0, np.array(each) - widths)), abs=1e-12)
    assert three.upper == pytest.approx(np.mean(np.minimum(1, np.array(each) + widths)), abs=1e-12)
    sure = AUC().of_rows(rows(labels % 2, labels % 2, np.eye(2)[labels % 2], classes=2), 0.05)
    assert (sure.value, sure.lower, sure.upper) == (0.0, 0.0, pytest.approx(width))


def test_limits_of_the_cost_in_closed_form():
    sample = draw(60, np.random.default_rng(12))
    losses = MATRIX[sample.labels, sample.codes]
    found = cost().of_rows(sample, 0.05)
    exact = wt.interval("betting", (losses + 1) / 6, delta=0.05)
    assert (found.lower, found.upper) == pytest.approx((6 * exact.lower - 1, 6 * exact.upper - 1), abs=1e-12)
    assert found.value == pytest.approx(losses.mean(), abs=1e-12)


def test_laws_of_fewer_classes():
    """A class without mass has no error; the mean is over the others, and of nothing there is none."""
    law = np.array([[0.3, 0.1, 0.0], [0.2, 0.3, 0.0], [0.0, 0.1, 0.0]])
    assert BalancedError().of_law(law) == pytest.approx((0.2 / 0.5 + 0.2 / 0.5) / 2, abs=1e-12)
    # The third class is predicted, and never right: its F1 is 0.
    assert F1().of_law(law) == pytest.approx(1 - (0.6 / 0.9 + 0.6 / 1.0 + 0.0) / 3, abs=1e-12)
    assert BalancedError().of_law(np.zeros((3, 3))) is None and F1().of_law(np.zeros((3, 3))) is None
    nothing = rows(np.zeros(0, int), np.zeros(0, int))
    for kind in (BalancedError, F1):
        found = kind().of_rows(nothing, 0.05)
        assert (found.value, found.lower, found.upper) == (None, 0.0, 1.0)


def test_a_class_without_rows_has_no_limit_but_0_and_1():
    sample = rows([0] * 20, [0] * 20, np.tile([0.8, 0.1, 0.1], (20, 1)))
    for kind in (BalancedError, F1):
        found = kind().of_rows(sample, 0.05)
        assert found.value == 0.0 and found.lower == 0.0 and found.upper >= 2 / 3
    assert AUC().of_rows(sample, 0.05).value is None and AUC().of_rows(sample, 0.05).upper == 1.0


def test_grouped_rows_have_limits_by_groups_or_none():
    sample = draw(60, np.random.default_rng(2))
    grouped = rows(sample.labels, sample.codes, sample.proba, groups=np.arange(60) // 5)
    for kind in (BalancedError, F1, cost):
        plain, by_group = kind().of_rows(sample, 0.05), kind().of_rows(grouped, 0.05)
        assert by_group.value == plain.value and by_group.upper > plain.upper
    assert AUC().of_rows(grouped, 0.05).upper is None and "grouped" in AUC().of_rows(grouped, 0.05).reason
    assert AUC().of_rows(rows([0, 1], [0, 1], classes=2), 0.05).value is None


@pytest.mark.parametrize("kind", [BalancedError(), F1()])
def test_limits_of_groups_hold_where_what_they_hold_goes_with_their_errors(kind):
    """One group in five is six rows of the second class, all missed; the others are one such row, found, and five of the first class.

    A sample without a group of the first kind, one in fifteen, shows twelve rows of the second class, all found.
    """
    G, share, failure, missed = 12, 0.2, 0.05, 0.0
    # Of a group's rows that are of a class or taken for it, in expectation, the share that is both.
    second, first = 0.8 / (0.2 * 6 + 0.8), 0.8 * 5 / (0.8 * 5 + 0.2 * 6)
    exact = {
        "balanced_error": (1 - second) / 2,
        "f1": 1 - (2 * second / (1 + second) + 2 * first / (1 + first)) / 2,
    }[kind.name]
    for heavy in range(G + 1):
        labels = np.ones((G, 6), dtype=int)
        labels[heavy:, 1:] = 0
        codes = np.where(np.arange(G)[:, None] < heavy, 0, labels)
        sample = rows(labels.ravel(), codes.ravel(), classes=2, groups=np.repeat(np.arange(G), 6))
        missed += binom.pmf(heavy, G, share) * (kind.of_rows(sample, failure).upper < exact)
    assert missed <= failure


def test_the_expected_auc_is_the_sum_over_pairs():
    p = np.array([0.1, 0.4, 0.4, 0.9, 0.7])
    pairs = list(itertools.permutations(range(5), 2))
    weight = {(i, j): p[i] * (1 - p[j]) for i, j in pairs}
    wrong = sum(weight[i, j] * ((p[i] < p[j]) + 0.5 * (p[i] == p[j])) for i, j in pairs)
    assert _expected(p) == pytest.approx(wrong / sum(weight.values()), abs=1e-12)
    of_each = np.c_[p, p[::-1] / 3, 1 - p - p[::-1] / 3]
    assert AUC().of_proba(of_each) == pytest.approx(
        np.mean([_expected(column) for column in of_each.T]), abs=1e-12
    )
    assert _expected(np.ones(3)) is None and AUC().of_proba(np.c_[1 - p, p]) == _expected(p)


def test_limits_of_the_error_bound_every_cost_with_such_an_error():
    rng = np.random.default_rng(3)
    low, high = cost().of_error(0.1, 0.3)
    values = []
    for _ in range(500):
        law, error = rng.dirichlet(np.ones(9) / 3).reshape(3, 3), rng.uniform(0.1, 0.3)
        right = np.diag(law) / np.trace(law) * (1 - error)
        others = law * (1 - np.eye(3))
        values.append(cost().of_law(np.diag(right) + others / others.sum() * error))
    assert low <= min(values) and max(values) <= high
    assert low == pytest.approx(0.9 * -1.0 + 0.1 * 1.0) and high == pytest.approx(0.7 * 0.0 + 0.3 * 5.0)
    assert cost().of_error(None, None) == (None, None) == BalancedError().of_error(0.1, 0.2)


def test_a_file_of_costs_in_any_order(tmp_path):
    path = tmp_path / "costs.csv"
    path.write_text("true,yes,no\nno,1,0\nyes,0,5\n", encoding="utf-8")
    found = metric(f"cost:{path}").fitted(lambda names: [{"no": 0, "yes": 1}[name] for name in names])
    assert (
        found.names == ("no", "yes")
        and found.matrix.tolist() == [[0.0, 1.0], [5.0, 0.0]]
        and found.largest == 5.0
    )
    with pytest.raises(wt.InputError, match="not those of the source"):
        found.fitted(lambda names: [0, 2])
    path.write_text(",no,yes\n\nno,0,1\nyes,5,0\n", encoding="utf-8")
    corner = metric(f"cost:{path}")
    assert (corner.names, corner.matrix.tolist()) == (("no", "yes"), [[0.0, 1.0], [5.0, 0.0]])
    assert [kind().largest for kind in METRICS.values()] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a",
        ",a,b\na,0,1\n",
        ",a,b\na,0,1\nc,1,0\n",
        ",a,b\na,0,x\nb,1,0\n",
        ",a,b\na,0,inf\nb,1,0\n",
        ",a,b\na,1,1\nb,1,1\n",
        ",a,b\na,0,1,2\nb,1,0\n",
    ],
)
def test_any_other_file_is_refused_in_one_line(text, tmp_path):
    path = tmp_path / "costs.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(wt.InputError) as error:
        metric(f"cost:{path}")
    assert "\n" not in str(error.value)


def test_names_are_told_with_the_nearest():
    assert {type(metric(name)) for name in METRICS} == set(METRICS.values())
    with pytest.raises(wt.InputError, match="balanced_error"):
        metric("balanced_eror")
    with pytest.raises(wt.InputError, match="no such file|can't be read"):
        metric("cost:nowhere.csv")
