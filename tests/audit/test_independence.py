"""What speaks against independence lowers the level: cases in both domains, labels that were chosen, two models in one claim."""

from types import SimpleNamespace

import numpy as np
import pytest
from scipy.stats import binom
from sklearn.tree import DecisionTreeClassifier

import whytransfer as wt
from tests.audit import cases
from whytransfer.problem.twins import copied_rows
from whytransfer.steps.independence import TOGETHER_BELOW, Choice, labelled_at_random

pytestmark = pytest.mark.usefixtures("without_back_test")


def partly(known, source, target):
    return wt.Problem(source.X, source.y, target.X, np.where(known, target.y.astype(float), np.nan))


def test_labels_of_chosen_rows_certify_nothing_outright():
    source, target = cases.rows(300, 600)
    easy = np.abs(target.X[:, 0]) > np.quantile(np.abs(target.X[:, 0]), 0.6)
    audit = wt.audit(partly(easy, source, target), tolerance=0.5, **cases.QUICK)
    claim = audit.claim("target_error.direct")
    assert claim.level == "conditional"
    assert [(a.id, str(a.status)) for a in claim.assumptions] == [("labelled_at_random", "rejected")]
    assert audit.verdict.basis != "certified"
    assert any("look chosen" in w for w in audit.warnings)


@pytest.mark.parametrize("oldest", [True, False])
def test_labels_of_the_oldest_rows_are_no_random_draw(oldest):
    """They come late: what the model does on the newest rows nobody knows, however alike the rows look."""
    source, target = cases.rows(100, 300)
    rng = np.random.default_rng(0)
    time = rng.permutation(300).astype(float)
    known = time < 100 if oldest else rng.permutation(300) < 100
    yt = np.where(known, target.y.astype(float), np.nan)
    problem = wt.Problem(source.X, source.y, target.X, yt, time=(None, time))
    found = labelled_at_random(problem, None, _Says(target.X))
    assert (found is not None) == oldest


@pytest.mark.parametrize("seed", range(5))
def test_labels_of_random_rows_certify_and_the_condition_is_said(seed):
    source, target = cases.rows(300, 600)
    known = np.zeros(600, dtype=bool)
    known[np.random.default_rng(seed).choice(600, 200, replace=False)] = True
    audit = wt.audit(partly(known, source, target), tolerance=0.5, **cases.QUICK)
    assert audit.claim("target_error.direct").level == "proved"
    assert any("drawn at random" in w for w in audit.warnings)


@pytest.mark.parametrize("copies", [1, 60])
def test_groups_that_were_labelled_whole_at_random_are_no_choice(copies):
    """The rows of forty groups, each labelled whole or not at all: as rows they would look chosen."""
    rng = np.random.default_rng(2)
    source, target = cases.rows(100, 40)
    chosen = np.repeat(rng.permutation(40) < 20, copies)
    Xt, yt = (
        np.repeat(target.X, copies, axis=0),
        np.where(chosen, np.repeat(target.y, copies).astype(float), np.nan),
    )
    in_groups = (None, np.repeat(np.arange(40), copies))
    problems = (wt.Problem(source.X, source.y, Xt, yt, groups=groups) for groups in (in_groups, None))
    said = [labelled_at_random(p, None, _Says(Xt)) for p in problems]
    assert [a is None for a in said] == [True, copies == 1]


def test_labelled_rows_that_are_copies_certify_nothing_outright():
    """Fifty cases, exported ten times each, are not five hundred."""
    source, target = cases.rows(300, 50)
    problem = wt.Problem(source.X, source.y, np.tile(target.X, (10, 1)), np.tile(target.y, 10))
    audit = wt.audit(problem, tolerance=0.9, **cases.QUICK)
    claim = audit.claim("target_error.direct")
    assert claim.level == "conditional" and [a.id for a in claim.assumptions] == ["iid"]
    assert "500 of 500 labelled target rows stand there more than once" in claim.assumptions[0].test
    assert audit.verdict.basis != "certified"
    assert any("are copies" in w for w in audit.warnings)


def test_source_rows_that_are_copies_prove_no_error_there_and_no_rise_over_it():
    """A tree knows by heart what stands on both sides of the split."""
    source, target = cases.rows(80, 300)
    problem = wt.Problem(np.tile(source.X, (5, 1)), np.tile(source.y, 5), target.X, target.y)
    audit = wt.audit(problem, "boosted", max_drop=0.2, **cases.QUICK)
    assert audit.claim("target_error.direct").level == "proved"
    for id_ in ("source_error", "error_drop.direct", "divergence.half_line"):
        claim = audit.claim(id_)
        assert claim.level == "conditional" and [a.id for a in claim.assumptions] == ["iid"]
    assert any("rows are copies of each other" in w for w in audit.warnings)


