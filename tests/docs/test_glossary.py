"""The glossary: what it names in code is there."""

import re
from pathlib import Path

import whytransfer as wt

DOCS = Path(__file__).parents[2] / "docs"
ROWS = [
    line.split("|")[1:-1]
    for line in (DOCS / "glossary.md").read_text(encoding="utf-8").splitlines()
    if line.startswith("| ")
][2:]
SOURCES = "\n".join(path.read_text(encoding="utf-8") for path in (DOCS.parent / "src").rglob("*.py"))


def test_every_term_has_a_meaning_and_a_place():
    assert len(ROWS) > 25
    assert all(len(row) == 3 and all(cell.strip() for cell in row) for row in ROWS)


def test_what_is_named_exists():
    known = {*wt.theorems(), *wt.divergences()}
    for *_, where in ROWS:
        for code in re.findall(r"`([^`]+)`", where):
            name = re.sub(r"\(.*|<.*|\[\]|^assume |^labels plan$", "", code)
            last = [part for part in re.split(r"[.\s]", name) if part]
            assert not last or last[-1] in known or re.search(rf"\b{re.escape(last[-1])}\b", SOURCES), code
