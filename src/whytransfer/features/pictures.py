"""Opening one image with care: what it is, is known before a single pixel is decoded."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from whytransfer.errors import NotAvailableError

if TYPE_CHECKING:
    from PIL import Image

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM")
"""What is opened (an MPO is opened as the JPEG that it starts with). Others are not even tried: EPS would start Ghostscript, and a decoder that nobody needs is a hole."""

MOST_PIXELS = 64_000_000
"""A larger image is refused by its header. 64 million pixels are 256 MB as RGBA; cameras of phones give 12 to 50 million."""

MOST_BYTES = 4 * MOST_PIXELS
"""A larger file is refused before it is read: it is larger than the largest image would be without any compression."""

LEAST_SIDE = 3
"""Pixels of the smaller side that an image needs: the first layer of every encoder looks at squares of three by three."""

PLAIN = ("RGB", "L")
"""Modes of which nothing is said."""


class Unreadable(Exception):  # noqa: N818  (a finding about an image, told by name; never seen by a user as an exception)
    """Why an image can't be used, in a few words."""


def content(path: Path) -> bytes:
    """The bytes of an image file.

    Raises
    ------
    Unreadable
        When it is none, is empty, or is larger than any image may be.
    """
    try:
        if not path.is_file():
            raise Unreadable("no such file" if not path.exists() else "not a regular file")
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise Unreadable(
                f"huge: a file of {size / 1e6:,.0f} MB, at most {MOST_BYTES / 1e6:,.0f} are read"
            )
        data = path.read_bytes()
    except (OSError, ValueError) as error:
        raise Unreadable(f"can't be read: {getattr(error, 'strerror', None) or error}") from None
    if not data:
        raise Unreadable("empty file")
    return data


def glance(data: bytes) -> str | None:
    """What the header says: how the image has to be converted, or None. No pixel is decoded.

    Raises
    ------
    Unreadable
        When it is no image, or one that is huge, animated or tiny.
    """
    with _opened(data) as image:
        return _conversion(image)


def pixels(data: bytes, side: int) -> np.ndarray:
    """The largest centred square of an image, upright and in RGB, as encoders take it.

    Parameters
    ----------
    data : bytes
        Content of the file.
    side : int
        Pixels of the square's side.

    Returns
    -------
    ndarray of uint8, shape (side, side, 3)

    Raises
    ------
    Unreadable
        When it is broken, truncated, huge, animated or tiny.

    Examples
    --------
    >>> import io
    >>> from PIL import Image
    >>> file = io.BytesIO()
    >>> Image.new("L", (9, 5), 128).save(file, "PNG")
    >>> pixels(file.getvalue(), 4).shape
    (4, 4, 3)
    """
    return np.asarray(thumbnail(data, side))


def thumbnail(data: bytes, side: int) -> Image.Image:
    """The same as an image of Pillow's."""
    with _opened(data) as image:
        # JPEG can be decoded at 1/2, 1/4 or 1/8 of its size: a photograph of 12 million pixels takes a tenth of the time and memory.
        image.draft(None, (2 * side, 2 * side))
        image.load()
        return square(_in_rgb(image), side)


@contextmanager
def _opened(data: bytes) -> Iterator[Image.Image]:
    """An image whose header was looked at; whatever happens to it inside is told as `Unreadable`."""
    try:
        with _pillow().open(io.BytesIO(data), formats=FORMATS) as image:
            _look_at(image)
            yield image
    except (Unreadable, NotAvailableError):
        raise
    except MemoryError:
        raise Unreadable("huge: memory was not enough for it") from None
    except Exception as error:  # noqa: BLE001  (decoders raise whatever they like on damaged bytes; it is told, by the name of the image)
        raise Unreadable(_told(error)) from None


def square(image: Image.Image, side: int) -> Image.Image:
    """The largest centred square, resampled: the proportions stay, which the encoder's training images had too."""
    width, height = image.size
    edge = min(width, height)
    left, top = (width - edge) // 2, (height - edge) // 2
    middle = image.crop((left, top, left + edge, top + edge))
    return middle.resize((side, side), _pillow().Resampling.BICUBIC)


@contextmanager
def quietly() -> Iterator[None]:
    """Within it Pillow doesn't warn of sizes and damaged notes: sizes are checked here, and notes are not read.

    To be entered by the thread that starts the others: the filters of warnings belong to the process.
    """
    import warnings

    # Pillow looks for its decoders when the first image asks for one that is not there yet; two threads must not do that at once.
    _pillow().init()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=_pillow().DecompressionBombWarning)
        warnings.filterwarnings("ignore", module="PIL")
        yield


def _look_at(image: Image.Image) -> None:
    """Refuse by the header what would take too much, or is no single picture."""
    width, height = image.size
    if width * height > MOST_PIXELS:
        raise Unreadable(
            f"huge: {width} × {height} pixels, at most {MOST_PIXELS / 1e6:.0f} million are decoded"
        )
    if min(width, height) < LEAST_SIDE:
        raise Unreadable(f"tiny: {width} × {height} pixels, expected at least {LEAST_SIDE} a side")
    # An MPO holds a photograph and its other views; its first picture is what every viewer shows.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise Unreadable(f"animated: {getattr(image, 'n_frames', 'several')} frames or pages, expected one")
    if image.mode in ("I", "F"):
        raise Unreadable(f"pixels of mode {image.mode} have no fixed range, expected 8 or 16 bits a channel")


def _conversion(image: Image.Image) -> str | None:
    """How an image has to be converted, in words; None where nobody would notice."""
    name = _NAMES.get(image.mode, image.mode)
    if image.has_transparency_data:
        return f"{name} laid on white"
    return None if image.mode in PLAIN else f"{name} converted to RGB"


def _in_rgb(image: Image.Image) -> Image.Image:
    from PIL import ImageOps

    if image.mode.startswith("I;16"):
        # Pillow would clip 16 bits at 255; the upper byte is what a screen shows.
        image = _pillow().fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))
    upright = ImageOps.exif_transpose(image)
    if not upright.has_transparency_data:
        return upright.convert("RGB")
    # Cut-out products lie on white in shops; the hidden colour behind a transparent pixel is anybody's guess.
    layers = upright.convert("RGBA")
    white: Image.Image = _pillow().new("RGBA", layers.size, (255, 255, 255, 255))
    white.alpha_composite(layers)
    return white.convert("RGB")


_NAMES = {
    "P": "palette",
    "PA": "palette with transparency",
    "1": "black and white",
    "RGBA": "transparency",
    "LA": "transparency",
}


def _told(error: Exception) -> str:
    text = " ".join(str(error).split())
    kind = type(error).__name__
    if kind == "DecompressionBombError":
        return f"huge: {text}"
    if kind == "UnidentifiedImageError":
        return f"broken: not an image of a known format ({', '.join(FORMATS)})"
    if "truncated" in text.lower() or kind == "EOFError":
        return f"truncated: {text or 'the file ends too early'}"
    return f"broken: {text[:120] or kind}"


def _pillow() -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise NotAvailableError("images: Pillow is not installed; install whytransfer[images]") from None
    return Image
