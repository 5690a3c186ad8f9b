"""The how-to about the report: its code runs."""

from pathlib import Path

from tests.docs.test_docs import blocks
from whytransfer.report.charts import CHARTS

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "report.md").read_text(encoding="utf-8")


def test_its_code_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (block,) = blocks(PAGE, "python")
    scope = {}
    exec(compile(block, "report.md", "exec"), scope)
    assert (tmp_path / "ladder.html").exists()
    assert scope["audit"].document["curves"]["budget"]


def test_every_chart_is_named():
    assert all(f"plot_{name}" in PAGE for name in CHARTS)
