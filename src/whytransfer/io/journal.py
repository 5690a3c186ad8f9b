"""What a long run has worked out so far, kept on disk, so that a run that was ended goes on where it was.

A run that knows what it is about opens a journal. Steps that take most of the time then ask `kept` for their result: it is worked out,
or read from an earlier run that was ended. An entry is found by the SHA-256 of everything that determines it: the package and the
versions it stands on, the options, the seed, the content of the inputs, the step and what the step reads. So an entry of other data, of
other options or of another version is never found.

Entries are plain arrays in NPZ files without objects. A file's name is the SHA-256 of its content: one that was cut short, or changed, doesn't
fit its name and is not read. Steps outside a journal work as if there were none.
"""

from __future__ import annotations

import hashlib
import io
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from whytransfer.errors import InputError
from whytransfer.io.atomic import write_atomically
from whytransfer.io.caches import cache_folder
from whytransfer.io.digest import digest_of_array, digest_of_parts
from whytransfer.io.zips import DAMAGED_ZIP, refuse_bombs

T = TypeVar("T")
Part = np.ndarray | str | bytes | None
Arrays = Mapping[str, np.ndarray]

EVERY = 2.0
"""Seconds of work that may be lost. A shorter run writes nothing; a longer one pays a few milliseconds for each file."""

ABANDONED = 30 * 24 * 3600.0
"""Seconds after which a journal that nobody went on with is deleted: a month, longer than a holiday."""

KINDS = "biufUSM"
"""Kinds of arrays that hold no objects."""


@dataclass
class Journal:
    """The journal of one run.

    Parameters
    ----------
    resume : bool
        Whether results of an earlier run are used.
    say : callable
        Told, in a sentence, what there is to know of the journal.
    """

    resume: bool
    say: Callable[[str], None]
    key: str = ""
    folder: Path | None = None
    used: int = 0
    _known: dict[str, dict[str, np.ndarray]] = field(default_factory=dict)
    _waiting: dict[str, Arrays] = field(default_factory=dict)
    _written: float = 0.0

    def open(self, parts: Sequence[Part]) -> None:
        """Begin, or go on with, the journal of the run that `parts` determine."""
        self.key = _digest(*parts)
        place = cache_folder()
        self.folder = None if place is None else place / "journals" / self.key
        self._written = time.monotonic()
        if place is not None:
            _forget_abandoned(place / "journals")
        files = [] if self.folder is None else _files(self.folder)
        if not self.resume:
            if files:
                self.say("an earlier run like this one was ended before its end; --resume goes on with it")
            return
        broken = sum(not self._read(path) for path in files)
        if broken:
            self.say(f"the journal has {broken} files that don't fit what was written; they are ignored")
        self.say(
            f"resuming: {len(self._known)} steps are known from an earlier run"
            if self._known
            else "there is nothing to resume: no run with these inputs, options and versions was ended before its end"
        )

    def find(self, key: str) -> dict[str, np.ndarray] | None:
        """The entry of an earlier run; None where there is none."""
        found = self._known.get(key)
        self.used += found is not None
        return found

    def add(self, key: str, arrays: Arrays) -> None:
        """Keep an entry; written together with those that wait, once `EVERY` seconds have passed."""
        self._waiting[key] = arrays
        if time.monotonic() - self._written >= EVERY:
            self._write()

    def done(self) -> None:
        """Delete the journal: the run has come to its end."""
        if self.folder is not None:
            _delete(self.folder)

    def _write(self) -> None:
        entries, self._waiting = self._waiting, {}
        self._written = time.monotonic()
        if self.folder is None:
            return
        content = _packed(entries)
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self.folder / f"{hashlib.sha256(content).hexdigest()}.npz", content)
        except (OSError, InputError) as error:
            # A run that can't be resumed is better than none.
            self.folder = None
            self.say(f"no journal is kept, so that this run can't be resumed ({error})")

    def _read(self, path: Path) -> bool:
        """Read a file's entries; whether it is what was written."""
        try:
            content = path.read_bytes()
            if hashlib.sha256(content).hexdigest() != path.stem:
                return False
            self._known |= _unpacked(content)
        except (OSError, InputError, ValueError, *DAMAGED_ZIP):
            return False
        return True


_JOURNAL: ContextVar[tuple[Journal, str] | None] = ContextVar("journal", default=None)


@contextmanager
def journal(*, resume: bool, say: Callable[[str], None]) -> Iterator[None]:
    """A journal for what runs inside, which begins with `open_journal`. It is deleted at a good end, and stays at any other."""
    made = Journal(resume=resume, say=say)
    token = _JOURNAL.set((made, ""))
    try:
        yield
        made.done()
    finally:
        _JOURNAL.reset(token)


