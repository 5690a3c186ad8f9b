"""The command line: parse, call the API, print. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from whytransfer.cli.streams import outliving
from whytransfer.cli.watch import BAD_INPUT, INTERRUPTED, watched
from whytransfer.errors import WhyTransferError

UNUSED = ("PYTORCH", "JAX", "CUPY", "TENSORFLOW")
"""Array libraries that POT imports where it finds them, two seconds for torch; this package gives it NumPy's arrays only."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    for library in UNUSED:
        os.environ.setdefault(f"POT_BACKEND_DISABLE_{library}", "1")
    sys.stdout, sys.stderr = outliving(sys.stdout), outliving(sys.stderr)
    given = sys.argv[1:] if arguments is None else arguments
    sys.exit(watched(lambda: run(given)))


def run(arguments: Sequence[str]) -> int:
    """Run the command line; the exit code.

    0, 10, 11, 12 are verdicts (`audit`, `labels certify`); elsewhere 0 means that it ran. 2 is bad usage or bad
    input, told in one line with nothing written; 1 is a bug; 130 follows Ctrl-C.
    """
    import typer

    from whytransfer.cli.app import app
    from whytransfer.cli.typed import command_of, refuse_mistyped

    # typer carries click inside or beside it, by version; its own exceptions are reached through a public one.
    if any("\0" in argument for argument in arguments):
        return _refuse("an argument holds a zero byte, expected text")
    click_error: type[Any] = typer.BadParameter.__mro__[2]
    command = typer.main.get_command(app)
    named, called = command_of(command, arguments)
    try:
        refuse_mistyped(named, arguments)
        code = command.main(
            args=list(arguments) or ["--help"], prog_name="whytransfer", standalone_mode=False
        )
        # What can't be written is told here, and not when Python ends.
        sys.stdout.flush()
    except WhyTransferError as error:
        return _refuse(str(error))
    except click_error as error:
        context = getattr(error, "ctx", None)
        where = called if context is None else context.command_path
        said = error.format_message().rstrip(".")
        told = f"{said}{_given(error, arguments, said)}"
        return _refuse(f"{told}{'' if told.endswith('?') else '.'} See `{where} --help`.")
    except (KeyboardInterrupt, typer.Abort):
        print("whytransfer: interrupted; no file was left half-written", file=sys.stderr)  # noqa: T201
        return INTERRUPTED
    except MemoryError as error:
        detail = f" ({error})" if str(error) else ""
        return _refuse(f"memory was not enough{detail}; give fewer rows or columns, or raise the limit")
    except typer.Exit as stop:
        return int(stop.exit_code)
    return code if isinstance(code, int) else 0


def _given(error: Any, arguments: Sequence[str], said: str) -> str:
    """What was given to the option that an error is about, where its message does not say so."""
    pairs = [*pairwise(arguments), *(a.split("=", 1) for a in arguments if "=" in a)]
    names = getattr(getattr(error, "param", None), "opts", ())
    found = next((value for option, value in pairs if option in names), None)
    return "" if found is None or found in said else f", got {found!r}"


def _refuse(message: str) -> int:
    print(f"whytransfer: {' '.join(message.split())}", file=sys.stderr)  # noqa: T201
    return BAD_INPUT
