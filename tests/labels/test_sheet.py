"""Round trips by files: whatever a spreadsheet does to the sheet, labels are read rightly or one line says what is wrong."""

import csv
import json

import numpy as np
import pandas as pd
import pytest

import whytransfer as wt
from tests.report.schemas import validator
from whytransfer.labels import LabelPlan
from whytransfer.labels.document import from_document, to_document
from whytransfer.labels.sheet import continued, gather, read


@pytest.fixture
def sheet(plans, tmp_path):
    """The sheet of the fixed plan, and its lines as lists of cells."""
    path = tmp_path / "rows.csv"
    plans["fixed"].to_csv(path)
    return path


def cells(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def fill(path, truth, *, out=None, rows=None, change=lambda line: line):
    """Fill in the true labels of the first `rows` rows."""
    header, *lines = cells(path)
    filled = [
        [*line[:-1], truth[int(line[0])]] if rows is None or i < rows else line
        for i, line in enumerate(lines)
    ]
    target = path if out is None else out
    with target.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *map(change, filled)])
    return target


def test_a_sheet_has_rows_batches_features_and_an_empty_label(sheet, plans, transfer):
    header, *lines = cells(sheet)
    assert header == ["row", "batch", "a", "b", "y"]
    assert [int(line[0]) for line in lines] == plans["fixed"].rows.tolist()
    assert {line[-1] for line in lines} == {""}
    for line in lines[:5]:
        assert [float(c) for c in line[2:4]] == transfer[1].loc[int(line[0]), ["a", "b"]].tolist()


def test_no_prediction_reaches_whoever_labels(sheet):
    assert not any("predict" in name or "stratum" in name for name in cells(sheet)[0])


def test_the_plan_beside_it_is_valid_and_comes_back_the_same(sheet, plans):
    beside = sheet.with_name("rows.plan.json")
    validator("whytransfer/plan/1").validate(json.loads(beside.read_text()))
    again = LabelPlan.read(beside)
    assert again.to_json() == plans["fixed"].to_json() == beside.read_text()


def test_what_the_schema_refuses(plans):
    document = to_document(plans["fixed"])
    checked = validator("whytransfer/plan/1")
    assert not checked.is_valid(document | {"delta": 2})
    assert not checked.is_valid({k: v for k, v in document.items() if k != "strata"})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(schema="whytransfer/plan/9"), "schema"),
        (lambda d: d.pop("rows"), "damaged"),
        (lambda d: d["rows"].pop(), "damaged"),
        (lambda d: d["rows"][0].update(row=d["rows"][1]["row"]), "twice"),
        (lambda d: d["strata"][0].update(drawn=1), "damaged"),
        (lambda d: d.update(spends={"target_error.direct": 0.5}), "exceed"),
        (lambda d: d.update(design="hopeful"), "damaged"),
    ],
)
def test_a_damaged_plan_gets_one_line(plans, change, said):
    document = json.loads(plans["fixed"].to_json())
    change(document)
    with pytest.raises(wt.InputError, match=said) as error:
        from_document(document)
    assert "\n" not in str(error.value)


def test_a_filled_sheet_gives_the_labels(sheet, plans, truth):
    fill(sheet, truth)
    filled = read(plans["fixed"], sheet)
    assert plans["fixed"].classes[filled.codes].tolist() == truth[plans["fixed"].rows].tolist()
    assert (filled.prefix, filled.labelled, filled.skipped) == (100, 100, 0)


def test_a_spreadsheet_may_sort_and_rewrite_it(sheet, plans, truth):
    """Sorted by a feature, CRLF, a byte-order mark, semicolons, decimal commas, row numbers as 12.0, blanks, a new column."""
    fill(sheet, truth)
    header, *lines = cells(sheet)
    lines.sort(key=lambda line: float(line[2]))
    text = ";".join([*header, "remark"]) + "\r\n"
    for line in lines:
        row, batch, a, b, y = line
        text += (
            ";".join([f"{row}.0", batch, a.replace(".", ","), b.replace(".", ","), f" {y} ", "ok"]) + "\r\n"
        )
    sheet.write_bytes(b"\xef\xbb\xbf" + (text + ";;;;;\r\n").encode())
    filled = read(plans["fixed"], sheet)
    assert plans["fixed"].classes[filled.codes].tolist() == truth[plans["fixed"].rows].tolist()
    assert filled.notes == ()


def test_what_excel_calls_unicode_text_is_told_how_to_mend(sheet, plans, tmp_path):
    path = tmp_path / "unicode.txt"
    path.write_bytes(sheet.read_text().replace(",", "\t").encode("utf-16"))
    with pytest.raises(wt.InputError) as refused:
        wt.certify(plans["fixed"], path)
    assert str(refused.value).startswith(f"{str(path)!r} is not UTF-8 text")
    assert f"iconv -f utf-16 -t utf-8 {path}" in str(refused.value)


def test_numbers_as_text_and_truth_values():
    """1.0 for 1, "1,0" for 1, TRUE for True: classes of whole numbers and of booleans."""
    for classes, ys, writings in [
        ([0, 1], [0, 1] * 30, ["1.0", "0", "1,0", " 1 "]),
        ([False, True], [False, True] * 30, ["TRUE", "false", "True", "1"]),
    ]:
        X = np.arange(60.0)[:, None]
        plan = wt.plan_labels(wt.Problem(X, ys, X), tolerance=0.5, budget=4, way="uniform")
        filled = gather(plan, list(zip(plan.rows.tolist(), writings, strict=True)), "labels")
        assert plan.classes[filled.codes].tolist() == [classes[i] for i in (1, 0, 1, 1)]


