"""Coordinates: what is drawn stands where the figure says."""

from __future__ import annotations

import re

import pytest

from tests.report.documents import claim
from whytransfer.claims import Level
from whytransfer.report import svg
from whytransfer.report.claim_groups import Row


def drawn(*figures, level=Level.PROVED, **options) -> str:
    row = Row.of(claim("target_error.x", *figures, level=level))
    about = {"guessing": None, "requirement": None, "label": "x"} | options
    return str(svg.ladder_row(row, **about))


def lines(drawing: str, name: str) -> list[tuple[str, str]]:
    return re.findall(rf'<line class="{name}" x1="([^"]+)" x2="([^"]+)"', drawing)


def marks(drawing: str) -> list[tuple[str, str]]:
    return re.findall(r'<use class="[a-z ]+" href="#([a-z]+)" x="([^"]+)"', drawing)


def test_an_interval_runs_from_limit_to_limit():
    drawing = drawn(0.25, 0.125, 0.5)
    assert lines(drawing, "bar proved") == [("12.5%", "50%")]
    assert marks(drawing) == [("cap", "12.5%"), ("cap", "50%"), ("proved", "25%")]
    assert lines(drawing, "open") == []


def test_a_missing_limit_is_dots_to_the_end():
    assert lines(drawn(0.25, None, 0.5), "open") == [("0%", "25%")]
    assert lines(drawn(0.25, 0.125, None), "open") == [("25%", "100%")]


def test_a_bare_limit_carries_the_mark():
    drawing = drawn(None, None, 0.5, level=Level.CONDITIONAL)
    assert marks(drawing) == [("conditional", "50%")]
    assert lines(drawing, "open") == [("0%", "50%")]
    drawing = drawn(None, 0.125, None)
    assert marks(drawing) == [("proved", "12.5%")]
    assert lines(drawing, "open") == [("12.5%", "100%")]
    assert marks(drawn(None, 0.125, 0.5)) == [("proved", "12.5%"), ("proved", "50%")]


def test_what_lies_beyond_the_axis_is_an_arrow():
    assert marks(drawn(None, None, 1.25)) == [("right", "100%")]
    assert marks(drawn(0.5, 0.25, 1.25)) == [("cap", "25%"), ("proved", "50%"), ("right", "100%")]
    assert marks(drawn(-0.5, -0.75, 0.25)) == [("cap", "25%"), ("left", "0%")]
    assert marks(drawn(1.5, 1.25, 1.75)) == [("right", "100%")]


def test_a_witness_is_a_mark_alone():
    drawing = drawn(0.25, None, None, level=Level.WITNESS)
    assert marks(drawing) == [("witness", "25%")]
    assert lines(drawing, "bar witness") == []


def test_guessing_and_requirement():
    drawing = drawn(0.25, 0.125, 0.5, guessing=0.75, requirement=0.15)
    assert '<rect class="shade" x="75%" y="0" width="25%"' in drawing
    assert lines(drawing, "require") == [("15%", "15%")]
    assert svg.ladder_head(0.75, requirement=0.15).count("<text") == 7
    assert svg.ladder_head(None, requirement=None).count("<text") == 5


def test_the_four_levels_differ_in_shape_or_fill():
    shapes = {name: re.search(rf'<(\w+) id="{name}"[^>]*', svg.MARKS)[0].replace(name, "") for name in Level}
    assert len(set(shapes.values())) == 4


def test_areas_of_a_histogram_are_shares():
    # Two bins, one twice as wide: equal counts, half the height.
    histogram = {"edges": [0.0, 1.0, 3.0], "source": [5, 5], "target": [0, 10]}
    path = re.search(r'class="source" d="([^"]+)"', str(svg.paired_histogram(histogram, "x")))[1]
    assert path == "M0 61L0 1H80L80 31H240V61"


def test_counts_and_shares_draw_the_same():
    counts = {"edges": [0.0, 1.0, 2.0], "source": [2, 6], "target": [1, 1]}
    shares = {"edges": [0.0, 1.0, 2.0], "source": [0.25, 0.75], "target": [0.5, 0.5]}
    assert svg.paired_histogram(counts, "x") == svg.paired_histogram(shares, "x")


def test_the_frontier_is_the_staircase_below_the_points():
    drawing = str(svg.frontier([[0.1, 0.0], [0.0, 0.2], [0.05, 0.1], [0.2, -0.1]], "x"))
    assert re.search(r'class="area" d="([^"]+)"', drawing)[1] == "M44 130V76H164V130H284V130z"
    assert "σ 0.000, τ 0.200; σ 0.050, τ 0.100; σ 0.100, τ 0.000" in drawing
    assert drawing.count("<circle") == 3, "where not even τ = 0 would do there is no point"


@pytest.mark.parametrize("points", [[], [[0.0, -0.1], [0.1, -0.2]], [[0.0, 0.0]], [[0.1, 0.2]]])
def test_a_frontier_without_room_draws_without_failing(points):
    drawing = str(svg.frontier(points, "x"))
    assert "nan" not in drawing
    assert "area" not in drawing


def test_a_title_is_escaped():
    assert "<title>&lt;b&gt;&amp;</title>" in str(svg.shift_bar(0.5, "<b>&"))
