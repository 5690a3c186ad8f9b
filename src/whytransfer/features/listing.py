"""Which images there are: a folder with a sub-folder a class, a flat folder, or a table of paths and labels."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from whytransfer.errors import InputError
from whytransfer.problem.read import Wanted, read_table

SUFFIXES = (
    ".jpg",
    ".jpeg",
    ".jpe",
    ".jfif",
    ".mpo",
    ".png",
    ".webp",
    ".gif",
    ".bmp",
    ".tif",
    ".tiff",
    ".ppm",
    ".pgm",
    ".pbm",
    ".pnm",
)
"""Names that say a file is an image, even one that turns out to be broken."""

MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF")
"""First bytes that say so where the name doesn't."""

PATH = "path"
"""The column of a table of images that says where each is, relative to the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The images of one domain, in an order that does not depend on the file system.

    Parameters
    ----------
    paths : tuple of Path
        Where they are.
    names : tuple of str
        How they are called: relative to the folder or the table.
    labels : tuple or None
        A label each, None where unknown; None where there are no labels at all.
    aside : tuple of str
        Files that are no images.
    """

    paths: tuple[Path, ...]
    names: tuple[str, ...]
    labels: tuple[object, ...] | None
    aside: tuple[str, ...] = ()


def list_images(given: str | os.PathLike[str], *, label: str = "label") -> Listing:
    """The images in a folder, or in a table of paths.

    Parameters
    ----------
    given : path
        A folder, whose images lie in one sub-folder a class (at any depth below it) or all flat, without labels; or a CSV
        (or any other table) with a column ``path`` and, where they are known, the labels.
    label : str
        The label column of a table. A table without it has the folder of each path as its label.

    Raises
    ------
    InputError
        When there are no images, or some lie flat and others in class folders.
    """
    place = Path(given)
    if place.is_dir():
        return _of_folder(place)
    if place.is_file() and place.suffix.lower() in SUFFIXES:
        raise InputError(
            f"{os.fspath(given)!r} is one image, expected a folder of images or a table with a column {PATH!r}"
        )
    return _of_table(place, label)


def _of_folder(folder: Path) -> Listing:
    found: list[Path] = []
    aside: list[Path] = []
    for path in _files(folder):
        (found if _is_image(path) else aside).append(path.relative_to(folder))
    if not found:
        raise InputError(
            f"{str(folder)!r} holds no images, expected one sub-folder a class, or images that lie flat; known are {', '.join(SUFFIXES[:8])}, …"
        )
    flat = [path for path in found if len(path.parts) == 1]
    if flat and len(flat) < len(found):
        raise InputError(
            f"{str(folder)!r}: {len(flat)} images such as {str(flat[0])!r} lie beside the class folders, expected all in them, or all flat; "
            "move them into a class"
        )
    # By their parts and not as text: "a b/…" and "a/…" must not change places with the separator of the system.
    found.sort(key=lambda path: path.parts)
    return Listing(
        paths=tuple(folder / path for path in found),
        names=tuple(path.as_posix() for path in found),
        labels=None if flat else tuple(path.parts[0] for path in found),
        aside=tuple(sorted(path.as_posix() for path in aside)),
    )


def _files(folder: Path) -> Iterator[Path]:
    """All files below a folder that are not hidden, links followed, each folder once."""
    seen: set[tuple[int, int]] = set()

    def failed(error: OSError) -> None:
        raise InputError(f"can't read {error.filename!r}: {error.strerror}") from None

    for place, folders, files in os.walk(folder, followlinks=True, onerror=failed):
        status = Path(place).stat()
        if (status.st_dev, status.st_ino) in seen:
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))


def _is_image(path: Path) -> bool:
    if path.suffix.lower() in SUFFIXES:
        return True
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return stream.read(8).startswith(MAGIC)


def _of_table(place: Path, label: str) -> Listing:
    frame = read_table(place, wanted=Wanted(text=(PATH,)))
    names = [str(name) for name in frame.columns]
    if PATH not in names:
        shown = ", ".join(names[:10])
        raise InputError(
            f"{str(place)!r}: no column {PATH!r} in a table of images, got {shown}; name the column of the paths {PATH!r}"
        )
    given = frame.iloc[:, names.index(PATH)]
    if given.isna().any():
        row = int(given.isna().to_numpy().argmax())
        raise InputError(f"{str(place)!r}: row {row} has no path, expected one in every row")
    paths = [str(path) for path in given]
    if label in names:
        column = frame.iloc[:, names.index(label)]
        labels: tuple[object, ...] | None = tuple(
            None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)
        )
    else:
        folders = [Path(path).parent.name for path in paths]
        labels = tuple(folders) if all(folders) else None
    return Listing(paths=tuple(place.parent / path for path in paths), names=tuple(paths), labels=labels)
