"""The schema that ships, and the check that the library makes without jsonschema."""

from __future__ import annotations

import copy
import math

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.report.documents import answers, claim, hostile, several, undecided, works
from tests.report.schemas import validator
from whytransfer.errors import InputError
from whytransfer.report import load_schema
from whytransfer.report.validate import _CHECKS, SCHEMAS, validate
from whytransfer.steps.difference import compared, several_compared

DOCUMENTS = {**answers(), "hostile": hostile()}
VALIDATOR = jsonschema.Draft202012Validator(load_schema())


def changed(path: str, value: object) -> dict:
    """The undecided document with one value replaced; DELETE removes the key."""
    document = undecided()
    *way, last = [int(step) if step.isdigit() else step for step in path.split("/")]
    place = document
    for step in way:
        place = place[step]
    if value is DELETE:
        del place[last]
    else:
        place[last] = value
    return document


DELETE = object()

BROKEN = [
    # what can't be a number
    ("delta", math.nan),
    ("delta", 0.0),
    ("delta", 1),
    ("claims/0/estimate", math.nan),
    ("claims/0/estimate", math.inf),
    ("claims/0/upper", -math.inf),
    ("claims/0/upper", "0.1"),
    ("claims/0/confidence", 1.0),
    ("claims/0/detail", {"parts": [0.1, {"deep": math.nan}]}),
    ("claims/0/vacuous", None),
    ("break_even/0/lambda", math.nan),
    ("break_even/0/sigma_tau", [[0.0, math.inf]]),
    ("break_even/0/sigma_tau", [[0.0]]),
    ("break_even/0/sigma_tau", [[0.0, 0.1, 0.2]]),
    ("diagnosis/features/0/shift", math.nan),
    ("diagnosis/features/0/p_value", 0.0),
    ("diagnosis/features/0/histogram/source", [1, -1]),
    ("diagnosis/overlap/auc", 1.5),
    ("provenance/delta_spent/0/delta", math.nan),
    ("provenance/options/assume", {"sigma": math.nan}),
    ("seed", 0.5),
    ("seed", -1),
    ("problem/source/rows", 10.5),
    ("problem/source/rows", True),
    ("verdict/labels_needed", -1),
    # closed lists
    ("schema", "whytransfer/audit/2"),
    ("verdict/answer", "maybe"),
    ("verdict/answer", "WORKS"),
    ("verdict/basis", "proved"),
    ("verdict/exit_code", 1),
    ("verdict/exit_code", 0),
    ("verdict/exit_code", False),
    ("verdict/requirement/kind", "guess"),
    ("claims/0/level", "certain"),
    ("claims/0/unit", "percent"),
    ("claims/1/assumptions/0/status", "true"),
    ("diagnosis/shift/kind", "covariate shift"),
    ("next_steps/0/action", "pray"),
    ("waterfall/0/level", "certified"),
    ("problem/task", "clustering"),
    # shapes
    ("claims", {}),
    ("warnings", [None]),
    ("problem/features", [1]),
    ("problem/classes", [None]),
    ("diagnosis/features/0/histogram", {"source": [1], "target": [1]}),
    *[(key, DELETE) for key in undecided()],
    *[(f"verdict/{key}", DELETE) for key in undecided()["verdict"]],
    *[(f"claims/0/{key}", DELETE) for key in undecided()["claims"][0]],
    *[(f"break_even/0/{key}", DELETE) for key in undecided()["break_even"][0]],
    ("claims/1/assumptions/0/test", DELETE),
    ("diagnosis/features", DELETE),
    ("provenance/digests/source", DELETE),
]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_honest_documents_pass(name):
    VALIDATOR.validate(DOCUMENTS[name])
    validate(DOCUMENTS[name])


@pytest.mark.parametrize(("path", "value"), BROKEN)
def test_a_broken_document_is_rejected_by_both(path, value):
    document = changed(path, value)
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(document)
    with pytest.raises(InputError) as caught:
        validate(document)
    assert "\n" not in str(caught.value)


def test_the_message_names_the_place_the_expected_and_the_found():
    with pytest.raises(InputError, match=r"claims\[0\]\.level: expected one of proved, .*got 'certain'"):
        validate(changed("claims/0/level", "certain"))
    with pytest.raises(InputError, match=r"claims\[0\]\.upper: expected null or a finite number, got '0\.1'"):
        validate(changed("claims/0/upper", "0.1"))
    with pytest.raises(InputError, match=r"verdict: expected the key 'basis'"):
        validate(changed("verdict/basis", DELETE))


@pytest.mark.parametrize("path", ["new", "verdict/new", "claims/0/new", "diagnosis/new", "problem/new"])
def test_keys_of_later_versions_are_ignored(path):
    document = changed(path, {"anything": [1, None]})
    VALIDATOR.validate(document)
    validate(document)


