"""docs/robustness.md and the tests of this folder are one list."""

import re
from importlib import import_module
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "robustness.md"
ROW = re.compile(r"^\|.*\| `(\w+)` \|$", flags=re.MULTILINE)
FILES = ("same_answer", "undecided", "refused", "faults", "resume")


def rows_of(function):
    """The rows a test is about: its parameter `row`, else its own name."""
    for mark in getattr(function, "pytestmark", []):
        if mark.name == "parametrize" and mark.args[0] == "row":
            return list(mark.args[1])
    return [function.__name__.removeprefix("test_")]


def test_every_row_has_its_test_and_every_test_its_row():
    tested = [
        row
        for file in FILES
        for name, function in vars(import_module(f"tests.robustness.test_{file}")).items()
        if name.startswith("test_")
        for row in rows_of(function)
    ]
    rows = ROW.findall(PAGE.read_text(encoding="utf-8"))
    assert len(tested) == len(set(tested)) and len(rows) == len(set(rows)) > 60
    assert set(rows) == set(tested)
