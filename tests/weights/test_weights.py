"""Weighted rows: exact limits under a declared largest weight, estimates that equal those of repeated rows, and what is left out."""

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt
from tests.audit import cases
from whytransfer.backtest import Reference, shipped
from whytransfer.claims.intervals import Betting
from whytransfer.claims.intervals.weighted import effective_sample, weighted_lower, weighted_upper
from whytransfer.errors import InputError
from whytransfer.steps.weighted import weighted_quantile


def literal_upper(losses, weights, largest, failure):
    """Every mean on a fine grid, every stake by a loop: the least mean from which on all are refuted."""
    from whytransfer.claims.intervals.betting import SHARES, STAKES

    grid = np.linspace(0, 0.999, 1000)
    refuted = []
    for q in grid:
        wealth = 0.0
        for c, share in zip(STAKES, SHARES, strict=True):
            product = share
            for x, w in zip(losses, weights, strict=True):
                product *= 1 - c * (w / largest) * (x - q) / (1 - q)
            wealth += product
        refuted.append(wealth >= 1 / failure)
    return next((q for i, q in enumerate(grid) if all(refuted[i:])), 1.0)


def test_against_the_literal_one():
    rng = np.random.default_rng(0)
    losses, weights = rng.random(30), rng.random(30) * 4
    assert weighted_upper(losses, weights, 5.0, 0.05) == pytest.approx(
        literal_upper(losses, weights, 5.0, 0.05), abs=0.0011
    )


def test_equal_weights_are_none():
    losses = np.random.default_rng(1).random(50)
    for w in (1.0, 7.0):
        assert weighted_upper(losses, np.full(50, w), w, 0.05) == pytest.approx(
            Betting().upper_of(losses, 0.05)
        )
        assert weighted_lower(losses, np.full(50, w), w, 0.05) == pytest.approx(
            Betting().lower_of(losses, 0.05)
        )


def test_a_larger_declared_weight_only_widens():
    losses, weights = np.random.default_rng(2).random((2, 60))
    limits = [weighted_upper(losses, weights, m, 0.05) for m in (1.0, 2.0, 5.0)]
    assert limits == sorted(limits)
    assert weighted_upper([], [], 1.0, 0.05) == 1.0 and weighted_upper([0.0], [0.0], 1.0, 0.05) == 1.0
    assert effective_sample([2.0, 2.0]) == 2.0 and effective_sample([0.0]) == 0.0


@pytest.mark.parametrize(
    ("weights", "largest"), [([2.0], 1.0), ([-1.0], 1.0), ([1.0, 1.0], 1.0), ([1.0], 0.0)]
)
def test_refused(weights, largest):
    with pytest.raises(InputError, match="weight"):
        weighted_upper([0.5], weights, largest, 0.05)


@pytest.fixture(scope="module")
def rows():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(260, 2))
    y = (x[:, 0] > 0) ^ (rng.random(260) < 0.1)
    frame = pd.DataFrame({"a": x[:, 0], "b": x[:, 1], "y": np.where(y, "yes", "no")})
    weights = rng.integers(1, 4, 260).astype(float)
    return frame[:160], frame[160:].reset_index(drop=True), weights[:160], weights[160:]


def audited(rows, target, weights, labels=True, **options):
    source = rows[0]
    problem = wt.Problem(
        source[["a", "b"]], source.y, target[["a", "b"]], target.y if labels else None, weights=weights
    )
    return wt.audit(problem, "stump", tolerance=0.4, theorems=[], time_budget=0, **options)


@pytest.fixture(scope="module")
def weighed(rows):
    return audited(rows, rows[1], (None, rows[3]), max_weight=3.0)


def test_integer_weights_are_repeated_rows(rows, weighed):
    """The estimates, and the counted error itself; limits are not, since a row that stands twice is no two independent rows."""
    again = rows[1].loc[np.repeat(np.arange(100), rows[3].astype(int))].reset_index(drop=True)
    ones = audited(rows, again, (None, np.ones(len(again))), max_weight=1.0)
    for name in ("ac", "doc", "atc", "direct"):
        left, right = (a.claim(f"target_error.{name}").estimate for a in (weighed, ones))
        assert left == pytest.approx(right, abs=1e-12), name
    direct = weighed.claim("target_error.direct")
    assert direct.upper > ones.claim("target_error.direct").upper
    assert direct.detail["effective_sample_size"] == pytest.approx(rows[3].sum() ** 2 / (rows[3] ** 2).sum())


def test_the_certificate_is_proved_and_decides(weighed):
    direct = weighed.claim("target_error.direct")
    assert (direct.level, direct.theorem) == (wt.Level.PROVED, "betting")
    assert weighed.verdict.basis is wt.Basis.CERTIFIED
    assert weighed.claim("target_error.panel").estimate is None
    assert not [c for c in weighed.claims if c.id.endswith(".stumps")]
    assert any("left out, because they have no weighted form" in w for w in weighed.warnings)
    assert not any("no claim of this version" in w for w in weighed.document["warnings"])


def test_without_a_declared_weight_nothing_is_certified(rows, tmp_path):
    found = audited(rows, rows[1], (None, rows[3]))
    direct = found.claim("target_error.direct")
    assert (
        direct.upper is None
        and direct.level is wt.Level.ESTIMATED
        and "max_weight" in direct.detail["reason"]
    )
    assert found.verdict.answer is wt.Answer.UNDECIDED
    assert found.verdict.reason.startswith("what target labels show has no limits: ")
    assert "max_weight" in found.verdict.reason
    found.to_json(tmp_path / "a.json")
    assert wt.Audit.from_json(tmp_path / "a.json").claims == found.claims
    whole = audited(rows, rows[1], (None, rows[3]), population="file")
    exact = whole.claim("target_error.direct")
    assert exact.lower == exact.upper == exact.estimate == pytest.approx(direct.estimate)


