"""Names and figures."""

from __future__ import annotations

import io
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from tests.report.documents import HOSTILE, works
from whytransfer import report
from whytransfer.claims import Level, Status, Unit, figures
from whytransfer.report import load_schema, words

SHARES = st.floats(-2, 2)


@given(SHARES)
def test_limits_are_rounded_outwards(value):
    read = {
        name: Decimal(getattr(figures, name)(value).replace("−", "-")) for name in ("at_least", "at_most")
    }
    exact = Decimal(f"{value:.12g}")
    assert read["at_least"] <= exact <= read["at_most"]
    assert read["at_most"] - read["at_least"] <= Decimal("0.001")


@given(st.floats(0.0001, 0.9999))
def test_a_confidence_is_never_shown_higher_than_it_is(confidence):
    shown = Decimal(figures.sure(confidence).rstrip("%")) / 100
    assert shown <= Decimal(f"{confidence:.14g}")
    assert Decimal(f"{confidence:.12g}") - shown <= Decimal("0.0001")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.1 + 0.2, "0.300"),
        (0.0, "0.000"),
        (-0.0, "0.000"),
        (-0.0004, "0.000"),
        (1.0, "1.000"),
        (0.1501, "0.151"),
    ],
)
def test_an_upper_limit(value, shown):
    assert figures.at_most(value) == shown


@given(st.floats(1e-200, 1e200), st.sampled_from([1, -1]))
def test_limits_in_other_units_are_rounded_outwards_to_four_figures(value, sign):
    exact = Decimal(f"{sign * value:.12g}")
    low, high = (
        Decimal(f(sign * value, "feature").replace("−", "-").replace(",", ""))
        for f in (figures.at_least, figures.at_most)
    )
    assert low <= exact <= high
    assert high - low <= abs(exact) / 999


def test_a_limit_that_misses_the_requirement_is_not_shown_as_meeting_it():
    assert figures.at_most(0.15004) == "0.151"
    assert figures.at_least(0.14996) == "0.149"


@pytest.mark.parametrize(
    "figure", [figures.number, figures.at_least, figures.at_most, figures.estimate, figures.general]
)
def test_what_can_not_be_said_is_a_dash(figure):
    assert figure(None) == "–"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0, "0"),
        (1284.25, "1284"),
        (99999.0, "100,000"),
        (-3.5, "−3.5"),
        (1e12, "1.000e+12"),
        (1e-9, "1.000e-9"),
        (0.05, "0.05"),
    ],
)
def test_numbers_in_other_units(value, shown):
    assert figures.general(value) == shown


def test_every_closed_name_has_its_words():
    defs = load_schema()["$defs"]
    verdict = defs["verdict"]["properties"]
    assert set(words.ANSWERS) == set(verdict["answer"]["enum"])
    assert set(words.LEVEL_SENTENCES) == set(words.LEVEL_WORDS) == set(defs["level"]["enum"]) == set(Level)
    assert set(words.STATUSES) == set(defs["assumption"]["properties"]["status"]["enum"]) == set(Status)
    assert set(words.UNITS) == set(defs["claim"]["properties"]["unit"]["enum"]) == set(Unit)
    assert set(words.SHIFT_KINDS) == set(defs["shift"]["properties"]["kind"]["enum"]) - {None}


@pytest.mark.parametrize(
    "character", ["\x00", "\x1b", "\n", "\u202e", "\u2066", "\u2028", "\ud800", "\x85", "\ufeff"]
)
def test_characters_without_a_glyph_are_made_visible(character):
    shown = words.clean(f"a{character}b")
    assert character not in shown
    assert shown.startswith("a\\")
    shown.encode("utf-8")


@pytest.mark.parametrize("text", ["Ångström", "年齢", "عمر", "👩\u200d🔬", "نمی\u200cخواهم", "λ ≤ 0.1"])
def test_words_of_all_languages_are_left_alone(text):
    assert words.clean(text) == text


def test_a_cut_is_said():
    assert words.clean("x" * 10_000).endswith("[cut: 9,400 more characters in the JSON]")
    assert len(words.clean(HOSTILE)) < 200


def test_an_unknown_id_is_still_readable():
    assert words.title({"id": "target_error.my_bound.half_planes"}) == "my bound, half planes"
    assert words.title({"id": "target_error.new"}) == "new"
    assert words.title({"id": "error_drop.panel"}) == words.title({"id": "target_error.panel"})
    assert words.title({"id": "something.else"}) == "something, else"


@pytest.mark.parametrize("settled", [True, False])
def test_an_answer_that_is_certified_asks_for_no_labels(settled):
    """Below "WORKS (certified)" stood how many labels would settle it."""
    document = works()
    document["verdict"].update(labels_needed=117, basis="certified" if settled else "estimated")
    told = io.StringIO()
    report.render(document, Console(file=told, width=100))
    for page in (told.getvalue(), report.to_markdown(document), report.to_html(document, interactive=False)):
        assert ("would settle it with probability" in " ".join(page.split())) is not settled