def open_journal(parts: Sequence[Part]) -> None:
    """Open the journal of the run that `parts` determine; nothing outside `journal`."""
    held = _JOURNAL.get()
    if held is not None:
        held[0].open(parts)


@contextmanager
def about(*parts: Part) -> Iterator[None]:
    """Entries inside are about these parts too: several audits of one run don't take each other's."""
    held = _JOURNAL.get()
    if held is None or not held[0].key:
        yield
        return
    token = _JOURNAL.set((held[0], _digest(held[1], *parts)))
    try:
        yield
    finally:
        _JOURNAL.reset(token)


def kept_now() -> bool:
    """Whether a journal is kept of what runs here."""
    held = _JOURNAL.get()
    return held is not None and bool(held[0].key)


def digest(*parts: Part) -> str:
    """One SHA-256 (hex) of arrays and texts; empty outside a journal, where nobody would read it."""
    return _digest(*parts) if kept_now() else ""


def _digest(*parts: Part) -> str:
    return digest_of_parts(
        [
            "" if p is None else f"{p.dtype.kind}{digest_of_array(p)}" if isinstance(p, np.ndarray) else p
            for p in parts
        ]
    )


def kept(
    step: str,
    parts: Sequence[Part],
    work: Callable[[], T],
    write: Callable[[T], Arrays | None],
    read: Callable[[Arrays], T],
) -> T:
    """The result of a step: of an earlier run where the journal has it, else worked out and kept.

    Parameters
    ----------
    step : str
        Its name.
    parts : sequence of arrays and texts
        What determines the result beside what `about` says.
    work : callable
        Works it out.
    write : callable
        The result as arrays of numbers or text; None for one that is not kept.
    read : callable
        The inverse of `write`, to the last bit.
    """
    held = _JOURNAL.get()
    if held is None or not held[0].key:
        return work()
    book, scope = held
    key = _digest(book.key, scope, step, *parts)
    known = book.find(key)
    if known is not None:
        return read(known)
    result = work()
    arrays = write(result)
    if arrays is not None:
        book.add(key, arrays)
    return result


def plain(value: Any) -> Arrays:
    """A JSON value as arrays, floats to the last bit."""
    return {"json": np.frombuffer(json.dumps(value).encode(), dtype=np.uint8)}


def from_plain(arrays: Arrays) -> Any:
    """The inverse of `plain`.

    >>> from_plain(plain({"a": [0.1, None, float("inf")]}))
    {'a': [0.1, None, inf]}
    """
    return json.loads(arrays["json"].tobytes())


def _packed(entries: Mapping[str, Arrays]) -> bytes:
    """The bytes of a file of these entries."""
    named = {f"{key}/{name}": array for key, arrays in entries.items() for name, array in arrays.items()}
    refused = next((name for name, array in named.items() if array.dtype.kind not in KINDS), None)
    if refused is not None:
        raise TypeError(f"journal: {refused} holds objects, expected numbers or text")
    stream = io.BytesIO()
    np.savez(stream, **named)  # type: ignore[arg-type]
    return stream.getvalue()


def _unpacked(content: bytes) -> dict[str, dict[str, np.ndarray]]:
    """The inverse of `_packed`."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        refuse_bombs(archive, "journal")
        found: dict[str, dict[str, np.ndarray]] = {}
        for name in archive.namelist():
            key, _, field_name = name.removesuffix(".npy").partition("/")
            with archive.open(name) as member:
                # An array of objects would need a pickle: it is refused.
                array = np.lib.format.read_array(member, allow_pickle=False)
            found.setdefault(key, {})[field_name] = array
    return found


def _files(folder: Path) -> list[Path]:
    """The files of a journal, and nothing else that may lie there."""
    try:
        return sorted(p for p in folder.iterdir() if p.suffix == ".npz" and len(p.stem) == 64)
    except OSError:
        return []


def _delete(folder: Path) -> None:
    for path in _files(folder):
        path.unlink(missing_ok=True)
    try:
        folder.rmdir()
    except OSError:
        return  # never made, or another run like this one writes in it: that run deletes it


def _forget_abandoned(place: Path) -> None:
    try:
        folders = list(place.iterdir())
    except OSError:
        return
    for folder in folders:
        files = _files(folder)
        try:
            newest = max((p.stat().st_mtime for p in files), default=None)
        except OSError:
            continue  # another run has just deleted it
        if newest is not None and time.time() - newest > ABANDONED:
            _delete(folder)
