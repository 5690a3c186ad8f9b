"""The how-to about habits runs."""

from pathlib import Path

import whytransfer as wt
from tests.docs.test_docs import blocks
from whytransfer.baseline.baseline import MOST_ROWS

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "habits.md").read_text(encoding="utf-8")


def test_its_code_runs():
    scope = {}
    for block in blocks(PAGE, "python"):
        exec(compile(block, "habits.md", "exec"), scope)
    assert scope["difference"].changed and list(scope["each"].audits) == ["east", "west"]
    assert scope["late"].verdict.answer is wt.Answer.WORKS
    assert "target_error.direct.upper" in scope["audit"].metrics()
    assert scope["audit"].document["provenance"]["baseline"]["kept"] == 38


def test_its_table_of_what_is_stored_is_complete():
    from whytransfer.baseline.rows import PARTS, ROLES

    for name in (
        *PARTS,
        *ROLES,
        "labels",
        "said_codes",
        "said_proba",
        "model.skops",
        "given.skops",
        "source.parquet",
        "baseline.json",
    ):
        assert f"`{name}`" in PAGE
    assert f"{MOST_ROWS:,}" in PAGE
