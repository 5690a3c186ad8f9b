"""The schema of the document, and a check against it that needs nothing but the standard library."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from whytransfer.errors import InputError

SCHEMA_ID = "whytransfer/audit/1"
SEVERAL_ID = "whytransfer/audits/1"
AUDIT_URN = "urn:whytransfer:audit:1"
"""How the schema of several audits names that of one."""

_FILES = {
    SCHEMA_ID: "audit-1.json",
    SEVERAL_ID: "audits-1.json",
    "whytransfer/diff/1": "diff-1.json",
    "whytransfer/diffs/1": "diffs-1.json",
    "whytransfer/compare/1": "compare-1.json",
    "whytransfer/plan/1": "plan-1.json",
    "whytransfer/plan-numbers/1": "plan-numbers-1.json",
}
SCHEMAS = tuple(_FILES)
"""Every kind of document that has a schema."""


def load_schema(name: str = SCHEMA_ID) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a kind of document, as a fresh dict.

    Parameters
    ----------
    name : str
        What stands under ``schema`` in the document: ``whytransfer/audit/1``, ``audits/1``, ``diff/1``, ``diffs/1``, ``compare/1``, ``plan/1`` or
        ``plan-numbers/1``. Some name parts of others by urn, ``urn:whytransfer:audit:1`` for instance.

    Returns
    -------
    dict
        The schema.

    Raises
    ------
    InputError
        For a document that has no schema, with those that have one.

    Examples
    --------
    >>> load_schema()["title"], load_schema("whytransfer/diff/1")["$id"]
    ('whytransfer/audit/1', 'urn:whytransfer:diff:1')
    """
    if name not in _FILES:
        raise InputError(f"schema: expected one of {', '.join(_FILES)}, got {name!r}")
    text = files("whytransfer.report").joinpath(f"schema/{_FILES[name]}").read_text(encoding="utf-8")
    schema: dict[str, Any] = json.loads(text)
    return schema


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a document departs from the schema, and how."""

    path: tuple[str | int, ...]
    expected: str
    got: str

    def __str__(self) -> str:
        steps = (f"[{step}]" if isinstance(step, int) else f".{step}" for step in self.path)
        where = "".join(steps).lstrip(".") or "the document"
        return f"{where}: expected {self.expected}, got {self.got}"


def validate(document: object) -> None:
    """Check a document against the schema that ships in the package, the one that it names.

    Reads the keywords that these schemas use and no others; the tests hold it against `jsonschema`.

    Raises
    ------
    InputError
        In one line: the place, what was expected there, what was found.
    """
    several = isinstance(document, dict) and document.get("schema") == SEVERAL_ID
    name = SEVERAL_ID if several else SCHEMA_ID
    for fault in _faults(document, _schema(name), ()):
        raise InputError(f"not a {name} document: {fault}; write it again with `whytransfer audit --json`")


@cache
def _schema(name: str = SCHEMA_ID) -> dict[str, Any]:
    return load_schema(name)


def _faults(value: object, schema: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Fault]:
    for keyword, argument in schema.items():
        check = _CHECKS.get(keyword)
        if check is not None:
            yield from check(value, argument, path)


def _ref(value: object, pointer: str, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if pointer == AUDIT_URN:
        yield from _faults(value, _schema(), path)
        return
    yield from _faults(value, _schema()["$defs"][pointer.removeprefix("#/$defs/")], path)


def _type(value: object, names: str | list[str], path: tuple[str | int, ...]) -> Iterator[Fault]:
    wanted = [names] if isinstance(names, str) else names
    if not any(_TYPES[name](value) for name in wanted):
        yield Fault(path, " or ".join(_TYPE_WORDS.get(name, name) for name in wanted), _shown(value))


def _const(value: object, wanted: object, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if not _same(value, wanted):
        yield Fault(path, repr(wanted), _shown(value))


def _enum(value: object, wanted: list[object], path: tuple[str | int, ...]) -> Iterator[Fault]:
    if not any(_same(value, one) for one in wanted):
        yield Fault(
            path, "one of " + ", ".join("null" if w is None else str(w) for w in wanted), _shown(value)
        )


def _limit(
    words: str, holds: Callable[[float, float], bool]
) -> Callable[[object, float, tuple[str | int, ...]], Iterator[Fault]]:
    def check(value: object, limit: float, path: tuple[str | int, ...]) -> Iterator[Fault]:
        if isinstance(value, int | float) and not isinstance(value, bool) and not holds(value, limit):
            yield Fault(path, f"a number {words} {limit:g}", _shown(value))

    return check


def _required(value: object, names: list[str], path: tuple[str | int, ...]) -> Iterator[Fault]:
    if isinstance(value, dict):
        for name in names:
            if name not in value:
                yield Fault(path, f"the key {name!r}", "keys " + (", ".join(map(repr, value)) or "none"))


def _properties(value: object, known: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Fault]:
    if isinstance(value, dict):
        for name, schema in known.items():
            if name in value:
                yield from _faults(value[name], schema, (*path, name))


def _additional(value: object, schema: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Fault]:
    # In this schema it stands alone, on maps without named properties.
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _faults(item, schema, (*path, str(name)))


def _items(value: object, schema: Mapping[str, Any], path: tuple[str | int, ...]) -> Iterator[Fault]:
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _faults(item, schema, (*path, position))


def _min_items(value: object, least: int, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if isinstance(value, list) and len(value) < least:
        yield Fault(path, f"at least {least} items", f"{len(value)}")


def _max_items(value: object, most: int, path: tuple[str | int, ...]) -> Iterator[Fault]:
    if isinstance(value, list) and len(value) > most:
        yield Fault(path, f"at most {most} items", f"{len(value)}")


def _all_of(value: object, schemas: list[Mapping[str, Any]], path: tuple[str | int, ...]) -> Iterator[Fault]:
    for schema in schemas:
        yield from _faults(value, schema, path)


def _any_of(value: object, schemas: list[Mapping[str, Any]], path: tuple[str | int, ...]) -> Iterator[Fault]:
    found: list[Fault] = []
    for schema in schemas:
        fault = next(_faults(value, schema, path), None)
        if fault is None:
            return
        found.append(fault)
    # The branch that went deepest is the one that was meant; branches that failed at the same place are all told.
    depth = max(len(fault.path) for fault in found)
    meant = [fault for fault in found if len(fault.path) == depth]
    words = " or ".join(dict.fromkeys(fault.expected for fault in meant if fault.path == meant[0].path))
    yield Fault(meant[0].path, words, meant[0].got)


def _same(value: object, wanted: object) -> bool:
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        return f"{'an object' if isinstance(value, dict) else 'a list'} of {len(value)}"
    text = "null" if value is None else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _is_number(value: object) -> bool:
    return _is_integer(value) or (isinstance(value, float) and math.isfinite(value))


def _is_integer(value: object) -> bool:
    if isinstance(value, float):
        return value.is_integer()
    return isinstance(value, int) and not isinstance(value, bool)


_TYPES: dict[str, Callable[[object], bool]] = {
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "number": _is_number,
    "integer": _is_integer,
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
_TYPE_WORDS = {
    "number": "a finite number",
    "integer": "a whole number",
    "array": "a list",
    "object": "an object",
}

# `not` appears once, to keep NaN out of other validators; here a number is finite by type.
_CHECKS: dict[str, Callable[[object, Any, tuple[str | int, ...]], Iterator[Fault]]] = {
    "$ref": _ref,
    "type": _type,
    "const": _const,
    "enum": _enum,
    "minimum": _limit("of at least", lambda value, limit: value >= limit),
    "maximum": _limit("of at most", lambda value, limit: value <= limit),
    "exclusiveMinimum": _limit("above", lambda value, limit: value > limit),
    "exclusiveMaximum": _limit("below", lambda value, limit: value < limit),
    "required": _required,
    "properties": _properties,
    "additionalProperties": _additional,
    "items": _items,
    "minItems": _min_items,
    "maxItems": _max_items,
    "allOf": _all_of,
    "anyOf": _any_of,
}
