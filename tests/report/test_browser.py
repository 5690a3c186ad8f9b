"""The HTML report in a real browser: nothing logged, nothing fetched, nothing cut off, everything legible."""

from __future__ import annotations

from itertools import cycle

import pytest

from tests.browser import OVERFLOWS, browser, show, violations
from tests.report.documents import answers, hostile
from whytransfer.report import explorer, to_html

pytestmark = pytest.mark.browser
__all__ = ["browser"]

DOCUMENTS = {**answers(), "hostile": hostile()}
WIDTHS = (360, 768, 1400)

# Every visible text with its colour, the ground under it and its size; SVG text is painted by `fill`.
CONTRASTS = """
const parse = c => (c.match(/[\\d.]+/g) || [0, 0, 0, 0]).map(Number);
const ground = e => {
  for (; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c;
  }
  return null;
};
const light = c => {
  const [r, g, b] = c.slice(0, 3).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
  return .2126 * r + .7152 * g + .0722 * b;
};
const found = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
for (let node; node = walk.nextNode();) {
  const e = node.parentElement;
  if (!node.data.trim() || e.closest('title, desc, style, .unseen')) continue;
  const style = getComputedStyle(e);
  const fore = parse(e.closest('svg') ? style.fill : style.color), back = ground(e);
  if (!back) { found.push([0, e.outerHTML.slice(0, 80)]); continue; }
  const [a, b] = [light(fore), light(back)].sort((x, y) => y - x);
  found.push([(a + .05) / (b + .05), node.data.trim().slice(0, 40)]);
}
return found;
"""


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("reports")
    for name, document in DOCUMENTS.items():
        (folder / f"{name}.html").write_text(to_html(document), encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_is_logged_and_nothing_is_fetched(browser, pages, name):
    show(browser, pages / f"{name}.html", 1000)
    assert browser.get_log("browser") == []
    assert browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)") == []
    scripts = browser.execute_script("return [...document.scripts].map(e => [e.type, e.id, e.src])")
    # The explorer, whole or not at all.
    assert scripts in ([], [["application/json", "explorer-spec", ""], ["", "", ""]])


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", DOCUMENTS)
def test_nothing_stands_out_of_the_page(browser, pages, name, width):
    show(browser, pages / f"{name}.html", width)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(OVERFLOWS) == []


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", answers())
def test_the_verdict_is_seen_without_scrolling(browser, pages, name, width):
    from selenium.webdriver.common.by import By

    show(browser, pages / f"{name}.html", width)
    answer = browser.find_element(By.CSS_SELECTOR, "h1 .answer")
    assert answer.is_displayed()
    assert answer.text == name.replace("_", " ").upper()
    reason = browser.find_element(By.CSS_SELECTOR, ".reason")
    assert reason.rect["y"] + reason.rect["height"] < 800
    assert reason.rect["x"] + reason.rect["width"] <= width


@pytest.mark.parametrize(
    "media", [{"scheme": "light"}, {"scheme": "dark"}, {"scheme": "dark", "media": "print"}]
)
@pytest.mark.parametrize("name", answers())
def test_every_word_is_legible(browser, pages, name, media):
    show(browser, pages / f"{name}.html", 1000, **media)
    contrasts = browser.execute_script(CONTRASTS)
    assert len(contrasts) > 40
    assert [found for found in contrasts if found[0] < 4.5] == []


def test_dark_is_dark_and_paper_is_white(browser, pages):
    ground = "return getComputedStyle(document.body).backgroundColor"
    show(browser, pages / "fails.html", 1000, scheme="light")
    assert browser.execute_script(ground) == "rgb(255, 254, 250)"
    show(browser, pages / "fails.html", 1000, scheme="dark")
    assert browser.execute_script(ground) == "rgb(22, 22, 20)"
    show(browser, pages / "fails.html", 1000, scheme="dark", media="print")
    assert browser.execute_script(ground) == "rgb(255, 255, 255)"


def test_it_prints_on_a4(browser, pages):
    from base64 import b64decode

    show(browser, pages / "fails.html", 1000)
    printed = browser.execute_cdp_cmd(
        "Page.printToPDF", {"preferCSSPageSize": True, "printBackground": False}
    )
    pdf = b64decode(printed["data"])
    assert pdf.startswith(b"%PDF")
    # A4 in points.
    assert b"/MediaBox [0 0 594.95996 841.91998]" in pdf or b"/MediaBox [0 0 595" in pdf
    assert 2 <= pdf.count(b"/Type /Page\n") <= 8