def test_no_limit_of_unweighted_rows_stays_beside_the_weighted_ones(rows):
    """The sum of both errors, what a committee says, further theorems about the source: none of them weighs its rows."""
    source = rows[0]
    asked = ["tv_lower", "disagreement", "pac_bayes_kl", "pac_bayes_ratio", "hoeffding", "cover_hart"]
    plain, one, both = (
        wt.audit(
            wt.Problem(source[["a", "b"]], source.y, rows[1][["a", "b"]], rows[1].y, weights=weights),
            "stump",
            tolerance=0.4,
            theorems=asked,
            assume={"ratio": 2.0},
        )
        for weights in (None, (None, rows[3]), (rows[2], rows[3]))
    )
    unweighted = {
        "error_sum_lower.tv_lower",
        "larger_target_error.disagreement",
        "ensemble_target_error.pac_bayes_ratio",
    }
    of_source = {"source_error.hoeffding", "ensemble_source_error.pac_bayes_kl", "bayes_error.cover_hart"}
    assert unweighted | of_source <= {c.id for c in plain.claims}
    assert not unweighted & {c.id for c in one.claims} and of_source <= {c.id for c in one.claims}
    assert not (unweighted | of_source) & {c.id for c in both.claims}
    told = next(w for w in both.warnings if "no weighted form" in w)
    assert all(id_ in told for id_ in unweighted | of_source)


def test_source_weights_weigh_the_source(rows):
    found = audited(rows, rows[1], (rows[2], None), max_weight=3.0)
    plain = audited(rows, rows[1], None)
    assert (
        found.claim("source_error").detail["effective_sample_size"]
        < found.claim("source_error").detail["rows"]
    )
    # What is about the unweighted target stays.
    assert found.claim("target_error.direct") == plain.claim("target_error.direct")


@pytest.mark.parametrize("typical", [True, False])
def test_weights_of_the_source_don_t_make_an_estimate_trusted(rows, typical, monkeypatch):
    """What is unlike all reference transfers is decided by no estimate, with weights as without."""
    found = cases.reference(typical=typical)
    shipped.cache_clear()
    monkeypatch.setattr(Reference, "of", classmethod(lambda cls, data: found))
    source = rows[0]
    verdicts = []
    for weights in (None, (rows[2], None)):
        problem = wt.Problem(source[["a", "b"]], source.y, rows[1][["a", "b"]], weights=weights)
        verdicts.append(wt.audit(problem, tolerance=0.5, theorems=[]).verdict)
    shipped.cache_clear()
    expected = wt.Basis.ESTIMATED if typical else None
    assert [v.basis for v in verdicts] == [expected] * 2
    assert all(("no estimate is trusted" in v.reason) is not typical for v in verdicts)


def test_with_weights_no_rise_is_counted_from_the_unweighted_source(rows):
    source, options = rows[0], {"time_budget": 600, "theorems": ["ball"], "assume": {"radius.tv": 0.1}}
    problem = wt.Problem(
        source[["a", "b"]], source.y, rows[1][["a", "b"]], rows[1].y, weights=(rows[2], None)
    )
    some = wt.audit(problem, "stump", tolerance=0.4, **options)
    assert some.document["break_even"]
    rise = wt.audit(problem, "stump", max_drop=0.2, max_weight=3.0, **options)
    assert rise.document["break_even"] == []


def test_a_quantity_has_weights_too(rows):
    rng = np.random.default_rng(0)
    y = [part.a.to_numpy() + rng.normal(size=len(part)) for part in rows[:2]]
    problem = wt.Problem(rows[0][["a", "b"]], y[0], rows[1][["a", "b"]], y[1], weights=(None, rows[3]))
    found = wt.audit(problem, tolerance=3.0, loss_cap=6.0, max_weight=3.0)
    direct = found.claim("target_error.direct")
    off = np.minimum(np.abs(found.model.predict(rows[1][["a", "b"]]) - y[1]), 6.0)
    assert direct.estimate == pytest.approx(np.average(off, weights=rows[3]))
    assert direct.upper == pytest.approx(6.0 * weighted_upper(off / 6.0, rows[3], 3.0, 0.025))
    assert found.verdict.basis is wt.Basis.CERTIFIED


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"max_weight": 2.0}, "more than the 2 that was declared"),
        ({"max_weight": -1.0}, "max_weight"),
        ({"label_noise": 0.1}, "label_noise has no form"),
        ({"metric": "f1"}, "metric f1 has no form"),
    ],
)
def test_refused_in_one_line(rows, options, words):
    with pytest.raises(InputError, match=words):
        audited(rows, rows[1], (None, rows[3]), **options)


def test_no_weights_no_largest(rows):
    with pytest.raises(InputError, match="the rows have no weights"):
        audited(rows, rows[1], None, max_weight=2.0)


def test_a_weighted_quantile():
    values = np.array([3.0, 1.0, 2.0, 2.0])
    repeated = np.repeat(values, [1, 2, 1, 3])
    for share in (0.0, 0.2, 0.5, 0.9, 1.0):
        found = weighted_quantile(values, np.array([1.0, 2.0, 1.0, 3.0]), share)
        assert found == weighted_quantile(repeated, np.ones(7), share)
        assert (repeated < found).mean() >= share
