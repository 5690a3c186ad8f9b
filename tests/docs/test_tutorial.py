"""The tutorial is what its command wrote: nothing in it was edited by hand, and its commands exist."""

import re
from pathlib import Path

import pytest

from benchmarks import photos
from whytransfer.cli import run

PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "photos.md"


def test_the_page_is_the_template_with_figures():
    text = PAGE.read_text(encoding="utf-8")
    fixed = [re.escape(part) for part in re.split(r"\{[a-z_]+(?::[^}]*)?\}", photos.TEXT)]
    assert re.fullmatch("(?s:.*?)".join(fixed), text)


def test_a_certificate_holds_what_was_true():
    text = PAGE.read_text(encoding="utf-8")
    certified = text.split("labels certify rows.csv\n")[1]
    lower, upper = re.search(r"at least ([\d.]+) and at most ([\d.]+)", certified).groups()
    true = re.search(r"`adapt` gave on \*\*([\d.]+)", text)[1]
    assert float(lower) <= float(true) <= float(upper)


@pytest.mark.parametrize("command", ["audit", "adapt", "labels plan", "labels certify"])
def test_its_options_exist(command, capsys):
    line = re.search(rf"\$ whytransfer {command} (.*)", PAGE.read_text(encoding="utf-8"))[1]
    run([*command.split(), "--help"])
    known = capsys.readouterr().out
    assert [option for option in re.findall(r"--[a-z-]+", line) if option not in known] == []
