"""Models of other libraries from a file or folder on this machine; the libraries are imported when they are asked for."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np

from whytransfer.errors import InputError, NotAvailableError
from whytransfer.features.encoders.base import ImageEncoder, TextEncoder
from whytransfer.features.encoders.lite0 import torch_library

MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""Of ImageNet's channels, in units of the brightest value: what models of torchvision were trained with, and timm's default."""

SIDE = 224
"""Pixels that torchvision's models take; timm's say their own."""


class LocalImages(ImageEncoder):
    """A model of timm or torchvision, its classifier taken off, with weights from a local file.

    Parameters
    ----------
    library : {"timm", "torchvision"}
    model : str
        Name of the architecture.
    file : str
        ``.safetensors``: a format in which nothing can run. (Pickled weights are never read; ``safetensors.torch.save_file`` converts them.)

    Raises
    ------
    NotAvailableError
        When the library or safetensors is not installed.
    InputError
        When the file can't be read, or does not fit the architecture.
    """

    def __init__(self, library: str, model: str, file: str) -> None:
        torch = torch_library()
        weights = _bytes(file)
        self.name = f"{library}:{model}"
        made, classifier, self.side, mean, deviation = _architecture(library, model)
        try:
            outcome = made.load_state_dict(_state(weights, file), strict=False)
        except RuntimeError as error:
            raise InputError(f"{file}: the weights don't fit {model}: {_first_line(error)}") from None
        # The classifier was taken off, so that only its weights may be left over, and none may be missing.
        strange = [key for key in outcome.unexpected_keys if not key.startswith(classifier)]
        if strange or outcome.missing_keys:
            odd = [*outcome.missing_keys, *strange][0]
            raise InputError(
                f"{file}: the weights don't fit {model}: {odd!r} is missing or unknown; give those of this architecture"
            )
        self.network = made.eval()
        self.mean = np.array(mean, dtype=np.float32)
        self.deviation = np.array(deviation, dtype=np.float32)
        self.key = hashlib.sha256(
            f"{self.name} {self.side} {mean} {deviation} ".encode() + hashlib.sha256(weights).digest()
        ).hexdigest()
        with torch.inference_mode():
            self.width = int(self._forward(np.zeros((self.side, self.side, 3), dtype=np.uint8)).shape[0])

    def _forward(self, pixels: np.ndarray) -> np.ndarray:
        torch = torch_library()
        scaled = (pixels.astype(np.float32) / 255.0 - self.mean) / self.deviation
        found = self.network(torch.from_numpy(scaled).permute(2, 0, 1)[None])
        return np.asarray(found.reshape(-1).numpy(), dtype=np.float32)

    def encode(self, pixels: np.ndarray) -> np.ndarray:
        """Features of one image; see `ImageEncoder.encode`."""
        with torch_library().inference_mode():
            return self._forward(pixels)


class LocalTexts(TextEncoder):
    """A sentence-transformers model in a local folder; no network, no code from the folder.

    Parameters
    ----------
    folder : str
        As ``SentenceTransformer.save`` writes it, its weights as ``.safetensors``.

    Raises
    ------
    NotAvailableError
        When sentence-transformers is not installed.
    InputError
        When it is no such folder.
    """

    def __init__(self, folder: str) -> None:
        place = Path(folder)
        files = sorted(place.rglob("*.safetensors")) if place.is_dir() else []
        if not files:
            raise InputError(
                f"{folder!r}: expected the folder of a sentence-transformers model with its weights as .safetensors"
            )
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError:
            raise NotAvailableError(
                "text: sentence-transformers is not installed; pip install sentence-transformers"
            ) from None
        try:
            self.model: Any = SentenceTransformer(
                str(place),
                device="cpu",
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError) as error:
            raise InputError(
                f"{folder!r}: sentence-transformers can't read it: {_first_line(error)}"
            ) from None
        self.name = f"sentence-transformers:{place.name}"
        content = hashlib.sha256(self.name.encode())
        for file in files:
            content.update(hashlib.sha256(file.read_bytes()).digest())
        self.key = content.hexdigest()
        self.width = len(self.encode(""))

    def encode(self, text: str) -> np.ndarray:
        """Features of one text; see `TextEncoder.encode`."""
        return np.asarray(self.model.encode([text], show_progress_bar=False)[0], dtype=np.float32)


def _architecture(library: str, model: str) -> tuple[Any, str, int, tuple[float, ...], tuple[float, ...]]:
    """The network without its classifier, how the classifier's weights are called, and what it takes."""
    if library == "timm":
        try:
            import timm
        except ImportError:
            raise NotAvailableError("images: timm is not installed; pip install timm") from None
        if model not in timm.list_models():
            raise InputError(f"timm has no model {model!r}; timm.list_models() names them")
        whole = timm.create_model(model, pretrained=False)
        settings = whole.default_cfg
        side = int(settings["input_size"][1])
        classifier = settings["classifier"]
        whole.reset_classifier(0)
        return whole, classifier, side, tuple(settings["mean"]), tuple(settings["std"])
    try:
        from torchvision import models
    except ImportError:
        raise NotAvailableError("images: torchvision is not installed; pip install torchvision") from None
    if model not in models.list_models():
        raise InputError(f"torchvision has no model {model!r}; torchvision.models.list_models() names them")
    made = models.get_model(model, weights=None)
    classifier = next((name for name in ("fc", "classifier", "heads", "head") if hasattr(made, name)), None)
    if classifier is None:
        raise InputError(
            f"{model}: its classifier is not called fc, classifier, heads or head, so that it can't be taken off"
        )
    setattr(made, classifier, torch_library().nn.Identity())
    return made, classifier, SIDE, MEAN, DEVIATION


def _bytes(file: str) -> bytes:
    path = Path(file)
    if path.suffix != ".safetensors":
        raise InputError(
            f"{file}: expected weights as .safetensors; pickled weights can run programs and are never read (safetensors.torch.save_file converts them)"
        )
    try:
        return path.read_bytes()
    except OSError as error:
        raise InputError(f"can't read the weights {file!r}: {error.strerror}") from None


def _state(weights: bytes, file: str) -> dict[str, Any]:
    try:
        from safetensors import SafetensorError
        from safetensors.torch import load
    except ImportError:
        raise NotAvailableError("images: safetensors is not installed; pip install safetensors") from None
    try:
        state: dict[str, Any] = load(weights)
    except (SafetensorError, ValueError) as error:
        raise InputError(f"{file}: damaged weights ({_first_line(error)}); copy the file again") from None
    return state


def _first_line(error: Exception) -> str:
    return " ".join(str(error).split())[:160]
