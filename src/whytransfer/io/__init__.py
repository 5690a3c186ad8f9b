"""Files written whole or not at all, and digests of content."""

from whytransfer.io.atomic import write_atomically
from whytransfer.io.digest import digest_of_array, digest_of_frame, digest_of_parts, digest_of_sparse

__all__ = ["digest_of_array", "digest_of_frame", "digest_of_parts", "digest_of_sparse", "write_atomically"]
