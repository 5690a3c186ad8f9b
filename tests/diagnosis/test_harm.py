"""Which columns' shift harms: planted harm is found, drift is not called harm, correlated columns go together."""

import numpy as np
import pytest
from scipy.optimize import minimize

import whytransfer as wt
from tests.diagnosis.planted import columns_of
from whytransfer import lab
from whytransfer.diagnosis import ErrorModel, groups_of, harms, signals
from whytransfer.diagnosis.harm import _matched
from whytransfer.report.why import harm_lines


def test_the_error_model_is_the_penalised_logistic_regression():
    rng = np.random.default_rng(0)
    S = rng.normal(size=(200, 2)) * [1.0, 3.0]
    wrong = rng.random(200) < 1 / (1 + np.exp(-(S[:, 0] - 1)))
    model = ErrorModel.fit(S, wrong)
    Z = np.column_stack([np.ones(200), (S - S.mean(0)) / S.std(0)])

    def loss(b):
        z = Z @ b
        return np.sum(np.logaddexp(0, z) - wrong * z) + 0.5 * (b[1:] @ b[1:])

    assert model.weights == pytest.approx(minimize(loss, np.zeros(3), tol=1e-12).x, abs=1e-3)
    assert model.predict(S).mean() == pytest.approx(wrong.mean(), abs=1e-3)


def test_no_error_seen_is_no_certainty():
    model = ErrorModel.fit(np.random.default_rng(0).normal(size=(50, 1)), np.zeros(50, dtype=bool))
    p = model.predict(np.zeros((1, 1)))
    assert 0 < p[0] < 0.05


def test_no_change_of_signals_is_no_change_of_error():
    rng = np.random.default_rng(0)
    S = rng.normal(size=(100, 2))
    model = ErrorModel.fit(S, rng.random(100) < 0.3)
    value, error = model.change(S, S)
    assert value == 0.0
    assert error == pytest.approx(0.0, abs=1e-12)


def test_signals_are_the_log_odds_of_the_answer():
    proba = np.array([[0.8, 0.2], [0.5, 0.5], [0.0, 1.0]])
    found = signals(np.array([0, 1, 0]), proba, [proba[:, ::-1]])
    assert found[:, 0] == pytest.approx([np.log(4), 0.0, -8.0])
    assert found[:, 1] == pytest.approx([-np.log(4), 0.0, 8.0])
    assert signals(np.array([0, 1, 0]), None, [proba]).shape == (3, 1)


def test_columns_that_rise_together_are_one_group():
    rng = np.random.default_rng(0)
    a, c = rng.normal(size=(2, 300))
    rows = np.column_stack([a, c, -np.exp(a) + 0.01 * rng.normal(size=300), c > 0])
    found = groups_of(rows, ("a", "b", "c", "b"))
    assert [g.names for g in found] == [("a", "c"), ("b",)]
    assert [g.encoded for g in found] == [(0, 2), (1, 3)]


def test_matching_is_optimal_transport():
    rng = np.random.default_rng(0)
    left, right = rng.normal(size=(30, 1)), rng.normal(size=(30, 1)) + 2
    cost = np.abs(left[:, 0] - right[_matched(left, right), 0]).sum()
    assert cost == pytest.approx(np.abs(np.sort(left[:, 0]) - np.sort(right[:, 0])).sum())
    assert sorted(_matched(np.column_stack([left, left]), np.column_stack([right, right]))) == list(range(30))


def test_harm_is_the_mean_change_of_the_error_of_moved_rows():
    """A model that errs where the only signal, column 0, is large: moving it by 1 raises the error, moving column 1 does not."""
    rng = np.random.default_rng(0)
    S, T = rng.normal(size=(400, 2)), rng.normal(size=(400, 2)) + 1.0
    wrong = rng.random(400) < 1 / (1 + np.exp(-(2 * S[:, 0] - 1)))
    model = ErrorModel.fit(S[:, :1], wrong)

    def ask(group, rows, donors):
        moved = S[rows].copy()
        moved[:, list(group.encoded)] = T[donors][:, list(group.encoded)]
        return moved[:, :1]

    groups = groups_of(S, ("a", "b"))
    first, second = harms(S, T, groups, model, S[:, :1], ask, 0)
    assert first.harmful
    assert first.lower < model.predict(T[:, :1]).mean() - model.predict(S[:, :1]).mean() < first.upper
    assert (second.value, second.harmful) == (0.0, False)


