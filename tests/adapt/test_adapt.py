"""wt.adapt: what it keeps, what it refuses, what it never sees, what it says."""

import numpy as np
import pytest

import whytransfer as wt
from tests.adapt.conftest import moved
from whytransfer.methods import METHODS, MeanScale, SourceOnly
from whytransfer.steps.adapt import pseudo
from whytransfer.steps.adapt.claims import doubts
from whytransfer.steps.adapt.ground import lay_out
from whytransfer.steps.adapt.request import Request

SHALLOW = [name for name, kind in METHODS.items() if kind.family != "deep"]
LABEL_FREE = [name for name in SHALLOW if not METHODS[name].needs_target_labels]


def problem(seed=0, **sizes):
    X, y, T, yt = moved(seed=seed, **sizes)
    return wt.Problem(X, y, T, yt)


def same(one, other, rows):
    return np.array_equal(one.predict_proba(rows), other.predict_proba(rows))


# ---------------------------------------------------------------- the source model, kept


def test_an_empty_list_keeps_the_source_model_trained_like_every_candidate(quick):
    p = problem()
    kept = wt.adapt(p, methods=[])
    rows = kept.splits.source_train
    own = SourceOnly().fit(p.source.take(rows), p.classes[p.source.labels[rows]], target=p.target.rows)
    assert kept.choice.kept and not kept.choice.refused
    assert same(kept, own, p.target.rows)
    assert kept.claim("loss_ceiling").upper == 0.0 and kept.claim("loss_ceiling").level is wt.Level.PROVED


class Nothing:
    """A foreign estimator that ignores the target: the control that can't gain."""

    def fit(self, Xs, ys, Xt):
        self.inner = SourceOnly().fit(Xs, ys, target=Xt)

    def predict(self, X):
        return self.inner.predict(X)


def test_a_no_op_adapter_moves_nothing_and_is_not_chosen(quick):
    adapted = wt.adapt(problem(), methods=[wt.ThreeArrays(Nothing())])
    (_, foreign) = adapted.candidates
    assert foreign.name == "three_arrays.Nothing" and foreign.failed is None
    assert foreign.evidence.moved == 0.0
    assert foreign.evidence.backtest.mean == 0.0
    assert adapted.choice.kept


@pytest.mark.parametrize("world", ["label_flip", "rotation"])
def test_where_the_marginals_agree_the_source_model_is_kept(world, quick):
    p = getattr(wt.lab, world)().sample(200, 200, seed=0)
    for methods in ("auto", ["mean_scale"]):
        adapted = wt.adapt(p, methods=methods)
        assert adapted.choice.kept
        assert "labels mean" in adapted.choice.why


def test_the_xi_family_is_refused_with_its_reason():
    p = wt.lab.xi(xi=0.1).sample(100, 100, seed=0)
    adapted = wt.adapt(p)
    assert adapted.choice.kept and adapted.choice.refused
    assert "one class" in adapted.choice.why and "ξ" in adapted.choice.why
    assert set(adapted.predict(p.target.rows)) == {1}
    assert adapted.audit.verdict.answer is wt.Answer.NOT_COMPARABLE


class Constant:
    """Predicts the first class of all: a collapse."""

    def fit(self, Xs, ys, Xt):
        pass

    def predict(self, X):
        return np.zeros(len(X), dtype=int)


def test_a_collapse_is_never_chosen_though_labels_would_speak_for_it(quick):
    X, y, T, _ = moved()
    # All labels that are known are of the class that the collapsed candidate always predicts.
    known = dict.fromkeys(range(30), 0)
    adapted = wt.adapt(wt.Problem(X, y, T), methods=[wt.ThreeArrays(Constant())], target_labels=known)
    (_, collapsed) = adapted.candidates
    assert "never predicted" in collapsed.evidence.collapse
    assert collapsed.compared["better"] > collapsed.compared["worse"] == 0
    assert adapted.choice.kept


