"""The pages on quantities, several sources and weights: what stands in them runs."""

import re
from pathlib import Path

import pytest

HOW_TO = Path(__file__).resolve().parents[2] / "docs" / "how-to"


@pytest.mark.parametrize("page", ["quantities", "sources", "weights"])
def test_the_example_runs(page):
    text = (HOW_TO / f"{page}.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict = {}
    exec(compile(code, f"{page}.md", "exec"), names)
    if page == "quantities":
        assert names["audit"].verdict.exit_code == 0
    elif page == "sources":
        mixture = names["adapted"].claim("expected_gain").detail["mixture"]
        assert mixture["south"] > 0.9
    else:
        assert names["audit"].claim("target_error.direct").upper is not None


def test_the_figures_of_the_page_are_those_of_the_reference():
    from whytransfer.steps.regression import reference

    text = (HOW_TO / "quantities.md").read_text(encoding="utf-8")
    assert f"{reference.TRANSFERS} real transfers" in text
    assert all(3.5 < reference.FACTORS[name][1] < 4.5 for name in ("absolute", "rmse"))
    assert reference.SHARES == {"disagreement": 0.75, "dle": 0.25}
