"""Names of the interface whose parts are not in this version: each answers with one clear line."""

from __future__ import annotations

from typing import Any, NoReturn

from whytransfer.errors import NotAvailableError


def _not_yet(name: str, part: str) -> NoReturn:
    raise NotAvailableError(f"wt.{name}: {part} are not in this version; wt.audit works today")


class Baseline:
    """A source kept for nightly audits without its data."""

    @staticmethod
    def fit(problem_or_source: Any, model: Any) -> NoReturn:
        """Keep what an audit needs of the source.

        Raises
        ------
        NotAvailableError
            Always, in this version.
        """
        _not_yet("Baseline", "audits without the source data")