def test_nothing_is_chosen_without_labels_from_a_handful_of_rows(quick):
    X, y, T, _ = moved(m=16)
    adapted = wt.adapt(wt.Problem(X, y, T), methods=["mean_scale"])
    assert adapted.choice.kept and "few rows" in adapted.choice.why


def test_columns_that_do_not_vary_and_sources_of_few_rows_are_no_reason_to_fail(quick):
    flat = wt.adapt(wt.Problem(np.ones((40, 2)), np.arange(40) % 2, np.ones((30, 2))))
    assert flat.choice.kept and flat.choice.refused and flat.predict(np.ones((3, 2))).shape == (3,)
    X, y, T, _ = moved(n=8, m=30)
    assert wt.adapt(wt.Problem(X, y, T)).choice.kept


# ---------------------------------------------------------------- what no step may see


def test_labels_for_evaluation_reach_no_choice_and_no_model(quick):
    X, y, T, yt = moved()
    results = [
        wt.adapt(wt.Problem(X, y, T, labels), methods=["mean_scale", "coral"])
        for labels in (yt, 1 - yt, None)
    ]
    for other in results[1:]:
        assert other.choice == results[0].choice
        assert [c.evidence for c in other.candidates] == [c.evidence for c in results[0].candidates]
        assert same(other, results[0], T)
        assert other.claim("loss_ceiling") == results[0].claim("loss_ceiling")


def test_rows_that_evaluate_reach_no_step_before_the_claims(quick, always):
    """Other source and target rows in their place leave choice, evidence and model as they were."""
    X, y, T, _ = moved()
    first = wt.adapt(wt.Problem(X, y, T), methods=["mean_scale"])
    X2, T2 = X.copy(), T.copy()
    X2[first.splits.source_evaluate] += 1.5
    T2[first.splits.target_evaluate] -= 2.5
    second = wt.adapt(wt.Problem(X2, y, T2), methods=["mean_scale"])
    assert second.choice == first.choice
    assert [c.evidence for c in second.candidates] == [c.evidence for c in first.candidates]
    assert same(first, second, T)


def test_the_choice_is_given_a_problem_without_rows_and_labels_for_evaluation():
    X, y, T, yt = moved()
    p = wt.Problem(X, y, T, yt)
    ground = lay_out(p, Request.checked(p, [], None, None, 0))
    seen, splits = ground.case.problem, ground.splits
    assert np.array_equal(seen.source.rows, X[np.concatenate([splits.source_train, splits.source_choose])])
    assert np.array_equal(seen.target.rows, T[splits.target_train])
    assert seen.target.labels is None


def test_the_parts_of_the_target_are_disjoint_and_spent_rows_leave_them(quick):
    X, y, T, yt = moved()
    known = {row: int(yt[row]) for row in range(0, 40, 2)}
    splits = wt.adapt(wt.Problem(X, y, T), methods=["mean_scale"], target_labels=known).splits
    parts = (splits.target_train, splits.target_choose, splits.target_evaluate)
    assert sorted(np.concatenate(parts)) == list(range(100))
    assert splits.target_choose.tolist() == list(known)


def test_rows_of_a_spent_group_judge_nothing(quick):
    X, y, T, yt = moved()
    groups = np.arange(100) // 5
    p = wt.Problem(X, y, T, groups=(None, groups))
    splits = wt.adapt(p, methods=[], target_labels={0: int(yt[0])}).splits
    assert not set(range(5)) & set(splits.target_evaluate)


# ---------------------------------------------------------------- claims


