"""Tables as they come: mixed, wide, gappy, grouped, tiny."""

import warnings

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt
from tests.audit import cases
from whytransfer.report import load_schema


def mixed(seed, n=120):
    """Every kind of column, with gaps."""
    rng = np.random.default_rng(seed)
    number = rng.normal(size=n)
    return pd.DataFrame(
        {
            "number": number,
            "gaps": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)),
            "flag": rng.random(n) < 0.5,
            "colour": rng.choice(["red", "green", "blue"], n),
            "kind": pd.Categorical(rng.choice(["p", "q"], n)),
            "whole": pd.array(np.where(rng.random(n) < 0.1, None, rng.integers(0, 5, n)), dtype="Int64"),
            "code": [f"id{v}" for v in rng.integers(0, 90, n)],
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 500, n), unit="D"),
            "constant": 1.0,
            "empty": np.full(n, np.nan),
            "y": np.where(number > 0, "yes", "no"),
        }
    )


@pytest.fixture(scope="module")
def mixed_audit():
    problem = wt.Problem.read(mixed(0), mixed(1), label="y", use_target_labels=True)
    return wt.audit(problem, tolerance=0.5)


def test_mixed_columns_are_audited_and_what_is_left_out_is_said(mixed_audit):
    assert (mixed_audit.verdict.answer, mixed_audit.verdict.basis) == ("works", "certified")
    for word in ("constant", "empty"):
        assert any(word in w for w in mixed_audit.warnings), word
    assert {c.id for c in mixed_audit.claims} >= {
        "adaptability.stumps",
        "divergence.mmd",
        "divergence.half_line",
    }


def test_the_document_of_mixed_columns_is_valid_and_tells_each_column_once(mixed_audit):
    import jsonschema

    document = cases.parsed(mixed_audit)
    jsonschema.Draft202012Validator(load_schema()).validate(document)
    features = [f["name"] for f in document["diagnosis"]["features"]]
    assert len(features) == len(set(features))
    assert {"number", "gaps", "flag", "colour", "kind", "whole", "code", "day"} >= set(features) >= {"number"}
    for feature in document["diagnosis"]["features"]:
        assert 0 <= feature["shift"] <= 1 and 0 < feature["p_value"] <= 1
        for side in ("source", "target"):
            assert sum(feature["histogram"][side]) <= 1 + 1e-9


def test_rules_name_the_columns_of_the_user(mixed_audit):
    rule = mixed_audit.claim("adaptability.stumps").detail["rule"]
    assert "number" in rule and "x0" not in rule


@pytest.mark.slow
def test_more_columns_than_rows_and_than_a_document_shows(without_back_test):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(160, 260))
    y = (X[:, 5] > 0).astype(int)
    audit = wt.audit(wt.Problem(X[:80], y[:80], X[80:], y[80:]), tolerance=0.7, theorems=["disparity"])
    assert audit.claim("target_error.direct").detail["rows"] == 80
    assert len(audit.document["diagnosis"]["features"]) < 260
    assert any("less shifted columns" in w for w in audit.document["warnings"])
    cases.parsed(audit)


@pytest.mark.parametrize("value", [1.0, np.nan], ids=["constant", "missing"])
def test_a_table_in_which_nothing_varies_is_audited_or_refused_for_that(value):
    y = np.random.default_rng(0).integers(0, 2, 60)
    try:
        audit = wt.audit(wt.Problem(np.full((60, 2), value), y, np.full((60, 2), value), y), **cases.QUICK)
        said = audit.warnings
    except wt.InputError as refused:
        said = [str(refused)]
    assert any("column" in w and ("varies" in w or "left out" in w) for w in said)


def test_predictions_on_a_table_in_which_nothing_varies():
    y = np.random.default_rng(0).integers(0, 2, 60)
    X = np.ones((60, 2))
    # One row more, or the two would be the same rows, which is no transfer.
    audit = wt.audit(
        wt.Problem(X, y, np.ones((61, 2)), np.append(y, 1)),
        predictions=wt.Predictions(y, np.append(y, 1)),
        tolerance=0.5,
    )
    assert audit.verdict.basis == "certified"
    assert not [c for c in audit.claims if c.quantity == "divergence"]
    assert any("left out" in w for w in audit.warnings)


# Groups, time, weights


def groups_of(audit, problem):
    return {
        part: set(problem.source.groups[getattr(audit.splits, f"source_{part}")])
        for part in ("train", "choose", "evaluate")
    }


@pytest.fixture(scope="module")
def grouped():
    source, target = cases.rows(120, 120)
    groups = np.repeat(np.arange(40), 3)
    problem = wt.Problem(source.X, source.y, target.X, target.y, groups=(groups, groups + 1000))
    return problem, wt.audit(problem, tolerance=0.9)


def test_no_group_stands_in_two_splits(grouped):
    problem, audit = grouped
    parts = groups_of(audit, problem)
    assert sum(map(len, parts.values())) == len(set.union(*parts.values())) == 40
    assert all(parts.values())


