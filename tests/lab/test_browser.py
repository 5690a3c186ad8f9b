"""The lab page in a real browser: sliders pick among what was computed, and nothing is fetched."""

import pytest

from tests.browser import OVERFLOWS, browser, show, violations
from whytransfer.lab import explorable, page

pytestmark = pytest.mark.browser
__all__ = ["browser"]

LENGTHS = """
const place = document.querySelector('.explorable[data-panel=%s]');
return [...place.querySelectorAll('.mark-rect path, .mark-rect rect')].map(e => e.getBBox().width).filter(w => w > 0);
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    path = tmp_path_factory.mktemp("lab") / "lab.html"
    path.write_text(page.to_html(), encoding="utf-8")
    return path


def drawn(browser, panel):
    """Widths of a panel's bars, once there are some."""
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 10).until(lambda b: b.execute_script(LENGTHS % panel))


def move(browser, panel, name, value):
    browser.execute_async_script(
        f"const input = document.querySelector('.explorable[data-panel={panel}] [name={name}]');"
        f"input.value = {value}; input.dispatchEvent(new Event('input', {{bubbles: true}}));"
        "setTimeout(arguments[0], 300);"
    )
    return drawn(browser, panel)


@pytest.mark.parametrize("width", [360, 1400])
def test_it_fits_logs_nothing_and_fetches_nothing(browser, lab, width):
    show(browser, lab, width)
    drawn(browser, "alignment")
    assert browser.get_log("browser") == []
    assert browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)") == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    assert browser.execute_script(OVERFLOWS) == []


def test_alignment_is_seen_to_raise_lambda(browser, lab):
    show(browser, lab, 1000)
    apart = drawn(browser, "alignment")
    together = move(browser, "alignment", "moved", 1)
    # Apart: distance 1 for both classes, λ 0 and 1/2. Together: distance 0, λ 1 and 1.
    unit = max(apart)
    assert sorted(w / unit for w in apart) == pytest.approx([0.5, 1, 1], abs=0.02)
    assert sorted(w / unit for w in together) == pytest.approx([1, 1], abs=0.02)


def test_points_follow_the_sliders_of_their_panel(browser, lab):
    show(browser, lab, 1000)
    drawn(browser, "comb")
    count = (
        "return document.querySelectorAll('.explorable[data-spec=comb-2] .mark-symbol.role-mark path').length"
    )
    for teeth in (4, 20):
        place = explorable.TEETH.index(teeth)
        browser.execute_async_script(
            "const select = document.querySelector('.explorable[data-panel=comb] [name=teeth]');"
            f"select.selectedIndex = {place}; select.dispatchEvent(new Event('input', {{bubbles: true}}));"
            "select.dispatchEvent(new Event('change', {bubbles: true})); setTimeout(arguments[0], 400);"
        )
        assert browser.execute_script(count) == teeth


def test_without_scripts_the_tables_are_there(browser, lab):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        show(browser, lab, 1000)
        nodes = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        names = [
            n["name"]["value"]
            for n in nodes
            if not n.get("ignored") and n["role"]["value"] in ("heading", "combobox", "slider")
        ]
        assert [n for n in names if n] == [
            "Why transfer learning works, or fails",
            *(panel.title for panel in page.panels()),
            "What is often said, and what holds",
        ]
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_axe_finds_nothing(browser, lab):
    show(browser, lab, 1000)
    drawn(browser, "alignment")
    assert violations(browser) == []