def test_hostile_strings_run_nothing(browser, pages):
    show(browser, pages / "hostile.html", 1000)
    assert (
        browser.execute_script(
            "return document.querySelectorAll('script:not(#explorer-spec, body > script), img, iframe').length"
        )
        == 0
    )
    assert "<script>alert(1)</script>" in browser.execute_script("return document.body.innerText")


def slide(browser, name: str, value: float) -> str:
    """The answer after a slider was moved, as the page says it."""
    from selenium.webdriver.support.ui import WebDriverWait

    # The sentence is emptied first, so that an answer that stays the same is seen to be given again.
    browser.execute_script(
        "document.getElementById('explorer-answer').textContent = '';"
        f"const input = document.querySelector('#explorer-chart input[name={name}]');"
        f"input.value = {value}; input.dispatchEvent(new Event('input', {{bubbles: true}}));"
    )
    return WebDriverWait(browser, 10).until(said)


def said(browser) -> str:
    return browser.execute_script("return document.getElementById('explorer-answer').textContent")


@pytest.mark.parametrize("name", ["works", "fails", "undecided"])
def test_sliders_move_the_answer_as_the_rules_do(browser, pages, name):
    from selenium.webdriver.support.ui import WebDriverWait

    pytest.importorskip("vl_convert")
    show(browser, pages / f"{name}.html", 1000)
    assert WebDriverWait(browser, 10).until(said).lower().startswith(name)
    document, seen = DOCUMENTS[name], set()
    rows = explorer.rows_of(document)
    for tolerance in (0.0, 0.05, 0.15, 0.3, 0.6, 1.0):
        answer = slide(browser, "tolerance", tolerance)
        expected = explorer.answer_at(rows, explorer.Sliders(tolerance=tolerance), 1)
        assert answer.lower().startswith(expected), tolerance
        seen.add(answer.split(",")[0])
    assert len(seen) > 1


def test_an_assertion_moves_the_answer(browser, pages):
    pytest.importorskip("vl_convert")
    show(browser, pages / "undecided.html", 1000)
    document, seen = DOCUMENTS["undecided"], set()
    rows, tolerance = explorer.rows_of(document), document["verdict"]["requirement"]["value"]
    for sigma, tau in ((0.02, 1.0), (0.02, 0.055), (0.02, 0.06), (0.06, 0.0), (0.065, 0.0)):
        slide(browser, "sigma", sigma)
        answer = slide(browser, "tau", tau)
        at = explorer.Sliders(tolerance=tolerance, sigma=sigma, tau=tau)
        assert answer.lower().startswith(explorer.answer_at(rows, at, 1)), (sigma, tau)
        seen.add(answer)
    assert seen == {"UNDECIDED", "WORKS, conditional"}


@pytest.mark.parametrize("name", ["works", "hostile"])
def test_without_scripts_nothing_is_missing_but_the_sliders(browser, pages, name):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(browser, pages / f"{name}.html", 1000)
        nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        headings = {
            node["name"]["value"]
            for node in nodes
            if not node.get("ignored") and node["role"]["value"] == "heading"
        }
        assert "What can be said, and how surely" in headings
        assert "What if" not in headings
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


@pytest.mark.parametrize("width", [360, 1400])
def test_assistive_technology_finds_its_way(browser, pages, width):
    """The accessibility tree, as a screen reader gets it: also where the table is laid out as cards."""
    show(browser, pages / "undecided.html", width)
    nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = [node.get("role", {}).get("value") for node in nodes if not node.get("ignored")]
    for role in ("banner", "main", "contentinfo", "heading", "table", "rowheader", "columnheader", "list"):
        assert role in roles, role
    unnamed = [
        node
        for node in nodes
        if not node.get("ignored")
        and node["role"]["value"] in {"image", "img", "region", "table"}
        and not node.get("name", {}).get("value")
    ]
    assert unnamed == []


# Colours are the pages' own: every page once, light and dark in turns.
@pytest.mark.parametrize(("name", "scheme"), list(zip(DOCUMENTS, cycle(("light", "dark")), strict=False)))
def test_axe_finds_nothing(browser, pages, name, scheme):
    show(browser, pages / f"{name}.html", 1000, scheme=scheme)
    assert violations(browser) == []


def test_axe_would_find_something(browser, tmp_path):
    page = tmp_path / "bad.html"
    page.write_text('<!doctype html><title>bad</title><img src="data:,"><p style="color:#ccc">grey</p>')
    show(browser, page, 1000)
    assert {v[0] for v in violations(browser)} >= {"image-alt", "color-contrast", "html-has-lang"}
