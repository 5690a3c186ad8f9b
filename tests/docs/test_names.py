"""Every public name says what it takes, in which shape and unit, what it gives, what it raises, where it comes from, and shows an example."""

import builtins
import enum
import inspect
import re

import pytest

import whytransfer as wt
from docs import names

LAB = [name for name in wt.lab.__all__ if callable(getattr(wt.lab, name))]
THINGS = {
    **{f"wt.{name}": getattr(wt, name) for name in wt.__all__},
    **{f"wt.lab.{name}": getattr(wt.lab, name) for name in LAB},
    **{f"whytransfer.{dotted}": names.found(dotted) for dotted in names.BESIDE},
}
FUNCTIONS = {called: thing for called, thing in THINGS.items() if inspect.isfunction(thing)}
CLASSES = {
    called: thing
    for called, thing in THINGS.items()
    if isinstance(thing, type) and not issubclass(thing, enum.Enum | BaseException)
}
# What computes nothing that was published.
OUR_OWN = {
    "wt.cite": "prints sources",
    "wt.diff": "sets two documents beside each other",
    "whytransfer.report.load_schema": "reads a file",
}
# What refuses nothing.
NEVER = ("whytransfer.demo.domain",)
SHAPED = re.compile(r"\(\w[^)]*,|\(\w+\)|shape|aligned|one column|rows? in")
MEASURED = re.compile(
    r"probability|share|seconds|unit|error|ratio|deviation|distance|size|in \(|in \[|≥|>|≤|<|point value",
    re.IGNORECASE,
)
SOURCE = re.compile(r"^References\n-|\b(?:18|19|20)\d\d\b|THEORY", flags=re.MULTILINE)


def sections(thing):
    _, *rest = names.SECTION.split(inspect.getdoc(thing))
    return dict(zip(rest[::2], rest[1::2], strict=True))


def told(thing, section="Parameters"):
    """What a section says, by name: the type and the text."""
    found, at = {}, ()
    for line in sections(thing).get(section, "").splitlines():
        if line and not line.startswith(" "):
            head, _, kind = line.partition(" : ")
            at = [name.strip().lstrip("*") for name in head.split(",")]
            found |= dict.fromkeys(at, kind)
        else:
            for name in at:
                found[name] += "\n" + line.strip()
    return found


def taken(thing):
    given = inspect.signature(thing).parameters
    return [] if any(name.startswith("_") for name in given) else [name for name in given if name != "self"]


@pytest.mark.parametrize("called", THINGS)
def test_it_shows_an_example(called):
    assert ">>> " in inspect.getdoc(THINGS[called])


@pytest.mark.parametrize("called", [*FUNCTIONS, *CLASSES])
def test_what_it_takes_is_told_both_ways(called):
    thing = THINGS[called]
    assert sorted(told(thing)) == sorted(taken(thing))
    assert all(text.strip() for text in told(thing).values())


@pytest.mark.parametrize("called", [*FUNCTIONS, *CLASSES])
def test_arrays_have_shapes_and_numbers_units(called):
    for name, text in told(THINGS[called]).items():
        kind, said = text.split("\n", 1)
        if re.search(r"array|matrix", kind):
            assert SHAPED.search(text), name
        if re.match(r"float\b", kind):
            assert MEASURED.search(said), name


@pytest.mark.parametrize("called", FUNCTIONS)
def test_what_it_gives_and_raises_is_told(called):
    function = FUNCTIONS[called]
    assert len(sections(function)["Returns"].split("\n", 1)[1].strip()) > 5
    if taken(function):
        for name in told(function, "Raises") if called not in NEVER else ():
            assert issubclass(getattr(wt, name, None) or getattr(builtins, name), Exception)
        assert bool(told(function, "Raises")) != (called in NEVER)


@pytest.mark.parametrize(
    "called", [name for name in FUNCTIONS if taken(FUNCTIONS[name]) and name not in OUR_OWN]
)
def test_it_names_its_source(called):
    assert SOURCE.search(inspect.getdoc(FUNCTIONS[called]))


@pytest.mark.parametrize("called", THINGS)
def test_every_member_says_what_it_is(called):
    for name, _, said in names.members(THINGS[called]):
        assert said, name
        assert said.splitlines()[0].rstrip()[-1] in ".?!:", name


def test_the_page_holds_every_member():
    shown = re.findall(r"^#{3,4} (\S+)$", names.page(), flags=re.MULTILINE)
    # A world has the members of `World`, which are told there.
    known = [
        c for c in THINGS if not (c.startswith("wt.lab.") and THINGS[c].__name__ != c.rpartition(".")[2])
    ]
    made = [f"{called}.{name}" for called in known for name, *_ in names.members(THINGS[called])]
    assert sorted(shown) == sorted([*made, *(f"whytransfer.{dotted}" for dotted in names.BESIDE)])
    assert "wt.lab.World.sample" in shown and "wt.Claim.to_dict" in shown


def test_a_docstring_becomes_markdown():
    doc = """What it is.

    Parameters
    ----------
    x : array-like, shape (n,)
        Numbers * 2,
        and more.

    Examples
    --------
    >>> 1 + 1
    2
    """
    assert names.markdown(doc) == (
        "What it is.\n\n**Parameters**\n\n- `x` (array-like, shape (n,)): Numbers \\* 2, and more.\n\n"
        "**Examples**\n\n```pycon\n>>> 1 + 1\n2\n```\n"
    )
