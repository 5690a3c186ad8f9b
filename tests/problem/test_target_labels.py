"""Target labels from files, arrays and mappings."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

import whytransfer as wt
from whytransfer.errors import InputError
from whytransfer.problem import Problem

HERE = pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0], "site": ["no", "yes", "yes", "no"]})
THERE = pd.DataFrame({"x": [0.5, 1.5, 2.5]})


def codes(given, source=HERE, label="site"):
    return Problem.read(source, THERE, label=label, target_labels=given).target.labels.tolist()


FILES = {
    "rows": "row,label\n2,yes\n0,no\n",
    "rows named after the label": "row,site\n2,yes\n0,no\n",
    "rows under any name": "Row,Answer\n2,yes\n0,no\n",
    "label first": "label,row\nyes,2\nno,0\n",
    "rows without header": "2,yes\n0,no\n",
    "with columns of its own": "row,seen,x,site\n0,1,0.5,no\n1,1,1.5,\n2,1,2.5,yes\n",
    "spreadsheet": "\ufeffrow;label\r\n2;yes\r\n0;no\r\n",
    "tabs": "row\tlabel\n2\tyes\n0\tno\n",
    "one a row": "no\n\nyes\n",
    "one a row with header": "site\nno\nNA\nyes\n",
    "one a row with any header": "answer\nno\n\nyes\n",
    "rows as floats": "row,label\n2.0,yes\n0.0,no\n",
    "blank line at the end": "row,label\n2,yes\n0,no\n\n",
}


@pytest.mark.parametrize("case", FILES)
def test_text_files(tmp_path, case):
    (tmp_path / "labels.csv").write_text(FILES[case], encoding="utf-8", newline="")
    assert codes(tmp_path / "labels.csv") == [0, -1, 1]


def test_the_last_label_may_be_unknown(tmp_path):
    for content in ("no\nyes\n\n", "site\nno\nyes\n\n", "no\nyes\nNA"):
        (tmp_path / "labels.csv").write_text(content)
        assert codes(tmp_path / "labels.csv") == [0, 1, -1]


@pytest.mark.parametrize("save", ["to_parquet", "to_feather"])
def test_other_files(tmp_path, save):
    getattr(pd.DataFrame({"row": [2, 0], "label": ["yes", "no"]}), save)(tmp_path / "labels")
    assert codes(tmp_path / "labels") == [0, -1, 1]
    getattr(pd.DataFrame({"site": ["no", None, "yes"]}), save)(tmp_path / "labels")
    assert codes(str(tmp_path / "labels")) == [0, -1, 1]


@pytest.mark.parametrize(
    "given",
    [
        ["no", None, "yes"],
        np.array(["no", None, "yes"], dtype=object),
        pd.Series(["no", pd.NA, "yes"], index=[5, 6, 7]),
        pl.Series(["no", None, "yes"]),
        pd.DataFrame({"row": [2, 0], "label": ["yes", "no"]}),
        pl.DataFrame({"row": [2, 0], "site": ["yes", "no"]}),
        pd.DataFrame({"anything": ["no", None, "yes"]}),
        {2: "yes", np.int64(0): "no"},
    ],
)
def test_objects(given):
    assert codes(given) == [0, -1, 1]


def test_numbers_in_a_file_match_numbers(tmp_path):
    (tmp_path / "labels.csv").write_text("row,label\n0,1\n1,-1.0\n")
    assert codes(tmp_path / "labels.csv", HERE.assign(site=[-1, 1, 1, -1])) == [1, 0, -1]


def test_target_labels_beside_a_label_column():
    found = Problem.read(HERE, THERE.assign(site="yes"), label="site", target_labels=["no", None, None])
    assert found.target.labels.tolist() == [0, -1, -1]
    assert "the labels given beside it are used" in found.warnings[0]


REFUSED = {
    "a row twice": ("row,label\n1,yes\n1,yes\n", "row 1 stands more than once"),
    "a row outside": ("row,label\n3,yes\n", "row 3 is outside the target, expected 0 to 2"),
    "a negative row": ("row,label\n-1,yes\n", "row -1 is outside"),
    "no row number": ("row,label\nfirst,yes\n", "'first' is no row number"),
    "half a row": ("row,label\n0.5,yes\n", "'0.5' is no row number"),
    "too few": ("no\nyes\n", "2 labels for 3 target rows"),
    "too many": ("no\nyes\nno\nyes\nno\n", "4 labels for 3|5 labels for 3"),
    "no label column": ("id,batch,score\n1,2,3\n", "expected columns row,label"),
    "ragged": ("row,label\n1\n", "lines of 1 to 2 cells"),
    "empty": ("", "is empty"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_in_one_line(tmp_path, case):
    content, words = REFUSED[case]
    (tmp_path / "labels.csv").write_text(content)
    with pytest.raises(InputError, match=words) as caught:
        codes(tmp_path / "labels.csv")
    assert "\n" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        codes(tmp_path / "labels.csv")


def test_an_array_of_another_length():
    with pytest.raises(InputError, match="2 labels for 3 target rows"):
        codes(["no", "yes"])


def test_the_sheet_of_a_plan_is_no_random_draw(tmp_path):
    """Strata, skipped rows and early looks are the plan's business: without it the rows would pass for a plain random draw."""
    sheet = tmp_path / "rows.csv"
    sheet.write_text(FILES["with columns of its own"], encoding="utf-8")
    assert codes(sheet) == codes({0: "no", 2: "yes"})
    (tmp_path / "rows.plan.json").write_text("{}", encoding="utf-8")
    problem = Problem.read(HERE, THERE, label="site")
    for read in (lambda: codes(sheet), lambda: wt.audit(problem, target_labels=str(sheet))):
        with pytest.raises(InputError, match=r"rows.plan.json.*whytransfer labels certify rows.csv"):
            read()


