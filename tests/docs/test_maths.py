"""Maths of the site: what is vendored is what it says, every formula is understood, no theorem is left in plain characters."""

import hashlib
import re
from pathlib import Path
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import pytest

pytest.importorskip("mkdocs")
pytest.importorskip("quickjs")

from docs import maths

DOCS = Path(maths.__file__).parent
VENDOR = DOCS / "vendor"
TEXTS = {page: page.read_text(encoding="utf-8") for page in sorted(DOCS.rglob("*.md"))}
CODE = re.compile(r"```.*?```|`[^`\n]+`|<!--.*?-->", re.DOTALL)
FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<!\$)\$(?!\s)([^$]+?)(?<!\s)\$(?!\$)", re.DOTALL)
# Without the signs that GitHub's Markdown takes away before its maths are read: \{, \}, \, \; \! and a line break.
EATEN = re.compile(r"\\[^A-Za-z]")


def formulas(text):
    return [(bool(display), display or inline) for display, inline in FORMULA.findall(CODE.sub("", text))]


def test_vendored_files_are_those_of_the_registry():
    said = (VENDOR / "ORIGIN.txt").read_text(encoding="utf-8")
    sums = dict(re.findall(r"^([0-9a-f]{64})  (\S+)$", said, flags=re.MULTILINE))
    found = {hashlib.sha256((VENDOR / name).read_bytes()).hexdigest(): name for name in sums.values()}
    assert found == sums
    named = set(re.findall(r" as (\S+)$", said, flags=re.MULTILINE)) | {"ORIGIN.txt"}
    assert {path.name for path in VENDOR.iterdir()} == named


@pytest.mark.parametrize(
    "page", [p for p, text in TEXTS.items() if formulas(text)], ids=lambda p: str(p.relative_to(DOCS))
)
def test_every_formula_is_understood_here_and_on_a_forge(page):
    for display, latex in formulas(TEXTS[page]):
        root = ET.fromstring(maths.mathml(latex.strip(), display=display))
        assert root.tag == "math"
        assert EATEN.findall(latex) == [], latex


def test_a_formula_that_is_not_understood_stops_the_build_by_name():
    page = SimpleNamespace(file=SimpleNamespace(src_uri="theory/x.md"))
    with pytest.raises(maths.PluginError, match=r"theory/x\.md: \\nosuch: .*\\nosuch"):
        maths.on_page_content(r'<p><span class="arithmatex">\(\nosuch\)</span></p>', page)


def test_a_formula_keeps_its_brackets_and_its_stop():
    page = SimpleNamespace(file=SimpleNamespace(src_uri="theory/x.md"))
    said = maths.on_page_content(r'(<span class="arithmatex">\(a&lt;b\)</span>), and', page)
    assert re.fullmatch(r'<span class="formula-and-stop">\(<math>.*&lt;.*</math>\),</span> and', said)


# Without the page that a command writes: tables of figures.
@pytest.mark.parametrize(
    "page",
    sorted({*(DOCS / "theory").glob("*.md")} - {DOCS / "theory" / "coverage.md"}),
    ids=lambda p: p.stem,
)
def test_no_symbol_of_the_theory_is_left_in_plain_characters(page):
    plain = FORMULA.sub("", CODE.sub("", TEXTS[page]))
    assert re.findall(r"\b(?:err|disc)_\w|\w\^\b|\bh['*]|[≠∈√]|\bsqrt\(|\b[A-Z]_[A-Z]\b", plain) == []
    if "## Statement" in TEXTS[page]:
        assert "$$" in TEXTS[page].split("## Statement")[1].split("## ")[0]
