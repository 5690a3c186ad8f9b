"""Every certificate whose coverage is simulated: one function each, from a seed to a `Section`.

To add one: write the function in its own file beside this one, and its line here. `make coverage` runs it,
fails when it misses too often, and `docs/coverage.py` shows it on docs/theory/coverage.md.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tests.simulations.adaptability import adaptability_limits
from tests.simulations.bounds import bound_limits
from tests.simulations.direct import direct_limits, grouped_errors
from tests.simulations.divergences import divergence_limits
from tests.simulations.further import further_limits
from tests.simulations.harness import Section
from tests.simulations.intervals import bounded_losses, coins, optional_stopping

SECTIONS: tuple[Callable[[np.random.SeedSequence], Section], ...] = (
    coins,
    bounded_losses,
    optional_stopping,
    divergence_limits,
    adaptability_limits,
    bound_limits,
    direct_limits,
    further_limits,
    grouped_errors,
)


def seeds(seed: int = 0) -> list[np.random.SeedSequence]:
    """One seed a section, by the section's name: a new section doesn't change the draws of the others."""
    return [np.random.SeedSequence([seed, *section.__name__.encode()]) for section in SECTIONS]
