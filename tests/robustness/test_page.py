"""docs/robustness.md and the tests of this folder are one list."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\|.*\| `(\w+)` \|$", flags=re.MULTILINE)


@pytest.fixture(scope="module")
def tested():
    """Every row that a test of this folder is about: its parameter `row`, else its name."""
    import importlib

    found = []
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        module = importlib.import_module(f"tests.robustness.{path.stem}")
        for name, function in vars(module).items():
            if not name.startswith("test_") or not hasattr(function, "__code__"):
                continue
            marks = [m for m in getattr(function, "pytestmark", []) if m.name == "parametrize" and m.args[0] == "row"]
            if marks:
                found += list(marks[0].args[1])
            elif module.__dict__.get("ROWS_BY_NAME", False):
                found.append(name.removeprefix("test_"))
    return found


def test_every_row_has_its_test_and_every_test_its_row(tested):
    rows = ROW.findall((ROOT / "docs" / "robustness.md").read_text(encoding="utf-8"))
    assert len(rows) == len(set(rows)) > 60
    assert set(rows) == set(tested)
