"""Readable parts of the target: the planted one is found, shaped and measured on different rows, judged by labels."""

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt
from whytransfer.diagnosis import find_regions, readable, reliability
from whytransfer.report import to_html
from whytransfer.report.validate import validate
from whytransfer.report.why import lines
from whytransfer.steps.region import Region
from whytransfer.steps.region_told import _text


def table(n, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"age": rng.uniform(20, 80, n), "region": rng.choice(["north", "south", "east"], n)})


def planted(n=1200):
    """Errors of .6 where age > 60 and region = north, .05 elsewhere."""
    frame = table(n)
    errors = np.where((frame["age"] > 60) & (frame["region"] == "north"), 0.6, 0.05)
    return frame, errors, np.arange(n) % 2 == 0


def test_the_planted_part_is_named_in_raw_columns():
    frame, errors, shaping = planted()
    found = find_regions(readable(frame, frame), np.arange(len(frame)), errors, shaping, 0.1)
    worst = found.failing[0]
    assert "region = north" in worst.rule and "age > " in worst.rule
    cut = float(worst.rule.split("age > ")[1].split(" ")[0])
    assert cut == pytest.approx(60, abs=1.5)
    assert worst.error == pytest.approx(0.6, abs=0.05)
    assert worst.share == pytest.approx(((errors > 0.5)[~shaping]).mean(), abs=0.02)


def test_the_region_that_works_leaves_the_planted_part_out():
    frame, errors, shaping = planted()
    found = find_regions(readable(frame, frame), np.arange(len(frame)), errors, shaping, 0.1)
    assert found.works_error <= 0.1 + 0.02
    assert found.works_share > 0.8
    assert errors[~found.inside].mean() > 0.3
    assert "but" in found.works_rule or "region" in found.works_rule


def test_nothing_works_and_everything_works():
    frame, errors, shaping = planted()
    rows = np.arange(len(frame))
    nothing = find_regions(readable(frame, frame), rows, errors, shaping, 0.01)
    assert nothing.works_rule is None and nothing.works_share is None and not nothing.inside.any()
    everything = find_regions(readable(frame, frame), rows, errors, shaping, 0.9)
    assert everything.works_rule == "all rows" and everything.works_share == 1.0


def test_rows_that_measure_do_not_shape():
    frame, errors, shaping = planted()
    other = errors.copy()
    other[~shaping] = 0.3
    rows = np.arange(len(frame))
    one, two = (find_regions(readable(frame, frame), rows, e, shaping, 0.1) for e in (errors, other))
    np.testing.assert_array_equal(one.inside, two.inside)
    assert two.works_error == pytest.approx(0.3)


def test_too_few_rows_say_nothing():
    frame, errors, shaping = planted(60)
    assert find_regions(readable(frame, frame), np.arange(60), errors, shaping, 0.1) is None


def test_readable_columns_of_every_kind():
    frame = pd.DataFrame(
        {
            "n": [1.0, np.nan, 3.0],
            "w": pd.Series(["a", None, "b"], dtype=object),
            "b": [True, False, True],
        }
    )
    found = readable(frame, frame)
    assert found.names == ("n", "w", "w", "w", "b", "b")
    assert found.categories == (None, "(missing)", "a", "b", "True", "False")
    assert found.values[:, 0].tolist() == [1.0, 2.0, 3.0]
    assert found.values[:, 2].tolist() == [1.0, 0.0, 0.0]


def test_labels_certify_or_refute_the_region_and_the_report_escapes_it(monkeypatch):
    # Half of the time, and no part in a region.
    monkeypatch.setattr("whytransfer.steps.run.backtest.record", lambda *case: None)
    rng = np.random.default_rng(0)
    name = "<script>age</script>"

    def rows(n, meaning):
        X = pd.DataFrame({name: rng.normal(size=n), "other": rng.normal(size=n)})
        y = ((X[name] > 0) ^ (rng.random(n) < (0.6 if meaning else 0.05))).astype(int)
        return X.assign(y=y)

    answers = []
    for meaning in (False, True):
        problem = wt.Problem.read(rows(600, False), rows(600, meaning), label="y", use_target_labels=True)
        audit = wt.audit(problem, theorems=[], tolerance=0.2)
        validate(audit.document)
        works = audit.document["diagnosis"]["regions"]["works"]
        answers.append(works["certificate"]["answer"])
        assert works["certificate"]["rows"] <= 300
        assert "<script>age" not in to_html(audit.document)
    assert answers == ["works", "fails"]


def test_reliability_by_hand():
    confidence = np.repeat([0.6, 0.9], 50)
    right = np.concatenate([np.arange(50) < 30, np.arange(50) < 40])
    curve = reliability("source", confidence, right)
    assert sum(curve["rows"]) == 100
    assert np.average(curve["right"], weights=curve["rows"]) == pytest.approx(0.7)
    assert 0 < curve["calibration_error"] < 0.5
    assert reliability("source", confidence[:9], right[:9]) is None


def test_a_failing_part_of_what_works_on_the_whole_is_told_as_such():
    frame, errors, shaping = planted()
    rows = np.arange(len(frame))
    table_ = readable(frame, frame)
    # Of all rows the mean is about .14: they work on the whole at .2, the planted part among them does not.
    found = find_regions(table_, rows, errors, shaping, 0.2)
    assert found.works_rule == "all rows" and found.failing[0].within and found.failing[0].error > 0.2
    tight = find_regions(table_, rows, errors, shaping, 0.1)
    assert not tight.failing[0].within

    def told(found, required):
        nobody = np.arange(0)
        region = Region(found=found, required=required, source_rows=nobody, target_rows=nobody, m=len(frame))
        text = _text(region, foreign=False)
        failing = [{**g.to_dict(), "within": g.within and region.holds, "fails": True} for g in found.failing]
        regions = {"text": text, "failing": failing, "works": None}
        return lines({"waterfall": [], "diagnosis": {"regions": regions, "features": []}})

    loose = told(found, 0.2)
    assert ", a part of what is expected to work on the whole: estimated error 0.6" in loose[0]
    assert loose[-1].startswith("expected to work on the whole on 100 % of the target: all rows")
    assert "a part of" not in told(tight, 0.1)[0]
    # The rows that did not shape the rules have the last word.
    other = np.where(shaping, errors, errors + 0.2)
    refuted = told(find_regions(table_, rows, other, shaping, 0.2), 0.2)
    assert refuted[-1].startswith("no readable part is expected to work") and "a part of" not in refuted[0]
