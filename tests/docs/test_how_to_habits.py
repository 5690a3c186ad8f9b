"""The how-to about habits runs."""

from pathlib import Path

import whytransfer as wt
from tests.docs.test_docs import blocks

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "habits.md").read_text(encoding="utf-8")


def test_its_code_runs():
    scope = {}
    for block in blocks(PAGE, "python"):
        exec(compile(block, "habits.md", "exec"), scope)
    assert scope["difference"].changed
    assert scope["late"].verdict.answer is wt.Answer.WORKS
