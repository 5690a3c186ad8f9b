"""The JUnit file: valid, one case a requirement, passed where the answer is WORKS and nowhere else."""

from xml.etree import ElementTree as ET

import pytest

from tests.report.documents import HOSTILE, answers, hostile, several
from whytransfer.report import to_junit, words

DOCUMENTS = {**answers(), "hostile": hostile(), "several": several()}
# junit-10.xsd of Jenkins' xUnit plugin, the parts that are used: attributes (required ones marked) and children.
SCHEMA = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": (
        {"name!", "tests!", "failures!", "errors!", "group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
    ),
    "properties": (set(), {"property"}),
    "property": ({"name!", "value!"}, set()),
    "testcase": ({"name!", "time", "classname", "group"}, {"skipped", "error", "failure", "system-out", "system-err"}),
    "failure": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}  # fmt: skip


def faults(element):
    attributes, children = SCHEMA[element.tag]
    needed = {name[:-1] for name in attributes if name.endswith("!")}
    known = {name.rstrip("!") for name in attributes}
    if not needed <= set(element.attrib) <= known:
        yield element.tag, dict(element.attrib)
    for child in element:
        if child.tag not in children:
            yield element.tag, child.tag
        yield from faults(child)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_it_is_valid_and_its_counts_are_those_of_its_cases(name):
    root = ET.fromstring(to_junit(DOCUMENTS[name]))
    assert root.tag == "testsuites" and list(faults(root)) == []
    suite, cases = root[0], root.findall("testsuite/testcase")
    failed = [case for case in cases if case.find("failure") is not None]
    assert (suite.get("tests"), suite.get("failures")) == (str(len(cases)), str(len(failed)))
    assert (root.get("tests"), root.get("failures"), root.get("errors")) == (
        suite.get("tests"),
        suite.get("failures"),
        "0",
    )


def test_the_check_of_the_schema_sees_a_fault():
    missing, foreign = (
        ET.fromstring("<testsuite name='a'/>"),
        ET.fromstring("<testsuites><testcase/></testsuites>"),
    )
    assert list(faults(missing)) and list(faults(foreign))


@pytest.mark.parametrize("answer", answers())
def test_it_passes_exactly_where_the_exit_code_is_0(answer):
    document = answers()[answer]
    case = ET.fromstring(to_junit(document)).find("testsuite/testcase")
    failure = case.find("failure")
    assert (failure is None) == (document["verdict"]["exit_code"] == 0)
    if failure is not None:
        assert failure.get("type") == answer and document["verdict"]["reason"] in failure.get("message")
    asked = document["verdict"]["requirement"]
    assert case.get("name") == (asked["text"] if asked else "source and target can be compared")


def test_several_audits_are_several_cases():
    document = several()
    cases = ET.fromstring(to_junit(document)).findall("testsuite/testcase")
    assert [case.get("name").split(":")[0] for case in cases] == [one["name"] for one in document["audits"]]
    assert {case.get("classname") for case in cases} == {"whytransfer.by site"}


def test_hostile_text_comes_back_as_text():
    root = ET.fromstring(to_junit(hostile()))
    assert words.clean(HOSTILE) in root.find("testsuite/testcase").get("name")
    assert to_junit(hostile()).encode("utf-8")
