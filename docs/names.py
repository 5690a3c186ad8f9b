"""The Python page: every public name with its signature, its docstring as Markdown, and its members. `docs/build.py` writes it."""

from __future__ import annotations

import enum
import importlib
import inspect
import re
from collections.abc import Iterator
from functools import cached_property

import whytransfer as wt

# Beside the names of `wt`: what the documents use of the sub-modules.
BESIDE = (
    "compare.compare",
    "compare.Comparison",
    "report.load_schema",
    "hypotheses.margin_disparity",
    "demo.domain",
)
HEAD = """# Python

Written by `python docs/build.py` from the docstrings; their examples are run by the tests. `import whytransfer as wt`. n, m and k count source
rows, target rows and labelled target rows, p columns, K classes; errors and their limits are shares in [0, 1] unless said otherwise. Sources stand in
the [bibliography](bibliography.md) under the keys that claims carry.
"""
WIDEST = 110
"""Signatures that are longer stand in several lines."""
SECTION = re.compile(r"^(\w[\w ]*)\n-{3,}\n", flags=re.MULTILINE)


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for name in wt.__all__:
        parts += [f"## {name}\n", *described(f"wt.{name}", getattr(wt, name))]
    parts.append("## Of sub-modules\n")
    for dotted in BESIDE:
        parts += [f"### whytransfer.{dotted}\n", *described(f"whytransfer.{dotted}", found(dotted), level=4)]
    return "\n".join(parts).rstrip() + "\n"


def found(dotted: str) -> object:
    """What a name below `whytransfer` is."""
    module, _, name = dotted.rpartition(".")
    return getattr(importlib.import_module(f"whytransfer.{module}"), name)


def described(called: str, thing: object, level: int = 3) -> Iterator[str]:
    """Signature, docstring and members of one name."""
    yield f"```python\n{signature(called, thing)}\n```\n"
    yield markdown(inspect.getdoc(thing) or "")
    for name, member, said in members(thing):
        yield f"{'#' * level} {called}.{name}\n"
        if callable(member):
            yield f"```python\n{signature(f'{called}.{name}', member)}\n```\n"
        yield markdown(said)
        if listed(thing, name, member):
            for below, inner, told in members(member):
                yield f"{'#' * (level + 1)} {called}.{name}.{below}\n"
                if callable(inner):
                    yield f"```python\n{signature(f'{called}.{name}.{below}', inner)}\n```\n"
                yield markdown(told)


def listed(module: object, name: str, member: object) -> bool:
    """Whether a name of a module has its members on the page: a class by its own name; a world's alias has those of `World`."""
    return inspect.ismodule(module) and isinstance(member, type) and member.__name__ == name


def members(thing: object) -> Iterator[tuple[str, object, str]]:
    """Public members that this package defines: names of a module, members of an enumeration, methods, properties; each with what is said of it."""
    if inspect.ismodule(thing):
        # The docstring of a constant would be that of its type.
        named = ((name, getattr(thing, name)) for name in thing.__all__)
        yield from (
            (name, member, inspect.getdoc(member) or "") for name, member in named if callable(member)
        )
        return
    if not isinstance(thing, type):
        return
    if issubclass(thing, enum.Enum):
        said = _said_below(thing)
        yield from ((one.name, one.value, said.get(one.name, "")) for one in thing)
    shown = set()
    for base in (b for b in thing.__mro__ if b.__module__.startswith("whytransfer")):
        for name, function, plain in _functions(base):
            if name not in shown:
                shown.add(name)
                yield name, None if plain else getattr(thing, name), inspect.getdoc(function) or ""


def _functions(kind: type) -> Iterator[tuple[str, object, bool]]:
    """The public functions of a class, and whether they are read as attributes."""
    for name, member in vars(kind).items():
        under = {"fget", "func", "__func__"} & set(dir(member))
        function = getattr(member, under.pop()) if under else member
        if not name.startswith("_") and inspect.isfunction(function):
            yield name, function, isinstance(member, property | cached_property)


def _said_below(kind: type) -> dict[str, str]:
    """The string that stands below each member of an enumeration."""
    source = inspect.getsource(kind)
    return dict(re.findall(r'^    (\w+) = .+\n    """(.+?)"""$', source, flags=re.MULTILINE))


