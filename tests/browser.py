"""A real browser for the tests of pages: Debian's Chromium, offline, and what is asked of every page."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

CHROMIUM, DRIVER = Path("/usr/bin/chromium"), Path("/usr/bin/chromedriver")
ARGUMENTS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip

# Boxes that stand out of the page, or whose content stands out of them.
OVERFLOWS = """
const wide = document.documentElement.clientWidth;
return [...document.body.querySelectorAll('*')]
  .filter(e => !e.closest('svg') && !e.closest('.unseen') && e.getClientRects().length)
  .filter(e => e.getBoundingClientRect().right > wide + 1 || e.getBoundingClientRect().left < -1)
  .filter(e => ![e, e.closest('thead')].some(x => x && getComputedStyle(x).position === 'absolute'))
  .map(e => e.outerHTML.slice(0, 120));
"""

# A selector of the page's places, answered by axe: every rule of WCAG 2.1 A and AA and of good practice.
AXE = """
const done = arguments[arguments.length - 1];
axe.run({exclude: %s}).then(
  found => done(found.violations.map(v => [v.id, v.impact, v.help, v.nodes.map(n => n.html.slice(0, 160)).slice(0, 3)])),
  error => done([['axe itself', '', String(error), []]]));
"""


@pytest.fixture(scope="module")
def browser():
    """Selenium's driver of a headless Chromium that asks nobody else for anything."""
    for binary in (CHROMIUM, DRIVER):
        if not (binary.exists() and shutil.which(str(binary))):
            pytest.skip(f"{binary} is missing; `make browser` installs it")
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for argument in ARGUMENTS:
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # Nothing may look for a driver or report usage elsewhere.
    environment = os.environ | {"SE_OFFLINE": "true", "SE_AVOID_STATS": "true"}
    driver = webdriver.Chrome(options=options, service=Service(executable_path=str(DRIVER), env=environment))
    yield driver
    driver.quit()


def show(browser, page: Path | str, width: int, **media: str) -> None:
    """Open a file or an address at this width; `scheme` is light or dark, `media` may be print."""
    features = [{"name": "prefers-color-scheme", "value": media.get("scheme", "light")}]
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"media": media.get("media", ""), "features": features}
    )
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(page.as_uri() if isinstance(page, Path) else page)


def violations(browser, *, besides: tuple[str, ...] = ()) -> list[list[object]]:
    """What axe-core finds wrong with the page that is shown: rule, impact, help and places. `besides` are selectors left out."""
    axe = pytest.importorskip("axe_core_python.base")
    browser.set_script_timeout(60)
    # Through the protocol, so that a page's own script policy doesn't matter.
    browser.execute_cdp_cmd("Runtime.evaluate", {"expression": axe.AXE_SCRIPT})
    found: list[list[object]] = browser.execute_async_script(AXE % json.dumps([[b] for b in besides]))
    return found
