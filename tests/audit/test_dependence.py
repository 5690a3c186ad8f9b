"""Grouped and timed rows: which form a claim took, what it says of it, and that groups of one row change nothing."""

import numpy as np
import pytest

import whytransfer as wt
from tests.audit import cases
from whytransfer.claims import Status
from whytransfer.claims.intervals import Units, grouped_lower, grouped_upper
from whytransfer.steps import backtest, panel
from whytransfer.steps.ties import sizes_uninformative

COUNTED = ("source_error", "target_error.direct")


@pytest.fixture(scope="module", autouse=True)
def nothing_estimated():
    """Leave out the committee and the back-test: they take most of an audit's time, and no certificate reads them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(panel, "committee", lambda case: None)
        patch.setattr(backtest, "record", lambda *rest: None)
        yield


def repeated(n, m, *, copies, seed=0):
    """The worked example with every row `copies` times: intra-class correlation 1."""
    source, target = cases.rows(n, m, seed)

    def again(values):
        return np.repeat(values, copies, axis=0)

    return wt.Problem(
        again(source.X),
        again(source.y),
        again(target.X),
        again(target.y),
        groups=(np.repeat(np.arange(n), copies), np.repeat(10_000 + np.arange(m), copies)),
    )


@pytest.fixture(scope="module")
def problem():
    return repeated(120, 80, copies=4)


@pytest.fixture(scope="module")
def in_groups(problem):
    return wt.audit(problem, tolerance=0.5, **cases.QUICK)


def waves(n, seed, *, rho=0.95):
    """A column that moves slowly in time, and labels that it decides in part though no model sees it."""
    rng, hidden = np.random.default_rng(seed), np.zeros(n)
    for i in range(1, n):
        hidden[i] = rho * hidden[i - 1] + np.sqrt(1 - rho**2) * rng.normal()
    X = rng.normal(size=(n, 2))
    return X, (X[:, 0] + 3 * hidden > 0).astype(int), np.arange(n, dtype=float)


def test_groups_get_limits_by_groups_and_stay_proved(problem, in_groups):
    audit = in_groups
    for id_ in COUNTED:
        claim = audit.claim(id_)
        assert claim.level == "proved" and claim.assumptions == ()
        assert claim.detail["unit"] == "groups"
        assert claim.detail["effective"] == pytest.approx(claim.detail["groups"])
        assert claim.theorem == "betting"
    direct = audit.claim("target_error.direct")
    wrong = audit.model.predict(problem.target.rows) != problem.classes[problem.target.labels]
    groups = np.repeat(np.arange(80), 4)
    assert direct.upper == grouped_upper(wrong.astype(float), groups, direct.detail["delta"])
    assert direct.lower == grouped_lower(wrong.astype(float), groups, direct.detail["delta"])
    assert (direct.detail["groups"], direct.detail["rows"]) == (80, 320)


def test_divergences_by_groups_are_proved_and_their_tests_exchange_whole_groups(in_groups):
    audit = in_groups
    for name in ("half_line", "interval", "stump", "wasserstein1", "mmd"):
        claim = audit.claim(f"divergence.{name}")
        assert claim.level == "proved"
        assert claim.detail["target_units"]["unit"] == "groups"
    half_line = audit.claim("divergence.half_line")
    n, m = (half_line.detail[f"{d}_units"]["effective"] for d in ("source", "target"))
    deviation = np.sqrt((1 / n + 1 / m) * np.log(1 / half_line.detail["delta"]) / 2)
    assert half_line.upper == pytest.approx(half_line.estimate + deviation, abs=1e-12)
    assert audit.claim("divergence.mmd").detail["exchanged"].startswith("whole groups")


def test_bounds_and_lambda_by_groups_stay_proved(problem):
    audit = wt.audit(problem, tolerance=0.5, theorems=["lagrangian"])
    bound, least = audit.claim("target_error.lagrangian.stumps"), audit.claim("adaptability.stumps")
    assert bound.level == least.level == "proved"
    assert least.detail["source_units"]["unit"] == least.detail["target_units"]["unit"] == "groups"
    rows = audit.splits.source_evaluate
    assert len(rows) % 4 == 0
    # Four copies of every row are worth no more than one of each.
    n, m = len(rows) // 4, 80
    deviation = np.sqrt((1 / n + 1 / m) * np.log(1 / least.detail["delta"]) / 2)
    assert least.lower == pytest.approx(max(0.0, least.estimate - deviation), abs=1e-12)


def test_certificates_that_count_take_their_form_by_groups(problem):
    """Cells, shares, label shift, weights, predictions, votes, transport, lower limits: none stands on rows within a group."""
    known = np.arange(320) % 8 < 4  # whole groups of four
    labels = problem.classes[problem.target.labels]
    some = wt.Problem(
        problem.source.rows,
        problem.classes[problem.source.labels],
        problem.target.rows,
        np.where(known, labels.astype(float), np.nan),
        groups=(problem.source.groups, problem.target.groups),
    )
    names = ["cells", "prevalence", "label_shift_lp", "importance_weighting", "ppi", "tv_lower", "zhao_lower"]
    names += ["hoeffding", "chernoff", "betting", "empirical_bernstein", "transport_labels"]
    assume = {"label_shift": True, "covariate_shift": True, "ratio": 4.0, "prevalence.1": 0.5}
    audit = wt.audit(some, tolerance=0.5, theorems=names, assume=assume)
    made = [c for c in audit.claims if c.theorem in names]
    assert {c.theorem for c in made} == {*names}
    for claim in made:
        assert not [a.id for a in claim.assumptions if a.id.startswith("independent_within_groups")], claim.id
    assert audit.claim("target_error.ppi").level == "proved"
    assert audit.claim("target_error.ppi").detail["labelled_units"]["groups"] == known.sum() // 4
    # Four copies of every row: the table has a row a group, and its limits are those of the groups.
    rows, delta = audit.splits.target_evaluate, audit.claim("target_error.prevalence").detail["delta"]
    ones = (audit.model.predict(problem.target.rows)[rows] == 1).astype(float)
    groups = np.unique(np.repeat(np.arange(80), 4)[rows], return_inverse=True)[1]
    box = audit.claim("target_error.prevalence").detail["predicted"][1]
    expected = [limit(ones, groups, delta / 2) for limit in (grouped_lower, grouped_upper)]
    assert box == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("side", [0, 1])
def test_groups_in_one_domain_only(problem, side):
    groups = (problem.source.groups, problem.target.groups)
    half = wt.Problem(
        problem.source.rows,
        problem.classes[problem.source.labels],
        problem.target.rows,
        problem.classes[problem.target.labels],
        groups=(groups[0], None) if side == 0 else (None, groups[1]),
    )
    audit = wt.audit(half, tolerance=0.5, theorems=["disparity"])
    assert audit.claim("target_error.disparity.stumps").level == "proved"
    said = [audit.claim(id_).detail.get("unit") for id_ in COUNTED]
    assert said == (["groups", None] if side == 0 else [None, "groups"])


def test_groups_of_one_row_change_nothing():
    source, target = cases.rows(150, 120)
    plain = wt.Problem(source.X, source.y, target.X, target.y)
    # Names in the order of the rows, so that the split draws the same ones.
    names = tuple(np.array([f"{d}{i:04d}" for i in range(k)]) for d, k in (("s", 150), ("t", 120)))
    alone = wt.Problem(source.X, source.y, target.X, target.y, groups=names)
    one, other = (wt.audit(p, tolerance=0.5, theorems=["lagrangian"]) for p in (plain, alone))
    surely = [cases.surely(audit) for audit in (one, other)]
    assert len(surely[0]) > 5
    for mine, theirs in zip(*surely, strict=True):
        assert mine.to_dict() == theirs.to_dict()


@pytest.mark.parametrize(("groups_s", "groups_t"), [(1, 1), (2, 1), (3, 4)])
def test_few_groups_are_wide_and_never_a_crash(groups_s, groups_t):
    source, target = cases.rows(80, 60)
    groups = (np.arange(80) % groups_s, 100 + np.arange(60) % groups_t)
    audit = wt.audit(
        wt.Problem(source.X, source.y, target.X, target.y, groups=groups), tolerance=0.3, **cases.QUICK
    )
    direct = audit.claim("target_error.direct")
    assert direct.upper == 1.0 or direct.upper > 0.6
    if groups_t == 1:
        assert direct.vacuous and direct.upper > 0.95 and direct.lower <= direct.detail["delta"]
    cases.parsed(audit)


def test_errors_that_go_with_the_size_of_the_group_are_seen():
    sizes = np.r_[np.full(60, 2), np.full(60, 12)]
    groups = np.repeat(np.arange(120), sizes)
    rng = np.random.default_rng(0)
    uneven = rng.random(len(groups)) < np.where(sizes[groups] == 2, 0.05, 0.6)
    even = rng.random(len(groups)) < 0.3
    units = Units.of(groups, len(groups))
    found = sizes_uninformative(uneven, units)
    assert found.status is Status.REJECTED and "larger ones" in found.test
    assert sizes_uninformative(even, units) is None
    assert sizes_uninformative(even, Units(n=len(even))) is None
    assert sizes_uninformative(even[:20], Units.of(np.repeat(np.arange(10), 2), 20)) is None


def test_dependence_in_time_asks_for_blocks():
    X, y, time = waves(1500, 1)
    Xt, yt, _ = waves(1000, 2, rho=0.0)
    audit = wt.audit(wt.Problem(X, y, Xt, yt, time=(time, np.arange(1000.0))), tolerance=0.5, **cases.QUICK)
    source, target = (audit.claim(id_) for id_ in COUNTED)
    assert source.level == "conditional" and source.detail["unit"] == "blocks"
    assert source.detail["groups"] < source.detail["rows"] / 5
    found = {a.id: a for a in source.assumptions}
    assert found["iid"].status is Status.REJECTED and "runs" in found["iid"].test
    assert "next to each other in time" in found["blocks_independent"].text
    assert found["blocks_independent"].power
    # The target was tested too, and passed: limits for rows, and the test is written down.
    assert target.level == "proved" and "unit" not in target.detail
    assert "exact tests" in target.detail["independence_target"]
    assert audit.verdict.basis == "certified"


def test_columns_that_move_slowly_ask_for_blocks_of_the_divergences_only():
    rng = np.random.default_rng(5)
    drift = np.repeat(rng.normal(size=60), 20) * 3
    X = np.column_stack([rng.normal(size=1200), drift])
    y = (X[:, 0] > 0).astype(int)
    Xt = rng.normal(size=(600, 2))
    problem = wt.Problem(X, y, Xt, (Xt[:, 0] > 0).astype(int), time=(np.arange(1200.0), np.arange(600.0)))
    audit = wt.audit(problem, tolerance=0.5, **cases.QUICK)
    assert audit.claim("source_error").level == "proved"
    claim = audit.claim("divergence.half_line")
    assert claim.level == "conditional"
    assert {a.id for a in claim.assumptions} >= {"iid", "blocks_independent"}
    assert claim.detail["source_units"]["unit"] == "blocks"


def test_groups_come_before_times(problem):
    timed = wt.Problem(
        problem.source.rows,
        problem.classes[problem.source.labels],
        problem.target.rows,
        problem.classes[problem.target.labels],
        groups=(problem.source.groups, problem.target.groups),
        time=(np.arange(480.0), np.arange(320.0)),
    )
    claim = wt.audit(timed, tolerance=0.5, **cases.QUICK).claim("source_error")
    assert claim.level == "proved" and claim.detail["unit"] == "groups"
    assert "independence_source" not in claim.detail


def test_equal_times_tell_no_order():
    source, target = cases.rows(400, 300)
    order = np.argsort(source.y, kind="stable")
    problem = wt.Problem(
        source.X[order], source.y[order], target.X, target.y, time=(np.zeros(400), np.zeros(300))
    )
    assert wt.audit(problem, tolerance=0.5, **cases.QUICK).claim("source_error").level == "proved"


@pytest.mark.parametrize("whole_groups", [True, False])
def test_of_a_whole_file_the_choice_of_the_labelled_rows_decides(whole_groups):
    source, target = cases.rows(300, 400)
    groups = np.repeat(np.arange(100), 4)
    rng = np.random.default_rng(0)
    chosen = np.isin(groups, rng.choice(100, 40, replace=False)) if whole_groups else rng.random(400) < 0.4
    known = np.where(chosen, target.y.astype(float), np.nan)
    problem = wt.Problem(source.X, source.y, target.X, known, groups=(None, groups))
    audit = wt.audit(problem, tolerance=0.5, population="file", **cases.QUICK)
    claim = audit.claim("target_error.direct")
    assert claim.level == "proved"
    assert claim.detail.get("unit") == ("groups" if whole_groups else None)


def test_of_a_whole_file_a_label_that_is_missing_makes_no_rows_of_groups():
    """Ten of forty groups, each right or wrong throughout, were labelled; with one label of them lost 199 rows counted one by one, and lied."""
    source, target = cases.rows(300, 800)
    groups = np.repeat(np.arange(40), 20)
    said = np.where(groups % 5 == 0, 1 - target.y, target.y)
    known = np.where(np.isin(groups, np.r_[0, 1:4, 6:10, 11, 12]), target.y.astype(float), np.nan)
    audits = []
    for lost in ([], [25]):
        known[lost] = np.nan
        problem = wt.Problem(source.X, source.y, target.X, known, groups=(None, groups))
        predictions = wt.Predictions(source.y, said)
        audits.append(
            wt.audit(problem, predictions=predictions, tolerance=0.19, population="file", **cases.QUICK)
        )
    whole, torn = (audit.claim("target_error.direct") for audit in audits)
    assert whole.level == "proved" and whole.upper > 0.2
    assert torn.level == "conditional" and torn.upper > 0.2
    assert [a.id for a in torn.assumptions] == ["labelled_at_random"]
    assert "1 group labelled in part" in torn.assumptions[0].test
    assert audits[1].verdict.basis != "certified"


def test_of_a_whole_file_groups_that_were_not_drawn_may_be_its_largest():
    """All errors stand in the one group of sixty rows, which half of all draws of half the groups lack: a limit must allow for that."""
    source, target = cases.rows(300, 160)
    groups = np.r_[np.arange(100), np.full(60, 100)]
    said = np.where(groups == 100, 1 - target.y, target.y)
    known = np.where(groups < 50, target.y.astype(float), np.nan)
    problem = wt.Problem(source.X, source.y, target.X, known, groups=(None, groups))
    for noise in (0.0, 0.1):
        audit = wt.audit(
            problem,
            predictions=wt.Predictions(source.y, said),
            tolerance=0.5,
            population="file",
            label_noise=noise,
            **cases.QUICK,
        )
        claim = audit.claim("target_error.direct")
        assert claim.estimate == 0.0 and claim.upper > 60 / 160


@pytest.mark.parametrize("largest", [4, 60])
def test_of_a_whole_file_lambda_knows_the_groups_that_were_drawn_only(largest):
    """Half of all draws of half the groups lack the one group of sixty rows; what is left has rows of groups of four."""
    source, target = cases.rows(300, 196 + largest)
    groups = np.r_[np.repeat(np.arange(49), 4), np.full(largest, 49)]
    known = np.where(groups < 25, target.y.astype(float), np.nan)
    problem = wt.Problem(source.X, source.y, target.X, known, groups=(None, groups))
    named = ["disparity", "mansour", "tv_lower"]
    audit = wt.audit(problem, tolerance=0.5, population="file", theorems=named)
    expected = ["sizes_uninformative"] if largest == 60 else []
    about = [f"target_error.{name}.stumps" for name in named[:2]]
    for id_ in ("adaptability.stumps", *about, "error_sum_lower.tv_lower"):
        claim = audit.claim(id_)
        assert claim.upper is not None or claim.lower is not None
        assert [a.id for a in claim.assumptions] == expected
        assert claim.level == ("conditional" if expected else "proved")


def test_of_a_whole_file_with_all_labels_the_error_is_known(problem):
    claim = wt.audit(problem, tolerance=0.5, population="file", **cases.QUICK).claim("target_error.direct")
    assert claim.lower == claim.estimate == claim.upper and claim.level == "proved"
    assert claim.detail["population"] == "file"
