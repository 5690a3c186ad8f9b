"""Files written whole or not at all, documents read with care, and digests of content."""

from whytransfer.io.atomic import write_atomically
from whytransfer.io.digest import digest_of_array, digest_of_frame, digest_of_parts, digest_of_sparse
from whytransfer.io.text import parse_json, read_document

__all__ = [
    "digest_of_array",
    "digest_of_frame",
    "digest_of_parts",
    "digest_of_sparse",
    "parse_json",
    "read_document",
    "write_atomically",
]
