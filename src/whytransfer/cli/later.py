"""What the interface names and this version does not have yet: each answers with one clear line."""

from __future__ import annotations

from whytransfer.errors import NotAvailableError

PARTS = {
    "sources": "several sources",
}


def not_yet(name: str, part: str, instead: str = "`whytransfer audit` works today") -> NotAvailableError:
    """The exception for `name`, one sentence with what can be done today."""
    return NotAvailableError(f"{name}: {PARTS[part]} are not in this version; {instead}")
