"""What was typed, looked at before it is parsed: no option in the place of a value, and none twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from whytransfer.errors import InputError


def command_of(command: Any, arguments: Sequence[str]) -> tuple[Any, str]:
    """The command that the arguments name, and how it is called: ``whytransfer labels plan``.

    Parameters
    ----------
    command : click command
        The whole command line.
    arguments : sequence of str
        As typed, without the program's name.
    """
    path = "whytransfer"
    for argument in arguments:
        inner = getattr(command, "commands", {}).get(argument)
        if inner is None:
            break
        command, path = inner, f"{path} {argument}"
    return command, path


def refuse_mistyped(command: Any, arguments: Sequence[str]) -> None:
    """Refuse an option in the place of another one's value, which the parser would take for that value, and one that is given twice.

    Parameters
    ----------
    command : click command
        The one that the arguments name.
    arguments : sequence of str
        As typed.

    Raises
    ------
    InputError
        Such as for ``--timings --json a.json``, and for ``--seed 1 --seed 2``, of which the parser would take the last.
    """
    options = {name: one for one in command.params if one.param_type_name == "option" for name in one.opts}
    seen: dict[str, str] = {}
    for option, value, beside in _pairs(options, arguments):
        name = max(option.opts, key=len)
        if not beside and (value.startswith("--") or value in options):
            raise InputError(
                f"{name}: expected {option.metavar or 'a value'} after it, got {value!r}, which is an option; "
                f"write {name} {option.metavar or 'VALUE'}, or {name}={value} if that is meant"
            )
        if name in seen and not option.multiple:
            raise InputError(f"{name} is given twice, {seen[name]!r} and {value!r}: give it once")
        seen[name] = value


def _pairs(options: Mapping[str, Any], arguments: Sequence[str]) -> Iterator[tuple[Any, str, bool]]:
    """Options that take a value, with it, and whether it stands beside an equals sign; the parser tells of one without."""
    left = list(arguments)
    while left and left[0] != "--":
        name, equals, value = left.pop(0).partition("=")
        option = options.get(name)
        if option is None or option.is_flag or not (equals or left):
            continue
        yield option, value if equals else left.pop(0), bool(equals)
