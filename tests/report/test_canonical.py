"""The document as text."""

from __future__ import annotations

import json
import math

import pytest

from tests.report.documents import answers, hostile, undecided
from whytransfer.errors import InputError
from whytransfer.report import from_json, to_json

DOCUMENTS = {**answers(), "hostile": hostile()}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_what_is_written_is_read(name):
    text = to_json(DOCUMENTS[name])
    assert from_json(text) == DOCUMENTS[name]
    assert to_json(from_json(text)) == text
    assert text.encode("utf-8").endswith(b"}\n")


def test_the_order_of_keys_and_every_digit_are_kept():
    document = undecided() | {"claims": [], "extra": 0.1 + 0.2}
    assert list(from_json(to_json(document))) == list(document)
    assert '"extra": 0.30000000000000004' in to_json(document)
    assert "σ" not in to_json({"a": 1})
    assert "λ" in to_json(undecided())


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_never_written(value):
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json({"estimate": value})


def test_half_a_surrogate_pair_survives():
    text = to_json({"name": "a\ud800b"})
    assert text.isascii()
    assert json.loads(text) == {"name": "a\ud800b"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("hello", "not JSON"),
        ('{"schema": NaN}', "NaN is not a JSON number"),
        ('{"schema": -Infinity}', "-Infinity is not a JSON number"),
        ("[1, 2]", "a file without a schema"),
        ("null", "a file without a schema"),
        ('{"version": "1"}', "a file without a schema"),
        ('{"schema": "whytransfer/plan/1"}', "got schema 'whytransfer/plan/1'"),
        ('{"schema": 1}', "got schema 1"),
        ('{"schema": "whytransfer/audit/2"}', "upgrade whytransfer"),
        ('{"schema": "whytransfer/audit/1"}', "the key 'version'"),
        ("[" * 100_000, "nested too deeply"),
        ('{"schema": ' + "1" * 5000 + "}", "thousands of digits"),
        (to_json(undecided()).replace("0.128", "1e999"), r"claims\[1\]\.estimate"),
    ],
)
def test_what_is_no_document_is_refused_in_one_line(text, message):
    with pytest.raises(InputError, match=message) as caught:
        from_json(text)
    assert "\n" not in str(caught.value)


def test_a_byte_order_mark_is_forgiven():
    assert from_json("\ufeff" + to_json(undecided())) == undecided()
