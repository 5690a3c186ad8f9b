"""The site as a visitor gets it: built strictly, nothing fetched from elsewhere, nothing logged, sane without scripts."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.browser import browser, show, violations

ROOT = Path(__file__).parents[2]
PAGES = ("", "theory/hdh/", "reference/python/", "benchmarks/adapt/")
__all__ = ["browser"]


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


@pytest.mark.browser
@pytest.mark.parametrize("page", PAGES[:2])
def test_axe_finds_nothing(browser, site, page):
    show(browser, site + page, 1400)
    # The search box is the theme's own; long lines of code scroll by keyboard in every Chromium since 130, which axe 4.4 doesn't know.
    assert violations(browser, besides=(".md-search", "pre > code")) == []


@pytest.mark.browser
def test_the_index_is_readable_without_scripts(browser, site):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(browser, site, 1400)
        nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        roles = [node.get("role", {}).get("value") for node in nodes if not node.get("ignored")]
        assert roles.count("heading") > 3
        assert roles.count("link") > 20
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
