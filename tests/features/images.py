"""Tiny images, whole and broken, and an encoder that takes no time."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from whytransfer.features import ImageEncoder


class Fake(ImageEncoder):
    """Means and deviations of the channels, and a few pixels: enough to tell light from dark."""

    name, key, side, width = "fake", "0" * 64, 8, 12

    def __init__(self):
        self.calls = 0

    def encode(self, pixels):
        self.calls += 1
        channels = pixels.reshape(-1, 3).astype(np.float32) / 255.0
        corners = pixels[[0, 0, -1, -1], [0, -1, 0, -1], 0].astype(np.float32) / 255.0
        mixed = [channels[:, 0].max() - channels[:, 0].min(), channels.mean()]
        return np.concatenate([channels.mean(axis=0), channels.std(axis=0), corners, mixed]).astype(
            np.float32
        )


def noise(seed, size=(12, 10), mode="RGB", level=0.5):
    """An image of seeded noise around a level of brightness."""
    rng = np.random.default_rng(seed)
    values = np.clip(255 * level + 40 * rng.normal(size=(size[1], size[0], 3)), 0, 255).astype(np.uint8)
    return Image.fromarray(values).convert(mode)


def saved(image, form="PNG", **options):
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def frames(form):
    """Two frames of an animation, or two pages."""
    options = {"duration": 50} if form != "TIFF" else {}
    return saved(noise(1), form, save_all=True, append_images=[noise(2)], **options)


def png_of_size(width, height):
    """A PNG whose header claims a size, with hardly any content: what a decompression bomb looks like from outside."""
    chunk = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    image = bytearray(saved(noise(0)))
    image[12:33] = chunk + struct.pack(">I", zlib.crc32(chunk))
    return bytes(image)


BROKEN = {
    "empty": (b"", "empty"),
    "text": (b"this is no image", "broken"),
    "truncated_jpeg": (saved(noise(0, (64, 64)), "JPEG")[:-200], "truncated"),
    "truncated_png": (saved(noise(0, (64, 64)))[:-2000], "truncated|broken"),
    "damaged_png": (saved(noise(0, (64, 64))).replace(b"IDAT", b"IDAX", 1), "broken|truncated"),
    "bomb": (png_of_size(100_000, 100_000), "huge"),
    "beyond_the_limit": (png_of_size(9_000, 8_000), "huge"),
    "animated_gif": (frames("GIF"), "animated"),
    "animated_png": (frames("PNG"), "animated"),
    "animated_webp": (frames("WEBP"), "animated"),
    "two_pages": (frames("TIFF"), "animated"),
    "one_pixel": (saved(noise(0, (1, 1))), "tiny"),
    "a_line": (saved(noise(0, (40, 2))), "tiny"),
    "floats": (saved(noise(0).convert("F"), "TIFF"), "mode F"),
    "postscript": (saved(noise(0), "EPS"), "broken"),
}


def folder_of(place, classes, *, count, level, seed=0, flat=False):
    """A folder of images: a sub-folder a class, each with its own brightness, or all flat."""
    for k, name in enumerate(classes):
        for i in range(count):
            path = place / (f"{name}{i:02d}.png" if flat else f"{name}/{i:02d}.png")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(saved(noise(1000 * seed + 100 * k + i, level=level + 0.4 * k)))
    return place
