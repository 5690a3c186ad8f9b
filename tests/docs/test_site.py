"""The site as a visitor gets it: built strictly, nothing fetched from elsewhere, nothing logged, sane without scripts."""

from __future__ import annotations

import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.browser import browser, show, violations

ROOT = Path(__file__).parents[2]
PAGES = ("", "theory/hdh/", "reference/python/", "benchmarks/adapt/")
__all__ = ["browser"]

# The theme hides what stands out of the text, so that the page's own width tells nothing: each box is asked.
# Displays and code scroll by themselves, tables by the theme's script.
STANDS_OUT = """
const standsOut = () => [...document.querySelectorAll('article *')]
  .filter(e => !e.closest('.formula, pre, table, .md-typeset__scrollwrap') && e.getClientRects().length)
  .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.outerHTML.slice(0, 80));
"""


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Requests of a test are nobody's news."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Address of the built site, served from this machine alone."""
    config = pytest.importorskip("mkdocs.config")
    from mkdocs.commands.build import build

    folder = tmp_path_factory.mktemp("site")
    build(config.load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder), strict=True))
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1400])
@pytest.mark.parametrize("page", PAGES)
def test_pages_log_nothing_fetch_nothing_from_elsewhere_and_fit(browser, site, page, width):
    show(browser, site + page, width)
    assert browser.get_log("browser") == []
    fetched = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert fetched
    assert [address for address in fetched if not address.startswith(site)] == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(f"{STANDS_OUT} return standsOut();") == []


@pytest.mark.browser
@pytest.mark.parametrize("page", PAGES[:2])
def test_axe_finds_nothing(browser, site, page):
    show(browser, site + page, 1400)
    # The search box is the theme's own; long lines of code scroll by keyboard in every Chromium since 130, which axe 4.4 doesn't know.
    assert violations(browser, besides=(".md-search", "pre > code")) == []


FORMULAS = """
return [...document.querySelectorAll('math')].map(m => [m.textContent.length, m.getBoundingClientRect().height,
  getComputedStyle(m).fontFamily, m.querySelector('merror') !== null]);
"""


@pytest.mark.browser
def test_maths_are_drawn_in_the_font_of_the_site(browser, site):
    show(browser, site + "theory/hdh/", 1400)
    formulas = browser.execute_script(FORMULAS)
    assert len(formulas) > 20
    assert all(length and height > 5 and not error for length, height, _, error in formulas)
    assert {font for *_, font, _ in formulas} == {'"NotoSans Math", math'}
    loaded = (
        "return document.fonts.ready.then(f => [...f].filter(x => x.status === 'loaded').map(x => x.family))"
    )
    assert browser.execute_script(loaded) == ["NotoSans Math"]
    # A fraction stands higher than a line, and a hat lies on its word: drawn as maths, not as a row of letters.
    tall = "const h = s => document.querySelector(s).getBoundingClientRect().height; return h('mfrac') > 1.2 * h('mi')"
    assert browser.execute_script(tall)
    assert "$" not in browser.execute_script("return document.querySelector('article').innerText")


# Each page's article in the place of the first one's: the layout of forty pages for the loading of one; last a control.
WIDE = (
    STANDS_OUT
    + """
const [pages, done] = arguments, here = document.querySelector('article'), wide = [];
(async () => {
  for (const page of pages) {
    const text = await (await fetch(page)).text();
    here.innerHTML = new DOMParser().parseFromString(text, 'text/html').querySelector('article').innerHTML;
    if (standsOut().length || !here.querySelector('math')) wide.push([page, ...standsOut().slice(0, 3)]);
  }
  here.innerHTML = '<p style="width: 361px">control</p>';
  if (standsOut().length) wide.push('control');
})().then(() => done(wide), error => done([String(error)]));
"""
)


@pytest.mark.browser
def test_no_theory_page_is_wider_than_a_telephone(browser, site):
    stems = {page.stem for page in (ROOT / "docs" / "theory").glob("*.md")} - {"coverage", "index"}
    show(browser, f"{site}theory/hdh/", 360)
    browser.set_script_timeout(60)
    assert browser.execute_async_script(WIDE, [f"{site}theory/{stem}/" for stem in sorted(stems)]) == [
        "control"
    ]


@pytest.mark.browser
def test_search_answers_without_a_network(browser, site):
    show(browser, site, 1400)
    browser.execute_cdp_cmd("Network.enable", {})
    browser.find_element("css selector", "input.md-search__input").send_keys("clopper")
    deadline = time.monotonic() + 20
    found = []
    while not found and time.monotonic() < deadline:
        found = browser.execute_script(
            "return [...document.querySelectorAll('a.md-search-result__link')].map(a => a.href)"
        )
    assert any("theory/clopper_pearson/" in address for address in found)
    fetched = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert [address for address in fetched if not address.startswith(site)] == []
    assert browser.get_log("browser") == []


@pytest.mark.browser
def test_the_index_and_the_maths_are_readable_without_scripts(browser, site):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(browser, site, 1400)
        nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        roles = [node.get("role", {}).get("value") for node in nodes if not node.get("ignored")]
        assert roles.count("heading") > 3
        assert roles.count("link") > 20
        show(browser, site + "theory/hdh/", 1400)
        nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        roles = [node.get("role", {}).get("value") for node in nodes if not node.get("ignored")]
        assert roles.count("MathMLMath") > 20
        assert roles.count("MathMLFraction") >= 3
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
