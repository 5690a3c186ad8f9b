"""Encoders by what a user writes: the one that comes with a package, or a model in a local file."""

from __future__ import annotations

from whytransfer.errors import InputError, UnknownNameError
from whytransfer.features.encoders.base import ImageEncoder, TextEncoder

IMAGES = ("efficientnet-lite0", "timm:MODEL:FILE.safetensors", "torchvision:MODEL:FILE.safetensors")
TEXTS = ("wordllama", "sentence-transformers:FOLDER")
"""How each is named; the first is the default."""
LIBRARIES, TEXT_LIBRARY = ("timm", "torchvision"), "sentence-transformers"
"""What stands before the first colon of a local model's name."""


def image_encoder(name: str | None = None) -> ImageEncoder:
    """The encoder of images of this name.

    Parameters
    ----------
    name : str or None
        ``"efficientnet-lite0"`` (the default), ``"timm:MODEL:FILE"`` or ``"torchvision:MODEL:FILE"`` with the name of an architecture and a
        local file of its weights (``.safetensors``).

    Raises
    ------
    UnknownNameError, InputError
        For another name, and for a file that is not there.
    NotAvailableError
        When the library is not installed.
    """
    if name is None or name == "efficientnet-lite0":
        from whytransfer.features.encoders.lite0 import EfficientNetLite0

        return EfficientNetLite0()
    library, _, rest = name.partition(":")
    if library not in LIBRARIES:
        raise UnknownNameError("encoder of images", name, IMAGES)
    model, _, file = rest.partition(":")
    if not model or not file:
        raise InputError(
            f"encoder {name!r}: expected {library}:MODEL:FILE.safetensors, such as {library}:resnet18:resnet18.safetensors"
        )
    from whytransfer.features.encoders.local import LocalImages

    return LocalImages(library, model, file)


def text_encoder(name: str | None = None) -> TextEncoder:
    """The encoder of texts of this name: ``"wordllama"`` (the default), or ``"sentence-transformers:FOLDER"`` with a local model.

    Raises
    ------
    UnknownNameError, InputError, NotAvailableError
        As `image_encoder`.
    """
    if name is None or name == "wordllama":
        from whytransfer.features.encoders.wordllama import WordLlama

        return WordLlama()
    library, _, folder = name.partition(":")
    if library != TEXT_LIBRARY or not folder:
        raise UnknownNameError("encoder of texts", name, TEXTS)
    from whytransfer.features.encoders.local import LocalTexts

    return LocalTexts(folder)
