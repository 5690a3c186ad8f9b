"""Standard output and standard error, which may be closed, full, or left by their reader before the end (``| head``)."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, TextIO

from whytransfer.errors import InputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


class Outliving(io.FileIO):
    """A file that goes on where nobody reads it any more: what is written then is lost, and nothing else changes.

    So a command ends with the exit code of its verdict, and writes the files that it was asked for, however much of
    its text was read. Python would end it with an exception, and the parser with exit code 1, which is a bug's.
    """

    def write(self, data: ReadableBuffer, /) -> int:
        """Write the bytes; how many.

        Raises
        ------
        InputError
            Where standard output can't be written for another reason, such as a full disk; once.
        """
        try:
            return super().write(data)
        except OSError as error:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, self.fileno())
            os.close(nowhere)
            if self.fileno() == STDOUT and not isinstance(error, BrokenPipeError):
                raise InputError(
                    f"standard output can't be written ({error.strerror}), expected a file, a pipe or a terminal with room; make room, or "
                    "send the output elsewhere"
                ) from None
            return super().write(data)


STDOUT = 1


def outliving(stream: TextIO | None) -> TextIO:
    """The same stream where its reader may leave; a terminal that can't show λ gets a question mark, not a traceback.

    Parameters
    ----------
    stream : text stream or None
        ``sys.stdout`` or ``sys.stderr``; None where it was closed. What stands in its place in a test is handed back as it is.
    """
    if stream is None:
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123  (it stands open to the end)
    if not isinstance(stream, io.TextIOWrapper):
        return stream
    stream.flush()
    raw = Outliving(stream.fileno(), "w", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw),
        encoding=stream.encoding,
        errors="replace",
        line_buffering=stream.line_buffering,
        write_through=stream.write_through,
    )
