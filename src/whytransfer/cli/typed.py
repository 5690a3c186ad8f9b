"""What was typed, looked at before it is parsed: an option's value is missing where the next option stands in its place."""

from __future__ import annotations

from collections.abc import Sequence
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


def refuse_swallowed(command: Any, arguments: Sequence[str]) -> None:
    """Refuse an option in the place of another one's value, which the parser would take for that value.

    Raises
    ------
    InputError
        Such as for ``--timings --json a.json``.
    """
    options = {name: one for one in command.params if one.param_type_name == "option" for name in one.opts}
    left = list(arguments)
    while len(left) > 1 and left[0] != "--":
        option = options.get(left.pop(0))
        if option is None or option.is_flag:
            continue
        value = left.pop(0)
        if value.startswith("--") or value in options:
            name = max(option.opts, key=len)
            raise InputError(
                f"{name}: expected {option.metavar or 'a value'} after it, got {value!r}, which is an option; "
                f"write {name} {option.metavar or 'VALUE'}, or {name}={value} if that is meant"
            )
