"""Features that were worked out before, by what the image or text is and what the encoder is."""

from __future__ import annotations

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

CHECKSUM = 32
"""Bytes of the SHA-256 before the numbers: a file that a power cut cut short is seen and worked out again."""


@dataclass(frozen=True, slots=True)
class Cache:
    """Vectors by the SHA-256 of their content, in a folder of one encoder.

    A folder that can't be read or written is as good as an empty one: the features are worked out again.

    Parameters
    ----------
    folder : Path or None
        Of all encoders; None keeps nothing.
    encoder : str
        Digest of all that shapes the features: weights, size, preparation.
    shape : tuple of int
        Shape of one vector.
    """

    folder: Path | None
    encoder: str
    shape: tuple[int, ...]

    def _place(self, digest: str) -> Path | None:
        return (
            None
            if self.folder is None
            else self.folder / "features" / self.encoder[:32] / digest[:2] / digest
        )

    def get(self, digest: str) -> np.ndarray | None:
        """The vector of this content, float32, or None."""
        place = self._place(digest)
        if place is None:
            return None
        try:
            data = place.read_bytes()
        except OSError:
            return None
        numbers = data[CHECKSUM:]
        if (
            len(numbers) != 4 * int(np.prod(self.shape))
            or hashlib.sha256(numbers).digest() != data[:CHECKSUM]
        ):
            return None
        return np.frombuffer(numbers, dtype="<f4").reshape(self.shape)

    def put(self, digest: str, vector: np.ndarray) -> None:
        """Keep a vector, where that can be done."""
        place = self._place(digest)
        if place is None or place.exists():
            return
        numbers = np.ascontiguousarray(vector, dtype="<f4").tobytes()
        temporary = place.with_name(f".{secrets.token_hex(8)}.tmp")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            # No fsync: a lost vector costs milliseconds, and the checksum tells a broken one.
            temporary.write_bytes(hashlib.sha256(numbers).digest() + numbers)
            temporary.replace(place)
        except OSError:
            # Read-only or full: the run goes on without, as the documentation says.
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
