"""The report in a terminal and in a pipe."""

from __future__ import annotations

import io
import re

import pytest
from rich.cells import cell_len
from rich.console import Console

from tests.report.documents import answers, hostile, undecided
from whytransfer.report import render, render_brief
from whytransfer.report.claim_groups import _flags, groups
from whytransfer.report.why import Step

DOCUMENTS = {**answers(), "hostile": hostile()}
ANSI = re.compile(r"\x1b\[[0-9;]*m")


def piped(document, function=render) -> str:
    file = io.StringIO()
    function(document, Console(file=file))
    return file.getvalue()


def on_terminal(document, width: int) -> str:
    file = io.StringIO()
    render(document, Console(file=file, force_terminal=True, width=width, color_system="standard"))
    return file.getvalue()


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_pipe_gets_plain_text(name):
    text = piped(DOCUMENTS[name])
    assert "\x1b" not in text
    assert not re.search("[\u2500-\u259f]", text), "box drawing"
    assert "…" not in text
    assert all(cell_len(line) <= 100 and line == line.rstrip() for line in text.splitlines())
    assert "None" not in text
    text.encode("utf-8")


@pytest.mark.parametrize("name", DOCUMENTS)
def test_eighty_columns_are_enough(name):
    text = ANSI.sub("", on_terminal(DOCUMENTS[name], 80))
    assert all(cell_len(line) <= 80 for line in text.splitlines())
    assert "…" not in text
    # What no line break can have cut is all there.
    for group in groups(DOCUMENTS[name]):
        for row in group.rows:
            assert row.level in text


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("works", "WORKS (certified): 200 target labels"),
        ("fails", "FAILS (certified): the target labels"),
        ("undecided", "UNDECIDED (estimated): the error"),
        ("not_comparable", "NOT COMPARABLE: the target has no column"),
    ],
)
def test_the_verdict_comes_first(name, line):
    assert piped(DOCUMENTS[name]).startswith(line)
    brief = piped(DOCUMENTS[name], render_brief)
    assert brief.startswith(line)
    assert DOCUMENTS[name]["verdict"]["reason"] in " ".join(brief.split())
    assert len(brief.splitlines()) <= 3


def test_the_answer_is_coloured_and_no_color_is_honoured(monkeypatch):
    assert "\x1b[1;33mUNDECIDED" in on_terminal(undecided(), 100)
    monkeypatch.setenv("NO_COLOR", "1")
    assert not re.search(r"\x1b\[[0-9;]*3\dm", on_terminal(undecided(), 100))


def test_every_figure_of_the_document_is_there():
    text = " ".join(piped(undecided()).split())
    assert "panel of estimators 0.128 0.094 0.181 95% estimated" in text
    assert "version-space bound, stumps 0.151 – 0.237 99.37% conditional" in text
    assert "the error on the target must be at most 0.15 (the tolerance given)" in text
    assert "84 target labels" in text
    assert "Adaptability λ, linear: not estimable without target labels" in text
    assert "estimated a model-based estimate with a back-tested interval; not a guarantee" in text
    assert "asserted by the user" in text


@pytest.mark.parametrize("width", [80, 100])
def test_long_figures_are_not_cut(width):
    """Days in seconds, salaries: distances and losses in the unit of a column are as long as they are."""
    document = undecided()
    claim = next(c for c in document["claims"] if c["id"] == "divergence.wasserstein1")
    claim |= {"estimate": 4889000.0, "lower": 1234567.0, "upper": 9.87e12}
    text = ANSI.sub("", on_terminal(document, width))
    assert "4,889,000" in text and "1,234,000" in text and "9.870e+12" in text and "…" not in text
    assert all(cell_len(line) <= width for line in text.splitlines())


def test_a_vacuous_bound_says_so():
    text = " ".join(piped(undecided()).split())
    assert "three-term bound (HΔH), stumps – – 1.214 99.37% conditional c (vacuous)" in text
    assert "vacuous no better than guessing" in text


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            {"detail": {"distance": 2.4, "typical_distance": 2.1}},
            "this transfer is unlike all reference transfers",
        ),
        ({"status": "rejected", "test": "p = 0.001"}, "an assumption behind it is rejected"),
    ],
)
def test_an_estimate_that_is_not_trusted_says_so_in_the_first_lines(change, said):
    document = undecided()
    panel = next(c for c in document["claims"] if c["id"] == "target_error.panel")
    (panel if "detail" in change else panel["assumptions"][0]).update(change)
    top = piped(document).partition("What can be said")[0]
    assert f"not to be trusted, {said}" in " ".join(top.split())
    assert said not in piped(undecided())


def test_eight_columns_the_most_shifted_first():
    document = undecided()
    feature = document["diagnosis"]["features"][0]
    document["diagnosis"]["features"] = [feature | {"name": f"c{i}", "shift": i / 20} for i in range(12)]
    shown = re.findall(r"^  (c\d+) ", piped(document), flags=re.MULTILINE)
    assert shown == [f"c{i}" for i in range(11, 3, -1)]
    assert "and 4 more" in piped(document)


def test_markup_of_the_terminal_is_text():
    document = undecided()
    document["warnings"] = ["[bold red]x[/] :smile: [link=file:///etc/passwd]y[/link]"]
    assert document["warnings"][0] in piped(document)
    assert "\x1b]8" not in on_terminal(document, 100)


def test_escape_sequences_of_the_data_do_not_reach_the_terminal():
    raw = on_terminal(hostile(), 100)
    assert "\x1b[31mb" not in raw
    assert "\u202e" not in raw
    assert r"\x1b[31m" in raw.replace("\n", "")


def test_the_waterfalls_limits_are_those_of_the_claims():
    """Limits are rounded outwards, as in the table."""
    step = {"value": 0.1234, "lower": 0.0879, "upper": 0.1831, "start": 0.0, "end": 0.1, "reason": None}
    assert Step(label="error", change=False, **step).spoken == "error 0.123 (0.087 to 0.184)"
    assert Step(label="shift", change=True, **step).spoken == "shift +0.123 (+0.087 to +0.184)"


def test_a_model_that_is_shown_to_be_worse_than_guessing_is_no_vacuous_claim():
    claim = {
        **undecided()["claims"][0],
        "guessing_error": 0.5,
        "vacuous": True,
        "assumptions": [],
        "detail": {},
    }
    assert list(_flags({**claim, "lower": 0.6, "upper": 0.7})) == []
    assert list(_flags({**claim, "lower": 0.4, "upper": 0.7})) == ["vacuous"]
    assert list(_flags({**claim, "lower": None, "upper": 0.7})) == ["vacuous"]
