"""What an image is, is known before it is decoded; what can't be used is told by its reason."""

import io
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from tests.features.images import BROKEN, noise, png_of_size, saved
from whytransfer.features import pictures
from whytransfer.features.pictures import Unreadable, content, glance, pixels, quietly


@pytest.mark.parametrize("kind", BROKEN)
def test_what_cannot_be_used_is_told(kind, tmp_path):
    data, words = BROKEN[kind]
    path = tmp_path / "x.jpg"
    path.write_bytes(data)
    with quietly(), pytest.raises(Unreadable, match=words):
        pixels(content(path), 8)


def test_a_bomb_is_refused_before_memory_is_taken():
    tracemalloc.start()
    with quietly(), pytest.raises(Unreadable, match="huge"):
        pixels(png_of_size(30_000, 30_000), 8)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2e6


def test_a_file_beyond_any_image_is_not_read(tmp_path, monkeypatch):
    path = tmp_path / "x.jpg"
    path.write_bytes(bytes(100))
    monkeypatch.setattr(pictures, "MOST_BYTES", 99)
    with pytest.raises(Unreadable, match="huge"):
        content(path)


def test_pixels_are_the_largest_centred_square():
    # Left third red, middle third green, right third blue: the square of a 30 × 10 image is all green.
    image = Image.new("RGB", (30, 10))
    for k, colour in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)]):
        image.paste(colour, (10 * k, 0, 10 * k + 10, 10))
    assert np.array_equal(pixels(saved(image), 6), np.full((6, 6, 3), (0, 255, 0)))


WHITE, RED = (255, 255, 255), (255, 0, 0)


def cut_out(mode):
    """Half red, half transparent over hidden blue."""
    image = Image.new("RGBA", (8, 8), (0, 0, 255, 0))
    image.paste((255, 0, 0, 255), (0, 0, 8, 4))
    return image.quantize(4) if mode == "P" else image


CONVERTED = {
    "CMYK": (saved(Image.new("RGB", (8, 8), RED).convert("CMYK"), "TIFF"), "CMYK", [RED, RED]),
    "palette": (saved(Image.new("RGB", (8, 8), RED).quantize(4)), "palette", [RED, RED]),
    "transparent": (saved(cut_out("RGBA")), "white", [RED, WHITE]),
    "transparent palette": (saved(cut_out("P")), "white", [RED, WHITE]),
    "black and white": (saved(Image.new("1", (8, 8), 1)), "black and white", [WHITE, WHITE]),
    "16 bits": (saved(Image.fromarray(np.full((8, 8), 0xFFFF, np.uint16))), "I;16", [WHITE, WHITE]),
    "grey": (saved(Image.new("L", (8, 8), 255)), None, [WHITE, WHITE]),
    "RGB": (saved(Image.new("RGB", (8, 8), RED)), None, [RED, RED]),
    "pairs of views": (
        saved(
            Image.new("RGB", (8, 8), WHITE),
            "MPO",
            save_all=True,
            append_images=[Image.new("RGB", (8, 8), RED)],
        ),
        None,
        [WHITE, WHITE],
    ),
}


@pytest.mark.parametrize("kind", CONVERTED)
def test_sound_images_of_other_modes_are_converted_and_said(kind):
    data, remark, (top, bottom) = CONVERTED[kind]
    said = glance(data)
    assert said is None if remark is None else remark in said
    found = pixels(data, 8)
    assert np.abs(found[0, 4].astype(int) - top).max() <= 1
    assert np.abs(found[-1, 4].astype(int) - bottom).max() <= 1


def test_images_stand_upright():
    exif = Image.Exif()
    exif[0x0112] = 3
    image = noise(0)
    turned = saved(image.rotate(180), exif=exif.tobytes())
    assert np.array_equal(pixels(turned, 10), pixels(saved(image), 10))


def test_a_large_photograph_is_decoded_smaller_and_looks_the_same():
    smooth = Image.fromarray(
        np.add.outer(np.arange(2000) // 16, np.arange(3000) // 24).clip(0, 255).astype(np.uint8)
    )
    whole = np.asarray(pictures.square(Image.open(io.BytesIO(saved(smooth, "JPEG"))).convert("RGB"), 32))
    assert np.abs(pixels(saved(smooth, "JPEG"), 32).astype(int) - whole).max() <= 3
