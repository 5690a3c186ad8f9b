"""The how-to about adaptation runs."""

from pathlib import Path

import whytransfer as wt
from tests.docs.test_docs import blocks
from whytransfer.choice import Evidence
from whytransfer.steps.adapt import claims, ground, pseudo

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "adapt.md").read_text(encoding="utf-8")


def test_its_code_runs_and_says_what_the_page_says(capsys, monkeypatch):
    # Two pseudo-problems in the place of a dozen, and no distances, which the page doesn't show: three adaptations are as quick as one.
    monkeypatch.setattr(pseudo, "PROBLEMS", 2)
    monkeypatch.setattr(claims, "distances", lambda *_: [])
    scope = {}
    for block in blocks(PAGE, "python"):
        exec(compile(block, "adapt.md", "exec"), scope)
    assert "['source', 'coral', 'mean_scale', 'three_arrays.Nearest']" in capsys.readouterr().out
    assert scope["ceiling"].level is wt.Level.PROVED
    assert len(scope["predictions"]) == 124
    assert scope["informed"].choice.rule == "target_labels"


def test_its_tables_are_those_of_the_product():
    for name in (
        "moved",
        "share_distance",
        "collapse",
        "rise",
        "contested",
        "backtest",
        "reverse",
        "weighted",
        "auc",
        "floor",
    ):
        assert name in Evidence.__slots__ and f"`{name}`" in PAGE
    assert ground.SOURCE_SHARES == (0.5, 0.2, 0.3) and ground.TARGET_SHARES == (0.6, 0.0, 0.4)
