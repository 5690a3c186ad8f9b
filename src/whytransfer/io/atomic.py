"""A file that is there whole, or not at all."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from pathlib import Path

from whytransfer.errors import InputError


def write_atomically(path: str | os.PathLike[str], data: bytes | str) -> None:
    """Write `data` to `path` so that no reader ever sees half of it.

    The bytes go to a temporary file in the same folder, reach the disk (fsync) and take the name in one step
    (`os.replace`). An existing file keeps its permissions; a symbolic link stays one, the file behind it is
    replaced; a device such as ``/dev/stdout`` is written to directly.

    Parameters
    ----------
    path : path
        Where to write; its folder must exist.
    data : bytes or str
        The whole content; text is written as UTF-8, its line ends as they are.

    Raises
    ------
    InputError
        When the folder is missing, the target is a folder, or the system refuses.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(pathlib.Path(folder, "a.txt"), "whole")
    ...     pathlib.Path(folder, "a.txt").read_text()
    'whole'
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    try:
        target = Path(os.path.realpath(path))
        if target.is_dir():
            raise InputError(f"can't write {os.fspath(path)!r}: it is a folder; name a file in it")
        if not target.parent.is_dir():
            raise InputError(
                f"can't write {os.fspath(path)!r}: the folder {str(target.parent)!r} doesn't exist; create it first"
            )
        if target.exists() and not target.is_file():
            target.write_bytes(content)
        else:
            _replace(target, content)
    except (OSError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise InputError(f"can't write {os.fspath(path)!r}: {reason}") from None


def _replace(target: Path, content: bytes) -> None:
    temporary = target.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        _write(temporary, content)
        if target.exists():
            temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _write(path: Path, content: bytes) -> None:
    """A new file that has its name once it is whole, so that a process killed while it writes leaves nothing behind.

    Opened by hand and not by `tempfile`: the file's permissions must be those of the user's umask.
    """
    descriptor = _nameless(path.parent)
    named = descriptor is None
    if descriptor is None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
        if not named:
            # A folder's descriptor makes Python use linkat, which follows the link that /proc shows; the path is absolute.
            os.link(f"/proc/self/fd/{stream.fileno()}", path, src_dir_fd=stream.fileno())


def _nameless(folder: Path) -> int | None:
    """A file without a name in this folder (Linux, on most file systems); None where there is no such thing."""
    flag = getattr(os, "O_TMPFILE", None)
    if flag is None or not Path("/proc/self/fd").is_dir():
        return None
    try:
        return os.open(folder, os.O_WRONLY | flag, 0o666)
    except OSError as error:
        if error.errno in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL):
            return None
        raise


def _sync_folder(folder: Path) -> None:
    # Without this a power cut may undo the renaming. Systems that can't open a folder (Windows) need nothing.
    if hasattr(os, "O_DIRECTORY"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