def test_rows_that_repeat_as_the_source_s_do_are_no_copies():
    rng = np.random.default_rng(0)
    # One column rounded to two decimals beside one of five values; and a target that is one row many times over.
    S, T = (np.c_[rng.normal(size=n).round(2), rng.integers(0, 5, n)] for n in (300, 600))
    labels = rng.integers(0, 2, 300), rng.integers(0, 2, 600)
    assert copied_rows(wt.Problem(S, labels[0], T, labels[1])) is None
    assert copied_rows(wt.Problem(S, labels[0], np.repeat(T[:1], 600, axis=0), labels[1])) is None
    S, T = rng.normal(size=(300, 2)), rng.normal(size=(300, 2))
    twice, answers = np.repeat(T, 2, axis=0), np.repeat(labels[0], 2)
    assert copied_rows(wt.Problem(S, labels[0], twice, answers)) is not None
    assert copied_rows(wt.Problem(S, labels[0], twice, answers, groups=(None, np.arange(600) // 2))) is None
    assert copied_rows(wt.Problem(S, labels[0], twice, np.arange(600) % 2)) is None


@pytest.mark.parametrize(
    ("copied", "times", "told"), [(40, 20, True), (24, 4, True), (5, 100, False), (10, 2, False)]
)
def test_some_of_the_cases_exported_many_times_are_copies_and_a_few_frequent_rows_are_none(
    copied, times, told
):
    """Of 200 cases 40 stand there twenty times each: limits of 960 rows missed in a third of draws at δ = .025."""
    rng = np.random.default_rng(0)
    S, T = rng.normal(size=(200, 3)), rng.normal(size=(100 if times == 4 else 200, 3))
    rows = np.concatenate([T, np.repeat(T[:copied], times - 1, axis=0)])
    found = copied_rows(wt.Problem(S, (S[:, 0] > 0).astype(int), rows, (rows[:, 0] > 0).astype(int)))
    assert (found is not None) == told


@pytest.mark.parametrize(
    "sizes", [np.full(50, 2), np.full(40, 20), np.r_[np.ones(40, dtype=int), np.full(5, 20)]]
)
def test_rows_drawn_one_by_one_are_seldom_taken_for_rows_chosen_together(sizes):
    rng, groups = np.random.default_rng(0), np.repeat(np.arange(len(sizes)), sizes)
    n, draws, alarms = len(groups), 400, 0
    for k in (5, n // 4, n // 2):
        for _ in range(draws):
            known = np.zeros(n, dtype=bool)
            known[rng.choice(n, k, replace=False)] = True
            alarms += Choice.seen(groups, known).of == "neither"
    assert alarms <= binom.ppf(0.999, 3 * draws, TOGETHER_BELOW)
    torn = groups < len(sizes) // 2
    torn[0] = False
    torn[1] = True
    assert Choice.seen(groups, torn).of == ("neither" if sizes[0] > 1 else "groups")


class _Says:
    """A model's confidence that is the first column, squeezed into (½, 1)."""

    def __init__(self, rows):
        sure = 0.5 + 0.5 / (1 + np.exp(-np.asarray(rows, dtype=float)[:, 0]))
        self.target = SimpleNamespace(proba=np.column_stack([sure, 1 - sure]))


def test_groups_in_both_domains_lower_every_proved_claim_about_the_target():
    source, target = cases.rows(200, 200)
    people = np.arange(200)
    problem = wt.Problem(source.X, source.y, target.X, target.y, groups=(people, people))
    audit = wt.audit(problem, tolerance=0.9, **cases.QUICK)
    assert audit.claim("target_error.direct").level == "conditional"
    assert "domains_independent" in {a.id for a in audit.claim("target_error.direct").assumptions}
    assert not [c for c in audit.claims if c.quantity == "divergence" and c.level == "proved"]
    assert audit.verdict.basis != "certified"


def test_a_drop_is_never_between_two_models():
    source, target = cases.rows(300, 300)
    model = DecisionTreeClassifier(random_state=0).fit(source.X, source.y)
    problem = wt.Problem(source.X, source.y, target.X, target.y)
    audit = wt.audit(problem, model=model, trained_on_source=True, max_drop=0.5, **cases.QUICK)
    assert "error_drop.direct" not in {c.id for c in audit.claims}
    assert audit.claim("target_error.direct").detail["subject"] == "given"
    assert audit.claim("source_error").detail["subject"] == "refit"
