"""Images and text to columns: reading with care, encoders, features kept by content."""

from whytransfer.features.embedding import Embedded, embed, refuse_unusable
from whytransfer.features.encoders import ImageEncoder, TextEncoder, image_encoder, text_encoder
from whytransfer.features.listing import PATH, Listing, list_images
from whytransfer.features.photos import LABEL, Domain, Photos, distances, read_domain, read_photos
from whytransfer.features.shown import with_photos
from whytransfer.features.texts import read_with_text, with_embedded
from whytransfer.features.thumbnails import thumbnails

__all__ = [
    "LABEL",
    "PATH",
    "Domain",
    "Embedded",
    "ImageEncoder",
    "Listing",
    "Photos",
    "TextEncoder",
    "distances",
    "embed",
    "image_encoder",
    "list_images",
    "read_domain",
    "read_photos",
    "read_with_text",
    "refuse_unusable",
    "text_encoder",
    "thumbnails",
    "with_embedded",
    "with_photos",
]
