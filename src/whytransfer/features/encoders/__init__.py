"""What turns an image or a text into numbers: one file an encoder."""

from whytransfer.features.encoders.base import ImageEncoder, TextEncoder
from whytransfer.features.encoders.named import image_encoder, text_encoder

__all__ = ["ImageEncoder", "TextEncoder", "image_encoder", "text_encoder"]
