"""Markdown and JUnit from a saved audit: the same as from the audit, whole or not at all."""

from xml.etree import ElementTree as ET

import pytest

from tests.report.documents import answers, several
from whytransfer.cli import run
from whytransfer.report import to_json
from whytransfer.result import Audit


@pytest.fixture
def saved(tmp_path):
    path = tmp_path / "audit.json"
    path.write_text(to_json(answers()["fails"]), encoding="utf-8")
    return path


def test_a_saved_audit_is_written_in_every_form(saved, tmp_path, capsys):
    html, markdown, junit = (tmp_path / name for name in ("a.html", "a.md", "a.xml"))
    assert (
        run(["report", str(saved), "--html", str(html), "--markdown", str(markdown), "--junit", str(junit)])
        == 0
    )
    assert capsys.readouterr().out == ""
    audit = Audit.from_json(saved)
    assert markdown.read_text(encoding="utf-8") == audit.to_markdown()
    assert junit.read_text(encoding="utf-8") == audit.to_junit(tmp_path / "b.xml")
    assert (tmp_path / "b.xml").read_bytes() == junit.read_bytes()
    assert html.read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_a_dash_is_standard_output(saved, capsys):
    assert run(["report", str(saved), "--junit", "-"]) == 0
    assert ET.fromstring(capsys.readouterr().out).tag == "testsuites"


def test_nothing_is_written_over_the_input_or_to_one_place_twice(saved, capsys):
    before = saved.read_bytes()
    assert run(["report", str(saved), "--markdown", str(saved)]) == 2
    assert run(["report", str(saved), "--markdown", "-", "--junit", "-"]) == 2
    assert saved.read_bytes() == before and "two outputs" in capsys.readouterr().err


def test_pages_of_several_audits_need_a_name(tmp_path, capsys):
    """`--html -` ended in a traceback: after an hour of audits, where they had to be made first."""
    path = tmp_path / "audits.json"
    path.write_text(to_json(several()), encoding="utf-8")
    out = tmp_path / "a.md"
    assert run(["report", str(path), "--html", "-", "--markdown", str(out)]) == 2
    for further in (["there.csv", "--by", "site"], ["there.csv", "elsewhere.csv"]):
        assert run(["audit", "here.csv", *further, "--label", "y", "--html", "-"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and said.err.count("a table with a page for each beside it") == 3
    assert not out.exists()
