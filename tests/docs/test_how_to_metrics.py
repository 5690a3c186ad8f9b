"""The how-to about metrics runs, and its table is that of the product."""

from pathlib import Path

import whytransfer as wt
from tests.docs.test_docs import blocks
from whytransfer.metrics import METRICS, Cost
from whytransfer.steps.measured import ERRORS, JUDGED, SOURCE

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "metrics.md").read_text(encoding="utf-8")


def test_its_code_runs():
    scope = {}
    for block in blocks(PAGE, "python"):
        exec(compile(block, "metrics.md", "exec"), scope)
    assert scope["audit"].verdict.requirement.quantity == "target_balanced_error"
    assert scope["audit"].claim("target_balanced_error.direct").level is wt.Level.PROVED


def test_its_table_is_the_one_that_audits_work_by():
    for kind in (*METRICS.values(), Cost):
        reach = "of the matrix" if kind is Cost else "0 to 1"
        assert f"| `{kind.name}` | {kind.title} | {reach} | {kind.proof} | {kind.without_labels} |" in PAGE
    assert (JUDGED, SOURCE, ERRORS) == (1 / 2, 1 / 8, 3 / 8)