@pytest.mark.parametrize(
    ("path", "value"), [("diagnosis/overlap", None), ("diagnosis/shift", {}), ("seed", 3.0)]
)
def test_what_is_allowed(path, value):
    VALIDATOR.validate(changed(path, value))
    validate(changed(path, value))


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 20),
    st.floats(-2, 2),
    st.sampled_from([math.nan, math.inf, "works", "proved", "", 0, 10, 10**400]),
    st.lists(st.floats(0, 1), max_size=3),
    st.dictionaries(st.sampled_from(["id", "rows", "x"]), st.floats(0, 1), max_size=2),
)


def leaves(value, path=()):
    """Every place of a document, containers as well."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from leaves(item, (*path, i))


PLACES = list(leaves(undecided()))


@settings(max_examples=300)
@given(place=st.sampled_from(PLACES), value=VALUES)
def test_our_check_agrees_with_jsonschema(place, value):
    document = copy.deepcopy(DOCUMENTS["undecided"])
    inside = document
    for step in place[:-1]:
        inside = inside[step]
    inside[place[-1]] = value
    try:
        validate(document)
        ours = True
    except InputError:
        ours = False
    # An integer beyond the floats is no finite number to jsonschema either, by the schema's `maximum`.
    assert ours == VALIDATOR.is_valid(document)


ANNOTATIONS = {"$schema", "$id", "$comment", "$defs", "title", "description", "not"}


def keywords(schema):
    """Every keyword of every subschema."""
    for key, value in schema.items():
        yield key
        if key in {"properties", "$defs"}:
            for sub in value.values():
                yield from keywords(sub)
        elif key in {"anyOf", "allOf"}:
            for sub in value:
                yield from keywords(sub)
        elif key in {"items", "additionalProperties", "not"}:
            yield from keywords(value)


def test_our_check_knows_every_keyword_of_the_schema():
    used = set(keywords(load_schema()))
    assert used - ANNOTATIONS <= set(_CHECKS)
    assert set(_CHECKS) <= used


def test_the_schema_is_a_schema_and_a_fresh_dict():
    jsonschema.Draft202012Validator.check_schema(load_schema())
    load_schema().clear()
    assert load_schema()["title"] == "whytransfer/audit/1"


@pytest.mark.parametrize("name", SCHEMAS)
def test_each_schema_is_one_and_says_its_name(name):
    jsonschema.Draft202012Validator.check_schema(load_schema(name))
    schema = load_schema(name)
    assert schema["title"] == schema["properties"]["schema"]["const"] == name
    assert schema["$id"] == f"urn:{name.replace('/', ':')}"


def test_a_document_without_a_schema_is_named():
    with pytest.raises(
        InputError, match=r"schema: expected one of whytransfer/audit/1, .* got 'whytransfer/plan/9'"
    ):
        load_schema("whytransfer/plan/9")


def pairs():
    """Two documents each: alike, and with every kind of answer beside every other."""
    found = {**answers(), "hostile": hostile()}
    return [(found[a], found[b]) for a in found for b in found]


def test_differences_follow_their_schema():
    checked = validator("whytransfer/diff/1")
    for old, new in pairs():
        checked.validate(compared(old, new))
    several_checked = validator("whytransfer/diffs/1")
    for old, new in ((several(), several()), (several(), several(hostile()))):
        several_checked.validate(several_compared(old, new))


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.pop("why"),
        lambda d: d["why"].clear(),
        lambda d: d["verdict"].update(changed="yes"),
        lambda d: d["verdict"]["old"].update(basis="proved"),
        lambda d: d["claims"]["moved"][0]["new"].update(estimate=math.nan),
        lambda d: d["claims"]["moved"][0]["old"].pop("level"),
        lambda d: d["claims"]["moved"][0].update(apart=None),
        lambda d: d["options"].update(seed=[0]),
        lambda d: d["data"]["target"].update(rows=[1, -1]),
        lambda d: d.update(requirement=[None]),
    ],
)
def test_a_broken_difference_is_rejected(change):
    old, new = works(), works()
    new["claims"][1] = claim("target_error.direct", 0.3, 0.24, 0.37, confidence=0.975)
    document = compared(old, new)
    checked = validator("whytransfer/diff/1")
    checked.validate(document)
    change(document)
    assert not checked.is_valid(document)


def test_several_audits_follow_a_schema_of_their_own():
    checked = validator("whytransfer/audits/1")
    for document in (several(), several(hostile())):
        checked.validate(document)
        validate(document)
    for change in (
        lambda d: d["audits"].clear(),
        lambda d: d["audits"][0].pop("name"),
        lambda d: d["audits"][1]["audit"]["verdict"].pop("reason"),
        lambda d: d["verdict"].update(exit_code=0),
        lambda d: d.update(kind="all"),
    ):
        document = several()
        change(document)
        assert not checked.is_valid(document)
        with pytest.raises(InputError, match="audits/1"):
            validate(document)
