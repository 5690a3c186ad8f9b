"""Every certificate whose coverage is simulated: one function each, from a seed to a `Section`.

To add one: write the function in its own file beside this one, and its line here. `make coverage` runs it,
fails when it misses too often, and `docs/coverage.py` shows it on docs/theory/coverage.md.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor

import numpy as np

from tests.simulations.adaptability import adaptability_limits
from tests.simulations.assumed import assumed_limits
from tests.simulations.bounds import bound_limits
from tests.simulations.dependence import dependent_errors, dependent_terms, errors_in_time
from tests.simulations.direct import direct_limits, grouped_errors
from tests.simulations.divergences import divergence_limits
from tests.simulations.further import further_limits
from tests.simulations.further_divergences import further_divergence_limits
from tests.simulations.grouped_certificates import grouped_certificates
from tests.simulations.harness import Section
from tests.simulations.intervals import bounded_losses, coins, optional_stopping
from tests.simulations.labels import paired_candidates, skipped_labels, stratified_limits, watched_limits
from tests.simulations.quantities import quantity_limits, weighted_limits

SECTIONS: tuple[Callable[[np.random.SeedSequence], Section], ...] = (
    coins,
    bounded_losses,
    optional_stopping,
    divergence_limits,
    further_divergence_limits,
    adaptability_limits,
    bound_limits,
    direct_limits,
    further_limits,
    assumed_limits,
    grouped_errors,
    dependent_errors,
    errors_in_time,
    dependent_terms,
    grouped_certificates,
    stratified_limits,
    watched_limits,
    skipped_labels,
    paired_candidates,
    weighted_limits,
    quantity_limits,
)


def seeds(seed: int = 0) -> list[np.random.SeedSequence]:
    """One seed a section, by the section's name: a new section doesn't change the draws of the others."""
    return [np.random.SeedSequence([seed, *section.__name__.encode()]) for section in SECTIONS]


def run_all(seed: int = 0, workers: int = 2) -> list[Section]:
    """All sections in full, in the order of the page; the result does not depend on the number of processes."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS"):
        os.environ.setdefault(name, "1")  # two processes with threads of their own get in each other's way
    # Started afresh, so that the libraries read these.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        return list(pool.map(_run, SECTIONS, seeds(seed)))


def _run(section: Callable[[np.random.SeedSequence], Section], seed: np.random.SeedSequence) -> Section:
    return section(seed)
