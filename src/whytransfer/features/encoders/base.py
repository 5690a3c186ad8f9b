"""What every encoder has in common: a name, a key, a width, and a vector for one thing at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar

import numpy as np


class ImageEncoder(ABC):
    """A frozen network from images to features.

    It sees one image at a time. Convolutions of a batch may be summed in another order than those of a single image, so that
    features would depend on their neighbours; several images at once keep the cores as busy, one a thread.

    Attributes
    ----------
    name : str
        How it is called in reports.
    key : str
        Digest (hex) of all that shapes its features.
    side : int
        Pixels of the square it takes.
    width : int
        Number of features.
    """

    name: str
    key: str
    side: int
    width: int

    @abstractmethod
    def encode(self, pixels: np.ndarray) -> np.ndarray:
        """Features of one image.

        Parameters
        ----------
        pixels : ndarray of uint8, shape (side, side, 3)

        Returns
        -------
        ndarray of float32, shape (width,)
        """


class TextEncoder(ABC):
    """A frozen map from texts to features; one text at a time, for the same reason.

    Attributes
    ----------
    name, key, width
        As of `ImageEncoder`.
    """

    name: str
    key: str
    width: int
    missing: ClassVar[str] = ""
    """What stands for a missing text."""

    @abstractmethod
    def encode(self, text: str) -> np.ndarray:
        """Features of one text, float32, shape (width,)."""
