"""What a claim stands on, and how each assumption is known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """How an assumption is known. No status says "true": passing a test is not a proof.

    Examples
    --------
    >>> [str(status) for status in Status]
    ['untested', 'declared', 'not_rejected', 'rejected']
    """

    UNTESTED = "untested"
    """Nobody tested it, or nothing can."""
    DECLARED = "declared"
    """Somebody asserted it."""
    NOT_REJECTED = "not_rejected"
    """A test found nothing against it; what it could have seen stands beside it."""
    REJECTED = "rejected"
    """A test rejected it."""


KNOWN_AS: Mapping[Status, str] = {
    Status.UNTESTED: "not tested",
    Status.DECLARED: "asserted by the user",
    Status.NOT_REJECTED: "tested, not rejected",
    Status.REJECTED: "rejected",
}
"""How reports say a status."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One assumption behind a claim.

    Parameters
    ----------
    id : str
        Its stable name, for instance ``"covariate_shift"``.
    text : str
        The assumption in plain words.
    status : Status
        How it is known.
    test : str or None
        The test that did or did not reject it, with its p-value; required for the two tested statuses.
    power : str or None
        What that test could have seen, in words; None where no test was made.

    Raises
    ------
    ValueError
        When a tested status names no test.

    Examples
    --------
    >>> drawn = Assumption(id="iid", text="rows are independent draws")
    >>> drawn.with_status(Status.REJECTED, test="runs test, p = 0.001").to_dict()["status"]
    'rejected'
    """

    id: str
    text: str
    status: Status = Status.UNTESTED
    test: str | None = None
    power: str | None = None

    def __post_init__(self) -> None:
        if self.status in (Status.NOT_REJECTED, Status.REJECTED) and not self.test:
            raise ValueError(f"assumption {self.id!r} is {self.status}: name the test that said so")

    def with_status(self, status: Status, *, test: str | None = None, power: str | None = None) -> Assumption:
        """The same assumption, known in another way."""
        return replace(self, status=status, test=test, power=power)

    def to_dict(self) -> dict[str, Any]:
        """The JSON form."""
        return {
            "id": self.id,
            "text": self.text,
            "status": str(self.status),
            "test": self.test,
            "power": self.power,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Assumption:
        """The assumption that `to_dict` wrote; keys that this version does not know are ignored.

        >>> Assumption.from_dict(IID.to_dict()) == IID
        True
        """
        return cls(
            id=data["id"],
            text=data["text"],
            status=Status(data["status"]),
            test=data.get("test"),
            power=data.get("power"),
        )


IID = Assumption(
    id="iid",
    text="the rows of each domain are independent draws from that domain's law, and the domains are independent",
)
"""What even a `proved` claim needs; listed only where something speaks against it."""

NOT_TRAINED_ON_SOURCE = Assumption(
    id="model_not_trained_on_source",
    text="the model that was given was not trained, tuned or chosen on these source rows",
)

EXCHANGEABLE_WITH_REFERENCE = Assumption(
    id="exchangeable_with_reference",
    text="this transfer is like the reference transfers on which the interval was calibrated",
)


def declared(id_: str, text: str) -> Assumption:
    """An assumption that somebody asserted."""
    return Assumption(id=id_, text=text, status=Status.DECLARED)