def test_a_class_may_be_called_none():
    X = np.arange(60.0)[:, None]
    plan = wt.plan_labels(wt.Problem(X, ["None", "some"] * 30, X), tolerance=0.5, budget=3, way="uniform")
    filled = gather(plan, list(zip(plan.rows.tolist(), ["None", "NA", ""], strict=True)), "labels")
    assert filled.codes.tolist() == [0, -1, -1]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        (lambda lines: lines[3].__setitem__(-1, "yess"), "the nearest is 'yes'"),
        (lambda lines: lines[3].__setitem__(-1, "maybe"), "not among the source's classes"),
        (lambda lines: lines[3].__setitem__(0, "399999"), "is not in the plan"),
        (lambda lines: lines[3].__setitem__(0, "x"), "is no row number"),
        (lambda lines: lines[3].__setitem__(0, "1.000"), "may be one or a thousand"),
        (
            lambda lines: lines.append([*lines[1][:-1], "no" if lines[1][-1] == "yes" else "yes"]),
            "has two labels",
        ),
        (lambda lines: lines[0].__setitem__(0, "id"), "expected one column 'row'"),
        (lambda lines: lines[0].__setitem__(-1, "label"), "expected one column 'y'"),
        (lambda lines: lines.clear(), "is empty"),
    ],
)
def test_what_can_not_be_read_gets_one_line_with_its_row_and_nothing_is_lost(sheet, plans, truth, edit, said):
    fill(sheet, truth)
    lines = cells(sheet)
    edit(lines)
    with sheet.open("w", newline="") as stream:
        csv.writer(stream).writerows(lines)
    before = sheet.read_bytes()
    with pytest.raises(wt.InputError, match=said) as error:
        read(plans["fixed"], sheet)
    assert "\n" not in str(error.value)
    assert sheet.read_bytes() == before


def test_rows_that_stand_twice_alike_and_rows_that_are_gone_are_told(sheet, plans, truth):
    fill(sheet, truth)
    lines = cells(sheet)
    with sheet.open("w", newline="") as stream:
        csv.writer(stream).writerows([*lines[:-3], lines[1]])
    filled = read(plans["fixed"], sheet)
    assert filled.prefix == filled.labelled == 97
    assert any("more than once" in note for note in filled.notes)
    assert any("not in the sheet: 3 planned rows" in note for note in filled.notes)


def test_next_hands_out_batch_after_batch(plans, truth, tmp_path):
    plan, sheet = plans["sequential"], tmp_path / "rows.csv"
    plan.to_csv(sheet)
    fill(sheet, truth, rows=12)
    found = continued(plan, sheet, tmp_path / "rows2.csv")
    lines = cells(found.sheet)[1:]
    # Twelve are labelled; the batch of the thirteenth ends with row 20.
    assert [int(line[0]) for line in lines] == plan.rows[:20].tolist()
    assert [line[-1] != "" for line in lines] == [True] * 12 + [False] * 8
    fill(found.sheet, truth)
    third = continued(LabelPlan.read(found.plan), found.sheet, tmp_path / "rows3.csv")
    assert cells(third.sheet)[21:] == cells(sheet)[21:31]
    validator("whytransfer/plan/1").validate(json.loads(third.plan.read_text()))


def test_next_says_when_all_is_labelled(plans, truth, tmp_path):
    sheet = tmp_path / "rows.csv"
    plans["sequential"].to_csv(sheet)
    fill(sheet, truth)
    with pytest.raises(wt.InputError, match="no further batch"):
        continued(plans["sequential"], sheet, tmp_path / "rows2.csv")
    assert not (tmp_path / "rows2.csv").exists()


def test_a_plan_that_was_read_back_writes_no_sheet(plans, tmp_path):
    plans["fixed"].to_csv(tmp_path / "rows.csv")
    with pytest.raises(wt.InputError, match="holds no features"):
        LabelPlan.read(tmp_path / "rows.plan.json").to_csv(tmp_path / "again.csv")


def test_a_feature_may_be_called_row(tmp_path):
    X = wt.Problem.read(
        pd.DataFrame({"row": np.arange(60.0), "y": ["a", "b"] * 30}),
        pd.DataFrame({"row": np.arange(60.0)}),
        label="y",
    )
    plan = wt.plan_labels(X, tolerance=0.5, budget=5, way="uniform")
    plan.to_csv(tmp_path / "rows.csv")
    assert cells(tmp_path / "rows.csv")[0] == ["row", "batch", "row (feature)", "y"]
    assert read(plan, tmp_path / "rows.csv").labelled == 0


def test_a_day_is_written_without_a_time_of_day(tmp_path):
    days = pd.date_range("2024-01-01", periods=40)
    source = pd.DataFrame(
        {"x": range(40), "day": days, "at": days + pd.Timedelta(hours=7), "y": ["a", "b"] * 20}
    )
    target = source.drop(columns="y").assign(day=days.where(np.arange(40) % 5 > 0))
    problem = wt.Problem.read(source, target, label="y")
    plan = wt.plan_labels(problem, "stump", tolerance=0.4, budget=40, way="uniform")
    plan.to_csv(tmp_path / "rows.csv")
    written = (
        pd.read_csv(tmp_path / "rows.csv", dtype=str, keep_default_na=False).set_index("row").sort_index()
    )
    assert written.loc["1", ["day", "at"]].tolist() == ["2024-01-02", "2024-01-02 07:00:00"]
    assert written.loc["0", "day"] == ""