@pytest.mark.parametrize("learner", ["logistic", "boosted"])
def test_harmless_drift_is_not_called_harm(learner):
    drifted = [columns_of(lab.harmless_drift().sample(600, 600, s), learner, s)["x2"] for s in range(2)]
    assert all(f["shift"] > 0.25 for f in drifted)
    assert all(abs(f["harm"]) < 0.03 for f in drifted)
    assert sum(f["harmful"] for f in drifted) <= 1


def lost_signal(seed, n=800):
    """Two columns that say most of the label, one of them twice, hold noise on the target; another, which says nothing, moves by two deviations.

    The source's rows, the target's, and the target's labels.
    """
    rng = np.random.default_rng(seed)

    def rows(known):
        y = rng.integers(0, 2, n)
        z = 2 * y - 1
        first = 1.5 * z + rng.normal(size=n) if known else 0.3 * rng.normal(size=n)
        second = 0.8 * first + 0.3 * rng.normal(size=n)
        others = rng.normal(size=(n, 3)) + np.column_stack([0.5 * z, np.zeros(n), np.zeros(n)])
        others[:, 1] += 0.0 if known else 2.0
        return np.column_stack([first, second, others]), y

    return *rows(known=True), *rows(known=False)


def check_lost_signal(told):
    """The harmful pair first and as one, everything else told as drift, the strongest drift above all."""
    by_harm = sorted(told, key=lambda name: -told[name]["harm"])
    assert set(by_harm[:2]) == {"x0", "x1"}
    for name in ("x0", "x1"):
        assert (
            told[name]["harmful"] and told[name]["harm_group"] == ["x0", "x1"] and told[name]["harm"] > 0.05
        )
    assert told["x0"]["harm"] == told["x1"]["harm"]
    assert max(told, key=lambda name: told[name]["shift"]) == "x3"
    assert not told["x3"]["harmful"] and abs(told["x3"]["harm"]) < 0.03
    assert not any(told[name]["harmful"] for name in ("x2", "x4"))


@pytest.mark.parametrize("learner", ["logistic", "boosted"])
def test_the_columns_that_lost_their_signal_are_told_from_the_one_that_drifts(learner):
    Xs, ys, Xt, _ = lost_signal(1)
    check_lost_signal(columns_of(wt.Problem(Xs, ys, Xt), learner, 1))


def test_an_audit_names_the_harmful_columns_and_the_harmless_drift():
    Xs, ys, Xt, yt = lost_signal(0)
    audit = wt.audit(wt.Problem(Xs, ys, Xt), theorems=[])
    check_lost_signal({f["name"]: f for f in audit.document["diagnosis"]["features"]})
    said = harm_lines(audit.document["diagnosis"])
    assert any("x0, x1" in line and "raises the estimated error" in line for line in said)
    assert any("without visible harm" in line and "x3" in line for line in said)
    # The harm is real: the error that nobody told the audit about rises by more than the estimate's lower limit.
    first = audit.document["diagnosis"]["features"][0]
    pair = next(f for f in audit.document["diagnosis"]["features"] if f["name"] == "x0")
    rise = (audit.model.predict(Xt) != yt).mean() - audit.claim("source_error").estimate
    assert rise > 0.1 and pair["harm_lower"] < rise
    assert first["name"] == "x3"


def test_predictions_alone_have_no_harm_and_the_reason_is_given():
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(300, 2)), rng.integers(0, 2, 300)
    problem = wt.Problem(X, y, X + 1)
    audit = wt.audit(problem, predictions=wt.Predictions(y, y), theorems=[])
    for feature in audit.document["diagnosis"]["features"]:
        assert feature["harm"] is None and feature["harm_reason"]
