"""The comment for a pull request: what it says, and that text of the user stays text."""

import html
import re
from html.parser import HTMLParser

import pytest
from markdown_it import MarkdownIt

from tests.report.documents import HOSTILE, answers, hostile, several, undecided, works
from whytransfer.report import to_markdown, words
from whytransfer.report.markdown import escaped

RENDER = MarkdownIt("commonmark", {"html": True}).enable("table").enable("strikethrough").render
TRICKS = [
    HOSTILE, "# title", "- item", "+ item", "1. first", "2) second", "===", "> quote", "    code", "a | b", "**b** __c__ ~~d~~",
    "`code` ```fence```", "[text](https://e.com)", "![x](http://e.com/x.png)", "<https://e.com>", "https://e.com/x?a=1&b=2", "www.e.com",
    "@octocat/team", "me@e.com", "#12", "owner/repo#12", "GH-12", ":tada: :+1:", "$x$", "deadbeefcafe", "&lt;b&gt; &#64;", "a\nb\r\n\r\n# c",
    "\\*x\\*", "[ref]: http://e.com", "[^1]", "mailto:a@b.c", "---", "{{7*7}}",
]  # fmt: skip


class Text(HTMLParser):
    """What a reader sees, the tags that made it, and the runs of text between tags and comments."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.tags, self.runs = [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, attrs))

    def handle_data(self, data):
        self.runs.append(data)


@pytest.mark.parametrize("trick", TRICKS)
@pytest.mark.parametrize("place", ["{}", "- {}", "| {} | x |\n|---|---|\n| {} | y |"])
def test_text_of_the_user_is_shown_as_it_stands(trick, place):
    seen = Text(RENDER(place.replace("{}", escaped(trick))))
    shown = " ".join(words.clean(trick).split())
    allowed = {"p", "ul", "li", "table", "thead", "tbody", "tr", "th", "td"}
    assert {tag for tag, _ in seen.tags} <= allowed and all(not attrs for _, attrs in seen.tags)
    assert shown in "".join(seen.runs)


@pytest.mark.parametrize("trick", TRICKS)
def test_github_finds_nothing_to_link_in_any_run_of_text(trick):
    # GitHub looks for names, issues, addresses and emoji in each run of text of the finished page.
    linked = r"@\w|#\d|GH-\d|https?://|ftp://|www\.|\w@\w|:[\w+-]+:|\b[0-9a-f]{7,40}\b"
    for run in Text(RENDER(escaped(trick))).runs:
        assert not re.search(linked, run), run


def test_what_would_be_linked_is_found_without_the_escape():
    assert re.search(r"@\w", "".join(Text(RENDER("@octocat")).runs))
    assert Text(RENDER("<b>x</b>")).tags != Text(RENDER(escaped("<b>x</b>"))).tags


@pytest.mark.parametrize("name", answers())
def test_it_says_what_the_document_says(name):
    document = answers()[name]
    seen = " ".join("".join(Text(RENDER(to_markdown(document))).runs).split())
    verdict = document["verdict"]
    assert words.ANSWERS[verdict["answer"]] in seen and words.sentence(verdict["reason"]) in seen
    for step in document["next_steps"]:
        assert step["text"] in seen
    for warning in document["warnings"]:
        assert warning in seen
    assert "None" not in seen and f"exit code {verdict['exit_code']}" in seen
    if verdict["requirement"]:
        assert verdict["requirement"]["text"] in seen


def test_figures_level_and_assumptions_are_told():
    seen = "".join(Text(RENDER(to_markdown(undecided()))).runs)
    assert "0.128, at least 0.094 and at most 0.181 (each 95% sure); an estimate, not a guarantee" in seen
    assert "this transfer is like the reference transfers" in seen and "not tested" in seen
    proved = "".join(Text(RENDER(to_markdown(works()))).runs)
    assert "0.065, at least 0.039 and at most 0.103 (each 97.5% sure); proved" in proved
    assert "holds for independent draws" in proved


def test_a_hostile_document_makes_no_element_of_its_own():
    honest, poisoned = (Text(RENDER(to_markdown(d))) for d in (several(), several(hostile())))
    kinds = {tag for tag, _ in honest.tags}
    assert {tag for tag, _ in poisoned.tags} <= kinds | {"strong", "ul", "li"}
    assert all(name == "style" for _, attrs in poisoned.tags for name, _ in attrs)


def test_a_long_list_is_cut_and_says_so():
    document = undecided()
    document["warnings"] = [f"warning number {i}" for i in range(1000)]
    text = to_markdown(document)
    assert "Warnings (1,000)" in text and "and 988 more in the JSON" in text
    assert len(text) < 65_536


def test_several_audits_have_a_table_and_each_its_part():
    document = several()
    text = to_markdown(document)
    rows = [line for line in text.splitlines() if line.startswith("| ") and "---" not in line]
    for one in document["audits"]:
        assert any(html.escape(one["name"]) in row for row in rows)
        assert f"#### {one['name']}: " in text
    assert text.startswith("### whytransfer: FAILS") and "shared" in text