def signature(called: str, thing: object) -> str:
    """How it is called; a module, an enumeration and an exception are only named."""
    if inspect.ismodule(thing) or not callable(thing):
        return called
    if isinstance(thing, type) and issubclass(thing, enum.Enum | BaseException):
        return called
    given = inspect.signature(thing)
    if any(name.startswith("_") for name in given.parameters):  # made by the product alone
        return called
    parameters = [shown(p) for p in given.parameters.values() if p.name != "self"]
    returned = given.return_annotation
    end = "" if isinstance(thing, type) or returned is given.empty else f" -> {annotation(returned)}"
    kinds = [p.kind for p in given.parameters.values() if p.name != "self"]
    if inspect.Parameter.KEYWORD_ONLY in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds:
        parameters.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
    if inspect.Parameter.POSITIONAL_ONLY in kinds:
        parameters.insert(kinds.count(inspect.Parameter.POSITIONAL_ONLY), "/")
    line = f"{called}({', '.join(parameters)}){end}"
    return line if len(line) <= WIDEST else called + "(\n    " + ",\n    ".join(parameters) + f",\n){end}"


def shown(parameter: inspect.Parameter) -> str:
    """One parameter, its kind and its default as they are written."""
    stars = {inspect.Parameter.VAR_POSITIONAL: "*", inspect.Parameter.VAR_KEYWORD: "**"}.get(
        parameter.kind, ""
    )
    typed = "" if parameter.annotation is parameter.empty else f": {annotation(parameter.annotation)}"
    if parameter.default is parameter.empty:
        return f"{stars}{parameter.name}{typed}"
    default = repr(parameter.default)
    if isinstance(parameter.default, enum.Enum):
        default = f"{type(parameter.default).__name__}.{parameter.default.name}"
    # A factory's default, and what has an address, is made anew for each call.
    default = "..." if "<factory>" in default or " at 0x" in default else default
    return f"{parameter.name}{typed} = {default}"


def annotation(kind: object) -> str:
    """A type as it is written; NumPy's unions of all that makes an array by the name that everybody knows."""
    text = kind if isinstance(kind, str) else inspect.formatannotation(kind)
    return "ArrayLike" if "numpy._typing" in text else re.sub(r"whytransfer\.(?:\w+\.)*", "", text)


def markdown(doc: str) -> str:
    """A docstring of numpydoc's form as Markdown: sections in bold, entries as a list, examples as code."""
    head, *rest = SECTION.split(inspect.cleandoc(doc))
    parts = [prose(head)]
    for title, body in zip(rest[::2], rest[1::2], strict=True):
        parts.append(f"**{title}**\n")
        if title in ("Parameters", "Returns", "Raises", "Attributes", "Yields"):
            parts.append(entries(body))
        else:
            parts.append(prose(body))
    return "\n".join(parts)


def entries(body: str) -> str:
    """`name : type` and what is said below it, an item each."""
    items = []
    for line in body.rstrip().splitlines():
        if line and not line.startswith(" "):
            name, _, kind = line.partition(" : ")
            items.append(f"- `{name.strip()}`{f' ({escaped(kind)})' if kind else ''}")
        elif line.strip():
            items[-1] += (
                ": " if items[-1].endswith(("`", ")")) and ": " not in items[-1] else " "
            ) + escaped(line.strip())
    return "\n".join(items) + "\n"


def escaped(text: str) -> str:
    """Outside code, what Markdown would take for its own: stars, and angles that would be tags."""
    pieces = re.split(r"(``.+?``|`.+?`)", text)
    return "".join(
        p if p.startswith("`") else re.sub(r"([*<])", r"\\\1", p).replace("\\*\\*", "**") for p in pieces
    )


def prose(body: str) -> str:
    """Paragraphs, with runs of examples fenced."""
    parts = []
    for block in re.split(r"\n{2,}", body.strip("\n")):
        text = inspect.cleandoc(block) if block else ""
        if text.startswith(">>>"):
            parts.append(f"```pycon\n{text}\n```\n")
        elif text.endswith("::") and "\n" not in text:
            parts.append(text[:-1] + "\n")
        elif block.startswith("    "):
            parts.append(f"```text\n{text}\n```\n")
        elif text:
            head, _, code = text.partition("\n>>>")
            parts.append(escaped(head) + "\n")
            if code:
                parts.append(f"```pycon\n>>>{code}\n```\n")
    return "\n".join(parts)
