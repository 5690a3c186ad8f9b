"""The audit as JUnit XML, for whatever shows test results: a requirement is a test case, and it passes when it is met."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree import ElementTree as ET

from whytransfer.report import words
from whytransfer.report.claim_groups import headline
from whytransfer.report.several import Part, many, parts

SUITE = "whytransfer"


def to_junit(document: Mapping[str, Any]) -> str:
    """The document as JUnit XML (the schema ``junit-10`` of Jenkins' xUnit plugin); always the same text.

    A test case is one requirement of one target, or of one sub-group. It passes when the answer is WORKS. FAILS, UNDECIDED and
    NOT COMPARABLE are failures, and ``type`` says which: a test that is skipped would let a build pass whose exit code is not 0.
    No time is written, because the document has none.

    Parameters
    ----------
    document : mapping
        An ``audit/1`` or ``audits/1`` document. Its strings are data; characters that XML forbids are made visible.
    """
    told = parts(document)
    failed = sum(part.document["verdict"]["answer"] != "works" for part in told)
    counts = {"tests": str(len(told)), "failures": str(failed), "errors": "0"}
    root = ET.Element("testsuites", {"name": SUITE, **counts})
    suite = ET.SubElement(root, "testsuite", {"name": SUITE, **counts, "skipped": "0"})
    properties = ET.SubElement(suite, "properties")
    for name, value in _properties(document):
        ET.SubElement(properties, "property", {"name": name, "value": words.clean(value)})
    for part in told:
        _case(suite, part, _classname(document))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _properties(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("version", str(document["version"])),
        ("seed", str(document["seed"])),
        ("delta", str(document["delta"])),
        ("exit_code", str(document["verdict"]["exit_code"])),
    ]


def _classname(document: Mapping[str, Any]) -> str:
    # A dot parts the levels of a class name.
    if not many(document):
        return f"{SUITE}.audit"
    column = document.get("column")
    kind = document["kind"] if column is None else f"by {words.clean(column, longest=120).replace('.', '_')}"
    return f"{SUITE}.{kind}"


def _case(suite: ET.Element, part: Part, classname: str) -> None:
    verdict = part.document["verdict"]
    asked = verdict["requirement"]
    text = "source and target can be compared" if asked is None else asked["text"]
    name = f"{part.name}: {text}" if part.name else text
    case = ET.SubElement(suite, "testcase", {"name": words.clean(name), "classname": classname})
    if verdict["answer"] != "works":
        about = {"type": verdict["answer"], "message": words.clean(f"{part.answer}: {verdict['reason']}")}
        ET.SubElement(case, "failure", about).text = _told(part)
    else:
        ET.SubElement(case, "system-out").text = _told(part)


def _told(part: Part) -> str:
    """Answer, figures and next steps, a line each."""
    document, verdict = part.document, part.document["verdict"]
    main = headline(document)
    found = [f"{part.answer}: {verdict['reason']}"]
    if main is not None:
        found.append(f"{main.quantity.lower()}: {main.row.spoken}")
    found += [f"next: {step['text']}" for step in document["next_steps"]]
    return "\n".join(words.clean(line) for line in found)