@pytest.mark.parametrize("header", ["row,batch,x,y", '\ufeff"row";"batch";"x";"y"', "Row\tBatch\tx\ty"])
def test_a_sheet_saved_under_another_name_is_known_by_its_header(tmp_path, header):
    sheet = tmp_path / "filled.csv"
    between = "\t" if "\t" in header else ";" if ";" in header else ","
    sheet.write_text(f"{header}\n{between.join(('0', '1', '.5', 'no'))}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"filled.csv.*whytransfer labels certify filled.csv --plan FILE"):
        codes(sheet)


@pytest.mark.parametrize("headed", [True, False])
def test_a_class_that_is_called_none_is_a_label_where_labels_come_as_text(tmp_path, headed):
    """Its rows were taken for unlabelled ones, and the others alone certified."""
    source = pd.DataFrame({"x": [0.1, 0.9, 0.4], "y": ["None", "drug", "None"]})
    lines = ["row,label", "0,None", "1,drug", "2,"] if headed else ["None", "drug", ""]
    (tmp_path / "l.csv").write_text("\n".join(lines) + "\n")
    problem = wt.Problem.read(source, source[["x"]], "y", target_labels=tmp_path / "l.csv")
    assert problem.target.labels.tolist() == [0, 1, -1]
    torn = wt.Problem.read(source, source.replace("None", None), "y", use_target_labels=True)
    assert torn.target.labels.tolist() == [-1, 1, -1]
    assert any("class 'None' is how text files write a missing value" in w for w in torn.warnings)


@pytest.mark.parametrize("end", [".csv", ".csv.gz", ".tsv"])
def test_words_that_were_read_as_missing_labels_are_told(tmp_path, end):
    """They were unlabelled rows without a word, and "one class only" where they were the other class."""
    table = pd.DataFrame({"x": [0.1, 0.9, 0.4, 0.5], "y": ["None", "drug", "NA", "None"]})
    file = tmp_path / f"t{end}"
    table.to_csv(file, index=False, sep="\t" if end == ".tsv" else ",")
    known = pd.DataFrame({"x": [0.1, 0.9], "y": ["None", "drug"]})
    said = "'None' in 2 cells of the label column 'y' of the {} was read as a missing label"
    source = wt.Problem.read(file, known, "y", use_target_labels=True).warnings
    assert sum(said.format("source") in w for w in source) == 1
    assert sum("'NA' in 1 cell of the label" in w for w in source) == 1
    target = wt.Problem.read(known, file, "y", use_target_labels=True).warnings
    assert sum(said.format("target") in w for w in target) == 1
    assert not any("is how text files write a missing value" in w for w in target)
    assert not any("read as a missing" in w for w in wt.Problem.read(known, file, "y").warnings)
    table["y"] = ["", "drug", "drug", ""]
    table.to_csv(file, index=False, sep="\t" if end == ".tsv" else ",")
    assert not any("read as a missing" in w for w in wt.Problem.read(file, known, "y").warnings)


@pytest.mark.parametrize("row", ["1.000", "1,000"])
def test_rows_with_grouped_digits_are_no_other_rows(tmp_path, row):
    """Row 1.000 of a spreadsheet became row 1, and took its label."""
    (tmp_path / "l.csv").write_text(f'row,label\n"{row}",yes\n')
    with pytest.raises(InputError, match="may be one or a thousand"):
        codes(tmp_path / "l.csv")
