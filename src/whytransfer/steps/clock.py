"""A time budget: what is worth least is skipped first, whole steps only, and what was skipped is said."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

SKIPPED_LAST_TO_FIRST = (
    "the kind of shift",
    "the back-test of the estimators",
    "bounds from theory",
    "columns by harm, regions and decomposition",
)
"""Steps that a budget may skip, the most valuable first. Never skipped: errors that are counted, divergences, the panel of
estimators, and with them the answer."""


@dataclass(slots=True)
class Clock:
    """How much time is left, and which steps were skipped.

    A step is skipped where the time is over when it would begin, and is finished once it has begun. What runs does not depend on the clock
    in any other way: the same steps give the same claims.

    Parameters
    ----------
    seconds : float or None
        The budget; None: there is no end.
    """

    seconds: float | None
    skipped: list[str] = field(default_factory=list)
    _started: float = field(init=False)

    def __post_init__(self) -> None:
        self._started = time.perf_counter()

    def allows(self, step: str) -> bool:
        """Whether a step may begin; one that may not is noted."""
        if self.seconds is None or time.perf_counter() - self._started < self.seconds:
            return True
        self.skipped.append(step)
        return False

    @property
    def notes(self) -> list[str]:
        """What was skipped, in words; nothing where nothing was."""
        if not self.skipped:
            return []
        return [f"the time budget of {self.seconds:g} s was over: skipped {', '.join(self.skipped)}"]