def test_errors_of_grouped_rows_are_counted_by_groups(grouped):
    _, audit = grouped
    direct, source = audit.claim("target_error.direct"), audit.claim("source_error")
    assert direct.level == source.level == "proved"
    assert direct.detail["unit"] == source.detail["unit"] == "groups"
    assert direct.detail["groups"] == 40
    # Three rows of a group are less than three rows: the limits are those of 40 groups, not of 120 rows.
    rows = wt.interval("clopper_pearson", direct.detail["errors"], 120, delta=direct.delta)
    assert direct.upper >= rows.upper and direct.lower <= rows.lower


def test_groups_of_one_row_are_no_groups():
    source, target = cases.rows(60, 60)
    alone = np.arange(60)
    problem = wt.Problem(source.X, source.y, target.X, target.y, groups=(alone, alone + 100))
    assert wt.audit(problem, **cases.QUICK).claim("source_error").level == "proved"


def test_rows_in_time_are_tested_for_dependence_and_the_times_are_kept():
    source, target = cases.rows(60, 60)
    time = np.arange(60)
    problem = wt.Problem(source.X, source.y, target.X, target.y, time=(time, time + 60))
    assert np.array_equal(problem.target.time, time + 60)
    claim = wt.audit(problem, tolerance=0.9, **cases.QUICK).claim("target_error.direct")
    # These rows are independent: no test rejects it, and the test is written down.
    assert claim.level == "proved"
    assert "neighbouring pairs" in claim.detail["independence_target"]


def test_the_whole_target_file_needs_no_independence():
    source, target = cases.rows(60, 60)
    groups = np.arange(60) // 3
    problem = wt.Problem(source.X, source.y, target.X, target.y, groups=(groups, groups + 100))
    audit = wt.audit(problem, population="file", tolerance=0.5, **cases.QUICK)
    assert audit.claim("target_error").level == "proved" and audit.verdict.basis == "certified"


def test_weights_are_read_and_kept_and_are_no_feature():
    source, target = cases.rows(60, 60)
    tables = [
        pd.DataFrame({"a": p.X[:, 0], "y": p.y, "w": 1.0 + np.arange(60) % 3}) for p in (source, target)
    ]
    problem = wt.Problem.read(*tables, label="y", use_target_labels=True, weights="w")
    audit = wt.audit(problem, **cases.QUICK)
    assert audit.document["problem"]["features"] == ["a"]
    assert np.array_equal(problem.source.weights, tables[0]["w"])


def test_weights_that_have_no_effect_are_said_to_have_none():
    source, target = cases.rows(60, 60)
    uneven = 1.0 + 5.0 * target.y
    problem = wt.Problem(source.X, source.y, target.X, target.y, weights=(np.ones(60), uneven))
    audit = wt.audit(problem, **cases.QUICK)
    assert any("weight" in w for w in audit.warnings)


# What the checks have to say


def test_shared_groups_and_shared_rows_are_said():
    source, target = cases.rows(60, 60)
    groups = np.arange(60) // 2
    shared = wt.Problem(source.X, source.y, target.X, groups=(groups, groups))
    assert any("both domains" in w for w in wt.audit(shared, **cases.QUICK).warnings)
    same = wt.Problem(source.X, source.y, source.X.copy())
    assert any("same rows" in w for w in wt.audit(same, **cases.QUICK).warnings)


def test_too_few_rows_for_any_certificate_are_said_with_the_number_needed():
    audit = wt.audit(cases.unlabelled(60, 60), tolerance=0.01, **cases.QUICK)
    # ln(.025) / ln(.99) = 367.04
    assert any("it takes 368 labelled rows" in w for w in audit.warnings)


# Tiny sources


TINY = {
    "two rows": ([0.0, 1.0], [0, 1]),
    "a class a row": (np.arange(10.0), np.arange(10)),
}


@pytest.mark.parametrize("case", sorted(TINY))
def test_a_source_too_small_to_score_is_undecided_or_refused_for_that(case, near):
    X, y = TINY[case]
    _, target = cases.rows(1, 60)
    try:
        audit = wt.audit(wt.Problem(np.asarray(X)[:, None], y, target.X), tolerance=0.5)
        assert audit.verdict.answer == "undecided"
        said = [*audit.warnings, audit.verdict.reason, str(audit.claim("target_error").detail["reason"])]
    except wt.InputError as refused:
        said = [str(refused)]
    assert any("too few" in w or "fewer than" in w for w in said)


def test_no_warning_of_a_library_leaks():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3)) * [1.0, 1e6, 1e-6]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        wt.audit(wt.Problem(X, rng.integers(0, 2, 60), X[::-1].copy()), **cases.QUICK)
    assert [str(w.message) for w in caught] == []


def test_no_warning_of_a_given_model_leaks():
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(60, 3)), columns=list("abc"))
    y = rng.integers(0, 2, 60)
    model = LogisticRegression().fit(frame, y)
    # The rows come as an array: scikit-learn warns that names are missing.
    wt.audit(wt.Problem(frame.to_numpy(), y, frame.to_numpy()[::-1].copy()), model=model, **cases.QUICK)
