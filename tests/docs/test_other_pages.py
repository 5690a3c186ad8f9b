"""Pages without a test of their own: every block of Python in them runs as it is printed, and prints what stands below it."""

import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("estimators", "how-to/why", "methods", "scale")
RUN_ELSEWHERE = {
    *(
        f"how-to/{page}"
        for page in ("adapt", "backtest", "bounds", "habits", "labels", "metrics", "quantities")
    ),
    *(f"how-to/{page}" for page in ("report", "sources", "weights")),
    "index",  # the README
    "reference/python",  # the examples of the docstrings
}


def code_of(page: str) -> str:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    return "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The two files that the pages speak of."""
    monkeypatch.chdir(tmp_path)
    rng = np.random.default_rng(0)
    for name in ("source", "target"):
        y = rng.integers(0, 2, 300)
        pd.DataFrame({"x": rng.normal(size=300) + y, "label": y}).to_parquet(f"{name}.parquet")


@pytest.mark.parametrize("page", PAGES)
def test_its_code_runs(page, folder, capsys):
    names: dict = {}
    exec(compile(code_of(page), f"{page}.md", "exec"), names)
    printed = capsys.readouterr().out.strip()
    assert (printed == "label") == (page == "how-to/why")
    if page == "methods":
        assert (names["adapted"].predict(names["Xt"]) == names["problem"].target.labels).mean() > 0.8


def test_no_page_with_code_is_left_out():
    pages = {
        str(path.relative_to(ROOT / "docs")).removesuffix(".md") for path in (ROOT / "docs").rglob("*.md")
    }
    assert {page for page in pages if code_of(page)} == {*PAGES, *RUN_ELSEWHERE}
