"""Drawings for notebooks: each is its part of the report, cut off from the notebook, with nothing that runs."""

import pytest

from tests.report.documents import HOSTILE, answers, hostile
from whytransfer.report import banner, chart
from whytransfer.report.charts import CHARTS
from whytransfer.result import Audit
from whytransfer.steps.document import restored


def audit_of(document) -> Audit:
    verdict, claims = restored(document)
    return Audit(verdict=verdict, claims=claims, warnings=(), model=None, splits=None, document=document)


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_has_its_method(name):
    drawn = getattr(audit_of(answers()["undecided"]), f"plot_{name}")()
    assert drawn == chart(answers()["undecided"], name)


def test_methods_and_charts_are_the_same():
    assert {m for m in dir(Audit) if m.startswith("plot_")} == {f"plot_{name}" for name in CHARTS}


def test_a_notebook_sees_verdict_and_ladder():
    shown = audit_of(answers()["works"])._repr_html_()
    assert shown == banner(answers()["works"])._repr_html_()
    assert "WORKS" in shown
    assert "What can be said" in shown


@pytest.mark.parametrize("name", CHARTS)
def test_nothing_hostile_leaves_its_frame(name):
    shown = chart(hostile(), name)._repr_html_()
    # Escaped once for the page, once for the frame's attribute.
    assert "<script" not in shown
    assert shown.count("<") == 2
    assert shown.startswith('<iframe sandbox=""')
    assert HOSTILE not in shown


def test_a_chart_is_saved_as_a_page(tmp_path):
    drawn = chart(answers()["fails"], "ladder")
    drawn.save(tmp_path / "ladder.html")
    assert (tmp_path / "ladder.html").read_text(encoding="utf-8") == drawn.page
    assert drawn.page.startswith("<!DOCTYPE html>")
    assert "<script" not in drawn.page


def test_a_plot_that_there_is_not():
    with pytest.raises(AttributeError, match="plot_everything"):
        audit_of(answers()["works"]).plot_everything()
