"""The how-to about labels runs."""

from pathlib import Path

import whytransfer as wt
from tests.docs.test_docs import blocks

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "labels.md").read_text(encoding="utf-8")


def test_its_code_runs():
    scope = {}
    for block in blocks(PAGE, "python"):
        exec(compile(block, "labels.md", "exec"), scope)
    assert scope["certificate"].verdict.answer in set(wt.Answer)
    assert scope["certificate"].claim("target_error").detail["labelled"] == 100
    assert scope["state"]["labelled"] == 20
