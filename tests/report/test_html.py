"""The HTML report as text: self-contained, well formed, escaped, always the same."""

from __future__ import annotations

import copy
import re
from functools import partial
from html.parser import HTMLParser

import pytest

from tests.report.documents import HOSTILE, answers, fails, hostile, undecided, works
from whytransfer import report
from whytransfer.report import from_json, to_json
from whytransfer.report.claim_groups import groups
from whytransfer.report.why import A_PART

# Sliders and their script have tests of their own; everything else is the same with them.
to_html = partial(report.to_html, interactive=False)
DOCUMENTS = {**answers(), "hostile": hostile()}
VOID = {"meta", "link", "br", "img", "input", "hr"}


class Page(HTMLParser):
    """The elements and the text of a page; fails on a tag that is not closed in its turn."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None], tuple[str, ...]]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert self.stack == []

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.stack)))
        assert len(dict(attrs)) == len(attrs), "an attribute twice"
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs), tuple(self.stack)))

    def handle_endtag(self, tag):
        self.words.append(" " if tag in {"dt", "dd", "th", "td", "li", "p"} else "")
        assert self.stack.pop() == tag

    def handle_data(self, data):
        if "style" not in self.stack:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


PAGES = {name: to_html(document) for name, document in DOCUMENTS.items()}


@pytest.fixture(params=PAGES, name="name")
def _name(request):
    return request.param


def test_it_is_well_formed_and_its_landmarks_are_there(name):
    page = Page(PAGES[name])
    tags = [tag for tag, _, _ in page.elements]
    assert [tags.count(tag) for tag in ("html", "header", "main", "footer", "h1")] == [1] * 5
    ids = [attrs["id"] for _, attrs, _ in page.elements if "id" in attrs]
    assert len(ids) == len(set(ids))
    labelled = [attrs["aria-labelledby"] for _, attrs, _ in page.elements if "aria-labelledby" in attrs]
    assert set(labelled) <= set(ids)
    used = {attrs["href"].removeprefix("#") for tag, attrs, _ in page.elements if tag == "use"}
    assert used <= set(ids)


def test_nothing_is_fetched_and_nothing_runs(name):
    page = Page(PAGES[name])
    assert "<script" not in PAGES[name].lower()
    for tag, attrs, _ in page.elements:
        assert tag not in {
            "script",
            "img",
            "iframe",
            "object",
            "embed",
            "image",
            "foreignobject",
            "a",
            "form",
        }
        assert not any(key.startswith("on") for key in attrs)
        for key in ("src", "href", "xlink:href", "action", "data", "srcset", "poster"):
            value = attrs.get(key)
            assert value is None or value.startswith("#") or (tag, value) == ("link", "data:,"), (
                tag,
                key,
                value,
            )
        assert "style" not in attrs
    assert not re.search(r"url\(|@import|https?://", PAGES[name])
    policy = next(
        a["content"] for t, a, _ in page.elements if a.get("http-equiv") == "Content-Security-Policy"
    )
    assert "default-src 'none'" in policy


def test_hostile_strings_are_text():
    html, page = PAGES["hostile"], Page(PAGES["hostile"])
    assert "<script>" not in html
    assert (
        "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&gt;&lt;img src=x onerror=alert(2)&gt;&amp;amp;{{7*7}}"
        in html
    )
    assert "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>&amp;{{7*7}}" in page.text
    for raw in ("\x1b", "\u202e", "\ud800", "\x00"):
        assert raw not in html
    html.encode("utf-8")
    attributes = [
        value for _, attrs, _ in page.elements for value in attrs.values() if value and "alert" in value
    ]
    assert all("\x1b" not in value for value in attributes)


def test_drawings_hold_hostile_strings_as_text_too():
    page = Page(PAGES["hostile"])
    inside = [stack for tag, _, stack in page.elements if "svg" in stack]
    assert inside
    assert {tag for tag, _, stack in page.elements if "svg" in stack} <= {
        "title", "desc", "line", "rect", "path", "circle", "text", "use", "defs",
    }  # fmt: skip


def test_the_same_document_is_the_same_bytes(name):
    again = to_html(copy.deepcopy(DOCUMENTS[name]))
    assert again == PAGES[name]
    assert to_html(from_json(to_json(DOCUMENTS[name]))) == PAGES[name]


def test_the_document_is_left_alone(name):
    before = copy.deepcopy(DOCUMENTS[name])
    to_html(DOCUMENTS[name])
    assert DOCUMENTS[name] == before


def test_every_figure_is_there_unrounded_and_readable(name):
    page = Page(PAGES[name])
    values = {attrs["value"] for tag, attrs, _ in page.elements if tag == "data"}
    for claim in DOCUMENTS[name]["claims"]:
        for part in ("estimate", "lower", "upper"):
            assert claim[part] is None or str(claim[part]) in values, (claim["id"], part)
    for group in groups(DOCUMENTS[name]):
        for row in group.silent:
            assert row.silence.split("<")[0].lower() in page.text.lower()


def test_nothing_python_shines_through(name):
    text = Page(PAGES[name]).text
    for word in ("None", "Undefined", "Markup", "{'", "{{ ", "%}"):
        assert word not in text
    assert not {"nan", "inf", "null"} & set(text.split())


def test_tables_and_drawings_speak(name):
    page = Page(PAGES[name])
    for tag, attrs, _ in page.elements:
        if tag == "th":
            assert attrs.get("scope") in {"row", "col", "rowgroup"}
        if tag == "svg":
            assert attrs.get("role") == "img" or attrs.get("aria-hidden") == "true"
    for drawing in re.findall(r'<svg[^>]*role="img".*?</svg>', PAGES[name], flags=re.DOTALL):
        assert re.search(r"<title>[^<]+</title><desc>[^<]+</desc>", drawing)


def test_the_banner():
    text = Page(to_html(works())).text
    assert "WORKS certified 200 target labels put the error on the target at 0.103 at most" in text
    assert "0.065 at least 0.039, at most 0.103 each 97.5% sure; proved" in text
    assert "Exit code 0" in text
    text = Page(to_html(undecided())).text
    assert "an estimate, not a guarantee" in text
    assert "Labels needed 84" in text


def test_commands_in_backticks_are_code_and_a_lone_backtick_is_not():
    document = undecided()
    document["next_steps"] = [
        {"action": "label", "text": "Run `whytransfer labels plan <x>`."},
        {"action": "stop", "text": "column `a is odd"},
    ]
    html = to_html(document)
    assert "<code>whytransfer labels plan &lt;x&gt;</code>" in html
    assert "column `a is odd" in html.replace("Column", "column")


def test_a_rise_of_the_error_has_its_own_line():
    document = undecided()
    panel = next(c for c in document["claims"] if c["id"] == "target_error.panel")
    rise = panel | {
        "id": "error_drop.panel",
        "quantity": "error_drop",
        "estimate": 0.047,
        "lower": -0.01,
        "upper": 0.1,
    }
    document["claims"].append(rise | {"guessing_error": None})
    document["verdict"]["requirement"] |= {"kind": "max_drop", "value": 0.05, "text": "rises by at most 0.05"}
    html = to_html(document)
    assert html.count('class="require"') == 2, "in the banner and on the one row about the rise"
    assert "Rise of the error" in html


def test_many_columns_are_bounded_and_the_rest_is_said():
    document = fails()
    feature = document["diagnosis"]["features"][0]
    document["diagnosis"]["features"] = [
        feature | {"name": f"column {i}", "shift": i / 1000} for i in range(1000)
    ]
    document["warnings"] = [f"warning {i}" for i in range(500)]
    html = to_html(document)
    assert len(html.encode()) < 300_000
    assert html.count('class="histogram"') == 24
    text = Page(html).text
    assert "776 more columns, each less shifted than these, are in the JSON" in text
    assert "400 more in the JSON" in text


def test_long_names_are_bounded():
    document = fails()
    for feature in document["diagnosis"]["features"]:
        feature["name"] = "x" * 1_000_000
    assert len(to_html(document)) < 300_000


def test_typical_size(name):
    assert len(PAGES[name].encode()) < 300_000
    assert HOSTILE not in PAGES[name]


def test_empty_and_odd_histograms_draw():
    document = undecided()
    odd = [
        {"edges": [], "source": [], "target": []},
        {"edges": [1.0, 1.0], "source": [3], "target": [0]},
        {"edges": [0.0, 1.0, 1.0, 2.0], "source": [0, 0, 0], "target": [0, 0, 0]},
        {"edges": [0.0, 1e-300], "source": [1], "target": [1]},
        {"categories": [], "source": [], "target": []},
        {"categories": ["a"], "source": [0], "target": [0]},
        {"categories": [str(i) for i in range(30)], "source": [1] * 30, "target": [0] * 30},
    ]
    document["diagnosis"]["features"] = [
        {"name": f"f{i}", "shift": 0.1, "harm": None, "p_value": 1e-300, "histogram": h}
        for i, h in enumerate(odd)
    ]
    document["diagnosis"]["features"].append({"name": "bare", "shift": None, "harm": None})
    html = to_html(document)
    assert not re.search(r"\b(nan|inf)\b", html.partition("</style>")[2])
    assert "and 22 more</p>" in html


def test_the_limits_of_the_waterfall_are_rounded_outwards_on_the_page():
    document = undecided()
    limits = {"level": "estimated", "value": 0.3508665, "lower": 0.2519038, "upper": 0.4770909}
    document["waterfall"] = [
        {"label": "error on the source", "kind": "error", **limits},
        {"label": "shift of the inputs", "kind": "change", **limits, "lower": -0.0043443},
        {"label": "error on the target", "kind": "error", **limits},
    ]
    page = report.to_html(document)
    cells = re.findall(
        r'data-cap="at (?:least|most)">(?:<[^>]*>)*([^<]*)', page[page.index("From the error here") :]
    )
    assert cells[:6] == ["0.251", "0.478", "−0.005", "+0.478", "0.251", "0.478"]


@pytest.mark.parametrize("later", [{}, {"within": True}])
def test_a_part_that_fails_is_told_from_documents_of_before_too(later):
    """`within` was added to the schema: a page from a saved audit of before it ended in a traceback."""
    document = undecided()
    failing = {"rule": "x > 1", "share": 0.2, "rows": 40, "error": 0.4, "fails": True, **later}
    document["diagnosis"]["regions"] = {"required": 0.15, "failing": [failing], "works": None}
    page = report.to_html(document, interactive=False)
    assert "x &gt; 1" in page and (A_PART in page) == bool(later)
