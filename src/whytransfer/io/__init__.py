"""Files written whole or not at all, documents read with care, and digests of content."""

from whytransfer.io.atomic import write_atomically
from whytransfer.io.digest import digest_of_array, digest_of_frame, digest_of_parts, digest_of_sparse
from whytransfer.io.memory import refuse_beyond_memory
from whytransfer.io.text import parse_json, read_document
from whytransfer.io.zips import DAMAGED_ZIP, headers_of_any_age, refuse_bomb, refuse_bombs

__all__ = [
    "DAMAGED_ZIP",
    "digest_of_array",
    "digest_of_frame",
    "digest_of_parts",
    "digest_of_sparse",
    "headers_of_any_age",
    "parse_json",
    "read_document",
    "refuse_beyond_memory",
    "refuse_bomb",
    "refuse_bombs",
    "write_atomically",
]
