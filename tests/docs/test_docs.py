"""The documents say what is: README code runs, its figures are measured, links lead somewhere, names are documented."""

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import whytransfer as wt
from whytransfer.cli import run
from whytransfer.demo import domain

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(text, language):
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


def test_readme_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scope = {}
    for block in blocks(README, "python"):
        exec(compile(block, "README.md", "exec"), scope)
    assert scope["audit"].verdict.answer is wt.Answer.WORKS
    assert scope["audit"].verdict.basis is wt.Basis.CERTIFIED
    assert scope["H"].adaptability(*(scope[k] for k in ("Xs", "ys", "Xt", "yt"))).estimate == pytest.approx(
        0.8, abs=1e-12
    )
    assert (tmp_path / "report.html").exists()


@pytest.fixture(scope="module")
def penguins():
    problem = wt.Problem.read(domain("Adelie"), domain("Gentoo"), label="sex", use_target_labels=True)
    return wt.audit(problem, tolerance=0.2)


def test_readme_figures_are_those_of_the_demo(penguins):
    right = re.search(r"right on (\d+) %", README)[1]
    wrong = re.search(r"wrong on \*\*(\d+) %\*\*", README)[1]
    assert round(100 * (1 - penguins.claim("source_error").estimate)) == int(right)
    assert round(100 * penguins.claim("target_error.direct").estimate) == int(wrong)


def test_readme_commands_and_options_exist(capsys):
    run(["audit", "--help"])
    known = capsys.readouterr().out
    for block in blocks(README, "console"):
        for line in block.splitlines():
            if line.startswith("$ whytransfer audit"):
                for option in re.findall(r"--[a-z-]+", line):
                    assert option in known


CONTRACT_OPTIONS = """label tolerance max-drop target-labels use-target-labels labels model learner prediction proba
trained-on-source save-model assume theorem require delta label-noise metric by target-is-whole weights group time domain text
label-from html json markdown junit no-examples seed time-budget quiet engine scheduler resume skip-broken config timings"""


def test_every_option_of_the_contract_is_known(capsys):
    run(["audit", "--help"])
    known = capsys.readouterr().out
    assert [o for o in CONTRACT_OPTIONS.split() if f"--{o}" not in known] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!http|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


def test_every_page_is_in_the_navigation_once_and_the_navigation_leads_to_pages():
    text = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    shown = re.findall(
        r"([\w/-]+\.md)$", text.split("\nnav:")[1].split("\nvalidation:")[0], flags=re.MULTILINE
    )
    pages = [str(page.relative_to(ROOT / "docs")) for page in PAGES[1:]]
    assert sorted(shown) == sorted(pages)


def test_generated_pages_are_those_that_would_be_written():
    pytest.importorskip("markdown")
    done = subprocess.run(
        [sys.executable, "docs/build.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_kind_of_document_stands_in_the_reference():
    from whytransfer.report.validate import SCHEMAS

    page = (ROOT / "docs" / "reference" / "documents.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (\S+)$", page, flags=re.MULTILINE) == list(SCHEMAS)
    written = {path.name for path in (ROOT / "src" / "whytransfer" / "report" / "schema").iterdir()}
    assert set(re.findall(r"Schema: `([\w-]+\.json)`", page)) == written


def test_every_public_name_has_a_docstring_and_stands_in_the_reference():
    page = (ROOT / "docs" / "reference" / "python.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^## (\w+)$", page, flags=re.MULTILINE))
    assert documented == set(wt.__all__)
    for name in wt.__all__:
        assert inspect.getdoc(getattr(wt, name)), name


def test_every_command_stands_in_the_reference():
    from whytransfer.cli.app import app

    page = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    import typer

    for name in typer.main.get_command(app).commands:
        assert f"## whytransfer {name}" in page