@pytest.mark.parametrize(
    ("times", "shared", "rejected"), [(1, 0, ()), (10, 0, ("iid",)), (1, 60, ("domains_independent",))]
)
def test_the_loss_ceiling_is_not_proved_by_copies(quick, always, times, shared, rejected):
    """Rows exported ten times count ten times; on rows that trained both models these agree more often than on others."""
    X, y, T, _ = moved()
    always("coral")
    rows = np.concatenate([X[:shared], np.repeat(T[: 100 // times], times, axis=0)])
    ceiling = wt.adapt(wt.Problem(X, y, rows), methods=["coral"]).claim("loss_ceiling")
    assert tuple(a.id for a in ceiling.assumptions) == rejected
    assert {str(a.status) for a in ceiling.assumptions} <= {"rejected"}
    assert ceiling.level == ("conditional" if rejected else "proved")


def test_the_loss_ceiling_is_clopper_pearson_on_rows_that_no_step_has_seen(quick, always):
    from scipy.stats import beta

    always("mean_scale")
    X, y, T, _ = moved()
    adapted = wt.adapt(wt.Problem(X, y, T), methods=["mean_scale"])
    rows = adapted.splits.target_evaluate
    kept = wt.adapt(wt.Problem(X, y, T), methods=[])
    differ = int((adapted.predict(T[rows]) != kept.predict(T[rows])).sum())
    ceiling = adapted.claim("loss_ceiling")
    assert ceiling.level is wt.Level.PROVED and ceiling.assumptions == ()
    assert ceiling.estimate == differ / len(rows)
    assert ceiling.upper == pytest.approx(beta.ppf(0.95, differ + 1, len(rows) - differ), abs=1e-9)


def test_the_ceiling_is_conditional_where_somebody_picked_the_labelled_rows(quick, always):
    always("mean_scale")
    X, y, T, yt = moved()
    adapted = wt.adapt(wt.Problem(X, y, T), methods=["mean_scale"], target_labels={3: int(yt[3])})
    ceiling = adapted.claim("loss_ceiling")
    assert ceiling.level is wt.Level.CONDITIONAL
    assert [a.id for a in ceiling.assumptions] == ["labelled_at_random"]


def test_the_audit_of_rows_that_are_left_is_conditional_where_somebody_picked_the_others(quick):
    """Whoever has the hard rows labelled leaves the easy ones."""
    X, y, T, yt = moved()
    free, picked = (
        wt.adapt(wt.Problem(X, y, T, yt), methods=[], target_labels=known).audit
        for known in (None, {row: int(yt[row]) for row in range(30)})
    )
    about = ("target_error.direct", "adaptability.stumps", "divergence.half_line")
    for id_ in about:
        assert free.claim(id_).level is wt.Level.PROVED
        assert picked.claim(id_).level is wt.Level.CONDITIONAL
        assert [a.id for a in picked.claim(id_).assumptions] == ["labelled_at_random"]
    assert picked.claim("source_error").level is wt.Level.PROVED
    assert picked.verdict.basis is not wt.Basis.CERTIFIED


@pytest.mark.parametrize(
    ("groups", "time", "by_groups", "expected"),
    [
        (None, None, False, []),
        (np.arange(100), None, False, []),
        (np.arange(100) // 5, None, False, ["iid"]),
        (np.arange(100) // 5, np.arange(100.0), True, []),
        (None, np.arange(100.0), True, ["iid"]),
    ],
)
def test_limits_that_don_t_know_how_rows_hang_together_say_so(groups, time, by_groups, expected):
    X, y, T, _ = moved()
    p = wt.Problem(X, y, T, groups=(None, groups), time=(None, time))
    found = doubts(p, labelled=False, by_groups=by_groups)
    assert [a.id for a in found] == expected
    assert [a.id for a in doubts(p, labelled=True, by_groups=by_groups)] == [*expected, "labelled_at_random"]


def test_the_gain_of_grouped_rows_stands_on_their_independence(quick, always):
    always("mean_scale")
    X, y, T, yt = moved()
    p = wt.Problem(X, y, T, groups=(None, np.arange(100) // 2))
    known = {row: int(yt[row]) for row in range(60)}
    gain = wt.adapt(p, methods=["mean_scale"], target_labels=known).claim("expected_gain")
    assert [a.id for a in gain.assumptions] == ["iid", "labelled_at_random"]


def test_distance_and_lambda_before_and_after(always):
    always("mean_scale")
    adapted = wt.adapt(problem(), methods=["mean_scale"])
    before, after = (adapted.claim(f"divergence.domain_classifier{s}") for s in ("", ".adapted"))
    assert before.estimate > 0.99 and after.estimate < 0.7
    # All that is seen without labels is there when nothing is left out.
    seen = adapted.candidates[1].evidence
    assert all(
        v is not None for v in (seen.rise, seen.contested, seen.backtest, seen.reverse, seen.auc, seen.floor)
    )
    assert after.level is wt.Level.ESTIMATED and after.upper is None
    assert adapted.claim("adaptability.linear.adapted").estimate <= adapted.claim("adaptability.linear").upper
    blind = wt.adapt(wt.Problem(*moved()[:3]), methods=["mean_scale"])
    assert blind.claim("adaptability.linear").estimate is None


def test_lambda_counts_groups_and_says_that_its_rows_taught_the_encoding():
    X, y, T, yt = moved()
    rows, grouped = (
        wt.adapt(wt.Problem(X, y, T, yt, groups=(None, owner)), methods=[], learner="logistic").claim(
            "adaptability.linear"
        )
        for owner in (None, np.arange(100) // 10)
    )
    assert [a.id for a in rows.assumptions] == [a.id for a in grouped.assumptions] == ["encoding_fixed"]
    assert rows.level is grouped.level is wt.Level.CONDITIONAL
    assert grouped.detail["target_units"]["groups"] == grouped.detail["labelled_target_rows"] // 10
    assert grouped.upper > rows.upper + 0.1
    series = wt.adapt(wt.Problem(X, y, T, yt, time=(np.arange(120.0), None)), methods=[])
    assert [a.id for a in series.claim("adaptability.linear").assumptions] == ["encoding_fixed", "iid"]


# ---------------------------------------------------------------- a real one


def test_penguins_are_repaired_for_the_reason_that_is_said(penguins, monkeypatch):
    """From Adelie to Gentoo the source model calls no bird a female; an alignment puts the shares back, and is right.

    The committee is asked, as for everybody: models of other families call every Gentoo a male, too, and agree with the source model.
    """
    monkeypatch.setattr(pseudo, "PROBLEMS", 2)
    adapted = wt.adapt(penguins)
    sexed = penguins.target.labels >= 0
    wrong = adapted.predict(penguins.target.rows)[sexed] != penguins.classes[penguins.target.labels[sexed]]
    assert wrong.mean() <= 0.10
    assert "puts them back" in adapted.choice.why
    source, chosen = (
        next(c for c in adapted.candidates if c.name == n).evidence for n in ("source", adapted.choice.name)
    )
    assert source.share_distance > 0.4 and chosen.share_distance < 0.1
    assert source.contested < 0.0 and source.collapse is not None
    assert adapted.claim("expected_gain").level is wt.Level.ESTIMATED
    assert [a.id for a in adapted.claim("expected_gain").assumptions] == ["exchangeable_with_reference"]


def test_class_shares_that_truly_changed_are_left_alone():
    """Breast cancer cut by texture: half as many benign tumours there. The source model is right on it, and every alignment undoes what it knows."""
    from sklearn.datasets import load_breast_cancer

    X, y = load_breast_cancer(return_X_y=True)
    rough = X[:, 1] > np.median(X[:, 1])
    rest = np.delete(X, 1, axis=1)
    adapted = wt.adapt(wt.Problem(rest[~rough], y[~rough], rest[rough]))
    source = adapted.candidates[0].evidence
    assert source.share_distance > 0.3
    assert adapted.choice.kept
    assert "other families" in adapted.choice.why
    assert (adapted.predict(rest[rough]) != y[rough]).mean() < 0.06


# ---------------------------------------------------------------- every method


def test_every_method_competes(quick, always):
    always("source")
    X, y, T, yt = moved(n=60, m=60, flip=0.0)
    known = {row: int(yt[row]) for row in range(12)}
    adapted = wt.adapt(wt.Problem(X, y, T), methods=SHALLOW, target_labels=known)
    assert [c.name for c in adapted.candidates] == ["source", *(n for n in SHALLOW if n != "source")]
    for c in adapted.candidates:
        assert c.failed is None, (c.name, c.failed)
        assert 0 <= c.evidence.moved <= 1 and sum(c.evidence.predicted) == pytest.approx(1)
        if c.name != "source":
            assert c.compared["rows"] == 12
            assert c.compared["cross_fitted"] is METHODS[c.name].needs_target_labels
        if c.name in LABEL_FREE:
            assert c.evidence.backtest.problems == 2


@pytest.mark.parametrize("name", ["subspace_alignment", "em", "confident", "pooled"])
def test_what_was_chosen_predicts_as_the_method_alone_on_the_same_rows(name, quick, always):
    always(name)
    X, y, T, yt = moved()
    known = {row: int(yt[row]) for row in range(20)}
    adapted = wt.adapt(wt.Problem(X, y, T), methods=[name], target_labels=known)
    s, extra, seen = adapted.splits, {}, adapted.splits.target_train
    if METHODS[name].needs_target_labels:
        seen = np.concatenate([s.target_train, s.target_choose])
        extra["target_y"] = np.where(np.isin(seen, s.target_choose), yt[seen], -1)
    alone = METHODS[name]().fit(X[s.source_train], y[s.source_train], target=T[seen], **extra)
    assert same(adapted, alone, T)


def test_two_runs_agree_and_another_seed_splits_otherwise(quick):
    p = problem()
    one, two, other = (wt.adapt(p, methods=["coral"], seed=seed) for seed in (1, 1, 2))
    assert one.summary() == two.summary() and same(one, two, p.target.rows)
    assert not np.array_equal(one.splits.source_train, other.splits.source_train)


class Failing:
    """Foreign code may raise anything."""

    def fit(self, Xs, ys, Xt):
        raise KeyError("no such thing")

    def predict(self, X):
        return X


def test_a_candidate_that_fails_is_said_and_the_others_go_on(quick):
    adapted = wt.adapt(problem(), methods=[wt.ThreeArrays(Failing()), "mean_scale"])
    assert [c.failed is None for c in adapted.candidates] == [True, False, True]
    assert any("three_arrays.Failing could not be fitted: KeyError" in w for w in adapted.warnings)


def test_what_each_candidate_may_be_given_as(quick):
    p = problem()
    named = wt.adapt(p, methods=["mean_scale"], learner="stump").candidates[1]
    as_object = wt.adapt(p, methods=[MeanScale()], learner="stump").candidates[1]
    assert named.evidence == as_object.evidence


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"methods": "mean_scale"}, "list of one"),
        ({"methods": ["mean_scalle"]}, "mean_scale"),
        ({"methods": [3]}, "ThreeArrays"),
        ({"methods": ["coral", "coral"]}, "twice"),
        ({"learner": "logistik"}, "logistic"),
        ({"learner": 3}, "learner"),
        ({"target_labels": {0: 7}}, "labels of the source"),
        ({"target_labels": {700: 1}}, "outside the target"),
    ],
)
def test_bad_input_is_refused_in_one_line(arguments, words):
    with pytest.raises(wt.InputError, match=words) as error:
        wt.adapt(problem(), **arguments)
    assert "\n" not in str(error.value)


def test_domains_that_can_not_be_compared_have_no_model():
    p = wt.Problem(np.zeros((5, 2)), [0, 1, 0, 1, 0], np.zeros((5, 3)))
    adapted = wt.adapt(p)
    assert adapted.choice.refused and adapted.model is None
    with pytest.raises(wt.InputError, match="no model"):
        adapted.predict(np.zeros((5, 3)))
    assert adapted.audit.verdict.answer is wt.Answer.NOT_COMPARABLE


def test_not_a_problem():
    with pytest.raises(wt.InputError, match="Problem"):
        wt.adapt(np.zeros((3, 2)))
