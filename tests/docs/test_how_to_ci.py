"""The how-to about CI: its workflows are YAML, and every option in them exists."""

import re
from pathlib import Path

import pytest
import yaml

from tests.docs.test_docs import blocks
from whytransfer.cli import run

PAGE = (Path(__file__).parents[2] / "docs" / "how-to" / "ci.md").read_text(encoding="utf-8")


def commands():
    scripts = [line for block in blocks(PAGE, "console") for line in block.replace("\\\n", " ").splitlines()]
    github, gitlab = (yaml.safe_load(block) for block in blocks(PAGE, "yaml"))
    scripts += [step["run"] for step in github["jobs"]["audit"]["steps"] if "run" in step]
    scripts += gitlab["transfer"]["script"]
    return [line.removeprefix("$ ") for line in scripts if line.removeprefix("$ ").startswith("whytransfer ")]


@pytest.mark.parametrize("command", commands())
def test_every_command_and_option_exists(command, capsys):
    name, *rest = command.split()[1:]
    assert run([name, "--help"]) == 0
    known = capsys.readouterr().out
    options = [word for word in rest if word.startswith("--")]
    assert options and [o for o in options if not re.search(rf"{o}\b", known)] == []
