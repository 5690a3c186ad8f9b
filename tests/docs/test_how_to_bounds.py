"""The how-to about bounds runs, and its table is that of the product."""

from pathlib import Path

from tests.docs.test_docs import blocks
from whytransfer.steps.bounds import PLANS

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "bounds.md").read_text(encoding="utf-8")


def test_its_code_runs(monkeypatch):
    # Three audits whose bounds are shown: the back-test has no part in them.
    monkeypatch.setattr("whytransfer.steps.run.backtest.record", lambda *case: None)
    scope = {}
    for block in blocks(PAGE, "python"):
        exec(compile(block, "bounds.md", "exec"), scope)
    assert scope["even"]["adaptability"] > 0


def test_its_table_is_the_one_that_audits_work_by():
    for plan in PLANS.values():
        when = "by name" if plan.on_request else "by itself"
        needs = "; ".join(need.text for need in plan.needs) or "nothing"
        assert f"| `{plan.name}` | {when} | {needs} | {plan.terms} |" in PAGE
