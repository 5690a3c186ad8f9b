"""The theory pages: one a theorem, complete, with numbers that the package computes; the bibliography and its keys."""

import ast
import importlib
import math
import re
from pathlib import Path
from statistics import NormalDist

import pytest
import yaml

import whytransfer as wt
from whytransfer.theorems.laws import jensen_shannon

room = importlib.import_module("whytransfer.theorems")  # wt.theorems is the function

ROOT = Path(__file__).parents[2]
THEORY = ROOT / "docs" / "theory"
ESSAYS = {
    "index",
    "two-principles",
    "dependent_rows",
    "adaptability",
    "version-space",
    "xi-family",
    "coverage",
    "labels",
}
PARTS = (
    "Statement",
    "Terms",
    "Proof",
    "Finite samples",
    "Assumptions",
    "When it is vacuous",
    "Relations",
    "A worked number",
    "Coverage",
)
CHECK = re.compile(r"<!-- check: (.+?) = (-?[\d.]+) -->")
SCOPE = {
    "wt": wt,
    "break_even": room.break_even,
    "jensen_shannon": jensen_shannon,
    "NormalDist": NormalDist,
    "log": math.log,
}
COMING = frozenset(getattr(room, "COMING", ()))
"""Named but not there yet: its page may stand already."""

TEXTS = {page.stem: page.read_text(encoding="utf-8") for page in sorted(THEORY.glob("*.md"))}
PAGES = sorted(TEXTS.keys() - ESSAYS)
NUMBERS = [
    (stem, expression, value)
    for stem, text in TEXTS.items()
    for expression, value in CHECK.findall(text)
    if stem not in COMING
]


def test_every_theorem_has_a_page_and_every_page_a_theorem():
    assert wt.theorems().keys() - set(PAGES) == set()
    assert set(PAGES) - wt.theorems().keys() - COMING == set()
    assert TEXTS.keys() >= ESSAYS


@pytest.mark.parametrize("stem", PAGES)
def test_a_page_is_complete(stem):
    text = TEXTS[stem]
    assert tuple(re.findall(r"^## (.+)$", text, flags=re.MULTILINE)) == PARTS
    assert f'wt.theorem("{stem}", ...)' in text
    assert "coverage.md" in text.split("## Coverage")[1]
    assert CHECK.search(text.split("## A worked number")[1])


@pytest.mark.parametrize("stem", PAGES)
def test_what_a_page_says_of_coverage_is_on_that_page(stem):
    said = TEXTS[stem].split("## Coverage")[1]
    for cell in re.findall(r"`([^`]+)`(?!'s)", said):
        assert f"| {cell}" in TEXTS["coverage"], cell
    shown = {title.lower() for title in re.findall(r"^## (.+)$", TEXTS["coverage"], flags=re.MULTILINE)}
    for titles in re.findall(r"\[([A-Z][^\]]+)\]\(coverage.md\)", said):
        assert {title.lower() for title in titles.split(", and ")} <= shown


@pytest.mark.parametrize(("stem", "expression", "value"), NUMBERS)
def test_numbers_are_those_of_the_package(stem, expression, value):
    digits = len(value.partition(".")[2])
    assert f"{eval(expression, dict(SCOPE)):.{digits}f}" == value
    visible = re.sub(r"<!--.*?-->", "", TEXTS[stem])
    assert value in visible, f"{value} is checked but not shown"


def test_a_wrong_number_would_be_found():
    assert CHECK.findall("<!-- check: f(a=1, b=2) = 0.350 -->") == [("f(a=1, b=2)", "0.350")]
    assert f"{0.3504:.3f}" == "0.350" != f"{0.3506:.3f}"


def test_every_page_is_in_the_navigation_and_linked_from_the_index():
    shown = re.findall(r"theory/([\w-]+)\.md", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    assert sorted(shown) == sorted(TEXTS)
    assert set(re.findall(r"\]\(([\w-]+)\.md\)", TEXTS["index"])) == TEXTS.keys() - {"index"}


def test_the_navigation_is_well_formed():
    assert yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]


# ---------------------------------------------------------------- the bibliography

BIBLIOGRAPHY = (ROOT / "src" / "whytransfer" / "bibliography" / "references.bib").read_text(encoding="utf-8")
ENTRIES = re.findall(r"^@(\w+)\{([\w:-]+),(.*)\}$", BIBLIOGRAPHY, flags=re.MULTILINE)
ALIASES = {key: re.findall(r"ids = \{([^}]+)\}", fields) for _, key, fields in ENTRIES}


def cited():
    """Every string that `reference` or `citation` is set to in the package."""
    keys = set()
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (isinstance(node, ast.keyword) and node.arg == "citation") or (
                isinstance(node, ast.AnnAssign) and getattr(node.target, "id", None) == "reference"
            ):
                value = node.value
            else:
                continue
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                keys.add(value.value)
    return keys


def test_every_key_has_an_entry_and_every_entry_is_used():
    names = {name for key, others in ALIASES.items() for name in (key, *others)}
    found = cited()
    assert found - names == set()
    unused = {key for key, others in ALIASES.items() if not found & {key, *others}}
    assert unused == set()


@pytest.mark.parametrize(("kind", "key", "fields"), ENTRIES, ids=[entry[1] for entry in ENTRIES])
def test_an_entry_says_who_what_where_and_when(kind, key, fields):
    where = {"article": "journal", "inproceedings": "booktitle", "book": "publisher", "misc": "note"}[kind]
    for field in ("author", "title", "year", where):
        assert f"{field} = {{" in fields, field
    year = re.search(r"year = \{(\d{4})\}", fields)[1]
    assert year.endswith(key.rpartition(":")[2])


def test_the_bibliography_is_in_order_and_without_duplicates():
    keys = [key for _, key, _ in ENTRIES]
    assert keys == sorted(set(keys))
    assert len(keys) == BIBLIOGRAPHY.count("\n@")
